//! Buttons.

use yew::{AttrValue, Callback, Children, Classes, MouseEvent};

use super::appearance::Appearance;
use super::attributes::Attributes;
use super::builder::props;
use super::sign_in::{InitialValues, OAuthFlow};
use super::value::Raw;

/// Declares the props of a button.
macro_rules! button_props {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(mode { $(#[$mode_doc:meta])* $mode:ty })?
            options { $($options:tt)* }
        }
    ) => {
        props! {
            $(#[$doc])*
            $name {
                fields {
                    /// The element's id
                    id: Option<AttrValue>,
                    /// CSS classes
                    class: Classes,
                    /// Any other attributes, such as `{[("aria-label", "Come in")]}`
                    attributes: Attributes,
                    /// Called first; after `prevent_default` on its event nothing else happens
                    onclick: Callback<MouseEvent>,
                    $($(#[$mode_doc])* mode: $mode,)?
                    /// One element, which becomes the button and has an id and classes of its own; or
                    /// the label of one, a plain one when there is none
                    children: Children,
                }
                options { $($options)* }
            }
        }
    };
}

button_props! {
    /// What [`SignInButton`](crate::SignInButton) takes
    /// (<https://clerk.com/docs/react/reference/components/unstyled/sign-in-button>).
    SignInButtonProps {
        mode {
            /// Whether the form comes up over the page
            ButtonMode
        }
        options {
            /// Where the sign-in leads in any case
            force_redirect_url: AttrValue = "forceRedirectUrl",
            /// Where the sign-in leads when it was not asked to come back
            fallback_redirect_url: AttrValue = "fallbackRedirectUrl",
            /// Where a sign-up that begins there leads in any case
            sign_up_force_redirect_url: AttrValue = "signUpForceRedirectUrl",
            /// Where a sign-up that begins there leads when it was not asked to come back
            sign_up_fallback_redirect_url: AttrValue = "signUpFallbackRedirectUrl",
            /// What the fields begin with
            initial_values: InitialValues = "initialValues",
            /// Whether somebody new can sign up in the form
            with_sign_up: bool = "withSignUp",
            /// How the form goes to a social provider
            oauth_flow: OAuthFlow = "oauthFlow",
            /// How the form over the page looks
            appearance: Appearance = "appearance",
        }
    }
}

button_props! {
    /// What [`SignUpButton`](crate::SignUpButton) takes
    /// (<https://clerk.com/docs/react/reference/components/unstyled/sign-up-button>).
    SignUpButtonProps {
        mode {
            /// Whether the form comes up over the page
            ButtonMode
        }
        options {
            /// Where the sign-up leads in any case
            force_redirect_url: AttrValue = "forceRedirectUrl",
            /// Where the sign-up leads when it was not asked to come back
            fallback_redirect_url: AttrValue = "fallbackRedirectUrl",
            /// Where a sign-in that begins there leads in any case
            sign_in_force_redirect_url: AttrValue = "signInForceRedirectUrl",
            /// Where a sign-in that begins there leads when it was not asked to come back
            sign_in_fallback_redirect_url: AttrValue = "signInFallbackRedirectUrl",
            /// What the fields begin with
            initial_values: InitialValues = "initialValues",
            /// How the form goes to a social provider
            oauth_flow: OAuthFlow = "oauthFlow",
            /// Unsafe metadata of the new person; only over the page
            unsafe_metadata: Raw = "unsafeMetadata",
            /// How the form over the page looks
            appearance: Appearance = "appearance",
        }
    }
}

button_props! {
    /// What [`SignOutButton`](crate::SignOutButton) takes
    /// (<https://clerk.com/docs/react/reference/components/unstyled/sign-out-button>).
    SignOutButtonProps {
        options {
            /// Where it leads; unset: the provider's `after_sign_out_url`
            redirect_url: AttrValue = "redirectUrl",
            /// The one session to end; unset: all of this browser's
            session_id: AttrValue = "sessionId",
        }
    }
}

button_props! {
    /// What [`InviteMembersButton`](crate::InviteMembersButton) takes.
    InviteMembersButtonProps {
        options {
            /// How the form looks
            appearance: Appearance = "appearance",
        }
    }
}

button_props! {
    /// What [`SignInWithMetamaskButton`](crate::SignInWithMetamaskButton) takes
    /// (<https://clerk.com/docs/react/reference/components/unstyled/sign-in-with-metamask>).
    SignInWithMetamaskButtonProps {
        options {
            /// Where the sign-in leads
            redirect_url: AttrValue = "redirectUrl",
        }
    }
}

/// How a button opens its form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonMode {
    /// By going to its page
    #[default]
    Redirect,
    /// Over the page
    Modal,
}
