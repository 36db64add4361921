//! Browsers, sessions, sign-ins and sign-ups.

use serde_json::{Value, json};

use crate::credentials::tokens::{Acting, Context, session_claims, template_claims};
use crate::error::ClerkError;
use crate::id;
use crate::model::{
    Activity, Client, JwtTemplate, Membership, Organization, Role, Session, SignIn, SignUp, User,
    Verification,
};
use crate::scope::Scope;
use crate::settings::{Field, Settings};

use super::{Audience, factors, public_user, verification};

/// The browser with its open sessions.
pub fn client(scope: &Scope<'_>, client: &Client) -> Result<Value, ClerkError> {
    let mut sessions = Vec::new();
    for id in &client.session_ids {
        if let Some(it) = scope.tx.get::<Session>(id)?
            && it.is_active(scope.now)
        {
            sessions.push(session(scope, &it)?);
        }
    }
    let last_active = client
        .last_active_session_id
        .as_ref()
        .filter(|_| !sessions.is_empty());
    let shown_sign_in = match &client.sign_in {
        Some(it) => sign_in(scope, it)?,
        None => Value::Null,
    };
    let shown_sign_up = client.sign_up.as_ref().map(|it| sign_up(scope, it));
    Ok(json!({
        "object": "client",
        "id": client.id,
        "sessions": sessions,
        "sign_in": shown_sign_in,
        "sign_up": shown_sign_up,
        "last_active_session_id": last_active,
        "last_authentication_strategy": client.last_authentication_strategy,
        "cookie_expires_at": null,
        "captcha_bypass": false,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    }))
}

/// What a person must still do before a session counts
/// (<https://clerk.com/docs/guides/configure/session-tasks>).
pub fn tasks(settings: &Settings, session: &Session, user: &User) -> Vec<&'static str> {
    let mut tasks = Vec::new();
    if user.password_compromised {
        tasks.push("reset-password");
    }
    if settings.second_factor_required && !user.has_second_factor() {
        tasks.push("setup-mfa");
    }
    let organizations = &settings.organizations;
    if organizations.enabled && organizations.required && session.organization_id.is_none() {
        tasks.push("choose-organization");
    }
    tasks
}

/// A session with its person and a fresh token.
pub fn session(scope: &Scope<'_>, session: &Session) -> Result<Value, ClerkError> {
    let user: User = scope.tx.need(&session.user_id)?;
    let active = session.is_active(scope.now);
    let token = if active {
        json!({ "object": "token", "jwt": session_token(scope, session, None)? })
    } else {
        Value::Null
    };
    let tasks = tasks(&scope.settings, session, &user);
    let minutes = |at: i64| (scope.now - at).max(0) / 60_000;
    Ok(json!({
        "object": "session",
        "id": session.id,
        "status": status(scope, session, &tasks),
        "expire_at": session.expire_at,
        "abandon_at": session.abandon_at,
        "last_active_at": session.last_active_at,
        "last_active_organization_id": session.organization_id,
        "last_active_token": token,
        "factor_verification_age": [
            minutes(session.first_factor_at),
            session.second_factor_at.map_or(-1, minutes),
        ],
        "actor": session.actor,
        "tasks": shown_tasks(&tasks),
        "public_user_data": public_user(scope, &user),
        "user": super::user(scope, &user, Audience::Frontend)?,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }))
}

fn status(scope: &Scope<'_>, session: &Session, tasks: &[&str]) -> Value {
    if session.is_active(scope.now) && !tasks.is_empty() {
        return json!("pending");
    }
    json!(session.status_at(scope.now))
}

fn shown_tasks(tasks: &[&str]) -> Value {
    if tasks.is_empty() {
        return Value::Null;
    }
    tasks.iter().map(|key| json!({ "key": key })).collect()
}

/// A session as servers see it, and as the list of a person's devices does.
pub fn session_for_backend(scope: &Scope<'_>, session: &Session) -> Result<Value, ClerkError> {
    let user: User = scope.tx.need(&session.user_id)?;
    let tasks = tasks(&scope.settings, session, &user);
    Ok(json!({
        "object": "session",
        "id": session.id,
        "client_id": session.client_id,
        "user_id": session.user_id,
        "actor": session.actor,
        "status": status(scope, session, &tasks),
        "last_active_organization_id": session.organization_id,
        "last_active_at": session.last_active_at,
        "latest_activity": activity(session, &session.activity),
        "expire_at": session.expire_at,
        "abandon_at": session.abandon_at,
        "tasks": shown_tasks(&tasks),
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }))
}

