//! The provider: what is above everything that uses Clerk.

use yew::prelude::*;

use crate::clerk::{Clerk, clerk};
use crate::options::{ClerkProviderProps, Options};
use crate::page::page;

/// Loads Clerk, and is above everything that uses it. One in a page, near its root.
#[component]
pub fn ClerkProvider(props: &ClerkProviderProps) -> Html {
    use_effect_with((), |()| {
        let entered = page().enter();
        move || drop(entered)
    });
    let wanted = (!props.defer).then(|| Options::from(props));
    use_effect_with(wanted, |wanted| {
        if let Some(options) = wanted {
            page().apply(options);
        }
    });
    html! {
        <ContextProvider<Clerk> context={clerk()}>{ props.children.clone() }</ContextProvider<Clerk>>
    }
}
