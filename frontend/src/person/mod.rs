//! What somebody who is signed in sees: all that is loaded only then.

mod account;
mod delete_account;
mod focus;
mod mine;
mod profile;
mod time;

use clerk_yew::{ProfileMode, UserButton};
use yew::prelude::*;

use crate::route::Route;
use crate::user_provider::UserProvider;

/// What there is to see of a person.
#[derive(Properties, PartialEq)]
pub struct PersonProps {
    /// What is shown
    pub part: Part,
    /// Where the person is
    #[prop_or(Route::Home)]
    pub route: Route,
    /// The JWT template to ask tokens for
    #[prop_or_default]
    pub jwt_template: Option<AttrValue>,
    /// Shown until it is loaded
    #[prop_or_default]
    pub waiting: Html,
}

/// A part of what there is to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The page at a route, if it is one of the person's
    Page,
    /// The picture with its menu
    Menu,
}

/// The part.
pub fn part(props: &PersonProps) -> Html {
    match props.part {
        Part::Menu => html! {
            <UserButton user_profile_mode={ProfileMode::Navigation} user_profile_url="/account" />
        },
        Part::Page => {
            let page = match props.route {
                Route::Home => html! { <mine::Mine /> },
                Route::Account => account::account(),
                _ => Html::default(),
            };
            // Kept live wherever the person is.
            html! { <UserProvider jwt_template={props.jwt_template.clone()}>{ page }</UserProvider> }
        }
    }
}

/// Stands where the profile will be, until somebody can tell what it is.
pub fn blank() -> Html {
    html! { <section class="card profile blank" /> }
}
