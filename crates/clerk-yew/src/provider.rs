//! The provider: loads Clerk, keeps the state machine, tells everybody below.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use yew::prelude::*;

use crate::bindings::Clerk;
use crate::bridge::{Appearance, Listener, LoadOptions, emission, load};
use crate::machine::{Event, Machine};
use crate::tabs::Tabs;
use crate::task::Task;

/// What is above everything that uses Clerk.
#[derive(Clone, PartialEq)]
pub(crate) struct ClerkContext {
    pub machine: UseReducerHandle<Reduced>,
    clerk: UseStateHandle<Option<Loaded>>,
}

impl ClerkContext {
    /// clerk-js, once it is loaded.
    pub fn clerk(&self) -> Option<Clerk> {
        self.clerk.as_ref().map(|loaded| loaded.0.clone())
    }
}

/// clerk-js, compared by identity.
struct Loaded(Clerk);

impl PartialEq for Loaded {
    fn eq(&self, other: &Self) -> bool {
        let (mine, theirs): (&JsValue, &JsValue) = (self.0.as_ref(), other.0.as_ref());
        mine == theirs
    }
}

/// The machine as Yew's reducer. A state that equals the one before renders nothing.
#[derive(Default, PartialEq)]
pub(crate) struct Reduced(pub Machine);

impl Reducible for Reduced {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        let next = self.0.after(event);
        if next == self.0 {
            self
        } else {
            Rc::new(Self(next))
        }
    }
}

/// What a [`ClerkProvider`] takes.
#[derive(Properties, PartialEq)]
pub struct ClerkProviderProps {
    /// Clerk's publishable key, `pk_test_…` or `pk_live_…`
    pub publishable_key: AttrValue,
    /// Clerk's Frontend-API proxy: a URL, or a path of this origin
    #[prop_or_default]
    pub proxy_url: Option<AttrValue>,
    /// Path of the page with [`SignIn`](crate::SignIn)
    #[prop_or(AttrValue::Static("/sign-in"))]
    pub sign_in_url: AttrValue,
    /// Path of the page with [`SignUp`](crate::SignUp)
    #[prop_or(AttrValue::Static("/sign-up"))]
    pub sign_up_url: AttrValue,
    /// Called with the path Clerk wants to go to, for the app's router
    #[prop_or_default]
    pub on_navigate: Callback<String>,
    /// How the prebuilt UI looks
    #[prop_or_default]
    pub appearance: Appearance,
    /// Everything that uses Clerk
    pub children: Html,
}

/// Loads Clerk and tells everything below who is signed in. One in a page.
#[component]
pub fn ClerkProvider(props: &ClerkProviderProps) -> Html {
    let machine = use_reducer_eq(Reduced::default);
    let clerk = use_state_eq(|| None);
    let on_navigate = use_mut_ref(|| props.on_navigate.clone());
    *on_navigate.borrow_mut() = props.on_navigate.clone();

    let deps = (
        machine.0.attempt,
        props.publishable_key.clone(),
        props.proxy_url.clone(),
    );
    let (dispatcher, loaded) = (machine.dispatcher(), clerk.setter());
    let (sign_in_url, sign_up_url) = (props.sign_in_url.clone(), props.sign_up_url.clone());
    let appearance = props.appearance.clone();
    use_effect_with(deps, move |(attempt, publishable_key, proxy_url)| {
        let (attempt, publishable_key, proxy_url) =
            (*attempt, publishable_key.clone(), proxy_url.clone());
        let listener = Rc::new(RefCell::new(None));
        let listening = listener.clone();
        let task = Task::spawn(async move {
            let navigate = Closure::<dyn Fn(String)>::new(move |to: String| {
                let callback = on_navigate.borrow().clone();
                callback.emit(to);
            });
            let options = LoadOptions {
                publishable_key: &publishable_key,
                proxy_url: proxy_url.as_deref(),
                sign_in_url: &sign_in_url,
                sign_up_url: &sign_up_url,
                appearance: &appearance,
                navigate: navigate.as_ref().unchecked_ref(),
            };
            match load(options).await {
                Ok(clerk) => {
                    // clerk-js keeps it for the life of the page.
                    navigate.forget();
                    loaded.set(Some(Loaded(clerk.clone())));
                    dispatcher.dispatch(Event::Emitted(emission(&clerk)));
                    let changed = dispatcher.clone();
                    let forms = [sign_in_url.as_str(), sign_up_url.as_str()];
                    let mut tabs = Tabs::open(&clerk, &publishable_key, forms);
                    *listening.borrow_mut() = Some(Listener::new(&clerk, move |emission| {
                        tabs.note(&emission);
                        changed.dispatch(Event::Emitted(emission));
                    }));
                }
                Err(error) => dispatcher.dispatch(Event::Failed(attempt, error)),
            }
        });
        move || {
            drop(task);
            drop(listener.take());
        }
    });

    let context = ClerkContext { machine, clerk };
    html! {
        <ContextProvider<ClerkContext> {context}>{ props.children.clone() }</ContextProvider<ClerkContext>>
    }
}
