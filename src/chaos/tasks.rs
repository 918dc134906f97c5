//! What stands in the feeds of tasks, emergencies and on-call shifts of a random world, how it changes, what people answer.
//! Leave is drawn in `leave`.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::change::Change;
use super::dice::Dice;
use super::feed::{Event, Feed, Gap, Shape, Span, stamp};
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
    /// How many engineers there are.
    pub(super) engineers: i64,
    /// What can happen.
    pub(super) possible: Vec<Change>,
    /// What happened.
    pub(super) changes: Vec<Change>,
}

/// So many minutes.
pub(super) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

impl Calendars {
    /// All feeds, what people answer, and what happened.
    pub(super) fn draw(mut self, most: i64) -> (Vec<Feed>, Vec<Reply>, Vec<Change>) {
        let tasks = self.tasks(most);
        let replies = self.replies(&tasks);
        let count = self.dice.below(30);
        let emergencies = (0..count).map(|number| self.emergency(number)).collect();
        let count = self.dice.below(5);
        let holidays = (0..count).map(|number| self.holiday(number)).collect();
        let count = self.dice.below(12);
        let shifts = (0..count).map(|number| self.shift(number)).collect();
        let unmatched = self.dice.pick(&["", "unmatched = \"escalate\""]);
        let mut feeds = vec![
            Feed::new("tasks", &["reads = [\"tasks\"]", unmatched], tasks),
            Feed::new("emergencies", &["reads = [\"emergencies\"]"], emergencies),
            Feed::new("holidays", &["reads = [\"holidays\"]"], holidays),
            Feed::new("on-call", &["reads = [\"on-call\"]"], shifts),
        ];
        feeds.extend(self.leaves());
        for feed in &mut feeds {
            self.gaps(feed);
        }
        (feeds, replies, self.changes)
    }

    /// Whether a change of that kind is to be tried here.
    pub(super) fn tries(&mut self, change: Change, percent: i64) -> bool {
        self.possible.contains(&change) && self.dice.chance(percent)
    }

    /// Notes that something happened, if it did.
    pub(super) fn note(&mut self, change: Change, happened: bool) {
        self.changes.extend(happened.then_some(change));
    }

    /// An instant of the world on a round minute.
    pub(super) fn instant(&mut self) -> Timestamp {
        let span = self.until.duration_since(self.from).as_mins();
        self.from + minutes(self.dice.below(span / 5) * 5)
    }

    /// A date of the world.
    pub(super) fn date(&mut self) -> Date {
        Zone::utc().date(self.instant())
    }

    /// An instant in the last days before `start`, but of the world.
    pub(super) fn before(&mut self, start: Timestamp) -> Timestamp {
        let days = self.dice.pick(&[1, 4, 20]);
        (start - minutes(self.dice.below(days * 24 * 60))).max(self.from)
    }

    /// When something is in its feed that concerns `start`.
    pub(super) fn entered(&mut self, start: Timestamp) -> Timestamp {
        let late = self.tries(Change::Late, 60);
        self.note(Change::Late, late);
        if late { self.before(start) } else { self.from }
    }

    /// The lines that name an account and a ticket; rarely no account.
    fn account(&mut self) -> Vec<String> {
        let account = self.dice.below(self.accounts);
        match self.dice.below(30) {
            0 => Vec::new(),
            1..6 => vec![format!("CATEGORIES:a{account}")],
            _ => vec![format!("X-OFFWATCH-ACCOUNT:a{account}")],
        }
    }

    /// All tasks with what becomes of them.
    fn tasks(&mut self, most: i64) -> Vec<Event> {
        let count = self.dice.between(1, most.max(1) + 1);
        let mut tasks: Vec<Event> = (0..count).map(|number| self.task(number)).collect();
        let twins: Vec<Event> = (0..count / 12).filter_map(|number| self.twin(number, &tasks)).collect();
        tasks.truncate(usize::try_from(count).unwrap_or_default().saturating_sub(twins.len()));
        tasks.extend(twins);
        let mut more = Vec::new();
        for task in &mut tasks {
            if task.first().is_some_and(Shape::recurs) {
                more.extend(self.series(task));
            } else {
                more.extend(self.changed(task));
            }
        }
        tasks.extend(more);
        tasks
    }

