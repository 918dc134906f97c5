//! Letters and notices in the database: queued, found, moved on in their life.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::SqlitePool;

use super::connection::{Row, Statement, Transaction, sql};
use super::{Database, Place};
use crate::crash::{self, Point};
use crate::outbox::census::LATELY;
use crate::outbox::{Census, Letter, Life, State, Waiting};
use crate::plan::{Key, Said};
use crate::store::{PAGE, Step, Stepped};

/// All notices, each with the letter that carries it.
macro_rules! notices {
    () => {
        "SELECT notices.*, letters.key AS letter_key, letters.state AS letter_state, letters.maybe_twice \
            FROM notices JOIN letters ON letters.id = notices.letter"
    };
}

/// Likewise, as a statement.
pub(super) const NOTICES: &str = notices!();

/// The notices of up to [`GULP`] letters.
const NOTICES_OF: &str = concat!(
    notices!(),
    " WHERE letter IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25) \
    ORDER BY letter, notices.key"
);

/// Of how many letters the notices are asked for at once: one question for each letter would cost more than sending it.
const GULP: usize = 25;

/// The next letters that are to be tried.
const DUE: &str =
    "SELECT * FROM letters WHERE done IS NULL AND (due <= $1 OR state = 'queued' AND since > $1) AND id > $2 ORDER BY id LIMIT $3";

/// Likewise, without those in attempts of other replicas that live and have not hung for too long.
const DUE_HERE: &str = "SELECT * FROM letters WHERE done IS NULL AND (due <= $1 OR state = 'queued' AND since > $1) \
    AND id > $2 AND NOT coalesce(state = 'sending' \
    AND replica <> $4 AND lease > now() AND replica IN (SELECT number FROM alive), FALSE) ORDER BY id LIMIT $3";

/// A letter, if it is in an attempt of another replica that lives and has not hung for too long.
const ELSEWHERE: &str = "SELECT id FROM letters WHERE id = $1 AND state = 'sending' AND replica <> $2 AND lease > now() \
    AND replica IN (SELECT number FROM alive)";

/// A replica, if it is known to be alive.
const ALIVE: &str = "SELECT number FROM alive WHERE number = $1";

/// The life of a letter.
const LIFE: &str = "SELECT state, since, due, due_before, tries, attempt, last_answer, maybe_twice, useful_until, done FROM letters \
    WHERE id = $1";

/// Writes it back.
const SAVE: &str = "UPDATE letters SET state = $2, since = $3, due = $4, due_before = $5, tries = $6, attempt = $7, \
    last_answer = $8, maybe_twice = $9, done = $10 WHERE id = $1";

/// Likewise, if it is as it was: in a file.
const SAVE_UNCHANGED: &str = "UPDATE letters SET state = $2, since = $3, due = $4, due_before = $5, tries = $6, attempt = $7, \
    last_answer = $8, maybe_twice = $9, done = $10 WHERE id = $1 AND state = $11 AND since = $12 AND due = $13 AND due_before = $14 \
    AND tries = $15 AND attempt = $16 AND last_answer IS $17 AND maybe_twice = $18 AND done IS $19";

/// The lives of letters that are not done, or were done from then on.
const STANDING: &str = "SELECT state, since, due, due_before, tries, attempt, last_answer, maybe_twice, useful_until, done \
    FROM letters WHERE done IS NULL OR done >= $1";

impl Database {
    /// Letters that are not done.
    pub(in crate::store) async fn waiting(&self) -> Result<Vec<Waiting>> {
        self.letters(sql("SELECT * FROM letters WHERE done IS NULL ORDER BY id")).await
    }

    /// All letters.
    pub(in crate::store) async fn outbox(&self) -> Result<Vec<Waiting>> {
        self.letters(sql("SELECT * FROM letters ORDER BY id")).await
    }

    /// Letters refused from then on.
    pub(in crate::store) async fn refused_since(&self, from: Timestamp) -> Result<Vec<Waiting>> {
        self.letters(sql("SELECT * FROM letters WHERE state = 'refused' AND done >= $1 ORDER BY id").bind(from)).await
    }

