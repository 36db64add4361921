//! What the emulator remembers. Times are milliseconds since the Unix epoch. Fields that a
//! record of an older version lacks get their default.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that is kept.
pub trait Record: Serialize + DeserializeOwned {
    /// Names the kind in the file.
    const KIND: &'static str;
    /// What Clerk's errors call it.
    const NAME: &'static str;
    /// Unique in its kind.
    fn id(&self) -> &str;
    /// By what lists are ordered: milliseconds since the Unix epoch, or a number that grows.
    fn order(&self) -> i64;
    /// By what else it is found: names of indexes and the values there.
    fn keys(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// Declares a record that is found by its id, and by what else is named.
macro_rules! record {
    ($type:ident, $kind:literal, $name:literal $(, $index:literal => $value:expr)*) => {
        impl $crate::model::Record for $type {
            const KIND: &'static str = $kind;
            const NAME: &'static str = $name;
            fn id(&self) -> &str {
                &self.id
            }
            fn order(&self) -> i64 {
                self.created_at
            }
            fn keys(&self) -> Vec<(&'static str, String)> {
                $crate::model::collect(self, &[$(($index, $value)),*])
            }
        }
    };
}

/// A value of a record that an index holds, if it has one.
type KeyOf<T> = fn(&T) -> Option<String>;

fn collect<T>(record: &T, keys: &[(&'static str, KeyOf<T>)]) -> Vec<(&'static str, String)> {
    keys.iter()
        .filter_map(|(index, value)| Some((*index, value(record)?)))
        .collect()
}

mod client;
mod instance;
mod log;
mod organization;
mod user;

pub use client::{
    Activity, Browser, Client, ExternalProfile, Reverification, Session, SessionStatus, SignIn,
    SignUp, Verification, VerificationStatus,
};
pub use instance::{
    ActorToken, AllowedIdentifier, BlockedIdentifier, Image, Invitation, JwtTemplate, OAuthAttempt,
    RedirectUrl, SignInToken, Ticket, TicketStatus, WaitlistEntry,
};
pub use log::{Delivery, DeliveryStatus, Event, Message, WebhookEndpoint};
pub use organization::{
    Domain, InvitationStatus, Membership, MembershipRequest, Organization, OrganizationInvitation,
    Permission, Role,
};
pub use user::{EmailAddress, ExternalAccount, Passkey, Totp, User};
