//! `/v1/me/email_addresses`: a person's addresses.

use axum::extract::{Path, State};
use serde_json::json;

use super::me::{keep, person};
use super::{Answer, answer};
use crate::call::Call;
use crate::error::ClerkError;
use crate::model::{EmailAddress, User};
use crate::store::Transaction;
use crate::verification::{attempt as attempt_code, email_code};
use crate::{Emulator, id, view};

/// `POST …`: adds one, which is still to be verified.
pub async fn create(State(emulator): State<Emulator>, call: Call) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, _, mut user) = person(transaction, &call)?;
            let email = checked(call.param("email_address").unwrap_or_default())?;
            must_be_free(transaction, &email)?;
            let address = EmailAddress {
                id: id::new("idn"),
                email_address: email,
                verification: None,
            };
            let response = view::email_address(&address);
            user.email_addresses.push(address);
            keep(transaction, &call, &mut user)?;
            answer(&emulator.view(transaction, &call), &response, &client)
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
            let (client, _, mut user) = person(transaction, &call)?;
            let address = find(&mut user, &id)?;
            let verification = email_code(&address.email_address, call.now);
            crate::send(&address.email_address, &verification);
            address.verification = Some(verification);
            let response = view::email_address(address);
            keep(transaction, &call, &mut user)?;
            answer(&emulator.view(transaction, &call), &response, &client)
        })
        .await
}

/// `POST …/{id}/attempt_verification`: checks a code.
pub async fn attempt(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, _, mut user) = person(transaction, &call)?;
            let address = find(&mut user, &id)?;
            must_be_free(transaction, &address.email_address)?;
            let verification = address.verification.as_mut().ok_or_else(|| {
                ClerkError::at("code", "verification_missing", "Ask for a code first.")
            })?;
            let code = call.param("code").unwrap_or_default();
            let result = attempt_code(verification, code, call.now);
            let response = view::email_address(address);
            // A wrong guess counts, whatever happens next.
            keep(transaction, &call, &mut user)?;
            result?;
            answer(&emulator.view(transaction, &call), &response, &client)
        })
        .await
}

/// `DELETE …/{id}`: any but the primary one.
pub async fn remove(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    emulator
        .run(move |emulator, transaction| {
            let (client, _, mut user) = person(transaction, &call)?;
            let address = find(&mut user, &id)?.clone();
            if user.primary_email_address_id.as_ref() == Some(&id) {
                return Err(ClerkError::at(
                    "email_address_id",
                    "primary_identification_deletion_failed",
                    "The primary address cannot be removed. Make another one primary first.",
                ));
            }
            if address.is_verified() {
                transaction.release_email(&address.email_address)?;
            }
            user.email_addresses.retain(|address| address.id != id);
            keep(transaction, &call, &mut user)?;
            let response = json!({ "object": "email_address", "id": id, "deleted": true });
            answer(&emulator.view(transaction, &call), &response, &client)
        })
        .await
}

fn find<'a>(user: &'a mut User, id: &str) -> Result<&'a mut EmailAddress, ClerkError> {
    let mut addresses = user.email_addresses.iter_mut();
    addresses
        .find(|address| address.id == id)
        .ok_or_else(|| ClerkError::not_found("The address"))
}

/// The address as it is kept, if it is one.
pub fn checked(email: &str) -> Result<String, ClerkError> {
    let email = email.trim();
    if email_address::EmailAddress::is_valid(email) {
        return Ok(email.to_owned());
    }
    Err(ClerkError::at(
        "email_address",
        "form_param_format_invalid",
        "Email address must be a valid email address.",
    ))
}

/// Refuses an address that is another's.
pub fn must_be_free(transaction: &Transaction, email: &str) -> Result<(), ClerkError> {
    if transaction.user_by_email(email)?.is_none() {
        return Ok(());
    }
    Err(ClerkError::at(
        "email_address",
        "form_identifier_exists",
        "That email address is taken. Please try another.",
    ))
}
