//! In a real browser, with a `Clerk` object of the tests' own: own forms for signing in and up,
//! organizations in pages, reverification. Each hook renders when what it answers changed, and
//! leaves nothing behind.
#![cfg(target_arch = "wasm32")]

mod stand_in;

use std::cell::{Cell, RefCell};

use clerk_yew::resources::*;
use clerk_yew::*;
use futures_util::future::{AbortHandle, abortable};
use stand_in::{KEY, holds, loading, run, said, settled, signed_out, text, until, until_shown};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;
use yew::AppHandle;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// clerk-js's signals: `change(signal, {…})` sets one. Steps are noted in `calls`, with the
/// object they belong to, and refused while `refuses` is set.
const SIGNALS: &str = "
    window.calls = []; window.refuses = false;
    const error = {status: 422, errors: [{code: 'form_code_incorrect', message: 'is incorrect', meta: {paramName: 'code'}}]};
    const step = (path) => async (...args) => {
        window.calls.push(`${path}(${args.map((it) => JSON.stringify(it)).join(', ')})`);
        return {error: window.refuses ? error : null};
    };
    const groups = ['emailCode', 'emailLink', 'phoneCode', 'resetPasswordEmailCode', 'resetPasswordPhoneCode', 'mfa', 'verifications'];
    const flow = (members, path = '') => new Proxy(members, {get: (of, name) =>
        name in of ? of[name] : groups.includes(name) ? flow({}, `${name}.`) : step(path + name)});
    const finalize = async ({navigate}) => {
        await new Promise((resolve) => { window.goOn = resolve; });
        navigate({session: {id: 'sess_1', currentTask: null}, decorateUrl: (url) => url + '?decorated'});
        return {error: null};
    };
    const errors = {fields: {}, global: null, raw: null};
    const values = {
        signIn: {signIn: flow({status: 'needs_first_factor', finalize, supportedFirstFactors: [{strategy: 'password'}],
                               createdSessionId: undefined, isTransferable: false}), errors, fetchStatus: 'idle'},
        signUp: {signUp: flow({status: 'missing_requirements', finalize, missingFields: ['password']}), errors, fetchStatus: 'idle'},
        waitlist: {waitlist: flow({id: ''}), errors, fetchStatus: 'idle'},
    };
    window.effects = new Set();
    window.change = (signal, change) => {
        values[signal] = {...values[signal], ...change};
        for (const effect of [...window.effects]) effect();
    };
    window.Clerk.__internal_state = {
        signInSignal: () => values.signIn, signUpSignal: () => values.signUp, waitlistSignal: () => values.waitlist,
        __internal_effect(effect) { window.effects.add(effect); effect(); return () => { window.effects.delete(effect); }; },
    };
";

thread_local! {
    static RENDERED: Cell<u32> = const { Cell::new(0) };
    static SIGN_IN: RefCell<Option<UseSignIn>> = const { RefCell::new(None) };
    static SIGN_UP: RefCell<Option<UseSignUp>> = const { RefCell::new(None) };
    static WAITLIST: RefCell<Option<UseWaitlist>> = const { RefCell::new(None) };
    static MEMBERS: RefCell<Option<PaginatedResources<OrganizationMembership>>> = const { RefCell::new(None) };
    static LIST: RefCell<Option<UseOrganizationList>> = const { RefCell::new(None) };
    static REVERIFICATION: RefCell<Option<Reverification>> = const { RefCell::new(None) };
    static EMAIL_LINK: RefCell<Option<EmailLinkFlow>> = const { RefCell::new(None) };
}

/// What a component keeps for its test.
type Kept<T> = &'static std::thread::LocalKey<RefCell<Option<T>>>;

fn keep<T>(kept: Kept<T>, value: T) {
    kept.with(|it| it.replace(Some(value)));
}

fn kept<T: Clone>(kept: Kept<T>) -> T {
    kept.with(|it| it.borrow().clone()).expect("it rendered")
}

