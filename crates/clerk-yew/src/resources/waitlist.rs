//! Waiting for an account.

use super::flow::{errors, flow};
use crate::error::ClerkError;
use crate::js::object;

flow! {
    /// A place on the waitlist (<https://clerk.com/docs/reference/hooks/use-waitlist>).
    WaitlistResource {
        /// Clerk's id; none before somebody joined
        id: Option<String> = "id",
        /// When somebody joined, in milliseconds since the Unix epoch
        created_at: Option<f64> = "createdAt",
        /// When it changed last, in milliseconds since the Unix epoch
        updated_at: Option<f64> = "updatedAt",
    }
}

errors! {
    /// What is wrong with joining the waitlist.
    WaitlistErrors {
        /// With the email address
        email_address = "emailAddress",
    }
}

impl WaitlistResource {
    /// Joins the waitlist.
    pub async fn join(&self, email_address: &str) -> Result<(), ClerkError> {
        self.step("join", object([("emailAddress", email_address.into())]))
            .await
    }
}
