//! `offwatch feeds`: how each feed is; `feeds fetch` and `check --feeds` ask them now.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use super::session::{self, Session};
use super::{Format, WRONG, print, usage};
use crate::config::Config;
use crate::cycle::{Cycle, FeedState};
use crate::people::FeedName;
use crate::store::Store;

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
}

/// Lists or fetches.
pub(super) async fn run(session: &Session<'_>, feeds: &Feeds) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = session::at(None);
    match &feeds.action {
        Action::List => {
            let store = session.store(&config).await?;
            let mut cycle = Cycle::resume(config, &store).await?;
            show(session, cycle.inputs().feeds(), now)?;
            Ok(0)
        }
        Action::Fetch { names } => {
            let known = |name: &&String| !config.feeds.iter().any(|feed| feed.role.name.as_str() == name.as_str());
            if let Some(unknown) = names.iter().find(known) {
                let all: Vec<&str> = config.feeds.iter().map(|feed| feed.role.name.as_str()).collect();
                return Err(usage(format!("no feed is named `{unknown}`; there are {}", all.join(", "))));
            }
            let wanted = |feed: &&crate::feeds::Feed| names.is_empty() || names.iter().any(|name| name == feed.role.name.as_str());
            let names: Vec<FeedName> = config.feeds.iter().filter(wanted).map(|feed| feed.role.name.clone()).collect();
            let store = Store::open(&config.state).await?;
            let mut cycle = Cycle::resume(Arc::clone(&config), &store).await?;
            session::fetch(&mut cycle, &names, now).await;
            session::keep(&mut cycle, &store).await?;
            let fetched: Vec<FeedState> = cycle.inputs().feeds().iter().filter(|state| names.contains(&state.copy.feed)).cloned().collect();
            show(session, &fetched, now)
        }
    }
}

/// Fetches all feeds without keeping anything, and says how each answered.
pub(super) async fn all(session: &Session<'_>, config: Config) -> Result<u8> {
    let now = session::at(None);
    let names: Vec<FeedName> = config.feeds.iter().map(|feed| feed.role.name.clone()).collect();
    let mut cycle = Cycle::resume(Arc::new(config), &Store::memory()).await?;
    session::fetch(&mut cycle, &names, now).await;
    show(session, cycle.inputs().feeds(), now)
}

/// Prints how feeds are; 1 when one fails.
fn show(session: &Session<'_>, feeds: &[FeedState], now: Timestamp) -> Result<u8> {
    for state in feeds {
        let copy = &state.copy;
        let age = copy.fetched.map(|fetched| crate::working::written(now.duration_since(fetched).max(jiff::SignedDuration::ZERO)));
        let line = match session.format {
            Format::Json => json!({
                "feed": copy.feed.as_str(),
                "fetched": copy.fetched.map(|at| at.to_string()),
                "changed": copy.changed.map(|at| at.to_string()),
                "failing_since": copy.failing_since.map(|at| at.to_string()),
                "error": copy.error,
                "bytes": copy.body.as_ref().map(Vec::len),
            })
            .to_string(),
            Format::Text => {
                let good = age.map_or_else(|| "never read".to_owned(), |age| format!("read {age} ago"));
                let bytes = copy.body.as_ref().map(|body| format!(", {} bytes", body.len())).unwrap_or_default();
                let error = copy.error.as_ref().map(|error| format!("; failing: {error}")).unwrap_or_default();
                format!("{}  {good}{bytes}{error}", copy.feed)
            }
        };
        print(&format!("{line}\n"))?;
    }
    Ok(if feeds.iter().any(|state| state.copy.failing_since.is_some()) { WRONG } else { 0 })
}
