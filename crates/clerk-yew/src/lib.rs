//! Clerk's browser SDK (clerk-js) for [Yew](https://yew.rs).
//!
//! Wrap the app in a [`ClerkProvider`]; below it, hooks tell who is signed in and hand out
//! session tokens, and components show Clerk's prebuilt UI:
//!
//! ```no_run
//! use clerk_yew::{ClerkProvider, SignInButton, SignedIn, SignedOut, UserButton};
//! use yew::prelude::*;
//!
//! #[component]
//! fn App() -> Html {
//!     html! {
//!         <ClerkProvider publishable_key="pk_test_…">
//!             <SignedOut><SignInButton /></SignedOut>
//!             <SignedIn><UserButton /></SignedIn>
//!         </ClerkProvider>
//!     }
//! }
//! ```
//!
//! Layers, each built on the one before: `value`, `js` and `resources` (clerk-js's objects, by name),
//! `store` (what the page knows of them), `page` (loads clerk-js, listens to it), `clerk` (what an
//! app asks of it), `provider` and `hooks`, `components`. clerk-js is one object for the whole
//! page: so there is one provider in a page, near the root.

/// The README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod actions;
mod clerk;
mod components;
mod config;
mod deadline;
mod error;
mod hooks;
mod js;
mod options;
mod page;
mod props;
mod provider;
pub mod resources;
mod scripts;
mod state;
mod store;
mod tabs;
pub mod testing;
mod token;
mod value;

pub use actions::{SetActive, SignOutOptions};
pub use clerk::{Clerk, get_token};
pub use clerk_claims::{Authorization, Condition, Level, Reverification};
pub use components::{
    APIKeys, AuthenticateWithRedirectCallback, ClerkDegraded, ClerkFailed, ClerkLoaded,
    ClerkLoading, ControlProps, CreateOrganization, GoogleOneTap, HandleSSOCallback,
    HandleSsoCallbackProps, InviteMembersButton, OAuthConsent, OrganizationList,
    OrganizationProfile, OrganizationSwitcher, PortalProvider, PortalProviderProps, PricingTable,
    Protect, ProtectProps, RedirectToCreateOrganization, RedirectToOrganizationProfile,
    RedirectToSignIn, RedirectToSignUp, RedirectToTasks, RedirectToUserProfile, Show, ShowProps,
    SignIn, SignInButton, SignInWithMetamaskButton, SignOutButton, SignUp, SignUpButton, SignedIn,
    SignedOut, TaskChooseOrganization, TaskResetPassword, TaskSetupMFA, UserAvatar, UserButton,
    UserProfile, Waitlist, When,
};
pub use config::{ClerkConfig, clerk_config, use_clerk_config};
pub use error::{ClerkError, ErrorKind, Reason};
pub use hooks::{
    Auth, EmailLinkFlow, NeedsReverification, OrganizationLists, PaginatedResources, Paging,
    ReverificationHint, ReverificationRequest, UseOrganization, UseOrganizationList,
    UseReverification, UseSignIn, UseSignUp, UseWaitlist, UserLists, use_auth, use_clerk,
    use_clerk_status, use_email_link, use_organization, use_organization_list, use_reverification,
    use_session, use_session_list, use_sign_in, use_sign_up, use_user, use_waitlist,
};
pub use options::{ClerkProviderProps, TaskUrls};
pub use props::{
    ApiKeysProps, Appearance, AppearanceOptions, Attributes, AuthenticateWithRedirectCallbackProps,
    ButtonMode, CaptchaOptions, CreateOrganizationProps, CtaPosition, CustomItem, CustomLinkProps,
    CustomPageProps, Elevation, GoogleOneTapProps, InitialValues, InviteMembersButtonProps,
    LogoPlacement, OAuthConsentProps, OAuthFlow, OrganizationListProps, OrganizationProfileLink,
    OrganizationProfilePage, OrganizationProfileProps, OrganizationSwitcherProps, Payer,
    PricingTableProps, ProfileMode, Prop, Raw, RedirectToSignInProps, RedirectToSignUpProps,
    RedirectToTasksProps, Routing, SignInButtonProps, SignInProps, SignInWithMetamaskButtonProps,
    SignOutButtonProps, SignUpButtonProps, SignUpProps, SocialButtonsPlacement,
    SocialButtonsVariant, TaskProps, Theme, UserAvatarProps, UserButtonAction,
    UserButtonActionProps, UserButtonLink, UserButtonLinkProps, UserButtonProps, UserProfileLink,
    UserProfilePage, UserProfileProps, WaitlistProps,
};
pub use provider::ClerkProvider;
pub use resources::{Organization, Session, User};
pub use state::{Signed, Status};
pub use token::TokenOptions;
