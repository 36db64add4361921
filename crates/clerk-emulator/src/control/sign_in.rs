//! `POST /emulator/sign_in`: a browser with a person signed in, in one call.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::error::ClerkError;
use crate::model::{Browser, Client, EmailAddress, JwtTemplate, User, Verification};
use crate::rules::accounts;
use crate::rules::sessions::{self, Start};
use crate::scope::{Answer, Reply, Scope};
use crate::settings::InstanceKind;
use crate::{address, id, view};

/// What the call may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SignIn {
    /// The person, if there is one already; otherwise `email_address` names them.
    user_id: Option<String>,
    email_address: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    /// The page that the token is made for (`azp`).
    origin: Option<String>,
    /// The JWT template that the token is made by; without one it is a session token.
    template: Option<String>,
}

/// Signs a person in, who is created if need be. Answers a token and a browser's cookies.
pub fn sign_in(scope: &mut Scope<'_>) -> Answer {
    let asked: SignIn = serde_json::from_value(Value::Object(scope.call.body().clone()))
        .map_err(|error| ClerkError::invalid("sign_in", error.to_string()))?;
    if let Some(page) = &asked.origin {
        let origin = address::origin(page).ok_or_else(|| {
            let expected = "Expected the origin of a page, such as http://localhost:3000.";
            ClerkError::invalid("origin", expected)
        })?;
        scope.remember_home(&origin)?;
        scope.call_origin(&origin);
    }
    let template = match &asked.template {
        Some(name) => {
            let found = scope.tx.find::<JwtTemplate>("name", name)?;
            Some(found.ok_or_else(|| ClerkError::not_found("The JWT template"))?)
        }
        None => None,
    };
    let mut user = match &asked.user_id {
        Some(id) => scope.tx.need::<User>(id)?,
        None => by_email(scope, asked)?,
    };
    let mut client = Client {
        id: id::new("client"),
        created_at: scope.now,
        updated_at: scope.now,
        ..Client::default()
    };
    let browser = Browser {
        id: id::secret("dvb"),
        client_id: Some(client.id.clone()),
        created_at: scope.now,
    };
    let session = sessions::create(scope, &mut client, &mut user, &Start::default())?;
    scope.tx.put(&client)?;
    scope.tx.put(&browser)?;
    let session_token = view::session_token(scope, &session, None)?;
    let token = match &template {
        Some(template) => view::session_token(scope, &session, Some(template))?,
        None => session_token.clone(),
    };
    let development = scope.settings.instance == InstanceKind::Development;
    let suffix = Emulator::cookie_suffix(development);
    let since = (session.created_at / 1000).to_string();
    let cookie = |name: &str, value: &str| json!({ "name": name, "value": value });
    let cookies = json!([
        cookie("__clerk_db_jwt", &browser.id),
        cookie(&format!("__clerk_db_jwt_{suffix}"), &browser.id),
        cookie("__client_uat", &since),
        cookie(&format!("__client_uat_{suffix}"), &since),
        cookie("__session", &session_token),
        cookie(&format!("__session_{suffix}"), &session_token),
    ]);
    Ok(Reply::Plain(json!({
        "user_id": user.id,
        "session_id": session.id,
        "dev_browser_token": browser.id,
        "token": token,
        "cookies": cookies,
    })))
}

fn by_email(scope: &mut Scope<'_>, asked: SignIn) -> Result<User, ClerkError> {
    let email = asked.email_address;
    let email = email.ok_or_else(|| ClerkError::missing("email_address"))?;
    let email = accounts::checked_email(&email)?;
    if let Some(user) = scope.tx.find::<User>("email", &email.to_lowercase())? {
        return Ok(user);
    }
    let address = EmailAddress {
        id: id::new("idn"),
        email_address: email,
        verification: Some(Verification::given("admin", scope.now)),
        created_at: scope.now,
        updated_at: scope.now,
        ..EmailAddress::default()
    };
    let user = User {
        id: id::new("user"),
        first_name: asked.first_name,
        last_name: asked.last_name,
        primary_email_address_id: Some(address.id.clone()),
        email_addresses: vec![address],
        created_at: scope.now,
        updated_at: scope.now,
        ..User::default()
    };
    accounts::create(scope, &user)?;
    Ok(user)
}
