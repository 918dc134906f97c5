//! Who is there, when: weekly hours minus absences, and what follows from them (deadlines, leads, spells, reasons).
//! Pure arithmetic on one engineer's time. Knows no tasks and decides nothing.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::agenda::{Absence, Away, Cause};
use crate::people::{Engineer, Hours, Stretch};
use crate::window::{Window, Windows};
use crate::working::WorkingTime;
use crate::zone::Zone;

#[cfg(test)]
mod tests;

/// The longest break within a working day that still counts as being there.
pub const BREAK: SignedDuration = SignedDuration::from_hours(2);

/// One local date's working day, while a span is laid out.
struct Day {
    /// The stretches of work, in order, not merged with those of other dates.
    work: Vec<Window>,
    /// What is left of them.
    free: Windows,
}

/// A time between two stretches of availability that is more than a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// The first instant after the last availability: its identity, together with the engineer.
    pub start: Timestamp,
    /// The first available instant after it; none when it is beyond sight.
    pub end: Option<Timestamp>,
    /// The working time missed in it.
    pub missed: SignedDuration,
}

impl Spell {
    /// Whether it shares an instant with `[start, end)`; an instant alone counts as one.
    pub fn touches(self, start: Timestamp, end: Timestamp) -> bool {
        let before_end = self.end.is_none_or(|own| start < own);
        before_end && (self.start < end || start == end && self.start <= start)
    }

    /// Whether it is over at `now`.
    pub fn ended(self, now: Timestamp) -> bool {
        self.end.is_some_and(|end| end <= now)
    }

    /// Whether it is a leave and no ordinary night or weekend.
    pub fn is_leave(self, min_missed: SignedDuration) -> bool {
        self.missed >= min_missed && self.missed > SignedDuration::ZERO
    }
}

/// One engineer's availability over a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// The engineer's zone.
    zone: Zone,
    /// The engineer's weekly hours.
    hours: Hours,
    /// The first available instant of each working day that has one, in order.
    firsts: Vec<Timestamp>,
    /// V: when they are there.
    free: Windows,
    /// V with the breaks of up to two hours within a working day, for whoever has breaks.
    present: Option<Windows>,
    /// W: when they would be.
    work: Windows,
    /// Spells in order.
    spells: Vec<Spell>,
    /// Dates on which they are away all day.
    dates_off: BTreeMap<Date, Cause>,
    /// When timed absences take them away, by cause: leave before holidays.
    stretches_off: BTreeMap<Cause, Windows>,
}

impl Availability {
    /// The availability of `engineer` on every working day that touches `span`.
    pub fn of(engineer: &Engineer, absences: &[Absence], span: Window) -> Self {
        let zone = engineer.zone.clone();
        let mut dates_off = BTreeMap::new();
        let mut timed: BTreeMap<Cause, Vec<Window>> = BTreeMap::new();
        let first = zone.date(span.start()).saturating_sub(1.day());
        let last = zone.date(span.end()).saturating_add(1.day());
        for absence in absences {
            match absence.away {
                Away::Dates { first: from, until } => {
                    for date in from.max(first).series(1.day()).take_while(|date| *date < until && *date <= last) {
                        let cause = dates_off.entry(date).or_insert(absence.cause);
                        *cause = (*cause).min(absence.cause);
                    }
                }
                Away::Stretch(window) => timed.entry(absence.cause).or_default().push(window),
            }
        }
        let gone: Windows = timed.values().flatten().copied().collect();
        let stretches_off = timed.into_iter().map(|(cause, windows)| (cause, windows.into_iter().collect())).collect();
        let mut days = Vec::new();
        for date in first.series(1.day()).take_while(|date| *date <= last) {
            let work: Vec<Window> = stretches(&engineer.hours, &zone, date).collect();
            if work.is_empty() {
                continue;
            }
            let free =
                if dates_off.contains_key(&date) { Windows::default() } else { work.iter().copied().collect::<Windows>().minus(&gone) };
            days.push(Day { work, free });
        }
        let free: Windows = days.iter().flat_map(|day| day.free.iter()).collect();
        let work: Windows = days.iter().flat_map(|day| day.work.iter().copied()).collect();
        let breaks: Windows = days.iter().flat_map(breaks).collect();
        let present = (!breaks.is_empty()).then(|| free.union(&breaks));
        let spells = spells(&days, &work.minus(&free));
        let firsts = days.iter().filter_map(|day| day.free.first()).map(Window::start).collect();
        Self { zone, hours: engineer.hours.clone(), firsts, free, present, work, spells, dates_off, stretches_off }
    }

    /// When they are there.
    pub fn free(&self) -> &Windows {
        &self.free
    }

