//! What calendar occurrences mean: tasks, absences, emergencies, on-call shifts; whose they are.
//! Pure. Knows no availability and decides nothing about letters.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::calendar::Occurrence;
use crate::people::{AccountId, EngineerId, FeedName, Team};
use crate::window::Window;
use crate::zone::Zone;

mod absences;
mod busy;
pub mod bygone;
mod emergencies;
mod heirs;
pub mod history;
mod matching;
mod measure;
mod phrases;
pub mod register;
mod shifts;
pub mod shown;
mod tasks;
#[cfg(test)]
mod tests;

pub use busy::Busy;
pub use bygone::Bygone;
pub use history::{History, Sighting, Thing};
pub use matching::Matcher;
pub use register::Register;
pub use shown::Shown;
pub use tasks::same_title;

/// One feed, expanded in a span.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// How it is to be read.
    pub role: &'a FeedRole,
    /// What stands in it, sorted by start.
    pub occurrences: &'a [Occurrence],
}

/// What one or more feeds mean. Within each list things stand feed by feed, in the order of their occurrences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// Planned customer tasks, cancelled ones and those without account included.
    pub tasks: Vec<Task>,
    /// Emergencies, cancelled ones included.
    pub emergencies: Vec<Emergency>,
    /// Who is away when.
    pub absences: BTreeMap<EngineerId, Vec<Absence>>,
    /// When whose meetings are, by a calendar of their own. Each feed has its own; [`Shown::busy`] joins them.
    pub busy: BTreeMap<EngineerId, Arc<Busy>>,
    /// Who is on call when.
    pub shifts: Vec<Shift>,
    /// Entries of team feeds that would be somebody's absence and match nobody: feed and title, each said once.
    pub unmatched: Vec<(FeedName, String)>,
    /// What was left out because there is too much of it, in words.
    pub cut: BTreeSet<&'static str>,
}

/// Reads feeds, given in the order of the configuration.
pub fn read(sheets: &[Sheet], team: &Team, reading: &Reading) -> Agenda {
    let matcher = Matcher::new(team);
    let parts: Vec<Agenda> = sheets.iter().map(|part| sheet(part.role, part.occurrences, team, &matcher, reading)).collect();
    merge(&parts)
}

/// Reads one feed by itself, so that one that has not changed need not be read again. `matcher` was made for `team`.
pub fn sheet(role: &FeedRole, occurrences: &[Occurrence], team: &Team, matcher: &Matcher, reading: &Reading) -> Agenda {
    let foreign = measure::foreign(occurrences);
    let counted = measure::bounded(&foreign);
    let sheet = &Sheet { role, occurrences: &counted };
    let (people, accounts) = (matcher.people(team), matcher.accounts(team));
    let mut agenda = Agenda {
        tasks: tasks::read(sheet, &accounts, reading),
        emergencies: emergencies::read(sheet, &accounts, reading),
        ..Agenda::default()
    };
    agenda.cut.extend((counted.len() < foreign.len()).then_some(measure::TOO_DENSE));
    absences::read(sheet, &people, reading, &mut agenda);
    shifts::read(sheet, &people, reading, &mut agenda);
    agenda
}

/// Joins what feeds mean, given in the order of the configuration. A task that two feeds show is the first one's;
/// so is an emergency.
pub fn merge<'a>(parts: impl IntoIterator<Item = &'a Agenda>) -> Agenda {
    let mut whole = Agenda::default();
    let (mut tasks, mut emergencies, mut unmatched) = (HashSet::new(), HashSet::new(), HashSet::new());
    for part in parts {
        whole.tasks.extend(part.tasks.iter().filter(|task| tasks.insert(&task.identity)).cloned());
        whole.emergencies.extend(part.emergencies.iter().filter(|emergency| emergencies.insert(&emergency.identity)).cloned());
        for (engineer, absences) in &part.absences {
            whole.absences.entry(engineer.clone()).or_default().extend_from_slice(absences);
        }
        whole.shifts.extend_from_slice(&part.shifts);
        whole.unmatched.extend(part.unmatched.iter().filter(|entry| unmatched.insert(*entry)).cloned());
        whole.cut.extend(&part.cut);
    }
    whole
}

/// What a feed is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Leave.
    Absences,
    /// Public holidays, elective per engineer.
    Holidays,
    /// Planned customer tasks.
    Tasks,
    /// Emergencies that took place.
    Emergencies,
    /// On-call shifts.
    OnCall,
}

