//! Fetches the person's row, keeps it live, and lets it follow Clerk's user.

use clerk_yew::{use_auth, use_user};
use live_yew::{ClerkLiveProvider, Link, Mutate, QueryState, use_link, use_mutation, use_query};
use shared::endpoints::{ClerkId, ME, PUT};
use shared::{PutUser, User, UserUpdate};
use yew::prelude::*;

use crate::api::{Api, ApiError, Versioned};
use crate::current_user::{Event, Phase, State};
use crate::memory::{self, Kept};
use crate::remembered::{self, Keeper};
use crate::retry;
use crate::sync::{self, Seen};
use crate::task::Task;

/// The person's row, for everything below a [`UserProvider`].
#[derive(Clone, PartialEq)]
pub struct CurrentUser {
    state: UseReducerHandle<State>,
    api: Api,
    put: Mutate<ClerkId, PutUser, User>,
    tries: UseStateHandle<u32>,
    jwt_template: Option<AttrValue>,
}

impl CurrentUser {
    /// What the page knows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Tries again now.
    pub fn retry(&self) {
        self.tries.set(*self.tries + 1);
    }

    /// The JWT template of the page's tokens.
    pub fn jwt_template(&self) -> Option<&AttrValue> {
        self.jwt_template.as_ref()
    }

    /// Writes a change that has passed validation upon this version of the row, however long there
    /// is no connection. It shows at once. When the row has changed in the meantime, its new state
    /// is there before the answer.
    pub async fn save(&self, update: UserUpdate, version: i64) -> Result<(), ApiError> {
        let clerk_id = update.clerk_id.clone();
        let put = self.put.if_match(format!("\"{version}\""));
        let saved = put.send(ClerkId { clerk_id }, update.into()).await;
        let saved = saved.map(drop).map_err(ApiError::from);
        let is_behind = saved == Err(ApiError::Changed) || self.state.link != Link::Up;
        if is_behind && let Ok(row) = self.api.get_or_create().await {
            self.state.dispatch(Event::Answered(row));
        }
        saved
    }

    /// Deletes the row of the person with this id for good.
    pub async fn delete(&self, clerk_id: &str) -> Result<(), ApiError> {
        self.api.delete(clerk_id).await
    }
}

/// The person's row.
#[hook]
pub fn use_current_user() -> CurrentUser {
    let Some(user) = use_context::<CurrentUser>() else {
        panic!("there is no UserProvider above this component");
    };
    user
}

/// What a [`UserProvider`] takes.
#[derive(Clone, Properties, PartialEq)]
pub struct UserProviderProps {
    /// The JWT template to ask tokens for
    pub jwt_template: Option<AttrValue>,
    /// Everything that uses the row
    pub children: Html,
}

/// Connects to the database whenever somebody is signed in.
#[component]
pub fn UserProvider(props: &UserProviderProps) -> Html {
    html! {
        <ClerkLiveProvider jwt_template={props.jwt_template.clone()}>
            <RowProvider ..props.clone() />
        </ClerkLiveProvider>
    }
}

