//! `offwatch simulate --chaos`: plays random worlds and says whether every promise was kept. The worlds are drawn and
//! judged in `chaos`; owns the words of the command and where a broken world is kept.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::{Format, WRONG, print, usage};
use crate::chaos::{self, Bounds, Figures, Verdict};

/// How many broken worlds are made small; the others are only named.
const SHRUNK: usize = 3;

/// How large the worlds may be.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Random worlds")]
pub(super) struct Chaos {
    /// Play the random world of this number, or of several as `first..end`, and have the second opinion judge each.
    ///
    /// Draws a team, accounts, calendars and what happens to them: the same number and bounds always give the same world.
    /// Prints one line of figures, with `--format json` one object a world, and exits with 1 if a promise was broken. Such
    /// a world is made as small as possible and written down with the command that replays it.
    #[arg(id = "chaos", long = "chaos", value_name = "SEED", value_parser = seeds)]
    seeds: Option<Range<u64>>,
    /// How many days each world is played.
    #[arg(long, value_name = "N", default_value_t = 90, requires = "chaos", conflicts_with = "from", value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// The most engineers.
    #[arg(long, value_name = "N", default_value_t = 6, requires = "chaos", conflicts_with = "from", value_parser = clap::value_parser!(u16).range(1..=200))]
    engineers: u16,
    /// The most accounts.
    #[arg(long, value_name = "N", default_value_t = 10, requires = "chaos", conflicts_with = "from", value_parser = clap::value_parser!(u16).range(1..=500))]
    accounts: u16,
    /// The most tasks; a series is one.
    #[arg(long, value_name = "N", default_value_t = 60, requires = "chaos", conflicts_with = "from", value_parser = clap::value_parser!(u16).range(1..=2000))]
    tasks: u16,
    /// Let the process die at any place of its work and be started again, and let mail fail.
    #[arg(long, requires = "chaos", conflicts_with = "from")]
    crashes: bool,
    /// Where broken worlds are kept. Default: a new folder among the system's temporary ones.
    #[arg(long, value_name = "DIR", requires = "chaos", conflicts_with = "from")]
    keep: Option<PathBuf>,
}

/// One world, for programs.
#[derive(Debug, Serialize)]
struct Row<'a> {
    /// What it was drawn from.
    seed: u64,
    /// What was in it.
    #[serde(flatten)]
    figures: &'a Figures,
    /// What is wrong in it.
    broken: Vec<Wrong<'a>>,
}

/// A broken promise, for programs.
#[derive(Debug, Serialize)]
struct Wrong<'a> {
    /// When.
    at: jiff::Timestamp,
    /// Which rule.
    rule: &'a str,
    /// What happened.
    what: &'a str,
}

/// Parses one number or `first..end`.
fn seeds(text: &str) -> Result<Range<u64>, String> {
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number; write 7, or 0..100 for the first hundred"));
    let range = match text.split_once("..") {
        Some((first, end)) => number(first)?..number(end)?,
        None => number(text)?..number(text)?.saturating_add(1),
    };
    if range.is_empty() { Err("there is no number in it; the end of a range does not belong to it".to_owned()) } else { Ok(range) }
}

/// What came of all worlds so far.
#[derive(Default)]
struct Tally {
    /// Their figures.
    figures: Figures,
    /// Rows for programs, by seed.
    rows: Vec<(u64, String)>,
    /// Those that broke a promise.
    broken: Vec<Verdict>,
    /// Whether a row could not be written.
    failed: Option<serde_json::Error>,
}

impl Tally {
    /// Notes one world.
    fn note(&mut self, verdict: Verdict, format: Format) {
        self.figures.add(&verdict.figures);
        if format == Format::Json {
            match serde_json::to_string(&Row::new(&verdict)) {
                Ok(row) => self.rows.push((verdict.world.seed, row + "\n")),
                Err(error) => self.failed = Some(error),
            }
        }
        if !verdict.broken.is_empty() {
            self.broken.push(verdict);
        }
    }
}

