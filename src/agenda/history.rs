//! What was seen when: each task's and emergency's first and last sight and every change, kept 400 days.
//! Pure. Gives tasks their own ids and says since when they are known in their present form.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Emergency, Identity, Task, TaskId, same_title};
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

/// How long after a UID vanished a new event of the same account and title is still the same task, moved.
const REBORN: SignedDuration = SignedDuration::from_hours(24);

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
fn moved(from: Timestamp, to: Timestamp) -> bool {
    let date = |instant: Timestamp| Zone::utc().date(instant);
    from.duration_since(to).abs() >= SignedDuration::from_hours(1) || date(from) != date(to)
}

/// Whether the two forms of a thing differ in what makes a briefing stale: its start, or its title.
fn changed(was: &Thing, is: &Thing) -> bool {
    let renamed = match (was.task(), is.task()) {
        (Some(was), Some(is)) => !same_title(&was.title, &is.title) || was.account != is.account || (was.cancelled && !is.cancelled),
        _ => false,
    };
    renamed || moved(was.start(), is.start())
}

/// Compares what the feeds show now with what is remembered. `shown` is everything in sight of the last good copies;
/// `fetched` names the feeds of which a new copy came in, with the instant of the copy before it.
pub fn compare(history: &History, shown: Vec<Thing>, fetched: &BTreeMap<FeedName, Option<Timestamp>>, now: Timestamp) -> Update {
    let known: BTreeMap<(bool, Identity), &Sighting> =
        history.values().map(|sighting| ((sighting.thing.task().is_some(), sighting.thing.identity().clone()), sighting)).collect();
    let oldest = oldest_shown(&shown);
    let mut present = BTreeSet::new();
    let mut update = Update::default();
    let mut fresh = Vec::new();
    for thing in shown {
        match known.get(&(thing.task().is_some(), thing.identity().clone())) {
            Some(sighting) => {
                present.insert(sighting.id.clone());
                update.changed.extend(seen_again(sighting, thing, now));
            }
            None => fresh.push(thing),
        }
    }
    for sighting in history.values().filter(|sighting| !present.contains(&sighting.id)) {
        let thing = &sighting.thing;
        if thing.end() < now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN) {
            update.forgotten.push(sighting.id.clone());
        } else if let Some(before) = fetched.get(thing.feed())
            && sighting.gone.is_none()
            && (thing.end() > now || oldest.get(thing.feed()).is_some_and(|oldest| *oldest < thing.start()))
        {
            update.changed.push(Sighting { gone: Some(now), last_seen: *before, ..sighting.clone() });
        }
    }
    settle(history, &fresh, &mut update, now);
    update
}

/// The earliest end that each feed shows: what ended later and is missing was deleted, not rolled away. A series is no
/// sign of that: as long as it goes on, its feed shows it from its first day.
fn oldest_shown(shown: &[Thing]) -> BTreeMap<FeedName, Timestamp> {
    let mut oldest: BTreeMap<FeedName, Timestamp> = BTreeMap::new();
    for thing in shown.iter().filter(|thing| thing.identity().recurrence_id.is_none()) {
        let end = oldest.entry(thing.feed().clone()).or_insert(thing.end());
        *end = (*end).min(thing.end());
    }
    oldest
}

/// What a look at a known thing changes, if anything.
fn seen_again(sighting: &Sighting, thing: Thing, now: Timestamp) -> Option<Sighting> {
    if sighting.thing == thing && sighting.gone.is_none() {
        return None;
    }
    let mut next = sighting.clone();
    if next.gone.take().is_some_and(|gone| gone < now) || changed(&next.thing, &thing) {
        next.known = now;
    }
    if next.thing != thing {
        next.revisions.push(Revision { at: now, was: std::mem::replace(&mut next.thing, thing) });
    }
    next.last_seen = None;
    Some(next)
}

/// Gives new things their ids; one that takes the place of a vanished one of the same account and title keeps its id.
fn settle(history: &History, fresh: &[Thing], update: &mut Update, now: Timestamp) {
    let mut lost: BTreeMap<TaskId, Sighting> = history.iter().map(|(id, sighting)| (id.clone(), sighting.clone())).collect();
    lost.extend(update.changed.iter().map(|sighting| (sighting.id.clone(), sighting.clone())));
    let since = now.saturating_sub(REBORN).unwrap_or(Timestamp::MIN);
    lost.retain(|_, sighting| sighting.gone.is_some_and(|gone| gone >= since) && sighting.thing.task().is_some());
    let mut taken: BTreeSet<TaskId> = history.keys().cloned().collect();
    for (place, thing) in fresh.iter().enumerate() {
        let others = fresh.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other);
        let alone = others.clone().all(|other| !same_task(other, thing));
        let heirs: Vec<&Sighting> = lost.values().filter(|sighting| same_task(&sighting.thing, thing)).collect();
        if let ([heir], true) = (heirs.as_slice(), alone) {
            let moved = seen_again(heir, thing.clone(), now);
            update.changed.retain(|sighting| sighting.id != heir.id);
            update.changed.extend(moved);
            continue;
        }
        let id = new_id(thing, &taken);
        taken.insert(id.clone());
        let (thing, revisions) = (thing.clone(), Vec::new());
        update.changed.push(Sighting { id, thing, first_seen: now, known: now, last_seen: None, gone: None, revisions });
    }
}

/// Whether two things are tasks of the same account under the same title.
fn same_task(one: &Thing, other: &Thing) -> bool {
    match (one.task(), other.task()) {
        (Some(one), Some(other)) => one.account.is_some() && one.account == other.account && same_title(&one.title, &other.title),
        _ => false,
    }
}

/// A short id that nobody else has, the same in every run: a digest of what the thing is called outside.
fn new_id(thing: &Thing, taken: &BTreeSet<TaskId>) -> TaskId {
    let letter = if thing.task().is_some() { 't' } else { 'e' };
    let identity = thing.identity();
    let mut round = 0_u32;
    loop {
        let name = format!("{letter}\n{}\n{}\n{round}", identity.uid, identity.recurrence_id.as_deref().unwrap_or_default());
        let digest = Sha256::digest(name.as_bytes());
        let id: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).fold(String::from(letter), |id, part| id + &part);
        let id = TaskId::new(id);
        if !taken.contains(&id) {
            return id;
        }
        round = round.saturating_add(1);
    }
}
