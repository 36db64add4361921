//! The person: as the database holds them, live, to be edited in place.

mod details;
mod edit;
mod editor;
mod view;

use clerk_yew::use_user;
use gloo_timers::callback::Interval;
use shared::User;
use yew::prelude::*;

use super::focus::use_focus;
use super::online::use_online;
use crate::draft::{self, Draft};
use crate::task::Task;
use crate::user_provider::use_current_user;
use details::Details;
use editor::{Act, Editor, Saving, values};

/// How often "2 minutes ago" is looked at again, in milliseconds.
const MINUTE: u32 = 60_000;

/// What a [`Profile`] takes.
#[derive(Properties, PartialEq)]
pub struct ProfileProps {
    /// The row
    pub user: User,
    /// Its version
    pub version: i64,
}

/// The person, and what they can change of themselves.
#[component]
pub fn Profile(props: &ProfileProps) -> Html {
    let ProfileProps { user, version } = props;
    let current = use_current_user();
    let online = use_online();
    let editor = use_reducer_eq(|| Editor::new(values(user), draft::load(&user.clerk_id)));
    let picture = use_user().signed_in().filter(clerk_yew::User::has_image);
    let picture = picture.map(|it| it.image_url());
    let (first_field, edit_button) = (use_node_ref(), use_node_ref());
    let task = use_mut_ref(|| None::<Task>);

    let dispatcher = editor.dispatcher();
    use_effect_with(values(user), move |values| {
        dispatcher.dispatch(Act::Row(values.clone()));
    });

    // What differs from the row is kept.
    let shown = values(user);
    let kept = (user.clerk_id.clone(), editor.draft.clone());
    use_effect_with(kept, move |(clerk_id, draft)| {
        let edited = |draft: &&Draft| draft.name != shown[0] || draft.email != shown[1];
        draft::save(clerk_id, draft.as_ref().filter(edited));
    });

    let editing = editor.draft.is_some();
    let conflict = matches!(editor.saving, Saving::Conflict(_));
    let target = if editing { &first_field } else { &edit_button };
    use_focus((editing, conflict), target);

    let update = use_force_update();
    use_effect_with((), move |()| {
        let ticks = Interval::new(MINUTE, move || update.force_update());
        move || drop(ticks)
    });

    let (dispatcher, upon) = (editor.dispatcher(), *version);
    let on_edit = Callback::from(move |_| dispatcher.dispatch(Act::Edit(upon)));
    let on_save = {
        let (editor, user, version) = (editor.clone(), user.clone(), *version);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (Some(Ok(update)), Some(draft)) = (editor.update(&user), &editor.draft) else {
                return editor.dispatch(Act::Try);
            };
            if editor.saving == Saving::Yes {
                return;
            }
            // What was chosen in a conflict goes upon the row that it was chosen by.
            let version = if conflict { version } else { draft.version };
            editor.dispatch(Act::Send(update.clone()));
            let (editor, current) = (editor.dispatcher(), current.clone());
            *task.borrow_mut() = Some(Task::spawn(async move {
                editor.dispatch(match current.save(update, version).await {
                    Ok(()) => Act::Saved,
                    Err(error) => Act::Refuse(error),
                });
            }));
        })
    };

    html! {
        <section class="card profile" aria-label="Your profile">
            if editing {
                { edit::form(&editor, user, online, &first_field, on_save) }
            } else {
                { view::person(&editor, user, picture) }
            }
            <div class="actions">
                if !editing {
                    <button type="button" class="button" ref={edit_button} onclick={on_edit}>
                        { "Edit" }
                    </button>
                }
                <p class="said" role="status">{ editor.said }</p>
            </div>
            <Details user={user.clone()} {version} />
        </section>
    }
}
