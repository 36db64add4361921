//! `/v1/client/sign_ins`: by password or by e-mail code.

use axum::extract::{Path, State};

use super::{Answer, answer};
use crate::call::Call;
use crate::error::ClerkError;
use crate::model::{Client, SignIn, User, Verification, VerificationStatus};
use crate::store::Transaction;
use crate::verification::{attempt as attempt_code, email_code};
use crate::{Emulator, id, password, sessions};

/// How long a sign-in may take, in milliseconds: a day.
const ABANDON_AFTER: i64 = 24 * 60 * 60 * 1000;

/// `POST …`: names the person, and may bring the password along.
pub async fn create(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let client = call.client_or_new(transaction)?;
            let mut sign_in = SignIn {
                id: id::new("sia"),
                identifier: None,
                user_id: None,
                first_factor: None,
                created_session_id: None,
                abandon_at: call.now + ABANDON_AFTER,
            };
            if let Some(identifier) = call.param("identifier") {
                let user = transaction
                    .user_by_email(identifier.trim())?
                    .ok_or_else(|| {
                        ClerkError::at(
                            "identifier",
                            "form_identifier_not_found",
                            "Couldn't find your account.",
                        )
                    })?;
                sign_in.identifier = Some(identifier.trim().to_owned());
                sign_in.user_id = Some(user.id);
            }
            if call.param("password").is_some() {
                return prove(emulator, transaction, &call, client, sign_in, "password");
            }
            keep(emulator, transaction, &call, client, sign_in)
        })
        .await
}

/// `GET …/{id}`
pub async fn show(State(emulator): State<Emulator>, Path(id): Path<String>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, sign_in) = find(transaction, &call, &id)?;
            let view = emulator.view(transaction, &call);
            answer(&view, &view.sign_in(Some(&sign_in))?, &client)
        })
        .await
}

/// `POST …/{id}/prepare_first_factor`: sends a code.
pub async fn prepare(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, mut sign_in) = find(transaction, &call, &id)?;
            let user = person(transaction, &sign_in)?;
            let address = user.email_addresses.iter().find(|address| {
                call.param("strategy") == Some("email_code")
                    && call
                        .param("email_address_id")
                        .is_none_or(|id| id == address.id)
            });
            let email = &address.ok_or_else(invalid_strategy)?.email_address;
            let verification = email_code(email, call.now);
            crate::send(email, &verification);
            sign_in.first_factor = Some(verification);
            keep(emulator, transaction, &call, client, sign_in)
        })
        .await
}

/// `POST …/{id}/attempt_first_factor`: checks a password or a code.
pub async fn attempt(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, sign_in) = find(transaction, &call, &id)?;
            let strategy = call.param("strategy").unwrap_or_default().to_owned();
            prove(emulator, transaction, &call, client, sign_in, &strategy)
        })
        .await
}

/// Keeps a sign-in in progress, and answers it.
fn keep(
    emulator: &Emulator,
    transaction: &Transaction,
    call: &Call,
    mut client: Client,
    sign_in: SignIn,
) -> Answer {
    client.sign_in = Some(sign_in);
    call.keep(transaction, &mut client)?;
    let view = emulator.view(transaction, call);
    answer(&view, &view.sign_in(client.sign_in.as_ref())?, &client)
}

fn invalid_strategy() -> ClerkError {
    ClerkError::at(
        "strategy",
        "strategy_for_user_invalid",
        "The verification strategy is not valid for this account.",
    )
}

fn find(transaction: &Transaction, call: &Call, id: &str) -> Result<(Client, SignIn), ClerkError> {
    let not_found = || ClerkError::not_found("The sign-in");
    let client = call.client(transaction)?.ok_or_else(not_found)?;
    let sign_in = client
        .sign_in
        .clone()
        .filter(|sign_in| sign_in.id == id && call.now < sign_in.abandon_at)
        .ok_or_else(not_found)?;
    Ok((client, sign_in))
}

fn person(transaction: &Transaction, sign_in: &SignIn) -> Result<User, ClerkError> {
    let id = sign_in.user_id.as_deref().ok_or_else(|| {
        ClerkError::at(
            "identifier",
            "form_param_missing",
            "Enter your email address.",
        )
    })?;
    transaction
        .user(id)?
        .ok_or_else(|| ClerkError::not_found("The user"))
}

/// Checks the proof; the right one signs the person in.
fn prove(
    emulator: &Emulator,
    transaction: &Transaction,
    call: &Call,
    mut client: Client,
    mut sign_in: SignIn,
    strategy: &str,
) -> Answer {
    let mut user = person(transaction, &sign_in)?;
    let result = match strategy {
        "password" => check_password(&user, call),
        "email_code" => match &mut sign_in.first_factor {
            Some(verification) if verification.code.is_some() => attempt_code(
                verification,
                call.param("code").unwrap_or_default(),
                call.now,
            ),
            _ => Err(ClerkError::at(
                "code",
                "verification_missing",
                "Ask for a code first.",
            )),
        },
        _ => Err(invalid_strategy()),
    };
    // A wrong guess counts, whatever happens next.
    client.sign_in = Some(sign_in.clone());
    call.keep(transaction, &mut client)?;
    result?;
    if strategy == "password" {
        sign_in.first_factor = Some(Verification {
            strategy: strategy.to_owned(),
            status: VerificationStatus::Verified,
            code: None,
            attempts: 1,
            expire_at: call.now,
        });
    }
    sign_in.created_session_id = Some(sessions::start(transaction, call, &mut client, &mut user)?);
    client.sign_in = None;
    client.sign_up = None;
    call.keep(transaction, &mut client)?;
    let view = emulator.view(transaction, call);
    answer(&view, &view.sign_in(Some(&sign_in))?, &client)
}

fn check_password(user: &User, call: &Call) -> Result<(), ClerkError> {
    let right = user
        .password_hash
        .as_deref()
        .is_some_and(|hash| password::verify(call.given("password").unwrap_or_default(), hash));
    if right {
        Ok(())
    } else {
        Err(ClerkError::at(
            "password",
            "form_password_incorrect",
            "Password is incorrect. Try again, or use another method.",
        ))
    }
}
