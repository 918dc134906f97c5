//! Explanations for programs: one object, by the contract in the command's long help.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::engineer::{ahead, role};
use super::mailbox::Part;
use super::person::{held, last};
use crate::agenda::TaskId;
use crate::config::Config;
use crate::explain::task::reason;
use crate::explain::{Ground, revisions};
use crate::people::{AccountId, Address, Engineer, EngineerId};
use crate::plan::explain::{Became, LeadStory, ListAhead, PersonStory, Place, SpellAhead, StepStory, TaskStory, WriterStory};
use crate::plan::notice::Step;
use crate::plan::past::Writer;
use crate::plan::{Handing, Hold, Notice, Said};
use crate::zone::Zone;

/// An instant as programs read it.
fn instant(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// The same, or null.
fn maybe(at: Option<Timestamp>) -> Option<String> {
    at.map(instant)
}

/// Whole minutes.
fn minutes(length: SignedDuration) -> i64 {
    length.as_mins()
}

/// A task.
pub(super) fn task(ground: &Ground, story: &TaskStory, coming: &[(Timestamp, Notice)]) -> String {
    let case = &story.case;
    let sighting = ground.desk.scene().history.get(&case.id);
    let changes: Vec<Value> = sighting
        .map(|sighting| revisions(sighting, &Zone::utc()))
        .unwrap_or_default()
        .into_iter()
        .map(|(at, what)| json!({ "at": instant(at), "what": what }))
        .collect();
    let health = ground.outside.feeds.iter().find(|health| health.feed == case.task.feed);
    let gap = |gap: &crate::plan::notice::Gap| json!({ "from": instant(gap.window.start()), "until": instant(gap.window.end()), "reason": reason(gap.reason) });
    let held: Vec<Value> = ground.hold.iter().filter(|hold| hold.task.as_ref() == Some(&case.id)).map(hold_object).collect();
    let object = json!({
        "task": case.id.as_str(),
        "uid": case.task.identity.uid,
        "recurrence_id": case.task.identity.recurrence_id,
        "title": case.task.title,
        "account": case.task.account.as_ref().map(AccountId::as_str),
        "matched_by": case.task.matched_by,
        "at": instant(ground.now),
        "start": instant(case.start()),
        "end": instant(case.task.window.end()),
        "watch_end": instant(case.watch.end()),
        "date_only": case.task.date_only,
        "recurs": case.task.recurs,
        "ticket": case.task.ticket,
        "stands": case.stands,
        "gone": maybe(sighting.and_then(|sighting| sighting.gone)),
        "feed": {
            "name": case.task.feed.as_str(),
            "fetched": maybe(health.and_then(|health| health.fetched)),
            "failing_since": maybe(health.and_then(|health| health.failing_since)),
            "error": health.and_then(|health| health.error.as_deref()),
        },
        "first_seen": instant(case.first_seen),
        "known": instant(story.known),
        "changes": changes,
        "uncovered": case.uncovered,
        "gaps": story.gaps.iter().map(gap).collect::<Vec<_>>(),
        "briefing": {
            "state": story.briefing.name(),
            "by": story.answer.as_ref().map(|answer| &answer.by),
            "at": maybe(story.answer.as_ref().map(|answer| answer.at)),
            "holds": story.answer.as_ref().map(|_| story.answer_holds),
            "note": story.answer.as_ref().and_then(|answer| answer.note.as_ref()),
        },
        "given": story.given.as_ref().map(given),
        "snoozed": story.snoozed.iter().map(snoozed).collect::<Vec<_>>(),
        "settled": story.settled.as_ref().map(ToString::to_string),
        "writers": story.writers.iter().map(writer).collect::<Vec<_>>(),
        "nobody_since": maybe(story.nobody_since),
        "handed": story.handed.iter().map(handed).collect::<Vec<_>>(),
        "steps": story.steps.iter().map(step).collect::<Vec<_>>(),
        "said": story.said.iter().map(|said| said_object(ground, said)).collect::<Vec<_>>(),
        "held": held,
        "coming": coming.iter().map(coming_object).collect::<Vec<_>>(),
    });
    format!("{object}\n")
}

/// Whose the writing was, since when.
fn handed(writer: &Writer) -> Value {
    json!({ "engineer": writer.engineer.as_ref().map(EngineerId::as_str), "since": instant(writer.since) })
}

/// Whom people gave it to.
fn given(given: &Handing) -> Value {
    json!({ "to": given.to.as_str(), "by": given.by, "at": instant(given.at) })
}

/// Who wished to be reminded later.
fn snoozed((engineer, until): &(EngineerId, Timestamp)) -> Value {
    json!({ "engineer": engineer.as_str(), "until": instant(*until) })
}

/// A possible writer.
fn writer(writer: &WriterStory) -> Value {
    let (place, since) = match writer.place {
        Place::Writes { since } => ("writes", Some(since)),
        Place::Behind => ("behind", None),
        Place::NoTime => ("no time", None),
        Place::Over => ("over", None),
        Place::TooLittle { .. } => ("too little time", None),
        Place::Given => ("given away", None),
        Place::Idle => ("idle", None),
    };
    json!({
        "engineer": writer.engineer.as_str(),
        "role": writer.role.word(),
        "place": place,
        "since": maybe(since),
        "deadline": maybe(writer.deadline),
        "left": minutes(writer.left),
        "leads": writer.leads.iter().map(lead).collect::<Vec<_>>(),
    })
}

/// One of their leads.
fn lead(lead: &LeadStory) -> Value {
    let (state, said) = match lead.became {
        Became::Said { at, listed: false } => ("said", Some(at)),
        Became::Said { at, listed: true } => ("in list", Some(at)),
        Became::KnownLate => ("known late", None),
        Became::BeforeTheirs => ("before theirs", None),
        Became::News { at } => ("news of the change", Some(at)),
        Became::Unused => ("unused", None),
        Became::Nearer => ("nearer said", None),
        Became::Due { .. } => ("due", None),
        Became::Coming => ("coming", None),
        Became::NotTheirs => ("not theirs", None),
        Became::Needless => ("needless", None),
    };
    json!({ "lead": lead.lead, "at": maybe(lead.at), "state": state, "said": maybe(said) })
}

/// The manager or the last resort.
fn step(step: &StepStory) -> Value {
    let name = match step.step {
        Step::Writer => "writer",
        Step::Manager => "manager",
        Step::LastCall => "last call",
    };
    json!({
        "step": name,
        "person": step.to.person(),
        "due": instant(step.due),
        "told": step.told.iter().map(|at| instant(*at)).collect::<Vec<_>>(),
        "applies": step.applies,
        "among_writers": step.among_writers,
    })
}

/// What was said, and what became of its letter.
fn said_object(ground: &Ground, said: &Said) -> Value {
    let letter = ground.letter(said);
    json!({
        "at": instant(said.at),
        "kind": said.kind.name(),
        "stage": said.stage,
        "person": said.person,
        "key": said.key.as_str(),
        "reason": said.reason,
        "tasks": tasks(said.task.as_ref(), said.uids.as_deref()),
        "letter": letter.map(|letter| letter.life.state.name()),
        "answer": letter.and_then(|letter| letter.life.last_answer.as_deref()),
    })
}

/// What is not said.
fn hold_object(hold: &Hold) -> Value {
    let person = Some(&hold.person).filter(|person| !person.is_empty());
    let task = hold.task.as_ref().map(TaskId::as_str);
    json!({ "kind": hold.kind.name(), "person": person, "task": task, "why": hold.why.to_string() })
}

/// What will be said.
fn coming_object((at, notice): &(Timestamp, Notice)) -> Value {
    json!({
        "at": instant(*at),
        "kind": notice.kind.name(),
        "stage": notice.stage,
        "person": notice.to.person(),
        "key": notice.key.as_str(),
        "reason": notice.reason,
        "tasks": tasks(notice.task.as_ref(), notice.uids.as_deref()),
    })
}

/// What a notice speaks of: its one task by id, or the UIDs on its list.
fn tasks<'n>(task: Option<&'n TaskId>, uids: Option<&'n [String]>) -> Vec<&'n str> {
    task.map(TaskId::as_str).into_iter().chain(uids.into_iter().flatten().map(String::as_str)).collect()
}

/// A mailbox.
pub(super) fn mailbox(ground: &Ground, config: &Config, address: &Address, said: &[Said], coming: &[(Timestamp, Notice)]) -> String {
    let role = |part: Part<'_>| json!({ "role": part.name(), "account": part.account().map(|account| account.id.as_str()) });
    let object = json!({
        "person": address.as_str(),
        "at": instant(ground.now),
        "roles": Part::all(address, config).into_iter().map(role).collect::<Vec<_>>(),
        "said": last(said).iter().map(|said| said_object(ground, said)).collect::<Vec<_>>(),
        "held": held(ground, address.as_str()).into_iter().map(hold_object).collect::<Vec<_>>(),
        "coming": coming.iter().map(coming_object).collect::<Vec<_>>(),
    });
    format!("{object}\n")
}

/// An engineer.
pub(super) fn engineer(ground: &Ground, engineer: &Engineer, story: &PersonStory, coming: &[(Timestamp, Notice)]) -> String {
    let id = &engineer.id;
    let free = ground.desk.scene().availability.get(id).map(crate::availability::Availability::free);
    let there = free.and_then(|free| free.containing(ground.now));
    let next = free.and_then(|free| free.after(ground.now).map(crate::window::Window::start).find(|start| *start > ground.now));
    let own = ground.team().accounts.iter().filter_map(|account| {
        let (role, _) = role(account, id)?;
        let backup = account.backups.iter().find(|backup| role == "backup" && backup.engineer == *id);
        let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
        let (from, until) = (date(backup.and_then(|backup| backup.from)), date(backup.and_then(|backup| backup.until)));
        Some(json!({ "account": account.id.as_str(), "role": role, "from": from, "until": until }))
    });
    let absences = ahead(ground, engineer);
    let absences = absences
        .iter()
        .map(|(from, until, absence)| json!({ "from": instant(*from), "until": instant(*until), "feed": absence.feed.as_str() }));
    let asked = story.asked.iter().map(|asked| {
        json!({
            "task": asked.task.as_str(),
            "title": ground.desk.case(&asked.task).map(|case| &case.task.title),
            "role": asked.role.word(),
            "since": instant(asked.since),
            "deadline": maybe(asked.deadline),
            "state": asked.briefing.name(),
        })
    });
    let object = json!({
        "engineer": id.as_str(),
        "name": engineer.name,
        "zone": engineer.zone.name(),
        "at": instant(ground.now),
        "available": there.is_some(),
        "until": maybe(there.map(crate::window::Window::end).or(next)),
        "next": maybe(next),
        "absences": absences.collect::<Vec<_>>(),
        "spells": story.spells.iter().map(spell).collect::<Vec<_>>(),
        "min_missed": minutes(ground.rules().min_missed),
        "accounts": own.collect::<Vec<_>>(),
        "asked": asked.collect::<Vec<_>>(),
        "lists": story.lists.iter().map(list).collect::<Vec<_>>(),
        "caught_up": maybe(story.caught_up),
        "next_digest": maybe(story.next_digest.map(|(at, _)| at)),
        "said": last(&story.said).iter().map(|said| said_object(ground, said)).collect::<Vec<_>>(),
        "held": held(ground, id.as_str()).into_iter().map(hold_object).collect::<Vec<_>>(),
        "coming": coming.iter().map(coming_object).collect::<Vec<_>>(),
    });
    format!("{object}\n")
}

/// A time without them.
fn spell(ahead: &SpellAhead) -> Value {
    let spell = ahead.spell;
    json!({ "from": instant(spell.start), "until": maybe(spell.end), "missed": minutes(spell.missed), "leave": ahead.leave })
}

/// A list before a leave.
fn list(list: &ListAhead) -> Value {
    let tasks: Vec<&str> = list.tasks.iter().map(TaskId::as_str).collect();
    json!({ "leave": instant(list.spell.start), "lead": instant(list.lead), "said": maybe(list.said), "tasks": tasks })
}
