//! What the tab knows, and the hands of its state machine: the socket, the clocks, the other tabs,
//! requests and storage.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use live::{Action, Answer, Client, Clock, Event, Link, Method, Outcome, Want, Write};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::window;

use crate::channel::Channel;
use crate::election::Lock;
use crate::failure::Failure;
use crate::kept::Shelf;
use crate::request;
use crate::socket::{ABNORMAL, Happened, Socket};
use crate::token::{Ask, Tokens};
use crate::views::{Bodies, Views};

/// What is said of a write whose answer was lost so long ago that it may not be sent again.
const TOO_LATE: &str =
    "This may have been saved more than a day ago. Look, and do it again if it was not.";
/// How long a query is watched after the last component that looked at it, in milliseconds.
const GRACE: u32 = 30_000;

/// Whose queries they are, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Who is signed in
    pub person: String,
    /// What else the answers depend on
    pub group: String,
    /// Where to connect
    pub url: String,
    /// Where to ask whether a write was committed
    pub writes: String,
    /// Their tokens
    pub tokens: Tokens,
}

type Effect = Rc<dyn Fn(&Write, &mut Views)>;

/// What a query shows now.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The HTTP status; none before there is an answer
    pub status: Option<u16>,
    /// The body, in JSON
    pub body: Rc<str>,
    /// The entity tag of what the server said
    pub etag: Option<Rc<str>>,
    /// Whether the server would have told of a newer one
    pub is_confirmed: bool,
    /// Whether a write is in it that is on its way
    pub is_pending: bool,
}

/// The store.
pub struct Store {
    config: Config,
    name: String,
    tab: String,
    shelf: Shelf,
    client: RefCell<Client>,
    /// What has happened and is not handled yet: handling one may make another happen.
    events: RefCell<VecDeque<Event>>,
    is_busy: Cell<bool>,
    /// What was under way still ends, and means nothing any more.
    is_stopped: Cell<bool>,
    bodies: RefCell<Bodies>,
    overlay: RefCell<Bodies>,
    // Lists of a few: a map of each kind would be kilobytes of wasm.
    effects: RefCell<Vec<(Method, &'static str, Effect)>>,
    looking: RefCell<Vec<Looking>>,
    listeners: RefCell<Vec<Weak<dyn Fn()>>>,
    waiting: RefCell<Vec<(String, oneshot::Sender<Outcome>)>>,
    refusals: RefCell<Vec<(Method, String, Failure)>>,
    channel: RefCell<Option<Channel>>,
    locks: RefCell<Vec<(String, Lock)>>,
    socket: RefCell<Option<Socket>>,
    clocks: RefCell<Vec<(Clock, Timeout)>>,
    online: RefCell<Option<Closure<dyn FnMut()>>>,
    writes: Cell<u32>,
    /// When the newest write was made
    newest: Cell<u64>,
}

/// The components that look at a query.
struct Looking {
    path: String,
    count: usize,
    leaving: Option<Timeout>,
}

impl Store {
    /// Begins, until [`Store::stop`].
    pub fn start(config: Config) -> Rc<Self> {
        let tab = unique();
        let store = Rc::new(Self {
            name: format!("live:{}:{}", config.person, config.group),
            shelf: Shelf::of(&config.person, &config.group),
            client: RefCell::new(Client::new(&tab, &config.writes)),
            config,
            tab,
            events: RefCell::default(),
            is_busy: Cell::new(false),
            is_stopped: Cell::new(false),
            bodies: RefCell::default(),
            overlay: RefCell::default(),
            effects: RefCell::default(),
            looking: RefCell::default(),
            listeners: RefCell::default(),
            waiting: RefCell::default(),
            refusals: RefCell::default(),
            channel: RefCell::default(),
            locks: RefCell::default(),
            socket: RefCell::default(),
            clocks: RefCell::default(),
            online: RefCell::default(),
            writes: Cell::new(0),
            newest: Cell::new(0),
        });
        store.join();
        let (kept, late) = store.shelf.load(now());
        for write in late {
            store.shelf.forget(&write.key);
            let failure = Failure {
                status: 0,
                body: TOO_LATE.to_owned(),
            };
            let refusal = (write.method, write.template, failure);
            store.refusals.borrow_mut().push(refusal);
        }
        store.happens(Event::Kept(kept));
        store
    }

