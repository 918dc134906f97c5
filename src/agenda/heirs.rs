//! Which vanished task a new event goes on as: one re-created under another UID, a series whose rule has changed.
//! Owns the ids of tasks: they survive moves and new UIDs. Compares names, accounts, titles and starts; nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::history::{Sighting, Thing, Update, seen_again};
use super::shown::Seen;
use super::tasks::bare_title;
use super::{History, TaskId};
use crate::people::AccountId;

/// How far an occurrence of a series may move and still be the same one: less than a week.
const NEAR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Gives new things their ids; one that takes the place of one `lost` of late keeps that one's id. What is looked for is
/// found by name and start, since a feed may rename very many things at once.
pub(super) fn settle(history: &History, mut lost: BTreeMap<TaskId, Sighting>, fresh: &[Thing], update: &mut Update, now: Timestamp) {
    let mut heirs = of_series(&mut lost, fresh, now);
    add_only_heirs(&mut heirs, &lost, fresh, now);
    let inherited: BTreeSet<&TaskId> = heirs.values().map(|heir| &heir.id).collect();
    update.changed.retain(|sighting| !inherited.contains(&sighting.id));
    let mut taken = BTreeSet::new();
    for (place, thing) in fresh.iter().enumerate() {
        if let Some(heir) = heirs.get(&place) {
            update.changed.extend(seen_again(heir, Seen::of(thing), now));
            continue;
        }
        let id = new_id(thing, |id| history.contains_key(id) || taken.contains(id));
        taken.insert(id.clone());
        let (thing, revisions) = (thing.clone(), Vec::new());
        update.changed.push(Sighting { id, thing, first_seen: now, known: now, last_seen: None, gone: None, revisions });
    }
}

/// What tasks have in common of which one may go on as the other: their account and what their titles share.
type Called<'a> = (&'a AccountId, String);

/// What `thing` is called; none of what names no account and of what is no task.
fn called(thing: &Thing) -> Option<(Called<'_>, bool)> {
    let task = thing.task()?;
    Some(((task.account.as_ref()?, bare_title(&task.title)), task.recurs))
}

/// Things of one name.
struct Namesakes<T> {
    /// Single ones.
    single: Vec<T>,
    /// Occurrences of series, by start.
    recurring: BTreeMap<Timestamp, Vec<T>>,
}

impl<T: Copy> Namesakes<T> {
    /// Sorts things by their names.
    fn of<'a>(things: impl Iterator<Item = (T, &'a Thing)>) -> BTreeMap<Called<'a>, Self> {
        let mut all: BTreeMap<Called<'a>, Self> = BTreeMap::new();
        for (which, thing) in things {
            let Some((name, recurs)) = called(thing) else { continue };
            let own = all.entry(name).or_insert_with(|| Self { single: Vec::new(), recurring: BTreeMap::new() });
            if recurs { own.recurring.entry(thing.start()).or_default().push(which) } else { own.single.push(which) }
        }
        all
    }

    /// Those of which one that recurs or not, and starts at `start`, may be the same task; of two occurrences only if they
    /// are near each other, and this one starts after `after`.
    fn like(&self, recurs: bool, start: Timestamp, after: Timestamp) -> impl Iterator<Item = T> {
        let from = if recurs { start.saturating_sub(NEAR).unwrap_or(Timestamp::MIN).max(after) } else { Timestamp::MIN };
        let until = if recurs { start.saturating_add(NEAR).unwrap_or(Timestamp::MAX) } else { Timestamp::MAX };
        let near = (from < until).then(|| self.recurring.range((Bound::Excluded(from), Bound::Excluded(until))));
        self.single.iter().chain(near.into_iter().flatten().flat_map(|(_, own)| own)).copied()
    }
}

