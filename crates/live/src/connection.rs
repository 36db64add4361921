//! When to connect, what to say first, when to give up: the connection of a browser, as a state
//! machine without sockets and clocks.

use std::fmt;

use crate::message::{FromPage, FromServer};

/// A connection that is silent for so long is dead, in milliseconds: more than two heartbeats.
const SILENCE: u32 = 40_000;
/// The first pause before connecting again and the longest, in milliseconds.
const PAUSE: (u32, u32) = (500, 8_000);
/// How often to look for a fresh token at most and at least, in milliseconds.
const RENEWAL: (u32, u32) = (500, 15_000);
/// How the server says that a token is refused or has ended: 4000 and the HTTP status.
const UNAUTHORIZED: u16 = 4401;

/// Whether changes arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Link {
    /// They are about to.
    #[default]
    Opening,
    /// They do.
    Up,
    /// They do not; it is being tried again.
    Down,
}

/// A bearer token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// As it is sent
    pub text: String,
    /// How long such a token lives, in milliseconds.
    pub lifetime: u32,
}

/// Without its text: whoever has that is the person.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// What to wait for. There is one clock of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Connecting again
    Reconnect,
    /// Giving a silent connection up
    Silence,
    /// A fresh token
    Renewal,
    /// Sending a write again
    Resend,
    /// Asking again for what the server has refused
    Refused,
}

/// What a connection wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// A token, which is good for at least so many milliseconds; `fresh`: not one of before.
    Token {
        /// Milliseconds
        good_for: u32,
        /// Whether the token of before was refused
        fresh: bool,
    },
    /// A new connection
    Open,
    /// To say this
    Send(FromPage),
    /// An end of the connection, which is not told of
    Close,
    /// To be told after so many milliseconds, and not when this clock was to go off before
    Wake(Clock, u32),
    /// To tell whoever shows it
    Link(Link),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing is to be connected.
    Off,
    /// Waits for a token.
    Token,
    /// Is being opened.
    Opening,
    /// Is open, and has been heard of or not.
    Open { heard: bool },
    /// Waits before the next try.
    Pausing,
}

/// The connection.
#[derive(Debug)]
pub struct Connection {
    phase: Phase,
    link: Link,
    token: Option<Token>,
    /// How many tries in a row came to nothing.
    failures: u32,
    /// Whether the last connection that was good ended, and none has been good for a while since.
    is_shaky: bool,
    /// Whether the last one ended with its token refused.
    refused: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            phase: Phase::Off,
            link: Link::Opening,
            token: None,
            failures: 0,
            is_shaky: false,
            refused: false,
        }
    }
}

impl Connection {
    /// Whether something can be said.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    /// Connects, once and for all.
    pub fn start(&mut self) -> Vec<Want> {
        match self.phase {
            Phase::Off => self.ask(),
            _ => Vec::new(),
        }
    }

    fn ask(&mut self) -> Vec<Want> {
        self.phase = Phase::Token;
        let fresh = self.refused;
        vec![Want::Token { good_for: 0, fresh }]
    }

    /// A token, or none.
    pub fn token(&mut self, token: Option<Token>) -> Vec<Want> {
        match (self.phase, token) {
            (Phase::Token, Some(token)) => {
                self.phase = Phase::Opening;
                self.token = Some(token);
                vec![Want::Open, Want::Wake(Clock::Silence, SILENCE)]
            }
            (Phase::Token, None) => self.fail(),
            (Phase::Open { .. }, Some(token)) => {
                let mut wants = vec![renewal(&token)];
                if self.token.as_ref() != Some(&token) {
                    wants.push(Want::Send(FromPage::Token(token.text.clone())));
                    self.token = Some(token);
                }
                wants
            }
            (Phase::Open { .. }, None) => self.token.iter().map(renewal).collect(),
            _ => Vec::new(),
        }
    }

    /// The connection is open; the token is said first.
    pub fn opened(&mut self) -> Vec<Want> {
        let (Phase::Opening, Some(token)) = (self.phase, &self.token) else {
            return Vec::new();
        };
        self.phase = Phase::Open { heard: false };
        let said = FromPage::Token(token.text.clone());
        vec![renewal(token), Want::Send(said)]
    }

