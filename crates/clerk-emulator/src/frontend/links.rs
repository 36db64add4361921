//! Addresses that people open themselves: links in e-mails, tickets, the handshake of servers.

use serde_json::json;

use crate::address::Landing;
use crate::error::ClerkError;
use crate::model::{Browser, Client, Session, Ticket, User, Verification, VerificationStatus};
use crate::rules::cookies::Cookies;
use crate::rules::{invitations, lockout, organizations, people, sign_ins, sign_ups, tickets};
use crate::scope::{Answer, HOME_ORIGIN, Reply, Scope};
use crate::settings::InstanceKind;
use crate::{html, id, view};

/// The link that was opened: its ticket, its secret, and the page it leads to.
fn opened(scope: &Scope<'_>) -> Result<(Ticket, String, Landing), ClerkError> {
    let secret = scope.call.query("token").unwrap_or_default();
    let ticket = tickets::find(scope, secret)?;
    if ticket.kind != "email_link" {
        return Err(tickets::invalid());
    }
    let url = ticket.redirect_url.as_deref().unwrap_or_default();
    let page = scope.landing("redirect_url", url)?;
    Ok((ticket, secret.to_owned(), page))
}

/// `GET /v1/verify`: somebody opened the link in an e-mail.
pub fn verify(scope: &mut Scope<'_>) -> Answer {
    let (ticket, secret, page) = opened(scope)?;
    let outcome = prove(scope, &ticket, &secret)?;
    let mut pairs = vec![("__clerk_status", outcome.0)];
    if let Some(session_id) = &outcome.1 {
        pairs.push(("__clerk_created_session", session_id));
    }
    Ok(Reply::Redirect(page.with(&pairs)))
}

/// The link was the right one, and yet leads nowhere any more: both pages are told, the one that
/// waits and the one that the link leads to.
pub fn told_on_the_page(scope: &mut Scope<'_>, error: &ClerkError) -> Answer {
    let Ok((ticket, _, page)) = opened(scope) else {
        return told_here(scope, error);
    };
    let fail = |proof: Option<&mut Verification>| {
        if let Some(proof) = proof {
            proof.status = VerificationStatus::Failed;
        }
    };
    let parts: Vec<&str> = ticket.of.split(' ').collect();
    match parts.as_slice() {
        ["sign_in", id] => {
            if let Some(mut client) = scope.tx.find::<Client>("sign_in", id)? {
                let sign_in = client.sign_in.as_mut();
                fail(sign_in.and_then(|it| it.first_factor.as_mut()));
                scope.tx.put(&client)?;
            }
        }
        ["sign_up", id] => {
            if let Some(mut client) = scope.tx.find::<Client>("sign_up", id)? {
                let sign_up = client.sign_up.as_mut();
                fail(sign_up.and_then(|it| it.email_verification.as_mut()));
                scope.tx.put(&client)?;
            }
        }
        ["email", user_id, address_id, _] => {
            if let Some(mut user) = scope.tx.get::<User>(user_id)? {
                let address = user.email_mut(address_id);
                fail(address.and_then(|it| it.verification.as_mut()));
                scope.tx.put(&user)?;
            }
        }
        _ => {}
    }
    Ok(Reply::Redirect(page.with(&[("__clerk_status", "failed")])))
}

/// What opening a link came to: Clerk's status, and the session that began.
type Outcome = (&'static str, Option<String>);

/// Takes the proof, if it is the link that was sent last and still good.
fn take(sent: Option<&mut Verification>, secret: &str, now: i64) -> Option<&'static str> {
    let Some(sent) = sent.filter(|it| it.token.as_deref() == Some(secret)) else {
        return Some("failed");
    };
    if sent.status != VerificationStatus::Unverified {
        return Some("failed");
    }
    if now >= sent.expire_at {
        sent.status = VerificationStatus::Expired;
        return Some("expired");
    }
    sent.status = VerificationStatus::Verified;
    None
}

fn prove(scope: &mut Scope<'_>, ticket: &Ticket, secret: &str) -> Result<Outcome, ClerkError> {
    let now = scope.now;
    let parts: Vec<&str> = ticket.of.split(' ').collect();
    match parts.as_slice() {
        ["sign_in", id] => {
            let client = scope.tx.find::<Client>("sign_in", id)?;
            let Some(mut client) = client else {
                return Ok(("failed", None));
            };
            let mut sign_in = client.sign_in.take().unwrap_or_default();
            let wrong = take(sign_in.first_factor.as_mut(), secret, now);
            scope.client = Some(client);
            if let Some(status) = wrong {
                scope.client_mut()?.sign_in = Some(sign_in);
                return Ok((status, None));
            }
            let user: User = scope
                .tx
                .need(sign_in.user_id.as_deref().unwrap_or_default())?;
            lockout::check(scope, &user)?;
            let done = sign_ins::complete(scope, sign_in, user, "email_link", false)?;
            // The page that waits for the proof asks for its sign-in once more.
            let session_id = done.created_session_id.clone();
            scope.client_mut()?.sign_in = Some(done);
            Ok(("verified", session_id))
        }
        ["sign_up", id] => {
            let client = scope.tx.find::<Client>("sign_up", id)?;
            let Some(mut client) = client else {
                return Ok(("failed", None));
            };
            let mut sign_up = client.sign_up.take().unwrap_or_default();
            let wrong = take(sign_up.email_verification.as_mut(), secret, now);
            scope.client = Some(client);
            if let Some(status) = wrong {
                scope.client_mut()?.sign_up = Some(sign_up);
                return Ok((status, None));
            }
            let done = sign_ups::finish(scope, sign_up)?;
            // As above.
            let session_id = done.created_session_id.clone();
            scope.client_mut()?.sign_up = Some(done);
            Ok(("verified", session_id))
        }
        ["email", user_id, address_id, client_id] => {
            let mut user: User = scope.tx.need(user_id)?;
            let address = user.email_mut(address_id);
            let sent = address.and_then(|it| it.verification.as_mut());
            if let Some(status) = take(sent, secret, now) {
                scope.tx.put(&user)?;
                return Ok((status, None));
            }
            // Whoever was signed out meanwhile must not leave a way in behind.
            scope.client = Some(scope.tx.need::<Client>(client_id)?);
            scope.must_be_in(user_id)?;
            people::email_proven(scope, &mut user, address_id)?;
            Ok(("verified", None))
        }
        _ => Err(tickets::invalid()),
    }
}

