//! `offwatch demo`: the shipped world, played in a blink: a timeline on the screen, every letter in a folder.

use anyhow::Result;

use super::session::Session;

/// Where the letters go.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {}

/// Plays the shipped world.
pub(super) async fn run(_session: &Session<'_>, _demo: &Demo) -> Result<u8> {
    Ok(0)
}
