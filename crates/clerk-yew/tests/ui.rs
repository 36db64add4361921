//! In a real browser, with a `Clerk` object of the tests' own that notes what it is asked for: the
//! components, buttons and redirects ask for the right things, in place, and leave nothing behind.
#![cfg(target_arch = "wasm32")]

mod stand_in;

use clerk_yew::{
    APIKeys, Appearance, AppearanceOptions, AuthenticateWithRedirectCallback, ButtonMode,
    ClerkDegraded, ClerkProvider, Condition, CreateOrganization, GoogleOneTap, HandleSSOCallback,
    InitialValues, InviteMembersButton, LogoPlacement, OAuthConsent, OrganizationList,
    OrganizationProfile, OrganizationProfilePage, OrganizationSwitcher, PortalProvider,
    PricingTable, Protect, Raw, RedirectToCreateOrganization, RedirectToOrganizationProfile,
    RedirectToSignIn, RedirectToSignUp, RedirectToTasks, RedirectToUserProfile, Show, SignIn,
    SignInButton, SignInWithMetamaskButton, SignOutButton, SignUp, SignUpButton,
    TaskChooseOrganization, TaskResetPassword, TaskSetupMFA, TaskUrls, Theme, UserAvatar,
    UserButton, UserButtonAction, UserButtonLink, UserProfile, UserProfileLink, UserProfilePage,
    Waitlist, When,
};
use stand_in::{KEY, fresh_page, holds, run, said, settled, show, text, until, until_shown};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;
use yew::{AppHandle, html_nested};

wasm_bindgen_test_configure!(run_in_browser);

/// Makes the stand-in note every call: in `calls` as `[method, argument]`, and what is mounted in
/// `mounted`, by element.
const RECORDER: &str = "
    window.calls = [];
    window.mounted = new Map();
    window.errors = [];
    const rendered = ['SignIn', 'SignUp', 'UserButton', 'UserProfile', 'UserAvatar', 'Waitlist',
        'OrganizationSwitcher', 'OrganizationProfile', 'OrganizationList', 'CreateOrganization',
        'PricingTable', 'APIKeys', 'TaskChooseOrganization', 'TaskSetupMFA', 'TaskResetPassword'];
    const methods = rendered.map((it) => ['mount' + it, 'unmount' + it]);
    methods.push(['__internal_mountOAuthConsent', '__internal_unmountOAuthConsent']);
    for (const [mount, unmount] of methods) {
        window.Clerk[mount] = (node, props) => {
            if (window.refuse) throw new Error('not allowed here');
            window.calls.push([mount, props]); window.mounted.set(node, props);
        };
        window.Clerk[unmount] = (node) => { window.calls.push([unmount]); window.mounted.delete(node); };
    }
    for (const name of ['openGoogleOneTap', 'closeGoogleOneTap', 'openSignIn', 'openSignUp',
        'openInviteMembers', 'redirectToSignIn', 'redirectToSignUp', 'redirectToTasks',
        'redirectToAfterSignOut', 'redirectToUserProfile', 'redirectToOrganizationProfile',
        'redirectToCreateOrganization', 'signOut', 'authenticateWithMetamask']) {
        window.Clerk[name] = (...all) => { window.calls.push([name, ...all]); };
    }
    window.Clerk.handleRedirectCallback = async (options) => {
        window.calls.push(['handleRedirectCallback', options]);
        if (window.refuse) throw new Error('no sign-in is under way');
    };
    window.Clerk.__internal_updateProps = ({node, props, ...rest}) => {
        window.calls.push(['update', props ?? rest]);
        if (node) window.mounted.set(node, props);
    };
    window.props = () => [...window.mounted.values()][0];
    window.inAnOrganization = (role, permissions, claims = {}) => window.Clerk.become(
        window.person({organizationMemberships: [{organization: {id: 'org_1'}, role, permissions}]}),
        {id: 'sess_1', status: 'active', factorVerificationAge: [5, -1],
            lastActiveToken: {jwt: {claims}}},
        {id: 'org_1', slug: 'acme'});
    window.somebody = (status = 'active') => window.Clerk.become(
        window.person(), {id: 'sess_1', status, factorVerificationAge: [5, -1]});
";

