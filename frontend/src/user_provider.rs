//! Fetches the person's row, keeps it live, and lets it follow Clerk's user.

use clerk_yew::{Task, use_auth, use_user};
use shared::UserUpdate;
use yew::prelude::*;

use crate::api::{Api, ApiError, Versioned};
use crate::current_user::{Event, Phase, State};
use crate::live::Live;
use crate::sync::{self, Seen};
use crate::{memory, retry};

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
        let row = self.api.put(update, None).await?;
        self.state.dispatch(Event::Answered(row));
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
    let (is_loaded, user_id) = (auth.is_loaded, auth.user_id.clone());
    let api = Api::new(auth, props.jwt_template.clone());

    // Connect: the row is fetched, or made, until that succeeds.
    let (dispatcher, connecting) = (state.dispatcher(), api.clone());
    use_effect_with((user_id.clone(), *tries), move |(user_id, _)| {
        dispatcher.dispatch(Event::Restart);
        let task = user_id.is_some().then(|| {
            Task::spawn(async move {
                for failures in 0.. {
                    match connecting.get_or_create().await {
                        Ok(row) => return dispatcher.dispatch(Event::Answered(row)),
                        Err(error @ (ApiError::Unavailable | ApiError::NoToken(_))) => {
                            dispatcher.dispatch(Event::Trouble(error.to_string()));
                            retry::wait(failures).await;
                        }
                        Err(error) => return dispatcher.dispatch(Event::Failed(error)),
                    }
                }
            })
        });
        move || drop(task)
    });

    // Forget: nothing is kept of anybody but the person who is signed in and has a row.
    let kept = user_id.clone().filter(|_| !state.is_gone());
    use_effect_with((is_loaded, kept), |(is_loaded, kept)| {
        if *is_loaded {
            memory::keep_only(kept.as_deref());
        }
    });

    // Live: once the row is there, and is not still that of the person before.
    let ready = user_id.filter(|id| {
        let row = state.row().user.as_ref();
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
    let (dispatcher, row) = (state.dispatcher(), state.row().clone());
    let writing = api.clone();
    let now = clerk_user.as_ref().map(Seen::from);
    use_effect_with((ready, now), move |(ready, now)| {
        let now = ready.as_ref().and(now.clone());
        let emit = move |event| dispatcher.dispatch(event);
        let task = now.map(|now| Task::spawn(follow_clerk(writing, row, now, emit)));
        move || drop(task)
    });

    let user = CurrentUser { state, api, tries };
    html! {
        <ContextProvider<CurrentUser> context={user}>
            { props.children.clone() }
        </ContextProvider<CurrentUser>>
    }
}

/// Brings the row up to what Clerk has `now`. It writes only upon the row it decided by, so that
/// an edit made meanwhile, here or elsewhere, is not undone.
async fn follow_clerk(api: Api, mut row: Versioned, now: Seen, emit: impl Fn(Event)) {
    let mut failures = 0;
    while let Some(user) = &row.user {
        let before = memory::load(&user.clerk_id);
        let Some(update) = sync::update(before.as_ref(), &now, user) else {
            return memory::save(&user.clerk_id, &now);
        };
        let newest = match api.put(update, Some(row.version)).await {
            Err(ApiError::Changed) => api.get_or_create().await,
            written => written,
        };
        match newest {
            Ok(newest) if newest.version != row.version => {
                emit(Event::Answered(newest.clone()));
                row = newest;
            }
            Err(ApiError::Unavailable | ApiError::NoToken(_)) => {
                retry::wait(failures).await;
                failures += 1;
            }
            // Nothing that trying again would mend.
            _ => return,
        }
    }
}
