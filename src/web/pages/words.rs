//! What pages say of a task, of people and of times, in the language of whoever holds the link. Decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::agenda::{Sighting, Task, history};
use crate::config::Config;
use crate::links::{Purpose, Ticket};
use crate::people::EngineerId;
use crate::plan::{Answer, Snooze};
use crate::store::Matter;
use crate::wording::{Dates, Language, Pages, filled};
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
fn zone<'a>(config: &'a Config, person: &str) -> &'a Zone {
    let known = engineer(config, person).and_then(|id| config.team.engineers.get(&id));
    known.map_or(&config.zone, |engineer| &engineer.zone)
}

/// One thing that was said of a briefing and stands.
pub(super) struct Known {
    /// Who said it.
    pub(super) by: String,
    /// When.
    pub(super) at: Timestamp,
    /// A sentence that tells it.
    pub(super) words: String,
}

/// How pages speak to one person.
pub(super) struct Voice<'a> {
    /// Who is who.
    config: &'a Config,
    /// The zone in which they read times.
    zone: &'a Zone,
    /// The words.
    pub(super) says: Pages,
    /// What days and months are called.
    language: Arc<Language>,
    /// How dates are written.
    dates: Dates,
}

impl<'a> Voice<'a> {
    /// How pages speak to whoever holds the ticket.
    pub(super) fn of(config: &'a Config, ticket: &Ticket) -> Self {
        let (style, zone) = (&config.style, zone(config, &ticket.person));
        let reads = style.reads(engineer(config, &ticket.person).as_ref());
        let (says, language) = (style.words.pages(&reads.language), style.words.language(&reads.language));
        Self { config, zone, says, language, dates: reads.dates }
    }

    /// The tag of its language.
    pub(super) fn tag(&self) -> &str {
        &self.language.tag
    }

    /// `Fri 11 Dec 2026 17:00 CET`.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        self.moment_in(at, self.zone)
    }

    /// Likewise, by another clock.
    fn moment_in(&self, at: Timestamp, zone: &Zone) -> String {
        let abbreviation = zone.abbreviation(at);
        let abbreviation = if abbreviation.starts_with(['+', '-']) { format!("UTC{abbreviation}") } else { abbreviation };
        format!("{} {} {abbreviation}", self.language.date(zone.date(at), true, self.dates), zone.local(at).strftime("%H:%M"))
    }

    /// Customer, task and times.
    pub(super) fn facts(&self, task: &Task) -> Vec<(&str, String)> {
        let account = task.account.as_ref().and_then(|id| self.config.team.account(id));
        let customers = account.and_then(|account| account.zone.as_ref());
        let (start, says) = (task.window.start(), &self.says);
        let mut facts: Vec<(&str, String)> = Vec::new();
        facts.extend(account.map(|account| (says.customer.as_str(), account.name.clone())));
        facts.push((&says.task, task.title.clone()));
        if task.date_only {
            let date = self.language.date(self.zone.date(start), true, self.dates);
            facts.push((&says.when, filled(&says.no_time, &[("date", &date)])));
            return facts;
        }
        facts.push((&says.starts, self.moment(start)));
        let far = customers.filter(|zone| zone.offset(start) != self.zone.offset(start));
        facts.extend(far.map(|zone| (says.at_customers.as_str(), self.moment_in(start, zone))));
        facts
    }

    /// Why nothing can be done about a task any more, if so.
    pub(super) fn over(&self, ticket: &Ticket, sighting: &Sighting, now: Timestamp) -> Option<&str> {
        Some(match over(ticket, sighting, now)? {
            Over::Gone => &self.says.gone,
            Over::Begun => &self.says.begun,
            Over::Moved => &self.says.moved,
        })
    }

    /// What an answer said.
    pub(super) fn said(&self, answer: &Answer) -> &str {
        if answer.waived { &self.says.is_waived } else { &self.says.is_written }
    }

    /// Who has the briefing.
    pub(super) fn handed(&self, to: &EngineerId) -> String {
        filled(&self.says.is_handed, &[("who", &name(self.config, to.as_str()))])
    }

    /// When somebody is asked again.
    pub(super) fn snoozed(&self, person: &EngineerId, until: Timestamp) -> String {
        filled(&self.says.is_snoozed, &[("who", &name(self.config, person.as_str())), ("when", &self.moment(until))])
    }

    /// What was said of the briefing and stands, oldest first: the last answer, the last hand-over, and who is left alone until when.
    pub(super) fn known(&self, matter: &Matter, now: Timestamp) -> Vec<Known> {
        let start = matter.sighting.anchor();
        let answer = matter.answers.last().map(|answer| {
            let note = answer.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
            self.word(&answer.by, answer.at, self.said(answer), &note)
        });
        let handing = matter.handings.iter().rfind(|handing| handing.undone.is_none() && handing.start == start);
        let handing = handing.map(|handing| self.word(&handing.by, handing.at, &self.handed(&handing.to), ""));
        let waits = |snooze: &&Snooze| snooze.undone.is_none() && snooze.start == start && now < snooze.until;
        let snoozes: BTreeMap<&EngineerId, &Snooze> = matter.snoozes.iter().filter(waits).map(|snooze| (&snooze.person, snooze)).collect();
        let snoozes = snoozes.values().map(|snooze| {
            let until = self.snoozed(&snooze.person, snooze.until);
            self.word(&snooze.by, snooze.at, &until, "")
        });
        let mut known: Vec<Known> = answer.into_iter().chain(handing).chain(snoozes).collect();
        known.sort_by_key(|known| known.at);
        known
    }

    /// One of these.
    fn word(&self, by: &str, at: Timestamp, what: &str, note: &str) -> Known {
        let (who, when) = (name(self.config, by), self.moment(at));
        let words = filled(&self.says.known, &[("who", &who), ("when", &when), ("what", what), ("note", note)]);
        Known { by: by.to_owned(), at, words }
    }

    /// Until when somebody can be reminded, each with its words: later today, on mornings to come. None reaches their last moment.
    pub(super) fn reminders(&self, now: Timestamp, last: Timestamp) -> Vec<(Timestamp, String)> {
        let today = self.zone.date(now);
        let hours = [2, 4].map(|hours| now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(now));
        let mornings = [1, 2, 3, 7].map(|days| {
            let date = today.saturating_add(jiff::Span::new().days(days));
            self.zone.first(date.at(MORNING, 0, 0, 0))
        });
        let choices = hours.into_iter().chain(mornings).filter(|at| now < *at && *at < last);
        choices.map(|at| (at, self.moment(at))).collect()
    }
}

/// Why nothing can be done about a task any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// It was cancelled, or is gone.
    Gone,
    /// It has begun.
    Begun,
    /// It is not what the link was for.
    Moved,
}

/// Whether nothing can be done about a task any more.
pub(super) fn over(ticket: &Ticket, sighting: &Sighting, now: Timestamp) -> Option<Over> {
    let start = sighting.thing.start();
    if !sighting.stands() {
        return Some(Over::Gone);
    }
    if start <= now {
        return Some(Over::Begun);
    }
    // An undo is about what was said, whatever became of the task.
    let has_moved = ticket.purpose != Purpose::Undo && history::moved(ticket.instant, start);
    has_moved.then_some(Over::Moved)
}
