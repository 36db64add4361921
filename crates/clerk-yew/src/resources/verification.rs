//! How far the proof of an address, a number or an account has come.

use crate::error::Reason;
use crate::js;

words! {
    /// How far a proof has come.
    VerificationStatus {
        /// Not proven yet
        Unverified = "unverified",
        /// Proven
        Verified = "verified",
        /// The account belongs to somebody: the sign-up can go on as a sign-in, or the reverse
        Transferable = "transferable",
        /// It failed
        Failed = "failed",
        /// It took too long
        Expired = "expired",
    }
}

resource! {
    /// How far a proof has come
    /// (<https://clerk.com/docs/js-frontend/reference/types/verification>).
    Verification {
        /// How far it has come; none before it began
        status: Option<VerificationStatus> = "status",
        /// How it is proven, such as `email_code`
        strategy: Option<String> = "strategy",
        /// How often it was tried
        attempts: Option<u32> = "attempts",
        /// When it ends, in milliseconds since the Unix epoch
        expire_at: Option<f64> = "expireAt",
        /// What went wrong
        error: Option<Reason> = "error",
        /// What a wallet is to sign, or a passkey's challenge
        nonce: Option<String> = "nonce",
        /// The message that a wallet is to sign
        message: Option<String> = "message",
        /// The client on which it was proven
        verified_at_client: Option<String> = "verifiedAtClient",
        /// How a code reached a phone
        channel: Option<String> = "channel",
        /// What clerk-js does next in a sign-up, such as `needs_attempt`
        next_action: Option<String> = "nextAction",
        /// The ways of proof on offer in a sign-up
        supported_strategies: Vec<String> = "supportedStrategies",
    }
}

impl Verification {
    /// The page of another service where the proof goes on.
    pub fn external_verification_redirect_url(&self) -> Option<String> {
        js::string(
            &js::get(&self.raw, "externalVerificationRedirectURL"),
            "href",
        )
    }

    /// Whether it is proven.
    pub fn is_verified(&self) -> bool {
        self.status() == Some(VerificationStatus::Verified)
    }
}
