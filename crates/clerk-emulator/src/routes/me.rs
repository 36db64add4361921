//! `/v1/me`: the signed-in person.

use axum::Json;
use axum::extract::State;

use super::{Answer, answer};
use crate::Emulator;
use crate::call::Call;
use crate::error::ClerkError;
use crate::model::{Client, Session, SessionStatus, User};
use crate::store::Transaction;
use crate::{password, sessions, view};

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

/// `PATCH …`: changes the name, or which address is the primary one.
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
            if let Some(id) = call.param("primary_email_address_id") {
                let mut addresses = user.email_addresses.iter();
                if !addresses.any(|address| address.id == id && address.is_verified()) {
                    return Err(ClerkError::at(
                        "primary_email_address_id",
                        "form_param_value_invalid",
                        "Only a verified address can be the primary one.",
                    ));
                }
                user.primary_email_address_id = Some(id.to_owned());
            }
            keep(transaction, &call, &mut user)?;
            answer(
                &emulator.view(transaction, &call),
                &view::user(&user),
                &client,
            )
        })
        .await
}

/// `POST …/change_password`
pub async fn change_password(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, session, mut user) = person(transaction, &call)?;
            let current = call.given("current_password").unwrap_or_default();
            if let Some(hash) = &user.password_hash
                && !password::verify(current, hash)
            {
                return Err(ClerkError::at(
                    "current_password",
                    "form_password_incorrect",
                    "Password is incorrect. Try again.",
                ));
            }
            user.password_hash = Some(password::hash(
                call.given("new_password").unwrap_or_default(),
            )?);
            if call.param("sign_out_of_other_sessions") == Some("true") {
                let (kept, others): (Vec<_>, Vec<_>) =
                    user.session_ids.drain(..).partition(|id| *id == session.id);
                for id in others {
                    sessions::end(transaction, &id, SessionStatus::Revoked, call.now)?;
                }
                user.session_ids = kept;
            }
            keep(transaction, &call, &mut user)?;
            answer(
                &emulator.view(transaction, &call),
                &view::user(&user),
                &client,
            )
        })
        .await
}

/// `GET …/sessions/active`: where the person is signed in.
pub async fn active_sessions(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (_, _, user) = person(transaction, &call)?;
            let view = emulator.view(transaction, &call);
            let mut shown = Vec::new();
            for id in &user.session_ids {
                if let Some(session) = transaction.session(id)?
                    && session.is_active(call.now)
                {
                    shown.push(view.session_with_activity(&session)?);
                }
            }
            Ok(Json(shown.into()))
        })
        .await
}

/// The client, the session in use and its person.
pub fn person(
    transaction: &Transaction,
    call: &Call,
) -> Result<(Client, Session, User), ClerkError> {
    let (client, session) = call.current_session(transaction)?;
    let user = transaction
        .user(&session.user_id)?
        .ok_or_else(ClerkError::signed_out)?;
    Ok((client, session, user))
}

/// Keeps a person who has changed.
pub fn keep(transaction: &Transaction, call: &Call, user: &mut User) -> Result<(), ClerkError> {
    user.updated_at = call.now;
    transaction.put_user(user)
}
