//! Making people, and changing them.

use crate::credentials::totp;
use crate::error::ClerkError;
use crate::id;
use crate::model::{EmailAddress, Totp, User, Verification};
use crate::rules::{accounts, enrollment, metadata, people, sessions};
use crate::scope::{Answer, Scope};

use super::{answer, find, save};

/// `POST …`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    let now = scope.now;
    let mut user = User {
        id: id::new("user"),
        created_at: now,
        updated_at: now,
        ..User::default()
    };
    for email in scope.call.texts("email_address") {
        let email = accounts::checked_email(&email)?;
        accounts::must_be_free(scope, "email_address", &email)?;
        let address = EmailAddress {
            id: id::new("idn"),
            email_address: email,
            verification: Some(Verification::given("admin", now)),
            created_at: now,
            updated_at: now,
            ..EmailAddress::default()
        };
        user.primary_email_address_id
            .get_or_insert_with(|| address.id.clone());
        user.email_addresses.push(address);
    }
    fill(scope, &mut user)?;
    let settings = &scope.settings;
    let nobody = user.email_addresses.is_empty() && user.username.is_none();
    if nobody && scope.call.flag("skip_user_requirement") != Some(true) {
        return Err(ClerkError::missing("email_address"));
    }
    let no_password = user.password_hash.is_none()
        && settings.password == crate::settings::Field::Required
        && scope.call.flag("skip_password_requirement") != Some(true);
    if no_password {
        return Err(ClerkError::missing("password"));
    }
    user.banned = scope.call.flag("banned") == Some(true);
    if let Some(at) = scope.call.param("created_at") {
        user.created_at = crate::time::parse(at).ok_or_else(|| {
            ClerkError::invalid(
                "created_at",
                "This is not a valid date and time (RFC 3339).",
            )
        })?;
    }
    accounts::create(scope, &user)?;
    enrollment::offer(scope, &user)?;
    answer(scope, &user)
}

/// What both a new and a changed person may be given.
fn fill(scope: &mut Scope<'_>, user: &mut User) -> Result<(), ClerkError> {
    let call = scope.call;
    for (name, field) in [
        ("first_name", &mut user.first_name),
        ("last_name", &mut user.last_name),
        ("locale", &mut user.locale),
    ] {
        if call.has(name) {
            *field = call
                .given(name)
                .map(|it| it.trim().to_owned())
                .filter(|it| !it.is_empty());
        }
    }
    if call.has("external_id") {
        user.external_id = call.param("external_id").map(str::to_owned);
        if let Some(external_id) = &user.external_id
            && let Some(other) = scope.tx.find::<User>("external_id", external_id)?
            && other.id != user.id
        {
            return Err(ClerkError::at(
                "external_id",
                "form_identifier_exists",
                "That external ID is taken. Please try another.",
            ));
        }
    }
    if call.has("username") {
        user.username = match call.param("username") {
            Some(username) => Some(accounts::checked_username(scope, username, Some(&user.id))?),
            None => None,
        };
    }
    if let Some(password) = call.param("password") {
        let mut rules = scope.settings.clone();
        if call.flag("skip_password_checks") == Some(true) {
            rules.password_min_length = 1;
            rules.refuse_pwned_passwords = false;
        }
        user.password_hash = Some(scope.proofs.new_hash(&rules, "password", password)?);
        user.password_updated_at = Some(scope.now);
        user.password_compromised = false;
    }
    if let Some(digest) = call.param("password_digest") {
        let hasher = call.param("password_hasher").unwrap_or_default();
        if !["bcrypt", "argon2id", "argon2i"].contains(&hasher) {
            return Err(ClerkError::invalid(
                "password_hasher",
                "The emulator supports the hashers bcrypt, argon2i and argon2id.",
            ));
        }
        user.password_hash = Some(digest.to_owned());
        user.password_updated_at = Some(scope.now);
    }
    if let Some(secret) = call.param("totp_secret") {
        totp::code(secret, scope.now)?;
        user.totp = Some(Totp {
            secret: secret.to_owned(),
            verified: true,
            ..totp::new(scope.now)
        });
        user.mfa_enabled_at = Some(scope.now);
    }
    let codes = call.texts("backup_codes");
    if !codes.is_empty() {
        user.backup_codes = codes.iter().map(id::digest).collect();
    }
    for (name, field) in [
        ("public_metadata", &mut user.public_metadata),
        ("private_metadata", &mut user.private_metadata),
        ("unsafe_metadata", &mut user.unsafe_metadata),
    ] {
        if let Some(value) = call.json(name) {
            *field = metadata::checked(name, &value)?;
        }
    }
    if let Some(enabled) = call.flag("delete_self_enabled") {
        user.delete_self_disabled = !enabled;
    }
    if let Some(enabled) = call.flag("create_organization_enabled") {
        user.create_organization_disabled = !enabled;
    }
    if let Some(limit) = call.number("create_organizations_limit") {
        user.create_organizations_limit = u32::try_from(limit).ok();
    }
    if let Some(at) = call.param("legal_accepted_at") {
        user.legal_accepted_at = crate::time::parse(at);
    }
    Ok(())
}

/// `PATCH …/{id}`
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    fill(scope, &mut user)?;
    if let Some(id) = scope.call.param("primary_email_address_id") {
        people::make_primary(&mut user, id)?;
    }
    if scope.call.flag("sign_out_of_other_sessions") == Some(true) {
        sessions::end_all(scope, &user.id, None)?;
    }
    save(scope, user)
}
