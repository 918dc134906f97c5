//! The half hours that letters propose for writing: one for each task, so that none lies over another; and which of them their
//! holders need no more, though no letter about the task says so. That goes with their next letter, whatever it is about;
//! nothing is sent because of it. Whoever moved theirs may have it until they cannot write any more; after that an entry is
//! only the past.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, Plan};
use super::look::Look;
use super::marks;
use super::notice::{Body, Brief, Notice, Step};
use super::request::settled;
use super::verdict::Why;
use super::wishes;
use crate::agenda::TaskId;
use crate::people::EngineerId;
use crate::window::{Window, Windows};

/// How long a briefing takes that somebody sits down for.
const SLOT: SignedDuration = SignedDuration::from_mins(30);

/// How many one letter takes back, the rest waits for the next.
const MOST: usize = 8;

/// A task in the calendar of an engineer.
type Entry = (EngineerId, TaskId);

/// Hands out the half hours that the letters of `plan` propose, and gives each of their readers back what they need no more.
pub(super) fn decide(desk: &Desk, look: Look<'_>, plan: &mut Plan) {
    let mut first: BTreeMap<EngineerId, usize> = BTreeMap::new();
    let mut spoken: BTreeSet<Entry> = BTreeSet::new();
    for (place, notice) in plan.say.iter().enumerate() {
        let Some(engineer) = &notice.to.engineer else { continue };
        first.entry(engineer.clone()).or_insert(place);
        spoken.extend(about(notice).into_iter().map(|brief| (engineer.clone(), brief.task.clone())));
    }
    let mut noted = Vec::new();
    for (engineer, place) in first {
        let held = held(&engineer, look).filter(|task| !spoken.contains(&(engineer.clone(), task.clone())));
        let free: Vec<Brief> = held.filter_map(|task| brief(desk, &engineer, &task, look)).take(MOST).collect();
        noted.extend(free.iter().map(|brief| (marks::slot(&engineer, &brief.task), look.now)));
        spoken.extend(free.iter().map(|brief| (engineer.clone(), brief.task.clone())));
        plan.say.get_mut(place).into_iter().for_each(|notice| notice.freed.clone_from(&free));
    }
    propose(&spoken, look, plan);
    for (engineer, notice) in plan.say.iter().filter_map(|notice| Some((notice.to.engineer.as_ref()?, notice))) {
        noted.extend(about(notice).into_iter().flat_map(|brief| marked(engineer, &notice.body, brief, look)));
    }
    plan.instants.extend(noted);
}

/// The tasks of which a notice proposes when to write for them, or might.
fn about(notice: &Notice) -> Vec<&Brief> {
    match &notice.body {
        Body::Request(brief) | Body::Escalation(brief, Step::Writer) | Body::Changed(brief, _) | Body::Retracted(brief, _) => vec![brief],
        Body::BeforeLeave(leave) => leave.tasks.iter().filter(|brief| notice.stands_in_for(&brief.task)).collect(),
        Body::Escalation(_, Step::Manager | Step::LastCall) | Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => Vec::new(),
    }
}

/// All tasks in it for which it is not too late.
fn ahead(body: &mut Body) -> &mut [Brief] {
    match body {
        Body::Request(brief) | Body::Escalation(brief, Step::Writer) | Body::Changed(brief, _) => std::slice::from_mut(brief),
        Body::BeforeLeave(leave) => &mut leave.tasks,
        Body::Escalation(_, Step::Manager | Step::LastCall)
        | Body::Retracted(..)
        | Body::CatchUp(_)
        | Body::Alert(_)
        | Body::Coverage(_) => &mut [],
    }
}

