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
use super::zones::Place;
use super::{Event, Occurrence, Problem, RecurrenceId, When};
use crate::window::Window;
use crate::zone::Zone;

/// How much work a file of `size` bytes may cause, over all of its rules, in the budget's units: so much for each of its
/// bytes that ten thousand daily series are followed for years, and that a small file never takes a second.
pub(super) fn budget(size: usize) -> Budget {
    Budget(size.saturating_mul(4).saturating_add(300_000).min(10_000_000))
}

/// How many occurrences of one file are kept.
const OCCURRENCES: usize = 2_000_000;

/// 1900-01-01 in seconds since 1970.
const MODERN: i64 = -2_208_988_800;

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
        let overrides = entry.original.is_some();
        // Most have one entry, so a list that grows by guessing would be mostly empty.
        match all.get_mut(place) {
            Some(series) if overrides => series.overrides.push(entry),
            Some(series) => series.masters.push(entry),
            None if overrides => all.push(Series { masters: Vec::new(), overrides: vec![entry] }),
            None => all.push(Series { masters: vec![entry], overrides: Vec::new() }),
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
            self.masters = distinct(std::mem::take(&mut self.masters), problems);
        }
        if !self.overrides.is_empty() {
            for master in self.masters.iter_mut().filter(|master| !master.event.recurs) {
                Arc::make_mut(&mut master.event).recurs = true;
            }
        }
    }
}

/// Of events that share a UID, those that count. Some leave systems give one UID to different absences: only what has
/// a title or a start in common is a version of the same event, and of versions the highest SEQUENCE counts.
fn distinct(masters: Vec<Entry>, problems: &mut Problems) -> Vec<Entry> {
    let mut by_summary: HashMap<String, i64> = HashMap::new();
    let mut by_start: HashMap<Stamp, i64> = HashMap::new();
    for entry in &masters {
        let summary = by_summary.entry(entry.event.summary.clone()).or_insert(entry.sequence);
        *summary = entry.sequence.max(*summary);
        let start = by_start.entry(entry.start.stamp).or_insert(entry.sequence);
        *start = entry.sequence.max(*start);
    }
    let mut seen: HashSet<(Arc<Event>, u64)> = HashSet::new();
    let mut kept = Vec::new();
    for entry in masters {
        let newest = by_summary.get(&entry.event.summary).max(by_start.get(&entry.start.stamp));
        let told = if newest.is_some_and(|newest| *newest > entry.sequence) {
            Some("an older version of an event that stands here too, passed over")
        } else if !seen.insert((Arc::clone(&entry.event), entry.timing)) {
            Some("the same event twice, passed over")
        } else {
            let shared = (!kept.is_empty()).then_some("another event has the same UID, both are kept");
            kept.push(entry.clone());
            shared
        };
        problems.extend(told.map(|problem| about(&entry, entry.line, problem)));
    }
    kept
}

/// A problem of `entry`.
fn about(entry: &Entry, line: usize, problem: &str) -> Problem {
    let (component, uid) = (Some("VEVENT".to_owned()), Some(entry.event.uid.clone()));
    Problem { line: Some(line), component, uid, problem: problem.to_owned() }
}

/// The occurrences of `all` that overlap `span`.
pub(super) fn find(all: &[Series], span: Window, zone: &Zone, budget: Budget, problems: &mut Problems) -> Vec<Occurrence> {
    let mut search = Search { span, zone, budget, found: Vec::new(), problems, told: false };
    for series in all {
        search.series(series);
    }
    sorted(search.found)
}

