//! The one reading of the clock. Everything below the shell is handed an instant instead.

use jiff::Timestamp;

/// The present instant in whole milliseconds, the grain in which instants are stored.
#[expect(clippy::disallowed_methods, reason = "the single reading of the clock")]
pub fn now() -> Timestamp {
    let reading = Timestamp::now();
    Timestamp::from_millisecond(reading.as_millisecond()).unwrap_or(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_survives_being_stored_in_milliseconds() {
        let now = now();
        assert_eq!(now, Timestamp::from_millisecond(now.as_millisecond()).unwrap());
        assert!(now > "2020-01-01T00:00Z".parse().unwrap());
    }
}