    /// The server said this.
    pub fn heard(&mut self, said: &FromServer) -> Vec<Want> {
        if !self.is_open() {
            return Vec::new();
        }
        let mut wants = vec![Want::Wake(Clock::Silence, SILENCE)];
        // The last words of a connection that is refused are no sign of life.
        if !matches!(said, FromServer::Refused { .. }) {
            self.phase = Phase::Open { heard: true };
            self.refused = false;
            if !self.is_shaky {
                self.failures = 0;
            }
            wants.extend(self.show(Link::Up));
        }
        wants
    }

    /// The connection has ended with this code, or could not be opened.
    pub fn closed(&mut self, code: u16) -> Vec<Want> {
        let heard = match self.phase {
            Phase::Open { heard } => heard,
            Phase::Opening => false,
            _ => return Vec::new(),
        };
        let was_refused = std::mem::replace(&mut self.refused, code == UNAUTHORIZED);
        // A connection that was good for a while is made anew at once, and a token is refused only once.
        let was_good = heard && !self.is_shaky;
        self.is_shaky |= heard;
        if was_good || (self.refused && !was_refused) {
            let mut wants = self.ask();
            // Nobody need notice that a token has ended; all else is a break, however short.
            if !self.refused {
                wants.extend(self.show(Link::Down));
            }
            return wants;
        }
        self.fail()
    }

    /// This clock has gone off.
    pub fn woken(&mut self, clock: Clock) -> Vec<Want> {
        match (clock, self.phase) {
            (Clock::Reconnect, Phase::Pausing) => self.ask(),
            (Clock::Silence, Phase::Opening | Phase::Open { .. }) => {
                let mut wants = vec![Want::Close];
                wants.extend(self.fail());
                wants
            }
            (Clock::Renewal, Phase::Open { heard }) => {
                if heard {
                    (self.failures, self.is_shaky) = (0, false);
                }
                let lifetime = self.token.as_ref().map_or(0, |token| token.lifetime);
                let good_for = lifetime / 2;
                vec![Want::Token {
                    good_for,
                    fresh: false,
                }]
            }
            _ => Vec::new(),
        }
    }

    /// There is a network again.
    pub fn online(&mut self) -> Vec<Want> {
        self.woken(Clock::Reconnect)
    }

    fn fail(&mut self) -> Vec<Want> {
        self.phase = Phase::Pausing;
        let pause = pause(self.failures);
        self.failures += 1;
        let mut wants = vec![Want::Wake(Clock::Reconnect, pause)];
        wants.extend(self.show(Link::Down));
        wants
    }

    fn show(&mut self, link: Link) -> Option<Want> {
        let before = std::mem::replace(&mut self.link, link);
        (before != link).then_some(Want::Link(link))
    }
}

fn renewal(token: &Token) -> Want {
    let soon = (token.lifetime / 4).clamp(RENEWAL.0, RENEWAL.1);
    Want::Wake(Clock::Renewal, soon)
}

