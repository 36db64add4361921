//! The person, to be edited: the same rules as in the API decide what can be saved.

use shared::{Field, User};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::editor::{Act, Editor, Saving, values};
use crate::api::ApiError;

const FIELDS: [Field; 2] = [Field::Name, Field::Email];

/// What a person calls a field.
fn label(field: Field) -> &'static str {
    match field {
        Field::Email => "Email address",
        _ => "Name",
    }
}

/// The form. Enter saves, Escape cancels.
pub fn form(
    editor: &Editor,
    user: &User,
    online: bool,
    first: &NodeRef,
    act: &Callback<Act>,
    onsubmit: Callback<SubmitEvent>,
) -> Html {
    let cancel = act.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            cancel.emit(Act::Cancel);
        }
    });
    let (title, fields) = if let Saving::Conflict(theirs) = editor.saving {
        (
            "Your profile was changed elsewhere",
            choices(editor, user, theirs, first, act),
        )
    } else {
        ("Edit your profile", inputs(editor, user, first, act))
    };
    html! {
        <form {onsubmit} {onkeydown} novalidate=true>
            <h1>{ title }</h1>
            { fields }
            { trouble(editor, online) }
            <div class="actions">
                <button type="submit" class="button primary">{ "Save" }</button>
                <button type="button" class="button" onclick={act.reform(|_| Act::Cancel)}>
                    { "Cancel" }
                </button>
            </div>
        </form>
    }
}

fn inputs(editor: &Editor, user: &User, first: &NodeRef, act: &Callback<Act>) -> Html {
    let Some(draft) = &editor.draft else {
        return Html::default();
    };
    FIELDS
        .into_iter()
        .zip([
            (&draft.name, "name", "text"),
            (&draft.email, "email", "email"),
        ])
        .map(|(field, (value, name, kind))| {
            let oninput = act.reform(move |event: InputEvent| {
                let input: HtmlInputElement = event.target_unchecked_into();
                Act::Type(field, input.value())
            });
            let node = if field == Field::Name {
                first.clone()
            } else {
                NodeRef::default()
            };
            let error = editor.error(user, field);
            let message = format!("{name}-error");
            html! {
                <div class="field">
                    <label for={name}>{ label(field) }</label>
                    <input ref={node} id={name} {name} type={kind} value={value.clone()}
                        autocomplete={name} aria-invalid={error.is_some().to_string()}
                        aria-describedby={error.is_some().then(|| message.clone())} {oninput} />
                    if let Some(error) = error {
                        <p id={message} class="error" role="alert">{ error.message }</p>
                    }
                </div>
            }
        })
        .collect()
}

/// Both versions of each field that differs, to choose from.
fn choices(
    editor: &Editor,
    user: &User,
    theirs: [bool; 2],
    first: &NodeRef,
    act: &Callback<Act>,
) -> Html {
    let Some(draft) = &editor.draft else {
        return Html::default();
    };
    let both = [&draft.name, &draft.email].into_iter().zip(values(user));
    let differing = FIELDS.into_iter().zip(both.zip(theirs));
    let differing = differing.filter(|(_, ((mine, now), _))| *mine != now);
    let fields = differing.enumerate().map(|(number, (field, ((mine, now), theirs)))| {
        let version = |(title, value, take): (&'static str, &str, bool)| {
            let onchange = act.reform(move |_| Act::Take(field, take));
            let node = if number == 0 && !take { first.clone() } else { NodeRef::default() };
            let value = if value.is_empty() { "(empty)" } else { value };
            html! {
                <label class="choice">
                    <input ref={node} type="radio" name={label(field)} checked={theirs == take} {onchange} />
                    <span class="hint">{ title }</span>
                    <span class="value">{ value }</span>
                </label>
            }
        };
        html! {
            <fieldset class="versions">
                <legend>{ label(field) }</legend>
                { for [("Yours", mine.as_str(), false), ("Saved elsewhere", now.as_str(), true)].map(version) }
            </fieldset>
        }
    });
    html! {
        <>
            <p class="hint" role="alert">{ "Nothing is lost: choose what to keep, and save." }</p>
            { for fields }
        </>
    }
}

/// Why it cannot be saved, or has not been.
fn trouble(editor: &Editor, online: bool) -> Html {
    let failed = match &editor.saving {
        Saving::Failed(ApiError::Invalid(_)) => None,
        Saving::Failed(error) => Some(error),
        _ => None,
    };
    if !online {
        html! {
            <p class="hint" role="status">
                { "You are offline. What you save now is kept, and sent once you are back online." }
            </p>
        }
    } else if let Some(error) = failed {
        html! {
            <p class="error" role="alert">
                { error.to_string() }{ " Nothing you typed is lost." }
            </p>
        }
    } else if editor.restored && editor.saving == Saving::No {
        html! { <p class="hint">{ "This is what you typed before. It is not saved yet." }</p> }
    } else {
        Html::default()
    }
}
