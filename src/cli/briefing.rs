//! `offwatch briefing`: people say that a briefing is written or not needed, hand it on, put it off, and take that back; and
//! what wants one is listed.
//! Writes beside a running daemon, which sees it before its next turn or letter.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use super::moment::moment;
use super::near::suggestion;
use super::session::{self, Session};
use super::wish::{self, WISHED, author};
use super::{Format, WRONG, instant, print, usage};
use crate::agenda::{History, Sighting, TaskId};
use crate::clock;
use crate::cycle::Cycle;
use crate::people::AccountId;
use crate::plan::{Answer, Case, Desk, Past};
use crate::zone::Zone;

/// The contract of what is noted, for programs.
const NOTED: &str = r#"With `--format json`, one object: {"task", "uid", "recurrence_id", "state",
"by", "note", "at"}; absent facts are null."#;

/// The contract of the list for programs.
const LISTED: &str = r#"With `--format json`, one object a line, by start: {"task", "uid",
"recurrence_id", "account", "title", "start", "state", "writer", "deadline"}.
`state` is `wanted`, `asked`, `written` or `waived`; `writer` and `deadline`
are null when nobody is to write it. Where people wished so, there are also
"given" {"to", "by", "at"} and "snoozed" [{"engineer", "until"}]."#;

/// What to do with briefings.
#[derive(Debug, clap::Args)]
pub(super) struct Briefings {
    /// What to do.
    #[command(subcommand)]
    action: Action,
}

