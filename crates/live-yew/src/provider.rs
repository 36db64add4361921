//! The provider, which is above everything that uses live queries.

use std::rc::Rc;

use yew::prelude::*;

use crate::kept;
use crate::store::{Config, Store};
use crate::token::Tokens;
use live::Link;

/// What a [`LiveProvider`] takes.
#[derive(Properties, PartialEq)]
pub struct LiveProviderProps {
    /// Whether it is known who is signed in, or that nobody is.
    pub is_loaded: bool,
    /// Who is signed in: the `sub` of their tokens. With the next one, and when nobody is any more,
    /// nothing of the one before is shown or sent, and what they left to be sent is forgotten: a page
    /// cannot tell a session that has lapsed from somebody who signed out at a computer of others.
    #[prop_or_default]
    pub person: Option<AttrValue>,
    /// What else of a token the answers depend on, such as the organization that is active: tabs
    /// that differ in it share nothing. What waits to be sent in one waits until that is active again.
    #[prop_or_default]
    pub group: Option<AttrValue>,
    /// Gives the person's tokens. The function of the first render is used as long as person and
    /// group stay.
    pub tokens: Tokens,
    /// Where the server is connected to
    #[prop_or("/api/live".into())]
    pub url: AttrValue,
    /// Where the server says whether a write was committed, before a slash and its key
    #[prop_or("/api/writes".into())]
    pub writes: AttrValue,
    /// Everything that uses live queries
    pub children: Html,
}

/// The store, once there is one.
#[derive(Clone, Default)]
pub(crate) struct Live(pub Option<Rc<Store>>);

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Live")
    }
}

impl PartialEq for Live {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Keeps the queries below it live while somebody is signed in. Pages have one.
#[component]
pub fn LiveProvider(props: &LiveProviderProps) -> Html {
    let live = use_state_eq(Live::default);
    let config = props.person.as_ref().map(|person| Config {
        person: person.to_string(),
        group: props.group.as_deref().unwrap_or_default().to_owned(),
        url: props.url.to_string(),
        writes: props.writes.to_string(),
        tokens: props.tokens.clone(),
    });
    let setter = live.setter();
    use_effect_with(
        (props.is_loaded, props.person.clone()),
        |(is_loaded, person)| {
            if *is_loaded {
                kept::keep_only(person.as_deref());
            }
        },
    );
    use_effect_with(config, move |config| {
        let store = config.clone().map(Store::start);
        setter.set(Live(store.clone()));
        move || {
            if let Some(store) = store {
                store.stop();
            }
        }
    });
    // What is still of somebody else is nobody's.
    let is_mine = |store: &Rc<Store>| {
        props.person.as_deref() == Some(store.person())
            && props.group.as_deref().unwrap_or_default() == store.group()
    };
    let context = Live(live.0.clone().filter(is_mine));
    html! {
        <ContextProvider<Live> {context}>{ props.children.clone() }</ContextProvider<Live>>
    }
}

/// The store, if there is one.
///
/// # Panics
/// Where no [`LiveProvider`] is above the component.
#[hook]
pub(crate) fn use_live() -> Live {
    let Some(live) = use_context::<Live>() else {
        panic!("there is no LiveProvider above this component");
    };
    live
}

/// Renders the component when what `see` answers is another.
#[hook]
pub(crate) fn use_seen<T: Clone + PartialEq + 'static>(
    live: &Live,
    see: impl Fn(&Store) -> T + 'static,
) -> Option<T> {
    let update = use_force_update();
    let seen = live.0.as_deref().map(&see);
    let last = use_mut_ref(|| None);
    let see: Rc<dyn Fn(&Store) -> T> = Rc::new(see);
    let newest = use_mut_ref(|| see.clone());
    *newest.borrow_mut() = see;
    use_effect_with(live.clone(), {
        let last = last.clone();
        move |live| {
            let listener = live.0.clone().map(|store| {
                let weak = Rc::downgrade(&store);
                let listener: Rc<dyn Fn()> = Rc::new(move || {
                    let Some(store) = weak.upgrade() else { return };
                    let seen = Some((newest.borrow())(&store));
                    if *last.borrow() != seen {
                        update.force_update();
                    }
                });
                store.listen(&listener);
                // What has come since it was rendered.
                listener();
                listener
            });
            move || drop(listener)
        }
    });
    last.borrow_mut().clone_from(&seen);
    seen
}

/// Whether changes arrive.
///
/// # Panics
/// Where no [`LiveProvider`] is above the component.
#[hook]
pub fn use_link() -> Link {
    let live = use_live();
    use_seen(&live, Store::link).unwrap_or_default()
}
