//! Endpoints as constants that page and server share: a path, what goes in, what comes out.

use std::fmt;
use std::marker::PhantomData;

use form_urlencoded::Serializer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What RFC 3986 § 2.3 calls unreserved stands in a path as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A GET that answers an `O` as JSON, and that can be watched.
///
/// `P` is a struct of strings and numbers, or `()`. Its fields that are in the path's braces go
/// there; the others are the query string.
///
/// ```
/// use live::Query;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Page { list: u32, before: Option<u64> }
///
/// const NOTES: Query<Page, Vec<String>> = Query::get("/api/lists/{list}/notes");
///
/// let older = Page { list: 7, before: Some(42) };
/// assert_eq!(NOTES.path(&older), "/api/lists/7/notes?before=42");
/// assert_eq!(NOTES.path(&Page { list: 7, before: None }), "/api/lists/7/notes");
/// ```
pub struct Query<P, O> {
    template: &'static str,
    types: PhantomData<fn(P) -> O>,
}

/// A request that writes: takes an `I` as JSON and answers an `O`. For `P`, see [`Query`].
///
/// ```
/// use live::Mutation;
///
/// const ADD: Mutation<(), String, u64> = Mutation::post("/api/notes");
/// ```
pub struct Mutation<P, I, O> {
    method: Method,
    template: &'static str,
    types: PhantomData<fn(P, I) -> O>,
}

/// How a [`Mutation`] is sent (RFC 9110 § 9.3, RFC 5789).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Makes something.
    Post,
    /// Writes the whole of something.
    Put,
    /// Changes a part of something.
    Patch,
    /// Removes something.
    Delete,
}

impl Method {
    /// As HTTP has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl<P, O> Query<P, O> {
    /// The query at this path, which begins with `/`; `{name}` stands for a field of `P`.
    #[must_use]
    pub const fn get(template: &'static str) -> Self {
        Self {
            template: checked(template),
            types: PhantomData,
        }
    }

    /// The path with its braces.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }
}

impl<P: Serialize, O> Query<P, O> {
    /// The path, which is the query's name.
    ///
    /// # Panics
    /// If `P` is no struct of strings and numbers, or lacks a field that is in braces.
    #[must_use]
    pub fn path(&self, params: &P) -> String {
        fill(self.template, params)
    }
}

impl<P: DeserializeOwned, O> Query<P, O> {
    /// The parameters of which this is the path; none when it is another query's.
    ///
    /// ```
    /// # use live::Query;
    /// const NOTES: Query<std::collections::BTreeMap<String, u32>, ()> = Query::get("/lists/{list}");
    ///
    /// assert_eq!(NOTES.params("/lists/7").unwrap()["list"], 7);
    /// assert_eq!(NOTES.params("/lists/7/notes"), None);
    /// ```
    #[must_use]
    pub fn params(&self, path: &str) -> Option<P> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (mut given, mut wanted) = (path.split('/'), self.template.split('/'));
        let mut braces = Vec::new();
        loop {
            match (given.next(), wanted.next()) {
                (None, None) => break,
                (Some(value), Some(part)) => match part.strip_prefix('{') {
                    Some(name) => {
                        let value = percent_decode_str(value).decode_utf8().ok()?;
                        braces.push((name.strip_suffix('}')?, value));
                    }
                    None if value == part => {}
                    None => return None,
                },
                _ => return None,
            }
        }
        params(braces.iter().map(|(name, value)| (*name, &**value)), query).ok()
    }
}

impl<P, I, O> Mutation<P, I, O> {
    /// A POST to this path; for the braces, see [`Query::get`].
    #[must_use]
    pub const fn post(template: &'static str) -> Self {
        Self::new(Method::Post, template)
    }

    /// A PUT.
    #[must_use]
    pub const fn put(template: &'static str) -> Self {
        Self::new(Method::Put, template)
    }

    /// A PATCH.
    #[must_use]
    pub const fn patch(template: &'static str) -> Self {
        Self::new(Method::Patch, template)
    }

    /// A DELETE.
    #[must_use]
    pub const fn delete(template: &'static str) -> Self {
        Self::new(Method::Delete, template)
    }

    const fn new(method: Method, template: &'static str) -> Self {
        Self {
            method,
            template: checked(template),
            types: PhantomData,
        }
    }

    /// How it is sent.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path with its braces.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }
}

impl<P: Serialize, I, O> Mutation<P, I, O> {
    /// The path.
    ///
    /// # Panics
    /// As [`Query::path`] does.
    #[must_use]
    pub fn path(&self, params: &P) -> String {
        fill(self.template, params)
    }
}

