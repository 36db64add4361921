//! The notes of the active organization.

use std::collections::BTreeMap;
use std::rc::Rc;

use board_shared::{NewNote, Note};
use clerk_yew::{CreateOrganization, use_auth};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::api;

/// The notes that the page has seen, by their ids: answers may overtake each other.
#[derive(Clone, Default, PartialEq)]
struct Known(BTreeMap<u64, Note>);

/// What changes them.
enum Event {
    /// Another organization is active.
    Forget,
    /// The server answered these.
    Seen(Vec<Note>),
}

impl Reducible for Known {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        let mut known = self.0.clone();
        match event {
            Event::Forget => known.clear(),
            Event::Seen(notes) => known.extend(notes.into_iter().map(|note| (note.id, note))),
        }
        Rc::new(Self(known))
    }
}

/// The notes, and a form for a new one.
#[component]
pub fn Notes() -> Html {
    let auth = use_auth();
    let notes = use_reducer(Known::default);
    let error = use_state(|| None::<String>);
    let field = use_node_ref();
    let organization = auth.org_id().map(str::to_owned);

    {
        let (auth, notes, error) = (auth.clone(), notes.dispatcher(), error.setter());
        use_effect_with(organization.clone(), move |organization| {
            notes.dispatch(Event::Forget);
            if organization.is_some() {
                spawn_local(async move {
                    match api::notes(&auth).await {
                        Ok(all) => notes.dispatch(Event::Seen(all)),
                        Err(reason) => error.set(Some(reason.to_string())),
                    }
                });
            }
        });
    }
    let onsubmit = {
        let (notes, error, field) = (notes.dispatcher(), error.setter(), field.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let note = NewNote {
                text: input.value(),
            };
            if let Some(wrong) = note.error() {
                return error.set(Some(wrong.to_owned()));
            }
            let (auth, notes, error) = (auth.clone(), notes.clone(), error.clone());
            spawn_local(async move {
                match api::write(&auth, &note).await {
                    Ok(written) => {
                        input.set_value("");
                        error.set(None);
                        notes.dispatch(Event::Seen(vec![written]));
                    }
                    Err(reason) => error.set(Some(reason.to_string())),
                }
            });
        })
    };
    if organization.is_none() {
        return html! {
            <>
                <p>{ "Notes belong to an organization. Choose one above, or create one." }</p>
                <CreateOrganization after_create_organization_url="/" />
            </>
        };
    }
    html! {
        <>
            <h1>{ "Notes" }</h1>
            <form {onsubmit}>
                <label for="text">{ "New note" }</label>
                <input id="text" ref={field} maxlength="500" />
                if let Some(error) = &*error { <p class="error">{ error }</p> }
                <button>{ "Add" }</button>
            </form>
            <ul class="notes">
                { for notes.0.values().rev().map(|note| html! { <li key={note.id}>{ &note.text }</li> }) }
            </ul>
        </>
    }
}
