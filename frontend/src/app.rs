//! The page's frame: configuration, Clerk, routes, header.

use clerk_yew::{Appearance, ClerkProvider, Status, use_clerk, use_clerk_status};
use shared::{PageConfig, Visitor};
use yew::prelude::*;
use yew_router::history::{AnyHistory, BrowserHistory, History, MemoryHistory};
use yew_router::prelude::*;

use crate::api::page_config;
use crate::components::{Header, Notice, Spinner, footer};
use crate::idle::idle;
use crate::pages::switch;
use crate::retry;
use crate::route::Route;
use crate::task::Task;
use crate::user_provider::UserProvider;
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
    let config = use_state(|| None::<PageConfig>);
    let trouble = use_state_eq(|| None::<String>);
    let wanted = use_state_eq(|| props.wants_clerk());
    let (setter, troubled, idles) = (config.setter(), trouble.setter(), wanted.setter());
    use_effect_with((), move |()| {
        let task = Task::spawn(async move {
            for failures in 0.. {
                match page_config().await {
                    Ok(config) => {
                        setter.set(Some(config));
                        break;
                    }
                    Err(error) => {
                        troubled.set(Some(error.to_string()));
                        retry::wait(failures).await;
                    }
                }
            }
            idle().await;
            idles.set(true);
        });
        move || drop(task)
    });
    let pointed = wanted.setter();
    let pointed = Callback::from(move |()| pointed.set(true));
    html! {
        <Router history={history(&props.path)}>
            <ContextProvider<Visitor> context={props.visitor}>
                { shell(config.as_ref().filter(|_| *wanted), trouble.as_deref(), &pointed) }
            </ContextProvider<Visitor>>
        </Router>
    }
}

/// Where the visit goes on from.
fn history(path: &AttrValue) -> AnyHistory {
    if cfg!(target_arch = "wasm32") {
        return BrowserHistory::new().into();
    }
    let history = MemoryHistory::new();
    history.replace(path.as_str());
    history.into()
}

/// Clerk, once it is wanted and its configuration is there; the person's row, and the page's
/// frame around what there is to see. Whoever moves or tabs into the page wants Clerk.
fn shell(config: Option<&PageConfig>, trouble: Option<&str>, pointed: &Callback<()>) -> Html {
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
            proxy_url={proxy_url.map(AttrValue::from)}
            sign_in_url="/sign-in"
            sign_up_url="/sign-up"
            router_push={Callback::from(push)}
            router_replace={Callback::from(replace)}
            telemetry={false}
            appearance={appearance()}
        >
            <UserProvider {jwt_template}>
                <div class="page" onpointerover={pointed.reform(|_| ())} onfocusin={pointed.reform(|_| ())}>
                    <Header />
                    <main id="main" tabindex="-1">
                        if let Some(trouble) = trouble.filter(|_| defer) {
                            <p class="hint" role="status">{ trouble }{ " Trying again…" }</p>
                        }
                        <Body />
                    </main>
                    { footer() }
                </div>
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
        ("borderRadius", "var(--app-radius)"),
    ])
}

/// What there is to see. Home and a page that does not exist need no Clerk for it.
#[component]
fn Body() -> Html {
    let clerk = use_clerk();
    let visitor = use_visitor();
    let route = use_route().unwrap_or(Route::NotFound);
    let page = switch(route.clone());
    match use_clerk_status() {
        Status::Failed(error) => {
            let text = format!("{error} Check your connection and try again.");
            html! {
                <>
                    <Notice title="Sign-in is unavailable" {text}
                        retry={Callback::from(move |()| clerk.retry())} />
                    if route == Route::Home && visitor == Visitor::SignedOut { { page } }
                </>
            }
        }
        Status::Loading if !matches!(route, Route::Home | Route::NotFound) => {
            html! { <Spinner text="Initializing…" /> }
        }
        _ => page,
    }
}