/// What can be done with briefings.
#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Say that the briefing of a task is written.
    #[command(after_long_help = NOTED)]
    Done(Word),
    /// Say that a task needs no briefing.
    #[command(after_long_help = NOTED)]
    Waive(Word),
    /// Be reminded later: whoever is to write it is not asked before, but always at their last lead.
    #[command(after_long_help = WISHED)]
    Snooze {
        /// The task: its id as in offwatch's letters, or the UID of its event when only one task to come has it.
        task: String,
        /// Until when.
        #[arg(long, value_parser = instant, value_name = "INSTANT")]
        until: Timestamp,
        /// Who wishes so: an engineer's id; whoever is to write it when not given.
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
    /// Hand a briefing to somebody else who could write it; who had it is asked no more.
    #[command(after_long_help = WISHED)]
    Hand {
        /// The task: its id as in offwatch's letters, or the UID of its event when only one task to come has it.
        task: String,
        /// To whom: an engineer's id.
        #[arg(long, value_name = "ENGINEER")]
        to: String,
        /// Who says so; whoever is logged in when not given.
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
    /// Take back what was said last of a task, by command or by link.
    #[command(after_long_help = WISHED)]
    Undo {
        /// The task: its id as in offwatch's letters, or the UID of its event when only one task to come has it.
        task: String,
        /// Who says so; whoever is logged in when not given.
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
    /// List uncovered tasks to come and what is known of their briefings.
    #[command(after_long_help = LISTED)]
    List {
        /// The instant to look at; now when not given.
        #[arg(long, value_parser = instant, value_name = "INSTANT")]
        at: Option<Timestamp>,
    },
}

/// What somebody says of a briefing.
#[derive(Debug, clap::Args)]
struct Word {
    /// The task: its id as in offwatch's letters, or the UID of its event when only one task to come has it.
    task: String,
    /// Who says so; whoever is logged in when not given.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Why, or where the briefing is.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Notes or lists.
pub(super) async fn run(session: &Session<'_>, briefings: &Briefings) -> Result<u8> {
    match &briefings.action {
        Action::Done(word) => note(session, word, false).await,
        Action::Waive(word) => note(session, word, true).await,
        Action::Snooze { task, until, by } => wish::snooze(session, task, *until, by.as_deref()).await,
        Action::Hand { task, to, by } => wish::hand(session, task, to, by.as_deref()).await,
        Action::Undo { task, by } => wish::undo(session, task, by.as_deref()).await,
        Action::List { at } => list(session, *at).await,
    }
}

/// Keeps what somebody says.
async fn note(session: &Session<'_>, word: &Word, waived: bool) -> Result<u8> {
    let config = session.load()?;
    let store = session.existing(&config).await?;
    let now = clock::now();
    let history = store.history().await?;
    let sighting = task(&word.task, &history, now)?;
    let by = author(session, word.by.as_deref());
    let answer = Answer { task: sighting.id.clone(), waived, at: now, by, note: word.note.clone() };
    store.answer(&answer).await?;
    store.close().await;
    print(&noted(session.format, sighting, &answer))?;
    Ok(0)
}

/// What was noted.
fn noted(format: Format, sighting: &Sighting, answer: &Answer) -> String {
    let state = if answer.waived { "waived" } else { "written" };
    let identity = sighting.thing.identity();
    if format == Format::Json {
        let line = json!({
            "task": sighting.id.as_str(),
            "uid": identity.uid,
            "recurrence_id": identity.recurrence_id,
            "state": state,
            "by": answer.by,
            "note": answer.note,
            "at": answer.at.to_string(),
        });
        return format!("{line}\n");
    }
    format!("noted: the briefing of {} is {state}\n", label(sighting))
}

/// A task's id, start and title.
pub(super) fn label(sighting: &Sighting) -> String {
    let title = sighting.thing.task().map(|task| task.title.as_str()).unwrap_or_default();
    format!("`{}` ({title}, {})", sighting.id, sighting.thing.start())
}

/// The task that `word` names: by its id, else the one task to come of that UID.
pub(super) fn task<'a>(word: &str, history: &'a History, now: Timestamp) -> Result<&'a Sighting> {
    let tasks = || history.values().filter(|sighting| sighting.thing.task().is_some());
    if let Some(sighting) = tasks().find(|sighting| sighting.id.as_str() == word) {
        return Ok(sighting);
    }
    let coming = |sighting: &&Sighting| sighting.stands() && sighting.thing.end() > now;
    let named: Vec<&Sighting> = tasks().filter(|sighting| sighting.thing.identity().uid == word).collect();
    let ahead: Vec<&Sighting> = named.iter().copied().filter(coming).collect();
    match ahead.as_slice() {
        [only] => Ok(only),
        [] if named.is_empty() => {
            let known = tasks().filter(coming).flat_map(|sighting| [sighting.id.as_str(), &sighting.thing.identity().uid]);
            Err(usage(format!("no task has the id or UID `{word}`{}", suggestion(word, known))))
        }
        [] => Err(usage(format!("no task to come has the UID `{word}`; name one by its id: {}", labels(named)))),
        several => Err(usage(format!("{} tasks to come have the UID `{word}`; name one by its id: {}", several.len(), labels(ahead)))),
    }
}

/// Tasks by start.
fn labels(mut tasks: Vec<&Sighting>) -> String {
    tasks.sort_by_key(|sighting| sighting.thing.start());
    tasks.into_iter().map(label).collect::<Vec<_>>().join(", ")
}

/// Lists what is uncovered.
async fn list(session: &Session<'_>, at: Option<Timestamp>) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = session::at(at);
    let (mut cycle, _store) = session.reading(&config, now).await?;
    let past = seen(&mut cycle, now);
    let Some((desk, _)) = cycle.preview(now) else { return Ok(WRONG) };
    let mut cases: Vec<&Case> = desk.cases().filter(|case| case.stands && case.uncovered && now < case.start()).collect();
    cases.sort_by_key(|case| (case.start(), &case.id));
    if cases.is_empty() && session.format == Format::Text {
        print("no uncovered task lies ahead\n")?;
    }
    for case in cases {
        print(&line(session.format, case, desk, &past, now, &config.zone))?;
    }
    Ok(0)
}

/// What earlier turns left behind, once the feeds have been looked at.
pub(super) fn seen(cycle: &mut Cycle, now: Timestamp) -> Past {
    cycle.preview(now);
    cycle.past().clone()
}

/// One task.
fn line(format: Format, case: &Case, desk: &Desk, past: &Past, now: Timestamp, usual: &Zone) -> String {
    let state = desk.briefing(case, past, now).name();
    let writer = desk.writer(case, past, now);
    let deadline = writer.as_ref().and_then(|(_, deadline)| *deadline);
    let account = case.task.account.as_ref().map(AccountId::as_str);
    let given = desk.handing(case, past);
    let snoozed = desk.snoozes(case, past, now);
    if format == Format::Json {
        let mut line = json!({
            "task": TaskId::as_str(&case.id),
            "uid": case.task.identity.uid,
            "recurrence_id": case.task.identity.recurrence_id,
            "account": account,
            "title": case.task.title,
            "start": case.start().to_string(),
            "state": state,
            "writer": writer.as_ref().map(|(engineer, _)| engineer.as_str()),
            "deadline": deadline.map(|deadline| deadline.to_string()),
        });
        if let (Some(given), Some(line)) = (given, line.as_object_mut()) {
            let object = json!({ "to": given.to.as_str(), "by": given.by, "at": given.at.to_string() });
            line.insert("given".to_owned(), object);
        }
        if let (false, Some(line)) = (snoozed.is_empty(), line.as_object_mut()) {
            let rows = snoozed.iter().map(|(who, until)| json!({ "engineer": who.as_str(), "until": until.to_string() }));
            line.insert("snoozed".to_owned(), rows.collect());
        }
        return format!("{line}\n");
    }
    let zone = writer.as_ref().and_then(|(engineer, _)| desk.scene().team.engineers.get(engineer)).map_or(usual, |engineer| &engineer.zone);
    let by = deadline.map(|deadline| format!(" by {}", moment(deadline, zone))).unwrap_or_default();
    let writer = writer.map(|(engineer, _)| format!(", {engineer} is to write it{by}")).unwrap_or_default();
    let account = account.unwrap_or("no account");
    let given = given.map(|given| format!(", given by {}", given.by)).unwrap_or_default();
    let put_off = snoozed.iter().map(|(who, until)| format!(", {who} is not asked before {}", moment(*until, zone)));
    let writer = format!("{writer}{given}{}", put_off.collect::<String>());
    format!("{}  {}  {account}: {}  {state}{writer}\n", case.id, moment(case.start(), zone), case.task.title)
}
