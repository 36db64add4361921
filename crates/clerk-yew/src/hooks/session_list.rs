use yew::prelude::*;

use super::selected::use_selected;
use crate::js;
use crate::resources::Session;

/// The sessions of this browser, for switching between accounts; none until Clerk is loaded
/// (<https://clerk.com/docs/react/reference/hooks/use-session-list>).
/// [`Clerk::set_active`](crate::Clerk::set_active) takes up another one.
#[hook]
pub fn use_session_list() -> Option<Vec<Session>> {
    use_selected(|now| {
        let client = js::member(now.clerk.as_ref()?, "client")?;
        Some(js::items(&client, "sessions").map(Session::new).collect())
    })
}
