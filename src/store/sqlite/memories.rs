//! What was seen, said, answered and handed over, as the file keeps it; and the one transaction of a turn.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::letters::{NOTICES, queue, said, take};
use super::{Sqlite, instant, maybe_instant, millis};
use crate::agenda::history::{Revision, Sighting, Thing};
use crate::agenda::{Bygone, History, TaskId};
use crate::people::FeedName;
use crate::plan::past::Writer;
use crate::plan::{Answer, Past};
use crate::store::{Committed, Step, Turn};

impl Sqlite {
    /// Keeps what a turn leaves behind, or nothing of it.
    pub(in crate::store) async fn commit(&self, turn: &Turn, now: Timestamp) -> Result<Committed> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.context("keeping a turn")?;
        let committed = keep(&mut transaction, turn, now).await.context("keeping a turn")?;
        transaction.commit().await.context("keeping a turn")?;
        Ok(committed)
    }

    /// Keeps an answer.
    pub(in crate::store) async fn answer(&self, answer: &Answer) -> Result<()> {
        let mut connection = self.pool.acquire().await.context("keeping an answer")?;
        keep_answer(&mut connection, answer).await.context("keeping an answer")
    }

    /// What was said, answered and handed over.
    pub(in crate::store) async fn past(&self) -> Result<Arc<Past>> {
        // One transaction: another process's answer must not come between the parts.
        let mut reading = self.pool.begin().await.context("reading the past")?;
        let mut past = Past::default();
        for row in &sqlx::query(NOTICES).fetch_all(&mut *reading).await? {
            past.note(said(row)?);
        }
        for row in &sqlx::query("SELECT * FROM answers ORDER BY at, id").fetch_all(&mut *reading).await? {
            let task = TaskId::new(row.try_get("task")?);
            let (at, by, note) = (instant(row, "at")?, row.try_get("by")?, row.try_get("note")?);
            past.answers.insert(task.clone(), Answer { task, waived: row.try_get("waived")?, at, by, note });
        }
        for row in &sqlx::query("SELECT * FROM writers ORDER BY since, id").fetch_all(&mut *reading).await? {
            let engineer: String = row.try_get("engineer")?;
            let engineer = if engineer.is_empty() { None } else { Some(engineer.parse()?) };
            let (start, since) = (instant(row, "start")?, instant(row, "since")?);
            past.hand_over(Writer { task: TaskId::new(row.try_get("task")?), start, engineer, since });
        }
        for row in &sqlx::query("SELECT * FROM instants").fetch_all(&mut *reading).await? {
            past.instants.insert(row.try_get("name")?, instant(row, "at")?);
        }
        Ok(Arc::new(past))
    }

    /// What was seen when.
    pub(in crate::store) async fn history(&self) -> Result<Arc<History>> {
        let mut reading = self.pool.begin().await.context("reading the history")?;
        let mut revisions: BTreeMap<String, Vec<Revision>> = BTreeMap::new();
        for row in &sqlx::query("SELECT * FROM revisions ORDER BY sighting, place").fetch_all(&mut *reading).await? {
            let was = serde_json::from_str(row.try_get("was")?).context("a revision cannot be read")?;
            revisions.entry(row.try_get("sighting")?).or_default().push(Revision { at: instant(row, "at")?, was });
        }
        let mut history = History::new();
        for row in &sqlx::query("SELECT * FROM sightings").fetch_all(&mut *reading).await? {
            let id: String = row.try_get("id")?;
            let thing = serde_json::from_str(row.try_get("form")?).with_context(|| format!("`{id}` cannot be read"))?;
            let revisions = revisions.remove(&id).unwrap_or_default();
            let (first_seen, known) = (instant(row, "first_seen")?, instant(row, "known")?);
            let (last_seen, gone) = (maybe_instant(row, "last_seen")?, maybe_instant(row, "gone")?);
            let id = TaskId::new(id);
            history.insert(id.clone(), Sighting { id, thing, first_seen, known, last_seen, gone, revisions });
        }
        Ok(Arc::new(history))
    }

    /// What feeds showed of people's time and show no more.
    pub(in crate::store) async fn bygone(&self) -> Result<BTreeMap<FeedName, Bygone>> {
        let rows = sqlx::query("SELECT * FROM bygone").fetch_all(&self.pool).await.context("reading what feeds showed")?;
        let bygone = |row: &SqliteRow| {
            let feed: FeedName = row.try_get::<String, _>("feed")?.parse()?;
            let form = serde_json::from_str(row.try_get("form")?).with_context(|| format!("what `{feed}` showed cannot be read"))?;
            Ok((feed, form))
        };
        rows.iter().map(bygone).collect()
    }

    /// Forgets what is old.
    pub(in crate::store) async fn prune(&self, before: Timestamp) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.context("forgetting what is old")?;
        let steps = [
            "DELETE FROM letters WHERE done < $1",
            "DELETE FROM sightings WHERE coalesce(gone, last_seen) < $1",
            "DELETE FROM instants WHERE at < $1 AND (name LIKE 'covered/%' OR name LIKE 'uncovered/%' OR name LIKE 'leads/%')",
            "DELETE FROM writers WHERE since < $1 AND start < $1",
            "DELETE FROM answers WHERE task NOT IN (SELECT id FROM sightings) \
                AND task IN (SELECT task FROM answers GROUP BY task HAVING max(at) < $1)",
        ];
        for step in steps {
            sqlx::query(step).bind(millis(before)).execute(&mut *transaction).await.context("forgetting what is old")?;
        }
        transaction.commit().await.context("forgetting what is old")
    }
}

