//! How a session token says what a session may do.

use crate::Authorization;
use crate::billing::Scoped;

/// The claims of a session token that are about authorization, of version 1 and 2
/// (<https://clerk.com/docs/guides/sessions/session-tokens>).
///
/// With the feature `serde` they are read from a token's payload, beside whatever else it holds.
/// A claim of another form than Clerk's, as a JWT template may have one, is taken for absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct AuthorizationClaims {
    /// The version of the token; none means 1.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub v: Option<u64>,
    /// The active organization, in version 2.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub o: Option<OrganizationClaim>,
    /// Features with their scopes: `o:reports,u:export`.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub fea: Option<String>,
    /// Plans with their scopes.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub pla: Option<String>,
    /// Minutes since the first and the second factor were verified, -1 for never.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub fva: Option<(i64, i64)>,
    /// The active organization's id, in version 1.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub org_id: Option<String>,
    /// The person's role in it, in version 1.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub org_role: Option<String>,
    /// Its slug, in version 1.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub org_slug: Option<String>,
    /// The person's permissions in it, in version 1.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "lenient"))]
    pub org_permissions: Option<Vec<String>>,
}

/// The active organization, as the claim `o` of version 2 tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct OrganizationClaim {
    /// Its id.
    pub id: Option<String>,
    /// Its slug.
    pub slg: Option<String>,
    /// The person's role, without `org:`.
    pub rol: Option<String>,
    /// The names of permissions, such as `manage,read`.
    pub per: Option<String>,
    /// For each of the organization's features in `fea` a number, whose bit *i* says whether the
    /// person has the *i*-th permission of `per` there.
    pub fpm: Option<String>,
}

impl AuthorizationClaims {
    /// What these claims say of this person.
    ///
    /// ```
    /// # use clerk_claims::{AuthorizationClaims, Condition, OrganizationClaim};
    /// let mut organization = OrganizationClaim::default();
    /// organization.id = Some("org_1".into());
    /// organization.rol = Some("editor".into());
    /// organization.per = Some("manage,read".into());
    /// organization.fpm = Some("3,2".into());
    /// let mut claims = AuthorizationClaims::default();
    /// claims.v = Some(2);
    /// claims.o = Some(organization);
    /// claims.fea = Some("o:posts,o:teams".into());
    ///
    /// let session = claims.authorization("user_1");
    /// assert!(session.has(&Condition::new().role("org:editor")));
    /// assert!(session.has(&Condition::new().permission("org:posts:manage")));
    /// assert!(!session.has(&Condition::new().permission("org:teams:manage")));
    /// ```
    pub fn authorization(&self, user_id: impl Into<String>) -> Authorization {
        let common = Authorization {
            features: self.fea.clone(),
            plans: self.pla.clone(),
            factor_verification_age: self.fva,
            ..Authorization::of_user(user_id)
        };
        match (self.v, &self.o) {
            (Some(2), None) => common,
            (Some(2), Some(organization)) => {
                let role = organization.rol.as_deref().filter(|it| !it.is_empty());
                Authorization {
                    org_id: organization.id.clone(),
                    org_role: role.map(|role| format!("org:{role}")),
                    org_slug: organization.slg.clone(),
                    org_permissions: organization.permissions(self.fea.as_deref()),
                    ..common
                }
            }
            _ => Authorization {
                org_id: self.org_id.clone(),
                org_role: self.org_role.clone(),
                org_slug: self.org_slug.clone(),
                org_permissions: self.org_permissions.clone().unwrap_or_default(),
                ..common
            },
        }
    }
}

impl OrganizationClaim {
    /// The permissions in full, `org:feature:permission`, of these features.
    fn permissions(&self, features: Option<&str>) -> Vec<String> {
        let (Some(names), Some(map)) = (&self.per, &self.fpm) else {
            return Vec::new();
        };
        if names.is_empty() || map.is_empty() {
            return Vec::new();
        }
        let names: Vec<&str> = names.split(',').map(str::trim).collect();
        let features = features.and_then(Scoped::read).unwrap_or_default().org;
        let granted = features.iter().zip(map.split(','));
        granted
            .flat_map(|(feature, number)| {
                let bits = Bits::of(number.trim());
                let held = names.iter().zip(bits).filter(|(_, bit)| *bit);
                held.map(move |(name, _)| format!("org:{feature}:{name}"))
            })
            .collect()
    }
}

/// The bits of a decimal number of any length, the lowest first, without end. What is no number
/// has none.
struct Bits(Vec<u8>);

impl Bits {
    fn of(number: &str) -> Self {
        let digits = number.bytes().map(|byte| byte.wrapping_sub(b'0'));
        let digits: Vec<u8> = digits.collect();
        let is_number = digits.iter().all(|digit| *digit <= 9);
        Self(if is_number { digits } else { Vec::new() })
    }
}

impl Iterator for Bits {
    type Item = bool;

    fn next(&mut self) -> Option<bool> {
        let mut carried = 0;
        for digit in &mut self.0 {
            let value = carried * 10 + *digit;
            *digit = value / 2;
            carried = value % 2;
        }
        Some(carried == 1)
    }
}

