//! What was seen when: each task's and emergency's first and last sight and every change, kept 400 days.
//! Pure. Gives tasks their own ids and says since when they are known in their present form.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Emergency, Task, TaskId};

/// What can be remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Thing {
    /// A planned task.
    Task(Task),
    /// An emergency.
    Emergency(Emergency),
}

/// One change of a remembered thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// When it was noticed.
    pub at: Timestamp,
    /// What it was before.
    pub was: Thing,
}

/// A thing as remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Its own id, which survives moves and new UIDs.
    pub id: TaskId,
    /// What it is now, or was when last seen.
    pub thing: Thing,
    /// The fetch that first showed it.
    pub first_seen: Timestamp,
    /// The fetch (or turn) that first showed it in its present form.
    pub known: Timestamp,
    /// The last fetch that showed it, once it is gone.
    pub last_seen: Option<Timestamp>,
    /// The fetch in which it was first missing.
    pub gone: Option<Timestamp>,
    /// What it was before, oldest first.
    pub revisions: Vec<Revision>,
}

/// Everything remembered, by id.
pub type History = BTreeMap<TaskId, Sighting>;
