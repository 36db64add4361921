//! The page's own form for signing in: a password, or a code by email.

use clerk_yew::resources::{SendTo, SignInPassword, SignInResource, SignInStatus};
use clerk_yew::{ClerkError, use_sign_in};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew_router::history::{BrowserHistory, History};

/// The form.
#[component]
pub fn SignInForm() -> Html {
    let state = use_sign_in();
    let (address, secret) = (use_node_ref(), use_node_ref());
    let sent = use_state(|| false);
    let typed = |field: &NodeRef| {
        let field = field.cast::<HtmlInputElement>();
        field.map(|it| it.value()).unwrap_or_default()
    };

    let onsubmit = {
        let (sign_in, address, secret, sent) = (
            state.sign_in.clone(),
            address.clone(),
            secret.clone(),
            *sent,
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(sign_in) = sign_in.clone() else {
                return;
            };
            let (address, secret) = (typed(&address), typed(&secret));
            spawn_local(async move {
                let step = if sent {
                    sign_in.email_code().verify_code(&secret).await
                } else {
                    let password = SignInPassword::new(&secret).identifier(&address);
                    sign_in.password(&password).await
                };
                // What went wrong stands beside its field.
                if step.is_ok() {
                    let _ = finish(&sign_in).await;
                }
            });
        })
    };
    let send = {
        let (sign_in, address, sent) = (state.sign_in.clone(), address.clone(), sent.setter());
        Callback::from(move |_| {
            let Some(sign_in) = sign_in.clone() else {
                return;
            };
            let (address, sent) = (typed(&address), sent.clone());
            spawn_local(async move {
                let to = SendTo::Identifier(address);
                if sign_in.email_code().send_code(&to).await.is_ok() {
                    sent.set(true);
                }
            });
        })
    };

    let errors = &state.errors;
    let busy = state.sign_in.is_none() || state.is_fetching;
    let (label, wrong) = if *sent {
        ("Code", errors.code())
    } else {
        ("Password", errors.password())
    };
    let complaint = |reason: Option<clerk_yew::Reason>| {
        html! { for reason in reason { <p class="error">{ reason.long_message.unwrap_or(reason.message) }</p> } }
    };
    html! {
        <form {onsubmit}>
            <h1>{ "Sign in" }</h1>
            <label for="address">{ "Email address" }</label>
            <input id="address" ref={address} type="email" autocomplete="username" required=true />
            { complaint(errors.identifier()) }
            <label for="secret">{ label }</label>
            <input id="secret" ref={secret} type={if *sent { "text" } else { "password" }}
                autocomplete={if *sent { "one-time-code" } else { "current-password" }} />
            { complaint(wrong) }
            { for errors.global().into_iter().map(|error| html! { <p class="error">{ error.to_string() }</p> }) }
            <button disabled={busy}>{ "Continue" }</button>
            if !*sent {
                <button type="button" disabled={busy} onclick={send}>{ "Email me a code" }</button>
            }
        </form>
    }
}

/// Begins the session, when nothing more is wanted.
async fn finish(sign_in: &SignInResource) -> Result<(), ClerkError> {
    if sign_in.status() == SignInStatus::Complete {
        let home = |done: clerk_yew::resources::Finalized| {
            BrowserHistory::new().push(done.decorate_url("/"));
        };
        sign_in.finalize(home).await?;
    }
    Ok(())
}
