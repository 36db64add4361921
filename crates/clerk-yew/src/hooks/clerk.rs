use yew::prelude::*;

use crate::clerk::Clerk;

/// Clerk itself: everything that it can do, and the object of clerk-js.
///
/// # Panics
/// Outside a [`ClerkProvider`](crate::ClerkProvider).
#[hook]
pub fn use_clerk() -> Clerk {
    let Some(clerk) = use_context::<Clerk>() else {
        panic!("clerk-yew: there is no ClerkProvider above this component");
    };
    clerk
}
