use yew::prelude::*;

/// Shows what is being waited for, in the place of a page.
pub fn spinner(text: &'static str) -> Html {
    show("spinner medium", html! { <h1>{ text }</h1> })
}

/// Shows what is under way, in a line of text.
pub fn small_spinner(text: &'static str) -> Html {
    show("spinner small", html! { <span>{ text }</span> })
}

fn show(class: &'static str, text: Html) -> Html {
    html! {
        <div {class} role="status"><span class="wheel" aria-hidden="true" />{ text }</div>
    }
}
