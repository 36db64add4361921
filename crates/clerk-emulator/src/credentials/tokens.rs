//! The claims of session tokens and of tokens by a template. Pure: the time is an argument.

use serde_json::{Map, Value, json};

use crate::model::{EmailAddress, JwtTemplate, Membership, Organization, Session, User};

/// What a token is made for.
pub struct Context<'a> {
    /// `iss`
    pub issuer: &'a str,
    /// `azp`: the origin of the page that asked.
    pub origin: Option<&'a str>,
    /// Seconds until the token expires.
    pub lifetime: i64,
    /// Seconds since the Unix epoch.
    pub now: i64,
}

/// The organization a session acts for, with what its person may do there.
pub struct Acting<'a> {
    pub organization: &'a Organization,
    pub membership: &'a Membership,
    /// Keys of the role's permissions.
    pub permissions: &'a [String],
}

/// A session token, version 2 (<https://clerk.com/docs/guides/sessions/session-tokens>).
pub fn session_claims(
    context: &Context<'_>,
    session: &Session,
    user: &User,
    acting: Option<&Acting<'_>>,
    pending: bool,
    custom: &Map<String, Value>,
) -> Map<String, Value> {
    let minutes_since = |at: i64| (context.now - at / 1000).max(0) / 60;
    let mut claims = Map::new();
    for (name, value) in custom {
        let value = filled(value, context, session, user, acting);
        claims.insert(name.clone(), value);
    }
    claims.extend(common(context, &session.user_id));
    claims.insert("sid".into(), json!(session.id));
    claims.insert("v".into(), json!(2));
    claims.insert(
        "sts".into(),
        json!(if pending { "pending" } else { "active" }),
    );
    claims.insert(
        "fva".into(),
        json!([
            minutes_since(session.first_factor_at),
            session.second_factor_at.map_or(-1, minutes_since),
        ]),
    );
    if let Some(actor) = &session.actor {
        claims.insert("act".into(), actor.clone());
    }
    if let Some(acting) = acting {
        claims.extend(organization_claims(acting));
    }
    claims
}

/// `o`: the organization with role and permissions, and `fea`: the features they belong to.
fn organization_claims(acting: &Acting<'_>) -> Map<String, Value> {
    let mut o = Map::new();
    o.insert("id".into(), json!(acting.organization.id));
    o.insert("slg".into(), json!(acting.organization.slug));
    let role = &acting.membership.role;
    o.insert(
        "rol".into(),
        json!(role.strip_prefix("org:").unwrap_or(role)),
    );
    // Own permissions are org:feature:action; Clerk's, org:sys_…, are not in tokens.
    let own: Vec<(&str, &str)> = acting
        .permissions
        .iter()
        .filter(|key| !key.starts_with("org:sys_"))
        .filter_map(|key| key.strip_prefix("org:")?.split_once(':'))
        .collect();
    let mut features: Vec<&str> = own.iter().map(|(feature, _)| *feature).collect();
    let mut actions: Vec<&str> = own.iter().map(|(_, action)| *action).collect();
    features.sort_unstable();
    features.dedup();
    actions.sort_unstable();
    actions.dedup();
    let mut claims = Map::new();
    if !features.is_empty() {
        // One number for each feature, one bit for each action.
        let map = features.iter().map(|feature| {
            let bits = actions
                .iter()
                .enumerate()
                .map(|(bit, action)| u32::from(own.contains(&(*feature, *action))) << bit.min(31));
            bits.sum::<u32>().to_string()
        });
        o.insert("fpm".into(), json!(map.collect::<Vec<_>>().join(",")));
        o.insert("per".into(), json!(actions.join(",")));
        let named: Vec<String> = features.iter().map(|it| format!("o:{it}")).collect();
        claims.insert("fea".into(), json!(named.join(",")));
    }
    claims.insert("o".into(), Value::Object(o));
    claims
}

/// A token by a JWT template (<https://clerk.com/docs/guides/sessions/jwt-templates>).
pub fn template_claims(
    context: &Context<'_>,
    template: &JwtTemplate,
    session: &Session,
    user: &User,
    acting: Option<&Acting<'_>>,
    token_id: &str,
) -> Map<String, Value> {
    let mut claims = match filled(&template.claims, context, session, user, acting) {
        Value::Object(claims) => claims,
        _ => Map::new(),
    };
    let skew = template.allowed_clock_skew;
    claims.extend(common(context, &user.id));
    claims.insert("nbf".into(), json!(context.now - skew));
    claims.insert("jti".into(), json!(token_id));
    claims
}

