//! Own forms on clerk-js's signals.

use std::cell::RefCell;

use clerk_yew::resources::*;
use clerk_yew::*;
use futures_util::future::{AbortHandle, abortable};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;
use yew::AppHandle;
use yew::prelude::*;

use crate::stand_in::{KEY, holds, loading, run, said, settled, text, until, until_shown};
use crate::{keep, kept, rendered, renders};

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
    static SIGN_IN: RefCell<Option<UseSignIn>> = const { RefCell::new(None) };
    static SIGN_UP: RefCell<Option<UseSignUp>> = const { RefCell::new(None) };
    static WAITLIST: RefCell<Option<UseWaitlist>> = const { RefCell::new(None) };
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

    run("const wrong = {code: 'form_code_incorrect', message: 'Is incorrect', meta: {paramName: 'code'}};
         window.change('signIn', {fetchStatus: 'idle',
             errors: {fields: {code: wrong}, raw: [wrong, {code: 'other', message: ''}], global: null}})");
    until_shown(&root, "needs_first_factorIs incorrect").await;
    let errors = kept(&SIGN_IN).errors;
    assert_eq!((errors.identifier(), errors.password()), (None, None));
    assert!(errors.global().is_empty());
    let error = errors.error().expect("one");
    let codes = error.all().iter().map(|it| it.code.as_str());
    assert_eq!(codes.collect::<Vec<_>>(), ["form_code_incorrect", "other"]);

    run("const broken = {code: 'broken', message: 'Is broken'};
         window.change('signIn', {errors: {fields: {code: null}, raw: [broken], global: [broken]}})");
    until_shown(&root, "needs_first_factor").await;
    let errors = kept(&SIGN_IN).errors;
    assert_eq!(errors.global()[0].code(), "broken");
    let error = errors.error().expect("one");
    assert_eq!((error.code(), error.all().len()), ("broken", 0));

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
