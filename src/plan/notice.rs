//! One thing to say to one person: its kind, its key, its reason and the facts that its words need.
//! Facts only, no prose: `mail` words them.

use jiff::{SignedDuration, Timestamp};

pub use super::health::{Alert, FeedHold, FeedLine, OldCopy, Release, Stray};
pub use super::key::{Key, Kind};
use super::news::{Difference, Fall};
use crate::agenda::TaskId;
use crate::people::{AccountId, Address, EngineerId, FeedName};
use crate::window::Window;
use crate::zone::Zone;

/// Who gets a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The engineer; none for a mailbox.
    pub engineer: Option<EngineerId>,
    /// The engineer's name.
    pub name: Option<String>,
    /// Where it goes.
    pub address: Address,
    /// In which zone times are written for them.
    pub zone: Zone,
}

impl Recipient {
    /// An instant as their clock shows it, e.g. `Fri 19 Mar 15:00 CET`.
    pub fn clock(&self, instant: Timestamp) -> String {
        let local = self.zone.local(instant).strftime("%a %-d %b %H:%M");
        let zone = self.zone.abbreviation(instant);
        // Many zones have no letters of their own, only an offset.
        if zone.starts_with(['+', '-']) { format!("{local} UTC{zone}") } else { format!("{local} {zone}") }
    }

    /// How a key names them: the id, else the address.
    pub fn person(&self) -> &str {
        self.engineer.as_ref().map_or(self.address.as_str(), EngineerId::as_str)
    }
}

/// One thing to say to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its kind.
    pub kind: Kind,
    /// What it means.
    pub key: Key,
    /// To whom.
    pub to: Recipient,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The task's UID.
    pub uid: Option<String>,
    /// The task's RECURRENCE-ID.
    pub recurrence_id: Option<String>,
    /// The task's start.
    pub task_start: Option<Timestamp>,
    /// The lead as configured, `manager`, `last call`, or nothing.
    pub stage: Option<String>,
    /// Why it is said, now and to them, in words.
    pub reason: String,
    /// UIDs of what a list holds; none for a notice that is no list.
    pub uids: Option<Vec<String>>,
    /// Keys that this notice says as well: single requests that a list stands in for.
    pub covers: Vec<Key>,
    /// Tasks of other letters whose half hours to write in the reader needs no more; their letter takes those back.
    pub freed: Vec<Brief>,
    /// Tasks of which other people have said something that the reader is yet to hear: nothing but that counts in them.
    pub outcomes: Vec<Brief>,
    /// The facts to be worded.
    pub body: Body,
}

impl Notice {
    /// Whether it says what a request for that task alone would have said in its letter.
    pub fn stands_in_for(&self, task: &TaskId) -> bool {
        self.covers.iter().any(|key| key.subject() == Some(task.as_str()))
    }

    /// A notice about no single task. `uids` are those of what it lists.
    pub(super) fn list(kind: Kind, key: Key, to: Recipient, reason: String, uids: Option<Vec<String>>, body: Body) -> Self {
        let (account, task, uid, recurrence_id, task_start, stage) = (None, None, None, None, None, None);
        let (covers, freed, outcomes) = (Vec::new(), Vec::new(), Vec::new());
        Self { kind, key, to, account, task, uid, recurrence_id, task_start, stage, reason, uids, covers, freed, outcomes, body }
    }
}

/// The facts of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A briefing is wanted from its owner.
    Request(Box<Brief>),
    /// A briefing is wanted from somebody else, or cannot be had any more.
    Escalation(Box<Brief>, Step),
    /// A task that they have in mind is otherwise now.
    Changed(Box<Brief>, Box<Difference>),
    /// A task that they have in mind needs nothing any more.
    Retracted(Box<Brief>, Fall),
    /// All that wants a briefing in a leave to come.
    BeforeLeave(BeforeLeave),
    /// What happened meanwhile.
    CatchUp(Digest),
    /// Trouble with feeds, letters or names.
    Alert(Alert),
    /// The regular report.
    Coverage(Report),
}

/// Which step of the chain an escalation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The recipient is the next who is able to write.
    Writer,
    /// Nobody is able; the manager is told.
    Manager,
    /// Nobody is able and the task is near; the last resort is told.
    LastCall,
}

