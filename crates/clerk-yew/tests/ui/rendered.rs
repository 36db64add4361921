//! Each component is rendered with its options, changed in place, and taken away.

use clerk_yew::{
    APIKeys, Appearance, AppearanceOptions, ButtonMode, ClerkProvider, CreateOrganization,
    GoogleOneTap, InitialValues, LogoPlacement, OAuthConsent, OrganizationList,
    OrganizationProfile, OrganizationSwitcher, PortalProvider, PricingTable, Raw, SignIn,
    SignInButton, SignOutButton, SignUp, SignUpButton, TaskChooseOrganization, TaskResetPassword,
    TaskSetupMFA, Theme, UserAvatar, UserButton, UserButtonAction, UserProfile, UserProfilePage,
    Waitlist,
};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;
use yew::prelude::*;

use crate::own_items::Counter;
use crate::recorder::{before_loading, calls, click, gone, recorded, step, use_step};
use crate::stand_in::{KEY, holds, run, said, settled, text, until, until_shown};

/// Tests that a component is rendered with these props, by these methods, and taken away.
macro_rules! rendered {
    ($($test:ident: { $($html:tt)* } by $mount:literal $unmount:literal with $props:literal;)*) => {$(
        #[wasm_bindgen_test]
        async fn $test() {
            #[component]
            fn App() -> Html {
                html! { <ClerkProvider publishable_key={KEY}>$($html)*</ClerkProvider> }
            }
            let (root, app) = recorded::<App>().await;
            assert_eq!(calls(), concat!("[[\"", $mount, "\",", $props, "]]"));
            gone(&root, app).await;
            assert_eq!(calls(), concat!("[[\"", $mount, "\",", $props, "],[\"", $unmount, "\"]]"));
            assert!(holds("window.mounted.size === 0"));
        }
    )*};
}

