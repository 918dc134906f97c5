//! `offwatch run`: the daemon.

use anyhow::Result;

use super::session::Session;
use crate::daemon::Daemon;

/// Runs until told to stop.
pub(super) async fn run(session: &Session<'_>) -> Result<u8> {
    let config = session.load()?;
    let daemon = Daemon::start(session.config.to_owned(), session.surroundings.folders.clone(), config).await?;
    Box::pin(daemon.run()).await?;
    Ok(0)
}
