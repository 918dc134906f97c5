//! iCalendar bytes become events *and problems*; events become occurrences in a window (RFC 5545).
//! The only room that knows an iCalendar crate. Never fails and never panics: a broken feed is data.

mod blocks;
mod bytes;
mod component;
#[cfg(test)]
mod conformance;
mod event;
mod observance;
mod occurrence;
mod recurrence;
mod stamp;
#[cfg(test)]
mod tests;
mod windows;
mod zones;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use self::blocks::{Block, Blocks};
use self::bytes::Lines;
use self::event::{Entry, Reader};
use self::zones::{Place, Zones};
use crate::window::Window;
use crate::zone::Zone;

/// What is odd in a calendar, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line it stands in, from 1; none when it concerns the whole.
    pub line: Option<usize>,
    /// The component it stands in, e.g. `VEVENT`.
    pub component: Option<String>,
    /// The UID of that component.
    pub uid: Option<String>,
    /// What is odd, and what was done instead.
    pub problem: String,
}

/// Whether the bytes are a calendar at all. Only a `Whole` one may replace a feed's last good copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// At least one VCALENDAR, and not cut off inside a component.
    Whole,
    /// A calendar that ends inside a component: what could be read is there, but more is missing.
    CutOff,
    /// Nothing but white space.
    Empty,
    /// Something else, with a word for it (`an HTML page`, `the word N/A`, …).
    NotACalendar(&'static str),
}

/// A person as ORGANIZER or ATTENDEE names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// CN.
    pub name: Option<String>,
    /// The address, without `mailto:`.
    pub email: Option<String>,
    /// PARTSTAT=DECLINED.
    pub declined: bool,
}

/// STATUS of an event (RFC 5545 §3.8.1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// CONFIRMED, absent, or not understood.
    Confirmed,
    /// TENTATIVE.
    Tentative,
    /// CANCELLED.
    Cancelled,
}

/// What an event says, apart from when. Shared by all of its occurrences; an override has its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// UID; made from the content where the file has none.
    pub uid: String,
    /// SUMMARY, unescaped, control characters removed.
    pub summary: String,
    /// DESCRIPTION, unescaped; line breaks kept as `\n`.
    pub description: String,
    /// LOCATION.
    pub location: String,
    /// URL.
    pub url: Option<String>,
    /// CATEGORIES of all lines.
    pub categories: Vec<String>,
    /// ORGANIZER.
    pub organizer: Option<Party>,
    /// ATTENDEEs.
    pub attendees: Vec<Party>,
    /// STATUS.
    pub status: Status,
    /// X-MICROSOFT-CDO-BUSYSTATUS:OOF.
    pub out_of_office: bool,
    /// X-OFFWATCH-ACCOUNT.
    pub account: Option<String>,
    /// Whether it recurs, by rule or by dates (or is an override of one that does).
    pub recurs: bool,
}

/// How a UID begins that was made here because the file has none.
const MADE_UP: &str = "no-uid-";

impl Event {
    /// Its UID as the file gives it; empty where the file gives none.
    pub fn given_uid(&self) -> &str {
        if self.uid.starts_with(MADE_UP) { "" } else { &self.uid }
    }
}

/// RECURRENCE-ID: which occurrence of a series this is, by its *original* start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecurrenceId {
    /// The original start of a timed occurrence.
    Instant(Timestamp),
    /// The original date of an all-day one.
    Date(Date),
}

impl std::fmt::Display for RecurrenceId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Instant(instant) => write!(out, "{instant}"),
            Self::Date(date) => write!(out, "{date}"),
        }
    }
}

/// When an occurrence takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// From one instant to another; the same for an occurrence without length.
    Timed {
        /// Its first instant.
        start: Timestamp,
        /// The first instant after it.
        end: Timestamp,
    },
    /// Whole local dates, in whatever zone the reader means.
    AllDay {
        /// The first date.
        first: Date,
        /// The first date after it; always later than `first`.
        until: Date,
    },
}

impl When {
    /// The instants it spans, all-day dates placed in `zone`.
    pub fn placed(self, zone: &Zone) -> (Timestamp, Timestamp) {
        match self {
            Self::Timed { start, end } => (start, end),
            Self::AllDay { first, until } => (zone.midnight(first), zone.midnight(until)),
        }
    }
}

/// One occurrence of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// What it is.
    pub event: Arc<Event>,
    /// Which one of a series: set for every occurrence of an event that recurs, none otherwise.
    pub recurrence_id: Option<RecurrenceId>,
    /// When it takes place.
    pub when: When,
}