/// Gives each task `spoken` of that wants to be written for a half hour of its own, the first deadline before all others.
fn propose(spoken: &BTreeSet<Entry>, look: Look<'_>, plan: &mut Plan) {
    let to_engineers = plan.say.iter_mut().filter_map(|notice| Some((notice.to.engineer.as_ref()?, &mut notice.body)));
    let briefs = to_engineers.flat_map(|(engineer, body)| ahead(body).iter_mut().map(move |brief| (engineer, brief)));
    let about = |(engineer, brief): &(&EngineerId, &mut Brief)| spoken.contains(&((*engineer).clone(), brief.task.clone()));
    let mut wanting: Vec<(&EngineerId, &mut Brief)> = briefs.filter(about).collect();
    wanting.sort_by_key(|(_, brief)| (brief.deadline, brief.window));
    let mut taken: BTreeMap<&EngineerId, Vec<Window>> = BTreeMap::new();
    let mut given: BTreeMap<(&EngineerId, TaskId), Option<Window>> = BTreeMap::new();
    for (engineer, brief) in wanting {
        let taken = taken.entry(engineer).or_insert_with(|| earlier(engineer, spoken, look));
        let slot = given.entry((engineer, brief.task.clone())).or_insert_with(|| slot(engineer, brief, taken, look));
        brief.slot = *slot;
        taken.extend(*slot);
    }
}

/// The half hours ahead that letters before proposed to `engineer` for other tasks than those `spoken` of now.
fn earlier(engineer: &EngineerId, spoken: &BTreeSet<Entry>, look: Look<'_>) -> Vec<Window> {
    let others = held(engineer, look).filter(|task| !spoken.contains(&(engineer.clone(), task.clone())) && was_heard(engineer, task, look));
    let proposed = others.filter_map(|task| {
        let start = look.instant(&marks::proposed(engineer, &task))?;
        Window::new(start, start.saturating_add(SLOT).unwrap_or(start))
    });
    proposed.filter(|slot| look.now < slot.end()).collect()
}

/// A half hour in which `engineer` could write, when that is theirs to do: one that neither a meeting nor what is `taken` has.
fn slot(engineer: &EngineerId, brief: &Brief, taken: &[Window], look: Look<'_>) -> Option<Window> {
    let deadline = brief.deadline.filter(|_| brief.is_readers && brief.briefing.is_open())?;
    let availability = look.scene.availability.get(engineer)?;
    let from = availability.arrive(look.now, look.scene.rules.settle)?;
    let span = Window::new(from, deadline)?;
    let meetings = look.scene.busy.get(engineer).map(|busy| busy.within(span)).unwrap_or_default();
    let busy: Windows = meetings.iter().chain(taken.iter().copied()).collect();
    availability.free_slot(&busy, from, deadline, SLOT)
}

/// What is to be remembered of a letter to `engineer` about a task: each proposes anew, or takes back what the one before did;
/// one that finds no time leaves that where it is.
fn marked(engineer: &EngineerId, body: &Body, brief: &Brief, look: Look<'_>) -> Vec<(String, Timestamp)> {
    let name = marks::slot(engineer, &brief.task);
    match (brief.slot, brief.deadline) {
        (Some(slot), Some(deadline)) => vec![(name, deadline), (marks::proposed(engineer, &brief.task), slot.start())],
        _ if brief.briefing.is_open() && !matches!(body, Body::Retracted(..)) => Vec::new(),
        _ => look.instant(&name).map(|held| (name, held.min(look.now))).into_iter().collect(),
    }
}

/// The tasks for which `engineer` may still have a half hour in their calendar.
fn held<'a>(engineer: &'a EngineerId, look: Look<'a>) -> impl Iterator<Item = TaskId> + use<'a> {
    let prefix = marks::slots(engineer);
    let from = look.past.instants.range(prefix.clone()..);
    let own = from.map_while(move |(name, until)| Some((TaskId::new(name.strip_prefix(&prefix)?.to_owned()), *until)));
    own.filter(move |(_, until)| look.now < *until).map(|(task, _)| task)
}

/// The task whose briefing `engineer` is not to write any more, for somebody said so; of all else they hear by a letter of its own.
fn brief(desk: &Desk, engineer: &EngineerId, task: &TaskId, look: Look<'_>) -> Option<Brief> {
    let case = desk.case(task)?;
    let is_over = match settled(case, look) {
        Some(Why::Written | Why::Waived) => true,
        Some(_) => false,
        None => wishes::is_passed(case, engineer, look.past),
    };
    (is_over && was_heard(engineer, task, look)).then(|| case.brief(Some(engineer), look))
}

/// Whether `engineer` was proposed anything for a task: a letter that was taken back before it went out proposed nothing.
fn was_heard(engineer: &EngineerId, task: &TaskId, look: Look<'_>) -> bool {
    look.past.was_asked(Some(engineer.as_str()), task)
}
