//! `/v1/users`

use serde_json::{Value, json};

use crate::credentials::totp;
use crate::error::ClerkError;
use crate::id;
use crate::model::{
    EmailAddress, Image, Membership, OrganizationInvitation, Totp, User, Verification,
};
use crate::rules::{
    accounts, enrollment, external_accounts, factors, images, lockout, metadata, organizations,
    people, sessions,
};
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};
use crate::view::{self, Audience};

use super::paginated;

fn shown(scope: &Scope<'_>, user: &User) -> Result<Value, ClerkError> {
    view::user(scope, user, Audience::Backend)
}

fn answer(scope: &Scope<'_>, user: &User) -> Answer {
    Ok(Reply::Plain(shown(scope, user)?))
}

fn find(scope: &Scope<'_>) -> Result<User, ClerkError> {
    scope.tx.need(scope.call.path("id"))
}

/// Keeps a person and answers them.
fn save(scope: &mut Scope<'_>, mut user: User) -> Answer {
    accounts::save(scope, &mut user)?;
    answer(scope, &user)
}

/// What a list of people may be limited to; exact ones are found without looking at everybody.
fn candidates(scope: &Scope<'_>) -> Result<Option<Vec<User>>, ClerkError> {
    let mut found: Option<Vec<User>> = None;
    let mut add = |users: Vec<User>| found.get_or_insert_default().extend(users);
    for (param, index) in [
        ("email_address", "email"),
        ("username", "username"),
        ("external_id", "external_id"),
    ] {
        for value in scope.call.query_all(param) {
            if value.starts_with('-') {
                continue;
            }
            let folded = if index == "external_id" {
                value.trim_start_matches('+').to_owned()
            } else {
                value.to_lowercase()
            };
            add(scope.tx.find::<User>(index, &folded)?.into_iter().collect());
        }
    }
    for value in scope.call.query_all("user_id") {
        if !value.starts_with('-') {
            let id = value.trim_start_matches('+');
            add(scope.tx.get::<User>(id)?.into_iter().collect());
        }
    }
    for value in scope.call.query_all("organization_id") {
        if !value.starts_with('-') {
            let id = value.trim_start_matches('+');
            for it in scope
                .tx
                .list::<Membership>("organization", id, Page::WHOLE)?
            {
                add(scope.tx.get::<User>(&it.user_id)?.into_iter().collect());
            }
        }
    }
    let asked = [
        "email_address",
        "username",
        "external_id",
        "user_id",
        "organization_id",
    ];
    if found.is_none()
        && asked.iter().any(|name| {
            scope
                .call
                .query_all(name)
                .iter()
                .any(|value| !value.starts_with('-'))
        })
    {
        found = Some(Vec::new());
    }
    Ok(found)
}

/// Whether a person fits every filter of the call.
fn fits(scope: &Scope<'_>, user: &User) -> bool {
    let call = scope.call;
    let text = |value: Option<&str>| value.unwrap_or_default().to_lowercase();
    let contains = |param: &str, haystacks: &[String]| {
        call.query(param).is_none_or(|query| {
            let query = query.to_lowercase();
            haystacks.iter().any(|it| it.contains(&query))
        })
    };
    let emails: Vec<String> = user
        .email_addresses
        .iter()
        .map(|it| it.email_address.to_lowercase())
        .collect();
    let username = text(user.username.as_deref());
    let name = text(user.full_name().as_deref());
    let mut all = emails.clone();
    all.extend([
        username.clone(),
        name.clone(),
        user.id.to_lowercase(),
        text(user.external_id.as_deref()),
    ]);
    let number = |param: &str| call.query(param).and_then(|it| it.parse::<i64>().ok());
    let before = |param: &str, at: Option<i64>| {
        number(param).is_none_or(|limit| at.is_some_and(|at| at < limit))
    };
    let after = |param: &str, at: Option<i64>| {
        number(param).is_none_or(|limit| at.is_some_and(|at| at > limit))
    };
    let excluded = call
        .query_all("user_id")
        .iter()
        .any(|it| it.strip_prefix('-') == Some(&user.id));
    let provider = call.query("provider").is_none_or(|provider| {
        user.external_accounts.iter().any(|it| {
            let id = call.query("provider_user_id");
            it.strategy == provider && id.is_none_or(|id| it.provider_user_id == id)
        })
    });
    !excluded
        && provider
        && contains("query", &all)
        && contains("email_address_query", &emails)
        && contains("username_query", &[username])
        && contains("name_query", &[name])
        && call
            .query("banned")
            .is_none_or(|it| (it == "true") == user.banned)
        && before("created_at_before", Some(user.created_at))
        && after("created_at_after", Some(user.created_at))
        && before("last_active_at_before", user.last_active_at)
        && after("last_active_at_after", user.last_active_at)
        && after("last_active_at_since", user.last_active_at)
        && before("last_sign_in_at_before", user.last_sign_in_at)
        && after("last_sign_in_at_after", user.last_sign_in_at)
}

