//! The browser: `/v1/dev_browser`, `/v1/client`.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Answer;
use crate::call::Call;
use crate::model::SessionStatus;
use crate::{Emulator, id, sessions};

/// `POST /v1/dev_browser`: a new browser.
pub async fn dev_browser(State(emulator): State<Emulator>) -> Answer {
    emulator
        .run(|_, transaction| {
            let token = id::new("dvb");
            transaction.put_browser(&token, "")?;
            Ok(Json(json!({ "object": "dev_browser", "id": token })))
        })
        .await
}

/// `GET /v1/client`: the browser's sessions and whatever is in progress.
pub async fn show(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let client = call.client(transaction)?;
            let view = emulator.view(transaction, &call);
            let response = client.map_or(Ok(Value::Null), |client| view.client(&client))?;
            Ok(Json(json!({ "response": response, "client": null })))
        })
        .await
}

/// `DELETE /v1/client/sessions`: signs the browser out.
pub async fn remove_sessions(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let mut client = call.client_or_new(transaction)?;
            for id in std::mem::take(&mut client.session_ids) {
                sessions::end(transaction, &id, SessionStatus::Removed, call.now)?;
            }
            client.last_active_session_id = None;
            call.keep(transaction, &mut client)?;
            let client = emulator.view(transaction, &call).client(&client)?;
            Ok(Json(json!({ "response": client, "client": client })))
        })
        .await
}
