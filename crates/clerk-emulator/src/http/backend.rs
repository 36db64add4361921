//! The Backend API's routes.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::backend::{
    email_addresses, instance, invitations, lists, organizations, roles, sessions, templates,
    tokens, users, waitlist,
};
use crate::emulator::Emulator;

use super::guard;
use super::serving::{self, Route, delete, get, patch, post, post_reading, put};

/// The Backend API below `/v1`.
pub fn router(emulator: &Emulator) -> Router<Emulator> {
    serving::backend(ROUTES).layer(from_fn_with_state(emulator.clone(), guard::server))
}

const ROUTES: &[Route] = &[
    // People.
    get("/users", users::list::list),
    post("/users", users::write::create),
    get("/users/count", users::list::count),
    post("/users/ban", users::standing::ban_all),
    post("/users/unban", users::standing::unban_all),
    get("/users/{id}", users::show),
    patch("/users/{id}", users::write::update),
    delete("/users/{id}", users::remove),
    post("/users/{id}/ban", users::standing::ban),
    post("/users/{id}/unban", users::standing::unban),
    post("/users/{id}/lock", users::standing::lock),
    post("/users/{id}/unlock", users::standing::unlock),
    patch("/users/{id}/metadata", users::merge_metadata),
    put("/users/{id}/metadata", users::replace_metadata),
    post("/users/{id}/profile_image", users::set_image),
    delete("/users/{id}/profile_image", users::remove_image),
    post(
        "/users/{id}/verify_password",
        users::proofs::verify_password,
    ),
    post(
        "/users/{id}/remove_password",
        users::proofs::remove_password,
    ),
    post(
        "/users/{id}/password/set_compromised",
        users::proofs::set_compromised,
    ),
    post(
        "/users/{id}/password/unset_compromised",
        users::proofs::unset_compromised,
    ),
    post("/users/{id}/verify_totp", users::proofs::verify_totp),
    delete("/users/{id}/mfa", users::proofs::remove_mfa),
    delete("/users/{id}/totp", users::proofs::remove_mfa),
    delete(
        "/users/{id}/backup_code",
        users::proofs::remove_backup_codes,
    ),
    delete(
        "/users/{id}/passkeys/{passkey_id}",
        users::proofs::remove_passkey,
    ),
    delete(
        "/users/{id}/external_accounts/{account_id}",
        users::proofs::remove_external_account,
    ),
    get(
        "/users/{id}/oauth_access_tokens/{provider}",
        users::oauth_tokens,
    ),
    get("/users/{id}/organization_memberships", users::memberships),
    get("/users/{id}/organization_invitations", users::invitations),
    put("/users/{id}/email_address", email_addresses::replace),
    // How people get in: addresses, sessions, invitations, tokens.
    post("/email_addresses", email_addresses::create),
    get("/email_addresses/{id}", email_addresses::show),
    patch("/email_addresses/{id}", email_addresses::update),
    delete("/email_addresses/{id}", email_addresses::remove),
    post(
        "/email_addresses/{id}/prepare_verification",
        email_addresses::prepare,
    ),
    post(
        "/email_addresses/{id}/attempt_verification",
        email_addresses::attempt,
    ),
    get("/sessions", sessions::list),
    post("/sessions", sessions::create),
    get("/sessions/{id}", sessions::show),
    post("/sessions/{id}/revoke", sessions::revoke),
    post("/sessions/{id}/verify", sessions::verify),
    post_reading("/sessions/{id}/tokens", sessions::token),
    post_reading("/sessions/{id}/tokens/{template}", sessions::token),
    post_reading("/sessions/{id}/refresh", sessions::refresh),
    get("/clients", sessions::clients),
    post("/clients/verify", sessions::verify_client),
    get("/clients/handshake_payload", sessions::handshake_payload),
    get("/clients/{id}", sessions::client),
    get("/sign_ups/{id}", sessions::sign_up),
    patch("/sign_ups/{id}", sessions::update_sign_up),
    get("/invitations", invitations::list),
    post("/invitations", invitations::create),
    post("/invitations/bulk", invitations::create_all),
    post("/invitations/{id}/revoke", invitations::revoke),
    post("/sign_in_tokens", tokens::create_sign_in),
    post("/sign_in_tokens/{id}/revoke", tokens::revoke_sign_in),
    post("/actor_tokens", tokens::create_actor),
    post("/actor_tokens/{id}/revoke", tokens::revoke_actor),
    post("/testing_tokens", tokens::create_testing),
    get("/waitlist_entries", waitlist::list),
    post("/waitlist_entries", waitlist::create),
    post("/waitlist_entries/bulk", waitlist::create_all),
    delete("/waitlist_entries/{id}", waitlist::remove),
    post("/waitlist_entries/{id}/invite", waitlist::invite),
    post("/waitlist_entries/{id}/reject", waitlist::reject),
    // Organizations, who belongs to them, and roles.
    get("/organizations", organizations::list),
    post("/organizations", organizations::create),
    get("/organizations/{id}", organizations::show),
    patch("/organizations/{id}", organizations::update),
    delete("/organizations/{id}", organizations::remove),
    patch(
        "/organizations/{id}/metadata",
        organizations::merge_metadata,
    ),
    put(
        "/organizations/{id}/metadata",
        organizations::replace_metadata,
    ),
    put("/organizations/{id}/logo", organizations::set_logo),
    delete("/organizations/{id}/logo", organizations::remove_logo),
    get("/organizations/{id}/memberships", organizations::members),
    post("/organizations/{id}/memberships", organizations::add_member),
    patch(
        "/organizations/{id}/memberships/{user_id}",
        organizations::update_member,
    ),
    delete(
        "/organizations/{id}/memberships/{user_id}",
        organizations::remove_member,
    ),
    patch(
        "/organizations/{id}/memberships/{user_id}/metadata",
        organizations::member_metadata,
    ),
    get(
        "/organizations/{id}/invitations",
        organizations::invitations,
    ),
    post("/organizations/{id}/invitations", organizations::invite),
    post(
        "/organizations/{id}/invitations/bulk",
        organizations::invite_all,
    ),
    get(
        "/organizations/{id}/invitations/pending",
        organizations::pending_invitations,
    ),
    get(
        "/organizations/{id}/invitations/{invitation_id}",
        organizations::show_invitation,
    ),
    post(
        "/organizations/{id}/invitations/{invitation_id}/revoke",
        organizations::revoke,
    ),
    get("/organizations/{id}/domains", organizations::domains),
    post("/organizations/{id}/domains", organizations::add_domain),
    patch(
        "/organizations/{id}/domains/{domain_id}",
        organizations::update_domain,
    ),
    delete(
        "/organizations/{id}/domains/{domain_id}",
        organizations::remove_domain,
    ),
    post(
        "/organizations/{id}/domains/{domain_id}/verify_ownership",
        organizations::verify_domain,
    ),
    get("/organization_memberships", organizations::all_members),
    get("/organization_invitations", organizations::all_invitations),
    get("/organization_domains", organizations::all_domains),
    get("/organization_roles", roles::list),
    post("/organization_roles", roles::create),
    get("/organization_roles/{id}", roles::show),
    patch("/organization_roles/{id}", roles::update),
    delete("/organization_roles/{id}", roles::remove),
    post(
        "/organization_roles/{id}/permissions/{permission_id}",
        roles::grant,
    ),
    delete(
        "/organization_roles/{id}/permissions/{permission_id}",
        roles::withdraw,
    ),
    get("/organization_permissions", roles::permissions),
    post("/organization_permissions", roles::create_permission),
    get("/organization_permissions/{id}", roles::show_permission),
    patch("/organization_permissions/{id}", roles::update_permission),
    delete("/organization_permissions/{id}", roles::remove_permission),
    // The instance and its lists.
    get("/jwks", instance::jwks),
    get("/instance", instance::show),
    patch("/instance", instance::update),
    patch("/instance/restrictions", instance::update_restrictions),
    get(
        "/instance/organization_settings",
        instance::organization_settings,
    ),
    patch(
        "/instance/organization_settings",
        instance::update_organizations,
    ),
    get("/instance/protect", instance::protect),
    patch("/instance/protect", instance::update_protect),
    get("/instance/communication", instance::communication),
    patch("/instance/communication", instance::update_communication),
    get(
        "/instance/oauth_application_settings",
        instance::oauth_applications,
    ),
    patch(
        "/instance/oauth_application_settings",
        instance::update_oauth_applications,
    ),
    patch("/beta_features/instance_settings", instance::update_beta),
    get("/domains", instance::domains),
    post("/webhooks/svix", instance::create_svix),
    delete("/webhooks/svix", instance::delete_svix),
    post("/webhooks/svix_url", instance::svix_url),
    get("/jwt_templates", templates::list),
    post("/jwt_templates", templates::create),
    get("/jwt_templates/{id}", templates::show),
    patch("/jwt_templates/{id}", templates::update),
    delete("/jwt_templates/{id}", templates::remove),
    get("/redirect_urls", lists::redirect_urls),
    post("/redirect_urls", lists::create_redirect_url),
    get("/redirect_urls/{id}", lists::show_redirect_url),
    delete("/redirect_urls/{id}", lists::remove_redirect_url),
    get("/allowlist_identifiers", lists::allowed),
    post("/allowlist_identifiers", lists::allow),
    delete("/allowlist_identifiers/{id}", lists::disallow),
    get("/blocklist_identifiers", lists::blocked),
    post("/blocklist_identifiers", lists::block),
    delete("/blocklist_identifiers/{id}", lists::unblock),
];
