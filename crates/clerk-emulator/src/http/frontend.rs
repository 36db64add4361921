//! The Frontend API's routes.

use axum::Router;

use crate::emulator::Emulator;
use crate::frontend::{
    client, email_addresses, links, me, oauth, organizations, passkeys, second_factors, sessions,
    sign_ins, sign_ups, waitlist,
};
use crate::rules::images;

use super::serving::frontend::{
    delete, get, get_writing, patch, patch_reading, post, post_reading, put,
};

/// The Frontend API below `/v1`.
pub fn router() -> Router<Emulator> {
    Router::new()
        .merge(browsers())
        .merge(accounts())
        .merge(organizations_router())
        .route("/health", get(client::health))
        .route("/proxy-health", get(client::proxy_health))
        .route("/images/{id}", get(images::show))
        .route("/waitlist", post(waitlist::join))
        .route("/verify", get_writing(links::verify))
        .route("/tickets/accept", get(links::accept_ticket))
        .route("/client/handshake", get_writing(links::handshake))
        .route(
            "/oauth/emulator",
            get(oauth::page).merge(post(oauth::answer)),
        )
        .route(
            "/oauth_callback",
            get_writing(oauth::callback).merge(post(oauth::callback)),
        )
}

fn browsers() -> Router<Emulator> {
    Router::new()
        .route("/dev_browser", post(client::dev_browser))
        .route(
            "/environment",
            get(client::show_environment).merge(patch_reading(client::show_environment)),
        )
        .route(
            "/client",
            get(client::show)
                .merge(post(client::create))
                .merge(put(client::create))
                .merge(delete(client::remove)),
        )
        .route("/client/sessions", delete(client::remove_sessions))
        .route("/client/sessions/{id}", get(client::show_session))
        .route("/client/sessions/{id}/touch", post(sessions::touch))
        .route("/client/sessions/{id}/end", post(sessions::end))
        .route("/client/sessions/{id}/remove", post(sessions::remove))
        .route(
            "/client/sessions/{id}/tokens",
            post_reading(sessions::token),
        )
        .route(
            "/client/sessions/{id}/tokens/{template}",
            post_reading(sessions::template_token),
        )
        .route("/client/sessions/{id}/verify", post(sessions::verify))
        .route(
            "/client/sessions/{id}/verify/prepare_first_factor",
            post(sessions::prepare_first),
        )
        .route(
            "/client/sessions/{id}/verify/attempt_first_factor",
            post(sessions::attempt_first),
        )
        .route(
            "/client/sessions/{id}/verify/prepare_second_factor",
            post(sessions::prepare_second),
        )
        .route(
            "/client/sessions/{id}/verify/attempt_second_factor",
            post(sessions::attempt_second),
        )
        .route("/client/sign_ups", post(sign_ups::create))
        .route(
            "/client/sign_ups/{id}",
            get(sign_ups::show).merge(patch(sign_ups::update)),
        )
        .route(
            "/client/sign_ups/{id}/prepare_verification",
            post(sign_ups::prepare),
        )
        .route(
            "/client/sign_ups/{id}/attempt_verification",
            post(sign_ups::attempt),
        )
        .route("/client/sign_ins", post(sign_ins::create))
        .route("/client/sign_ins/{id}", get(sign_ins::show))
        .route(
            "/client/sign_ins/{id}/prepare_first_factor",
            post(sign_ins::prepare_first),
        )
        .route(
            "/client/sign_ins/{id}/attempt_first_factor",
            post(sign_ins::attempt_first),
        )
        .route(
            "/client/sign_ins/{id}/prepare_second_factor",
            post(sign_ins::prepare_second),
        )
        .route(
            "/client/sign_ins/{id}/attempt_second_factor",
            post(sign_ins::attempt_second),
        )
        .route(
            "/client/sign_ins/{id}/reset_password",
            post(sign_ins::reset_password),
        )
}

