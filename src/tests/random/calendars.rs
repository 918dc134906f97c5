//! What stands in the feeds of a random world: tasks, leave, holidays, emergencies and shifts, and how they change.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::dice::Dice;
use super::feed::{Event, Feed, Shape, Span};
use super::world::Change;
use crate::simulate::Reply;
use crate::zone::Zone;

/// Everything that calendars are drawn from.
#[derive(Debug)]
pub(super) struct Calendars {
    /// Where chance comes from.
    pub(super) dice: Dice,
    /// The first instant of the world.
    pub(super) from: Timestamp,
    /// The first instant after it.
    pub(super) until: Timestamp,
    /// How many accounts there are.
    pub(super) accounts: i64,
    /// What happens.
    pub(super) changes: Vec<Change>,
}

/// So many minutes.
fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

impl Calendars {
    /// All feeds, and what people answer.
    pub(super) fn draw(mut self, engineers: i64) -> (Vec<Feed>, Vec<Reply>) {
        let count = self.dice.between(1, 41);
        let mut tasks: Vec<Event> = (0..count).map(|number| self.task(number)).collect();
        let twins: Vec<Event> = tasks.iter_mut().filter_map(|task| self.changed(task)).collect();
        tasks.extend(twins);
        let replies = self.replies(&tasks);
        let mut feeds = vec![Feed::new("tasks", tasks)];
        let count = self.dice.below(30);
        feeds.push(Feed::new("emergencies", (0..count).map(|number| self.emergency(number)).collect()));
        let count = self.dice.below(5);
        feeds.push(Feed::new("holidays", (0..count).map(|number| self.holiday(number)).collect()));
        let count = self.dice.below(12);
        feeds.push(Feed::new("on-call", (0..count).map(|number| self.shift(number, engineers)).collect()));
        for id in 0..engineers {
            let count = self.dice.below(8);
            feeds.push(Feed::new(format!("leave-{id}"), (0..count).map(|number| self.leave(id, number)).collect()));
        }
        for feed in &mut feeds {
            self.failures(feed);
        }
        (feeds, replies)
    }

    /// Whether a change of that kind happens here.
    fn happens(&mut self, change: Change, percent: i64) -> bool {
        self.changes.contains(&change) && self.dice.chance(percent)
    }

    /// An instant of the world on a round minute.
    fn instant(&mut self) -> Timestamp {
        let span = self.until.duration_since(self.from).as_mins();
        self.from + minutes(self.dice.below(span / 5) * 5)
    }

    /// An instant in the last days before `start`, but of the world.
    fn before(&mut self, start: Timestamp) -> Timestamp {
        let days = *self.dice.pick(&[1, 4, 20]);
        (start - minutes(self.dice.below(days * 24 * 60))).max(self.from)
    }

    /// When something is in its feed that concerns `start`.
    fn entered(&mut self, start: Timestamp) -> Timestamp {
        if self.happens(Change::Late, 60) { self.before(start) } else { self.from }
    }

    /// The line that names an account, rarely none.
    fn account(&mut self) -> Vec<String> {
        let account = self.dice.below(self.accounts);
        if self.dice.chance(3) { Vec::new() } else { vec![format!("X-OFFWATCH-ACCOUNT:a{account}")] }
    }

    /// A task as its feed first shows it.
    fn task(&mut self, number: i64) -> Event {
        let start = self.instant() + minutes(60) * i32::try_from(self.dice.between(-72, 300)).unwrap();
        let date = Zone::utc().date(start);
        let length = [30, 60, 60, 120, 240, 600, 1440, 4320];
        let span = match self.dice.below(10) {
            0 => Span::Dates(date, date.saturating_add(1.day())),
            1 => Span::Times(start, None),
            2 => Span::Times(start + minutes(7), Some(start + minutes(20))),
            _ => Span::Times(start, Some(start + minutes(*self.dice.pick(&length)))),
        };
        let mut lines = self.account();
        if self.dice.chance(10) {
            lines.push(format!("RRULE:FREQ=WEEKLY;COUNT={}", self.dice.between(2, 7)));
        }
        let shape = Shape { span, title: format!("Change {number}"), lines };
        Event::new(format!("t{number}"), self.entered(start), shape)
    }

