//! The Backend API's routes.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::backend::{
    email_addresses, instance, invitations, lists, organizations, roles, sessions, templates,
    tokens, users, waitlist,
};
use crate::emulator::Emulator;

use super::guard;
use super::serving::backend::{delete, get, patch, post, post_reading, put};

/// The Backend API below `/v1`.
pub fn router(emulator: &Emulator) -> Router<Emulator> {
    Router::new()
        .merge(people())
        .merge(access())
        .merge(organizations_router())
        .merge(instance_router())
        .layer(from_fn_with_state(emulator.clone(), guard::server))
}

fn people() -> Router<Emulator> {
    Router::new()
        .route("/users", get(users::list).merge(post(users::create)))
        .route("/users/count", get(users::count))
        .route("/users/ban", post(users::ban_all))
        .route("/users/unban", post(users::unban_all))
        .route(
            "/users/{id}",
            get(users::show)
                .merge(patch(users::update))
                .merge(delete(users::remove)),
        )
        .route("/users/{id}/ban", post(users::ban))
        .route("/users/{id}/unban", post(users::unban))
        .route("/users/{id}/lock", post(users::lock))
        .route("/users/{id}/unlock", post(users::unlock))
        .route(
            "/users/{id}/metadata",
            patch(users::merge_metadata).merge(put(users::replace_metadata)),
        )
        .route(
            "/users/{id}/profile_image",
            post(users::set_image).merge(delete(users::remove_image)),
        )
        .route("/users/{id}/verify_password", post(users::verify_password))
        .route("/users/{id}/remove_password", post(users::remove_password))
        .route(
            "/users/{id}/password/set_compromised",
            post(users::set_compromised),
        )
        .route(
            "/users/{id}/password/unset_compromised",
            post(users::unset_compromised),
        )
        .route("/users/{id}/verify_totp", post(users::verify_totp))
        .route("/users/{id}/mfa", delete(users::remove_mfa))
        .route("/users/{id}/totp", delete(users::remove_mfa))
        .route(
            "/users/{id}/backup_code",
            delete(users::remove_backup_codes),
        )
        .route(
            "/users/{id}/passkeys/{passkey_id}",
            delete(users::remove_passkey),
        )
        .route(
            "/users/{id}/external_accounts/{account_id}",
            delete(users::remove_external_account),
        )
        .route(
            "/users/{id}/oauth_access_tokens/{provider}",
            get(users::oauth_tokens),
        )
        .route(
            "/users/{id}/organization_memberships",
            get(users::memberships),
        )
        .route(
            "/users/{id}/organization_invitations",
            get(users::invitations),
        )
        .route("/users/{id}/email_address", put(email_addresses::replace))
}

/// How people get in: addresses, sessions, invitations, tokens.
fn access() -> Router<Emulator> {
    Router::new()
        .route("/email_addresses", post(email_addresses::create))
        .route(
            "/email_addresses/{id}",
            get(email_addresses::show)
                .merge(patch(email_addresses::update))
                .merge(delete(email_addresses::remove)),
        )
        .route(
            "/email_addresses/{id}/prepare_verification",
            post(email_addresses::prepare),
        )
        .route(
            "/email_addresses/{id}/attempt_verification",
            post(email_addresses::attempt),
        )
        .route(
            "/sessions",
            get(sessions::list).merge(post(sessions::create)),
        )
        .route("/sessions/{id}", get(sessions::show))
        .route("/sessions/{id}/revoke", post(sessions::revoke))
        .route("/sessions/{id}/verify", post(sessions::verify))
        .route("/sessions/{id}/tokens", post_reading(sessions::token))
        .route(
            "/sessions/{id}/tokens/{template}",
            post_reading(sessions::token),
        )
        .route("/sessions/{id}/refresh", post_reading(sessions::refresh))
        .route("/clients", get(sessions::clients))
        .route("/clients/verify", post(sessions::verify_client))
        .route(
            "/clients/handshake_payload",
            get(sessions::handshake_payload),
        )
        .route("/clients/{id}", get(sessions::client))
        .route(
            "/sign_ups/{id}",
            get(sessions::sign_up).merge(patch(sessions::update_sign_up)),
        )
        .route(
            "/invitations",
            get(invitations::list).merge(post(invitations::create)),
        )
        .route("/invitations/bulk", post(invitations::create_all))
        .route("/invitations/{id}/revoke", post(invitations::revoke))
        .route("/sign_in_tokens", post(tokens::create_sign_in))
        .route("/sign_in_tokens/{id}/revoke", post(tokens::revoke_sign_in))
        .route("/actor_tokens", post(tokens::create_actor))
        .route("/actor_tokens/{id}/revoke", post(tokens::revoke_actor))
        .route("/testing_tokens", post(tokens::create_testing))
        .route(
            "/waitlist_entries",
            get(waitlist::list).merge(post(waitlist::create)),
        )
        .route("/waitlist_entries/bulk", post(waitlist::create_all))
        .route("/waitlist_entries/{id}", delete(waitlist::remove))
        .route("/waitlist_entries/{id}/invite", post(waitlist::invite))
        .route("/waitlist_entries/{id}/reject", post(waitlist::reject))
}

