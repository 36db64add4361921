//! Buttons for signing in, up and out.

use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::clerk::Clerk;
use crate::hooks::use_clerk;

/// What these buttons take.
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// CSS classes
    #[prop_or_default]
    pub class: Classes,
    /// The label; a plain one when there is none
    #[prop_or_default]
    pub children: Children,
}

fn button(props: &ButtonProps, label: &str, clerk: Clerk, act: fn(&Clerk, JsValue)) -> Html {
    let onclick = Callback::from(move |_| act(&clerk, JsValue::UNDEFINED));
    html! {
        <button type="button" class={props.class.clone()} {onclick}>
            if props.children.is_empty() { { label } } else { { props.children.clone() } }
        </button>
    }
}

/// Goes to the page for signing in.
#[component]
pub fn SignInButton(props: &ButtonProps) -> Html {
    button(props, "Sign in", use_clerk(), Clerk::redirect_to_sign_in)
}

/// Goes to the page for signing up.
#[component]
pub fn SignUpButton(props: &ButtonProps) -> Html {
    button(props, "Sign up", use_clerk(), Clerk::redirect_to_sign_up)
}

/// Signs out.
#[component]
pub fn SignOutButton(props: &ButtonProps) -> Html {
    button(props, "Sign out", use_clerk(), Clerk::sign_out)
}
