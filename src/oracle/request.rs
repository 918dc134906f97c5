//! The instants of requests and escalations, to the second, for tasks about which nothing ever changed.
//! Tasks that moved, series, and tasks whose people's absences changed are left to the promises.

use jiff::{SignedDuration, Timestamp};

use super::chain::{asks, steps, turns};
use super::knowledge::{Knowledge, Run};
use super::unsaid::shown;
use super::{Broken, Heard, TaskRef};
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
    if !run.held() || knowledge.is_series(&name.uid) || !knowledge.aliases(&name.uid).is_empty() {
        return None;
    }
    let mut facts = (0..knowledge.world.moments.len()).filter_map(|index| knowledge.fact(name, index));
    // A mark in the event is an answer, and what was said after the start no matter.
    let same = facts.all(|fact| {
        (fact.start, fact.end, &fact.title, &fact.account, fact.cancelled) == (task.start, task.end, &task.title, &task.account, false)
    });
    let first = (0..knowledge.world.moments.len()).find(|index| knowledge.fact(name, *index).is_some())?;
    let seen = knowledge.world.moments.get(first)?.at.max(knowledge.world.born);
    let account = knowledge.account(task)?;
    let manager = match &account.manager {
        Some(Contact::Engineer(id)) => Some(id),
        Some(Contact::Mailbox(_)) | None => None,
    };
    let backups = account.backups.iter().map(|backup| &backup.engineer);
    let mut people = account.engineers.iter().chain(backups).chain(manager);
    (same && seen == run.known && people.all(|id| steady(knowledge, id, run))).then_some(run)
}

/// Whether an engineer's availability around a task was known to be the same all the while.
fn steady(knowledge: &Knowledge<'_>, id: &EngineerId, run: &Run) -> bool {
    let day = SignedDuration::from_hours(24);
    let (from, until) = (run.known - day * 40, run.task.end.max(run.task.start) + day * 2);
    let Some(first) = knowledge.presence(id, run.known) else { return false };
    let mut moments = knowledge.world.moments.iter().filter(|moment| run.known < moment.at && moment.at < run.end);
    moments.all(|moment| knowledge.presence(id, moment.at).is_some_and(|other| first.agrees(other, from, until)))
}

/// What is due for the task, and what was heard of it, where they differ.
fn compare(knowledge: &Knowledge<'_>, name: &TaskRef, run: &Run, heard: &[Heard]) -> Vec<Broken> {
    let answer = knowledge.answered(name).map_or(Timestamp::MAX, |(at, _)| at);
    let end = run.end.min(knowledge.world.until).min(answer);
    let due = due(knowledge, run);
    if due.iter().any(|due| due.at < run.end - SIGHT) {
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

/// Everything that is due for the task from its people and after them.
fn due(knowledge: &Knowledge<'_>, run: &Run) -> Vec<Due> {
    let owner = knowledge.account(&run.task).and_then(|account| account.owner());
    let mut all = Vec::new();
    for turn in turns(knowledge, run) {
        if let Some(id) = turn.writer
            && let Some(presence) = knowledge.presence(id, turn.since)
        {
            let kind = if owner == Some(id) { "briefing-request" } else { "escalation" };
            let asks = asks(presence, run.task.start, turn.since, &knowledge.world.settings);
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
    all
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
