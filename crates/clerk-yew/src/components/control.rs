//! Components that show their children in one state only.

use yew::prelude::*;

use crate::hooks::use_clerk;
use crate::machine::Status;

/// What these components take.
#[derive(Properties, PartialEq)]
pub struct ControlProps {
    /// Shown in the right state, and not even created in any other
    #[prop_or_default]
    pub children: Html,
}

fn when(condition: bool, props: &ControlProps) -> Html {
    if condition {
        props.children.clone()
    } else {
        Html::default()
    }
}

/// Shows its children when somebody is signed in.
#[component]
pub fn SignedIn(props: &ControlProps) -> Html {
    let clerk = use_clerk();
    when(matches!(clerk.status(), Status::SignedIn(..)), props)
}

/// Shows its children when nobody is signed in.
#[component]
pub fn SignedOut(props: &ControlProps) -> Html {
    let clerk = use_clerk();
    when(matches!(clerk.status(), Status::SignedOut), props)
}

/// Shows its children while Clerk is loading.
#[component]
pub fn ClerkLoading(props: &ControlProps) -> Html {
    let clerk = use_clerk();
    when(matches!(clerk.status(), Status::Loading), props)
}

/// Shows its children once Clerk is loaded.
#[component]
pub fn ClerkLoaded(props: &ControlProps) -> Html {
    let clerk = use_clerk();
    when(
        matches!(clerk.status(), Status::SignedIn(..) | Status::SignedOut),
        props,
    )
}

/// Shows its children when Clerk could not be loaded. `use_clerk().retry()` tries again.
#[component]
pub fn ClerkFailed(props: &ControlProps) -> Html {
    let clerk = use_clerk();
    when(matches!(clerk.status(), Status::Failed(_)), props)
}
