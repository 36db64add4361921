//! What developers want to know of the row, to be copied.

use shared::User;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

/// The ids and the version, and how to read the row without this page.
pub fn details(
    user: &User,
    version: i64,
    jwt_template: Option<&AttrValue>,
    copied: &'static str,
    on_copied: &Callback<&'static str>,
) -> Html {
    let origin = web_sys::window().and_then(|it| it.location().origin().ok());
    let origin = origin.unwrap_or_default();
    let options = jwt_template.map(|name| format!("{{template: '{name}'}}"));
    let options = options.unwrap_or_default();
    let rows = [
        ("Row ID", "id", user.id.clone()),
        ("Clerk user ID", "clerk-id", user.clerk_id.clone()),
        ("Version", "version", version.to_string()),
        (
            "Read this row",
            "curl",
            format!("curl -H \"Authorization: Bearer $TOKEN\" {origin}/api/users/me"),
        ),
        (
            "Get a token, in the browser's console",
            "token",
            format!("await Clerk.session.getToken({options})"),
        ),
    ];
    // Browsers have a clipboard in secure contexts only.
    let can_copy = web_sys::window().is_some_and(|it| !it.navigator().clipboard().is_undefined());
    html! {
        <details class="developer">
            <summary>{ "Developer details" }</summary>
            <dl>
                { for rows.into_iter().map(|(label, field, value)| html! {
                    <div>
                        <dt id={field}>{ label }</dt>
                        <dd>
                            <code data-field={field}>{ value.clone() }</code>
                            if can_copy {
                                <button type="button" class="button small" aria-describedby={field}
                                    onclick={copy(value, field, on_copied)}>
                                    { if copied == field { "Copied" } else { "Copy" } }
                                </button>
                            }
                        </dd>
                    </div>
                }) }
            </dl>
            <p class="unseen" role="status">{ if copied.is_empty() { "" } else { "Copied" } }</p>
        </details>
    }
}

fn copy(
    text: String,
    field: &'static str,
    on_copied: &Callback<&'static str>,
) -> Callback<MouseEvent> {
    let on_copied = on_copied.clone();
    Callback::from(move |_| {
        let Some(window) = web_sys::window() else {
            return;
        };
        let copying = window.navigator().clipboard().write_text(&text);
        let on_copied = on_copied.clone();
        spawn_local(async move {
            if JsFuture::from(copying).await.is_ok() {
                on_copied.emit(field);
            }
        });
    })
}
