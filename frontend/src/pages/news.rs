use clerk_yew::{Status, use_auth, use_clerk_status};
use yew::prelude::*;

use crate::navigation::link;
use crate::route::Route;

/// What has happened to the session, and what is the matter with Clerk, above any page.
#[hook]
pub fn use_news(route: Route) -> Html {
    let auth = use_auth();
    let is_slow = use_clerk_status() == Status::Degraded;
    // Whom the person at this page takes themselves for.
    let known = use_mut_ref(|| None::<String>);
    let now = auth.user_id().map(str::to_owned);
    let mut known = known.borrow_mut();
    if known.is_none() || route != Route::Home {
        known.clone_from(&now);
    }
    let changed = match (&*known, &now) {
        (Some(_), None) if auth.is_loaded() => "You have been signed out.",
        (Some(known), Some(now)) if known != now => {
            "Another account is signed in now. This is its profile."
        }
        _ => "",
    };
    let is_form = matches!(route, Route::SignIn | Route::SignUp);
    let must_go_on =
        !is_form && !auth.is_signed_in() && auth.treat_pending_as_signed_out(false).is_signed_in();
    html! {
        <div class="news" role="status">
            if is_slow {
                <p>{ "The sign-in service is having problems. Some things may not work." }</p>
            }
            if must_go_on {
                <p>
                    { "You have not finished signing in. " }
                    { link(Route::SignIn, "", "Continue") }
                </p>
            } else if !changed.is_empty() {
                <p>{ changed }</p>
            }
        </div>
    }
}
