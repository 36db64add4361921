//! One tab: what it and the other tabs of its browser watch and write, as a state machine without
//! sockets, clocks and storage.
//!
//! All tabs of one person share a connection: the tab that was elected leads it, tells the others
//! what the server says, and sends what they write.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::connection::{Clock, Connection, Link, Token, Want};
use crate::message::{FromPage, FromServer, State};
use crate::pairs::Pairs;
use crate::writes::{Answer, Outcome, Todo, Write, Writes};
use crate::written::Written;

/// How many states are kept that nobody looks at any more.
const KEPT_MAX: usize = 32;
/// Of how many writes on their way the server is asked to tell: of the others, a sync does.
const WRITES_WATCHED: usize = 8;
/// How many bytes of paths and entity tags one message has: a server reads 64 KiB.
const WATCH_MAX: usize = 32 * 1024;
/// When what the server has refused is asked for again, in milliseconds.
const REFUSED: u32 = 5_000;

/// What tabs say to each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Message {
    /// This tab leads from now on.
    Leading,
    /// A tab watches these, and nothing else.
    Watching {
        /// The tab's name
        tab: String,
        /// Paths
        paths: Vec<String>,
    },
    /// A tab wants to be told anew, since it did not like what it was told.
    Again(String),
    /// What the server said, from the tab that leads.
    States(Pairs<Arc<str>, Arc<State>>),
    /// Whether changes arrive, from the tab that leads.
    Link(Link),
    /// A tab writes.
    Wrote(Write),
    /// What became of the write with this key, from the tab that leads.
    Settled(String, Outcome),
    /// What the queries show has the writes with these keys in it, from the tab that leads.
    Shown(Vec<String>),
}

/// What happens to a tab.
#[derive(Clone, Debug)]
pub enum Event {
    /// A component looks at this path.
    Watch(String),
    /// No component looks at it any more.
    Unwatch(String),
    /// Somebody wants it to be tried again.
    Again(String),
    /// Somebody writes.
    Write(Write),
    /// Writes that an earlier page has left.
    Kept(Vec<Write>),
    /// From now on the others can tell when this tab is closed.
    Joined,
    /// Another tab said this.
    Heard(Message),
    /// The tab of this name is closed.
    TabClosed(String),
    /// This tab leads from now on.
    Elected,
    /// A token that was asked for, or none.
    Token(Option<Token>),
    /// The connection is open.
    Opened,
    /// The server said this.
    Said(FromServer),
    /// The connection has ended with this code, or could not be opened.
    Closed(u16),
    /// This clock has gone off.
    Woken(Clock),
    /// There is a network again.
    Online,
    /// How sending the write of this key ended.
    Answered(String, Answer),
}

/// What a tab wants done, in this order.
#[derive(Clone, Debug)]
pub enum Action {
    /// For the connection
    Connection(Want),
    /// To tell the other tabs
    Post(Message),
    /// To be told when the tab of this name is closed
    Mourn(String),
    /// To keep a write, in case the page goes
    Keep(Write),
    /// To keep it no longer
    Forget(String),
    /// To send a write
    Request(Write),
    /// To tell whoever waits what became of a write
    Settled(String, Outcome),
    /// To show what is new
    Show,
}

/// What is known of a query.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its newest state
    pub state: Option<Arc<State>>,
    /// Whether the server would have said so if there were a newer one
    pub is_confirmed: bool,
    is_watched: bool,
}

/// The state machine.
#[derive(Debug)]
pub struct Client {
    tab: String,
    written_at: String,
    /// Whether the others may hear of this tab: earlier, they would take it for closed.
    is_joined: bool,
    leads: bool,
    link: Link,
    connection: Connection,
    writes: Writes,
    entries: Pairs<String, Entry>,
    others: Pairs<String, Vec<String>>,
    /// What the server was told of on this connection.
    told: Paths,
    /// Whether the server has just refused something: nothing more is asked of it for a while.
    is_refused: bool,
}

