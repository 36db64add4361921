use yew::prelude::*;

use super::selected::use_selected;
use crate::resources::User;
use crate::state::Signed;

/// The signed-in person
/// (<https://clerk.com/docs/react/reference/hooks/use-user>).
#[hook]
pub fn use_user() -> Signed<User> {
    use_selected(|now| now.signed.as_ref().map(|known| known.user.clone()))
}