const FILTERS: [&str; 14] = [
    "query",
    "email_address_query",
    "username_query",
    "name_query",
    "banned",
    "provider",
    "created_at_before",
    "created_at_after",
    "last_active_at_before",
    "last_active_at_after",
    "last_active_at_since",
    "last_sign_in_at_before",
    "last_sign_in_at_after",
    "user_id",
];

/// Everybody that the call is about; none when that is simply everybody.
fn filtered(scope: &Scope<'_>) -> Result<Option<Vec<User>>, ClerkError> {
    let found = candidates(scope)?;
    let plain = FILTERS
        .iter()
        .all(|name| scope.call.query_all(name).is_empty());
    let mut all = match found {
        None if plain => return Ok(None),
        None => scope.tx.list::<User>(ALL.0, ALL.1, Page::WHOLE)?,
        Some(found) => found,
    };
    all.retain(|user| fits(scope, user));
    all.sort_by(|a, b| {
        b.created_at
            .cmp(&a.created_at)
            .then_with(|| b.id.cmp(&a.id))
    });
    all.dedup_by(|a, b| a.id == b.id);
    Ok(Some(all))
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let page = scope.call.page();
    let order = scope.call.query("order_by").unwrap_or("-created_at");
    let by_age = ["-created_at", "created_at", "+created_at", " created_at"].contains(&order);
    let users = match filtered(scope)? {
        // The usual list needs to look at its page only.
        None if by_age => {
            let page = Page {
                oldest_first: !order.starts_with('-'),
                ..page
            };
            let users = scope.tx.list::<User>(ALL.0, ALL.1, page)?;
            return part(scope, &users);
        }
        None => scope.tx.list::<User>(ALL.0, ALL.1, Page::WHOLE)?,
        Some(users) => users,
    };
    let shown: Result<Vec<Value>, ClerkError> = users.iter().map(|it| shown(scope, it)).collect();
    let fields = [
        "created_at",
        "updated_at",
        "email_address",
        "first_name",
        "last_name",
        "username",
        "last_active_at",
        "last_sign_in_at",
        "web3wallet",
        "phone_number",
    ];
    let shown = super::ordered(scope, shown?, &fields)?;
    let wanted: Vec<Value> = shown
        .into_iter()
        .skip(page.offset)
        .take(page.limit)
        .collect();
    Ok(Reply::Plain(wanted.into()))
}

fn part(scope: &Scope<'_>, users: &[User]) -> Answer {
    let shown: Result<Vec<Value>, ClerkError> = users.iter().map(|it| shown(scope, it)).collect();
    Ok(Reply::Plain(shown?.into()))
}

/// `GET …/count`
pub fn count(scope: &mut Scope<'_>) -> Answer {
    let total = match filtered(scope)? {
        Some(users) => users.len(),
        None => scope.tx.count::<User>(ALL.0, ALL.1)?,
    };
    Ok(Reply::Plain(
        json!({ "object": "total_count", "total_count": total }),
    ))
}

/// `GET …/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    answer(scope, &user)
}

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
        user.created_at = crate::time::parse(at)
            .ok_or_else(|| ClerkError::invalid("created_at", "This is not a time (RFC 3339)."))?;
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
                "The emulator knows digests of bcrypt, argon2i and argon2id.",
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
        user.backup_codes = codes.iter().map(|code| id::digest(code)).collect();
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

