//! A connection as server-sent events, for `curl` and API consumers.

use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::Live;
use crate::caller::Caller;
use crate::session::{Session, States};
use crate::time::{HEARTBEAT, ended, instant};

/// The session as a stream of events, until its token ends, beginning with these states. `event`
/// makes an event of states that are new, or none.
pub fn events<C: Caller>(
    live: Live<C>,
    session: Session<C>,
    first: States,
    event: impl FnMut(&States) -> Option<Event> + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let ends = instant(session.caller().expires());
    let begun = (live, session, Some(first), event);
    let stream = unfold(
        begun,
        move |(live, mut session, mut first, mut event)| async move {
            let caller = session.caller().clone();
            if tokio::time::Instant::now() >= ends {
                return None;
            }
            loop {
                let states = if let Some(states) = first.take() {
                    states
                } else {
                    tokio::select! {
                        biased;
                        () = ended(&caller) => return None,
                        () = live.ends() => return None,
                        states = session.changed() => states,
                    }
                };
                if let Some(event_of_states) = event(&states) {
                    return Some((Ok(event_of_states), (live, session, first, event)));
                }
            }
        },
    );
    Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}
