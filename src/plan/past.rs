//! What earlier turns have left behind: what was said, answered and handed over.
//! Values only; the store keeps them, the cycle hands them in.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::notice::{Key, Kind};
use crate::agenda::TaskId;
use crate::people::EngineerId;

/// A notice as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its key.
    pub key: Key,
    /// Its kind.
    pub kind: Kind,
    /// The person: an engineer's id or an address.
    pub person: String,
    /// The task.
    pub task: Option<TaskId>,
    /// The task's start.
    pub task_start: Option<Timestamp>,
    /// Its stage.
    pub stage: Option<String>,
    /// Why it was said.
    pub reason: String,
    /// UIDs of a list.
    pub uids: Option<Vec<String>>,
    /// When it was said: when its letter was queued.
    pub at: Timestamp,
}

/// What people said of a briefing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The task.
    pub task: TaskId,
    /// Waived (`true`) or written.
    pub waived: bool,
    /// When.
    pub at: Timestamp,
    /// Who, as far as known: a login name, an engineer's id, `event` for the task's own event.
    pub by: String,
    /// A reason, if one was given.
    pub note: Option<String>,
}

/// When somebody became the writer of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// The task.
    pub task: TaskId,
    /// The start it had then: a moved task has new writers.
    pub start: Timestamp,
    /// Who; none for the moment from which nobody was able any more.
    pub engineer: Option<EngineerId>,
    /// Since when.
    pub since: Timestamp,
}

/// Everything earlier turns have left behind.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Past {
    /// Every notice queued, by key.
    pub said: BTreeMap<Key, Said>,
    /// The latest answer per task.
    pub answers: BTreeMap<TaskId, Answer>,
    /// Hand-overs, oldest first.
    pub writers: Vec<Writer>,
    /// Named instants: when the state was born, when a feed or an account was first seen, the last coverage letter, …
    pub instants: BTreeMap<String, Timestamp>,
}
