//! Lines become balanced blocks: every BEGIN finds its END, whatever the file forgot or nested wrongly.
//! Looks at component names only; which events are worth keeping is for the watch to say.

use std::borrow::Cow;

use super::bytes::{Line, Text};
use super::problem::{Problem, Problems};
use super::sketch::{Passed, Skipped, Watch};
use super::{Standing, syntax};

/// How deep components may be nested before the rest is passed over.
const DEPTH: usize = 16;

/// How many lines of one component are looked at.
const LINES: usize = 100_000;

/// The name of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// VCALENDAR.
    Calendar,
    /// VEVENT.
    Event,
    /// VTIMEZONE.
    Zone,
    /// STANDARD.
    Standard,
    /// DAYLIGHT.
    Daylight,
    /// Something else, in upper case.
    Other(String),
}

impl Name {
    /// The name in `text`, in any case.
    fn read(text: &[u8]) -> Self {
        let text = text.trim_ascii();
        match text.len() {
            9 if text.eq_ignore_ascii_case(b"VCALENDAR") => Self::Calendar,
            6 if text.eq_ignore_ascii_case(b"VEVENT") => Self::Event,
            9 if text.eq_ignore_ascii_case(b"VTIMEZONE") => Self::Zone,
            8 if text.eq_ignore_ascii_case(b"STANDARD") => Self::Standard,
            8 if text.eq_ignore_ascii_case(b"DAYLIGHT") => Self::Daylight,
            _ => Self::Other(String::from_utf8_lossy(text).to_uppercase()),
        }
    }

    /// The name in upper case.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Calendar => "VCALENDAR",
            Self::Event => "VEVENT",
            Self::Zone => "VTIMEZONE",
            Self::Standard => "STANDARD",
            Self::Daylight => "DAYLIGHT",
            Self::Other(name) => name,
        }
    }

    /// Whether components of this name never stand inside one another, so that a BEGIN ends what is still open.
    fn is_sibling(&self) -> bool {
        match self {
            Self::Event | Self::Zone => true,
            Self::Other(name) => matches!(name.as_str(), "VTODO" | "VJOURNAL" | "VFREEBUSY"),
            Self::Calendar | Self::Standard | Self::Daylight => false,
        }
    }
}

/// One component: its own lines and, in a time zone, the components inside it.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// Its name.
    pub(super) name: Name,
    /// The line of its BEGIN.
    pub(super) line: usize,
    /// Where its BEGIN stands in the text.
    pub(super) at: usize,
    /// Which calendar of the file it stands in, counted from 1; 0 is none.
    pub(super) calendar: usize,
    /// Its own content lines that somebody may need.
    pub(super) lines: Vec<Line<'a>>,
    /// What is nested in it.
    pub(super) inner: Vec<Block<'a>>,
}

impl Block<'_> {
    /// Its UID as it stands, if it has come to that yet.
    fn uid(&self) -> Option<String> {
        let lines = self.lines.iter().map(Line::bytes);
        let mut uids = lines.filter_map(|line| {
            let content = syntax::content(&line).filter(|content| content.name.eq_ignore_ascii_case(b"UID"))?;
            Some(String::from_utf8_lossy(content.value).into_owned())
        });
        uids.next().filter(|_| self.name == Name::Event)
    }
}

/// A file as balanced blocks.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    /// Calendars, with the lines that are needed of them.
    pub(super) calendars: Vec<Block<'a>>,
    /// Time zones.
    pub(super) zones: Vec<Block<'a>>,
    /// Events that the watch wanted.
    pub(super) events: Vec<Block<'a>>,
    /// What it saw of the others.
    pub(super) passed: Passed<'a>,
    /// Whether the file is a calendar, and a whole one; `Empty` when no component begins in it.
    pub(super) standing: Standing,
}

impl Blocks<'_> {
    /// Whether there is no event in it.
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.passed.events.is_empty()
    }
}

/// Balances the lines of `text`.
pub(super) fn blocks<'a>(text: &'a Text<'_>, watch: Watch, problems: &mut Problems) -> Blocks<'a> {
    let mut nesting = Nesting::new(watch, problems);
    for line in text.lines() {
        nesting.take(line);
    }
    nesting.finish()
}

/// An event that was passed over before.
pub(super) fn event<'a>(text: &'a Text<'_>, skipped: &Skipped) -> Option<Block<'a>> {
    // Its oddities were told when it was first seen.
    let mut unheard = Problems::default();
    let mut nesting = Nesting::new(Watch::Everything, &mut unheard);
    // It may have no END of its own.
    for line in text.lines_from(skipped.at, skipped.line).take_while(|line| line.at < skipped.until) {
        nesting.take(line);
    }
    nesting.finish().events.pop()
}

