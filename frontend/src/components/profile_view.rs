use js_sys::{Date, Object};
use shared::User;
use yew::prelude::*;

use super::profile_edit::ProfileEdit;
use crate::user_provider::use_current_user;

/// The person's row as the database holds it, with a way to change it.
#[component]
pub fn ProfileView() -> Html {
    let current = use_current_user();
    let editing = use_state_eq(|| false);
    let Some(user) = current.state().row().user.clone() else {
        return html! {
            <section class="card notice">
                <h2>{ "You have no profile" }</h2>
                <p>{ "Your row is no longer in the database." }</p>
            </section>
        };
    };
    let (open, close) = (editing.setter(), editing.setter());
    html! {
        <section class="card profile" aria-label="Your profile">
            if *editing {
                <ProfileEdit {user} on_done={Callback::from(move |()| close.set(false))} />
            } else {
                { rows(&user) }
                <div class="actions">
                    <button type="button" class="button"
                        onclick={Callback::from(move |_| open.set(true))}>{ "Edit" }</button>
                </div>
            }
        </section>
    }
}

fn rows(user: &User) -> Html {
    let or_none = |text: &str| {
        if text.is_empty() {
            "–".to_owned()
        } else {
            text.to_owned()
        }
    };
    let rows = [
        ("Name", "name", or_none(&user.name)),
        ("Email", "email", or_none(&user.email)),
        ("Row ID", "id", user.id.clone()),
        ("Clerk user ID", "clerk-id", user.clerk_id.clone()),
        ("Created", "created", moment(user.created_at)),
        ("Updated", "updated", moment(user.updated_at)),
    ];
    html! {
        <dl>
            { for rows.into_iter().map(|(label, field, value)| html! {
                <div><dt>{ label }</dt><dd data-field={field}>{ value }</dd></div>
            }) }
        </dl>
    }
}

/// A time as the person's browser writes it.
fn moment(milliseconds: i64) -> String {
    #[allow(
        clippy::cast_precision_loss,
        reason = "exact for the next 280,000 years"
    )]
    let date = Date::new(&(milliseconds as f64).into());
    date.to_locale_string("default", &Object::new()).into()
}
