//! The time machine: plays the same turns in virtual time, against a store and a sender in memory.
//! Sends nothing, writes nothing, reads no clock: recordings, configuration and span decide every byte.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::{SignedDuration, Timestamp};

use crate::agenda::{Purpose, TaskId};
use crate::calendar;
use crate::config::Config;
use crate::cycle::{Cycle, Limits, News, Report, Round};
use crate::feeds::recording::Recording;
use crate::feeds::{self, Client, Feed, Fetched, Previous, Source};
use crate::people::FeedName;
use crate::plan::Answer;
use crate::schedule::Schedule;
use crate::send::{self, Sender};
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
    /// Who says so, such as an engineer's id; none means nobody known.
    pub by: Option<String>,
}

/// How long a mail server that did not answer is left alone.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

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
    /// The feeds to be fetched now.
    due: Vec<FeedName>,
    /// Whether there is something that no turn has looked at.
    news: bool,
    /// Before when mail that was halted is not tried again.
    patience: Option<Timestamp>,
    /// The present.
    now: Timestamp,
    /// The first instant not played.
    until: Timestamp,
    /// Whether the first turn has been played.
    begun: bool,
}

/// A recording of which no file can be used.
#[derive(Debug, thiserror::Error)]
#[error("feed `{feed}`: no file of the recording `{folder}` can be used: {why}")]
pub struct Unusable {
    /// Which feed.
    feed: FeedName,
    /// Where it lies.
    folder: String,
    /// What is wrong with the files.
    why: String,
}

