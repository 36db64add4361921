//! What the page knows of the person's row. Pure.

use std::rc::Rc;

use yew::Reducible;

use crate::api::Versioned;

/// How far the page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The row is being fetched; why that takes long, if it does.
    Connecting(Option<String>),
    /// There is no use in trying again; why.
    Failed(String),
    /// The row is there.
    Ready,
}

/// Whether changes arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// They do, or are about to.
    Up,
    /// They do not; the page is trying to reconnect.
    Down,
}

/// What the page knows of the person's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// How far the page is
    pub phase: Phase,
    /// The newest row it has seen
    pub row: Versioned,
    /// Whether changes arrive
    pub link: Link,
}

impl Default for State {
    fn default() -> Self {
        Self {
            phase: Phase::Connecting(None),
            row: Versioned::default(),
            link: Link::Up,
        }
    }
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The row arrived, from an answer, the stream or another tab.
    Row(Versioned),
    /// Fetching the row failed; it will be tried again.
    Trouble(String),
    /// Fetching the row failed for good.
    Failed(String),
    /// The stream opened or broke.
    Link(Link),
    /// Another person signed in, or the person asked to try again.
    Restart,
}

impl Reducible for State {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        let mut next = (*self).clone();
        match event {
            Event::Row(row) => {
                next.phase = Phase::Ready;
                // Answers, stream and tabs race; the version says which is newest.
                if row.version >= next.row.version {
                    next.row = row;
                }
            }
            Event::Trouble(message) => {
                if next.phase != Phase::Ready {
                    next.phase = Phase::Connecting(Some(message));
                }
            }
            Event::Failed(message) => next.phase = Phase::Failed(message),
            Event::Link(link) => next.link = link,
            Event::Restart => next = Self::default(),
        }
        if next == *self { self } else { Rc::new(next) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: impl IntoIterator<Item = Event>) -> Rc<State> {
        events
            .into_iter()
            .fold(Rc::new(State::default()), Reducible::reduce)
    }

    fn row(version: i64) -> Versioned {
        Versioned {
            version,
            user: None,
        }
    }

    #[test]
    fn the_newest_row_wins_in_whatever_order_they_arrive() {
        let state = after([Event::Row(row(2)), Event::Row(row(5)), Event::Row(row(3))]);
        assert_eq!(state.row, row(5));
    }

    #[test]
    fn trouble_is_told_until_the_row_is_there() {
        let state = after([Event::Trouble("down".into())]);
        assert_eq!(state.phase, Phase::Connecting(Some("down".into())));
        let state = after([Event::Trouble("down".into()), Event::Row(row(1))]);
        assert_eq!(state.phase, Phase::Ready);
        let state = after([Event::Row(row(1)), Event::Trouble("down".into())]);
        assert_eq!(state.phase, Phase::Ready);
    }

    #[test]
    fn another_person_starts_afresh() {
        let state = after([Event::Row(row(9)), Event::Link(Link::Down), Event::Restart]);
        assert_eq!(*state, State::default());
    }
}
