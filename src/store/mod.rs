//! Keeps what turns leave behind: the ledger and outbox, what was seen when, people's answers, copies of feeds.
//! The only SQL of the house. Decides nothing: letters change by the outbox's own rules.
//!
//! Instants are kept to the millisecond.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::agenda::history::SetBack;
use crate::agenda::{Bygone, History, Sighting, TaskId};
use crate::outbox::{Census, Letter, Life, Outcome, State, Waiting};
use crate::people::FeedName;
use crate::plan::past::Writer;
use crate::plan::{Answer, Handing, LAST_TURN, Past, Snooze};

pub mod address;
pub mod backup;
pub mod copy;
pub mod lock;
pub mod memory;
pub mod opening;
pub mod sql;
#[cfg(test)]
pub(crate) mod tests;

pub use address::Address;
pub use copy::{FeedCopy, Held, Hold, Stage};
pub use lock::Lock;
pub use memory::Memory;
pub use opening::OpenError;
use sql::file::Beside;
pub use sql::{Database, Overtaken, Replica};

/// How many letters that are due are read at once: a queue may be longer than memory.
pub const PAGE: usize = 50;

/// Where things are kept.
#[derive(Debug)]
pub enum Store {
    /// A file, or a server.
    Database(Database),
    /// Nowhere: for `simulate`, which plays a year in minutes.
    Memory(Memory),
}

/// Everything one turn leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Letters to queue.
    pub letters: Vec<Letter>,
    /// What was seen or changed, each as a whole.
    pub sightings: Vec<Sighting>,
    /// What is not remembered any more.
    pub forgotten: Vec<TaskId>,
    /// What is remembered of people's time, by feed; nothing is remembered any more of one with nothing.
    pub bygone: Vec<(FeedName, Bygone)>,
    /// Hand-overs.
    pub writers: Vec<Writer>,
    /// Named instants, the old ones of these names replaced.
    pub instants: Vec<(String, Timestamp)>,
    /// Answers found in events.
    pub answers: Vec<Answer>,
    /// Letters to take back, each with the reason.
    pub withdrawn: Vec<(i64, String)>,
    /// Letters that must wait, until when and why.
    pub put_off: Vec<(i64, Timestamp, String)>,
    /// After a clock that was ahead has been set back: nothing that was noted is later than now, and nothing that waits is due
    /// later.
    pub set_back: Option<SetBack>,
}

impl Turn {
    /// Whether nothing that anybody decides by has changed: all it says is that a turn took place.
    fn is_quiet(&self) -> bool {
        let Self { letters, sightings, forgotten, bygone, writers, instants, answers, withdrawn, put_off, set_back } = self;
        let nothing = letters.is_empty() && sightings.is_empty() && forgotten.is_empty() && bygone.is_empty() && writers.is_empty();
        let untouched = answers.is_empty() && withdrawn.is_empty() && put_off.is_empty() && set_back.is_none();
        nothing && untouched && instants.iter().all(|(name, _)| name == LAST_TURN)
    }
}

/// What became of a turn's letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The numbers of the letters queued, in the turn's order.
    pub queued: Vec<i64>,
    /// Keys of letters that were dropped because they were said already.
    pub dropped: Vec<crate::plan::Key>,
}

/// One task, and what people said of its briefing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// The task as it was seen.
    pub sighting: Sighting,
    /// Answers that stand, oldest first.
    pub answers: Vec<Answer>,
    /// Until when somebody is not to be asked, oldest first, those taken back among them.
    pub snoozes: Vec<Snooze>,
    /// Whom it was given to, likewise.
    pub handings: Vec<Handing>,
}

/// That somebody takes back what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The task.
    pub task: TaskId,
    /// When it was said.
    pub said: Timestamp,
    /// When it is taken back.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// A feed that a process wants to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which.
    pub feed: FeedName,
    /// Its last try that this process knows of.
    pub tried: Option<Timestamp>,
    /// How long the fetch takes at most.
    pub timeout: SignedDuration,
}

