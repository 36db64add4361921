//! What a handler works with: one call, one transaction, one moment.

pub mod call;

use serde_json::Value;

use crate::credentials::password::Proofs;
use crate::emulator::Emulator;
use crate::error::ClerkError;
use crate::id;
use crate::model::{Browser, Client, Message, Session, User};
use crate::settings::{InstanceKind, Settings};
use crate::store::Transaction;

use self::call::Call;

/// What a handler answers.
#[derive(Debug)]
pub enum Reply {
    /// JSON; by the Frontend API with the whole client riding along, by which clerk-js replaces
    /// its state.
    WithClient(Value),
    /// JSON as it is.
    Plain(Value),
    /// 204
    Nothing,
    /// A page.
    Html(String),
    /// A file: its content type and bytes.
    Bytes(String, Vec<u8>),
    /// To another address.
    Redirect(String),
    /// Back to a server's page, by 307; in production with a cookie.
    Handshake(String, Option<String>),
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self::WithClient(value)
    }
}

/// What a handler answers, or the error.
pub type Answer = Result<Reply, ClerkError>;

/// A handler: pure but for its scope.
pub type Handler = fn(&mut Scope<'_>) -> Answer;

/// One call in one transaction.
pub struct Scope<'a> {
    pub emulator: &'a Emulator,
    pub tx: &'a Transaction,
    pub call: &'a Call,
    pub proofs: &'a Proofs,
    pub settings: Settings,
    /// Milliseconds since the Unix epoch.
    pub now: i64,
    /// The browser's client, if it has one.
    pub client: Option<Client>,
    client_changed: bool,
    /// The `__client` cookie to set, when the call made a browser.
    pub new_cookie: Option<String>,
    /// E-mails to print once the transaction is done.
    pub mails: Vec<Message>,
    origin: Option<String>,
}

impl<'a> Scope<'a> {
    /// A scope without a browser.
    pub fn new(
        emulator: &'a Emulator,
        tx: &'a Transaction,
        call: &'a Call,
        proofs: &'a Proofs,
    ) -> Result<Self, ClerkError> {
        Ok(Self {
            settings: Settings::load(tx)?,
            now: emulator.now(),
            emulator,
            tx,
            call,
            proofs,
            client: None,
            client_changed: false,
            new_cookie: None,
            mails: Vec::new(),
            origin: call.origin.clone(),
        })
    }