    /// Changes a task over time; perhaps it goes on as another.
    fn changed(&mut self, task: &mut Event) -> Option<Event> {
        let start = task.versions.first()?.1.as_ref()?.start();
        if self.happens(Change::Moved, 40) {
            let by = minutes(*self.dice.pick(&[-4320, -600, -60, 60, 600, 1440, 7200]));
            task.alter(self.before(start), |shape| shape.span = shifted(shape.span, by));
        }
        if self.happens(Change::Nudged, 40) {
            let by = minutes(*self.dice.pick(&[-45, -10, 10, 45]));
            task.alter(self.before(start), |shape| shape.span = shifted(shape.span, by));
        }
        if self.happens(Change::Renamed, 30) {
            task.alter(self.before(start), |shape| shape.title += " again");
        }
        if self.happens(Change::Marks, 30) {
            let line = *self.dice.pick(&["[briefing done]", "[briefing waived]"]);
            task.alter(self.before(start), |shape| shape.title = format!("{line} {}", shape.title));
        }
        if self.happens(Change::Cancelled, 30) {
            task.alter(self.before(start), |shape| shape.lines.push("STATUS:CANCELLED".to_owned()));
            if self.dice.chance(30) {
                task.alter(self.before(start), |shape| drop(shape.lines.pop()));
            }
        }
        let gone = self.before(start);
        let (since, last) = task.versions.last()?.clone();
        if gone <= since {
            return None;
        }
        if self.happens(Change::Vanished, 30) {
            task.versions.push((gone, None));
        } else if self.happens(Change::Recreated, 30) {
            task.versions.push((gone, None));
            let later = if self.dice.chance(30) { minutes(60) } else { SignedDuration::ZERO };
            return Some(Event::new(format!("{}-anew", task.uid), gone + later, last?));
        }
        None
    }

    /// What people answer.
    fn replies(&mut self, tasks: &[Event]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for task in tasks {
            let Some(shape) = task.versions.first().and_then(|(_, shape)| shape.as_ref()) else { continue };
            let series = shape.lines.iter().any(|line| line.starts_with("RRULE"));
            if self.happens(Change::Answers, 50) {
                let (at, waived) = (self.before(shape.start()) + SignedDuration::from_secs(30), self.dice.chance(30));
                let recurrence_id = series.then(|| shape.start().to_string());
                replies.push(Reply { at, uid: task.uid.clone(), recurrence_id, waived });
            }
        }
        replies
    }

    /// An emergency.
    fn emergency(&mut self, number: i64) -> Event {
        let start = self.instant();
        let span = match self.dice.below(3) {
            0 => Span::Times(start, None),
            _ => Span::Times(start, Some(start + minutes(*self.dice.pick(&[20, 90, 600, 2880])))),
        };
        let late = if self.happens(Change::Late, 60) { Some(minutes(*self.dice.pick(&[0, 10, 60, 900, 6000]))) } else { None };
        let shape = Shape { span, title: format!("Outage {number}"), lines: self.account() };
        Event::new(format!("x{number}"), late.map_or(self.from, |late| start + late), shape)
    }

    /// A public holiday.
    fn holiday(&mut self, number: i64) -> Event {
        let date = self.date();
        let shape = Shape { span: Span::Dates(date, date.saturating_add(1.day())), title: format!("Feast {number}"), lines: Vec::new() };
        Event::new(format!("h{number}"), self.from, shape)
    }

    /// A date of the world.
    fn date(&mut self) -> Date {
        Zone::utc().date(self.instant())
    }

    /// An on-call shift.
    fn shift(&mut self, number: i64, engineers: i64) -> Event {
        let (start, who) = (self.instant(), self.dice.below(engineers));
        let end = start + minutes(*self.dice.pick(&[720, 1440, 10080]));
        let shape = Shape { span: Span::Times(start, Some(end)), title: format!("Worker {who}"), lines: Vec::new() };
        Event::new(format!("s{number}"), self.from, shape)
    }

    /// Leave of an engineer.
    fn leave(&mut self, who: i64, number: i64) -> Event {
        let (start, date) = (self.instant(), self.date());
        let span = match self.dice.below(4) {
            0 => Span::Times(start, Some(start + minutes(*self.dice.pick(&[60, 240, 480, 3000])))),
            1 => Span::Dates(date, date.saturating_add(1.day())),
            _ => Span::Dates(date, date.saturating_add(self.dice.between(2, 22).days())),
        };
        let shape = Shape { span, title: "Vacation".to_owned(), lines: Vec::new() };
        let start = shape.start();
        let entered = if self.happens(Change::Late, 20) {
            // Somebody falls ill, and it is written down while they are away.
            (start + minutes(self.dice.below(1000))).max(self.from)
        } else {
            self.entered(start)
        };
        let mut leave = Event::new(format!("l{who}-{number}"), entered, shape);
        if self.happens(Change::Leave, 60) {
            let at = (start + minutes(self.dice.between(-8000, 4000))).max(self.from);
            match self.dice.below(3) {
                0 if entered < at => leave.versions.push((at, None)),
                1 => leave.alter(at, |shape| shape.span = longer(shape.span, -1)),
                _ => leave.alter(at, |shape| shape.span = longer(shape.span, 3)),
            }
        }
        leave
    }

    /// Lets some fetches of a feed fail.
    fn failures(&mut self, feed: &mut Feed) {
        if self.happens(Change::Failures, 50) {
            let since = self.instant() + minutes(1);
            feed.failures.push((since, since + minutes(*self.dice.pick(&[30, 300, 1000, 8000]))));
        }
    }
}

/// The same length at another time; dates by whole days.
fn shifted(span: Span, by: SignedDuration) -> Span {
    match span {
        Span::Dates(first, until) => {
            let days = (by.as_hours() / 24).days();
            Span::Dates(first.saturating_add(days), until.saturating_add(days))
        }
        Span::Times(start, end) => Span::Times(start + by, end.map(|end| end + by)),
    }
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
