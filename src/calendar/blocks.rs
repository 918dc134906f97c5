//! Lines become balanced blocks: every BEGIN finds its END, whatever the file forgot or nested wrongly.
//! Looks at component names only; what the lines inside mean is for others.

use super::bytes::Line;
use super::{Problem, Standing};

/// How deep components may be nested before the rest is passed over.
const DEPTH: usize = 16;

/// Components that never stand inside one of each other, so that a BEGIN ends what is still open.
const SIBLINGS: [&str; 5] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"];

/// One component: its own lines and the components inside it.
#[derive(Debug)]
pub(super) struct Block {
    /// Its name in upper case.
    pub(super) name: String,
    /// The line of its BEGIN.
    pub(super) line: usize,
    /// Its own content lines.
    pub(super) lines: Vec<Line>,
    /// What is nested in it.
    pub(super) blocks: Vec<Block>,
}

/// A file as balanced blocks.
pub(super) struct Blocks {
    /// The outermost components.
    pub(super) roots: Vec<Block>,
    /// What is odd about their nesting.
    pub(super) problems: Vec<Problem>,
    /// Whether it is a calendar, and a whole one.
    pub(super) standing: Standing,
}

/// Balances `lines`; when `open`, the last line is half a line at best.
pub(super) fn blocks(lines: Vec<Line>, open: bool) -> Blocks {
    let mut nesting = Nesting::default();
    let last = lines.last().map(|line| line.number);
    for line in lines {
        let half = open && last == Some(line.number);
        match line.text.split_once(':').map(|(key, name)| (key.trim().to_ascii_uppercase(), name)) {
            Some((key, name)) if key == "BEGIN" => nesting.begin(name.trim().to_ascii_uppercase(), line.number),
            Some((key, name)) if key == "END" => nesting.end(&name.trim().to_ascii_uppercase(), line.number),
            _ => nesting.content(line, half),
        }
    }
    nesting.finish()
}

/// What is open while the lines go by.
#[derive(Default)]
struct Nesting {
    /// Open components, the outermost first.
    open: Vec<Block>,
    /// How many components deeper than `DEPTH` are open.
    deeper: usize,
    /// Finished outermost components.
    roots: Vec<Block>,
    /// What is odd.
    problems: Vec<Problem>,
    /// Whether a stray line was already reported.
    strayed: bool,
    /// Whether any VCALENDAR was seen.
    calendar: bool,
}

impl Nesting {
    /// A component begins.
    fn begin(&mut self, name: String, line: usize) {
        if name == "VCALENDAR" {
            self.calendar = true;
            self.deeper = 0;
            self.close_to(0, line);
        } else if SIBLINGS.contains(&name.as_str()) {
            let inside = self.open.iter().position(|block| SIBLINGS.contains(&block.name.as_str()));
            if let Some(depth) = inside {
                self.deeper = 0;
                self.close_to(depth, line);
            }
        }
        if self.open.len() < DEPTH {
            self.open.push(Block { name, line, lines: Vec::new(), blocks: Vec::new() });
        } else {
            if self.deeper == 0 {
                self.report(line, Some(&name), format!("nested deeper than {DEPTH} components, passed over"));
            }
            self.deeper += 1;
        }
    }

    /// A component ends.
    fn end(&mut self, name: &str, line: usize) {
        if self.deeper > 0 && name != "VCALENDAR" && !SIBLINGS.contains(&name) {
            self.deeper -= 1;
            return;
        }
        match self.open.iter().rposition(|block| block.name == name) {
            Some(depth) => {
                self.deeper = 0;
                self.close_to(depth + 1, line);
                self.close();
            }
            None => self.report(line, Some(name), format!("`END:{name}` without a beginning, passed over")),
        }
    }

    /// A line that is neither; `half` when the file stops inside it.
    fn content(&mut self, line: Line, half: bool) {
        if self.deeper > 0 {
            return;
        }
        match self.open.last_mut() {
            Some(_) if half => self.report(line.number, None, "the file stops inside this line, passed over".to_owned()),
            Some(block) => block.lines.push(line),
            None if self.strayed => {}
            None => {
                self.strayed = true;
                self.report(line.number, None, "text outside of any component, passed over".to_owned());
            }
        }
    }

    /// Closes what is open beyond `depth`: its END is missing.
    fn close_to(&mut self, depth: usize, line: usize) {
        while self.open.len() > depth {
            if let Some(block) = self.open.last() {
                let (name, began) = (block.name.clone(), block.line);
                self.report(began, Some(&name), format!("`END:{name}` is missing, taken to end before line {line}"));
            }
            self.close();
        }
    }

    /// Closes the innermost open component.
    fn close(&mut self) {
        let Some(block) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.blocks.push(block),
            None => self.roots.push(block),
        }
    }

    /// Notes a problem.
    fn report(&mut self, line: usize, component: Option<&str>, problem: String) {
        self.problems.push(Problem { line: Some(line), component: component.map(str::to_owned), uid: None, problem });
    }

    /// The file ends.
    fn finish(mut self) -> Blocks {
        let cut = self.open.iter().any(|block| block.name != "VCALENDAR");
        while let Some(block) = self.open.last() {
            let (name, line) = (block.name.clone(), block.line);
            self.report(line, Some(&name), format!("`END:{name}` is missing at the end of the file"));
            self.close();
        }
        let standing = match (self.calendar, cut) {
            (true, false) => Standing::Whole,
            (true, true) => Standing::CutOff,
            (false, _) => Standing::NotACalendar("text without a VCALENDAR"),
        };
        Blocks { roots: self.roots, problems: self.problems, standing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::bytes;

    fn check(text: &str) -> String {
        let lines = bytes::lines(text.as_bytes()).unwrap();
        let blocks = blocks(lines.content, lines.open);
        let drawn: Vec<String> = blocks.roots.iter().map(draw).collect();
        format!("{:?} {} {} problems", blocks.standing, drawn.join(" "), blocks.problems.len())
    }

    fn draw(block: &Block) -> String {
        let inner: Vec<String> = block.blocks.iter().map(draw).collect();
        format!("{}{}[{}]", block.name, block.lines.len(), inner.join(" "))
    }

    #[test]
    fn a_missing_end_closes_at_the_next_event() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\na:1\nBEGIN:VEVENT\nb:1\nEND:VEVENT\nEND:VCALENDAR\n";
        assert_eq!(check(text), "Whole VCALENDAR0[VEVENT1[] VEVENT1[]] 1 problems");
    }

    #[test]
    fn only_a_missing_end_of_the_calendar_is_no_cut() {
        assert_eq!(check("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n"), "Whole VCALENDAR0[VEVENT0[]] 1 problems");
        assert_eq!(check("BEGIN:VCALENDAR\nBEGIN:VEVENT\na:1\nb:half"), "CutOff VCALENDAR0[VEVENT1[]] 3 problems");
    }

    #[test]
    fn several_calendars_and_any_case_and_spaces_are_fine() {
        let text = "begin:vcalendar\nEnd:VCalendar \nBEGIN:VCALENDAR\nEND:VCALENDAR\n";
        assert_eq!(check(text), "Whole VCALENDAR0[] VCALENDAR0[] 0 problems");
    }

    #[test]
    fn a_hundred_thousand_nested_components_are_passed_over() {
        let text = format!("BEGIN:VCALENDAR\n{}BEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "BEGIN:X\n".repeat(100_000));
        assert!(check(&text).starts_with("Whole VCALENDAR0["));
    }
}