/// `DELETE …/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    people::delete(scope, &user)?;
    let mut shown = view::deleted("user", &user.id);
    if let Some(external_id) = user.external_id {
        shown["external_id"] = external_id.into();
    }
    Ok(Reply::Plain(shown))
}

fn set_banned(scope: &mut Scope<'_>, mut user: User, banned: bool) -> Result<User, ClerkError> {
    user.banned = banned;
    if banned {
        sessions::end_all(scope, &user.id, None)?;
    }
    accounts::save(scope, &mut user)?;
    Ok(user)
}

/// `POST …/{id}/ban`: all sessions end, and no new one begins.
pub fn ban(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let user = set_banned(scope, user, true)?;
    answer(scope, &user)
}

/// `POST …/{id}/unban`
pub fn unban(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let user = set_banned(scope, user, false)?;
    answer(scope, &user)
}

fn set_all_banned(scope: &mut Scope<'_>, banned: bool) -> Answer {
    let mut all = Vec::new();
    for id in scope.call.texts("user_ids") {
        let user: User = scope.tx.need(&id)?;
        let user = set_banned(scope, user, banned)?;
        all.push(shown(scope, &user)?);
    }
    Ok(Reply::Plain(all.into()))
}

/// `POST …/ban`
pub fn ban_all(scope: &mut Scope<'_>) -> Answer {
    set_all_banned(scope, true)
}

/// `POST …/unban`
pub fn unban_all(scope: &mut Scope<'_>) -> Answer {
    set_all_banned(scope, false)
}

/// `POST …/{id}/lock`
pub fn lock(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let minutes = i64::from(scope.settings.lockout_minutes.max(1));
    user.locked_until = Some(scope.now + minutes * 60_000);
    save(scope, user)
}

/// `POST …/{id}/unlock`
pub fn unlock(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.locked_until = None;
    user.failed_attempts = 0;
    save(scope, user)
}

fn change_metadata(scope: &mut Scope<'_>, merge: bool) -> Answer {
    let mut user = find(scope)?;
    for (name, field) in [
        ("public_metadata", &mut user.public_metadata),
        ("private_metadata", &mut user.private_metadata),
        ("unsafe_metadata", &mut user.unsafe_metadata),
    ] {
        if let Some(value) = scope.call.json(name) {
            *field = if merge {
                metadata::merged(name, field, &value)?
            } else {
                metadata::checked(name, &value)?
            };
        }
    }
    save(scope, user)
}

/// `PATCH …/{id}/metadata`
pub fn merge_metadata(scope: &mut Scope<'_>) -> Answer {
    change_metadata(scope, true)
}

/// `PUT …/{id}/metadata`
pub fn replace_metadata(scope: &mut Scope<'_>) -> Answer {
    change_metadata(scope, false)
}

/// `POST …/{id}/profile_image`
pub fn set_image(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.image_id = Some(images::upload(scope, user.image_id.as_deref())?.id);
    save(scope, user)
}

/// `DELETE …/{id}/profile_image`
pub fn remove_image(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    if let Some(id) = user.image_id.take() {
        scope.tx.delete::<Image>(&id)?;
    }
    save(scope, user)
}

/// `POST …/{id}/verify_password`
pub fn verify_password(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let password = scope.call.required("password")?;
    let hash = user.password_hash.clone().ok_or_else(|| {
        ClerkError::bad("no_password_set", "This user does not have a password set.")
    })?;
    lockout::check(scope, &user)?;
    if scope.proofs.verify(password, &hash) {
        return Ok(Reply::Plain(json!({ "verified": true })));
    }
    let error = ClerkError::at(
        "password",
        "form_password_incorrect",
        "Password is incorrect.",
    );
    Err(lockout::failed(scope, &mut user, error))
}

/// `POST …/{id}/remove_password`
pub fn remove_password(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.password_hash = None;
    user.password_updated_at = None;
    if scope.call.flag("sign_out_of_other_sessions") == Some(true) {
        sessions::end_all(scope, &user.id, None)?;
    }
    save(scope, user)
}