impl Client {
    /// A tab of this name, which differs from all others'. The path of the query that tells
    /// whether a write was committed is `written_at`, a slash and the write's key.
    pub fn new(tab: impl Into<String>, written_at: impl Into<String>) -> Self {
        Self {
            tab: tab.into(),
            written_at: written_at.into(),
            is_joined: false,
            leads: false,
            link: Link::default(),
            connection: Connection::default(),
            writes: Writes::default(),
            entries: Pairs::new(),
            others: Pairs::new(),
            told: Paths::default(),
            is_refused: false,
        }
    }

    /// Whether changes arrive.
    pub fn link(&self) -> Link {
        self.link
    }

    /// What is known of this path.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// Whether there is a tab of this name: this one or, as far as this one leads, another.
    pub fn has_tab(&self, name: &str) -> bool {
        self.tab == name || self.others.get(name).is_some()
    }

    /// The paths of which something is known.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The writes that the states do not have in them yet, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Write> {
        self.writes.pending()
    }

    /// Takes what happens; answers what is to be done.
    pub fn handle(&mut self, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        match event {
            Event::Watch(path) => {
                self.entries.at(path).is_watched = true;
                actions.push(Action::Show);
                self.tell_leader(&mut actions);
            }
            Event::Unwatch(path) => {
                if let Some(entry) = self.entries.get_mut(&path) {
                    entry.is_watched = false;
                    entry.is_confirmed &= self.leads;
                }
                self.tell_leader(&mut actions);
            }
            Event::Again(path) => self.again(path, true, &mut actions),
            Event::Write(write) => {
                actions.push(Action::Keep(write.clone()));
                actions.push(Action::Post(Message::Wrote(write.clone())));
                self.add(write, &mut actions);
            }
            Event::Kept(writes) => {
                for write in writes {
                    self.add(write, &mut actions);
                }
            }
            Event::Joined => {
                self.is_joined = true;
                // Also without a query: the tab that leads tells this one what it must know.
                self.tell_leader(&mut actions);
            }
            Event::Heard(message) => self.heard(message, &mut actions),
            Event::TabClosed(tab) => {
                self.others.remove(&tab);
            }
            Event::Elected => {
                self.leads = true;
                actions.push(Action::Post(Message::Leading));
                self.wants(Connection::start, &mut actions);
                let todo = self.writes.lead();
                enlist(todo, &mut actions);
            }
            Event::Token(token) => self.wants(|it| it.token(token), &mut actions),
            Event::Opened => {
                self.told = Paths::default();
                self.is_refused = false;
                self.wants(Connection::opened, &mut actions);
                // The server may be a newer one, which says the same in other words: an entity tag
                // tells that a row is the same, not that its words are.
                self.watch_what_is_wanted(|_, _| None, &mut actions);
                let todo = self.writes.connected();
                enlist(todo, &mut actions);
            }
            Event::Said(said) => {
                self.wants(|it| it.heard(&said), &mut actions);
                if self.connection.is_open() {
                    self.said(said, &mut actions);
                }
            }
            Event::Closed(code) => self.wants(|it| it.closed(code), &mut actions),
            Event::Woken(Clock::Resend) => {
                let todo = self.writes.again();
                enlist(todo, &mut actions);
            }
            Event::Woken(Clock::Refused) => {
                self.is_refused = false;
                let entries = &self.entries;
                let is_known = |path: &str| entries.get(path).is_some_and(|it| it.is_confirmed);
                self.told.0.retain(|path| is_known(path));
                if self.connection.is_open() {
                    let todo = self.writes.connected();
                    enlist(todo, &mut actions);
                }
            }
            Event::Woken(clock) => self.wants(|it| it.woken(clock), &mut actions),
            Event::Online => {
                self.wants(Connection::online, &mut actions);
                let todo = self.writes.again();
                enlist(todo, &mut actions);
            }
            Event::Answered(key, answer) => {
                let todo = self.writes.answered(&key, answer);
                enlist(todo, &mut actions);
                actions.push(Action::Show);
            }
        }
        if self.connection.is_open() {
            if !self.is_refused {
                self.watch_what_is_wanted(Self::tag, &mut actions);
            }
        } else {
            self.writes.disconnected();
            for entry in self.entries.values_mut().filter(|_| self.leads) {
                entry.is_confirmed = false;
            }
        }
        self.forget_what_nobody_looks_at();
        actions
    }

    /// Everything that this tab and the others watch, and the writes on their way.
    fn wanted(&self) -> Paths {
        let own = self.entries.iter().filter(|(_, it)| it.is_watched);
        let own = own.map(|(path, _)| path.clone());
        let others = self.others.values().flatten().cloned();
        let writes = self.writes.pending().take(WRITES_WATCHED);
        let writes = writes.map(|it| self.written(&it.key));
        own.chain(others).chain(writes).collect()
    }

    /// The path of the query that tells whether a write was committed.
    fn written(&self, key: &str) -> String {
        format!("{}/{key}", self.written_at)
    }

    fn tag(&self, path: &str) -> Option<String> {
        let state = self.entries.get(path)?.state.as_ref()?;
        state.etag.as_deref().map(ToOwned::to_owned)
    }

    /// Tells the server what is watched that was not, and the other way round.
    fn watch_what_is_wanted(
        &mut self,
        known: impl Fn(&Self, &str) -> Option<String>,
        actions: &mut Vec<Action>,
    ) {
        let wanted = self.wanted();
        let gone: Vec<_> = self.told.difference(&wanted).cloned().collect();
        let new = wanted.difference(&self.told);
        let new = new.map(|path| (path.clone(), known(self, path))).collect();
        // A watch comes before the write that it is about.
        let request = |it: &Action| matches!(it, Action::Request(_));
        let place = actions.iter().position(request).unwrap_or(actions.len());
        for part in parts(new) {
            let watch = Want::Send(FromPage::Watch(part.into_iter().collect()));
            actions.insert(place, Action::Connection(watch));
        }
        for path in &gone {
            if let Some(entry) = self.entries.get_mut(path) {
                entry.is_confirmed = false;
            }
        }
        if !gone.is_empty() {
            actions.push(Action::Connection(Want::Send(FromPage::Unwatch(gone))));
        }
        self.told = wanted;
    }

    fn forget_what_nobody_looks_at(&mut self) {
        let is_idle = |path: &String, entry: &Entry| {
            !entry.is_watched && !self.others.values().any(|paths| paths.contains(path))
        };
        let idle: Vec<_> = self
            .entries
            .iter()
            .filter(|(path, entry)| is_idle(path, entry))
            .map(|(path, _)| path.clone())
            .collect();
        for path in idle.iter().take(idle.len().saturating_sub(KEPT_MAX)) {
            self.entries.remove(path);
        }
    }

    fn tell_leader(&self, actions: &mut Vec<Action>) {
        if self.is_joined && !self.leads {
            actions.push(Action::Post(self.watching()));
        }
    }

    fn watching(&self) -> Message {
        let own = self.entries.iter().filter(|(_, it)| it.is_watched);
        Message::Watching {
            tab: self.tab.clone(),
            paths: own.map(|(path, _)| path.clone()).collect(),
        }
    }

    /// Asks for this path anew.
    fn again(&mut self, path: String, is_mine: bool, actions: &mut Vec<Action>) {
        if self.leads {
            if self.told.remove(&path) {
                let unwatch = FromPage::Unwatch(vec![path]);
                actions.push(Action::Connection(Want::Send(unwatch)));
            }
            // What follows is a watch again, whatever has become of it.
            self.wants(Connection::online, actions);
        } else if is_mine {
            actions.push(Action::Post(Message::Again(path)));
        }
    }

    fn add(&mut self, write: Write, actions: &mut Vec<Action>) {
        let todo = self.writes.add(write);
        enlist(todo, actions);
        actions.push(Action::Show);
    }

    fn heard(&mut self, message: Message, actions: &mut Vec<Action>) {
        match message {
            Message::Wrote(write) => return self.add(write, actions),
            Message::Watching { tab, paths } if self.leads => {
                let states = paths.iter().filter_map(|path| self.confirmed(path));
                let states: Pairs<_, _> = states.collect();
                if self.others.insert(tab.clone(), paths).is_none() {
                    actions.push(Action::Mourn(tab));
                    actions.push(Action::Post(Message::Link(self.link)));
                }
                if !states.is_empty() {
                    actions.push(Action::Post(Message::States(states)));
                }
                return;
            }
            Message::Again(path) => return self.again(path, false, actions),
            // The tab that leads knows better than any other.
            _ if self.leads => return,
            Message::Leading => {
                let pending: Vec<_> = self.writes.pending().cloned().collect();
                let wrote = pending.into_iter().map(Message::Wrote);
                actions.extend(wrote.map(Action::Post));
                return self.tell_leader(actions);
            }
            Message::States(states) => self.states(states, actions),
            Message::Link(link) => {
                self.link = link;
                for entry in self.entries.values_mut() {
                    entry.is_confirmed &= link == Link::Up;
                }
            }
            Message::Settled(key, outcome) => {
                let todo = self.writes.settled(&key, &outcome);
                enlist(todo, actions);
                actions.push(Action::Settled(key, outcome));
            }
            Message::Shown(keys) => self.writes.drop_shown(&keys),
            Message::Watching { .. } => return,
        }
        actions.push(Action::Show);
    }

    fn confirmed(&self, path: &str) -> Option<(Arc<str>, Arc<State>)> {
        let entry = self.entries.get(path).filter(|it| it.is_confirmed)?;
        Some((path.into(), entry.state.clone()?))
    }

    fn said(&mut self, said: FromServer, actions: &mut Vec<Action>) {
        match said {
            FromServer::States(states) => {
                // With the states that this tab had already.
                let whole: Pairs<_, _> = states
                    .into_iter()
                    .filter(|(path, _)| self.told.contains(path))
                    .filter_map(|(path, state)| {
                        if state.status != 304 {
                            return Some((path, state));
                        }
                        let had = self.entries.get(&*path)?.state.clone()?;
                        Some((path, had))
                    })
                    .collect();
                if !self.others.is_empty() {
                    actions.push(Action::Post(Message::States(whole.clone())));
                }
                self.states(whole, actions);
            }
            FromServer::Synced(number) => {
                let keys = self.writes.synced(number);
                if !keys.is_empty() {
                    actions.push(Action::Post(Message::Shown(keys)));
                }
            }
            FromServer::Refused { status, detail } if status != 401 => {
                self.refused(status, &detail, actions);
            }
            FromServer::Refused { .. } | FromServer::Alive => return,
        }
        actions.push(Action::Show);
    }

    /// States of one moment.
    fn states(&mut self, states: Pairs<Arc<str>, Arc<State>>, actions: &mut Vec<Action>) {
        for (path, state) in states {
            if let Some(key) = self.key_of(&path) {
                if let Some(outcome) = committed(&state) {
                    let todo = self.writes.is_shown(&key, outcome);
                    enlist(todo, actions);
                    if self.leads {
                        actions.push(Action::Post(Message::Shown(vec![key])));
                    }
                }
                continue;
            }
            let is_wanted = self.leads || self.entries.get(&*path).is_some();
            if is_wanted {
                let entry = self.entries.at(path.to_string());
                (entry.state, entry.is_confirmed) = (Some(state), true);
            }
        }
    }

    /// The key of the write that this path is about.
    fn key_of(&self, path: &str) -> Option<String> {
        let key = path.strip_prefix(&self.written_at)?.strip_prefix('/')?;
        Some(key.to_owned())
    }

    /// Whatever has no state yet will not get one for now, for this reason; it is asked for again
    /// later.
    fn refused(&mut self, status: u16, detail: &str, actions: &mut Vec<Action>) {
        let body = serde_json::to_string(&Pairs::from([("detail", detail)]));
        let body = body.ok().and_then(|it| RawValue::from_string(it).ok());
        let state = Arc::new(State {
            status,
            etag: None,
            body,
        });
        let waiting = self.entries.iter().filter(|(_, it)| it.state.is_none());
        let refused = waiting.map(|(path, _)| (path.as_str().into(), state.clone()));
        let refused: Pairs<_, _> = refused.collect();
        actions.push(Action::Post(Message::States(refused.clone())));
        let paths: Vec<_> = refused.keys().cloned().collect();
        self.states(refused, actions);
        for path in paths {
            self.entries.at(path.to_string()).is_confirmed = false;
        }
        self.is_refused = true;
        actions.push(Action::Connection(Want::Wake(Clock::Refused, REFUSED)));
    }

    fn wants(
        &mut self,
        happen: impl FnOnce(&mut Connection) -> Vec<Want>,
        actions: &mut Vec<Action>,
    ) {
        if !self.leads {
            return;
        }
        for want in happen(&mut self.connection) {
            if let Want::Link(link) = want {
                self.link = link;
                actions.push(Action::Post(Message::Link(link)));
                actions.push(Action::Show);
            } else {
                actions.push(Action::Connection(want));
            }
        }
    }
}

