//! VTIMEZONE: the rules of a zone that a file brings along (RFC 5545 §3.6.5), as a list of changes made once.
//! Used only where no zone of the database has that name.

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::Offset;

use super::Problem;
use super::component::Component;
use super::recurrence::{Budget, Rule};
use super::stamp::{self, Stamp};

/// The years for which changes are worked out.
const YEARS: (DateTime, DateTime) = (date(1900, 1, 1).at(0, 0, 0, 0), date(2200, 1, 1).at(0, 0, 0, 0));

/// One change of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    /// The instant.
    at: Timestamp,
    /// The wall time from which on the new offset is the one meant: the later of both clocks' readings, so that a
    /// repeated time is its first instance and a time inside the gap is read with the offset before (§3.3.5).
    from: DateTime,
    /// The new offset.
    offset: Offset,
}

/// A zone as its changes.
#[derive(Clone, Debug)]
pub(super) struct Observances {
    /// The offset before the first change.
    first: Offset,
    /// The changes in order.
    changes: Vec<Change>,
}

impl Observances {
    /// A zone that never changes.
    pub(super) fn fixed(offset: Offset) -> Self {
        Self { first: offset, changes: Vec::new() }
    }

    /// Reads a VTIMEZONE; none when it defines nothing that can be used.
    pub(super) fn read(zone: &Component, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut onsets: Vec<(Timestamp, Offset, Offset)> = Vec::new();
        for observance in zone.inner.iter().filter(|inner| matches!(inner.name.as_str(), "STANDARD" | "DAYLIGHT")) {
            match onsets_of(observance) {
                Some(found) => onsets.extend(found),
                None => problems.push(observance.problem(observance.line, "a time zone rule that cannot be read, passed over")),
            }
        }
        onsets.sort_unstable_by_key(|(at, before, after)| (*at, before.seconds(), after.seconds()));
        onsets.dedup();
        let mut last = onsets.first().map(|(_, before, _)| *before)?;
        let mut observances = Self::fixed(last);
        for (at, _, offset) in onsets {
            let from = last.to_datetime(at).max(offset.to_datetime(at));
            observances.changes.push(Change { at, from, offset });
            last = offset;
        }
        Some(observances)
    }

    /// The instant that an event means by `wall`.
    pub(super) fn instant(&self, wall: DateTime) -> Timestamp {
        let passed = self.changes.partition_point(|change| change.from <= wall);
        let edge = if wall.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        self.after(passed).to_timestamp(wall).unwrap_or(edge)
    }

    /// What the wall clock shows at `instant`.
    pub(super) fn wall(&self, instant: Timestamp) -> DateTime {
        let passed = self.changes.partition_point(|change| change.at <= instant);
        self.after(passed).to_datetime(instant)
    }

    /// The offset after `passed` changes.
    fn after(&self, passed: usize) -> Offset {
        passed.checked_sub(1).and_then(|last| self.changes.get(last)).map_or(self.first, |change| change.offset)
    }
}

/// The instants at which STANDARD or DAYLIGHT begins, with the offsets before and after.
fn onsets_of(observance: &Component) -> Option<Vec<(Timestamp, Offset, Offset)>> {
    let before = stamp::offset(observance.value("TZOFFSETFROM")?)?;
    let after = stamp::offset(observance.value("TZOFFSETTO")?)?;
    let start = match stamp::stamp(observance.value("DTSTART")?)? {
        Stamp::Date(date) => date.at(0, 0, 0, 0),
        Stamp::Wall(wall) | Stamp::Instant(_, wall) => wall,
    };
    // UNTIL is in UTC, the rule in local time with the offset before the change.
    let until = |stamp: Stamp| match stamp {
        Stamp::Date(date) => date.at(23, 59, 59, 0),
        Stamp::Wall(wall) => wall,
        Stamp::Instant(instant, _) => before.to_datetime(instant),
    };
    let mut walls = vec![start];
    for property in observance.all("RRULE").filter(|property| !property.value.trim().is_empty()) {
        // A rule that ended before it began leaves the start alone.
        if let Ok(written) = Rule::read(&property.value, start, false, until) {
            walls.extend(written.rule.walls(YEARS.0, YEARS.1, &mut Budget(10_000)).found);
        }
    }
    for property in observance.all("RDATE") {
        walls.extend(property.value.split(',').filter_map(stamp::stamp).map(until));
    }
    Some(walls.into_iter().filter_map(|wall| before.to_timestamp(wall).ok()).map(|at| (at, before, after)).collect())
}
