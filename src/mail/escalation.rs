//! The escalation: somebody else hears of a task whose owner cannot write any more.
//! Three letters: to the next who can write, to the manager, and to whoever is on call. It asks, it never orders,
//! and of those who are away it says until when and nothing else.

use super::brief::{self, Eyes};
use super::page::Page;
use super::request::with_start;
use super::skeleton::QUOTED;
use super::time::Times;
use crate::links::Link;
use crate::plan::notice::{Brief, Briefing, Step};

/// Names the step and the task.
pub(super) fn subject(brief: &Brief, step: &Step, times: &Times<'_>) -> String {
    let task = with_start(brief, times);
    match step {
        Step::Writer => format!("Could you write a briefing? {task}"),
        Step::Manager => format!("Nobody left to write a briefing: {task}"),
        Step::LastCall if brief.briefing == Briefing::Stale => format!("For whoever is on call, an old briefing only: {task}"),
        Step::LastCall => format!("For whoever is on call, no briefing known: {task}"),
    }
}

/// Words one step.
pub(super) fn section(page: &mut Page, brief: &Brief, step: &Step, times: &Times<'_>, links: &[Link]) {
    match step {
        Step::Writer => writer(page, brief, times),
        Step::Manager => manager(page, brief, times, links),
        Step::LastCall => last_call(page, brief, times, links),
    }
}

/// The next who is able to write: a favour is asked, no duty named.
fn writer(page: &mut Page, brief: &Brief, times: &Times<'_>) {
    let customer = brief::customer(brief);
    page.prose(&format!(
        "You are asked because {} and you are the next who might know {customer}. Something is planned there at a time when \
         nobody who knows them is in, and {}.",
        why(brief, times),
        brief::known_briefing(brief)
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
fn manager(page: &mut Page, brief: &Brief, times: &Times<'_>, links: &[Link]) {
    let customer = brief::customer(brief);
    let known_briefing = brief::known_briefing(brief);
    let nobody = if brief.people.is_empty() {
        "nobody is named whom it could ask for one"
    } else {
        "nobody it could ask has working time left to write one"
    };
    page.prose(&format!(
        "Something is planned for {customer} at a time when nobody who knows them is in, {known_briefing}, \
         and {nobody}. You may know somebody who can spare half an hour, or want \
         to talk to the customer about the time. Whoever is on call then will be told what is known."
    ));
    brief::facts(page, brief, times, Eyes::Others);
    brief::sources(page, brief, times);
    known(page, brief, times);
    super::request::answer(page, brief, links);
}

/// Whoever is on call: all that is known, at any hour.
fn last_call(page: &mut Page, brief: &Brief, times: &Times<'_>, links: &[Link]) {
    let customer = brief::customer(brief);
    let (distance, known_briefing) = (times.distance(brief.window.start()), brief::known_briefing(brief));
    let what = match &brief.account {
        Some(_) => format!("something is planned for {customer} ({distance}), nobody who knows them is in then, and {known_briefing}"),
        None => format!("something is planned ({distance}), its event does not say for which customer, and {known_briefing}"),
    };
    page.prose(&format!(
        "This is for whoever is on call: {what}. Look in the ticket first, there may be one that offwatch was not told of."
    ));
    brief::facts(page, brief, times, Eyes::Others);
    brief::sources(page, brief, times);
    known(page, brief, times);
    page.prose(&format!(
        "If there is a briefing, or none is needed, [briefing done] or [briefing waived] in the title or description of {} \
         tells offwatch so; an admin can also run",
        brief::event(brief)
    ));
    page.item("    ", &format!("offwatch briefing done {}", brief.task));
    super::request::clicks(page, links);
}

/// Why it is them: who of those asked before them is away, and until when.
fn why(brief: &Brief, times: &Times<'_>) -> String {
    if let Some(given) = brief.given.as_ref().filter(|_| brief.is_readers) {
        return format!("{} gave it to you", given.by);
    }
    let away = brief.people.iter().filter(|person| person.before_reader).filter_map(|person| match person.away_until {
        _ if person.is_asked => Some(format!("{} could not write it when it came to you (they can again now)", person.name)),
        Some(_) if person.is_in => Some(format!("{} has too little time left before it", person.name)),
        until => until.map(|until| format!("{} is away until {}", person.name, times.moment(until))),
    });
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
