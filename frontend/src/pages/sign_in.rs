use clerk_yew::{SignIn, SignUp, use_auth};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::chunk;
use crate::navigation::replace;
use crate::route::Route;

/// Clerk's form for signing in.
pub fn sign_in() -> Html {
    html! { <Form><SignIn path="/sign-in" /></Form> }
}

/// Clerk's form for signing up.
pub fn sign_up() -> Html {
    html! { <Form><SignUp path="/sign-up" /></Form> }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    children: Html,
}

/// A form for those who come signed out; everybody else goes home. The form stays when it has
/// signed somebody in: Clerk may still have something to show, such as backup codes, and leads
/// away itself.
#[component]
fn Form(props: &FormProps) -> Html {
    let auth = use_auth();
    let signed_in = *use_memo((), |()| auth.is_signed_in());
    use_effect_with((), move |()| {
        if signed_in {
            replace(Route::Home.path());
        }
    });
    // Whoever begins to sign in will need the rest when that is done.
    let onfocusin = Callback::from(|_: FocusEvent| {
        spawn_local(async {
            let _ = chunk::load().await;
        });
    });
    html! {
        <div class="clerk" {onfocusin}>
            if !signed_in {
                { props.children.clone() }
            }
        </div>
    }
}
