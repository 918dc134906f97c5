//! `offwatch feeds`: how each feed is; `feeds fetch` and `check --feeds` ask them now; `feeds accept` takes what the
//! brake holds back.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use jiff::Timestamp;
use serde_json::json;

use super::session::{self, Session};
use super::{Format, WRONG, near, print, usage};
use crate::clock;
use crate::config::Config;
use crate::cycle::{Cycle, FeedState};
use crate::people::FeedName;
use crate::store::{FeedCopy, Store};

/// What to do with feeds.
#[derive(Debug, clap::Args)]
pub(super) struct Feeds {
    /// What to do.
    #[command(subcommand)]
    action: Action,
}

/// What can be done with feeds.
#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show each feed's last good fetch and what the tries after it said.
    List,
    /// Fetch feeds now and keep the copies; a running daemon sees them before its next turn.
    Fetch {
        /// Only these; all when none is named.
        names: Vec<String>,
    },
    /// Take what is held back of a feed that lost many of its future events; a running daemon sees it before its next turn.
    Accept {
        /// Which feed.
        name: String,
    },
}

/// Lists or fetches.
pub(super) async fn run(session: &Session<'_>, feeds: &Feeds) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = clock::now();
    match &feeds.action {
        Action::List => {
            let store = session.store(&config).await?;
            let mut cycle = Cycle::resume(config, &store).await?;
            show(session, cycle.inputs().feeds(), now)?;
            Ok(0)
        }
        Action::Fetch { names } => {
            for name in names {
                named(&config, name)?;
            }
            let wanted = |feed: &&crate::feeds::Feed| names.is_empty() || names.iter().any(|name| name == feed.role.name.as_str());
            let names: Vec<FeedName> = config.feeds.iter().filter(wanted).map(|feed| feed.role.name.clone()).collect();
            let store = Store::open(&config.state).await?;
            let mut cycle = Cycle::resume(Arc::clone(&config), &store).await?;
            session::fetch(&mut cycle, &names, now).await;
            session::keep(&mut cycle, &names, &store).await?;
            let fetched: Vec<FeedState> = cycle.inputs().feeds().iter().filter(|state| names.contains(&state.copy.feed)).cloned().collect();
            show(session, &fetched, now)
        }
        Action::Accept { name } => {
            let feed = named(&config, name)?;
            let store = session.existing(&config).await?;
            let Some(copy) = store.accept(&feed, now).await? else {
                return Err(anyhow!("nothing is held back of feed `{feed}`; `offwatch feeds list` shows how it is"));
            };
            // Written back into the one file: this process is gone in a moment.
            store.close().await;
            accepted(session, &copy)
        }
    }
}

/// The feed of that name in the configuration.
fn named(config: &Config, name: &str) -> Result<FeedName> {
    let all = || config.feeds.iter().map(|feed| &feed.role.name);
    let found = all().find(|known| known.as_str() == name).cloned();
    found.ok_or_else(|| {
        let near = near::suggestion(name, all().map(FeedName::as_str));
        let names: Vec<&str> = all().map(FeedName::as_str).collect();
        usage(format!("no feed is named `{name}`{near}; there are {}", names.join(", ")))
    })
}

/// Prints what has come into force.
fn accepted(session: &Session<'_>, copy: &FeedCopy) -> Result<u8> {
    let Some(hold) = &copy.hold else { return Ok(WRONG) };
    let line = match session.format {
        Format::Json => json!({
            "feed": copy.feed.as_str(),
            "fetched": copy.fetched.map(|at| at.to_string()),
            "changed": copy.changed.map(|at| at.to_string()),
            "missing": hold.missing,
            "of": hold.of,
        })
        .to_string(),
        Format::Text => format!("accepted: feed `{}` is in force without {} of {} future events", copy.feed, hold.missing, hold.of),
    };
    print(&format!("{line}\n"))?;
    Ok(0)
}

/// Fetches all feeds without keeping anything, and says how each answered.
pub(super) async fn all(session: &Session<'_>, config: Config) -> Result<u8> {
    let now = session::at(None);
    let names: Vec<FeedName> = config.feeds.iter().map(|feed| feed.role.name.clone()).collect();
    let mut cycle = Cycle::resume(Arc::new(config), &Store::memory()).await?;
    session::fetch(&mut cycle, &names, now).await;
    show(session, cycle.inputs().feeds(), now)
}

/// Prints how feeds are; 1 when one fails or is held back.
fn show(session: &Session<'_>, feeds: &[FeedState], now: Timestamp) -> Result<u8> {
    for state in feeds {
        let copy = &state.copy;
        let age = copy.fetched.map(|fetched| crate::working::written(now.duration_since(fetched).max(jiff::SignedDuration::ZERO)));
        let next = copy.tried.and_then(|tried| state.next_try(tried));
        let line = match session.format {
            Format::Json => json!({
                "feed": copy.feed.as_str(),
                "fetched": copy.fetched.map(|at| at.to_string()),
                "changed": copy.changed.map(|at| at.to_string()),
                "failing_since": copy.failing_since.map(|at| at.to_string()),
                "error": copy.error,
                "next_try": next.map(|at| at.to_string()),
                "bytes": copy.body.as_ref().map(|body| body.len()),
                "held": copy.standing().map(|hold| json!({
                    "since": hold.since.to_string(),
                    "missing": hold.missing,
                    "of": hold.of,
                    "fetches": hold.fetches,
                    "due": state.due().map(|due| due.to_string()),
                })),
            })
            .to_string(),
            Format::Text => {
                let good = age.map_or_else(|| "never read".to_owned(), |age| format!("read {age} ago"));
                let bytes = copy.body.as_ref().map(|body| format!(", {} bytes", body.len())).unwrap_or_default();
                let error = copy.error.as_ref().map(|error| format!("; failing: {error}")).unwrap_or_default();
                let next = next.map(|next| format!("; next try of a daemon {}", seconds(next))).unwrap_or_default();
                format!("{}  {good}{bytes}{error}{}{next}", copy.feed, held(state))
            }
        };
        print(&format!("{line}\n"))?;
    }
    let trouble = |state: &FeedState| state.copy.failing_since.is_some() || state.copy.standing().is_some();
    Ok(if feeds.iter().any(trouble) { WRONG } else { 0 })
}

/// An instant without what people do not read.
fn seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// What the brake holds back, since when, until when.
fn held(state: &FeedState) -> String {
    let Some(hold) = state.copy.standing() else { return String::new() };
    let due = state.due().map(|due| format!("taken by itself at {due}, or ")).unwrap_or_default();
    format!(
        "; held back since {}: it lacks {} of {} future events, in {}; {due}at once by `offwatch feeds accept {}`",
        hold.since,
        hold.missing,
        hold.of,
        if hold.fetches == 1 { "1 fetch".to_owned() } else { format!("{} fetches", hold.fetches) },
        state.copy.feed
    )
}