/// How often a component rendered since this was last asked.
fn rendered() -> u32 {
    RENDERED.with(Cell::take)
}

fn renders() {
    RENDERED.with(|it| it.set(it.get() + 1));
}

/// The steps since this was last asked.
fn called() -> String {
    said("window.calls.splice(0).join('; ')")
}

/// Each call becomes this step of clerk-js; when Clerk refuses, it answers why.
macro_rules! asks {
    ($($call:expr => $expected:expr,)*) => {$(
        run("window.refuses = false");
        assert_eq!($call.await, Ok(()), "{}", stringify!($call));
        assert_eq!(called(), $expected);
        run("window.refuses = true");
        let error = $call.await.expect_err("refused");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, "form_code_incorrect"));
        called();
    )*};
}

#[component]
fn SignInForm() -> Html {
    renders();
    let state = use_sign_in();
    let status = state
        .sign_in
        .as_ref()
        .map(|it| it.status().as_str().to_owned());
    let wrong = state.errors.code().map(|it| it.message);
    let busy = state.is_fetching.then_some(" busy ");
    keep(&SIGN_IN, state);
    html! { <>{ status }{ busy }{ wrong }</> }
}

#[component]
fn SignUpForm() -> Html {
    let state = use_sign_up();
    let missing = state
        .sign_up
        .as_ref()
        .map(|it| it.missing_fields().join(", "));
    keep(&SIGN_UP, state);
    html! { <>{ missing }</> }
}

#[component]
fn WaitlistForm() -> Html {
    let state = use_waitlist();
    let wrong = state.errors.email_address().map(|it| it.message);
    keep(&WAITLIST, state);
    html! { <>{ wrong }</> }
}

/// An app around a component.
macro_rules! app {
    ($name:ident, $child:ident) => {
        #[component]
        fn $name() -> Html {
            html! { <ClerkProvider publishable_key={KEY}><$child /></ClerkProvider> }
        }
    };
}

app!(SignInApp, SignInForm);
app!(SignUpApp, SignUpForm);
app!(WaitlistApp, WaitlistForm);

/// An app, loaded, with signals.
async fn with_signals<C: yew::html::BaseComponent<Properties = ()>>() -> (Element, AppHandle<C>) {
    let shown = loading().await;
    run(SIGNALS);
    run("window.finishLoad()");
    until("the signal to be followed", || {
        holds("window.effects.size === 1")
    })
    .await;
    settled().await;
    shown
}

#[wasm_bindgen_test]
async fn a_sign_in_is_none_until_clerk_is_loaded() {
    let (root, app) = loading::<SignInApp>().await;
    assert_eq!(text(&root), "");
    assert_eq!(kept(&SIGN_IN).sign_in, None);
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_form_renders_when_its_signal_changed_and_only_then() {
    let (root, app) = with_signals::<SignInApp>().await;
    until_shown(&root, "needs_first_factor").await;
    rendered();

    run("window.change('signUp', {fetchStatus: 'fetching'})");
    run("window.Clerk.become(null, null)");
    run("window.ada(async () => 'token')");
    settled().await;
    assert_eq!(
        rendered(),
        0,
        "another signal, and who is signed in, are not its business"
    );

    run("window.change('signIn', {fetchStatus: 'fetching'})");
    until_shown(&root, "needs_first_factor busy ").await;
    assert_eq!(rendered(), 1);

    run("window.change('signIn', {fetchStatus: 'idle', errors: {
        fields: {code: {code: 'form_code_incorrect', message: 'Is incorrect'}}, raw: [{code: 'a', message: 'b'}],
        global: [{code: 'c', message: 'd'}]}})");
    until_shown(&root, "needs_first_factorIs incorrect").await;
    let errors = kept(&SIGN_IN).errors;
    assert_eq!((errors.identifier(), errors.password()), (None, None));
    assert_eq!(
        (errors.all()[0].code(), errors.global()[0].code()),
        ("a", "c")
    );

    app.destroy();
    until("nobody to follow the signal", || {
        holds("window.effects.size === 0")
    })
    .await;
    run("window.change('signIn', {fetchStatus: 'fetching'})");
}

