//! The daemon as whoever serves pages beside it knows it: the configuration in force, a look at what its last turn worked
//! with, and a bell. Who asks waits for the loop, and never the loop for them.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::config::Config;
use crate::cycle::Cycle;
use crate::plan::{Desk, FeedHealth, Past};

/// How many may wait for a look at once; the others wait to ask.
const ASKERS: usize = 4;

/// What the last turn worked with, as a copy.
#[derive(Clone, Debug)]
pub struct Glimpse {
    /// The configuration that it is by.
    pub config: Arc<Config>,
    /// What is known.
    pub desk: Desk,
    /// What was said and done.
    pub past: Past,
    /// How feeds are.
    pub feeds: Vec<FeedHealth>,
}

/// The daemon from beside.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The configuration in force.
    config: watch::Receiver<Arc<Config>>,
    /// The bell.
    bell: Arc<Notify>,
    /// Where a look is asked for.
    asked: mpsc::Sender<oneshot::Sender<Glimpse>>,
}

/// The loop's own end of it.
#[derive(Debug)]
pub(super) struct Window {
    /// The bell.
    pub(super) bell: Arc<Notify>,
    /// For those who come.
    ask: mpsc::Sender<oneshot::Sender<Glimpse>>,
    /// Those who have come.
    asked: mpsc::Receiver<oneshot::Sender<Glimpse>>,
    /// Those who wait until there is something to see.
    waiting: Vec<oneshot::Sender<Glimpse>>,
}

impl Beside {
    /// The configuration in force.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.borrow())
    }

    /// The same, and word of each that follows.
    pub fn follow(&self) -> watch::Receiver<Arc<Config>> {
        self.config.clone()
    }

    /// Has the daemon look soon at what is new, be it busy now.
    pub fn nudge(&self) {
        self.bell.notify_one();
    }

    /// What the last turn worked with, once there is one; none when the daemon has ended.
    pub async fn glimpse(&self) -> Option<Glimpse> {
        let (answer, answered) = oneshot::channel();
        self.asked.send(answer).await.ok()?;
        answered.await.ok()
    }
}

impl Window {
    /// A window through which nobody looks yet.
    pub(super) fn new() -> Self {
        let (ask, asked) = mpsc::channel(ASKERS);
        Self { bell: Arc::new(Notify::new()), ask, asked, waiting: Vec::new() }
    }

    /// The daemon from beside.
    pub(super) fn beside(&self, config: watch::Receiver<Arc<Config>>) -> Beside {
        Beside { config, bell: Arc::clone(&self.bell), asked: self.ask.clone() }
    }

    /// Waits for somebody who wants to look.
    pub(super) async fn visited(&mut self) {
        // Never closed: one end of it is here.
        self.waiting.extend(self.asked.recv().await);
    }

    /// Lets all who wait see what the last turn worked with, if that is laid out.
    pub(super) fn show(&mut self, cycle: &Cycle) {
        self.waiting.retain(|asker| !asker.is_closed());
        if self.waiting.is_empty() {
            return;
        }
        let Some((desk, past, feeds)) = cycle.laid_out() else { return };
        for asker in self.waiting.drain(..) {
            let glimpse = Glimpse { config: Arc::clone(cycle.config()), desk: desk.clone(), past: past.clone(), feeds: feeds.clone() };
            // Who has gone meanwhile needs none.
            let _ = asker.send(glimpse);
        }
    }
}
