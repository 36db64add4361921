//! Features and plans, each of a person, of an organization, or of both.

/// What a claim such as `o:reports,u:export,ou:search` lists, by the scope.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scoped<'a> {
    /// Of the organization.
    pub org: Vec<&'a str>,
    /// Of the person.
    pub user: Vec<&'a str>,
}

impl<'a> Scoped<'a> {
    /// The items by their scope; those of an unknown one are left out. None when an item has no
    /// scope: the claim is malformed.
    pub fn read(claim: &'a str) -> Option<Self> {
        let mut items = Self::default();
        for item in claim.split(',').filter(|_| !claim.is_empty()) {
            let (scope, key) = item.trim().split_once(':')?;
            if matches!(scope, "o" | "ou" | "uo") {
                items.org.push(key);
            }
            if matches!(scope, "u" | "ou" | "uo") {
                items.user.push(key);
            }
        }
        Some(items)
    }
}

/// Whether the claim lists what is asked for: a key alone, of whichever scope, or one with its
/// scope (`org:reports`, `user:export`). What follows a second colon does not count.
pub fn lists(claim: Option<&str>, asked: &str) -> bool {
    let Some(items) = claim.and_then(Scoped::read) else {
        return false;
    };
    let mut parts = asked.split(':');
    let first = parts.next().unwrap_or_default();
    let Some(key) = parts.next() else {
        return items.org.contains(&first) || items.user.contains(&first);
    };
    let key = if key.is_empty() { first } else { key };
    match first {
        "o" | "org" | "organization" => items.org.contains(&key),
        "u" | "user" => items.user.contains(&key),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: Option<&str> = Some("o:reports, u:export,ou:search,uo:tags,x:secret,o:a:b");

    #[test]
    fn a_key_without_scope_is_met_by_either() {
        for asked in ["reports", "export", "search", "tags"] {
            assert!(lists(CLAIM, asked), "{asked}");
        }
        for asked in ["report", "secret", "", "o", "Reports"] {
            assert!(!lists(CLAIM, asked), "{asked}");
        }
    }

    #[test]
    fn a_scope_is_met_by_itself_alone() {
        for asked in [
            "org:reports",
            "o:reports",
            "organization:reports",
            "user:export",
            "u:export",
            "org:search",
            "user:search",
            "org:tags",
            "user:tags",
            // What follows a second colon does not count.
            "org:reports:all",
        ] {
            assert!(lists(CLAIM, asked), "{asked}");
        }
        for asked in [
            "user:reports",
            "org:export",
            "x:secret",
            "team:reports",
            ":reports",
            "reports:",
            "org:",
            "org:a:b",
        ] {
            assert!(!lists(CLAIM, asked), "{asked}");
        }
    }

    #[test]
    fn a_claim_that_is_absent_empty_or_malformed_lists_nothing() {
        for claim in [None, Some(""), Some("reports"), Some("o:reports,")] {
            assert!(!lists(claim, "reports"), "{claim:?}");
            assert!(!lists(claim, ""), "{claim:?}");
        }
    }
}