/// How long to wait before try number `failures` (from 0), in milliseconds: twice as long each
/// time, up to a bound. Whoever waits shortens it by up to a half at random, so that pages do not
/// come back all at once.
pub fn pause(failures: u32) -> u32 {
    PAUSE.0.saturating_mul(1 << failures.min(10)).min(PAUSE.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Want = Want::Token {
        good_for: 0,
        fresh: false,
    };
    const FRESH: Want = Want::Token {
        good_for: 0,
        fresh: true,
    };

    #[allow(clippy::unnecessary_wraps, reason = "as it is answered")]
    fn token(text: &str) -> Option<Token> {
        Some(Token {
            text: text.into(),
            lifetime: 60_000,
        })
    }

    fn open() -> Connection {
        let mut connection = Connection::default();
        assert_eq!(connection.start(), [NEW]);
        connection.token(token("first"));
        connection.opened();
        connection
    }

    fn up() -> Connection {
        let mut connection = open();
        connection.heard(&FromServer::Alive);
        assert_eq!(connection.link, Link::Up);
        connection
    }

    #[test]
    fn the_token_is_said_first() {
        let mut connection = Connection::default();
        connection.start();
        let wants = connection.token(token("first"));
        assert!(wants.contains(&Want::Open), "{wants:?}");
        let said = Want::Send(FromPage::Token("first".into()));
        assert!(connection.opened().contains(&said));
    }

    /// Right after a page has loaded, Clerk may not know yet who is there.
    #[test]
    fn identity_that_is_missing_right_after_load_is_asked_for_again() {
        let mut connection = Connection::default();
        connection.start();
        let wants = connection.token(None);
        assert!(wants.contains(&Want::Wake(Clock::Reconnect, 500)));
        assert_eq!(connection.woken(Clock::Reconnect), [NEW]);
        assert!(connection.token(token("first")).contains(&Want::Open));
    }

    #[test]
    fn a_valid_token_that_is_refused_once_costs_one_try() {
        let mut connection = open();
        let refused = FromServer::Refused {
            status: 401,
            detail: String::new(),
        };
        connection.heard(&refused);
        assert_eq!(connection.closed(UNAUTHORIZED), [FRESH]);
        connection.token(token("second"));
        connection.opened();
        connection.heard(&FromServer::Alive);
        assert_eq!(connection.link, Link::Up);
    }

    #[test]
    fn a_token_that_is_refused_again_and_again_is_no_flood() {
        let mut connection = open();
        assert_eq!(connection.closed(UNAUTHORIZED), [FRESH]);
        connection.token(token("second"));
        connection.opened();
        let wants = connection.closed(UNAUTHORIZED);
        assert!(wants.contains(&Want::Wake(Clock::Reconnect, 500)));
        assert_eq!(connection.link, Link::Down);
    }

    #[test]
    fn a_token_that_ends_is_followed_by_another_and_nobody_notices() {
        let mut connection = up();
        assert_eq!(connection.closed(UNAUTHORIZED), [FRESH]);
        assert_eq!(connection.link, Link::Up);
    }

    #[test]
    fn a_fresh_token_goes_over_the_same_connection() {
        let mut connection = up();
        let wants = connection.woken(Clock::Renewal);
        let good = Want::Token {
            good_for: 30_000,
            fresh: false,
        };
        assert_eq!(wants, [good]);
        let same = connection.token(token("first"));
        assert_eq!(same, [Want::Wake(Clock::Renewal, 15_000)]);
        let wants = connection.token(token("second"));
        assert!(wants.contains(&Want::Send(FromPage::Token("second".into()))));
    }

    /// A laptop that slept, a network that changed: nothing says so.
    #[test]
    fn a_silent_disconnect_is_noticed() {
        let mut connection = up();
        let wants = connection.woken(Clock::Silence);
        assert_eq!(wants[0], Want::Close);
        assert_eq!(connection.link, Link::Down);
        // What the closed one still says is not heard.
        assert_eq!(connection.heard(&FromServer::Alive), []);
        assert_eq!(connection.online(), [NEW]);
    }

    #[test]
    fn a_server_that_is_replaced_is_followed_at_once_and_one_that_is_down_with_pauses() {
        let mut connection = up();
        assert_eq!(connection.closed(1001), [NEW, Want::Link(Link::Down)]);
        connection.token(token("first"));
        let wants = connection.closed(1006);
        assert!(wants.contains(&Want::Wake(Clock::Reconnect, 500)));
        connection.woken(Clock::Reconnect);
        connection.token(token("first"));
        let wants = connection.closed(1006);
        assert_eq!(wants, [Want::Wake(Clock::Reconnect, 1_000)]);
        assert_eq!(pause(99), 8_000);
    }

    /// It says something, and then does not understand what it hears, say.
    #[test]
    fn a_server_that_ends_every_connection_soon_is_asked_with_growing_pauses() {
        let mut connection = up();
        connection.closed(1008);
        for pause in [500, 1_000, 2_000] {
            connection.token(token("first"));
            connection.opened();
            connection.heard(&FromServer::Alive);
            let wants = connection.closed(1008);
            assert!(
                wants.contains(&Want::Wake(Clock::Reconnect, pause)),
                "{wants:?}"
            );
            connection.woken(Clock::Reconnect);
        }
        // One that is good until its token is renewed ends all that.
        connection.token(token("first"));
        connection.opened();
        connection.heard(&FromServer::Alive);
        connection.woken(Clock::Renewal);
        assert_eq!(connection.closed(1001)[0], NEW);
    }

    #[test]
    fn a_token_is_in_no_log() {
        let text = format!("{:?}", token("secret"));
        assert!(!text.contains("secret"), "{text}");
    }

    #[test]
    fn an_ended_token_at_an_unfortunate_moment_is_no_reason_to_ask_twice() {
        let mut connection = Connection::default();
        connection.start();
        assert_eq!(connection.start(), []);
        assert_eq!(connection.opened(), []);
        assert_eq!(connection.closed(1006), []);
        assert_eq!(connection.woken(Clock::Silence), []);
    }
}
