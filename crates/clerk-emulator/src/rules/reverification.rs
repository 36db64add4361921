//! Sensitive changes want a fresh proof
//! (<https://clerk.com/docs/guides/secure/reverification>).

use axum::http::StatusCode;

use crate::error::ClerkError;
use crate::model::Session;
use crate::scope::Scope;

/// How old a proof may be for a sensitive change, in milliseconds.
const FRESH: i64 = 10 * 60 * 1000;

/// Asks for a fresh proof before a sensitive change, where the instance wants that; the
/// prebuilt UI opens its dialog then and tries again.
pub fn require_fresh(scope: &Scope<'_>, session: &Session) -> Result<(), ClerkError> {
    if !scope.settings.reverification || scope.now - session.first_factor_at < FRESH {
        return Ok(());
    }
    Err(ClerkError::new(
        StatusCode::FORBIDDEN,
        "session_reverification_required",
        "You need to provide additional verification to perform this operation.",
    ))
}
