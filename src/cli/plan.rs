//! `offwatch plan`: what will be said in the next days, and what is held and why.
//! Plays the coming turns in memory on what is known now; writes and sends nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::moment::moment;
use super::session::{self, Session};
use super::{Format, instant, json, print};
use crate::agenda::TaskId;
use crate::cycle::{Cycle, Written};
use crate::people::Address;
use crate::plan::{Hold, Why};
use crate::simulate::Simulation;
use crate::zone::Zone;

/// What to look at.
///
/// `--format json` prints one object a line: first each coming letter as `simulate` prints letters, then each thing held
/// at the first instant: `{"hold":{"kind","person","task","subject","why"}}`; `person` and `task` are null where a hold
/// concerns nobody or no task in particular. Tasks that have begun are left out.
#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    /// How many days to look ahead.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=120))]
    days: u16,
    /// The instant from which to look; now when not given.
    #[arg(long, value_parser = instant, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

/// A turn to come: its instant and its letters.
type Coming = (Timestamp, Written);

/// Looks ahead and prints.
pub(super) async fn run(session: &Session<'_>, plan: &Plan) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = session::at(plan.at);
    let until = now.saturating_add(SignedDuration::from_hours(24 * i64::from(plan.days))).unwrap_or(Timestamp::MAX);
    let (mut cycle, _store) = session.reading(&config, now).await?;
    let starts = starts(&mut cycle, now);
    let (next, hold, coming) = ahead(cycle, now, until).await?;
    let hold: Vec<Hold> = hold.into_iter().filter(|hold| hold.why != Why::Begun).collect();
    match session.format {
        Format::Json => print(&lines(&coming, &hold)?),
        Format::Text => {
            let text = [letters(&coming, plan.days, &config.zone), held(&hold, &starts, &config.zone), change(next, &config.zone)];
            print(&text.concat())
        }
    }?;
    Ok(0)
}

/// Plays `[from, until)`: when the first answer next changes, what it holds, and all letters with their instants.
pub(super) async fn ahead(cycle: Cycle, from: Timestamp, until: Timestamp) -> Result<(Option<Timestamp>, Vec<Hold>, Vec<Coming>)> {
    let mut play = Simulation::ahead(cycle, from, until);
    let mut first = None;
    let mut coming = Vec::new();
    while let Some((at, report)) = play.step().await? {
        coming.extend(report.letters.into_iter().map(|written| (at, written)));
        first.get_or_insert((report.next, report.hold));
    }
    let (next, hold) = first.unwrap_or_default();
    Ok((next, hold, coming))
}

/// When each task starts.
fn starts(cycle: &mut Cycle, now: Timestamp) -> BTreeMap<TaskId, Timestamp> {
    let Some((desk, _)) = cycle.preview(now) else { return BTreeMap::new() };
    desk.cases().map(|case| (case.id.clone(), case.start())).collect()
}

/// Everything as the contract has it.
fn lines(coming: &[Coming], hold: &[Hold]) -> Result<String> {
    let mut text = String::new();
    for (at, written) in coming {
        text += &serde_json::to_string(&json::Letter::new(*at, written))?;
        text.push('\n');
    }
    for hold in hold {
        let person = Some(&hold.person).filter(|person| !person.is_empty());
        let task = hold.task.as_ref().map(TaskId::as_str);
        let line = json!({ "hold": {
            "kind": hold.kind.name(), "person": person, "task": task, "subject": hold.subject, "why": hold.why.to_string(),
        } });
        text += &format!("{line}\n");
    }
    Ok(text)
}

/// The letters to come.
fn letters(coming: &[Coming], days: u16, usual: &Zone) -> String {
    let span = if days == 1 { "day".to_owned() } else { format!("{days} days") };
    if coming.is_empty() {
        return format!("nothing is to be said in the next {span}, as far as is known now\n");
    }
    let mut text = format!("what will be said in the next {span}, if nothing changes\n");
    for (at, written) in coming {
        let zone = written.notices.first().map_or(usual, |notice| &notice.to.zone);
        let kinds: Vec<String> = written.notices.iter().map(|notice| notice.kind.to_string()).collect();
        text += &entry(moment(*at, zone), &written.letter.to, &kinds, &written.letter.subject);
        for notice in &written.notices {
            text += &format!("      {}\n", notice.key);
        }
    }
    text
}

/// One letter to come.
fn entry(when: String, to: &Address, kinds: &[String], subject: &str) -> String {
    let mut kinds = kinds.to_vec();
    kinds.dedup();
    format!("  {when}  to {to}  {}\n      {subject}\n", kinds.join(", "))
}

/// What is held, task by task in the order of their starts, then what concerns no task.
fn held(hold: &[Hold], starts: &BTreeMap<TaskId, Timestamp>, zone: &Zone) -> String {
    let mut groups: BTreeMap<(Option<Timestamp>, Option<&TaskId>), Vec<&Hold>> = BTreeMap::new();
    for hold in hold {
        let start = hold.task.as_ref().and_then(|task| starts.get(task)).copied();
        groups.entry((start, hold.task.as_ref())).or_default().push(hold);
    }
    if groups.is_empty() {
        return String::new();
    }
    let mut text = "\nwhat is held, and why\n".to_owned();
    let (general, tasks): (Vec<_>, Vec<_>) = groups.into_iter().partition(|((_, task), _)| task.is_none());
    for ((start, task), holds) in tasks {
        let start = start.map(|start| format!(", {}", moment(start, zone))).unwrap_or_default();
        let subject = holds.first().map(|hold| hold.subject.as_str()).unwrap_or_default();
        text += &format!("  {subject}{start}  ({})\n", task.map(TaskId::as_str).unwrap_or_default());
        for hold in holds {
            text += &format!("      {}{}: {}\n", hold.kind, person(hold), hold.why);
        }
    }
    for hold in general.into_iter().flat_map(|(_, holds)| holds) {
        let subject = if hold.subject.is_empty() { String::new() } else { format!(", {}", hold.subject) };
        text += &format!("  {}{}{subject}: {}\n", hold.kind, person(hold), hold.why);
    }
    text
}

/// To whom it would go.
fn person(hold: &Hold) -> String {
    if hold.person.is_empty() { String::new() } else { format!(" to {}", hold.person) }
}

/// When all this can be different without news.
fn change(next: Option<Timestamp>, zone: &Zone) -> String {
    match next {
        Some(next) => format!("\nthe answer next changes at {}, or when a feed brings something\n", moment(next, zone)),
        None => "\nthe answer stays the same until a feed brings something\n".to_owned(),
    }
}