/// The emulator does not know where browsers are: whoever reaches it is near.
fn activity(session: &Session, it: &Activity) -> Value {
    json!({
        "object": "session_activity",
        "id": format!("sess_activity_{}", session.id),
        "browser_name": it.browser_name,
        "browser_version": it.browser_version,
        "device_type": it.device_type,
        "is_mobile": it.is_mobile,
        "ip_address": it.ip_address,
        "city": "Localhost",
        "country": "Earth",
    })
}

/// A signed token for a session: by a template when one is named.
pub fn session_token(
    scope: &Scope<'_>,
    session: &Session,
    template: Option<&JwtTemplate>,
) -> Result<String, ClerkError> {
    let user: User = scope.tx.need(&session.user_id)?;
    let found = match &session.organization_id {
        Some(organization_id) => {
            let pair = Membership::pair(organization_id, &user.id);
            let membership = scope.tx.find::<Membership>("pair", &pair)?;
            let organization = scope.tx.get::<Organization>(organization_id)?;
            organization.zip(membership)
        }
        None => None,
    };
    let permissions = match &found {
        Some((_, membership)) => {
            let role = scope.tx.find::<Role>("key", &membership.role)?;
            role.map(|role| role.permissions).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let acting = found.as_ref().map(|(organization, membership)| Acting {
        organization,
        membership,
        permissions: &permissions,
    });
    let context = Context {
        issuer: scope.emulator.url(),
        origin: scope.origin(),
        lifetime: scope
            .emulator
            .token_lifetime()
            .or(template.map(|it| it.lifetime))
            .unwrap_or(scope.settings.token_lifetime_seconds),
        now: scope.now / 1000,
    };
    let claims = if let Some(template) = template {
        let id = id::new("jti");
        template_claims(&context, template, session, &user, acting.as_ref(), &id)
    } else {
        let pending = !tasks(&scope.settings, session, &user).is_empty();
        let custom = &scope.settings.session_claims;
        session_claims(&context, session, &user, acting.as_ref(), pending, custom)
    };
    scope.emulator.keys()?.sign(&claims.into())
}

/// A sign-in with the proofs it would take.
pub fn sign_in(scope: &Scope<'_>, sign_in: &SignIn) -> Result<Value, ClerkError> {
    let person = match &sign_in.user_id {
        Some(id) => scope.tx.get::<User>(id)?,
        None => None,
    };
    let settings = &scope.settings;
    let proven = sign_in
        .first_factor
        .as_ref()
        .is_some_and(Verification::is_verified);
    let status = if sign_in.created_session_id.is_some() {
        "complete"
    } else if sign_in.needs_new_password {
        "needs_new_password"
    } else if person.is_none() {
        "needs_identifier"
    } else if proven {
        "needs_second_factor"
    } else {
        "needs_first_factor"
    };
    let mut identifiers = Vec::new();
    if settings.email_address.is_on() {
        identifiers.push("email_address");
    }
    if settings.username.is_on() {
        identifiers.push("username");
    }
    if settings.passkeys {
        identifiers.push("passkey");
    }
    let second = person
        .as_ref()
        .filter(|user| user.has_second_factor())
        .map(factors::second);
    let shown = |it: &Option<Verification>| it.as_ref().map(verification);
    Ok(json!({
        "object": "sign_in_attempt",
        "id": sign_in.id,
        "status": status,
        "identifier": sign_in.identifier,
        "supported_identifiers": identifiers,
        "supported_first_factors": person.as_ref().map(|user| factors::first(settings, user)),
        "supported_second_factors": second,
        "first_factor_verification": shown(&sign_in.first_factor),
        "second_factor_verification": shown(&sign_in.second_factor),
        "user_data": person.as_ref().map(|user| json!({
            "first_name": user.first_name,
            "last_name": user.last_name,
            "image_url": super::image_url(scope, user.image_id.as_deref(), ""),
            "has_image": user.image_id.is_some(),
        })),
        "created_session_id": sign_in.created_session_id,
        "abandon_at": sign_in.abandon_at,
    }))
}

/// A fresh proof that a session asks for.
pub fn reverification(scope: &Scope<'_>, session: &Session) -> Result<Value, ClerkError> {
    let user: User = scope.tx.need(&session.user_id)?;
    let it = session.reverification.clone().unwrap_or_default();
    let given = |it: &Option<Verification>| it.as_ref().is_some_and(Verification::is_verified);
    let second_wanted = it.level != "first_factor" && user.has_second_factor();
    let first_wanted = it.level != "second_factor" || !user.has_second_factor();
    let status = if first_wanted && !given(&it.first_factor) {
        "needs_first_factor"
    } else if second_wanted && !given(&it.second_factor) {
        "needs_second_factor"
    } else {
        "complete"
    };
    let mut shown_session = self::session(scope, session)?;
    if let Value::Object(shown) = &mut shown_session {
        shown.remove("last_authentication_strategy");
    }
    Ok(json!({
        "object": "session_reverification",
        "status": status,
        "level": it.level,
        "supported_first_factors": factors::reverifying(&scope.settings, &user),
        "supported_second_factors": second_wanted.then(|| factors::second(&user)),
        "first_factor_verification": it.first_factor.as_ref().map(verification),
        "second_factor_verification": it.second_factor.as_ref().map(verification),
        "session": shown_session,
    }))
}

/// The fields that an account needs here, and those it may have.
fn fields(settings: &Settings, which: Field) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = [
        ("email_address", settings.email_address),
        ("username", settings.username),
        ("password", settings.password),
        ("first_name", settings.first_name),
        ("last_name", settings.last_name),
    ]
    .into_iter()
    .filter(|(_, field)| *field == which)
    .map(|(name, _)| name)
    .collect();
    if settings.legal_consent && which == Field::Required {
        names.push("legal_accepted");
    }
    names
}

/// The required fields that a sign-up has not been given yet.
pub fn missing_fields(settings: &Settings, sign_up: &SignUp) -> Vec<&'static str> {
    let external = sign_up.external.is_some();
    let mut missing = fields(settings, Field::Required);
    missing.retain(|field| match *field {
        "email_address" => sign_up.email_address.is_none(),
        "username" => sign_up.username.is_none(),
        // Whoever comes by a provider needs no password.
        "password" => sign_up.password_hash.is_none() && !external,
        "first_name" => sign_up.first_name.is_none(),
        "last_name" => sign_up.last_name.is_none(),
        _ => sign_up.legal_accepted_at.is_none(),
    });
    missing
}

