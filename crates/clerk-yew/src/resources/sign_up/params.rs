//! What the steps of a sign-up take.

use wasm_bindgen::JsValue;

/// Arguments that may describe the person, besides what they take themselves.
macro_rules! described {
    ( $(#[$about:meta])* $name:ident $required:tt { $($own:tt)* } ) => {
        params! {
            $(#[$about])*
            $name $required {
                $($own)*
                /// First name
                first_name: String = "firstName",
                /// Last name
                last_name: String = "lastName",
                /// Metadata that the new account gets, made by [`metadata`](crate::resources::metadata)
                unsafe_metadata: JsValue = "unsafeMetadata",
                /// Whether the terms are accepted
                legal_accepted: bool = "legalAccepted",
                /// The person's language; the browser's unless told
                locale: String = "locale",
            }
        }
    };
}

/// Arguments that may also say what the person is known by.
macro_rules! identified {
    ( $(#[$about:meta])* $name:ident $required:tt { $($own:tt)* } ) => {
        described! {
            $(#[$about])*
            $name $required {
                /// Email address
                email_address: String = "emailAddress",
                /// Phone number
                phone_number: String = "phoneNumber",
                /// User name
                username: String = "username",
                $($own)*
            }
        }
    };
}

identified! {
    /// How to begin a sign-up.
    SignUpCreate() {
        /// The password
        password: String = "password",
        /// Another way, such as `oauth_google`, `enterprise_sso` or `ticket`
        strategy: String = "strategy",
        /// Whether a sign-in that found no account goes on as this sign-up
        transfer: bool = "transfer",
        /// A ticket that the app's server made
        ticket: String = "ticket",
        /// A Web3 wallet's address
        web3_wallet: String = "web3Wallet",
        /// The person's time zone; the browser's unless told
        timezone: String = "timezone",
    }
}

identified! {
    /// What to add to a sign-up, or to change of it.
    SignUpUpdate() {}
}

identified! {
    /// A password, and whose it is.
    SignUpPassword(password: String = "password") {}
}

described! {
    /// How to sign up at another service: by a strategy such as `oauth_google` or
    /// `enterprise_sso`. The service sends the person to the callback, where the sign-up goes on
    /// if it is not complete; `redirect_url` is where to go after that.
    SignUpSso(
        strategy: String = "strategy",
        redirect_url: String = "redirectUrl",
        redirect_callback_url: String = "redirectCallbackUrl"
    ) {
        /// A `Window` to go there instead of this one
        popup: JsValue = "popup",
        /// OIDC's `prompt`, such as `consent`
        oidc_prompt: String = "oidcPrompt",
        /// The enterprise connection, where there are several
        enterprise_connection_id: String = "enterpriseConnectionId",
        /// The address that leads to the company's sign-in
        email_address: String = "emailAddress",
    }
}

described! {
    /// A ticket that the app's server made, such as an invitation.
    SignUpTicket(ticket: String = "ticket") {}
}

described! {
    /// How to sign up by a wallet: by a strategy such as `web3_metamask_signature`.
    SignUpWeb3(strategy: String = "strategy") {}
}
