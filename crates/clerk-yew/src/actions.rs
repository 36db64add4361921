//! What Clerk does, by its own names, and what that takes.

use wasm_bindgen::JsValue;

use crate::clerk::Clerk;
use crate::error::ClerkError;
use crate::js;

/// What is said of a member. Clerk tells one that is left out from one that is `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Member {
    #[default]
    LeftOut,
    Null,
    Text(String),
}

impl From<Member> for JsValue {
    fn from(member: Member) -> Self {
        match member {
            Member::LeftOut => Self::UNDEFINED,
            Member::Null => Self::NULL,
            Member::Text(text) => text.into(),
        }
    }
}

/// An object for clerk-js, made member by member; `null` are the members that can be none.
macro_rules! options {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$of:meta])* $member:ident = $js:literal,)* }
        $(null { $($(#[$of_none:meta])* $none:ident = $nullable:ident,)* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($member: Member,)* }

        impl $name {
            /// As Clerk does by default.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$of])*
                #[must_use]
                pub fn $member(self, $member: impl Into<String>) -> Self {
                    Self { $member: Member::Text($member.into()), ..self }
                }
            )*

            $($(
                $(#[$of_none])*
                #[must_use]
                pub fn $none(self) -> Self {
                    Self { $nullable: Member::Null, ..self }
                }
            )*)?
        }

        impl From<$name> for JsValue {
            fn from(options: $name) -> Self {
                js::object([$(($js, options.$member.into()),)*])
            }
        }
    };
}

options! {
    /// Which sign-out ([`Clerk::sign_out`](crate::Clerk::sign_out)).
    SignOutOptions {
        /// Out of this session only; none: out of all of them
        session_id = "sessionId",
        /// Where it leads
        redirect_url = "redirectUrl",
    }
}

options! {
    /// What to take up ([`Clerk::set_active`](crate::Clerk::set_active)):
    ///
    /// ```
    /// use clerk_yew::SetActive;
    ///
    /// let team = SetActive::new().organization("acme").redirect_url("/team");
    /// let personal_account = SetActive::new().no_organization();
    /// # assert_ne!(team, personal_account);
    /// ```
    SetActive {
        /// This session, by its id
        session = "session",
        /// This organization, by its id or slug
        organization = "organization",
        /// Where it leads
        redirect_url = "redirectUrl",
    }
    null {
        /// No session: signs out of the active one
        no_session = session,
        /// No organization: the personal account
        no_organization = organization,
    }
}

/// The two forms of actions that take what clerk-js takes.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $try_name:ident $method:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, options: impl Into<JsValue>) {
            self.call($method, &options.into());
        }

        #[doc = concat!("As [`", stringify!($name), "`](Self::", stringify!($name), "), to its end.")]
        ///
        /// # Errors
        /// When Clerk does not load, or what it said.
        pub async fn $try_name(&self, options: impl Into<JsValue>) -> Result<JsValue, ClerkError> {
            self.try_call($method, &options.into()).await
        }
    )*};
}

