//! Components: what to show when, buttons, redirects, and Clerk's prebuilt UI.

mod buttons;
mod control;
mod mounted;
mod portal;
mod prebuilt;
mod redirects;
mod sso_callback;

pub use buttons::{
    InviteMembersButton, SignInButton, SignInWithMetamaskButton, SignOutButton, SignUpButton,
};
pub use control::{
    ClerkDegraded, ClerkFailed, ClerkLoaded, ClerkLoading, ControlProps, Protect, ProtectProps,
    Show, ShowProps, SignedIn, SignedOut, When,
};
pub use portal::{PortalProvider, PortalProviderProps};
pub use prebuilt::{
    APIKeys, CreateOrganization, GoogleOneTap, OAuthConsent, OrganizationList, OrganizationProfile,
    OrganizationSwitcher, PricingTable, SignIn, SignUp, TaskChooseOrganization, TaskResetPassword,
    TaskSetupMFA, UserAvatar, UserButton, UserProfile, Waitlist,
};
pub use redirects::{
    AuthenticateWithRedirectCallback, RedirectToCreateOrganization, RedirectToOrganizationProfile,
    RedirectToSignIn, RedirectToSignUp, RedirectToTasks, RedirectToUserProfile,
};
pub use sso_callback::{HandleSSOCallback, HandleSsoCallbackProps};
