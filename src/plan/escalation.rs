//! `escalation` when nobody is able to write any more: the manager, and independently the last resort.

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::chain::standing;
use super::change::{Hears, Outdated};
use super::desk::{Plan, Reach, about};
use super::look::Look;
use super::notice::{Body, Key, Kind, Notice, Recipient, Step};
use super::request::{hold, settled, told_of_change};
use super::series::Part;
use super::verdict::Why;
use crate::people::Contact;

/// How long before the start the manager is told.
pub(super) const MANAGER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Decides what to say to the manager and the last resort of `case`, but to those whose picture of it is `outdated`.
/// Of a series only the first occurrence that is asked for is escalated.
pub(super) fn decide(case: &Case, outdated: &Outdated, look: Look<'_>, plan: &mut Plan) {
    if settled(case, look).is_some() || !matches!(look.part(case), Part::Alone | Part::Leads { first: true }) {
        return;
    }
    let Some(since) = standing(case, look).nobody_since else { return };
    let customer = case.account.as_ref().and_then(|account| account.zone.as_ref());
    let manager = case.account.as_ref().and_then(|account| account.manager.as_ref()).filter(|manager| !in_chain(case, manager));
    let manager =
        manager.and_then(|manager| look.scene.contact(manager, customer)).map(|to| (to, Step::Manager, before(case, MANAGER, since)));
    let last_resort = look.scene.contact(case.last_resort(look.scene), customer);
    let last_resort = last_resort.map(|to| (to, Step::LastCall, before(case, look.scene.rules.last_call, since)));
    for (to, step, due) in manager.into_iter().chain(last_resort) {
        // Who hears of a change hears nothing else before; but the last call waits for nobody's hours.
        let waits = |hears: &Hears| step != Step::LastCall || hears.at <= hears.stood.max(look.now);
        if !outdated.get(to.person()).is_some_and(waits) {
            tell(case, &to, step, due, look, plan);
        }
    }
}

/// When the last resort is told, if nobody is able to write.
pub(super) fn last_call(case: &Case, look: Look<'_>) -> Option<Timestamp> {
    Some(before(case, look.scene.rules.last_call, standing(case, look).nobody_since?))
}

/// So long before the start, but not before nobody could write.
fn before(case: &Case, lead: SignedDuration, since: Timestamp) -> Timestamp {
    case.start().saturating_sub(lead).unwrap_or(Timestamp::MIN).max(since)
}

/// Whether the contact stands among the writers already: their first place counts.
pub(super) fn in_chain(case: &Case, contact: &Contact) -> bool {
    match contact {
        Contact::Engineer(id) => case.chain.iter().any(|link| link.engineer == *id),
        Contact::Mailbox(_) => false,
    }
}

/// The stage under which a step is said.
fn stage(step: &Step) -> &'static str {
    match step {
        Step::Writer => "writer",
        Step::Manager => "manager",
        Step::LastCall => "last call",
    }
}

/// Tells `to`, once, from `due` on.
fn tell(case: &Case, to: &Recipient, step: Step, due: Timestamp, look: Look<'_>, plan: &mut Plan) {
    let stage = stage(&step);
    let key = Key::new(Kind::Escalation, to.person(), case.id.as_str(), Some(case.anchor), stage, look.past.round(to.person(), &case.id));
    // The last resort may be written to at any hour, even when it is an engineer.
    let reach = if step == Step::LastCall { Reach::Now } else { look.scene.reach(to.engineer.as_ref(), look.now) };
    let why = match (look.past.said.get(&key), reach) {
        (Some(said), _) => Why::AlreadySaid { at: said.at, next: None },
        (None, _) if look.now < due => Why::TooEarly(due),
        // News of a change that came when this was due already said it.
        (None, _) if let Some(at) = told_of_change(case, to.person(), look).filter(|at| due <= *at) => Why::AlreadySaid { at, next: None },
        (None, Reach::Now) => {
            plan.say.push(notice(case, to.clone(), key, step, look));
            return;
        }
        (None, Reach::Later(at)) if at < case.start() => Why::NotThere { until: Some(at) },
        (None, Reach::Later(_) | Reach::Never) => Why::OutOfReach,
    };
    if let Why::TooEarly(next) | Why::NotThere { until: Some(next) } = &why {
        plan.wake(Some(*next));
    }
    plan.hold.push(hold(case, Kind::Escalation, Some(to.person()), why));
}

/// The notice of one step.
fn notice(case: &Case, to: Recipient, key: Key, step: Step, look: Look<'_>) -> Notice {
    let stage = stage(&step).to_owned();
    let why = match step {
        Step::Writer => "you are the next who can write it",
        Step::Manager => "you manage the account",
        Step::LastCall => "you are its last resort before the task starts",
    };
    let nobody = match &case.account {
        None => "no account was found in it",
        Some(_) if case.chain.is_empty() => "nobody is named who could write a briefing",
        Some(_) => "nobody who knows the customer can write a briefing any more",
    };
    let reason = format!("{why}; the task is uncovered ({}), and {nobody}", case.reasons(look.scene));
    let brief = Box::new(case.brief(to.engineer.as_ref(), look));
    Notice { stage: Some(stage), reason, ..about(Kind::Escalation, key, to, case, Body::Escalation(brief, step)) }
}
