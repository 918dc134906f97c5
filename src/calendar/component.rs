//! Blocks become components with named properties, by way of the `icalendar` crate's parser.
//! The only file that calls that parser; it gets one component at a time, so a bad line costs a line and no calendar.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use icalendar::parser::{self, read_calendar_simple};
use memchr::{memchr, memchr2};

use super::blocks::Block;
use super::bytes::Line;
use super::problem::{Problem, Problems};
use super::syntax;

/// The properties that mean something to us. Lines of others are not even parsed: most lines of most feeds.
const KNOWN: [&str; 26] = [
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
    "TRANSP",
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

/// The parameters that mean something to us.
const PARAMS: [&str; 6] = ["CN", "EMAIL", "PARTSTAT", "RANGE", "TZID", "VALUE"];

/// The one of `names` that `name` is, in any case.
fn known(name: &[u8], names: &[&'static str]) -> Option<&'static str> {
    let (length, first) = (name.len(), name.first()?.to_ascii_uppercase());
    let alike = |known: &&&str| known.len() == length && known.as_bytes().first() == Some(&first);
    names.iter().filter(alike).find(|known| known.as_bytes().eq_ignore_ascii_case(name)).copied()
}

/// One property.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// Its name, one of [`KNOWN`].
    pub(super) name: &'static str,
    /// Its parameters, by names of [`PARAMS`].
    params: Vec<(&'static str, String)>,
    /// Its value; TEXT is unescaped, CATEGORIES and everything else is as written.
    pub(super) value: String,
    /// The line it stands in.
    pub(super) line: usize,
}

impl Property {
    /// The value of a parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
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
    let mut odd: Vec<(usize, &str)> = Vec::new();
    let (mut properties, texts) = sorted_out(&lines, &mut odd);
    if !texts.is_empty() {
        properties.extend(parsed(texts, line, &mut odd));
        properties.sort_by_key(|property| property.line);
    }
    let inner = inner.into_iter().map(|block| component(block, problems)).collect();
    let component = Component { name: name.as_str().to_owned(), line, properties, inner };
    for (line, problem) in odd {
        problems.push_with(|| component.problem(line, problem));
    }
    component
}

/// A line as text, with its number.
type Numbered<'a> = (usize, Cow<'a, str>);

/// The properties that need no parser, and the lines that do.
fn sorted_out<'a>(lines: &[Line<'a>], odd: &mut Vec<(usize, &'static str)>) -> (Vec<Property>, Vec<Numbered<'a>>) {
    let (mut properties, mut texts) = (Vec::with_capacity(lines.len()), Vec::new());
    for line in lines {
        let head = syntax::content(line.head());
        if head.is_some_and(|content| known(content.name, &KNOWN).is_none()) {
            continue;
        }
        let text = line.text();
        match plain(&text, line.number) {
            Some(property) => properties.push(property),
            None if head.is_none() && !is_content(&text) => odd.push((line.number, "no property, passed over")),
            None => {
                if head.is_none() && has_open_quote(&text) {
                    odd.push((line.number, "a quote that is not closed, taken as far as it can be read"));
                }
                texts.push((line.number, text));
            }
        }
    }
    (properties, texts)
}

/// A property that is well-formed and holds nothing that is quoted or escaped, so that it says what it says. The parser
/// would give the same; most lines are such, and asking it takes ten times as long.
fn plain(text: &str, line: usize) -> Option<Property> {
    let content = syntax::content(text.as_bytes())?;
    let name = known(content.name, &KNOWN)?;
    let blank = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    if memchr(b'\\', content.value).is_some() || blank(content.value.first()) || blank(content.value.last()) {
        return None;
    }
    let mut params = Vec::new();
    for (key, value) in content.params() {
        if value.iter().any(|byte| matches!(byte, b'"' | b'^' | b'\\')) || blank(value.first()) || blank(value.last()) {
            return None;
        }
        if let Some(key) = known(key, &PARAMS) {
            params.push((key, std::str::from_utf8(value).ok()?.to_owned()));
        }
    }
    Some(mended(Property { name, params, value: std::str::from_utf8(content.value).ok()?.to_owned(), line }))
}

/// What the parser makes of `texts`; a line that it refuses costs that line.
fn parsed(texts: Vec<Numbered<'_>>, line: usize, odd: &mut Vec<(usize, &str)>) -> Vec<Property> {
    if let Some(properties) = parse(&texts) {
        return properties;
    }
    let (good, bad): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| parse(std::slice::from_ref(text)).is_some());
    odd.extend(bad.iter().map(|(number, _)| (*number, "a property that cannot be read, passed over")));
    parse(&good).unwrap_or_else(|| {
        odd.push((line, "a component that cannot be read, passed over"));
        Vec::new()
    })
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
fn parse(lines: &[Numbered<'_>]) -> Option<Vec<Property>> {
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
    let name = known(property.name.as_str().as_bytes(), &KNOWN)?;
    let value = |param: &parser::Parameter<'_>| uncaret(param.val.as_ref().map_or("", |value| value.as_str()));
    let params = property.params.iter().filter_map(|param| Some((known(param.key.as_str().as_bytes(), &PARAMS)?, value(param))));
    Some(mended(Property { name, params: params.collect(), value: property.val.as_str().to_owned(), line }))
}

/// A property of which an unquoted `(UTC+01:00) Berlin` was torn apart at its first colon, put together again.
fn mended(mut property: Property) -> Property {
    if let Some((_, zone)) = property.params.iter_mut().find(|(key, _)| *key == "TZID")
        && let Some((torn, stamp)) = property.value.rsplit_once(':')
        && stamp.len() >= 8
        && stamp.bytes().take(8).all(|byte| byte.is_ascii_digit())
    {
        *zone = format!("{zone}:{torn}");
        property.value = stamp.to_owned();
    }
    property
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn a_line_that_needs_no_parser_says_what_the_parser_says(
            name in prop::sample::select(KNOWN.to_vec()),
            params in "(;(CN|TZID|VALUE|X-A)=[ -~é]{0,6}){0,2}",
            value in "[ -~é\t]{0,12}",
        ) {
            let text = format!("{name}{params}:{value}");
            if let Some(plain) = plain(&text, 1) {
                let parsed = parse(&[(1, Cow::Borrowed(text.as_str()))]).and_then(|mut found| found.pop());
                prop_assert_eq!(Some(format!("{plain:?}")), parsed.map(|found| format!("{found:?}")), "{}", text);
            }
        }
    }

    #[test]
    fn a_line_of_a_megabyte_breaks_nothing() {
        assert!(check(&format!("UID:1\nX BAD{}:1", "x".repeat(1_000_000))).starts_with("UID=1 / 1"));
    }
}
