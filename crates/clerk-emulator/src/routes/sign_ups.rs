//! `/v1/client/sign_ups`: an account in the making.

use axum::extract::{Path, State};
use serde_json::Value;

use super::{Answer, answer, email_addresses};
use crate::call::Call;
use crate::error::ClerkError;
use crate::model::{Client, EmailAddress, SignUp, User};
use crate::store::Transaction;
use crate::verification::{attempt as attempt_code, email_code};
use crate::view::{self, is_verified, missing_fields};
use crate::{Emulator, id, password, sessions};

/// How long a sign-up may take, in milliseconds: a day.
const ABANDON_AFTER: i64 = 24 * 60 * 60 * 1000;

/// `POST …`: begins a sign-up.
pub async fn create(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let mut client = call.client_or_new(transaction)?;
            let mut sign_up = SignUp {
                id: id::new("sua"),
                email_address: None,
                first_name: None,
                last_name: None,
                password_hash: None,
                locale: None,
                email_verification: None,
                created_session_id: None,
                created_user_id: None,
                abandon_at: call.now + ABANDON_AFTER,
            };
            fill(transaction, &call, &mut sign_up)?;
            finish(emulator, transaction, &call, &mut client, sign_up)
        })
        .await
}

/// `GET …/{id}`
pub async fn show(State(emulator): State<Emulator>, Path(id): Path<String>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, sign_up) = find(transaction, &call, &id)?;
            let response = view::sign_up(&sign_up);
            answer(&emulator.view(transaction, &call), &response, &client)
        })
        .await
}

/// `PATCH …/{id}`: gives what is missing, or corrects it.
pub async fn update(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (mut client, mut sign_up) = find(transaction, &call, &id)?;
            fill(transaction, &call, &mut sign_up)?;
            finish(emulator, transaction, &call, &mut client, sign_up)
        })
        .await
}

/// `POST …/{id}/prepare_verification`: sends a code.
pub async fn prepare(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            require_email_code(&call)?;
            let (mut client, mut sign_up) = find(transaction, &call, &id)?;
            let email = sign_up.email_address.clone().ok_or_else(|| {
                ClerkError::at(
                    "email_address",
                    "form_param_missing",
                    "Enter your email address.",
                )
            })?;
            let verification = email_code(&email, call.now);
            crate::send(&email, &verification);
            sign_up.email_verification = Some(verification);
            finish(emulator, transaction, &call, &mut client, sign_up)
        })
        .await
}

/// `POST …/{id}/attempt_verification`: checks a code; the right one completes the sign-up.
pub async fn attempt(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            require_email_code(&call)?;
            let (mut client, mut sign_up) = find(transaction, &call, &id)?;
            let verification = sign_up.email_verification.as_mut().ok_or_else(|| {
                ClerkError::at("code", "verification_missing", "Ask for a code first.")
            })?;
            let code = call.param("code").unwrap_or_default();
            let result = attempt_code(verification, code, call.now);
            // A wrong guess counts, whatever happens next.
            client.sign_up = Some(sign_up.clone());
            call.keep(transaction, &mut client)?;
            result?;
            finish(emulator, transaction, &call, &mut client, sign_up)
        })
        .await
}

fn require_email_code(call: &Call) -> Result<(), ClerkError> {
    match call.param("strategy") {
        Some("email_code") => Ok(()),
        _ => Err(ClerkError::at(
            "strategy",
            "strategy_for_user_invalid",
            "The only verification here is by e-mail code.",
        )),
    }
}

fn find(transaction: &Transaction, call: &Call, id: &str) -> Result<(Client, SignUp), ClerkError> {
    let not_found = || ClerkError::not_found("The sign-up");
    let client = call.client(transaction)?.ok_or_else(not_found)?;
    let sign_up = client
        .sign_up
        .clone()
        .filter(|sign_up| sign_up.id == id && call.now < sign_up.abandon_at)
        .ok_or_else(not_found)?;
    Ok((client, sign_up))
}

fn fill(transaction: &Transaction, call: &Call, sign_up: &mut SignUp) -> Result<(), ClerkError> {
    if let Some(email) = call.param("email_address") {
        let email = email_addresses::checked(email)?;
        email_addresses::must_be_free(transaction, &email)?;
        if sign_up.email_address.as_deref() != Some(&email) {
            sign_up.email_verification = None;
        }
        sign_up.email_address = Some(email);
    }
    if let Some(password) = call.param("password") {
        sign_up.password_hash = Some(password::hash(password)?);
    }
    for (name, field) in [
        ("first_name", &mut sign_up.first_name),
        ("last_name", &mut sign_up.last_name),
        ("locale", &mut sign_up.locale),
    ] {
        if let Some(value) = call.param(name) {
            *field = Some(value.trim().to_owned());
        }
    }
    Ok(())
}

/// Makes the account once everything is there, and answers.
fn finish(
    emulator: &Emulator,
    transaction: &Transaction,
    call: &Call,
    client: &mut Client,
    mut sign_up: SignUp,
) -> Answer {
    let complete =
        missing_fields(&sign_up).is_empty() && is_verified(sign_up.email_verification.as_ref());
    let response: Value;
    if let (true, Some(email)) = (complete, sign_up.email_address.clone()) {
        // Somebody else may have been quicker with this address.
        email_addresses::must_be_free(transaction, &email)?;
        let mut user = account(&sign_up, email, call.now);
        let session_id = sessions::start(transaction, call, client, &mut user)?;
        sign_up.created_user_id = Some(user.id);
        sign_up.created_session_id = Some(session_id);
        response = view::sign_up(&sign_up);
        client.sign_up = None;
        client.sign_in = None;
    } else {
        response = view::sign_up(&sign_up);
        client.sign_up = Some(sign_up);
    }
    call.keep(transaction, client)?;
    answer(&emulator.view(transaction, call), &response, client)
}

fn account(sign_up: &SignUp, email: String, now: i64) -> User {
    let address = EmailAddress {
        id: id::new("idn"),
        email_address: email,
        verification: sign_up.email_verification.clone(),
    };
    User {
        id: id::new("user"),
        first_name: sign_up.first_name.clone(),
        last_name: sign_up.last_name.clone(),
        primary_email_address_id: Some(address.id.clone()),
        email_addresses: vec![address],
        password_hash: sign_up.password_hash.clone(),
        session_ids: Vec::new(),
        last_sign_in_at: None,
        created_at: now,
        updated_at: now,
    }
}