    /// Joins the other tabs, and stands for election.
    fn join(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let heard = move |message| tell(&weak, Event::Heard(message));
        *self.channel.borrow_mut() = Some(Channel::open(&self.name, heard));
        // Held as long as the tab lives: who gets it knows that the tab is closed.
        let weak = Rc::downgrade(self);
        let joined = move || tell(&weak, Event::Joined);
        if !self.lock(self.tab_lock(&self.tab), joined) {
            self.happens(Event::Joined);
        }
        let weak = Rc::downgrade(self);
        if !self.lock(self.name.clone(), move || tell(&weak, Event::Elected)) {
            self.happens(Event::Elected);
        }
        let weak = Rc::downgrade(self);
        let online = Closure::new(move || tell(&weak, Event::Online));
        if let Some(window) = window() {
            let listener = Closure::as_ref(&online).unchecked_ref();
            let _ = window.add_event_listener_with_callback("online", listener);
        }
        *self.online.borrow_mut() = Some(online);
    }

    fn tab_lock(&self, tab: &str) -> String {
        format!("{}:{tab}", self.name)
    }

    /// Asks for a lock; answers whether there are such.
    fn lock(&self, name: String, held: impl Fn() + 'static) -> bool {
        let lock = Lock::ask(&name, held);
        let is_there = lock.is_some();
        self.locks
            .borrow_mut()
            .extend(lock.map(|lock| (name, lock)));
        is_there
    }

    /// Leaves the other tabs and the server.
    pub fn stop(&self) {
        self.is_stopped.set(true);
        if let (Some(window), Some(online)) = (window(), self.online.take()) {
            let listener = Closure::as_ref(&online).unchecked_ref();
            let _ = window.remove_event_listener_with_callback("online", listener);
        }
        self.clocks.take();
        self.socket.take();
        self.locks.take();
        self.channel.take();
        self.looking.take();
        self.waiting.take();
        // What components have given it may have the store itself in it.
        self.effects.take();
        self.listeners.take();
    }

    /// Something happens.
    pub fn happens(self: &Rc<Self>, event: Event) {
        if self.is_stopped.get() {
            return;
        }
        self.events.borrow_mut().push_back(event);
        if self.is_busy.replace(true) {
            return;
        }
        let mut is_new = false;
        while let Some(event) = self.next() {
            let actions = self.client.borrow_mut().handle(event);
            for action in actions {
                is_new |= matches!(action, Action::Show);
                self.act(action);
            }
        }
        self.is_busy.set(false);
        if is_new {
            self.show();
        }
    }

    fn next(&self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }

    fn act(self: &Rc<Self>, action: Action) {
        match action {
            Action::Connection(want) => self.connect(want),
            Action::Post(message) => {
                if let Some(channel) = &*self.channel.borrow() {
                    channel.post(&message);
                }
            }
            Action::Mourn(tab) => {
                let (weak, name) = (Rc::downgrade(self), self.tab_lock(&tab));
                let lock = name.clone();
                let closed = move || {
                    if let Some(store) = weak.upgrade() {
                        store.locks.borrow_mut().retain(|(it, _)| *it != lock);
                        store.happens(Event::TabClosed(tab.clone()));
                    }
                };
                // Given up from within its own callback, it would go too early.
                self.lock(name, move || {
                    let closed = closed.clone();
                    Timeout::new(0, closed).forget();
                });
            }
            Action::Keep(write) => self.shelf.keep(&write),
            Action::Forget(key) => self.shelf.forget(&key),
            Action::Request(write) => {
                let weak = Rc::downgrade(self);
                let (person, tokens) = (self.config.person.clone(), self.config.tokens.clone());
                let kept = self.shelf.clone();
                kept.sends(&write);
                spawn_local(async move {
                    let answer = request::send(&write, &person, &tokens).await;
                    if matches!(answer, Answer::Final(_)) {
                        // Also when nobody is there any more who would.
                        kept.forget(&write.key);
                    }
                    if let Some(store) = weak.upgrade() {
                        store.answered(write, answer);
                    }
                });
            }
            Action::Settled(key, outcome) => {
                let mut waiting = self.waiting.borrow_mut();
                if let Some(at) = waiting.iter().position(|(it, _)| *it == key) {
                    // Whoever asked may be gone.
                    let _ = waiting.swap_remove(at).1.send(outcome);
                }
            }
            Action::Show => {}
        }
    }