/// `GET /v1/tickets/accept`: somebody opened an invitation or a sign-in link.
pub fn accept_ticket(scope: &mut Scope<'_>) -> Answer {
    let secret = scope.call.query("ticket").unwrap_or_default().to_owned();
    let ticket = tickets::find(scope, &secret)?;
    let status = invitations::destination(scope, &ticket)?;
    let home = scope.tx.value(HOME_ORIGIN)?;
    let home = home.unwrap_or_else(|| "http://localhost:8080".to_owned());
    let page = if status == "sign_up" {
        "sign-up"
    } else {
        "sign-in"
    };
    let url = ticket
        .redirect_url
        .unwrap_or_else(|| format!("{home}/{page}"));
    let pairs = [
        ("__clerk_ticket", secret.as_str()),
        ("__clerk_status", status),
    ];
    let page = scope.landing("redirect_url", &url)?;
    Ok(Reply::Redirect(page.with(&pairs)))
}

/// A link leads nowhere, and no page is known that could say so.
pub fn told_here(_: &mut Scope<'_>, error: &ClerkError) -> Answer {
    Ok(Reply::Html(html::notice(
        "This link does not work",
        &error.as_part().1,
    )))
}

/// `GET /v1/client/handshake`: a server asks the browser's state, by way of the browser
/// (<https://clerk.com/docs/guides/how-clerk-works/overview>).
pub fn handshake(scope: &mut Scope<'_>) -> Answer {
    let asked = scope.call.query("redirect_url").unwrap_or_default();
    let page = scope.landing("redirect_url", asked)?;
    scope.call_origin(page.as_str());
    let development = scope.settings.instance == InstanceKind::Development;
    let mut cookies = Cookies::of(page.as_str(), scope.settings.instance);
    if let Some(mut session) = active_session(scope)? {
        // With an expired token and this one a server asks without the browser's way round.
        let refresh = session
            .refresh_token
            .get_or_insert_with(|| id::secret("rt"))
            .clone();
        if let Some(asked) = scope.call.query_given("organization_id") {
            session.organization_id = organizations::of_session(scope, &session, asked).ok();
        }
        scope.tx.put(&session)?;
        cookies.both("__client_uat", &(session.created_at / 1000).to_string());
        let token = view::session_token(scope, &session, None)?;
        let suffixed = scope.call.query("suffixed_cookies") == Some("true");
        cookies.session(&token, suffixed);
        cookies.hidden("__refresh", &refresh);
    } else {
        cookies.both("__client_uat", "0");
        cookies.session("", true);
        cookies.hidden("__refresh", "");
    }
    let browser = scope.browser().map(str::to_owned);
    if development {
        // A server without a browser's token gets one on the way.
        let token = match browser {
            Some(token) if scope.tx.get::<Browser>(&token)?.is_some() => token,
            _ => scope.new_browser()?,
        };
        cookies.both("__clerk_db_jwt", &token);
    }
    let payload = json!({ "handshake": cookies.into_lines() });
    let (name, value) = if scope.call.query("format") == Some("nonce") {
        let nonce = id::secret("hsn");
        scope.emulator.keep_handshake(&nonce, payload);
        ("__clerk_handshake_nonce", nonce)
    } else {
        let token = scope.emulator.keys()?.sign(&payload)?;
        ("__clerk_handshake", token)
    };
    if development {
        let page = page.with(&[(name, value.as_str())]);
        return Ok(Reply::Handshake(page, None));
    }
    // In production the answer rides in a cookie of the shared domain.
    let cookie = Cookies::for_a_minute(page.as_str(), name, &value);
    Ok(Reply::Handshake(page, Some(cookie)))
}

/// The session that the browser last used, while it is open.
fn active_session(scope: &Scope<'_>) -> Result<Option<Session>, ClerkError> {
    let client = scope.client.as_ref();
    let Some(id) = client.and_then(|it| it.last_active_session_id.as_deref()) else {
        return Ok(None);
    };
    let session = scope.tx.get::<Session>(id)?;
    Ok(session.filter(|it| it.is_active(scope.now)))
}
