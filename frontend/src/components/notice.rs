use yew::prelude::*;

/// What a [`Notice`] takes.
#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    /// What is the matter
    pub title: AttrValue,
    /// What happened and what to do
    pub text: AttrValue,
    /// Called by the button "Retry"; none: there is no use
    #[prop_or_default]
    pub retry: Option<Callback<()>>,
    /// Other ways out
    #[prop_or_default]
    pub children: Html,
}

/// Tells what is the matter, with a way out.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    html! {
        <section class="card notice" role="alert">
            <h1>{ &props.title }</h1>
            <p>{ &props.text }</p>
            if let Some(retry) = &props.retry {
                <button type="button" class="button primary" onclick={retry.reform(|_| ())}>
                    { "Retry" }
                </button>
            }
            { props.children.clone() }
        </section>
    }
}