/// Why nobody is there, seen from the one engineer whose hours it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// On a working date, outside the hours.
    OutsideHours,
    /// A date without hours.
    Weekend,
    /// A holiday they take.
    Holiday,
    /// Away, whatever the cause.
    Leave,
    /// The account has no engineers.
    Nobody,
}

impl Reason {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::OutsideHours => "outside hours",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
            Self::Leave => "leave",
            Self::Nobody => "no engineer",
        }
    }
}

/// A stretch of the watch window in which none of the account's engineers is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// When.
    pub window: Window,
    /// Why, seen from the owner.
    pub reason: Reason,
}

/// Somebody who knows the customer, as a letter may name them to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their address.
    pub address: Address,
    /// What they are to the account: `owner`, `engineer`, `backup`, `manager`.
    pub role: &'static str,
    /// Whether they would be asked before the recipient; everybody is, before a recipient who is no possible writer.
    pub before_reader: bool,
    /// Whether they can write it at this moment, so that it is theirs too.
    pub is_asked: bool,
    /// Whether they are there at this moment.
    pub is_in: bool,
    /// The instant from which they are there again, when they are not there until the task starts; never a cause.
    pub away_until: Option<Timestamp>,
}

/// Somebody on call during the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCall {
    /// The name in the on-call feed.
    pub name: String,
    /// Their shift.
    pub window: Window,
}

/// What is known of a briefing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Briefing {
    /// Uncovered, and nobody has been asked yet.
    Wanted,
    /// Somebody has been asked.
    Asked,
    /// It stands in the ticket.
    Written,
    /// It stands in the ticket, but the task has changed since.
    Stale,
    /// None is needed.
    Waived,
    /// The task began without one.
    TooLate,
    /// The task is covered and needs none.
    NotNeeded,
}

impl Briefing {
    /// Whether it is still to be written.
    pub fn is_open(self) -> bool {
        match self {
            Self::Wanted | Self::Asked | Self::Stale => true,
            Self::Written | Self::Waived | Self::TooLate | Self::NotNeeded => false,
        }
    }

    /// Its name in lists and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Asked => "asked",
            Self::Written => "written",
            Self::Stale => "stale",
            Self::Waived => "waived",
            Self::TooLate => "too late",
            Self::NotNeeded => "not needed",
        }
    }
}

/// What somebody said of a briefing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// That none is needed, else that it is written.
    pub waived: bool,
    /// Who, by the name that people use; none for the task's own event.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// That a briefing was given to somebody by people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Who said so, by the name that people use.
    pub by: String,
    /// To whom, likewise.
    pub to: String,
    /// When.
    pub at: Timestamp,
}

/// What is known of one task, for the words of a letter.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not a state machine")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// offwatch's id of it.
    pub task: TaskId,
    /// Its title.
    pub title: String,
    /// Its title without the account's name before it and without marks about the briefing; never empty unless the title is.
    pub short_title: String,
    /// The account's name; none when no account was found.
    pub account: Option<String>,
    /// The customer's zone.
    pub customer_zone: Option<Zone>,
    /// From start to end.
    pub window: Window,
    /// How long after the end trouble may come.
    pub aftercare: SignedDuration,
    /// Whether only a date was given.
    pub date_only: bool,
    /// Whether it belongs to a series.
    pub recurs: bool,
    /// Whether one briefing serves that series, this occurrence among them.
    pub one_for_all: bool,
    /// In a list: how many more occurrences of its series the line stands for.
    pub also: usize,
    /// Its ticket.
    pub ticket: Option<String>,
    /// What the event says beside the title.
    pub description: String,
    /// Where the account's notes are.
    pub notes: Option<String>,
    /// What is uncovered, seen from the recipient when they are one of the account's engineers, else from the owner.
    pub uncovered: Vec<Gap>,
    /// The end of the recipient's last available stretch before the task starts.
    pub deadline: Option<Timestamp>,
    /// What is known of its briefing.
    pub briefing: Briefing,
    /// The word on which that rests.
    pub answered: Option<Answered>,
    /// Whom people gave it to, if that stands.
    pub given: Option<Given>,
    /// Whether the recipient is the one, or one of those, to write it at this moment.
    pub is_readers: bool,
    /// Who knows the customer, in the order of the account; without the recipient.
    pub people: Vec<Person>,
    /// Who is on call while it runs.
    pub on_call: Vec<OnCall>,
    /// The feeds that this rests on whose copies are old, in the order of the configuration.
    pub old_copies: Vec<OldCopy>,
    /// A half hour before the deadline in which the recipient could write: without meetings, and proposed for nothing else.
    pub slot: Option<Window>,
    /// Which version of the task this is, as far as the recipient can tell; grows with each change of it and with each that
    /// they were told of.
    pub version: u32,
    /// How often they were written to about it.
    pub told: u32,
    /// The recipient's days around the task, midnight to midnight on their clock: when they are there (no reason), and why not
    /// when they are not. Empty for a mailbox.
    pub days: Vec<(Window, Option<Reason>)>,
    /// The last briefing of the same account that is known of.
    pub last: Option<Earlier>,
}

