//! One engineer's time as one state of knowledge has it: who works when, is available, reachable, away.
//! Owns the second reading of working days, availability, arrivals, deadlines, leads and spells.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Away, Settings};
use crate::people::Engineer;
use crate::window::{Window, Windows};
use crate::working::WorkingTime;

/// The longest break within a working day that is none.
pub(super) const BREAK: SignedDuration = SignedDuration::from_hours(2);

/// A stretch that belongs to a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The local date of the working day.
    pub(super) date: Date,
    /// When.
    pub(super) window: Window,
}

/// The time between two availabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spell {
    /// From the end of one to the start of the next.
    pub(super) window: Window,
    /// Whether enough work is missed in it.
    pub(super) leave: bool,
}

/// One engineer's time under one set of absences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Presence {
    /// What is available of each working day, by start.
    pub(super) pieces: Vec<Piece>,
    /// All availability, merged.
    pub(super) available: Windows,
    /// Availability and the short breaks in it.
    pub(super) covering: Windows,
    /// Spells, by start.
    pub(super) spells: Vec<Spell>,
    /// How far into a stretch letters wait.
    settle: SignedDuration,
}

/// The hours of `engineer` on the dates from `from` to `until`, before anything merges.
pub(super) fn hours(engineer: &Engineer, from: Date, until: Date) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for date in from.series(1.day()).take_while(|date| *date < until) {
        for stretch in engineer.hours.on(date.weekday()) {
            let start = engineer.zone.first(wall(date, stretch.from));
            let end = engineer.zone.last(wall(date, stretch.until));
            pieces.extend(Window::new(start, end).map(|window| Piece { date, window }));
        }
    }
    pieces
}

/// The wall time so many minutes after midnight of `date`.
fn wall(date: Date, minutes: u16) -> DateTime {
    date.at(0, 0, 0, 0).saturating_add(SignedDuration::from_mins(i64::from(minutes)))
}

impl Presence {
    /// What is left of `hours` in those absences.
    pub(super) fn new(hours: &[Piece], absences: &[Away], settings: &Settings) -> Self {
        let holes: Windows = absences.iter().filter_map(stretch).collect();
        let kept = hours.iter().filter(|piece| !absences.iter().any(|away| takes(away, piece.date)));
        let mut dates: Vec<(Date, Vec<Window>)> = Vec::new();
        for piece in kept {
            match dates.last_mut().filter(|(date, _)| *date == piece.date) {
                Some((_, windows)) => windows.push(piece.window),
                None => dates.push((piece.date, vec![piece.window])),
            }
        }
        let mut pieces = Vec::new();
        for (date, windows) in dates {
            let left = windows.into_iter().collect::<Windows>().minus(&holes);
            pieces.extend(left.iter().map(|window| Piece { date, window }));
        }
        pieces.sort_by_key(|piece| piece.window);
        let available: Windows = pieces.iter().map(|piece| piece.window).collect();
        let breaks: Windows = short_breaks(&pieces).collect();
        let work: Windows = hours.iter().map(|piece| piece.window).collect();
        let missed = work.minus(&available);
        let spells = spells(&pieces, |window| missed.within(window).length() >= settings.min_missed);
        Self { covering: available.union(&breaks), available, spells, pieces, settle: settings.settle }
    }

    /// The first instant not before `due` at which they are available and settled.
    pub(super) fn arrive(&self, due: Timestamp) -> Option<Timestamp> {
        for stretch in self.available.after(due) {
            let ready = if stretch.length() <= self.settle { stretch.start() } else { stretch.start() + self.settle };
            let instant = ready.max(due);
            if instant < stretch.end() {
                return Some(instant);
            }
        }
        None
    }

    /// Whether a letter may reach them at `instant`.
    pub(super) fn reachable(&self, instant: Timestamp) -> bool {
        self.available.containing(instant).is_some_and(|stretch| {
            let into = instant.duration_since(stretch.start());
            stretch.length() <= self.settle || into >= self.settle
        })
    }

