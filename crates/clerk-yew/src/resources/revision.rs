//! What tells two states of a resource apart.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::js;

/// What changes without anything to see: every request touches it. A session's `user` has a
/// revision of its own.
const UNSEEN: [&str; 12] = [
    "abandonAt",
    "abandon_at",
    "expireAt",
    "expire_at",
    "lastActiveAt",
    "last_active_at",
    "lastActiveToken",
    "last_active_token",
    "cachedSessionsWithActivities",
    "factorVerificationAge",
    "factor_verification_age",
    "user",
];

/// The content of a resource as text: equal for two objects exactly when a component that shows
/// them shows the same. A refreshed token changes nothing.
pub(crate) fn revision(of: &JsValue) -> Rc<str> {
    // Outside WebAssembly there are no objects.
    if cfg!(not(target_arch = "wasm32")) || !of.is_object() {
        return "".into();
    }
    // clerk-js's own plain form of a resource, where it has one.
    let plain = js::call(of, "__internal_toSnapshot", &[]).unwrap_or_else(|_| of.clone());
    let seen = Object::assign(&Object::new(), plain.unchecked_ref());
    // A session is updated by being used.
    let is_session = ["lastActiveAt", "last_active_at"]
        .iter()
        .any(|name| js::member(&plain, name).is_some());
    let updated = if is_session {
        &["updatedAt", "updated_at"][..]
    } else {
        &[]
    };
    for name in UNSEEN.iter().chain(updated) {
        // Setting a property of a fresh plain object cannot fail; JSON leaves `undefined` out.
        let _ = Reflect::set(&seen, &(*name).into(), &JsValue::UNDEFINED);
    }
    match JSON::stringify(&seen) {
        Ok(json) => String::from(json).into(),
        // Something in it has no plain form: then every reading counts as new.
        Err(_) => unique(),
    }
}

fn unique() -> Rc<str> {
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    NEXT.with(|next| {
        next.set(next.get() + 1);
        next.get().to_string().into()
    })
}