/// URLs that clerk-js makes.
macro_rules! urls {
    ($($(#[$doc:meta])* $name:ident $method:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// Before Clerk is loaded, or what it said.
        pub fn $name(&self, options: impl Into<JsValue>) -> Result<String, ClerkError> {
            self.build($method, options.into())
        }
    )*};
}

impl Clerk {
    actions! {
        /// Takes up another session or organization, as [`SetActive`](crate::SetActive) says
        /// (<https://clerk.com/docs/js-frontend/reference/objects/clerk#set-active>).
        set_active try_set_active "setActive";
        /// Signs out, in every tab of this browser, as
        /// [`SignOutOptions`](crate::SignOutOptions) says
        /// (<https://clerk.com/docs/js-frontend/reference/objects/clerk#sign-out>).
        sign_out try_sign_out "signOut";

        /// Goes to the page for signing in.
        redirect_to_sign_in try_redirect_to_sign_in "redirectToSignIn";
        /// Goes to the page for signing up.
        redirect_to_sign_up try_redirect_to_sign_up "redirectToSignUp";
        /// Goes where a sign-in leads.
        redirect_to_after_sign_in try_redirect_to_after_sign_in "redirectToAfterSignIn";
        /// Goes where a sign-up leads.
        redirect_to_after_sign_up try_redirect_to_after_sign_up "redirectToAfterSignUp";
        /// Goes where a sign-out leads.
        redirect_to_after_sign_out try_redirect_to_after_sign_out "redirectToAfterSignOut";
        /// Goes to what the person must still do.
        redirect_to_tasks try_redirect_to_tasks "redirectToTasks";
        /// Goes to the page for the account.
        redirect_to_user_profile try_redirect_to_user_profile "redirectToUserProfile";
        /// Goes to the page for the active organization.
        redirect_to_organization_profile try_redirect_to_organization_profile "redirectToOrganizationProfile";
        /// Goes to the page that makes an organization.
        redirect_to_create_organization try_redirect_to_create_organization "redirectToCreateOrganization";
        /// Goes to the waitlist.
        redirect_to_waitlist try_redirect_to_waitlist "redirectToWaitlist";

        /// Opens the form for signing in, above the page.
        open_sign_in try_open_sign_in "openSignIn";
        /// Closes the form for signing in.
        close_sign_in try_close_sign_in "closeSignIn";
        /// Opens the form for signing up, above the page.
        open_sign_up try_open_sign_up "openSignUp";
        /// Closes the form for signing up.
        close_sign_up try_close_sign_up "closeSignUp";
        /// Opens the account, above the page.
        open_user_profile try_open_user_profile "openUserProfile";
        /// Closes the account.
        close_user_profile try_close_user_profile "closeUserProfile";
        /// Opens the active organization, above the page.
        open_organization_profile try_open_organization_profile "openOrganizationProfile";
        /// Closes the active organization.
        close_organization_profile try_close_organization_profile "closeOrganizationProfile";
        /// Opens the form that makes an organization, above the page.
        open_create_organization try_open_create_organization "openCreateOrganization";
        /// Closes the form that makes an organization.
        close_create_organization try_close_create_organization "closeCreateOrganization";
        /// Opens the form that invites to the active organization, above the page.
        open_invite_members try_open_invite_members "openInviteMembers";
        /// Closes the form that invites to the active organization.
        close_invite_members try_close_invite_members "closeInviteMembers";
        /// Opens the waitlist's form, above the page.
        open_waitlist try_open_waitlist "openWaitlist";
        /// Closes the waitlist's form.
        close_waitlist try_close_waitlist "closeWaitlist";
        /// Asks whether to sign in with the Google account of this browser.
        open_google_one_tap try_open_google_one_tap "openGoogleOneTap";
        /// Asks that no longer.
        close_google_one_tap try_close_google_one_tap "closeGoogleOneTap";

        /// Ends a sign-in or sign-up that came back from another service, on the page it came to.
        handle_redirect_callback try_handle_redirect_callback "handleRedirectCallback";
        /// Ends a sign-in or sign-up by a link in an email, on the page it leads to.
        handle_email_link_verification try_handle_email_link_verification "handleEmailLinkVerification";
        /// Ends a sign-in by Google One Tap.
        handle_google_one_tap_callback try_handle_google_one_tap_callback "handleGoogleOneTapCallback";
        /// Signs in with what Google One Tap answered.
        authenticate_with_google_one_tap try_authenticate_with_google_one_tap "authenticateWithGoogleOneTap";
        /// Signs in with `MetaMask`.
        authenticate_with_metamask try_authenticate_with_metamask "authenticateWithMetamask";
        /// Signs in with Coinbase Wallet.
        authenticate_with_coinbase_wallet try_authenticate_with_coinbase_wallet "authenticateWithCoinbaseWallet";
        /// Signs in with OKX Wallet.
        authenticate_with_okx_wallet try_authenticate_with_okx_wallet "authenticateWithOKXWallet";
        /// Signs in with Base.
        authenticate_with_base try_authenticate_with_base "authenticateWithBase";
        /// Signs in with a wallet of the given strategy.
        authenticate_with_web3 try_authenticate_with_web3 "authenticateWithWeb3";
        /// Puts an address on the waitlist.
        join_waitlist try_join_waitlist "joinWaitlist";

        /// Changes what Clerk's UI was started with: appearance, localization, URLs.
        update_props try_update_props "__internal_updateProps";
    }

    urls! {
        /// The URL of the page for signing in.
        build_sign_in_url "buildSignInUrl";
        /// The URL of the page for signing up.
        build_sign_up_url "buildSignUpUrl";
        /// Where a sign-in leads.
        build_after_sign_in_url "buildAfterSignInUrl";
        /// Where a sign-up leads.
        build_after_sign_up_url "buildAfterSignUpUrl";
        /// Where a sign-out leads.
        build_after_sign_out_url "buildAfterSignOutUrl";
        /// Where the sign-out of one of several sessions leads.
        build_after_multi_session_single_sign_out_url "buildAfterMultiSessionSingleSignOutUrl";
        /// Where a new subscription leads.
        build_new_subscription_redirect_url "buildNewSubscriptionRedirectUrl";
        /// The URL of the page for the account.
        build_user_profile_url "buildUserProfileUrl";
        /// The URL of the page for the active organization.
        build_organization_profile_url "buildOrganizationProfileUrl";
        /// The URL of the page that makes an organization.
        build_create_organization_url "buildCreateOrganizationUrl";
        /// The URL of the waitlist.
        build_waitlist_url "buildWaitlistUrl";
        /// The URL of what the person must still do.
        build_tasks_url "buildTasksUrl";
        /// A URL, with what another origin of this instance needs to know who is here; the URL
        /// stands where the others have options.
        build_url_with_auth "buildUrlWithAuth";
    }
}
