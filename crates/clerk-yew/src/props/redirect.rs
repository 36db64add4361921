//! Redirects.

use yew::{AttrValue, Callback};

use super::builder::props;
use super::sign_in::InitialValues;
use super::value::Raw;
use crate::error::ClerkError;

props! {
    /// What [`RedirectToSignIn`](crate::RedirectToSignIn) takes
    /// (<https://clerk.com/docs/react/reference/components/control/redirect-to-sign-in>).
    RedirectToSignInProps {
        options {
            /// Where the sign-in leads; the current page when unset
            redirect_url: AttrValue = "redirectUrl",
            /// Where the sign-in leads in any case
            sign_in_force_redirect_url: AttrValue = "signInForceRedirectUrl",
            /// Where the sign-in leads when it was not asked to come back
            sign_in_fallback_redirect_url: AttrValue = "signInFallbackRedirectUrl",
            /// Where a sign-up that begins there leads in any case
            sign_up_force_redirect_url: AttrValue = "signUpForceRedirectUrl",
            /// Where a sign-up that begins there leads when it was not asked to come back
            sign_up_fallback_redirect_url: AttrValue = "signUpFallbackRedirectUrl",
            /// What the fields begin with
            initial_values: InitialValues = "initialValues",
        }
    }
}

props! {
    /// What [`RedirectToSignUp`](crate::RedirectToSignUp) takes
    /// (<https://clerk.com/docs/react/reference/components/control/redirect-to-sign-up>).
    RedirectToSignUpProps {
        options {
            /// Where the sign-up leads; the current page when unset
            redirect_url: AttrValue = "redirectUrl",
            /// Where the sign-up leads in any case
            sign_up_force_redirect_url: AttrValue = "signUpForceRedirectUrl",
            /// Where the sign-up leads when it was not asked to come back
            sign_up_fallback_redirect_url: AttrValue = "signUpFallbackRedirectUrl",
            /// Where a sign-in that begins there leads in any case
            sign_in_force_redirect_url: AttrValue = "signInForceRedirectUrl",
            /// Where a sign-in that begins there leads when it was not asked to come back
            sign_in_fallback_redirect_url: AttrValue = "signInFallbackRedirectUrl",
            /// What the fields begin with
            initial_values: InitialValues = "initialValues",
        }
    }
}

props! {
    /// What [`RedirectToTasks`](crate::RedirectToTasks) takes
    /// (<https://clerk.com/docs/react/reference/components/control/redirect-to-tasks>).
    RedirectToTasksProps {
        options {
            /// Where the last task leads; the current page when unset
            redirect_url: AttrValue = "redirectUrl",
        }
    }
}

props! {
    /// What [`AuthenticateWithRedirectCallback`](crate::AuthenticateWithRedirectCallback) takes
    /// (<https://clerk.com/docs/react/reference/components/control/authenticate-with-redirect-callback>).
    AuthenticateWithRedirectCallbackProps {
        fields {
            /// Called when the sign-in or sign-up cannot go on, which is also said on the console
            on_error: Callback<ClerkError>,
        }
        options {
            /// The page with the form for signing in
            sign_in_url: AttrValue = "signInUrl",
            /// The page with the form for signing up
            sign_up_url: AttrValue = "signUpUrl",
            /// Where a sign-in leads in any case
            sign_in_force_redirect_url: AttrValue = "signInForceRedirectUrl",
            /// Where a sign-in leads when it was not asked to come back
            sign_in_fallback_redirect_url: AttrValue = "signInFallbackRedirectUrl",
            /// Where a sign-up leads in any case
            sign_up_force_redirect_url: AttrValue = "signUpForceRedirectUrl",
            /// Where a sign-up leads when it was not asked to come back
            sign_up_fallback_redirect_url: AttrValue = "signUpFallbackRedirectUrl",
            /// Where the first factor is asked for
            first_factor_url: AttrValue = "firstFactorUrl",
            /// Where the second factor is asked for
            second_factor_url: AttrValue = "secondFactorUrl",
            /// Where a new password is asked for
            reset_password_url: AttrValue = "resetPasswordUrl",
            /// Where what is missing for a sign-up is asked for
            continue_sign_up_url: AttrValue = "continueSignUpUrl",
            /// Where the code sent by email is asked for
            verify_email_address_url: AttrValue = "verifyEmailAddressUrl",
            /// Where the code sent by phone is asked for
            verify_phone_number_url: AttrValue = "verifyPhoneNumberUrl",
            /// Where Clerk Protect's challenge of a sign-in is shown
            sign_in_protect_check_url: AttrValue = "signInProtectCheckUrl",
            /// Where Clerk Protect's challenge of a sign-up is shown
            sign_up_protect_check_url: AttrValue = "signUpProtectCheckUrl",
            /// Where one of several enterprise connections is chosen
            enterprise_connections_url: AttrValue = "enterpriseConnectionsUrl",
            /// What is asked of Clerk anew before it goes on: `signIn` or `signUp`
            reload_resource: AttrValue = "reloadResource",
            /// Whether a sign-in by a social provider may become a sign-up; `true` when unset
            transferable: bool = "transferable",
            /// Unsafe metadata of the new person
            unsafe_metadata: Raw = "unsafeMetadata",
        }
    }
}
