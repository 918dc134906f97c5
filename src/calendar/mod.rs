//! iCalendar bytes become events *and problems*; events become occurrences in a window (RFC 5545).
//! The only room that knows an iCalendar crate. Never fails and never panics: a broken feed is data.

mod blocks;
mod bytes;
mod component;
#[cfg(test)]
mod conformance;
mod entries;
mod event;
mod occurrence;
mod problem;
mod recurrence;
mod sketch;
mod stamp;
mod syntax;
#[cfg(test)]
mod tests;
pub mod write;
mod zones;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use self::bytes::Text;
pub use self::problem::Problem;
use self::problem::Problems;
use self::sketch::Watch;
use self::zones::Zones;
use crate::window::Window;
use crate::zone::Zone;

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Party {
    /// CN.
    pub name: Option<String>,
    /// The address, without `mailto:`.
    pub email: Option<String>,
    /// PARTSTAT=DECLINED.
    pub declined: bool,
}

/// STATUS of an event (RFC 5545 §3.8.1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// CONFIRMED, absent, or not understood.
    Confirmed,
    /// TENTATIVE.
    Tentative,
    /// CANCELLED.
    Cancelled,
}

/// What an event says, apart from when. Shared by all of its occurrences; an override has its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    /// TRANSP:TRANSPARENT: it takes up no time.
    pub transparent: bool,
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
    let Some(text) = bytes::text(bytes) else { return Standing::NotACalendar(bytes::TOO_LARGE) };
    let blocks = blocks::blocks(&text, Watch::Nothing, &mut Problems::default());
    judged(&text, blocks.standing)
}

/// Reads any bytes: the occurrences that overlap `span`. Floating times are placed in `zone` unless the file names its
/// own (X-WR-TIMEZONE), all-day dates always. An occurrence without length overlaps when its instant lies in `span`.
/// What is odd is told whether or not it lies in `span`; only rules that cannot be followed to their end, and zones that
/// the file defines otherwise than the tz database, are told when that matters there.
pub fn read(bytes: &[u8], span: Window, zone: &Zone) -> Reading {
    let Some(text) = bytes::text(bytes) else { return Reading::without_events(Standing::NotACalendar(bytes::TOO_LARGE)) };
    let mut problems = Problems::default();
    let blocks = blocks::blocks(&text, Watch::over(span), &mut problems);
    let standing = judged(&text, blocks.standing.clone());
    match standing {
        Standing::Empty => return Reading::without_events(standing),
        Standing::NotACalendar(_) if blocks.is_empty() => return Reading::without_events(standing),
        Standing::Whole | Standing::CutOff | Standing::NotACalendar(_) => {}
    }
    problems.extend(text.first_foreign().map(|line| Problem::at(line, "no UTF-8, read as Windows-1252")));
    let mut zones = Zones::within(span);
    let entries = entries::entries(&text, blocks, &mut zones, &mut problems);
    let series = occurrence::series(entries, &mut problems);
    let found = occurrence::find(&series, span, zone, occurrence::budget(bytes.len()), &mut problems);
    zones.dispute(&found);
    problems.append(zones.problems);
    Reading { standing, problems: problems.finish(), found }
}

/// The UIDs of all events, whenever they take place; an event without one has the name that it gets here.
pub fn uids(bytes: &[u8]) -> BTreeSet<String> {
    let Some(text) = bytes::text(bytes) else { return BTreeSet::new() };
    let mut problems = Problems::default();
    let blocks = blocks::blocks(&text, Watch::Everything, &mut problems);
    let entries = entries::entries(&text, blocks, &mut Zones::default(), &mut problems);
    entries.into_iter().map(|entry| entry.event.uid.clone()).collect()
}

/// The standing of a text, with a word for what it is when no component was found in it.
fn judged(text: &Text<'_>, standing: Standing) -> Standing {
    let Some(first) = text.lines().next() else { return Standing::Empty };
    match standing {
        Standing::Empty => Standing::NotACalendar(kind(&first.text()).unwrap_or("some other text")),
        Standing::NotACalendar(word) => Standing::NotACalendar(kind(&first.text()).unwrap_or(word)),
        Standing::Whole | Standing::CutOff => standing,
    }
}

/// A word for what a file that begins with `first` is, when it is no calendar.
fn kind(first: &str) -> Option<&'static str> {
    let head: String = first.trim().chars().take(64).collect::<String>().to_ascii_lowercase();
    match head.chars().next()? {
        _ if head == "n/a" => Some("the word N/A"),
        _ if head.starts_with("<?xml") => Some("an XML document"),
        '<' => Some("an HTML page"),
        '{' | '[' => Some("a JSON document"),
        _ if head.starts_with("pk\u{3}") => Some("a compressed file"),
        '\u{1f}' => Some("a compressed file"),
        _ if head.starts_with("begin:vcard") => Some("an address book (vCard)"),
        _ => None,
    }
}
