//! What earlier turns have left behind: what was said, answered and handed over.
//! Values only; the store keeps them, the cycle hands them in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::notice::{Key, Kind};
use crate::agenda::TaskId;
use crate::agenda::history::SetBack;
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
    /// The key of the letter that carries it.
    pub letter: Key,
    /// Whether that letter was taken back before anybody can have read it: then nobody has heard this.
    pub withdrawn: bool,
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

/// That somebody is not to be asked for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snooze {
    /// The task.
    pub task: TaskId,
    /// The start it had then: of a task that has moved since, it holds nothing.
    pub start: Timestamp,
    /// Who.
    pub person: EngineerId,
    /// Until when.
    pub until: Timestamp,
    /// When they wished so.
    pub at: Timestamp,
    /// Who said it.
    pub by: String,
    /// When it was taken back.
    pub undone: Option<Timestamp>,
}

/// That a briefing was given to somebody by people, not by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handing {
    /// The task.
    pub task: TaskId,
    /// The start it had then: a moved task has new writers.
    pub start: Timestamp,
    /// Who had it before; none when nobody did.
    pub from: Option<EngineerId>,
    /// Who has it now.
    pub to: EngineerId,
    /// When.
    pub at: Timestamp,
    /// Who said it.
    pub by: String,
    /// When it was taken back.
    pub undone: Option<Timestamp>,
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
    /// Every notice queued, by key; [`Past::note`] adds to it.
    pub said: BTreeMap<Key, Said>,
    /// The keys of what was said about each task.
    about: BTreeMap<TaskId, BTreeSet<Key>>,
    /// The keys of lists before a leave, by the UIDs in them.
    listed: BTreeMap<String, BTreeSet<Key>>,
    /// The latest answer per task.
    pub answers: BTreeMap<TaskId, Answer>,
    /// The writers of each task and start, oldest first.
    pub writers: BTreeMap<(TaskId, Timestamp), Vec<Writer>>,
    /// Who is not to be asked for a while, by task, oldest first; those taken back among them.
    snoozes: BTreeMap<TaskId, Vec<Snooze>>,
    /// Whom briefings were given to, likewise.
    handings: BTreeMap<TaskId, Vec<Handing>>,
    /// Named instants: when the state was born, when a feed or an account was first seen, the last coverage letter, …
    pub instants: BTreeMap<String, Timestamp>,
}

impl Past {
    /// Takes in a notice that was queued.
    pub fn note(&mut self, said: Said) {
        if let Some(task) = &said.task {
            self.about.entry(task.clone()).or_default().insert(said.key.clone());
        }
        for uid in said.uids.iter().flatten().filter(|_| said.kind == Kind::BeforeLeave) {
            self.listed.entry(uid.clone()).or_default().insert(said.key.clone());
        }
        self.said.insert(said.key.clone(), said);
    }

    /// When anything was said, answered, wished or handed over.
    pub fn noted(&self) -> impl Iterator<Item = Timestamp> {
        let writers = self.writers.values().flatten().map(|writer| writer.since);
        let snoozes = self.snoozes.values().flatten().map(|snooze| snooze.at);
        let wishes = snoozes.chain(self.handings.values().flatten().map(|handing| handing.at));
        let said = self.said.values().map(|said| said.at).chain(self.answers.values().map(|answer| answer.at));
        said.chain(writers).chain(wishes)
    }

    /// Sets back what was noted by a clock that was ahead.
    pub fn set_back(&mut self, set_back: &SetBack) {
        self.said.values_mut().for_each(|said| said.at = set_back.of(said.at));
        self.answers.values_mut().for_each(|answer| answer.at = set_back.of(answer.at));
        self.writers.values_mut().flatten().for_each(|writer| writer.since = set_back.of(writer.since));
        self.snoozes.values_mut().flatten().for_each(|snooze| snooze.at = set_back.of(snooze.at));
        self.handings.values_mut().flatten().for_each(|handing| handing.at = set_back.of(handing.at));
    }

    /// Forgets what is not `kept`.
    pub fn retain_said(&mut self, kept: impl Fn(&Key) -> bool) {
        let said = std::mem::take(&mut self.said);
        self.about.clear();
        self.listed.clear();
        said.into_values().filter(|said| kept(&said.key)).for_each(|said| self.note(said));
    }