/// A briefing that was written before, for another task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The title of its task.
    pub title: String,
    /// When that started.
    pub start: Timestamp,
    /// Its ticket.
    pub ticket: Option<String>,
}

/// A task in the calendar of somebody who subscribes to theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The task.
    pub brief: Brief,
    /// When the last change of it was noticed.
    pub noted: Timestamp,
}

/// A leave to come and what wants a briefing in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeforeLeave {
    /// The last available instant before it: the deadline.
    pub start: Timestamp,
    /// The first available instant after it, when within sight.
    pub end: Option<Timestamp>,
    /// The tasks, by start.
    pub tasks: Vec<Brief>,
}

/// One incident: emergencies that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When the first began.
    pub start: Timestamp,
    /// When the last ended; the start when no length is known.
    pub end: Timestamp,
    /// The first title, without the account's name before it.
    pub title: String,
    /// All tickets, without repeats.
    pub tickets: Vec<String>,
    /// UIDs of the emergencies in it.
    pub uids: Vec<String>,
}

/// A task announced, moved or cancelled meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What happened to it.
    pub what: Change,
    /// Its short title.
    pub title: String,
    /// Its ticket.
    pub ticket: Option<String>,
    /// When it starts now, or would have started.
    pub start: Timestamp,
}

/// What can happen to a task while somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// First seen.
    Announced,
    /// Has another start; this was the old one.
    Moved {
        /// The start before.
        from: Timestamp,
    },
    /// Cancelled or gone.
    Cancelled,
}

/// What one account's part of a digest holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountNews {
    /// The account's name.
    pub account: String,
    /// Emergencies, by start.
    pub incidents: Vec<Incident>,
    /// Tasks that ran, by start, with what became of their briefings.
    pub ran: Vec<Brief>,
    /// Announced, moved or cancelled meanwhile.
    pub news: Vec<News>,
    /// What starts within 14 days and wants a briefing.
    pub coming: Vec<Brief>,
    /// How many incidents and tasks are too old to be listed (more than four weeks before the end of the spell).
    pub older: usize,
    /// The account's other engineers who were there during the leave, by name.
    pub colleagues: Vec<String>,
    /// Who stood in during the leave, by name; nobody when a colleague was there.
    pub backups: Vec<String>,
}

/// What happened while somebody was away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// When they left.
    pub start: Timestamp,
    /// When they came back.
    pub end: Timestamp,
    /// Whether it was a leave and no ordinary night or weekend.
    pub leave: bool,
    /// The titles of their own entries in it: theirs to read, and nobody else's.
    pub titles: Vec<String>,
    /// Per account, in the order of the configuration; only accounts with something to tell.
    pub accounts: Vec<AccountNews>,
    /// After a leave the others, by name.
    pub quiet: Vec<String>,
    /// The feeds that this rests on whose copies are old, in the order of the configuration.
    pub old_copies: Vec<OldCopy>,
}

/// The regular report to the admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// When it is written.
    pub at: Timestamp,
    /// Uncovered tasks of the next 14 days.
    pub tasks: Vec<Brief>,
    /// All feeds.
    pub feeds: Vec<FeedLine>,
    /// Tasks in which no account was found.
    pub unmatched_tasks: Vec<Stray>,
    /// Entries of team feeds that match nobody.
    pub unmatched_people: Vec<(FeedName, usize)>,
}