/// A sign-up with what it still lacks.
pub fn sign_up(scope: &Scope<'_>, sign_up: &SignUp) -> Value {
    let settings = &scope.settings;
    let verified = sign_up
        .email_verification
        .as_ref()
        .is_some_and(Verification::is_verified);
    let unverified: &[&str] = if sign_up.email_address.is_some() && !verified {
        &["email_address"]
    } else {
        &[]
    };
    let status = if sign_up.created_session_id.is_some() {
        "complete"
    } else {
        "missing_requirements"
    };
    // Nothing was sent yet: the prebuilt UI asks for a code only when there is none.
    let email = sign_up.email_verification.as_ref().map(|it| {
        let mut shown = verification(it);
        shown["next_action"] = json!(if verified { "" } else { "needs_attempt" });
        shown["supported_strategies"] = json!(factors::email_strategies(settings));
        shown
    });
    json!({
        "object": "sign_up_attempt",
        "id": sign_up.id,
        "status": status,
        "required_fields": fields(settings, Field::Required),
        "optional_fields": fields(settings, Field::Optional),
        "missing_fields": missing_fields(settings, sign_up),
        "unverified_fields": unverified,
        "verifications": {
            "email_address": email,
            "phone_number": null,
            "web3_wallet": null,
            "external_account": sign_up.external_verification.as_ref().map(verification),
        },
        "username": sign_up.username,
        "email_address": sign_up.email_address,
        "phone_number": null,
        "web3_wallet": null,
        "password_enabled": sign_up.password_hash.is_some(),
        "has_password": sign_up.password_hash.is_some(),
        "first_name": sign_up.first_name,
        "last_name": sign_up.last_name,
        "unsafe_metadata": sign_up.unsafe_metadata,
        "public_metadata": sign_up.public_metadata,
        "custom_action": false,
        "external_id": sign_up.external_id,
        "created_session_id": sign_up.created_session_id,
        "created_user_id": sign_up.created_user_id,
        "legal_accepted_at": sign_up.legal_accepted_at,
        "locale": sign_up.locale,
        "abandon_at": sign_up.abandon_at,
    })
}

/// A sign-up as servers see it.
pub fn sign_up_for_backend(scope: &Scope<'_>, it: &SignUp) -> Value {
    let mut shown = sign_up(scope, it);
    if let Value::Object(fields) = &mut shown {
        fields.remove("has_password");
        if fields["locale"].is_null() {
            fields.remove("locale");
        }
    }
    shown["verifications"] = json!({
        "email_address": { "next_action": "needs_attempt", "supported_strategies": factors::email_strategies(&scope.settings) },
        "phone_number": { "next_action": "", "supported_strategies": [] },
        "web3_wallet": { "next_action": "", "supported_strategies": [] },
        "external_account": null,
    });
    shown
}