/// What is open while the lines go by.
struct Nesting<'a, 'p> {
    /// Open components, the outermost first.
    open: Vec<Block<'a>>,
    /// How many components deeper than `DEPTH` are open.
    deeper: usize,
    /// What is finished.
    found: Blocks<'a>,
    /// Which events are wanted.
    watch: Watch,
    /// A list of lines to be used again.
    spare: Vec<Line<'a>>,
    /// What is odd.
    problems: &'p mut Problems,
    /// How many calendars have begun.
    calendars: usize,
    /// Whether a stray line was already reported.
    strayed: bool,
    /// Whether anything began at all.
    begun: bool,
    /// Where the present line begins in the text.
    here: usize,
}

/// What follows `BEGIN:` or `END:`, with blanks anywhere around.
fn boundary<'a>(line: &Line<'a>, word: &[u8]) -> Option<Cow<'a, [u8]>> {
    let head = line.head();
    if !head.get(..word.len())?.eq_ignore_ascii_case(word) {
        return None;
    }
    let rest = head.get(word.len()..)?;
    let name = rest.strip_prefix(b":").or_else(|| rest.trim_ascii_start().strip_prefix(b":"))?;
    Some(if line.is_folded() { Cow::Owned(line.bytes().get(head.len() - name.len()..)?.to_vec()) } else { Cow::Borrowed(name) })
}

impl<'a, 'p> Nesting<'a, 'p> {
    /// Before the first line.
    fn new(watch: Watch, problems: &'p mut Problems) -> Self {
        let standing = Standing::Empty;
        let found = Blocks { calendars: Vec::new(), zones: Vec::new(), events: Vec::new(), passed: Passed::default(), standing };
        Self { open: Vec::new(), deeper: 0, found, watch, spare: Vec::new(), problems, calendars: 0, strayed: false, begun: false, here: 0 }
    }

    /// Takes the next line.
    fn take(&mut self, line: Line<'a>) {
        self.here = line.at;
        match line.head().first() {
            Some(b'B' | b'b') if let Some(name) = boundary(&line, b"BEGIN") => self.begin(Name::read(&name), &line),
            Some(b'E' | b'e') if let Some(name) = boundary(&line, b"END") => self.end(&Name::read(&name), line.number),
            _ => self.content(line),
        }
    }

    /// A component begins.
    fn begin(&mut self, name: Name, line: &Line<'_>) {
        self.begun = true;
        if name == Name::Calendar {
            self.calendars += 1;
            self.deeper = 0;
            self.close_to(0, line.number);
        } else if name.is_sibling()
            && let Some(depth) = self.open.iter().position(|block| block.name.is_sibling())
        {
            self.deeper = 0;
            self.close_to(depth, line.number);
        }
        if self.open.len() < DEPTH {
            let calendar = if self.open.is_empty() && name != Name::Calendar { 0 } else { self.calendars };
            let lines = std::mem::take(&mut self.spare);
            self.open.push(Block { name, line: line.number, at: line.at, calendar, lines, inner: Vec::new() });
        } else {
            if self.deeper == 0 {
                self.report(line.number, Some(&name), || format!("nested deeper than {DEPTH} components, passed over"));
            }
            self.deeper += 1;
        }
    }

    /// A component ends.
    fn end(&mut self, name: &Name, line: usize) {
        if self.deeper > 0 && *name != Name::Calendar && !name.is_sibling() {
            self.deeper -= 1;
            return;
        }
        match self.open.iter().rposition(|block| block.name == *name) {
            Some(depth) => {
                self.deeper = 0;
                self.close_to(depth + 1, line);
                self.close();
            }
            None => self.report(line, Some(name), || format!("`END:{}` without a beginning, passed over", name.as_str())),
        }
    }

    /// A line that is neither.
    fn content(&mut self, line: Line<'a>) {
        if self.deeper > 0 {
            return;
        }
        let Some(block) = self.open.last_mut() else {
            if !std::mem::replace(&mut self.strayed, true) {
                self.report(line.number, None, || "text outside of any component, passed over".to_owned());
            }
            return;
        };
        if line.open {
            self.report(line.number, None, || "the file stops inside this line, passed over".to_owned());
            return;
        }
        let needed = match block.name {
            Name::Event | Name::Zone | Name::Standard | Name::Daylight => true,
            // Of a calendar only its zone is of interest, and what is odd.
            Name::Calendar => syntax::content(line.head()).is_none_or(|content| content.name.eq_ignore_ascii_case(b"X-WR-TIMEZONE")),
            Name::Other(_) => false,
        };
        if needed && block.lines.len() < LINES {
            block.lines.push(line);
        } else if needed {
            let name = block.name.clone();
            self.report(line.number, Some(&name), || format!("more than {LINES} lines in one component, this one is passed over"));
        }
    }

    /// Closes what is open beyond `depth`: its END is missing.
    fn close_to(&mut self, depth: usize, line: usize) {
        while self.open.len() > depth {
            self.unended(|name| format!("`END:{name}` is missing, taken to end before line {line}"));
            self.close();
        }
    }

