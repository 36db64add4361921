//! What resources do.

use clerk_claims::{Condition, Level, Reverification};
use clerk_yew::resources::*;
use clerk_yew::{ErrorKind, TokenOptions};
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{called, every_method, run};

/// Each call becomes this call of clerk-js; when Clerk refuses, it answers why.
macro_rules! asks {
    ($($call:expr => $expected:expr,)*) => {$(
        run("window.refuses = false");
        assert!($call.await.is_ok(), "{}", stringify!($call));
        assert_eq!(called(), $expected);
        run("window.refuses = true");
        let error = $call.await.err().expect("refused");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.of("code").map(|it| it.message.as_str()), Some("is incorrect"));
        called();
    )*};
}

#[wasm_bindgen_test]
async fn a_person_does_what_clerk_js_does() {
    let user = User::new(every_method(&json!({"id": "a"})));
    asks! {
        user.update(&UpdateUser::new().first_name("Ada").primary_email_address_id("idn_1"))
            => r#"update({"firstName":"Ada","primaryEmailAddressId":"idn_1"})"#,
        user.update_metadata(&json!({"theme": "dark"}))
            => r#"updateMetadata({"unsafeMetadata":{"theme":"dark"}})"#,
        user.update_password(&UpdateUserPassword::new("new").current_password("old").sign_out_of_other_sessions(true))
            => r#"updatePassword({"newPassword":"new","currentPassword":"old","signOutOfOtherSessions":true})"#,
        user.remove_password("old") => r#"removePassword({"currentPassword":"old"})"#,
        user.create_email_address("a@example.com") => r#"createEmailAddress({"email":"a@example.com"})"#,
        user.create_phone_number("+15555550100") => r#"createPhoneNumber({"phoneNumber":"+15555550100"})"#,
        user.create_web3_wallet("0x1") => r#"createWeb3Wallet({"web3Wallet":"0x1"})"#,
        user.create_passkey() => "createPasskey()",
        user.set_profile_image(JsValue::NULL) => r#"setProfileImage({"file":null})"#,
        user.create_external_account(&CreateExternalAccount::new().strategy("oauth_google").additional_scopes(vec!["mail".into()]))
            => r#"createExternalAccount({"strategy":"oauth_google","additionalScopes":["mail"]})"#,
        user.get_sessions() => "getSessions()",
        user.create_totp() => "createTOTP()",
        user.verify_totp("123456") => r#"verifyTOTP({"code":"123456"})"#,
        user.disable_totp() => "disableTOTP()",
        user.create_backup_code() => "createBackupCode()",
        user.get_organization_memberships(&GetPage::new().initial_page(2).page_size(5))
            => r#"getOrganizationMemberships({"initialPage":2,"pageSize":5})"#,
        user.get_organization_invitations(&GetUserInvitations::new().status(InvitationStatus::Pending))
            => r#"getOrganizationInvitations({"status":"pending"})"#,
        user.get_organization_suggestions(&GetUserSuggestions::new().status(vec![InvitationStatus::Accepted]))
            => r#"getOrganizationSuggestions({"status":["accepted"]})"#,
        user.leave_organization("org_1") => r#"leaveOrganization("org_1")"#,
        user.reload() => "reload()",
        user.delete() => "delete()",
    }
}

#[wasm_bindgen_test]
async fn what_a_person_is_reached_by_does_what_clerk_js_does() {
    let raw = every_method(&json!({"id": "a"}));
    let email = EmailAddress::new(raw.clone());
    let phone = PhoneNumber::new(raw.clone());
    let account = ExternalAccount::new(raw.clone());
    let wallet = Web3Wallet::new(raw.clone());
    let company = EnterpriseAccount::new(raw.clone());
    let passkey = Passkey::new(raw);
    asks! {
        email.send_code() => r#"prepareVerification({"strategy":"email_code"})"#,
        email.send_link("/verify") => r#"prepareVerification({"strategy":"email_link","redirectUrl":"/verify"})"#,
        email.prove_by_enterprise_sso("/back") => r#"prepareVerification({"strategy":"enterprise_sso","redirectUrl":"/back"})"#,
        email.verify_code("1") => r#"attemptVerification({"code":"1"})"#,
        email.reload() => "reload()",
        email.destroy() => "destroy()",
        phone.send_code() => "prepareVerification()",
        phone.verify_code("1") => r#"attemptVerification({"code":"1"})"#,
        phone.set_reserved_for_second_factor(true) => r#"setReservedForSecondFactor({"reserved":true})"#,
        phone.make_default_second_factor() => "makeDefaultSecondFactor()",
        phone.reload() => "reload()",
        phone.destroy() => "destroy()",
        account.reauthorize(&ReauthorizeExternalAccount::new().redirect_url("/back"))
            => r#"reauthorize({"redirectUrl":"/back"})"#,
        account.destroy() => "destroy()",
        company.destroy() => "destroy()",
        wallet.prepare_verification("web3_metamask_signature")
            => r#"prepareVerification({"strategy":"web3_metamask_signature"})"#,
        wallet.attempt_verification("0x2", "web3_metamask_signature")
            => r#"attemptVerification({"signature":"0x2","strategy":"web3_metamask_signature"})"#,
        wallet.destroy() => "destroy()",
        passkey.update("phone") => r#"update({"name":"phone"})"#,
        passkey.delete() => "delete()",
    }
}

