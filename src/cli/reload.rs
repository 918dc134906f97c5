//! `offwatch reload`: has the running daemon take a changed configuration. A bad one is refused here, before it is asked.

use anyhow::{Context as _, Result, anyhow};
use rustix::process::{Pid, Signal, kill_process};

use super::session::Session;
use crate::store::Lock;

/// Checks the configuration and signals the daemon.
pub(super) fn run(session: &Session<'_>) -> Result<u8> {
    let config = session.load()?;
    let nobody = || anyhow!("no daemon runs here on the state {}: start it with `offwatch run`", config.state);
    let pid = Lock::holder(config.state.seat()).ok_or_else(nobody)?;
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or_else(nobody)?;
    kill_process(pid, Signal::HUP).with_context(|| format!("signalling the daemon (process {})", pid.as_raw_nonzero()))?;
    Ok(0)
}
