//! From where `explain` and `plan` look: at which instant, and after which turns, those of the state or of recordings played
//! first. Writes nothing: what is played stays in memory.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::session::{self, Session};
use super::{instant, simulate, usage};
use crate::config::Config;
use crate::cycle::Cycle;
use crate::simulate::Simulation;
use crate::store::Store;

/// What the command line says of it.
#[derive(Debug, clap::Args)]
pub(super) struct Vantage {
    /// The instant to look from; now when not given. An instant in the past is answered with what is known now.
    #[arg(long, value_parser = instant, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// Play the recordings from this instant to `--at` first, as `simulate` does, and leave the state alone.
    #[arg(long, value_parser = instant, value_name = "INSTANT", requires = "at")]
    pub(super) from: Option<Timestamp>,
    /// With `--from`: people's answers, a CSV file of `at,uid,recurrence_id,done|waived`.
    #[arg(long, value_name = "FILE", requires = "from")]
    briefings: Option<PathBuf>,
}

impl Vantage {
    /// The instant.
    pub(super) fn now(&self) -> Timestamp {
        session::at(self.at)
    }

    /// The turns up to `now`: those of the state, or with `--from` those of the recordings.
    pub(super) async fn begin(&self, session: &Session<'_>, config: &Arc<Config>, now: Timestamp) -> Result<(Cycle, Store)> {
        let Some(from) = self.from else { return session.reading(config, now).await };
        if now < from {
            return Err(usage(format!("`--at` must not be earlier than `--from`: the span ends ({now}) before it begins ({from})")));
        }
        let until = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX);
        let mut play = simulate::stage(config, from, until, self.briefings.as_deref()).await?;
        while play.play().await?.is_some() {}
        Ok(Simulation::into_parts(play))
    }
}
