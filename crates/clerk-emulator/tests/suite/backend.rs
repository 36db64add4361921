//! The Backend API, as servers call it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ADA, PASSWORD, World, claims, code_of, id, text};

async fn user(world: &World, email: &str) -> Value {
    let body = json!({ "email_address": [email], "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace" });
    world.server(Method::POST, "/users", body).await
}

#[tokio::test]
async fn only_the_secret_key_opens_it() {
    let world = World::new().await;
    let url = format!("{}/v1/users", world.url());
    let answer = world
        .http
        .get(&url)
        .bearer_auth("sk_test_guess")
        .send()
        .await
        .expect("an answer");
    let (status, body) = crate::world::read(answer).await;
    assert_eq!((status, code_of(&body)), (401, "clerk_key_invalid"));
}

#[tokio::test]
async fn a_time_that_is_too_long_is_refused_by_name() {
    let world = World::new().await;
    let ada = user(&world, ADA).await;
    let session = world
        .server(Method::POST, "/sessions", json!({ "user_id": ada["id"] }))
        .await;
    let tokens = format!("/sessions/{}/tokens", id(&session));
    for seconds in [i64::MAX, i64::MAX / 1000, 100_000_000_000] {
        let body = json!({
            "user_id": ada["id"],
            "actor": { "sub": "user_support" },
            "email_address": "guest@example.com",
            "expires_in_seconds": seconds,
            "expires_in_days": seconds,
            "session_max_duration_in_seconds": seconds,
        });
        for (path, param) in [
            ("/sign_in_tokens", "expires_in_seconds"),
            ("/actor_tokens", "expires_in_seconds"),
            ("/invitations", "expires_in_days"),
            (&tokens, "expires_in_seconds"),
        ] {
            let (status, answer) = world.backend(Method::POST, path, body.clone()).await;
            assert_eq!(status, 422, "{path}: {answer}");
            assert_eq!(answer["errors"][0]["meta"]["param_name"], param, "{path}");
        }
        let settings = json!({ "session_lifetime_seconds": seconds });
        let (status, _) = world.control(Method::PATCH, "/settings", settings).await;
        assert_eq!(status, 422);
    }
}

#[tokio::test]
async fn a_person_is_made_changed_and_deleted() {
    let world = World::new().await;
    let made = user(&world, ADA).await;
    let path = format!("/users/{}", id(&made));
    let (status, body) = world
        .backend(
            Method::POST,
            "/users",
            json!({ "email_address": [ADA], "password": PASSWORD }),
        )
        .await;
    assert_eq!((status, code_of(&body)), (422, "form_identifier_exists"));
    let body = json!({ "first_name": "Countess", "external_id": "42", "public_metadata": { "a": 1, "b": { "c": 2 } } });
    let changed = world.server(Method::PATCH, &path, body).await;
    assert_eq!(
        (&changed["first_name"], &changed["external_id"]),
        (&json!("Countess"), &json!("42"))
    );
    let merged = world
        .server(Method::PATCH, &format!("{path}/metadata"), json!({ "public_metadata": { "a": null, "b": { "d": 3 } }, "private_metadata": { "x": 1 } }))
        .await;
    assert_eq!(
        merged["public_metadata"],
        json!({ "b": { "c": 2, "d": 3 } })
    );
    assert_eq!(merged["private_metadata"], json!({ "x": 1 }));
    let replaced = world
        .server(
            Method::PUT,
            &format!("{path}/metadata"),
            json!({ "public_metadata": { "z": 1 } }),
        )
        .await;
    assert_eq!(replaced["public_metadata"], json!({ "z": 1 }));

    let verify = format!("{path}/verify_password");
    let right = world
        .server(Method::POST, &verify, json!({ "password": PASSWORD }))
        .await;
    assert_eq!(right["verified"], true);
    let (status, body) = world
        .backend(Method::POST, &verify, json!({ "password": "wrong" }))
        .await;
    assert_eq!((status, code_of(&body)), (422, "form_password_incorrect"));

    let gone = world.server(Method::DELETE, &path, Value::Null).await;
    assert_eq!(gone["deleted"], true);
    let (status, body) = world.backend(Method::GET, &path, Value::Null).await;
    assert_eq!((status, code_of(&body)), (404, "resource_not_found"));
}

