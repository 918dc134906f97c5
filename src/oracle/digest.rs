//! Catch-up digests: one at the end of a spell, with every emergency in it exactly once, and none without a reason.
//! News that came late, and emergencies of more than one spell, are held only to being told once at most.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::knowledge::Knowledge;
use super::presence::{Presence, Spell};
use super::{Broken, EmergencyFact, Heard, Moment, TaskFact};
use crate::people::EngineerId;
use crate::window::Window;

/// Something that happened in a spell was not told at its end.
const UNTOLD: &str = "a digest holds what happened";
/// The same emergency was told again.
const AGAIN: &str = "an emergency is told once";
/// A digest came at no spell's end.
const MISTIMED: &str = "a digest comes at a spell's end";
/// A digest had no reason.
const EMPTY: &str = "nothing to tell, nothing sent";
/// Two digests in one stretch of availability.
const TWO: &str = "one digest a stretch";
/// What is older than this at a spell's end is only counted.
const OLD: SignedDuration = SignedDuration::from_hours(24 * 28);
/// An emergency belongs to a spell that begins so soon after it.
const SOON: SignedDuration = SignedDuration::from_hours(1);

/// Everything wrong with digests.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for id in knowledge.world.team.engineers.keys() {
        let digests: Vec<&Heard> = heard.iter().filter(|notice| notice.kind == "catch-up" && notice.reached(id)).collect();
        broken.extend(untold(knowledge, id, &digests));
        broken.extend(repeated(knowledge, id, &digests));
        for (index, digest) in digests.iter().enumerate() {
            broken.extend(groundless(knowledge, id, digest));
            let before = index.checked_sub(1).and_then(|index| digests.get(index));
            broken.extend(before.and_then(|before| crowded(knowledge, id, before, digest)));
        }
    }
    broken
}

/// What happened in a spell, was known at its end, and was not in a digest then.
fn untold(knowledge: &Knowledge<'_>, id: &EngineerId, digests: &[&Heard]) -> Vec<Broken> {
    let world = knowledge.world;
    let mut broken = Vec::new();
    for (from, until, presence) in knowledge.segments(id) {
        for spell in presence.spells.iter().filter(|spell| spell.window.end() > world.born && spell.window.end() < until) {
            let arrived = presence.arrive(spell.window.end()).filter(|at| from <= *at && *at < until);
            let Some((at, index)) = arrived.and_then(|at| Some((at, knowledge.index(at)?))) else { continue };
            let Some(moment) = world.moments.get(index).filter(|_| tells(knowledge, spell) && steady(knowledge, id, spell, index)) else {
                continue;
            };
            for uid in happened(knowledge, id, moment, presence, spell, at) {
                if !digests.iter().any(|digest| digest.at <= at && digest.lists(uid)) {
                    let what = format!("`{uid}` fell in `{id}`'s spell from {} to {}", spell.window.start(), spell.window.end());
                    broken.push(Broken { at, rule: UNTOLD, what });
                }
            }
        }
    }
    broken
}

/// Whether digests follow such a spell at all.
fn tells(knowledge: &Knowledge<'_>, spell: &Spell) -> bool {
    spell.leave || knowledge.world.settings.overnight
}

/// Whether that spell was known as it is from its end up to that moment.
fn steady(knowledge: &Knowledge<'_>, id: &EngineerId, spell: &Spell, index: usize) -> bool {
    let first = knowledge.index(spell.window.end()).unwrap_or(index);
    let known = |index| knowledge.presence_at(id, index).is_some_and(|presence| presence.spells.contains(spell));
    (first..=index).all(known)
}

/// UIDs of what happened in the spell and must be in its digest at `at`.
fn happened<'a>(
    knowledge: &Knowledge<'_>,
    id: &EngineerId,
    moment: &'a Moment,
    presence: &Presence,
    spell: &Spell,
    at: Timestamp,
) -> BTreeSet<&'a str> {
    let mut uids = BTreeSet::new();
    for emergency in &moment.emergencies {
        let mine = emergency.account.as_ref().and_then(|account| knowledge.world.team.account(account));
        let mine = mine.is_some_and(|account| account.engineers.contains(id));
        let earlier = presence.spells.iter().take_while(|other| other.window.start() < spell.window.start());
        // A spell that was over before the state was born took its emergencies with it.
        let first = !earlier
            .into_iter()
            .any(|other| belongs(emergency, other) && (tells(knowledge, other) || other.window.end() <= knowledge.world.born));
        let recent = emergency.end.max(emergency.start) > spell.window.end() - OLD;
        if mine && first && recent && emergency.start <= at && belongs(emergency, spell) && !on_call(moment, id, emergency) {
            uids.insert(emergency.uid.as_str());
        }
    }
    if spell.leave {
        uids.extend(moment.tasks.iter().filter(|task| ran(knowledge, id, task, spell)).map(|task| task.uid.as_str()));
    }
    uids
}

/// Whether an emergency falls in a spell for certain: it overlaps it, or began less than an hour before.
fn belongs(emergency: &EmergencyFact, spell: &Spell) -> bool {
    let start = spell.window.start();
    let overlaps = match Window::new(emergency.start, emergency.end) {
        Some(window) => window.overlaps(spell.window),
        None => spell.window.contains(emergency.start),
    };
    overlaps || (emergency.start <= start && start.duration_since(emergency.start) < SOON)
}

/// Whether an emergency touches a shift of the engineer's own: then it need not be told.
fn on_call(moment: &Moment, id: &EngineerId, emergency: &EmergencyFact) -> bool {
    let mut own = moment.shifts.iter().filter(|(engineer, _)| engineer == id).map(|(_, window)| *window);
    let window = Window::new(emergency.start, emergency.end);
    own.any(|shift| shift.contains(emergency.start) || window.is_some_and(|window| window.overlaps(shift)))
}

