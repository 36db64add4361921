//! Components that stand for own pages, links and menu items among the children of Clerk's. On their
//! own they show nothing.

use yew::prelude::*;
use yew::virtual_dom::VChild;

use super::custom::{
    CustomItem, CustomLinkProps, CustomPageProps, Item, UserButtonActionProps, UserButtonLinkProps,
};
use super::organization::{OrganizationProfileProps, OrganizationSwitcherProps};
use super::slot::arrange;
use super::user::{UserButtonProps, UserProfileProps};

/// Declares the components that stand for own items, and whose children they may be.
macro_rules! items {
    ($($(#[$doc:meta])* $name:ident($props:ty) in $($of:ty),+;)*) => {$(
        $(#[$doc])*
        #[component]
        pub fn $name(_props: &$props) -> Html {
            Html::default()
        }

        $(impl From<VChild<$name>> for CustomItem<$of> {
            fn from(child: VChild<$name>) -> Self {
                Self::new(Item { parts: (*child.props).clone().into(), arrange })
            }
        })+
    )*};
}

items! {
    /// An own page in a [`UserProfile`](crate::UserProfile), or in the one that a
    /// [`UserButton`](crate::UserButton) opens.
    ///
    /// ```
    /// # use clerk_yew::{UserProfile, UserProfilePage};
    /// # use yew::prelude::*;
    /// # #[component]
    /// # fn Page() -> Html {
    /// html! {
    ///     <UserProfile>
    ///         <UserProfilePage label="Terms" url="terms" label_icon={html! { "📜" }}>
    ///             <h1>{ "The terms" }</h1>
    ///         </UserProfilePage>
    ///         <UserProfilePage label="security" />
    ///     </UserProfile>
    /// }
    /// # }
    /// ```
    UserProfilePage(CustomPageProps) in UserProfileProps, UserButtonProps;
    /// A link in the menu of a [`UserProfile`](crate::UserProfile), or of the one that a
    /// [`UserButton`](crate::UserButton) opens.
    ///
    /// ```
    /// # use clerk_yew::{UserProfile, UserProfileLink};
    /// # use yew::prelude::*;
    /// # #[component]
    /// # fn Page() -> Html {
    /// html! {
    ///     <UserProfile>
    ///         <UserProfileLink label="Home" url="/" label_icon={html! { "🏠" }} />
    ///     </UserProfile>
    /// }
    /// # }
    /// ```
    UserProfileLink(CustomLinkProps) in UserProfileProps, UserButtonProps;
    /// An own page in an [`OrganizationProfile`](crate::OrganizationProfile), or in the one that an
    /// [`OrganizationSwitcher`](crate::OrganizationSwitcher) opens.
    ///
    /// ```
    /// # use clerk_yew::{OrganizationProfile, OrganizationProfilePage};
    /// # use yew::prelude::*;
    /// # #[component]
    /// # fn Page() -> Html {
    /// html! {
    ///     <OrganizationProfile>
    ///         <OrganizationProfilePage label="Invoices" url="invoices">
    ///             { "None yet" }
    ///         </OrganizationProfilePage>
    ///     </OrganizationProfile>
    /// }
    /// # }
    /// ```
    OrganizationProfilePage(CustomPageProps) in OrganizationProfileProps, OrganizationSwitcherProps;
    /// A link in the menu of an [`OrganizationProfile`](crate::OrganizationProfile), or of the one
    /// that an [`OrganizationSwitcher`](crate::OrganizationSwitcher) opens.
    ///
    /// ```
    /// # use clerk_yew::{OrganizationProfileLink, OrganizationSwitcher};
    /// # use yew::prelude::*;
    /// # #[component]
    /// # fn Switcher() -> Html {
    /// html! {
    ///     <OrganizationSwitcher>
    ///         <OrganizationProfileLink label="Home" url="/" />
    ///     </OrganizationSwitcher>
    /// }
    /// # }
    /// ```
    OrganizationProfileLink(CustomLinkProps) in OrganizationProfileProps, OrganizationSwitcherProps;
    /// An own item in the menu of a [`UserButton`](crate::UserButton) that does something.
    ///
    /// ```
    /// # use clerk_yew::{UserButton, UserButtonAction};
    /// # use yew::prelude::*;
    /// # #[component]
    /// # fn Menu() -> Html {
    /// html! {
    ///     <UserButton>
    ///         <UserButtonAction label="Help" label_icon={html! { "?" }} onclick={|()| {}} />
    ///         <UserButtonAction label="signOut" />
    ///     </UserButton>
    /// }
    /// # }
    /// ```
    UserButtonAction(UserButtonActionProps) in UserButtonProps;
    /// An own item in the menu of a [`UserButton`](crate::UserButton) that leads somewhere.
    ///
    /// ```
    /// # use clerk_yew::{UserButton, UserButtonLink};
    /// # use yew::prelude::*;
    /// # #[component]
    /// # fn Menu() -> Html {
    /// html! { <UserButton><UserButtonLink label="Invoices" href="/invoices" /></UserButton> }
    /// # }
    /// ```
    UserButtonLink(UserButtonLinkProps) in UserButtonProps;
}
