//! Blocks become components with named properties, by way of the `icalendar` crate's parser.
//! The only file that calls that parser; it gets one component at a time, so a bad line costs a line and no calendar.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use icalendar::parser::{self, read_calendar_simple};
use memchr::memchr2;

use super::blocks::Block;
use super::problem::{Problem, Problems};
use super::syntax;

/// The properties that mean something to us. Lines of others are not even parsed: most lines of most feeds.
const KNOWN: [&str; 25] = [
    "ATTENDEE",
    "CATEGORIES",
    "DESCRIPTION",
    "DTEND",
    "DTSTART",
    "DURATION",
    "EXDATE",
    "EXRULE",
    "LOCATION",
    "ORGANIZER",
    "RDATE",
    "RECURRENCE-ID",
    "RRULE",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "UID",
    "URL",
    "X-LIC-LOCATION",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-OFFWATCH-ACCOUNT",
    "X-WR-TIMEZONE",
];

/// The known name that `name` is, in any case.
fn known(name: &[u8]) -> Option<&'static str> {
    let (length, first) = (name.len(), name.first()?.to_ascii_uppercase());
    let alike = |known: &&str| known.len() == length && known.as_bytes().first() == Some(&first);
    KNOWN.into_iter().filter(alike).find(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

/// One property.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// Its name, one of [`KNOWN`].
    pub(super) name: &'static str,
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

/// Reads the lines of `block`, and of the blocks inside it.
pub(super) fn component(block: Block<'_>, problems: &mut Problems) -> Component {
    let Block { name, line, lines, inner, .. } = block;
    let mut texts: Vec<(usize, Cow<'_, str>)> = Vec::new();
    let mut odd: Vec<(usize, &str)> = Vec::new();
    for line in &lines {
        match syntax::content(line.head()) {
            Some(content) if known(content.name).is_some() => texts.push((line.number, line.text())),
            Some(_) => {}
            None => match line.text() {
                text if !is_content(&text) => odd.push((line.number, "no property, passed over")),
                text => {
                    if has_open_quote(&text) {
                        odd.push((line.number, "a quote that is not closed, taken as far as it can be read"));
                    }
                    texts.push((line.number, text));
                }
            },
        }
    }
    let mut properties = parse(&texts);
    if properties.is_none() {
        let (good, bad): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| parse(std::slice::from_ref(text)).is_some());
        odd.extend(bad.iter().map(|(number, _)| (*number, "a property that cannot be read, passed over")));
        properties = parse(&good);
    }
    if properties.is_none() {
        odd.push((line, "a component that cannot be read, passed over"));
    }
    let inner = inner.into_iter().map(|block| component(block, problems)).collect();
    let component = Component { name: name.as_str().to_owned(), line, properties: properties.unwrap_or_default(), inner };
    for (line, problem) in odd {
        problems.push(component.problem(line, problem));
    }
    component
}

/// Whether a line begins like a property: a name, then a colon or a semicolon.
fn is_content(text: &str) -> bool {
    let name = text.split([':', ';']).next().unwrap_or_default().trim();
    name.len() < text.trim().len() && !name.is_empty() && text.contains(':')
}

/// Whether a quote in the parameters of an odd line is not closed; quotes in a value mean nothing.
fn has_open_quote(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 && syntax::content(text.as_bytes()).is_none()
}

/// The properties in lines of text, each with its number; none when the parser refuses any of them.
fn parse(lines: &[(usize, Cow<'_, str>)]) -> Option<Vec<Property>> {
    let mut text = String::with_capacity(lines.iter().map(|(_, line)| line.len() + 2).sum::<usize>() + 32);
    text.push_str("BEGIN:X\r\n");
    for (_, line) in lines {
        // Names come in any case, but the parser unescapes by upper-case name only.
        let (name, rest) = line.split_at_checked(memchr2(b':', b';', line.as_bytes()).unwrap_or(0))?;
        let began = text.len();
        text.push_str(name.trim());
        text.get_mut(began..)?.make_ascii_uppercase();
        text.push_str(rest);
        text.push_str("\r\n");
    }
    text.push_str("END:X\r\n");
    let read = catch_unwind(AssertUnwindSafe(|| read_calendar_simple(&text).ok().and_then(|mut found| found.pop()))).ok()??;
    if read.properties.len() != lines.len() {
        return None;
    }
    Some(read.properties.iter().zip(lines).filter_map(|(property, (number, _))| own(property, *number)).collect())
}

/// A property of the parser as ours, if it means something to us.
fn own(property: &parser::Property<'_>, line: usize) -> Option<Property> {
    let name = known(property.name.as_str().as_bytes())?;
    let mut params: Vec<(String, String)> = Vec::with_capacity(property.params.len());
    for param in &property.params {
        let value = param.val.as_ref().map_or("", |value| value.as_str());
        params.push((param.key.as_str().to_ascii_uppercase(), uncaret(value)));
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
    Some(Property { name, params, value, line })
}

/// A parameter's value with `^n`, `^^` and `^'` undone (RFC 6868 §3); any other caret stands for itself.
fn uncaret(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('^') {
        plain.push_str(before);
        let (mark, length) = match after.chars().next() {
            Some('n') => ('\n', 1),
            Some('^') => ('^', 1),
            Some('\'') => ('"', 1),
            Some(_) | None => ('^', 0),
        };
        plain.push(mark);
        rest = after.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sketch::Watch;
    use crate::calendar::{blocks, bytes};

    fn check(body: &str) -> String {
        let text = format!("BEGIN:VEVENT\n{body}\nEND:VEVENT\n");
        let (text, mut problems) = (bytes::text(text.as_bytes()).unwrap(), Problems::default());
        let block = blocks::blocks(&text, Watch::Everything, &mut problems).events.pop().unwrap();
        let component = component(block, &mut problems);
        let read: Vec<String> = component.properties.iter().map(|found| format!("{}={}", found.name, found.value)).collect();
        format!("{} / {} problems", read.join(" "), problems.finish().len())
    }

    #[test]
    fn a_bad_line_costs_that_line_and_is_reported() {
        assert_eq!(check("UID:1\nTHIS IS NO LINE\nX-FOO BAR:1\nSUMMARY:a\\, b"), "UID=1 SUMMARY=a, b / 2 problems");
        assert_eq!(check("uid:1\nATTENDEE;CN=\"abc:mailto:a@b"), "UID=1 ATTENDEE=mailto:a@b / 1 problems");
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
