//! What queries show while writes are on their way.

use std::rc::Rc;

use live::{Pairs, Query};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Answers of queries by their paths, in JSON.
pub(crate) type Bodies = Pairs<String, Rc<str>>;

/// What the queries of this tab show, to be changed by a write that is on its way. What the server
/// says later takes its place.
#[derive(Debug)]
pub struct Views<'a> {
    key: &'a str,
    known: &'a Bodies,
    changed: &'a mut Bodies,
}

impl<'a> Views<'a> {
    pub(crate) fn new(key: &'a str, known: &'a Bodies, changed: &'a mut Bodies) -> Self {
        Self {
            key,
            known,
            changed,
        }
    }

    /// A text that no other write has: good for the id of what has none yet.
    pub fn key(&self) -> &str {
        self.key
    }

    /// Changes what a query shows, if it shows something.
    pub fn update<P: Serialize, O: Serialize + DeserializeOwned>(
        &mut self,
        query: Query<P, O>,
        params: &P,
        change: impl FnOnce(&mut O),
    ) {
        self.change(query.path(params), change);
    }

    /// Changes what a query shows for each of the parameters that are shown, such as all pages of
    /// a list.
    pub fn update_all<P: DeserializeOwned, O: Serialize + DeserializeOwned>(
        &mut self,
        query: Query<P, O>,
        change: impl Fn(&P, &mut O),
    ) {
        for path in self.known.keys() {
            if let Some(params) = query.params(path) {
                self.change(path.clone(), |answer| change(&params, answer));
            }
        }
    }

    fn change<O: Serialize + DeserializeOwned>(
        &mut self,
        path: String,
        change: impl FnOnce(&mut O),
    ) {
        let shown = self.changed.get(&path).or_else(|| self.known.get(&path));
        let answer = shown.and_then(|body| serde_json::from_str(body).ok());
        let Some(mut answer) = answer else { return };
        change(&mut answer);
        if let Ok(body) = serde_json::to_string(&answer) {
            self.changed.insert(path, body.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Page {
        after: Option<u32>,
    }

    const LIST: Query<Page, Vec<u32>> = Query::get("/list");
    const COUNT: Query<(), u32> = Query::get("/count");

    #[test]
    fn a_write_changes_what_is_shown_after_the_one_before() {
        let known: Bodies = [
            ("/list", "[1]"),
            ("/list?after=1", "[2]"),
            ("/other", "\"text\""),
        ]
        .map(|(path, body)| (path.to_owned(), body.into()))
        .into();
        let mut changed = Bodies::new();
        for number in [8, 9] {
            let mut views = Views::new("key", &known, &mut changed);
            views.update(LIST, &Page { after: None }, |list| list.push(number));
            views.update_all(LIST, |page, list| list.extend(page.after));
            // Nobody looks at it.
            views.update(COUNT, &(), |count| *count += 1);
        }
        let changed: Vec<_> = changed
            .iter()
            .map(|(path, body)| (path.as_str(), &**body))
            .collect();
        assert_eq!(
            changed,
            [("/list", "[1,8,9]"), ("/list?after=1", "[2,1,1]")]
        );
    }
}
