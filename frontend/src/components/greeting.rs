use yew::prelude::*;

use crate::user_provider::use_current_user;

/// Greets the person by the name in their row.
#[component]
pub fn Greeting() -> Html {
    let current = use_current_user();
    let name = current
        .state()
        .row()
        .user
        .as_ref()
        .map_or("", |user| user.name.as_str());
    let greeting = if name.is_empty() {
        "Welcome".to_owned()
    } else {
        format!("Welcome, {name}")
    };
    html! { <h1 class="greeting">{ greeting }</h1> }
}
