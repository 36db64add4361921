use clerk_yew::{User, use_user};
use yew::prelude::*;

use super::blank;
use super::profile::Profile;
use crate::components::{notice, retry_button, spinner};
use crate::current_user::Phase;
use crate::navigation::link;
use crate::route::Route;
use crate::user_provider::use_current_user;

/// The person's profile, or how far that is.
#[component]
pub fn Mine() -> Html {
    let current = use_current_user();
    let person = use_user();
    let (row, phase) = (current.state().row().clone(), current.state().phase.clone());
    let is_loaded = person.is_loaded();
    let picture = person.signed_in().filter(User::has_image);
    let picture = picture.map(|it| it.image_url());
    let again = current.clone();
    let retry = Callback::from(move |()| again.retry());
    match (phase, row.user) {
        // Before anybody can tell whether it is remembered.
        _ if !cfg!(target_arch = "wasm32") => blank(),
        (Phase::Connecting(None), _) if !is_loaded => spinner("Initializing…"),
        (Phase::Connecting(None), _) => spinner("Connecting to database…"),
        (Phase::Connecting(Some(trouble)), _) => {
            let text = format!("{trouble} The page keeps trying and will continue by itself.");
            html! {
                <>
                    { spinner("Connecting to database…") }
                    { notice("No connection", text, retry_button(&retry)) }
                </>
            }
        }
        (Phase::Failed(text), _) => notice("Something went wrong", text, Html::default()),
        (Phase::Deleted, _) => notice(
            "Your profile was deleted",
            "It cannot be restored. You can still sign in: delete your account as well if you no longer need it.",
            link(Route::Account, "button primary", "Go to your account"),
        ),
        (Phase::Remembered | Phase::Ready, None) => notice(
            "You have no profile",
            "Your row is no longer in the database.",
            retry_button(&retry),
        ),
        (Phase::Remembered | Phase::Ready, Some(user)) => html! {
            <>
                <Profile {user} version={row.version} {picture} {current} />
                <p class="tip">
                    { "Open this page in a second tab and change your name: the other tab follows at once." }
                </p>
            </>
        },
    }
}
