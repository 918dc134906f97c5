//! The slow, obvious second opinion: reads what was known when and what was heard, and says which promises were broken.
//! Owns its own plain reading of every definition. Shares no code with the rooms that decide, only the words; sends
//! nothing, reads no clock. Where the rules leave room it keeps quiet, except about the two promises of being heard.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::people::{AccountId, EngineerId, Team};
use crate::window::Window;
use crate::working::WorkingTime;

mod briefing;
mod chain;
mod changed;
mod digest;
mod history;
mod knowledge;
mod leave;
mod news;
mod passed;
mod picture;
mod presence;
mod promise;
mod request;
mod rest;
mod retracted;
#[cfg(test)]
mod sample;
mod series;
mod silence;
#[cfg(test)]
mod tests;
mod unsaid;

/// A simulated world: who there is, what was decided, and what was known from which instant on.
#[derive(Clone, Debug)]
pub struct World {
    /// Everybody and every account.
    pub team: Team,
    /// What an administrator decided.
    pub settings: Settings,
    /// The first turn.
    pub born: Timestamp,
    /// The first instant that is not played any more.
    pub until: Timestamp,
    /// What was known from each instant on, sorted by instant; of two at one instant the last counts.
    pub moments: Vec<Moment>,
    /// What people said of briefings, when, and who said it when that is known.
    pub answers: Vec<(Timestamp, TaskRef, Answer, Option<EngineerId>)>,
}

/// Timing and thresholds, as plain values.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How far into a stretch of availability a letter waits.
    pub settle: SignedDuration,
    /// The leads of requests.
    pub leads: Vec<WorkingTime>,
    /// The shortest uncovered part that wants a briefing.
    pub min_uncovered: SignedDuration,
    /// The least availability in which a briefing can be written.
    pub min_writing: SignedDuration,
    /// How long before a task the last resort is told.
    pub last_call: SignedDuration,
    /// How long after a task trouble may come.
    pub aftercare: SignedDuration,
    /// Whether each occurrence of a series is a task of its own.
    pub every_occurrence: bool,
    /// The working time missed that makes a spell a leave.
    pub min_missed: SignedDuration,
    /// The lead of the letter before a leave; none for never.
    pub before_leave: Option<WorkingTime>,
    /// Whether ordinary spells have digests.
    pub overnight: bool,
    /// Whether digests go out with nothing in them.
    pub send_empty: bool,
}

/// What was known from one instant on: everything, not only what is new. What ended stays in it as long as the
/// agenda remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Since when.
    pub at: Timestamp,
    /// Tasks, one row an occurrence.
    pub tasks: Vec<TaskFact>,
    /// Absences and holidays.
    pub absences: Vec<AbsenceFact>,
    /// Emergencies.
    pub emergencies: Vec<EmergencyFact>,
    /// On-call shifts of engineers.
    pub shifts: Vec<(EngineerId, Window)>,
}

/// The outside name of a task. An answer without RECURRENCE-ID is about the whole series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskRef {
    /// UID.
    pub uid: String,
    /// RECURRENCE-ID, spelt as notices spell it.
    pub recurrence_id: Option<String>,
}

/// One occurrence of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFact {
    /// UID.
    pub uid: String,
    /// RECURRENCE-ID, spelt as notices spell it.
    pub recurrence_id: Option<String>,
    /// The account; none when nothing names one.
    pub account: Option<AccountId>,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends, without aftercare.
    pub end: Timestamp,
    /// Whether it is marked as cancelled.
    pub cancelled: bool,
    /// The link to its ticket.
    pub ticket: Option<String>,
    /// Whether it is one of a series.
    pub recurs: bool,
    /// What its own event says of the briefing.
    pub marked: Option<Answer>,
}

/// One absence or holiday of one engineer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsenceFact {
    /// Who.
    pub engineer: EngineerId,
    /// When.
    pub away: Away,
}

/// When somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    /// The stretches that start on these local dates.
    Dates {
        /// The first date.
        first: Date,
        /// The first date after.
        until: Date,
    },
    /// These instants.
    Stretch(Window),
}

