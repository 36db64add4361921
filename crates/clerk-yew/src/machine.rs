//! Which state follows from what happens. Pure: no browser is needed to test it.

use std::fmt;

/// Whoever is signed in, as far as Clerk tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Clerk's id, `user_…`
    pub id: String,
    /// First name
    pub first_name: Option<String>,
    /// Last name
    pub last_name: Option<String>,
    /// The primary email address
    pub email: Option<String>,
    /// Picture; empty when there is none
    pub image_url: String,
}

impl User {
    /// First and last name; empty when Clerk knows neither.
    pub fn full_name(&self) -> String {
        [&self.first_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The session in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Clerk's id, `sess_…`
    pub id: String,
}

/// Why Clerk is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// A script could not be fetched.
    Script,
    /// A script did not arrive in time.
    Timeout,
    /// The scripts arrived, and Clerk itself failed; what it said.
    Clerk(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Script => f.write_str("The sign-in service could not be reached."),
            Self::Timeout => f.write_str("The sign-in service did not respond in time."),
            Self::Clerk(message) => write!(f, "The sign-in service failed: {message}"),
        }
    }
}

/// What the page knows of Clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The scripts are on their way.
    Loading,
    /// They did not make it; the person may try again.
    Failed(LoadError),
    /// Nobody is signed in.
    SignedOut,
    /// Somebody is.
    SignedIn(User, Session),
}

/// What Clerk says about who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emission {
    /// It is changing: Clerk answers `undefined` in between.
    Changing,
    /// Nobody.
    SignedOut,
    /// This person, in this session.
    SignedIn(User, Session),
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Clerk is there, or its state changed.
    Emitted(Emission),
    /// The attempt of this number failed.
    Failed(u32, LoadError),
    /// The person asks to try again.
    Retry,
}

/// The state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Which attempt to load this is, from 0.
    pub attempt: u32,
    /// Where it stands.
    pub status: Status,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            attempt: 0,
            status: Status::Loading,
        }
    }
}

impl Machine {
    /// The state after this event.
    #[must_use]
    pub fn after(&self, event: Event) -> Self {
        let mut next = self.clone();
        match (event, &self.status) {
            (Event::Emitted(Emission::SignedOut), _) => next.status = Status::SignedOut,
            (Event::Emitted(Emission::SignedIn(user, session)), _) => {
                next.status = Status::SignedIn(user, session);
            }
            // Only a load in progress can fail, and only by its own attempt.
            (Event::Failed(attempt, error), Status::Loading) if attempt == self.attempt => {
                next.status = Status::Failed(error);
            }
            (Event::Retry, Status::Failed(_)) => {
                next.attempt += 1;
                next.status = Status::Loading;
            }
            // What was known stays known until Clerk has made up its mind.
            (Event::Emitted(Emission::Changing) | Event::Failed(..) | Event::Retry, _) => {}
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_in() -> Emission {
        let user = User {
            id: "user_1".into(),
            first_name: Some("Ada".into()),
            last_name: None,
            email: None,
            image_url: String::new(),
        };
        Emission::SignedIn(
            user,
            Session {
                id: "sess_1".into(),
            },
        )
    }

    fn after(events: impl IntoIterator<Item = Event>) -> Machine {
        events
            .into_iter()
            .fold(Machine::default(), |machine, event| machine.after(event))
    }

    #[test]
    fn it_loads_then_knows_who_is_there() {
        assert_eq!(Machine::default().status, Status::Loading);
        let machine = after([Event::Emitted(Emission::SignedOut)]);
        assert_eq!(machine.status, Status::SignedOut);
        assert!(matches!(
            after([Event::Emitted(signed_in())]).status,
            Status::SignedIn(..)
        ));
    }

    #[test]
    fn a_change_in_progress_keeps_what_was_known() {
        let machine = after([
            Event::Emitted(signed_in()),
            Event::Emitted(Emission::Changing),
        ]);
        assert!(matches!(machine.status, Status::SignedIn(..)));
        assert_eq!(
            after([Event::Emitted(Emission::Changing)]).status,
            Status::Loading
        );
    }

    #[test]
    fn a_failure_can_be_retried() {
        let failed = after([Event::Failed(0, LoadError::Script)]);
        assert_eq!(failed.status, Status::Failed(LoadError::Script));
        let again = failed.after(Event::Retry);
        assert_eq!((again.attempt, &again.status), (1, &Status::Loading));
        assert_eq!(
            again.after(Event::Emitted(Emission::SignedOut)).status,
            Status::SignedOut
        );
    }

    #[test]
    fn an_earlier_attempt_cannot_fail_a_later_one() {
        let machine = after([
            Event::Failed(0, LoadError::Timeout),
            Event::Retry,
            Event::Failed(0, LoadError::Script),
        ]);
        assert_eq!(machine.status, Status::Loading);
    }

    #[test]
    fn clerk_that_arrives_late_is_welcome() {
        let machine = after([
            Event::Failed(0, LoadError::Timeout),
            Event::Emitted(Emission::SignedOut),
        ]);
        assert_eq!(machine.status, Status::SignedOut);
    }

    #[test]
    fn a_failure_after_loading_changes_nothing() {
        let machine = after([
            Event::Emitted(signed_in()),
            Event::Failed(0, LoadError::Timeout),
        ]);
        assert!(matches!(machine.status, Status::SignedIn(..)));
        assert_eq!(machine.after(Event::Retry), machine);
    }

    #[test]
    fn the_full_name_leaves_out_what_is_missing() {
        let Emission::SignedIn(mut user, _) = signed_in() else {
            unreachable!()
        };
        assert_eq!(user.full_name(), "Ada");
        user.last_name = Some("Lovelace".into());
        assert_eq!(user.full_name(), "Ada Lovelace");
        (user.first_name, user.last_name) = (Some("  ".into()), None);
        assert_eq!(user.full_name(), "");
    }
}
