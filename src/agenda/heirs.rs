//! Which vanished task a new event goes on as: one re-created under another UID, a series whose rule has changed.
//! Owns the ids of tasks: they survive moves and new UIDs. Compares names, accounts, titles and starts; nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::history::{Sighting, Thing, Update, seen_again};
use super::shown::Seen;
use super::{History, TaskId, same_title};

/// How far an occurrence of a series may move and still be the same one: less than a week.
const NEAR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Gives new things their ids; one that takes the place of one `lost` of late keeps that one's id.
pub(super) fn settle(history: &History, mut lost: BTreeMap<TaskId, Sighting>, fresh: &[Thing], update: &mut Update, now: Timestamp) {
    let series = of_series(&mut lost, fresh, now);
    let mut taken = BTreeSet::new();
    for (place, thing) in fresh.iter().enumerate() {
        let heir = series.get(&place).cloned().or_else(|| only_heir(&lost, fresh, place, now));
        if let Some(heir) = heir {
            let moved = seen_again(&heir, Seen::of(thing), now);
            update.changed.retain(|sighting| sighting.id != heir.id);
            update.changed.extend(moved);
            continue;
        }
        let id = new_id(thing, |id| history.contains_key(id) || taken.contains(id));
        taken.insert(id.clone());
        let (thing, revisions) = (thing.clone(), Vec::new());
        update.changed.push(Sighting { id, thing, first_seen: now, known: now, last_seen: None, gone: None, revisions });
    }
}

/// The one vanished task that a single new event may go on as, if it is the only such event. Occurrences that
/// began neither leave nor take anything: the next ones are others.
fn only_heir(lost: &BTreeMap<TaskId, Sighting>, fresh: &[Thing], place: usize, now: Timestamp) -> Option<Sighting> {
    let thing = fresh.get(place)?;
    let mut others = fresh.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other);
    let recurs = |thing: &Thing| thing.task().is_some_and(|task| task.recurs);
    let over = |was: &Thing| recurs(was) && recurs(thing) && was.start().min(thing.start()) <= now;
    let mut heirs = lost.values().filter(|sighting| same_task(&sighting.thing, thing) && !over(&sighting.thing));
    let id = heirs.next().map(|heir| heir.id.clone())?;
    let alone = heirs.next().is_none() && others.all(|other| !same_task(other, thing));
    lost.get(&id).filter(|_| alone).cloned()
}

/// Whether two things are tasks of the same account under the same title; of occurrences, if they are near each other.
fn same_task(one: &Thing, other: &Thing) -> bool {
    let near = || one.start().duration_since(other.start()).abs() < NEAR;
    match (one.task(), other.task()) {
        (Some(one), Some(other)) => {
            let same = one.account.is_some() && one.account == other.account && same_title(&one.title, &other.title);
            same && (!(one.recurs && other.recurs) || near())
        }
        _ => false,
    }
}

/// The vanished occurrences that new ones go on as, by the place of the new one: a rule was changed, or a series goes on
/// under another UID. Taken out of `lost`.
fn of_series(lost: &mut BTreeMap<TaskId, Sighting>, fresh: &[Thing], now: Timestamp) -> BTreeMap<usize, Sighting> {
    let mut found = BTreeMap::new();
    let recurs = |thing: &Thing| thing.task().is_some_and(|task| task.recurs) && thing.start() > now;
    let uids: BTreeSet<&str> = fresh.iter().filter(|thing| recurs(thing)).map(|thing| thing.identity().uid.as_str()).collect();
    for uid in uids {
        let places = (0..fresh.len()).filter(|place| fresh.get(*place).is_some_and(|thing| recurs(thing) && thing.identity().uid == uid));
        let mut places: Vec<usize> = places.collect();
        places.sort_by_key(|place| fresh.get(*place).map(Thing::start));
        let mut old: Vec<&Sighting> = lost.values().filter(|sighting| recurs(&sighting.thing)).collect();
        let Some(from) = predecessor(&old, fresh, &places, uid) else { continue };
        old.retain(|sighting| sighting.thing.identity().uid == from);
        old.sort_by_key(|sighting| sighting.thing.start());
        let pairs = pairs(&old, fresh, places);
        for (place, id) in pairs {
            found.extend(lost.remove(&id).map(|sighting| (place, sighting)));
        }
    }
    found
}

/// The UID whose vanished occurrences go on as the new ones of `uid`: the same, or the only one of that account and title.
fn predecessor(old: &[&Sighting], fresh: &[Thing], places: &[usize], uid: &str) -> Option<String> {
    if old.iter().any(|sighting| sighting.thing.identity().uid == uid) {
        return Some(uid.to_owned());
    }
    let first = fresh.get(*places.first()?)?.task()?;
    let named = |thing: &Thing| {
        let same = |task: &super::Task| task.recurs && task.account == first.account && same_title(&task.title, &first.title);
        first.account.is_some() && thing.task().is_some_and(same)
    };
    let of_old: BTreeSet<&str> =
        old.iter().filter(|sighting| named(&sighting.thing)).map(|sighting| sighting.thing.identity().uid.as_str()).collect();
    let of_new: BTreeSet<&str> = fresh.iter().filter(|thing| named(thing)).map(|thing| thing.identity().uid.as_str()).collect();
    (of_new.len() == 1 && of_old.len() == 1).then(|| of_old.first().map(|uid| (*uid).to_owned())).flatten()
}

/// Pairs vanished and new occurrences, both by start: again and again each with its nearest whose nearest it is as well. So
/// one that has none any more, because the rule shifted it into the past, takes nothing from those behind it.
fn pairs(old: &[&Sighting], fresh: &[Thing], mut places: Vec<usize>) -> Vec<(usize, TaskId)> {
    let distance = |old: &Sighting, place: usize| {
        let start = fresh.get(place).map(Thing::start)?;
        Some(start.duration_since(old.thing.start()).abs()).filter(|distance| *distance < NEAR)
    };
    let mut old = old.to_vec();
    let mut pairs = Vec::new();
    loop {
        let of_old = |old: &Sighting| {
            let near = places.iter().filter_map(|place| Some((distance(old, *place)?, *place)));
            near.min_by_key(|(distance, _)| *distance).map(|(_, place)| place)
        };
        let of_new = |place: usize| {
            let near = old.iter().filter_map(|old| Some((distance(old, place)?, &old.id)));
            near.min_by_key(|(distance, _)| *distance).map(|(_, id)| id)
        };
        let mutual = |old: &&Sighting| of_old(old).filter(|place| of_new(*place) == Some(&old.id)).map(|place| (place, old.id.clone()));
        let found: Vec<(usize, TaskId)> = old.iter().filter_map(mutual).collect();
        if found.is_empty() {
            return pairs;
        }
        places.retain(|place| found.iter().all(|(taken, _)| taken != place));
        old.retain(|old| found.iter().all(|(_, taken)| *taken != old.id));
        pairs.extend(found);
    }
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
