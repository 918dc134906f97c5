//! The coming days at a glance: a block an engineer, a line a day, a cell half an hour. Draws what was decided elsewhere.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::plan::Coming;
use crate::agenda::TaskId;
use crate::availability::Availability;
use crate::people::{Engineer, EngineerId};
use crate::plan::{Case, Desk, Outside, Past};
use crate::window::{Window, Windows};
use crate::zone::Zone;

/// How many cells a day has.
const CELLS: i32 = 48;

/// How wide a line may grow, in characters.
const WIDTH: usize = 110;

/// Where the names of a day begin.
const NAMES: usize = 63;

/// What the cells mean.
const LEGEND: &str = "  # there   . off   ~ away   T task, uncovered   t task, covered   D last moment to write   L letter\n";

/// The hours above the cells.
const RULER: &str = "             0     3     6     9     12    15    18    21\n";

/// Everything that is drawn.
#[derive(Clone, Copy)]
pub(super) struct Timeline<'a> {
    /// What is known.
    pub(super) desk: &'a Desk,
    /// What was said and done.
    pub(super) past: &'a Past,
    /// How the feeds are.
    pub(super) outside: &'a Outside,
    /// The letters to come.
    pub(super) coming: &'a [Coming],
    /// The present.
    pub(super) now: Timestamp,
    /// The first instant not drawn.
    pub(super) until: Timestamp,
}

/// What one engineer's days hold.
struct Days<'a> {
    /// Their zone.
    zone: &'a Zone,
    /// Their time.
    availability: &'a Availability,
    /// When they would work but are away.
    missed: Windows,
    /// Tasks of theirs in the span, by start.
    tasks: Vec<&'a Case>,
    /// Until when they are to write for a task.
    deadlines: Vec<(Timestamp, &'a Case)>,
    /// When letters come, and what they say.
    letters: Vec<(Timestamp, String)>,
    /// Everything else.
    line: Timeline<'a>,
}

/// One date, drawn.
#[derive(PartialEq, Eq)]
struct Row {
    /// Its cells.
    cells: String,
    /// What happens on it.
    names: Vec<String>,
}

