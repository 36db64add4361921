//! In a real browser, with a `Clerk` object of the tests' own: own forms for signing in and up,
//! organizations in pages, sessions, reverification, links by email. Each hook renders when what
//! it answers changed, and leaves nothing behind.
#![cfg(target_arch = "wasm32")]

#[path = "../stand_in/mod.rs"]
mod stand_in;

/// An app around a component.
macro_rules! app {
    ($name:ident, $child:ident) => {
        #[component]
        fn $name() -> Html {
            html! { <ClerkProvider publishable_key={KEY}><$child /></ClerkProvider> }
        }
    };
}

mod email_link;
mod forms;
mod organizations;
mod reverification;
mod sessions;

use std::cell::{Cell, RefCell};

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

thread_local!(static RENDERED: Cell<u32> = const { Cell::new(0) });

/// What a component keeps for its test.
type Kept<T> = &'static std::thread::LocalKey<RefCell<Option<T>>>;

fn keep<T>(kept: Kept<T>, value: T) {
    kept.with(|it| it.replace(Some(value)));
}

fn kept<T: Clone>(kept: Kept<T>) -> T {
    kept.with(|it| it.borrow().clone()).expect("it rendered")
}

/// How often a component rendered since this was last asked.
fn rendered() -> u32 {
    RENDERED.with(Cell::take)
}

fn renders() {
    RENDERED.with(|it| it.set(it.get() + 1));
}