/// Whether a task of the engineer's accounts ran from beginning to end in a leave.
fn ran(knowledge: &Knowledge<'_>, id: &EngineerId, task: &TaskFact, spell: &Spell) -> bool {
    let mine = knowledge.account(task).is_some_and(|account| account.engineers.contains(id));
    let within = knowledge.watch(task).is_some_and(|watch| spell.window.start() <= watch.start() && watch.end() <= spell.window.end());
    let recent = task.start > spell.window.end() - OLD && task.start > knowledge.world.born;
    mine && within && recent && !task.cancelled
}

/// Emergencies that the engineer was told of more than once.
fn repeated(knowledge: &Knowledge<'_>, id: &EngineerId, digests: &[&Heard]) -> Vec<Broken> {
    let mut starts: BTreeMap<&str, BTreeSet<Timestamp>> = BTreeMap::new();
    for emergency in knowledge.world.moments.iter().flat_map(|moment| &moment.emergencies) {
        starts.entry(&emergency.uid).or_default().insert(emergency.start);
    }
    // The nights of a series share a name: which of them a list means, it does not say.
    let known: BTreeSet<&str> = starts.into_iter().filter(|(_, starts)| starts.len() == 1).map(|(uid, _)| uid).collect();
    let mut told = BTreeSet::new();
    let mut broken = Vec::new();
    for digest in digests {
        let uids: BTreeSet<&str> = digest.uids.iter().flatten().map(String::as_str).collect();
        for uid in uids.into_iter().filter(|uid| known.contains(uid)) {
            if !told.insert(uid) {
                broken.push(Broken { at: digest.at, rule: AGAIN, what: format!("`{uid}` in another digest for `{id}`") });
            }
        }
    }
    broken
}

/// Why a digest should not have gone out, or not then.
fn groundless(knowledge: &Knowledge<'_>, id: &EngineerId, digest: &Heard) -> Option<Broken> {
    let broken = |rule, what: &str| Some(Broken { at: digest.at, rule, what: format!("digest for `{id}`: {what}") });
    let presence = knowledge.presence(id, digest.at)?;
    let Some(spell) = presence.spells.iter().rfind(|spell| spell.window.end() <= digest.at) else {
        return broken(MISTIMED, "no spell was over");
    };
    let end = spell.window.end();
    if end < knowledge.world.born {
        return broken(MISTIMED, "the spell was over before the state was born");
    }
    if presence.arrive(end) != Some(digest.at) && !shifted(knowledge, id, end, digest.at) {
        return broken(MISTIMED, &format!("the spell ended at {end}"));
    }
    if !tells(knowledge, spell) && !belated(knowledge, id, presence, digest.at) {
        return broken(EMPTY, "ordinary spells have none");
    }
    let bare = digest.uids.iter().flatten().next().is_none();
    if bare && !spell.leave && !knowledge.world.settings.send_empty && !belated(knowledge, id, presence, digest.at) {
        return broken(EMPTY, "an ordinary spell, and nothing happened in it");
    }
    let moment = knowledge.moment(digest.at)?;
    let mut listed = moment.emergencies.iter().filter(|emergency| digest.lists(&emergency.uid));
    listed.find_map(|emergency| {
        let account = emergency.account.as_ref().and_then(|account| knowledge.world.team.account(account));
        if !account.is_some_and(|account| account.engineers.contains(id)) {
            return broken(EMPTY, &format!("`{}` is none of theirs", emergency.uid));
        }
        let sooner = |other: &EmergencyFact| other.uid == emergency.uid && other.start <= digest.at;
        if emergency.start > digest.at && !moment.emergencies.iter().any(sooner) {
            return broken(EMPTY, &format!("`{}` is yet to come", emergency.uid));
        }
        let mut own = moment.shifts.iter().filter(|(engineer, _)| engineer == id);
        let whole = own.any(|(_, shift)| shift.start() <= emergency.start && emergency.end < shift.end());
        if whole { broken(EMPTY, &format!("`{}` fell in their own shift", emergency.uid)) } else { None }
    })
}

/// Whether a leave of the last weeks became known only after its end: then it is told at the end of a later spell.
fn belated(knowledge: &Knowledge<'_>, id: &EngineerId, presence: &Presence, at: Timestamp) -> bool {
    let over = presence.spells.iter().filter(|spell| spell.leave && at - OLD < spell.window.end() && spell.window.end() <= at);
    let mut ends = over.filter_map(|spell| Some((spell, presence.arrive(spell.window.end())?)));
    ends.any(|(spell, end)| knowledge.presence(id, end).is_none_or(|then| !then.spells.contains(spell)))
}

/// Whether what was known of the engineer changed after the spell's end, so that the digest could only come now.
fn shifted(knowledge: &Knowledge<'_>, id: &EngineerId, end: Timestamp, at: Timestamp) -> bool {
    let presence = |instant| knowledge.presence(id, instant);
    let moments = knowledge.world.moments.iter().enumerate();
    let mut late = moments.filter(|(_, moment)| end < moment.at && moment.at <= at);
    late.any(|(index, moment)| {
        let before = index.checked_sub(1).and_then(|index| knowledge.presence_at(id, index));
        before != presence(moment.at) && presence(at).and_then(|now| now.arrive(moment.at)) == Some(at)
    })
}

/// Two digests in one stretch.
fn crowded(knowledge: &Knowledge<'_>, id: &EngineerId, before: &Heard, digest: &Heard) -> Option<Broken> {
    let stretch = knowledge.presence(id, digest.at)?.available.containing(digest.at)?;
    let what = format!("digests for `{id}` at {} and {}", before.at, digest.at);
    stretch.contains(before.at).then_some(Broken { at: digest.at, rule: TWO, what })
}