    /// Notes that the letter `letter` was taken back, or put into the queue again.
    pub fn withdraw(&mut self, letter: &Key, withdrawn: bool) {
        self.said.values_mut().filter(|said| said.letter == *letter).for_each(|said| said.withdrawn = withdrawn);
    }

    /// What was said about `task`, in the order of the keys.
    pub fn about(&self, task: &TaskId) -> impl Iterator<Item = &Said> {
        self.about.get(task).into_iter().flatten().filter_map(|key| self.said.get(key))
    }

    /// The lists before a leave that held `uid`.
    pub fn lists_of(&self, uid: &str) -> impl Iterator<Item = &Said> {
        self.listed.get(uid).into_iter().flatten().filter_map(|key| self.said.get(key))
    }

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

    /// Remembers that somebody is not to be asked for a while.
    pub fn snooze(&mut self, snooze: Snooze) {
        self.snoozes.entry(snooze.task.clone()).or_default().push(snooze);
    }

    /// Remembers whom a briefing was given to.
    pub fn hand(&mut self, handing: Handing) {
        self.handings.entry(handing.task.clone()).or_default().push(handing);
    }

    /// Who is not to be asked about a task for a while, oldest first; what was taken back among it.
    pub fn snoozes(&self, task: &TaskId) -> &[Snooze] {
        self.snoozes.get(task).map_or(&[], Vec::as_slice)
    }

    /// The tasks of which people have said something: answered, or given away.
    pub fn spoken_of(&self) -> BTreeSet<&TaskId> {
        self.answers.keys().chain(self.handings.keys()).collect()
    }

    /// Whom the briefing of a task was given to, likewise.
    pub fn handings(&self, task: &TaskId) -> &[Handing] {
        self.handings.get(task).map_or(&[], Vec::as_slice)
    }

    /// Takes back at `at` what was wished of `task` at `said`; whether there was any such wish.
    pub fn undo(&mut self, task: &TaskId, said: Timestamp, at: Timestamp) -> bool {
        let snoozes = self.snoozes.get_mut(task).into_iter().flatten().filter(|snooze| snooze.at == said).map(|snooze| &mut snooze.undone);
        let handings =
            self.handings.get_mut(task).into_iter().flatten().filter(|handing| handing.at == said).map(|handing| &mut handing.undone);
        let stand: Vec<_> = snoozes.chain(handings).filter(|undone| undone.is_none()).collect();
        let found = !stand.is_empty();
        for undone in stand {
            *undone = Some(at);
        }
        found
    }

    /// Forgets wishes from before `before` about tasks from before then.
    pub fn retain_wishes(&mut self, before: Timestamp) {
        self.snoozes.values_mut().for_each(|snoozes| snoozes.retain(|snooze| before <= snooze.at.max(snooze.start)));
        self.handings.values_mut().for_each(|handings| handings.retain(|handing| before <= handing.at.max(handing.start)));
    }

    /// What was said under keys that begin with `prefix`, in the order of the keys.
    pub fn said_under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Said> {
        let from = Key::stored(prefix.to_owned());
        self.said.range(from..).map(|(_, said)| said).take_while(move |said| said.key.as_str().starts_with(prefix))
    }

    /// What was said to `person`, oldest first.
    pub fn said_to(&self, person: &str) -> Vec<Said> {
        let mut said: Vec<Said> = self.said.values().filter(|said| said.person == person).cloned().collect();
        said.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
        said
    }

    /// How often `person` was told that `task` changed or fell away: the round that new keys carry. What was taken back
    /// before they heard it counts too: its key is spent, and they must be told under another.
    pub fn round(&self, person: &str, task: &TaskId) -> u32 {
        let turns = |said: &&Said| said.person == person && (said.withdrawn || matches!(said.kind, Kind::TaskChanged | Kind::Retraction));
        u32::try_from(self.about(task).filter(turns).count()).unwrap_or(u32::MAX)
    }

    /// Whether `person`, or anybody when none is named, was asked for a briefing of `task` or told of it, in a letter of its
    /// own or by standing in for one.
    pub fn was_asked(&self, person: Option<&str>, task: &TaskId) -> bool {
        let asking = |said: &Said| matches!(said.kind, Kind::BriefingRequest | Kind::Escalation | Kind::TaskChanged) && !said.withdrawn;
        self.about(task).any(|said| asking(said) && person.is_none_or(|person| said.person == person))
    }
}
