//! What was seen when: each task's and emergency's first and last sight and every change, kept 400 days.
//! Pure. Gives tasks their own ids and says since when they are known in their present form.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::shown::Seen;
use super::{Emergency, Identity, Mark, Task, TaskId, same_title};
use crate::people::{AccountId, FeedName};
use crate::zone::Zone;

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

impl Sighting {
    /// Whether `other`, which began as the same, shows something that came after all that is noted here.
    pub fn is_behind(&self, other: &Self) -> bool {
        let differs = other.thing != self.thing || other.gone.is_some() != self.gone.is_some();
        (differs || other.revisions.len() > self.revisions.len()) && other.last_word() > self.last_word()
    }

    /// When the last change of it was noted.
    fn last_word(&self) -> Timestamp {
        let revised = self.revisions.last().map(|revision| revision.at);
        [self.gone, revised].into_iter().flatten().fold(self.known, Timestamp::max)
    }

    /// When anything of it was noted.
    pub fn noted(&self) -> impl Iterator<Item = Timestamp> {
        let revised = self.revisions.iter().map(|revision| revision.at);
        [self.first_seen, self.known].into_iter().chain(self.last_seen).chain(self.gone).chain(revised)
    }

    /// The same with what was noted by a clock that has been set back. None when nothing was.
    pub fn set_back(&self, set_back: &SetBack) -> Option<Self> {
        let back = |at: &Timestamp| set_back.of(*at);
        let mut sighting = self.clone();
        (sighting.first_seen, sighting.known) = (back(&self.first_seen), back(&self.known));
        (sighting.last_seen, sighting.gone) = (self.last_seen.as_ref().map(back), self.gone.as_ref().map(back));
        for revision in &mut sighting.revisions {
            revision.at = back(&revision.at);
        }
        (sighting != *self).then_some(sighting)
    }
}

/// A clock that was ahead has been set back: where the instants go that it noted and that are yet to come. They count as noted
/// now, or so little before that their order is kept: who heard of something before it changed still did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetBack {
    /// The time it is.
    now: Timestamp,
    /// Later instants, and where they go.
    moved: BTreeMap<Timestamp, Timestamp>,
}

impl SetBack {
    /// Sets back those of the instants that were `noted` and are after `now`.
    pub fn new(noted: impl IntoIterator<Item = Timestamp>, now: Timestamp) -> Self {
        let ahead: BTreeSet<Timestamp> = noted.into_iter().filter(|at| *at > now).collect();
        // A millisecond apart: that is how finely instants are kept.
        let before = |rank: i64| now.checked_sub(SignedDuration::from_millis(rank)).unwrap_or(now);
        let moved = ahead.into_iter().rev().zip(0..).map(|(at, rank)| (at, before(rank))).collect();
        Self { now, moved }
    }

    /// Where an instant goes.
    pub fn of(&self, at: Timestamp) -> Timestamp {
        if at <= self.now { at } else { self.moved.get(&at).copied().unwrap_or(self.now) }
    }

    /// The time it is.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Instants that were ahead, each with where it goes.
    pub fn moved(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.moved.iter().map(|(from, to)| (*from, *to))
    }
}

/// Everything remembered, by id.
pub type History = BTreeMap<TaskId, Sighting>;

/// What one look at the feeds changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// New or changed sightings, whole.
    pub changed: Vec<Sighting>,
    /// Sightings past their 400 days.
    pub forgotten: Vec<TaskId>,
}

/// How long anything is remembered.
pub const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// What was missing for less than this was never gone.
const SLIP: SignedDuration = SignedDuration::from_mins(30);

impl Thing {
    /// Its name outside.
    pub fn identity(&self) -> &Identity {
        match self {
            Self::Task(task) => &task.identity,
            Self::Emergency(emergency) => &emergency.identity,
        }
    }

    /// The feed that shows it.
    pub fn feed(&self) -> &FeedName {
        match self {
            Self::Task(task) => &task.feed,
            Self::Emergency(emergency) => &emergency.feed,
        }
    }

