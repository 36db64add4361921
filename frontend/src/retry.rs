//! How long to wait before trying again. Pure but for the random number and the clock.

use gloo_timers::future::TimeoutFuture;

/// The first pause and the longest, in milliseconds.
const FIRST: u32 = 500;
const LONGEST: u32 = 8_000;

/// The pause before try number `tries` (from 0), in milliseconds: twice as long each time up to
/// a bound, and jittered by `random` (0 to 1), so that pages do not come back all at once.
fn pause(tries: u32, random: f64) -> u32 {
    let full = FIRST.saturating_mul(1 << tries.min(10)).min(LONGEST);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let jitter = (f64::from(full / 2) * random.clamp(0.0, 1.0)) as u32;
    full / 2 + jitter
}

/// Waits before try number `tries` (from 0).
pub async fn wait(tries: u32) {
    TimeoutFuture::new(pause(tries, js_sys::Math::random())).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_are_jittered() {
        assert_eq!((pause(0, 0.0), pause(0, 1.0)), (250, 500));
        assert_eq!((pause(1, 0.0), pause(1, 1.0)), (500, 1_000));
        assert_eq!((pause(99, 0.0), pause(99, 1.0)), (4_000, 8_000));
    }
}
