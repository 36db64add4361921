//! What a session may be asked for.

use std::borrow::Cow;

/// What a session must have: the parameter of [`Authorization::has`](crate::Authorization::has).
/// All that is named must be met; a name given twice counts as the later one.
///
/// ```
/// # use clerk_claims::{Condition, Reverification};
/// let condition = Condition::new()
///     .permission("org:invoices:create")
///     .reverification(Reverification::Strict);
/// assert_eq!(condition.permission.as_deref(), Some("org:invoices:create"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// A role in the active organization, such as `org:admin`; the prefix may be left out.
    pub role: Option<Cow<'static, str>>,
    /// A permission in the active organization, such as `org:invoices:create`; the prefix may be
    /// left out.
    pub permission: Option<Cow<'static, str>>,
    /// A feature: of the organization (`org:reports`), of the person (`user:reports`), or of
    /// either (`reports`).
    pub feature: Option<Cow<'static, str>>,
    /// A plan, written as a feature is.
    pub plan: Option<Cow<'static, str>>,
    /// How lately the person must have proved who they are.
    pub reverification: Option<Reverification>,
}

impl Condition {
    /// A condition that names nothing yet. As it is, it is never met.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this role.
    #[must_use]
    pub fn role(mut self, role: impl Into<Cow<'static, str>>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// With this permission.
    #[must_use]
    pub fn permission(mut self, permission: impl Into<Cow<'static, str>>) -> Self {
        self.permission = Some(permission.into());
        self
    }

    /// With this feature.
    #[must_use]
    pub fn feature(mut self, feature: impl Into<Cow<'static, str>>) -> Self {
        self.feature = Some(feature.into());
        self
    }

    /// With this plan.
    #[must_use]
    pub fn plan(mut self, plan: impl Into<Cow<'static, str>>) -> Self {
        self.plan = Some(plan.into());
        self
    }

    /// With the person's identity verified this lately.
    #[must_use]
    pub fn reverification(mut self, wanted: Reverification) -> Self {
        self.reverification = Some(wanted);
        self
    }

    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How lately, and by which factor, a person must have proved who they are
/// (<https://clerk.com/docs/guides/secure/reverification>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reverification {
    /// Both factors within 10 minutes.
    StrictMfa,
    /// The second factor within 10 minutes.
    Strict,
    /// The second factor within an hour.
    Moderate,
    /// The second factor within a day.
    Lax,
    /// A rule of the app's own.
    Custom {
        /// By which factor.
        level: Level,
        /// The time after which it is too long ago, in minutes. 0 is never met.
        after_minutes: u32,
    },
}

/// The factor that a reverification asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Level {
    /// The first factor.
    FirstFactor,
    /// The second factor; the first when there is no second one.
    SecondFactor,
    /// Both factors; the first when there is no second one.
    MultiFactor,
}

impl Level {
    /// Clerk's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstFactor => "first_factor",
            Self::SecondFactor => "second_factor",
            Self::MultiFactor => "multi_factor",
        }
    }
}

impl Reverification {
    /// Clerk's name of a preset; none of a rule of the app's own.
    pub fn preset(self) -> Option<&'static str> {
        match self {
            Self::StrictMfa => Some("strict_mfa"),
            Self::Strict => Some("strict"),
            Self::Moderate => Some("moderate"),
            Self::Lax => Some("lax"),
            Self::Custom { .. } => None,
        }
    }

    /// By which factor it asks.
    pub fn level(self) -> Level {
        match self {
            Self::StrictMfa => Level::MultiFactor,
            Self::Strict | Self::Moderate | Self::Lax => Level::SecondFactor,
            Self::Custom { level, .. } => level,
        }
    }

    /// The time after which a verification is too long ago, in minutes.
    pub fn after_minutes(self) -> u32 {
        match self {
            Self::StrictMfa | Self::Strict => 10,
            Self::Moderate => 60,
            Self::Lax => 24 * 60,
            Self::Custom { after_minutes, .. } => after_minutes,
        }
    }

    /// Whether factors that were verified this many minutes ago meet it; -1 means never, and what
    /// is less is malformed. A person without second factor answers with the first.
    pub fn is_met_by(self, first: i64, second: i64) -> bool {
        if first < -1 || second < -1 {
            return false;
        }
        let is_fresh = |age: i64| age >= 0 && age < i64::from(self.after_minutes());
        match (self.level(), first, second) {
            (Level::FirstFactor, ..) | (_, _, -1) => is_fresh(first),
            (Level::SecondFactor, ..) => is_fresh(second),
            (Level::MultiFactor, ..) => is_fresh(first) && is_fresh(second),
        }
    }
}

/// As Clerk writes it: a preset's name, or `{"level": …, "afterMinutes": …}`.
#[cfg(feature = "serde")]
impl serde::Serialize for Reverification {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        if let Some(preset) = self.preset() {
            return serializer.serialize_str(preset);
        }
        let mut rule = serializer.serialize_struct("Reverification", 2)?;
        rule.serialize_field("level", &self.level())?;
        rule.serialize_field("afterMinutes", &self.after_minutes())?;
        rule.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(level: Level) -> Reverification {
        Reverification::Custom {
            level,
            after_minutes: 10,
        }
    }

    #[test]
    fn the_presets_are_clerks() {
        for (preset, level, minutes) in [
            (Reverification::StrictMfa, "multi_factor", 10),
            (Reverification::Strict, "second_factor", 10),
            (Reverification::Moderate, "second_factor", 60),
            (Reverification::Lax, "second_factor", 1440),
        ] {
            assert_eq!(
                (preset.level().as_str(), preset.after_minutes()),
                (level, minutes)
            );
        }
    }

    /// For ages of the first and second factor: whether each level within 10 minutes is met.
    #[test]
    fn each_level_asks_for_its_factors() {
        for (first, second, by_first, by_second, by_both) in [
            (0, 0, true, true, true),
            (9, 9, true, true, true),
            // The time is over when it has passed.
            (10, 9, false, true, false),
            (9, 10, true, false, false),
            (10, 10, false, false, false),
            // No second factor: the first stands in for it.
            (9, -1, true, true, true),
            (10, -1, false, false, false),
            // No first one: it is missing where both are wanted.
            (-1, 9, false, true, false),
            (-1, 10, false, false, false),
            (-1, -1, false, false, false),
            // No ages.
            (-2, 0, false, false, false),
            (0, -2, false, false, false),
        ] {
            for (level, met) in [
                (Level::FirstFactor, by_first),
                (Level::SecondFactor, by_second),
                (Level::MultiFactor, by_both),
            ] {
                let is_met = custom(level).is_met_by(first, second);
                assert_eq!(is_met, met, "{level:?}: {first}, {second}");
            }
        }
    }

    #[test]
    fn no_time_at_all_is_never_met() {
        let never = Reverification::Custom {
            level: Level::FirstFactor,
            after_minutes: 0,
        };
        assert!(!never.is_met_by(0, 0));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_reverification_is_written_as_clerk_writes_it() {
        let written = |it: Reverification| serde_json::to_value(it).expect("JSON");
        assert_eq!(written(Reverification::StrictMfa), "strict_mfa");
        assert_eq!(
            written(custom(Level::MultiFactor)),
            serde_json::json!({ "level": "multi_factor", "afterMinutes": 10 })
        );
    }
}