rendered! {
    sign_in_is_rendered: {
        <SignIn
            path="/sign-in"
            fallback_redirect_url="/home"
            with_sign_up={true}
            initial_values={InitialValues::new().email_address("ada@example.com")}
        />
    } by "mountSignIn" "unmountSignIn" with r#"{"path":"/sign-in","fallbackRedirectUrl":"/home","withSignUp":true,"initialValues":{"emailAddress":"ada@example.com"}}"#;
    sign_up_is_rendered: {
        <SignUp path="/sign-up" unsafe_metadata={Raw::json(r#"{"plan":"pro"}"#)} />
    } by "mountSignUp" "unmountSignUp" with r#"{"path":"/sign-up","unsafeMetadata":{"plan":"pro"}}"#;
    without_options_nothing_is_sent: { <SignIn /> } by "mountSignIn" "unmountSignIn" with "{}";
    what_is_set_by_name_goes_before_the_extra: {
        <SignIn extra={Raw::json(r#"{"path":"/other","brandNew":1}"#)} path="/sign-in" />
    } by "mountSignIn" "unmountSignIn" with r#"{"path":"/sign-in","brandNew":1}"#;
    the_user_button_is_rendered: {
        <UserButton show_name={true} user_profile_props={yew::props!(clerk_yew::UserProfileProps { path: "/me" })} />
    } by "mountUserButton" "unmountUserButton" with r#"{"showName":true,"userProfileProps":{"path":"/me"}}"#;
    the_user_profile_is_rendered: {
        <UserProfile path="/account" additional_oauth_scopes={Raw::json(r#"{"google":["drive"]}"#)} />
    } by "mountUserProfile" "unmountUserProfile" with r#"{"path":"/account","additionalOAuthScopes":{"google":["drive"]}}"#;
    the_avatar_is_rendered: { <UserAvatar rounded={true} /> } by "mountUserAvatar" "unmountUserAvatar" with r#"{"rounded":true}"#;
    the_switcher_is_rendered: {
        <OrganizationSwitcher hide_personal={true} after_select_organization_url="/team/:slug" />
    } by "mountOrganizationSwitcher" "unmountOrganizationSwitcher" with r#"{"hidePersonal":true,"afterSelectOrganizationUrl":"/team/:slug"}"#;
    the_organization_profile_is_rendered: {
        <OrganizationProfile after_leave_organization_url="/" />
    } by "mountOrganizationProfile" "unmountOrganizationProfile" with r#"{"afterLeaveOrganizationUrl":"/"}"#;
    the_list_is_rendered: { <OrganizationList skip_invitation_screen={true} /> } by "mountOrganizationList" "unmountOrganizationList" with r#"{"skipInvitationScreen":true}"#;
    the_form_for_an_organization_is_rendered: { <CreateOrganization path="/new" /> } by "mountCreateOrganization" "unmountCreateOrganization" with r#"{"path":"/new"}"#;
    the_waitlist_is_rendered: { <Waitlist after_join_waitlist_url="/thanks" /> } by "mountWaitlist" "unmountWaitlist" with r#"{"afterJoinWaitlistUrl":"/thanks"}"#;
    one_tap_is_opened_and_closed: { <GoogleOneTap cancel_on_tap_outside={false} /> } by "openGoogleOneTap" "closeGoogleOneTap" with r#"{"cancelOnTapOutside":false}"#;
    the_pricing_table_is_rendered: {
        <PricingTable r#for={clerk_yew::Payer::Organization} cta_position={clerk_yew::CtaPosition::Top} />
    } by "mountPricingTable" "unmountPricingTable" with r#"{"for":"organization","ctaPosition":"top"}"#;
    api_keys_are_rendered: { <APIKeys per_page={20} /> } by "mountAPIKeys" "unmountAPIKeys" with r#"{"perPage":20}"#;
    the_task_of_choosing_is_rendered: { <TaskChooseOrganization redirect_url_complete="/" /> } by "mountTaskChooseOrganization" "unmountTaskChooseOrganization" with r#"{"redirectUrlComplete":"/"}"#;
    the_task_of_a_second_factor_is_rendered: { <TaskSetupMFA redirect_url_complete="/" /> } by "mountTaskSetupMFA" "unmountTaskSetupMFA" with r#"{"redirectUrlComplete":"/"}"#;
    the_task_of_a_new_password_is_rendered: { <TaskResetPassword redirect_url_complete="/" /> } by "mountTaskResetPassword" "unmountTaskResetPassword" with r#"{"redirectUrlComplete":"/"}"#;
    the_consent_is_rendered: { <OAuthConsent oauth_client_id="client_1" /> } by "__internal_mountOAuthConsent" "__internal_unmountOAuthConsent" with r#"{"oauthClientId":"client_1"}"#;
}

#[component]
fn Changing() -> Html {
    let step = use_step();
    let appearance = Appearance::new()
        .variables([("colorPrimary", "red")])
        .variable("borderRadius", format!("{}rem", step / 2))
        .options(AppearanceOptions::new().logo_placement(LogoPlacement::None))
        .theme(Theme::Simple);
    html! {
        <ClerkProvider publishable_key={KEY}>
            <SignIn path="/sign-in" {appearance} fallback={html! { "soon" }} />
            { step }
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn options_that_change_are_changed_in_place_and_others_not() {
    let (root, app) = before_loading::<Changing>().await;
    assert_eq!(text(&root), "soon0");
    run("window.finishLoad()");
    until_shown(&root, "0").await;
    let appearance = |radius: &str| {
        format!(
            r#"{{"variables":{{"colorPrimary":"red","borderRadius":"{radius}"}},"options":{{"logoPlacement":"none"}},"theme":"simple"}}"#
        )
    };
    let props = || said("JSON.stringify(window.props().appearance)");
    assert_eq!(props(), appearance("0rem"));

    step(1).await;
    assert_eq!(text(&root), "1", "the app rendered anew");
    assert!(holds("window.calls.length === 1"), "Clerk need not know");

    step(2).await;
    assert_eq!(props(), appearance("1rem"));
    assert_eq!(said("window.calls.map(([it]) => it)"), "mountSignIn,update");
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn what_clerk_refuses_to_render_is_reported() {
    #[component]
    fn App() -> Html {
        let step = use_step();
        let message = use_state(String::new);
        let setter = message.setter();
        html! {
            <ClerkProvider publishable_key={KEY}>
                <SignIn
                    path={format!("/{step}")}
                    on_error={move |error: clerk_yew::ClerkError| setter.set(error.to_string())}
                />
                { &*message }
            </ClerkProvider>
        }
    }
    let (root, app) = before_loading::<App>().await;
    run("
        window.refuse = true;
        window.errorBefore = console.error;
        console.error = (it) => window.errors.push(it);
        window.finishLoad();
    ");
    until_shown(&root, "not allowed here").await;
    run("console.error = window.errorBefore");
    assert_eq!(said("window.errors"), "clerk-yew: SignIn: not allowed here");

    // Other options may be right.
    run("delete window.refuse");
    step(1).await;
    assert_eq!(calls(), r#"[["mountSignIn",{"path":"/1"}]]"#);
    gone(&root, app).await;
}

#[component]
fn Coming() -> Html {
    let step = use_step();
    html! {
        <ClerkProvider publishable_key={KEY}>
            if step % 2 == 1 {
                <SignIn /><SignUp /><UserAvatar /><Waitlist /><GoogleOneTap />
                <OrganizationSwitcher /><OrganizationList /><CreateOrganization /><PricingTable />
                <APIKeys /><OAuthConsent /><TaskSetupMFA redirect_url_complete="/" />
                <UserButton>
                    <UserButtonAction label="Help" label_icon={html! { "?" }} onclick={|()| {}} />
                </UserButton>
                <UserProfile>
                    <UserProfilePage label="Terms" url="terms"><Counter /></UserProfilePage>
                </UserProfile>
                <SignInButton /><SignUpButton /><SignOutButton />
            }
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn forty_times_there_and_gone_leave_nothing_behind() {
    // What listens in the page; an element that has left it takes its listeners along.
    run("
        const {addEventListener: add, removeEventListener: remove} = EventTarget.prototype;
        window.before = {add, remove};
        window.targets = [];
        EventTarget.prototype.addEventListener = function (...all) {
            window.targets.push(this); return add.apply(this, all);
        };
        EventTarget.prototype.removeEventListener = function (...all) {
            const at = window.targets.indexOf(this);
            if (at >= 0) window.targets.splice(at, 1);
            return remove.apply(this, all);
        };
        window.listening = () => window.targets.filter((it) => it.isConnected !== false).length;
    ");
    let (root, app) = recorded::<Coming>().await;
    let mut after_the_first = None;
    for round in 0..40 {
        step(2 * round + 1).await;
        until("all to be there", || holds("window.mounted.size === 13")).await;
        run("
            const page = [...window.mounted.values()].find((it) => it.customPages).customPages[0];
            const host = document.createElement('div');
            document.body.append(host);
            page.mount(host);
            window.leave = () => { page.unmount(host); host.remove(); };
        ");
        settled().await;
        run("window.leave()");
        step(2 * round + 2).await;
        until("all to be gone", || holds("window.mounted.size === 0")).await;
        let left = said("[window.listening(), document.querySelectorAll('*').length]");
        assert_eq!(
            *after_the_first.get_or_insert(left.clone()),
            left,
            "round {round}"
        );
    }
    run("
        EventTarget.prototype.addEventListener = window.before.add;
        EventTarget.prototype.removeEventListener = window.before.remove;
    ");
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn windows_go_into_the_element_that_the_app_wants() {
    #[component]
    fn App() -> Html {
        let step = use_step();
        let dialog = use_node_ref();
        let get_container = {
            let dialog = dialog.clone();
            move |()| dialog.cast::<Element>()
        };
        html! {
            <ClerkProvider publishable_key={KEY}>
                <div id="dialog" ref={dialog}>
                    <PortalProvider {get_container}>
                        <UserButton />
                        <SignInButton id="in" mode={ButtonMode::Modal} />
                        { step }
                    </PortalProvider>
                </div>
            </ClerkProvider>
        }
    }
    let (root, app) = recorded::<App>().await;
    assert_eq!(said("window.props().getContainer().id"), "dialog");
    step(1).await;
    assert!(holds("window.calls.length === 1"), "Clerk need not know");
    click(&root, "#in");
    settled().await;
    assert_eq!(said("window.calls[1][1].getContainer().id"), "dialog");
    gone(&root, app).await;
    assert!(holds("window.calls[0][1].getContainer() === null"));
}
