//! The person's own components.

use yew::AttrValue;
use yew::html::ChildrenRenderer;

use super::billing::ApiKeysProps;
use super::builder::choice;
use super::custom::CustomItem;
use super::mounted::{mounted_props, routed_props};
use super::value::Raw;

routed_props! {
    /// What [`UserProfile`](crate::UserProfile) takes
    /// (<https://clerk.com/docs/react/reference/components/user/user-profile>).
    UserProfileProps {
        children {
            /// Own pages and links: [`UserProfilePage`](crate::UserProfilePage),
            /// [`UserProfileLink`](crate::UserProfileLink)
            ChildrenRenderer<CustomItem<UserProfileProps>>
        }
        options {
            /// Scopes to ask a social provider for besides the usual ones: an object of arrays, by
            /// provider
            additional_oauth_scopes: Raw = "additionalOAuthScopes",
            /// What its page of API keys takes; `hide` in its `extra` leaves that page out
            api_keys_props: ApiKeysProps = "apiKeysProps",
        }
    }
}

mounted_props! {
    /// What [`UserButton`](crate::UserButton) takes
    /// (<https://clerk.com/docs/react/reference/components/user/user-button>).
    UserButtonProps {
        children {
            /// Own items of its menu, [`UserButtonAction`](crate::UserButtonAction) and
            /// [`UserButtonLink`](crate::UserButtonLink); own pages of the profile that it opens,
            /// [`UserProfilePage`](crate::UserProfilePage) and
            /// [`UserProfileLink`](crate::UserProfileLink)
            ChildrenRenderer<CustomItem<UserButtonProps>>
        }
        options {
            /// Whether the person's name stands beside the picture
            show_name: bool = "showName",
            /// Whether the menu is open at first
            default_open: bool = "defaultOpen",
            /// How it opens the profile
            user_profile_mode: ProfileMode = "userProfileMode",
            /// The page with the profile, when it goes there
            user_profile_url: AttrValue = "userProfileUrl",
            /// What the profile that it opens takes
            user_profile_props: UserProfileProps = "userProfileProps",
            /// The page with the form for signing in, for one more account
            sign_in_url: AttrValue = "signInUrl",
            /// Where switching to another account leads
            after_switch_session_url: AttrValue = "afterSwitchSessionUrl",
        }
    }
}

mounted_props! {
    /// What [`UserAvatar`](crate::UserAvatar) takes
    /// (<https://clerk.com/docs/react/reference/components/user/user-avatar>).
    UserAvatarProps {
        options {
            /// Whether the picture is round
            rounded: bool = "rounded",
        }
    }
}

choice! {
    /// How a button opens a profile or a form.
    ProfileMode {
        /// In a window over the page
        Modal = "modal",
        /// By going to its page
        Navigation = "navigation",
    }
}
