//! What people said of briefings, for the others who have to do with the task: whoever was told of it, and its owner. They read of
//! it in their next letter, whatever that is about; nothing is sent because of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::case::Case;
use super::desk::{Desk, Plan};
use super::look::Look;
use super::marks;
use super::notice::{Body, Brief, Notice};
use super::wishes;
use crate::agenda::TaskId;
use crate::people::EngineerId;

/// How many one letter tells, the first to come; the rest waits for the next.
const MOST: usize = 20;

/// What somebody said, when.
struct Outcome<'a> {
    /// When.
    at: Timestamp,
    /// Who.
    by: String,
    /// To whom it was given; nobody when it was answered.
    to: Option<&'a EngineerId>,
}

/// Adds to the letters of `plan` what their readers have not heard.
pub(super) fn decide(desk: &Desk, look: Look<'_>, plan: &mut Plan) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut spoken: BTreeSet<(&str, &TaskId)> = BTreeSet::new();
    for (place, notice) in plan.say.iter().enumerate() {
        first.entry(notice.to.person()).or_insert(place);
        spoken.extend(tasks(notice).into_iter().map(|task| (notice.to.person(), task)));
    }
    if first.is_empty() {
        return;
    }
    let mut cases: Vec<&Case> = look.past.spoken_of().into_iter().filter_map(|task| desk.case(task)).collect();
    cases.sort_by_key(|case| (case.start(), &case.id));
    let mut told: BTreeMap<usize, Vec<Brief>> = BTreeMap::new();
    let mut noted = Vec::new();
    for case in cases {
        let Some(outcome) = outcome(case, look) else { continue };
        for (person, heard) in concerned(case, look) {
            let Some(place) = first.get(person).copied() else { continue };
            let name = marks::heard(person, &case.id);
            let knows = person == outcome.by || outcome.to.is_some_and(|to| to.as_str() == person);
            if knows || look.instant(&name).max(heard) >= Some(outcome.at) {
                continue;
            }
            let briefs = told.entry(place).or_default();
            if spoken.contains(&(person, &case.id)) {
                noted.push((name, outcome.at));
            } else if briefs.len() < MOST {
                briefs.push(brief(case, plan.say.get(place), &outcome, look));
                noted.push((name, outcome.at));
            }
        }
    }
    for (place, briefs) in told {
        plan.say.get_mut(place).into_iter().for_each(|notice| notice.outcomes.clone_from(&briefs));
    }
    plan.instants.extend(noted);
}

/// The tasks of whose briefings a notice says what people said.
fn tasks(notice: &Notice) -> Vec<&TaskId> {
    match &notice.body {
        Body::Request(brief) | Body::Escalation(brief, _) | Body::Changed(brief, _) | Body::Retracted(brief, _) => vec![&brief.task],
        Body::Coverage(report) => report.tasks.iter().map(|brief| &brief.task).collect(),
        Body::BeforeLeave(leave) => leave.tasks.iter().map(|brief| &brief.task).collect(),
        Body::CatchUp(digest) => digest.accounts.iter().flat_map(|account| &account.coming).map(|brief| &brief.task).collect(),
        Body::Alert(_) => Vec::new(),
    }
}

/// What people said last of a task to come that would want a briefing, as long as it counts.
fn outcome<'a>(case: &Case, look: Look<'a>) -> Option<Outcome<'a>> {
    if !case.stands || !case.uncovered || case.start() <= look.now {
        return None;
    }
    if let Some(standing) = case.word(look).filter(|standing| !standing.stale) {
        // A mark in the event itself is nobody's word.
        return Some(Outcome { at: standing.word.at, by: standing.word.by?, to: None });
    }
    let handing = wishes::handing(case, look.past)?;
    Some(Outcome { at: handing.at, by: handing.by.clone(), to: Some(&handing.to) })
}

/// Whoever has to do with a task, with when they heard of it last.
fn concerned<'a>(case: &'a Case, look: Look<'a>) -> BTreeMap<&'a str, Option<Timestamp>> {
    let owner = case.account.as_ref().and_then(|account| account.owner()).map(EngineerId::as_str);
    let mut concerned: BTreeMap<&str, Option<Timestamp>> = owner.into_iter().map(|owner| (owner, None)).collect();
    let listed = look.past.lists_of(&case.task.identity.uid);
    for said in look.past.about(&case.id).chain(listed).filter(|said| !said.withdrawn) {
        let heard = concerned.entry(said.person.as_str()).or_default();
        *heard = (*heard).max(Some(said.at));
    }
    concerned
}

/// The task with nothing but that outcome in it, as the reader of `notice` may know it.
fn brief(case: &Case, notice: Option<&Notice>, outcome: &Outcome<'_>, look: Look<'_>) -> Brief {
    let mut brief = case.brief(notice.and_then(|notice| notice.to.engineer.as_ref()), look);
    if outcome.to.is_some() {
        brief.answered = None;
    } else {
        brief.given = None;
    }
    brief
}