    /// When they are there, breaks of up to two hours within a working day included.
    pub fn present(&self) -> &Windows {
        self.present.as_ref().unwrap_or(&self.free)
    }

    /// When they would be there if nothing took them away.
    pub fn work(&self) -> &Windows {
        &self.work
    }

    /// Their spells, in order.
    pub fn spells(&self) -> &[Spell] {
        &self.spells
    }

    /// Their zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// When something due at `due` reaches them: the first instant not before it at which they are there and at least
    /// `settle` into that stretch; in a stretch no longer than `settle`, its start. None when that is beyond sight.
    pub fn arrive(&self, due: Timestamp, settle: SignedDuration) -> Option<Timestamp> {
        self.free.after(due).find_map(|window| {
            let settled = if window.length() > settle { plus(window.start(), settle) } else { window.start() };
            let at = due.max(settled);
            (at < window.end()).then_some(at)
        })
    }

    /// The end of the last available stretch before `start`, or `start` itself when they are there right up to it.
    pub fn deadline(&self, start: Timestamp) -> Option<Timestamp> {
        self.free.before(start).next_back().map(|window| window.end().min(start))
    }

    /// How much availability lies in `[from, until)`.
    pub fn measure(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        Window::new(from, until).map_or(SignedDuration::ZERO, |window| self.free.within(window).length())
    }

    /// The instant that lies `lead` before `deadline` in their working time; none when it lies before all that is known.
    /// Hours end at the later instant of a boundary; days mean the arrival at that day's first available instant.
    pub fn lead(&self, lead: WorkingTime, deadline: Timestamp, settle: SignedDuration) -> Option<Timestamp> {
        match lead {
            WorkingTime::Hours(hours) => self.hours_before(deadline, SignedDuration::from_hours(i64::from(hours))),
            WorkingTime::Days(days) => {
                let before = self.firsts.partition_point(|first| *first < deadline);
                let first = self.firsts.get(before.checked_sub(usize::from(days).checked_add(1)?)?)?;
                self.arrive(*first, settle)
            }
        }
    }

    /// The latest instant from which `left` of availability is left before `deadline`.
    fn hours_before(&self, deadline: Timestamp, mut left: SignedDuration) -> Option<Timestamp> {
        for window in self.free.before(deadline).rev() {
            let end = window.end().min(deadline);
            let length = end.duration_since(window.start());
            if length >= left {
                return end.checked_sub(left).ok();
            }
            left = left.saturating_sub(length);
        }
        None
    }

    /// The first available instant once `amount` of working time has gone by since `start`: for days, of the working
    /// day that many after the one that holds `start`. None when beyond sight.
    pub fn later(&self, amount: WorkingTime, start: Timestamp) -> Option<Timestamp> {
        match amount {
            WorkingTime::Days(days) => {
                let ahead = self.firsts.partition_point(|first| *first <= start);
                self.firsts.get(ahead.checked_add(usize::from(days).checked_sub(1)?)?).copied()
            }
            WorkingTime::Hours(hours) => {
                let mut left = SignedDuration::from_hours(i64::from(hours));
                for window in self.free.after(start) {
                    let from = window.start().max(start);
                    let length = window.end().duration_since(from);
                    if length >= left {
                        return Some(plus(from, left));
                    }
                    left = left.saturating_sub(length);
                }
                None
            }
        }
    }

    /// The first available instant not before `instant`.
    pub fn next_free(&self, instant: Timestamp) -> Option<Timestamp> {
        self.free.after(instant).next().map(|window| window.start().max(instant))
    }

    /// The earliest stretch of `length` in `[from, until)` in which they are there and not `busy`, and which begins at a full
    /// or half hour of their clock.
    pub fn free_slot(&self, busy: &Windows, from: Timestamp, until: Timestamp, length: SignedDuration) -> Option<Window> {
        let free = self.free.within(Window::new(from, until)?).minus(busy);
        free.iter().find_map(|window| {
            let start = half_hour(&self.zone, window.start());
            Window::new(start, plus(start, length)).filter(|slot| slot.end() <= window.end())
        })
    }

    /// Why they are not there at `instant`, given that they are not.
    pub fn cause(&self, instant: Timestamp) -> Off {
        if let Some((cause, _)) = self.stretches_off.iter().find(|(_, off)| off.contains(instant)) {
            return Off::Away(*cause);
        }
        let date = self.zone.date(instant);
        // A shift that began the evening before belongs to that date, and so does its leave.
        let eve = date.saturating_sub(1.day());
        let works = |date: &Date| stretches(&self.hours, &self.zone, *date).any(|work| work.contains(instant));
        let missed = [eve, date].into_iter().find(|date| self.dates_off.contains_key(date) && works(date));
        if let Some(cause) = missed.and_then(|date| self.dates_off.get(&date)) {
            return Off::Away(*cause);
        }
        match self.dates_off.get(&date) {
            Some(cause) => Off::Away(*cause),
            None if self.hours.on(date.weekday()).is_empty() => Off::Weekend,
            None => Off::OutsideHours,
        }
    }

