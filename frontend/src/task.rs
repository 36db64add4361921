//! Futures that end with their components.

use futures_util::future::{AbortHandle, abortable};
use wasm_bindgen_futures::spawn_local;

/// A future that runs in the background until this handle is dropped. An effect that answers
/// its task as destructor leaves nothing running when the component goes.
#[derive(Debug)]
#[must_use = "dropping the handle stops the task"]
pub struct Task(AbortHandle);

impl Task {
    /// Starts the future.
    pub fn spawn(future: impl Future<Output = ()> + 'static) -> Self {
        let (future, handle) = abortable(future);
        spawn_local(async {
            let _ = future.await;
        });
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
