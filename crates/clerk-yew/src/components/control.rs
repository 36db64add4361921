//! Components that show their children in one state only.

use yew::prelude::*;

use crate::hooks::use_selected;
use crate::state::Status;
use crate::store::Snapshot;

/// What these components take.
#[derive(Properties, PartialEq)]
pub struct ControlProps {
    /// Shown in the right state, and not even created in any other
    #[prop_or_default]
    pub children: Html,
}

/// The children, in one state only.
#[hook]
fn use_when(props: &ControlProps, condition: fn(&Snapshot) -> bool) -> Html {
    if use_selected(condition) {
        props.children.clone()
    } else {
        Html::default()
    }
}

/// Shows its children when somebody is signed in.
#[component]
pub fn SignedIn(props: &ControlProps) -> Html {
    use_when(props, |now| now.signed.is_signed_in())
}

/// Shows its children when nobody is signed in.
#[component]
pub fn SignedOut(props: &ControlProps) -> Html {
    use_when(props, |now| now.signed.is_signed_out())
}

/// Shows its children while Clerk is loading.
#[component]
pub fn ClerkLoading(props: &ControlProps) -> Html {
    use_when(props, |now| now.status == Status::Loading)
}

/// Shows its children once Clerk is loaded.
#[component]
pub fn ClerkLoaded(props: &ControlProps) -> Html {
    use_when(props, |now| now.status.is_loaded())
}

/// Shows its children when Clerk could not be loaded. `use_clerk().retry()` tries again.
#[component]
pub fn ClerkFailed(props: &ControlProps) -> Html {
    use_when(props, |now| matches!(now.status, Status::Failed(_)))
}
