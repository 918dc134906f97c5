//! Random worlds, played with the same turns as everything else and judged by the oracle: simulation as proof.
//! Owns how many are played at a time, and what becomes of one that breaks a promise. Prints nothing.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use futures_util::FutureExt as _;

use crate::config::{self, Context};
use crate::oracle::Broken;

mod change;
mod dice;
mod facts;
mod feed;
mod figures;
mod judge;
mod keep;
mod leave;
mod play;
mod shrink;
mod tasks;
mod trouble;
mod world;

pub use figures::Figures;
pub use play::{Played, Stage, play};
pub use trouble::{Crash, Leap, Mood, Trouble};
pub use world::{Bounds, World, draw};

/// How many worlds are played at the same time.
const AT_ONCE: usize = 2;

/// How long a broken world is made smaller.
const PATIENCE: Duration = Duration::from_mins(1);

/// The world could not be played at all.
const UNPLAYED: &str = "a turn never fails";

/// What came of one world.
#[derive(Debug)]
pub struct Verdict {
    /// The world.
    pub world: World,
    /// How much there was in it.
    pub figures: Figures,
    /// What is wrong in it.
    pub broken: Vec<Broken>,
}

/// What is done to a world that was played before it is judged: nothing, but in tests of the judge.
pub type Tamper = fn(&mut Played);

/// Leaves everything as it was.
pub fn honest(_: &mut Played) {}

impl World {
    /// What is played.
    pub fn stage(&self) -> Result<Stage> {
        let config = config::read(&self.toml(), "drawn.toml", Path::new("/drawn"), &Context::default())?;
        let feeds = self.feeds.iter().map(|feed| Ok((feed.name.parse()?, feed.recording(self.from))));
        let feeds = feeds.collect::<Result<_>>()?;
        let (replies, crashes, troubles) = (self.replies.clone(), self.crashes.clone(), self.troubles.clone());
        let (leaps, from, until) = (self.leaps.clone(), self.from, self.until);
        Ok(Stage { config: Arc::new(config), feeds, replies, from, until, crashes, troubles, leaps })
    }

    /// Plays it.
    pub fn play(&self) -> Result<Played> {
        self.played(false)
    }

    /// Plays it with everything laid out anew in each turn, which must come to the same.
    pub fn play_anew(&self) -> Result<Played> {
        self.played(true)
    }

    /// Plays it.
    fn played(&self, anew: bool) -> Result<Played> {
        let played = play(self.stage()?, anew);
        // Everything is in memory, where nothing ever waits.
        played.now_or_never().ok_or_else(|| anyhow!("something waits although all is in memory"))?
    }

    /// Plays and judges it.
    pub fn verdict(self, tamper: Tamper) -> Verdict {
        match self.play() {
            Ok(mut played) => {
                tamper(&mut played);
                Verdict { figures: Figures::of(&self, &played), broken: judge::judge(&self, &played), world: self }
            }
            Err(error) => {
                let broken = Broken { at: self.from, rule: UNPLAYED, what: format!("{error:#}") };
                Verdict { figures: Figures::default(), broken: vec![broken], world: self }
            }
        }
    }
}

impl Verdict {
    /// What is wrong, a line each.
    pub fn told(&self, indent: &str) -> String {
        let lines = self.broken.iter().map(|broken| [indent, &format!("{} {}: {}", broken.at, broken.rule, broken.what), "\n"].concat());
        lines.collect()
    }

    /// A smaller world in which the first of its rules is still broken.
    #[must_use]
    pub fn shrink(self, tamper: Tamper) -> Self {
        let Some(first) = self.broken.first().cloned() else { return self };
        let rule = first.rule;
        let still = |world: &World| {
            let broken = world.clone().verdict(tamper).broken;
            broken.into_iter().find(|broken| broken.rule == rule)
        };
        quietly(|| {
            let (world, _) = shrink::shrink(self.world, first, PATIENCE, still);
            world.verdict(tamper)
        })
    }

    /// How many things could still be left out.
    pub fn parts(&self) -> usize {
        shrink::parts(&self.world)
    }

    /// Writes the world down for `offwatch simulate`; `command` is what drew it.
    pub fn keep(&self, folder: &Path, command: &str) -> Result<()> {
        keep::keep(self, folder, command).with_context(|| format!("keeping the world of seed {}", self.world.seed))
    }
}

/// Plays the worlds of `seeds` and hands each verdict to `each`, as they come.
pub fn run(seeds: Range<u64>, bounds: &Bounds, each: impl Fn(Verdict) + Sync) {
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let mine = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds.end));
        quietly(|| mine.for_each(|seed| each(draw(seed, bounds).verdict(honest))));
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
}

/// Does something without a log: what a random world logs is of no use to anybody.
fn quietly<Done>(work: impl FnOnce() -> Done) -> Done {
    tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), work)
}
