//! Who is here: as Clerk says, and until it has, as its cookie lets expect. What is expected
//! chooses what is painted first, and opens nothing.

use clerk_yew::use_auth;
use shared::Visitor;
use wasm_bindgen::JsCast;
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
