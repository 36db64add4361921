//! How long connections last, and how they show that they are alive.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep_until};

use crate::caller::Caller;

/// How often an idle connection says that it is alive.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);

/// Waits until the caller's token has ended, or counts no more.
pub(crate) async fn ended<C: Caller>(caller: &C) {
    tokio::select! {
        () = sleep_until(instant(caller.expires())) => {}
        () = caller.withdrawn() => {}
    }
}

/// The instant of this date; now, when it has passed.
pub(crate) fn instant(date: SystemTime) -> Instant {
    let left = date.duration_since(SystemTime::now()).unwrap_or_default();
    let now = Instant::now();
    // A date that no clock reaches is as good as far away.
    now.checked_add(left)
        .unwrap_or_else(|| now + Duration::from_hours(24 * 365))
}
