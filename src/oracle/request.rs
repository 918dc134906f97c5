//! The instants of requests and escalations, to the second, for tasks about which nothing ever changed.
//! Absences may change meanwhile: a lead that was said is not said again, one that was not is said at its new instant.
//! Quiet where that has two readings: a lead that was passed over lies ahead again, somebody becomes the writer twice or
//! after nobody was, the manager's own hours changed. Tasks that moved and series are left to the promises.

use jiff::{SignedDuration, Timestamp};

use super::chain::{Turn, asks_in, candidates, steps, turns};
use super::knowledge::{Knowledge, Run};
use super::unsaid::shown;
use super::{Broken, Heard, TaskFact, TaskRef};
use crate::people::{Contact, EngineerId};
use crate::working::WorkingTime;

/// Something was not said when it was due.
const MISSING: &str = "requests come at their leads";
/// Something was said that was not due.
const SURPLUS: &str = "nothing but the leads";
/// What lies farther before a task than this may be out of the plan's sight.
const SIGHT: SignedDuration = SignedDuration::from_hours(24 * 110);

/// A notice that is due.
struct Due {
    /// When.
    at: Timestamp,
    /// To whom.
    to: Contact,
    /// As what.
    kind: &'static str,
    /// Any of these stages is right.
    stages: Vec<String>,
}

/// Every request or escalation of an unchanged task that came when it should not, or did not when it should.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for name in knowledge.tasks() {
        if let Some(run) = unchanged(knowledge, &name) {
            broken.extend(compare(knowledge, &name, run, heard));
        }
    }
    broken
}

/// The one run of a task that never changed, and whose people's absences never did while it stood.
fn unchanged<'k>(knowledge: &'k Knowledge<'_>, name: &TaskRef) -> Option<&'k Run> {
    let [run] = knowledge.runs(name) else { return None };
    let task = &run.task;
    if !run.held() || knowledge.is_series(&name.uid) || !knowledge.aliases(&name.uid).is_empty() || !knowledge.keeps_name(name) {
        return None;
    }
    let mut facts = (0..knowledge.world.moments.len()).filter_map(|index| knowledge.fact(name, index));
    // A mark in the event is an answer, and what was said after the start no matter.
    let same = facts.all(|fact| {
        let form = |task: &TaskFact| (task.start, task.end, task.title.clone(), task.account.clone(), task.ticket.clone());
        !fact.cancelled && form(fact) == form(task)
    });
    let first = (0..knowledge.world.moments.len()).find(|index| knowledge.fact(name, *index).is_some())?;
    let seen = knowledge.world.moments.get(first)?.at.max(knowledge.world.born);
    (same && seen == run.known && (people_steady(knowledge, run) || plain_turns(knowledge, run))).then_some(run)
}

/// Whether writers follow each other in one order only, and the manager's hours did not change.
fn plain_turns(knowledge: &Knowledge<'_>, run: &Run) -> bool {
    let turns = turns(knowledge, run);
    let writers: Vec<_> = turns.iter().map(|turn| turn.writer).collect();
    let again = writers.iter().enumerate().any(|(place, writer)| writers.iter().skip(place + 1).any(|other| other == writer));
    let after_nobody = writers.iter().skip_while(|writer| writer.is_some()).any(Option::is_some);
    // Who is able again after a hand-over is asked beside the new writer: from which lead on is open.
    let changed_later = |turn: &Turn<'_>| turn.writer.is_some_and(|id| knowledge.changes(id, turn.until, run.end).next().is_some());
    let again = again || turns.iter().any(changed_later) || comes_back(knowledge, run, &turns);
    let manager = knowledge.account(&run.task).and_then(|account| account.manager.as_ref());
    let calm = match manager {
        Some(Contact::Engineer(id)) => steady(knowledge, id, run),
        Some(Contact::Mailbox(_)) | None => true,
    };
    !again && !after_nobody && calm
}

/// Whether somebody who was passed over for another behind them may be able later: then they are asked beside that one, and
/// from which lead on is open.
pub(super) fn comes_back(knowledge: &Knowledge<'_>, run: &Run, turns: &[Turn<'_>]) -> bool {
    let chain = candidates(knowledge, &run.task);
    turns.iter().any(|turn| {
        let place = chain.iter().position(|id| turn.writer == Some(*id)).unwrap_or_default();
        chain.iter().take(place).any(|id| knowledge.changes(id, turn.since, run.end).next().is_some())
    })
}

/// Whether the availability of everybody who may have to write or to be told was known to be the same all the while.
pub(super) fn people_steady(knowledge: &Knowledge<'_>, run: &Run) -> bool {
    let Some(account) = knowledge.account(&run.task) else { return false };
    let manager = match &account.manager {
        Some(Contact::Engineer(id)) => Some(id),
        Some(Contact::Mailbox(_)) | None => None,
    };
    let backups = account.backups.iter().map(|backup| &backup.engineer);
    let mut people = account.engineers.iter().chain(backups).chain(manager);
    people.all(|id| steady(knowledge, id, run))
}

