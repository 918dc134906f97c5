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
    /// The writers of each task and start, oldest first.
    pub writers: BTreeMap<(TaskId, Timestamp), Vec<Writer>>,
    /// Named instants: when the state was born, when a feed or an account was first seen, the last coverage letter, …
    pub instants: BTreeMap<String, Timestamp>,
}

impl Past {
    /// The writers of a task with that start so far, oldest first.
    pub fn writers(&self, task: &TaskId, start: Timestamp) -> &[Writer] {
        self.writers.get(&(task.clone(), start)).map_or(&[], Vec::as_slice)
    }

    /// Remembers a hand-over; the same one twice is one.
    pub fn hand_over(&mut self, writer: Writer) {
        let writers = self.writers.entry((writer.task.clone(), writer.start)).or_default();
        if !writers.contains(&writer) {
            writers.push(writer);
        }
    }

    /// What was said under keys that begin with `prefix`, in the order of the keys.
    pub fn said_under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Said> {
        let from = Key::stored(prefix.to_owned());
        self.said.range(from..).map(|(_, said)| said).take_while(move |said| said.key.as_str().starts_with(prefix))
    }

    /// How often `person` was told that `task` changed or fell away: the round that new keys carry.
    pub fn round(&self, person: &str, task: &TaskId) -> u32 {
        let told = [Kind::TaskChanged, Kind::Retraction];
        let count: usize = told.iter().map(|kind| self.said_under(&format!("{kind}/{person}/{task}/")).count()).sum();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Whether `person` was asked for a briefing of `task` or told of it, in a letter of its own or by standing in for one.
    pub fn was_asked(&self, person: &str, task: &TaskId) -> bool {
        let asking = [Kind::BriefingRequest, Kind::Escalation];
        asking.iter().any(|kind| self.said_under(&format!("{kind}/{person}/{task}/")).next().is_some())
    }

    /// The answer to the wish for a briefing of `task`, when it was given since `known`.
    pub fn answer(&self, task: &TaskId, known: Timestamp) -> Option<&Answer> {
        self.answers.get(task).filter(|answer| answer.at >= known)
    }
}
