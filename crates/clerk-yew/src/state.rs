//! How far Clerk is, and who is signed in. Pure.

use crate::error::ClerkError;

/// How far Clerk is in this page
/// (<https://clerk.com/docs/js-frontend/reference/objects/clerk#status>).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// Its scripts are on their way, or it asks who is here.
    Loading,
    /// It is there.
    Ready,
    /// It is there, though its servers do not answer as they should.
    Degraded,
    /// It did not load; [`Clerk::retry`](crate::Clerk::retry) tries again.
    Failed(ClerkError),
}

impl Status {
    /// Whether Clerk is there.
    pub fn is_loaded(&self) -> bool {
        matches!(self, Self::Ready | Self::Degraded)
    }
}

/// What there is only when somebody is signed in: a user, a session, …
///
/// ```
/// use clerk_yew::Signed;
///
/// let name = Signed::SignedIn("Ada");
/// assert_eq!(name.map(str::len), Signed::SignedIn(3));
/// assert_eq!(name.signed_in(), Some("Ada"));
/// // Who must still do something counts as signed out.
/// assert_eq!(Signed::Pending("Ada").signed_in(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed<T> {
    /// Nobody knows yet.
    Loading,
    /// Nobody is signed in.
    SignedOut,
    /// Somebody is about to be, and must do something first
    /// (<https://clerk.com/docs/guides/configure/session-tasks>). Counts as signed out.
    Pending(T),
    /// Somebody is signed in.
    SignedIn(T),
}

impl<T> Signed<T> {
    /// Whether it is known who is here, if anybody.
    pub fn is_loaded(&self) -> bool {
        !matches!(self, Self::Loading)
    }

    /// Whether somebody is signed in; who must still do something is not.
    pub fn is_signed_in(&self) -> bool {
        matches!(self, Self::SignedIn(_))
    }

    /// Whether it is known that nobody is signed in; who must still do something is nobody yet.
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::SignedOut | Self::Pending(_))
    }

    /// The value, when somebody is signed in.
    pub fn signed_in(self) -> Option<T> {
        match self {
            Self::SignedIn(value) => Some(value),
            _ => None,
        }
    }

    /// The value, also when its person must still do something.
    pub fn present(self) -> Option<T> {
        match self {
            Self::SignedIn(value) | Self::Pending(value) => Some(value),
            _ => None,
        }
    }

    /// The same state with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Signed<U> {
        match self {
            Self::Loading => Signed::Loading,
            Self::SignedOut => Signed::SignedOut,
            Self::Pending(value) => Signed::Pending(change(value)),
            Self::SignedIn(value) => Signed::SignedIn(change(value)),
        }
    }

    /// The same state with a reference.
    pub fn as_ref(&self) -> Signed<&T> {
        match self {
            Self::Loading => Signed::Loading,
            Self::SignedOut => Signed::SignedOut,
            Self::Pending(value) => Signed::Pending(value),
            Self::SignedIn(value) => Signed::SignedIn(value),
        }
    }
}
