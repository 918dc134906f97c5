//! Blocks become components with named properties, by way of the `icalendar` crate's parser.
//! The only file that calls that parser; it gets one component at a time, so a bad line costs a line and no calendar.

use std::panic::{AssertUnwindSafe, catch_unwind};

use icalendar::parser::{self, read_calendar_simple};

use super::Problem;
use super::blocks::Block;
use super::bytes::Line;

/// One property.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// Its name in upper case.
    pub(super) name: String,
    /// Its parameters, names in upper case.
    params: Vec<(String, String)>,
    /// Its value; TEXT is unescaped, CATEGORIES and everything else is as written.
    pub(super) value: String,
    /// The line it stands in.
    pub(super) line: usize,
}

impl Property {
    /// The value of a parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// One component.
#[derive(Debug)]
pub(super) struct Component {
    /// Its name in upper case.
    pub(super) name: String,
    /// The line of its BEGIN.
    pub(super) line: usize,
    /// Its properties in order.
    pub(super) properties: Vec<Property>,
    /// The components inside it.
    pub(super) inner: Vec<Component>,
}

impl Component {
    /// The first property of this name.
    pub(super) fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// All properties of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> + 'a {
        self.properties.iter().filter(move |property| property.name == name)
    }

    /// The value of the first property of this name, unless it is empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.property(name).map(|property| property.value.trim()).filter(|value| !value.is_empty())
    }

    /// Something odd about this component.
    pub(super) fn problem(&self, line: usize, problem: impl Into<String>) -> Problem {
        let uid = self.value("UID").map(str::to_owned);
        Problem { line: Some(line), component: Some(self.name.clone()), uid, problem: problem.into() }
    }
}

/// Reads the own lines of `block`, and of the blocks inside it when `deep`.
pub(super) fn component(block: Block, deep: bool, problems: &mut Vec<Problem>) -> Component {
    let Block { name, line, lines, blocks } = block;
    let (lines, dropped): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| is_content(&line.text));
    let mut odd: Vec<(usize, &str)> = dropped.iter().map(|line| (line.number, "no property, passed over")).collect();
    let mut properties = parse(&lines);
    if properties.is_none() {
        let (good, bad): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| parse(std::slice::from_ref(line)).is_some());
        odd.extend(bad.iter().map(|line| (line.number, "a property that cannot be read, passed over")));
        properties = parse(&good);
    }
    if properties.is_none() {
        odd.push((line, "a component that cannot be read, passed over"));
    }
    let inner = if deep { blocks.into_iter().map(|block| component(block, deep, problems)).collect() } else { Vec::new() };
    let component = Component { name, line, properties: properties.unwrap_or_default(), inner };
    problems.extend(odd.into_iter().map(|(line, problem)| component.problem(line, problem)));
    component
}

/// Whether a line begins like a property: a name, then a colon or a semicolon.
fn is_content(text: &str) -> bool {
    let name = text.split([':', ';']).next().unwrap_or_default().trim();
    name.len() < text.trim().len() && !name.is_empty() && text.contains(':')
}

/// The properties in `lines`; none when the parser refuses any of them.
fn parse(lines: &[Line]) -> Option<Vec<Property>> {
    let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 2).sum::<usize>() + 32);
    text.push_str("BEGIN:X\r\n");
    for line in lines {
        // Names come in any case, but the parser unescapes by upper-case name only.
        let name = line.text.find([':', ';']).unwrap_or(0);
        let (name, rest) = line.text.split_at_checked(name)?;
        text.extend(name.trim().chars().map(|character| character.to_ascii_uppercase()));
        text.push_str(rest);
        text.push_str("\r\n");
    }
    text.push_str("END:X\r\n");
    let read = catch_unwind(AssertUnwindSafe(|| read_calendar_simple(&text).ok().and_then(|mut found| found.pop()))).ok()??;
    if read.properties.len() != lines.len() {
        return None;
    }
    Some(read.properties.iter().zip(lines).map(|(property, line)| own(property, line.number)).collect())
}

/// A property of the parser as ours.
fn own(property: &parser::Property<'_>, line: usize) -> Property {
    let mut params: Vec<(String, String)> = Vec::with_capacity(property.params.len());
    for param in &property.params {
        let value = param.val.as_ref().map_or("", |value| value.as_str());
        params.push((param.key.as_str().to_ascii_uppercase(), value.to_owned()));
    }
    let mut value = property.val.as_str().to_owned();
    // An unquoted `(UTC+01:00) Berlin` is torn apart at its first colon: put it together again.
    if let Some((_, zone)) = params.iter_mut().find(|(key, _)| key == "TZID")
        && let Some((torn, stamp)) = value.rsplit_once(':')
        && stamp.len() >= 8
        && stamp.bytes().take(8).all(|byte| byte.is_ascii_digit())
    {
        *zone = format!("{zone}:{torn}");
        value = stamp.to_owned();
    }
    Property { name: property.name.as_str().to_owned(), params, value, line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{blocks, bytes};

    fn check(body: &str) -> String {
        let text = format!("BEGIN:VEVENT\n{body}\nEND:VEVENT\n");
        let lines = bytes::lines(text.as_bytes()).unwrap();
        let mut problems = Vec::new();
        let block = blocks::blocks(lines.content, lines.open).roots.pop().unwrap();
        let component = component(block, true, &mut problems);
        let read: Vec<String> = component.properties.iter().map(|found| format!("{}={}", found.name, found.value)).collect();
        format!("{} / {} problems", read.join(" "), problems.len())
    }

    #[test]
    fn a_bad_line_costs_that_line_and_is_reported() {
        assert_eq!(check("UID:1\nTHIS IS NO LINE\nX-FOO BAR:1\nSUMMARY:a\\, b"), "UID=1 SUMMARY=a, b / 2 problems");
        assert_eq!(check("uid:1\nATTENDEE;CN=\"abc:mailto:a@b"), "UID=1 ATTENDEE=mailto:a@b / 0 problems");
    }

    #[test]
    fn an_unquoted_zone_with_a_colon_is_put_together_again() {
        assert_eq!(check("DTSTART;TZID=(UTC+01:00) Berlin, Bern:20260102T100000"), "DTSTART=20260102T100000 / 0 problems");
    }

    #[test]
    fn a_line_of_a_megabyte_breaks_nothing() {
        assert!(check(&format!("UID:1\nX BAD{}:1", "x".repeat(1_000_000))).starts_with("UID=1 / 1"));
    }
}
