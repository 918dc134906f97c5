//! Entries become occurrences in a window: rules are walked, dates added and taken away, overrides put in place.
//! Never drops an event silently: what it leaves out, it says.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::event::{Entry, Extra, Length, Lined, Point};
use super::problem::Problems;
use super::recurrence::Budget;
use super::stamp::{self, Stamp};
use super::{Occurrence, Problem, RecurrenceId, When};
use crate::window::Window;
use crate::zone::Zone;

/// How many instances one search may look at, over all events.
const INSTANCES: usize = 1_000_000;

/// More than any two zones differ: a search in wall time reaches this much farther than its instants.
const SLACK: i64 = 2 * 86_400;

/// All VEVENTs with one UID.
#[derive(Clone, Debug)]
pub(super) struct Series {
    /// Those without RECURRENCE-ID.
    masters: Vec<Entry>,
    /// Those with one, the later in force last.
    overrides: Vec<Entry>,
}

/// Sorts entries into series, in order of first appearance.
pub(super) fn series(entries: Vec<Entry>, problems: &mut Problems) -> Vec<Series> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<Series> = Vec::new();
    for entry in entries {
        let place = *places.entry(entry.event.uid.clone()).or_insert(all.len());
        if place == all.len() {
            all.push(Series { masters: Vec::new(), overrides: Vec::new() });
        }
        if let Some(series) = all.get_mut(place) {
            if entry.original.is_some() { series.overrides.push(entry) } else { series.masters.push(entry) }
        }
    }
    for series in &mut all {
        series.settle(problems);
    }
    all
}

impl Series {
    /// Puts an older version of the same event aside, and marks a master with overrides as recurring.
    fn settle(&mut self, problems: &mut Problems) {
        // A stable sort: of equal sequences the later in the file stays last and wins.
        self.overrides.sort_by_key(|entry| entry.sequence);
        if self.masters.len() > 1 {
            let masters = std::mem::take(&mut self.masters);
            let versions: Vec<(i64, String, Stamp)> =
                masters.iter().map(|entry| (entry.sequence, entry.event.summary.clone(), entry.start.stamp)).collect();
            // Some leave systems give one UID to different absences: only what has a title or a start in common is a version.
            let outdated = |entry: &Entry| {
                versions.iter().any(|(sequence, summary, start)| {
                    *sequence > entry.sequence && (*summary == entry.event.summary || *start == entry.start.stamp)
                })
            };
            for entry in masters {
                let told = if outdated(&entry) {
                    Some("an older version of an event that stands here too, passed over")
                } else if self.masters.iter().any(|kept| same(kept, &entry)) {
                    Some("the same event twice, passed over")
                } else {
                    let shared = (!self.masters.is_empty()).then_some("another event has the same UID, both are kept");
                    self.masters.push(entry.clone());
                    shared
                };
                problems.extend(told.map(|problem| about(&entry, entry.line, problem)));
            }
        }
        if !self.overrides.is_empty() {
            for master in self.masters.iter_mut().filter(|master| !master.event.recurs) {
                Arc::make_mut(&mut master.event).recurs = true;
            }
        }
    }
}

/// Whether two entries of one UID say the same at the same time.
fn same(one: &Entry, other: &Entry) -> bool {
    one.event == other.event && one.start.stamp == other.start.stamp && one.rules.len() == other.rules.len()
}

/// A problem of `entry`.
fn about(entry: &Entry, line: usize, problem: &str) -> Problem {
    let (component, uid) = (Some("VEVENT".to_owned()), Some(entry.event.uid.clone()));
    Problem { line: Some(line), component, uid, problem: problem.to_owned() }
}

/// The occurrences of `all` that overlap `span`.
pub(super) fn find(all: &[Series], span: Window, zone: &Zone, problems: &mut Problems) -> Vec<Occurrence> {
    let mut search = Search { span, zone, budget: Budget(INSTANCES), found: Vec::new(), problems };
    for series in all {
        search.series(series);
    }
    search.found.sort_by(|(one, a), (other, b)| {
        one.cmp(other).then_with(|| a.event.uid.cmp(&b.event.uid)).then_with(|| a.recurrence_id.cmp(&b.recurrence_id))
    });
    search.found.into_iter().map(|(_, occurrence)| occurrence).collect()
}

