use std::cell::Cell;

use clerk_yew::{
    Clerk, ClerkError, Condition, ErrorKind, NeedsReverification, Reverification,
    ReverificationHint, use_auth, use_clerk, use_reverification, use_session, use_user,
};
use js_sys::Reflect;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::focus::use_focus;
use crate::api::ApiError;
use crate::components::small_spinner;
use crate::navigation::replace;
use crate::route::Route;
use crate::user_provider::use_current_user;

/// Why an account is still there, as far as is known.
enum Failure {
    /// The person must prove first that it is them.
    Unproven,
    /// Somebody else is here now.
    Switched,
    /// What our API said
    Api(ApiError),
    /// What Clerk said
    Clerk(ClerkError),
}

impl From<ClerkError> for Failure {
    fn from(error: ClerkError) -> Self {
        Self::Clerk(error)
    }
}

impl NeedsReverification for Failure {
    fn reverification(&self) -> Option<ReverificationHint> {
        match self {
            Self::Unproven => Some(ReverificationHint::default()),
            Self::Switched | Self::Api(_) => None,
            Self::Clerk(error) => error.reverification(),
        }
    }
}

/// How far the deletion is, once somebody wants it.
#[derive(Clone, PartialEq)]
enum Step {
    /// The person is asked; why it has not happened yet, if it was tried.
    Open(String),
    /// It is under way.
    Busy,
}

/// Deletes the row and then the account at Clerk.
///
/// Clerk's question who it is comes before anything is deleted. Then the row goes first: without the
/// account nobody could sign in to delete what is left. If Clerk fails then, the person is still
/// signed in and tries again; deleting the row once more does no harm. clerk-js deletes the
/// account that is active at that moment, so nothing more is deleted once that is another one.
#[component]
pub fn DeleteAccount() -> Html {
    let current = use_current_user();
    let (auth, clerk) = (use_auth(), use_clerk());
    let reverification = use_reverification();
    let session = use_session().signed_in();
    let step = use_state_eq(|| None::<Step>);
    let (field, opener) = (use_node_ref(), use_node_ref());
    let is_open = step.is_some();
    use_focus(is_open, if is_open { &field } else { &opener });
    let Some(user) = use_user().signed_in() else {
        return Html::default();
    };
    let email = user.primary_email_address().map(|it| it.email_address());
    let asked = email.unwrap_or_else(|| "delete".to_owned());
    // Where Clerk does not tell, it does not ask either.
    let knows_age = session.is_some_and(|it| it.factor_verification_age().0.is_some());
    let may = user.delete_self_enabled();

    let set = |to: Option<Step>| {
        let step = step.setter();
        Callback::from(move |_: MouseEvent| step.set(to.clone()))
    };
    let onsubmit = {
        let (step, field, asked) = (step.setter(), field.clone(), asked.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = field.cast::<HtmlInputElement>().map(|it| it.value());
            if typed.is_none_or(|typed| typed.trim() != asked) {
                let text = format!("Type {asked} to confirm. Nothing was deleted.");
                return step.set(Some(Step::Open(text)));
            }
            step.set(Some(Step::Busy));
            let (current, auth, clerk) = (current.clone(), auth.clone(), clerk.clone());
            let (user, id) = (user.clone(), user.id());
            let reverification = reverification.clone();
            let step = step.clone();
            // To its end, also when the session, and with it this component, goes on the way.
            spawn_local(async move {
                let strict = Condition::new().reverification(Reverification::Strict);
                let row_is_gone = Cell::new(false);
                let deleted = reverification.run(async || {
                    if knows_age && !auth.has(&strict) {
                        return Err(Failure::Unproven);
                    }
                    current.delete(&id).await.map_err(Failure::Api)?;
                    row_is_gone.set(true);
                    if active_user(&clerk).as_ref() != Some(&id) {
                        return Err(Failure::Switched);
                    }
                    user.delete().await.map_err(Failure::Clerk)
                });
                match deleted.await {
                    Ok(()) => replace(Route::Goodbye.path()),
                    Err(failure) => {
                        let text = explain(&failure, row_is_gone.get());
                        step.set(Some(Step::Open(text)));
                    }
                }
            });
        })
    };
    let busy = *step == Some(Step::Busy);
    html! {
        <section class="card delete" aria-labelledby="delete-title">
            <h2 id="delete-title">{ "Delete account" }</h2>
            <p class="hint">
                { "This permanently deletes your profile and your account. You will no longer be \
                   able to sign in, and nothing can be restored." }
            </p>
            if !may {
                <p>{ "You cannot delete your account yourself. Contact support." }</p>
            } else if let Some(step) = &*step {
                <form {onsubmit} novalidate=true>
                    <div class="field">
                        <label for="confirm">{ "Type " }{ &asked }{ " to confirm" }</label>
                        <input ref={field} id="confirm" autocomplete="off" readonly={busy} />
                    </div>
                    if let Step::Open(text) = step {
                        if !text.is_empty() { <p class="error" role="alert">{ text }</p> }
                    }
                    <div class="actions">
                        <button type="submit" class="button danger" disabled={busy}>
                            if busy {
                                { small_spinner("Deleting…") }
                            } else {
                                { "Delete account" }
                            }
                        </button>
                        <button type="button" class="button" disabled={busy} onclick={set(None)}>
                            { "Cancel" }
                        </button>
                    </div>
                </form>
            } else {
                <button ref={opener} type="button" class="button danger"
                    onclick={set(Some(Step::Open(String::new())))}>
                    { "Delete account…" }
                </button>
            }
        </section>
    }
}

/// Who is signed in now: what was rendered may be older.
fn active_user(clerk: &Clerk) -> Option<String> {
    let user = Reflect::get(&clerk.raw()?, &"user".into()).ok()?;
    Reflect::get(&user, &"id".into()).ok()?.as_string()
}

fn explain(failure: &Failure, row_is_gone: bool) -> String {
    let (reason, is_known) = match failure {
        Failure::Unproven => ("Verify your identity first.".to_owned(), true),
        Failure::Switched => (
            "You have switched to another account. Switch back first.".to_owned(),
            true,
        ),
        Failure::Api(error) => (error.to_string(), *error != ApiError::Unavailable),
        Failure::Clerk(error) => (error.to_string(), error.kind() != ErrorKind::Offline),
    };
    match (row_is_gone, is_known) {
        (false, true) => format!("{reason} Nothing was deleted."),
        (false, false) => format!(
            "{reason} We could not confirm that your profile was deleted. It is safe to try again."
        ),
        (true, true) => {
            format!("Your profile was deleted, but your account was not. {reason} Try again.")
        }
        (true, false) => format!(
            "Your profile was deleted, but we could not confirm that your account was. \
             {reason} It is safe to try again."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_deleted_is_told_as_far_as_it_is_known() {
        let lost = || Failure::Api(ApiError::Unavailable);
        let refused = || Failure::Api(ApiError::TooMany(1));
        for (failure, row_is_gone, told) in [
            (Failure::Unproven, false, "Nothing was deleted."),
            (refused(), false, "Nothing was deleted."),
            (
                lost(),
                false,
                "could not confirm that your profile was deleted.",
            ),
            (Failure::Switched, true, "your account was not."),
        ] {
            let text = explain(&failure, row_is_gone);
            assert!(text.contains(told), "{text}");
        }
    }
}
