//! Leave in the feeds of a random world: personal calendars and a team's leave system, and how both change over time.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};

use super::change::Change;
use super::feed::{Event, Feed, Shape, Span};
use super::tasks::{Calendars, minutes};
use crate::zone::Zone;

/// How a leave is edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Edit {
    /// It gets another end.
    Length(Change),
    /// It is interrupted.
    Split,
    /// It is taken back.
    #[default]
    Withdrawal,
    /// It is entered again.
    Replacement,
}

impl Calendars {
    /// Everybody's own calendar, and the team's.
    pub(super) fn leaves(&mut self) -> Vec<Feed> {
        let mut feeds = Vec::new();
        let mut team = Vec::new();
        for who in 0..self.engineers {
            let mut events = Vec::new();
            let mut last = None;
            for number in 0..self.dice.below(8) {
                let (leave, more) = self.leave(who, number, last);
                last = leave.first().map(|shape| shape.span);
                // Some stand in both calendars, some only in the team's.
                let place = self.dice.below(10);
                if place < 3 {
                    team.extend([Some(leave.clone()), more.clone()].into_iter().flatten().map(|event| named(event, who)));
                }
                if place > 0 {
                    events.extend([Some(leave), more].into_iter().flatten());
                }
            }
            let kind = self.dice.pick(&["", "every_event = \"absence\"\nliteral_times = true", "every_event = \"absence\""]);
            feeds.push(Feed::new(format!("leave-{who}"), &["reads = [\"absences\"]", kind], events));
        }
        feeds.push(Feed::new("team-leave", &["reads = [\"absences\"]", "every_event = \"absence\""], team));
        feeds
    }

    /// When a leave is that may follow upon `last`.
    fn absent(&mut self, last: Option<Span>) -> Span {
        let (start, date) = (self.instant(), self.date());
        let days = |first: Date, count: i64| Span::Dates(first, first.saturating_add(count.days()));
        match (self.dice.below(9), last) {
            (0, _) => Span::Times(start, Some(start + minutes(self.dice.pick(&[60, 240, 480, 3000])))),
            // Half a day, as leave systems write it.
            (1, _) => {
                let (from, until) = self.dice.pick(&[(9, 13), (13, 17), (9, 17)]);
                let midnight = Zone::utc().midnight(date);
                Span::Times(midnight + minutes(60 * from), Some(midnight + minutes(60 * until)))
            }
            (2, _) => days(date, 1),
            // From the Friday before a weekend to the Monday after it.
            (3, _) => days(date.nth_weekday(1, Weekday::Friday).unwrap_or(date), 4),
            // One leave right after another.
            (4 | 5, Some(Span::Dates(_, until))) => days(until, self.dice.between(1, 8)),
            _ => days(date, self.dice.between(2, 22)),
        }
    }

    /// Leave of somebody, and what it goes on as, if it does.
    fn leave(&mut self, who: i64, number: i64, last: Option<Span>) -> (Event, Option<Event>) {
        let title = self.dice.pick(&["Vacation", "Vacation", "Sick", "Day off (elective holiday)", "OOO"]).to_owned();
        let shape = Shape { span: self.absent(last), title, lines: Vec::new() };
        let start = shape.start();
        let sudden = self.tries(Change::Late, 20);
        let entered = if sudden {
            // Somebody falls ill, and it is written down while they are away.
            (start + minutes(self.dice.below(1000))).max(self.from)
        } else {
            self.entered(start)
        };
        self.note(Change::Late, sudden);
        let mut leave = Event::new(format!("l{who}-{number}"), entered, shape);
        let more = self.edited(&mut leave, start);
        (leave, more)
    }

    /// Changes a leave over time.
    fn edited(&mut self, leave: &mut Event, start: Timestamp) -> Option<Event> {
        let at = (start + minutes(self.dice.between(-8000, 4000))).max(self.from);
        let kinds = [Edit::Length(Change::Extended), Edit::Length(Change::Shortened), Edit::Length(Change::Belated)];
        let kinds = kinds.into_iter().chain([Edit::Split, Edit::Withdrawal, Edit::Replacement]);
        let possible: Vec<Edit> = kinds.filter(|kind| self.possible.contains(&kind.change())).collect();
        if possible.is_empty() || !self.dice.chance(60) {
            return None;
        }
        let kind = self.dice.pick(&possible);
        match kind {
            Edit::Length(change) => {
                let days = if change == Change::Extended || self.dice.chance(30) { 3 } else { -1 };
                let at = if change == Change::Belated { leave.first()?.end() + minutes(self.dice.below(5000)) } else { at };
                let changed = leave.alter(at, |shape| shape.span = longer(shape.span, days));
                self.note(change, changed);
                None
            }
            Edit::Split => {
                let Span::Dates(first, until) = leave.first()?.span else { return None };
                let middle = first.saturating_add(2.days());
                let mut rest = leave.first()?.clone();
                rest.span = Span::Dates(middle.saturating_add(1.day()), until);
                let whole = middle.saturating_add(1.day()) < until;
                let changed = whole && leave.alter(at, |shape| shape.span = Span::Dates(first, middle));
                self.note(Change::Split, changed);
                changed.then(|| Event::new(format!("{}-rest", leave.uid), at, rest))
            }
            Edit::Replacement => {
                let shape = leave.vanish(at)?;
                self.note(Change::Replaced, true);
                Some(Event::new(format!("{}-anew", leave.uid), at, shape))
            }
            Edit::Withdrawal => {
                let gone = leave.vanish(at).is_some();
                self.note(Change::Withdrawn, gone);
                None
            }
        }
    }
}

impl Edit {
    /// The change that it is.
    fn change(self) -> Change {
        match self {
            Self::Length(change) => change,
            Self::Split => Change::Split,
            Self::Withdrawal => Change::Withdrawn,
            Self::Replacement => Change::Replaced,
        }
    }
}

impl Shape {
    /// When it ends, dates being those of UTC.
    fn end(&self) -> Timestamp {
        match self.span {
            Span::Dates(_, until) => Zone::utc().midnight(until),
            Span::Times(start, end) => end.unwrap_or(start),
        }
    }
}

/// The same event in the calendar of a team, where its title says whose it is.
fn named(mut event: Event, who: i64) -> Event {
    for shape in event.versions.iter_mut().filter_map(|(_, shape)| shape.as_mut()) {
        shape.title = format!("Worker {who}: {}", shape.title);
    }
    event.uid = format!("team-{}", event.uid);
    event
}

/// The same from its start with another end.
fn longer(span: Span, days: i64) -> Span {
    match span {
        Span::Dates(first, until) => Span::Dates(first, until.saturating_add(days.days()).max(first.saturating_add(1.day()))),
        Span::Times(start, end) => {
            let end = end.map(|end| end + minutes(60 * days));
            Span::Times(start, end.map(|end| end.max(start + minutes(15))))
        }
    }
}
