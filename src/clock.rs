//! The one reading of the clock. Everything below the shell is handed an instant instead.

use std::time::Duration;

use jiff::Timestamp;

/// The present instant in whole milliseconds, the grain in which instants are stored.
#[expect(clippy::disallowed_methods, reason = "the single reading of the clock")]
pub fn now() -> Timestamp {
    let reading = Timestamp::now();
    Timestamp::from_millisecond(reading.as_millisecond()).unwrap_or(reading)
}

/// How long this machine has been up, its sleep included. No time of day: it is for spans that no stop, no suspend and no
/// change of the clock makes shorter.
pub fn uptime() -> Duration {
    let reading = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(reading).unwrap_or_default()
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
