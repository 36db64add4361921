//! Light, dark, or as the system is.

use web_sys::{HtmlInputElement, window};
use yew::prelude::*;

/// Where the choice is kept. The script in `index.html` reads it before anything is painted.
const KEY: &str = "theme";

/// The switch.
pub fn theme_switch() -> Html {
    let kept = kept();
    let onchange = Callback::from(|event: Event| {
        keep(&event.target_unchecked_into::<HtmlInputElement>().value());
    });
    html! {
        <fieldset class="theme" {onchange}>
            <legend class="unseen">{ "Theme" }</legend>
            { for [("", "System"), ("light", "Light"), ("dark", "Dark")].map(|(value, label)| html! {
                <label>
                    <input type="radio" name="theme" {value} checked={kept == value} />
                    <span>{ label }</span>
                </label>
            }) }
        </fieldset>
    }
}

/// Where nothing is kept, as on a server, the system decides.
fn kept() -> String {
    let kept = || window()?.local_storage().ok()??.get_item(KEY).ok()?;
    let is_browser = cfg!(target_arch = "wasm32");
    is_browser.then(kept).flatten().unwrap_or_default()
}

fn keep(theme: &str) {
    let Some(window) = window() else { return };
    if let Ok(Some(storage)) = window.local_storage() {
        // Where nothing can be kept, the choice lasts as long as the page.
        let _ = storage.set_item(KEY, theme);
    }
    let root = window.document().and_then(|it| it.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("data-theme", theme);
    }
}
