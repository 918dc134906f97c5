//! The half hours that letters proposed for writing: which of them their holders need no more, though no letter about the task
//! says so. That goes with their next letter, whatever it is about; nothing is sent because of it. Whoever moved theirs may
//! have it until they cannot write any more; after that an entry is only the past.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::{Desk, Plan};
use super::look::Look;
use super::marks;
use super::notice::{Body, Brief, Notice, Step};
use super::request::settled;
use super::verdict::Why;
use super::wishes;
use crate::agenda::TaskId;
use crate::people::EngineerId;

/// How many one letter takes back, the rest waits for the next.
const MOST: usize = 8;

/// Notes what the letters of `plan` propose, and gives each of their readers back what they need no more.
pub(super) fn decide(desk: &Desk, look: Look<'_>, plan: &mut Plan) {
    let mut first: BTreeMap<&EngineerId, usize> = BTreeMap::new();
    let mut spoken: BTreeSet<(&EngineerId, &TaskId)> = BTreeSet::new();
    let mut noted = Vec::new();
    for (place, notice) in plan.say.iter().enumerate() {
        let Some(engineer) = &notice.to.engineer else { continue };
        first.entry(engineer).or_insert(place);
        let Some(brief) = about(notice) else { continue };
        spoken.insert((engineer, &brief.task));
        // Each letter about a task proposes anew, or takes back what the one before did.
        let name = marks::slot(engineer, &brief.task);
        let until = brief.slot.and(brief.deadline).or_else(|| look.instant(&name).map(|held| held.min(look.now)));
        noted.extend(until.map(|until| (name, until)));
    }
    let mut freed = Vec::new();
    for (engineer, place) in first {
        let held = held(engineer, look).filter(|task| !spoken.contains(&(engineer, task)));
        let free: Vec<Brief> = held.filter_map(|task| brief(desk, engineer, &task, look)).take(MOST).collect();
        noted.extend(free.iter().map(|brief| (marks::slot(engineer, &brief.task), look.now)));
        freed.push((place, free));
    }
    for (place, free) in freed {
        plan.say.get_mut(place).into_iter().for_each(|notice| notice.freed.clone_from(&free));
    }
    plan.instants.extend(noted);
}

/// The task of which a notice proposes when to write for it, or might.
fn about(notice: &Notice) -> Option<&Brief> {
    match &notice.body {
        Body::Request(brief) | Body::Escalation(brief, Step::Writer) | Body::Changed(brief, _) | Body::Retracted(brief, _) => Some(brief),
        Body::Escalation(_, Step::Manager | Step::LastCall)
        | Body::BeforeLeave(_)
        | Body::CatchUp(_)
        | Body::Alert(_)
        | Body::Coverage(_) => None,
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
    // A letter that was taken back before it went out proposed nothing.
    let heard = look.past.was_asked(Some(engineer.as_str()), task);
    (is_over && heard).then(|| case.brief(Some(engineer), look))
}
