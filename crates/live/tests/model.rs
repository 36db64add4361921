//! Two tabs, a server and everything that can go wrong between them, in every order.
//!
//! The server keeps a list; a write appends its key. The screen of a tab is the list as it was told
//! it, and after it the writes that are not in it yet.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use live::{
    Action, Answer, Client, Clock, Event, FromPage, FromServer, Message, Method, Outcome, State,
    Token, Want, Write,
};
use serde_json::json;
use serde_json::value::RawValue;

const LIST: &str = "/list";
const WRITTEN: &str = "/writes";

/// What may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The server says what is new.
    State,
    /// A write arrives at the server, which accepts it.
    Arrival,
    /// A write arrives, and is refused.
    Refusal,
    /// An answer arrives at the page.
    Answer,
    /// A request or its answer is lost.
    Loss,
    /// The connection breaks, and is made anew.
    Reconnect,
    /// The tab that leads is loaded again; the other one leads then.
    Reload,
    /// Somebody else writes.
    Another,
}

const STEPS: [Step; 8] = [
    Step::State,
    Step::Arrival,
    Step::Refusal,
    Step::Answer,
    Step::Loss,
    Step::Reconnect,
    Step::Reload,
    Step::Another,
];

#[derive(Default)]
struct Server {
    /// Whether it does not tell which writes were committed.
    is_silent: bool,
    list: Vec<String>,
    answers: BTreeMap<String, Outcome>,
}

impl Server {
    fn body(&self, path: &str) -> (u16, serde_json::Value) {
        if path == LIST {
            return (200, json!(self.list));
        }
        let key = path.strip_prefix("/writes/").expect("a path");
        match self.answers.get(key) {
            Some(outcome) if !self.is_silent => {
                (200, json!({"status": outcome.status, "body": outcome.body}))
            }
            _ => (404, json!({})),
        }
    }

    fn state(&self, path: &str) -> State {
        let (status, body) = self.body(path);
        let body = body.to_string();
        State {
            status,
            etag: Some(body.as_str().into()),
            body: Some(RawValue::from_string(body).expect("JSON")),
        }
    }

    /// A write with a key counts once.
    fn accept(&mut self, write: &Write) -> Outcome {
        if let Some(before) = self.answers.get(&write.key) {
            return before.clone();
        }
        self.list.push(write.key.clone());
        let outcome = outcome(200);
        self.answers.insert(write.key.clone(), outcome.clone());
        outcome
    }
}

fn outcome(status: u16) -> Outcome {
    Outcome {
        status,
        body: "null".into(),
    }
}

/// What is on its way between the leading tab and the server.
#[derive(Default)]
struct Connection {
    /// With each, the entity tag that the page has, and whether the server has said anything yet.
    watched: BTreeMap<String, (Option<String>, bool)>,
    syncs: Vec<u64>,
}

struct Request {
    tab: usize,
    write: Write,
    answer: Option<Outcome>,
}

struct World {
    server: Server,
    tabs: [Client; 2],
    names: [String; 2],
    leader: usize,
    connection: Option<Connection>,
    requests: VecDeque<Request>,
    kept: BTreeMap<String, Write>,
    clocks: BTreeSet<Clock>,
    refused: BTreeSet<String>,
    /// What whoever wrote was told.
    told: BTreeMap<String, u16>,
    loads: usize,
}

impl World {
    /// Both tabs show the list, and each has just written.
    fn new(is_silent: bool) -> Self {
        let names = ["tab 0".to_owned(), "tab 1".to_owned()];
        let mut world = Self {
            server: Server {
                is_silent,
                ..Server::default()
            },
            tabs: [
                Client::new(&names[0], WRITTEN),
                Client::new(&names[1], WRITTEN),
            ],
            names,
            leader: 0,
            connection: None,
            requests: VecDeque::new(),
            kept: BTreeMap::new(),
            clocks: BTreeSet::new(),
            refused: BTreeSet::new(),
            told: BTreeMap::new(),
            loads: 2,
        };
        world.happens(0, Event::Elected);
        for tab in [0, 1] {
            world.happens(tab, Event::Joined);
            world.happens(tab, Event::Watch(LIST.into()));
        }
        world.state();
        for tab in [0, 1] {
            world.happens(tab, Event::Write(write(&format!("key {tab}"))));
        }
        world
    }