    /// A task as its feed first shows it.
    fn task(&mut self, number: i64) -> Event {
        let start = self.instant() + minutes(60 * self.dice.between(-72, 300));
        let date = Zone::utc().date(start);
        let length = [30, 60, 60, 120, 240, 600, 1440, 4320, 20160];
        let span = match self.dice.below(10) {
            0 => Span::Dates(date, date.saturating_add(1.day())),
            1 => Span::Times(start, None),
            2 => Span::Times(start + minutes(7), Some(start + minutes(20))),
            _ => Span::Times(start, Some(start + minutes(self.dice.pick(&length)))),
        };
        let mut lines = self.account();
        if self.dice.chance(50) {
            lines.push(format!("URL:https://tracker.example.com/issues/{number}"));
        }
        if self.dice.chance(10) {
            let end = start + minutes(60 * 24 * 7 * self.dice.between(1, 9));
            let rules = [format!("COUNT={}", self.dice.between(2, 7)), format!("UNTIL={}", stamp(end)), "INTERVAL=2;COUNT=4".to_owned()];
            let rule = rules.get(self.dice.count(3)).cloned().unwrap_or_default();
            let rule = if matches!(span, Span::Dates(..)) { "COUNT=3".to_owned() } else { rule };
            lines.push(format!("RRULE:FREQ=WEEKLY;{rule}"));
        }
        let shape = Shape { span, title: format!("Change {number}"), lines };
        Event::new(format!("t{number}"), self.entered(start), shape)
    }

    /// Another task of the same account at the same time as one of those.
    fn twin(&mut self, number: i64, tasks: &[Event]) -> Option<Event> {
        let of = tasks.get(self.dice.count(i64::try_from(tasks.len()).unwrap_or_default()))?;
        let mut shape = of.first()?.clone();
        shape.title = format!("Rollout {number}");
        shape.lines.retain(|line| !line.starts_with("URL"));
        let start = shape.start();
        Some(Event::new(format!("w{number}"), self.entered(start), shape))
    }

    /// What becomes of a series over time: its exceptions.
    fn series(&mut self, series: &mut Event) -> Option<Event> {
        let shape = series.first()?.clone();
        let Span::Times(start, _) = shape.span else { return None };
        let nth = start + minutes(60 * 24 * 7 * self.dice.below(3));
        if self.tries(Change::Rule, 50) {
            let (at, by) = (self.before(nth), minutes(self.dice.pick(&[-1440, 120, 2880])));
            let changed = series.alter(at, |shape| shape.span = shifted(shape.span, by));
            self.note(Change::Rule, changed);
        }
        if self.tries(Change::Cancelled, 50) {
            let at = self.before(nth);
            let changed = series.alter(at, |shape| shape.lines.push(format!("EXDATE:{}", stamp(nth))));
            self.note(Change::Cancelled, changed);
        }
        if !self.tries(Change::Overridden, 60) {
            return None;
        }
        let mut own = shape;
        own.lines.retain(|line| !line.starts_with("RRULE"));
        own.lines.push(format!("RECURRENCE-ID:{}", stamp(nth)));
        own.span = shifted(own.span, nth.duration_since(start));
        match self.dice.below(3) {
            0 => own.title += " in two parts",
            1 => own.span = shifted(own.span, minutes(self.dice.pick(&[-300, 90, 1440]))),
            _ => own.lines.push("STATUS:CANCELLED".to_owned()),
        }
        self.note(Change::Overridden, true);
        Some(Event::new(series.uid.clone(), self.before(nth), own))
    }

    /// Changes a task over time; perhaps it goes on as another.
    fn changed(&mut self, task: &mut Event) -> Option<Event> {
        let start = task.first()?.start();
        if self.tries(Change::Moved, 40) {
            let by = minutes(self.dice.pick(&[-4320, -600, -60, 60, 600, 1440, 7200]));
            let changed = task.alter(self.before(start), |shape| shape.span = shifted(shape.span, by));
            self.note(Change::Moved, changed);
            if changed && self.dice.chance(20) {
                // A change that goes back, sometimes before anybody heard of it.
                let at = task.versions.last()?.0 + minutes(self.dice.pick(&[10, 25, 90, 2000]));
                task.alter(at, |shape| shape.span = shifted(shape.span, -by));
            }
        }
        if self.tries(Change::Forward, 15) {
            let at = self.before(start);
            let by = (at + minutes(self.dice.pick(&[90, 600, 1500, 3000]))).duration_since(start);
            let changed = by.is_negative() && task.alter(at, |shape| shape.span = shifted(shape.span, by));
            self.note(Change::Forward, changed);
        }
        if self.tries(Change::Nudged, 40) {
            let by = minutes(self.dice.pick(&[-45, -10, 10, 45]));
            let changed = task.alter(self.before(start), |shape| shape.span = shifted(shape.span, by));
            self.note(Change::Nudged, changed);
        }
        self.reworded(task, start);
        if self.tries(Change::Cancelled, 30) {
            let changed = task.alter(self.before(start), |shape| shape.lines.push("STATUS:CANCELLED".to_owned()));
            self.note(Change::Cancelled, changed);
            if changed && self.tries(Change::Restored, 60) {
                let back = task.alter(self.before(start), |shape| shape.lines.retain(|line| !line.starts_with("STATUS")));
                self.note(Change::Restored, back);
            }
        }
        self.ends(task, start)
    }

