//! The live query in the page: one stream per browser and person, whichever tab holds it.
//!
//! Browsers allow six HTTP/1.1 connections to a host; with a stream in each tab the seventh
//! would hang. So the tabs elect one by a Web Lock; it holds the stream and passes each state
//! on through a BroadcastChannel. When it closes, the browser gives the lock to the next tab,
//! which opens its own stream.

mod channel;
mod election;
mod sse;
mod stream;

use std::cell::RefCell;
use std::rc::Rc;

use yew::Callback;

use crate::api::{Api, Versioned};
use crate::current_user::{Event, Link};
use channel::{Channel, Message};
use election::Election;

/// The live query of one person. Dropping it ends this tab's part in it.
pub struct Live {
    _election: Election,
    _channel: Rc<Channel>,
}

/// What the tab that holds the stream tells the others; none in every other tab.
type Latest = Rc<RefCell<Option<(Option<Versioned>, Link)>>>;

impl Live {
    /// Starts to follow the person's row; `emit` gets what happens.
    pub fn start(clerk_id: &str, api: Api, emit: Callback<Event>) -> Self {
        let name = format!("live-user:{clerk_id}");
        let latest = Latest::default();

        let (id, told, heard) = (clerk_id.to_owned(), latest.clone(), emit.clone());
        let channel = Rc::new(Channel::open(&name, move |message, channel| {
            let latest = told.borrow().clone();
            match (latest, message) {
                // A new tab asks; only the one with the stream has something to tell.
                (Some((Some(row), link)), Message::Hello) => {
                    channel.post(&Message::Row(row));
                    channel.post(&Message::Link(link == Link::Up));
                }
                // The tab with the stream knows better than any other.
                (Some(_), _) => {}
                (None, message) => {
                    if let Some(event) = believed(message, &id) {
                        heard.emit(event);
                    }
                }
            }
        }));
        channel.post(&Message::Hello);

        let tell = channel.clone();
        let election = Election::stand(&name, move || {
            *latest.borrow_mut() = Some((None, Link::Opening));
            let (tell, latest, emit, api) =
                (tell.clone(), latest.clone(), emit.clone(), api.clone());
            stream::follow(api, move |event| {
                if let Some((row, link)) = &mut *latest.borrow_mut() {
                    match &event {
                        Event::Live(newest) => {
                            *row = Some(newest.clone());
                            tell.post(&Message::Row(newest.clone()));
                        }
                        Event::Link(now) => {
                            *link = *now;
                            tell.post(&Message::Link(*now == Link::Up));
                        }
                        _ => {}
                    }
                }
                emit.emit(event);
            })
        });
        Self {
            _election: election,
            _channel: channel,
        }
    }
}

/// What another tab's message means to this one. A row that is not this person's means nothing:
/// it is of a tab that has not noticed that somebody else has signed in.
fn believed(message: Message, clerk_id: &str) -> Option<Event> {
    match message {
        Message::Hello => None,
        Message::Row(row) => {
            let mine = row.user.as_ref().is_none_or(|it| it.clerk_id == clerk_id);
            mine.then_some(Event::Live(row))
        }
        Message::Link(up) => Some(Event::Link(if up { Link::Up } else { Link::Down })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_with_somebody_elses_row_is_not_believed() {
        let row = |clerk_id: &str| Versioned {
            version: i64::MAX,
            user: Some(shared::User {
                id: String::new(),
                clerk_id: clerk_id.into(),
                email: String::new(),
                name: String::new(),
                created_at: 0,
                updated_at: 0,
            }),
        };
        let heard = |clerk_id| believed(Message::Row(row(clerk_id)), "user_ada");
        assert_eq!(heard("user_bob"), None);
        assert_eq!(heard("user_ada"), Some(Event::Live(row("user_ada"))));
    }
}
