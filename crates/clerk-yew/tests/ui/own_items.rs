//! Own pages, links and menu items.

use clerk_yew::{
    ClerkProvider, OrganizationProfile, OrganizationProfilePage, OrganizationSwitcher, UserButton,
    UserButtonAction, UserButtonLink, UserProfile, UserProfileLink, UserProfilePage,
};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::html_nested;
use yew::prelude::*;

use crate::recorder::{calls, gone, recorded, step, use_step};
use crate::stand_in::{KEY, holds, run, said, settled, text};

/// A page that counts clicks, and sees the app's context.
#[component]
pub fn Counter() -> Html {
    let count = use_state(|| 0);
    let name = use_context::<AttrValue>().unwrap_or_default();
    let onclick = {
        let count = count.clone();
        move |_| count.set(*count + 1)
    };
    html! { <button class="counter" {onclick}>{ format!("{name} {}", *count) }</button> }
}

#[component]
fn OwnPages() -> Html {
    let step = use_step();
    let clicked = use_state(|| 0);
    let onclick = {
        let clicked = clicked.clone();
        move |()| clicked.set(*clicked + 1)
    };
    html! {
        <ContextProvider<AttrValue> context={AttrValue::from("Ada")}>
            <ClerkProvider publishable_key={KEY}>
                <UserButton>
                    <UserButtonAction label="Help" label_icon={html! { "?" }} {onclick} />
                    <UserButtonAction label="Security" open="security" />
                    <UserButtonLink label="Invoices" href="/invoices" />
                    <UserButtonAction label="signOut" />
                    <UserProfilePage label="Terms" url="terms" label_icon={html! { <i>{ step }</i> }}>
                        <Counter />{ format!(" step {step}") }
                    </UserProfilePage>
                    { for (step == 3).then(|| html_nested! {
                        <UserProfileLink label="Home" url="/" />
                    }) }
                    <UserProfilePage label="account" />
                </UserButton>
                <p>{ *clicked }</p>
            </ClerkProvider>
        </ContextProvider<AttrValue>>
    }
}

/// clerk-js shows the page: makes an element and mounts into it.
const OPEN: &str = "
    window.page = () => window.props().userProfileProps.customPages[0];
    window.at = (id) => {
        const element = document.createElement('div');
        element.id = id; document.body.append(element); return element;
    };
    window.page().mount(window.at('content'));
    window.page().mountIcon(window.at('icon'));
";

fn shown_in(id: &str) -> String {
    said(&format!("document.getElementById('{id}').textContent"))
}

