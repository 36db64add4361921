//! Fetches the person's row, keeps it live, and lets it follow Clerk's user.

use clerk_yew::{Task, use_auth, use_user};
use shared::UserUpdate;
use yew::prelude::*;

use crate::api::{Api, ApiError};
use crate::current_user::{Event, Phase, State};
use crate::live::Live;
use crate::retry;
use crate::sync::{self, Seen};

/// The person's row, for everything below a [`UserProvider`].
#[derive(Clone, PartialEq)]
pub struct CurrentUser {
    state: UseReducerHandle<State>,
    api: Api,
    tries: UseStateHandle<u32>,
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

    /// Writes a change that has passed validation.
    pub async fn save(&self, update: UserUpdate) -> Result<(), ApiError> {
        let row = self.api.put(update).await?;
        self.state.dispatch(Event::Row(row));
        Ok(())
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
#[derive(Properties, PartialEq)]
pub struct UserProviderProps {
    /// The JWT template to ask tokens for
    pub jwt_template: Option<String>,
    /// Everything that uses the row
    pub children: Html,
}

/// Connects to the database whenever somebody is signed in.
#[component]
pub fn UserProvider(props: &UserProviderProps) -> Html {
    let auth = use_auth();
    let clerk_user = use_user();
    let state = use_reducer_eq(State::default);
    let tries = use_state(|| 0);
    let user_id = auth.user_id.clone();
    let api = Api::new(auth, props.jwt_template.clone());

    // Connect: the row is fetched, or made, until that succeeds.
    let (dispatcher, connecting) = (state.dispatcher(), api.clone());
    use_effect_with((user_id.clone(), *tries), move |(user_id, _)| {
        dispatcher.dispatch(Event::Restart);
        let task = user_id.is_some().then(|| {
            Task::spawn(async move {
                for failures in 0.. {
                    match connecting.get_or_create().await {
                        Ok(row) => return dispatcher.dispatch(Event::Row(row)),
                        Err(error @ (ApiError::Unavailable | ApiError::NoToken(_))) => {
                            dispatcher.dispatch(Event::Trouble(error.to_string()));
                            retry::wait(failures).await;
                        }
                        Err(error) => {
                            return dispatcher.dispatch(Event::Failed(error.to_string()));
                        }
                    }
                }
            })
        });
        move || drop(task)
    });

    // Live: once the row is there, and is not still that of the person before.
    let ready = user_id.filter(|id| {
        let row = state.row.user.as_ref();
        state.phase == Phase::Ready && row.is_none_or(|user| user.clerk_id == *id)
    });
    let (dispatcher, following) = (state.dispatcher(), api.clone());
    use_effect_with(ready.clone(), move |ready| {
        let live = ready.as_ref().map(|clerk_id| {
            let emit = Callback::from(move |event| dispatcher.dispatch(event));
            Live::start(clerk_id, following, emit)
        });
        move || drop(live)
    });

    // Sync: when Clerk's user differs from what the page last saw.
    let (writing, row) = (state.clone(), state.row.clone());
    let put = api.clone();
    let now = clerk_user.as_ref().map(Seen::from);
    use_effect_with((ready, now), move |(ready, now)| {
        let task = ready.clone().zip(now.clone()).and_then(|(clerk_id, now)| {
            let before = memory::load(&clerk_id);
            let Some(update) = sync::update(before.as_ref(), &now, &row) else {
                memory::save(&clerk_id, &now);
                return None;
            };
            Some(Task::spawn(async move {
                let mut failures = 0;
                loop {
                    match put.put(update.clone()).await {
                        Ok(row) => {
                            writing.dispatch(Event::Row(row));
                            return memory::save(&clerk_id, &now);
                        }
                        Err(ApiError::Unavailable | ApiError::NoToken(_)) => {
                            retry::wait(failures).await;
                            failures += 1;
                        }
                        // Nothing that trying again would mend.
                        Err(_) => return,
                    }
                }
            }))
        });
        move || drop(task)
    });

    let user = CurrentUser { state, api, tries };
    html! {
        <ContextProvider<CurrentUser> context={user}>
            { props.children.clone() }
        </ContextProvider<CurrentUser>>
    }
}

/// What Clerk had when the page last looked, kept across visits.
mod memory {
    use super::Seen;

    fn storage() -> Option<web_sys::Storage> {
        web_sys::window()?.local_storage().ok()?
    }

    fn key(clerk_id: &str) -> String {
        format!("clerk-seen:{clerk_id}")
    }

    pub fn load(clerk_id: &str) -> Option<Seen> {
        serde_json::from_str(&storage()?.get_item(&key(clerk_id)).ok()??).ok()
    }

    pub fn save(clerk_id: &str, seen: &Seen) {
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(seen)) {
            // A full storage costs no more than a repeated comparison.
            let _ = storage.set_item(&key(clerk_id), &text);
        }
    }
}
