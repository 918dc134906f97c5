//! When a cron expression comes due: five fields read in a time zone, daylight saving included.
//! Pure: the daemon's scheduler only says "look now"; what is due is decided here from instants.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime as ChronoDateTime, NaiveDate, Timelike, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::zone::Zone;

/// A cron expression that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no cron expression of five fields (minute hour day month weekday): {reason}")]
pub struct BadCron {
    /// What was written.
    pub text: String,
    /// What the parser says of it.
    pub reason: String,
}

/// A five-field cron expression, without a zone yet.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    text: String,
    /// As read.
    cron: Cron,
}

impl FromStr for Pattern {
    type Err = BadCron;

    fn from_str(text: &str) -> Result<Self, BadCron> {
        let bad = |reason: String| BadCron { text: text.to_owned(), reason };
        if text.split_whitespace().count() != 5 {
            return Err(bad("it does not have five fields".to_owned()));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
        let cron = parser.parse(text).map_err(|error| bad(error.to_string()))?;
        Ok(Self { text: text.to_owned(), cron })
    }
}

/// A cron expression in a zone. A time that falls into a DST gap comes due right after the gap, a repeated one at its
/// first pass, and never twice.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The expression.
    pattern: Pattern,
    /// Where its wall times are read.
    zone: Zone,
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.pattern.text == other.pattern.text && self.zone == other.zone
    }
}

impl Eq for Schedule {}

impl fmt::Display for Schedule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.pattern.text, self.zone)
    }
}

impl Schedule {
    /// The expression read in `zone`.
    pub fn new(pattern: Pattern, zone: Zone) -> Self {
        Self { pattern, zone }
    }

    /// The first instant after `instant` at which it is due; none for an expression that never comes (31 February).
    pub fn after(&self, instant: Timestamp) -> Option<Timestamp> {
        // The rule runs on wall time labelled UTC and each result is placed by our own zone rules. No wall time up to the
        // present one lies ahead, for a repeated one means its first pass; those that are shown again are passed over.
        let mut wall = chrono_wall(self.zone.local(instant))?;
        loop {
            wall = self.pattern.cron.find_next_occurrence(&wall, false).ok()?;
            let due = self.zone.first(jiff_wall(wall)?);
            if due > instant {
                return Some(due);
            }
        }
    }

    /// The first instant at or after `instant` at which it is due.
    pub fn from(&self, instant: Timestamp) -> Option<Timestamp> {
        self.after(instant.checked_sub(SignedDuration::from_nanos(1)).ok()?)
    }

    /// The last due instant in `(after, until]`: what a sleeper has missed is one thing, not many.
    pub fn latest(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        // Long sleeps are cut to the last 400 days: no schedule of ours is rarer than yearly.
        let floor = until.checked_sub(SignedDuration::from_hours(400 * 24)).unwrap_or(Timestamp::MIN);
        let mut due = self.after(after.max(floor)).filter(|due| *due <= until)?;
        let mut step = SignedDuration::from_hours(24 * 32);
        // Leap towards the end, then walk: a ten-minute pattern over a year must not be walked whole.
        while step > SignedDuration::from_mins(1) {
            let near = until.checked_sub(step).ok().filter(|near| *near > due).and_then(|near| self.after(near));
            due = near.filter(|near| *near <= until).unwrap_or(due);
            step /= 2;
        }
        while let Some(next) = self.after(due).filter(|next| *next <= until) {
            due = next;
        }
        Some(due)
    }
}

/// The same wall time as a chrono value labelled UTC, seconds cut off.
fn chrono_wall(wall: DateTime) -> Option<ChronoDateTime<Utc>> {
    let number = |value: i8| u32::try_from(value).ok();
    let date = NaiveDate::from_ymd_opt(i32::from(wall.year()), number(wall.month())?, number(wall.day())?)?;
    Some(date.and_hms_opt(number(wall.hour())?, number(wall.minute())?, 0)?.and_utc())
}

/// The same wall time as a jiff value.
fn jiff_wall(wall: ChronoDateTime<Utc>) -> Option<DateTime> {
    use chrono::Datelike;
    let number = |value: u32| i8::try_from(value).ok();
    let (year, month, day) = (i16::try_from(wall.year()).ok()?, number(wall.month())?, number(wall.day())?);
    DateTime::new(year, month, day, number(wall.hour())?, number(wall.minute())?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(text: &str, zone: &str) -> Schedule {
        Schedule::new(text.parse().unwrap(), zone.parse().unwrap())
    }

    /// The next `count` due instants after `from`.
    fn check(text: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let schedule = schedule(text, zone);
        let mut instant = from.parse().unwrap();
        let mut next = || {
            instant = schedule.after(instant).unwrap();
            instant.to_string()
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn a_weekly_letter_keeps_its_local_hour_over_daylight_saving() {
        let due = check("0 8 * * MON", "Europe/Berlin", "2027-03-20T00:00Z", 2);
        assert_eq!(due, ["2027-03-22T07:00:00Z", "2027-03-29T06:00:00Z"]);
    }

    #[test]
    fn a_time_in_the_gap_comes_right_after_it_and_a_repeated_one_once() {
        let gap = check("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00Z", 2);
        assert_eq!(gap, ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]);
        let fold = check("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2);
        assert_eq!(fold, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn a_pulse_of_ten_minutes_goes_on_through_the_repeated_hour() {
        let due = check("*/10 * * * *", "UTC", "2026-10-25T00:45Z", 3);
        assert_eq!(due, ["2026-10-25T00:50:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:10:00Z"]);
    }

    #[test]
    fn a_long_sleep_missed_one_letter_and_not_many() {
        let schedule = schedule("*/10 * * * *", "UTC");
        let latest = |after: &str, until: &str| schedule.latest(after.parse().unwrap(), until.parse().unwrap()).map(|due| due.to_string());
        assert_eq!(latest("2026-01-01T00:00Z", "2026-11-01T10:59:59Z").as_deref(), Some("2026-11-01T10:50:00Z"));
        assert_eq!(latest("2026-01-01T00:00Z", "2026-01-01T00:10Z").as_deref(), Some("2026-01-01T00:10:00Z"));
        assert_eq!(latest("2026-01-01T00:00Z", "2026-01-01T00:09:59Z"), None);
    }

    #[test]
    fn what_is_no_cron_expression_is_refused_by_name() {
        for text in ["", "* * * *", "0 0 8 * * MON", "61 * * * *", "0 8 * * MUN"] {
            assert!(text.parse::<Pattern>().unwrap_err().to_string().contains(&format!("`{text}`")));
        }
    }

    #[test]
    fn a_date_that_never_comes_is_never_due() {
        assert_eq!(schedule("0 0 31 2 *", "UTC").after("2026-01-01T00:00Z".parse().unwrap()), None);
    }
}