/// A claim of the wanted form, or none.
#[cfg(feature = "serde")]
fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Claim<T> {
        Good(T),
        Other(serde::de::IgnoredAny),
    }

    match serde::Deserialize::deserialize(deserializer)? {
        Claim::Good(value) => Ok(Some(value)),
        Claim::Other(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version_2(fea: &str, per: &str, fpm: &str) -> Authorization {
        AuthorizationClaims {
            v: Some(2),
            o: Some(OrganizationClaim {
                id: Some("org_1".into()),
                slg: Some("acme".into()),
                rol: Some("editor".into()),
                per: Some(per.into()),
                fpm: Some(fpm.into()),
            }),
            fea: Some(fea.into()),
            ..AuthorizationClaims::default()
        }
        .authorization("user_1")
    }

    fn version_1(v: Option<u64>) -> AuthorizationClaims {
        AuthorizationClaims {
            v,
            org_id: Some("org_1".into()),
            org_role: Some("org:admin".into()),
            org_slug: Some("acme".into()),
            org_permissions: Some(vec!["org:posts:read".into()]),
            fea: Some("o:reports".into()),
            pla: Some("o:pro".into()),
            fva: Some((1, -1)),
            ..AuthorizationClaims::default()
        }
    }

    #[test]
    fn version_2_names_the_organization_in_one_claim() {
        let session = version_2("o:posts", "read", "1");
        assert_eq!(session.user_id.as_deref(), Some("user_1"));
        assert_eq!(session.org_id.as_deref(), Some("org_1"));
        assert_eq!(session.org_role.as_deref(), Some("org:editor"));
        assert_eq!(session.org_slug.as_deref(), Some("acme"));
    }

    #[test]
    fn the_map_says_which_permissions_hold_for_which_feature() {
        for (fea, per, fpm, permissions) in [
            ("o:posts", "read,write", "0", vec![]),
            ("o:posts", "read,write", "1", vec!["org:posts:read"]),
            ("o:posts", "read,write", "2", vec!["org:posts:write"]),
            (
                "o:posts,o:teams",
                "read, write",
                "3, 01",
                vec!["org:posts:read", "org:posts:write", "org:teams:read"],
            ),
            // The person's own features have no place in the map, those of both have.
            (
                "u:export,ou:search,o:posts",
                "read",
                "1,0",
                vec!["org:search:read"],
            ),
            // More bits, numbers or features than there are of the others.
            ("o:posts", "read", "7,1", vec!["org:posts:read"]),
            ("o:posts,o:teams", "read", "1", vec!["org:posts:read"]),
            // No numbers.
            ("o:posts,o:teams", "read", "x,1", vec!["org:teams:read"]),
            ("o:posts,o:teams", "read", "-1,1", vec!["org:teams:read"]),
            ("o:posts,o:teams", "read", ",1", vec!["org:teams:read"]),
            ("o:posts", "", "1", vec![]),
            ("o:posts", "read", "", vec![]),
            ("", "read", "1", vec![]),
            ("posts", "read", "1", vec![]),
        ] {
            let session = version_2(fea, per, fpm);
            assert_eq!(session.org_permissions, permissions, "{fea} {per} {fpm}");
        }
    }

    #[test]
    fn the_map_may_have_more_bits_than_any_integer() {
        let names: Vec<String> = (0..=200).map(|n| format!("p{n}")).collect();
        // 2^200 + 1
        let map = "1606938044258990275541962092341162602522202993782792835301377";
        let session = version_2("o:posts", &names.join(","), map);
        assert_eq!(session.org_permissions, ["org:posts:p0", "org:posts:p200"]);
    }

    #[test]
    fn version_1_names_the_organization_in_claims_of_their_own() {
        for v in [None, Some(1), Some(3)] {
            let session = version_1(v).authorization("user_1");
            assert_eq!(session.org_id.as_deref(), Some("org_1"));
            assert_eq!(session.org_role.as_deref(), Some("org:admin"));
            assert_eq!(session.org_permissions, ["org:posts:read"]);
            assert_eq!(session.features.as_deref(), Some("o:reports"));
            assert_eq!(session.plans.as_deref(), Some("o:pro"));
            assert_eq!(session.factor_verification_age, Some((1, -1)));
        }
    }

    #[test]
    fn one_version_does_not_speak_for_the_other() {
        let session = version_1(Some(2)).authorization("user_1");
        assert_eq!((session.org_id, session.org_role), (None, None));
        assert!(session.org_permissions.is_empty());
        let mut claims = version_1(None);
        claims.o = Some(OrganizationClaim {
            id: Some("org_2".into()),
            ..OrganizationClaim::default()
        });
        let session = claims.authorization("user_1");
        assert_eq!(session.org_id.as_deref(), Some("org_1"));
    }

    #[test]
    fn a_role_that_is_empty_is_none() {
        let mut claims = version_1(Some(2));
        claims.o = Some(OrganizationClaim {
            rol: Some(String::new()),
            ..OrganizationClaim::default()
        });
        assert_eq!(claims.authorization("user_1").org_role, None);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn claims_are_read_from_a_payload() {
        let claims: AuthorizationClaims = serde_json::from_value(serde_json::json!({
            "sub": "user_1", "v": 2, "fva": [3, -1], "fea": "o:posts", "pla": "u:free",
            "o": { "id": "org_1", "slg": "acme", "rol": "admin", "per": "read", "fpm": "1", "new": 1 },
        }))
        .expect("claims");
        let session = claims.authorization("user_1");
        assert_eq!(session.org_permissions, ["org:posts:read"]);
        assert_eq!(session.factor_verification_age, Some((3, -1)));
        assert_eq!(session.plans.as_deref(), Some("u:free"));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_claim_of_another_form_is_taken_for_absent() {
        let claims: AuthorizationClaims = serde_json::from_value(serde_json::json!({
            "v": "2", "fva": [1, 2, 3], "fea": ["o:posts"], "pla": 1, "o": "org_1",
            "org_id": 7, "org_role": null, "org_slug": {}, "org_permissions": [1],
        }))
        .expect("claims");
        assert_eq!(claims, AuthorizationClaims::default());
    }
}
