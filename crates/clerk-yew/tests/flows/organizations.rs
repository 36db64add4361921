//! Organizations, and their lists in pages.

use std::cell::RefCell;

use clerk_yew::resources::*;
use clerk_yew::*;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::stand_in::{KEY, holds, run, said, settled, signed_out, text, until, until_shown};
use crate::{keep, kept, rendered, renders};

thread_local! {
    static MEMBERS: RefCell<Option<PaginatedResources<OrganizationMembership>>> = const { RefCell::new(None) };
    static LIST: RefCell<Option<UseOrganizationList>> = const { RefCell::new(None) };
}

/// An organization with five members, whose lists are noted in `asked`.
const ORGANIZATION: &str = "
    window.asked = []; window.members = ['a', 'b', 'c', 'd', 'e']; window.fails = false;
    window.organization = (id, more = {}) => ({id, name: id, ...more,
        async getMemberships({initialPage, pageSize}) {
            window.asked.push(`${id} ${initialPage}`);
            if (window.fails) throw {status: 500, code: 'broken', message: 'broken'};
            const data = window.members.slice((initialPage - 1) * pageSize, initialPage * pageSize)
                .map((name) => ({id: name, role: 'org:member'}));
            return {data, total_count: window.members.length};
        },
        async getInvitations(params) { window.asked.push(JSON.stringify(params)); return {data: [], total_count: 0}; },
    });
    window.work = (id, more) => window.Clerk.become(
        window.person({organizationMemberships: [{id: 'orgmem_1', role: 'org:admin', organization: {id: 'acme'}}]}),
        {id: 'sess_1', status: 'active'}, id && window.organization(id, more));
";

fn asked() -> String {
    said("window.asked.splice(0).join('; ')")
}

#[component]
fn Members() -> Html {
    renders();
    let paging = Paging::new(GetMemberships::new().page_size(2));
    members(use_organization(
        OrganizationLists::new().memberships(paging),
    ))
}

#[component]
fn AllMembers() -> Html {
    let paging = Paging::new(GetMemberships::new().page_size(2)).infinite();
    members(use_organization(
        OrganizationLists::new().memberships(paging),
    ))
}

#[component]
fn Invitations() -> Html {
    let lists = OrganizationLists::new().invitations(GetInvitations::new());
    members(use_organization(lists))
}

fn members(state: UseOrganization) -> Html {
    let list = state.memberships;
    let names = list
        .data
        .iter()
        .map(OrganizationMembership::id)
        .collect::<String>();
    let role = state.membership.map(|it| it.role());
    let shown = match (&list.error, list.is_loading) {
        (Some(error), _) => format!("{names} {error}"),
        (None, true) => "loading".to_owned(),
        (None, false) => names,
    };
    keep(&MEMBERS, list);
    html! { <>{ state.organization.map(|it| it.name()) }{ " " }{ role }{ " " }{ shown }</> }
}

app!(MembersApp, Members);
app!(AllMembersApp, AllMembers);
app!(InvitationsApp, Invitations);

