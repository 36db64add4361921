//! Organizations of who is signed in.

use clerk_yew::{
    Condition, CreateOrganization, OrganizationList, OrganizationProfile, OrganizationProfileLink,
    OrganizationProfilePage, OrganizationSwitcher, Show,
};
use yew::prelude::*;

use crate::toggle::use_toggle;

/// The active organization, with a menu of the others.
#[component]
pub fn Switcher() -> Html {
    let (hide_personal, onclick) = use_toggle();
    html! {
        <>
            <button {onclick}>{ if hide_personal { "With the person" } else { "Without the person" } }</button>
            <OrganizationSwitcher {hide_personal} after_leave_organization_url="/organization-list">
                <OrganizationProfilePage label="Invoices" label_icon={html! { "€" }} url="invoices">
                    <Invoices />
                </OrganizationProfilePage>
            </OrganizationSwitcher>
        </>
    }
}

/// The active organization in the page, with a page of the app's and a link among Clerk's own.
#[component]
pub fn Profile() -> Html {
    let fallback = html! { <p>{ "Choose an organization to see this." }</p> };
    html! {
        <Show when={Condition::new().role("org:admin")} {fallback}>
            <OrganizationProfile path="/organization-profile">
                <OrganizationProfilePage label="Invoices" label_icon={html! { "€" }} url="invoices">
                    <Invoices />
                </OrganizationProfilePage>
                <OrganizationProfileLink label="Gallery" label_icon={html! { "⌂" }} url="/" />
            </OrganizationProfile>
        </Show>
    }
}

/// An own page.
#[component]
fn Invoices() -> Html {
    html! { <h1>{ "No invoices yet" }</h1> }
}

/// All organizations, to choose one or make one.
#[component]
pub fn List() -> Html {
    html! {
        <OrganizationList
            after_select_organization_url="/organization-profile"
            after_create_organization_url="/organization-profile"
        />
    }
}

/// The form for a new one.
#[component]
pub fn Create() -> Html {
    html! {
        <CreateOrganization
            after_create_organization_url="/organization-profile"
            skip_invitation_screen=true
        />
    }
}
