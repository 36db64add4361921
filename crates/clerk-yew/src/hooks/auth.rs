use std::rc::Rc;

use yew::prelude::*;

use super::clerk::use_clerk;
use super::selected::use_selected;
use crate::clerk::Clerk;
use crate::error::ClerkError;
use crate::state::Signed;
use crate::store::{Identity, Snapshot};
use crate::token::TokenOptions;

/// Who is signed in, by ids, and what they may do
/// (<https://clerk.com/docs/react/reference/hooks/use-auth>).
#[derive(Clone, PartialEq)]
pub struct Auth {
    clerk: Clerk,
    identity: Signed<Rc<Identity>>,
}

impl Auth {
    fn known(&self) -> Option<&Identity> {
        self.identity.as_ref().signed_in().map(AsRef::as_ref)
    }

    /// Whether it is known who is here, if anybody.
    pub fn is_loaded(&self) -> bool {
        self.identity.is_loaded()
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.identity.is_signed_in()
    }

    /// The signed-in person's id, `user_…`
    pub fn user_id(&self) -> Option<&str> {
        self.known().map(|it| it.user_id.as_str())
    }

    /// The session's id, `sess_…`
    pub fn session_id(&self) -> Option<&str> {
        self.known().map(|it| it.session_id.as_str())
    }

    /// The active organization's id, `org_…`
    pub fn org_id(&self) -> Option<&str> {
        self.known()?.org_id.as_deref()
    }

    /// The person's role in the active organization, such as `org:admin`
    pub fn org_role(&self) -> Option<&str> {
        self.known()?.org_role.as_deref()
    }

    /// The active organization's slug
    pub fn org_slug(&self) -> Option<&str> {
        self.known()?.org_slug.as_deref()
    }

    /// A token for the app's API, as [`Clerk::get_token`].
    ///
    /// # Errors
    /// As [`Clerk::get_token`].
    pub async fn get_token(&self, options: &TokenOptions) -> Result<String, ClerkError> {
        self.clerk.get_token(options).await
    }
}

/// Who is signed in, by ids, and what they may do.
#[hook]
pub fn use_auth() -> Auth {
    Auth {
        clerk: use_clerk(),
        identity: use_selected(Snapshot::identity),
    }
}
