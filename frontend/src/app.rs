//! The page's frame: configuration, Clerk, routes, header.

use clerk_yew::{
    Appearance, ClerkConfig, ClerkProvider, Status, clerk_config, use_auth, use_clerk,
    use_clerk_status,
};
use shared::Visitor;
use yew::prelude::*;

use crate::components::{notice, retry_button, spinner};
use crate::frame::{Header, footer};
use crate::idle::idle;
use crate::memory;
use crate::navigation::{push, replace, use_route};
use crate::pages::Page;
use crate::retry;
use crate::route::Route;
use crate::task::Task;
use crate::visitor::use_visitor;

/// What the [`App`] takes: what is known of a visit before anything is loaded.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct AppProps {
    /// Who probably opens it
    pub visitor: Visitor,
    /// The path that is opened
    pub path: AttrValue,
}

impl AppProps {
    /// A visit of this path.
    pub fn of(visitor: Visitor, path: impl Into<AttrValue>) -> Self {
        Self {
            visitor,
            path: path.into(),
        }
    }

    /// Whether Clerk is wanted at once. A stranger at the front door is shown it first.
    fn wants_clerk(&self) -> bool {
        self.visitor == Visitor::SignedIn || self.path != "/"
    }
}

/// The whole page.
#[component]
pub fn App(props: &AppProps) -> Html {
    let config = use_state(|| None::<ClerkConfig>);
    let trouble = use_state_eq(|| false);
    let route = use_route(&props.path);
    let wanted = use_state_eq(|| props.wants_clerk());
    let (setter, troubled, idles) = (config.setter(), trouble.setter(), wanted.setter());
    use_effect_with((), move |()| {
        let task = Task::spawn(async move {
            for failures in 0.. {
                if let Some(config) = clerk_config("/api/config").await {
                    setter.set(Some(config));
                    break;
                }
                troubled.set(true);
                retry::wait(failures).await;
            }
            idle().await;
            idles.set(true);
        });
        move || drop(task)
    });
    let pointed = wanted.setter();
    let pointed = Callback::from(move |()| pointed.set(true));
    html! {
        <ContextProvider<Visitor> context={props.visitor}>
            { shell(config.as_ref().filter(|_| *wanted), *trouble, &pointed, route) }
        </ContextProvider<Visitor>>
    }
}

/// Clerk, once it is wanted and its configuration is there; the person's row, and the page's
/// frame around what there is to see. Whoever moves or tabs into the page wants Clerk.
fn shell(
    config: Option<&ClerkConfig>,
    trouble: bool,
    pointed: &Callback<()>,
    route: Route,
) -> Html {
    let defer = config.is_none();
    let (key, proxy_url, jwt_template) = match config {
        None => Default::default(),
        Some(it) => (
            it.publishable_key.clone(),
            it.proxy_url.clone(),
            it.jwt_template.clone(),
        ),
    };
    html! {
        <ClerkProvider
            publishable_key={key}
            {defer}
            {proxy_url}
            sign_in_url="/sign-in"
            sign_up_url="/sign-up"
            router_push={Callback::from(|to: String| push(&to))}
            router_replace={Callback::from(|to: String| replace(&to))}
            telemetry={false}
            appearance={appearance()}
        >
            <div class="page" onpointerover={pointed.reform(|_| ())} onfocusin={pointed.reform(|_| ())}>
                <Header />
                <main id="main" tabindex="-1">
                    if trouble && defer {
                        <p class="hint" role="status">
                            { "The server cannot be reached. Trying again…" }
                        </p>
                    }
                    <Body {route} {jwt_template} />
                </main>
                { footer() }
            </div>
        </ClerkProvider>
    }
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
        ("borderRadius", "var(--app-radius)"),
    ])
}

#[derive(Properties, PartialEq)]
struct BodyProps {
    route: Route,
    jwt_template: Option<AttrValue>,
}

/// What there is to see. Home and a page that does not exist need no Clerk for it.
#[component]
fn Body(props: &BodyProps) -> Html {
    let (clerk, auth) = (use_clerk(), use_auth());
    let visitor = use_visitor();
    let route = props.route;
    // Nothing is kept of anybody else.
    let here = auth.is_loaded().then(|| auth.user_id().map(str::to_owned));
    use_effect_with(here, |here| {
        if let Some(clerk_id) = here {
            memory::keep_only(clerk_id.as_deref());
        }
    });
    let jwt_template = props.jwt_template.clone();
    let page = html! { <Page {route} {jwt_template} /> };
    match use_clerk_status() {
        Status::Failed(error) => {
            let text = format!("{error} Check your connection and try again.");
            let retry = Callback::from(move |()| clerk.retry());
            html! {
                <>
                    { notice("Sign-in is unavailable", text, retry_button(&retry)) }
                    if route == Route::Home && visitor == Visitor::SignedOut { { page } }
                </>
            }
        }
        Status::Loading if !matches!(route, Route::Home | Route::NotFound) => {
            spinner("Initializing…")
        }
        _ => page,
    }
}
