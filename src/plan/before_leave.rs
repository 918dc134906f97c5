//! `before-leave`: all that wants a briefing in a coming leave, in one list, while there is time to write it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::case::Case;
use super::desk::{Desk, Outside, Plan, Reach};
use super::look::Look;
use super::notice::{BeforeLeave, Body, Key, Kind, Notice};
use super::past::Past;
use super::request::settled;
use super::verdict::{Hold, Why};
use super::wishes;
use crate::agenda::TaskId;
use crate::availability::Spell;
use crate::people::EngineerId;

/// Decides about every coming leave of `engineer`; whether there was anything to say. The single requests that go out in
/// the same turn are taken into the list.
pub(super) fn decide(desk: &Desk, engineer: &EngineerId, look: Look<'_>, plan: &mut Plan) -> bool {
    let mut spoke = false;
    let leaves = desk.leaves.get(engineer).into_iter().flatten();
    for leave in leaves.filter(|leave| leave.spell.start > look.now) {
        if leave.lead > look.now {
            // Whether there is anything to list is seen then.
            plan.wake(Some(leave.lead));
            continue;
        }
        let cases = leave.tasks.iter().filter_map(|task| desk.cases.get(task));
        let mut cases: Vec<&Case> = cases.filter(|case| is_wanted(case, engineer, look)).collect();
        if !cases.is_empty() {
            cases.sort_by_key(|case| (case.start(), case.id.clone()));
            spoke |= list(engineer, leave.spell, &cases, look, plan);
        }
    }
    spoke
}

/// Whether a briefing is wanted that `engineer` has given to nobody.
fn is_wanted(case: &Case, engineer: &EngineerId, look: Look<'_>) -> bool {
    settled(case, look).is_none() && !wishes::is_passed(case, engineer, look.past)
}

impl Desk {
    /// Why the list before the leave of `person` that begins at `start` is of no use any more, if so.
    pub fn list_is_over(&self, person: &str, start: Option<Timestamp>, past: &Past, now: Timestamp) -> Option<&'static str> {
        let (engineer, start) = (person.parse::<EngineerId>().ok()?, start?);
        let availability = self.scene().availability.get(&engineer)?;
        let is_that = |spell: &Spell| spell.start == start && spell.is_leave(self.scene().rules.min_missed);
        if !availability.spells().iter().any(is_that) {
            return Some("they are not away then any more");
        }
        let outside = Outside::default();
        let look = self.look(past, &outside, now);
        let leave = self.leaves.get(&engineer).into_iter().flatten().find(|leave| leave.spell.start == start);
        let mut cases = leave.into_iter().flat_map(|leave| &leave.tasks).filter_map(|task| self.cases.get(task));
        let is_wanted = cases.any(|case| is_wanted(case, &engineer, look));
        (!is_wanted).then_some("nothing in that leave wants a briefing any more")
    }
}

/// A leave and what falls into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leave {
    /// When.
    pub(super) spell: Spell,
    /// From when on its list may go out.
    pub(super) lead: Timestamp,
    /// The uncovered tasks of their accounts in it.
    pub(super) tasks: Vec<TaskId>,
}

/// All leaves of `engineer` with tasks of their accounts in them: those whose watch window touches the leave.
pub(super) fn leaves(desk: &Desk, engineer: &EngineerId) -> Vec<Leave> {
    let rules = &desk.scene().rules;
    let (Some(before), Some(availability)) = (rules.before_leave, desk.scene().availability.get(engineer)) else { return Vec::new() };
    let mut leaves = Vec::new();
    for spell in availability.spells().iter().filter(|spell| spell.is_leave(rules.min_missed)) {
        let own = desk.scene().roster.own(engineer).iter().flat_map(|account| desk.cases_of(&account.id));
        let touched = own.filter(|case| case.uncovered && case.stands && spell.touches(case.watch.start(), case.watch.end()));
        let tasks: Vec<TaskId> = touched.map(|case| case.id.clone()).collect();
        if !tasks.is_empty() {
            let lead = availability.lead(before, spell.start, rules.settle).unwrap_or(Timestamp::MIN);
            leaves.push(Leave { spell: *spell, lead, tasks });
        }
    }
    leaves
}

/// Says the list of one leave, once, if the engineer can be reached before it; whether it did.
fn list(engineer: &EngineerId, spell: Spell, cases: &[&Case], look: Look<'_>, plan: &mut Plan) -> bool {
    // A list that was taken back was not heard, and its key is spent.
    let keys = (0..).map(|round| Key::new(Kind::BeforeLeave, engineer.as_str(), "", Some(spell.start), "", round));
    let taken_back = |key: &Key| look.past.said.get(key).is_some_and(|said| said.withdrawn);
    let Some(key) = keys.into_iter().find(|key| !taken_back(key)) else { return false };
    let why = match (look.past.said.get(&key), look.scene.reach(Some(engineer), look.now)) {
        (Some(said), _) => Why::AlreadySaid { at: said.at, next: None },
        (None, _) if look.scene.rules.leaves_out(Some(engineer), Kind::BeforeLeave) => Why::LeftOut,
        (None, Reach::Now) => {
            if let Some(notice) = notice(engineer, spell, cases, key, look) {
                let list = take_in(notice, cases, plan);
                plan.say.push(list);
            }
            return true;
        }
        (None, Reach::Later(at)) if at < spell.start => {
            plan.wake(Some(at));
            Why::NotThere { until: Some(at) }
        }
        (None, Reach::Later(_) | Reach::Never) => Why::OutOfReach,
    };
    let subject = format!("leave from {}", spell.start);
    plan.hold.push(Hold { kind: Kind::BeforeLeave, person: engineer.as_str().to_owned(), task: None, subject, why });
    false
}

/// The list as a notice.
fn notice(engineer: &EngineerId, spell: Spell, cases: &[&Case], key: Key, look: Look<'_>) -> Option<Notice> {
    let tasks = Case::briefs(cases, Some(engineer), look);
    let to = look.scene.engineer(engineer)?;
    let reason =
        format!("you are away from {}, and tasks of your accounts that want a briefing fall into that time", to.clock(spell.start));
    let uids = uids(cases);
    let body = Body::BeforeLeave(BeforeLeave { start: spell.start, end: spell.end, tasks });
    Some(Notice::list(Kind::BeforeLeave, key, to, reason, Some(uids), body))
}

/// The UIDs of tasks, those of a series once.
pub(super) fn uids(cases: &[&Case]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let named = cases.iter().filter(|case| case.series.is_none_or(|series| seen.insert(series)));
    named.map(|case| case.task.identity.uid.clone()).collect()
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
    let title = |notice: &Notice| cases.iter().find(|case| notice.task.as_ref() == Some(&case.id)).map(|case| case.task.title.clone());
    plan.hold.extend(taken.iter().map(|notice| Hold {
        kind: notice.kind,
        person: notice.to.person().to_owned(),
        task: notice.task.clone(),
        subject: title(notice).unwrap_or_default(),
        why: Why::InList,
    }));
    list.covers = taken.into_iter().map(|notice| notice.key).collect();
    list
}