/// What is to be watched, in messages that are not too long; the last one first.
fn parts(mut paths: Vec<(String, Option<String>)>) -> Vec<Vec<(String, Option<String>)>> {
    let mut parts = Vec::new();
    while !paths.is_empty() {
        let mut size = 0;
        let place = paths.iter().rposition(|(path, tag)| {
            size += path.len() + tag.as_ref().map_or(0, String::len);
            size > WATCH_MAX
        });
        // One alone is sent in any case.
        let place = place.map_or(0, |it| (it + 1).min(paths.len() - 1));
        parts.push(paths.split_off(place));
    }
    parts
}

/// Paths, each once.
#[derive(Debug, Default)]
struct Paths(Vec<String>);

impl FromIterator<String> for Paths {
    fn from_iter<I: IntoIterator<Item = String>>(paths: I) -> Self {
        let mut all = Vec::new();
        for path in paths {
            if let Err(place) = all.binary_search(&path) {
                all.insert(place, path);
            }
        }
        Self(all)
    }
}

impl Paths {
    fn contains(&self, path: &str) -> bool {
        self.place(path).is_ok()
    }

    fn place(&self, path: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|it| it.as_str().cmp(path))
    }

    /// Those that the others do not have.
    fn difference(&self, others: &Self) -> impl Iterator<Item = &String> {
        self.0.iter().filter(|path| !others.contains(path))
    }

    /// Takes one out; answers whether it was there.
    fn remove(&mut self, path: &str) -> bool {
        self.place(path).map(|place| self.0.remove(place)).is_ok()
    }
}

