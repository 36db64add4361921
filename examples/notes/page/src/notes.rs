//! A list of notes: live, optimistic, also while there is no connection.

use live_yew::{Mutate, MutationState, QueryState, use_mutation, use_queries};
use notes_shared::{ADD, At, DELETE, EDIT, NOTES, Note, PAGE, Space, Text, error};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What a list takes.
#[derive(Properties, PartialEq)]
pub struct NotesProps {
    /// What they are called
    pub title: AttrValue,
    /// Whose they are
    pub space: Space,
}

/// The notes of a person or an organization, newest first.
#[component]
pub fn Notes(props: &NotesProps) -> Html {
    let at = |id| At {
        space: props.space,
        id,
    };
    let pages = use_state(|| vec![None]);
    let lists = use_queries(NOTES, pages.iter().copied().map(at).collect());
    let add = use_mutation(ADD).optimistic(|views, at, new| {
        views.update(NOTES, at, |notes| notes.insert(0, waiting(notes, new)));
    });
    let edit = use_mutation(EDIT).optimistic(|views, at, new| {
        views.update_all(NOTES, |_, notes| {
            let this = notes.iter_mut().filter(|note| Some(note.id) == at.id);
            this.for_each(|note| note.text.clone_from(&new.text));
        });
    });
    let delete = use_mutation(DELETE).optimistic(|views, at, ()| {
        views.update_all(NOTES, |_, notes| {
            notes.retain(|note| Some(note.id) != at.id);
        });
    });
    let field = use_node_ref();
    let (new, write, here) = (field.clone(), add.clone(), at(None));
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(new) = new.cast::<HtmlInputElement>() else {
            return;
        };
        let text = new.value();
        if error(&text).is_none() {
            write.call(here, Text { text });
            new.set_value("");
        }
    };
    let row = |note: &Note| {
        let (edit, delete) = (edit.if_match(note.etag()), delete.clone());
        html! { <Row key={note.id} note={note.clone()} at={at(Some(note.id))} {edit} {delete} /> }
    };
    html! {
        <section aria-label={&props.title}>
            <h2>{ &props.title }</h2>
            <form {onsubmit}>
                <input ref={field} required=true aria-label="New note" placeholder="New note" />
                <button>{ "Add" }</button>
            </form>
            { for [add.state(), edit.state(), delete.state()].map(trouble) }
            { for lists.iter().map(|list| page(list, row)) }
            if let Some(last) = lists.last().and_then(last) {
                <button onclick={move |_| pages.set([&**pages, &[Some(last)]].concat())}>
                    { "Older notes" }
                </button>
            }
        </section>
    }
}

/// A note that the server does not have yet: its id is negative.
fn waiting(notes: &[Note], new: &Text) -> Note {
    let id = notes.first().map_or(0, |newest| newest.id.min(0)) - 1;
    let text = new.text.clone();
    Note {
        id,
        text,
        version: 0,
    }
}

/// The last note of a page, if there may be more.
fn last(list: &QueryState<Vec<Note>>) -> Option<i64> {
    let notes = list.ready().filter(|notes| notes.len() >= PAGE)?;
    notes.last().map(|note| note.id)
}

fn page(list: &QueryState<Vec<Note>>, row: impl Fn(&Note) -> Html) -> Html {
    match list {
        QueryState::Loading => html! { <p>{ "Loading…" }</p> },
        QueryState::Ready(notes) => html! { <ul>{ for notes.iter().map(row) }</ul> },
        QueryState::Failed(failed) => {
            let again = failed.clone();
            html! {
                <p class="error">
                    { failed.to_string() }
                    <button onclick={move |_| again.retry()}>{ "Retry" }</button>
                </p>
            }
        }
    }
}

/// Why the last write was not done.
fn trouble(state: &MutationState) -> Html {
    match state {
        MutationState::Failed(why) => {
            html! { <p class="error" role="alert">{ why.to_string() }</p> }
        }
        MutationState::Idle | MutationState::Pending => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    note: Note,
    at: At,
    edit: Mutate<At, Text, Note>,
    delete: Mutate<At, (), ()>,
}

#[component]
fn Row(
    RowProps {
        note,
        at,
        edit,
        delete,
    }: &RowProps,
) -> Html {
    let (edit, delete, at) = (edit.clone(), delete.clone(), *at);
    let onchange = move |event: Event| {
        let text = event.target_unchecked_into::<HtmlInputElement>().value();
        if error(&text).is_none() {
            edit.call(at, Text { text });
        }
    };
    let is_waiting = note.id < 0;
    html! {
        <li>
            <input value={note.text.clone()} disabled={is_waiting} {onchange} aria-label="Note" />
            if is_waiting {
                <span>{ "Waiting to be sent" }</span>
            } else {
                <button onclick={move |_| delete.call(at, ())}>{ "Delete" }</button>
            }
        </li>
    }
}
