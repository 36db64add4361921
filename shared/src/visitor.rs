/// Who a page is probably opened by, before Clerk has said so.
///
/// It chooses what is shown until Clerk answers, and opens nothing: whoever writes the cookie
/// sees another placeholder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visitor {
    /// Nobody was signed in when this browser's Clerk was asked last.
    #[default]
    SignedOut,
    /// Somebody was.
    SignedIn,
}

impl Visitor {
    /// By a request's `Cookie` header, or `document.cookie`: Clerk keeps in `__client_uat` (or
    /// `__client_uat_` and a suffix for each instance) when somebody signed in, and `0` while
    /// nobody is
    /// (<https://clerk.com/docs/guides/how-clerk-works/overview#client-uat-cookie>).
    ///
    /// ```
    /// use shared::Visitor;
    ///
    /// assert_eq!(Visitor::of_cookies("theme=dark; __client_uat=1764000000"), Visitor::SignedIn);
    /// assert_eq!(Visitor::of_cookies("__client_uat=0"), Visitor::SignedOut);
    /// ```
    pub fn of_cookies(cookies: &str) -> Self {
        let signed_in = cookies.split(';').any(|cookie| {
            cookie
                .trim()
                .strip_prefix("__client_uat")
                .is_some_and(|it| {
                    let time = it.rsplit('=').next().unwrap_or_default();
                    (it.starts_with('=') || it.starts_with('_')) && !["", "0"].contains(&time)
                })
        });
        if signed_in {
            Self::SignedIn
        } else {
            Self::SignedOut
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_a_time_in_clerks_cookie_was_signed_in() {
        for cookies in [
            "__client_uat=1764000000",
            "a=b; __client_uat=0; __client_uat_aBc-12=1764000000",
            " __client_uat_x=1 ",
        ] {
            assert_eq!(Visitor::of_cookies(cookies), Visitor::SignedIn, "{cookies}");
        }
    }

    #[test]
    fn anything_else_is_a_stranger() {
        for cookies in [
            "",
            "__client_uat",
            "__client_uat=",
            "__client_uat=0",
            "__client_uats=1",
            "x__client_uat=1",
            ";;=",
        ] {
            assert_eq!(
                Visitor::of_cookies(cookies),
                Visitor::SignedOut,
                "{cookies}"
            );
        }
    }
}
