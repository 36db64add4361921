//! Clerk's prebuilt UI
//! (<https://clerk.com/docs/react/reference/components/overview>).

use yew::prelude::*;

use super::mounted::{Frame, Kind, use_mounted};
use crate::props::{
    ApiKeysProps, CreateOrganizationProps, GoogleOneTapProps, OAuthConsentProps,
    OrganizationListProps, OrganizationProfileProps, OrganizationSwitcherProps, PricingTableProps,
    Profile, SignInProps, SignUpProps, TaskProps, UserAvatarProps, UserButtonProps,
    UserProfileProps, WaitlistProps,
};

/// A component of clerk-js's by the methods `mount…` and `unmount…`.
macro_rules! kind {
    ($name:literal) => {
        kind!($name, "mount", "unmount", false)
    };
    ($name:literal, $mount:literal, $unmount:literal, $is_modal:literal) => {
        &Kind {
            name: $name,
            mount: concat!($mount, $name),
            unmount: concat!($unmount, $name),
            is_modal: $is_modal,
        }
    };
}

macro_rules! frame {
    ($props:ident) => {
        frame!($props, Vec::new(), Profile::Itself)
    };
    ($props:ident, $items:expr, $profile:expr) => {
        &Frame {
            entries: &$props.entries,
            items: $items,
            profile: $profile,
            fallback: &$props.fallback,
            on_error: &$props.on_error,
        }
    };
}

/// Components without children, each with the attributes of its example.
macro_rules! prebuilt {
    ($($(#[$doc:meta])* $name:ident($props:ty) $example:literal = $kind:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("# use clerk_yew::", stringify!($name), ";")]
        /// # use yew::prelude::*;
        /// # #[component]
        /// # fn Page() -> Html {
        #[doc = concat!("html! { <", stringify!($name), $example, " /> }")]
        /// # }
        /// ```
        #[component]
        pub fn $name(props: &$props) -> Html {
            use_mounted($kind, frame!(props))
        }
    )*};
}

prebuilt! {
    /// The form for signing in.
    SignIn(SignInProps) r#" path="/sign-in" fallback_redirect_url="/home" with_sign_up={true}"# = kind!("SignIn");
    /// The form for signing up.
    SignUp(SignUpProps) r#" path="/sign-up" sign_in_url="/sign-in""# = kind!("SignUp");
    /// The signed-in person's picture.
    UserAvatar(UserAvatarProps) " rounded={true}" = kind!("UserAvatar");
    /// The form for a new organization.
    CreateOrganization(CreateOrganizationProps) r#" after_create_organization_url="/team/:slug""# = kind!("CreateOrganization");
    /// The person's organizations, to choose one or make one.
    OrganizationList(OrganizationListProps) " hide_personal={true}" = kind!("OrganizationList");
    /// The form for joining the waitlist.
    Waitlist(WaitlistProps) r#" after_join_waitlist_url="/thanks""# = kind!("Waitlist");
    /// Google's own window for signing in, over the page. What it was opened with stays.
    GoogleOneTap(GoogleOneTapProps) " cancel_on_tap_outside={false}" = kind!("GoogleOneTap", "open", "close", true);
    /// The plans and what they cost.
    PricingTable(PricingTableProps) r#" highlighted_plan="pro""# = kind!("PricingTable");
    /// The person's or the organization's API keys.
    APIKeys(ApiKeysProps) " per_page={20}" = kind!("APIKeys");
    /// The task of choosing an organization.
    TaskChooseOrganization(TaskProps) r#" redirect_url_complete="/home""# = kind!("TaskChooseOrganization");
    /// The task of choosing a new password.
    TaskResetPassword(TaskProps) r#" redirect_url_complete="/home""# = kind!("TaskResetPassword");
    /// The task of setting up a second factor.
    TaskSetupMFA(TaskProps) r#" redirect_url_complete="/home""# = kind!("TaskSetupMFA");
    /// The person's consent to what another app asks for.
    OAuthConsent(OAuthConsentProps) "" = kind!("OAuthConsent", "__internal_mount", "__internal_unmount", false);
}

/// Whatever the person can see and change of their account. Children are own pages and links:
/// [`UserProfilePage`](crate::UserProfilePage), [`UserProfileLink`](crate::UserProfileLink).
///
/// ```
/// # use clerk_yew::{UserProfile, UserProfilePage};
/// # use yew::prelude::*;
/// # #[component]
/// # fn Page() -> Html {
/// html! {
///     <UserProfile path="/account">
///         <UserProfilePage label="Terms" url="terms">{ "The terms" }</UserProfilePage>
///     </UserProfile>
/// }
/// # }
/// ```
#[component]
pub fn UserProfile(props: &UserProfileProps) -> Html {
    let items = props.children.iter().map(|it| it.0).collect();
    use_mounted(kind!("UserProfile"), frame!(props, items, Profile::Itself))
}

/// The signed-in person's picture with a menu: account, sign-out. Children are own items of it,
/// [`UserButtonAction`](crate::UserButtonAction) and [`UserButtonLink`](crate::UserButtonLink), and
/// own pages of the profile that it opens.
///
/// ```
/// # use clerk_yew::{UserButton, UserButtonLink};
/// # use yew::prelude::*;
/// # #[component]
/// # fn Header() -> Html {
/// html! {
///     <UserButton show_name={true}>
///         <UserButtonLink label="Invoices" href="/invoices" label_icon={html! { "🧾" }} />
///     </UserButton>
/// }
/// # }
/// ```
#[component]
pub fn UserButton(props: &UserButtonProps) -> Html {
    let items = props.children.iter().map(|it| it.0).collect();
    use_mounted(
        kind!("UserButton"),
        frame!(props, items, Profile::In("userProfileProps")),
    )
}

/// Whatever a member can see and change of the active organization. Children are own pages and
/// links: [`OrganizationProfilePage`](crate::OrganizationProfilePage),
/// [`OrganizationProfileLink`](crate::OrganizationProfileLink).
///
/// ```
/// # use clerk_yew::OrganizationProfile;
/// # use yew::prelude::*;
/// # #[component]
/// # fn Page() -> Html {
/// html! { <OrganizationProfile path="/team" after_leave_organization_url="/" /> }
/// # }
/// ```
#[component]
pub fn OrganizationProfile(props: &OrganizationProfileProps) -> Html {
    let items = props.children.iter().map(|it| it.0).collect();
    use_mounted(
        kind!("OrganizationProfile"),
        frame!(props, items, Profile::Itself),
    )
}

/// The active organization, with a menu of the others. Children are own pages of the profile that it
/// opens.
///
/// ```
/// # use clerk_yew::OrganizationSwitcher;
/// # use yew::prelude::*;
/// # #[component]
/// # fn Header() -> Html {
/// html! { <OrganizationSwitcher after_select_organization_url="/team/:slug" /> }
/// # }
/// ```
#[component]
pub fn OrganizationSwitcher(props: &OrganizationSwitcherProps) -> Html {
    let items = props.children.iter().map(|it| it.0).collect();
    use_mounted(
        kind!("OrganizationSwitcher"),
        frame!(props, items, Profile::In("organizationProfileProps")),
    )
}
