//! Clerk's prebuilt UI: clerk-js renders it into an element of ours.

use web_sys::Element;
use yew::prelude::*;

use crate::hooks::use_selected;
use crate::js;

/// Renders into the element as long as the component lives and Clerk is loaded.
#[hook]
fn use_mounted(path: Option<AttrValue>, name: &'static str) -> NodeRef {
    let node = use_node_ref();
    let clerk = use_selected(|now| now.clerk.clone());
    let element = node.clone();
    use_effect_with((clerk, path), move |(clerk, path)| {
        let mounted = clerk.clone().zip(element.cast::<Element>());
        if let Some((clerk, element)) = &mounted {
            let props = match path {
                Some(path) => {
                    js::object([("routing", "path".into()), ("path", path.as_str().into())])
                }
                None => js::object([]),
            };
            let mount = js::call(clerk, &format!("mount{name}"), &[element.into(), props]);
            if let Err(error) = mount {
                js::report(&format!("{name}: {error}"));
            }
        }
        move || {
            if let Some((clerk, element)) = mounted {
                // What was not mounted need not be taken away.
                let _ = js::call(&clerk, &format!("unmount{name}"), &[element.into()]);
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
    let node = use_mounted(props.path.clone(), "SignIn");
    html! { <div ref={node} /> }
}

/// Clerk's form for signing up.
#[component]
pub fn SignUp(props: &PageProps) -> Html {
    let node = use_mounted(props.path.clone(), "SignUp");
    html! { <div ref={node} /> }
}

/// Clerk's page for the account: name, addresses, password.
#[component]
pub fn UserProfile(props: &PageProps) -> Html {
    let node = use_mounted(props.path.clone(), "UserProfile");
    html! { <div ref={node} /> }
}

/// The signed-in person's picture with a menu: account, sign-out.
#[component]
pub fn UserButton() -> Html {
    let node = use_mounted(None, "UserButton");
    html! { <div ref={node} /> }
}
