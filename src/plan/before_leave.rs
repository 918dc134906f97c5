//! `before-leave`: all that wants a briefing in a coming leave, in one list, while there is time to write it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::case::Case;
use super::desk::{Desk, Look, Plan, Reach};
use super::notice::{BeforeLeave, Body, Key, Kind, Notice};
use super::request::settled;
use super::verdict::{Hold, Why};
use crate::availability::Spell;
use crate::people::EngineerId;

/// Decides about every coming leave of every engineer. The single requests that go out in the same turn are taken into
/// the list.
pub(super) fn decide(desk: &Desk, look: Look<'_>, plan: &mut Plan) {
    let Some(before) = look.scene.rules.before_leave else { return };
    for (engineer, availability) in &look.scene.availability {
        let own = || desk.cases.values().filter(|case| case.is_of(engineer));
        for spell in availability.spells().iter().filter(|spell| spell.start > look.now && spell.is_leave(look.scene.rules.min_missed)) {
            let lead = availability.lead(before, spell.start, look.scene.rules.settle).unwrap_or(Timestamp::MIN);
            if lead > look.now {
                // Whether there will be anything to list is seen then.
                if own().any(|case| case.start() > look.now && touches(case, *spell)) {
                    plan.wake(Some(lead));
                }
                continue;
            }
            let mut cases: Vec<&Case> = own().filter(|case| touches(case, *spell) && settled(case, look).is_none()).collect();
            if !cases.is_empty() {
                cases.sort_by_key(|case| (case.start(), case.id.clone()));
                list(engineer, *spell, &cases, look, plan);
            }
        }
    }
}

/// Whether a task is in the spell: its watch window touches it.
fn touches(case: &Case, spell: Spell) -> bool {
    spell.touches(case.watch.start(), case.watch.end())
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
    Some(Notice {
        kind: Kind::BeforeLeave,
        key,
        to: look.scene.engineer(engineer)?,
        account: None,
        task: None,
        uid: None,
        recurrence_id: None,
        task_start: None,
        stage: None,
        reason: format!("you are away from {}; these tasks of your accounts fall into that time and want a briefing", spell.start),
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
