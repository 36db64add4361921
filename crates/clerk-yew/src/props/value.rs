//! Options by Clerk's names, as plain data until they are handed to clerk-js.
//!
//! Data is compared by what it says, so that an option counts as changed only when it is; and an
//! option that nobody sets costs the page nothing.

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use yew::AttrValue;

/// Something as clerk-js takes it: for options that have no type here.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw(Value);

impl Raw {
    /// A JavaScript value. It is compared by identity: keep it across renders.
    pub fn new(value: impl Into<JsValue>) -> Self {
        Self(Value::Js(value.into()))
    }

    /// A value in JSON, such as one of Clerk's localizations.
    ///
    /// ```
    /// # use clerk_yew::Raw;
    /// let german = Raw::json(r#"{"locale": "de-DE", "signIn": {"start": {"title": "Anmelden"}}}"#);
    /// assert_eq!(german, Raw::json(r#"{"locale": "de-DE", "signIn": {"start": {"title": "Anmelden"}}}"#));
    /// ```
    pub fn json(text: impl Into<AttrValue>) -> Self {
        Self(Value::Json(text.into()))
    }
}

impl From<Raw> for Value {
    fn from(raw: Raw) -> Self {
        raw.0
    }
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(AttrValue),
    Flag(bool),
    Number(f64),
    Object(Entries),
    List(Vec<Value>),
    Json(AttrValue),
    Js(JsValue),
}

impl Value {
    /// As clerk-js takes it. JSON that is none is `undefined`.
    pub fn to_js(&self) -> JsValue {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Number(number) => (*number).into(),
            Self::Object(entries) => entries.to_js(),
            Self::List(items) => items.iter().map(Self::to_js).collect::<Array>().into(),
            Self::Json(text) => JSON::parse(text).unwrap_or_default(),
            Self::Js(value) => value.clone(),
        }
    }
}

macro_rules! into_value {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value)
            }
        }
    )*};
}

into_value!(AttrValue => Text, bool => Flag, f64 => Number, Entries => Object);

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Options by Clerk's names, in the order in which they were set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entries(Vec<(AttrValue, Value)>);

impl Entries {
    /// Sets an option.
    pub fn put(&mut self, name: impl Into<AttrValue>, value: Value) {
        self.put_named(name.into(), value);
    }

    fn put_named(&mut self, name: AttrValue, value: Value) {
        match self.0.iter_mut().find(|(it, _)| *it == name) {
            Some((_, before)) => *before = value,
            None => self.0.push((name, value)),
        }
    }

    /// Sets an option that there may be none of.
    pub fn set(&mut self, name: &'static str, value: Option<Value>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// The option of this name, if it is set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, it)| it)
    }

    /// Adds the members of a raw object, which those set by name go before.
    pub fn extra(&mut self, value: Option<Raw>) {
        self.set(EXTRA, value.map(Into::into));
    }

    /// An object that has what is set and nothing else.
    pub fn to_js(&self) -> JsValue {
        let object = Object::new();
        if let Some(extra) = self.get(EXTRA) {
            let extra = extra.to_js();
            if extra.is_object() {
                Object::assign(&object, extra.unchecked_ref());
            }
        }
        for (name, value) in self.0.iter().filter(|(name, _)| *name != EXTRA) {
            // Setting a property of a fresh plain object cannot fail.
            let _ = Reflect::set(&object, &name.as_str().into(), &value.to_js());
        }
        object.into()
    }
}

/// Under this name is the raw object. No option of Clerk's is called so.
const EXTRA: &str = "";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_again_counts_once() {
        let mut entries = Entries::default();
        entries.set("path", Some(AttrValue::from("/a").into()));
        entries.set("path", Some(AttrValue::from("/b").into()));
        entries.set("path", None);
        let mut once = Entries::default();
        once.put("path", Value::Text("/b".into()));
        assert_eq!(entries, once);
    }

    #[test]
    fn options_are_compared_by_what_they_say() {
        let options = |text: &'static str| {
            let mut entries = Entries::default();
            entries.set("nested", Some(vec![AttrValue::from(text)].into()));
            entries
        };
        assert_eq!(options("a"), options("a"));
        assert_ne!(options("a"), options("b"));
    }
}
