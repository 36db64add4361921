//! Who is here: as Clerk says, and until it has, as its cookie lets expect. What is expected
//! chooses what is painted first, and opens nothing.

use clerk_yew::use_auth;
use shared::Visitor;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlDocument, window};
use yew::prelude::*;

/// Whom Clerk's cookie lets expect.
pub fn expected() -> Visitor {
    Visitor::of_cookies(&cookies())
}

/// Clerk's cookies that pages may read: they change whenever somebody signs in or out.
pub fn cookies() -> String {
    let all = window()
        .and_then(|window| window.document()?.dyn_into::<HtmlDocument>().ok())
        .and_then(|document| document.cookie().ok())
        .unwrap_or_default();
    let all = all.split("; ");
    let mut clerks: Vec<_> = all.filter(|it| it.starts_with("__client_uat")).collect();
    clerks.sort_unstable();
    clerks.join("; ")
}

/// Lets the page begin anew when the browser brings it back as it was left, and somebody has signed
/// in or out since.
pub fn recheck_when_brought_back() {
    let Some(window) = window() else { return };
    let mut left_with = None;
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if event.type_() == "pagehide" {
            left_with = Some(cookies());
        } else if left_with.take().is_some_and(|it| it != cookies())
            && let Some(window) = web_sys::window()
        {
            let _ = window.location().reload();
        }
    });
    let listener = listener.into_js_value().unchecked_into();
    for event in ["pagehide", "pageshow"] {
        let _ = window.add_event_listener_with_callback(event, &listener);
    }
}

/// Who is here, as far as is known; what was expected at first is a context.
#[hook]
pub fn use_visitor() -> Visitor {
    let auth = use_auth();
    let expected = use_context::<Visitor>().unwrap_or_default();
    if !auth.is_loaded() {
        expected
    } else if auth.is_signed_in() {
        Visitor::SignedIn
    } else {
        Visitor::SignedOut
    }
}
