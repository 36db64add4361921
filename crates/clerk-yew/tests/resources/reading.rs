//! What resources hold.

use clerk_yew::resources::*;
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{every_method, run};

#[wasm_bindgen_test]
async fn an_answer_is_read_as_what_it_is() {
    run("window.refuses = false");
    let user = User::new(every_method(
        &json!({"id": "totp_1", "secret": "s", "codes": ["1", "2"]}),
    ));
    let totp = user.create_totp().await.expect("answered");
    assert_eq!(
        (totp.id().as_str(), totp.secret().as_deref()),
        ("totp_1", Some("s"))
    );
    assert_eq!(
        user.create_backup_code().await.expect("answered").codes(),
        ["1", "2"]
    );

    let page =
        json!({"data": [{"id": "orgmem_1", "organization": {"name": "Acme"}}], "total_count": 7});
    let user = User::new(every_method(&page));
    let page = user
        .get_organization_memberships(&GetPage::new())
        .await
        .expect("answered");
    assert_eq!(
        (
            page.data[0].organization().name().as_str(),
            page.total_count
        ),
        ("Acme", 7)
    );
}

#[wasm_bindgen_test]
fn a_person_is_read_by_name() {
    let user = run("return {
        id: 'user_1', firstName: ' Ada ', lastName: null, imageUrl: 'https://img', hasImage: true,
        primaryEmailAddress: {emailAddress: 'ada@example.com', verification: {status: 'verified', attempts: 1}},
        emailAddresses: [{id: 'idn_1', linkedTo: [{id: 'x', type: 'oauth_google'}]}], phoneNumbers: [],
        externalAccounts: [{provider: 'google', verification: {status: 'newer_than_this',
            externalVerificationRedirectURL: new URL('https://accounts.example/'), error: {code: 'c', message: 'm'}}}],
        createOrganizationsLimit: 3, createdAt: new Date(12345), lastSignInAt: null,
        publicMetadata: {plan: 'pro'}, twoFactorEnabled: false,
    }");
    let user = User::new(user);
    assert_eq!(
        (user.id().as_str(), user.full_name().as_str()),
        ("user_1", "Ada")
    );
    assert_eq!((user.has_image(), user.two_factor_enabled()), (true, false));
    assert_eq!(
        (user.created_at(), user.last_sign_in_at()),
        (Some(12345.0), None)
    );
    assert_eq!(
        (user.create_organizations_limit(), user.username()),
        (Some(3), None)
    );
    let email = user.primary_email_address().expect("one");
    assert_eq!(email.email_address(), "ada@example.com");
    assert!(email.verification().is_verified());
    assert_eq!(
        user.email_addresses()[0].linked_to()[0].kind(),
        "oauth_google"
    );
    assert!(user.phone_numbers().is_empty() && user.passkeys().is_empty());

    let google = user.external_accounts()[0].verification().expect("one");
    assert_eq!(
        google.status(),
        Some(VerificationStatus::Other("newer_than_this".into()))
    );
    assert_eq!(
        google.external_verification_redirect_url().as_deref(),
        Some("https://accounts.example/")
    );
    assert_eq!(google.error().map(|it| it.code).as_deref(), Some("c"));

    #[derive(serde::Deserialize, PartialEq, Debug)]
    struct Public {
        plan: String,
    }
    assert_eq!(
        user.public_metadata::<Public>(),
        Ok(Public { plan: "pro".into() })
    );
    let nothing = user.unsafe_metadata::<Public>().expect_err("there is none");
    assert_eq!(nothing.code(), "metadata_invalid");
}

#[wasm_bindgen_test]
fn a_session_is_read_by_name() {
    let session = run("return {
        id: 'sess_1', status: 'pending', currentTask: {key: 'setup-mfa'}, tasks: [{key: 'setup-mfa'}],
        expireAt: new Date(5), factorVerificationAge: [3, -1], actor: {sub: 'user_admin'},
        publicUserData: {identifier: 'ada@example.com'}, user: {id: 'user_1'},
    }");
    let session = Session::new(session);
    assert_eq!(
        (session.status(), session.expire_at()),
        (SessionStatus::Pending, 5.0)
    );
    assert_eq!(
        session.current_task().map(|it| it.key()),
        Some(TaskKey::SetupMfa)
    );
    assert_eq!(session.factor_verification_age(), (Some(3), None));
    assert_eq!(
        session.actor::<Value>(),
        Ok(Some(json!({"sub": "user_admin"})))
    );
    assert_eq!(session.public_user_data().identifier(), "ada@example.com");
    assert_eq!(session.user().map(|it| it.id()).as_deref(), Some("user_1"));
}

#[wasm_bindgen_test]
fn two_handles_are_equal_when_they_show_the_same() {
    let session = |members: &str| Session::new(run(&format!("return {{id: 'sess_1', {members}}}")));
    let one = session("status: 'active', lastActiveAt: new Date(1), lastActiveToken: {jwt: 1}");
    let touched = session(
        "status: 'active', lastActiveAt: new Date(2), expireAt: new Date(9), lastActiveToken: {jwt: 2}",
    );
    let ended = session("status: 'ended', lastActiveAt: new Date(1)");
    assert_eq!(one, touched);
    assert_ne!(one, ended);

    // clerk-js changes its objects in place: what was read before still tells the difference.
    let raw =
        run("return {id: 'user_1', emailAddresses: [{verification: {status: 'unverified'}}]}");
    let before = User::new(raw.clone());
    js_sys::Reflect::set(&raw, &"emailAddresses".into(), &JsValue::NULL).expect("set");
    assert_ne!(before, User::new(raw));

    // Nothing tells one that has no plain form from the next.
    let circle = run("const it = {}; it.it = it; return it");
    assert_ne!(User::new(circle.clone()), User::new(circle));
}

#[wasm_bindgen_test]
async fn a_member_that_is_not_there_is_an_error() {
    let user = User::new(run("return {id: 'user_1'}"));
    let error = user
        .create_totp()
        .await
        .expect_err("there is no such method");
    assert_eq!(error.code(), "missing_member");
}

#[wasm_bindgen_test]
fn no_secret_shows_in_debug_output() {
    let password = UpdateUserPassword::new("secret");
    let user = User::new(run("return {firstName: 'secret'}"));
    assert_eq!(format!("{password:?} {user:?}"), "UpdateUserPassword User");
}
