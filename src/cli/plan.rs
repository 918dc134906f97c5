//! `offwatch plan`: what is at risk, the coming days at a glance, what will be said in them, and what is held and why.
//! Plays the coming turns in memory on what is known now; writes and sends nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::moment::{length, local, moment};
use super::near::{is_called, suggestion};
use super::session::Session;
use super::timeline::Timeline;
use super::vantage::Vantage;
use super::{Format, WRONG, json, print, usage};
use crate::agenda::TaskId;
use crate::config::Config;
use crate::cycle::{Cycle, Written};
use crate::explain::as_of;
use crate::people::{Engineer, EngineerId};
use crate::plan::explain::{Danger, Risk};
use crate::plan::{Case, Desk, Hold, LAST_TURN, Outside, Why};
use crate::simulate::Simulation;
use crate::zone::Zone;

/// The contract of the lines for programs.
const JSON: &str = r#"With `--format json`, one object a line: first each coming letter as
`simulate` prints letters, then each thing held at the first instant:
{"hold":{"kind", "person", "task", "subject", "why"}}. `person` and `task` are
null where a hold concerns nobody or no task in particular. Tasks that have
begun are left out. Last come tasks at risk in those days, by start: {"risk":
{"task", "uid", "recurrence_id", "account", "title", "start", "danger",
"engineer", "left"}}. `danger` is `nobody writes`, `nobody left` or `last
writer`, of whom `left` is the working time in minutes; null for the others."#;

/// What to look at.
#[derive(Debug, clap::Args)]
#[command(after_long_help = JSON)]
pub(super) struct Plan {
    /// How many days to look ahead.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=120))]
    days: u16,
    /// Only this engineer's days, letters and tasks: id, name, alias or address; may be given several times.
    #[arg(long, value_name = "ENGINEER")]
    engineer: Vec<String>,
    /// From where.
    #[command(flatten)]
    vantage: Vantage,
}

/// A letter to come and its instant.
pub(super) type Coming = (Timestamp, Written);

/// Looks ahead and prints.
pub(super) async fn run(session: &Session<'_>, plan: &Plan) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = plan.vantage.now();
    let until = now.saturating_add(SignedDuration::from_hours(24 * i64::from(plan.days))).unwrap_or(Timestamp::MAX);
    let chosen = chosen(&config, &plan.engineer)?;
    let (mut cycle, _store) = Box::pin(plan.vantage.begin(session, &config, now)).await?;
    let Some(present) = Present::of(&mut cycle, now) else { return Ok(WRONG) };
    let (past, outside) = (cycle.past().clone(), Outside { feeds: cycle.inputs().health(), refused: Vec::new() });
    let wanted = |engineer: Option<&EngineerId>| {
        plan.engineer.is_empty() || engineer.is_some_and(|id| chosen.iter().any(|engineer| engineer.id == *id))
    };
    let by_id = |person: &str| wanted(config.team.engineers.values().map(|engineer| &engineer.id).find(|id| id.as_str() == person));
    let hold: Vec<Hold> = present.hold.into_iter().filter(|hold| hold.why != Why::Begun && by_id(&hold.person)).collect();
    let mut coming = ahead(cycle, now, until).await?;
    coming.retain(|(_, written)| written.notices.iter().any(|notice| wanted(notice.to.engineer.as_ref())));
    let desk = &present.desk;
    let theirs = |risk: &Risk| desk.case(&risk.task).is_some_and(|case| case.chain.iter().any(|link| wanted(Some(&link.engineer))));
    let mut risks = desk.risks(&past, &outside, now, until);
    risks.retain(|risk| plan.engineer.is_empty() || theirs(risk));
    let timeline = Timeline { desk, past: &past, outside: &outside, coming: &coming, now, until };
    match session.format {
        Format::Json => print(&lines(&coming, &hold, &risks, desk)?),
        Format::Text => {
            let starts = desk.cases().map(|case| (case.id.clone(), case.start())).collect();
            let whence = whence(past.instants.get(LAST_TURN).copied(), &plan.vantage, now, &config.zone);
            let top = [whence, endangered(&risks, desk, &config), timeline.draw(&chosen), letters(&coming, plan.days, &config.zone)];
            print(&(top.concat() + &held(&hold, &starts, &config.zone) + &change(present.next, &config.zone)))
        }
    }?;
    Ok(0)
}

/// What the answer rests on, where that is not the turns of a state.
fn whence(last_turn: Option<Timestamp>, vantage: &Vantage, now: Timestamp, zone: &Zone) -> String {
    match (vantage.from, last_turn) {
        (None, Some(_)) => String::new(),
        (played, last_turn) => as_of(now, last_turn, played, zone) + "\n\n",
    }
}