    fn happens(&mut self, tab: usize, event: Event) {
        let mut events = VecDeque::from([(tab, event)]);
        while let Some((tab, event)) = events.pop_front() {
            for action in self.tabs[tab].handle(event) {
                self.act(tab, action, &mut events);
            }
        }
    }

    fn act(&mut self, tab: usize, action: Action, events: &mut VecDeque<(usize, Event)>) {
        match action {
            Action::Post(message) => {
                // As text, as between real tabs.
                let text = serde_json::to_string(&message).expect("JSON");
                let message: Message = serde_json::from_str(&text).expect("a message");
                events.push_back((1 - tab, Event::Heard(message)));
            }
            Action::Keep(write) => drop(self.kept.insert(write.key.clone(), write)),
            Action::Forget(key) => drop(self.kept.remove(&key)),
            Action::Request(write) => {
                assert_eq!(tab, self.leader, "only the tab that leads sends");
                self.requests.push_back(Request {
                    tab,
                    write,
                    answer: None,
                });
            }
            Action::Settled(key, outcome) => {
                let before = self.told.insert(key, outcome.status);
                assert!(before.is_none_or(|it| it == outcome.status));
            }
            Action::Mourn(_) | Action::Show => {}
            Action::Connection(want) => self.connect(tab, want, events),
        }
    }

    fn connect(&mut self, tab: usize, want: Want, events: &mut VecDeque<(usize, Event)>) {
        match want {
            Want::Token { .. } => {
                let token = Token {
                    text: "token".into(),
                    lifetime: 60_000,
                };
                events.push_back((tab, Event::Token(Some(token))));
            }
            Want::Open => {
                self.connection = Some(Connection::default());
                events.push_back((tab, Event::Opened));
            }
            Want::Send(message) => {
                let connection = self.connection.as_mut().expect("a connection");
                match message {
                    FromPage::Token(_) => {}
                    FromPage::Watch(paths) => {
                        let silent = paths.into_iter().map(|(path, tag)| (path, (tag, false)));
                        connection.watched.extend(silent);
                    }
                    FromPage::Unwatch(paths) => {
                        for path in paths {
                            connection.watched.remove(&path);
                        }
                    }
                    FromPage::Sync(number) => connection.syncs.push(number),
                }
            }
            Want::Close => self.connection = None,
            Want::Wake(clock, _) => drop(self.clocks.insert(clock)),
            Want::Link(_) => unreachable!("that is no wish of a tab"),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::State => self.state(),
            Step::Arrival | Step::Refusal => {
                let waiting = |it: &&mut Request| it.answer.is_none();
                if let Some(request) = self.requests.iter_mut().find(waiting) {
                    let key = &request.write.key;
                    let is_new = !self.server.answers.contains_key(key);
                    if step == Step::Refusal && is_new {
                        self.refused.insert(key.clone());
                    }
                    let is_refused = self.refused.contains(key);
                    request.answer = Some(if is_refused {
                        outcome(422)
                    } else {
                        self.server.accept(&request.write)
                    });
                }
            }
            Step::Answer => {
                if let Some(at) = self.requests.iter().position(|it| it.answer.is_some())
                    && let Some(request) = self.requests.remove(at)
                    && let Some(outcome) = request.answer
                {
                    let event = Event::Answered(request.write.key, Answer::Final(outcome));
                    self.happens(request.tab, event);
                }
            }
            Step::Loss => {
                if let Some(request) = self.requests.pop_front() {
                    let event = Event::Answered(request.write.key, Answer::Lost(None));
                    self.happens(request.tab, event);
                }
            }
            Step::Reconnect => {
                self.connection = None;
                self.happens(self.leader, Event::Closed(1006));
                self.wake();
            }
            Step::Reload => self.reload(),
            Step::Another => self.server.list.push("another".into()),
        }
        for tab in [0, 1] {
            if self.server.is_silent {
                continue;
            }
            let screen = self.screen(tab);
            let keys: BTreeSet<_> = screen.iter().filter(|it| *it != "another").collect();
            let shown = screen.iter().filter(|it| *it != "another").count();
            assert_eq!(keys.len(), shown, "nothing is shown twice: {screen:?}");
        }
    }

