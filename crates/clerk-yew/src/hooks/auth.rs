use std::rc::Rc;

use clerk_claims::{Authorization, Condition};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::clerk::use_clerk;
use super::selected::use_selected;
use crate::clerk::Clerk;
use crate::error::ClerkError;
use crate::resources::typed;
use crate::state::Signed;
use crate::store::{Identity, Snapshot, claims};
use crate::token::TokenOptions;

/// Who is signed in, by ids, and what they may do; answered by [`use_auth`].
///
/// Two are equal when an app would decide the same by them: a refreshed token is no change.
#[derive(Clone)]
pub struct Auth {
    clerk: Clerk,
    identity: Signed<Rc<Identity>>,
    pending_counts: bool,
}

impl PartialEq for Auth {
    fn eq(&self, other: &Self) -> bool {
        self.clerk == other.clerk
            && self.identity == other.identity
            && self.pending_counts == other.pending_counts
    }
}

impl Auth {
    /// Whether who must still do something, such as choosing an organization, counts as signed
    /// out. They do unless this says otherwise
    /// (<https://clerk.com/docs/guides/configure/session-tasks>).
    #[must_use]
    pub fn treat_pending_as_signed_out(self, treat: bool) -> Self {
        Self {
            pending_counts: !treat,
            ..self
        }
    }

    fn identity(&self) -> Option<&Identity> {
        let identity = self.identity.as_ref();
        let identity = if self.pending_counts {
            identity.present()
        } else {
            identity.signed_in()
        };
        identity.map(AsRef::as_ref)
    }

    fn authorization(&self) -> Option<&Authorization> {
        self.identity().map(|it| &it.authorization)
    }

    /// Whether it is known who is here, if anybody.
    pub fn is_loaded(&self) -> bool {
        self.identity.is_loaded()
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.identity().is_some()
    }

    /// The signed-in person's id, `user_…`
    pub fn user_id(&self) -> Option<&str> {
        self.authorization()?.user_id.as_deref()
    }

    /// The session's id, `sess_…`
    pub fn session_id(&self) -> Option<&str> {
        self.identity().map(|it| it.session_id.as_str())
    }

    /// The active organization's id, `org_…`
    pub fn org_id(&self) -> Option<&str> {
        self.authorization()?.org_id.as_deref()
    }

    /// The person's role in the active organization, such as `org:admin`
    pub fn org_role(&self) -> Option<&str> {
        self.authorization()?.org_role.as_deref()
    }

    /// The active organization's slug
    pub fn org_slug(&self) -> Option<&str> {
        self.authorization()?.org_slug.as_deref()
    }

    /// Whether the session meets this condition now. An answer that depends on when the person
    /// last proved who they are changes with time and renders nothing anew: ask when it matters.
    ///
    /// ```
    /// use clerk_yew::{Auth, Condition};
    ///
    /// fn may_invite(auth: &Auth) -> bool {
    ///     auth.has(&Condition::new().permission("org:sys_memberships:manage"))
    /// }
    /// ```
    pub fn has(&self, condition: &Condition) -> bool {
        let Some(mut authorization) = self.authorization().cloned() else {
            return false;
        };
        let now = self.clerk.0.now();
        let now = now.signed.as_ref().present();
        authorization.factor_verification_age = now.and_then(|it| it.factor_verification_age);
        authorization.has(condition)
    }

    /// The claims of the newest session token, as the caller's type; none when nobody is signed
    /// in. Read when asked for: new claims alone render nothing anew.
    ///
    /// # Errors
    /// When they do not fit the type.
    pub fn session_claims<T: DeserializeOwned>(&self) -> Result<Option<T>, ClerkError> {
        self.read(|session| typed(&claims(session)))
    }

    /// Who acts in the person's name, as the caller's type; none when nobody does
    /// (<https://clerk.com/docs/guides/users/impersonation>).
    ///
    /// # Errors
    /// When the claim does not fit the type.
    pub fn actor<T: DeserializeOwned>(&self) -> Result<Option<T>, ClerkError> {
        let actor = self.read(|session| {
            let actor = crate::js::member(session, "actor");
            actor.map(|it| typed(&it)).transpose()
        });
        actor.map(Option::flatten)
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&JsValue) -> Result<T, ClerkError>,
    ) -> Result<Option<T>, ClerkError> {
        let now = self.clerk.0.now();
        let known = self.identity().and(now.signed.as_ref().present());
        known.map(|it| read(it.session.raw())).transpose()
    }

    /// A token for the app's API, as [`Clerk::get_token`].
    ///
    /// # Errors
    /// As [`Clerk::get_token`].
    pub async fn get_token(&self, options: &TokenOptions) -> Result<String, ClerkError> {
        self.clerk.get_token(options).await
    }

    /// Signs out, as [`Clerk::sign_out`].
    pub fn sign_out(&self, options: impl Into<JsValue>) {
        self.clerk.sign_out(options);
    }
}

/// Who is signed in, by ids, and what they may do
/// (<https://clerk.com/docs/react/reference/hooks/use-auth>).
#[hook]
pub fn use_auth() -> Auth {
    Auth {
        clerk: use_clerk(),
        identity: use_selected(Snapshot::identity),
        pending_counts: false,
    }
}