/// Occurrences by their starts, then by UID and which one of a series they are. Only the starts are moved about.
fn sorted(found: Vec<(Timestamp, Occurrence)>) -> Vec<Occurrence> {
    let mut order: Vec<(Timestamp, usize)> = found.iter().map(|(start, _)| *start).zip(0..).collect();
    let rest = |place: usize| found.get(place).map(|(_, found)| (&found.event.uid, &found.recurrence_id));
    order.sort_unstable_by(|(one, a), (other, b)| one.cmp(other).then_with(|| rest(*a).cmp(&rest(*b))).then(a.cmp(b)));
    let mut found: Vec<Option<Occurrence>> = found.into_iter().map(|(_, occurrence)| Some(occurrence)).collect();
    order.into_iter().filter_map(|(_, place)| found.get_mut(place)?.take()).collect()
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
    /// Whether it was told that there are too many.
    told: bool,
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

/// Starts of instances, to be looked up.
#[derive(Default)]
struct Starts {
    /// The starts.
    starts: HashSet<RecurrenceId>,
    /// Whether there are dates among them: only then is the date of an instant worth working out.
    dates: bool,
}

impl Starts {
    /// These starts.
    fn of(starts: impl Iterator<Item = RecurrenceId>) -> Self {
        let starts: HashSet<RecurrenceId> = starts.collect();
        Self { dates: starts.iter().any(|start| matches!(start, RecurrenceId::Date(_))), starts }
    }
}

impl Search<'_> {
    /// Looks through one series.
    fn series(&mut self, series: &Series) {
        let ids: Vec<RecurrenceId> = series.overrides.iter().filter_map(|entry| self.id_of(entry, series.masters.first())).collect();
        let dates = series.overrides.iter().filter_map(|entry| match entry.original.as_ref()?.start.stamp {
            Stamp::Date(date) => Some(RecurrenceId::Date(date)),
            Stamp::Wall(_) | Stamp::Instant(..) => None,
        });
        // Named by its date, an override stands for whatever begins on that date.
        let replaced = Starts::of(ids.iter().cloned().chain(dates));
        for (place, master) in series.masters.iter().enumerate() {
            // Ranges of an event that shares its UID with others are taken for those of the first.
            let onward = if place == 0 { self.onward(&series.overrides, master) } else { Vec::new() };
            self.master(master, &replaced, &onward);
        }
        let gone = Starts::of(series.masters.iter().flat_map(|master| self.gone(master).starts));
        let last: HashMap<&RecurrenceId, &Entry> = ids.iter().zip(&series.overrides).collect();
        for (id, entry) in last {
            // EXDATE wins over an override of the same instance, as calendar programs have it.
            if series.masters.first().is_some_and(|master| self.is_among(&gone, master, id)) {
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
    fn master(&mut self, master: &Entry, replaced: &Starts, onward: &[Onward<'_>]) {
        if master.rules.is_empty() && master.extra.is_empty() && replaced.starts.is_empty() && master.gone.is_empty() {
            let start = self.start(&master.start);
            let when = self.when(&master.start, &start, &master.length);
            let id = master.event.recurs.then_some(start);
            self.take(master, id, when);
            return;
        }
        for (start, own) in self.instances(master, onward) {
            if self.is_among(replaced, master, &start) {
                continue;
            }
            let passed = onward.partition_point(|range| range.from <= start);
            let moved = passed.checked_sub(1).and_then(|latest| onward.get(latest));
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
            if self.found.len() == OCCURRENCES {
                self.full(entry);
                return;
            }
            self.found.push((start, Occurrence { event: Arc::clone(&entry.event), recurrence_id, when }));
        }
    }

    /// Says once that there are too many occurrences, at the first that is left out.
    fn full(&mut self, entry: &Entry) {
        if !std::mem::replace(&mut self.told, true) {
            let problem = format!("more than {OCCURRENCES} occurrences in the window, cut off: others are not seen");
            self.problems.push(about(entry, entry.line, &problem));
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
        let Some(master) = master else { return Some(self.start(original)) };
        Some(match self.aligned(master, original) {
            // A timed occurrence may be named by its date: the one at the usual time is meant.
            RecurrenceId::Date(date) if !master.start.is_date() => {
                RecurrenceId::Instant(master.start.place.instant(date.to_datetime(master.start.wall().time()), self.zone))
            }
            id @ (RecurrenceId::Date(_) | RecurrenceId::Instant(_)) => id,
        })
    }

    /// What EXDATE takes away from `master`.
    fn gone(&self, master: &Entry) -> Starts {
        Starts::of(master.gone.iter().flat_map(|point| [self.start(point), self.aligned(master, point)]))
    }

    /// Whether `starts` hold the instance of `master` that starts at `start`: by itself, or as a date the whole day.
    fn is_among(&self, starts: &Starts, master: &Entry, start: &RecurrenceId) -> bool {
        starts.starts.contains(start) || (starts.dates && starts.starts.contains(&RecurrenceId::Date(self.local_date(master, start))))
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

    /// How THISANDFUTURE overrides move the instances of `master`, the earliest first.
    fn onward<'e>(&self, overrides: &'e [Entry], master: &Entry) -> Vec<Onward<'e>> {
        let mut onward = Vec::new();
        for entry in overrides {
            let Some(original) = entry.original.as_ref().filter(|original| original.onward) else { continue };
            let given = self.start(&original.start);
            let before = if original.start.is_date() && !master.start.is_date() {
                entry.start.stamp.date().at(0, 0, 0, 0)
            } else {
                entry.start.wall()
            };
            let shift = stamp::seconds(before) - stamp::seconds(self.wall(&entry.start, &given));
            // The kind of start that the instances have, so that they can be compared: a date is its first instant.
            let from = match self.aligned(master, &original.start) {
                RecurrenceId::Date(date) if !master.start.is_date() => {
                    RecurrenceId::Instant(master.start.place.instant(date.at(0, 0, 0, 0), self.zone))
                }
                from @ (RecurrenceId::Date(_) | RecurrenceId::Instant(_)) => from,
            };
            onward.push(Onward { from, entry, shift });
        }
        onward.sort_by(|one, other| one.from.cmp(&other.from));
        onward
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
        let gone = self.gone(master);
        let mut excepted: Vec<RecurrenceId> = Vec::new();
        // A period may begin long before the span and reach into it.
        let periods = master.extra.iter().filter(|extra| !matches!(extra.length, Length::Unsaid));
        let earliest = periods.map(|extra| stamp::days_later(extra.start.wall(), -2)).min().map_or(from, |period| period.min(from));
        for rule in &master.except {
            excepted.extend(self.walk(master, rule, earliest, to));
        }
        excepted.sort_unstable();
        // A period comes before the same start without an end of its own (§3.8.5.2 leaves it open which one counts).
        let ended = |own: Option<&Extra>| own.is_some_and(|extra| !matches!(extra.length, Length::Unsaid));
        found.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| ended(*b).cmp(&ended(*a))));
        found.dedup_by(|(later, _), (earlier, _)| later == earlier);
        found.retain(|(start, _)| !self.is_among(&gone, master, start) && excepted.binary_search(start).is_err());
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
            self.problems.push(about(master, rule.line, "a rule with too many instances, cut off: later ones are not seen"));
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
        let slack = slack(master, self.span.start());
        let wall = |instant: Timestamp| stamp::seconds(master.start.place.wall(instant, self.zone));
        let from = wall(self.span.start()).saturating_sub(longest + back + slack);
        let to = wall(self.span.end()).saturating_add(ahead + slack);
        (stamp::wall(from).unwrap_or(DateTime::MIN), stamp::wall(to).unwrap_or(DateTime::MAX))
    }

    /// How long an instance of `entry` lasts at most, in seconds.
    fn longest(&self, entry: &Entry) -> i64 {
        let (start, end) = self.when(&entry.start, &self.start(&entry.start), &entry.length).placed(self.zone);
        let days = matches!(entry.length, Length::For(span) if span.days != 0) || entry.start.is_date();
        end.duration_since(start).max(SignedDuration::ZERO).as_secs() + if days { slack(entry, self.span.start()) } else { 0 }
    }
}

/// How much farther than its instants a search in wall time reaches, in seconds: clocks are not changed by more than
/// that. Dates may belong to another zone than the one they are placed in, rules of a file may be anything, and before
/// 1900 whole days were skipped or repeated; where it is small, dense rules need not be walked for days in vain.
fn slack(entry: &Entry, around: Timestamp) -> i64 {
    match entry.start.place {
        Place::Zone(_) | Place::Floating if !entry.start.is_date() && around.as_second() > MODERN => 3 * 3600,
        Place::Zone(_) | Place::Floating | Place::Own(_) => 2 * 86_400,
    }
}
