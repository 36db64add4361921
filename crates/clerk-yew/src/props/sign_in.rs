//! The forms for signing in and up, and for the waitlist.

use yew::AttrValue;

use super::builder::{choice, value};
use super::mounted::{mounted_props, routed_props};
use super::value::Raw;

/// Declares the props of a form that signs somebody in or up.
macro_rules! form_props {
    ( $(#[$doc:meta])* $name:ident { $($own:tt)* } ) => {
        routed_props! {
            $(#[$doc])*
            $name {
                options {
                    /// Where it leads in any case
                    force_redirect_url: AttrValue = "forceRedirectUrl",
                    /// Where it leads when it was not asked to come back
                    fallback_redirect_url: AttrValue = "fallbackRedirectUrl",
                    /// The page with the form for signing in
                    sign_in_url: AttrValue = "signInUrl",
                    /// Where signing out leads
                    after_sign_out_url: AttrValue = "afterSignOutUrl",
                    /// The page with the waitlist
                    waitlist_url: AttrValue = "waitlistUrl",
                    /// What the fields begin with
                    initial_values: InitialValues = "initialValues",
                    /// How it goes to a social provider
                    oauth_flow: OAuthFlow = "oauthFlow",
                    /// The parameter `prompt` of `OpenID` Connect, such as `select_account`
                    oidc_prompt: AttrValue = "oidcPrompt",
                    /// Unsafe metadata of somebody who signs up in it
                    unsafe_metadata: Raw = "unsafeMetadata",
                    $($own)*
                }
            }
        }
    };
}

form_props! {
    /// What [`SignIn`](crate::SignIn) takes
    /// (<https://clerk.com/docs/react/reference/components/authentication/sign-in>).
    SignInProps {
        /// The page with the form for signing up
        sign_up_url: AttrValue = "signUpUrl",
        /// Where a sign-up that begins here leads in any case
        sign_up_force_redirect_url: AttrValue = "signUpForceRedirectUrl",
        /// Where a sign-up that begins here leads when it was not asked to come back
        sign_up_fallback_redirect_url: AttrValue = "signUpFallbackRedirectUrl",
        /// Whether somebody new can sign up in it
        with_sign_up: bool = "withSignUp",
        /// Whether a sign-in by a social provider may become a sign-up; `true` when unset
        transferable: bool = "transferable",
    }
}

form_props! {
    /// What [`SignUp`](crate::SignUp) takes
    /// (<https://clerk.com/docs/react/reference/components/authentication/sign-up>).
    SignUpProps {
        /// Where a sign-in that begins here leads in any case
        sign_in_force_redirect_url: AttrValue = "signInForceRedirectUrl",
        /// Where a sign-in that begins here leads when it was not asked to come back
        sign_in_fallback_redirect_url: AttrValue = "signInFallbackRedirectUrl",
    }
}

mounted_props! {
    /// What [`Waitlist`](crate::Waitlist) takes
    /// (<https://clerk.com/docs/react/reference/components/authentication/waitlist>).
    WaitlistProps {
        options {
            /// Where joining it leads
            after_join_waitlist_url: AttrValue = "afterJoinWaitlistUrl",
            /// The page with the form for signing in
            sign_in_url: AttrValue = "signInUrl",
        }
    }
}

mounted_props! {
    /// What [`GoogleOneTap`](crate::GoogleOneTap) takes
    /// (<https://clerk.com/docs/react/reference/components/authentication/google-one-tap>).
    GoogleOneTapProps {
        options {
            /// Whether a click beside it closes it; `true` when unset
            cancel_on_tap_outside: bool = "cancelOnTapOutside",
            /// Whether it works in browsers with Intelligent Tracking Prevention; `true` when unset
            itp_support: bool = "itpSupport",
            /// Whether it uses the browser's own dialog where there is one; `true` when unset
            fed_cm_support: bool = "fedCmSupport",
            /// Where a sign-in leads
            sign_in_force_redirect_url: AttrValue = "signInForceRedirectUrl",
            /// Where a sign-up leads
            sign_up_force_redirect_url: AttrValue = "signUpForceRedirectUrl",
        }
    }
}

value! {
    /// What the fields of a form begin with.
    ///
    /// ```
    /// # use clerk_yew::InitialValues;
    /// InitialValues::new().email_address("ada@example.com");
    /// ```
    InitialValues {
        /// The email address
        email_address: AttrValue = "emailAddress",
        /// The phone number, such as `+12015550100`
        phone_number: AttrValue = "phoneNumber",
        /// The name to sign in with
        username: AttrValue = "username",
        /// The first name; only of somebody who signs up
        first_name: AttrValue = "firstName",
        /// The last name; only of somebody who signs up
        last_name: AttrValue = "lastName",
    }
}

choice! {
    /// How a form goes to a social provider.
    OAuthFlow {
        /// In a window of its own where redirects are known not to work, otherwise by redirect
        Auto = "auto",
        /// By redirect
        Redirect = "redirect",
        /// In a window of its own
        Popup = "popup",
    }
}
