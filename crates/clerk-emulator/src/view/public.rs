//! What everybody may see of a person, and where pictures are.

use serde_json::{Value, json};

use crate::model::User;
use crate::scope::Scope;

/// Where a picture is; one with the initials stands in for none.
pub fn image_url(scope: &Scope<'_>, image_id: Option<&str>, initials: &str) -> String {
    let base = scope.base_url();
    match image_id {
        Some(id) => format!("{base}/v1/images/{id}"),
        None => format!("{base}/v1/images/initials?of={initials}"),
    }
}

/// What others see of a person.
pub fn public_user(scope: &Scope<'_>, user: &User) -> Value {
    json!({
        "user_id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "image_url": user_image_url(scope, user),
        "has_image": user.image_id.is_some(),
        "identifier": user.identifier(),
        "username": user.username,
    })
}

/// Where the picture of a person is.
pub fn user_image_url(scope: &Scope<'_>, user: &User) -> String {
    image_url(scope, user.image_id.as_deref(), &initials(user))
}

fn initials(user: &User) -> String {
    [&user.first_name, &user.last_name]
        .into_iter()
        .filter_map(|name| name.as_deref()?.chars().next())
        .filter(char::is_ascii_alphanumeric)
        .collect()
}
