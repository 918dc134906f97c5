//! Letters and notices in the file: queued, found, moved on in their life.

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::{Sqlite, instant, maybe_instant, millis};
use crate::outbox::{Letter, Life, State, Waiting};
use crate::plan::{Key, Said};
use crate::store::{Step, Stepped};

/// All notices, each with the letter that carries it.
pub(super) const NOTICES: &str = "SELECT notices.*, letters.key AS letter_key, letters.state AS letter_state \
    FROM notices JOIN letters ON letters.id = notices.letter";

/// The notices of one letter.
const NOTICES_OF: &str = "SELECT notices.*, letters.key AS letter_key, letters.state AS letter_state \
    FROM notices JOIN letters ON letters.id = notices.letter WHERE letter = $1 ORDER BY notices.key";

impl Sqlite {
    /// Letters that are not done.
    pub(in crate::store) async fn waiting(&self) -> Result<Vec<Waiting>> {
        self.letters("SELECT * FROM letters WHERE done IS NULL AND $1 IS NULL ORDER BY id", None).await
    }

    /// All letters.
    pub(in crate::store) async fn outbox(&self) -> Result<Vec<Waiting>> {
        self.letters("SELECT * FROM letters WHERE $1 IS NULL ORDER BY id", None).await
    }

    /// Letters refused from then on.
    pub(in crate::store) async fn refused_since(&self, from: Timestamp) -> Result<Vec<Waiting>> {
        let sql = "SELECT * FROM letters WHERE state = 'refused' AND done >= $1 ORDER BY id";
        self.letters(sql, Some(millis(from))).await
    }

    /// The letter that says a key.
    pub(in crate::store) async fn letter(&self, key: &str) -> Result<Option<Waiting>> {
        let sql = "SELECT letter AS id FROM notices WHERE key = $1 UNION ALL SELECT id FROM letters WHERE key = $1 LIMIT 1";
        let id: Option<i64> = sqlx::query_scalar(sql).bind(key).fetch_optional(&self.pool).await?;
        let Some(id) = id else { return Ok(None) };
        Ok(self.letters("SELECT * FROM letters WHERE id = $1", Some(id)).await?.pop())
    }

    /// When the next letter is due.
    pub(in crate::store) async fn next_due(&self) -> Result<Option<Timestamp>> {
        let row = sqlx::query("SELECT min(due) AS due FROM letters WHERE done IS NULL").fetch_one(&self.pool).await;
        maybe_instant(&row.context("reading the outbox")?, "due")
    }

    /// Takes a step with a letter.
    pub(in crate::store) async fn step(&self, id: i64, step: &Step<'_>, now: Timestamp) -> Result<Stepped> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.context("writing to the outbox")?;
        let stepped = take(&mut transaction, id, step, now).await?;
        transaction.commit().await.context("writing to the outbox")?;
        Ok(stepped)
    }

    /// The letters that a query with one argument finds, with their notices.
    async fn letters(&self, sql: &'static str, argument: Option<i64>) -> Result<Vec<Waiting>> {
        let mut connection = self.pool.acquire().await.context("reading the outbox")?;
        let rows = sqlx::query(sql).bind(argument).fetch_all(&mut *connection).await.context("reading the outbox")?;
        let mut letters = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut letter = waiting(row)?;
            let notices = sqlx::query(NOTICES_OF).bind(letter.id);
            let notices = notices.fetch_all(&mut *connection).await.context("reading notices")?;
            letter.notices = notices.iter().map(said).collect::<Result<_>>()?;
            letters.push(letter);
        }
        Ok(letters)
    }
}

