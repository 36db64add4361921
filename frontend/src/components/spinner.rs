use yew::prelude::*;

/// How large a spinner is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// Fits a line of text
    Small,
    /// Stands alone, in the place of a page
    #[default]
    Medium,
}

/// What a [`Spinner`] takes.
#[derive(Properties, PartialEq)]
pub struct SpinnerProps {
    /// How large it is
    #[prop_or_default]
    pub size: Size,
    /// What is being waited for
    #[prop_or_default]
    pub text: AttrValue,
}

/// Shows that something is under way, and what.
#[component]
pub fn Spinner(props: &SpinnerProps) -> Html {
    let size = match props.size {
        Size::Small => "small",
        Size::Medium => "medium",
    };
    html! {
        <div class={classes!("spinner", size)} role="status">
            <span class="wheel" aria-hidden="true" />
            if props.size == Size::Medium {
                <h1>{ &props.text }</h1>
            } else {
                <span>{ &props.text }</span>
            }
        </div>
    }
}
