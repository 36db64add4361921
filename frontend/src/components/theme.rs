use yew::prelude::*;

/// Where the choice is kept. The script in `index.html` reads it before anything is painted.
const KEY: &str = "theme";

const THEMES: [(&str, &str); 3] = [("", "System"), ("light", "Light"), ("dark", "Dark")];

/// Light, dark, or as the system is.
#[component]
pub fn ThemeSwitch() -> Html {
    let theme = use_state_eq(String::new);
    let setter = theme.setter();
    use_effect_with((), move |()| setter.set(kept().unwrap_or_default()));
    html! {
        <fieldset class="theme">
            <legend class="unseen">{ "Theme" }</legend>
            { for THEMES.map(|(value, label)| {
                let setter = theme.setter();
                let onchange = Callback::from(move |_: Event| {
                    keep(value);
                    setter.set(value.to_owned());
                });
                html! {
                    <label>
                        <input type="radio" name="theme" checked={*theme == value} {onchange} />
                        <span>{ label }</span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

fn kept() -> Option<String> {
    web_sys::window()?
        .local_storage()
        .ok()??
        .get_item(KEY)
        .ok()?
}

fn keep(theme: &'static str) {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Ok(Some(storage)) = window.local_storage() {
        // Where nothing can be kept, the choice lasts as long as the page.
        let _ = storage.set_item(KEY, theme);
    }
    let root = window.document().and_then(|it| it.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("data-theme", theme);
    }
}
