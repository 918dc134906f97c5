//! `offwatch simulate`: prints every letter as it would go out. The time machine itself is in `simulate`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use super::session::Session;
use super::{Format, instant, json, print, usage};
use crate::config::Config;
use crate::cycle::Written;
use crate::simulate::{self, Reply, Simulation};

/// What to play.
#[derive(Debug, clap::Args)]
pub(super) struct Simulate {
    /// The first instant, e.g. 2026-12-01T00:00:00Z.
    #[arg(long, value_parser = instant)]
    from: Timestamp,
    /// The first instant not played any more.
    #[arg(long, value_parser = instant)]
    to: Timestamp,
    /// People's answers: a CSV file of `at,uid,recurrence_id,done|waived`.
    #[arg(long, value_name = "FILE")]
    briefings: Option<PathBuf>,
}

/// Plays and prints.
pub(super) async fn run(session: &Session<'_>, simulate: &Simulate) -> Result<u8> {
    if simulate.to <= simulate.from {
        return Err(usage(format!("the span ends ({}) before it begins ({})", simulate.to, simulate.from)));
    }
    let config = Arc::new(session.load()?);
    let replies = simulate.briefings.as_deref().map_or_else(|| Ok(Vec::new()), replies)?;
    let world = simulate::world(&config, simulate.from).await?;
    let mut play = Simulation::new(Arc::clone(&config), world, replies, simulate.from, simulate.to).await?;
    while let Some((at, report)) = play.play().await? {
        let text: Result<String> = report.letters.iter().map(|written| letter(at, written, &config, session.format)).collect();
        print(&text?)?;
    }
    Ok(0)
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

/// Reads people's answers. An optional first line of names is passed over.
fn replies(path: &Path) -> Result<Vec<Reply>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading `{}`", path.display()))?;
    let mut replies = Vec::new();
    for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').map(|field| field.trim().trim_matches('"')).collect();
        if place == 0 && fields.first() == Some(&"at") {
            continue;
        }
        let bad = |why: &str| usage(format!("{}:{}: {why}; a line is `at,uid,recurrence_id,done|waived`", path.display(), place + 1));
        let [at, uid, recurrence_id, word] = fields.as_slice() else { return Err(bad("it does not have four fields")) };
        let at = instant(at).map_err(|why| bad(&why))?;
        let waived = match *word {
            "done" => false,
            "waived" => true,
            other => return Err(bad(&format!("`{other}` is neither `done` nor `waived`"))),
        };
        let recurrence_id = (!recurrence_id.is_empty()).then(|| (*recurrence_id).to_owned());
        replies.push(Reply { at, uid: (*uid).to_owned(), recurrence_id, waived });
    }
    Ok(replies)
}
