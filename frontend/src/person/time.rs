//! Times as people say them: the browser knows the words.

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::prelude::*;
use yew::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type RelativeTimeFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl)]
    fn new(locale: &str) -> RelativeTimeFormat;
    #[wasm_bindgen(method)]
    fn format(this: &RelativeTimeFormat, value: f64, unit: &str) -> String;
}

/// Units in seconds.
const UNITS: [(&str, f64); 5] = [
    ("year", 31_557_600.0),
    ("month", 2_629_800.0),
    ("day", 86_400.0),
    ("hour", 3_600.0),
    ("minute", 60.0),
];

/// The furthest time that browsers know, in milliseconds before and after the Unix epoch.
const FURTHEST: u64 = 8_640_000_000_000_000;

/// How long ago a time was, in milliseconds since the Unix epoch.
pub fn ago(milliseconds: i64) -> Html {
    let Some(date) = date(milliseconds) else {
        return Html::default();
    };
    let seconds = (Date::now() - date.get_time()) / 1000.0;
    let unit = UNITS.iter().find(|(_, size)| seconds >= *size);
    let text = unit.map_or("just now".to_owned(), |(unit, size)| {
        RelativeTimeFormat::new("en").format(-(seconds / size).floor(), unit)
    });
    time(&date, text)
}

/// The month of a time, with its year.
pub fn month(milliseconds: i64) -> Html {
    let Some(date) = date(milliseconds) else {
        return Html::default();
    };
    let options = Object::new();
    for (name, value) in [("month", "long"), ("year", "numeric")] {
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let text = date.to_locale_string("en", &options).into();
    time(&date, text)
}

/// A time in words; exactly, when pointed at.
fn time(date: &Date, text: String) -> Html {
    let exact: String = date.to_locale_string("default", &Object::new()).into();
    html! { <time datetime={String::from(date.to_iso_string())} title={exact}>{ text }</time> }
}

/// The time of day.
pub fn clock(milliseconds: f64) -> String {
    let options = Object::new();
    let _ = Reflect::set(&options, &"timeStyle".into(), &"short".into());
    Date::new(&milliseconds.into())
        .to_locale_string("default", &options)
        .into()
}

fn date(milliseconds: i64) -> Option<Date> {
    #[allow(clippy::cast_precision_loss, reason = "exact within the limit")]
    is_time(milliseconds).then(|| Date::new(&(milliseconds as f64).into()))
}

/// Whether browsers know such a time: asked for the words of another one, they throw.
fn is_time(milliseconds: i64) -> bool {
    milliseconds.unsigned_abs() <= FURTHEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_further_away_than_browsers_count_is_no_time() {
        for time in [0, 1_764_000_000_000, 8_640_000_000_000_000] {
            assert!(is_time(time) && is_time(-time));
        }
        for time in [8_640_000_000_000_001, i64::MAX, i64::MIN] {
            assert!(!is_time(time));
        }
    }
}
