use yew::prelude::*;

use crate::components::{Notice, Spinner};
use crate::current_user::Phase;
use crate::user_provider::use_current_user;

/// What a [`Connected`] takes.
#[derive(Properties, PartialEq)]
pub struct ConnectedProps {
    /// Shown once the row is there
    pub children: Html,
}

/// Shows its children once the person's row is there, and until then how far that is.
#[component]
pub fn Connected(props: &ConnectedProps) -> Html {
    let current = use_current_user();
    match current.state().phase.clone() {
        Phase::Ready => props.children.clone(),
        Phase::Connecting(None) => html! { <Spinner text="Connecting to database…" /> },
        Phase::Connecting(Some(trouble)) => {
            let retry = Callback::from(move |()| current.retry());
            let text = format!("{trouble} The page keeps trying and will continue by itself.");
            html! {
                <>
                    <Spinner text="Connecting to database…" />
                    <Notice title="No connection" {text} {retry} />
                </>
            }
        }
        Phase::Failed(text) => html! { <Notice title="Something went wrong" {text} /> },
    }
}
