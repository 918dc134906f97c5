//! The escalation: somebody else hears of a task whose owner cannot write any more.
//! Three letters: to the next who can write, to the manager, and to whoever is on call. It asks, it never orders,
//! and of those who are away it says until when and nothing else.

use super::brief::{self, Eyes};
use super::page::Page;
use super::request::with_start;
use super::skeleton::QUOTED;
use super::time::Times;
use crate::plan::notice::{Brief, Step};

/// Names the step and the task.
pub(super) fn subject(brief: &Brief, step: &Step, times: &Times<'_>) -> String {
    let task = with_start(brief, times);
    match step {
        Step::Writer => format!("Could you write a briefing? {task}"),
        Step::Manager => format!("Nobody left to write a briefing: {task}"),
        Step::LastCall => format!("For whoever is on call, no briefing known: {task}"),
    }
}

/// Words one step.
pub(super) fn section(page: &mut Page, brief: &Brief, step: &Step, times: &Times<'_>) {
    match step {
        Step::Writer => writer(page, brief, times),
        Step::Manager => manager(page, brief, times),
        Step::LastCall => last_call(page, brief, times),
    }
}

/// The next who is able to write: a favour is asked, no duty named.
fn writer(page: &mut Page, brief: &Brief, times: &Times<'_>) {
    let customer = brief::customer(brief);
    page.prose(&format!(
        "You are asked because {} and you are the next who might know {customer}. Something is planned there at a time when \
         nobody who knows them is in, and offwatch knows of no briefing for it.",
        why(brief, times)
    ));
    page.prose(
        "This is a favour and no duty: if you can spare half an hour, an internal note in the ticket would help whoever is on \
         call. Look there first, it may already exist.",
    );
    brief::facts(page, brief, times, Eyes::Others);
    page.fact("Helps by:", &super::request::deadline(brief, times));
    brief::sources(page, brief, times);
}

/// The manager: told, so that they may find somebody or talk to the customer.
fn manager(page: &mut Page, brief: &Brief, times: &Times<'_>) {
    let customer = brief::customer(brief);
    page.prose(&format!(
        "Something is planned for {customer} at a time when nobody who knows them is in, offwatch knows of no briefing for it, \
         and nobody it could ask has working time left to write one. You may know somebody who can spare half an hour, or want \
         to talk to the customer about the time. Whoever is on call then will be told what is known."
    ));
    brief::facts(page, brief, times, Eyes::Others);
    brief::sources(page, brief, times);
    known(page, brief, times);
    super::request::answer(page, brief);
}

/// Whoever is on call: all that is known, at any hour.
fn last_call(page: &mut Page, brief: &Brief, times: &Times<'_>) {
    let customer = brief::customer(brief);
    page.prose(&format!(
        "This is for whoever is on call: something is planned for {customer} ({}), nobody who knows them is in then, and offwatch \
         knows of no briefing. Look in the ticket first, there may be one that offwatch was not told of.",
        times.distance(brief.window.start())
    ));
    brief::facts(page, brief, times, Eyes::Others);
    brief::sources(page, brief, times);
    known(page, brief, times);
    page.prose(
        "If there is a briefing, or none is needed, [briefing done] or [briefing waived] in the title or description of the \
         event tells offwatch so; an admin can also run",
    );
    page.item("    ", &format!("offwatch briefing done {}", brief.task));
}

/// Why it is them: who of those asked before them is away, and until when.
fn why(brief: &Brief, times: &Times<'_>) -> String {
    let away = brief
        .people
        .iter()
        .filter(|person| person.before_reader)
        .filter_map(|person| person.away_until.map(|until| format!("{} is away until {}", person.name, times.moment(until))));
    let away: Vec<String> = away.take(3).collect();
    if away.is_empty() { "nobody before you has working time left to write it".to_owned() } else { away.join(", ") }
}

/// What is known: notes, people, shifts, and what the event says.
fn known(page: &mut Page, brief: &Brief, times: &Times<'_>) {
    page.fact("Notes:", &brief.notes.iter().cloned().collect::<Vec<_>>());
    page.prose("Who knows the customer:");
    for person in &brief.people {
        page.item("- ", &brief::person(person, times));
    }
    if brief.people.is_empty() {
        page.item("- ", "nobody is named in the configuration");
    }
    let shifts = brief::on_call(brief, times);
    if !shifts.is_empty() {
        page.prose("Who is on call while it runs:");
    }
    for shift in shifts {
        page.item("- ", &shift);
    }
    if !brief.description.trim().is_empty() {
        page.prose("What the event says:");
        page.quote(&brief.description, QUOTED);
    }
}
