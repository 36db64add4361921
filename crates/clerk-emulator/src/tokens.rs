//! The claims of session tokens and of tokens by a template. Pure: the time is an argument.

use serde_json::{Value, json};

use crate::model::{Session, User};

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

/// A session token, version 2 (<https://clerk.com/docs/guides/sessions/session-tokens>).
pub fn session_claims(context: &Context<'_>, session: &Session) -> Value {
    let first_factor_minutes = (context.now - session.created_at / 1000) / 60;
    let mut claims = common(context, &session.user_id);
    extend(
        &mut claims,
        json!({
            "sid": session.id,
            "v": 2,
            "sts": "active",
            "fva": [first_factor_minutes, -1],
        }),
    );
    claims
}

/// A token by a JWT template; none when there is no template of this name. The only one is
/// Clerk's template for Convex (<https://clerk.com/docs/guides/development/integrations/databases/convex>).
pub fn template_claims(
    context: &Context<'_>,
    template: &str,
    user: &User,
    token_id: &str,
) -> Option<Value> {
    if template != "convex" {
        return None;
    }
    let email = user.primary_email().map(|address| &address.email_address);
    let mut claims = common(context, &user.id);
    extend(
        &mut claims,
        json!({
            "aud": "convex",
            "jti": token_id,
            "email": email,
            "email_verified": email.is_some(),
            "name": user.full_name(),
            "given_name": user.first_name,
            "family_name": user.last_name,
        }),
    );
    Some(claims)
}

fn common(context: &Context<'_>, subject: &str) -> Value {
    let mut claims = json!({
        "iss": context.issuer,
        "sub": subject,
        "iat": context.now,
        "nbf": context.now - 10,
        "exp": context.now + context.lifetime,
    });
    if let Some(origin) = context.origin {
        claims["azp"] = json!(origin);
    }
    claims
}

fn extend(claims: &mut Value, more: Value) {
    if let (Value::Object(claims), Value::Object(more)) = (claims, more) {
        claims.extend(more);
    }
}
