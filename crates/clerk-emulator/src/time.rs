//! Times as people and other systems write them.

use jiff::Timestamp;

/// The longest time that anybody may ask for, in milliseconds: what is added up stays far from
/// the end of numbers and of the calendar.
pub const CENTURY: i64 = 100 * 365 * 24 * 60 * 60 * 1000;

/// An RFC 3339 time in milliseconds since the Unix epoch.
pub fn parse(text: &str) -> Option<i64> {
    text.parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_zone() {
        assert_eq!(
            parse("2026-01-02T03:04:05.006+01:00"),
            Some(1_767_319_445_006)
        );
        assert_eq!(parse("yesterday"), None);
    }
}