#[tokio::test]
async fn people_are_listed_by_page_order_and_filter() {
    let world = World::new().await;
    for name in ["carol", "ada", "bob"] {
        let body = json!({ "email_address": [format!("{name}@example.com")], "password": PASSWORD, "first_name": name });
        world.server(Method::POST, "/users", body).await;
        world.wait(1).await;
    }
    let names = async |query: &str| -> Vec<String> {
        let all = world
            .server(Method::GET, &format!("/users{query}"), Value::Null)
            .await;
        all.as_array()
            .expect("a list")
            .iter()
            .map(|it| text(&it["first_name"]))
            .collect()
    };
    assert_eq!(names("").await, ["bob", "ada", "carol"], "the newest first");
    assert_eq!(names("?order_by=first_name").await, ["ada", "bob", "carol"]);
    assert_eq!(
        names("?order_by=-first_name&limit=1&offset=1").await,
        ["bob"]
    );
    assert_eq!(
        names("?order_by=created_at&limit=2").await,
        ["carol", "ada"]
    );
    assert_eq!(
        names("?email_address=ADA@example.com&email_address=bob@example.com").await,
        ["bob", "ada"]
    );
    assert_eq!(names("?query=caro").await, ["carol"]);
    assert_eq!(
        names("?email_address=nobody@example.com").await,
        Vec::<String>::new()
    );
    let (status, _) = world
        .backend(Method::GET, "/users?order_by=shoe_size", Value::Null)
        .await;
    assert_eq!(status, 422);
    let count = world
        .server(Method::GET, "/users/count?query=example", Value::Null)
        .await;
    assert_eq!(count["total_count"], 3);
    let count = world.server(Method::GET, "/users/count", Value::Null).await;
    assert_eq!(count["total_count"], 3);
}

#[tokio::test]
async fn a_ban_or_lock_ends_what_is_open_and_lets_nobody_in() {
    let world = World::new().await;
    let browser = world.browser().await;
    browser.sign_up(ADA).await;
    let user = world.server(Method::GET, "/users", Value::Null).await[0].clone();
    let path = format!("/users/{}", id(&user));
    let banned = world
        .server(Method::POST, &format!("{path}/ban"), Value::Null)
        .await;
    assert_eq!(banned["banned"], true);
    assert_eq!(browser.client().await["sessions"], json!([]));
    let form = [("identifier", ADA), ("password", PASSWORD)];
    browser
        .refused(Method::POST, "/client/sign_ins", &form, "user_banned")
        .await;
    world
        .server(Method::POST, &format!("{path}/unban"), Value::Null)
        .await;
    let many = json!({ "user_ids": [user["id"]] });
    world.server(Method::POST, "/users/ban", many.clone()).await;
    world.server(Method::POST, "/users/unban", many).await;
    let locked = world
        .server(Method::POST, &format!("{path}/lock"), Value::Null)
        .await;
    assert_eq!(locked["locked"], true);
    browser
        .refused(Method::POST, "/client/sign_ins", &form, "user_locked")
        .await;
    world
        .server(Method::POST, &format!("{path}/unlock"), Value::Null)
        .await;
    assert_eq!(browser.sign_in(ADA).await["status"], "complete");

    // A password that is known to others must be changed before the session counts.
    world
        .server(
            Method::POST,
            &format!("{path}/password/set_compromised"),
            json!({}),
        )
        .await;
    assert_eq!(
        browser.client().await["sessions"][0]["tasks"],
        json!([{ "key": "reset-password" }])
    );
    let new = [
        ("new_password", "battery horse correct"),
        ("sign_out_of_other_sessions", "false"),
    ];
    browser
        .done(Method::POST, "/me/change_password", &new)
        .await;
    assert_eq!(browser.client().await["sessions"][0]["status"], "active");
    world
        .server(
            Method::POST,
            &format!("{path}/password/unset_compromised"),
            Value::Null,
        )
        .await;
    let removed = world
        .server(Method::POST, &format!("{path}/remove_password"), json!({}))
        .await;
    assert_eq!(removed["password_enabled"], false);
}

