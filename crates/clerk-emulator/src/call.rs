//! One call of the Frontend API: who asks, from which page, with which parameters.

use std::collections::HashMap;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{ORIGIN, REFERER};
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use crate::error::ClerkError;
use crate::id;
use crate::model::{Client, Session};
use crate::store::Transaction;

/// The largest body that is read, in bytes.
const BODY_MAX: usize = 64 * 1024;

/// A call, apart from its path.
#[derive(Clone, Debug)]
pub struct Call {
    /// The dev-browser token.
    browser: Option<String>,
    /// The form in the body.
    form: HashMap<String, String>,
    /// Origin of the page.
    pub origin: Option<String>,
    /// When it came, in milliseconds since the Unix epoch.
    pub now: i64,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = ClerkError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ClerkError> {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let browser = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "__clerk_db_jwt")
            .map(|(_, value)| value.into_owned());
        let body = to_bytes(body, BODY_MAX).await.map_err(|_| {
            ClerkError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "request_body_too_large",
                "The request body is too large.",
            )
        })?;
        Ok(Self {
            browser,
            form: form_urlencoded::parse(&body).into_owned().collect(),
            origin: origin(&parts.headers),
            now: id::now(),
        })
    }
}

impl Call {
    /// A parameter that is there and not blank.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.form
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.trim().is_empty())
    }

    /// A parameter that may be given as blank, to clear what it names.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.form.get(name).map(String::as_str)
    }

    /// The browser's token, checked to be one that was given out, and its client's id.
    pub fn browser(&self, transaction: &Transaction) -> Result<(&str, String), ClerkError> {
        let token = self
            .browser
            .as_deref()
            .ok_or_else(ClerkError::browser_unauthenticated)?;
        let client_id = transaction
            .client_of_browser(token)?
            .ok_or_else(ClerkError::browser_unauthenticated)?;
        Ok((token, client_id))
    }

    /// The browser's client, if it has one yet.
    pub fn client(&self, transaction: &Transaction) -> Result<Option<Client>, ClerkError> {
        let (_, client_id) = self.browser(transaction)?;
        transaction.client(&client_id)
    }

    /// The browser's client, made if need be. It is kept once [`Call::keep`] is called.
    pub fn client_or_new(&self, transaction: &Transaction) -> Result<Client, ClerkError> {
        Ok(self.client(transaction)?.unwrap_or_else(|| Client {
            id: id::new("client"),
            session_ids: Vec::new(),
            last_active_session_id: None,
            sign_in: None,
            sign_up: None,
            created_at: self.now,
            updated_at: self.now,
        }))
    }

    /// Keeps the client as this browser's.
    pub fn keep(&self, transaction: &Transaction, client: &mut Client) -> Result<(), ClerkError> {
        let (token, client_id) = self.browser(transaction)?;
        client.updated_at = self.now;
        transaction.put_client(client)?;
        if client_id != client.id {
            transaction.put_browser(token, &client.id)?;
        }
        Ok(())
    }

    /// The client and its session of this id, if that is open.
    ///
    /// # Errors
    /// `signed_out` when the session has ended, or belongs to another browser.
    pub fn session(
        &self,
        transaction: &Transaction,
        id: &str,
    ) -> Result<(Client, Session), ClerkError> {
        let client = self
            .client(transaction)?
            .ok_or_else(ClerkError::signed_out)?;
        if !client.session_ids.iter().any(|open| open == id) {
            return Err(ClerkError::signed_out());
        }
        let session = transaction
            .session(id)?
            .filter(|session| session.is_active(self.now))
            .ok_or_else(ClerkError::signed_out)?;
        Ok((client, session))
    }

    /// The client and the session it last used, for calls that concern the person.
    pub fn current_session(
        &self,
        transaction: &Transaction,
    ) -> Result<(Client, Session), ClerkError> {
        let client = self
            .client(transaction)?
            .ok_or_else(ClerkError::signed_out)?;
        let id = client
            .last_active_session_id
            .ok_or_else(ClerkError::signed_out)?;
        self.session(transaction, &id)
    }
}

/// The page's origin. Browsers leave `Origin` out of same-origin GETs, which is what calls
/// through a proxy are; `Referer` names the page then.
fn origin(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(origin) = text(ORIGIN).filter(|origin| *origin != "null") {
        return Some(origin.to_owned());
    }
    let page: Uri = text(REFERER)?.parse().ok()?;
    Some(format!("{}://{}", page.scheme_str()?, page.authority()?))
}

/// clerk-js sends GET and POST only, and names any other method in the query.
pub fn real_method(mut request: Request<Body>) -> Request<Body> {
    if request.method() == Method::POST {
        let query = request.uri().query().unwrap_or_default();
        let named = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "_method")
            .and_then(|(_, method)| method.parse::<Method>().ok());
        if let Some(method) = named
            && [Method::PATCH, Method::PUT, Method::DELETE].contains(&method)
        {
            *request.method_mut() = method;
        }
    }
    request
}
