//! What renders when: a hook renders its component again only when what it answers has changed.
//! Each component here counts how often it has rendered.

use clerk_yew::{SignedIn, use_auth, use_session, use_user};
use yew::prelude::*;

/// One component for each hook.
#[component]
pub fn Renders() -> Html {
    html! {
        <dl>
            <Name />
            <Ids />
            <Session />
            <SignedIn><Somebody /></SignedIn>
        </dl>
    }
}

/// How often this component has rendered, this time included.
#[hook]
fn use_renders() -> u32 {
    let count = use_mut_ref(|| 0);
    *count.borrow_mut() += 1;
    *count.borrow()
}

fn counted(hook: &'static str, renders: u32, shown: Option<String>) -> Html {
    html! { <><dt>{ hook }</dt><dd data-hook={hook} data-renders={renders.to_string()}>{ shown }</dd></> }
}

/// Shows the person's name: renders again when that, or anything else of the person, changes.
#[component]
fn Name() -> Html {
    let name = use_user().signed_in().map(|user| user.full_name());
    counted("use_user", use_renders(), name)
}

/// Shows an id: renders again when somebody else is signed in, or may do something else.
#[component]
fn Ids() -> Html {
    let auth = use_auth();
    counted("use_auth", use_renders(), auth.user_id().map(str::to_owned))
}

/// Shows the session: a new token is no new session.
#[component]
fn Session() -> Html {
    let id = use_session().signed_in().map(|session| session.id());
    counted("use_session", use_renders(), id)
}

/// Is there while somebody is signed in.
#[component]
fn Somebody() -> Html {
    counted("SignedIn", use_renders(), None)
}
