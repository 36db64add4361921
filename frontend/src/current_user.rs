//! What the page knows of the person's row. Pure.

use std::rc::Rc;

use live_yew::Link;
use yew::Reducible;

use crate::api::Versioned;

/// How far the page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The row is being fetched; why that takes long, if it does.
    Connecting(Option<String>),
    /// There is no use in trying again; why.
    Failed(String),
    /// The person deleted their account.
    Deleted,
    /// The row is as this browser saw it last; it is being fetched.
    Remembered,
    /// The row is there.
    Ready,
}

/// What the page knows of the person's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// How far the page is
    pub phase: Phase,
    /// Whether changes arrive
    pub link: Link,
    /// Whether the row shows an edit that is not saved yet
    pub is_pending: bool,
    /// The newest row that answered a request of this tab
    answered: Versioned,
    /// The row as the live query has it now
    live: Versioned,
}

impl State {
    /// Begins with the row as it was.
    pub fn remembering(row: Versioned) -> Self {
        Self {
            phase: Phase::Remembered,
            answered: row,
            ..Self::default()
        }
    }

    /// Whose row it is.
    fn clerk_id(&self) -> Option<&str> {
        self.row().user.as_ref().map(|user| user.clerk_id.as_str())
    }

    /// The newest row.
    pub fn row(&self) -> &Versioned {
        if self.live.version >= self.answered.version {
            &self.live
        } else {
            &self.answered
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            phase: Phase::Connecting(None),
            link: Link::Opening,
            is_pending: false,
            answered: Versioned::default(),
            live: Versioned::default(),
        }
    }
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The row arrived in an answer.
    Answered(Versioned),
    /// The live query told the row, or that there is none; and whether an edit is in it that is not
    /// saved yet.
    Live(Option<Versioned>, bool),
    /// Fetching the row failed; it will be tried again.
    Trouble(String),
    /// Fetching the row failed for good.
    Failed(String),
    /// The account was deleted.
    Deleted,
    /// The stream opened or broke.
    Link(Link),
    /// This person signed in, or nobody is; or they asked to try again.
    Restart(Option<String>),
}