#[wasm_bindgen_test]
async fn a_session_does_what_clerk_js_does() {
    let raw = every_method(&json!({"id": "a"}));
    let session = Session::new(raw.clone());
    let elsewhere = SessionWithActivities::new(raw);
    asks! {
        session.touch() => "touch()",
        session.end() => "end()",
        session.remove() => "remove()",
        session.reload() => "reload()",
        session.get_token(&TokenOptions::new().template("t".to_owned())) => r#"getToken({"template":"t","skipCache":false})"#,
        session.start_verification(Level::MultiFactor) => r#"startVerification({"level":"multi_factor"})"#,
        session.prepare_first_factor_verification(&FirstFactor::EmailCode("idn_1".into()))
            => r#"prepareFirstFactorVerification({"strategy":"email_code","emailAddressId":"idn_1"})"#,
        session.prepare_first_factor_verification(&FirstFactor::Passkey)
            => r#"prepareFirstFactorVerification({"strategy":"passkey"})"#,
        session.attempt_first_factor_verification(&FirstFactorAttempt::Password("secret".into()))
            => r#"attemptFirstFactorVerification({"strategy":"password","password":"secret"})"#,
        session.prepare_second_factor_verification(&SecondFactor::PhoneCode(None))
            => r#"prepareSecondFactorVerification({"strategy":"phone_code"})"#,
        session.attempt_second_factor_verification(&SecondFactorAttempt::Totp("1".into()))
            => r#"attemptSecondFactorVerification({"strategy":"totp","code":"1"})"#,
        session.verify_with_passkey() => "verifyWithPasskey()",
        elsewhere.revoke() => "revoke()",
    }
    let condition = Condition::new()
        .role("org:admin")
        .reverification(Reverification::Strict);
    assert!(session.check_authorization(&condition));
    assert_eq!(
        called(),
        r#"checkAuthorization({"role":"org:admin","reverification":"strict"})"#
    );
    session.clear_cache().expect("cleared");
    assert_eq!(called(), "clearCache()");
}

#[wasm_bindgen_test]
async fn an_organization_does_what_clerk_js_does() {
    let raw = every_method(&json!({"id": "a"}));
    let organization = Organization::new(raw.clone());
    let membership = OrganizationMembership::new(raw.clone());
    let invitation = OrganizationInvitation::new(raw.clone());
    let request = OrganizationMembershipRequest::new(raw.clone());
    let domain = OrganizationDomain::new(raw.clone());
    let invited = UserOrganizationInvitation::new(raw.clone());
    let suggestion = OrganizationSuggestion::new(raw);
    asks! {
        organization.update(&UpdateOrganization::new("Acme").slug("acme")) => r#"update({"name":"Acme","slug":"acme"})"#,
        organization.set_logo("data:,") => r#"setLogo({"file":"data:,"})"#,
        organization.get_roles(&GetPage::new()) => "getRoles({})",
        organization.get_memberships(&GetMemberships::new().role(vec!["org:admin".into()]).query("ada"))
            => r#"getMemberships({"role":["org:admin"],"query":"ada"})"#,
        organization.add_member("user_1", "org:member") => r#"addMember({"userId":"user_1","role":"org:member"})"#,
        organization.update_member("user_1", "org:admin") => r#"updateMember({"userId":"user_1","role":"org:admin"})"#,
        organization.remove_member("user_1") => r#"removeMember("user_1")"#,
        organization.get_invitations(&GetInvitations::new().status(vec![InvitationStatus::Pending]))
            => r#"getInvitations({"status":["pending"]})"#,
        organization.invite_member("a@example.com", "org:member")
            => r#"inviteMember({"emailAddress":"a@example.com","role":"org:member"})"#,
        organization.invite_members(&["a@example.com".to_owned()], "org:member")
            => r#"inviteMembers({"emailAddresses":["a@example.com"],"role":"org:member"})"#,
        organization.get_membership_requests(&GetMembershipRequests::new().status(InvitationStatus::Pending))
            => r#"getMembershipRequests({"status":"pending"})"#,
        organization.get_domains(&GetDomains::new().enrollment_mode(EnrollmentMode::AutomaticInvitation))
            => r#"getDomains({"enrollmentMode":"automatic_invitation"})"#,
        organization.get_domain("dmn_1") => r#"getDomain({"domainId":"dmn_1"})"#,
        organization.create_domain("example.com") => r#"createDomain("example.com")"#,
        organization.reload() => "reload()",
        organization.destroy() => "destroy()",
        membership.update("org:admin") => r#"update({"role":"org:admin"})"#,
        membership.destroy() => "destroy()",
        invitation.revoke() => "revoke()",
        request.accept() => "accept()",
        request.reject() => "reject()",
        domain.prepare_affiliation_verification("a@example.com")
            => r#"prepareAffiliationVerification({"affiliationEmailAddress":"a@example.com"})"#,
        domain.attempt_affiliation_verification("1") => r#"attemptAffiliationVerification({"code":"1"})"#,
        domain.update_enrollment_mode(&EnrollmentMode::ManualInvitation, true)
            => r#"updateEnrollmentMode({"enrollmentMode":"manual_invitation","deletePending":true})"#,
        domain.delete() => "delete()",
        invited.accept() => "accept()",
        suggestion.accept() => "accept()",
    }
}
