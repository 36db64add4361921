//! What the components take, by Clerk's names. An option that is not set is not sent, so that
//! Clerk's default applies.

mod appearance;
mod attributes;
mod billing;
mod builder;
mod button;
mod custom;
mod items;
mod mounted;
mod organization;
mod redirect;
mod sign_in;
mod slot;
mod task;
mod user;
mod value;

pub use appearance::{
    Appearance, AppearanceOptions, CaptchaOptions, Elevation, LogoPlacement,
    SocialButtonsPlacement, SocialButtonsVariant, Theme,
};
pub use attributes::Attributes;
pub use billing::{ApiKeysProps, CtaPosition, Payer, PricingTableProps};
pub use builder::{Builder, Checked, Given, Prop};
pub(crate) use builder::{props, value};
pub use button::{
    ButtonMode, InviteMembersButtonProps, SignInButtonProps, SignInWithMetamaskButtonProps,
    SignOutButtonProps, SignUpButtonProps,
};
pub(crate) use custom::{Arrange, Item, Profile};
pub use custom::{
    CustomItem, CustomLinkProps, CustomPageProps, UserButtonActionProps, UserButtonLinkProps,
};
pub use items::{
    OrganizationProfileLink, OrganizationProfilePage, UserButtonAction, UserButtonLink,
    UserProfileLink, UserProfilePage,
};
pub use mounted::Routing;
pub use organization::{
    CreateOrganizationProps, OrganizationListProps, OrganizationProfileProps,
    OrganizationSwitcherProps,
};
pub use redirect::{
    AuthenticateWithRedirectCallbackProps, RedirectToSignInProps, RedirectToSignUpProps,
    RedirectToTasksProps,
};
pub use sign_in::{
    GoogleOneTapProps, InitialValues, OAuthFlow, SignInProps, SignUpProps, WaitlistProps,
};
pub use task::{OAuthConsentProps, TaskProps};
pub use user::{ProfileMode, UserAvatarProps, UserButtonProps, UserProfileProps};
pub use value::{Entries, Raw, Value};
