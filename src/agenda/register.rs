//! Everything remembered, with what finds it: by its name outside, by feed, by its end, by when it vanished.
//! Compares what feeds show with that; a change costs the things that changed, not all that are remembered.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::history::{History, KEPT, Sighting, Update, seen_again};
use super::shown::{Name, Seen, Shown};
use super::{TaskId, heirs};
use crate::people::FeedName;

/// How long after a UID vanished a new event of the same account and title is still the same task, moved.
const REBORN: SignedDuration = SignedDuration::from_hours(24);

/// Everything remembered.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// By id.
    history: Arc<History>,
    /// The ids by what things are called outside.
    named: HashMap<Name, TaskId>,
    /// The ids of the things that each feed showed last.
    feeds: BTreeMap<FeedName, BTreeSet<TaskId>>,
    /// The ids by when things end.
    ends: BTreeSet<(Timestamp, TaskId)>,
    /// The ids by when things vanished.
    gone: BTreeSet<(Timestamp, TaskId)>,
}

/// A feed of which a new copy came in, or one that is not in the configuration any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its place in the configuration.
    pub place: Option<usize>,
    /// The fetch before the new copy.
    pub before: Option<Timestamp>,
}

impl Register {
    /// Takes over what is remembered.
    pub fn new(history: &Arc<History>) -> Self {
        let mut register = Self { history: Arc::clone(history), ..Self::default() };
        history.values().for_each(|sighting| register.file(sighting));
        register
    }

    /// Everything, by id.
    pub fn history(&self) -> &Arc<History> {
        &self.history
    }

    /// The feeds of which anything is remembered.
    pub fn feeds(&self) -> impl Iterator<Item = &FeedName> {
        self.feeds.iter().filter(|(_, ids)| !ids.is_empty()).map(|(feed, _)| feed)
    }

    /// Compares what feeds show with what is remembered, as far as the things of these `names` go; `fetched` are the feeds
    /// of which a new copy came in.
    pub fn compare(&self, shown: &Shown, names: &[Name], fetched: &BTreeMap<FeedName, Fetched>, now: Timestamp) -> Update {
        let mut update = Update::default();
        let mut fresh = Vec::new();
        // Feeds may share a thing: it is looked at once.
        let mut once = HashSet::new();
        let names = names.iter().filter(|name| once.insert(*name));
        for (name, seen) in names.filter_map(|name| Some((name, shown.get(name)?))) {
            match self.named.get(name).and_then(|id| self.history.get(id)) {
                Some(sighting) => update.changed.extend(seen_again(sighting, seen, now)),
                None => fresh.push(seen.thing()),
            }
        }
        self.forget(shown, &mut update, now);
        for (feed, fetched) in fetched {
            self.miss(feed, fetched, shown, &mut update, now);
        }
        if !fresh.is_empty() {
            heirs::settle(&self.history, self.lost(&update, now), &fresh, &mut update, now);
        }
        update
    }

    /// Finds what is too old to be remembered.
    fn forget(&self, shown: &Shown, update: &mut Update, now: Timestamp) {
        let oldest = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let over = self.ends.iter().take_while(|(end, _)| *end < oldest).filter_map(|(_, id)| self.history.get(id));
        update.forgotten.extend(over.filter(|sighting| !shown.has(&Name::of(&sighting.thing))).map(|sighting| sighting.id.clone()));
    }

    /// Finds what a feed does not show any more: what is still to come or, of the past, what was deleted and did not roll
    /// away.
    fn miss(&self, feed: &FeedName, fetched: &Fetched, shown: &Shown, update: &mut Update, now: Timestamp) {
        let kept = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let oldest = fetched.place.and_then(|place| oldest_shown(shown, place));
        for sighting in self.feeds.get(feed).into_iter().flatten().filter_map(|id| self.history.get(id)) {
            let thing = &sighting.thing;
            let deleted = thing.end() > now || oldest.is_some_and(|oldest| oldest < thing.start());
            if sighting.gone.is_none() && deleted && thing.end() >= kept && !shown.has(&Name::of(thing)) {
                update.changed.push(Sighting { gone: Some(now), last_seen: fetched.before, ..sighting.clone() });
            }
        }
    }

    /// Tasks that vanished within a day, those of this look among them.
    fn lost(&self, update: &Update, now: Timestamp) -> BTreeMap<TaskId, Sighting> {
        let since = now.saturating_sub(REBORN).unwrap_or(Timestamp::MIN);
        let changed: BTreeSet<&TaskId> = update.changed.iter().map(|sighting| &sighting.id).collect();
        let before = self.gone.iter().rev().take_while(|(gone, _)| *gone >= since).map(|(_, id)| id);
        let before = before.filter(|id| !changed.contains(id)).filter_map(|id| self.history.get(id));
        let vanished = |sighting: &&Sighting| sighting.gone.is_some_and(|gone| gone >= since) && sighting.thing.task().is_some();
        before.chain(&update.changed).filter(vanished).map(|sighting| (sighting.id.clone(), sighting.clone())).collect()
    }

    /// Remembers what a look has found. Whoever holds the history besides makes this a copy of all of it.
    pub fn apply(&mut self, update: &Update) {
        if update.changed.is_empty() && update.forgotten.is_empty() {
            return;
        }
        for id in update.changed.iter().map(|sighting| &sighting.id).chain(&update.forgotten) {
            self.unfile(id);
        }
        let history = Arc::make_mut(&mut self.history);
        for id in &update.forgotten {
            history.remove(id);
        }
        history.extend(update.changed.iter().map(|sighting| (sighting.id.clone(), sighting.clone())));
        update.changed.iter().for_each(|sighting| self.file(sighting));
    }

    /// Makes a sighting be found.
    fn file(&mut self, sighting: &Sighting) {
        let (thing, id) = (&sighting.thing, &sighting.id);
        self.named.insert(Name::of(thing), id.clone());
        self.feeds.entry(thing.feed().clone()).or_default().insert(id.clone());
        self.ends.insert((thing.end(), id.clone()));
        self.gone.extend(sighting.gone.map(|gone| (gone, id.clone())));
    }

    /// Makes a sighting be found no more.
    fn unfile(&mut self, id: &TaskId) {
        let Some(sighting) = self.history.get(id) else { return };
        let (name, feed, end) = (Name::of(&sighting.thing), sighting.thing.feed(), sighting.thing.end());
        if let Some(ids) = self.feeds.get_mut(feed) {
            ids.remove(id);
        }
        self.ends.remove(&(end, id.clone()));
        if let Some(gone) = sighting.gone {
            self.gone.remove(&(gone, id.clone()));
        }
        if self.named.get(&name) == Some(id) {
            self.named.remove(&name);
        }
    }
}

/// The earliest end that a feed shows: what ended later and is missing was deleted, not rolled away. A series is no
/// sign of that: as long as it goes on, its feed shows it from its first day.
fn oldest_shown(shown: &Shown, place: usize) -> Option<Timestamp> {
    let ends = shown.of_feed(place).filter_map(|seen| match seen {
        Seen::Task(task) => task.identity.recurrence_id.is_none().then(|| task.window.end()),
        Seen::Emergency(emergency) => emergency.identity.recurrence_id.is_none().then_some(emergency.end),
    });
    ends.min()
}
