//! The person, to be looked at.

use shared::User;
use yew::prelude::*;

use super::editor::Editor;
use crate::person::time::{ago, month};

/// Who it is, and since when.
pub fn person(editor: &Editor, user: &User, picture: Option<String>, status: Html) -> Html {
    // An animation begins anew when its name is another one.
    let flash = ["flash-a", "flash-b"][editor.changes as usize % 2];
    let class = |field: usize| editor.changed[field].then_some(flash);
    html! {
        <>
            <div class="person">
                <span class="avatar" aria-hidden="true">
                    { initials(user) }
                    if let Some(src) = picture { <img {src} alt="" /> }
                </span>
                <div class="who-is-it">
                    if user.name.is_empty() {
                        <h1>{ "Welcome" }</h1>
                        <p class={classes!("hint", class(0))} data-field="name">{ "No name yet" }</p>
                    } else {
                        <h1>
                            { "Welcome, " }
                            <span class={class(0)} data-field="name">{ &user.name }</span>
                        </h1>
                    }
                    <p class={classes!("address", class(1))} data-field="email">
                        if user.email.is_empty() { { "No email address yet" } } else { { &user.email } }
                    </p>
                </div>
                { status }
            </div>
            <dl class="dates">
                <div><dt>{ "Member since" }</dt><dd>{ month(user.created_at) }</dd></div>
                <div><dt>{ "Last change" }</dt><dd>{ ago(user.updated_at) }</dd></div>
            </dl>
        </>
    }
}

/// The first letters of the name, or of the address. The style sheet makes them capitals: here
/// that would take tables of several kilobytes.
fn initials(user: &User) -> String {
    let mut words = user.name.split_whitespace();
    let first = words.next().unwrap_or(&user.email);
    let letters = [first, words.next_back().unwrap_or_default()];
    letters
        .iter()
        .filter_map(|word| word.chars().next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_name_or_of_the_address() {
        for (name, email, shown) in [
            ("Ada Byron King", "a@b.co", "AK"),
            ("ádá", "x@b.co", "á"),
            ("", "bob@b.co", "b"),
            ("", "", ""),
        ] {
            let user = User {
                id: String::new(),
                clerk_id: String::new(),
                email: email.into(),
                name: name.into(),
                created_at: 0,
                updated_at: 0,
            };
            assert_eq!(initials(&user), shown);
        }
    }
}
