//! What events tell of, as far as it is documented. Fields that Clerk may leave out are optional.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A person. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Clerk's id.
    pub id: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// The picture's address.
    pub image_url: Option<String>,
    /// The app's own id of the person.
    pub external_id: Option<String>,
    /// E-mail addresses.
    #[serde(default)]
    pub email_addresses: Vec<EmailAddress>,
    /// Which of them is the primary one.
    pub primary_email_address_id: Option<String>,
    /// Metadata that the page may read.
    #[serde(default, deserialize_with = "or_default")]
    pub public_metadata: Map<String, Value>,
    /// Metadata that only servers may read.
    #[serde(default, deserialize_with = "or_default")]
    pub private_metadata: Map<String, Value>,
    /// Metadata that the page may write.
    #[serde(default, deserialize_with = "or_default")]
    pub unsafe_metadata: Map<String, Value>,
    /// When the person was made.
    pub created_at: Option<i64>,
    /// When Clerk last changed them: a later event tells of a later time.
    pub updated_at: i64,
}

impl User {
    /// The primary e-mail address.
    pub fn primary_email_address(&self) -> Option<&str> {
        let primary = self.primary_email_address_id.as_deref()?;
        let mut addresses = self.email_addresses.iter();
        let address = addresses.find(|address| address.id.as_deref() == Some(primary))?;
        Some(&address.email_address)
    }
}

/// An e-mail address of a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EmailAddress {
    /// Its id.
    pub id: Option<String>,
    /// The address.
    pub email_address: String,
}

/// What is no more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Deleted {
    /// Its id.
    pub id: String,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub user_id: Option<String>,
    /// The browser's client that it belongs to.
    pub client_id: Option<String>,
    /// Such as `active` or `ended`.
    pub status: Option<String>,
}

/// An organization. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: Option<String>,
    /// The logo's address.
    pub image_url: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// Metadata that the page may read.
    #[serde(default, deserialize_with = "or_default")]
    pub public_metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: Option<i64>,
    /// When it was last changed.
    pub updated_at: Option<i64>,
}

/// That a person belongs to an organization.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Membership {
    /// Its id.
    pub id: String,
    /// The person's role, such as `org:admin`.
    pub role: String,
    /// The organization.
    pub organization: MembershipOrganization,
    /// The person.
    pub public_user_data: MembershipUser,
}

/// The organization of a membership.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MembershipOrganization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its slug.
    pub slug: Option<String>,
}

/// The person of a membership.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MembershipUser {
    /// Clerk's id.
    pub user_id: String,
    /// E-mail address, phone number or user name.
    pub identifier: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
}

/// The value, or the default one for `null`.
fn or_default<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