#[tokio::test]
async fn addresses_are_added_proven_and_replaced() {
    let world = World::new().await;
    let user = user(&world, ADA).await;
    let new = "countess+clerk_test@example.com";
    let body = json!({ "user_id": user["id"], "email_address": new });
    let made = world.server(Method::POST, "/email_addresses", body).await;
    let path = format!("/email_addresses/{}", id(&made));
    world.server(Method::GET, &path, Value::Null).await;
    let sent = world
        .server(
            Method::POST,
            &format!("{path}/prepare_verification"),
            Value::Null,
        )
        .await;
    let body = json!({ "verification_id": sent["id"], "code": "424242" });
    let done = world
        .server(Method::POST, &format!("{path}/attempt_verification"), body)
        .await;
    assert_eq!(done["status"], "verified");
    world
        .server(
            Method::PATCH,
            &path,
            json!({ "primary": true, "verified": true }),
        )
        .await;
    let first = text(&user["primary_email_address_id"]);
    world
        .server(
            Method::DELETE,
            &format!("/email_addresses/{first}"),
            Value::Null,
        )
        .await;
    let replaced = world
        .server(
            Method::PUT,
            &format!("/users/{}/email_address", id(&user)),
            json!({ "email_address": "third@example.com" }),
        )
        .await;
    let user = world
        .server(Method::GET, &format!("/users/{}", id(&user)), Value::Null)
        .await;
    assert_eq!(user["primary_email_address_id"], replaced["id"]);
    assert_eq!(user["email_addresses"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn sessions_are_listed_made_used_and_revoked() {
    let world = World::new().await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let user_id = text(&browser.client().await["sessions"][0]["user"]["id"]);
    let list = format!("/sessions?user_id={user_id}");
    let all = world
        .server(Method::GET, &format!("{list}&status=active"), Value::Null)
        .await;
    assert_eq!(all[0]["id"], json!(session));
    assert_eq!(all[0]["latest_activity"]["ip_address"], "127.0.0.1");
    let path = format!("/sessions/{session}");
    world.server(Method::GET, &path, Value::Null).await;
    let token = world
        .server(
            Method::POST,
            &format!("{path}/tokens"),
            json!({ "expires_in_seconds": 5 }),
        )
        .await;
    let claims_of = claims(&token);
    assert_eq!(
        claims_of["exp"].as_i64(),
        claims_of["iat"].as_i64().map(|iat| iat + 5)
    );
    let token = world
        .server(Method::POST, &format!("{path}/tokens/hasura"), json!({}))
        .await;
    assert_eq!(
        claims(&token)["https://hasura.io/jwt/claims"]["x-hasura-user-id"],
        json!(user_id)
    );
    let client = text(&all[0]["client_id"]);
    world
        .server(Method::GET, &format!("/clients/{client}"), Value::Null)
        .await;
    world.server(Method::GET, "/clients", Value::Null).await;
    let verified = world
        .server(
            Method::POST,
            "/clients/verify",
            json!({ "token": browser.token }),
        )
        .await;
    assert_eq!(verified["id"], json!(client));
    let revoked = world
        .server(Method::POST, &format!("{path}/revoke"), Value::Null)
        .await;
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(browser.client().await["sessions"], json!([]));
    let made = world
        .server(Method::POST, "/sessions", json!({ "user_id": user_id }))
        .await;
    assert_eq!(made["status"], "active");
}

#[tokio::test]
async fn second_factors_are_checked_and_taken_away() {
    let world = World::new().await;
    let body = json!({
        "email_address": [ADA], "password": PASSWORD,
        "totp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "backup_codes": ["first", "second"],
    });
    let user = world.server(Method::POST, "/users", body).await;
    assert_eq!(user["two_factor_enabled"], true);
    let path = format!("/users/{}", id(&user));
    let verify = format!("{path}/verify_totp");
    let by_code = world
        .server(Method::POST, &verify, json!({ "code": "first" }))
        .await;
    assert_eq!(by_code["code_type"], "backup_code");
    let (status, _) = world
        .backend(Method::POST, &verify, json!({ "code": "first" }))
        .await;
    assert_eq!(status, 422, "it works once");
    world
        .server(Method::DELETE, &format!("{path}/backup_code"), Value::Null)
        .await;
    world
        .server(Method::DELETE, &format!("{path}/totp"), Value::Null)
        .await;
    world
        .server(Method::DELETE, &format!("{path}/mfa"), Value::Null)
        .await;
    let user = world.server(Method::GET, &path, Value::Null).await;
    assert_eq!(user["two_factor_enabled"], false);
    world
        .server(
            Method::GET,
            &format!("{path}/oauth_access_tokens/google"),
            Value::Null,
        )
        .await;
    world
        .server(
            Method::DELETE,
            &format!("{path}/profile_image"),
            Value::Null,
        )
        .await;
    for gone in ["passkeys/none", "external_accounts/none"] {
        let (status, _) = world
            .backend(Method::DELETE, &format!("{path}/{gone}"), Value::Null)
            .await;
        assert_eq!(status, 404, "{gone}");
    }
}

#[tokio::test]
async fn organizations_with_members_invitations_and_domains() {
    let world = World::new().await;
    let (ada, bob) = (
        user(&world, ADA).await,
        user(&world, "bob@example.com").await,
    );
    let body =
        json!({ "name": "Engines", "created_by": ada["id"], "public_metadata": { "plan": "pro" } });
    let made = world.server(Method::POST, "/organizations", body).await;
    let path = format!("/organizations/{}", id(&made));
    let (status, _) = world
        .backend(
            Method::POST,
            "/organizations",
            json!({ "name": "Other", "slug": "engines" }),
        )
        .await;
    assert_eq!(status, 422, "the slug is taken");
    world
        .server(Method::GET, "/organizations/engines", Value::Null)
        .await;
    world
        .server(
            Method::PATCH,
            &path,
            json!({ "name": "Analytical Engines", "max_allowed_memberships": 3 }),
        )
        .await;
    world
        .server(
            Method::PATCH,
            &format!("{path}/metadata"),
            json!({ "private_metadata": { "x": 1 } }),
        )
        .await;
    world
        .server(
            Method::PUT,
            &format!("{path}/metadata"),
            json!({ "public_metadata": {} }),
        )
        .await;
    let listed = world
        .server(
            Method::GET,
            "/organizations?query=analytical&order_by=-name",
            Value::Null,
        )
        .await;
    assert_eq!(listed["total_count"], 1);

    let memberships = format!("{path}/memberships");
    world
        .server(
            Method::POST,
            &memberships,
            json!({ "user_id": bob["id"], "role": "org:member" }),
        )
        .await;
    let one = format!("{memberships}/{}", id(&bob));
    world
        .server(Method::PATCH, &one, json!({ "role": "org:admin" }))
        .await;
    world
        .server(
            Method::PATCH,
            &format!("{one}/metadata"),
            json!({ "public_metadata": { "desk": 4 } }),
        )
        .await;
    let members = world
        .server(
            Method::GET,
            &format!("{memberships}?role=org:admin"),
            Value::Null,
        )
        .await;
    assert_eq!(members["total_count"], 2);
    world
        .server(Method::GET, "/organization_memberships", Value::Null)
        .await;
    world
        .server(
            Method::GET,
            &format!("/users/{}/organization_memberships", id(&bob)),
            Value::Null,
        )
        .await;

    invitations_of(&world, &path, &ada).await;
    domains_of(&world, &path).await;

    world.server(Method::DELETE, &one, Value::Null).await;
    world.server(Method::DELETE, &path, Value::Null).await;
    let (status, _) = world.backend(Method::GET, &path, Value::Null).await;
    assert_eq!(status, 404);
}

/// Invitations are made, listed and taken back.
async fn invitations_of(world: &World, path: &str, ada: &Value) {
    let invitations = format!("{path}/invitations");
    let asked = json!({ "email_address": "carol@example.com", "role": "org:member", "inviter_user_id": ada["id"] });
    let invitation = world.server(Method::POST, &invitations, asked).await;
    let invitation_path = format!("{invitations}/{}", id(&invitation));
    world
        .server(Method::GET, &invitation_path, Value::Null)
        .await;
    world.server(Method::GET, &invitations, Value::Null).await;
    world
        .server(Method::GET, &format!("{invitations}/pending"), Value::Null)
        .await;
    world
        .server(Method::GET, "/organization_invitations", Value::Null)
        .await;
    world
        .server(
            Method::POST,
            &format!("{invitation_path}/revoke"),
            json!({}),
        )
        .await;
    let many = json!([{ "email_address": "d@example.com", "role": "org:member" }]);
    world
        .server(Method::POST, &format!("{invitations}/bulk"), many)
        .await;
    let carol = user(world, "d@example.com").await;
    let own = world
        .server(
            Method::GET,
            &format!(
                "/users/{}/organization_invitations?status=pending",
                id(&carol)
            ),
            Value::Null,
        )
        .await;
    assert_eq!(own["total_count"], 1);
}

/// Domains are added, verified and removed.
async fn domains_of(world: &World, path: &str) {
    let domains = format!("{path}/domains");
    let body = json!({ "name": "engines.example", "enrollment_mode": "automatic_suggestion", "verified": true });
    let domain = world.server(Method::POST, &domains, body).await;
    let domain_path = format!("{domains}/{}", id(&domain));
    world
        .server(
            Method::PATCH,
            &domain_path,
            json!({ "enrollment_mode": "manual_invitation" }),
        )
        .await;
    world
        .server(
            Method::POST,
            &format!("{domain_path}/verify_ownership"),
            Value::Null,
        )
        .await;
    world.server(Method::GET, &domains, Value::Null).await;
    world
        .server(Method::GET, "/organization_domains", Value::Null)
        .await;
    world
        .server(Method::DELETE, &domain_path, Value::Null)
        .await;
}

#[tokio::test]
async fn roles_and_permissions_reach_the_token() {
    let world = World::with(json!({ "organizations": { "enabled": true } })).await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let permission = world
        .server(
            Method::POST,
            "/organization_permissions",
            json!({ "name": "Read posts", "key": "org:posts:read" }),
        )
        .await;
    let permission_path = format!("/organization_permissions/{}", id(&permission));
    world
        .server(Method::GET, &permission_path, Value::Null)
        .await;
    world
        .server(Method::GET, "/organization_permissions", Value::Null)
        .await;
    let body = json!({ "name": "Editor", "key": "org:editor", "permissions": ["org:sys_memberships:read"] });
    let role = world
        .server(Method::POST, "/organization_roles", body)
        .await;
    let role_path = format!("/organization_roles/{}", id(&role));
    let grant = format!("{role_path}/permissions/{}", id(&permission));
    world.server(Method::POST, &grant, Value::Null).await;
    world.server(Method::GET, &role_path, Value::Null).await;
    world
        .server(Method::GET, "/organization_roles", Value::Null)
        .await;

    let made = browser
        .done(Method::POST, "/organizations", &[("name", "Engines")])
        .await;
    let me = browser.done(Method::GET, "/me", &[]).await;
    let path = format!("/organizations/{}/memberships", id(&made));
    let other = user(&world, "bob@example.com").await;
    world
        .server(
            Method::POST,
            &path,
            json!({ "user_id": other["id"], "role": "org:admin" }),
        )
        .await;
    world
        .server(
            Method::PATCH,
            &format!("{path}/{}", id(&me)),
            json!({ "role": "org:editor" }),
        )
        .await;
    let touch = format!("/client/sessions/{session}/touch");
    browser
        .done(
            Method::POST,
            &touch,
            &[("active_organization_id", &id(&made))],
        )
        .await;
    let token = claims(
        &browser
            .post(&format!("/client/sessions/{session}/tokens"), &[])
            .await,
    );
    assert_eq!(token["o"]["per"], "read");
    assert_eq!(token["fea"], "o:posts");

    let (status, _) = world.backend(Method::DELETE, &role_path, Value::Null).await;
    assert_eq!(status, 403, "somebody has it");
    world.server(Method::DELETE, &grant, Value::Null).await;
    world
        .server(
            Method::PATCH,
            &permission_path,
            json!({ "name": "See posts" }),
        )
        .await;
    world
        .server(Method::DELETE, &permission_path, Value::Null)
        .await;
    world
        .server(
            Method::PATCH,
            &role_path,
            json!({ "name": "Writer", "key": "org:writer" }),
        )
        .await;
    let members = world
        .server(Method::GET, &format!("{path}?role=org:writer"), Value::Null)
        .await;
    assert_eq!(members["total_count"], 1, "members follow");
    world
        .server(
            Method::PATCH,
            &format!("{path}/{}", id(&me)),
            json!({ "role": "org:member" }),
        )
        .await;
    world.server(Method::DELETE, &role_path, Value::Null).await;
}

#[tokio::test]
async fn templates_say_what_tokens_say() {
    let world = World::new().await;
    let browser = world.browser().await;
    let session = browser.sign_up(ADA).await;
    let claims_asked = json!({ "aud": "mine", "role": "{{user.public_metadata.role || 'reader'}}", "org": "{{org.slug}}" });
    let body = json!({ "name": "mine", "claims": claims_asked, "lifetime": 600 });
    let made = world.server(Method::POST, "/jwt_templates", body).await;
    let path = format!("/jwt_templates/{}", id(&made));
    let token = claims(
        &browser
            .post(&format!("/client/sessions/{session}/tokens/mine"), &[])
            .await,
    );
    assert_eq!(
        (&token["aud"], &token["role"], &token["org"]),
        (&json!("mine"), &json!("reader"), &Value::Null)
    );
    assert_eq!(
        token["exp"].as_i64(),
        token["iat"].as_i64().map(|iat| iat + 600)
    );
    let body = json!({ "name": "mine", "claims": { "sub": "another" } });
    let (status, body) = world.backend(Method::PATCH, &path, body).await;
    assert_eq!(
        (status, code_of(&body)),
        (422, "jwt_template_reserved_claim")
    );
    world.server(Method::GET, &path, Value::Null).await;
    world
        .server(
            Method::PATCH,
            &path,
            json!({ "name": "ours", "claims": {} }),
        )
        .await;
    let all = world
        .server(Method::GET, "/jwt_templates", Value::Null)
        .await;
    assert_eq!(
        all.as_array().map(Vec::len),
        Some(3),
        "with convex and hasura"
    );
    world.server(Method::DELETE, &path, Value::Null).await;
}

#[tokio::test]
async fn what_servers_set_up_and_nothing_here_heeds_is_kept() {
    let world = World::new().await;
    let kept = [
        ("protect", json!({ "rules_enabled": true })),
        ("communication", json!({ "blocked_country_codes": ["AQ"] })),
        (
            "oauth_application_settings",
            json!({ "oauth_jwt_access_tokens": true, "default_scopes": ["email"] }),
        ),
    ];
    for (group, patch) in kept {
        let path = format!("/instance/{group}");
        let changed = world.server(Method::PATCH, &path, patch.clone()).await;
        let shown = world.server(Method::GET, &path, Value::Null).await;
        assert_eq!(changed, shown);
        for (name, value) in patch.as_object().expect("an object") {
            assert_eq!(&shown[name], value, "{group}");
        }
        let wrong = json!({ "misspelt": true });
        assert_eq!(world.backend(Method::PATCH, &path, wrong).await.0, 422);
    }
    let path = "/instance/communication";
    let wrong = json!({ "blocked_country_codes": ["Antarctica"] });
    assert_eq!(world.backend(Method::PATCH, path, wrong).await.0, 422);
    let path = "/instance/oauth_application_settings";
    let reset = json!({ "default_scopes": null, "oauth_jwt_access_tokens": null });
    let shown = world.server(Method::PATCH, path, reset).await;
    assert_eq!(
        (&shown["default_scopes"], &shown["oauth_jwt_access_tokens"]),
        (&Value::Null, &json!(true))
    );
}

#[tokio::test]
async fn the_instance_is_shown_and_set() {
    let world = World::new().await;
    world.server(Method::GET, "/instance", Value::Null).await;
    world
        .server(
            Method::PATCH,
            "/instance",
            json!({ "test_mode": true, "allowed_origins": ["https://app.example"] }),
        )
        .await;
    let settings = world
        .server(Method::GET, "/instance/organization_settings", Value::Null)
        .await;
    assert_eq!(settings["enabled"], false);
    let changed = world
        .server(
            Method::PATCH,
            "/instance/organization_settings",
            json!({ "enabled": true, "slug_disabled": true }),
        )
        .await;
    assert_eq!(
        (&changed["enabled"], &changed["slug_disabled"]),
        (&json!(true), &json!(true))
    );
    world
        .server(
            Method::PATCH,
            "/beta_features/instance_settings",
            json!({ "test_mode": true }),
        )
        .await;
    world.server(Method::GET, "/jwks", Value::Null).await;
    world.server(Method::GET, "/domains", Value::Null).await;
    let made = world
        .server(
            Method::POST,
            "/redirect_urls",
            json!({ "url": "app://back" }),
        )
        .await;
    world
        .server(Method::GET, "/redirect_urls", Value::Null)
        .await;
    world
        .server(
            Method::GET,
            &format!("/redirect_urls/{}", id(&made)),
            Value::Null,
        )
        .await;
    world
        .server(
            Method::DELETE,
            &format!("/redirect_urls/{}", id(&made)),
            Value::Null,
        )
        .await;
    world
        .server(Method::POST, "/webhooks/svix", Value::Null)
        .await;
    world
        .server(Method::POST, "/webhooks/svix_url", Value::Null)
        .await;
    world
        .server(Method::DELETE, "/webhooks/svix", Value::Null)
        .await;
    let first = world
        .server(
            Method::POST,
            "/invitations",
            json!({ "email_address": "a@example.com" }),
        )
        .await;
    world
        .server(
            Method::POST,
            &format!("/invitations/{}/revoke", id(&first)),
            Value::Null,
        )
        .await;
    let many = json!([{ "email_address": "b@example.com" }, { "email_address": "c@example.com" }]);
    let made = world.server(Method::POST, "/invitations/bulk", many).await;
    assert_eq!(made.as_array().map(Vec::len), Some(2));
    let browser = world.browser().await;
    let begun = browser
        .done(Method::POST, "/client/sign_ups", &[("email_address", ADA)])
        .await;
    let path = format!("/sign_ups/{}", id(&begun));
    world.server(Method::GET, &path, Value::Null).await;
    let changed = world
        .server(Method::PATCH, &path, json!({ "external_id": "42" }))
        .await;
    assert_eq!(changed["external_id"], "42");
}

#[tokio::test]
async fn a_short_authenticator_secret_is_taken_and_one_that_is_too_short_is_not() {
    let world = World::new().await;
    let with = |email: &str, secret: &str| json!({ "email_address": [email], "password": PASSWORD, "totp_secret": secret });
    let sixteen = with("ada@example.com", "JBSWY3DPEHPK3PXP");
    let ada = world.server(Method::POST, "/users", sixteen).await;
    assert_eq!(ada["totp_enabled"], true);
    for secret in ["JBSWY3DP", "not Base32!"] {
        let body = with("bob@example.com", secret);
        let (status, body) = world.backend(Method::POST, "/users", body).await;
        assert_eq!((status, code_of(&body)), (422, "form_param_value_invalid"));
    }
}
