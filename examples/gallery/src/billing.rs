//! Plans.

use clerk_yew::{ClerkError, CtaPosition, PricingTable};
use yew::prelude::*;

/// The plans. Clerk refuses to show them when the instance sells none, and says so.
#[component]
pub fn Plans() -> Html {
    let refused = use_state(String::new);
    let setter = refused.setter();
    let on_error = move |error: ClerkError| setter.set(error.to_string());
    html! {
        <>
            <PricingTable cta_position={CtaPosition::Top} {on_error} />
            <p class="error" role="alert">{ (*refused).clone() }</p>
        </>
    }
}
