//! A person's Web3 wallets.

use crate::error::ClerkError;
use crate::js::object;

use super::verification::Verification;

resource! {
    /// One of a person's Web3 wallets
    /// (<https://clerk.com/docs/js-frontend/reference/types/web3-wallet>).
    Web3Wallet {
        /// Clerk's id, `idn_…`
        id: String = "id",
        /// The wallet's address
        web3_wallet: String = "web3Wallet",
        /// How far its proof has come
        verification: Verification = "verification",
    }
}

impl Web3Wallet {
    /// Asks for the message to sign: the answer's [`nonce`](Verification::nonce).
    /// `strategy` is such as `web3_metamask_signature`.
    pub async fn prepare_verification(&self, strategy: &str) -> Result<Self, ClerkError> {
        let params = object([("strategy", strategy.into())]);
        self.ask("prepareVerification", &[params]).await
    }

    /// Proves it by the signature.
    pub async fn attempt_verification(
        &self,
        signature: &str,
        strategy: &str,
    ) -> Result<Self, ClerkError> {
        let params = object([
            ("signature", signature.into()),
            ("strategy", strategy.into()),
        ]);
        self.ask("attemptVerification", &[params]).await
    }

    /// Takes it away from the person.
    pub async fn destroy(&self) -> Result<(), ClerkError> {
        self.ask("destroy", &[]).await
    }
}
