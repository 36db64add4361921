use yew::prelude::*;

use super::paged::{Owner, PaginatedResources, Paging, use_pages};
use super::selected::use_selected;
use crate::resources::{
    GetDomains, GetInvitations, GetMembershipRequests, GetMemberships, Organization,
    OrganizationDomain, OrganizationInvitation, OrganizationMembership,
    OrganizationMembershipRequest,
};

/// Which lists of the organization [`use_organization`] reads; none unless told.
#[derive(Clone, Default, PartialEq)]
#[must_use]
pub struct OrganizationLists {
    memberships: Option<Paging<GetMemberships>>,
    invitations: Option<Paging<GetInvitations>>,
    membership_requests: Option<Paging<GetMembershipRequests>>,
    domains: Option<Paging<GetDomains>>,
}

impl OrganizationLists {
    /// None of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// The members.
    pub fn memberships(self, paging: impl Into<Paging<GetMemberships>>) -> Self {
        Self {
            memberships: Some(paging.into()),
            ..self
        }
    }

    /// The invitations; those that wait for an answer unless told.
    pub fn invitations(self, paging: impl Into<Paging<GetInvitations>>) -> Self {
        Self {
            invitations: Some(paging.into().map(GetInvitations::pending_unless_told)),
            ..self
        }
    }

    /// Who asks to join; those that wait for an answer unless told.
    pub fn membership_requests(self, paging: impl Into<Paging<GetMembershipRequests>>) -> Self {
        let pending = GetMembershipRequests::pending_unless_told;
        Self {
            membership_requests: Some(paging.into().map(pending)),
            ..self
        }
    }

    /// The domains.
    pub fn domains(self, paging: impl Into<Paging<GetDomains>>) -> Self {
        Self {
            domains: Some(paging.into()),
            ..self
        }
    }
}

/// The active organization; answered by [`use_organization`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UseOrganization {
    /// Whether it is known which is active, if any
    pub is_loaded: bool,
    /// The organization; none when the person works in none
    pub organization: Option<Organization>,
    /// The person's membership in it
    pub membership: Option<OrganizationMembership>,
    /// Its members
    pub memberships: PaginatedResources<OrganizationMembership>,
    /// Its invitations
    pub invitations: PaginatedResources<OrganizationInvitation>,
    /// Who asks to join it
    pub membership_requests: PaginatedResources<OrganizationMembershipRequest>,
    /// Its domains
    pub domains: PaginatedResources<OrganizationDomain>,
}

/// The active organization and its lists
/// (<https://clerk.com/docs/react/reference/hooks/use-organization>):
///
/// ```
/// use clerk_yew::resources::GetMemberships;
/// use clerk_yew::{OrganizationLists, Paging, use_organization};
/// use yew::prelude::*;
///
/// #[component]
/// fn Members() -> Html {
///     let members = Paging::new(GetMemberships::new().page_size(20)).infinite();
///     let memberships = use_organization(OrganizationLists::new().memberships(members)).memberships;
///     let names = memberships.data.iter().filter_map(|it| it.public_user_data());
///     let more = { let memberships = memberships.clone(); move |_| memberships.fetch_next() };
///     html! {
///         <>
///             { for names.map(|it| html! { <p>{ it.identifier() }</p> }) }
///             <button onclick={more} disabled={!memberships.has_next_page}>{ "More" }</button>
///         </>
///     }
/// }
/// ```
#[hook]
pub fn use_organization(lists: OrganizationLists) -> UseOrganization {
    let (is_loaded, active) = use_selected(|now| {
        let active = now.signed.as_ref().signed_in().and_then(|known| {
            let organization = known.organization.clone()?;
            let id = organization.id();
            let memberships = known.user.organization_memberships();
            let mut mine = memberships
                .into_iter()
                .filter(|it| it.organization().id() == id);
            Some((organization, mine.next()))
        });
        (now.signed.is_loaded(), active)
    });
    let (organization, membership) = active.unzip();
    let owner = organization.as_ref().map(|it| Owner {
        id: it.id(),
        revision: it.revision(),
        raw: it.raw().clone(),
    });
    UseOrganization {
        is_loaded,
        organization,
        membership: membership.flatten(),
        memberships: use_pages(owner.clone(), "getMemberships", lists.memberships),
        invitations: use_pages(owner.clone(), "getInvitations", lists.invitations),
        membership_requests: use_pages(
            owner.clone(),
            "getMembershipRequests",
            lists.membership_requests,
        ),
        domains: use_pages(owner, "getDomains", lists.domains),
    }
}
