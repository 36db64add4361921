//! The page's frame: configuration, Clerk, routes, header.

use clerk_yew::{
    Appearance, ClerkProvider, SignInButton, SignedIn, SignedOut, Status, UserButton, use_clerk,
    use_clerk_status,
};
use shared::PageConfig;
use yew::prelude::*;
use yew_router::history::{BrowserHistory, History};
use yew_router::prelude::*;

use crate::api::page_config;
use crate::components::{LiveNotice, Notice, Spinner};
use crate::pages::{Route, switch};
use crate::retry;
use crate::task::Task;
use crate::user_provider::UserProvider;

/// The whole page.
#[component]
pub fn App() -> Html {
    let config = use_state(|| None::<PageConfig>);
    let trouble = use_state_eq(|| None::<String>);
    let (setter, troubled) = (config.setter(), trouble.setter());
    use_effect_with((), move |()| {
        let task = Task::spawn(async move {
            for failures in 0.. {
                match page_config().await {
                    Ok(config) => return setter.set(Some(config)),
                    Err(error) => {
                        troubled.set(Some(error.to_string()));
                        retry::wait(failures).await;
                    }
                }
            }
        });
        move || drop(task)
    });
    match &*config {
        Some(config) => html! {
            <BrowserRouter>{ shell(config) }</BrowserRouter>
        },
        None => html! {
            <main>
                <Spinner text="Initializing…" />
                if let Some(trouble) = &*trouble {
                    <p class="hint" role="status">{ trouble }{ " Trying again…" }</p>
                }
            </main>
        },
    }
}

/// Clerk, the person's row, and the page's frame around what there is to see.
fn shell(config: &PageConfig) -> Html {
    let PageConfig {
        publishable_key,
        proxy_url,
        jwt_template,
    } = config.clone();
    html! {
        <ClerkProvider
            {publishable_key}
            proxy_url={proxy_url.map(AttrValue::from)}
            sign_in_url="/sign-in"
            sign_up_url="/sign-up"
            router_push={Callback::from(push)}
            router_replace={Callback::from(replace)}
            telemetry={false}
            appearance={appearance()}
        >
            <UserProvider {jwt_template}>
                { header() }
                <main>
                    <Body />
                </main>
            </UserProvider>
        </ClerkProvider>
    }
}

/// Clerk's steps have paths and queries of their own, which no route of ours would keep.
fn push(to: String) {
    BrowserHistory::new().push(to);
}

/// As [`push`], in the place of this page.
fn replace(to: String) {
    BrowserHistory::new().replace(to);
}

/// Clerk's UI in the page's own colours, which follow the person's dark or light mode.
fn appearance() -> Appearance {
    Appearance::new().variables([
        ("colorPrimary", "var(--app-accent)"),
        ("colorPrimaryForeground", "var(--app-on-accent)"),
        ("colorBackground", "var(--app-surface)"),
        ("colorForeground", "var(--app-text)"),
        ("colorMutedForeground", "var(--app-muted)"),
        ("colorMuted", "var(--app-raised)"),
        ("colorNeutral", "var(--app-text)"),
        ("colorInput", "var(--app-field)"),
        ("colorInputForeground", "var(--app-text)"),
        ("colorBorder", "var(--app-text)"),
        ("colorDanger", "var(--app-danger)"),
        ("colorSuccess", "var(--app-good)"),
        ("fontFamily", "inherit"),
        ("borderRadius", "0.5rem"),
    ])
}

fn header() -> Html {
    html! {
        <header>
            <nav aria-label="Main">
                <Link<Route> to={Route::Home} classes="brand">{ "Yew + Clerk" }</Link<Route>>
                <SignedIn>
                    <Link<Route> to={Route::Profile} classes="link">{ "Profile" }</Link<Route>>
                </SignedIn>
            </nav>
            <SignedIn><LiveNotice /></SignedIn>
            <div class="who">
                <SignedOut><SignInButton class="button quiet" /></SignedOut>
                <SignedIn><UserButton /></SignedIn>
            </div>
        </header>
    }
}

/// What there is to see, as far as Clerk is loaded.
#[component]
fn Body() -> Html {
    let clerk = use_clerk();
    match use_clerk_status() {
        Status::Loading => html! { <Spinner text="Initializing…" /> },
        Status::Failed(error) => {
            let text = format!("{error} Check your connection and try again.");
            html! {
                <Notice title="Sign-in is unavailable" {text}
                    retry={Callback::from(move |()| clerk.retry())} />
            }
        }
        _ => html! { <Switch<Route> render={switch} /> },
    }
}
