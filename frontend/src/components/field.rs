use shared::FieldError;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What a [`TextField`] takes.
#[derive(Properties, PartialEq)]
pub struct TextFieldProps {
    /// The field's name in the form, also its id
    pub name: AttrValue,
    /// What a person calls it
    pub label: AttrValue,
    /// `text`, `email`, …
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// What the browser may fill in
    pub autocomplete: AttrValue,
    /// What it holds
    pub value: AttrValue,
    /// Called with what it holds now
    pub on_change: Callback<String>,
    /// What is wrong with it
    pub error: Option<FieldError>,
}

/// A field with its label, and below it what is wrong.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let message_id = format!("{}-error", props.name);
    let on_change = props.on_change.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        on_change.emit(event.target_unchecked_into::<HtmlInputElement>().value());
    });
    let invalid = props.error.is_some();
    html! {
        <div class="field">
            <label for={&props.name}>{ &props.label }</label>
            <input id={&props.name} name={&props.name} type={&props.kind} value={&props.value}
                autocomplete={&props.autocomplete} aria-invalid={invalid.to_string()}
                aria-describedby={invalid.then(|| message_id.clone())} {oninput} />
            if let Some(error) = &props.error {
                <p id={message_id} class="error" role="alert">{ &error.message }</p>
            }
        </div>
    }
}
