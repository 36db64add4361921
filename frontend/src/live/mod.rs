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

/// What the tab that holds the stream tells the others.
type Latest = Rc<RefCell<(Option<Versioned>, Link)>>;

impl Live {
    /// Starts to follow the person's row; `emit` gets what happens.
    pub fn start(clerk_id: &str, api: Api, emit: Callback<Event>) -> Self {
        let name = format!("live-user:{clerk_id}");
        let latest: Latest = Rc::new(RefCell::new((None, Link::Up)));

        let (heard, told) = (emit.clone(), latest.clone());
        let channel = Rc::new(Channel::open(
            &name,
            move |message, channel| match message {
                Message::Row(row) => heard.emit(Event::Row(row)),
                Message::Link(up) => {
                    heard.emit(Event::Link(if up { Link::Up } else { Link::Down }));
                }
                // A new tab asks; only the one with the stream has something to tell.
                Message::Hello => {
                    let (row, link) = told.borrow().clone();
                    if let Some(row) = row {
                        channel.post(&Message::Row(row));
                        channel.post(&Message::Link(link == Link::Up));
                    }
                }
            },
        ));
        channel.post(&Message::Hello);

        let tell = channel.clone();
        let election = Election::stand(&name, move || {
            let (tell, latest, emit, api) =
                (tell.clone(), latest.clone(), emit.clone(), api.clone());
            stream::follow(api, move |event| {
                match &event {
                    Event::Row(row) => {
                        latest.borrow_mut().0 = Some(row.clone());
                        tell.post(&Message::Row(row.clone()));
                    }
                    Event::Link(link) => {
                        latest.borrow_mut().1 = *link;
                        tell.post(&Message::Link(*link == Link::Up));
                    }
                    _ => {}
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
