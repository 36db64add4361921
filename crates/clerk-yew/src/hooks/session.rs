use yew::prelude::*;

use super::selected::use_selected;
use crate::resources::Session;
use crate::state::Signed;

/// The session in use
/// (<https://clerk.com/docs/react/reference/hooks/use-session>).
#[hook]
pub fn use_session() -> Signed<Session> {
    use_selected(|now| now.signed.as_ref().map(|known| known.session.clone()))
}