#[wasm_bindgen_test]
async fn own_items_are_handed_to_clerk_in_their_order() {
    let (root, app) = recorded::<OwnPages>().await;
    assert_eq!(
        said("JSON.stringify(window.props())"),
        r#"{"userProfileProps":{"customPages":[{"label":"Terms","url":"terms"},{"label":"account"}]},"customMenuItems":[{"label":"Help"},{"label":"Security","open":"/security"},{"label":"Invoices","href":"/invoices"},{"label":"signOut"}]}"#
    );
    // What clerk-js tells items by: which functions they have.
    assert_eq!(
        said(
            "JSON.stringify([...window.props().userProfileProps.customPages, \
             ...window.props().customMenuItems].map((it) => Object.keys(it).filter( \
             (name) => typeof it[name] === 'function')))"
        ),
        r#"[["mountIcon","unmountIcon","mount","unmount"],[],["mountIcon","unmountIcon","onClick"],["mountIcon","unmountIcon"],["mountIcon","unmountIcon"],[]]"#
    );
    run("window.props().customMenuItems[0].onClick()");
    settled().await;
    assert_eq!(text(&root), "1");
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn an_own_page_keeps_its_state_and_its_context() {
    let (root, app) = recorded::<OwnPages>().await;
    run(OPEN);
    settled().await;
    assert_eq!(
        (shown_in("content"), shown_in("icon")),
        ("Ada 0 step 0".into(), "0".into())
    );

    run("document.querySelector('.counter').click()");
    settled().await;
    step(1).await;
    assert_eq!(shown_in("content"), "Ada 1 step 1");
    assert_eq!(shown_in("icon"), "1");
    assert!(holds("window.calls.length === 1"), "Clerk need not know");

    // clerk-js renders anew, into another element; the page goes along, and can still be used.
    run("
        window.page().mount(window.at('content2'));
        window.page().unmount(document.getElementById('content'));
        document.getElementById('content').remove();
    ");
    settled().await;
    run("document.querySelector('.counter').click()");
    settled().await;
    assert_eq!(shown_in("content2"), "Ada 2 step 1");

    // Another item changes the list, and not this page.
    step(3).await;
    assert_eq!(
        said("window.calls.map(([it]) => it)"),
        "mountUserButton,update"
    );
    assert_eq!(
        said("window.props().userProfileProps.customPages.map((it) => it.label)"),
        "Terms,Home,account"
    );
    assert_eq!(shown_in("content2"), "Ada 2 step 3");

    // clerk-js leaves the page.
    run("window.page().unmount(document.getElementById('content2'))");
    settled().await;
    assert_eq!(shown_in("content2"), "");
    // And comes back.
    run("window.page().mount(document.getElementById('content2'))");
    settled().await;
    assert_eq!(shown_in("content2"), "Ada 0 step 3");

    let page = "window.kept = window.page();";
    run(page);
    gone(&root, app).await;
    assert_eq!(shown_in("content2"), "");
    // clerk-js takes its elements away after the component has gone.
    run("window.kept.unmount(document.getElementById('content2'));
        window.kept.unmountIcon(document.getElementById('icon'));
        document.getElementById('content2').remove();
        document.getElementById('icon').remove();");
}

#[wasm_bindgen_test]
async fn an_own_page_inside_the_app_is_part_of_it() {
    let (root, app) = recorded::<OwnPages>().await;
    run("
        window.page = () => window.props().userProfileProps.customPages[0];
        window.at = (id) => {
            const element = document.createElement('div');
            element.id = id;
            document.querySelector('[data-clerk-component]').append(element);
            return element;
        };
        window.page().mount(window.at('inside'));
    ");
    settled().await;
    run("document.querySelector('.counter').click()");
    settled().await;
    assert_eq!(shown_in("inside"), "Ada 1 step 0");

    // clerk-js renders anew, into another element.
    run("
        window.page().mount(window.at('inside2'));
        window.page().unmount(document.getElementById('inside'));
    ");
    settled().await;
    run("document.querySelector('.counter').click()");
    settled().await;
    assert_eq!(shown_in("inside2"), "Ada 2 step 0");

    // It leaves the page and comes back.
    run("window.page().unmount(document.getElementById('inside2'))");
    assert_eq!(shown_in("inside2"), "");
    settled().await;
    run("window.page().mount(document.getElementById('inside2'))");
    settled().await;
    assert_eq!(shown_in("inside2"), "Ada 0 step 0");

    // It is gone before clerk-js takes its elements away.
    run("window.kept = [document.getElementById('inside2'), window.page()]");
    gone(&root, app).await;
    assert!(holds("window.kept[0].textContent === ''"));
    run("window.kept[1].unmount(window.kept[0])");
}

#[wasm_bindgen_test]
async fn an_organizations_profile_has_own_pages_too() {
    #[component]
    fn App() -> Html {
        html! {
            <ClerkProvider publishable_key={KEY}>
                <OrganizationProfile>
                    <OrganizationProfilePage label="Invoices" url="invoices">
                        { "None yet" }
                    </OrganizationProfilePage>
                </OrganizationProfile>
                <OrganizationSwitcher>
                    <OrganizationProfilePage label="Seats" url="seats">{ "3" }</OrganizationProfilePage>
                </OrganizationSwitcher>
                <UserProfile>
                    <UserProfilePage label="Terms" url="terms">{ "The terms" }</UserProfilePage>
                </UserProfile>
            </ClerkProvider>
        }
    }
    let (root, app) = recorded::<App>().await;
    assert_eq!(
        calls(),
        r#"[["mountOrganizationProfile",{"customPages":[{"label":"Invoices","url":"invoices"}]}],["mountOrganizationSwitcher",{"organizationProfileProps":{"customPages":[{"label":"Seats","url":"seats"}]}}],["mountUserProfile",{"customPages":[{"label":"Terms","url":"terms"}]}]]"#
    );
    gone(&root, app).await;
}
