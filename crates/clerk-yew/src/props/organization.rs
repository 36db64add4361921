//! The components of organizations.

use yew::AttrValue;
use yew::html::ChildrenRenderer;

use super::billing::ApiKeysProps;
use super::custom::CustomItem;
use super::mounted::{mounted_props, routed_props};
use super::user::ProfileMode;

routed_props! {
    /// What [`OrganizationProfile`](crate::OrganizationProfile) takes
    /// (<https://clerk.com/docs/react/reference/components/organization/organization-profile>).
    OrganizationProfileProps {
        children {
            /// Own pages and links: [`OrganizationProfilePage`](crate::OrganizationProfilePage),
            /// [`OrganizationProfileLink`](crate::OrganizationProfileLink)
            ChildrenRenderer<CustomItem<OrganizationProfileProps>>
        }
        options {
            /// Where leaving the organization leads
            after_leave_organization_url: AttrValue = "afterLeaveOrganizationUrl",
            /// What its page of API keys takes; `hide` in its `extra` leaves that page out
            api_keys_props: ApiKeysProps = "apiKeysProps",
        }
    }
}

mounted_props! {
    /// What [`OrganizationSwitcher`](crate::OrganizationSwitcher) takes
    /// (<https://clerk.com/docs/react/reference/components/organization/organization-switcher>).
    ///
    /// A URL may have an organization's (or person's) members in it, such as `/team/:slug`; a
    /// function of it goes by `extra`.
    OrganizationSwitcherProps {
        children {
            /// Own pages of the profile that it opens:
            /// [`OrganizationProfilePage`](crate::OrganizationProfilePage),
            /// [`OrganizationProfileLink`](crate::OrganizationProfileLink)
            ChildrenRenderer<CustomItem<OrganizationSwitcherProps>>
        }
        options {
            /// Whether it is open at first
            default_open: bool = "defaultOpen",
            /// Whether the person's own account is left out
            hide_personal: bool = "hidePersonal",
            /// How it opens the organization's profile
            organization_profile_mode: ProfileMode = "organizationProfileMode",
            /// The page with the organization's profile, when it goes there
            organization_profile_url: AttrValue = "organizationProfileUrl",
            /// What the profile that it opens takes
            organization_profile_props: OrganizationProfileProps = "organizationProfileProps",
            /// How it opens the form for a new organization
            create_organization_mode: ProfileMode = "createOrganizationMode",
            /// The page with the form for a new organization, when it goes there
            create_organization_url: AttrValue = "createOrganizationUrl",
            /// Where a new organization leads
            after_create_organization_url: AttrValue = "afterCreateOrganizationUrl",
            /// Where the choice of an organization leads
            after_select_organization_url: AttrValue = "afterSelectOrganizationUrl",
            /// Where the choice of the person's own account leads
            after_select_personal_url: AttrValue = "afterSelectPersonalUrl",
            /// Where leaving an organization leads
            after_leave_organization_url: AttrValue = "afterLeaveOrganizationUrl",
            /// Whether nobody is invited right after an organization was created
            skip_invitation_screen: bool = "skipInvitationScreen",
        }
    }
}

mounted_props! {
    /// What [`OrganizationList`](crate::OrganizationList) takes
    /// (<https://clerk.com/docs/react/reference/components/organization/organization-list>). URLs
    /// are as in [`OrganizationSwitcherProps`].
    OrganizationListProps {
        options {
            /// Whether the person's own account is left out
            hide_personal: bool = "hidePersonal",
            /// Where a new organization leads
            after_create_organization_url: AttrValue = "afterCreateOrganizationUrl",
            /// Where the choice of an organization leads
            after_select_organization_url: AttrValue = "afterSelectOrganizationUrl",
            /// Where the choice of the person's own account leads
            after_select_personal_url: AttrValue = "afterSelectPersonalUrl",
            /// Whether nobody is invited right after an organization was created
            skip_invitation_screen: bool = "skipInvitationScreen",
        }
    }
}

routed_props! {
    /// What [`CreateOrganization`](crate::CreateOrganization) takes
    /// (<https://clerk.com/docs/react/reference/components/organization/create-organization>). URLs
    /// are as in [`OrganizationSwitcherProps`].
    CreateOrganizationProps {
        options {
            /// Where a new organization leads
            after_create_organization_url: AttrValue = "afterCreateOrganizationUrl",
            /// Whether nobody is invited right after it was created
            skip_invitation_screen: bool = "skipInvitationScreen",
        }
    }
}
