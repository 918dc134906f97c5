//! What is over: leads that passed before news of a change, leads of a stale briefing, everything once it is answered.
//! Owns the rules after a change was told; whether and when it is told, `news` judges.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::briefing::{Briefing, Difference, answered_at, briefing};
use super::chain::{MANAGER, turns};
use super::changed;
use super::history::Thread;
use super::knowledge::Knowledge;
use super::news::shared;
use super::picture::{Person, asks, by_thread, is_news};
use super::presence::Presence;
use super::unsaid::shown;
use super::{Broken, Heard, TaskFact};
use crate::working::WorkingTime;

/// A lead, or a step after the last writer, whose instant had passed when the change was told.
const PASSED: &str = "news stands for the leads that passed before it";
/// An early lead for a stale briefing.
const EARLY: &str = "a stale briefing is asked for at the last two leads";
/// Something was said although the briefing is written or waived.
const ANSWERED: &str = "nothing more once it is answered";

/// Everything that should not have been said any more.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (thread, heard) in knowledge.threads.iter().zip(by_thread(knowledge, heard)) {
        if thread.unsure || shared(knowledge, thread, &heard) {
            continue;
        }
        let mut news: BTreeMap<Person, &Heard> = BTreeMap::new();
        for notice in heard {
            if is_news(notice) {
                news.insert(Person::who(notice), notice);
            }
            let last = news.get(&Person::who(notice)).copied();
            let rule = answered(knowledge, thread, notice).or_else(|| last.and_then(|news| passed(knowledge, thread, notice, news)));
            let what = || format!("{} ({:?}) to {}", notice.kind, notice.stage, notice.to);
            let name = thread.last(notice.at).map(|task| shown(&task.reference())).unwrap_or_default();
            broken.extend(rule.map(|rule| Broken { at: notice.at, rule, what: format!("{} of {name}", what()) }));
        }
    }
    broken
}

/// Which rule about answers a notice breaks.
fn answered(knowledge: &Knowledge<'_>, thread: &Thread<'_>, notice: &Heard) -> Option<&'static str> {
    if answered_at(knowledge, thread, notice.at) {
        return None;
    }
    match briefing(knowledge, thread, notice.at) {
        Briefing::Waived => (asks(notice) || is_news(notice)).then_some(ANSWERED),
        Briefing::Written(_) => asks(notice).then_some(ANSWERED),
        Briefing::Stale => early(knowledge, notice).unwrap_or_default().then_some(EARLY),
        Briefing::Wanted | Briefing::Unsure => None,
    }
}

/// Whether a request names a lead before the last two.
fn early(knowledge: &Knowledge<'_>, notice: &Heard) -> Option<bool> {
    let (start, lead) = (notice.task_start.filter(|_| asks(notice))?, stage(notice)?);
    let presence = knowledge.presence(Person::who(notice).id.as_ref()?, notice.at)?;
    let deadline = presence.deadline(start)?;
    let mut instants: Vec<Timestamp> = knowledge.world.settings.leads.iter().map(|lead| presence.lead(*lead, deadline)).collect();
    instants.sort_unstable();
    instants.into_iter().rev().nth(1).map(|second| presence.lead(lead, deadline) < second)
}

/// The lead a notice names.
fn stage(notice: &Heard) -> Option<WorkingTime> {
    notice.stage.as_deref()?.parse().ok()
}

/// Whether a request after news names what had passed by then.
fn passed(knowledge: &Knowledge<'_>, thread: &Thread<'_>, notice: &Heard, news: &Heard) -> Option<&'static str> {
    let start = notice.task_start.filter(|_| asks(notice))?;
    if news.kind != "task-changed" || news.task_start != Some(start) || news.at > notice.at {
        return None;
    }
    // A step is due only while nobody can write.
    let over = |before: SignedDuration| start - before <= news.at && nobody_writes(knowledge, thread, news.at, notice.at);
    let is_over = match stage(notice) {
        // Who has hours may learn only by it what has changed since.
        None if notice.is_last_call() && notice.engineer.is_some() && differs(thread, news.at, notice.at) => false,
        None if notice.is_last_call() => over(knowledge.world.settings.last_call),
        None if notice.is_managers() => over(MANAGER),
        None => false,
        Some(lead) => lead_over(knowledge, thread, notice, news, lead)?,
    };
    is_over.then_some(PASSED)
}

/// Whether a task has changed between two moments.
fn differs(thread: &Thread<'_>, from: Timestamp, until: Timestamp) -> bool {
    let form = |at| thread.at(at).and_then(|state| state.fact);
    form(from).zip(form(until)).is_none_or(|(old, new)| changed::differs(old, new) != Difference::No)
}

/// Whether nobody could write for a task all the while.
fn nobody_writes(knowledge: &Knowledge<'_>, thread: &Thread<'_>, from: Timestamp, until: Timestamp) -> bool {
    let Some(name) = thread.at(until).and_then(|state| state.fact).map(TaskFact::reference) else { return false };
    let Some(run) = knowledge.runs(&name).iter().find(|run| run.known <= from && until < run.end) else { return false };
    turns(knowledge, run).iter().any(|turn| turn.writer.is_none() && turn.since <= from && until < turn.until)
}

/// Whether a lead of somebody who was the writer all the while had passed by the time of the news, however their leave
/// is known.
fn lead_over(knowledge: &Knowledge<'_>, thread: &Thread<'_>, notice: &Heard, news: &Heard, lead: WorkingTime) -> Option<bool> {
    let id = Person::who(notice).id?;
    let instant = |presence: &Presence| Some(presence.lead(lead, presence.deadline(notice.task_start?)?));
    let known = [knowledge.presence(&id, news.at)?, knowledge.presence(&id, notice.at)?];
    let over = known.into_iter().all(|presence| instant(presence).is_some_and(|instant| instant <= news.at));
    let name = thread.at(notice.at)?.fact?.reference();
    let run = knowledge.runs(&name).iter().find(|run| run.known <= news.at && notice.at < run.end)?;
    let wrote = |turn: &super::chain::Turn<'_>| turn.writer == Some(&id) && turn.since <= news.at && notice.at <= turn.until;
    Some(over && turns(knowledge, run).iter().any(wrote))
}
