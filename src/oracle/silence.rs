//! What must not be said: nothing twice, nothing too late, nothing of what needs nothing, nothing to the wrong person.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::chain::candidates;
use super::knowledge::Knowledge;
use super::unsaid::shown;
use super::{Broken, Heard, TaskFact, TaskRef};
use crate::people::Contact;

/// A key came again.
const TWICE: &str = "a key is said once, ever";
/// A task had begun.
const BEGUN: &str = "nothing at or after a task's start";
/// A letter came before the first turn, or when the play was over.
const OUTSIDE: &str = "nothing outside the time that is played";
/// The task was not there, covered, cancelled, moved or answered.
const NEEDLESS: &str = "nothing of what needs nothing";
/// The recipient has nothing to do with it.
const STRANGER: &str = "the right person";

/// Every notice that should not have been.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut keys = BTreeSet::new();
    for notice in heard {
        let mut say = |rule: &'static str, what: String| broken.push(Broken { at: notice.at, rule, what });
        if !keys.insert(notice.key.as_str()) {
            say(TWICE, format!("`{}` was said again", notice.key));
        }
        if !knowledge.world.plays(notice.at) {
            say(OUTSIDE, format!("`{}`", notice.key));
        }
        let about = notice.uid.clone().map(|uid| TaskRef { uid, recurrence_id: notice.recurrence_id.clone() });
        let (Some(name), Some(start)) = (about, notice.task_start) else { continue };
        if start <= notice.at {
            say(BEGUN, format!("{} of {}, which began at {start}", notice.kind, shown(&name)));
        }
        if let Some(why) = needless(knowledge, notice, &name, start) {
            say(NEEDLESS, format!("{} of {} at {start} to {}, though {why}", notice.kind, shown(&name), notice.to));
        }
        if stranger(knowledge, notice, &name) {
            say(STRANGER, format!("{} of {} at {start} went to {}", notice.kind, shown(&name), notice.to));
        }
    }
    broken
}

/// Why a notice of that task was needless when it was said.
fn needless(knowledge: &Knowledge<'_>, notice: &Heard, name: &TaskRef, start: Timestamp) -> Option<&'static str> {
    let index = knowledge.index(notice.at);
    let fact = index.and_then(|index| knowledge.fact(name, index));
    let there = fact.filter(|task| !task.cancelled);
    let wanted = index.zip(fact).is_some_and(|(index, task)| knowledge.wanting(task, index));
    match notice.kind.as_str() {
        "briefing-request" | "escalation" | "task-changed" => {
            let Some(task) = there else { return Some("it is cancelled or gone") };
            if task.start != start {
                return Some("it begins at another time");
            }
            // Tasks without an account are escalated only where a feed says so, and are nobody's to be covered.
            let matched = task.account.is_some();
            if matched && !wanted {
                return Some("somebody is there");
            }
            (notice.kind != "task-changed" && done(knowledge, name, task, notice.at)).then_some("it is answered")
        }
        "retraction" => {
            let stands = wanted && there.is_some_and(|task| task.start == start);
            stands.then_some("it still stands")
        }
        _ => None,
    }
}

/// Whether a task was answered before `now` and has not changed since. Answers to other occurrences are left aside.
pub(super) fn done(knowledge: &Knowledge<'_>, name: &TaskRef, task: &TaskFact, now: Timestamp) -> bool {
    let run = knowledge.runs(name).iter().rfind(|run| run.known <= now && run.task.start == task.start);
    let Some(run) = run else { return false };
    let world = knowledge.world;
    let exact = |other: &TaskRef| other == name || (other.uid == name.uid && other.recurrence_id.is_none());
    // What is said at the very instant of a letter may have come after it; a mark came with the fetch, so before it.
    let said = world.answers.iter().filter(|(at, other, _)| exact(other) && *at < now).map(|(at, _, _)| *at);
    let moments = || world.moments.iter().enumerate().filter(|(_, moment)| moment.at <= now);
    let marked = moments().filter(|(index, _)| knowledge.fact(name, *index).is_some_and(|fact| fact.marked_done));
    // An answer holds until a change: only one to the task as it stands counts for certain, title and all.
    let renamed = |at: Timestamp| {
        let first = knowledge.index(at).unwrap_or_default();
        let mut facts = moments().filter(|(index, _)| *index >= first).filter_map(|(index, _)| knowledge.fact(name, index));
        facts.any(|fact| fact.title != task.title)
    };
    let marked = marked.map(|(_, moment)| moment.at.max(world.born));
    said.chain(marked).any(|at| run.known <= at && !renamed(at))
}

/// Whether the recipient is nobody who may hear of the task.
fn stranger(knowledge: &Knowledge<'_>, notice: &Heard, name: &TaskRef) -> bool {
    let Some(task) = knowledge.fact_at(name, notice.at) else { return false };
    let Some(account) = knowledge.account(task) else { return false };
    let is = |contact: &Contact| knowledge.world.team.address(contact).is_some_and(|address| address.is(&notice.to));
    match notice.kind.as_str() {
        "briefing-request" => !account.owner().is_some_and(|owner| notice.reached(owner)),
        "escalation" if notice.is_last_call() => !is(&account.last_resort),
        "escalation" if notice.is_managers() => !account.manager.as_ref().is_some_and(is),
        "escalation" => !candidates(knowledge, task).into_iter().any(|id| notice.reached(id) && account.owner() != Some(id)),
        _ => false,
    }
}