fn enlist(todos: Vec<Todo>, actions: &mut Vec<Action>) {
    for todo in todos {
        match todo {
            Todo::Send(write) => actions.push(Action::Request(write)),
            Todo::Sync(number) => {
                let sync = FromPage::Sync(number);
                actions.push(Action::Connection(Want::Send(sync)));
            }
            Todo::Wait(pause) => {
                actions.push(Action::Connection(Want::Wake(Clock::Resend, pause)));
            }
            Todo::Forget(key) => actions.push(Action::Forget(key)),
            Todo::Settled(key, outcome) => {
                let message = Message::Settled(key.clone(), outcome.clone());
                actions.push(Action::Post(message));
                actions.push(Action::Settled(key, outcome));
            }
        }
    }
}

/// What became of a write, if it was committed.
fn committed(state: &State) -> Option<Outcome> {
    if state.status != 200 {
        return None;
    }
    let written: Written = serde_json::from_str(state.body.as_ref()?.get()).ok()?;
    Some(Outcome {
        status: written.status,
        body: written.body.map_or(String::new(), |it| it.get().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Method;

    fn write(key: &str) -> Write {
        Write {
            key: key.into(),
            method: Method::Post,
            template: "/notes".into(),
            path: "/notes".into(),
            params: "null".into(),
            input: "null".into(),
            if_match: None,
        }
    }

    fn connected() -> Client {
        let mut client = Client::new("tab", "/writes");
        client.handle(Event::Elected);
        let token = Token {
            text: "token".into(),
            lifetime: 60_000,
        };
        client.handle(Event::Token(Some(token)));
        client.handle(Event::Opened);
        client
    }

    fn state(status: u16, body: &str) -> Arc<State> {
        Arc::new(State {
            status,
            etag: None,
            body: RawValue::from_string(body.into()).ok(),
        })
    }

    #[test]
    fn the_server_is_asked_about_a_write_before_it_gets_it() {
        let actions = connected().handle(Event::Write(write("a")));
        let place = |wanted: &dyn Fn(&Action) -> bool| actions.iter().position(wanted);
        let watched = place(&|it| matches!(it, Action::Connection(Want::Send(FromPage::Watch(_)))));
        let sent = place(&|it| matches!(it, Action::Request(_)));
        assert!(watched.is_some() && watched < sent, "{actions:?}");
    }

    #[test]
    fn what_is_heard_late_of_a_write_that_is_done_means_nothing() {
        let mut client = connected();
        client.handle(Event::Write(write("a")));
        let written = state(200, r#"{"status":200,"body":null}"#);
        let states = FromServer::States([("/writes/a".into(), written)].into());
        client.handle(Event::Said(states));
        assert_eq!(client.pending().count(), 0);
        client.handle(Event::Heard(Message::Wrote(write("a"))));
        assert_eq!(client.pending().count(), 0);
    }

    #[test]
    fn a_write_that_no_leader_has_heard_of_is_told_to_the_next_one() {
        let mut client = Client::new("tab", "/writes");
        client.handle(Event::Write(write("a")));
        let actions = client.handle(Event::Heard(Message::Leading));
        let told = |it: &Action| matches!(it, Action::Post(Message::Wrote(it)) if it.key == "a");
        assert!(actions.iter().any(told), "{actions:?}");
    }

    /// The tab that leads takes a tab whose lock is free for closed.
    #[test]
    fn nobody_hears_of_a_tab_before_they_could_tell_that_it_is_closed() {
        let mut client = Client::new("tab", "/writes");
        let tells = |actions: Vec<Action>| {
            let is_told = |it: &Action| matches!(it, Action::Post(Message::Watching { .. }));
            actions.iter().any(is_told)
        };
        assert!(!tells(client.handle(Event::Kept(Vec::new()))));
        assert!(!tells(client.handle(Event::Watch("/notes".into()))));
        assert!(!tells(client.handle(Event::Heard(Message::Leading))));
        let joined = client.handle(Event::Joined);
        let told = |it: &Action| matches!(it, Action::Post(Message::Watching { paths, .. }) if paths == &["/notes"]);
        assert!(joined.iter().any(told), "{joined:?}");
        assert!(tells(client.handle(Event::Heard(Message::Leading))));
    }

    #[test]
    fn writes_go_out_in_the_order_in_which_they_were_made() {
        let mut client = connected();
        let sent = |actions: Vec<Action>| {
            let sent = actions.into_iter().filter_map(|action| match action {
                Action::Request(write) => Some(write.key),
                _ => None,
            });
            sent.collect::<Vec<_>>()
        };
        assert_eq!(sent(client.handle(Event::Write(write("b")))), ["b"]);
        for key in ["d", "c"] {
            assert_eq!(sent(client.handle(Event::Write(write(key)))), [""; 0]);
        }
        for (lost, next) in [("b", "b"), ("b", "b")] {
            client.handle(Event::Answered(lost.into(), Answer::Lost(None)));
            assert_eq!(sent(client.handle(Event::Woken(Clock::Resend))), [next]);
        }
        for (done, next) in [("b", "c"), ("c", "d")] {
            let written = Outcome {
                status: 200,
                body: String::new(),
            };
            let answered = Event::Answered(done.into(), Answer::Final(written));
            assert_eq!(sent(client.handle(answered)), [next]);
        }
    }

    #[test]
    fn who_watches_too_much_is_told_so() {
        let mut client = connected();
        client.handle(Event::Watch("/notes".into()));
        let detail = "Too many paths are watched.".to_owned();
        let refused = FromServer::Refused {
            status: 429,
            detail,
        };
        client.handle(Event::Said(refused));
        let entry = client.entry("/notes").expect("an entry");
        assert_eq!(entry.state.as_ref().map(|it| it.status), Some(429));
    }

    fn watched(actions: &[Action]) -> Vec<Vec<String>> {
        let watched = actions.iter().filter_map(|action| match action {
            Action::Connection(Want::Send(FromPage::Watch(paths))) => {
                Some(paths.keys().cloned().collect())
            }
            _ => None,
        });
        watched.collect()
    }

    #[test]
    fn what_was_refused_is_asked_for_again_a_while_later() {
        let mut client = connected();
        for path in ["/a", "/b"] {
            client.handle(Event::Watch(path.into()));
        }
        let states = FromServer::States([("/a".into(), state(200, "1"))].into());
        client.handle(Event::Said(states));
        let refused = || FromServer::Refused {
            status: 429,
            detail: "Too many paths are watched.".into(),
        };
        client.handle(Event::Said(refused()));
        // Nothing more is asked meanwhile.
        assert_eq!(
            watched(&client.handle(Event::Watch("/c".into()))),
            [[""; 0]; 0]
        );
        let again = client.handle(Event::Woken(Clock::Refused));
        assert_eq!(watched(&again), [["/b", "/c"]]);
        let states = FromServer::States([("/b".into(), state(200, "2"))].into());
        client.handle(Event::Said(states));
        let entry = client.entry("/b").expect("an entry");
        assert_eq!(entry.state.as_ref().map(|it| it.status), Some(200));
    }

    #[test]
    fn however_much_is_watched_no_message_is_too_long_for_a_server() {
        let mut client = connected();
        client.handle(Event::Closed(1001));
        let long = |number: u32| format!("/{number:01000}");
        for number in 0..100 {
            client.handle(Event::Watch(long(number)));
        }
        let token = Token {
            text: "token".into(),
            lifetime: 60_000,
        };
        client.handle(Event::Token(Some(token)));
        let parts = watched(&client.handle(Event::Opened));
        let size = |part: &Vec<String>| part.iter().map(String::len).sum::<usize>();
        assert!(
            parts.iter().all(|part| size(part) <= WATCH_MAX),
            "{}",
            parts.len()
        );
        let mut all: Vec<_> = parts.concat();
        all.sort();
        assert_eq!(all, (0..100).map(long).collect::<Vec<_>>());
    }

    #[test]
    fn of_very_many_writes_only_some_are_watched_and_all_are_sent() {
        let mut client = connected();
        let keys: Vec<_> = (0..50).map(|number| format!("{number:02}")).collect();
        let kept = keys.iter().map(|key| write(key)).collect();
        client.handle(Event::Kept(kept));
        assert_eq!(client.wanted().0.len(), WRITES_WATCHED);
        for key in &keys {
            let written = Outcome {
                status: 200,
                body: String::new(),
            };
            client.handle(Event::Answered(key.clone(), Answer::Final(written)));
        }
        assert_eq!(
            client.pending().count(),
            50,
            "the queries do not show them yet"
        );
        client.handle(Event::Said(FromServer::Synced(50)));
        assert_eq!(client.pending().count(), 0);
    }

    /// It has no query, so the tab that leads must hear of it otherwise.
    #[test]
    fn a_tab_that_only_writes_hears_what_became_of_it() {
        let (mut leader, mut other) = (connected(), Client::new("other", "/writes"));
        let tell = |from: Vec<Action>, to: &mut Client| {
            let posts = from.into_iter().filter_map(|action| match action {
                Action::Post(message) => Some(message),
                _ => None,
            });
            posts
                .flat_map(|it| to.handle(Event::Heard(it)))
                .collect::<Vec<_>>()
        };
        let joined = other.handle(Event::Joined);
        let answer = tell(joined, &mut leader);
        tell(answer, &mut other);
        assert!(leader.has_tab("other"));
        assert_eq!(other.link(), leader.link());
        tell(other.handle(Event::Write(write("a"))), &mut leader);
        let written = state(200, r#"{"status":200,"body":null}"#);
        let said = FromServer::States([("/writes/a".into(), written)].into());
        tell(leader.handle(Event::Said(said)), &mut other);
        assert_eq!((leader.pending().count(), other.pending().count()), (0, 0));
    }

    #[test]
    fn where_changes_do_not_arrive_nothing_is_confirmed_in_any_tab() {
        let mut other = Client::new("other", "/writes");
        other.handle(Event::Watch("/notes".into()));
        let states = Message::States([("/notes".into(), state(200, "[1]"))].into());
        other.handle(Event::Heard(states));
        let is_confirmed = |it: &Client| it.entry("/notes").is_some_and(|it| it.is_confirmed);
        assert!(is_confirmed(&other));
        other.handle(Event::Heard(Message::Link(Link::Down)));
        assert!(!is_confirmed(&other));
    }

    #[test]
    fn what_the_server_fails_over_holds_the_next_ones_up_for_a_while_only() {
        let mut client = connected();
        for key in ["a", "b"] {
            client.handle(Event::Write(write(key)));
        }
        let broken = || {
            Answer::Broken(Outcome {
                status: 500,
                body: String::new(),
            })
        };
        let mut tries = 1;
        let next = loop {
            let mut actions = client.handle(Event::Answered("a".into(), broken()));
            actions.extend(client.handle(Event::Woken(Clock::Resend)));
            let sent = actions.into_iter().find_map(|action| match action {
                Action::Request(write) => Some(write.key),
                _ => None,
            });
            match sent {
                Some(key) if key == "a" => tries += 1,
                other => break other,
            }
        };
        assert_eq!((tries, next.as_deref()), (6, Some("b")));
    }

    /// A row of the same version may be told in other words by a newer server.
    #[test]
    fn over_a_new_connection_everything_is_asked_for_anew() {
        let mut client = connected();
        client.handle(Event::Watch("/notes".into()));
        let told = Arc::new(State {
            etag: Some("\"1\"".into()),
            ..State::clone(&state(200, "[1]"))
        });
        client.handle(Event::Said(FromServer::States(
            [("/notes".into(), told)].into(),
        )));
        client.handle(Event::Closed(1001));
        let token = Token {
            text: "token".into(),
            lifetime: 60_000,
        };
        client.handle(Event::Token(Some(token)));
        let actions = client.handle(Event::Opened);
        let anew = FromPage::Watch([("/notes".into(), None)].into());
        let asked = |it: &Action| matches!(it, Action::Connection(Want::Send(it)) if *it == anew);
        assert!(actions.iter().any(asked), "{actions:?}");
    }

    #[test]
    fn a_query_that_somebody_looks_at_again_is_shown_at_once_and_confirmed_later() {
        let mut client = connected();
        let notes = || "/notes".to_owned();
        client.handle(Event::Watch(notes()));
        let states = FromServer::States([("/notes".into(), state(200, "[1]"))].into());
        client.handle(Event::Said(states));
        client.handle(Event::Unwatch(notes()));
        client.handle(Event::Watch(notes()));
        let entry = client.entry("/notes").expect("an entry");
        assert!(entry.state.is_some() && !entry.is_confirmed);
        let same = Arc::new(State::not_modified("\"1\"".into()));
        client.handle(Event::Said(FromServer::States(
            [("/notes".into(), same)].into(),
        )));
        assert!(client.entry("/notes").is_some_and(|it| it.is_confirmed));
    }
}