/// Writes down all that a turn leaves behind.
async fn keep(connection: &mut SqliteConnection, turn: &Turn, now: Timestamp) -> Result<Committed> {
    let mut committed = Committed::default();
    for letter in &turn.letters {
        match queue(connection, letter).await? {
            Some(id) => committed.queued.push(id),
            None => committed.dropped.push(letter.key.clone()),
        }
    }
    for sighting in &turn.sightings {
        keep_sighting(connection, sighting).await?;
    }
    for id in &turn.forgotten {
        sqlx::query("DELETE FROM sightings WHERE id = $1").bind(id.as_str()).execute(&mut *connection).await?;
    }
    for writer in &turn.writers {
        let sql = "INSERT INTO writers (task, start, engineer, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let engineer = writer.engineer.as_ref().map_or("", crate::people::EngineerId::as_str);
        let query = sqlx::query(sql).bind(writer.task.as_str()).bind(millis(writer.start)).bind(engineer);
        query.bind(millis(writer.since)).execute(&mut *connection).await?;
    }
    for (feed, bygone) in &turn.bygone {
        keep_bygone(connection, feed, bygone).await?;
    }
    for (name, at) in &turn.instants {
        let sql = "INSERT INTO instants (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = excluded.at";
        sqlx::query(sql).bind(name).bind(millis(*at)).execute(&mut *connection).await?;
    }
    for answer in &turn.answers {
        keep_answer(connection, answer).await?;
    }
    for (id, reason) in &turn.withdrawn {
        take(connection, *id, &Step::Withdraw(reason), now).await?;
    }
    for (id, until, reason) in &turn.put_off {
        take(connection, *id, &Step::PutOff(*until, reason), now).await?;
    }
    Ok(committed)
}

/// Writes down what is remembered of people's time in one feed.
async fn keep_bygone(connection: &mut SqliteConnection, feed: &FeedName, bygone: &Bygone) -> Result<()> {
    if bygone.is_empty() {
        sqlx::query("DELETE FROM bygone WHERE feed = $1").bind(feed.as_str()).execute(connection).await?;
        return Ok(());
    }
    let sql = "INSERT INTO bygone (feed, form) VALUES ($1, $2) ON CONFLICT (feed) DO UPDATE SET form = excluded.form";
    sqlx::query(sql).bind(feed.as_str()).bind(serde_json::to_string(bygone)?).execute(connection).await?;
    Ok(())
}

/// Writes down an answer.
async fn keep_answer(connection: &mut SqliteConnection, answer: &Answer) -> Result<()> {
    let sql = "INSERT INTO answers (task, waived, at, by, note) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let query = sqlx::query(sql).bind(answer.task.as_str()).bind(answer.waived).bind(millis(answer.at));
    query.bind(&answer.by).bind(&answer.note).execute(connection).await?;
    Ok(())
}

/// Writes down a thing as it is seen now, with all its revisions.
async fn keep_sighting(connection: &mut SqliteConnection, sighting: &Sighting) -> Result<()> {
    let (kind, identity, feed) = match &sighting.thing {
        Thing::Task(task) => ("task", &task.identity, &task.feed),
        Thing::Emergency(emergency) => ("emergency", &emergency.identity, &emergency.feed),
    };
    let sql = "INSERT INTO sightings (id, kind, uid, recurrence_id, feed, form, first_seen, known, last_seen, gone) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, \
        uid = excluded.uid, recurrence_id = excluded.recurrence_id, feed = excluded.feed, form = excluded.form, \
        first_seen = excluded.first_seen, known = excluded.known, last_seen = excluded.last_seen, gone = excluded.gone";
    let query = sqlx::query(sql).bind(sighting.id.as_str()).bind(kind).bind(&identity.uid).bind(&identity.recurrence_id);
    let query = query.bind(feed.as_str()).bind(serde_json::to_string(&sighting.thing)?).bind(millis(sighting.first_seen));
    let query = query.bind(millis(sighting.known)).bind(sighting.last_seen.map(millis)).bind(sighting.gone.map(millis));
    query.execute(&mut *connection).await?;
    sqlx::query("DELETE FROM revisions WHERE sighting = $1").bind(sighting.id.as_str()).execute(&mut *connection).await?;
    for (revision, place) in sighting.revisions.iter().zip(0_i64..) {
        let sql = "INSERT INTO revisions (sighting, place, at, was) VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(sql).bind(sighting.id.as_str()).bind(place).bind(millis(revision.at));
        query.bind(serde_json::to_string(&revision.was)?).execute(&mut *connection).await?;
    }
    Ok(())
}