fn organizations_router() -> Router<Emulator> {
    use organizations as it;
    Router::new()
        .route("/organizations", get(it::list).merge(post(it::create)))
        .route(
            "/organizations/{id}",
            get(it::show)
                .merge(patch(it::update))
                .merge(delete(it::remove)),
        )
        .route(
            "/organizations/{id}/metadata",
            patch(it::merge_metadata).merge(put(it::replace_metadata)),
        )
        .route(
            "/organizations/{id}/logo",
            put(it::set_logo).merge(delete(it::remove_logo)),
        )
        .route(
            "/organizations/{id}/memberships",
            get(it::members).merge(post(it::add_member)),
        )
        .route(
            "/organizations/{id}/memberships/{user_id}",
            patch(it::update_member).merge(delete(it::remove_member)),
        )
        .route(
            "/organizations/{id}/memberships/{user_id}/metadata",
            patch(it::member_metadata),
        )
        .route(
            "/organizations/{id}/invitations",
            get(it::invitations).merge(post(it::invite)),
        )
        .route("/organizations/{id}/invitations/bulk", post(it::invite_all))
        .route(
            "/organizations/{id}/invitations/pending",
            get(it::pending_invitations),
        )
        .route(
            "/organizations/{id}/invitations/{invitation_id}",
            get(it::show_invitation),
        )
        .route(
            "/organizations/{id}/invitations/{invitation_id}/revoke",
            post(it::revoke),
        )
        .route(
            "/organizations/{id}/domains",
            get(it::domains).merge(post(it::add_domain)),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}",
            patch(it::update_domain).merge(delete(it::remove_domain)),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/verify_ownership",
            post(it::verify_domain),
        )
        .route("/organization_memberships", get(it::all_members))
        .route("/organization_invitations", get(it::all_invitations))
        .route("/organization_domains", get(it::all_domains))
        .route(
            "/organization_roles",
            get(roles::list).merge(post(roles::create)),
        )
        .route(
            "/organization_roles/{id}",
            get(roles::show)
                .merge(patch(roles::update))
                .merge(delete(roles::remove)),
        )
        .route(
            "/organization_roles/{id}/permissions/{permission_id}",
            post(roles::grant).merge(delete(roles::withdraw)),
        )
        .route(
            "/organization_permissions",
            get(roles::permissions).merge(post(roles::create_permission)),
        )
        .route(
            "/organization_permissions/{id}",
            get(roles::show_permission)
                .merge(patch(roles::update_permission))
                .merge(delete(roles::remove_permission)),
        )
}

fn instance_router() -> Router<Emulator> {
    Router::new()
        .route("/jwks", get(instance::jwks))
        .route(
            "/instance",
            get(instance::show).merge(patch(instance::update)),
        )
        .route(
            "/instance/restrictions",
            patch(instance::update_restrictions),
        )
        .route(
            "/instance/organization_settings",
            get(instance::organization_settings).merge(patch(instance::update_organizations)),
        )
        .route(
            "/instance/protect",
            get(instance::protect).merge(patch(instance::update_protect)),
        )
        .route(
            "/instance/communication",
            get(instance::communication).merge(patch(instance::update_communication)),
        )
        .route(
            "/instance/oauth_application_settings",
            get(instance::oauth_applications).merge(patch(instance::update_oauth_applications)),
        )
        .route(
            "/beta_features/instance_settings",
            patch(instance::update_beta),
        )
        .route("/domains", get(instance::domains))
        .route(
            "/webhooks/svix",
            post(instance::create_svix).merge(delete(instance::delete_svix)),
        )
        .route("/webhooks/svix_url", post(instance::svix_url))
        .route(
            "/jwt_templates",
            get(templates::list).merge(post(templates::create)),
        )
        .route(
            "/jwt_templates/{id}",
            get(templates::show)
                .merge(patch(templates::update))
                .merge(delete(templates::remove)),
        )
        .route(
            "/redirect_urls",
            get(lists::redirect_urls).merge(post(lists::create_redirect_url)),
        )
        .route(
            "/redirect_urls/{id}",
            get(lists::show_redirect_url).merge(delete(lists::remove_redirect_url)),
        )
        .route(
            "/allowlist_identifiers",
            get(lists::allowed).merge(post(lists::allow)),
        )
        .route("/allowlist_identifiers/{id}", delete(lists::disallow))
        .route(
            "/blocklist_identifiers",
            get(lists::blocked).merge(post(lists::block)),
        )
        .route("/blocklist_identifiers/{id}", delete(lists::unblock))
}