impl<'a> Row<'a> {
    /// The row of a world.
    fn new(verdict: &'a Verdict) -> Self {
        let broken = verdict.broken.iter().map(|broken| Wrong { at: broken.at, rule: broken.rule, what: &broken.what });
        Self { seed: verdict.world.seed, figures: &verdict.figures, broken: broken.collect() }
    }
}

impl Chaos {
    /// The seeds that are asked for.
    pub(super) fn seeds(&self) -> Option<Range<u64>> {
        self.seeds.clone()
    }

    /// How large worlds may be.
    fn bounds(&self) -> Bounds {
        let Self { days, engineers, accounts, tasks, crashes, .. } = *self;
        Bounds { days, engineers, accounts, tasks, crashes }
    }

    /// The command that draws the world of `seed`.
    fn command(&self, seed: u64) -> String {
        let Self { days, engineers, accounts, tasks, .. } = self;
        let crashes = if self.crashes { " --crashes" } else { "" };
        format!("offwatch simulate --chaos {seed} --days {days} --engineers {engineers} --accounts {accounts} --tasks {tasks}{crashes}")
    }
}

/// Plays the worlds of `seeds` and prints what came of them.
pub(super) fn run(chaos: &Chaos, seeds: Range<u64>, format: Format) -> Result<u8> {
    let began = Instant::now();
    let tally = Mutex::new(Tally::default());
    let (first, end) = (seeds.start, seeds.end);
    chaos::run(seeds, &chaos.bounds(), |verdict| {
        // A thread that died holding it has noted its world or has not; both are whole.
        tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).note(verdict, format);
    });
    let mut tally = tally.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(error) = tally.failed {
        return Err(error.into());
    }
    tally.rows.sort();
    print(&tally.rows.iter().map(|(_, row)| row.as_str()).collect::<String>())?;
    if format == Format::Text {
        print(&format!("seeds {first}..{end}: {} in {:.1} s\n", tally.figures, began.elapsed().as_secs_f64()))?;
    }
    if tally.broken.is_empty() {
        return Ok(0);
    }
    tally.broken.sort_by_key(|verdict| (verdict.figures.tasks, verdict.world.seed));
    let seeds: Vec<u64> = tally.broken.iter().map(|verdict| verdict.world.seed).collect();
    let told = format!("{} worlds break a promise: {seeds:?}\n", seeds.len());
    let mut told = vec![told];
    for verdict in tally.broken.into_iter().take(SHRUNK) {
        told.push(kept(chaos, verdict)?);
    }
    match format {
        Format::Text => print(&told.concat())?,
        Format::Json => told.concat().lines().for_each(|line| tracing::error!("{line}")),
    }
    Ok(WRONG)
}

/// Makes a broken world small, writes it down, and says what is wrong and where it is.
fn kept(chaos: &Chaos, verdict: Verdict) -> Result<String> {
    let seed = verdict.world.seed;
    let small = verdict.shrink(chaos::honest);
    let folder = match &chaos.keep {
        Some(folder) => folder.join(format!("seed-{seed}")),
        None => fresh(seed)?,
    };
    small.keep(&folder, &chaos.command(seed))?;
    let broken = small.told("  ");
    let heading = format!(
        "seed {seed}, made small ({} tasks), is kept in {}; its README.md says how to replay it:\n",
        small.figures.tasks,
        folder.display()
    );
    Ok(heading + &broken)
}

/// A folder for the world of `seed` that nothing else uses.
fn fresh(seed: u64) -> Result<PathBuf> {
    let parent = std::env::temp_dir();
    let names = (0_u32..).map(|number| parent.join(format!("offwatch-chaos-{seed}-{number}")));
    let free = names.into_iter().find(|folder| !Path::new(folder).exists());
    free.context("looking for a free name among temporary folders")
}

/// Complains that a span is missing.
pub(super) fn no_span() -> anyhow::Error {
    usage("a span is needed: --from and --to, or --chaos for random worlds")
}
