//! Plays a world with its crashes, its mail server's moods and its clock's lies, and writes down what was known, said and heard.
//! Judges nothing. *Said* is what turns queued; *heard* is what the mail server took, at the instant at which it did.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use anyhow::Result;
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};

use super::facts::{self, Witness};
use super::trouble::{Crash, Leap, Mood, Trouble};
use crate::config::Config;
use crate::cycle::{News, Report, Round, Written};
use crate::oracle::{self, Heard};
use crate::outbox::{Outcome, Waiting};
use crate::send::Hang;
use crate::simulate::{self, Reply, Simulation};

/// How long it takes until another process is there: what it finds changed is news of its own instant, after what was
/// decided before.
const RESTART: SignedDuration = SignedDuration::from_secs(1);

/// Everything that is played.
#[derive(Debug)]
pub struct Stage {
    /// The configuration.
    pub config: Arc<Config>,
    /// What fetches get.
    pub feeds: simulate::World,
    /// What people answer.
    pub replies: Vec<Reply>,
    /// The first instant.
    pub from: Timestamp,
    /// The first instant not played.
    pub until: Timestamp,
    /// Where the process dies, and from when on.
    pub crashes: Vec<(Timestamp, Crash)>,
    /// What is wrong with mail.
    pub troubles: Vec<Trouble>,
    /// When the clock lies.
    pub leaps: Vec<Leap>,
}

/// A world that was played.
#[derive(Debug)]
pub struct Played {
    /// What was known.
    pub world: oracle::World,
    /// Every notice of every letter, at the instant of the turn that queued it.
    pub said: Vec<Heard>,
    /// Every notice that the mail server took, as often as it did.
    pub heard: Vec<Heard>,
    /// The letters as queued.
    pub letters: Vec<(Timestamp, Written)>,
    /// The letters as the mail server took them.
    pub taken: Vec<(Timestamp, Waiting)>,
    /// What became of each letter.
    pub outbox: Vec<Waiting>,
    /// How many turns it took.
    pub turns: usize,
    /// How often the process died.
    pub crashes: usize,
}

/// A play under way.
struct Theatre {
    /// The turns.
    play: Simulation,
    /// What is known.
    witness: Witness,
    /// Crashes still to come.
    crashes: Vec<(Timestamp, Crash)>,
    /// What is wrong with mail.
    troubles: Vec<Trouble>,
    /// Lies of the clock still to come, soonest first.
    leaps: VecDeque<Leap>,
    /// Whether copies of feeds are stored.
    saves: bool,
    /// Whether everything is laid out anew in each turn.
    anew: bool,
    /// What came of it so far; `world` and `outbox` only in the end.
    said: Vec<Heard>,
    /// By key of the letter what it says.
    says: BTreeMap<String, Vec<Heard>>,
    /// See [`Played`].
    heard: Vec<Heard>,
    /// See [`Played`].
    letters: Vec<(Timestamp, Written)>,
    /// See [`Played`].
    taken: Vec<(Timestamp, Waiting)>,
    /// See [`Played`].
    turns: usize,
    /// See [`Played`].
    died: usize,
}

