//! Many things at once: seeds, export and import, reset.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::delivery::webhooks;
use crate::error::ClerkError;
use crate::id;
use crate::model::{
    ActorToken, AllowedIdentifier, BlockedIdentifier, Browser, Client, Delivery, Domain,
    EmailAddress, Event, Image, Invitation, JwtTemplate, Membership, MembershipRequest, Message,
    OAuthAttempt, Organization, OrganizationInvitation, Permission, Record, RedirectUrl, Role,
    Session, SignInToken, Ticket, User, Verification, WaitlistEntry, WebhookEndpoint,
};
use crate::rules::organizations::{self, New};
use crate::rules::{accounts, beginning, metadata};
use crate::scope::{Answer, Reply, Scope};
use crate::store::Transaction;

/// A seed file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Seed {
    /// A JSON merge patch of the settings.
    settings: Value,
    users: Vec<SeedUser>,
    organizations: Vec<SeedOrganization>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SeedUser {
    id: Option<String>,
    email_address: Option<String>,
    username: Option<String>,
    password: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    external_id: Option<String>,
    public_metadata: Map<String, Value>,
    private_metadata: Map<String, Value>,
    unsafe_metadata: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SeedOrganization {
    name: String,
    slug: Option<String>,
    /// Who belongs to it: address or id, and role.
    members: Vec<SeedMember>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedMember {
    user: String,
    #[serde(default)]
    role: Option<String>,
}

/// `POST /emulator/seed`: all or nothing; who is there already stays as they are.
pub fn plant(scope: &mut Scope<'_>) -> Answer {
    let body = Value::Object(scope.call.body().clone());
    let seed: Seed = serde_json::from_value(body)
        .map_err(|error| ClerkError::invalid("seed", error.to_string()))?;
    if seed.settings.is_object() {
        scope.settings = scope.settings.patched(&seed.settings)?;
        scope.settings.save(scope.tx)?;
    }
    // Each hash that is not there yet runs this once more: before anything is written.
    for password in seed.users.iter().filter_map(|it| it.password.as_deref()) {
        scope
            .proofs
            .new_hash(&scope.settings, "password", password)?;
    }
    let mut users = Vec::new();
    for it in &seed.users {
        users.extend(plant_user(scope, it)?);
    }
    let mut made = Vec::new();
    for it in &seed.organizations {
        made.push(plant_organization(scope, it)?);
    }
    Ok(Reply::Plain(
        json!({ "users": users, "organizations": made }),
    ))
}

fn plant_user(scope: &mut Scope<'_>, it: &SeedUser) -> Result<Option<String>, ClerkError> {
    let email = it
        .email_address
        .as_deref()
        .map(accounts::checked_email)
        .transpose()?;
    if let Some(email) = &email
        && scope
            .tx
            .find::<User>("email", &email.to_lowercase())?
            .is_some()
    {
        return Ok(None);
    }
    let checked = |name: &str, value: &Map<String, Value>| {
        metadata::checked(name, &Value::Object(value.clone()))
    };
    let mut user = User {
        id: it.id.clone().unwrap_or_else(|| id::new("user")),
        first_name: it.first_name.clone(),
        last_name: it.last_name.clone(),
        external_id: it.external_id.clone(),
        public_metadata: checked("public_metadata", &it.public_metadata)?,
        private_metadata: checked("private_metadata", &it.private_metadata)?,
        unsafe_metadata: checked("unsafe_metadata", &it.unsafe_metadata)?,
        created_at: scope.now,
        updated_at: scope.now,
        ..User::default()
    };
    if let Some(username) = &it.username {
        user.username = Some(accounts::checked_username(scope, username, None)?);
    }
    if let Some(password) = &it.password {
        let hash = scope
            .proofs
            .new_hash(&scope.settings, "password", password)?;
        user.password_hash = Some(hash);
        user.password_updated_at = Some(scope.now);
    }
    if let Some(email) = email {
        let address = EmailAddress {
            id: id::new("idn"),
            email_address: email,
            verification: Some(Verification::given("admin", scope.now)),
            created_at: scope.now,
            updated_at: scope.now,
            ..EmailAddress::default()
        };
        user.primary_email_address_id = Some(address.id.clone());
        user.email_addresses.push(address);
    }
    scope.tx.put(&user)?;
    Ok(Some(user.id))
}

fn plant_organization(scope: &mut Scope<'_>, it: &SeedOrganization) -> Result<String, ClerkError> {
    if let Some(slug) = &it.slug
        && let Some(known) = scope.tx.find::<Organization>("slug", slug)?
    {
        return Ok(known.id);
    }
    let new = New {
        name: &it.name,
        slug: it.slug.as_deref(),
        created_by: None,
    };
    let organization = organizations::create(scope, &new)?;
    for member in &it.members {
        let by_email = scope
            .tx
            .find::<User>("email", &member.user.to_lowercase())?;
        let user = match by_email {
            Some(user) => user,
            None => scope.tx.need::<User>(&member.user)?,
        };
        let default = scope.settings.organizations.default_role.clone();
        let role = member.role.as_deref().unwrap_or(&default);
        organizations::add_member(scope, &organization, &user.id, role)?;
    }
    Ok(organization.id)
}

/// `GET /emulator/export`: everything but the signing keys.
pub fn export(scope: &mut Scope<'_>) -> Answer {
    let mut kinds: Map<String, Value> = Map::new();
    for (kind, _, record) in scope.tx.everything()? {
        if let Value::Array(list) = kinds.entry(kind).or_insert_with(|| json!([])) {
            list.push(record);
        }
    }
    Ok(Reply::Plain(
        json!({ "format": 2, "settings": scope.settings, "records": kinds }),
    ))
}

/// `POST /emulator/import`: in place of everything that is there.
pub fn import(scope: &mut Scope<'_>) -> Answer {
    if scope.call.number("format") != Some(2) {
        return Err(ClerkError::invalid(
            "format",
            "This file is not an export, or was made by an incompatible version.",
        ));
    }
    let settings = scope.call.json("settings").unwrap_or_default();
    scope.settings = crate::settings::Settings::default().patched(&settings)?;
    scope.settings.save(scope.tx)?;
    scope.tx.clear()?;
    let Some(Value::Object(kinds)) = scope.call.json("records") else {
        return Err(ClerkError::missing("records"));
    };
    let mut count = 0;
    for (kind, records) in kinds {
        for record in records.as_array().into_iter().flatten() {
            put(scope.tx, &kind, record)?;
            count += 1;
        }
    }
    Ok(Reply::Plain(json!({ "records": count })))
}

/// Keeps a record of a kind that is named.
fn put(tx: &Transaction, kind: &str, record: &Value) -> Result<(), ClerkError> {
    fn one<R: Record>(tx: &Transaction, record: &Value) -> Result<(), ClerkError> {
        let record: R = serde_json::from_value(record.clone())
            .map_err(|error| ClerkError::invalid("records", format!("{}: {error}", R::KIND)))?;
        tx.put(&record)
    }
    macro_rules! by_kind {
        ($($type:ty),* $(,)?) => {
            match kind {
                $(<$type>::KIND => one::<$type>(tx, record),)*
                _ => Err(ClerkError::invalid("records", format!("Unknown kind of record: {kind}."))),
            }
        };
    }
    by_kind!(
        ActorToken,
        AllowedIdentifier,
        BlockedIdentifier,
        Browser,
        Client,
        Delivery,
        Domain,
        Event,
        Image,
        Invitation,
        JwtTemplate,
        Membership,
        MembershipRequest,
        Message,
        OAuthAttempt,
        Organization,
        OrganizationInvitation,
        Permission,
        RedirectUrl,
        Role,
        Session,
        SignInToken,
        Ticket,
        User,
        WaitlistEntry,
        WebhookEndpoint,
    )
}

/// `POST /emulator/reset`: as on the first day; keys and webhooks of the environment stay.
pub fn reset(scope: &mut Scope<'_>) -> Answer {
    scope.tx.clear()?;
    crate::settings::Settings::default().save(scope.tx)?;
    scope.emulator.set_clock_offset(scope.tx, 0)?;
    scope.emulator.faults().remove(None);
    beginning::begin(scope.tx, id::now())?;
    webhooks::configure(scope.tx, scope.emulator.webhook())?;
    Ok(Reply::Nothing)
}
