//! What the steps of a sign-in take.

use wasm_bindgen::JsValue;

params! {
    /// How to begin a sign-in.
    SignInCreate() {
        /// An email address, a phone number or a user name
        identifier: String = "identifier",
        /// The password
        password: String = "password",
        /// Another way, such as `oauth_google`, `enterprise_sso`, `passkey` or `ticket`
        strategy: String = "strategy",
        /// Where another service sends the person back to
        redirect_url: String = "redirectUrl",
        /// Where to go after that
        action_complete_redirect_url: String = "actionCompleteRedirectUrl",
        /// OIDC's `prompt`, such as `consent`
        oidc_prompt: String = "oidcPrompt",
        /// OIDC's `login_hint`
        oidc_login_hint: String = "oidcLoginHint",
        /// Whether a sign-up that found the account there goes on as this sign-in
        transfer: bool = "transfer",
        /// A ticket that the app's server made
        ticket: String = "ticket",
        /// Whether it goes on as a sign-up when there is no such account
        sign_up_if_missing: bool = "signUpIfMissing",
        /// The person's time zone; the browser's unless told
        timezone: String = "timezone",
    }
}

params! {
    /// A password, and whose it is: one of the three, or none where the sign-in knows it already.
    SignInPassword(password: String = "password") {
        /// An email address, a phone number or a user name
        identifier: String = "identifier",
        /// An email address
        email_address: String = "emailAddress",
        /// A phone number
        phone_number: String = "phoneNumber",
        /// The person's time zone; the browser's unless told
        timezone: String = "timezone",
    }
}

params! {
    /// How to sign in at another service: by a strategy such as `oauth_google` or
    /// `enterprise_sso`. The service sends the person to the callback, where the sign-in goes on
    /// if it is not complete; `redirect_url` is where to go after that.
    SignInSso(
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
        identifier: String = "identifier",
    }
}

words! {
    /// How the browser asks for a passkey.
    PasskeyFlow {
        /// Among what it fills into fields
        Autofill = "autofill",
        /// By a window of its own
        Discoverable = "discoverable",
    }
}
