use gloo_timers::future::TimeoutFuture;
use yew::prelude::*;

use super::online::use_online;
use super::time::clock;
use crate::current_user::Link;
use crate::task::Task;
use crate::user_provider::use_current_user;

/// A broken stream that is back within this time is nobody's business, in milliseconds.
const PATIENCE: u32 = 3_000;

/// Says whether changes arrive, and since when they do not.
#[component]
pub fn LiveStatus() -> Html {
    let link = use_current_user().state().link;
    let online = use_online();
    let down = link == Link::Down || !online;
    let since = use_state_eq(|| None::<f64>);
    let waited = use_state_eq(|| false);
    let (setter, patient) = (since.setter(), waited.setter());
    use_effect_with(down, move |down| {
        patient.set(false);
        setter.set(down.then(js_sys::Date::now));
        let task = down.then(|| {
            Task::spawn(async move {
                TimeoutFuture::new(PATIENCE).await;
                patient.set(true);
            })
        });
        move || drop(task)
    });
    let (state, text) = match link {
        _ if !online => ("off", "Offline"),
        Link::Up => ("up", "Live"),
        Link::Down if *waited => ("down", "Reconnecting…"),
        Link::Down | Link::Opening => ("opening", "Connecting…"),
    };
    let since = since.filter(|_| matches!(state, "off" | "down"));
    html! {
        <p class="live" data-state={state} role="status">
            <span>{ text }</span>
            if let Some(since) = since { <small>{ format!(" since {}", clock(since)) }</small> }
        </p>
    }
}
