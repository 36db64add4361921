use clerk_yew::{SignIn, SignUp, use_auth};
use yew::prelude::*;
use yew_router::prelude::*;

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
    html! {
        <div class="clerk">
            if signed_in {
                <Redirect<Route> to={Route::Home} />
            } else {
                { props.children.clone() }
            }
        </div>
    }
}
