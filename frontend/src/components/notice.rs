use yew::prelude::*;

/// Tells what is the matter, with ways out.
pub fn notice(title: &'static str, text: impl Into<AttrValue>, ways_out: Html) -> Html {
    show(title, text.into(), ways_out)
}

fn show(title: &'static str, text: AttrValue, ways_out: Html) -> Html {
    html! {
        <section class="card notice" role="alert">
            <h1>{ title }</h1>
            <p>{ text }</p>
            { ways_out }
        </section>
    }
}

/// A way out: to try again.
pub fn retry_button(retry: &Callback<()>) -> Html {
    html! {
        <button type="button" class="button primary" onclick={retry.reform(|_| ())}>{ "Retry" }</button>
    }
}