    /// Changes what a task is called, whose it is, and what it links to.
    fn reworded(&mut self, task: &mut Event, start: Timestamp) {
        if self.tries(Change::Renamed, 30) {
            let changed = task.alter(self.before(start), |shape| shape.title += " again");
            self.note(Change::Renamed, changed);
        }
        if self.tries(Change::Ticket, 20) {
            let url = format!("URL:https://tracker.example.com/issues/{}", self.dice.below(1000) + 1000);
            let changed = task.alter(self.before(start), |shape| {
                shape.lines.retain(|line| !line.starts_with("URL"));
                shape.lines.push(url);
            });
            self.note(Change::Ticket, changed);
        }
        if self.tries(Change::Reassigned, 15) {
            let account = format!("X-OFFWATCH-ACCOUNT:a{}", self.dice.below(self.accounts));
            let changed = task.alter(self.before(start), |shape| {
                shape.lines.retain(|line| !line.starts_with("X-OFF") && !line.starts_with("CAT"));
                shape.lines.push(account);
            });
            self.note(Change::Reassigned, changed);
        }
        if self.tries(Change::Mark, 30) {
            let mark = self.dice.pick(&["[briefing done]", "[briefing waived]"]);
            let changed = task.alter(self.before(start), |shape| shape.title = format!("{mark} {}", shape.title));
            self.note(Change::Mark, changed);
        }
    }

    /// Takes a task away; perhaps it comes back, or goes on as another.
    fn ends(&mut self, task: &mut Event, start: Timestamp) -> Option<Event> {
        let gone = self.before(start);
        if self.tries(Change::Vanished, 30) {
            let last = task.vanish(gone)?;
            self.note(Change::Vanished, true);
            if self.tries(Change::Returned, 50) {
                let back = gone + minutes(self.dice.pick(&[10, 60, 600, 3000]));
                task.versions.push((back, Some(last)));
                self.note(Change::Returned, true);
            }
        } else if self.tries(Change::Recreated, 30) {
            let mut last = task.vanish(gone)?;
            self.note(Change::Recreated, true);
            let later = if self.dice.chance(30) { minutes(60) } else { SignedDuration::ZERO };
            if self.dice.chance(40) {
                last.span = shifted(last.span, minutes(self.dice.pick(&[-60, 120, 1440])));
            }
            return Some(Event::new(format!("{}-anew", task.uid), gone + later, last));
        }
        None
    }

    /// What people answer.
    fn replies(&mut self, tasks: &[Event]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for task in tasks {
            let Some(shape) = task.first().cloned() else { continue };
            while self.tries(Change::Answer, 35) {
                let at = self.before(shape.start()) + SignedDuration::from_secs(30);
                let (waived, known) = (self.dice.chance(30), self.dice.chance(50));
                let by = known.then(|| format!("e{}", self.dice.below(self.engineers)));
                let recurrence_id = shape.recurs().then(|| shape.start().to_string());
                replies.push(Reply { at, uid: task.uid.clone(), recurrence_id, waived, by });
                self.note(Change::Answer, true);
            }
        }
        replies.retain(|reply| self.from <= reply.at && reply.at < self.until);
        replies
    }

    /// An emergency.
    fn emergency(&mut self, number: i64) -> Event {
        let start = self.instant();
        let span = match self.dice.below(3) {
            0 => Span::Times(start, None),
            _ => Span::Times(start, Some(start + minutes(self.dice.pick(&[20, 90, 600, 2880])))),
        };
        let late = self.tries(Change::Late, 60).then(|| minutes(self.dice.pick(&[0, 10, 60, 900, 6000])));
        self.note(Change::Late, late.is_some());
        let shape = Shape { span, title: format!("Outage {number}"), lines: self.account() };
        Event::new(format!("x{number}"), late.map_or(self.from, |late| start + late), shape)
    }

    /// A public holiday.
    fn holiday(&mut self, number: i64) -> Event {
        let date = self.date();
        let shape = Shape { span: Span::Dates(date, date.saturating_add(1.day())), title: format!("Feast {number}"), lines: Vec::new() };
        Event::new(format!("h{number}"), self.from, shape)
    }

    /// An on-call shift.
    fn shift(&mut self, number: i64) -> Event {
        let (start, who) = (self.instant(), self.dice.below(self.engineers));
        let end = start + minutes(self.dice.pick(&[720, 1440, 10080]));
        let shape = Shape { span: Span::Times(start, Some(end)), title: format!("Worker {who}"), lines: Vec::new() };
        Event::new(format!("s{number}"), self.from, shape)
    }

    /// Lets something be wrong with a feed for a while.
    fn gaps(&mut self, feed: &mut Feed) {
        for (change, percent) in [(Change::Failure, 50), (Change::Loss, 25)] {
            if !self.tries(change, percent) {
                continue;
            }
            let since = self.instant() + minutes(1);
            let shows = (change == Change::Loss).then(|| self.dice.count(3));
            feed.gaps.push(Gap { since, until: since + minutes(self.dice.pick(&[30, 300, 1000, 8000])), shows });
            self.note(change, true);
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
