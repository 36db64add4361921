//! A connection as a WebSocket, for pages: watches, fresh tokens and states in one.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use live::{FromPage, FromServer};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::Live;
use crate::caller::Callers;
use crate::error::Refused;
use crate::session::Session;
use crate::time::{HEARTBEAT, ended};

/// The longest message of a page, in bytes.
const MESSAGE_MAX: usize = 64 * 1024;
/// What a connection keeps for reading; most messages are short.
const READ_BUFFER: usize = 1024;
/// How long a page may take to say who is asking.
const TOKEN_WITHIN: Duration = Duration::from_secs(10);
/// How long it may take to accept what is sent.
const SENT_WITHIN: Duration = Duration::from_secs(30);
/// How many answers to `sync` may be outstanding.
const SYNCS_MAX: usize = 64;

/// The code of RFC 6455 § 7.4.1 for a server that goes away.
const GOING_AWAY: u16 = 1001;
/// Codes for applications are 4000 and up (§ 7.4.2): these are 4000 and the HTTP status.
const APPLICATION: u16 = 4000;

/// The upgrade, with limits on what a page may send.
pub(crate) fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(MESSAGE_MAX)
        .max_frame_size(MESSAGE_MAX)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
}

/// Why a connection ends.
enum End {
    /// The page has closed it, or takes nothing any more.
    Gone,
    /// The process stops.
    Stopping,
    /// The page is told why.
    Refused(Refused),
}

impl From<Refused> for End {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// Serves a page until it goes, its token ends or the process stops.
pub(crate) async fn serve<K: Callers>(live: Live<K::Caller>, callers: K, mut socket: WebSocket) {
    let end = tokio::select! {
        end = talk(&live, &callers, &mut socket) => end,
        () = live.ends() => End::Stopping,
    };
    let (code, reason) = match end {
        End::Gone => return,
        End::Stopping => (GOING_AWAY, "The server stops."),
        End::Refused(refused) => {
            if send(&mut socket, &refused.message()).await.is_err() {
                return;
            }
            (APPLICATION + refused.status.as_u16(), "")
        }
    };
    let close = Message::Close(Some(CloseFrame {
        code,
        reason: reason.into(),
    }));
    let _ = timeout(SENT_WITHIN, socket.send(close)).await;
}

async fn talk<K: Callers>(live: &Live<K::Caller>, callers: &K, socket: &mut WebSocket) -> End {
    let begun = timeout_at(Instant::now() + TOKEN_WITHIN, begin(live, callers, socket)).await;
    let session = match begun {
        Ok(Ok(session)) => session,
        Ok(Err(end)) => return end,
        Err(_late) => return Refused::NO_TOKEN.into(),
    };
    match go_on(callers, socket, session).await {
        Ok(never) => match never {},
        Err(end) => end,
    }
}

/// Waits for the first token.
async fn begin<K: Callers>(
    live: &Live<K::Caller>,
    callers: &K,
    socket: &mut WebSocket,
) -> Result<Session<K::Caller>, End> {
    let FromPage::Token(token) = heard(socket).await? else {
        return Err(Refused::NO_TOKEN.into());
    };
    let caller = callers.verify(&token).await?;
    callers.count(&caller)?;
    Ok(live.connect(caller)?)
}

async fn go_on<K: Callers>(
    callers: &K,
    socket: &mut WebSocket,
    mut session: Session<K::Caller>,
) -> Result<std::convert::Infallible, End> {
    let mut syncs = FuturesUnordered::new();
    let mut alive_at = Instant::now() + HEARTBEAT;
    loop {
        let caller = session.caller().clone();
        tokio::select! {
            // What has ended opens nothing more, whatever else there is to do.
            biased;
            () = ended(&caller) => return Err(Refused::ENDED.into()),
            message = heard(socket) => match obey(callers, &mut session, message?).await {
                Ok(Some(_)) if syncs.len() >= SYNCS_MAX => {
                    send(socket, &Refused::TOO_MANY_SYNCS.message()).await?;
                }
                Ok(Some(number)) => syncs.push(session.synced().map(move |done| done.map(|()| number))),
                Ok(None) => {}
                Err(refused) => send(socket, &refused.message()).await?,
            },
            states = session.changed() => {
                send(socket, &FromServer::States(states.into_iter().collect())).await?;
                alive_at = Instant::now() + HEARTBEAT;
            }
            Some(done) = syncs.next() => {
                let Ok(number) = done else {
                    // The round for it has failed, as nobody expected: the page is told by a new connection.
                    return Err(End::Stopping);
                };
                let states = session.news();
                if !states.is_empty() {
                    send(socket, &FromServer::States(states.into_iter().collect())).await?;
                }
                send(socket, &FromServer::Synced(number)).await?;
            }
            () = sleep_until(alive_at) => {
                send(socket, &FromServer::Alive).await?;
                alive_at = Instant::now() + HEARTBEAT;
            }
        }
    }
}

/// Does what a page says; answers the number of what it wants to be told of.
async fn obey<K: Callers>(
    callers: &K,
    session: &mut Session<K::Caller>,
    message: FromPage,
) -> Result<Option<u64>, Refused> {
    callers.count(session.caller())?;
    match message {
        FromPage::Token(token) => session.renew(callers.verify(&token).await?)?,
        FromPage::Watch(paths) => session.watch_all(paths)?,
        FromPage::Unwatch(paths) => {
            for path in &paths {
                session.unwatch(path);
            }
        }
        FromPage::Sync(number) => return Ok(Some(number)),
    }
    Ok(None)
}

/// The next message of the page.
async fn heard(socket: &mut WebSocket) -> Result<FromPage, End> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => {
                return serde_json::from_str(&text).map_err(|_| Refused::UNREADABLE.into());
            }
            Some(Ok(Message::Binary(_))) => return Err(Refused::UNREADABLE.into()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
        }
    }
}

async fn send(socket: &mut WebSocket, message: &FromServer) -> Result<(), End> {
    // Strings, numbers and JSON always serialize.
    let text = serde_json::to_string(message).unwrap_or_default();
    let sent = timeout(SENT_WITHIN, socket.send(Message::Text(text.into()))).await;
    sent.map_err(|_| End::Gone)?.map_err(|_| End::Gone)
}
