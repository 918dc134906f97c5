//! A feed over time: events that appear, change and vanish, fetches that fail, calendars that lose what is in them;
//! written down as a recording. Owns no meaning of any event.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::feeds::recording::Recording;
use crate::zone::Zone;

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// From a date to the date after its last.
    Dates(Date, Date),
    /// From an instant to another, or without an end.
    Times(Timestamp, Option<Timestamp>),
}

/// What an event looks like from some instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// When it is.
    pub(super) span: Span,
    /// Its title.
    pub(super) title: String,
    /// Whatever else stands in it.
    pub(super) lines: Vec<String>,
}

/// An event and its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// UID.
    pub(super) uid: String,
    /// What it looks like from each instant on, in order; nothing while it is not there.
    pub(super) versions: Vec<(Timestamp, Option<Shape>)>,
}

/// A time in which something is wrong with a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// Since when.
    pub(super) since: Timestamp,
    /// Until when.
    pub(super) until: Timestamp,
    /// How many events it shows meanwhile; none while its fetches fail.
    pub(super) shows: Option<usize>,
}

/// A feed.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    /// Its name, and the name of its folder.
    pub(super) name: String,
    /// What else the configuration says of it.
    pub(super) lines: Vec<String>,
    /// What stands in it.
    pub(super) events: Vec<Event>,
    /// When something is wrong with it.
    pub(super) gaps: Vec<Gap>,
}

/// An instant as a calendar writes it.
pub(super) fn stamp(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

impl Shape {
    /// When it begins, dates being those of UTC.
    pub(super) fn start(&self) -> Timestamp {
        match self.span {
            Span::Dates(first, _) => Zone::utc().midnight(first),
            Span::Times(start, _) => start,
        }
    }

    /// Whether it recurs.
    pub(super) fn recurs(&self) -> bool {
        self.lines.iter().any(|line| line.starts_with("RRULE"))
    }

    /// The event in a calendar.
    fn written(&self, uid: &str) -> String {
        let date = |date: Date| date.strftime("%Y%m%d").to_string();
        let when = match self.span {
            Span::Dates(first, until) => format!("DTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\n", date(first), date(until)),
            Span::Times(start, None) => format!("DTSTART:{}\r\n", stamp(start)),
            Span::Times(start, Some(end)) => format!("DTSTART:{}\r\nDTEND:{}\r\n", stamp(start), stamp(end)),
        };
        let lines: String = self.lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
        let title = &self.title;
        format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:{title}\r\n{when}{lines}END:VEVENT\r\n")
    }
}

impl Event {
    /// An event that is in its feed from `since` on.
    pub(super) fn new(uid: String, since: Timestamp, shape: Shape) -> Self {
        Self { uid, versions: vec![(since, Some(shape))] }
    }

    /// What it looks like at `instant`.
    fn at(&self, instant: Timestamp) -> Option<&Shape> {
        self.versions.iter().rfind(|(since, _)| *since <= instant).and_then(|(_, shape)| shape.as_ref())
    }

    /// What it looked like at first.
    pub(super) fn first(&self) -> Option<&Shape> {
        self.versions.first().and_then(|(_, shape)| shape.as_ref())
    }

    /// Gives it another version from `at` on, made from the last one, if it stands; whether it did.
    pub(super) fn alter(&mut self, at: Timestamp, change: impl FnOnce(&mut Shape)) -> bool {
        let Some((since, Some(shape))) = self.versions.last() else { return false };
        if at <= *since {
            return false;
        }
        let mut next = shape.clone();
        change(&mut next);
        self.versions.push((at, Some(next)));
        true
    }

    /// Takes it away at `at`, if it stands; gives what it looked like.
    pub(super) fn vanish(&mut self, at: Timestamp) -> Option<Shape> {
        let (since, shape) = self.versions.last()?;
        let shape = shape.clone().filter(|_| *since < at)?;
        self.versions.push((at, None));
        Some(shape)
    }

    /// Its versions, a line each.
    pub(super) fn told(&self) -> String {
        let lines = self.versions.iter().map(|(since, shape)| match shape {
            Some(shape) => format!("  {} from {since}: {:?} {:?} {}\n", self.uid, shape.title, shape.span, shape.lines.join(" | ")),
            None => format!("  {} from {since}: gone\n", self.uid),
        });
        lines.collect()
    }
}

impl Feed {
    /// A feed of those events.
    pub(super) fn new(name: impl Into<String>, lines: &[&str], events: Vec<Event>) -> Self {
        Self { name: name.into(), lines: lines.iter().map(|line| (*line).to_owned()).collect(), events, gaps: Vec::new() }
    }

    /// Its table in the configuration.
    pub(super) fn table(&self) -> String {
        let lines: String = self.lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        format!("[[feed]]\nname = \"{0}\"\npath = \"{0}\"\n{lines}", self.name)
    }

    /// What a fetch gets from each instant on, as files of a recording.
    pub(super) fn files(&self, from: Timestamp) -> Vec<(String, Vec<u8>)> {
        let changes = self.events.iter().flat_map(|event| event.versions.iter().map(|(since, _)| (*since).max(from)));
        let gaps = self.gaps.iter().flat_map(|gap| [gap.since, gap.until]);
        let instants: BTreeSet<Timestamp> = changes.chain(gaps).chain([from]).filter(|instant| from <= *instant).collect();
        instants.into_iter().map(|instant| self.file(instant)).collect()
    }

    /// What a fetch at `instant` gets, as a file.
    fn file(&self, instant: Timestamp) -> (String, Vec<u8>) {
        let gap = self.gaps.iter().find(|gap| gap.since <= instant && instant < gap.until);
        let shown = match gap {
            None => usize::MAX,
            Some(Gap { shows: Some(count), .. }) => *count,
            Some(Gap { shows: None, .. }) => return (format!("{instant}.error"), b"503 Service Unavailable".to_vec()),
        };
        let shapes = self.events.iter().filter_map(|event| event.at(instant).map(|shape| shape.written(&event.uid)));
        let body: String = shapes.take(shown).collect();
        let whole = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//chaos//EN\r\n{body}END:VCALENDAR\r\n");
        (format!("{instant}.ics"), whole.into_bytes())
    }

    /// Everything a fetch gets from `from` on.
    pub(super) fn recording(&self, from: Timestamp) -> Recording {
        Recording::from_files(self.files(from)).0
    }
}
