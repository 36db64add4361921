//! Ways to prove that it is the person.

resource! {
    /// A way to prove that it is the person.
    Factor {
        /// Which way, such as `email_code` or `password`
        strategy: String = "strategy",
        /// The address or number, as far as a stranger may see it
        safe_identifier: Option<String> = "safeIdentifier",
        /// Id of the email address
        email_address_id: Option<String> = "emailAddressId",
        /// Id of the phone number
        phone_number_id: Option<String> = "phoneNumberId",
        /// Id of the Web3 wallet
        web3_wallet_id: Option<String> = "web3WalletId",
        /// The wallet's name
        wallet_name: Option<String> = "walletName",
        /// Whether the address or number is the person's primary one
        primary: bool = "primary",
        /// Whether it is the first second factor to be offered
        default: bool = "default",
        /// How a code reaches the phone
        channel: Option<String> = "channel",
        /// Id of the enterprise connection
        enterprise_connection_id: Option<String> = "enterpriseConnectionId",
        /// Its name
        enterprise_connection_name: Option<String> = "enterpriseConnectionName",
    }
}
