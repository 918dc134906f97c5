//! The two weeks that the board shows, day by day on the team's clock, and how they write an instant in few words.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::explain::Ground;
use crate::explain::moment::length;
use crate::plan::Case;
use crate::window::Window;
use crate::zone::Zone;

/// How many days a row has.
const ROW: i32 = 7;

/// How many rows there are.
const ROWS: i32 = 2;

/// Two weeks from today's midnight.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// From whose clock days are taken.
    pub(super) zone: Zone,
    /// The present.
    pub(super) now: Timestamp,
    /// The first instant.
    start: Timestamp,
    /// The first instant after it.
    end: Timestamp,
    /// Its days, week by week: laid out once, for each engineer's lane has the same.
    weeks: Vec<Vec<(Date, Window)>>,
}

impl Span {
    /// From the present of `ground`.
    pub(super) fn of(ground: &Ground) -> Self {
        let zone = ground.zone().clone();
        let today = zone.date(ground.now);
        let date = |days: i32| today.saturating_add(days.days());
        let midnight = |days: i32| zone.midnight(date(days));
        let day = |days: i32| Some((date(days), Window::new(midnight(days), midnight(days + 1))?));
        let weeks = (0..ROWS).map(|row| (row * ROW..(row + 1) * ROW).filter_map(day).collect()).collect();
        Self { start: midnight(0), end: midnight(ROW * ROWS), weeks, now: ground.now, zone }
    }

    /// The first instant.
    pub(super) fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant after it.
    pub(super) fn end(&self) -> Timestamp {
        self.end
    }

    /// All of it.
    pub(super) fn window(&self) -> Option<Window> {
        Window::new(self.start(), self.end())
    }

    /// The weeks.
    pub(super) fn weeks(&self) -> impl Iterator<Item = &[(Date, Window)]> {
        self.weeks.iter().map(Vec::as_slice)
    }

    /// Whether the board still speaks of a task.
    pub(super) fn is_shown(&self, case: &Case) -> bool {
        case.watch.end() > self.start()
    }

    /// An instant: `Wed 17 Mar 14:00`.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        self.zone.local(at).strftime("%a %-d %b %H:%M").to_string()
    }

    /// A stretch: `Wed 17 Mar 14:00–16:00`, or with both dates.
    pub(super) fn stretch(&self, window: Window) -> String {
        let (from, until) = (window.start(), window.end());
        if self.zone.date(from) == self.zone.date(until) {
            return format!("{}–{}", self.clock(from), self.zone.local(until).strftime("%H:%M"));
        }
        format!("{} – {}", self.clock(from), self.clock(until))
    }

    /// How far away an instant is, in the words of somebody who looks at a clock: `in 40 min`, `in 1 h 30 min`, `in 9 h`, `in 3 days`, `now`.
    pub(super) fn away(&self, at: Timestamp) -> String {
        let minutes = at.duration_since(self.now).as_mins();
        match minutes {
            ..1 => "now".to_owned(),
            1..60 => format!("in {minutes} min"),
            60..360 => format!("in {}", length(SignedDuration::from_mins(minutes))),
            360..2880 => format!("in {} h", (minutes + 30) / 60),
            _ => format!("in {} days", (minutes + 720) / 1440),
        }
    }
}
