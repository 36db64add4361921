//! Where a session stands, and where it was used.

use crate::error::ClerkError;

words! {
    /// Where a session stands.
    SessionStatus {
        /// In use
        Active = "active",
        /// In use, while the person must still do one of its tasks
        Pending = "pending",
        /// Left alone for too long
        Abandoned = "abandoned",
        /// Signed out
        Ended = "ended",
        /// Too old
        Expired = "expired",
        /// Signed out, and gone from this browser
        Removed = "removed",
        /// Another one took its place
        Replaced = "replaced",
        /// Ended from outside
        Revoked = "revoked",
    }
}

resource! {
    /// A session with its last activity
    /// (<https://clerk.com/docs/js-frontend/reference/types/session-with-activities>).
    SessionWithActivities {
        /// Clerk's id, `sess_…`
        id: String = "id",
        /// Where it stands
        status: SessionStatus = "status",
        /// When it ends, in milliseconds since the Unix epoch
        expire_at: f64 = "expireAt",
        /// When it ends if nobody uses it, in milliseconds since the Unix epoch
        abandon_at: f64 = "abandonAt",
        /// When it was used last, in milliseconds since the Unix epoch
        last_active_at: f64 = "lastActiveAt",
        /// Its last activity
        latest_activity: SessionActivity = "latestActivity",
    }
}

resource! {
    /// Where a session was used.
    SessionActivity {
        /// Clerk's id
        id: String = "id",
        /// The browser
        browser_name: Option<String> = "browserName",
        /// Its version
        browser_version: Option<String> = "browserVersion",
        /// The device, such as `Macintosh`
        device_type: Option<String> = "deviceType",
        /// The address it came from
        ip_address: Option<String> = "ipAddress",
        /// The city of that address
        city: Option<String> = "city",
        /// The country of that address
        country: Option<String> = "country",
        /// Whether the device is a phone or tablet
        is_mobile: Option<bool> = "isMobile",
    }
}

impl SessionWithActivities {
    /// Ends it, wherever it is.
    pub async fn revoke(&self) -> Result<Self, ClerkError> {
        self.ask("revoke", &[]).await
    }
}
