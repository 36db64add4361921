//! Live queries of whoever is signed in at Clerk.

use clerk_yew::{TokenOptions, get_token, use_auth};
use serde::Deserialize;
use yew::prelude::*;

use crate::provider::LiveProvider;
use crate::token::{Tokens, claims};

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
            options = match group {
                Some(organization) => options.organization_id(organization.to_string()),
                None => options.without_organization(),
            };
            let group = group.clone();
            Tokens::new(async move |ask| {
                let options = options.clone().leeway_in_seconds(ask.good_for);
                let token = get_token(&options.skip_cache(ask.fresh)).await.ok()?;
                is_of(&token, group.as_deref()).then_some(token)
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

/// What of Clerk's claims says in which organization a token counts
/// (<https://clerk.com/docs/guides/sessions/session-tokens>).
#[derive(Deserialize)]
struct Claims {
    sid: Option<String>,
    o: Option<Organization>,
    org_id: Option<String>,
}

#[derive(Deserialize)]
struct Organization {
    id: String,
}

/// Whether a token counts in this organization, or in none. One by a JWT template may say nothing of
/// that. While another one is being made active, clerk-js may give a token of that already.
fn is_of(token: &str, organization: Option<&str>) -> bool {
    let Some(claims) = claims::<Claims>(token) else {
        return false;
    };
    let is_plain = claims.sid.is_some();
    match claims.o.map(|it| it.id).or(claims.org_id) {
        None => organization.is_none() || !is_plain,
        of => of.as_deref() == organization,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn what_is_asked_in_one_organization_is_never_asked_with_a_token_of_another() {
        for (claims, none, one) in [
            (r#"{"sid":"s","o":{"id":"org_1"}}"#, false, true),
            (r#"{"sid":"s","org_id":"org_1"}"#, false, true),
            (r#"{"sid":"s","o":{"id":"org_2"}}"#, false, false),
            (r#"{"sid":"s"}"#, true, false),
            // By a template.
            (r#"{"aud":"convex"}"#, true, true),
            (r#"{"aud":"convex","org_id":"org_2"}"#, false, false),
            ("nonsense", false, false),
        ] {
            let token = format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims));
            let found = (is_of(&token, None), is_of(&token, Some("org_1")));
            assert_eq!(found, (none, one), "{claims}");
        }
    }
}