/// One emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyFact {
    /// UID.
    pub uid: String,
    /// The account; none when nothing names one.
    pub account: Option<AccountId>,
    /// When it began.
    pub start: Timestamp,
    /// When it ended; the start when no length is known.
    pub end: Timestamp,
    /// The link to its ticket.
    pub ticket: Option<String>,
}

/// What was said of a briefing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is written.
    Done,
    /// None is needed.
    Waived,
}

/// One notice as the time machine prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When its letter went out.
    pub at: Timestamp,
    /// The address.
    pub to: String,
    /// The kind.
    pub kind: String,
    /// The recipient's id; none for a mailbox.
    pub engineer: Option<String>,
    /// The account it is about.
    pub account: Option<String>,
    /// The task's UID.
    pub uid: Option<String>,
    /// The task's RECURRENCE-ID.
    pub recurrence_id: Option<String>,
    /// The task's start.
    pub task_start: Option<Timestamp>,
    /// The lead, `manager`, `last call` or nothing.
    pub stage: Option<String>,
    /// The key.
    pub key: String,
    /// What a list holds; none for a notice that is no list.
    pub uids: Option<Vec<String>>,
}

/// A rule that a letter, or a missing one, breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// When it was broken.
    pub at: Timestamp,
    /// Which rule.
    pub rule: &'static str,
    /// What happened, for a person to read.
    pub what: String,
}

/// The rules that hold for a letter whenever it arrives, also when mail is late; the others ask for its right instant.
pub const AT_ANY_TIME: [&str; 5] = [rest::RULE, silence::TWICE, silence::BEGUN, silence::NEEDLESS, silence::STRANGER];

/// Those of [`AT_ANY_TIME`] that a letter about several tasks may break for one of them when it comes late.
pub const AS_QUEUED: [&str; 3] = [silence::BEGUN, silence::NEEDLESS, silence::STRANGER];

/// The rules that hold though a clock lied for a while: then letters may come at a wrong time, but none is lost or said again,
/// and whoever must know of a task does.
pub const WHATEVER_THE_CLOCK: [&str; 5] = [silence::TWICE, unsaid::UNSAID, unsaid::LATE, promise::UNSAID, promise::LATE];

/// Everything that is wrong with what was `heard` in this world, by instant; nothing in a right one.
pub fn check(world: &World, heard: &[Heard]) -> Vec<Broken> {
    let knowledge = knowledge::Knowledge::new(world);
    let mut broken = rest::check(&knowledge, heard);
    broken.extend(silence::check(&knowledge, heard));
    broken.extend(unsaid::check(&knowledge, heard));
    broken.extend(request::check(&knowledge, heard));
    broken.extend(digest::check(&knowledge, heard));
    broken.extend(leave::check(&knowledge, heard));
    broken.extend(news::check(&knowledge, heard));
    broken.extend(passed::check(&knowledge, heard));
    broken.extend(promise::check(&knowledge, heard));
    broken.extend(series::check(&knowledge, heard));
    broken.sort();
    broken
}

impl World {
    /// Whether `instant` is played.
    fn plays(&self, instant: Timestamp) -> bool {
        self.born <= instant && instant < self.until
    }
}

impl TaskFact {
    /// Its outside name.
    fn reference(&self) -> TaskRef {
        TaskRef { uid: self.uid.clone(), recurrence_id: self.recurrence_id.clone() }
    }
}

impl Heard {
    /// Whether it speaks of exactly that occurrence.
    fn about(&self, task: &TaskRef) -> bool {
        self.uid.as_ref() == Some(&task.uid) && self.recurrence_id == task.recurrence_id
    }

    /// Whether it is a list that holds `uid`.
    fn lists(&self, uid: &str) -> bool {
        self.uids.iter().flatten().any(|listed| listed == uid)
    }

    /// Whether it went to that engineer.
    fn reached(&self, engineer: &EngineerId) -> bool {
        self.engineer.as_deref() == Some(engineer.as_str())
    }

    /// Whether it is the last resort's.
    fn is_last_call(&self) -> bool {
        self.kind == "escalation" && self.stage.as_deref() == Some("last call")
    }

    /// Whether it is the manager's.
    fn is_managers(&self) -> bool {
        self.kind == "escalation" && self.stage.as_deref() == Some("manager")
    }
}
