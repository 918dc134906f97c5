//! `offwatch calendar`: the calendar that an engineer subscribes to, as it is now: the file itself, for whatever serves files;
//! or the address at which the daemon serves it.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::Timestamp;

use super::near::suggestion;
use super::session::{self, Session};
use super::{WRONG, instant, usage};
use crate::people::EngineerId;

/// Whose.
#[derive(Debug, clap::Args)]
pub(super) struct Calendar {
    /// The engineer's id.
    #[arg(value_name = "ENGINEER")]
    engineer: String,
    /// The instant to look from; now when not given.
    #[arg(long, value_parser = instant, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// Print the address to subscribe to, at which the daemon serves it. Whoever has it may read the calendar.
    #[arg(long, conflicts_with = "at")]
    url: bool,
}

/// Looks and prints.
pub(super) async fn run(session: &Session<'_>, calendar: &Calendar) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let all = &config.team.engineers;
    let Some(engineer) = calendar.engineer.parse().ok().filter(|id| all.contains_key(id)) else {
        let near = suggestion(&calendar.engineer, all.keys().map(EngineerId::as_str));
        return Err(usage(format!("no engineer has the id `{}`{near}", calendar.engineer)));
    };
    if calendar.url {
        let Some(url) = config.signer().and_then(|signer| signer.calendar(&engineer)) else {
            bail!("no calendar is served: that needs `public_url`, `pages` and `link_keys_file` in [service]");
        };
        super::print(&format!("{url}\n"))?;
        return Ok(0);
    }
    let at = session::at(calendar.at);
    let (mut cycle, _store) = session.reading(&config, at).await?;
    if cycle.preview(at).is_none() {
        return Ok(WRONG);
    }
    let Some(text) = cycle.calendar(&engineer, at) else { return Ok(WRONG) };
    // The bytes themselves: line ends are part of the format, and no line of it holds what could steer a terminal.
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(0)
}
