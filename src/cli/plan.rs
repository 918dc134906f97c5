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
use crate::plan::{Hold, Why};
use crate::simulate::Simulation;
use crate::zone::Zone;

/// The contract of the lines for programs.
const JSON: &str = r#"With `--format json`, one object a line: first each coming letter as
`simulate` prints letters, then each thing held at the first instant:
{"hold":{"kind", "person", "task", "subject", "why"}}. `person` and `task` are
null where a hold concerns nobody or no task in particular. Tasks that have
begun are left out."#;

/// What to look at.
#[derive(Debug, clap::Args)]
#[command(after_long_help = JSON)]
pub(super) struct Plan {
    /// How many days to look ahead.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=120))]
    days: u16,
    /// The instant from which to look; now when not given.
    #[arg(long, value_parser = instant, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

/// A letter to come and its instant.
pub(super) type Coming = (Timestamp, Written);

/// Looks ahead and prints.
pub(super) async fn run(session: &Session<'_>, plan: &Plan) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = session::at(plan.at);
    let until = now.saturating_add(SignedDuration::from_hours(24 * i64::from(plan.days))).unwrap_or(Timestamp::MAX);
    let (mut cycle, _store) = session.reading(&config, now).await?;
    let (starts, hold, next) = present(&mut cycle, now);
    let hold: Vec<Hold> = hold.into_iter().filter(|hold| hold.why != Why::Begun).collect();
    let coming = ahead(cycle, now, until).await?;
    match session.format {
        Format::Json => print(&lines(&coming, &hold)?),
        Format::Text => {
            let text = [letters(&coming, plan.days, &config.zone), held(&hold, &starts, &config.zone), change(next, &config.zone)];
            print(&text.concat())
        }
    }?;
    Ok(0)
}

/// Plays `[from, until)`: all letters with their instants.
pub(super) async fn ahead(cycle: Cycle, from: Timestamp, until: Timestamp) -> Result<Vec<Coming>> {
    let mut play = Simulation::ahead(cycle, from, until);
    let mut coming = Vec::new();
    while let Some((at, report)) = play.play().await? {
        coming.extend(report.letters.into_iter().map(|written| (at, written)));
    }
    Ok(coming)
}

/// The present answer: when each task starts, what is held, and when that next changes.
fn present(cycle: &mut Cycle, now: Timestamp) -> (BTreeMap<TaskId, Timestamp>, Vec<Hold>, Option<Timestamp>) {
    let Some((desk, plan)) = cycle.preview(now) else { return (BTreeMap::new(), Vec::new(), None) };
    (desk.cases().map(|case| (case.id.clone(), case.start())).collect(), plan.hold, plan.next)
}

/// Everything as the contract has it.
fn lines(coming: &[Coming], hold: &[Hold]) -> Result<String> {
    let letters = coming.iter().map(|(at, written)| serde_json::to_string(&json::Letter::new(*at, written)));
    let holds = hold.iter().map(|hold| {
        let person = Some(&hold.person).filter(|person| !person.is_empty());
        let task = hold.task.as_ref().map(TaskId::as_str);
        let (kind, why) = (hold.kind.name(), hold.why.to_string());
        json!({ "hold": { "kind": kind, "person": person, "task": task, "subject": hold.subject, "why": why } })
    });
    let mut lines = letters.collect::<Result<Vec<String>, _>>()?;
    lines.extend(holds.map(|hold| hold.to_string()));
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

/// The letters to come.
fn letters(coming: &[Coming], days: u16, usual: &Zone) -> String {
    let span = if days == 1 { "day".to_owned() } else { format!("{days} days") };
    if coming.is_empty() {
        return format!("nothing is to be said in the next {span}, as far as is known now\n");
    }
    let mut text = format!("what will be said in the next {span}, if nothing changes\n");
    text.extend(coming.iter().map(|(at, written)| entry(*at, written, usual)));
    text
}

/// One letter to come, with the keys by which it can be seen whole.
fn entry(at: Timestamp, written: &Written, usual: &Zone) -> String {
    let zone = written.notices.first().map_or(usual, |notice| &notice.to.zone);
    let mut kinds: Vec<&str> = written.notices.iter().map(|notice| notice.kind.name()).collect();
    kinds.dedup();
    let keys: String = written.notices.iter().map(|notice| "\n      ".to_owned() + notice.key.as_str()).collect();
    let (to, subject) = (&written.letter.to, &written.letter.subject);
    format!("  {}  to {to}  {}\n      {subject}{keys}\n", moment(at, zone), kinds.join(", "))
}

/// What is held, task by task in the order of their starts, then what concerns no task.
fn held(hold: &[Hold], starts: &BTreeMap<TaskId, Timestamp>, zone: &Zone) -> String {
    let mut tasks: BTreeMap<(Option<Timestamp>, &TaskId), Vec<&Hold>> = BTreeMap::new();
    for hold in hold {
        if let Some(task) = &hold.task {
            tasks.entry((starts.get(task).copied(), task)).or_default().push(hold);
        }
    }
    let tasks = tasks.into_iter().map(|((start, task), holds)| {
        let start = start.map(|start| format!(", {}", moment(start, zone))).unwrap_or_default();
        let subject = holds.first().map(|hold| hold.subject.as_str()).unwrap_or_default();
        let lines: Vec<String> = holds.iter().map(|hold| format!("      {}{}: {}\n", hold.kind, person(hold), hold.why)).collect();
        format!("  {subject}{start}  ({task})\n{}", lines.concat())
    });
    let others = hold.iter().filter(|hold| hold.task.is_none()).map(|hold| {
        let subject = if hold.subject.is_empty() { String::new() } else { format!(", {}", hold.subject) };
        format!("  {}{}{subject}: {}\n", hold.kind, person(hold), hold.why)
    });
    let heading = if hold.is_empty() { "" } else { "\nwhat is held, and why\n" };
    std::iter::once(heading.to_owned()).chain(tasks).chain(others).collect()
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
