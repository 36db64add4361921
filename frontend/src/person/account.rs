use clerk_yew::{Appearance, UserProfile};
use yew::prelude::*;

use super::delete_account::DeleteAccount;

/// Clerk's page for the account, and the way out.
pub fn account() -> Html {
    html! {
        <>
            <div class="heading">
                <h1>{ "Your account" }</h1>
                <p class="hint">
                    { "Manage how you sign in. If you change your name or email address here, your profile changes, too." }
                </p>
            </div>
            <div class="account"><UserProfile path="/account" appearance={appearance()} /></div>
            <DeleteAccount />
        </>
    }
}

/// As wide as the page, by classes of its own. Clerk's own way to delete the account is hidden.
fn appearance() -> Appearance {
    Appearance::new().elements([
        ("rootBox", "as-wide"),
        ("cardBox", "as-wide as-card"),
        ("profileSection__danger", "is-hidden"),
    ])
}
