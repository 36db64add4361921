//! Variables: read by name, refused by name.

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

/// Access to variables by name.
pub(super) struct Env<'a, F>(pub(super) &'a F);

impl<F: Fn(&str) -> Option<String>> Env<'_, F> {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn parse<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        self.get(name)
            .map(|value| value.parse().map_err(|_| ConfigError { name, expected }))
            .transpose()
    }

    pub(super) fn http_url(&self, name: &'static str) -> Result<Option<Url>, ConfigError> {
        let expected = "expected a URL that starts with http:// or https://";
        match self.parse::<Url>(name, expected)? {
            Some(url) if !["http", "https"].contains(&url.scheme()) => {
                Err(ConfigError { name, expected })
            }
            url => Ok(url),
        }
    }

    /// A comma-separated list; empty when the variable is not set.
    pub(super) fn list<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<Vec<T>, ConfigError> {
        let list = self.get(name).unwrap_or_default();
        list.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| item.parse().map_err(|_| ConfigError { name, expected }))
            .collect()
    }

    /// A comma-separated list of origins; none when the variable is not set.
    pub(super) fn origins(&self, name: &'static str) -> Result<Option<Vec<String>>, ConfigError> {
        if self.get(name).is_none() {
            return Ok(None);
        }
        let origins: Vec<Origin> = self.list(
            name,
            "expected comma-separated origins such as https://app.example.com",
        )?;
        Ok(Some(origins.into_iter().map(|origin| origin.0).collect()))
    }
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