/// The claims that every template may not define: Clerk sets them.
pub const RESERVED: [&str; 6] = ["azp", "exp", "iat", "iss", "nbf", "sub"];

fn common(context: &Context<'_>, subject: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("iss".into(), json!(context.issuer));
    claims.insert("sub".into(), json!(subject));
    claims.insert("iat".into(), json!(context.now));
    claims.insert("nbf".into(), json!(context.now - 10));
    claims.insert("exp".into(), json!(context.now + context.lifetime));
    if let Some(origin) = context.origin {
        claims.insert("azp".into(), json!(origin));
    }
    claims
}

/// A template's value with its shortcodes replaced. A text that is one shortcode becomes the
/// value itself, of whatever type; shortcodes inside a text become text.
fn filled(
    value: &Value,
    context: &Context<'_>,
    session: &Session,
    user: &User,
    acting: Option<&Acting<'_>>,
) -> Value {
    let code = |name: &str| shortcode(name.trim(), context, session, user, acting);
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, context, session, user, acting)))
            .collect(),
        Value::Array(array) => array
            .iter()
            .map(|value| filled(value, context, session, user, acting))
            .collect(),
        Value::String(text) => {
            let whole = text
                .trim()
                .strip_prefix("{{")
                .and_then(|rest| rest.strip_suffix("}}"))
                .filter(|inner| !inner.contains("{{"));
            match whole {
                Some(name) => code(name),
                None => Value::String(interpolated(text, code)),
            }
        }
        other => other.clone(),
    }
}