/// Adds each vanished task that a single new event may go on as, if it is the only such event. Occurrences that began
/// neither leave nor take anything: the next ones are others.
fn add_only_heirs(heirs: &mut BTreeMap<usize, Sighting>, lost: &BTreeMap<TaskId, Sighting>, fresh: &[Thing], now: Timestamp) {
    if lost.is_empty() {
        return;
    }
    let old = Namesakes::of(lost.values().map(|sighting| (sighting, &sighting.thing)));
    let new = Namesakes::of(fresh.iter().enumerate());
    let mut taken = BTreeSet::new();
    for (place, thing) in fresh.iter().enumerate() {
        let Some((name, recurs)) = called(thing).filter(|_| !heirs.contains_key(&place)) else { continue };
        // No occurrence comes after the end of time.
        let after = if thing.start() <= now { Timestamp::MAX } else { now };
        let mut own = old.get(&name).into_iter().flat_map(|old| old.like(recurs, thing.start(), after));
        let Some(heir) = own.next().filter(|_| own.next().is_none()) else { continue };
        let mut rivals = new.get(&name).into_iter().flat_map(|new| new.like(recurs, thing.start(), Timestamp::MIN));
        if rivals.all(|other| other == place) && taken.insert(&heir.id) {
            heirs.insert(place, heir.clone());
        }
    }
}

/// The vanished occurrences that new ones go on as, by the place of the new one: a rule was changed, or a series goes on
/// under another UID. Taken out of `lost`.
fn of_series(lost: &mut BTreeMap<TaskId, Sighting>, fresh: &[Thing], now: Timestamp) -> BTreeMap<usize, Sighting> {
    let ahead = |thing: &Thing| thing.task().is_some_and(|task| task.recurs) && thing.start() > now;
    let mut old: BTreeMap<&str, Vec<&Sighting>> = BTreeMap::new();
    for sighting in lost.values().filter(|sighting| ahead(&sighting.thing)) {
        old.entry(sighting.thing.identity().uid.as_str()).or_default().push(sighting);
    }
    let mut new: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, thing) in fresh.iter().enumerate().filter(|(_, thing)| ahead(thing)) {
        new.entry(thing.identity().uid.as_str()).or_default().push(place);
    }
    let mut named = Names::of(&old, fresh);
    let mut found = BTreeMap::new();
    for (uid, mut places) in new {
        places.sort_by_key(|place| fresh.get(*place).map(Thing::start));
        let first = places.first().and_then(|place| fresh.get(*place));
        let same = old.contains_key(uid).then_some(uid);
        let Some(from) = same.or_else(|| named.predecessor(first?)) else { continue };
        let Some(mut those) = old.remove(from) else { continue };
        those.sort_by_key(|sighting| sighting.thing.start());
        let pairs = pairs(&those, fresh, &places);
        let gone: BTreeSet<&TaskId> = pairs.iter().map(|(_, id)| id).collect();
        let (gone, left): (Vec<_>, Vec<_>) = those.into_iter().partition(|sighting| gone.contains(&sighting.id));
        for sighting in gone {
            named.forget(sighting);
        }
        if !left.is_empty() {
            old.insert(from, left);
        }
        found.extend(pairs);
    }
    found.into_iter().filter_map(|(place, id)| Some((place, lost.remove(&id)?))).collect()
}

/// Which series have a name.
struct Names<'a> {
    /// Those that vanished, with how many of their occurrences are still to be found.
    old: BTreeMap<Called<'a>, BTreeMap<&'a str, usize>>,
    /// The new ones.
    new: BTreeMap<Called<'a>, BTreeSet<&'a str>>,
}

impl<'a> Names<'a> {
    /// The names of these.
    fn of(old: &BTreeMap<&'a str, Vec<&'a Sighting>>, fresh: &'a [Thing]) -> Self {
        let mut names = Self { old: BTreeMap::new(), new: BTreeMap::new() };
        for (uid, sighting) in old.iter().flat_map(|(uid, own)| own.iter().map(|sighting| (*uid, *sighting))) {
            let Some((name, _)) = called(&sighting.thing) else { continue };
            let count = names.old.entry(name).or_default().entry(uid).or_default();
            *count = count.saturating_add(1);
        }
        for thing in fresh {
            if let Some((name, true)) = called(thing) {
                names.new.entry(name).or_default().insert(&thing.identity().uid);
            }
        }
        names
    }

