//! The list before a leave: once for each leave, at its lead or later but before it begins, of tasks that want a briefing.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::briefing::{Briefing, briefing};
use super::history::Thread;
use super::knowledge::Knowledge;
use super::presence::{Presence, Spell};
use super::silence::done;
use super::{Broken, Heard, Moment, TaskFact};
use crate::people::EngineerId;
use crate::working::WorkingTime;

/// A list has nothing, or the wrong things, in it.
const WRONG: &str = "a list before a leave holds what wants a briefing in it";
/// A list belongs to no leave, or came before its lead.
const MISTIMED: &str = "a list comes at its lead before a leave";
/// A leave had two lists.
const TWICE: &str = "one list a leave";
/// A leave had none.
const MISSING: &str = "a leave has its list";

/// Everything wrong with lists before leaves.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for id in knowledge.world.team.engineers.keys() {
        let lists: Vec<&Heard> = heard.iter().filter(|notice| notice.kind == "before-leave" && notice.reached(id)).collect();
        let mut starts = BTreeSet::new();
        for list in &lists {
            match leaves(knowledge, id, list) {
                Err(wrong) => broken.push(wrong),
                // A long task may be in two leaves: whichever has had no list yet.
                Ok(fitting) => match fitting.iter().find(|start| !starts.contains(*start)) {
                    Some(start) => drop(starts.insert(*start)),
                    None => broken.push(Broken { at: list.at, rule: TWICE, what: format!("`{id}`'s leave from {fitting:?}") }),
                },
            }
        }
        broken.extend(missing(knowledge, id, &lists));
    }
    broken
}

/// The starts of the leaves that a list may be about, or what is wrong with the list.
fn leaves(knowledge: &Knowledge<'_>, id: &EngineerId, list: &Heard) -> Result<Vec<Timestamp>, Broken> {
    let wrong = |rule, what: String| Broken { at: list.at, rule, what: format!("list for `{id}`: {what}") };
    let uids: Vec<&String> = list.uids.iter().flatten().collect();
    if uids.is_empty() {
        return Err(wrong(WRONG, "it is empty".to_owned()));
    }
    let known = knowledge.presence(id, list.at).zip(knowledge.moment(list.at)).zip(knowledge.world.settings.before_leave);
    let Some(((presence, moment), lead)) = known else {
        return Err(wrong(MISTIMED, "there should be none at all".to_owned()));
    };
    let due = |spell: &&Spell| {
        let start = spell.window.start();
        spell.leave && list.at < start && presence.lead(lead, start) <= list.at
    };
    let due: Vec<&Spell> = presence.spells.iter().filter(due).collect();
    if due.is_empty() {
        return Err(wrong(MISTIMED, "no leave is near enough".to_owned()));
    }
    let holds = |spell: &&&Spell| {
        uids.iter().all(|uid| moment.tasks.iter().any(|task| task.uid == **uid && fits(knowledge, id, task, spell, list.at)))
    };
    let found: Vec<Timestamp> = due.iter().filter(holds).map(|spell| spell.window.start()).collect();
    if found.is_empty() { Err(wrong(WRONG, format!("not all of {uids:?} want a briefing in one leave"))) } else { Ok(found) }
}

/// Whether a task is in a spell, one of the engineer's accounts', yet to begin, and wants a briefing.
fn fits(knowledge: &Knowledge<'_>, id: &EngineerId, task: &TaskFact, spell: &Spell, now: Timestamp) -> bool {
    let mine = knowledge.account(task).is_some_and(|account| account.engineers.contains(id));
    let inside = knowledge.watch(task).is_some_and(|watch| watch.overlaps(spell.window));
    let wanted = knowledge.index(now).is_some_and(|index| knowledge.wanting(task, index));
    mine && inside && wanted && task.start > now && !done(knowledge, &task.reference(), now)
}

/// Leaves for which a list was due, all being known by then, and none came.
fn missing(knowledge: &Knowledge<'_>, id: &EngineerId, lists: &[&Heard]) -> Vec<Broken> {
    let world = knowledge.world;
    let Some(lead) = world.settings.before_leave else { return Vec::new() };
    let mut broken = Vec::new();
    for (from, until, presence) in knowledge.segments(id) {
        for spell in presence.spells.iter().filter(|spell| spell.leave && spell.window.start() > from) {
            let inside = |at: &Timestamp| from <= *at && *at < until && world.born <= *at;
            let Some(at) = due(presence, spell, lead).filter(inside) else { continue };
            let Some(moment) = knowledge.moment(at) else { continue };
            let uids = wanting(knowledge, id, moment, spell, at);
            let listed = |list: &&Heard| list.at <= at && uids.iter().any(|uid| list.lists(uid));
            if !uids.is_empty() && !lists.iter().any(|list| listed(list) || same_leave(knowledge, id, list, spell)) {
                let what = format!("`{id}` has no list of {uids:?} before the leave from {}", spell.window.start());
                broken.push(Broken { at, rule: MISSING, what });
            }
        }
    }
    broken
}

/// When the list before a leave is due: at its lead's arrival, if that lies before the leave.
fn due(presence: &Presence, spell: &Spell, lead: WorkingTime) -> Option<Timestamp> {
    let start = spell.window.start();
    presence.arrive(presence.lead(lead, start)).filter(|at| *at < start)
}

/// UIDs of what wants a briefing in the leave, but for series and what was answered in any way.
fn wanting<'a>(knowledge: &Knowledge<'_>, id: &EngineerId, moment: &'a Moment, spell: &Spell, at: Timestamp) -> Vec<&'a str> {
    let plain =
        |task: &&TaskFact| !knowledge.is_series(&task.uid) && knowledge.answered(&task.reference()).is_none_or(|(said, _)| said > at);
    // Under another name it may have been answered, and what that is worth may be open.
    let sure = |thread: &Thread<'_>| matches!(briefing(knowledge, thread, at), Briefing::Wanted | Briefing::Stale);
    let open = |task: &&TaskFact| knowledge.thread(&task.reference()).is_none_or(sure);
    let tasks = moment.tasks.iter().filter(plain).filter(open).filter(|task| fits(knowledge, id, task, spell, at));
    tasks.map(|task| task.uid.as_str()).collect()
}

/// Whether a list was one for a leave with that start.
fn same_leave(knowledge: &Knowledge<'_>, id: &EngineerId, list: &Heard, spell: &Spell) -> bool {
    leaves(knowledge, id, list).is_ok_and(|starts| starts.contains(&spell.window.start()))
}
