//! Clerk's page for the account, with a page of the app's own in it.

use clerk_yew::{UserProfile, UserProfilePage, use_user};
use yew::prelude::*;

/// The account.
#[component]
pub fn Account() -> Html {
    html! {
        <UserProfile path="/account">
            <UserProfilePage label="Notes" url="notes" label_icon={html! { "✎" }}>
                <Signature />
            </UserProfilePage>
        </UserProfile>
    }
}

/// A page that keeps its state while the person looks at others.
#[component]
fn Signature() -> Html {
    let user = use_user().signed_in();
    let clicks = use_state(|| 0);
    let onclick = {
        let clicks = clicks.clone();
        move |_| clicks.set(*clicks + 1)
    };
    html! {
        <>
            <h1>{ "Your signature" }</h1>
            <p>{ user.map(|user| user.full_name()) }</p>
            <button {onclick}>{ "Sign" }</button>
            <p role="status">{ format!("Signed {} times", *clicks) }</p>
        </>
    }
}
