//! What a query reads and a write touches.

use std::borrow::Cow;

/// Rows of a table: those with one value in one column, or all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The table
    pub table: Cow<'static, str>,
    /// The column and its value; none stands for all rows
    pub of: Option<(Cow<'static, str>, String)>,
}

impl Key {
    /// The rows of this table that have this value in this column.
    ///
    /// ```
    /// use live_axum::Key;
    ///
    /// let mine = Key::rows("notes", "owner", "user_ada");
    /// ```
    pub fn rows(
        table: impl Into<Cow<'static, str>>,
        column: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Self {
        Self {
            table: table.into(),
            of: Some((column.into(), value.into())),
        }
    }

    /// All rows of this table.
    pub fn table(table: impl Into<Cow<'static, str>>) -> Self {
        Self {
            table: table.into(),
            of: None,
        }
    }
}