    /// The page that tokens are made for.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Tokens are made for the page at this address.
    pub fn call_origin(&mut self, url: &str) {
        if let Ok(uri) = url.parse::<axum::http::Uri>()
            && let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority())
        {
            self.origin = Some(format!("{scheme}://{authority}"));
        }
    }

    /// Whether sessions may be handed to this address: this machine, or one that the instance's
    /// settings name. Whoever could choose the address freely would be handed a session.
    pub fn may_receive(&self, url: &str) -> bool {
        let Ok(uri) = url.parse::<axum::http::Uri>() else {
            return false;
        };
        let (Some(scheme), Some(host), Some(authority)) =
            (uri.scheme_str(), uri.host(), uri.authority())
        else {
            return false;
        };
        if !["http", "https"].contains(&scheme) || authority.as_str().contains('@') {
            return false;
        }
        let local =
            ["localhost", "127.0.0.1", "[::1]"].contains(&host) || host.ends_with(".localhost");
        let origin = format!("{scheme}://{authority}");
        local || self.settings.allowed_origins.contains(&origin)
    }

    /// Links in e-mails lead to the page at this origin from now on.
    pub fn remember_home(&self, origin: &str) -> Result<(), ClerkError> {
        if self.may_receive(origin) && self.tx.value(HOME_ORIGIN)?.as_deref() != Some(origin) {
            self.tx.put_value(HOME_ORIGIN, origin)?;
        }
        Ok(())
    }

    /// Finds the browser's client.
    pub fn find_client(&mut self) -> Result<(), ClerkError> {
        let Some(token) = &self.call.browser else {
            return Ok(());
        };
        if let Some(browser) = self.tx.get::<Browser>(token)?
            && let Some(id) = browser.client_id
        {
            self.client = self.tx.get(&id)?;
        }
        Ok(())
    }

    /// Refuses a development browser that is not known; clerk-js asks for a new token then.
    pub fn require_browser(&self) -> Result<(), ClerkError> {
        if self.settings.instance == InstanceKind::Production {
            return Ok(());
        }
        let known = match &self.call.browser {
            Some(token) => self.tx.get::<Browser>(token)?.is_some(),
            None => false,
        };
        if known {
            Ok(())
        } else {
            Err(ClerkError::browser_unauthenticated())
        }
    }

    /// The browser's client, made if need be, to be changed; it is kept when the handler ends.
    pub fn client_mut(&mut self) -> Result<&mut Client, ClerkError> {
        self.client_changed = true;
        if self.client.is_none() {
            self.require_browser()?;
            let client = Client {
                id: id::new("client"),
                created_at: self.now,
                ..Client::default()
            };
            self.adopt(&client)?;
            self.client = Some(client);
        }
        self.client
            .as_mut()
            .ok_or_else(|| ClerkError::internal("no client"))
    }

    /// Makes a client this browser's.
    pub fn adopt(&mut self, client: &Client) -> Result<(), ClerkError> {
        let known = match &self.call.browser {
            Some(token) => self.tx.get::<Browser>(token)?,
            None => None,
        };
        let mut browser = known.unwrap_or_else(|| Browser {
            id: id::secret("cli"),
            client_id: None,
            created_at: self.now,
        });
        if self.settings.instance == InstanceKind::Production {
            self.new_cookie = Some(browser.id.clone());
        }
        browser.client_id = Some(client.id.clone());
        self.tx.put(&browser)
    }

    /// Keeps the client, if it was changed. Before an error that counts, a handler calls it
    /// itself.
    pub fn keep_client(&mut self) -> Result<(), ClerkError> {
        if let (true, Some(client)) = (self.client_changed, &mut self.client) {
            client.updated_at = self.now;
            self.tx.put(client)?;
        }
        Ok(())
    }

    /// The browser's client.
    ///
    /// # Errors
    /// 401: an unknown browser, or one that has not begun anything.
    fn known_client(&self) -> Result<&Client, ClerkError> {
        if let Some(client) = &self.client {
            return Ok(client);
        }
        self.require_browser()?;
        Err(ClerkError::signed_out())
    }

    /// The open session of this id, if it is this browser's.
    ///
    /// # Errors
    /// `signed_out` when the session has ended, or belongs to another browser.
    pub fn session(&self, id: &str) -> Result<Session, ClerkError> {
        let client = self.known_client()?;
        if !client.session_ids.iter().any(|open| open == id) {
            return Err(ClerkError::signed_out());
        }
        self.tx
            .get::<Session>(id)?
            .filter(|session| session.is_active(self.now))
            .ok_or_else(ClerkError::signed_out)
    }

    /// The session in use and its person, for calls that concern the person: the session that
    /// the call names, or the one the browser last used.
    pub fn person(&self) -> Result<(Session, User), ClerkError> {
        let client = self.known_client()?;
        let id = self
            .call
            .query("_clerk_session_id")
            .or(client.last_active_session_id.as_deref())
            .ok_or_else(ClerkError::signed_out)?;
        let session = self.session(id)?;
        let user = self
            .tx
            .get(&session.user_id)?
            .ok_or_else(ClerkError::signed_out)?;
        Ok((session, user))
    }

    /// Where the emulator is reached by the one who asks.
    pub fn base_url(&self) -> String {
        let Some(url) = &self.call.proxy_url else {
            return self.emulator.url().to_owned();
        };
        // A development server in between may have lost the port; the page knows it.
        match (local_path(url), &self.call.origin) {
            (Some(path), Some(origin)) if local_path(origin).is_some() => {
                format!("{origin}{path}")
            }
            _ => url.clone(),
        }
    }
}

/// The path of an address on this machine.
fn local_path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let name = authority.split(':').next()?;
    ["localhost", "127.0.0.1"].contains(&name).then_some(path)
}

/// The instance's id.
pub const INSTANCE_ID: &str = "ins_emulator";

/// Under this name stands the origin of the page that was opened last.
pub const HOME_ORIGIN: &str = "home_origin";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_local() {
        assert_eq!(local_path("http://127.0.0.1/__clerk"), Some("/__clerk"));
        assert_eq!(local_path("http://localhost:8080"), Some(""));
        assert_eq!(local_path("https://app.example/__clerk"), None);
        assert_eq!(local_path("http://localhost.evil.example/"), None);
    }
}