/// The engineers who go by those words, each once, or all.
fn chosen<'a>(config: &'a Config, words: &[String]) -> Result<Vec<&'a Engineer>> {
    let all = &config.team.engineers;
    if words.is_empty() {
        return Ok(all.values().collect());
    }
    let known = || all.values().flat_map(|engineer| [engineer.id.as_str(), engineer.name.as_str()]);
    let mut chosen: Vec<&Engineer> = Vec::new();
    for word in words.iter().map(|word| word.trim()) {
        let called: Vec<&Engineer> = all.values().filter(|engineer| is_called(engineer, word)).collect();
        match called.as_slice() {
            [] => return Err(usage(format!("no engineer is called `{word}`{}", suggestion(word, known())))),
            [one] if chosen.iter().any(|known| known.id == one.id) => {}
            [one] => chosen.push(one),
            several => {
                let ids: Vec<&str> = several.iter().map(|engineer| engineer.id.as_str()).collect();
                return Err(usage(format!("`{word}` may be any of the engineers {}; name one by the id", ids.join(", "))));
            }
        }
    }
    Ok(chosen)
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

/// The present answer.
struct Present {
    /// What is known.
    desk: Desk,
    /// What is held.
    hold: Vec<Hold>,
    /// When that next changes.
    next: Option<Timestamp>,
}

impl Present {
    /// Looks; none when nothing can be laid out.
    fn of(cycle: &mut Cycle, now: Timestamp) -> Option<Self> {
        let (desk, plan) = cycle.preview(now)?;
        Some(Self { desk: desk.clone(), hold: plan.hold, next: plan.next })
    }
}

/// Everything as the contract has it.
fn lines(coming: &[Coming], hold: &[Hold], risks: &[Risk], desk: &Desk) -> Result<String> {
    let letters = coming.iter().map(|(at, written)| serde_json::to_string(&json::Letter::new(*at, written)));
    let holds = hold.iter().map(|hold| {
        let person = Some(&hold.person).filter(|person| !person.is_empty());
        let task = hold.task.as_ref().map(TaskId::as_str);
        let (kind, why) = (hold.kind.name(), hold.why.to_string());
        json!({ "hold": { "kind": kind, "person": person, "task": task, "subject": hold.subject, "why": why } })
    });
    let mut lines = letters.collect::<Result<Vec<String>, _>>()?;
    lines.extend(holds.map(|hold| hold.to_string()));
    lines.extend(risks.iter().filter_map(|risk| Some(object(risk, desk.case(&risk.task)?))));
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

/// One task at risk, for programs.
fn object(risk: &Risk, case: &Case) -> String {
    let (danger, engineer, left) = match &risk.danger {
        Danger::NobodyWrites => ("nobody writes", None, None),
        Danger::NobodyLeft => ("nobody left", None, None),
        Danger::LastWriter { engineer, left } => ("last writer", Some(engineer.as_str()), Some(left.as_mins())),
    };
    let risk = json!({
        "task": case.id.as_str(),
        "uid": case.task.identity.uid,
        "recurrence_id": case.task.identity.recurrence_id,
        "account": case.task.account.as_ref().map(crate::people::AccountId::as_str),
        "title": case.task.title,
        "start": case.start().to_string(),
        "danger": danger,
        "engineer": engineer,
        "left": left,
    });
    json!({ "risk": risk }).to_string()
}

/// Tasks at risk, for people.
fn endangered(risks: &[Risk], desk: &Desk, config: &Config) -> String {
    let line = |risk: &Risk| {
        let case = desk.case(&risk.task)?;
        let danger = match &risk.danger {
            Danger::NobodyWrites => "nobody can write it any more; the next word goes to the manager or the last resort".to_owned(),
            Danger::NobodyLeft => "nobody can write it any more, and everybody who is told then has been told".to_owned(),
            Danger::LastWriter { engineer, left } => {
                format!("only {engineer} can write it, with {} of working time left", length(*left))
            }
        };
        Some(format!("  {}, {}  ({})\n      {danger}\n", case.task.title, moment(case.start(), &config.zone), case.id))
    };
    let lines: String = risks.iter().filter_map(line).collect();
    if lines.is_empty() {
        lines
    } else {
        format!("tasks at risk: uncovered, without a briefing, and hardly anybody left to write one\n{lines}\n")
    }
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
    let why = |hold: &Hold| local(&hold.why.to_string(), zone);
    let tasks = tasks.into_iter().map(|((start, task), holds)| {
        let start = start.map(|start| format!(", {}", moment(start, zone))).unwrap_or_default();
        let subject = holds.first().map(|hold| hold.subject.as_str()).unwrap_or_default();
        let lines: Vec<String> = holds.iter().map(|hold| format!("      {}{}: {}\n", hold.kind, person(hold), why(hold))).collect();
        format!("  {subject}{start}  ({task})\n{}", lines.concat())
    });
    let others = hold.iter().filter(|hold| hold.task.is_none()).map(|hold| {
        let subject = if hold.subject.is_empty() { String::new() } else { format!(", {}", local(&hold.subject, zone)) };
        format!("  {}{}{subject}: {}\n", hold.kind, person(hold), why(hold))
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