#[wasm_bindgen_test]
async fn each_step_of_a_sign_in_is_clerk_js_s() {
    let (_, app) = with_signals::<SignInApp>().await;
    let sign_in = kept(&SIGN_IN).sign_in.expect("loaded");
    assert_eq!(sign_in.status(), SignInStatus::NeedsFirstFactor);
    assert_eq!(sign_in.supported_first_factors()[0].strategy(), "password");
    assert_eq!(
        (sign_in.created_session_id(), sign_in.is_transferable()),
        (None, false)
    );
    asks! {
        sign_in.create(&SignInCreate::new().identifier("ada").sign_up_if_missing(true))
            => r#"create({"identifier":"ada","signUpIfMissing":true})"#,
        sign_in.password(&SignInPassword::new("secret").email_address("a@example.com"))
            => r#"password({"password":"secret","emailAddress":"a@example.com"})"#,
        sign_in.email_code().send_code(&SendTo::Current) => "emailCode.sendCode({})",
        sign_in.email_code().send_code(&SendTo::Identifier("a@example.com".into()))
            => r#"emailCode.sendCode({"emailAddress":"a@example.com"})"#,
        sign_in.email_code().verify_code("1") => r#"emailCode.verifyCode({"code":"1"})"#,
        sign_in.email_link().send_link("/verify", &SendTo::Id("idn_1".into()))
            => r#"emailLink.sendLink({"verificationUrl":"/verify","emailAddressId":"idn_1"})"#,
        sign_in.email_link().wait_for_verification() => "emailLink.waitForVerification()",
        sign_in.phone_code().send_code(&SendTo::Identifier("+1555".into()), Some(PhoneCodeChannel::Whatsapp))
            => r#"phoneCode.sendCode({"phoneNumber":"+1555","channel":"whatsapp"})"#,
        sign_in.phone_code().verify_code("1") => r#"phoneCode.verifyCode({"code":"1"})"#,
        sign_in.reset_password_email_code().send_code(None) => "resetPasswordEmailCode.sendCode({})",
        sign_in.reset_password_email_code().verify_code("1") => r#"resetPasswordEmailCode.verifyCode({"code":"1"})"#,
        sign_in.reset_password_phone_code().send_code(Some("+1555"))
            => r#"resetPasswordPhoneCode.sendCode({"phoneNumber":"+1555"})"#,
        sign_in.reset_password_phone_code().submit_password("new", true)
            => r#"resetPasswordPhoneCode.submitPassword({"password":"new","signOutOfOtherSessions":true})"#,
        sign_in.sso(&SignInSso::new("oauth_google", "/", "/callback"))
            => r#"sso({"strategy":"oauth_google","redirectUrl":"/","redirectCallbackUrl":"/callback"})"#,
        sign_in.mfa().send_phone_code() => "mfa.sendPhoneCode()",
        sign_in.mfa().verify_phone_code("1") => r#"mfa.verifyPhoneCode({"code":"1"})"#,
        sign_in.mfa().send_email_code() => "mfa.sendEmailCode()",
        sign_in.mfa().verify_email_code("1") => r#"mfa.verifyEmailCode({"code":"1"})"#,
        sign_in.mfa().verify_totp("1") => r#"mfa.verifyTOTP({"code":"1"})"#,
        sign_in.mfa().verify_backup_code("1") => r#"mfa.verifyBackupCode({"code":"1"})"#,
        sign_in.mfa().passkey() => "mfa.passkey()",
        sign_in.ticket(Some("t")) => r#"ticket({"ticket":"t"})"#,
        sign_in.ticket(None) => "ticket()",
        sign_in.passkey(Some(PasskeyFlow::Autofill)) => r#"passkey({"flow":"autofill"})"#,
        sign_in.web3("solana", Some("Phantom"))
            => r#"web3({"strategy":"web3_solana_signature","provider":"solana","walletName":"Phantom"})"#,
        sign_in.submit_protect_check("p") => r#"submitProtectCheck({"proofToken":"p"})"#,
        sign_in.reset() => "reset()",
    }
    app.destroy();
}