    /// Notes that a vanished occurrence was found.
    fn forget(&mut self, sighting: &'a Sighting) {
        let uid = sighting.thing.identity().uid.as_str();
        let Some(own) = called(&sighting.thing).and_then(|(name, _)| self.old.get_mut(&name)) else { return };
        if let Some(count) = own.get_mut(uid) {
            *count = count.saturating_sub(1);
        }
        if own.get(uid) == Some(&0) {
            own.remove(uid);
        }
    }

    /// The UID whose vanished occurrences go on as those of which `first` is the first: the only one of its account and
    /// title, when there is only one new series of them.
    fn predecessor(&self, first: &Thing) -> Option<&'a str> {
        let (name, _) = called(first)?;
        let (old, new) = (self.old.get(&name)?, self.new.get(&name)?);
        (old.len() == 1 && new.len() == 1).then(|| old.keys().next().copied()).flatten()
    }
}

/// Pairs vanished and new occurrences, both by start: again and again one with its nearest whose nearest it is as well. So
/// one that has none any more, because the rule shifted it into the past, takes nothing from those behind it.
fn pairs(old: &[&Sighting], fresh: &[Thing], places: &[usize]) -> Vec<(usize, TaskId)> {
    let mut olds: BTreeSet<Spot> = old.iter().map(|old| old.thing.start()).zip(0..).collect();
    let mut news: BTreeSet<Spot> = places.iter().filter_map(|place| fresh.get(*place)).map(Thing::start).zip(0..).collect();
    let mut pairs = Vec::new();
    // Each is the nearest of the one before it, and nearer to that than the one before: so the way soon ends with two that
    // are each other's, and goes on from those before them.
    let mut way: Vec<(bool, Spot)> = Vec::new();
    loop {
        let Some((is_old, spot)) = way.last().copied().or_else(|| Some((true, *olds.first()?))) else { return pairs };
        if way.is_empty() {
            way.push((is_old, spot));
        }
        let (own, others) = if is_old { (&mut olds, &mut news) } else { (&mut news, &mut olds) };
        let before = way.len().checked_sub(2).and_then(|before| way.get(before)).map(|(_, before)| *before);
        match nearest(others, spot.0) {
            None => {
                own.remove(&spot);
                way.pop();
            }
            Some(other) if before == Some(other) => {
                own.remove(&spot);
                others.remove(&other);
                way.truncate(way.len().saturating_sub(2));
                let ((_, old_place), (_, new_place)) = if is_old { (spot, other) } else { (other, spot) };
                pairs.extend(places.get(new_place).zip(old.get(old_place)).map(|(place, old)| (*place, old.id.clone())));
            }
            Some(other) => way.push((!is_old, other)),
        }
    }
}

/// A start, and the place of what starts then in its list.
type Spot = (Timestamp, usize);

/// The one that is nearest to `start`, the earlier of two, the first of those that start together, if it is near at all.
fn nearest(spots: &BTreeSet<Spot>, start: Timestamp) -> Option<Spot> {
    let later = spots.range((start, 0)..).next();
    let earlier = spots.range(..(start, 0)).next_back().and_then(|(last, _)| spots.range((*last, 0)..).next());
    let distance = |spot: &&Spot| spot.0.duration_since(start).abs();
    earlier.into_iter().chain(later).min_by_key(distance).filter(|spot| distance(spot) < NEAR).copied()
}

/// A short id that nobody else has, the same in every run: a digest of what the thing is called outside.
fn new_id(thing: &Thing, is_taken: impl Fn(&TaskId) -> bool) -> TaskId {
    let letter = if thing.task().is_some() { 't' } else { 'e' };
    let identity = thing.identity();
    let mut round = 0_u32;
    loop {
        let name = format!("{letter}\n{}\n{}\n{round}", identity.uid, identity.recurrence_id.as_deref().unwrap_or_default());
        let digest = Sha256::digest(name.as_bytes());
        let id: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).fold(String::from(letter), |id, part| id + &part);
        let id = TaskId::new(id);
        if !is_taken(&id) {
            return id;
        }
        round = round.saturating_add(1);
    }
}