    /// The letter that says a key.
    pub(in crate::store) async fn letter(&self, key: &str) -> Result<Option<Waiting>> {
        let by_key = "SELECT letter AS id FROM notices WHERE key = $1 UNION ALL SELECT id FROM letters WHERE key = $1 LIMIT 1";
        let mut reading = self.reading().await.context("reading the outbox")?;
        let Some(row) = sql(by_key).bind(key).row(&mut reading).await? else { return Ok(None) };
        let found = letters(&mut reading, sql("SELECT * FROM letters WHERE id = $1").bind(row.get::<i64>("id")?)).await;
        Ok(found.context("reading the outbox")?.pop())
    }

    /// When the next letter is due.
    pub(in crate::store) async fn next_due(&self) -> Result<Option<Timestamp>> {
        let mut reading = self.reading().await.context("reading the outbox")?;
        let row = sql("SELECT min(due) AS due FROM letters WHERE done IS NULL").row(&mut reading).await.context("reading the outbox")?;
        row.map_or(Ok(None), |row| row.maybe_instant("due"))
    }

    /// Takes a step with a letter.
    pub(in crate::store) async fn step(&self, id: i64, step: &Step<'_>, now: Timestamp) -> Result<Stepped> {
        let stepped = match &self.place {
            Place::File(pool) => self.step_in_file(pool, id, step, now).await,
            Place::Server(_) => self.step_on_server(id, step, now).await,
        };
        let stepped = stepped.context("writing to the outbox")?;
        points(step).inspect(|(_, after)| crash::at(*after));
        Ok(stepped)
    }

    /// Likewise in a file. One writer at a time: what a letter has lived through is written back only where nobody else has changed
    /// it since it was read, and read once more otherwise. So each of the two is a statement by itself, and no transaction is
    /// needed, which for the thousands of letters of a bad night costs more than the disk does.
    async fn step_in_file(&self, pool: &SqlitePool, id: i64, step: &Step<'_>, now: Timestamp) -> Result<Stepped> {
        let mut file = pool.acquire().await?;
        let mut known = self.lives().remove(&id);
        loop {
            let remembered = known.take();
            let is_remembered = remembered.is_some();
            let before = match remembered {
                Some(life) => life,
                None => match sql(LIFE).bind(id).row_in(&mut file).await? {
                    Some(row) => life(&row)?,
                    None => return Ok(Stepped::NOWHERE),
                },
            };
            let mut after = before.clone();
            let stepped = step.take(&mut after, now);
            if after == before {
                // What is not written is not seen to be out of date either.
                if is_remembered {
                    continue;
                }
                return Ok(stepped);
            }
            points(step).inspect(|(before, _)| crash::at(*before));
            if lived(lived(sql(SAVE_UNCHANGED).bind(id), &after), &before).run_in(&mut file).await? == 1 {
                self.lives().insert(id, after);
                return Ok(stepped);
            }
        }
    }

    /// What is known of letters, also when a thread died while holding it: every change is whole.
    fn lives(&self) -> MutexGuard<'_, HashMap<i64, Life>> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Likewise on a server: others send, too.
    async fn step_on_server(&self, id: i64, step: &Step<'_>, now: Timestamp) -> Result<Stepped> {
        let mut transaction = if step.may_be_news() { self.publishing().await? } else { self.writing().await? };
        if !self.claim(&mut transaction, id, step).await? {
            return Ok(Stepped::ELSEWHERE);
        }
        let stepped = take(&mut transaction, id, step, now).await?;
        points(step).inspect(|(before, _)| crash::at(*before));
        if step.is_news(stepped) {
            self.publish(transaction).await?;
        } else {
            transaction.commit().await?;
        }
        Ok(stepped)
    }

    /// The next letters that are to be tried, without those that another replica is about to send.
    pub(in crate::store) async fn due(&self, now: Timestamp, after: i64) -> Result<Vec<Waiting>> {
        let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let due = sql(if self.number().is_some() { DUE_HERE } else { DUE }).bind(now).bind(after).bind(page);
        let letters = self.letters(if let Some(replica) = self.number() { due.bind(replica) } else { due }).await?;
        *self.lives() = letters.iter().map(|letter| (letter.id, letter.life.clone())).collect();
        Ok(letters)
    }

    /// How the outbox stands.
    pub(in crate::store) async fn census(&self, now: Timestamp) -> Result<Census> {
        let lately = now.checked_sub(LATELY).unwrap_or(Timestamp::MIN);
        let mut reading = self.reading().await.context("reading the outbox")?;
        let rows = sql(STANDING).bind(lately).rows(&mut reading).await.context("reading the outbox")?;
        Ok(Census::of(rows.iter().map(life).collect::<Result<Vec<_>>>()?, now))
    }

