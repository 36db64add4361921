//! `/v1/me`: the signed-in person.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Answer, answer};
use crate::Emulator;
use crate::call::Call;
use crate::error::ClerkError;
use crate::model::{Client, Session, User};
use crate::store::Transaction;
use crate::view;

/// `GET …`
pub async fn show(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, _, user) = person(transaction, &call)?;
            answer(
                &emulator.view(transaction, &call),
                &view::user(&user),
                &client,
            )
        })
        .await
}

/// `PATCH …`: changes the name.
pub async fn update(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, _, mut user) = person(transaction, &call)?;
            if let Some(name) = call.given("first_name") {
                user.first_name = Some(name.trim().to_owned());
            }
            if let Some(name) = call.given("last_name") {
                user.last_name = Some(name.trim().to_owned());
            }
            user.updated_at = call.now;
            transaction.put_user(&user)?;
            answer(
                &emulator.view(transaction, &call),
                &view::user(&user),
                &client,
            )
        })
        .await
}

/// `GET …/sessions/active`: where the person is signed in. The emulator knows of this browser.
pub async fn active_sessions(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (_, session, _) = person(transaction, &call)?;
            let mut shown = emulator.view(transaction, &call).session(&session)?;
            shown["user"] = Value::Null;
            shown["latest_activity"] = json!({
                "object": "session_activity",
                "id": format!("sess_activity_{}", session.id),
                "browser_name": null,
                "browser_version": null,
                "device_type": null,
                "ip_address": null,
                "city": null,
                "country": null,
                "is_mobile": false,
            });
            Ok(Json(json!([shown])))
        })
        .await
}

fn person(transaction: &Transaction, call: &Call) -> Result<(Client, Session, User), ClerkError> {
    let (client, session) = call.current_session(transaction)?;
    let user = transaction
        .user(&session.user_id)?
        .ok_or_else(ClerkError::signed_out)?;
    Ok((client, session, user))
}
