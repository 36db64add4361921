//! Sensitive changes want a fresh proof
//! (<https://clerk.com/docs/guides/secure/reverification>).

use axum::http::StatusCode;

use crate::error::ClerkError;
use crate::model::{Session, User};
use crate::scope::Scope;

/// How old a proof may be for a sensitive change, in milliseconds.
const FRESH: i64 = 10 * 60 * 1000;

/// Asks for a fresh proof before a sensitive change, where the instance wants that: of the second
/// factor where there is one, which is the level that the prebuilt UI's dialog asks for before it
/// tries again.
pub fn require_fresh(scope: &Scope<'_>, session: &Session) -> Result<(), ClerkError> {
    let user: User = scope.tx.need(&session.user_id)?;
    let proven_at = if user.has_second_factor() {
        session.second_factor_at
    } else {
        Some(session.first_factor_at)
    };
    let fresh = proven_at.is_some_and(|at| scope.now - at < FRESH);
    if fresh || !scope.settings.reverification {
        return Ok(());
    }
    Err(ClerkError::new(
        StatusCode::FORBIDDEN,
        "session_reverification_required",
        "You need to provide additional verification to perform this operation.",
    ))
}
