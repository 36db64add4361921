//! Live queries of whoever is signed in at Clerk.

use clerk_yew::{TokenOptions, get_token, use_auth};
use yew::prelude::*;

use crate::provider::LiveProvider;
use crate::token::Tokens;

/// What a [`ClerkLiveProvider`] takes.
#[derive(Properties, PartialEq)]
pub struct ClerkLiveProviderProps {
    /// The JWT template to ask tokens for
    #[prop_or_default]
    pub jwt_template: Option<AttrValue>,
    /// Everything that uses live queries
    pub children: Html,
}

/// A [`LiveProvider`] for whoever is signed in, in the organization that is active. A `ClerkProvider` is
/// above it.
#[component]
pub fn ClerkLiveProvider(props: &ClerkLiveProviderProps) -> Html {
    let auth = use_auth();
    let group = auth.org_id().map(AttrValue::from);
    let tokens = use_memo(
        (props.jwt_template.clone(), group.clone()),
        |(template, group)| {
            let mut options = TokenOptions::new();
            if let Some(template) = template {
                options = options.template(template.to_string());
            }
            if let Some(organization) = group {
                options = options.organization_id(organization.to_string());
            }
            Tokens::new(async move |ask| {
                let options = options.clone().leeway_in_seconds(ask.good_for);
                get_token(&options.skip_cache(ask.fresh)).await.ok()
            })
        },
    );
    html! {
        <LiveProvider is_loaded={auth.is_loaded()} person={auth.user_id().map(AttrValue::from)} {group}
            tokens={(*tokens).clone()}>
            { props.children.clone() }
        </LiveProvider>
    }
}
