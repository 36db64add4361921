#![doc = include_str!("../README.md")]

use std::ffi::OsString;
use std::str::FromStr;

use url::Url;

/// A variable whose value cannot be used. The value itself is not repeated: it may be secret.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {expected}")]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// What it should hold.
    pub expected: &'static str,
}

/// Access to variables by name, through a function that answers the value of one that is set.
#[derive(Clone, Copy)]
pub struct Env<'a>(&'a dyn Fn(&str) -> Option<OsString>);

impl std::fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Env(…)")
    }
}

impl<'a> Env<'a> {
    /// Variables that this function answers.
    pub fn new(get: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self(get)
    }

    /// The variables of this process.
    pub fn of_process() -> Self {
        Self(&variable_of_process)
    }

    /// The value, without white space around it; none when the variable is not set.
    pub fn get(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        let Some(value) = (self.0)(name) else {
            return Ok(None);
        };
        let refuse = |expected| Err(ConfigError { name, expected });
        match value.to_str().map(str::trim) {
            None => refuse("not valid Unicode"),
            Some("") => refuse("set, but blank; give it a value or unset it"),
            Some(value) => Ok(Some(value.to_owned())),
        }
    }

    /// The value as another type.
    pub fn parse<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        self.get(name)?
            .map(|value| value.parse().map_err(|_| ConfigError { name, expected }))
            .transpose()
    }

    /// A switch: `1` is on, `0` is off.
    pub fn switch(&self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        match self.get(name)?.as_deref() {
            None => Ok(None),
            Some("1") => Ok(Some(true)),
            Some("0") => Ok(Some(false)),
            Some(_) => Err(ConfigError {
                name,
                expected: "expected 1 or 0",
            }),
        }
    }

    /// A URL of HTTP.
    pub fn http_url(&self, name: &'static str) -> Result<Option<Url>, ConfigError> {
        let expected = "expected a URL that starts with http:// or https://";
        match self.parse::<Url>(name, expected)? {
            Some(url) if !["http", "https"].contains(&url.scheme()) => {
                Err(ConfigError { name, expected })
            }
            url => Ok(url),
        }
    }

    /// A comma-separated list of at least one item; none when the variable is not set.
    pub fn list<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<Vec<T>>, ConfigError> {
        let Some(list) = self.get(name)? else {
            return Ok(None);
        };
        let items = list.split(',').map(|item| item.trim().parse());
        let items: Result<_, _> = items.collect();
        items.map(Some).map_err(|_| ConfigError { name, expected })
    }

    /// A comma-separated list of origins; none when the variable is not set.
    pub fn origins(&self, name: &'static str) -> Result<Option<Vec<String>>, ConfigError> {
        let origins: Option<Vec<Origin>> = self.list(
            name,
            "expected comma-separated origins such as https://app.example.com",
        )?;
        Ok(origins.map(|all| all.into_iter().map(|origin| origin.0).collect()))
    }
}

fn variable_of_process(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// An origin as browsers write it: scheme, host, and the port unless it is the usual one.
struct Origin(String);

impl FromStr for Origin {
    type Err = ();

    fn from_str(origin: &str) -> Result<Self, ()> {
        let origin = origin.trim_end_matches('/');
        match Url::parse(origin) {
            Ok(url) if url.origin().ascii_serialization() == origin => Ok(Self(origin.to_owned())),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn with<T>(value: Option<&[u8]>, read: impl Fn(Env<'_>) -> T) -> T {
        let value = value.map(|bytes| OsString::from_vec(bytes.to_vec()));
        read(Env::new(&|name| {
            assert_eq!(name, "NAME");
            value.clone()
        }))
    }

    #[test]
    fn unset_blank_and_not_unicode_are_three_things() {
        let get = |value| with(value, |env| env.get("NAME").map_err(|it| it.to_string()));
        assert_eq!(get(None), Ok(None));
        assert_eq!(get(Some(b" a b\n")), Ok(Some("a b".to_owned())));
        for blank in [b"".as_slice(), b" \t\n"] {
            let error = get(Some(blank)).expect_err("blank");
            assert!(error.starts_with("NAME: ") && error.contains("blank"));
        }
        let error = get(Some(b"hunter2\xff")).expect_err("not Unicode");
        assert_eq!(error, "NAME: not valid Unicode");
    }

    #[test]
    fn a_switch_is_1_or_0() {
        let switch = |value| with(value, |env| env.switch("NAME").ok());
        assert_eq!(switch(None), Some(None));
        assert_eq!(switch(Some(b"1")), Some(Some(true)));
        assert_eq!(switch(Some(b"0")), Some(Some(false)));
        assert_eq!(switch(Some(b"true")), None);
    }

    #[test]
    fn a_list_has_an_item_between_its_commas() {
        let list = |value| with(Some(value), |env| env.list::<u8>("NAME", "numbers").ok());
        assert_eq!(list(b"1, 2,3"), Some(Some(vec![1, 2, 3])));
        for wrong in [b",".as_slice(), b"1,", b"1,,2", b"256"] {
            assert_eq!(list(wrong), None);
        }
    }

    #[test]
    fn origins_are_written_as_browsers_do() {
        let origins = |value| with(Some(value), |env| env.origins("NAME").ok().flatten());
        assert_eq!(
            origins(b"https://a.example, http://localhost:80/"),
            None,
            "the usual port is left out"
        );
        assert_eq!(
            origins(b"https://a.example/, http://localhost:8080"),
            Some(vec![
                "https://a.example".into(),
                "http://localhost:8080".into()
            ])
        );
        for wrong in [b"*".as_slice(), b"https://a.example/path", b"a.example"] {
            assert_eq!(origins(wrong), None);
        }
    }
}