    /// A write was answered, of which its own tab tells. When that is gone, this one does.
    fn answered(self: &Rc<Self>, write: Write, answer: Answer) {
        let tab = write.key.rsplit('-').next().unwrap_or_default();
        if let Answer::Final(outcome) = &answer
            && !outcome.is_success()
            && !self.client.borrow().has_tab(tab)
        {
            self.take_refusal(write.method, &write.template);
            let refusal = (write.method, write.template, outcome.clone().into());
            self.refusals.borrow_mut().push(refusal);
        }
        self.happens(Event::Answered(write.key, answer));
    }

    fn connect(self: &Rc<Self>, want: Want) {
        let weak = Rc::downgrade(self);
        match want {
            Want::Token { good_for, fresh } => {
                let good_for = good_for.div_ceil(1_000);
                let (person, tokens) = (self.config.person.clone(), self.config.tokens.clone());
                spawn_local(async move {
                    let token = tokens.of(&person, Ask { good_for, fresh }).await;
                    tell(&weak, Event::Token(token));
                });
            }
            Want::Open => {
                let happened = move |happened| {
                    let event = match happened {
                        Happened::Opened => Event::Opened,
                        Happened::Said(said) => Event::Said(said),
                        Happened::Closed(code) => Event::Closed(code),
                    };
                    tell(&weak, event);
                };
                let socket = Socket::open(&self.config.url, happened);
                if socket.is_none() {
                    self.events.borrow_mut().push_back(Event::Closed(ABNORMAL));
                }
                *self.socket.borrow_mut() = socket;
            }
            Want::Send(message) => {
                if let Some(socket) = &*self.socket.borrow() {
                    socket.send(&message);
                }
            }
            Want::Close => drop(self.socket.take()),
            Want::Wake(clock, pause) => {
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is less"
                )]
                let pause = match clock {
                    Clock::Reconnect | Clock::Resend | Clock::Refused => {
                        (f64::from(pause) * (1.0 - js_sys::Math::random() / 2.0)) as u32
                    }
                    Clock::Silence | Clock::Renewal => pause,
                };
                let timeout = Timeout::new(pause, move || tell(&weak, Event::Woken(clock)));
                let mut clocks = self.clocks.borrow_mut();
                clocks.retain(|(it, _)| *it != clock);
                clocks.push((clock, timeout));
            }
            // The client keeps it, and has it shown.
            Want::Link(_) => {}
        }
    }

    /// Works out what there is to see, and tells those who look.
    fn show(&self) {
        let bodies: Bodies = {
            let client = self.client.borrow();
            let known = client.paths().filter_map(|path| {
                let state = client.entry(path)?.state.as_ref()?;
                let body = state.body.as_ref().filter(|_| state.status == 200)?;
                Some((path.to_owned(), body.get().into()))
            });
            known.collect()
        };
        let mut overlay = Bodies::new();
        let pending: Vec<_> = self.client.borrow().pending().cloned().collect();
        for write in &pending {
            // Nothing is borrowed while the app's own code runs.
            if let Some(effect) = self.effect(write) {
                effect(write, &mut Views::new(&write.key, &bodies, &mut overlay));
            }
        }
        *self.bodies.borrow_mut() = bodies;
        *self.overlay.borrow_mut() = overlay;
        let listeners: Vec<_> = {
            let mut listeners = self.listeners.borrow_mut();
            listeners.retain(|it| it.strong_count() > 0);
            listeners.iter().filter_map(Weak::upgrade).collect()
        };
        for listener in listeners {
            listener();
        }
    }

    /// What a write shows.
    fn effect(&self, write: &Write) -> Option<Effect> {
        let effects = self.effects.borrow();
        let of = |(method, template, _): &&(Method, &str, Effect)| {
            *method == write.method && *template == write.template
        };
        effects.iter().find(of).map(|(_, _, effect)| effect.clone())
    }

    /// What this path shows.
    pub fn shown(&self, path: &str) -> Shown {
        let client = self.client.borrow();
        let entry = client.entry(path);
        let state = entry.and_then(|it| it.state.as_ref());
        let (bodies, overlay) = (self.bodies.borrow(), self.overlay.borrow());
        let body = overlay.get(path).or_else(|| bodies.get(path)).cloned();
        let said = || {
            state
                .and_then(|it| it.body.as_ref())
                .map(|it| it.get().into())
        };
        Shown {
            status: state.map(|state| state.status),
            body: body.or_else(said).unwrap_or_default(),
            etag: state.and_then(|it| it.etag.as_deref()).map(Into::into),
            is_confirmed: entry.is_some_and(|it| it.is_confirmed),
            is_pending: overlay.get(path).is_some(),
        }
    }

    /// Whose it is.
    pub fn person(&self) -> &str {
        &self.config.person
    }

    /// What else the answers depend on.
    pub fn group(&self) -> &str {
        &self.config.group
    }

    /// Whether changes arrive.
    pub fn link(&self) -> Link {
        self.client.borrow().link()
    }

    /// How many writes by this endpoint are on their way.
    pub fn pending(&self, method: Method, template: &str) -> usize {
        let client = self.client.borrow();
        let mine = |it: &&Write| it.method == method && it.template == template;
        client.pending().filter(mine).count()
    }

    /// Why a write of a page that is gone was refused: the last one by this endpoint.
    pub fn refusal(&self, method: Method, template: &str) -> Option<Failure> {
        let refusals = self.refusals.borrow();
        let mine = |(it, of, _): &&(Method, String, Failure)| *it == method && of == template;
        refusals.iter().find(mine).map(|it| it.2.clone())
    }

    /// Somebody writes again, and the last refusal is told no more.
    pub fn take_refusal(&self, method: Method, template: &str) {
        let mut refusals = self.refusals.borrow_mut();
        refusals.retain(|(it, of, _)| *it != method || of != template);
    }

    /// Calls back whenever there is something new to see, until the listener is dropped.
    pub fn listen(&self, listener: &Rc<dyn Fn()>) {
        self.listeners.borrow_mut().push(Rc::downgrade(listener));
    }

    /// A component looks at this path.
    pub fn look(self: &Rc<Self>, path: &str) {
        let is_new = {
            let mut looking = self.looking.borrow_mut();
            if let Some(it) = looking.iter_mut().find(|it| it.path == path) {
                it.count += 1;
                it.leaving = None;
                false
            } else {
                looking.push(Looking {
                    path: path.to_owned(),
                    count: 1,
                    leaving: None,
                });
                true
            }
        };
        if is_new {
            self.happens(Event::Watch(path.to_owned()));
        }
    }

    /// A component looks at this path no longer.
    pub fn look_away(self: &Rc<Self>, path: &str) {
        let mut looking = self.looking.borrow_mut();
        let Some(it) = looking.iter_mut().find(|it| it.path == path) else {
            return;
        };
        it.count -= 1;
        if it.count == 0 {
            let (weak, path) = (Rc::downgrade(self), path.to_owned());
            it.leaving = Some(Timeout::new(GRACE, move || {
                if let Some(store) = weak.upgrade() {
                    store.looking.borrow_mut().retain(|it| it.path != path);
                    store.happens(Event::Unwatch(path));
                }
            }));
        }
    }

    /// What writes of this endpoint show while they are on their way.
    pub fn set_effect(&self, method: Method, template: &'static str, effect: Effect) {
        let mut effects = self.effects.borrow_mut();
        let before = effects.len();
        effects.retain(|(it, of, _)| *it != method || *of != template);
        let is_new = effects.len() == before;
        effects.push((method, template, effect));
        drop(effects);
        // A write of before a reload gets its effect with the first component that knows it.
        if is_new && self.pending(method, template) > 0 {
            self.show();
        }
    }

    /// Writes; the answer comes when there is one, or never when this is stopped. `make` gets the
    /// key.
    pub fn write(
        self: &Rc<Self>,
        make: impl FnOnce(String) -> Write,
    ) -> oneshot::Receiver<Outcome> {
        let (sender, receiver) = oneshot::channel();
        if self.is_stopped.get() {
            return receiver;
        }
        let write = make(self.next_key());
        self.waiting.borrow_mut().push((write.key.clone(), sender));
        self.happens(Event::Write(write));
        receiver
    }

    /// Keys are sorted by time, and differ between tabs.
    fn next_key(&self) -> String {
        let number = self.writes.get();
        self.writes.set(number.wrapping_add(1));
        // Also when the clock was set back meanwhile.
        let time = now().max(self.newest.get());
        self.newest.set(time);
        format!("{time:012x}-{number:08x}-{}", self.tab)
    }
}

fn tell(store: &Weak<Store>, event: Event) {
    if let Some(store) = store.upgrade() {
        store.happens(event);
    }
}

/// In milliseconds since the Unix epoch.
fn now() -> u64 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is less"
    )]
    let now = js_sys::Date::now() as u64;
    now
}

/// A text that is found nowhere else.
fn unique() -> String {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is less"
    )]
    let random = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    format!("{:08x}{:08x}", random(), random())
}