/// What bytes say about a window.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Whether they are a calendar.
    pub standing: Standing,
    /// What is odd in them, and what was done instead: zones that had to be guessed are named once each.
    pub problems: Vec<Problem>,
    /// What occurs, sorted by start, then UID; cancelled occurrences included.
    pub found: Vec<Occurrence>,
}

impl Reading {
    /// Bytes without events.
    fn without_events(standing: Standing) -> Self {
        Self { standing, problems: Vec::new(), found: Vec::new() }
    }
}

/// Whether `bytes` are a calendar; reads no event.
pub fn standing(bytes: &[u8]) -> Standing {
    let Some(Lines { content: lines, open, .. }) = bytes::lines(bytes) else {
        return Standing::NotACalendar("a file larger than 16 MiB");
    };
    let Some(first) = lines.first() else { return Standing::Empty };
    let guess = kind(&first.text);
    let Blocks { roots, standing, .. } = blocks::blocks(lines, open);
    match standing {
        Standing::NotACalendar(_) if roots.is_empty() => Standing::NotACalendar(guess),
        Standing::Whole | Standing::CutOff | Standing::Empty | Standing::NotACalendar(_) => standing,
    }
}

/// Reads any bytes: the occurrences that overlap `span`. Floating times are placed in `zone` unless the file names its
/// own (X-WR-TIMEZONE), all-day dates always. An occurrence without length overlaps when its instant lies in `span`.
pub fn read(bytes: &[u8], span: Window, zone: &Zone) -> Reading {
    let Some(Lines { content: lines, latin, open }) = bytes::lines(bytes) else {
        return Reading::without_events(Standing::NotACalendar("a file larger than 16 MiB"));
    };
    let Some(first) = lines.first() else { return Reading::without_events(Standing::Empty) };
    let guess = kind(&first.text);
    let Blocks { roots, mut problems, standing } = blocks::blocks(lines, open);
    if let Some(line) = latin {
        problems.push(Problem { line: Some(line), component: None, uid: None, problem: "no UTF-8, read as Latin-1".to_owned() });
    }
    let standing = match standing {
        Standing::NotACalendar(_) if roots.is_empty() => return Reading::without_events(Standing::NotACalendar(guess)),
        Standing::Whole | Standing::CutOff | Standing::Empty | Standing::NotACalendar(_) => standing,
    };
    let mut zones = Zones::within(span);
    let entries = entries(roots, &mut zones, &mut problems);
    let series = occurrence::series(entries, &mut problems);
    let found = occurrence::find(&series, span, zone, &mut problems);
    zones.dispute(&found);
    problems.append(&mut zones.problems);
    problems.sort();
    Reading { standing, problems, found }
}

/// A word for what a file that begins with `first` is, when it is no calendar.
fn kind(first: &str) -> &'static str {
    let head: String = first.trim().chars().take(64).collect::<String>().to_ascii_lowercase();
    match head.chars().next() {
        _ if head == "n/a" => "the word N/A",
        _ if head.starts_with("<?xml") => "an XML document",
        Some('<') => "an HTML page",
        Some('{' | '[') => "a JSON document",
        _ if head.starts_with("pk\u{3}") || head.starts_with('\u{1f}') => "a compressed file",
        _ if head.starts_with("begin:vcard") => "an address book",
        _ => "some other text",
    }
}

/// The events in `roots`; the time zones of the whole file are known before the first event is read.
fn entries(roots: Vec<Block>, zones: &mut Zones, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let (mut calendars, mut events) = (Vec::new(), Vec::new());
    let mut queue: Vec<(Block, Option<usize>)> = roots.into_iter().rev().map(|block| (block, None)).collect();
    while let Some((mut block, parent)) = queue.pop() {
        match block.name.as_str() {
            "VEVENT" => events.push((component::component(block, false, problems), parent)),
            "VTIMEZONE" => zones.define(component::component(block, true, problems)),
            "VTODO" | "VJOURNAL" | "VFREEBUSY" | "VAVAILABILITY" | "VALARM" => {}
            _ => {
                let inner = std::mem::take(&mut block.blocks);
                queue.extend(inner.into_iter().rev().map(|block| (block, Some(calendars.len()))));
                calendars.push(component::component(block, false, problems));
            }
        }
    }
    let homes: Vec<Place> = calendars.iter().map(|calendar| zones.home(calendar)).collect();
    let mut found = Vec::with_capacity(events.len());
    for (event, parent) in events {
        let floating = parent.and_then(|parent| homes.get(parent)).cloned().unwrap_or(Place::Floating);
        found.extend(Reader { zones: &mut *zones, floating, problems }.entry(&event));
    }
    found
}
