//! A list of notes: live, optimistic, also while there is no connection.

use clerk_yew::{Condition, use_auth};
use live_yew::{Mutate, QueryState, use_mutation, use_queries};
use notes_shared::{ADD, At, DELETE, EDIT, NOTES, Note, PAGE, Space, Text, error};
use web_sys::HtmlInputElement;
use yew::prelude::*;

type Delete = Mutate<At, (), ()>;

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
    let space = props.space;
    let at = move |id| At { space, id };
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
    let (new, write) = (field.clone(), add.clone());
    let onsubmit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(new) = new.cast::<HtmlInputElement>() {
            let text = new.value();
            if error(&text).is_none() {
                write.call(at(None), Text { text });
                new.set_value("");
            }
        }
    };
    let is_admin = use_auth().has(&Condition::new().role("org:admin"));
    let refused = [add.failure(), edit.failure(), delete.failure()];
    let delete = (is_admin || space == Space::Mine).then(|| delete.clone());
    let row = |note: &Note| row(note, at(Some(note.id)), &edit, delete.clone());
    html! {
        <section aria-label={&props.title}>
            <h2>{ &props.title }</h2>
            <form {onsubmit}>
                <input ref={field} required=true aria-label="New note" placeholder="New note" />
                <button>{ "Add" }</button>
            </form>
            { for refused.into_iter().flatten().map(|why| html! {
                <p class="error" role="alert">{ why.to_string() }</p>
            }) }
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
    let (text, version) = (new.text.clone(), 0);
    Note { id, text, version }
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

fn row(this: &Note, at: At, edit: &Mutate<At, Text, Note>, delete: Option<Delete>) -> Html {
    let edit = edit.if_match(format!("\"{}\"", this.version));
    let onchange = move |event: Event| {
        let text = event.target_unchecked_into::<HtmlInputElement>().value();
        if error(&text).is_none() {
            edit.call(at, Text { text });
        }
    };
    let is_waiting = this.id < 0;
    html! {
        <li key={this.id}>
            <input value={this.text.clone()} disabled={is_waiting} {onchange} aria-label="Note" />
            if is_waiting {
                <span>{ "Waiting to be sent" }</span>
            } else if let Some(delete) = delete {
                <button onclick={move |_| delete.call(at, ())}>{ "Delete" }</button>
            }
        </li>
    }
}
