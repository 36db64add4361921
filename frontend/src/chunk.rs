//! What only those who are signed in need: their profile and their account, which [`crate::person`]
//! shows. A release splits it off from the rest of the wasm (feature `split`), so that strangers do
//! not wait for it; it is fetched with the first bytes for whoever was signed in, and for everybody
//! else while they sign in.

use std::cell::Cell;

use yew::prelude::*;

use crate::components::{notice, retry_button};
use crate::person;
use crate::task::Task;

pub use crate::person::{Part, PersonProps};

/// How what is loaded shows itself.
type Show = fn(&PersonProps) -> Html;

/// It could not be loaded.
#[derive(Debug)]
pub struct Lost;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for Lost {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

thread_local! {
    static LOADED: Cell<Option<Show>> = const { Cell::new(None) };
}

/// The way into the chunk: all that only this leads to is in it.
#[cfg(feature = "split")]
#[allow(clippy::unnecessary_wraps, reason = "what it becomes can fail")]
#[wasm_split_helpers::wasm_split(person, fallible)]
fn show() -> Result<Show, Lost> {
    Ok(person::part)
}

#[cfg(not(feature = "split"))]
fn show() -> std::future::Ready<Result<Show, Lost>> {
    std::future::ready(Ok(person::part))
}

/// Loads it, if it is not there yet. A load that failed can be tried again.
pub async fn load() -> Result<(), Lost> {
    LOADED.set(Some(show().await?));
    Ok(())
}

/// What is loaded: everything from the beginning, where nothing was split off.
fn loaded() -> Option<Show> {
    #[cfg(not(feature = "split"))]
    LOADED.set(Some(person::part));
    LOADED.get()
}

/// What somebody who is signed in sees, once it is loaded.
#[component]
pub fn Person(props: &PersonProps) -> Html {
    let is_lost = use_state_eq(|| false);
    let tries = use_state(|| 0);
    let show = loaded();
    let (setter, again) = (is_lost.setter(), use_force_update());
    use_effect_with((show.is_some(), *tries), move |(is_loaded, _)| {
        let task = (!is_loaded).then(|| {
            Task::spawn(async move {
                match load().await {
                    Ok(()) => again.force_update(),
                    Err(Lost) => setter.set(true),
                }
            })
        });
        move || drop(task)
    });
    match (show, props.part) {
        (Some(show), _) => show(props),
        (None, Part::Page) if *is_lost => {
            let retry = Callback::from(move |()| {
                is_lost.set(false);
                tries.set(*tries + 1);
            });
            let ways_out = html! {
                <div class="actions">
                    { retry_button(&retry) }
                    // A document, not a route: it comes from the server.
                    <a class="button" href={props.route.path()}>{ "Reload" }</a>
                </div>
            };
            let text = "Check your connection and try again. If this app has been updated since you \
                opened it, reload the page.";
            notice("This page could not be loaded", text, ways_out)
        }
        (None, _) => props.waiting.clone(),
    }
}
