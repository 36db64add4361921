//! The page's one Clerk: clerk-js is one object for the whole page, so it is the page that loads
//! it, listens to it and keeps what it calls back; components come and go.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

use crate::deadline::within;
use crate::error::{ClerkError, ErrorKind};
use crate::js;
use crate::options::Options;
use crate::scripts::{self, not_loaded};
use crate::state::Status;
use crate::store::{Snapshot, Store, signed};
use crate::tabs::Tabs;

/// How long `Clerk.load` may take, in milliseconds.
const TIMEOUT: u32 = 15_000;

thread_local! {
    static PAGE: RefCell<Rc<Page>> = RefCell::default();
}

/// What lives as long as the page.
pub(crate) struct Page {
    pub store: Rc<Store>,
    /// Those of the newest provider
    options: RefCell<Options>,
    /// clerk-js, loaded
    clerk: RefCell<Option<JsValue>>,
    /// Whether it is being loaded
    loading: Cell<bool>,
    /// What `Clerk.load` promised
    promised: RefCell<Option<Promise>>,
    /// Why it did not load
    failure: RefCell<Option<ClerkError>>,
    tabs: RefCell<Option<Tabs>>,
    providers: Cell<u32>,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            store: Rc::new(Store::new(Snapshot::loading())),
            options: RefCell::default(),
            clerk: RefCell::default(),
            loading: Cell::default(),
            promised: RefCell::default(),
            failure: RefCell::default(),
            tabs: RefCell::default(),
            providers: Cell::default(),
        }
    }
}

/// The page's Clerk.
pub(crate) fn page() -> Rc<Page> {
    PAGE.with_borrow(Rc::clone)
}

/// Begins anew, as a page does that was just opened.
pub(crate) fn renew() {
    let old = PAGE.replace(Rc::default());
    old.tabs.take();
}

impl Page {
    /// A provider is there. Dropping the answer says that it has gone.
    pub fn enter(self: &Rc<Self>) -> Entered {
        self.providers.set(self.providers.get() + 1);
        let page = self.clone();
        spawn_local(async move {
            // One that takes the place of another may be there before that has gone.
            TimeoutFuture::new(0).await;
            if page.providers.get() > 1 {
                js::report(
                    "there are several <ClerkProvider>s in this page, and only one Clerk. \
                     Wrap the app in one, near its root.",
                );
            }
        });
        Entered(self.clone())
    }

    /// What the newest provider wants.
    pub fn apply(self: &Rc<Self>, options: &Options) {
        let before = self.options.replace(options.clone());
        let clerk = self.clerk.borrow().clone();
        match clerk {
            None => self.start(),
            Some(clerk) => {
                if let Some(error) = self.misfit(&clerk) {
                    js::report(&error.to_string());
                } else if options.differ(&before) {
                    // Clerk's UI alone needs them; where it is not there, nothing shows them.
                    let _ = js::call(&clerk, "__internal_updateProps", &[options.update()]);
                }
                self.refresh();
            }
        }
    }

    /// Tries again after a failure to load.
    pub fn retry(self: &Rc<Self>) {
        // Without a key no provider has wanted it yet.
        let wanted = !self.options.borrow().publishable_key().is_empty();
        if wanted && self.clerk.borrow().is_none() {
            self.start();
        }
    }

    /// Loads Clerk, unless that is under way.
    fn start(self: &Rc<Self>) {
        if self.loading.replace(true) {
            return;
        }
        self.failure.take();
        self.refresh();
        let page = self.clone();
        spawn_local(async move {
            let result = page.load().await;
            page.loading.set(false);
            match result {
                Ok(clerk) => page.arrived(&clerk),
                Err(error) => {
                    // It may have come while its failure was on the way.
                    page.failure.replace(Some(error));
                    page.refresh();
                }
            }
        });
    }

    async fn load(self: &Rc<Self>) -> Result<JsValue, ClerkError> {
        let options = self.options.borrow().clone();
        scripts::load(&options).await?;
        let clerk = js::of_page("Clerk").unwrap_or_default();
        if !js::get(&clerk, "load").is_function() || !js::get(&clerk, "addListener").is_function() {
            return Err(not_loaded(
                "foreign_clerk",
                "The sign-in service failed: `window.Clerk` is not clerk-js; something else in \
                 this page has defined it.",
            ));
        }
        if js::is_true(&clerk, "loaded") {
            return Ok(clerk);
        }
        // The attempt before may have taken too long, and go on.
        let promised = if let Some(promised) = self.promised.take() {
            promised
        } else {
            self.follow_status(&clerk);
            let load = js::call(&clerk, "load", &[self.load_options(&options)])?;
            Promise::resolve(&load)
        };
        self.promised.replace(Some(promised.clone()));
        let answer = async {
            JsFuture::from(promised)
                .await
                .map_err(|it| ClerkError::thrown(&it))
        };
        let Some(answer) = within(TIMEOUT, Box::pin(answer)).await else {
            return Err(scripts::late());
        };
        self.promised.take();
        answer.map(|_| clerk).map_err(|error| {
            let message = format!("The sign-in service failed: {error}");
            error.of_kind(ErrorKind::NotLoaded, message)
        })
    }