/// Queues a letter whose own key is new.
pub(super) async fn queue(connection: &mut SqliteConnection, letter: &Letter) -> Result<Option<i64>> {
    let known = sqlx::query("SELECT 1 FROM notices WHERE key = $1").bind(letter.key.as_str());
    if known.fetch_optional(&mut *connection).await?.is_some() {
        return Ok(None);
    }
    let sql = "INSERT INTO letters (key, state, recipient, engineer, subject, bytes, queued, since, due, due_before, useful_until) \
        VALUES ($1, 'queued', $2, $3, $4, $5, $6, $6, $6, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING id";
    let query = sqlx::query_scalar(sql).bind(letter.key.as_str()).bind(letter.to.as_str()).bind(&letter.engineer);
    let query = query.bind(&letter.subject).bind(&letter.bytes).bind(millis(letter.queued)).bind(letter.useful_until.map(millis));
    let Some(id): Option<i64> = query.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let sql = "INSERT INTO notices (key, letter, kind, person, task, task_start, stage, reason, uids, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key) DO NOTHING";
    for said in &letter.notices {
        let uids = said.uids.as_ref().map(serde_json::to_string).transpose()?;
        let task = said.task.as_ref().map(crate::agenda::TaskId::as_str);
        let query = sqlx::query(sql).bind(said.key.as_str()).bind(id).bind(said.kind.name()).bind(&said.person).bind(task);
        let query = query.bind(said.task_start.map(millis)).bind(&said.stage).bind(&said.reason).bind(uids).bind(millis(said.at));
        query.execute(&mut *connection).await?;
    }
    Ok(Some(id))
}

/// Takes a step with a letter.
pub(super) async fn take(connection: &mut SqliteConnection, id: i64, step: &Step<'_>, now: Timestamp) -> Result<Stepped> {
    let row = sqlx::query("SELECT * FROM letters WHERE id = $1").bind(id).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(Stepped::NOWHERE) };
    let before = life(&row)?;
    let mut after = before.clone();
    let stepped = step.take(&mut after, now);
    if after != before {
        save(connection, id, &after).await?;
    }
    Ok(stepped)
}

/// Writes a letter's life back.
async fn save(connection: &mut SqliteConnection, id: i64, life: &Life) -> Result<()> {
    let sql = "UPDATE letters SET state = $2, since = $3, due = $4, due_before = $5, tries = $6, attempt = $7, \
        last_answer = $8, maybe_twice = $9, done = $10 WHERE id = $1";
    let query = sqlx::query(sql).bind(id).bind(life.state.name()).bind(millis(life.since)).bind(millis(life.due));
    let query = query.bind(millis(life.due_before)).bind(i64::from(life.tries)).bind(i64::from(life.attempt));
    let query = query.bind(&life.last_answer).bind(life.maybe_twice).bind(life.done.map(millis));
    query.execute(connection).await.with_context(|| format!("writing to letter {id}"))?;
    Ok(())
}

/// A letter as a row has it, without its notices.
fn waiting(row: &SqliteRow) -> Result<Waiting> {
    Ok(Waiting {
        id: row.try_get("id")?,
        key: Key::stored(row.try_get("key")?),
        to: row.try_get::<String, _>("recipient")?.parse()?,
        engineer: row.try_get("engineer")?,
        subject: row.try_get("subject")?,
        bytes: row.try_get("bytes")?,
        notices: Vec::new(),
        queued: instant(row, "queued")?,
        life: life(row)?,
    })
}

/// A letter's life as a row has it.
fn life(row: &SqliteRow) -> Result<Life> {
    Ok(Life {
        state: row.try_get::<String, _>("state")?.parse()?,
        since: instant(row, "since")?,
        due: instant(row, "due")?,
        due_before: instant(row, "due_before")?,
        tries: u32::try_from(row.try_get::<i64, _>("tries")?)?,
        attempt: u32::try_from(row.try_get::<i64, _>("attempt")?)?,
        last_answer: row.try_get("last_answer")?,
        maybe_twice: row.try_get("maybe_twice")?,
        useful_until: maybe_instant(row, "useful_until")?,
        done: maybe_instant(row, "done")?,
    })
}

/// A notice as a row of [`NOTICES`] has it.
pub(super) fn said(row: &SqliteRow) -> Result<Said> {
    let uids: Option<String> = row.try_get("uids")?;
    Ok(Said {
        key: Key::stored(row.try_get("key")?),
        kind: row.try_get::<String, _>("kind")?.parse()?,
        person: row.try_get("person")?,
        task: row.try_get::<Option<String>, _>("task")?.map(crate::agenda::TaskId::new),
        task_start: maybe_instant(row, "task_start")?,
        stage: row.try_get("stage")?,
        reason: row.try_get("reason")?,
        uids: uids.map(|uids| serde_json::from_str(&uids)).transpose().context("column `uids` holds no list")?,
        at: instant(row, "at")?,
        letter: Key::stored(row.try_get("letter_key")?),
        withdrawn: row.try_get::<String, _>("letter_state")?.parse::<State>()? == State::Withdrawn,
    })
}