/// Plays it; with everything laid out `anew` in each turn, or only what is new.
pub async fn play(stage: Stage, anew: bool) -> Result<Played> {
    let Stage { config, feeds, replies, from, until, crashes, troubles, leaps } = stage;
    let witness = Witness::new(&config, from, until);
    let play = Simulation::new(config, feeds, replies, from, until).await?;
    let saves = !crashes.is_empty();
    let (said, heard, letters, taken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (leaps, says) = (leaps.into(), BTreeMap::new());
    let mut theatre =
        Theatre { play, witness, crashes, troubles, leaps, saves, anew, said, says, heard, letters, taken, turns: 0, died: 0 };
    while let Some(at) = theatre.play.advance().await? {
        theatre.step(at).await?;
    }
    let Theatre { play, witness, said, heard, letters, taken, turns, died, .. } = theatre;
    let outbox = play.store().outbox().await?;
    Ok(Played { world: witness.world, said, heard, letters, taken, outbox, turns, crashes: died })
}

impl Theatre {
    /// Everything that happens at one instant.
    async fn step(&mut self, at: Timestamp) -> Result<()> {
        while let Some(leap) = self.leaps.pop_front_if(|leap| leap.at <= at) {
            // What is said then is said at the true time, whatever the process believes. It dies at other times.
            let crashes = std::mem::take(&mut self.crashes);
            self.play.set_clock(at.saturating_add(leap.by).unwrap_or(at));
            self.turn(at).await?;
            self.deliver(at).await?;
            self.play.set_clock(at);
            self.crashes = crashes;
        }
        let news = self.play.fetch() == News::Some;
        // What no turn has seen is seen by the next process as if it had been the first.
        if news && self.dies(Crash::Fetched, at) {
            self.revive(SignedDuration::ZERO).await?;
        }
        if news && self.saves {
            self.play.save().await?;
        }
        if news && self.dies(Crash::Stored, at) {
            self.revive(SignedDuration::ZERO).await?;
        }
        self.play.reply().await?;
        let mut at = at;
        if self.turn(at).await? && self.dies(Crash::Committed, at) {
            at = self.revive(RESTART).await?;
        }
        let round = self.deliver(at).await?;
        if round.accepted > 0 && self.dies(Crash::Answered, at) {
            self.revive(RESTART).await?;
        }
        Ok(())
    }

    /// Whether the process dies at that place of its work now.
    fn dies(&mut self, place: Crash, at: Timestamp) -> bool {
        let Some(found) = self.crashes.iter().position(|(since, crash)| *since <= at && *crash == place) else { return false };
        self.crashes.remove(found);
        true
    }

    /// The process dies; another one takes up what is stored, `pause` later, fetches everything and turns. When that is.
    async fn revive(&mut self, pause: SignedDuration) -> Result<Timestamp> {
        self.died = self.died.saturating_add(1);
        let at = self.play.die(pause).await?;
        self.play.fetch();
        self.play.save().await?;
        self.turn(at).await?;
        Ok(at)
    }

    /// One turn, if there is anything new; whether it queued letters.
    async fn turn(&mut self, at: Timestamp) -> Result<bool> {
        if self.anew {
            self.play.lay_anew();
        }
        let Some(Report { letters, .. }) = self.play.turn().await? else { return Ok(false) };
        self.turns = self.turns.saturating_add(1);
        self.witness.look(at, self.play.cycle());
        let some = !letters.is_empty();
        for written in letters {
            let heard = facts::heard(at, &written);
            self.said.extend(heard.iter().cloned());
            self.says.insert(written.letter.key.as_str().to_owned(), heard);
            self.letters.push((at, written));
        }
        Ok(some)
    }

    /// Sends what is due, as the mail server's mood lets it.
    async fn deliver(&mut self, mut at: Timestamp) -> Result<Round> {
        let mood = self.troubles.iter().position(|trouble| trouble.since <= at && at < trouble.until);
        let answer = mood.and_then(|place| self.troubles.get(place)).map(|trouble| trouble.mood.answer());
        let hang = self.crashes.iter().position(|(since, crash)| *since <= at && crash.hangs().is_some());
        if let Some(post) = self.play.post() {
            post.answers = answer.into_iter().collect();
            post.hang = hang.and_then(|place| self.crashes.get(place)).and_then(|(_, crash)| crash.hangs());
        }
        // Nothing in memory ever waits, but for an attempt that hangs.
        let ended = self.play.deliver().now_or_never();
        let round = if let Some(round) = ended {
            round?
        } else {
            self.heed(at);
            hang.map(|place| self.crashes.remove(place));
            at = self.revive(RESTART).await?;
            self.play.deliver().await?
        };
        let spent = self.play.post().is_some_and(|post| post.answers.is_empty());
        if let Some(place) = mood.filter(|_| spent)
            && self.troubles.get(place).is_some_and(|trouble| trouble.mood != Mood::Down)
        {
            self.troubles.remove(place);
        }
        self.heed(at);
        Ok(round)
    }

    /// Notes what the mail server took.
    fn heed(&mut self, at: Timestamp) {
        let Some(post) = self.play.post() else { return };
        post.hang = None;
        for letter in std::mem::take(&mut post.sent) {
            let says = self.says.get(letter.key.as_str()).into_iter().flatten();
            self.heard.extend(says.map(|heard| Heard { at, ..heard.clone() }));
            self.taken.push((at, letter));
        }
    }
}

impl Crash {
    /// Where an attempt hangs for it.
    fn hangs(self) -> Option<Hang> {
        match self {
            Self::Attempted => Some(Hang::Untaken),
            Self::Taken => Some(Hang::Taken),
            Self::Fetched | Self::Stored | Self::Committed | Self::Answered => None,
        }
    }
}

impl Mood {
    /// What the mail server says.
    fn answer(self) -> Outcome {
        match self {
            Self::Down => Outcome::Halted { answer: "nobody answers".to_owned(), particular: false },
            Self::Refuses => Outcome::Refused { answer: "550 no such mailbox".to_owned() },
            Self::Busy => Outcome::Unclear { answer: "451 try again later".to_owned(), maybe_sent: false },
            Self::Drops => Outcome::Unclear { answer: "the line was dropped after the final dot".to_owned(), maybe_sent: true },
        }
    }
}