/// One search under way.
struct Search<'a> {
    /// Where to look.
    span: Window,
    /// Where floating times and dates belong.
    zone: &'a Zone,
    /// How much may still be looked at.
    budget: Budget,
    /// What was found, with its start.
    found: Vec<(Timestamp, Occurrence)>,
    /// What could not be followed.
    problems: &'a mut Problems,
}

/// A THISANDFUTURE override as it moves later instances.
struct Onward<'a> {
    /// From which original start on.
    from: RecurrenceId,
    /// The override.
    entry: &'a Entry,
    /// How far its wall time lies from the original one, in seconds.
    shift: i64,
}

impl Search<'_> {
    /// Looks through one series.
    fn series(&mut self, series: &Series) {
        let ids: Vec<RecurrenceId> = series.overrides.iter().filter_map(|entry| self.id_of(entry, series.masters.first())).collect();
        let replaced: HashSet<&RecurrenceId> = ids.iter().collect();
        let mut onward: Vec<Onward<'_>> = series.overrides.iter().filter_map(|entry| self.onward(entry)).collect();
        onward.sort_by(|one, other| one.from.cmp(&other.from));
        for master in &series.masters {
            self.master(master, &replaced, &onward);
        }
        let mut last: HashMap<&RecurrenceId, &Entry> = HashMap::new();
        for (id, entry) in ids.iter().zip(&series.overrides) {
            last.insert(id, entry);
        }
        for (id, entry) in last {
            // EXDATE wins over an override of the same instance, as calendar programs have it.
            if series.masters.iter().any(|master| self.is_gone(master, id)) {
                continue;
            }
            let start = self.start(&entry.start);
            // An override that says no start of its own (a bare cancellation) lasts as long as its master.
            let bare = matches!(entry.length, Length::Unsaid) && entry.event.summary.is_empty();
            let lengthy = series.masters.first().filter(|_| bare).unwrap_or(entry);
            let when = self.when(&lengthy.start, &start, &lengthy.length);
            self.take(entry, Some(id.clone()), when);
        }
    }

    /// Looks through one event, leaving out what overrides replace.
    fn master(&mut self, master: &Entry, replaced: &HashSet<&RecurrenceId>, onward: &[Onward<'_>]) {
        if master.rules.is_empty() && master.extra.is_empty() && replaced.is_empty() && master.gone.is_empty() {
            let start = self.start(&master.start);
            let when = self.when(&master.start, &start, &master.length);
            let id = master.event.recurs.then_some(start);
            self.take(master, id, when);
            return;
        }
        for (start, own) in self.instances(master, onward) {
            if replaced.contains(&start) || replaced.contains(&RecurrenceId::Date(self.local_date(master, &start))) {
                continue;
            }
            let moved = onward.iter().rev().find(|range| self.reaches(range, master, &start));
            let (entry, placed) = moved.map_or((master, start.clone()), |range| (range.entry, self.shifted(range, &start)));
            // A period has an end of its own, unless an override moved it.
            let period = own.filter(|extra| moved.is_none() && !matches!(extra.length, Length::Unsaid));
            let (base, length) = period.map_or((&entry.start, &entry.length), |extra| (&extra.start, &extra.length));
            let when = self.when(base, &placed, length);
            self.take(entry, master.event.recurs.then_some(start), when);
        }
    }

    /// Keeps an occurrence if it overlaps the span.
    fn take(&mut self, entry: &Entry, recurrence_id: Option<RecurrenceId>, when: When) {
        let (start, end) = when.placed(self.zone);
        if (start < self.span.end() && end > self.span.start()) || (start == end && self.span.contains(start)) {
            self.found.push((start, Occurrence { event: Arc::clone(&entry.event), recurrence_id, when }));
        }
    }

    /// A start as an instant or a date.
    fn start(&self, point: &Point) -> RecurrenceId {
        match point.stamp {
            Stamp::Date(date) => RecurrenceId::Date(date),
            Stamp::Wall(wall) => RecurrenceId::Instant(point.place.instant(wall, self.zone)),
            Stamp::Instant(instant, _) => RecurrenceId::Instant(instant),
        }
    }

    /// The original start that an override of `master` stands for.
    fn id_of(&self, entry: &Entry, master: Option<&Entry>) -> Option<RecurrenceId> {
        let original = &entry.original.as_ref()?.start;
        Some(master.map_or_else(|| self.start(original), |master| self.aligned(master, original)))
    }

    /// Whether EXDATE takes away the instance `id` of `master`.
    fn is_gone(&self, master: &Entry, id: &RecurrenceId) -> bool {
        let date = RecurrenceId::Date(self.local_date(master, id));
        master.gone.iter().map(|point| self.aligned(master, point)).any(|gone| gone == *id || gone == date)
    }

    /// The local date of an instance of `entry`.
    fn local_date(&self, entry: &Entry, start: &RecurrenceId) -> Date {
        match start {
            RecurrenceId::Date(date) => *date,
            RecurrenceId::Instant(instant) => entry.start.place.wall(*instant, self.zone).date(),
        }
    }

    /// The wall time of an instant or a date, read where `point` is.
    fn wall(&self, point: &Point, start: &RecurrenceId) -> DateTime {
        match start {
            RecurrenceId::Date(date) => date.at(0, 0, 0, 0),
            RecurrenceId::Instant(instant) => point.place.wall(*instant, self.zone),
        }
    }

    /// How a THISANDFUTURE override moves what comes after it.
    fn onward<'e>(&self, entry: &'e Entry) -> Option<Onward<'e>> {
        let original = entry.original.as_ref().filter(|original| original.onward)?;
        let from = self.start(&original.start);
        let before = if original.start.is_date() { entry.start.stamp.date().at(0, 0, 0, 0) } else { entry.start.wall() };
        let shift = stamp::seconds(before) - stamp::seconds(self.wall(&entry.start, &from));
        Some(Onward { from, entry, shift })
    }

    /// Whether `range` moves the instance of `master` that starts at `start`.
    fn reaches(&self, range: &Onward<'_>, master: &Entry, start: &RecurrenceId) -> bool {
        match (&range.from, start) {
            (RecurrenceId::Instant(from), RecurrenceId::Instant(at)) => at >= from,
            (RecurrenceId::Date(from), _) => self.local_date(master, start) >= *from,
            (RecurrenceId::Instant(from), RecurrenceId::Date(date)) => self.zone.event(date.at(23, 59, 59, 0)) >= *from,
        }
    }

    /// The new start of an instance that `range` moves.
    fn shifted(&self, range: &Onward<'_>, start: &RecurrenceId) -> RecurrenceId {
        let point = &range.entry.start;
        let wall = self.wall(point, start);
        let wall = stamp::wall(stamp::seconds(wall) + range.shift).unwrap_or(wall);
        if point.is_date() { RecurrenceId::Date(wall.date()) } else { RecurrenceId::Instant(point.place.instant(wall, self.zone)) }
    }

    /// When an instance that starts at `start` takes place, if one that starts at `base` has this `length`.
    fn when(&self, base: &Point, start: &RecurrenceId, length: &Length) -> When {
        match start {
            RecurrenceId::Date(first) => {
                let days = match length {
                    Length::Unsaid => 1,
                    Length::Until(end) => end.stamp.date().since(base.stamp.date()).map_or(1, |span| span.get_days()),
                    Length::For(span) => span.dates(),
                };
                When::AllDay { first: *first, until: first.saturating_add(days.max(1).days()) }
            }
            RecurrenceId::Instant(start) => When::Timed { start: *start, end: self.end(base, *start, length).max(*start) },
        }
    }

    /// The end of an instance that starts at `start`: DTEND means an exact duration, DURATION nominal days and exact time.
    fn end(&self, base: &Point, start: Timestamp, length: &Length) -> Timestamp {
        match length {
            Length::Unsaid => start,
            Length::Until(end) => {
                let (from, to) = (self.instant(base), self.instant(end));
                start.saturating_add(to.duration_since(from)).unwrap_or(Timestamp::MAX)
            }
            Length::For(span) if span.days == 0 => start.saturating_add(span.exact).unwrap_or(Timestamp::MAX),
            Length::For(span) => {
                let wall = stamp::days_later(base.place.wall(start, self.zone), span.days);
                base.place.instant(wall, self.zone).saturating_add(span.exact).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// A point as an instant; a date is its midnight.
    fn instant(&self, point: &Point) -> Timestamp {
        match point.stamp {
            Stamp::Instant(instant, _) => instant,
            Stamp::Date(_) | Stamp::Wall(_) => point.place.instant(point.wall(), self.zone),
        }
    }

    /// The original starts of `master` near the span, in order, each once; an RDATE that is a period with itself.
    fn instances<'e>(&mut self, master: &'e Entry, onward: &[Onward<'_>]) -> Vec<(RecurrenceId, Option<&'e Extra>)> {
        let (from, to) = self.reach(master, onward);
        let mut found: Vec<(RecurrenceId, Option<&Extra>)> = vec![(self.start(&master.start), None)];
        for rule in &master.rules {
            found.extend(self.walk(master, rule, from, to).into_iter().map(|start| (start, None)));
        }
        for extra in &master.extra {
            found.push((self.aligned(master, &extra.start), Some(extra)));
        }
        let mut gone: HashSet<RecurrenceId> = HashSet::new();
        for point in &master.gone {
            gone.insert(self.start(point));
            gone.insert(self.aligned(master, point));
        }
        for rule in &master.except {
            gone.extend(self.walk(master, rule, from, to));
        }
        // A period comes before the same start without an end of its own.
        found.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| b.is_some().cmp(&a.is_some())));
        found.dedup_by(|(later, _), (earlier, _)| later == earlier);
        if !gone.is_empty() {
            found.retain(|(start, _)| !gone.contains(start) && !gone.contains(&RecurrenceId::Date(self.local_date(master, start))));
        }
        found
    }

    /// A point as the same kind of start that `master` has, where that loses nothing: a time on an all-day series is its date.
    fn aligned(&self, master: &Entry, point: &Point) -> RecurrenceId {
        if master.start.is_date() { RecurrenceId::Date(point.stamp.date()) } else { self.start(point) }
    }

    /// The starts that a rule gives between two wall times.
    fn walk(&mut self, master: &Entry, rule: &Lined, from: DateTime, to: DateTime) -> Vec<RecurrenceId> {
        let walls = rule.walls(from, to, &mut self.budget);
        if walls.cut {
            self.problems.push(about(master, rule.line, "a rule with too many instances, cut off"));
        }
        let start = |wall: DateTime| {
            if master.start.is_date() {
                RecurrenceId::Date(wall.date())
            } else {
                RecurrenceId::Instant(master.start.place.instant(wall, self.zone))
            }
        };
        // A limit in UTC is compared as an instant once more: in a gap the wall time alone may be too generous.
        let early = |start: &RecurrenceId| match (start, rule.until) {
            (RecurrenceId::Instant(at), Some(until)) => *at <= until,
            (RecurrenceId::Instant(_) | RecurrenceId::Date(_), _) => true,
        };
        walls.found.into_iter().map(start).filter(early).collect()
    }

    /// The stretch of wall time in which an original start can lead into the span.
    fn reach(&self, master: &Entry, onward: &[Onward<'_>]) -> (DateTime, DateTime) {
        let entries = std::iter::once(master).chain(onward.iter().map(|range| range.entry));
        let longest = entries.map(|entry| self.longest(entry)).max().unwrap_or(0);
        let back = onward.iter().map(|range| range.shift).max().unwrap_or(0).max(0);
        let ahead = onward.iter().map(|range| -range.shift).max().unwrap_or(0).max(0);
        let from = self.span.start().as_second().saturating_sub(longest + back + SLACK);
        let to = self.span.end().as_second().saturating_add(ahead + SLACK);
        (stamp::wall(from).unwrap_or(DateTime::MIN), stamp::wall(to).unwrap_or(DateTime::MAX))
    }

    /// How long an instance of `entry` lasts at most, in seconds.
    fn longest(&self, entry: &Entry) -> i64 {
        let (start, end) = self.when(&entry.start, &self.start(&entry.start), &entry.length).placed(self.zone);
        end.duration_since(start).max(SignedDuration::ZERO).as_secs() + SLACK
    }
}