    /// What `Clerk.load` takes.
    fn load_options(self: &Rc<Self>, options: &Options) -> JsValue {
        let load = options.load_options();
        if options.wants_ui_script() {
            let ui = js::of_page(scripts::UI_CONSTRUCTOR).unwrap_or_default();
            js::set(&load, "ui", &js::object([("ClerkUI", ui)]));
        }
        // clerk-js hands every way within this origin to a router that it is given.
        if options.router_push.is_some() {
            js::set(&load, "routerPush", &self.router(|it| &it.router_push));
        }
        if options.router_replace.is_some() {
            js::set(
                &load,
                "routerReplace",
                &self.router(|it| &it.router_replace),
            );
        }
        load
    }

    /// A function for clerk-js that goes the way of the newest provider.
    fn router(self: &Rc<Self>, of: fn(&Options) -> &Option<Callback<String>>) -> JsValue {
        let page = self.clone();
        Closure::<dyn Fn(String, JsValue)>::new(move |to: String, with: JsValue| {
            let callback = of(&page.options.borrow()).clone();
            match callback {
                Some(callback) => callback.emit(to),
                None => {
                    // As clerk-js does where it has no router.
                    let _ = js::call(&with, "windowNavigate", &[to.into()]);
                }
            }
        })
        .into_js_value()
    }

    /// Hears when Clerk gets worse or better, or arrives after all.
    fn follow_status(self: &Rc<Self>, clerk: &JsValue) {
        let (page, of) = (self.clone(), clerk.clone());
        let changed = Closure::<dyn FnMut()>::new(move || {
            if js::is_true(&of, "loaded") {
                page.arrived(&of);
            }
        });
        let arguments = ["status".into(), changed.into_js_value()];
        // Only a clerk-js before version 6 has no `on`.
        let _ = js::call(clerk, "on", &arguments);
    }

    /// Clerk is there.
    fn arrived(self: &Rc<Self>, clerk: &JsValue) {
        if self.clerk.replace(Some(clerk.clone())).is_none() {
            self.failure.take();
            let options = self.options.borrow().clone();
            let page = self.clone();
            let changed = Closure::<dyn FnMut()>::new(move || page.refresh()).into_js_value();
            // That it has this method is known.
            let _ = js::call(clerk, "addListener", &[changed]);
            self.tabs
                .replace(Some(Tabs::open(clerk, self.store.clone(), &options)));
        }
        self.refresh();
    }

    /// Tells what is the case now.
    pub fn refresh(&self) {
        self.store.set(self.snapshot());
        if let Some(tabs) = &*self.tabs.borrow() {
            tabs.note(&self.store.now().signed);
        }
    }

    /// Why this Clerk is not the one that the newest provider wants: there is one in a page, and
    /// it keeps the key that it was made with.
    fn misfit(&self, clerk: &JsValue) -> Option<ClerkError> {
        let key = js::string(clerk, "publishableKey")?;
        (key != self.options.borrow().publishable_key()).then(|| {
            not_loaded(
                "publishable_key_changed",
                "The sign-in service failed: this page has loaded Clerk with another publishable \
                 key. Reload the page.",
            )
        })
    }

    fn snapshot(&self) -> Snapshot {
        let clerk = self.clerk.borrow().clone();
        let Some(clerk) = clerk else {
            let failure = self.failure.borrow().clone();
            return Snapshot::without(failure.map_or(Status::Loading, Status::Failed));
        };
        if let Some(error) = self.misfit(&clerk) {
            return Snapshot::without(Status::Failed(error));
        }
        let degraded = js::string(&clerk, "status").as_deref() == Some("degraded");
        Snapshot {
            status: if degraded {
                Status::Degraded
            } else {
                Status::Ready
            },
            // What was known stays known until Clerk has made up its mind.
            signed: signed(&clerk).unwrap_or_else(|| self.store.now().signed.clone()),
            clerk: Some(clerk),
        }
    }
}

/// A provider in the page.
pub(crate) struct Entered(Rc<Page>);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.providers.set(self.0.providers.get() - 1);
    }
}
