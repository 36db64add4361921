//! Where changes are learnt of: the database.

use crate::key::Key;

/// A database that tells what has changed between two of its snapshots.
pub trait Source: Send + Sync + 'static {
    /// What a handler reads from: [`crate::snapshot`] finds it.
    type Snapshot: Send + Sync + 'static;
    /// A point in the order of commits.
    type Position: Clone + Send + Sync + 'static;
    /// Why there is no snapshot.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Begins a snapshot, and tells what was committed between it and an earlier position: no
    /// more, and nothing less. Without one, [`Changes::Unknown`].
    fn begin(
        &self,
        since: Option<&Self::Position>,
    ) -> impl Future<Output = Result<Begun<Self>, Self::Error>> + Send;

    /// Whether a snapshot can be read from after a handler failed, of the same moment as before. If
    /// not, the round is begun anew: a source that can should mend what a failed statement spoils,
    /// or whoever watches what always fails holds up all others.
    fn is_sound(&self, snapshot: &Self::Snapshot) -> impl Future<Output = bool> + Send;

    /// Ends a snapshot that nobody reads from any more.
    fn end(&self, snapshot: Self::Snapshot) -> impl Future<Output = ()> + Send;
}

/// A snapshot that has begun.
#[derive(Debug)]
pub struct Begun<S: Source + ?Sized> {
    /// To read from
    pub snapshot: S::Snapshot,
    /// Its place in the order of commits
    pub position: S::Position,
    /// What has changed since the earlier position
    pub changes: Changes,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Nobody knows: perhaps everything.
    Unknown,
    /// These rows.
    Of(Vec<Key>),
}
