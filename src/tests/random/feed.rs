//! A feed over time: events that appear, change and vanish, fetches that fail; written down as a recording.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::feeds::recording::Recording;

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

/// A feed.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    /// Its name.
    pub(super) name: String,
    /// What stands in it.
    pub(super) events: Vec<Event>,
    /// When fetches fail: from an instant to another.
    pub(super) failures: Vec<(Timestamp, Timestamp)>,
}

impl Shape {
    /// When it begins, dates being those of UTC.
    pub(super) fn start(&self) -> Timestamp {
        match self.span {
            Span::Dates(first, _) => crate::zone::Zone::utc().midnight(first),
            Span::Times(start, _) => start,
        }
    }

    /// The event in a calendar.
    fn written(&self, uid: &str) -> String {
        let mut text = format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:{}\r\n", self.title);
        match self.span {
            Span::Dates(first, until) => {
                let date = |date: Date| date.strftime("%Y%m%d").to_string();
                write!(text, "DTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\n", date(first), date(until)).unwrap();
            }
            Span::Times(start, end) => {
                let time = |instant: Timestamp| instant.strftime("%Y%m%dT%H%M%SZ").to_string();
                write!(text, "DTSTART:{}\r\n", time(start)).unwrap();
                if let Some(end) = end {
                    write!(text, "DTEND:{}\r\n", time(end)).unwrap();
                }
            }
        }
        for line in &self.lines {
            write!(text, "{line}\r\n").unwrap();
        }
        text + "END:VEVENT\r\n"
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

    /// Gives it another version from `at` on, made from the last one, if it stands.
    pub(super) fn alter(&mut self, at: Timestamp, change: impl FnOnce(&mut Shape)) {
        if let Some((since, Some(shape))) = self.versions.last()
            && *since < at
        {
            let mut next = shape.clone();
            change(&mut next);
            self.versions.push((at, Some(next)));
        }
    }

    /// Its versions, a line each.
    pub(super) fn told(&self) -> String {
        let mut text = String::new();
        for (since, shape) in &self.versions {
            match shape {
                Some(shape) => {
                    writeln!(text, "  {} from {since}: {:?} {:?} {}", self.uid, shape.title, shape.span, shape.lines.join(" | "))
                }
                None => writeln!(text, "  {} from {since}: gone", self.uid),
            }
            .unwrap();
        }
        text
    }
}

impl Feed {
    /// A feed of those events.
    pub(super) fn new(name: impl Into<String>, events: Vec<Event>) -> Self {
        Self { name: name.into(), events, failures: Vec::new() }
    }

    /// Everything a fetch gets from `from` on.
    pub(super) fn recording(&self, from: Timestamp) -> Recording {
        let changes = self.events.iter().flat_map(|event| event.versions.iter().map(|(since, _)| (*since).max(from)));
        let ends = self.failures.iter().map(|(_, until)| *until);
        let fails = |instant: &Timestamp| self.failures.iter().any(|(since, until)| since <= instant && instant < until);
        let instants: BTreeSet<Timestamp> = changes.chain(ends).chain([from]).collect();
        let bodies = instants.into_iter().filter(|instant| !fails(instant)).map(|instant| {
            let shapes = self.events.iter().filter_map(|event| event.at(instant).map(|shape| shape.written(&event.uid)));
            let body: String = shapes.collect();
            let whole = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//random//EN\r\n{body}END:VCALENDAR\r\n");
            (format!("{instant}.ics"), whole.into_bytes())
        });
        let errors = self.failures.iter().map(|(since, _)| (format!("{since}.error"), b"503 Service Unavailable".to_vec()));
        Recording::from_files(bodies.chain(errors)).0
    }
}