impl Purpose {
    /// All of them, by their names in the configuration.
    pub const ALL: [(&'static str, Self); 5] = [
        ("absences", Self::Absences),
        ("holidays", Self::Holidays),
        ("tasks", Self::Tasks),
        ("emergencies", Self::Emergencies),
        ("on-call", Self::OnCall),
    ];
}

/// How one feed is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRole {
    /// Its name.
    pub name: FeedName,
    /// What for.
    pub reads: BTreeSet<Purpose>,
    /// `every_event = "absence"`: a leave system, where each event is somebody's absence.
    pub every_event_is_absence: bool,
    /// `literal_times = true`: do not read UTC half-days of leave systems as local times.
    pub literal_times: bool,
    /// Where floating times and dates belong if the file does not say.
    pub zone: Option<Zone>,
    /// `unmatched = "escalate"`: a task without account is told to the last resort.
    pub escalate_unmatched: bool,
}

/// The words by which events are understood (`[absence]`, `[briefing]`).
#[derive(Clone, Debug)]
pub struct Reading {
    /// Titles that mean leave in a personal calendar.
    pub away: Vec<Regex>,
    /// Titles that never do.
    pub not_away: Vec<Regex>,
    /// Whether STATUS:TENTATIVE counts as an absence or holiday.
    pub tentative: bool,
    /// A ticket's link in a description.
    pub ticket: Regex,
    /// A mark in the task's own event that its briefing is written or waived; a match holding `waive` means waived.
    pub done: Regex,
    /// What makes an event of a mixed feed a task.
    pub task: Regex,
    /// Where dates belong when neither feed nor account says.
    pub zone: Zone,
}

/// What an event is called in the world outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// UID.
    pub uid: String,
    /// RECURRENCE-ID as text (UTC RFC 3339, or a date); none for a single event.
    pub recurrence_id: Option<String>,
}

/// offwatch's own name for a task, which survives moves and new UIDs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(String);

impl TaskId {
    /// An id as the history gave it.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An answer found in the task's own event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// The briefing is written.
    Done,
    /// No briefing is needed.
    Waived,
}

/// One occurrence of a planned customer activity.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts of an event, not a state machine")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its name outside.
    pub identity: Identity,
    /// The feed that shows it.
    pub feed: FeedName,
    /// Whose it is; none when nothing in it names an account.
    pub account: Option<AccountId>,
    /// How the account was found, in words (`category`, `title prefix`, …).
    pub matched_by: Option<String>,
    /// From its start to its end, without aftercare; an hour when the event has no length.
    pub window: Window,
    /// Whether only a date was given.
    pub date_only: bool,
    /// Its title.
    pub title: String,
    /// The link to its ticket.
    pub ticket: Option<String>,
    /// What the event says beside the title.
    pub description: String,
    /// Whether it belongs to a series.
    pub recurs: bool,
    /// STATUS:CANCELLED.
    pub cancelled: bool,
    /// An answer in the event itself.
    pub mark: Option<Mark>,
    /// Whether its feed wants tasks without account told to the last resort.
    pub escalate_unmatched: bool,
}

/// Something that happened to a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// Its name outside.
    pub identity: Identity,
    /// The feed that shows it.
    pub feed: FeedName,
    /// Whose it was.
    pub account: Option<AccountId>,
    /// When it began.
    pub start: Timestamp,
    /// When it ended; the start when the event has no length.
    pub end: Timestamp,
    /// Its title.
    pub title: String,
    /// The link to its ticket.
    pub ticket: Option<String>,
    /// STATUS:CANCELLED: it never was. Kept, since one that is missing is only taken for one that its feed rolled away.
    #[serde(default)]
    pub cancelled: bool,
}

/// Why somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// Leave of any kind.
    Leave,
    /// A public holiday that the engineer takes.
    Holiday,
}

/// When somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Away {
    /// The engineer's own working days on these local dates: the stretches that start on them, nothing else.
    Dates {
        /// The first date.
        first: Date,
        /// The first date after.
        until: Date,
    },
    /// These instants.
    Stretch(Window),
}

/// One entry that takes an engineer away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub engineer: EngineerId,
    /// When.
    pub away: Away,
    /// Leave or holiday.
    pub cause: Cause,
    /// Its title: for the engineer's own eyes, never for others. Not stored, and empty where the feed shows it no more or the
    /// entry may be somebody else's.
    #[serde(skip)]
    pub title: String,
    /// The feed that shows it.
    pub feed: FeedName,
    /// UID.
    pub uid: String,
}

/// One on-call shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The engineer, when one of ours.
    pub engineer: Option<EngineerId>,
    /// The name in the feed.
    pub name: String,
    /// When.
    pub window: Window,
    /// The feed that shows it.
    pub feed: FeedName,
}