fn accounts() -> Router<Emulator> {
    Router::new()
        .route(
            "/me",
            get(me::show)
                .merge(patch(me::update))
                .merge(delete(me::remove)),
        )
        .route("/me/metadata", patch(me::update_metadata))
        .route("/me/change_password", post(me::change_password))
        .route("/me/remove_password", post(me::remove_password))
        .route(
            "/me/profile_image",
            post(me::set_image).merge(delete(me::remove_image)),
        )
        .route("/me/sessions", get(me::all_sessions))
        .route("/me/sessions/active", get(me::active_sessions))
        .route("/me/sessions/{id}/revoke", post(me::revoke_session))
        .route(
            "/me/email_addresses",
            get(email_addresses::list).merge(post(email_addresses::create)),
        )
        .route(
            "/me/email_addresses/{id}",
            get(email_addresses::show).merge(delete(email_addresses::remove)),
        )
        .route(
            "/me/email_addresses/{id}/prepare_verification",
            post(email_addresses::prepare),
        )
        .route(
            "/me/email_addresses/{id}/attempt_verification",
            post(email_addresses::attempt),
        )
        .route("/me/external_accounts", post(oauth::connect))
        .route("/me/external_accounts/{id}", delete(oauth::disconnect))
        .route(
            "/me/external_accounts/{id}/tokens",
            delete(oauth::revoke_tokens),
        )
        .route(
            "/me/external_accounts/{id}/reauthorize",
            patch(oauth::reauthorize),
        )
        .route(
            "/me/totp",
            post(second_factors::create_totp).merge(delete(second_factors::remove_totp)),
        )
        .route(
            "/me/totp/attempt_verification",
            post(second_factors::attempt_totp),
        )
        .route(
            "/me/backup_codes",
            post(second_factors::create_backup_codes),
        )
        .route("/me/passkeys", post(passkeys::create))
        .route(
            "/me/passkeys/{id}",
            get(passkeys::show)
                .merge(patch(passkeys::rename))
                .merge(delete(passkeys::remove)),
        )
        .route(
            "/me/passkeys/{id}/attempt_verification",
            post(passkeys::attempt),
        )
}

fn organizations_router() -> Router<Emulator> {
    use organizations as it;
    Router::new()
        .route("/me/organization_memberships", get(it::own_memberships))
        .route("/me/organization_memberships/{id}", delete(it::leave))
        .route("/me/organization_invitations", get(it::own_invitations))
        .route(
            "/me/organization_invitations/{invitation_id}/accept",
            post(it::accept),
        )
        .route("/me/organization_suggestions", get(it::suggestions))
        .route(
            "/me/organization_suggestions/{suggestion_id}/accept",
            post(it::ask_to_join),
        )
        .route("/organizations", post(it::create))
        .route(
            "/organizations/{id}",
            get(it::show)
                .merge(patch(it::update))
                .merge(delete(it::remove)),
        )
        .route(
            "/organizations/{id}/logo",
            put(it::set_logo).merge(delete(it::remove_logo)),
        )
        .route("/organizations/{id}/roles", get(it::roles))
        .route(
            "/organizations/{id}/memberships",
            get(it::members).merge(post(it::add_member)),
        )
        .route(
            "/organizations/{id}/memberships/{user_id}",
            patch(it::update_member).merge(delete(it::remove_member)),
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
            "/organizations/{id}/invitations/{invitation_id}/revoke",
            post(it::revoke),
        )
        .route("/organizations/{id}/membership_requests", get(it::requests))
        .route(
            "/organizations/{id}/membership_requests/{request_id}/accept",
            post(it::accept_request),
        )
        .route(
            "/organizations/{id}/membership_requests/{request_id}/reject",
            post(it::reject_request),
        )
        .route(
            "/organizations/{id}/domains",
            get(it::domains).merge(post(it::add_domain)),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}",
            get(it::show_domain).merge(delete(it::remove_domain)),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/prepare_affiliation_verification",
            post(it::prepare_domain),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/attempt_affiliation_verification",
            post(it::attempt_domain),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/update_enrollment_mode",
            post(it::update_enrollment),
        )
}