/// `POST …/{id}/password/set_compromised`: it must be changed at the next sign-in.
pub fn set_compromised(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.password_compromised = true;
    if scope.call.flag("revoke_all_sessions") == Some(true) {
        sessions::end_all(scope, &user.id, None)?;
    }
    save(scope, user)
}

/// `POST …/{id}/password/unset_compromised`
pub fn unset_compromised(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.password_compromised = false;
    save(scope, user)
}

/// `POST …/{id}/verify_totp`: an app's code or a backup code.
pub fn verify_totp(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let code = scope.call.required("code")?;
    let now = scope.now;
    let by_app = match user.totp.as_mut().filter(|it| it.verified) {
        Some(it) => totp::attempt(it, code, now)?,
        None => {
            return Err(ClerkError::bad(
                "totp_not_enabled",
                "This user has no authenticator app.",
            ));
        }
    };
    let kind = if by_app {
        "totp"
    } else if totp::use_backup_code(&mut user, code) {
        "backup_code"
    } else {
        return Err(ClerkError::at(
            "code",
            "form_code_incorrect",
            "Incorrect code",
        ));
    };
    scope.tx.put(&user)?;
    Ok(Reply::Plain(json!({ "verified": true, "code_type": kind })))
}

/// `DELETE …/{id}/mfa`
pub fn remove_mfa(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    factors::forget_second(&mut user, scope.now);
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(json!({ "user_id": user.id })))
}

/// `DELETE …/{id}/backup_code`
pub fn remove_backup_codes(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.backup_codes.clear();
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(json!({ "user_id": user.id })))
}

/// `DELETE …/{id}/passkeys/{passkey_id}`
pub fn remove_passkey(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let id = scope.call.path("passkey_id");
    if !user.passkeys.iter().any(|it| it.id == id) {
        return Err(ClerkError::not_found("The passkey"));
    }
    user.passkeys.retain(|it| it.id != id);
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(view::deleted("passkey", id)))
}

/// `DELETE …/{id}/external_accounts/{account_id}`
pub fn remove_external_account(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let id = scope.call.path("account_id");
    external_accounts::remove(&mut user, id)?;
    accounts::save(scope, &mut user)?;
    Ok(Reply::Plain(view::deleted("external_account", id)))
}

/// `GET …/{id}/oauth_access_tokens/{provider}`: what a provider would have given.
pub fn oauth_tokens(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let asked = scope.call.path("provider");
    let strategy = if asked.starts_with("oauth_") {
        asked.to_owned()
    } else {
        format!("oauth_{asked}")
    };
    let accounts: Vec<_> = user
        .external_accounts
        .iter()
        .filter(|it| it.strategy == strategy && it.is_verified() && !it.tokens_revoked)
        .collect();
    super::listed(scope, &accounts, |it| {
        Ok(json!({
            "object": "oauth_access_token",
            "external_account_id": it.id,
            "provider_user_id": it.provider_user_id,
            "token": format!("emulated_{}", it.provider_user_id),
            "expires_at": null,
            "provider": it.strategy,
            "public_metadata": {},
            "label": null,
            "scopes": ["email", "profile"],
        }))
    })
}

/// `GET …/{id}/organization_memberships`
pub fn memberships(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let all: Vec<Membership> = scope.tx.list("user", &user.id, Page::WHOLE)?;
    paginated(scope, &all, |it| {
        let shown = view::membership(scope, it, Some(&user), Audience::Backend)?;
        Ok(shown.unwrap_or(Value::Null))
    })
}

/// `GET …/{id}/organization_invitations`
pub fn invitations(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let wanted = scope.call.query_all("status");
    let mut all = Vec::new();
    for address in user.email_addresses.iter().filter(|it| it.is_verified()) {
        let email = address.email_address.to_lowercase();
        all.extend(
            scope
                .tx
                .list::<OrganizationInvitation>("email", &email, Page::WHOLE)?,
        );
    }
    all.retain(|it| it.status_at(scope.now).is_among(&wanted));
    paginated(scope, &all, |it| {
        let organization = organizations::find(scope, &it.organization_id)?;
        let mut shown = view::organization_invitation(scope, it, Audience::Backend)?;
        shown["public_organization_data"] = view::public_organization(scope, &organization);
        Ok(shown)
    })
}
