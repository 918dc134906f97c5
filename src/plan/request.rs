//! `briefing-request` to an owner and `escalation` to any other writer: both follow the writer's own leads.

use std::ops::Range;

use jiff::Timestamp;

use super::brief;
use super::case::{Case, Link, Role};
use super::chain::{Asked, standing};
use super::change::Outdated;
use super::desk::{Plan, Reach, about};
use super::look::Look;
use super::notice::{Body, Key, Kind, Notice, Step};
use super::past::Handing;
use super::series::Part;
use super::verdict::{Hold, Why};
use super::wishes;

/// Why a task wants nothing said at `now`, if so: everything that settles it before anybody's leads are looked at.
pub(super) fn settled(case: &Case, look: Look<'_>) -> Option<Why> {
    if !case.stands {
        return Some(Why::Cancelled);
    }
    if case.start() <= look.now {
        return Some(Why::Begun);
    }
    if !case.uncovered {
        return Some(Why::Covered);
    }
    match case.word(look).filter(|standing| !standing.stale) {
        Some(standing) => Some(if standing.word.waived { Why::Waived } else { Why::Written }),
        None => (case.account.is_none() && !case.task.escalate_unmatched).then_some(Why::NoAccount),
    }
}

/// Decides what to say to the writers of `case`, but to those whose picture of it is `outdated`: they hear of that first.
pub(super) fn decide(case: &Case, outdated: &Outdated, look: Look<'_>, plan: &mut Plan) {
    if case.stands && look.now < case.start() {
        look.note_cover(case, plan);
    }
    if let Some(why) = settled(case, look) {
        plan.hold.push(hold(case, Kind::BriefingRequest, case.chain.first().map(|link| link.engineer.as_str()), why));
        return;
    }
    plan.wake(Some(case.start()));
    let part = look.part(case);
    if let Part::Rides { leader } = part {
        plan.hold.push(hold(case, Kind::BriefingRequest, case.chain.first().map(|link| link.engineer.as_str()), Why::Series { leader }));
        return;
    }
    let standing = standing(case, look);
    plan.wake(standing.until);
    plan.writers.extend(standing.handover);
    for asked in &standing.asked {
        let kind = if asked.link.role == Role::Owner { Kind::BriefingRequest } else { Kind::Escalation };
        let lead = match (part, kind) {
            _ if outdated.contains_key(asked.link.engineer.as_str()) => Err(Why::NewsFirst),
            // Of a series that was asked for in vain only the owner hears again.
            (Part::Leads { first: false }, Kind::Escalation) => Err(Why::Series { leader: None }),
            _ if let Some(until) = wishes::snoozed(case, asked.link, look) => {
                plan.wake(Some(until));
                Err(Why::Snoozed(until))
            }
            _ => lead_due(case, asked, kind, look, plan),
        };
        match lead {
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
    let stage = look.scene.rules.leads(&link.engineer).get(lead).map(ToString::to_string).unwrap_or_default();
    let round = look.past.round(person, &case.id).saturating_add(wishes::rounds(case, link, look));
    Key::new(kind, person, case.id.as_str(), Some(case.anchor), &stage, round)
}

/// The lead (its place in the configuration) that is to be said now, or why none is.
fn lead_due(case: &Case, asked: &Asked<'_>, kind: Kind, look: Look<'_>, plan: &mut Plan) -> Result<usize, Why> {
    let leads = asked.link.leads.get(usable(case, asked.link, look)).unwrap_or_default();
    let next = leads.iter().map(|(at, _)| *at).find(|at| *at > look.now);
    plan.wake(next);
    let given = given(case, asked.link, look);
    let changed = told_of_change(case, asked.link.engineer.as_str(), look).filter(|changed| given.is_none_or(|given| given.at <= *changed));
    let counts = |at: Timestamp| (!asked.again || at > asked.since) && changed.is_none_or(|changed| changed < at);
    let passed = leads.iter().rposition(|(at, _)| *at <= look.now && counts(*at));
    // Whoever is given it by somebody hears so at once.
    let passed = passed.or_else(|| given.filter(|_| changed.is_none() && !leads.is_empty()).map(|_| 0));
    let Some(passed) = passed else {
        let told = changed.map(|at| Why::AlreadySaid { at, next });
        return Err(told.or_else(|| next.map(Why::TooEarly)).unwrap_or(Why::OutOfReach));
    };
    // A lead is spent when it, or one nearer to the deadline, was said: a deadline that moves says nothing twice.
    let spent = leads.iter().skip(passed).find_map(|(_, lead)| look.past.said.get(&key(case, asked.link, kind, *lead, look)));
    if let Some(said) = spent {
        return Err(Why::AlreadySaid { at: said.at, next });
    }
    if let Some(at) = once(case, asked.link.engineer.as_str(), look) {
        return Err(Why::AlreadySaid { at, next: None });
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

/// That people gave the task to `link`.
fn given<'a>(case: &Case, link: &Link, look: Look<'a>) -> Option<&'a Handing> {
    wishes::handing(case, look.past).filter(|handing| handing.to == link.engineer)
}

/// The leads of `link` at which they are asked, by place: all; the last two for a briefing that is stale; the first one for
/// a series that was asked for in vain before.
pub(super) fn usable(case: &Case, link: &Link, look: Look<'_>) -> Range<usize> {
    let count = link.leads.len();
    if case.word(look).is_some_and(|standing| standing.stale) {
        return count.saturating_sub(2)..count;
    }
    match look.part(case) {
        Part::Leads { first: false } => 0..count.min(1),
        Part::Leads { first: true } | Part::Alone | Part::Rides { .. } => 0..count,
    }
}

/// When `person` was asked for the later leader of a series that was asked for in vain: once is enough, also when it moved
/// meanwhile. What was taken back does not count.
fn once(case: &Case, person: &str, look: Look<'_>) -> Option<Timestamp> {
    let only = look.part(case) == Part::Leads { first: false } && case.word(look).is_none();
    let said = look.past.about(&case.id).filter(|said| only && said.person == person && !said.withdrawn);
    let last = said.filter(|said| matches!(said.kind, Kind::BriefingRequest | Kind::Retraction)).max_by_key(|said| said.at)?;
    (last.kind == Kind::BriefingRequest).then_some(last.at)
}

/// When `person` was last told that the task changed: what was due before that is passed.
pub(super) fn told_of_change(case: &Case, person: &str, look: Look<'_>) -> Option<Timestamp> {
    let told = look.past.about(&case.id).filter(|said| said.kind == Kind::TaskChanged && said.person == person && !said.withdrawn);
    told.map(|said| said.at).max()
}

/// The notice to one writer.
fn notice(case: &Case, asked: &Asked<'_>, kind: Kind, lead: usize, look: Look<'_>) -> Option<Notice> {
    let to = look.scene.engineer(&asked.link.engineer)?;
    let stage = look.scene.rules.leads(&asked.link.engineer).get(lead)?.to_string();
    let key = key(case, asked.link, kind, lead, look);
    let deadline = asked.link.deadline.map(|deadline| to.clock(deadline)).unwrap_or_default();
    let given = given(case, asked.link, look);
    let why = match asked.link.role {
        _ if let Some(given) = given => format!("{} gave it to you", brief::name(&given.by, look.scene)),
        Role::Owner => "you own the account".to_owned(),
        role @ (Role::Engineer | Role::Backup) => {
            let again = standing(case, look).asked.first().is_some_and(|first| first.link != asked.link);
            let nobody = if again {
                "it came to you when nobody before you in its list could write it"
            } else {
                "nobody before you in its list can write it any more"
            };
            format!("you are the account's {}, and {nobody}", role.word())
        }
    };
    let again = if look.part(case) == (Part::Leads { first: false }) {
        "; of this series nobody has said that there is a briefing, so it is asked for every four weeks"
    } else {
        ""
    };
    let uncovered = case.reasons(look.scene);
    // A lead that had passed before it could be said.
    let due = asked.link.leads.iter().find(|(_, place)| *place == lead).map(|(at, _)| *at);
    let late = due.is_some_and(|due| due < look.known(case).max(asked.since));
    let when = if due.is_some_and(|due| look.now < due) {
        format!("your last working moment before it is {deadline}")
    } else if late {
        format!("the reminder {stage} before your last working moment, {deadline}, had passed before it could be sent")
    } else {
        format!("{stage} before your last working moment, {deadline}")
    };
    let reason = format!("{why}; the task is uncovered ({uncovered}); {when}{again}");
    let brief = Box::new(case.brief(Some(&asked.link.engineer), look));
    let body = if kind == Kind::BriefingRequest { Body::Request(brief) } else { Body::Escalation(brief, Step::Writer) };
    Some(Notice { stage: Some(stage), reason, ..about(kind, key, to, case, body) })
}
