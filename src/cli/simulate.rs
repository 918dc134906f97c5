//! `offwatch simulate`: prints every letter as it would go out. The time machine itself is in `simulate`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::chaos::{self, Chaos};
use super::near::suggestion;
use super::session::Session;
use super::{Format, instant, json, print, usage};
use crate::config::Config;
use crate::cycle::Written;
use crate::simulate::{self, Reply, Simulation};

/// What to play.
#[derive(Debug, clap::Args)]
pub(super) struct Simulate {
    /// The first instant, e.g. 2026-12-01T00:00:00Z.
    #[arg(long, value_parser = instant, required_unless_present = "chaos", conflicts_with = "chaos")]
    from: Option<Timestamp>,
    /// The first instant not played any more.
    #[arg(long, value_parser = instant, required_unless_present = "chaos", conflicts_with = "chaos")]
    to: Option<Timestamp>,
    /// People's answers: a CSV file of `at,uid,recurrence_id,done|waived`; a fifth field may name the engineer who answers.
    #[arg(long, value_name = "FILE", conflicts_with = "chaos")]
    briefings: Option<PathBuf>,
    /// Random worlds instead of a configured one.
    #[command(flatten)]
    chaos: Chaos,
}

/// Plays and prints.
pub(super) async fn run(session: &Session<'_>, simulate: &Simulate) -> Result<u8> {
    if let Some(seeds) = simulate.chaos.seeds() {
        return chaos::run(&simulate.chaos, seeds, session.format);
    }
    let (from, to) = simulate.from.zip(simulate.to).ok_or_else(chaos::no_span)?;
    if to <= from {
        return Err(usage(format!("`--to` must be later than `--from`: the span ends ({to}) before it begins ({from})")));
    }
    let config = Arc::new(session.load()?);
    let mut play = stage(&config, from, to, simulate.briefings.as_deref()).await?;
    while let Some((at, report)) = play.play().await? {
        let text: Result<String> = report.letters.iter().map(|written| letter(at, written, &config, session.format)).collect();
        print(&text?)?;
    }
    Ok(0)
}

/// Sets the stage for `[from, to)`: what the feeds of `config` have recorded, and people's answers.
pub(super) async fn stage(config: &Arc<Config>, from: Timestamp, to: Timestamp, briefings: Option<&Path>) -> Result<Simulation> {
    let replies = briefings.map_or_else(|| Ok(Vec::new()), replies)?;
    let world = simulate::world(config, from).await.map_err(|error| match error.downcast_ref::<simulate::Unusable>() {
        Some(unusable) => usage(unusable.to_string()),
        None => error,
    })?;
    if let Some(path) = briefings {
        refuse_strangers(path, &replies, &simulate::task_uids(config, &world))?;
    }
    let replies = replies.into_iter().map(|(_, reply)| reply).collect();
    Simulation::new(Arc::clone(config), world, replies, from, to).await
}

/// Refuses answers to tasks that no recording ever shows, each with its line.
fn refuse_strangers(path: &Path, replies: &[(usize, Reply)], known: &BTreeSet<String>) -> Result<()> {
    let strangers = replies.iter().filter(|(_, reply)| !known.contains(&reply.uid));
    let lines: Vec<String> = strangers
        .map(|(line, reply)| {
            let near = suggestion(&reply.uid, known.iter().map(String::as_str));
            format!("{}:{line}: no recording of a tasks feed ever shows the UID `{}`{near}", path.display(), reply.uid)
        })
        .collect();
    if lines.is_empty() { Ok(()) } else { Err(usage(lines.join("\n"))) }
}

/// One letter: an object a line, or the letter itself under a heading.
fn letter(at: Timestamp, written: &Written, config: &Config, format: Format) -> Result<String> {
    if format == Format::Json {
        return Ok(serde_json::to_string(&json::Letter::new(at, written))? + "\n");
    }
    let why = written.notices.iter().map(|notice| {
        let stage = notice.stage.as_ref().map(|stage| format!(" ({stage})")).unwrap_or_default();
        format!("--- {}{stage}: {}\n", notice.kind, notice.reason)
    });
    let (to, why) = (&written.letter.to, why.collect::<String>());
    Ok(format!("=== {at}  to {to}\n{why}Subject: {}\n\n{}\n", written.letter.subject, written.text(config, at)))
}

/// Reads people's answers, each with its line. An optional first line of names is passed over.
pub(crate) fn replies(path: &Path) -> Result<Vec<(usize, Reply)>> {
    let unreadable = |error: std::io::Error| usage(format!("the answers of `--briefings` cannot be read: `{}`: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let mut replies = Vec::new();
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').map(|field| field.trim().trim_matches('"')).collect();
        if place == 0 && fields.first() == Some(&"at") {
            continue;
        }
        let bad = |why: &str| usage(format!("{}:{}: {why}; a line is `at,uid,recurrence_id,done|waived`", path.display(), place + 1));
        let (fields, by) = match fields.as_slice() {
            [fields @ .., by] if fields.len() == 4 => (fields, (!by.is_empty()).then(|| (*by).to_owned())),
            fields => (fields, None),
        };
        let [at, uid, recurrence_id, word] = fields else { return Err(bad("it does not have four fields")) };
        let at = instant(at).map_err(|why| bad(&why))?;
        let waived = match *word {
            "done" => false,
            "waived" => true,
            other => return Err(bad(&format!("`{other}` is neither `done` nor `waived`"))),
        };
        let recurrence_id = (!recurrence_id.is_empty()).then(|| (*recurrence_id).to_owned());
        replies.push((place + 1, Reply { at, uid: (*uid).to_owned(), recurrence_id, waived, by }));
    }
    Ok(replies)
}
