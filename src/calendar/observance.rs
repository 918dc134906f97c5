//! VTIMEZONE: the rules of a zone that a file brings along (RFC 5545 §3.6.5), as a list of changes made once.
//! Owns the list and what it says of any time; whether it or the tz database is asked is decided in `zones`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::Offset;

use super::Problem;
use super::component::{Component, Property};
use super::recurrence::{Budget, Rule};
use super::stamp::{self, Stamp};
use crate::window::Window;
use crate::zone::Zone;

/// No clock was changed for daylight saving before this date: rules that claim so (1601, mostly) were begun early
/// for convenience.
const FIRST_SAVING: Date = date(1900, 1, 1);

/// From when on rules of before `FIRST_SAVING` are worked out: a year before the epoch, so that 1970 begins right.
const EPOCH: DateTime = date(1969, 1, 1).at(0, 0, 0, 0);

/// Until when rules are worked out; from then on the last change stays.
const HORIZON: DateTime = date(2101, 1, 1).at(0, 0, 0, 0);

/// How many changes are worked out for one zone: its rules have two a year, its lists a few hundred.
const CHANGES: usize = 5_000;

/// How many rules are read of one zone: a full history with a rule for every change has some two hundred.
const RULES: usize = 1_000;

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
    /// From when to when the file states the offset, by a rule without end or between the first and the last change.
    stated: Option<Window>,
}

impl Observances {
    /// A zone that never changes.
    pub(super) fn fixed(offset: Offset) -> Self {
        Self { first: offset, changes: Vec::new(), stated: None }
    }

    /// Reads a VTIMEZONE; none when it defines nothing that can be used.
    pub(super) fn read(zone: &Component, problems: &mut Vec<Problem>) -> Option<Self> {
        let mut reader = Reader { zone, onsets: Vec::new(), left: CHANGES, endless: false, problems };
        reader.observances();
        let Reader { mut onsets, endless, .. } = reader;
        // Where two begin at one instant, standard time has the last word.
        onsets.sort_unstable_by_key(|onset| (onset.at, !onset.daylight, onset.before.seconds(), onset.after.seconds()));
        let (earliest, latest) = (onsets.first()?, onsets.last()?);
        let mut observances = Self::fixed(earliest.before);
        observances.stated = Window::new(earliest.at, if endless { Timestamp::MAX } else { latest.at });
        let mut upcoming = onsets.iter().peekable();
        let mut last = earliest.before;
        while let Some(onset) = upcoming.next() {
            if onset.after == last || upcoming.peek().is_some_and(|next| next.at == onset.at) {
                continue;
            }
            let from = last.to_datetime(onset.at).max(onset.after.to_datetime(onset.at));
            observances.changes.push(Change { at: onset.at, from, offset: onset.after });
            last = onset.after;
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
        self.offset(instant).to_datetime(instant)
    }

    /// The first instant of `span` at which the file states another offset than the tz database has for `zone`.
    pub(super) fn departs(&self, zone: &Zone, span: Window) -> Option<Timestamp> {
        let stated = self.stated?;
        let both = Window::new(stated.start().max(span.start()), stated.end().min(span.end()))?;
        let own = self.changes.iter().map(|change| change.at).filter(|at| both.contains(*at));
        let theirs = zone.rules().following(both.start()).map(|change| change.timestamp()).take_while(|at| both.contains(*at));
        let differs = |at: &Timestamp| self.offset(*at) != zone.offset(*at);
        std::iter::once(both.start()).chain(own).chain(theirs.take(CHANGES)).filter(differs).min()
    }

    /// The offset in force at `instant`.
    fn offset(&self, instant: Timestamp) -> Offset {
        self.after(self.changes.partition_point(|change| change.at <= instant))
    }

    /// The offset after `passed` changes.
    fn after(&self, passed: usize) -> Offset {
        passed.checked_sub(1).and_then(|last| self.changes.get(last)).map_or(self.first, |change| change.offset)
    }
}

/// An instant at which STANDARD or DAYLIGHT begins.
#[derive(Clone, Copy, Debug)]
struct Onset {
    /// The instant.
    at: Timestamp,
    /// Whether it is DAYLIGHT.
    daylight: bool,
    /// TZOFFSETFROM.
    before: Offset,
    /// TZOFFSETTO.
    after: Offset,
}

/// Collects the onsets of one VTIMEZONE.
struct Reader<'a> {
    /// The VTIMEZONE.
    zone: &'a Component,
    /// What was found.
    onsets: Vec<Onset>,
    /// How many more may be found.
    left: usize,
    /// Whether a rule goes on for ever.
    endless: bool,
    /// What is odd.
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    /// Reads STANDARDs and DAYLIGHTs, until there are too many.
    fn observances(&mut self) {
        let zone = self.zone;
        let standards = zone.inner.iter().any(|inner| inner.name == "STANDARD");
        let known = zone.inner.iter().filter(|inner| matches!(inner.name.as_str(), "STANDARD" | "DAYLIGHT"));
        for (read, observance) in known.enumerate() {
            if read == RULES || self.left == 0 {
                self.report(zone, zone.line, "has more rules than any zone, the rest is passed over");
                break;
            }
            if self.observance(observance, standards).is_none() {
                self.report(observance, observance.line, "has a rule without DTSTART or TZOFFSETTO that can be read, passed over");
            }
        }
    }

