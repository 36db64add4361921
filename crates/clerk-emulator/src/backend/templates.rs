//! `/v1/jwt_templates`

use serde_json::{Value, json};

use crate::credentials::tokens::RESERVED;
use crate::error::ClerkError;
use crate::model::JwtTemplate;
use crate::rules::metadata;
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};
use crate::{id, view};

fn shown(it: &JwtTemplate) -> Value {
    json!({
        "object": "jwt_template",
        "id": it.id,
        "name": it.name,
        "claims": it.claims,
        "lifetime": it.lifetime,
        "allowed_clock_skew": it.allowed_clock_skew,
        "custom_signing_key": false,
        "signing_algorithm": "RS256",
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    })
}

fn fill(scope: &Scope<'_>, it: &mut JwtTemplate) -> Result<(), ClerkError> {
    let call = scope.call;
    if let Some(name) = call.param("name") {
        let taken = scope.tx.find::<JwtTemplate>("name", name)?;
        if taken.is_some_and(|other| other.id != it.id) {
            return Err(ClerkError::at(
                "name",
                "form_identifier_exists",
                "That name is taken.",
            ));
        }
        name.clone_into(&mut it.name);
    }
    if let Some(claims) = call.json("claims") {
        let Value::Object(fields) = &claims else {
            return Err(ClerkError::invalid("claims", "Claims must be an object."));
        };
        if let Some(name) = RESERVED.iter().find(|name| fields.contains_key(**name)) {
            return Err(ClerkError::at(
                "claims",
                "jwt_template_reserved_claim",
                format!("The claim {name} is reserved."),
            ));
        }
        metadata::shallow("claims", &claims)?;
        it.claims = claims;
    }
    if call.flag("custom_signing_key") == Some(true) {
        return Err(ClerkError::disabled("A signing key of a template's own"));
    }
    if let Some(lifetime) = call.number("lifetime") {
        if !(30..=315_360_000).contains(&lifetime) {
            return Err(ClerkError::invalid(
                "lifetime",
                "Lifetime must be between 30 seconds and ten years.",
            ));
        }
        it.lifetime = lifetime;
    }
    if let Some(skew) = call.number("allowed_clock_skew") {
        it.allowed_clock_skew = skew.clamp(0, 300);
    }
    it.updated_at = scope.now;
    scope.tx.put(it)
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let all: Vec<JwtTemplate> = scope.tx.list(ALL.0, ALL.1, Page::WHOLE)?;
    super::listed(scope, &all, |it| Ok(shown(it)))
}

/// `POST …`
pub fn create(scope: &mut Scope<'_>) -> Answer {
    scope.call.required("name")?;
    let mut it = JwtTemplate {
        id: id::new("jtmp"),
        claims: json!({}),
        lifetime: 60,
        allowed_clock_skew: 5,
        created_at: scope.now,
        ..JwtTemplate::default()
    };
    fill(scope, &mut it)?;
    Ok(Reply::Plain(shown(&it)))
}

/// `GET …/{id}`
pub fn show(scope: &mut Scope<'_>) -> Answer {
    let it: JwtTemplate = scope.tx.need(scope.call.path("id"))?;
    Ok(Reply::Plain(shown(&it)))
}

/// `PATCH …/{id}`
pub fn update(scope: &mut Scope<'_>) -> Answer {
    let mut it: JwtTemplate = scope.tx.need(scope.call.path("id"))?;
    fill(scope, &mut it)?;
    Ok(Reply::Plain(shown(&it)))
}

/// `DELETE …/{id}`
pub fn remove(scope: &mut Scope<'_>) -> Answer {
    let it: JwtTemplate = scope.tx.need(scope.call.path("id"))?;
    scope.tx.delete::<JwtTemplate>(&it.id)?;
    Ok(Reply::Plain(view::deleted("jwt_template", &it.id)))
}
