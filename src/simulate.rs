//! The time machine: plays the same turns in virtual time, against a store and a sender in memory.
//! Sends nothing, writes nothing, reads no clock: recordings, configuration and span decide every byte.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;

use crate::agenda::TaskId;
use crate::config::Config;
use crate::cycle::{Cycle, News, Report};
use crate::feeds::recording::Recording;
use crate::feeds::{self, Client, Feed, Fetched, Previous, Source};
use crate::people::FeedName;
use crate::plan::Answer;
use crate::schedule::Schedule;
use crate::send::Sender;
use crate::store::Store;

/// What people answer in a simulation, at their time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// When.
    pub at: Timestamp,
    /// The task's UID.
    pub uid: String,
    /// The task's RECURRENCE-ID; none means whichever occurrence is next.
    pub recurrence_id: Option<String>,
    /// Waived, else written.
    pub waived: bool,
}

/// A recorded world: per feed what a fetch gets at each instant.
pub type World = BTreeMap<FeedName, Recording>;

/// A simulation, ready to be played turn by turn.
#[derive(Debug)]
pub struct Simulation {
    /// The turns.
    cycle: Cycle,
    /// What every fetch gets.
    world: World,
    /// The feeds that each schedule fetches, with the next time it does.
    pulses: Vec<(Schedule, Option<Timestamp>, Vec<FeedName>)>,
    /// Answers still to come, soonest last.
    replies: Vec<Reply>,
    /// The ledger.
    store: Store,
    /// Where letters go.
    sender: Sender,
    /// The next instant of the plan.
    next: Option<Timestamp>,
    /// The present.
    now: Timestamp,
    /// The first instant not played.
    until: Timestamp,
    /// Whether the first turn has been played.
    begun: bool,
}

/// Loads what the feeds of `config` show: a folder is a recording; a file or an address is fetched once and stays as it is.
pub async fn world(config: &Config, from: Timestamp) -> Result<World> {
    let mut client = None;
    let mut world = World::new();
    for feed in &config.feeds {
        let recording = match &feed.source {
            Source::Path(path) if path.is_dir() => folder(&feed.role.name, path)?,
            Source::Path(path) => unchanging(std::fs::read(path).map_err(|error| error.to_string()), from),
            Source::Url { .. } => {
                let client: &Client = client.get_or_insert_with(Client::new);
                still(feed, client, from).await
            }
        };
        world.insert(feed.role.name.clone(), recording);
    }
    Ok(world)
}

/// A folder as a recording.
fn folder(name: &FeedName, path: &Path) -> Result<Recording> {
    let (recording, ignored) =
        Recording::open(path).with_context(|| format!("feed `{name}`: reading the recording `{}`", path.display()))?;
    for file in ignored {
        tracing::warn!(feed = %name, "ignored in the recording: {file}");
    }
    Ok(recording)
}

/// One fetch of the real thing, which then never changes.
async fn still(feed: &Feed, client: &Client, from: Timestamp) -> Recording {
    match feeds::fetch(feed, &Previous::default(), client, from).await {
        Fetched::New(body) => unchanging(Ok(body.bytes.to_vec()), from),
        Fetched::Unchanged => unchanging(Err("the server says that nothing changed, unasked".to_owned()), from),
        Fetched::Failed { why, .. } => unchanging(Err(why), from),
    }
}

/// A recording that shows the same from its beginning to its end.
fn unchanging(taken: Result<Vec<u8>, String>, from: Timestamp) -> Recording {
    let file = match taken {
        Ok(bytes) => (format!("{from}.ics"), bytes),
        Err(why) => (format!("{from}.error"), why.into_bytes()),
    };
    Recording::from_files([file]).0
}

impl Simulation {
    /// Sets the stage: `[from, until)` is played over `world`.
    pub async fn new(config: Arc<Config>, world: World, mut replies: Vec<Reply>, from: Timestamp, until: Timestamp) -> Result<Self> {
        if until <= from {
            bail!("the span ends ({until}) before it begins ({from})");
        }
        let mut pulses: Vec<(Schedule, Option<Timestamp>, Vec<FeedName>)> = Vec::new();
        for feed in &config.feeds {
            match pulses.iter_mut().find(|(schedule, _, _)| *schedule == feed.fetch) {
                Some((_, _, feeds)) => feeds.push(feed.role.name.clone()),
                None => pulses.push((feed.fetch.clone(), feed.fetch.after(from), vec![feed.role.name.clone()])),
            }
        }
        replies.sort_by(|one, other| (other.at, &other.uid).cmp(&(one.at, &one.uid)));
        let store = Store::memory();
        let cycle = Cycle::resume(config, &store).await?;
        Ok(Self {
            cycle,
            world,
            pulses,
            replies,
            store,
            sender: Sender::Memory(crate::send::Memory::default()),
            next: None,
            now: from,
            until,
            begun: false,
        })
    }

