use shared::User;
use wasm_bindgen_futures::JsFuture;
use yew::prelude::*;

use crate::task::Task;
use crate::user_provider::use_current_user;

/// What a [`Details`] takes.
#[derive(Properties, PartialEq)]
pub struct DetailsProps {
    /// The row
    pub user: User,
    /// Its version
    pub version: i64,
}

/// What developers want to know of the row, to be copied.
#[component]
pub fn Details(props: &DetailsProps) -> Html {
    let DetailsProps { user, version } = props;
    let current = use_current_user();
    let copied = use_state_eq(|| "");
    let task = use_mut_ref(|| None::<Task>);
    let origin = web_sys::window().and_then(|it| it.location().origin().ok());
    let options = current.jwt_template();
    let options = options.map_or_else(String::new, |name| format!("{{template: '{name}'}}"));
    let rows = [
        ("Row ID", "id", user.id.clone()),
        ("Clerk user ID", "clerk-id", user.clerk_id.clone()),
        ("Version", "version", version.to_string()),
        (
            "Read this row",
            "curl",
            format!(
                "curl -H \"Authorization: Bearer $TOKEN\" {}/api/users/me",
                origin.unwrap_or_default()
            ),
        ),
        (
            "Get a token, in the browser's console",
            "token",
            format!("await Clerk.session.getToken({options})"),
        ),
    ];
    html! {
        <details class="developer">
            <summary>{ "Developer details" }</summary>
            <dl>
                { for rows.into_iter().map(|(label, field, value)| {
                    let (setter, task, text) = (copied.setter(), task.clone(), value.clone());
                    let onclick = Callback::from(move |_| {
                        let Some(window) = web_sys::window() else { return };
                        let copying = window.navigator().clipboard().write_text(&text);
                        let setter = setter.clone();
                        *task.borrow_mut() = Some(Task::spawn(async move {
                            if JsFuture::from(copying).await.is_ok() {
                                setter.set(field);
                            }
                        }));
                    });
                    html! {
                        <div>
                            <dt>{ label }</dt>
                            <dd>
                                <code data-field={field}>{ value }</code>
                                <button type="button" class="button small" {onclick}
                                    aria-label={format!("Copy: {label}")}>
                                    { if *copied == field { "Copied" } else { "Copy" } }
                                </button>
                            </dd>
                        </div>
                    }
                }) }
            </dl>
            <p class="unseen" role="status">
                { if copied.is_empty() { "" } else { "Copied" } }
            </p>
        </details>
    }
}
