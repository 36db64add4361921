//! `/v1/client/sessions/{id}`: use, end, tokens.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use super::{Answer, answer};
use crate::call::Call;
use crate::error::ClerkError;
use crate::model::SessionStatus;
use crate::tokens::template_claims;
use crate::{Emulator, id, sessions};

/// `POST …/touch`: the session is in use.
pub async fn touch(State(emulator): State<Emulator>, Path(id): Path<String>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (mut client, mut session) = call.session(transaction, &id)?;
            session.last_active_at = call.now;
            transaction.put_session(&session)?;
            client.last_active_session_id = Some(id);
            call.keep(transaction, &mut client)?;
            let view = emulator.view(transaction, &call);
            answer(&view, &view.session(&session)?, &client)
        })
        .await
}

/// `POST …/end`
pub async fn end(state: State<Emulator>, id: Path<String>, call: Call) -> Answer {
    stop(state, id, call, SessionStatus::Ended).await
}

/// `POST …/remove`
pub async fn remove(state: State<Emulator>, id: Path<String>, call: Call) -> Answer {
    stop(state, id, call, SessionStatus::Removed).await
}

async fn stop(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
    status: SessionStatus,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (mut client, mut session) = call.session(transaction, &id)?;
            sessions::end(transaction, &id, status, call.now)?;
            session.status = status;
            client.session_ids.retain(|open| *open != id);
            client.last_active_session_id = client.session_ids.last().cloned();
            call.keep(transaction, &mut client)?;
            let view = emulator.view(transaction, &call);
            answer(&view, &view.session(&session)?, &client)
        })
        .await
}

/// `POST …/tokens`: a session token.
pub async fn token(State(emulator): State<Emulator>, Path(id): Path<String>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (_, session) = call.session(transaction, &id)?;
            Ok(Json(
                emulator.view(transaction, &call).session_token(&session)?,
            ))
        })
        .await
}

/// `POST …/tokens/{template}`: a token by a JWT template.
pub async fn template_token(
    State(emulator): State<Emulator>,
    Path((id, template)): Path<(String, String)>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (_, session) = call.session(transaction, &id)?;
            let user = transaction
                .user(&session.user_id)?
                .ok_or_else(ClerkError::signed_out)?;
            let view = emulator.view(transaction, &call);
            let claims = template_claims(&view.token_context(), &template, &user, &id::new("jti"))
                .ok_or_else(|| ClerkError::not_found("The JWT template"))?;
            let jwt = emulator.keys.sign(&claims)?;
            Ok(Json(json!({ "object": "token", "jwt": jwt })))
        })
        .await
}
