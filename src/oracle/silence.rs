//! What must not be said: nothing twice, nothing too late, nothing of what needs nothing, nothing to the wrong person.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::briefing::{Briefing, answered_at, briefing};
use super::chain::candidates;
use super::history::Thread;
use super::knowledge::Knowledge;
use super::unsaid::shown;
use super::{Broken, Heard, TaskRef};
use crate::people::Contact;

/// A key came again.
pub(super) const TWICE: &str = "a key is said once, ever";
/// A task had begun.
pub(super) const BEGUN: &str = "nothing at or after a task's start";
/// A letter came before the first turn, or when the play was over.
const OUTSIDE: &str = "nothing outside the time that is played";
/// The task was not there, covered, cancelled, moved or answered.
pub(super) const NEEDLESS: &str = "nothing of what needs nothing";
/// The recipient has nothing to do with it.
pub(super) const STRANGER: &str = "the right person";

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
            (notice.kind != "task-changed" && done(knowledge, name, notice.at)).then_some("it is answered")
        }
        _ => None,
    }
}

/// Whether a task was answered before `now` for certain, and has not changed since. What is said at the very instant of a
/// letter may have come after it.
pub(super) fn done(knowledge: &Knowledge<'_>, name: &TaskRef, now: Timestamp) -> bool {
    let holds = |thread: &Thread<'_>| matches!(briefing(knowledge, thread, now), Briefing::Written(_) | Briefing::Waived);
    knowledge.thread(name).is_some_and(|thread| !thread.unsure && !answered_at(knowledge, thread, now) && holds(thread))
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