    fn state(&mut self) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        let mut states = BTreeMap::new();
        for (path, (known, is_told)) in &mut connection.watched {
            let mut state = self.server.state(path);
            let etag = state.etag.clone().expect("a tag");
            if known.as_deref() == Some(&*etag) {
                if *is_told {
                    continue;
                }
                state = State::not_modified(etag.clone());
            }
            (*known, *is_told) = (Some(etag.to_string()), true);
            states.insert(Arc::from(path.as_str()), Arc::new(state));
        }
        let syncs = std::mem::take(&mut connection.syncs);
        self.happens(
            self.leader,
            Event::Said(FromServer::States(states.into_iter().collect())),
        );
        for number in syncs {
            self.happens(self.leader, Event::Said(FromServer::Synced(number)));
        }
    }

    /// What was asked for by a page that is gone still arrives.
    fn reload(&mut self) {
        let gone = self.leader;
        self.requests
            .retain_mut(|it| it.tab != gone || it.answer.is_none());
        for request in std::mem::take(&mut self.requests) {
            if !self.refused.contains(&request.write.key) {
                self.server.accept(&request.write);
            }
        }
        self.leader = 1 - gone;
        self.connection = None;
        self.clocks.clear();
        let name = std::mem::replace(&mut self.names[gone], format!("tab {}", self.loads));
        self.loads += 1;
        self.tabs[gone] = Client::new(&self.names[gone], WRITTEN);
        self.happens(self.leader, Event::TabClosed(name));
        self.happens(self.leader, Event::Elected);
        let kept = self.kept.values().cloned().collect();
        self.happens(gone, Event::Kept(kept));
        self.happens(gone, Event::Joined);
        self.happens(gone, Event::Watch(LIST.into()));
    }

    fn wake(&mut self) {
        for clock in std::mem::take(&mut self.clocks) {
            // Silence is for connections that are dead.
            if matches!(clock, Clock::Reconnect | Clock::Resend) {
                self.happens(self.leader, Event::Woken(clock));
            }
        }
    }

    /// What a tab shows.
    fn screen(&self, tab: usize) -> Vec<String> {
        let tab = &self.tabs[tab];
        let state = tab.entry(LIST).and_then(|entry| entry.state.as_ref());
        let body = state.and_then(|state| state.body.as_ref());
        let mut list: Vec<String> = body.map_or_else(Vec::new, |it| {
            serde_json::from_str(it.get()).expect("a list")
        });
        list.extend(tab.pending().map(|write| write.key.clone()));
        list
    }

    /// Everything that is on its way arrives.
    fn settle(&mut self) {
        for _ in 0..12 {
            self.wake();
            self.step(Step::Arrival);
            self.step(Step::Answer);
            self.step(Step::State);
        }
    }
}

fn write(key: &str) -> Write {
    Write {
        key: key.into(),
        method: Method::Post,
        template: LIST.into(),
        path: LIST.into(),
        params: "null".into(),
        input: "null".into(),
        if_match: None,
    }
}

fn check(steps: &[Step], is_silent: bool) {
    let mut world = World::new(is_silent);
    for step in steps {
        world.step(*step);
    }
    world.settle();
    let context = format!("after {steps:?}");
    for tab in [0, 1] {
        assert_eq!(world.screen(tab), world.server.list, "tab {tab} {context}");
        assert_eq!(world.tabs[tab].pending().count(), 0, "tab {tab} {context}");
    }
    assert!(world.kept.is_empty(), "{context}");
    for key in ["key 0", "key 1"] {
        let times = world.server.list.iter().filter(|it| *it == key).count();
        let refused = usize::from(world.refused.contains(key));
        assert_eq!(
            times + refused,
            1,
            "{key} counts once or was refused, {context}"
        );
    }
}

/// Every order of up to so many steps.
fn every_order(longest: usize, is_silent: bool) {
    let mut orders: Vec<Vec<Step>> = vec![Vec::new()];
    for _ in 0..longest {
        let longer = orders.iter().flat_map(|order| {
            STEPS.map(|step| {
                let mut longer = order.clone();
                longer.push(step);
                longer
            })
        });
        orders = longer.collect();
        for order in &orders {
            check(order, is_silent);
        }
    }
}

#[test]
fn the_screen_ends_equal_to_the_server_and_no_write_is_lost_or_doubled() {
    every_order(5, false);
}

/// Then a write may be shown twice for a moment, but not for good.
#[test]
fn the_same_with_a_server_that_does_not_tell_which_writes_were_committed() {
    every_order(4, true);
}