    /// Holds a letter for this process alone until the transaction ends, and from an attempt's beginning until its lease
    /// runs out; false when somebody else holds it. A file has one process that sends, and needs none of this.
    async fn claim(&self, transaction: &mut Transaction, id: i64, step: &Step<'_>) -> Result<bool> {
        let Some(replica) = self.number() else { return Ok(true) };
        // Who wants to send a letter that is held leaves it to the holder. All others wait: an answer must be written down.
        let held = match step {
            Step::Begin(_) => sql("SELECT id FROM letters WHERE id = $1 FOR UPDATE SKIP LOCKED"),
            Step::Finish(..) | Step::Withdraw(_) | Step::PutOff(..) | Step::GiveUp(_) | Step::Retry => {
                sql("SELECT id FROM letters WHERE id = $1 FOR UPDATE")
            }
        };
        if held.bind(id).row(transaction).await?.is_none() {
            return Ok(!matches!(step, Step::Begin(_)));
        }
        if matches!(step, Step::Finish(..)) {
            // The attempt's number is its fence: one that was overtaken changes nothing.
            return Ok(true);
        }
        if sql(ELSEWHERE).bind(id).bind(replica).row(transaction).await?.is_some() {
            return Ok(false);
        }
        if let Step::Begin(lease) = step {
            if !self.is_known_alive(transaction, replica).await? {
                return Ok(false);
            }
            let leased = sql("UPDATE letters SET replica = $2, lease = now() + make_interval(secs => $3) WHERE id = $1");
            leased.bind(id).bind(replica).bind(lease.as_secs()).run(transaction).await?;
        }
        Ok(true)
    }

    /// Whether others know this replica to be alive: they would take an attempt over in its middle. One whose connection was lost
    /// shows itself again first. Who takes no turns is no replica.
    async fn is_known_alive(&self, transaction: &mut Transaction, replica: i64) -> Result<bool> {
        if replica == 0 || sql(ALIVE).bind(replica).row(transaction).await?.is_some() {
            return Ok(true);
        }
        self.attend().await?;
        Ok(sql(ALIVE).bind(replica).row(transaction).await?.is_some())
    }

    /// The letters that a statement finds, with their notices.
    async fn letters(&self, found: Statement) -> Result<Vec<Waiting>> {
        let mut reading = self.reading().await.context("reading the outbox")?;
        letters(&mut reading, found).await.context("reading the outbox")
    }
}

/// Where a rehearsed power cut may come: before what a step came to is kept, and after.
fn points(step: &Step<'_>) -> Option<(Point, Point)> {
    match step {
        Step::Begin(_) => Some((Point::AttemptBegun, Point::AttemptKept)),
        Step::Finish(..) => Some((Point::AnswerBegun, Point::AnswerKept)),
        Step::Withdraw(_) | Step::PutOff(..) | Step::GiveUp(_) | Step::Retry => None,
    }
}

/// The letters that a statement finds, with their notices. These are asked for by the numbers that were found: who lives may
/// change between two questions, and with it what is due.
async fn letters(reading: &mut Transaction, found: Statement) -> Result<Vec<Waiting>> {
    let rows = found.rows(reading).await?;
    let mut letters = rows.iter().map(waiting).collect::<Result<Vec<_>>>()?;
    for letters in letters.chunks_mut(GULP) {
        let ids = letters.iter().map(|letter| letter.id).chain(std::iter::repeat(0));
        let asked = ids.take(GULP).fold(sql(NOTICES_OF), Statement::bind);
        let mut notices: HashMap<i64, Vec<Said>> = HashMap::new();
        for row in asked.rows(reading).await? {
            notices.entry(row.get("letter")?).or_default().push(said(&row)?);
        }
        for letter in letters {
            letter.notices = notices.remove(&letter.id).unwrap_or_default();
        }
    }
    Ok(letters)
}