    /// Closes the innermost open component.
    fn close(&mut self) {
        let Some(block) = self.open.pop() else { return };
        match block.name {
            Name::Event if self.watch.wants(&block, self.here, &mut self.found.passed) => self.found.events.push(block),
            Name::Calendar => self.found.calendars.push(block),
            Name::Zone => self.found.zones.push(block),
            Name::Standard | Name::Daylight => {
                if let Some(parent) = self.open.last_mut().filter(|parent| parent.name == Name::Zone) {
                    parent.inner.push(block);
                }
            }
            Name::Event | Name::Other(_) => {
                self.spare = block.lines;
                self.spare.clear();
            }
        }
    }

    /// Notes that the innermost open component has no end.
    fn unended(&mut self, problem: impl FnOnce(&str) -> String) {
        let Some(block) = self.open.last() else { return };
        if self.problems.is_full() {
            self.problems.count(1);
            return;
        }
        let name = block.name.as_str().to_owned();
        let problem = Problem::at(block.line, problem(&name));
        self.problems.push(Problem { uid: block.uid(), component: Some(name), ..problem });
    }

    /// Notes a problem.
    fn report(&mut self, line: usize, component: Option<&Name>, problem: impl FnOnce() -> String) {
        if self.problems.is_full() {
            self.problems.count(1);
        } else {
            let component = component.map(|name| name.as_str().to_owned());
            self.problems.push(Problem { component, ..Problem::at(line, problem()) });
        }
    }

    /// The file ends.
    fn finish(mut self) -> Blocks<'a> {
        self.here = usize::MAX;
        let cut = self.open.iter().any(|block| block.name != Name::Calendar);
        while !self.open.is_empty() {
            self.unended(|name| format!("`END:{name}` is missing at the end of the file"));
            self.close();
        }
        self.found.standing = match (self.calendars > 0, cut) {
            (true, false) => Standing::Whole,
            (true, true) => Standing::CutOff,
            (false, _) if self.begun => Standing::NotACalendar("components without a VCALENDAR around them"),
            (false, _) => Standing::Empty,
        };
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::bytes;

    fn check(text: &str) -> String {
        let (text, mut problems) = (bytes::text(text.as_bytes()).unwrap(), Problems::default());
        let blocks = blocks(&text, Watch::Everything, &mut problems);
        let events: Vec<String> = blocks.events.iter().map(|block| format!("{}:{}", block.calendar, block.lines.len())).collect();
        let (calendars, problems) = (blocks.calendars.len(), problems.finish().len());
        format!("{:?}, {calendars} calendars, {problems} problems, events {}", blocks.standing, events.join(" "))
    }

    #[test]
    fn a_missing_end_closes_at_the_next_event() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\na:1\nBEGIN:VEVENT\nb:1\nEND:VEVENT\nEND:VCALENDAR\n";
        assert_eq!(check(text), "Whole, 1 calendars, 1 problems, events 1:1 1:1");
    }

    #[test]
    fn only_a_missing_end_of_the_calendar_is_no_cut() {
        assert_eq!(check("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n"), "Whole, 1 calendars, 1 problems, events 1:0");
        assert_eq!(check("BEGIN:VCALENDAR\nBEGIN:VEVENT\na:1\nb:half"), "CutOff, 1 calendars, 3 problems, events 1:1");
    }

    #[test]
    fn several_calendars_and_any_case_and_blanks_are_fine() {
        let text = "begin:vcalendar\nEnd:VCalendar \nBEGIN :VCALENDAR\nBEGIN:VEV\n ENT\nEND: VEVENT\nEND:VCALENDAR\n";
        assert_eq!(check(text), "Whole, 2 calendars, 0 problems, events 2:0");
    }

    #[test]
    fn lines_of_alarms_are_not_those_of_the_event() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\na:1\nBEGIN:VALARM\nb:1\nEND:VALARM\nc:1\nEND:VEVENT\nEND:VCALENDAR\n";
        assert_eq!(check(text), "Whole, 1 calendars, 0 problems, events 1:2");
    }

    #[test]
    fn an_event_that_was_passed_over_is_found_again() {
        let text = bytes::text(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\na:1\nEND:VEVENT\nBEGIN:VEVENT\nb:1\nEND:VEVENT\n").unwrap();
        let skipped = |at, until, line| Skipped { uid: 0, at, until, line, calendar: 1 };
        let found = event(&text, &skipped(44, usize::MAX, 5)).unwrap();
        assert_eq!((found.line, found.lines[0].number, found.lines.len()), (5, 6, 1));
        let endless = bytes::text(b"BEGIN:VEVENT\na:1\nBEGIN:VEVENT\nEND:VEVENT\n").unwrap();
        assert_eq!(event(&endless, &skipped(0, 17, 1)).unwrap().lines.len(), 1);
    }

    #[test]
    fn a_hundred_thousand_nested_components_are_passed_over() {
        let text = format!("BEGIN:VCALENDAR\n{}BEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "BEGIN:X\n".repeat(100_000));
        assert!(check(&text).starts_with("Whole, 1 calendars"));
    }
}
