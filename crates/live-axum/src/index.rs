//! Which queries read which rows.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::key::Key;

/// A query, by number.
pub(crate) type QueryId = u64;

/// All that queries have read.
#[derive(Debug, Default)]
pub(crate) struct Index(HashMap<Cow<'static, str>, Table>);

#[derive(Debug, Default)]
struct Table {
    /// Those that read all of it
    whole: HashSet<QueryId>,
    /// Those that read the rows with a value in a column
    rows: HashMap<(Cow<'static, str>, String), HashSet<QueryId>>,
}

impl Index {
    /// The query read these rows.
    pub fn insert(&mut self, key: &Key, query: QueryId) {
        let table = self.0.entry(key.table.clone()).or_default();
        match &key.of {
            None => table.whole.insert(query),
            Some(of) => table.rows.entry(of.clone()).or_default().insert(query),
        };
    }

    /// The query reads these rows no longer.
    pub fn remove(&mut self, key: &Key, query: QueryId) {
        let Some(table) = self.0.get_mut(&key.table) else {
            return;
        };
        match &key.of {
            None => {
                table.whole.remove(&query);
            }
            Some(of) => {
                if let Some(queries) = table.rows.get_mut(of) {
                    queries.remove(&query);
                    if queries.is_empty() {
                        table.rows.remove(of);
                    }
                }
            }
        }
        if table.whole.is_empty() && table.rows.is_empty() {
            self.0.remove(&key.table);
        }
    }

    /// The queries that a change of these rows concerns.
    pub fn touched(&self, key: &Key) -> impl Iterator<Item = QueryId> {
        let table = self.0.get(&key.table);
        let whole = table.into_iter().flat_map(|table| &table.whole);
        let rows = table.into_iter().flat_map(|table| match &key.of {
            Some(of) => table.rows.get(of).into_iter().collect::<Vec<_>>(),
            None => table.rows.values().collect(),
        });
        whole.chain(rows.flatten()).copied()
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_concerns_who_read_the_row_or_the_whole_table() {
        let mut index = Index::default();
        let (ada, bob) = (
            Key::rows("notes", "owner", "ada"),
            Key::rows("notes", "owner", "bob"),
        );
        let by_id = Key::rows("notes", "id", "ada");
        let all = Key::table("notes");
        let tags = Key::table("tags");
        let read = [(&ada, 1), (&bob, 2), (&by_id, 3), (&all, 4), (&tags, 5)];
        for (key, query) in read {
            index.insert(key, query);
        }
        let touched = |index: &Index, key: &Key| -> Vec<QueryId> {
            let mut queries: Vec<_> = index.touched(key).collect();
            queries.sort_unstable();
            queries
        };
        assert_eq!(touched(&index, &ada), [1, 4]);
        assert_eq!(
            touched(&index, &all),
            [1, 2, 3, 4],
            "any row may have changed"
        );
        assert_eq!(touched(&index, &Key::rows("notes", "owner", "cay")), [4]);
        assert_eq!(touched(&index, &Key::table("users")), Vec::<QueryId>::new());
        for (key, query) in read {
            index.remove(key, query);
        }
        assert!(index.is_empty(), "nothing stays behind");
    }
}