/// Queues a letter whose own key is new.
pub(super) async fn queue(writing: &mut Transaction, letter: &Letter) -> Result<Option<i64>> {
    let known = sql("SELECT 1 AS known FROM notices WHERE key = $1").bind(letter.key.as_str());
    if known.row(writing).await?.is_some() {
        return Ok(None);
    }
    let whole = sql("INSERT INTO letters (key, state, recipient, engineer, subject, bytes, queued, since, due, due_before, useful_until) \
        VALUES ($1, 'queued', $2, $3, $4, $5, $6, $6, $6, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING id");
    let whole = whole.bind(letter.key.as_str()).bind(letter.to.as_str()).bind(&letter.engineer).bind(&letter.subject);
    let whole = whole.bind(letter.bytes.as_slice()).bind(letter.queued).bind(letter.useful_until);
    let Some(row) = whole.row(writing).await? else { return Ok(None) };
    let id: i64 = row.get("id")?;
    for said in &letter.notices {
        let uids = said.uids.as_ref().map(serde_json::to_string).transpose()?;
        let task = said.task.as_ref().map(crate::agenda::TaskId::as_str);
        let notice = sql("INSERT INTO notices (key, letter, kind, person, task, task_start, stage, reason, uids, at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key) DO NOTHING");
        let notice = notice.bind(said.key.as_str()).bind(id).bind(said.kind.name()).bind(&said.person).bind(task);
        let notice = notice.bind(said.task_start).bind(&said.stage).bind(&said.reason).bind(uids).bind(said.at);
        notice.run(writing).await?;
    }
    Ok(Some(id))
}

/// Takes a step with a letter.
pub(super) async fn take(writing: &mut Transaction, id: i64, step: &Step<'_>, now: Timestamp) -> Result<Stepped> {
    let row = sql(LIFE).bind(id).row(writing).await?;
    let Some(row) = row else { return Ok(Stepped::NOWHERE) };
    let before = life(&row)?;
    let mut after = before.clone();
    let stepped = step.take(&mut after, now);
    if after != before {
        save(writing, id, &after).await?;
    }
    Ok(stepped)
}

/// Writes a letter's life back.
async fn save(writing: &mut Transaction, id: i64, life: &Life) -> Result<()> {
    lived(sql(SAVE).bind(id), life).run(writing).await.with_context(|| format!("writing to letter {id}"))?;
    Ok(())
}

/// A statement with what may change in a life as its next arguments.
fn lived(saved: Statement, life: &Life) -> Statement {
    let saved = saved.bind(life.state.name()).bind(life.since).bind(life.due).bind(life.due_before).bind(life.tries);
    saved.bind(life.attempt).bind(&life.last_answer).bind(life.maybe_twice).bind(life.done)
}

/// A letter as a row has it, without its notices.
fn waiting(row: &Row) -> Result<Waiting> {
    Ok(Waiting {
        id: row.get("id")?,
        key: Key::stored(row.get("key")?),
        to: row.get::<String>("recipient")?.parse()?,
        engineer: row.get("engineer")?,
        subject: row.get("subject")?,
        bytes: row.get("bytes")?,
        notices: Vec::new(),
        queued: row.instant("queued")?,
        life: life(row)?,
    })
}

/// A letter's life as a row has it.
fn life(row: &Row) -> Result<Life> {
    Ok(Life {
        state: row.get::<String>("state")?.parse()?,
        since: row.instant("since")?,
        due: row.instant("due")?,
        due_before: row.instant("due_before")?,
        tries: u32::try_from(row.get::<i64>("tries")?)?,
        attempt: u32::try_from(row.get::<i64>("attempt")?)?,
        last_answer: row.get("last_answer")?,
        maybe_twice: row.get("maybe_twice")?,
        useful_until: row.maybe_instant("useful_until")?,
        done: row.maybe_instant("done")?,
    })
}

/// A notice as a row of [`NOTICES`] has it.
pub(super) fn said(row: &Row) -> Result<Said> {
    let uids: Option<String> = row.get("uids")?;
    Ok(Said {
        key: Key::stored(row.get("key")?),
        kind: row.get::<String>("kind")?.parse()?,
        person: row.get("person")?,
        task: row.get::<Option<String>>("task")?.map(crate::agenda::TaskId::new),
        task_start: row.maybe_instant("task_start")?,
        stage: row.get("stage")?,
        reason: row.get("reason")?,
        uids: uids.map(|uids| serde_json::from_str(&uids)).transpose().context("column `uids` holds no list")?,
        at: row.instant("at")?,
        letter: Key::stored(row.get("letter_key")?),
        withdrawn: row.get::<String>("letter_state")?.parse::<State>()? == State::Withdrawn && !row.get::<bool>("maybe_twice")?,
    })
}
