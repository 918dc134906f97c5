//! A week as shapes: paths of right angles, one for each kind of thing, that the style sheet fills. Knows coordinates only.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::window::{Window, Windows};

/// How wide a week is; its height stands in the template.
const WIDTH: i64 = 672;

/// Where the lane of hours begins and how high it is.
const HOURS: (i64, i64) = (28, 22);

/// The same of the lane of tasks.
const TASKS: (i64, i64) = (54, 16);

/// No task is drawn narrower.
const NARROW: i64 = 6;

/// How wide a sign is.
const SIGN: i64 = 16;

/// A day's name and where it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Day {
    /// Where.
    x: i64,
    /// Its name.
    name: String,
}

/// A task's sign and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Mark {
    /// Where.
    x: i64,
    /// The sign.
    sign: &'static str,
}

/// A week, drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Week {
    /// What it shows, in words.
    name: String,
    /// The days.
    days: Vec<Day>,
    /// Where days begin.
    grid: String,
    /// When somebody is there.
    there: String,
    /// When they are away.
    away: String,
    /// Tasks.
    tasks: String,
    /// What of them is uncovered.
    uncovered: String,
    /// The same of those at risk.
    risk: String,
    /// Last moments to write.
    deadlines: String,
    /// The present.
    now: String,
    /// The signs of tasks.
    marks: Vec<Mark>,
}

/// A task to be drawn.
pub(super) struct Drawn<'a> {
    /// From its start to the end of its aftercare.
    pub(super) watch: Window,
    /// The parts in which nobody is there; none when they do not count.
    pub(super) parts: Option<&'a Windows>,
    /// How it stands.
    pub(super) sign: &'static str,
    /// Whether it is at risk.
    pub(super) risk: bool,
}

/// What a week is drawn from.
pub(super) struct Colours<'a> {
    /// When they are there.
    pub(super) there: &'a Windows,
    /// When they are away although they would work.
    pub(super) away: &'a Windows,
    /// Their tasks.
    pub(super) tasks: &'a [Drawn<'a>],
    /// Last moments to write.
    pub(super) deadlines: &'a [Timestamp],
    /// The present.
    pub(super) now: Timestamp,
}

/// Draws the days of a week.
pub(super) fn week(days: &[(Date, Window)], colours: &Colours<'_>) -> Option<Week> {
    let ((first, from), (last, until)) = (days.first()?, days.last()?);
    let frame = Window::new(from.start(), until.end())?;
    let mut week = Week { name: format!("{} to {}", first.strftime("%a %-d %b"), last.strftime("%a %-d %b")), ..Week::default() };
    for (date, day) in days {
        let x = place(frame, day.start());
        week.days.push(Day { x, name: date.strftime("%a %-d").to_string() });
        let _ = write!(week.grid, "M{x} 0V96");
    }
    week.there = bars(&colours.there.within(frame), frame, HOURS, 0);
    week.away = bars(&colours.away.within(frame), frame, HOURS, 0);
    for task in colours.tasks {
        let Some(watch) = task.watch.intersect(frame) else { continue };
        week.tasks += &bars(&watch.into(), frame, TASKS, NARROW);
        let path = if task.risk { &mut week.risk } else { &mut week.uncovered };
        path.push_str(&task.parts.map(|parts| bars(&parts.within(frame), frame, TASKS, NARROW)).unwrap_or_default());
        if !task.sign.is_empty() && frame.contains(task.watch.start()) {
            week.marks.push(Mark { x: place(frame, watch.start()).min(WIDTH - SIGN), sign: task.sign });
        }
    }
    for at in colours.deadlines.iter().filter(|at| frame.contains(**at)) {
        let _ = write!(week.deadlines, "M{} 50l-8-14h16z", place(frame, *at));
    }
    if frame.contains(colours.now) {
        week.now = format!("M{} 24V74", place(frame, colours.now));
    }
    Some(week)
}

/// Where an instant stands.
fn place(frame: Window, at: Timestamp) -> i64 {
    let (all, past) = (frame.length().as_mins().max(1), at.duration_since(frame.start()).as_mins());
    (past * WIDTH / all).clamp(0, WIDTH)
}

/// Stretches as a path of bars.
fn bars(windows: &Windows, frame: Window, (top, height): (i64, i64), least: i64) -> String {
    let mut path = String::new();
    for window in windows.iter() {
        let x = place(frame, window.start());
        let width = (place(frame, window.end()) - x).max(least.min(WIDTH - x));
        let _ = write!(path, "M{x} {top}h{width}v{height}h-{width}z");
    }
    path
}