    /// Its account.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Task(task) => task.account.as_ref(),
            Self::Emergency(emergency) => emergency.account.as_ref(),
        }
    }

    /// When it starts.
    pub fn start(&self) -> Timestamp {
        match self {
            Self::Task(task) => task.window.start(),
            Self::Emergency(emergency) => emergency.start,
        }
    }

    /// When it ends.
    pub fn end(&self) -> Timestamp {
        match self {
            Self::Task(task) => task.window.end(),
            Self::Emergency(emergency) => emergency.end,
        }
    }

    /// The task in it.
    pub fn task(&self) -> Option<&Task> {
        match self {
            Self::Task(task) => Some(task),
            Self::Emergency(_) => None,
        }
    }

    /// The emergency in it.
    pub fn emergency(&self) -> Option<&Emergency> {
        match self {
            Self::Emergency(emergency) => Some(emergency),
            Self::Task(_) => None,
        }
    }
}

impl Sighting {
    /// Whether it is still there: shown by its feed, or over before it left the feed.
    pub fn stands(&self) -> bool {
        self.gone.is_none() && !self.thing.task().is_some_and(|task| task.cancelled)
    }

    /// The form it had at `instant`, as far as was known then; its first one when it was not known yet.
    pub fn form_at(&self, instant: Timestamp) -> &Thing {
        self.revisions.iter().find(|revision| revision.at > instant).map_or(&self.thing, |revision| &revision.was)
    }

    /// Every UID that it was known by, the present one last.
    pub fn uids(&self) -> impl Iterator<Item = &str> {
        self.revisions.iter().map(|revision| &revision.was).chain([&self.thing]).map(|thing| thing.identity().uid.as_str())
    }

    /// The mark in the task's own event, and the fetch that first showed it.
    pub fn marked(&self) -> Option<(Mark, Timestamp)> {
        let mark = self.thing.task()?.mark?;
        let before = self.revisions.iter().rev().find(|revision| revision.was.task().is_none_or(|task| task.mark != Some(mark)));
        Some((mark, before.map_or(self.first_seen, |revision| revision.at)))
    }

    /// The start that keys name: the one it had when it last *changed*, so that a shift of minutes is no new task.
    pub fn anchor(&self) -> Timestamp {
        let forms = self.revisions.iter().map(|revision| &revision.was).chain([&self.thing]);
        let mut anchor: Option<&Thing> = None;
        for form in forms {
            if anchor.is_none_or(|anchor| moved(anchor.start(), form.start())) {
                anchor = Some(form);
            }
        }
        anchor.unwrap_or(&self.thing).start()
    }
}

/// Whether a start counts as moved: by an hour or more, or to another date (UTC).
pub fn moved(from: Timestamp, to: Timestamp) -> bool {
    let date = |instant: Timestamp| Zone::utc().date(instant);
    from.duration_since(to).abs() >= SignedDuration::from_hours(1) || date(from) != date(to)
}

/// Whether the two forms of a thing differ in what makes a briefing stale: its start or its title.
pub fn differs(was: &Thing, is: &Thing) -> bool {
    let renamed = was.task().zip(is.task()).is_some_and(|(was, is)| !same_title(&was.title, &is.title));
    renamed || moved(was.start(), is.start())
}

/// Whether a thing is known anew in its form `is`: it differs, went to another account, or was cancelled and is not any
/// more.
fn changed(was: &Thing, is: &Thing) -> bool {
    let tasks = was.task().zip(is.task());
    tasks.is_some_and(|(was, is)| was.account != is.account || was.cancelled && !is.cancelled) || differs(was, is)
}

/// What a look at a known thing changes, if anything.
pub(super) fn seen_again(sighting: &Sighting, seen: Seen<'_>, now: Timestamp) -> Option<Sighting> {
    if sighting.gone.is_none() && seen.is(&sighting.thing) {
        return None;
    }
    let (mut next, thing) = (sighting.clone(), seen.thing());
    // What was missing for a moment only was a slip of its feed.
    if next.gone.take().is_some_and(|gone| now.duration_since(gone) >= SLIP) || changed(&next.thing, &thing) {
        next.known = now;
    }
    if next.thing != thing {
        next.revisions.push(Revision { at: now, was: std::mem::replace(&mut next.thing, thing) });
    }
    next.last_seen = None;
    Some(next)
}
