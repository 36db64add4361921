//! What makes a session token acceptable.

use crate::keys::KeySource;

/// What makes a session token acceptable: made by hand, or read from `CLERK_…` variables by
/// [`Settings`](crate::Settings).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifierOptions {
    /// Required `iss`.
    pub issuer: String,
    /// Where the keys come from.
    pub keys: KeySource,
    /// Who may use tokens.
    pub parties: Parties,
    /// Required `aud`, if any.
    pub audience: Option<String>,
    /// Whether the cookie `__session` counts where there is no `Authorization`.
    pub session_cookie: bool,
}

/// Whose tokens are accepted, by the origin they were made for (`azp`).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Parties {
    /// The origins.
    pub origins: Vec<String>,
    /// Whether a token may name no party, as those that native apps get.
    pub may_be_missing: bool,
}

impl VerifierOptions {
    /// Tokens of this issuer, the instance's Frontend API URL, by these keys. No party may use
    /// them yet.
    pub fn new(issuer: impl Into<String>, keys: KeySource) -> Self {
        Self {
            issuer: issuer.into(),
            keys,
            parties: Parties::default(),
            audience: None,
            session_cookie: false,
        }
    }

    /// With these origins, such as `https://app.example.com`, whose pages may use tokens.
    #[must_use]
    pub fn authorized_parties<T: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = T>,
    ) -> Self {
        self.parties.origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Whether tokens that name no party are accepted, as those of native apps. One that names a
    /// party must name an authorized one all the same.
    #[must_use]
    pub fn allow_missing_party(mut self, allowed: bool) -> Self {
        self.parties.may_be_missing = allowed;
        self
    }

    /// With this audience, which tokens must have.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Whether the cookie `__session` counts where there is no `Authorization`: for pages that the
    /// server renders. Browsers send a cookie whoever makes them ask, so it counts only in a
    /// request that shows that it comes from an authorized party, or that a person navigates here
    /// (see [`Auth`](crate::Auth)).
    #[must_use]
    pub fn session_cookie(mut self, counts: bool) -> Self {
        self.session_cookie = counts;
        self
    }
}
