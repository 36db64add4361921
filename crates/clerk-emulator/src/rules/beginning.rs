//! What every instance begins with: roles and templates.

use crate::credentials::tokens;
use crate::error::ClerkError;
use crate::id;
use crate::rules::organizations;
use crate::store::Transaction;

/// Under this name stands that roles and templates were made.
const BEGUN: &str = "begun";

/// Makes roles and templates, if nobody did.
pub fn begin(tx: &Transaction, now: i64) -> Result<(), ClerkError> {
    if tx.value(BEGUN)?.is_some() {
        return Ok(());
    }
    organizations::create_roles(tx, now)?;
    for template in tokens::first_templates(|| id::new("jtmp"), now) {
        tx.put(&template)?;
    }
    tx.put_value(BEGUN, "1")
}