    /// Plays `[from, until)` on from where `cycle` stands: nothing is fetched and nobody answers.
    pub fn ahead(cycle: Cycle, from: Timestamp, until: Timestamp) -> Self {
        Self {
            cycle,
            world: World::new(),
            pulses: Vec::new(),
            replies: Vec::new(),
            store: Store::memory(),
            sender: Sender::Memory(crate::send::Memory::default()),
            next: None,
            now: from,
            until,
            begun: false,
        }
    }

    /// Plays on until a turn has letters or the span is over; what that turn came to, with its instant.
    pub async fn play(&mut self) -> Result<Option<(Timestamp, Report)>> {
        while let Some((at, report)) = self.step().await? {
            if !report.letters.is_empty() {
                return Ok(Some((at, report)));
            }
        }
        Ok(None)
    }

    /// Plays the next turn.
    pub async fn step(&mut self) -> Result<Option<(Timestamp, Report)>> {
        let mut turn = !self.begun;
        if self.begun {
            let Some(next) = self.next_instant() else { return Ok(None) };
            self.now = next;
            turn |= self.fetch_due() == News::Some;
        } else {
            self.begun = true;
            let all: Vec<FeedName> = self.world.keys().cloned().collect();
            self.fetch(&all);
        }
        turn |= self.reply().await?;
        turn |= self.next.is_some_and(|next| next <= self.now);
        if !turn {
            return Ok(Some((self.now, Report::default())));
        }
        let report = self.cycle.turn(&self.store, self.now).await?;
        self.cycle.deliver(&self.store, &mut self.sender, self.now, &AtomicBool::new(false)).await?;
        self.next = report.next;
        Ok(Some((self.now, report)))
    }

    /// The turns behind it, for whoever checks them.
    pub fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// The next instant at which anything can happen, before the end.
    fn next_instant(&self) -> Option<Timestamp> {
        let pulses = self.pulses.iter().filter_map(|(_, next, _)| *next);
        let reply = self.replies.last().map(|reply| reply.at);
        let next = pulses.chain(self.next).chain(reply).min()?.max(self.now);
        (next < self.until).then_some(next)
    }

    /// Fetches what is due now.
    fn fetch_due(&mut self) -> News {
        let mut due = Vec::new();
        for (schedule, next, feeds) in &mut self.pulses {
            if next.is_some_and(|next| next <= self.now) {
                *next = schedule.after(self.now);
                due.extend(feeds.iter().cloned());
            }
        }
        self.fetch(&due)
    }

    /// Fetches `feeds` as the world shows them now.
    fn fetch(&mut self, feeds: &[FeedName]) -> News {
        let mut news = News::None;
        for name in feeds {
            let Some(recording) = self.world.get(name) else { continue };
            let previous = self.cycle.inputs().previous(name);
            let fetched = feeds::play(recording, &previous, self.now);
            if self.cycle.inputs().take(name, fetched, self.now) == News::Some {
                news = News::Some;
            }
        }
        news
    }

    /// Hears the answers of this instant.
    async fn reply(&mut self) -> Result<bool> {
        let mut heard = false;
        while let Some(reply) = self.replies.pop_if(|reply| reply.at <= self.now) {
            let Some(task) = self.task_of(&reply) else {
                tracing::warn!(uid = %reply.uid, "nobody knows the task that is answered");
                continue;
            };
            let answer = Answer { task, waived: reply.waived, at: self.now, by: "simulation".to_owned(), note: None };
            self.store.answer(&answer).await?;
            self.cycle.answered(answer);
            heard = true;
        }
        Ok(heard)
    }

    /// The task that a reply means: that occurrence, else the next one of that UID.
    fn task_of(&self, reply: &Reply) -> Option<TaskId> {
        let tasks = self.cycle.history().values().filter(|sighting| sighting.thing.task().is_some());
        let mut named: Vec<_> = tasks.filter(|sighting| sighting.thing.identity().uid == reply.uid).collect();
        if reply.recurrence_id.is_some() {
            named.retain(|sighting| sighting.thing.identity().recurrence_id == reply.recurrence_id);
        }
        named.sort_by_key(|sighting| (sighting.thing.end() <= self.now, sighting.thing.start()));
        named.first().map(|sighting| sighting.id.clone())
    }
}
