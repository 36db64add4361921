//! Where the visit is, and the way to somewhere else without loading the page anew.

use wasm_bindgen::prelude::*;
use web_sys::{Event, window};
use yew::prelude::*;

use crate::route::Route;

/// The event of a change of the path by this page itself; the browser tells of its own buttons only.
const MOVED: &str = "page:moved";

/// Goes to a path, which may have a query. Clerk's steps have some that are no route of ours.
pub fn push(path: &str) {
    go(path, false);
}

/// As [`push`], in the place of where the visit is.
pub fn replace(path: &str) {
    go(path, true);
}

fn go(path: &str, in_place: bool) {
    let Some(window) = window() else { return };
    if let Ok(history) = window.history() {
        // Browsers refuse what comes a hundred times a second.
        let _ = if in_place {
            history.replace_state_with_url(&JsValue::NULL, "", Some(path))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(path))
        };
    }
    if let Ok(event) = Event::new(MOVED) {
        let _ = window.dispatch_event(&event);
    }
}

/// Where the visit is; at first, at this path.
#[hook]
pub fn use_route(first: &str) -> Route {
    let route = use_state_eq(|| Route::of_path(first));
    let setter = route.setter();
    use_effect_with((), move |()| {
        let follow = Closure::<dyn Fn()>::new(move || {
            let path = window().and_then(|it| it.location().pathname().ok());
            setter.set(Route::of_path(&path.unwrap_or_default()));
        });
        if let Some(window) = window() {
            for event in ["popstate", MOVED] {
                let listener = follow.as_ref().unchecked_ref();
                let _ = window.add_event_listener_with_callback(event, listener);
            }
        }
        // The page has one of them, for as long as it is open.
        follow.forget();
    });
    *route
}

/// A link that loads nothing anew. Before any script ran, it leads there all the same.
pub fn link(to: Route, class: &'static str, text: &'static str) -> Html {
    let onclick = Callback::from(move |event: MouseEvent| {
        // Another tab or window is the browser's business.
        if !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            push(to.path());
        }
    });
    html! { <a {class} href={to.path()} {onclick}>{ text }</a> }
}
