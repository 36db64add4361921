use shared::{Field, FieldError, PutUser, User};
use yew::prelude::*;

use super::field::TextField;
use crate::api::ApiError;
use crate::components::{Size, Spinner};
use crate::task::Task;
use crate::user_provider::use_current_user;

/// What a [`ProfileEdit`] takes.
#[derive(Properties, PartialEq)]
pub struct ProfileEditProps {
    /// The row as it was when editing began
    pub user: User,
    /// Called when the person is done
    pub on_done: Callback<()>,
}

/// Where saving stands.
#[derive(Clone, PartialEq)]
enum Saving {
    No,
    Yes,
    Failed(ApiError),
}

/// Edits email address and name in place, checked by the same rules as in the API. What was typed
/// stays until it is saved.
#[component]
pub fn ProfileEdit(props: &ProfileEditProps) -> Html {
    let current = use_current_user();
    let email = use_state_eq(|| props.user.email.clone());
    let name = use_state_eq(|| props.user.name.clone());
    let saving = use_state_eq(|| Saving::No);
    // Fields complain once the person tried to save, not while they first type.
    let tried = use_state_eq(|| false);
    let task = use_mut_ref(|| None::<Task>);

    let checked = PutUser {
        clerk_id: Some(props.user.clerk_id.clone()),
        email: Some((*email).clone()),
        name: Some((*name).clone()),
    }
    .validate();
    let errors: Vec<FieldError> = match (&checked, &*saving) {
        (Err(errors), _) if *tried => errors.clone(),
        (Ok(_), Saving::Failed(ApiError::Invalid(errors))) => errors.clone(),
        _ => Vec::new(),
    };
    let error_of = |field| errors.iter().find(|error| error.field == field).cloned();

    let onsubmit = {
        let (saving, tried, on_done) = (saving.setter(), tried.setter(), props.on_done.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            tried.set(true);
            let Ok(update) = checked.clone() else { return };
            saving.set(Saving::Yes);
            let (current, saving, on_done) = (current.clone(), saving.clone(), on_done.clone());
            *task.borrow_mut() = Some(Task::spawn(async move {
                match current.save(update).await {
                    Ok(()) => on_done.emit(()),
                    Err(error) => saving.set(Saving::Failed(error)),
                }
            }));
        })
    };
    let change = |state: &UseStateHandle<String>| {
        let (value, saving) = (state.setter(), saving.setter());
        Callback::from(move |text| {
            value.set(text);
            saving.set(Saving::No);
        })
    };
    let busy = *saving == Saving::Yes;
    html! {
        <form {onsubmit} novalidate=true>
            <TextField name="name" label="Name" autocomplete="name"
                value={(*name).clone()} on_change={change(&name)} error={error_of(Field::Name)} />
            <TextField name="email" label="Email" kind="email" autocomplete="email"
                value={(*email).clone()} on_change={change(&email)} error={error_of(Field::Email)} />
            if let Saving::Failed(error) = &*saving {
                if !matches!(error, ApiError::Invalid(_)) {
                    <p class="error" role="alert">
                        { format!("{error} Nothing you typed is lost. Try again.") }
                    </p>
                }
            }
            <div class="actions">
                <button type="submit" class="button primary" disabled={busy}>
                    if busy {
                        <Spinner size={Size::Small} color="currentColor" text="Saving…" />
                    } else {
                        { "Save" }
                    }
                </button>
                <button type="button" class="button"
                    onclick={props.on_done.reform(|_| ())}>{ "Cancel" }</button>
            </div>
        </form>
    }
}