impl<'a> Timeline<'a> {
    /// The blocks of `engineers`, with a legend.
    pub(super) fn draw(self, engineers: &[&'a Engineer]) -> String {
        let blocks: Vec<String> = engineers.iter().filter_map(|engineer| self.block(engineer)).collect();
        if blocks.is_empty() { String::new() } else { format!("the coming days\n{LEGEND}{}\n", blocks.concat()) }
    }

    /// One engineer's block; a line when nothing happens.
    fn block(self, engineer: &'a Engineer) -> Option<String> {
        let days = self.days(engineer)?;
        let heading = format!("{} ({}), {}", engineer.name, engineer.id, engineer.zone.name());
        let dates = engineer.zone.date(self.now).series(1.day());
        let last = self.until.checked_sub(SignedDuration::from_secs(1)).unwrap_or(self.until);
        let rows: Vec<(Date, Row)> =
            dates.take_while(|date| *date <= engineer.zone.date(last)).map(|date| (date, days.row(date))).collect();
        let quiet = rows.iter().all(|(_, row)| row.names.is_empty() && !row.cells.contains(['~', 'T', 't']));
        if quiet {
            return Some(format!("\n  {heading}: usual hours, nothing to tell\n"));
        }
        let mut text = format!("\n  {heading}\n{RULER}");
        let mut rest = rows.as_slice();
        while let Some(((date, row), after)) = rest.split_first() {
            // Days alike on which nothing happens stand on one line.
            let alike = if row.names.is_empty() { after.iter().take_while(|(_, other)| other == row).count() } else { 0 };
            let (same, after) = after.split_at_checked(alike).unwrap_or((&[], after));
            let until = same.last().map(|(last, _)| format!("and so until {}", last.strftime("%a %-d %b")));
            text.push_str(&line(*date, row, until));
            rest = after;
        }
        Some(text)
    }

    /// What concerns an engineer.
    fn days(self, engineer: &'a Engineer) -> Option<Days<'a>> {
        let availability = self.desk.scene().availability.get(&engineer.id)?;
        let span = Window::new(self.now, self.until)?;
        let near = |case: &&Case| case.stands && case.watch.overlaps(span);
        let asked: BTreeMap<TaskId, Timestamp> = self.deadlines(&engineer.id);
        let theirs = |case: &&Case| case.is_of(&engineer.id) || asked.contains_key(&case.id);
        let mut tasks: Vec<&Case> = self.desk.cases().filter(near).filter(theirs).collect();
        tasks.sort_by_key(|case| (case.start(), &case.id));
        let deadlines = asked.iter().filter_map(|(id, at)| Some((*at, self.desk.case(id)?))).filter(|(at, _)| span.contains(*at));
        let mut deadlines: Vec<(Timestamp, &Case)> = deadlines.collect();
        deadlines.sort_by_key(|(at, case)| (*at, &case.id));
        let theirs = self.coming.iter().filter(|(_, written)| written.letter.to == engineer.email);
        let letters = theirs.map(|(at, written)| {
            let mut kinds: Vec<&str> = written.notices.iter().map(|notice| notice.kind.name()).collect();
            kinds.dedup();
            (*at, kinds.join(", "))
        });
        Some(Days {
            zone: &engineer.zone,
            missed: availability.work().minus(availability.free()),
            availability,
            tasks,
            deadlines,
            letters: letters.collect(),
            line: self,
        })
    }

    /// Until when an engineer is to write for which task.
    fn deadlines(self, engineer: &EngineerId) -> BTreeMap<TaskId, Timestamp> {
        let asked = self.desk.asked_of(engineer, self.past, self.outside, self.now);
        asked.into_iter().filter_map(|asked| Some((asked.task, asked.deadline?))).collect()
    }
}

impl Days<'_> {
    /// One date.
    fn row(&self, date: Date) -> Row {
        let cells: Vec<Option<Window>> = (0..CELLS).map(|cell| self.cell(date, cell)).collect();
        let mut signs: Vec<char> = cells.iter().map(|cell| cell.map_or(' ', |cell| self.sign(cell))).collect();
        let mut names: Vec<(Timestamp, String)> = Vec::new();
        let day = Window::new(self.zone.midnight(date), self.zone.midnight(date.saturating_add(1.day())));
        let within = |at: Timestamp| day.is_some_and(|day| day.contains(at));
        let mut mark = |at: Timestamp, sign: char| {
            let cell = cells.iter().position(|cell| cell.is_some_and(|cell| cell.contains(at)));
            if let Some(place) = cell.and_then(|cell| signs.get_mut(cell)) {
                *place = sign;
            }
        };
        for (deadline, case) in &self.deadlines {
            // A deadline is the end of a stretch: its sign stands in the last cell of it.
            let last = deadline.checked_sub(SignedDuration::from_secs(1)).unwrap_or(*deadline);
            if within(last) {
                mark(last, 'D');
                names.push((*deadline, format!("D {} for {}", self.time(*deadline), case.task.title)));
            }
        }
        for (at, kinds) in self.letters.iter().filter(|(at, _)| within(*at)) {
            mark(*at, 'L');
            names.push((*at, format!("L {} {kinds}", self.time(*at))));
        }
        for case in self.tasks.iter().filter(|case| within(case.start())) {
            let (at, title) = (self.time(case.start()), &case.task.title);
            let name = if case.uncovered { format!("T {at} {}: {title}", self.state(case)) } else { format!("t {at} {title}") };
            names.push((case.start(), name));
        }
        names.sort();
        Row { cells: signs.into_iter().collect(), names: names.into_iter().map(|(_, name)| name).collect() }
    }

    /// Half an hour of a date on the wall; none when the clock leaps over it.
    fn cell(&self, date: Date, cell: i32) -> Option<Window> {
        let wall = |cell: i32| -> Option<DateTime> { date.at(0, 0, 0, 0).checked_add((i64::from(cell) * 30).minutes()).ok() };
        Window::new(self.zone.first(wall(cell)?), self.zone.first(wall(cell + 1)?))
    }

    /// What a cell shows before letters and deadlines are put in.
    fn sign(&self, cell: Window) -> char {
        let half = |windows: &Windows| windows.within(cell).length() >= cell.length() / 2;
        let touching = || self.tasks.iter().filter(|case| case.watch.overlaps(cell));
        let past = cell.end() <= self.line.now;
        if !past && touching().any(|case| case.uncovered && !case.parts.within(cell).is_empty()) {
            'T'
        } else if !past && touching().next().is_some() {
            't'
        } else if half(self.availability.free()) {
            '#'
        } else if half(&self.missed) {
            '~'
        } else {
            '.'
        }
    }

    /// What is known of a task's briefing, in a word.
    fn state(&self, case: &Case) -> &'static str {
        self.line.desk.briefing(case, self.line.past, self.line.now).name()
    }

    /// A time of day.
    fn time(&self, at: Timestamp) -> String {
        self.zone.local(at).strftime("%H:%M").to_string()
    }
}

/// One line, and further ones when a day has several names.
fn line(date: Date, row: &Row, until: Option<String>) -> String {
    let mut text = format!("  {:<10} {}", date.strftime("%a %-d %b").to_string(), row.cells);
    let names = row.names.iter().cloned().chain(until);
    text.extend(names.enumerate().map(|(place, name)| {
        let name = short(&name);
        if place == 0 { format!("  {name}") } else { format!("\n{:NAMES$}{name}", "") }
    }));
    format!("{}\n", text.trim_end())
}

/// A name that fits into the line.
fn short(name: &str) -> String {
    let room = WIDTH.saturating_sub(NAMES);
    if name.chars().count() <= room {
        return name.to_owned();
    }
    let cut: String = name.chars().take(room.saturating_sub(2)).collect();
    cut.trim_end().to_owned() + ".."
}