/// An app, loaded, whose Clerk notes what is asked of it.
async fn recorded<C: BaseComponent<Properties = ()>>() -> (Element, AppHandle<C>) {
    let shown = before_loading::<C>().await;
    run("window.finishLoad()");
    settled().await;
    shown
}

/// The same, while Clerk is loading.
async fn before_loading<C: BaseComponent<Properties = ()>>() -> (Element, AppHandle<C>) {
    fresh_page();
    run(RECORDER);
    run("delete window.refuse; delete window.setStep;");
    let shown = show::<C>();
    until("Clerk to be asked to load", || holds("window.finishLoad")).await;
    shown
}

/// The calls of some methods so far, as JSON.
fn calls() -> String {
    said("JSON.stringify(window.calls)")
}

/// The app goes: everything is taken away.
async fn gone<C: BaseComponent<Properties = ()>>(root: &Element, app: AppHandle<C>) {
    app.destroy();
    settled().await;
    root.remove();
}

/// A number that the test sets by `window.setStep(…)`.
#[hook]
fn use_step() -> u32 {
    let step = use_state(|| 0_u32);
    let setter = step.setter();
    use_effect_with((), move |()| {
        let set = Closure::<dyn Fn(u32)>::new(move |to| setter.set(to)).into_js_value();
        let _ = js_sys::Reflect::set(&js_sys::global(), &"setStep".into(), &set);
    });
    *step
}

async fn step(to: u32) {
    run(&format!("window.setStep({to})"));
    settled().await;
}

fn click(root: &Element, selector: &str) {
    let element = root.query_selector(selector).expect("a selector");
    let element: HtmlElement = element.expect("it is there").unchecked_into();
    element.click();
}

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

