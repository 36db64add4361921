//! A watched handler being run: what it reads is noted, and it reads from one snapshot.

use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

use crate::key::Key;

/// One run of a handler, in the task that runs it.
struct Run {
    snapshot: Arc<dyn Any + Send + Sync>,
    reads: RefCell<Vec<Key>>,
}

tokio::task_local! {
    static RUN: Run;
}

/// Notes that the handler reads these rows: it runs again when they change. Whoever reads the
/// database calls this first; a function that reads on behalf of handlers is the place.
///
/// Does nothing for a request that nobody watches.
pub fn reads(key: impl FnOnce() -> Key) {
    let _ = RUN.try_with(|run| {
        let key = key();
        let mut reads = run.reads.borrow_mut();
        if !reads.contains(&key) {
            reads.push(key);
        }
    });
}

/// The snapshot of the database to read from; none for a request that nobody watches.
pub fn snapshot<T: Send + Sync + 'static>() -> Option<Arc<T>> {
    let any = RUN.try_with(|run| run.snapshot.clone()).ok()?;
    any.downcast().ok()
}

/// Whether a live query is being run in this task.
pub(crate) fn is_running() -> bool {
    RUN.try_with(|_| ()).is_ok()
}

/// Runs a handler; answers what it read beside what it answered.
pub(crate) async fn run<T>(
    snapshot: Arc<dyn Any + Send + Sync>,
    handler: impl Future<Output = T>,
) -> (T, Vec<Key>) {
    let run = Run {
        snapshot,
        reads: RefCell::default(),
    };
    RUN.scope(run, async move {
        let answer = handler.await;
        (answer, RUN.with(|run| run.reads.take()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_handler_reads_is_noted_once_and_only_while_it_runs() {
        let note = || reads(|| Key::rows("notes", "owner", "ada"));
        note();
        let handler = async {
            note();
            note();
            reads(|| Key::table("tags"));
            snapshot::<u8>()
        };
        let (found, noted) = run(Arc::new(7_u8), handler).await;
        assert_eq!(found.as_deref(), Some(&7));
        let expected = [Key::rows("notes", "owner", "ada"), Key::table("tags")];
        assert_eq!(noted, expected);
        assert!(snapshot::<u8>().is_none());
    }
}
