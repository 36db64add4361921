use yew::prelude::*;

use super::selected::use_selected;
use crate::state::Status;

/// How far Clerk is.
#[hook]
pub fn use_clerk_status() -> Status {
    use_selected(|now| now.status.clone())
}
