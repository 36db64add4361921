use gloo_timers::future::TimeoutFuture;
use yew::prelude::*;

use crate::components::{Size, Spinner};
use crate::current_user::Link;
use crate::task::Task;
use crate::user_provider::use_current_user;

/// A broken stream that is back within this time is nobody's business, in milliseconds.
const PATIENCE: u32 = 3_000;

/// Says so when changes have not been arriving for a while.
#[component]
pub fn LiveNotice() -> Html {
    let down = use_current_user().state().link == Link::Down;
    let shown = use_state_eq(|| false);
    let setter = shown.setter();
    use_effect_with(down, move |down| {
        setter.set(false);
        let task = down.then(|| {
            Task::spawn(async move {
                TimeoutFuture::new(PATIENCE).await;
                setter.set(true);
            })
        });
        move || drop(task)
    });
    if *shown && down {
        html! { <Spinner size={Size::Small} color="var(--app-warn)" text="Reconnecting…" /> }
    } else {
        Html::default()
    }
}
