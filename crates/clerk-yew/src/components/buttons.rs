//! Buttons for signing in, up and out.

use yew::prelude::*;

use crate::hooks::{ClerkHandle, use_clerk};

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

fn button(props: &ButtonProps, label: &str, clerk: ClerkHandle, act: fn(&ClerkHandle)) -> Html {
    let disabled = clerk.clerk().is_none();
    let onclick = Callback::from(move |_| act(&clerk));
    html! {
        <button type="button" class={props.class.clone()} {disabled} {onclick}>
            if props.children.is_empty() { { label } } else { { props.children.clone() } }
        </button>
    }
}

/// Goes to the page for signing in.
#[component]
pub fn SignInButton(props: &ButtonProps) -> Html {
    button(
        props,
        "Sign in",
        use_clerk(),
        ClerkHandle::redirect_to_sign_in,
    )
}

/// Goes to the page for signing up.
#[component]
pub fn SignUpButton(props: &ButtonProps) -> Html {
    button(
        props,
        "Sign up",
        use_clerk(),
        ClerkHandle::redirect_to_sign_up,
    )
}

/// Signs out.
#[component]
pub fn SignOutButton(props: &ButtonProps) -> Html {
    button(props, "Sign out", use_clerk(), ClerkHandle::sign_out)
}
