//! What pages say of a task, of people and of times. Decides nothing.

use jiff::{SignedDuration, Timestamp};

use crate::agenda::{Sighting, Task, history};
use crate::config::Config;
use crate::links::Ticket;
use crate::people::EngineerId;
use crate::plan::Answer;
use crate::store::Matter;
use crate::zone::Zone;

/// The hour at which a reminder for another day is due.
const MORNING: i8 = 9;

/// An engineer by what may be their id.
pub(super) fn engineer(config: &Config, person: &str) -> Option<EngineerId> {
    let id: EngineerId = person.parse().ok()?;
    config.team.engineers.contains_key(&id).then_some(id)
}

/// What people call somebody: an engineer's name, else whatever they are known by.
pub(super) fn name(config: &Config, person: &str) -> String {
    let known = engineer(config, person).and_then(|id| config.team.engineers.get(&id));
    known.map_or_else(|| person.to_owned(), |engineer| engineer.name.clone())
}

/// The zone in which a person reads times.
pub(super) fn zone<'a>(config: &'a Config, person: &str) -> &'a Zone {
    let known = engineer(config, person).and_then(|id| config.team.engineers.get(&id));
    known.map_or(&config.zone, |engineer| &engineer.zone)
}

/// `Fri 11 Dec 2026 17:00 CET`.
pub(super) fn moment(at: Timestamp, zone: &Zone) -> String {
    let abbreviation = zone.abbreviation(at);
    let abbreviation = if abbreviation.starts_with(['+', '-']) { format!("UTC{abbreviation}") } else { abbreviation };
    format!("{} {abbreviation}", zone.local(at).strftime("%a %-d %b %Y %H:%M"))
}

/// Customer, task and times, for whoever holds the ticket.
pub(super) fn facts(config: &Config, ticket: &Ticket, task: &Task) -> Vec<(&'static str, String)> {
    let own = zone(config, &ticket.person);
    let account = task.account.as_ref().and_then(|id| config.team.account(id));
    let customers = account.and_then(|account| account.zone.as_ref());
    let start = task.window.start();
    let mut facts = Vec::new();
    facts.extend(account.map(|account| ("Customer", account.name.clone())));
    facts.push(("Task", task.title.clone()));
    if task.date_only {
        facts.push(("When", format!("{}, no time was given", own.date(start).strftime("%a %-d %b %Y"))));
        return facts;
    }
    facts.push(("Starts", moment(start, own)));
    facts.extend(customers.filter(|zone| zone.offset(start) != own.offset(start)).map(|zone| ("At the customer's", moment(start, zone))));
    facts
}

/// Why nothing can be done about a task any more, if so.
pub(super) fn over(ticket: &Ticket, sighting: &Sighting, now: Timestamp) -> Option<&'static str> {
    let start = sighting.thing.start();
    if !sighting.stands() {
        return Some("This task was cancelled, or is gone from its calendar: nothing is needed any more.");
    }
    if start <= now {
        return Some("This task has begun: there is nothing to do here any more.");
    }
    // An undo is about what was said, whatever became of the task.
    let has_moved = ticket.purpose != crate::links::Purpose::Undo && history::moved(ticket.instant, start);
    has_moved.then_some("This task has moved since the letter with this link was written. A newer letter has links for it as it is now.")
}

/// What an answer said.
pub(super) fn said(answer: &Answer) -> &'static str {
    if answer.waived { "no briefing is needed" } else { "the briefing is written" }
}

/// What is known of the briefing, if anybody said anything.
pub(super) fn known(config: &Config, ticket: &Ticket, matter: &Matter) -> Option<String> {
    let answer = matter.answers.last()?;
    let (who, when) = (name(config, &answer.by), moment(answer.at, zone(config, &ticket.person)));
    let note = answer.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    Some(format!("{who} said so far, on {when}: {}{note}.", said(answer)))
}

/// Until when somebody can be reminded, each with its words: later today, on mornings to come. None reaches their last moment.
pub(super) fn reminders(zone: &Zone, now: Timestamp, last: Timestamp) -> Vec<(Timestamp, String)> {
    let today = zone.date(now);
    let hours = [2, 4].map(|hours| now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(now));
    let mornings = [1, 2, 3, 7].map(|days| {
        let date = today.saturating_add(jiff::Span::new().days(days));
        zone.first(date.at(MORNING, 0, 0, 0))
    });
    let choices = hours.into_iter().chain(mornings).filter(|at| now < *at && *at < last);
    choices.map(|at| (at, moment(at, zone))).collect()
}
