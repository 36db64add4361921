use std::rc::Rc;

use yew::prelude::*;

use super::clerk::use_clerk;
use super::paged::{Owner, PaginatedResources, Paging, use_pages};
use super::user::use_user;
use crate::actions::SetActive;
use crate::clerk::Clerk;
use crate::error::ClerkError;
use crate::resources::{
    GetPage, GetUserInvitations, GetUserSuggestions, Organization, OrganizationMembership,
    OrganizationSuggestion, User, UserOrganizationInvitation,
};

/// Which lists of the person [`use_organization_list`] reads; none unless told.
#[derive(Clone, Default, PartialEq)]
#[must_use]
pub struct UserLists {
    memberships: Option<Paging<GetPage>>,
    invitations: Option<Paging<GetUserInvitations>>,
    suggestions: Option<Paging<GetUserSuggestions>>,
}

impl UserLists {
    /// None of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// The organizations that the person is in.
    pub fn memberships(self, paging: impl Into<Paging<GetPage>>) -> Self {
        Self {
            memberships: Some(paging.into()),
            ..self
        }
    }

    /// Those that the person is invited to; the invitations that wait for an answer unless told.
    pub fn invitations(self, paging: impl Into<Paging<GetUserInvitations>>) -> Self {
        Self {
            invitations: Some(paging.into().map(GetUserInvitations::pending_unless_told)),
            ..self
        }
    }

    /// Those that the person might join; the suggestions that wait for an answer unless told.
    pub fn suggestions(self, paging: impl Into<Paging<GetUserSuggestions>>) -> Self {
        Self {
            suggestions: Some(paging.into().map(GetUserSuggestions::pending_unless_told)),
            ..self
        }
    }
}

/// The person's organizations; answered by [`use_organization_list`].
#[derive(Clone)]
#[non_exhaustive]
pub struct UseOrganizationList {
    /// Whether somebody is signed in, so that there are lists
    pub is_loaded: bool,
    /// The organizations that the person is in
    pub user_memberships: PaginatedResources<OrganizationMembership>,
    /// Those that the person is invited to
    pub user_invitations: PaginatedResources<UserOrganizationInvitation>,
    /// Those that the person might join
    pub user_suggestions: PaginatedResources<OrganizationSuggestion>,
    clerk: Clerk,
}

impl UseOrganizationList {
    /// Makes an organization; its name in URLs is Clerk's choice unless told.
    ///
    /// # Errors
    /// When Clerk refuses.
    pub async fn create_organization(
        &self,
        name: &str,
        slug: Option<&str>,
    ) -> Result<Organization, ClerkError> {
        self.clerk.create_organization(name, slug).await
    }

    /// Takes up an organization, by id or by name in URLs; none: the personal account.
    ///
    /// # Errors
    /// When Clerk refuses.
    pub async fn set_active(&self, organization: Option<&str>) -> Result<(), ClerkError> {
        let params = match organization {
            Some(organization) => SetActive::new().organization(organization),
            None => SetActive::new().no_organization(),
        };
        self.clerk.try_set_active(params).await.map(|_| ())
    }
}

/// The person's organizations, and those that could be
/// (<https://clerk.com/docs/react/reference/hooks/use-organization-list>):
///
/// ```
/// use clerk_yew::resources::GetPage;
/// use clerk_yew::{UserLists, use_organization_list};
/// use yew::prelude::*;
///
/// #[component]
/// fn Organizations() -> Html {
///     let list = use_organization_list(UserLists::new().memberships(GetPage::new()));
///     let names = list.user_memberships.data.iter().map(|it| it.organization().name());
///     names.map(|name| html! { <p>{ name }</p> }).collect()
/// }
/// ```
#[hook]
pub fn use_organization_list(lists: UserLists) -> UseOrganizationList {
    let clerk = use_clerk();
    let user = use_user().signed_in();
    let owner = user.map(|it| Owner {
        id: it.id(),
        // A new name is no reason to read them anew.
        revision: memberships(&it),
        raw: it.raw().clone(),
    });
    UseOrganizationList {
        is_loaded: owner.is_some(),
        user_memberships: use_pages(
            owner.clone(),
            "getOrganizationMemberships",
            lists.memberships,
        ),
        user_invitations: use_pages(
            owner.clone(),
            "getOrganizationInvitations",
            lists.invitations,
        ),
        user_suggestions: use_pages(owner, "getOrganizationSuggestions", lists.suggestions),
        clerk,
    }
}

/// What tells the person's memberships from those at another time.
fn memberships(user: &User) -> Rc<str> {
    let each = user.organization_memberships();
    let revisions = each.iter().map(OrganizationMembership::revision);
    revisions.collect::<Vec<_>>().concat().into()
}