/// Loads what the feeds of `config` show: a folder is a recording; a file or an address is fetched once and stays as it is.
pub async fn world(config: &Config, from: Timestamp) -> Result<World> {
    let mut client = None;
    let mut world = World::new();
    for feed in &config.feeds {
        let recording = match &feed.source {
            Source::Path(path) if path.is_dir() => folder(&feed.role.name, path, from)?,
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

/// The UIDs of all events that the tasks feeds of `config` ever show in `world`.
pub fn task_uids(config: &Config, world: &World) -> BTreeSet<String> {
    let feeds = config.feeds.iter().filter(|feed| feed.role.reads.contains(&Purpose::Tasks));
    let recordings = feeds.filter_map(|feed| world.get(&feed.role.name));
    recordings.flat_map(Recording::bodies).flat_map(calendar::uids).collect()
}

/// A folder as a recording.
fn folder(name: &FeedName, path: &Path, from: Timestamp) -> Result<Recording> {
    let (recording, ignored) =
        Recording::open(path).with_context(|| format!("feed `{name}`: reading the recording `{}`", path.display()))?;
    let first = recording.changes().next();
    // An empty folder is a feed that never answers; one with other files only is a mistake.
    if first.is_none() && !ignored.is_empty() {
        return Err(Unusable { feed: name.clone(), folder: path.display().to_string(), why: ignored.join("; ") }.into());
    }
    for file in ignored {
        tracing::warn!(feed = %name, "ignored in the recording: {file}");
    }
    match first {
        Some(first) if first <= from => {}
        Some(first) => tracing::warn!(feed = %name, "the recording begins at {first}, after {from}: every fetch before that fails"),
        None => tracing::warn!(feed = %name, "the recording is empty: every fetch fails"),
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
    pub async fn new(config: Arc<Config>, world: World, replies: Vec<Reply>, from: Timestamp, until: Timestamp) -> Result<Self> {
        let store = Store::memory();
        let cycle = Cycle::resume(config, &store).await?;
        Self::on((cycle, store), world, replies, from, until)
    }

    /// The same, on from where turns and ledger stand: another configuration may be in force by now. All feeds are fetched.
    pub fn on((cycle, store): (Cycle, Store), world: World, mut replies: Vec<Reply>, from: Timestamp, until: Timestamp) -> Result<Self> {
        if until <= from {
            bail!("the span ends ({until}) before it begins ({from})");
        }
        let mut pulses: Vec<(Schedule, Option<Timestamp>, Vec<FeedName>)> = Vec::new();
        for feed in &cycle.config().feeds {
            match pulses.iter_mut().find(|(schedule, _, _)| *schedule == feed.fetch) {
                Some((_, _, feeds)) => feeds.push(feed.role.name.clone()),
                None => pulses.push((feed.fetch.clone(), feed.fetch.after(from), vec![feed.role.name.clone()])),
            }
        }
        replies.sort_by(|one, other| (other.at, &other.uid).cmp(&(one.at, &one.uid)));
        Ok(Self { world, pulses, replies, store, ..Self::ahead(cycle, from, until) })
    }

    /// Plays `[from, until)` on from where `cycle` stands: nothing is fetched and nobody answers.
    pub fn ahead(cycle: Cycle, from: Timestamp, until: Timestamp) -> Self {
        Self {
            cycle,
            world: World::new(),
            pulses: Vec::new(),
            replies: Vec::new(),
            store: Store::memory(),
            sender: Sender::Memory(send::Memory::default()),
            next: None,
            due: Vec::new(),
            news: false,
            patience: None,
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

    /// Plays the next instant at which anything can happen.
    pub async fn step(&mut self) -> Result<Option<(Timestamp, Report)>> {
        let Some(at) = self.advance().await? else { return Ok(None) };
        self.fetch();
        self.reply().await?;
        let report = self.turn().await?;
        self.deliver().await?;
        Ok(Some((at, report.unwrap_or_default())))
    }

    /// Goes on to the next instant at which anything can happen; none when the span is over.
    pub async fn advance(&mut self) -> Result<Option<Timestamp>> {
        if !self.begun {
            self.begun = true;
            self.news = true;
            self.due = self.world.keys().cloned().collect();
            return Ok(Some(self.now));
        }
        let letter = self.store.next_due().await?.map(|due| self.patience.map_or(due, |patience| due.max(patience)));
        let pulses = self.pulses.iter().filter_map(|(_, next, _)| *next);
        let reply = self.replies.last().map(|reply| reply.at);
        let soon = letter.map(|due| due.max(self.soon()));
        let Some(next) = pulses.chain(self.next).chain(reply).chain(soon).min().map(|next| next.max(self.now)) else {
            return Ok(None);
        };
        if next >= self.until {
            return Ok(None);
        }
        self.now = next;
        for (schedule, next, feeds) in &mut self.pulses {
            if next.is_some_and(|next| next <= self.now) {
                *next = schedule.after(self.now);
                self.due.extend(feeds.iter().cloned());
            }
        }
        self.news |= self.next.is_some_and(|next| next <= self.now);
        Ok(Some(self.now))
    }

    /// Fetches what is due as the world shows it now; whether a turn could see anything new.
    pub fn fetch(&mut self) -> News {
        let mut news = News::None;
        for name in std::mem::take(&mut self.due) {
            let Some(recording) = self.world.get(&name) else { continue };
            let previous = self.cycle.inputs().previous(&name);
            let fetched = feeds::play(recording, &previous, self.now);
            if self.cycle.inputs().take(&name, fetched, self.now) == News::Some {
                news = News::Some;
            }
        }
        self.news |= news == News::Some;
        news
    }

    /// Stores the copies of all feeds, as the daemon does after each fetch. A simulation that nobody interrupts does without.
    pub async fn save(&mut self) -> Result<()> {
        let copies: Vec<_> = self.cycle.inputs().feeds().iter().map(|state| state.copy.clone()).collect();
        self.store.save_copies(&copies).await.map(drop)
    }

    /// Looks, decides and queues letters, if there is anything new.
    pub async fn turn(&mut self) -> Result<Option<Report>> {
        if !std::mem::take(&mut self.news) {
            return Ok(None);
        }
        let report = self.cycle.turn(&self.store, self.now).await?;
        self.next = report.next;
        Ok(Some(report))
    }

    /// Sends what is due.
    pub async fn deliver(&mut self) -> Result<Round> {
        if self.patience.is_some_and(|patience| self.now < patience) {
            return Ok(Round::default());
        }
        let now = self.now;
        let limits = Limits { clock: || now, stop: || false, known: self.store.data_version().await? };
        let round = self.cycle.deliver(&self.store, &mut self.sender, &limits).await?;
        self.patience = round.halted.as_ref().and_then(|_| self.now.checked_add(PATIENCE).ok());
        if !round.refused.is_empty() {
            // The admin is told of it by the next turn.
            self.next = Some(self.next.map_or(self.soon(), |next| next.min(self.soon())));
        }
        Ok(round)
    }

    /// The process dies and another takes up what is in the store, `pause` later: all feeds are fetched again, and a turn
    /// looks at them. The instant of that.
    pub async fn die(&mut self, pause: SignedDuration) -> Result<Timestamp> {
        self.now = self.now.saturating_add(pause)?;
        self.cycle = Cycle::resume(Arc::clone(self.cycle.config()), &self.store).await?;
        self.due = self.world.keys().cloned().collect();
        self.news = true;
        self.patience = None;
        Ok(self.now)
    }

    /// Sets the clock, which the next turn sees: whoever does so sets it right again before time goes on.
    pub fn set_clock(&mut self, now: Timestamp) {
        self.now = now;
        self.news = true;
        self.patience = None;
    }

    /// The sender, for whoever plays the mail server.
    pub fn post(&mut self) -> Option<&mut send::Memory> {
        match &mut self.sender {
            Sender::Memory(memory) => Some(memory),
            Sender::Smtp(_) | Sender::Folder(_) => None,
        }
    }

    /// What has become of the letters.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The instant after this one.
    fn soon(&self) -> Timestamp {
        self.now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(self.now)
    }

    /// Lets the turn of this instant, if there is one, lay everything out anew, which comes to the same.
    pub fn lay_anew(&mut self) {
        if self.news {
            self.cycle.lay_anew();
        }
    }

    /// The turns behind it, for whoever checks them.
    pub fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// The turns and the ledger as far as they were played, for whoever looks at what came of it.
    pub fn into_parts(self) -> (Cycle, Store) {
        (self.cycle, self.store)
    }

    /// Hears the answers of this instant.
    pub async fn reply(&mut self) -> Result<()> {
        while let Some(reply) = self.replies.pop_if(|reply| reply.at <= self.now) {
            let Some(task) = self.task_of(&reply) else {
                tracing::warn!(uid = %reply.uid, "nobody knows the task that is answered");
                continue;
            };
            let answer =
                Answer { task, waived: reply.waived, at: self.now, by: reply.by.unwrap_or_else(|| "simulation".to_owned()), note: None };
            self.store.answer(&answer).await?;
            self.cycle.answered(answer);
            self.news = true;
        }
        Ok(())
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