/// A constant that is no path does not compile.
const fn checked(template: &'static str) -> &'static str {
    assert!(
        matches!(template.as_bytes().first(), Some(b'/')),
        "a path begins with a slash"
    );
    template
}

fn fill(template: &str, params: &impl Serialize) -> String {
    let params = match serde_urlencoded::to_string(params) {
        Ok(params) => params,
        Err(error) => panic!("the parameters of {template} are no strings and numbers: {error}"),
    };
    let mut params: Vec<_> = form_urlencoded::parse(params.as_bytes()).collect();
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let Some(at) = params.iter().position(|(field, _)| field == name) else {
            panic!("the parameters of {template} have no field {name}");
        };
        let (_, value) = params.remove(at);
        path.push_str(before);
        path.extend(utf8_percent_encode(no_dots(&value), ESCAPED));
        rest = after;
    }
    path.push_str(rest);
    if !params.is_empty() {
        path.push('?');
        let start = path.len();
        path = Serializer::for_suffix(path, start)
            .extend_pairs(params)
            .finish();
    }
    path
}

/// A segment that is `.` or `..` would lead elsewhere, also escaped (WHATWG URL § 4.4): what is there
/// instead is the name of nothing.
fn no_dots(segment: &str) -> &str {
    if matches!(segment, "." | "..") {
        "\u{fffd}"
    } else {
        segment
    }
}

/// The parameters out of what a server found in the braces and in the query string.
///
/// # Errors
/// What is missing or no number.
pub fn params<'a, P: DeserializeOwned>(
    braces: impl IntoIterator<Item = (&'a str, &'a str)>,
    query: &str,
) -> Result<P, BadParams> {
    let mut all = Serializer::new(String::new());
    all.extend_pairs(braces)
        .extend_pairs(form_urlencoded::parse(query.as_bytes()));
    serde_urlencoded::from_str(&all.finish()).map_err(|error| BadParams(error.to_string()))
}

/// Parameters that are missing, twice there, or no numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadParams(String);

impl fmt::Display for BadParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The address is not right: {}.", self.0)
    }
}

impl std::error::Error for BadParams {}

impl<P, O> Clone for Query<P, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, O> Copy for Query<P, O> {}

impl<P, O> fmt::Debug for Query<P, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GET {}", self.template)
    }
}

impl<P, I, O> Clone for Mutation<P, I, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, I, O> Copy for Mutation<P, I, O> {}

impl<P, I, O> fmt::Debug for Mutation<P, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Named {
        id: String,
        page: Option<i64>,
        tag: Option<String>,
    }

    const NAMED: Query<Named, ()> = Query::get("/api/things/{id}/parts");

    /// `fetch` would make `/api/parts` of `/api/things/../parts`.
    #[test]
    fn no_parameter_leads_to_another_path() {
        for id in [".", ".."] {
            let asked = Named {
                id: id.into(),
                page: None,
                tag: None,
            };
            assert_eq!(NAMED.path(&asked), "/api/things/%EF%BF%BD/parts");
        }
    }

    #[test]
    fn what_a_page_asks_for_is_what_a_server_understands() {
        for (id, page, tag, path) in [
            ("a", None, None, "/api/things/a/parts"),
            ("a", Some(-1), None, "/api/things/a/parts?page=-1"),
            (
                "../ü/{id}?",
                None,
                Some("a&b=c"),
                "/api/things/..%2F%C3%BC%2F%7Bid%7D%3F/parts?tag=a%26b%3Dc",
            ),
            ("...", None, None, "/api/things/.../parts"),
        ] {
            let asked = Named {
                id: id.into(),
                page,
                tag: tag.map(Into::into),
            };
            let written = NAMED.path(&asked);
            assert_eq!(written, path);
            let query = written.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(params::<Named>([("id", id)], query).as_ref(), Ok(&asked));
            assert_eq!(NAMED.params(&written), Some(asked));
        }
    }

    #[test]
    fn nothing_takes_the_place_of_what_is_in_the_path() {
        let twice = params::<Named>([("id", "mine")], "id=another");
        assert!(twice.is_err(), "{twice:?}");
        assert!(params::<Named>([], "").is_err());
        assert!(params::<Named>([("id", "a")], "page=one").is_err());
        assert_eq!(params::<()>([], ""), Ok(()));
    }

    #[test]
    fn a_path_without_parameters_is_its_template() {
        assert_eq!(Query::<(), ()>::get("/api/notes").path(&()), "/api/notes");
        let write = Mutation::<(), (), ()>::patch("/api/notes");
        assert_eq!(
            (write.method().as_str(), write.path(&()).as_str()),
            ("PATCH", "/api/notes")
        );
    }
}
