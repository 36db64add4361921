use clerk_yew::{Signed, User, use_user};
use shared::Visitor;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::components::{Notice, Profile, Spinner};
use crate::current_user::Phase;
use crate::route::Route;
use crate::user_provider::{CurrentUser, use_current_user};
use crate::visitor::use_visitor;

/// Two tabs of a browser: what changes in one changes in the other.
const TABS: &str = include_str!("tabs.svg");

const FACTS: [(&str, &str); 3] = [
    (
        "Real sign-in",
        "Email, verification codes, passwords and sessions by Clerk, from the first run.",
    ),
    (
        "Live data",
        "A change shows up in every open tab at once, without a reload.",
    ),
    (
        "All Rust",
        "Yew in the browser, axum and SeaORM on the server, one crate that validates for both.",
    ),
];

/// Signed out: what this is. Signed in: the person, or how far that is.
#[component]
pub fn Home() -> Html {
    let current = use_current_user();
    let person = use_user();
    match use_visitor() {
        Visitor::SignedOut => welcome(),
        Visitor::SignedIn => mine(current, person),
    }
}

/// What this is, and how to begin. The links work before any script has run.
fn welcome() -> Html {
    html! {
        <section class="welcome">
            <div class="pitch">
                <h1>{ "Sign‑up, sign‑in and live user data, in Rust" }</h1>
                <p class="lead">{ "A starter to clone on day one and to keep: your profile is a row in the database, and this page always shows its current state." }</p>
                <div class="actions">
                    <Link<Route> to={Route::SignUp} classes="button primary">{ "Create an account" }</Link<Route>>
                    <Link<Route> to={Route::SignIn} classes="button">{ "Sign in" }</Link<Route>>
                </div>
            </div>
            <div class="tabs" role="img"
                aria-label="Two browser tabs: a name changed in one changes in the other at once">
                { Html::from_html_unchecked(AttrValue::Static(TABS)) }
            </div>
            <ul class="facts">
                { for FACTS.map(|(title, text)| html! {
                    <li><h2>{ title }</h2><p>{ text }</p></li>
                }) }
            </ul>
        </section>
    }
}

/// The person's profile, or how far that is.
fn mine(current: CurrentUser, person: Signed<User>) -> Html {
    let (row, phase) = (current.state().row().clone(), current.state().phase.clone());
    let is_loaded = person.is_loaded();
    let picture = person.signed_in().filter(User::has_image);
    let picture = picture.map(|it| it.image_url());
    let again = current.clone();
    let retry = Callback::from(move |()| again.retry());
    match (phase, row.user) {
        // Before anybody can tell whether it is remembered.
        _ if !cfg!(target_arch = "wasm32") => html! { <section class="card profile blank" /> },
        (Phase::Connecting(None), _) if !is_loaded => {
            html! { <Spinner text="Initializing…" /> }
        }
        (Phase::Connecting(None), _) => html! { <Spinner text="Connecting to database…" /> },
        (Phase::Connecting(Some(trouble)), _) => {
            let text = format!("{trouble} The page keeps trying and will continue by itself.");
            html! {
                <>
                    <Spinner text="Connecting to database…" />
                    <Notice title="No connection" {text} {retry} />
                </>
            }
        }
        (Phase::Failed(text), _) => html! { <Notice title="Something went wrong" {text} /> },
        (Phase::Deleted, _) => html! {
            <Notice title="This account was deleted."
                text="Your profile is gone for good. Your account at Clerk, with which you sign in, is still there.">
                <Link<Route> to={Route::Account} classes="button primary">{ "Go to your account" }</Link<Route>>
            </Notice>
        },
        (Phase::Remembered | Phase::Ready, None) => html! {
            <Notice title="You have no profile" text="Your row is no longer in the database." {retry} />
        },
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