#[wasm_bindgen_test]
async fn each_step_of_a_sign_up_is_clerk_js_s() {
    let (root, app) = with_signals::<SignUpApp>().await;
    until_shown(&root, "password").await;
    let sign_up = kept(&SIGN_UP).sign_up.expect("loaded");
    assert_eq!(sign_up.status(), SignUpStatus::MissingRequirements);
    let theme = metadata(&serde_json::json!({"theme": "dark"})).expect("JSON");
    let proofs = sign_up.verifications();
    asks! {
        sign_up.create(&SignUpCreate::new().transfer(true)) => r#"create({"transfer":true})"#,
        sign_up.update(&SignUpUpdate::new().legal_accepted(true).unsafe_metadata(theme.clone()))
            => r#"update({"unsafeMetadata":{"theme":"dark"},"legalAccepted":true})"#,
        sign_up.password(&SignUpPassword::new("secret").email_address("a@example.com").first_name("Ada"))
            => r#"password({"password":"secret","emailAddress":"a@example.com","firstName":"Ada"})"#,
        sign_up.sso(&SignUpSso::new("enterprise_sso", "/", "/callback").email_address("a@example.com"))
            => r#"sso({"strategy":"enterprise_sso","redirectUrl":"/","redirectCallbackUrl":"/callback","emailAddress":"a@example.com"})"#,
        sign_up.ticket(Some(&SignUpTicket::new("t").last_name("L"))) => r#"ticket({"ticket":"t","lastName":"L"})"#,
        sign_up.ticket(None) => "ticket()",
        sign_up.web3(&SignUpWeb3::new("web3_base_signature")) => r#"web3({"strategy":"web3_base_signature"})"#,
        sign_up.submit_protect_check("p") => r#"submitProtectCheck({"proofToken":"p"})"#,
        sign_up.reset() => "reset()",
        proofs.send_email_code() => "verifications.sendEmailCode()",
        proofs.verify_email_code("1") => r#"verifications.verifyEmailCode({"code":"1"})"#,
        proofs.send_email_link("/verify") => r#"verifications.sendEmailLink({"verificationUrl":"/verify"})"#,
        proofs.wait_for_email_link_verification() => "verifications.waitForEmailLinkVerification()",
        proofs.send_phone_code(Some(PhoneCodeChannel::Sms)) => r#"verifications.sendPhoneCode({"channel":"sms"})"#,
        proofs.verify_phone_code("1") => r#"verifications.verifyPhoneCode({"code":"1"})"#,
    }
    app.destroy();
}

