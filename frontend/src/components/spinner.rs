use yew::prelude::*;

/// How large a spinner is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// Fits a line of text
    Small,
    /// Stands alone
    #[default]
    Medium,
}

/// What a [`Spinner`] takes.
#[derive(Properties, PartialEq)]
pub struct SpinnerProps {
    /// How large it is
    #[prop_or_default]
    pub size: Size,
    /// Its colour, any of CSS
    #[prop_or(AttrValue::Static("var(--app-accent)"))]
    pub color: AttrValue,
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
            <span class="wheel" style={format!("color: {}", props.color)} aria-hidden="true" />
            if !props.text.is_empty() { <span>{ &props.text }</span> }
        </div>
    }
}