/// Whether an engineer's availability around a task was known to be the same all the while.
fn steady(knowledge: &Knowledge<'_>, id: &EngineerId, run: &Run) -> bool {
    let day = SignedDuration::from_hours(24);
    let (from, until) = (run.known - day * 40, run.task.end.max(run.task.start) + day * 2);
    let Some(first) = knowledge.presence(id, run.known) else { return false };
    let mut changes = knowledge.changes(id, run.known, run.end);
    changes.all(|at| knowledge.presence(id, at).is_some_and(|other| first.agrees(other, from, until)))
}

/// What is due for the task, and what was heard of it, where they differ.
pub(super) fn compare(knowledge: &Knowledge<'_>, name: &TaskRef, run: &Run, heard: &[Heard]) -> Vec<Broken> {
    let answer = knowledge.answered(name).map_or(Timestamp::MAX, |(at, _)| at);
    let end = run.end.min(knowledge.world.until).min(answer);
    let Some(due) = due(knowledge, run) else { return Vec::new() };
    // What fell into a slip is said when the task is known again, or with the next lead.
    if due.iter().any(|due| due.at < run.end - SIGHT || run.sayable(due.at) != due.at) {
        return Vec::new();
    }
    let chained = |notice: &&Heard| matches!(notice.kind.as_str(), "briefing-request" | "escalation") && notice.about(name);
    let mut actual: Vec<&Heard> = heard.iter().filter(chained).filter(|notice| notice.at < end).collect();
    if one_address(knowledge, run) {
        actual.retain(|notice| !notice.is_last_call() && !notice.is_managers());
    }
    let mut broken = Vec::new();
    for due in due.iter().filter(|due| due.at < end) {
        let fits = |notice: &&Heard| due.is(knowledge, notice);
        if let Some(index) = actual.iter().position(fits) {
            actual.remove(index);
        } else if !replaced(due, name, heard) {
            let what = format!("{} of {} ({}) to {:?} was not heard", due.kind, shown(name), due.stages.join(" or "), due.to);
            broken.push(Broken { at: due.at, rule: MISSING, what });
        }
    }
    broken.extend(actual.into_iter().map(|notice| {
        let what = format!("{} of {} ({:?}) to {} was not due", notice.kind, shown(name), notice.stage, notice.to);
        Broken { at: notice.at, rule: SURPLUS, what }
    }));
    broken
}

/// Everything that is due for the task from its people and after them; nothing when that is open.
fn due(knowledge: &Knowledge<'_>, run: &Run) -> Option<Vec<Due>> {
    let owner = knowledge.account(&run.task).and_then(|account| account.owner());
    let mut all = Vec::new();
    for turn in turns(knowledge, run) {
        if let Some(id) = turn.writer {
            let kind = if owner == Some(id) { "briefing-request" } else { "escalation" };
            let asks = asks_in(knowledge, id, run.task.start, &turn)?;
            all.extend(asks.into_iter().filter(|(at, _)| *at < turn.until).map(|(at, leads)| {
                let stages = leads.iter().map(ToString::to_string).collect();
                Due { at, to: Contact::Engineer(id.clone()), kind, stages }
            }));
        }
        if !one_address(knowledge, run) {
            let steps = steps(knowledge, run, &turn).into_iter();
            all.extend(steps.map(|step| Due { at: step.at, to: step.to.clone(), kind: "escalation", stages: vec![step.stage.to_owned()] }));
        }
    }
    Some(all)
}

/// Whether manager and last resort are one address, to which the same need not be said twice.
fn one_address(knowledge: &Knowledge<'_>, run: &Run) -> bool {
    let address = |contact: &Contact| knowledge.world.team.address(contact).map(|address| address.as_str().to_lowercase());
    let Some(account) = knowledge.account(&run.task) else { return false };
    account.manager.as_ref().is_some_and(|manager| address(manager) == address(&account.last_resort))
}

/// Whether a list before a leave went out in place of that request.
fn replaced(due: &Due, name: &TaskRef, heard: &[Heard]) -> bool {
    let Contact::Engineer(id) = &due.to else { return false };
    let mut lists = heard.iter().filter(|notice| notice.kind == "before-leave" && notice.at == due.at && notice.reached(id));
    lists.any(|notice| notice.lists(&name.uid))
}

impl Due {
    /// Whether `notice` is it.
    fn is(&self, knowledge: &Knowledge<'_>, notice: &Heard) -> bool {
        let address = knowledge.world.team.address(&self.to);
        let to = address.is_some_and(|address| address.is(&notice.to));
        to && notice.at == self.at && notice.kind == self.kind && self.stages.iter().any(|stage| same_stage(stage, notice))
    }
}

/// Whether a notice names that stage, however it is spelt.
fn same_stage(stage: &str, notice: &Heard) -> bool {
    let said = notice.stage.as_deref().unwrap_or_default();
    let amount = |text: &str| text.parse::<WorkingTime>().ok();
    said == stage || (amount(said).is_some() && amount(said) == amount(stage))
}