fn interpolated(text: &str, code: impl Fn(&str) -> Value) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else {
            break;
        };
        out.push_str(before);
        match code(name) {
            Value::Null => {}
            Value::String(value) => out.push_str(&value),
            value => out.push_str(&value.to_string()),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// What a shortcode stands for; `a || b` is the first that has a value, and a quoted text is
/// itself.
fn shortcode(
    name: &str,
    context: &Context<'_>,
    session: &Session,
    user: &User,
    acting: Option<&Acting<'_>>,
) -> Value {
    if name.contains("||") {
        return name
            .split("||")
            .map(|part| shortcode(part.trim(), context, session, user, acting))
            .find(|value| !value.is_null() && value != "")
            .unwrap_or(Value::Null);
    }
    let quoted = |quote: char| name.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(text) = quoted('\'').or_else(|| quoted('"')) {
        return json!(text);
    }
    let path = |object: &Map<String, Value>, path: &str| {
        let whole = Value::Object(object.clone());
        let mut parts = path.split('.').filter(|part| !part.is_empty());
        let found = parts.try_fold(&whole, |value, part| value.get(part));
        found.cloned().unwrap_or(Value::Null)
    };
    let rest = |prefix: &str| {
        let rest = name.strip_prefix(prefix)?;
        (rest.is_empty() || rest.starts_with('.')).then(|| rest.trim_start_matches('.'))
    };
    if let Some(rest) = rest("user.public_metadata") {
        return path(&user.public_metadata, rest);
    }
    if let Some(rest) = rest("user.unsafe_metadata") {
        return path(&user.unsafe_metadata, rest);
    }
    if let (Some(rest), Some(acting)) = (rest("org.public_metadata"), acting) {
        return path(&acting.organization.public_metadata, rest);
    }
    if let (Some(rest), Some(acting)) = (rest("org_membership.public_metadata"), acting) {
        return path(&acting.membership.public_metadata, rest);
    }
    match name {
        "user.id" => json!(user.id),
        "user.external_id" => json!(user.external_id),
        "user.username" => json!(user.username),
        "user.first_name" => json!(user.first_name),
        "user.last_name" => json!(user.last_name),
        "user.full_name" => json!(user.full_name()),
        "user.primary_email_address" => {
            json!(user.primary_email().map(|it| &it.email_address))
        }
        "user.email_verified" => json!(user.primary_email().is_some_and(EmailAddress::is_verified)),
        "user.email_addresses" => {
            let all = user.email_addresses.iter().map(|it| &it.email_address);
            json!(all.collect::<Vec<_>>())
        }
        "user.two_factor_enabled" => json!(user.has_second_factor()),
        "user.has_image" => json!(user.image_id.is_some()),
        "user.created_at" => json!(user.created_at / 1000),
        "user.updated_at" => json!(user.updated_at / 1000),
        "user.last_sign_in_at" => json!(user.last_sign_in_at.map(|at| at / 1000)),
        "session.id" => json!(session.id),
        "session.actor" => json!(session.actor),
        "org.id" => json!(acting.map(|it| &it.organization.id)),
        "org.slug" => json!(acting.map(|it| &it.organization.slug)),
        "org.name" => json!(acting.map(|it| &it.organization.name)),
        "org.role" => json!(acting.map(|it| &it.membership.role)),
        "org.permissions" => json!(acting.map(|it| it.permissions)),
        "iss" => json!(context.issuer),
        _ => Value::Null,
    }
}

/// Clerk's templates for Convex and Hasura, as its dashboard makes them
/// (<https://clerk.com/docs/guides/development/integrations/databases/convex>,
/// <https://clerk.com/docs/guides/development/integrations/databases/hasura>).
pub fn first_templates(new_id: impl Fn() -> String, now: i64) -> Vec<JwtTemplate> {
    let template = |name: &str, claims: Value| JwtTemplate {
        id: new_id(),
        name: name.to_owned(),
        claims,
        lifetime: 60,
        allowed_clock_skew: 5,
        created_at: now,
        updated_at: now,
    };
    vec![
        template(
            "convex",
            json!({
                "aud": "convex",
                "name": "{{user.full_name}}",
                "given_name": "{{user.first_name}}",
                "family_name": "{{user.last_name}}",
                "nickname": "{{user.username}}",
                "email": "{{user.primary_email_address}}",
                "email_verified": "{{user.email_verified}}",
                "updated_at": "{{user.updated_at}}",
            }),
        ),
        template(
            "hasura",
            json!({
                "https://hasura.io/jwt/claims": {
                    "x-hasura-allowed-roles": ["user"],
                    "x-hasura-default-role": "user",
                    "x-hasura-user-id": "{{user.id}}",
                },
            }),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> User {
        let mut user = User {
            id: "user_1".to_owned(),
            first_name: Some("Ada".to_owned()),
            last_name: Some("Lovelace".to_owned()),
            ..User::default()
        };
        let metadata = json!({ "role": "editor", "plan": { "seats": 3 } });
        user.public_metadata = metadata.as_object().cloned().unwrap_or_default();
        user
    }

    fn context() -> Context<'static> {
        Context {
            issuer: "http://clerk",
            origin: Some("http://page"),
            lifetime: 60,
            now: 1000,
        }
    }

    fn fill(value: &Value) -> Value {
        filled(value, &context(), &Session::default(), &person(), None)
    }

    #[test]
    fn shortcodes_keep_their_type_and_interpolate_in_text() {
        assert_eq!(
            fill(&json!("{{user.public_metadata.plan.seats}}")),
            json!(3)
        );
        assert_eq!(
            fill(&json!("{{user.public_metadata.none.seats}}")),
            Value::Null
        );
        assert_eq!(
            fill(&json!(
                "Hi {{user.first_name}}, {{ user.public_metadata.role }}"
            )),
            json!("Hi Ada, editor")
        );
        assert_eq!(
            fill(&json!("{{user.username || 'nobody'}}")),
            json!("nobody")
        );
        assert_eq!(
            fill(&json!({ "a": ["{{user.id}}", 1] })),
            json!({ "a": ["user_1", 1] })
        );
    }

    #[test]
    fn a_template_cannot_speak_for_another() {
        let template = JwtTemplate {
            claims: json!({ "sub": "user_2", "iss": "me", "exp": 9, "role": "admin" }),
            ..JwtTemplate::default()
        };
        let claims = template_claims(
            &context(),
            &template,
            &Session::default(),
            &person(),
            None,
            "jti",
        );
        assert_eq!(claims["sub"], "user_1");
        assert_eq!(claims["iss"], "http://clerk");
        assert_eq!(claims["exp"], 1060);
        assert_eq!(claims["role"], "admin");
    }

    #[test]
    fn permissions_are_bits_by_feature() {
        let organization = Organization {
            id: "org_1".into(),
            slug: "acme".into(),
            ..Organization::default()
        };
        let membership = Membership {
            role: "org:editor".into(),
            ..Membership::default()
        };
        let permissions = [
            "org:sys_memberships:read",
            "org:posts:manage",
            "org:posts:read",
            "org:teams:read",
        ]
        .map(str::to_owned);
        let acting = Acting {
            organization: &organization,
            membership: &membership,
            permissions: &permissions,
        };
        let claims = organization_claims(&acting);
        assert_eq!(
            claims["o"],
            json!({ "id": "org_1", "slg": "acme", "rol": "editor", "per": "manage,read", "fpm": "3,2" })
        );
        assert_eq!(claims["fea"], "o:posts,o:teams");
    }
}