/// Fetches the row, or makes it, and keeps it live.
#[component]
fn RowProvider(props: &UserProviderProps) -> Html {
    let auth = use_auth();
    let clerk_user = use_user().signed_in();
    let (live, link) = (use_query(ME, ()), use_link());
    let put = use_mutation(PUT).optimistic(|views, _, put| {
        views.update(ME, &(), |me| {
            if let (Some(email), Some(name)) = (&put.email, &put.name) {
                me.email.clone_from(email);
                me.name.clone_from(name);
            }
        });
    });
    let state =
        use_reducer_eq(|| remembered::load().map_or_else(State::default, State::remembering));
    let tries = use_state(|| 0);
    let (is_loaded, user_id) = (auth.is_loaded(), auth.user_id().map(str::to_owned));
    let api = Api::new(props.jwt_template.as_ref().map(ToString::to_string));

    // Connect: the row is fetched, or made, until that succeeds.
    let (dispatcher, connecting) = (state.dispatcher(), api.clone());
    let deps = (is_loaded, user_id.clone(), *tries);
    use_effect_with(deps, move |(is_loaded, user_id, _)| {
        if *is_loaded {
            dispatcher.dispatch(Event::Restart(user_id.clone()));
        }
        let task = user_id.is_some().then(|| {
            Task::spawn(async move {
                for failures in 0.. {
                    match connecting.get_or_create().await {
                        Ok(row) => return dispatcher.dispatch(Event::Answered(row)),
                        Err(ApiError::Gone) => {
                            memory::keep_only(None);
                            return dispatcher.dispatch(Event::Deleted);
                        }
                        Err(error) if error.is_passing() => {
                            dispatcher.dispatch(Event::Trouble(error.to_string()));
                            retry::wait(failures).await;
                        }
                        Err(error) => return dispatcher.dispatch(Event::Failed(error.to_string())),
                    }
                }
            })
        });
        move || drop(task)
    });

    // Live: whatever the query says.
    let dispatcher = state.dispatcher();
    use_effect_with(
        (live, user_id.clone(), *tries),
        move |(live, user_id, _)| {
            let event = match live {
                QueryState::Ready(row) if Some(&row.clerk_id) != user_id.as_ref() => None,
                QueryState::Ready(row) => Some(Event::Live(
                    Some(Versioned::of((**row).clone(), row.etag())),
                    row.is_pending(),
                )),
                QueryState::Failed(failed) if failed.status == 404 => {
                    Some(Event::Live(None, false))
                }
                QueryState::Failed(failed) if failed.status == 410 => {
                    memory::keep_only(None);
                    Some(Event::Deleted)
                }
                QueryState::Loading | QueryState::Failed(_) => None,
            };
            if let Some(event) = event {
                dispatcher.dispatch(event);
            }
        },
    );
    let dispatcher = state.dispatcher();
    use_effect_with((link, user_id.clone(), *tries), move |(link, ..)| {
        dispatcher.dispatch(Event::Link(*link));
    });

    let ready = user_id.filter(|id| {
        let row = state.row().user.as_ref();
        state.phase == Phase::Ready && row.is_none_or(|user| user.clerk_id == *id)
    });

    // Remembered, for the first moment of the next visit.
    let is_pending = state.is_pending;
    let row = (state.phase == Phase::Ready && !is_pending).then(|| state.row().clone());
    use_effect_with(row, |row| {
        let keeper = row.clone().map(Keeper::of);
        move || drop(keeper)
    });

    // Sync: when Clerk's user differs from what the page last saw. Each new state of the row
    // decides anew, so what is written is never based on an older one, nor on what is not saved.
    let (dispatcher, row) = (state.dispatcher(), state.row().clone());
    let writing = api.clone();
    let now = clerk_user.as_ref().map(Seen::from);
    let saved = ready.filter(|_| !is_pending);
    use_effect_with((saved, now, row.version), move |(saved, now, version)| {
        let task = saved.as_ref().zip(now.as_ref()).and_then(|(_, now)| {
            let Some(user) = &row.user else {
                memory::keep_only(None);
                return None;
            };
            let before = memory::load(&user.clerk_id, Kept::Seen);
            let Some(update) = sync::update(before.as_ref(), now, user) else {
                memory::save(&user.clerk_id, Kept::Seen, now);
                return None;
            };
            Some(Task::spawn(write(writing, update, *version, dispatcher)))
        });
        move || drop(task)
    });

    let jwt_template = props.jwt_template.clone();
    let user = CurrentUser {
        state,
        api,
        put,
        tries,
        jwt_template,
    };
    html! {
        <ContextProvider<CurrentUser> context={user}>
            { props.children.clone() }
        </ContextProvider<CurrentUser>>
    }
}

/// Writes upon this version of the row, as soon as the server can be reached.
async fn write(
    api: Api,
    update: UserUpdate,
    version: i64,
    dispatcher: UseReducerDispatcher<State>,
) {
    for failures in 0.. {
        match api.put(update.clone(), Some(version)).await {
            Ok(row) => return dispatcher.dispatch(Event::Answered(row)),
            Err(error) if error.is_passing() => retry::wait(failures).await,
            // The row has changed, and its new state decides; or trying again would not help.
            Err(_) => return,
        }
    }
}