#[wasm_bindgen_test]
async fn the_provider_sends_the_options_that_are_set() {
    #[component]
    fn App() -> Html {
        let step = use_step();
        html! {
            <ClerkProvider
                publishable_key={KEY}
                sign_in_url="/in"
                after_sign_out_url="/bye"
                allowed_redirect_origins={vec!["https://a.b".into()]}
                task_urls={TaskUrls::new().setup_mfa("/mfa")}
                localization={(step == 0).then(|| Raw::json(r#"{"locale":"de-DE"}"#))}
                touch_session={false}
                telemetry={false}
                extra={Raw::json(r#"{"signInUrl":"/other","brandNew":1}"#)}
            />
        }
    }
    let (root, app) = recorded::<App>().await;
    run("const {ui, sdkMetadata, ...rest} = window.given.load; window.rest = rest;");
    assert_eq!(
        said("JSON.stringify(window.rest)"),
        r#"{"signInUrl":"/in","brandNew":1,"publishableKey":"pk_test_YS5iJA","afterSignOutUrl":"/bye","allowedRedirectOrigins":["https://a.b"],"taskUrls":{"setup-mfa":"/mfa"},"localization":{"locale":"de-DE"},"touchSession":false,"telemetry":false}"#
    );
    assert_eq!(said("window.given.load.sdkMetadata.name"), "clerk-yew");

    // What is taken back is taken back.
    step(1).await;
    assert!(holds(
        "'localization' in window.calls[0][1].options && \
         window.calls[0][1].options.localization === undefined"
    ));
    gone(&root, app).await;
}

#[component]
fn Buttons() -> Html {
    let step = use_step();
    let first = Callback::from(move |event: MouseEvent| {
        if step == 1 {
            event.prevent_default();
        }
    });
    html! {
        <ClerkProvider publishable_key={KEY}>
            <SignInButton
                id="in"
                class="button"
                attributes={[("aria-label", "Come in")]}
                onclick={first}
                force_redirect_url="/forced"
                fallback_redirect_url="/home"
            />
            <SignInButton mode={ButtonMode::Modal} with_sign_up={true}>
                <a id="over">{ "Over the page" }</a>
            </SignInButton>
            <SignUpButton id="up" sign_in_force_redirect_url="/x" fallback_redirect_url="/new">
                { "Join" }
            </SignUpButton>
            <SignUpButton
                id="up-over"
                mode={ButtonMode::Modal}
                unsafe_metadata={Raw::json(r#"{"a":1}"#)}
            >
                <b>{ "Join" }</b>{ " here" }
            </SignUpButton>
            <SignOutButton id="out" />
            <SignOutButton id="out-one" session_id="sess_1" redirect_url="/bye" />
            <InviteMembersButton id="invite" />
            <SignInWithMetamaskButton id="wallet" redirect_url="/home" />
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn buttons_ask_for_what_they_say() {
    let (root, app) = recorded::<Buttons>().await;
    for (selector, expected) in [
        (
            "#in",
            r#"[["redirectToSignIn",{"forceRedirectUrl":"/forced","fallbackRedirectUrl":"/home","signInForceRedirectUrl":"/forced","signInFallbackRedirectUrl":"/home"}]]"#,
        ),
        ("#over", r#"[["openSignIn",{"withSignUp":true}]]"#),
        (
            "#up",
            r#"[["redirectToSignUp",{"signInForceRedirectUrl":"/x","fallbackRedirectUrl":"/new","signUpFallbackRedirectUrl":"/new"}]]"#,
        ),
        ("#up-over", r#"[["openSignUp",{"unsafeMetadata":{"a":1}}]]"#),
        ("#out", r#"[["signOut",{}]]"#),
        (
            "#out-one",
            r#"[["signOut",{"sessionId":"sess_1","redirectUrl":"/bye"}]]"#,
        ),
        ("#invite", r#"[["openInviteMembers",{}]]"#),
        (
            "#wallet",
            r#"[["authenticateWithMetamask",{"redirectUrl":"/home"}]]"#,
        ),
    ] {
        run("window.calls = []");
        click(&root, selector);
        settled().await;
        assert_eq!(calls(), expected, "{selector}");
    }
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn a_button_looks_as_the_app_wants() {
    let (root, app) = recorded::<Buttons>().await;
    let html = |selector: &str| {
        let found = root.query_selector(selector).expect("a selector");
        found.expect("it is there").outer_html()
    };
    assert_eq!(
        html("#in"),
        r#"<button type="button" id="in" class="button" aria-label="Come in">Sign in</button>"#
    );
    assert_eq!(html("#over"), r#"<a id="over">Over the page</a>"#);
    assert_eq!(
        html("#up-over"),
        r#"<button type="button" id="up-over"><b>Join</b> here</button>"#
    );
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn an_own_click_comes_first_and_may_end_it() {
    let (root, app) = recorded::<Buttons>().await;
    step(1).await;
    click(&root, "#in");
    settled().await;
    assert_eq!(calls(), "[]");
    step(2).await;
    click(&root, "#in");
    settled().await;
    assert_eq!(said("window.calls[0][0]"), "redirectToSignIn");
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn a_click_before_clerk_is_loaded_waits_for_it() {
    let (root, app) = before_loading::<Buttons>().await;
    click(&root, "#out");
    settled().await;
    assert_eq!(calls(), "[]");
    run("window.finishLoad()");
    until("the sign-out", || holds("window.calls.length === 1")).await;
    gone(&root, app).await;
}

/// Tests that a component leads elsewhere, once, when Clerk is loaded.
macro_rules! redirected {
    ($($test:ident: { $($html:tt)* } to $expected:literal;)*) => {$(
        #[wasm_bindgen_test]
        async fn $test() {
            #[component]
            fn App() -> Html {
                let step = use_step();
                html! { <ClerkProvider publishable_key={KEY}>$($html)*{ step }</ClerkProvider> }
            }
            let (root, app) = before_loading::<App>().await;
            assert_eq!(calls(), "[]");
            run("window.finishLoad()");
            settled().await;
            step(1).await;
            assert_eq!(calls(), $expected);
            gone(&root, app).await;
        }
    )*};
}

redirected! {
    it_leads_to_signing_in: { <RedirectToSignIn redirect_url="/back" /> } to r#"[["redirectToSignIn",{"redirectUrl":"/back"}]]"#;
    it_leads_to_signing_up: { <RedirectToSignUp sign_up_force_redirect_url="/new" /> } to r#"[["redirectToSignUp",{"signUpForceRedirectUrl":"/new"}]]"#;
    it_leads_to_tasks: { <RedirectToTasks redirect_url="/home" /> } to r#"[["redirectToTasks",{"redirectUrl":"/home"}]]"#;
    it_leads_to_the_profile: { <RedirectToUserProfile /> } to r#"[["redirectToUserProfile",{}]]"#;
    it_leads_to_the_organization: { <RedirectToOrganizationProfile /> } to r#"[["redirectToOrganizationProfile",{}]]"#;
    it_leads_to_a_new_organization: { <RedirectToCreateOrganization /> } to r#"[["redirectToCreateOrganization",{}]]"#;
    it_goes_on_after_a_redirect: { <AuthenticateWithRedirectCallback sign_up_url="/sign-up" /> } to r#"[["handleRedirectCallback",{"signUpUrl":"/sign-up"}]]"#;
}

#[wasm_bindgen_test]
async fn where_other_sessions_are_left_it_leads_where_signing_out_does() {
    #[component]
    fn App() -> Html {
        html! { <ClerkProvider publishable_key={KEY}><RedirectToSignIn /></ClerkProvider> }
    }
    let (root, app) = before_loading::<App>().await;
    run("
        const load = window.finishLoad;
        window.Clerk.on('status', () => { window.Clerk.client.signedInSessions = [{}]; });
        const followers = [...window.Clerk.followers].reverse();
        window.Clerk.followers = new Set(followers);
        load();
    ");
    settled().await;
    assert_eq!(said("window.calls[0][0]"), "redirectToAfterSignOut");
    gone(&root, app).await;
}

#[wasm_bindgen_test]
async fn a_callback_that_fails_is_reported() {
    #[component]
    fn App() -> Html {
        let message = use_state(String::new);
        let setter = message.setter();
        let on_error = move |error: clerk_yew::ClerkError| setter.set(error.to_string());
        html! {
            <ClerkProvider publishable_key={KEY}>
                <AuthenticateWithRedirectCallback {on_error} />
                { &*message }
            </ClerkProvider>
        }
    }
    let (root, app) = before_loading::<App>().await;
    run("window.refuse = true; window.finishLoad();");
    until_shown(&root, "no sign-in is under way").await;
    gone(&root, app).await;
}

/// A page that counts clicks, and sees the app's context.
#[component]
fn Counter() -> Html {
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
        assert!(holds("window.mounted.size === 13"), "round {round}");
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
        assert!(holds("window.mounted.size === 0"), "round {round}");
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

#[component]
fn Shown() -> Html {
    let fallback = html! { "-" };
    let admin = When::predicate(|session| {
        session.has(&Condition::new().role("admin")) && session.org_slug.as_deref() == Some("acme")
    });
    let fresh = Condition::new().reverification(clerk_yew::Reverification::Strict);
    html! {
        <ClerkProvider publishable_key={KEY}>
            <Show when={When::SignedIn} fallback={fallback.clone()}>{ "I" }</Show>
            <Show when={When::SignedOut} fallback={fallback.clone()}>{ "O" }</Show>
            <Show when={When::SignedIn} treat_pending_as_signed_out={false} fallback={fallback.clone()}>
                { "P" }
            </Show>
            <Show when={Condition::new().role("org:admin")} fallback={fallback.clone()}>{ "R" }</Show>
            <Show when={Condition::new().permission("posts:read")} fallback={fallback.clone()}>
                { "W" }
            </Show>
            <Show when={Condition::new().feature("reports")} fallback={fallback.clone()}>{ "F" }</Show>
            <Show when={Condition::new().plan("user:pro")} fallback={fallback.clone()}>{ "L" }</Show>
            <Show when={fresh} fallback={fallback.clone()}>{ "V" }</Show>
            <Show when={admin} fallback={fallback.clone()}>{ "A" }</Show>
            <Protect fallback={fallback.clone()}>{ "p" }</Protect>
            <Protect role="org:admin" plan="user:pro" {fallback}>{ "q" }</Protect>
            <ClerkDegraded>{ " degraded" }</ClerkDegraded>
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn it_shows_what_the_condition_says() {
    let (root, app) = before_loading::<Shown>().await;
    assert_eq!(text(&root), "", "nobody knows yet");
    run("window.finishLoad()");
    until_shown(&root, "-O---------").await;
    run("window.somebody('pending')");
    until_shown(&root, "-OP--------").await;
    run("window.somebody()");
    until_shown(&root, "I-P----V-p-").await;
    run(
        "window.inAnOrganization('org:member', ['org:posts:read'], {fea: 'o:reports', pla: 'u:free'})",
    );
    until_shown(&root, "I-P-WF-V-p-").await;
    run("window.inAnOrganization('org:admin', [], {pla: 'u:pro'})");
    until_shown(&root, "I-PR--LVApq").await;
    run("window.Clerk.become(null, null)");
    until_shown(&root, "-O---------").await;
    run("window.Clerk.turn('degraded')");
    until_shown(&root, "-O--------- degraded").await;
    gone(&root, app).await;
}

/// A sign-in and a sign-up as clerk-js has them when another service has sent the person back.
const CAME_BACK: &str = "
    window.went = [];
    window.signIn = {status: 'needs_identifier', supportedFirstFactors: [], isTransferable: false,
        async create(params) { window.went.push('create ' + JSON.stringify(params));
            if (window.completes) this.status = 'complete'; return {error: null}; },
        async finalize({navigate}) { window.went.push('finalize');
            navigate({session: {id: 'sess_1'}, decorateUrl: (url) => url + '?decorated'});
            return {error: null}; }};
    window.signUp = {...window.signIn, status: 'missing_requirements'};
    window.Clerk.__internal_state = {
        signInSignal: () => ({signIn: window.signIn}), signUpSignal: () => ({signUp: window.signUp})};
    window.Clerk.setActive = async ({session, navigate}) => { window.went.push('setActive ' + session);
        navigate({session: {id: session}, decorateUrl: (url) => url}); };
    delete window.completes;
    delete window.Clerk.__internal_resolvePendingProtectCheck;
";

#[component]
fn CameBack() -> Html {
    fn went(to: &str) {
        run(&format!("window.went.push('{to}')"));
    }
    html! {
        <ClerkProvider publishable_key={KEY}>
            <HandleSSOCallback
                navigate_to_app={|done: clerk_yew::resources::Finalized| {
                    went(&format!("{} to {}", done.session.id(), done.decorate_url("/home")));
                }}
                navigate_to_sign_in={|()| went("/sign-in")}
                navigate_to_sign_up={|()| went("/sign-up")}
            />
        </ClerkProvider>
    }
}

#[wasm_bindgen_test]
async fn who_comes_back_from_another_service_goes_on_where_they_must() {
    for (state, went) in [
        (
            "signIn.status = 'complete'",
            "finalize,sess_1 to /home?decorated",
        ),
        (
            "signUp.status = 'complete'",
            "finalize,sess_1 to /home?decorated",
        ),
        (
            "signUp.isTransferable = true; window.completes = true",
            r#"create {"transfer":true},finalize,sess_1 to /home?decorated"#,
        ),
        (
            "signUp.isTransferable = true",
            r#"create {"transfer":true},/sign-in"#,
        ),
        (
            "signIn.isTransferable = true; window.completes = true",
            r#"create {"transfer":true},finalize,sess_1 to /home?decorated"#,
        ),
        (
            "signIn.isTransferable = true",
            r#"create {"transfer":true},/sign-up"#,
        ),
        (
            "signIn.status = 'needs_first_factor'; signIn.supportedFirstFactors = [{strategy: 'password'}]",
            "/sign-in",
        ),
        (
            "signIn.status = 'needs_first_factor'; signIn.supportedFirstFactors = [{strategy: 'enterprise_sso'}]",
            "",
        ),
        ("signIn.status = 'needs_second_factor'", "/sign-in"),
        ("signIn.status = 'needs_new_password'", "/sign-in"),
        (
            "signUp.existingSession = {sessionId: 'sess_2'}",
            "setActive sess_2,sess_2 to /home",
        ),
        (
            "Clerk.__internal_resolvePendingProtectCheck = async () => { throw new Error('no'); }; \
             signUp.protectCheck = {}",
            "/sign-up",
        ),
        ("0", ""),
    ] {
        let (root, app) = before_loading::<CameBack>().await;
        run(CAME_BACK);
        run(state);
        run("window.finishLoad()");
        settled().await;
        assert_eq!(said("window.went"), went, "{state}");
        gone(&root, app).await;
    }
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
