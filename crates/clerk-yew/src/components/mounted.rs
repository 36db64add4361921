//! Clerk's prebuilt UI: clerk-js renders it into an element of ours.

use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::prelude::*;

use crate::bindings::Clerk;
use crate::bridge::object;
use crate::hooks::use_clerk;

type Mount = fn(&Clerk, &Element, &JsValue) -> Result<(), JsValue>;
type Unmount = fn(&Clerk, &Element) -> Result<(), JsValue>;

/// Renders into the element as long as the component lives and Clerk is loaded.
#[hook]
fn use_mounted(path: Option<AttrValue>, mount: Mount, unmount: Unmount) -> NodeRef {
    let node = use_node_ref();
    let clerk = use_clerk().clerk();
    let element = node.clone();
    use_effect_with((clerk.is_some(), path), move |(_, path)| {
        let mounted = clerk.zip(element.cast::<Element>());
        if let Some((clerk, element)) = &mounted {
            let props = match path {
                Some(path) => object([("routing", "path".into()), ("path", path.as_str().into())]),
                None => object([]),
            };
            // Clerk logs what is wrong with a mount.
            let _ = mount(clerk, element, &props);
        }
        move || {
            if let Some((clerk, element)) = mounted {
                let _ = unmount(&clerk, &element);
            }
        }
    });
    node
}

/// What the pages of Clerk's UI take.
#[derive(Properties, PartialEq)]
pub struct PageProps {
    /// Path of the page it stands on, below which it has pages of its own; none: the steps
    /// are kept in the URL's hash
    #[prop_or_default]
    pub path: Option<AttrValue>,
}

/// Clerk's form for signing in.
#[component]
pub fn SignIn(props: &PageProps) -> Html {
    let node = use_mounted(
        props.path.clone(),
        Clerk::mount_sign_in,
        Clerk::unmount_sign_in,
    );
    html! { <div ref={node} /> }
}

/// Clerk's form for signing up.
#[component]
pub fn SignUp(props: &PageProps) -> Html {
    let node = use_mounted(
        props.path.clone(),
        Clerk::mount_sign_up,
        Clerk::unmount_sign_up,
    );
    html! { <div ref={node} /> }
}

/// Clerk's page for the account: name, addresses, password.
#[component]
pub fn UserProfile(props: &PageProps) -> Html {
    let node = use_mounted(
        props.path.clone(),
        Clerk::mount_user_profile,
        Clerk::unmount_user_profile,
    );
    html! { <div ref={node} /> }
}

/// The signed-in person's picture with a menu: account, sign-out.
#[component]
pub fn UserButton() -> Html {
    let node = use_mounted(None, Clerk::mount_user_button, Clerk::unmount_user_button);
    html! { <div ref={node} /> }
}
