//! Writes a world down as recordings that `offwatch simulate` replays. Plays nothing.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Verdict;
use super::world::World;

/// Writes the world of `verdict` into `folder`: the configuration, a folder for each feed, the answers, and how to replay it.
pub(super) fn keep(verdict: &Verdict, folder: &Path, command: &str) -> Result<()> {
    let world = &verdict.world;
    fs::create_dir_all(folder).with_context(|| format!("making the folder `{}`", folder.display()))?;
    let write = |name: &str, text: &[u8]| fs::write(folder.join(name), text).with_context(|| format!("writing `{name}`"));
    write("offwatch.toml", world.toml().as_bytes())?;
    write("briefings.csv", briefings(world).as_bytes())?;
    for feed in &world.feeds {
        let recording = folder.join(&feed.name);
        fs::create_dir_all(&recording).with_context(|| format!("making the folder `{}`", recording.display()))?;
        for (name, bytes) in feed.files(world.from) {
            write(&format!("{}/{name}", feed.name), &bytes)?;
        }
    }
    write("README.md", readme(verdict, folder, command).as_bytes())
}

/// What people answer, as `--briefings` reads it.
fn briefings(world: &World) -> String {
    let line = |reply: &crate::simulate::Reply| {
        let said = if reply.waived { "waived" } else { "done" };
        let (id, by) = (reply.recurrence_id.as_deref().unwrap_or_default(), reply.by.as_deref().unwrap_or_default());
        format!("{},{},{id},{said},{by}\n", reply.at, reply.uid)
    };
    world.replies.iter().map(line).collect()
}

/// What is wrong, and how to see it again.
fn readme(verdict: &Verdict, folder: &Path, command: &str) -> String {
    let (world, folder) = (&verdict.world, folder.display());
    let broken = verdict.told("- ");
    let replay = format!(
        "offwatch simulate --config {folder}/offwatch.toml --from {} --to {} --briefings {folder}/briefings.csv",
        world.from, world.until
    );
    let trouble = |(at, crash): &(jiff::Timestamp, super::trouble::Crash)| format!("- from {at} on: {crash:?}\n");
    let crashes: String = world.crashes.iter().map(trouble).collect();
    let moods = world.troubles.iter().map(|trouble| format!("- from {} until {}: {:?}\n", trouble.since, trouble.until, trouble.mood));
    let leaps = world.leaps.iter().map(|leap| format!("- once from {} on: a clock that is ahead by {:#}\n", leap.at, leap.by));
    let rough = format!("{crashes}{}{}", moods.collect::<String>(), leaps.collect::<String>());
    let rough = if rough.is_empty() {
        String::new()
    } else {
        format!("\nThe process dies, and mail and the clock have their troubles here, which a recording cannot show:\n\n{rough}")
    };
    format!("# A broken promise\n\n{broken}\nIts letters: `{replay}`\n\nThe whole world that this was made small of: `{command}`\n{rough}")
}