/// What can be done to one letter, by the rules of [`Life`].
#[derive(Clone, Debug)]
enum Step<'a> {
    /// An attempt begins, and will be over within so long.
    Begin(SignedDuration),
    /// The attempt of that number has ended.
    Finish(u32, &'a Outcome),
    /// It is taken back.
    Withdraw(&'a str),
    /// It must wait.
    PutOff(Timestamp, &'a str),
    /// It is of no use any more.
    GiveUp(&'a str),
    /// It goes back into the queue.
    Retry,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stepped {
    /// Whether the letter exists and its state allowed the step.
    taken: bool,
    /// Where the letter stands now.
    state: Option<State>,
    /// The number of the attempt that began.
    attempt: Option<u32>,
}

impl Stepped {
    /// There is no such letter.
    const NOWHERE: Self = Self { taken: false, state: None, attempt: None };

    /// Somebody else is about to send it.
    const ELSEWHERE: Self = Self { taken: false, state: Some(State::Sending), attempt: None };
}

impl Step<'_> {
    /// Whether what it came to changes what anybody decides: that a letter is tried, waits or was accepted does not.
    fn is_news(&self, stepped: Stepped) -> bool {
        match self {
            Self::Begin(_) | Self::Finish(..) => stepped.state == Some(State::Refused),
            Self::Withdraw(_) | Self::GiveUp(_) | Self::Retry => stepped.taken,
            Self::PutOff(..) => false,
        }
    }

    /// Whether it may come to such a change, as far as can be told before.
    fn may_be_news(&self) -> bool {
        match self {
            Self::Begin(_) | Self::PutOff(..) => false,
            Self::Finish(_, outcome) => matches!(outcome, Outcome::Refused { .. } | Outcome::Unclear { .. }),
            Self::Withdraw(_) | Self::GiveUp(_) | Self::Retry => true,
        }
    }

    /// Takes the step.
    fn take(&self, life: &mut Life, now: Timestamp) -> Stepped {
        let mut attempt = None;
        let taken = match self {
            Self::Begin(_) => {
                attempt = life.begin(now);
                attempt.is_some()
            }
            Self::Finish(attempt, outcome) => {
                let mine = life.state == State::Sending && life.attempt == *attempt;
                life.finish(*attempt, outcome, now);
                mine
            }
            Self::Withdraw(reason) => life.withdraw(reason, now),
            Self::PutOff(until, reason) => life.put_off(*until, reason, now),
            Self::GiveUp(reason) => life.give_up(reason, now),
            Self::Retry => life.retry(now),
        };
        Stepped { taken, state: Some(life.state), attempt }
    }
}

/// Calls the same method on whichever store it is.
macro_rules! either {
    ($store:expr, $method:ident($($argument:expr),*)) => {
        match $store {
            Store::Database(database) => database.$method($($argument),*).await,
            Store::Memory(memory) => Ok(memory.$method($($argument),*)),
        }
    };
}

impl Store {
    /// Opens the state at `address` beside whoever turns on it, makes it if it is missing, brings its schema up to date.
    ///
    /// Not the schema of a file on which an older program takes turns: that one would not understand it any more.
    pub async fn open(address: &Address) -> Result<Self, OpenError> {
        Ok(Self::Database(match address {
            Address::File(path) => Database::open_file(path, Beside::Whoever).await?,
            Address::Server { url, .. } => Database::connect(url.reveal()).await?,
        }))
    }

    /// Opens the state likewise for the process that holds its lock and takes turns: on a server it becomes one of the replicas.
    pub async fn join(address: &Address) -> Result<Self, OpenError> {
        let database = match address {
            Address::File(path) => Database::open_file(path, Beside::Nobody).await?,
            Address::Server { url, .. } => {
                let mut database = Database::connect(url.reveal()).await?;
                database.join().await?;
                database
            }
        };
        Ok(Self::Database(database))
    }

    /// An empty store that is gone when dropped.
    pub fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// What was said, answered and handed over.
    pub async fn past(&self) -> Result<Arc<Past>> {
        either!(self, past())
    }

    /// What was seen when.
    pub async fn history(&self) -> Result<Arc<History>> {
        either!(self, history())
    }

    /// What feeds showed of people's time and show no more.
    pub async fn bygone(&self) -> Result<BTreeMap<FeedName, Bygone>> {
        either!(self, bygone())
    }

    /// The last good copies of feeds.
    pub async fn copies(&self) -> Result<Arc<BTreeMap<FeedName, FeedCopy>>> {
        either!(self, copies())
    }

    /// Copies of those feeds of which something came after all that is `known`.
    pub async fn copies_beside(&self, known: &BTreeMap<FeedName, FeedCopy>) -> Result<BTreeMap<FeedName, FeedCopy>> {
        either!(self, copies_beside(known))
    }

    /// Keeps a feed's copy as [`Store::save_copies`] does.
    pub async fn save_copy(&self, copy: &FeedCopy) -> Result<()> {
        self.save_copies(std::slice::from_ref(copy)).await.map(drop)
    }

    /// Keeps copies of feeds, those of the same names replaced, all or none. Of one whose bytes are kept already only what is
    /// said of them is written. A hold that another process has accepted meanwhile is not put back: then nothing is kept of
    /// that feed. Nor does a replica keep what it fetched so slowly that another one has taken the feed over. Gives the feeds of
    /// which nothing was kept: what is stored of them is what counts.
    pub async fn save_copies(&self, copies: &[FeedCopy]) -> Result<Vec<FeedName>> {
        either!(self, save_copies(copies))
    }

    /// Puts in force what the brake holds back of `feed`, and gives the copy; none when nothing is held.
    pub async fn accept(&self, feed: &FeedName, now: Timestamp) -> Result<Option<FeedCopy>> {
        either!(self, accept(feed, now))
    }

    /// Keeps all that a turn leaves behind, or nothing of it.
    ///
    /// A letter whose own key was said already is dropped and reported; the next turn words its other notices anew.
    pub async fn commit(&self, turn: &Turn, now: Timestamp) -> Result<Committed> {
        either!(self, commit(turn, now))
    }

    /// The first letters after the one of number `after` that are to be tried at `now`, oldest first, not more than
    /// [`PAGE`]; those that a crash left behind in an attempt among them. None when there are no more.
    pub async fn due(&self, now: Timestamp, after: i64) -> Result<Vec<Waiting>> {
        either!(self, due(now, after))
    }

    /// Letters that are not done, oldest first.
    pub async fn waiting(&self) -> Result<Vec<Waiting>> {
        either!(self, waiting())
    }

    /// When the next letter is due.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        either!(self, next_due())
    }

    /// Writes an attempt down before it is made and gives its number; nothing when the letter is not due any more, or another
    /// replica tries it. For `lease`, as the server's clock has it, no other replica does, as long as this one lives.
    pub async fn begin(&self, id: i64, lease: SignedDuration, now: Timestamp) -> Result<Option<u32>> {
        let stepped: Result<Stepped> = either!(self, step(id, &Step::Begin(lease), now));
        Ok(stepped?.attempt)
    }

    /// Records what became of attempt `attempt`; an attempt that is not the one under way changes nothing.
    pub async fn finish(&self, id: i64, attempt: u32, outcome: &Outcome, now: Timestamp) -> Result<State> {
        let stepped: Result<Stepped> = either!(self, step(id, &Step::Finish(attempt, outcome), now));
        stepped?.state.ok_or_else(|| anyhow::anyhow!("there is no letter {id} in the outbox"))
    }

    /// All letters, oldest first.
    pub async fn outbox(&self) -> Result<Vec<Waiting>> {
        either!(self, outbox())
    }

    /// The letter that says `key`, its own or that of any notice in it.
    pub async fn letter(&self, key: &str) -> Result<Option<Waiting>> {
        either!(self, letter(key))
    }

    /// Takes the letter that says `key` back; false when there is none, it is done, or it is being sent.
    pub async fn withdraw(&self, key: &str, reason: &str, now: Timestamp) -> Result<bool> {
        self.step_by_key(key, &Step::Withdraw(reason), now).await
    }

    /// Lets the letter that says `key` wait; false when there is none, it is done, or it is being sent.
    pub async fn put_off(&self, key: &str, until: Timestamp, reason: &str, now: Timestamp) -> Result<bool> {
        self.step_by_key(key, &Step::PutOff(until, reason), now).await
    }

    /// Gives up the letter that says `key`, as if it had been refused; false when there is none, it is done, or it is being sent.
    pub async fn give_up(&self, key: &str, reason: &str, now: Timestamp) -> Result<bool> {
        self.step_by_key(key, &Step::GiveUp(reason), now).await
    }

    /// Puts the letter that says `key` back into the queue; false when there is none, it was accepted, or it is being sent.
    pub async fn retry(&self, key: &str, now: Timestamp) -> Result<bool> {
        self.step_by_key(key, &Step::Retry, now).await
    }

    /// Keeps what somebody said of a briefing.
    pub async fn answer(&self, answer: &Answer) -> Result<()> {
        either!(self, answer(answer))
    }

    /// Keeps until when somebody is not to be asked.
    pub async fn snooze(&self, snooze: &Snooze) -> Result<()> {
        either!(self, snooze(snooze))
    }

    /// Keeps whom somebody has given a briefing to.
    pub async fn hand(&self, handing: &Handing) -> Result<()> {
        either!(self, hand(handing))
    }

    /// Takes back what was said of a task at an instant; of an answer also the same word that the same person gave before.
    /// Whether there was anything to take back.
    pub async fn undo(&self, undo: &Undo) -> Result<bool> {
        either!(self, undo(undo))
    }

    /// One thing that was seen, and what people said of it; without reading all others.
    pub async fn matter(&self, task: &TaskId) -> Result<Option<Matter>> {
        either!(self, matter(task))
    }

    /// Letters refused at or after `from`, oldest first.
    pub async fn refused_since(&self, from: Timestamp) -> Result<Vec<Waiting>> {
        either!(self, refused_since(from))
    }

    /// Those feeds that this process is to fetch now: on a server one of the replicas fetches a feed, and not one that
    /// another has fetched since.
    pub async fn claim_feeds(&self, claims: &[Claim]) -> Result<Vec<FeedName>> {
        match self {
            Self::Database(database) => database.claim_feeds(claims).await,
            Self::Memory(_) => Ok(claims.iter().map(|claim| claim.feed.clone()).collect()),
        }
    }

    /// How the outbox stands, without looking at what letters say.
    pub async fn census(&self, now: Timestamp) -> Result<Census> {
        either!(self, census(now))
    }

    /// The number of the state's schema; none in memory.
    pub async fn schema(&self) -> Result<Option<i64>> {
        match self {
            Self::Database(database) => database.schema().await.map(Some),
            Self::Memory(_) => Ok(None),
        }
    }

    /// Whether other processes than people's commands may write here.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Database(database) if database.is_shared())
    }

    /// Who takes turns on a server, oldest first, those that have ended lately among them; of a file nobody is known here.
    pub async fn replicas(&self) -> Result<Vec<Replica>> {
        match self {
            Self::Database(database) => database.replicas().await,
            Self::Memory(_) => Ok(Vec::new()),
        }
    }

    /// Sees that other replicas know this process to be alive.
    pub async fn attend(&self) -> Result<()> {
        match self {
            Self::Database(database) => database.attend().await,
            Self::Memory(_) => Ok(()),
        }
    }

    /// Forgets letters done, things gone, answers and hand-overs from before `before`; of a task in sight nothing.
    pub async fn prune(&self, before: Timestamp) -> Result<()> {
        either!(self, prune(before))
    }

    /// Forgets copies of feeds, with what is held of them, that are not among `configured` and that nobody has asked since
    /// `before`: another replica may still have them in its configuration.
    pub async fn drop_copies(&self, configured: &BTreeSet<&FeedName>, before: Timestamp) -> Result<()> {
        either!(self, drop_copies(configured, before))
    }

    /// Sees that nothing of what was forgotten or replaced is left in the files of the state.
    pub async fn write_back(&self) -> Result<()> {
        either!(self, write_back())
    }

    /// A number that changes when another process has written.
    pub async fn data_version(&self) -> Result<i64> {
        either!(self, data_version())
    }

    /// Closes the state in good order: all is written back into the one file.
    pub async fn close(self) {
        match self {
            Self::Database(database) => database.close().await,
            Self::Memory(_) => {}
        }
    }

    /// Takes a step with the letter that says `key`.
    async fn step_by_key(&self, key: &str, step: &Step<'_>, now: Timestamp) -> Result<bool> {
        let Some(letter) = self.letter(key).await? else { return Ok(false) };
        let stepped: Result<Stepped> = either!(self, step(letter.id, step, now));
        Ok(stepped?.taken)
    }
}