#[wasm_bindgen_test]
async fn the_waitlist_is_clerk_js_s() {
    let (root, app) = with_signals::<WaitlistApp>().await;
    let waitlist = kept(&WAITLIST).waitlist.expect("loaded");
    asks! { waitlist.join("a@example.com") => r#"join({"emailAddress":"a@example.com"})"#, }
    run(
        "window.change('waitlist', {errors: {fields: {emailAddress: {code: 'c', message: 'taken'}}}})",
    );
    until_shown(&root, "taken").await;
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_finished_sign_in_goes_on_even_when_the_form_is_gone() {
    let (_, app) = with_signals::<SignInApp>().await;
    let sign_in = kept(&SIGN_IN).sign_in.expect("loaded");
    let finalized = async move {
        let navigate = |done: Finalized| {
            let to = format!("{} {}", done.session.id(), done.decorate_url("/home"));
            run(&format!("window.wentTo = '{to}'"));
        };
        sign_in.finalize(navigate).await
    };
    let (finalized, handle): (_, AbortHandle) = abortable(finalized);
    spawn_local(async move {
        let _ = finalized.await;
    });
    until("the step to be under way", || holds("window.goOn")).await;
    // The form goes, and with it whoever waits.
    handle.abort();
    app.destroy();
    settled().await;
    run("window.goOn()");
    until("the way on", || {
        said("window.wentTo") == "sess_1 /home?decorated"
    })
    .await;
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

#[component]
fn Accounts() -> Html {
    renders();
    let ids = use_session_list().map(|list| list.iter().map(Session::id).collect::<Vec<_>>());
    html! { ids.map_or("loading".to_owned(), |ids| ids.join(" ")) }
}

app!(AccountsApp, Accounts);

#[wasm_bindgen_test]
async fn the_sessions_of_the_browser_are_listed() {
    let (root, app) = loading::<AccountsApp>().await;
    assert_eq!(text(&root), "loading");
    run("window.finishLoad()");
    until_shown(&root, "").await;
    run("window.Clerk.client.sessions = [{id: 'sess_1', lastActiveAt: new Date(1)}, {id: 'sess_2'}];
         window.ada(async () => 'token')");
    until_shown(&root, "sess_1 sess_2").await;
    rendered();
    run("window.Clerk.client.sessions = [{id: 'sess_1', lastActiveAt: new Date(2)}, {id: 'sess_2'}];
         window.ada(async () => 'token')");
    settled().await;
    assert_eq!(rendered(), 0);
    app.destroy();
}

#[component]
fn Sensitive() -> Html {
    keep(&REVERIFICATION, use_reverification());
    html! {}
}

app!(SensitiveApp, Sensitive);

/// An app's own error: the body of a 403, or one of Clerk's.
#[derive(Debug, PartialEq)]
enum ApiError {
    Forbidden(&'static str),
    Clerk(ClerkError),
}

impl From<ClerkError> for ApiError {
    fn from(error: ClerkError) -> Self {
        Self::Clerk(error)
    }
}

impl NeedsReverification for ApiError {
    fn reverification(&self) -> Option<ReverificationHint> {
        match self {
            Self::Forbidden(body) => ReverificationHint::in_body(body),
            Self::Clerk(error) => error.reverification(),
        }
    }
}

const HINT: &str = r#"{"clerk_error": {"type": "forbidden", "reason": "reverification-error",
    "metadata": {"reverification": {"level": "second_factor", "afterMinutes": 5}}}}"#;

/// An answer that is refused the first time.
async fn refused_once(body: &'static str, asked: &Cell<u32>) -> Result<&'static str, ApiError> {
    asked.set(asked.get() + 1);
    if asked.get() == 1 {
        Err(ApiError::Forbidden(body))
    } else {
        Ok("done")
    }
}

/// Clerk's window opens, and the person does this there.
async fn sensitive(then: &str) -> (Reverification, AppHandle<SensitiveApp>) {
    let (_, app) = signed_out::<SensitiveApp>().await;
    run(&format!(
        "window.opened = [];
         window.Clerk.__internal_openReverification = (props) => {{
             window.opened.push(String(props.level)); setTimeout(props.{then}); }}"
    ));
    (kept(&REVERIFICATION), app)
}

#[wasm_bindgen_test]
async fn what_asks_for_reverification_is_run_again_after_it() {
    let (reverification, app) = sensitive("afterVerification").await;
    let asked = Cell::new(0);
    let answer = reverification.run(|| refused_once(HINT, &asked)).await;
    assert_eq!((answer, asked.get()), (Ok("done"), 2));
    assert_eq!(said("window.opened"), "second_factor");

    // The same when clerk-js itself is refused.
    let user = User::new(run("let asked = 0; return {async update() {
        if ((asked += 1) === 1) throw {status: 403, errors: [{code: 'session_reverification_required'}]};
        return this; }}"));
    let answer = reverification
        .run(async || user.update(&UpdateUser::new()).await)
        .await;
    assert!(answer.is_ok());
    assert_eq!(said("window.opened"), "second_factor,undefined");
    app.destroy();
}

#[wasm_bindgen_test]
async fn a_person_who_closes_the_window_is_told_apart() {
    let (reverification, app) = sensitive("afterVerificationCancelled").await;
    let asked = Cell::new(0);
    let answer = reverification.run(|| refused_once(HINT, &asked)).await;
    let Err(ApiError::Clerk(error)) = answer else {
        panic!("it is cancelled")
    };
    assert_eq!(
        (error.kind(), asked.get()),
        (ErrorKind::ReverificationCancelled, 1)
    );
    app.destroy();
}

#[wasm_bindgen_test]
async fn another_refusal_opens_no_window() {
    let (reverification, app) = sensitive("afterVerification").await;
    for body in [
        "{}",
        "not JSON",
        r#"{"clerk_error": {"type": "forbidden", "reason": "other"}}"#,
    ] {
        let answer = reverification
            .run(async || refused_once(body, &Cell::new(0)).await)
            .await;
        assert_eq!(answer, Err(ApiError::Forbidden(body)));
    }
    assert_eq!(said("window.opened.length"), "0");
    app.destroy();
}

#[wasm_bindgen_test]
async fn an_own_form_may_ask_instead_of_clerk_s_window() {
    let (reverification, app) = sensitive("afterVerification").await;
    let asked = Cell::new(0);
    let ask = |request: ReverificationRequest| {
        assert_eq!(request.level.map(|it| it.as_str()), Some("second_factor"));
        request.complete();
        Ok(())
    };
    let answer = reverification
        .run_with(|| refused_once(HINT, &asked), ask)
        .await;
    assert_eq!(answer, Ok("done"));
    assert_eq!(said("window.opened.length"), "0");
    app.destroy();
}

/// An address whose link is followed by `follow()`.
fn address() -> EmailAddress {
    EmailAddress::new(run(
        "window.cancelled = 0;
         return window.address ??= {id: 'idn_1', createEmailLinkFlow: () => ({
            startEmailLinkFlow: ({redirectUrl}) => new Promise((resolve) => {
                window.sentTo = redirectUrl; window.follow = () => resolve({id: 'idn_1', verification: {status: 'verified'}}); }),
            cancelEmailLinkFlow() { window.cancelled += 1; },
         })}",
    ))
}

#[component]
fn ProveAddress() -> Html {
    let address = use_memo((), |()| address());
    keep(&EMAIL_LINK, use_email_link(&address));
    html! {}
}

#[wasm_bindgen_test]
async fn a_link_by_email_is_waited_for_until_it_is_followed() {
    let (_, app) = stand_in::show::<ProveAddress>();
    settled().await;
    let flow = kept(&EMAIL_LINK);
    let waiting = async { flow.start("/verified").await };
    let following = async {
        until("the link to be sent", || holds("window.follow")).await;
        run("window.follow()");
    };
    let (address, ()) = futures_util::future::join(waiting, following).await;
    assert!(address.expect("followed").verification().is_verified());
    assert_eq!(said("window.sentTo"), "/verified");
    app.destroy();
}

#[wasm_bindgen_test]
async fn nobody_waits_for_a_link_once_the_component_is_gone() {
    run("delete window.follow");
    let (_, app) = stand_in::show::<ProveAddress>();
    settled().await;
    let flow = kept(&EMAIL_LINK);
    let waiting = async { flow.start("/verified").await };
    let leaving = async {
        until("the link to be sent", || holds("window.follow")).await;
        app.destroy();
    };
    let (address, ()) = futures_util::future::join(waiting, leaving).await;
    assert_eq!(
        address.expect_err("cancelled").code(),
        "email_link_cancelled"
    );
    assert!(holds("window.cancelled === 1"));
}
