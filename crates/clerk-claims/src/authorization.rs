//! What is known of a session, and whether that meets a condition.

use crate::billing;
use crate::condition::{Condition, Reverification};

/// What a session says of authorization: the person, the active organization, what they pay for,
/// and how long ago they proved who they are.
///
/// The default is nobody, who has nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorization {
    /// Clerk's id of the person; none when nobody is signed in.
    pub user_id: Option<String>,
    /// The active organization's id.
    pub org_id: Option<String>,
    /// The person's role in it, such as `org:admin`.
    pub org_role: Option<String>,
    /// The active organization's slug.
    pub org_slug: Option<String>,
    /// The person's permissions in it, such as `org:invoices:create`.
    pub org_permissions: Vec<String>,
    /// Features as the claim `fea` lists them, with their scopes: `o:reports,u:export`.
    pub features: Option<String>,
    /// Plans as the claim `pla` lists them, with their scopes: `o:pro`.
    pub plans: Option<String>,
    /// Minutes since the first and the second factor were verified; -1 for one that never was
    /// (claim `fva`).
    pub factor_verification_age: Option<(i64, i64)>,
}

impl Authorization {
    /// The authorization of this person, of whom nothing else is known yet.
    pub fn of_user(user_id: impl Into<String>) -> Self {
        Self {
            user_id: Some(user_id.into()),
            ..Self::default()
        }
    }

    /// Whether the session meets every part of the condition, as Clerk's
    /// [`has()`](https://clerk.com/docs/reference/backend/types/auth-object#has) decides it.
    ///
    /// Whatever cannot be decided, for want of an organization or because a claim is malformed,
    /// is not met; nor is a condition without parts.
    ///
    /// ```
    /// # use clerk_claims::{Authorization, Condition};
    /// let mut session = Authorization::of_user("user_1");
    /// session.plans = Some("u:pro".into());
    /// assert!(session.has(&Condition::new().plan("user:pro")));
    /// assert!(!session.has(&Condition::new().plan("org:pro")));
    /// assert!(!session.has(&Condition::new()));
    /// ```
    pub fn has(&self, condition: &Condition) -> bool {
        if condition.is_empty() || !is_some(self.user_id.as_ref()) {
            return false;
        }
        let Condition {
            role,
            permission,
            feature,
            plan,
            reverification,
        } = condition;
        role.as_deref().is_none_or(|it| self.has_role(it))
            && permission
                .as_deref()
                .is_none_or(|it| self.has_permission(it))
            && feature
                .as_deref()
                .is_none_or(|it| billing::lists(self.features.as_deref(), it))
            && plan
                .as_deref()
                .is_none_or(|it| billing::lists(self.plans.as_deref(), it))
            && reverification.is_none_or(|it| self.is_fresh(it))
    }

    fn has_role(&self, role: &str) -> bool {
        let own = self.org_role.as_deref().filter(|own| !own.is_empty());
        is_some(self.org_id.as_ref())
            && own.is_some_and(|own| without_org(own) == without_org(role))
    }

    /// The permission may be asked for without its `org:`, the session's always have it.
    fn has_permission(&self, permission: &str) -> bool {
        let asked = without_org(permission);
        is_some(self.org_id.as_ref())
            && self
                .org_permissions
                .iter()
                .any(|own| own.strip_prefix("org:") == Some(asked))
    }

    fn is_fresh(&self, wanted: Reverification) -> bool {
        self.factor_verification_age
            .is_some_and(|(first, second)| wanted.is_met_by(first, second))
    }
}

fn is_some(id: Option<&String>) -> bool {
    id.is_some_and(|id| !id.is_empty())
}

/// The key of a role or permission without its prefix, however often that stands there.
fn without_org(key: &str) -> &str {
    key.trim_start_matches("org:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admin() -> Authorization {
        Authorization {
            org_id: Some("org_1".into()),
            org_role: Some("org:admin".into()),
            org_permissions: vec!["org:posts:read".into(), "org:sys_domains:manage".into()],
            features: Some("o:reports,u:export,ou:search".into()),
            plans: Some("o:pro,u:free".into()),
            factor_verification_age: Some((5, -1)),
            ..Authorization::of_user("user_1")
        }
    }

    #[test]
    fn a_role_is_met_with_its_prefix_or_without() {
        for role in ["org:admin", "admin", "org:org:admin"] {
            assert!(admin().has(&Condition::new().role(role)), "{role}");
        }
        for role in ["member", "org:admi", "", "org:", "Admin", "user:admin"] {
            assert!(!admin().has(&Condition::new().role(role)), "{role}");
        }
    }

    #[test]
    fn a_permission_is_met_with_its_prefix_or_without() {
        for permission in ["org:posts:read", "posts:read", "sys_domains:manage"] {
            let condition = Condition::new().permission(permission);
            assert!(admin().has(&condition), "{permission}");
        }
        for permission in ["posts", "posts:write", "org:", ""] {
            let condition = Condition::new().permission(permission);
            assert!(!admin().has(&condition), "{permission}");
        }
    }

    #[test]
    fn a_permission_of_the_session_counts_only_as_clerk_writes_it() {
        let session = Authorization {
            org_permissions: vec!["posts:read".into(), "org:org:posts:write".into()],
            ..admin()
        };
        assert!(!session.has(&Condition::new().permission("posts:read")));
        assert!(!session.has(&Condition::new().permission("posts:write")));
    }

    #[test]
    fn roles_and_permissions_are_an_organizations() {
        for org_id in [None, Some(String::new())] {
            let session = Authorization { org_id, ..admin() };
            assert!(!session.has(&Condition::new().role("admin")));
            assert!(!session.has(&Condition::new().permission("posts:read")));
            assert!(session.has(&Condition::new().feature("reports")));
        }
    }

    #[test]
    fn features_and_plans_do_not_stand_for_each_other() {
        assert!(admin().has(&Condition::new().plan("org:pro")));
        assert!(!admin().has(&Condition::new().feature("org:pro")));
        assert!(!admin().has(&Condition::new().plan("reports")));
    }

    #[test]
    fn every_part_of_a_condition_must_be_met() {
        let met = Condition::new()
            .role("admin")
            .permission("posts:read")
            .feature("search")
            .plan("user:free")
            .reverification(Reverification::Strict);
        assert!(admin().has(&met));
        for one_is_not in [
            met.clone().role("member"),
            met.clone().permission("posts:write"),
            met.clone().feature("billing"),
            met.clone().plan("user:pro"),
            met.clone().reverification(Reverification::Custom {
                level: crate::Level::FirstFactor,
                after_minutes: 5,
            }),
        ] {
            assert!(!admin().has(&one_is_not), "{one_is_not:?}");
        }
    }

    #[test]
    fn a_condition_without_parts_is_never_met() {
        assert!(!admin().has(&Condition::new()));
    }

    #[test]
    fn nobody_has_anything() {
        for user_id in [None, Some(String::new())] {
            let nobody = Authorization { user_id, ..admin() };
            assert!(!nobody.has(&Condition::new().role("admin")));
            assert!(!nobody.has(&Condition::new().reverification(Reverification::Lax)));
        }
    }

    #[test]
    fn a_session_that_does_not_say_when_it_was_verified_is_not_fresh() {
        let session = Authorization {
            factor_verification_age: None,
            ..admin()
        };
        assert!(!session.has(&Condition::new().reverification(Reverification::Lax)));
    }
}