    /// Reads one observance; none when it lacks what nothing can replace.
    fn observance(&mut self, observance: &Component, standards: bool) -> Option<()> {
        let after = stamp::offset(observance.value("TZOFFSETTO")?)?;
        let start = stamp::stamp(observance.value("DTSTART")?)?;
        let before = observance.value("TZOFFSETFROM").and_then(stamp::offset).unwrap_or_else(|| {
            let before = self.opposite(observance).unwrap_or(after);
            self.report(observance, observance.line, &format!("has a rule without TZOFFSETFROM, taken as {before}"));
            before
        });
        // DTSTART is local time (§3.6.5); some write it in UTC all the same.
        let start = local(start, before).unwrap_or_else(|| start.date().at(0, 0, 0, 0));
        let daylight = observance.name == "DAYLIGHT";
        let mut walls = Vec::new();
        if !(daylight && standards && start.date() < FIRST_SAVING) {
            walls.push(start);
        }
        for property in observance.all("RRULE").filter(|property| !property.value.trim().is_empty()) {
            walls.extend(self.rule(observance, property, start, before));
        }
        for property in observance.all("RDATE") {
            for value in property.value.split([',', ';']).map(str::trim).filter(|value| !value.is_empty()) {
                let (from, _) = value.split_once('/').unwrap_or((value, ""));
                match stamp::stamp(from) {
                    // A date means the time of DTSTART on that day.
                    Some(date) => walls.push(local(date, before).unwrap_or_else(|| date.date().to_datetime(start.time()))),
                    None => self.report(observance, property.line, &format!("has the RDATE `{value}`, passed over")),
                }
            }
        }
        walls.truncate(self.left);
        self.left -= walls.len();
        let onsets = walls.into_iter().filter_map(|wall| before.to_timestamp(wall).ok());
        self.onsets.extend(onsets.map(|at| Onset { at, daylight, before, after }));
        Some(())
    }

    /// The wall times at which `property`, an RRULE, sets the clock, apart from DTSTART.
    fn rule(&mut self, observance: &Component, property: &Property, start: DateTime, before: Offset) -> Vec<DateTime> {
        // UNTIL is in UTC, the rule in local time with the offset before the change; a date means all of that day.
        let ends = std::cell::Cell::new(false);
        let until = |stamp: Stamp| {
            ends.set(true);
            local(stamp, before).unwrap_or_else(|| stamp.date().at(23, 59, 59, 0))
        };
        let written = match Rule::read(&property.value, start, false, until) {
            Ok(written) => written,
            Err(why) => {
                self.report(observance, property.line, &format!("has the rule `{}`, of which only DTSTART counts: {why}", property.value));
                return Vec::new();
            }
        };
        let from = if start.date() < FIRST_SAVING { EPOCH } else { start };
        let walls = written.rule.walls(from, HORIZON, &mut Budget(self.left));
        if walls.cut {
            let problem = format!("has the rule `{}`, which sets the clock too often: only DTSTART counts", property.value);
            self.report(observance, property.line, &problem);
            return Vec::new();
        }
        self.endless |= !ends.get() && !property.value.to_ascii_uppercase().contains("COUNT=");
        walls.found
    }

    /// TZOFFSETTO of the other kind of observance.
    fn opposite(&self, observance: &Component) -> Option<Offset> {
        let others = self.zone.inner.iter().filter(|inner| matches!(inner.name.as_str(), "STANDARD" | "DAYLIGHT"));
        others.filter(|inner| inner.name != observance.name).find_map(|inner| stamp::offset(inner.value("TZOFFSETTO")?))
    }

    /// Notes a problem with the zone, standing in `component`.
    fn report(&mut self, component: &Component, line: usize, problem: &str) {
        let name = self.zone.value("TZID").unwrap_or_default();
        self.problems.push(component.problem(line, format!("time zone `{name}` {problem}")));
    }
}

/// What the clock showed before the change, `before` being its offset; none for a date.
fn local(stamp: Stamp, before: Offset) -> Option<DateTime> {
    match stamp {
        Stamp::Date(_) => None,
        Stamp::Wall(wall) => Some(wall),
        Stamp::Instant(instant, _) => Some(before.to_datetime(instant)),
    }
}
