//! `briefing-request` to an owner and `escalation` to any other writer: both follow the writer's own leads.

use super::case::{Case, Link, Role};
use super::chain::{Asked, standing};
use super::desk::{Look, Plan, Reach, about};
use super::notice::{Body, Key, Kind, Notice, Step};
use super::verdict::{Hold, Why};

/// Why a task wants nothing said at `now`, if so: everything that settles it before anybody's leads are looked at.
pub(super) fn settled(case: &Case, look: Look<'_>) -> Option<Why> {
    let answer = look.past.answer(&case.id, look.known(case));
    match (case.stands, look.now < case.start(), case.uncovered, case.task.mark, answer) {
        (false, ..) => Some(Why::Cancelled),
        (_, false, ..) => Some(Why::Begun),
        (_, _, false, ..) => Some(Why::Covered),
        (_, _, _, Some(crate::agenda::Mark::Done), _) => Some(Why::Written),
        (_, _, _, Some(crate::agenda::Mark::Waived), _) => Some(Why::Waived),
        (_, _, _, None, Some(answer)) => Some(if answer.waived { Why::Waived } else { Why::Written }),
        (_, _, _, None, None) if case.account.is_none() && !case.task.escalate_unmatched => Some(Why::NoAccount),
        (_, _, _, None, None) => None,
    }
}

/// Decides what to say to the writers of `case`.
pub(super) fn decide(case: &Case, look: Look<'_>, plan: &mut Plan) {
    if case.stands && look.now < case.start() {
        look.note_cover(case, plan);
    }
    if let Some(why) = settled(case, look) {
        plan.hold.push(hold(case, Kind::BriefingRequest, case.chain.first().map(|link| link.engineer.as_str()), why));
        return;
    }
    plan.wake(Some(case.start()));
    let standing = standing(case, look);
    plan.wake(standing.until);
    plan.writers.extend(standing.handover);
    for asked in &standing.asked {
        let kind = if asked.link.role == Role::Owner { Kind::BriefingRequest } else { Kind::Escalation };
        match lead_due(case, asked, kind, look, plan) {
            Ok(lead) => plan.say.extend(notice(case, asked, kind, lead, look)),
            Err(why) => plan.hold.push(hold(case, kind, Some(asked.link.engineer.as_str()), why)),
        }
    }
}

/// A hold about `case`.
pub(super) fn hold(case: &Case, kind: Kind, person: Option<&str>, why: Why) -> Hold {
    let person = person.unwrap_or_default().to_owned();
    Hold { kind, person, task: Some(case.id.clone()), subject: case.task.title.clone(), why }
}

/// The key of the notice of one lead.
fn key(case: &Case, link: &Link, kind: Kind, lead: usize, look: Look<'_>) -> Key {
    let person = link.engineer.as_str();
    let stage = look.scene.rules.leads.get(lead).map(ToString::to_string).unwrap_or_default();
    Key::new(kind, person, case.id.as_str(), Some(case.anchor), &stage, look.past.round(person, &case.id))
}

/// The lead (its place in the configuration) that is to be said now, or why none is.
fn lead_due(case: &Case, asked: &Asked<'_>, kind: Kind, look: Look<'_>, plan: &mut Plan) -> Result<usize, Why> {
    let leads = &asked.link.leads;
    let next = leads.iter().map(|(at, _)| *at).find(|at| *at > look.now);
    plan.wake(next);
    let passed = leads.iter().rposition(|(at, _)| *at <= look.now && (!asked.again || *at > asked.since));
    let Some(passed) = passed else {
        return Err(next.map_or(Why::OutOfReach, Why::TooEarly));
    };
    // A lead is spent when it, or one nearer to the deadline, was said: a deadline that moves says nothing twice.
    let spent = leads.iter().skip(passed).find_map(|(_, lead)| look.past.said.get(&key(case, asked.link, kind, *lead, look)));
    if let Some(said) = spent {
        return Err(Why::AlreadySaid { at: said.at, next });
    }
    match look.scene.reach(Some(&asked.link.engineer), look.now) {
        Reach::Now => leads.get(passed).map(|(_, lead)| *lead).ok_or(Why::Nothing),
        Reach::Later(at) if at < case.start() => {
            plan.wake(Some(at));
            Err(Why::NotThere { until: Some(at) })
        }
        Reach::Later(_) | Reach::Never => Err(Why::OutOfReach),
    }
}

/// The notice to one writer.
fn notice(case: &Case, asked: &Asked<'_>, kind: Kind, lead: usize, look: Look<'_>) -> Option<Notice> {
    let to = look.scene.engineer(&asked.link.engineer)?;
    let stage = look.scene.rules.leads.get(lead)?.to_string();
    let key = key(case, asked.link, kind, lead, look);
    let deadline = asked.link.deadline.map(|deadline| format!(", which ends {deadline}")).unwrap_or_default();
    let why = match asked.link.role {
        Role::Owner => "you own the account".to_owned(),
        role @ (Role::Engineer | Role::Backup) => {
            format!("nobody before you in the account's list can write it any more; you are its {}", role.word())
        }
    };
    let reason = format!("uncovered ({}); {why}; lead `{stage}` before the end of your working time{deadline}", case.reasons(look.scene));
    let brief = Box::new(case.brief(Some(&asked.link.engineer), look));
    let body = if kind == Kind::BriefingRequest { Body::Request(brief) } else { Body::Escalation(brief, Step::Writer) };
    Some(Notice { stage: Some(stage), reason, ..about(kind, key, to, case, body) })
}
