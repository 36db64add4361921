//! The Frontend API's routes.

use axum::Router;

use crate::emulator::Emulator;
use crate::frontend::{
    client, email_addresses, links, me, oauth, organizations, passkeys, second_factors, sessions,
    sign_ins, sign_ups, waitlist,
};
use crate::rules::images;

use super::serving::{
    self, Route, delete, get, get_writing, patch, patch_reading, post, post_reading, put,
};

/// The Frontend API below `/v1`.
pub fn router() -> Router<Emulator> {
    serving::frontend(ROUTES)
}

const ROUTES: &[Route] = &[
    // Browsers, their sessions, and getting in.
    post("/dev_browser", client::dev_browser),
    get("/environment", client::show_environment),
    patch_reading("/environment", client::show_environment),
    get("/client", client::show),
    post("/client", client::create),
    put("/client", client::create),
    delete("/client", client::remove),
    delete("/client/sessions", client::remove_sessions),
    get("/client/sessions/{id}", client::show_session),
    post("/client/sessions/{id}/touch", sessions::touch),
    post("/client/sessions/{id}/end", sessions::end),
    post("/client/sessions/{id}/remove", sessions::remove),
    post_reading("/client/sessions/{id}/tokens", sessions::token),
    post_reading(
        "/client/sessions/{id}/tokens/{template}",
        sessions::template_token,
    ),
    post("/client/sessions/{id}/verify", sessions::verify),
    post(
        "/client/sessions/{id}/verify/prepare_first_factor",
        sessions::prepare_first,
    ),
    post(
        "/client/sessions/{id}/verify/attempt_first_factor",
        sessions::attempt_first,
    ),
    post(
        "/client/sessions/{id}/verify/prepare_second_factor",
        sessions::prepare_second,
    ),
    post(
        "/client/sessions/{id}/verify/attempt_second_factor",
        sessions::attempt_second,
    ),
    post("/client/sign_ups", sign_ups::create),
    get("/client/sign_ups/{id}", sign_ups::show),
    patch("/client/sign_ups/{id}", sign_ups::update),
    post(
        "/client/sign_ups/{id}/prepare_verification",
        sign_ups::prepare,
    ),
    post(
        "/client/sign_ups/{id}/attempt_verification",
        sign_ups::attempt,
    ),
    post("/client/sign_ins", sign_ins::create),
    get("/client/sign_ins/{id}", sign_ins::show),
    post(
        "/client/sign_ins/{id}/prepare_first_factor",
        sign_ins::prepare_first,
    ),
    post(
        "/client/sign_ins/{id}/attempt_first_factor",
        sign_ins::attempt_first,
    ),
    post(
        "/client/sign_ins/{id}/prepare_second_factor",
        sign_ins::prepare_second,
    ),
    post(
        "/client/sign_ins/{id}/attempt_second_factor",
        sign_ins::attempt_second,
    ),
    post(
        "/client/sign_ins/{id}/reset_password",
        sign_ins::reset_password,
    ),
    // The signed-in person.
    get("/me", me::show),
    patch("/me", me::update),
    delete("/me", me::remove),
    patch("/me/metadata", me::update_metadata),
    post("/me/change_password", me::change_password),
    post("/me/remove_password", me::remove_password),
    post("/me/profile_image", me::set_image),
    delete("/me/profile_image", me::remove_image),
    get("/me/sessions", me::all_sessions),
    get("/me/sessions/active", me::active_sessions),
    post("/me/sessions/{id}/revoke", me::revoke_session),
    get("/me/email_addresses", email_addresses::list),
    post("/me/email_addresses", email_addresses::create),
    get("/me/email_addresses/{id}", email_addresses::show),
    delete("/me/email_addresses/{id}", email_addresses::remove),
    post(
        "/me/email_addresses/{id}/prepare_verification",
        email_addresses::prepare,
    ),
    post(
        "/me/email_addresses/{id}/attempt_verification",
        email_addresses::attempt,
    ),
    post("/me/external_accounts", oauth::connect),
    delete("/me/external_accounts/{id}", oauth::disconnect),
    delete("/me/external_accounts/{id}/tokens", oauth::revoke_tokens),
    patch("/me/external_accounts/{id}/reauthorize", oauth::reauthorize),
    post("/me/totp", second_factors::create_totp),
    delete("/me/totp", second_factors::remove_totp),
    post(
        "/me/totp/attempt_verification",
        second_factors::attempt_totp,
    ),
    post("/me/backup_codes", second_factors::create_backup_codes),
    post("/me/passkeys", passkeys::create),
    get("/me/passkeys/{id}", passkeys::show),
    patch("/me/passkeys/{id}", passkeys::rename),
    delete("/me/passkeys/{id}", passkeys::remove),
    post("/me/passkeys/{id}/attempt_verification", passkeys::attempt),
    // Organizations.
    get(
        "/me/organization_memberships",
        organizations::own_memberships,
    ),
    delete("/me/organization_memberships/{id}", organizations::leave),
    get(
        "/me/organization_invitations",
        organizations::own_invitations,
    ),
    post(
        "/me/organization_invitations/{invitation_id}/accept",
        organizations::accept,
    ),
    get("/me/organization_suggestions", organizations::suggestions),
    post(
        "/me/organization_suggestions/{suggestion_id}/accept",
        organizations::ask_to_join,
    ),
    post("/organizations", organizations::create),
    get("/organizations/{id}", organizations::show),
    patch("/organizations/{id}", organizations::update),
    delete("/organizations/{id}", organizations::remove),
    put("/organizations/{id}/logo", organizations::set_logo),
    delete("/organizations/{id}/logo", organizations::remove_logo),
    get("/organizations/{id}/roles", organizations::roles),
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
    post(
        "/organizations/{id}/invitations/{invitation_id}/revoke",
        organizations::revoke,
    ),
    get(
        "/organizations/{id}/membership_requests",
        organizations::requests,
    ),
    post(
        "/organizations/{id}/membership_requests/{request_id}/accept",
        organizations::accept_request,
    ),
    post(
        "/organizations/{id}/membership_requests/{request_id}/reject",
        organizations::reject_request,
    ),
    get("/organizations/{id}/domains", organizations::domains),
    post("/organizations/{id}/domains", organizations::add_domain),
    get(
        "/organizations/{id}/domains/{domain_id}",
        organizations::show_domain,
    ),
    delete(
        "/organizations/{id}/domains/{domain_id}",
        organizations::remove_domain,
    ),
    post(
        "/organizations/{id}/domains/{domain_id}/prepare_affiliation_verification",
        organizations::prepare_domain,
    ),
    post(
        "/organizations/{id}/domains/{domain_id}/attempt_affiliation_verification",
        organizations::attempt_domain,
    ),
    post(
        "/organizations/{id}/domains/{domain_id}/update_enrollment_mode",
        organizations::update_enrollment,
    ),
    // What a browser opens by itself, and the rest.
    get("/health", client::health),
    get("/proxy-health", client::proxy_health),
    get("/images/{id}", images::show),
    get("/images/static/{name}", images::icon),
    post("/waitlist", waitlist::join),
    get_writing("/verify", links::verify).or(links::told_on_the_page),
    get("/tickets/accept", links::accept_ticket).or(links::told_here),
    get_writing("/client/handshake", links::handshake),
    get("/oauth/emulator", oauth::page).or(links::told_here),
    post("/oauth/emulator", oauth::answer).or(links::told_here),
    get_writing("/oauth_callback", oauth::callback).or(oauth::told_on_the_page),
    post("/oauth_callback", oauth::callback).or(oauth::told_on_the_page),
];
