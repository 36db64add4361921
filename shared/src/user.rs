use serde::{Deserialize, Serialize};

use crate::validation::{
    Code, Field, FieldError, validate_clerk_id, validate_email, validate_name,
};

/// A person's row as every client sees it.
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(examples(json!({
        "id": "019ab1c2-0000-7000-8000-000000000000", "clerkId": "user_2abc",
        "email": "ada@example.com", "name": "Ada Lovelace",
        "createdAt": 1_764_000_000_000_i64, "updatedAt": 1_764_000_000_000_i64
    })))
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The row's own id, a `UUIDv7`.
    pub id: String,
    /// Clerk's id of the person, `user_…`: the `sub` of the session token.
    pub clerk_id: String,
    /// Email address; empty when the token that made the row carried none.
    pub email: String,
    /// Display name; may be empty.
    pub name: String,
    /// When the row was made, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// When the row last changed, in milliseconds since the Unix epoch.
    pub updated_at: i64,
}

/// The body of `PUT /api/users/{clerkId}`.
// As it arrives, when any field may be missing. Only `validate` makes a `UserUpdate` of it, so
// nothing unchecked is ever written.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PutUser {
    /// Must equal the id in the path.
    #[cfg_attr(
        feature = "openapi",
        schema(required, value_type = String, pattern = "^user_[A-Za-z0-9]+$", max_length = 64)
    )]
    pub clerk_id: Option<String>,
    /// The new email address.
    #[cfg_attr(
        feature = "openapi",
        schema(required, value_type = String, format = Email, min_length = 1, max_length = 254)
    )]
    pub email: Option<String>,
    /// The new name. It is trimmed, may be empty, and has no control characters.
    #[cfg_attr(
        feature = "openapi",
        schema(required, value_type = String, max_length = 200)
    )]
    pub name: Option<String>,
}

/// A change of a row that has passed validation: `email` is an address, `name` is trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserUpdate {
    /// Whose row.
    pub clerk_id: String,
    /// The new email address.
    pub email: String,
    /// The new name, trimmed.
    pub name: String,
}

impl PutUser {
    /// Checks every field and reports all that is wrong at once, in the order of the fields.
    pub fn validate(self) -> Result<UserUpdate, Vec<FieldError>> {
        let clerk_id = required(Field::ClerkId, self.clerk_id, validate_clerk_id);
        let email = required(Field::Email, self.email, validate_email);
        let name = required(Field::Name, self.name, validate_name);
        match (clerk_id, email, name) {
            (Ok(clerk_id), Ok(email), Ok(name)) => Ok(UserUpdate {
                clerk_id,
                email,
                name,
            }),
            (clerk_id, email, name) => Err([clerk_id.err(), email.err(), name.err()]
                .into_iter()
                .flatten()
                .collect()),
        }
    }
}

impl From<UserUpdate> for PutUser {
    fn from(update: UserUpdate) -> Self {
        Self {
            clerk_id: Some(update.clerk_id),
            email: Some(update.email),
            name: Some(update.name),
        }
    }
}

fn required(
    field: Field,
    value: Option<String>,
    check: fn(&str) -> Result<String, FieldError>,
) -> Result<String, FieldError> {
    check(&value.ok_or_else(|| FieldError::new(field, Code::Required))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> PutUser {
        PutUser {
            clerk_id: Some("user_2abc".into()),
            email: Some("ada@example.com".into()),
            name: Some("  Ada Lovelace ".into()),
        }
    }

    #[test]
    fn a_good_body_becomes_an_update_with_its_name_trimmed() {
        let update = body().validate().expect("valid");
        assert_eq!(update.name, "Ada Lovelace");
        assert_eq!(update.email, "ada@example.com");
    }

    #[test]
    fn every_missing_field_is_reported_at_once() {
        let errors = PutUser::default().validate().expect_err("nothing is there");
        let found: Vec<_> = errors.iter().map(|e| (e.field, e.code)).collect();
        assert_eq!(
            found,
            [
                (Field::ClerkId, Code::Required),
                (Field::Email, Code::Required),
                (Field::Name, Code::Required)
            ]
        );
    }

    #[test]
    fn an_empty_name_is_a_name() {
        let mut body = body();
        body.name = Some("   ".into());
        assert_eq!(body.validate().expect("valid").name, "");
    }

    #[test]
    fn the_user_travels_in_camel_case() {
        let user = User {
            id: "0192f0c1-0000-7000-8000-000000000000".into(),
            clerk_id: "user_2abc".into(),
            email: "ada@example.com".into(),
            name: "Ada".into(),
            created_at: 1,
            updated_at: 2,
        };
        assert_eq!(
            serde_json::to_value(&user).expect("serializable"),
            serde_json::json!({
                "id": "0192f0c1-0000-7000-8000-000000000000", "clerkId": "user_2abc",
                "email": "ada@example.com", "name": "Ada", "createdAt": 1, "updatedAt": 2
            })
        );
    }
}