    /// The end of their last availability before `start`.
    pub(super) fn deadline(&self, start: Timestamp) -> Option<Timestamp> {
        self.available.before(start).next_back().map(|stretch| stretch.end().min(start))
    }

    /// How much availability lies between.
    pub(super) fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        Window::new(from, until).map_or(SignedDuration::ZERO, |frame| self.available.within(frame).length())
    }

    /// Whether both say the same of the time between.
    pub(super) fn agrees(&self, other: &Self, from: Timestamp, until: Timestamp) -> bool {
        let seen = |presence: &Self| Window::new(from, until).map(|frame| presence.available.within(frame));
        std::ptr::eq(self, other) || seen(self) == seen(other)
    }

    /// The instant of a lead before `deadline`; the beginning of time when there is not so much before it.
    pub(super) fn lead(&self, lead: WorkingTime, deadline: Timestamp) -> Timestamp {
        let found = match lead {
            WorkingTime::Hours(hours) => self.hours_before(hours, deadline),
            WorkingTime::Days(days) => self.days_before(days, deadline),
        };
        found.unwrap_or(Timestamp::MIN)
    }

    /// The latest instant from which that many available hours are left.
    fn hours_before(&self, hours: u16, deadline: Timestamp) -> Option<Timestamp> {
        let mut left = SignedDuration::from_hours(i64::from(hours));
        for stretch in self.available.before(deadline).rev() {
            let end = stretch.end().min(deadline);
            let length = end.duration_since(stretch.start());
            if length >= left {
                return Some(end - left);
            }
            left -= length;
        }
        None
    }

    /// The arrival on the working day that many before the one of the last available instant.
    fn days_before(&self, days: u16, deadline: Timestamp) -> Option<Timestamp> {
        let before = || self.pieces.iter().filter(|piece| piece.window.start() < deadline);
        let last = before().max_by_key(|piece| (piece.window.end().min(deadline), piece.date))?;
        let mut dates: Vec<Date> = before().map(|piece| piece.date).filter(|date| *date < last.date).collect();
        dates.sort_unstable();
        dates.dedup();
        let date = dates.into_iter().rev().nth(usize::from(days).checked_sub(1)?)?;
        let first = self.pieces.iter().filter(|piece| piece.date == date).map(|piece| piece.window.start()).min()?;
        self.arrive(first)
    }
}

/// The instants an absence takes by the clock.
fn stretch(away: &Away) -> Option<Window> {
    match away {
        Away::Dates { .. } => None,
        Away::Stretch(window) => Some(*window),
    }
}

/// Whether an absence takes the whole working day of `date`.
fn takes(away: &Away, date: Date) -> bool {
    match away {
        Away::Dates { first, until } => *first <= date && date < *until,
        Away::Stretch(_) => false,
    }
}

/// Breaks between two pieces of one working day that are short enough to be none.
fn short_breaks(pieces: &[Piece]) -> impl Iterator<Item = Window> + '_ {
    pieces.iter().enumerate().filter_map(|(index, piece)| {
        let end = piece.window.end();
        let soon = pieces.iter().skip(index).take_while(move |next| next.window.start() <= end + BREAK);
        let next = soon.filter(|next| next.date == piece.date).map(|next| next.window.start()).find(|start| *start >= end)?;
        Window::new(end, next)
    })
}

/// The spells between pieces sorted by start.
fn spells(pieces: &[Piece], leave: impl Fn(Window) -> bool) -> Vec<Spell> {
    let mut spells = Vec::new();
    let mut last: Option<Piece> = None;
    for piece in pieces {
        if let Some(before) = last
            && let Some(window) = Window::new(before.window.end(), piece.window.start())
            && (before.date != piece.date || window.length() > BREAK)
        {
            spells.push(Spell { window, leave: leave(window) });
        }
        if last.is_none_or(|before| before.window.end() <= piece.window.end()) {
            last = Some(*piece);
        }
    }
    spells
}