impl Reducible for State {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        let mut next = (*self).clone();
        if matches!(event, Event::Answered(_) | Event::Live(Some(_), _))
            && next.phase == Phase::Remembered
        {
            // What was is confirmed or replaced, whatever its version.
            next = Self {
                link: next.link,
                ..Self::default()
            };
        }
        match event {
            Event::Answered(row) => {
                next.phase = Phase::Ready;
                // Answers race; the version says which is newest.
                if row.version >= next.answered.version {
                    next.answered = row;
                }
            }
            Event::Live(Some(row), is_pending) => {
                next.phase = Phase::Ready;
                next.is_pending = is_pending;
                // These come in order, so the last one counts.
                next.live = row;
            }
            // It is gone; one that was not there yet is being made.
            Event::Live(None, _) if next.live.user.is_some() => {
                next.is_pending = false;
                next.live = Versioned {
                    version: next.row().version + 1,
                    user: None,
                };
            }
            Event::Live(None, _) => {}
            Event::Trouble(message) => match next.phase {
                Phase::Ready => {}
                Phase::Remembered => next.link = Link::Down,
                _ => next.phase = Phase::Connecting(Some(message)),
            },
            Event::Failed(message) => next.phase = Phase::Failed(message),
            Event::Deleted => next.phase = Phase::Deleted,
            Event::Link(link) => next.link = link,
            Event::Restart(clerk_id) => {
                let same = clerk_id.is_some() && clerk_id.as_deref() == next.clerk_id();
                if next.phase != Phase::Remembered || !same {
                    next = Self::default();
                }
            }
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

    fn live(row: Option<Versioned>) -> Event {
        Event::Live(row, false)
    }

    fn row(version: i64) -> Versioned {
        Versioned {
            version,
            user: None,
        }
    }

    #[test]
    fn the_newest_of_answers_and_live_states_is_shown_in_whatever_order_they_arrive() {
        let state = after([
            Event::Answered(row(2)),
            Event::Answered(row(5)),
            Event::Answered(row(3)),
        ]);
        assert_eq!(*state.row(), row(5));
        let state = after([Event::Answered(row(5)), live(Some(row(4)))]);
        assert_eq!(*state.row(), row(5));
        let state = after([live(Some(row(5))), Event::Answered(row(4))]);
        assert_eq!(*state.row(), row(5));
    }

    #[test]
    fn a_version_that_the_server_never_made_hides_no_later_state() {
        let state = after([
            Event::Answered(row(2)),
            live(Some(row(i64::MAX))),
            live(Some(row(3))),
        ]);
        assert_eq!(*state.row(), row(3));
    }

    #[test]
    fn a_row_that_goes_away_is_no_row_and_one_that_is_being_made_is_waited_for() {
        let user = remembering(3).row().user.clone();
        let there = || Versioned {
            version: 3,
            user: user.clone(),
        };
        let gone = Versioned {
            version: 4,
            user: None,
        };
        let state = after([live(Some(there())), live(None)]);
        assert_eq!(*state.row(), gone);
        let state = after([live(None), Event::Answered(there())]);
        assert_eq!(*state.row(), there());
        assert_eq!(after([live(None)]).phase, Phase::Connecting(None));
    }

    #[test]
    fn trouble_is_told_until_the_row_is_there() {
        let state = after([Event::Trouble("down".into())]);
        assert_eq!(state.phase, Phase::Connecting(Some("down".into())));
        let state = after([Event::Trouble("down".into()), Event::Answered(row(1))]);
        assert_eq!(state.phase, Phase::Ready);
        let state = after([Event::Answered(row(1)), Event::Trouble("down".into())]);
        assert_eq!(state.phase, Phase::Ready);
    }

    #[test]
    fn another_person_starts_afresh() {
        let state = after([
            Event::Answered(row(9)),
            live(Some(row(9))),
            Event::Link(Link::Down),
            Event::Restart(Some("user_1".into())),
        ]);
        assert_eq!(*state, State::default());
    }

    /// The state of a visit by somebody who was here before.
    fn remembering(version: i64) -> Rc<State> {
        let user = serde_json::json!({
            "id": "1", "clerkId": "user_1", "email": "", "name": "", "createdAt": 0, "updatedAt": 0,
        });
        Rc::new(State::remembering(Versioned {
            version,
            user: serde_json::from_value(user).expect("a user"),
        }))
    }

    #[test]
    fn what_this_browser_saw_last_is_shown_to_the_same_person_and_nobody_else() {
        let again = |who: Option<&str>| {
            remembering(3)
                .reduce(Event::Restart(who.map(Into::into)))
                .phase
                .clone()
        };
        assert_eq!(again(Some("user_1")), Phase::Remembered);
        assert_eq!(again(Some("user_2")), Phase::Connecting(None));
        assert_eq!(again(None), Phase::Connecting(None));
    }

    #[test]
    fn what_was_remembered_is_replaced_by_what_is_whatever_its_version() {
        for event in [Event::Answered(row(2)), live(Some(row(2)))] {
            let state = remembering(3).reduce(event);
            assert_eq!((state.row(), &state.phase), (&row(2), &Phase::Ready));
        }
    }

    /// Another tab tells at once that changes arrive, and the row may take longer.
    #[test]
    fn that_changes_arrive_is_known_before_the_row_is_there() {
        for row in [Event::Answered(row(3)), live(Some(row(3)))] {
            let state = remembering(3).reduce(Event::Link(Link::Up));
            assert_eq!(state.reduce(row).link, Link::Up);
        }
    }

    #[test]
    fn what_was_remembered_stays_while_there_is_trouble_and_says_so() {
        let state = remembering(3).reduce(Event::Trouble("down".into()));
        assert_eq!((&state.phase, state.link), (&Phase::Remembered, Link::Down));
    }
}
