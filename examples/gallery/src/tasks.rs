//! What a session must do before it counts. Whoever has none of these to do is led on.

use clerk_yew::{TaskChooseOrganization, TaskResetPassword, TaskSetupMFA};
use yew::prelude::*;

/// Choosing an organization, or making one.
#[component]
pub fn ChooseOrganization() -> Html {
    html! { <TaskChooseOrganization redirect_url_complete="/user-button" /> }
}

/// Setting up a second factor.
#[component]
pub fn SetupMfa() -> Html {
    html! { <TaskSetupMFA redirect_url_complete="/user-button" /> }
}

/// Choosing a new password.
#[component]
pub fn ResetPassword() -> Html {
    html! { <TaskResetPassword redirect_url_complete="/user-button" /> }
}