    /// `part`, cut wherever the cause of not being there may change.
    pub fn causes(&self, part: Window) -> Vec<(Window, Off)> {
        let mut cuts = vec![part.start()];
        let (first, last) = (self.zone.date(part.start()), self.zone.date(part.end()));
        cuts.extend(first.series(1.day()).skip(1).take_while(|date| *date <= last).map(|date| self.zone.midnight(date)));
        let off = self.stretches_off.values().map(|off| off.within(part));
        cuts.extend(off.flat_map(|off| off.iter().flat_map(|window| [window.start(), window.end()]).collect::<Vec<_>>()));
        cuts.extend(self.work.within(part).iter().flat_map(|window| [window.start(), window.end()]));
        cuts.retain(|cut| part.contains(*cut));
        cuts.sort_unstable();
        cuts.dedup();
        let ends = cuts.iter().skip(1).copied().chain([part.end()]);
        let mut pieces: Vec<(Window, Off)> = Vec::new();
        for (piece, off) in cuts.iter().zip(ends).filter_map(|(from, to)| Window::new(*from, to).map(|piece| (piece, self.cause(*from)))) {
            match pieces.last_mut() {
                Some((last, known)) if *known == off => *last = Window::new(last.start(), piece.end()).unwrap_or(*last),
                _ => pieces.push((piece, off)),
            }
        }
        pieces
    }
}

/// Why somebody is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    /// On a date with hours, outside them.
    OutsideHours,
    /// On a date without hours.
    Weekend,
    /// Away.
    Away(Cause),
}

/// The first full or half hour not before `instant`, as the clock of `zone` shows it.
fn half_hour(zone: &Zone, instant: Timestamp) -> Timestamp {
    const HALF: i64 = 30 * 60;
    let wall = zone.local(instant);
    let gone = i64::from(wall.minute()).saturating_mul(60).saturating_add(i64::from(wall.second())).rem_euclid(HALF);
    let second = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
    if gone == 0 && instant == second { instant } else { plus(second, SignedDuration::from_secs(HALF - gone)) }
}

/// The stretches of work that start on `date`, in order.
fn stretches<'a>(hours: &'a Hours, zone: &'a Zone, date: Date) -> impl Iterator<Item = Window> + 'a {
    hours.on(date.weekday()).iter().filter_map(move |stretch| placed(zone, date, *stretch))
}

/// A stretch of `date` in UTC; nothing when it lies wholly inside a DST gap.
fn placed(zone: &Zone, date: Date, stretch: Stretch) -> Option<Window> {
    Window::new(zone.first(wall(date, stretch.from)?), zone.last(wall(date, stretch.until)?))
}

/// The wall time `minutes` after midnight of `date`, which may be on the next date.
fn wall(date: Date, minutes: u16) -> Option<DateTime> {
    date.at(0, 0, 0, 0).checked_add(i64::from(minutes).minutes()).ok()
}

/// The breaks of a working day that are short enough to count as being there.
fn breaks(day: &Day) -> Vec<Window> {
    let pairs = day.free.iter().zip(day.free.iter().skip(1));
    pairs.filter_map(|(before, after)| Window::new(before.end(), after.start())).filter(|gap| gap.length() <= BREAK).collect()
}

/// The spells between the available stretches of `days`; `missed` is the work that was not done.
fn spells(days: &[Day], missed: &Windows) -> Vec<Spell> {
    let mut spells: Vec<Spell> = Vec::new();
    let mut left: Option<Timestamp> = None;
    for day in days {
        for (place, window) in day.free.iter().enumerate() {
            if let Some(gap) = left.and_then(|left| Window::new(left, window.start()))
                && (place == 0 || gap.length() > BREAK)
            {
                spells.push(Spell { start: gap.start(), end: Some(gap.end()), missed: missed.within(gap).length() });
            }
            left = Some(left.map_or(window.end(), |left| left.max(window.end())));
        }
    }
    if let Some(left) = left {
        let rest = Window::new(left, Timestamp::MAX).map_or(SignedDuration::ZERO, |rest| missed.within(rest).length());
        spells.push(Spell { start: left, end: None, missed: rest });
    }
    // A thousand engineers are held at once.
    spells.shrink_to_fit();
    spells
}

/// `instant` later by `length`, at most the end of time.
fn plus(instant: Timestamp, length: SignedDuration) -> Timestamp {
    instant.saturating_add(length).unwrap_or(Timestamp::MAX)
}
