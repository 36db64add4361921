//! Which page is at which address.

use clerk_yew::{SignedIn, SignedOut};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{account, billing, organizations, renders, tasks, ways_in};

/// Where a person can be. `…Step` is a step or a page that Clerk's component has below its own.
#[derive(Clone, Debug, PartialEq, Eq, Routable)]
pub enum Route {
    #[at("/")]
    Home,
    #[at("/sign-in")]
    SignIn,
    #[at("/sign-in/*step")]
    SignInStep { step: String },
    #[at("/sign-up")]
    SignUp,
    #[at("/sign-up/*step")]
    SignUpStep { step: String },
    #[at("/waitlist")]
    Waitlist,
    #[at("/google-one-tap")]
    GoogleOneTap,
    #[at("/user-button")]
    UserButton,
    #[at("/user-profile")]
    UserProfile,
    #[at("/user-profile/*step")]
    UserProfileStep { step: String },
    #[at("/user-avatar")]
    UserAvatar,
    #[at("/api-keys")]
    ApiKeys,
    #[at("/organization-switcher")]
    OrganizationSwitcher,
    #[at("/organization-profile")]
    OrganizationProfile,
    #[at("/organization-profile/*step")]
    OrganizationProfileStep { step: String },
    #[at("/organization-list")]
    OrganizationList,
    #[at("/create-organization")]
    CreateOrganization,
    #[at("/pricing-table")]
    PricingTable,
    #[at("/oauth-consent")]
    OAuthConsent,
    #[at("/tasks/choose-organization")]
    TaskChooseOrganization,
    #[at("/tasks/setup-mfa")]
    TaskSetupMfa,
    #[at("/tasks/reset-password")]
    TaskResetPassword,
    #[at("/renders")]
    Renders,
    #[not_found]
    #[at("/404")]
    NotFound,
}

impl Route {
    /// Every page by its name.
    pub const ALL: [(Self, &str); 19] = [
        (Self::Home, "Home"),
        (Self::SignIn, "SignIn"),
        (Self::SignUp, "SignUp"),
        (Self::Waitlist, "Waitlist"),
        (Self::GoogleOneTap, "GoogleOneTap"),
        (Self::UserButton, "UserButton"),
        (Self::UserProfile, "UserProfile"),
        (Self::UserAvatar, "UserAvatar"),
        (Self::ApiKeys, "APIKeys"),
        (Self::OrganizationSwitcher, "OrganizationSwitcher"),
        (Self::OrganizationProfile, "OrganizationProfile"),
        (Self::OrganizationList, "OrganizationList"),
        (Self::CreateOrganization, "CreateOrganization"),
        (Self::PricingTable, "PricingTable"),
        (Self::OAuthConsent, "OAuthConsent"),
        (Self::TaskChooseOrganization, "TaskChooseOrganization"),
        (Self::TaskSetupMfa, "TaskSetupMFA"),
        (Self::TaskResetPassword, "TaskResetPassword"),
        (Self::Renders, "What renders when"),
    ];
}

/// The page at an address.
#[allow(
    clippy::needless_pass_by_value,
    reason = "yew-router hands the route over"
)]
pub fn switch(route: Route) -> Html {
    match route {
        Route::Home => html! { <h1>{ "Gallery" }</h1> },
        Route::SignIn | Route::SignInStep { .. } => html! { <ways_in::In /> },
        Route::SignUp | Route::SignUpStep { .. } => html! { <ways_in::Up /> },
        Route::Waitlist => html! { <ways_in::List /> },
        Route::GoogleOneTap => html! { <ways_in::OneTap /> },
        Route::UserButton => guarded(html! { <account::Button /> }),
        Route::UserProfile | Route::UserProfileStep { .. } => {
            guarded(html! { <account::Profile /> })
        }
        Route::UserAvatar => guarded(html! { <account::Avatar /> }),
        Route::ApiKeys => guarded(html! { <account::Keys /> }),
        Route::OrganizationSwitcher => guarded(html! { <organizations::Switcher /> }),
        Route::OrganizationProfile | Route::OrganizationProfileStep { .. } => {
            guarded(html! { <organizations::Profile /> })
        }
        Route::OrganizationList => guarded(html! { <organizations::List /> }),
        Route::CreateOrganization => guarded(html! { <organizations::Create /> }),
        Route::PricingTable => html! { <billing::Plans /> },
        Route::OAuthConsent => guarded(html! { <account::Consent /> }),
        // Whoever has a task to do counts as signed out.
        Route::TaskChooseOrganization => html! { <tasks::ChooseOrganization /> },
        Route::TaskSetupMfa => html! { <tasks::SetupMfa /> },
        Route::TaskResetPassword => html! { <tasks::ResetPassword /> },
        Route::Renders => guarded(html! { <renders::Renders /> }),
        Route::NotFound => html! { <p>{ "There is no page at this address." }</p> },
    }
}

/// What Clerk shows only to somebody who is signed in.
fn guarded(page: Html) -> Html {
    html! {
        <>
            <SignedIn>{ page }</SignedIn>
            <SignedOut><p>{ "Sign in to see this." }</p></SignedOut>
        </>
    }
}
