//! Dates as instants.

use std::time::SystemTime;

use tokio::time::Instant;

/// The instant of this date; now, when it has passed.
pub(crate) fn instant(date: SystemTime) -> Instant {
    let left = date.duration_since(SystemTime::now()).unwrap_or_default();
    let now = Instant::now();
    // A date that no clock reaches is as good as far away.
    now.checked_add(left)
        .unwrap_or_else(|| now + std::time::Duration::from_hours(24 * 365))
}
