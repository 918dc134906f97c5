//! What every command starts from: the surroundings, the configuration, the state, the calendars.
//! The one place that reads the environment.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;

use super::{Format, logging};
use crate::clock;
use crate::config::{self, Config, Context};
use crate::cycle::{Cycle, Fetching};
use crate::feeds::{Client, Secret};
use crate::people::FeedName;
use crate::store::Store;

/// What the environment says.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// Folders that the service manager gives.
    pub(super) folders: Context,
    /// Who types, as far as the system says: a login name.
    pub(super) login: Option<String>,
    /// What decides about the log.
    pub(super) logs: logging::Surroundings,
    /// Where a rehearsal is to end this process, as it stands there.
    pub(super) crash: Option<String>,
}

impl Surroundings {
    /// Reads the environment, once.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub(super) fn read() -> Self {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let first = |value: String| value.split(':').next().map(PathBuf::from);
        Self {
            folders: Context {
                state_directory: var("STATE_DIRECTORY").and_then(first),
                runtime_directory: var("RUNTIME_DIRECTORY").and_then(first),
                credentials_directory: var("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            },
            // Whoever became another user is still the one who types.
            login: var("SUDO_USER").or_else(|| var("USER")).or_else(|| var("LOGNAME")),
            logs: logging::Surroundings {
                levels: var("OFFWATCH_LOG"),
                journal_stream: var("JOURNAL_STREAM"),
                no_color: var("NO_COLOR").is_some(),
            },
            crash: var("OFFWATCH_CRASH"),
        }
    }
}

/// What a command was given.
#[derive(Debug)]
pub(super) struct Session<'a> {
    /// The configuration file.
    pub(super) config: &'a Path,
    /// How answers are printed.
    pub(super) format: Format,
    /// What the environment says.
    pub(super) surroundings: Surroundings,
}

impl Session<'_> {
    /// The configuration, its warnings logged.
    pub(super) fn load(&self) -> Result<Config> {
        let config = config::load(self.config, &self.surroundings.folders)?;
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        Ok(config)
    }

    /// The state of `config`, beside a daemon that may run; an empty one in memory when there is none yet.
    pub(super) async fn store(&self, config: &Config) -> Result<Store> {
        if config.state.is_missing() { Ok(Store::memory()) } else { Ok(Store::open(&config.state).await?) }
    }

    /// The state of `config` for a command that changes something in it, beside a daemon that may run; there must be one.
    pub(super) async fn existing(&self, config: &Config) -> Result<Store> {
        if config.state.is_missing() {
            bail!("there is no state {} yet: `offwatch run` or `offwatch once` makes it", config.state);
        }
        Ok(Store::open(&config.state).await?)
    }

    /// The turns at `now` for a command that only reads: stored copies, and a fetch of feeds that have none.
    pub(super) async fn reading(&self, config: &Arc<Config>, now: Timestamp) -> Result<(Cycle, Store)> {
        let store = self.store(config).await?;
        let mut cycle = Cycle::resume(Arc::clone(config), &store).await?;
        let missing: Vec<FeedName> =
            cycle.inputs().feeds().iter().filter(|state| state.copy.fetched.is_none()).map(|state| state.copy.feed.clone()).collect();
        fetch(&mut cycle, &missing, now).await;
        Ok((cycle, store))
    }
}

/// Fetches feeds into `cycle`, side by side, and logs what fails.
pub(super) async fn fetch(cycle: &mut Cycle, names: &[FeedName], now: Timestamp) {
    let mut fetching = Fetching::new();
    let inputs = cycle.inputs();
    for state in inputs.feeds().iter().filter(|state| names.contains(&state.copy.feed)) {
        fetching.ask(state, inputs.previous(&state.copy.feed), now);
    }
    for answer in fetching.all().await {
        inputs.hear(answer, now);
    }
    for state in inputs.feeds().iter().filter(|state| names.contains(&state.copy.feed)) {
        if let Some(error) = &state.copy.error {
            tracing::warn!(feed = %state.copy.feed, "{error}");
        }
        if let Some(braked) = state.braked(now) {
            tracing::warn!(feed = %state.copy.feed, "{braked}");
        }
    }
}

/// The bytes of a calendar that is no feed: of a file, an address, or standard input (`-`).
pub(super) async fn bytes(source: &str, now: Timestamp) -> Result<Vec<u8>> {
    if source == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).context("reading standard input")?;
        return Ok(bytes);
    }
    if !source.contains("://") {
        return std::fs::read(source).with_context(|| format!("reading `{source}`"));
    }
    let url = Secret::new(source.to_owned());
    match Client::new().bytes(&url, now).await {
        Ok(bytes) => Ok(bytes),
        Err(why) => bail!("fetching the address: {why}"),
    }
}

/// Keeps the copies of those feeds in `store`; what a daemon knows of others is left alone.
pub(super) async fn keep(cycle: &mut Cycle, names: &[FeedName], store: &Store) -> Result<()> {
    let fetched = cycle.inputs().feeds().iter().map(|state| &state.copy).filter(|copy| names.contains(&copy.feed));
    let refused = store.save_copies(&fetched.cloned().collect::<Vec<_>>()).await?;
    cycle.give_way(store, &refused).await
}

/// The instant a reading command speaks of: what was asked for, else the present.
pub(super) fn at(asked: Option<Timestamp>) -> Timestamp {
    asked.unwrap_or_else(|| {
        let now = clock::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    })
}