#[wasm_bindgen_test]
async fn members_come_page_by_page() {
    let (root, app) = signed_out::<MembersApp>().await;
    run(ORGANIZATION);
    run("window.work('acme')");
    until_shown(&root, "acme org:admin ab").await;
    let list = kept(&MEMBERS);
    assert_eq!((list.count, list.page, list.page_count), (5, 1, 3));
    assert!(list.has_next_page && !list.has_previous_page);

    list.fetch_next();
    until_shown(&root, "acme org:admin cd").await;
    kept(&MEMBERS).fetch_page(3);
    until_shown(&root, "acme org:admin e").await;
    assert!(!kept(&MEMBERS).has_next_page);
    kept(&MEMBERS).fetch_next();
    kept(&MEMBERS).fetch_previous();
    until_shown(&root, "acme org:admin cd").await;
    assert_eq!(
        asked(),
        "acme 1; acme 2; acme 3",
        "a page that was there is not asked for again"
    );
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_list_is_read_anew_when_told_and_when_the_organization_changed() {
    let (root, app) = signed_out::<MembersApp>().await;
    run(ORGANIZATION);
    run("window.work('acme')");
    until_shown(&root, "acme org:admin ab").await;
    rendered();
    asked();

    run("window.work('acme')");
    settled().await;
    assert_eq!((rendered(), asked().as_str()), (0, ""), "nothing changed");

    run("window.members[0] = 'z'");
    kept(&MEMBERS).revalidate();
    until_shown(&root, "acme org:admin zb").await;
    assert_eq!(asked(), "acme 1");

    run("window.members[1] = 'y'; window.work('acme', {membersCount: 6})");
    until_shown(&root, "acme org:admin zy").await;
    assert_eq!(asked(), "acme 1");

    run("window.work('other')");
    until_shown(&root, "other  zy").await;
    assert_eq!(asked(), "other 1");

    run("window.work(null)");
    until_shown(&root, "  ").await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_list_that_fails_says_why_and_can_be_tried_again() {
    let (root, app) = signed_out::<MembersApp>().await;
    run(ORGANIZATION);
    run("window.fails = true; window.work('acme')");
    until_shown(&root, "acme org:admin  broken").await;
    settled().await;
    assert_eq!(asked(), "acme 1", "it is asked once");
    run("window.fails = false");
    kept(&MEMBERS).revalidate();
    until_shown(&root, "acme org:admin ab").await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn an_infinite_list_grows() {
    let (root, app) = signed_out::<AllMembersApp>().await;
    run(ORGANIZATION);
    run("window.work('acme')");
    until_shown(&root, "acme org:admin ab").await;
    kept(&MEMBERS).fetch_next();
    until_shown(&root, "acme org:admin abcd").await;
    run("window.members[0] = 'z'");
    kept(&MEMBERS).revalidate();
    until_shown(&root, "acme org:admin zbcd").await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn only_the_lists_that_are_wanted_are_read() {
    let (_, app) = signed_out::<InvitationsApp>().await;
    run(ORGANIZATION);
    run("window.work('acme')");
    until("the invitations", || holds("window.asked.length > 0")).await;
    settled().await;
    assert_eq!(
        asked(),
        r#"{"status":["pending"],"initialPage":1,"pageSize":10}"#
    );
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_list_that_arrives_after_its_component_went_does_no_harm() {
    let (root, app) = signed_out::<MembersApp>().await;
    run(ORGANIZATION);
    run(
        "window.organization = (id) => ({id, name: id, getMemberships: () =>
        new Promise((resolve) => { window.arrive = () => resolve({data: [], total_count: 0}); })})",
    );
    run("window.work('acme')");
    until_shown(&root, "acme org:admin loading").await;
    app.destroy();
    run("window.arrive()");
    settled().await;
}

#[component]
fn MyOrganizations() -> Html {
    let list = use_organization_list(UserLists::new().memberships(GetPage::new().page_size(1)));
    let names = list
        .user_memberships
        .data
        .iter()
        .map(|it| it.organization().name());
    let names = names.collect::<String>();
    let is_loaded = list.is_loaded;
    keep(&LIST, list);
    html! { <>{ is_loaded }{ " " }{ names }</> }
}

app!(MyOrganizationsApp, MyOrganizations);

#[wasm_bindgen_test]
async fn a_person_s_organizations_are_listed_made_and_taken_up() {
    let (root, app) = signed_out::<MyOrganizationsApp>().await;
    assert_eq!(text(&root), "false ");
    run("
        window.given = {};
        Object.assign(window.Clerk, {
            async setActive(params) { window.given.active = JSON.stringify(params); },
            async createOrganization(params) { window.given.created = JSON.stringify(params); return {id: 'org_2', name: params.name}; },
        });
        window.Clerk.become(window.person({async getOrganizationMemberships() {
            return {data: [{organization: {name: 'Acme'}}], total_count: 1}; }}), {id: 'sess_1', status: 'active'});
    ");
    until_shown(&root, "true Acme").await;
    let list = kept(&LIST);
    let made = list.create_organization("New", None).await.expect("made");
    assert_eq!(
        (made.id().as_str(), said("window.given.created").as_str()),
        ("org_2", r#"{"name":"New"}"#)
    );
    list.set_active(Some("org_2")).await.expect("taken up");
    assert_eq!(said("window.given.active"), r#"{"organization":"org_2"}"#);
    list.set_active(None).await.expect("taken up");
    assert_eq!(said("window.given.active"), r#"{"organization":null}"#);
    app.destroy();
}
