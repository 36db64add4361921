use clerk_yew::{Status, use_auth, use_clerk_status};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::route::Route;

const SIGNED_OUT: &str = "You are signed out.";
const SOMEBODY_ELSE: &str = "Somebody else has signed in. This is their profile.";

/// What has happened to the session, and what is the matter with Clerk, above any page.
#[hook]
pub fn use_news(route: &Route) -> Html {
    let auth = use_auth();
    let is_slow = use_clerk_status() == Status::Degraded;
    let changed = use_state_eq(|| "");
    let last = use_mut_ref(|| None::<String>);

    let user_id = auth.user_id().map(str::to_owned);
    let setter = changed.setter();
    use_effect_with((auth.is_loaded(), user_id), move |(is_loaded, now)| {
        let mut last = last.borrow_mut();
        match (&*last, now) {
            (Some(_), None) if *is_loaded => setter.set(SIGNED_OUT),
            (Some(before), Some(now)) if before != now => setter.set(SOMEBODY_ELSE),
            (_, Some(_)) => setter.set(""),
            _ => {}
        }
        if now.is_some() {
            last.clone_from(now);
        }
    });
    let setter = changed.setter();
    let is_home = *route == Route::Home;
    use_effect_with(is_home, move |is_home| {
        if !is_home {
            setter.set("");
        }
    });

    let is_form = matches!(route, Route::SignIn | Route::SignUp);
    let must_go_on =
        !is_form && !auth.is_signed_in() && auth.treat_pending_as_signed_out(false).is_signed_in();
    html! {
        <div class="news" role="status">
            if is_slow {
                <p>{ "The sign-in service is not responding as it should. You can go on, but some things may fail." }</p>
            }
            if must_go_on {
                <p>
                    { "You have not finished signing in. " }
                    <Link<Route> to={Route::SignIn}>{ "Continue" }</Link<Route>>
                </p>
            } else if is_home && !changed.is_empty() {
                <p>{ *changed }</p>
            }
        </div>
    }
}
