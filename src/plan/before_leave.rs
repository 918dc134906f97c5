//! `before-leave`: all that wants a briefing in a coming leave, in one list, while there is time to write it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::case::Case;
use super::desk::{Desk, Look, Plan, Reach};
use super::notice::{BeforeLeave, Body, Key, Kind, Notice};
use super::request::settled;
use super::verdict::{Hold, Why};
use crate::agenda::TaskId;
use crate::availability::Spell;
use crate::people::EngineerId;

/// Decides about every coming leave of every engineer. The single requests that go out in the same turn are taken into
/// the list.
pub(super) fn decide(desk: &Desk, look: Look<'_>, plan: &mut Plan) {
    for leave in desk.leaves.iter().filter(|leave| leave.spell.start > look.now) {
        if leave.lead > look.now {
            // Whether there is anything to list is seen then.
            plan.wake(Some(leave.lead));
            continue;
        }
        let cases = leave.tasks.iter().filter_map(|task| desk.cases.get(task));
        let mut cases: Vec<&Case> = cases.filter(|case| settled(case, look).is_none()).collect();
        if !cases.is_empty() {
            cases.sort_by_key(|case| (case.start(), case.id.clone()));
            list(&leave.engineer, leave.spell, &cases, look, plan);
        }
    }
}

/// A leave and what falls into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leave {
    /// Whose.
    engineer: EngineerId,
    /// When.
    spell: Spell,
    /// From when on its list may go out.
    lead: Timestamp,
    /// The uncovered tasks of their accounts in it.
    tasks: Vec<TaskId>,
}

/// All leaves with tasks of the engineer's accounts in them: those whose watch window touches the leave.
pub(super) fn leaves(desk: &Desk) -> Vec<Leave> {
    let rules = &desk.scene().rules;
    let Some(before) = rules.before_leave else { return Vec::new() };
    let mut leaves = Vec::new();
    for (engineer, availability) in &desk.scene().availability {
        let accounts: Vec<_> = desk.scene().team.accounts_of(engineer).collect();
        for spell in availability.spells().iter().filter(|spell| spell.is_leave(rules.min_missed)) {
            let own = accounts.iter().flat_map(|account| desk.cases_of(&account.id));
            let touched = own.filter(|case| case.uncovered && case.stands && spell.touches(case.watch.start(), case.watch.end()));
            let tasks: Vec<TaskId> = touched.map(|case| case.id.clone()).collect();
            if !tasks.is_empty() {
                let lead = availability.lead(before, spell.start, rules.settle).unwrap_or(Timestamp::MIN);
                leaves.push(Leave { engineer: engineer.clone(), spell: *spell, lead, tasks });
            }
        }
    }
    leaves
}

/// Says the list of one leave, once, if the engineer can be reached before it.
fn list(engineer: &EngineerId, spell: Spell, cases: &[&Case], look: Look<'_>, plan: &mut Plan) {
    let key = Key::new(Kind::BeforeLeave, engineer.as_str(), "", Some(spell.start), "", 0);
    let why = match (look.past.said.get(&key), look.scene.reach(Some(engineer), look.now)) {
        (Some(said), _) => Why::AlreadySaid { at: said.at, next: None },
        (None, Reach::Now) => {
            if let Some(notice) = notice(engineer, spell, cases, key, look) {
                let list = take_in(notice, cases, plan);
                plan.say.push(list);
            }
            return;
        }
        (None, Reach::Later(at)) if at < spell.start => {
            plan.wake(Some(at));
            Why::NotThere { until: Some(at) }
        }
        (None, Reach::Later(_) | Reach::Never) => Why::OutOfReach,
    };
    let subject = format!("leave from {}", spell.start);
    plan.hold.push(Hold { kind: Kind::BeforeLeave, person: engineer.as_str().to_owned(), task: None, subject, why });
}

/// The list as a notice.
fn notice(engineer: &EngineerId, spell: Spell, cases: &[&Case], key: Key, look: Look<'_>) -> Option<Notice> {
    let tasks = cases.iter().map(|case| case.brief(Some(engineer), look)).collect();
    let to = look.scene.engineer(engineer)?;
    Some(Notice {
        kind: Kind::BeforeLeave,
        key,
        account: None,
        task: None,
        uid: None,
        recurrence_id: None,
        task_start: None,
        stage: None,
        reason: format!("you are away from {}, and tasks of your accounts that want a briefing fall into that time", to.clock(spell.start)),
        to,
        uids: Some(cases.iter().map(|case| case.task.identity.uid.clone()).collect()),
        covers: Vec::new(),
        body: Body::BeforeLeave(BeforeLeave { start: spell.start, end: spell.end, tasks }),
    })
}

/// Takes the single requests of the same letter into the list.
fn take_in(mut list: Notice, cases: &[&Case], plan: &mut Plan) -> Notice {
    let listed: BTreeSet<_> = cases.iter().map(|case| &case.id).collect();
    let single = |notice: &Notice| {
        let same_person = notice.kind == Kind::BriefingRequest && notice.to.engineer == list.to.engineer;
        same_person && notice.task.as_ref().is_some_and(|task| listed.contains(task))
    };
    let (taken, kept): (Vec<Notice>, Vec<Notice>) = std::mem::take(&mut plan.say).into_iter().partition(single);
    plan.say = kept;
    plan.hold.extend(taken.iter().map(|notice| Hold {
        kind: notice.kind,
        person: notice.to.person().to_owned(),
        task: notice.task.clone(),
        subject: String::new(),
        why: Why::InList,
    }));
    list.covers = taken.into_iter().map(|notice| notice.key).collect();
    list
}
