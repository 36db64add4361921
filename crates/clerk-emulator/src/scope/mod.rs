//! What a handler works with: one call, one transaction, one moment.

pub mod call;
mod lengths;

use serde_json::Value;

use crate::address::{self, Landing, local_path};
use crate::credentials::password::Proofs;
use crate::emulator::Emulator;
use crate::error::ClerkError;
use crate::id;
use crate::model::{Browser, Client, Message, Session, User};
use crate::settings::{InstanceKind, Settings};
use crate::store::{Page, Transaction};

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
    /// To a page.
    Redirect(Landing),
    /// To another path of the emulator's own.
    Onward(String),
    /// Back to a server's page, by 307; in production with a cookie.
    Handshake(Landing, Option<String>),
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

/// What answers in place of a handler that was refused: nothing of what that one wrote is there.
pub type Refused = fn(&mut Scope<'_>, &ClerkError) -> Answer;

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
        if let Some(origin) = address::origin(url) {
            self.origin = Some(origin);
        }
    }

    /// Where people may be sent.
    ///
    /// # Errors
    /// 422 at this parameter: the address is neither on this machine nor of an origin that the
    /// settings name.
    pub fn landing(&self, param: &str, address: &str) -> Result<Landing, ClerkError> {
        Landing::of(address, &self.settings.allowed_origins).ok_or_else(|| elsewhere(param))
    }

    /// The same for an address that may be written as it is on the page at another.
    ///
    /// # Errors
    /// As [`Self::landing`].
    pub fn landing_beside(
        &self,
        page: &Landing,
        param: &str,
        address: &str,
    ) -> Result<Landing, ClerkError> {
        let allowed = &self.settings.allowed_origins;
        page.beside(address, allowed)
            .ok_or_else(|| elsewhere(param))
    }

    /// Links in e-mails lead to the page at this origin from now on.
    pub fn remember_home(&self, origin: &str) -> Result<(), ClerkError> {
        let Some(home) = Landing::of(origin, &self.settings.allowed_origins) else {
            return Ok(());
        };
        let home = home.origin();
        if self.tx.value(HOME_ORIGIN)?.as_deref() != Some(home.as_str()) {
            self.tx.put_value(HOME_ORIGIN, &home)?;
        }
        Ok(())
    }

    /// The secret by which the browser is known. In production it is the cookie that no page reads
    /// and no link brings along; in development a token that pages keep.
    pub fn browser(&self) -> Option<&str> {
        let cookie = self.call.client_cookie.as_deref();
        match self.settings.instance {
            InstanceKind::Production => cookie,
            InstanceKind::Development => self.call.dev_browser.as_deref().or(cookie),
        }
    }

    /// Finds the browser's client.
    pub fn find_client(&mut self) -> Result<(), ClerkError> {
        let Some(token) = self.browser() else {
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
        let Some(token) = self.browser() else {
            return Err(self.wrong_key());
        };
        match self.tx.get::<Browser>(token)? {
            Some(_) => Ok(()),
            None => Err(ClerkError::browser_unauthenticated()),
        }
    }

    /// The page's publishable key is one of another instance: with the emulator's own clerk-js
    /// asks for a dev-browser token first, or never does.
    pub fn wrong_key(&self) -> ClerkError {
        let development = self.settings.instance == InstanceKind::Development;
        let error = ClerkError::wrong_publishable_key(&Emulator::publishable_key(development));
        tracing::warn!("{}", error.as_part().1);
        error
    }

    /// The browser's client, made if need be, to be changed; it is kept when the handler ends.
    pub fn client_mut(&mut self) -> Result<&mut Client, ClerkError> {
        self.client_changed = true;
        if self.client.is_none() {
            self.require_browser()?;
            self.forget_idle_clients()?;
            let client = self.fresh_client()?.unwrap_or_else(|| Client {
                id: id::new("client"),
                created_at: self.now,
                ..Client::default()
            });
            self.adopt(&client)?;
            self.client = Some(client);
        }
        self.client
            .as_mut()
            .ok_or_else(|| ClerkError::internal("no client"))
    }

    /// Makes a development browser known; answers its token. Any page may ask for one: of those
    /// that never began anything the newest are kept.
    pub fn new_browser(&self) -> Result<String, ClerkError> {
        let token = id::secret("dvb");
        self.tx.put(&Browser {
            id: token.clone(),
            client_id: None,
            created_at: self.now,
        })?;
        self.tx.keep_newest::<Browser>("idle", "", IDLE_MAX)?;
        Ok(token)
    }

    /// Makes room for a client: of those with nobody signed in the newest are kept.
    fn forget_idle_clients(&self) -> Result<(), ClerkError> {
        for old in self.tx.keep_newest::<Client>("idle", "", IDLE_MAX - 1)? {
            for browser in self.tx.list::<Browser>("client", &old.id, Page::WHOLE)? {
                self.tx.delete::<Browser>(&browser.id)?;
            }
        }
        Ok(())
    }

    /// The client that a known browser is to have, before it is kept: its id follows from the
    /// browser's token.
    pub fn fresh_client(&self) -> Result<Option<Client>, ClerkError> {
        let Some(token) = self.browser() else {
            return Ok(None);
        };
        let browser: Option<Browser> = self.tx.get(token)?;
        Ok(browser.map(|browser| Client {
            id: format!("client_{}", &id::digest(&browser.id)[..27]),
            created_at: self.now,
            updated_at: self.now,
            ..Client::default()
        }))
    }

    /// Makes a client this browser's.
    pub fn adopt(&mut self, client: &Client) -> Result<(), ClerkError> {
        let known = match self.browser() {
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

    /// Refuses whoever is not signed in as this person on the browser any more.
    pub fn must_be_in(&self, user_id: &str) -> Result<(), ClerkError> {
        let client = self.known_client()?;
        let mut open = client
            .session_ids
            .iter()
            .filter_map(|id| self.session(id).ok());
        if open.any(|session| session.user_id == user_id) {
            Ok(())
        } else {
            Err(ClerkError::signed_out())
        }
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

fn elsewhere(param: &str) -> ClerkError {
    ClerkError::invalid(
        param,
        "This URL is not allowed. Add its origin to allowed_origins.",
    )
}

/// How many browsers are kept that never began anything, and how many with nobody signed in.
const IDLE_MAX: usize = 256;

/// The instance's id.
pub const INSTANCE_ID: &str = "ins_emulator";

/// Under this name stands the origin of the page that was opened last.
pub const HOME_ORIGIN: &str = "home_origin";
