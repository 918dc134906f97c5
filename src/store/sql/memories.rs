//! What was seen, said, answered and handed over, as the database keeps it; and the one transaction of a turn.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::Database;
use super::connection::{Row, Transaction, sql};
use super::letters::{NOTICES, queue, said, take};
use super::wishes;
use crate::agenda::history::{Revision, SetBack, Sighting, Thing};
use crate::agenda::{Bygone, History, TaskId};
use crate::crash::{self, Point};
use crate::people::FeedName;
use crate::plan::past::Writer;
use crate::plan::{Answer, Past};
use crate::store::{Committed, Step, Turn};

/// Moves what was noted at an instant to another.
const MOVE: [&str; 5] = [
    "UPDATE notices SET at = $2 WHERE at = $1",
    "UPDATE answers SET at = $2 WHERE at = $1",
    "UPDATE writers SET since = $2 WHERE since = $1",
    "UPDATE snoozes SET at = $2 WHERE at = $1",
    "UPDATE handings SET at = $2 WHERE at = $1",
];

/// Takes what else was noted by a clock that was ahead for noted now; of what would be noted twice then the last is kept.
const SET_BACK: [&str; 8] = [
    "UPDATE letters SET due = $1, due_before = CASE WHEN due_before > $1 THEN $1 ELSE due_before END WHERE done IS NULL AND due > $1",
    "UPDATE letters SET since = $1 WHERE since > $1",
    "UPDATE letters SET done = $1 WHERE done > $1",
    "UPDATE notices SET at = $1 WHERE at > $1",
    "DELETE FROM answers WHERE at > $1 AND id NOT IN (SELECT max(id) FROM answers WHERE at > $1 GROUP BY task, waived, by)",
    "UPDATE answers SET at = $1 WHERE at > $1",
    "DELETE FROM writers WHERE since > $1 AND id NOT IN (SELECT max(id) FROM writers WHERE since > $1 GROUP BY task, start, engineer)",
    "UPDATE writers SET since = $1 WHERE since > $1",
];

impl Database {
    /// Keeps what a turn leaves behind, or nothing of it.
    pub(in crate::store) async fn commit(&self, turn: &Turn, now: Timestamp) -> Result<Committed> {
        let mut transaction = self.writing().await.context("keeping a turn")?;
        self.take_turn(&mut transaction).await?;
        let committed = keep(&mut transaction, turn, now).await.context("keeping a turn")?;
        crash::at(Point::Decided);
        let done = if turn.is_quiet() { transaction.commit().await } else { self.publish(transaction).await };
        done.context("keeping a turn")?;
        crash::at(Point::TurnKept);
        Ok(committed)
    }

    /// Keeps an answer.
    pub(in crate::store) async fn answer(&self, answer: &Answer) -> Result<()> {
        let mut transaction = self.publishing().await.context("keeping an answer")?;
        keep_answer(&mut transaction, answer).await.context("keeping an answer")?;
        self.publish(transaction).await.context("keeping an answer")
    }

    /// What was said, answered and handed over.
    pub(in crate::store) async fn past(&self) -> Result<Arc<Past>> {
        // One transaction: another process's answer must not come between the parts.
        let mut reading = self.reading().await.context("reading the past")?;
        let mut past = Past::default();
        for row in &sql(NOTICES).rows(&mut reading).await? {
            past.note(said(row)?);
        }
        for row in &sql("SELECT * FROM answers WHERE undone IS NULL ORDER BY at, id").rows(&mut reading).await? {
            let answer = answer(row)?;
            past.answers.insert(answer.task.clone(), answer);
        }
        wishes::recall(&mut past, &mut reading).await?;
        for row in &sql("SELECT * FROM writers ORDER BY since, id").rows(&mut reading).await? {
            let engineer: String = row.get("engineer")?;
            let engineer = if engineer.is_empty() { None } else { Some(engineer.parse()?) };
            let (start, since) = (row.instant("start")?, row.instant("since")?);
            past.hand_over(Writer { task: TaskId::new(row.get("task")?), start, engineer, since });
        }
        for row in &sql("SELECT * FROM instants").rows(&mut reading).await? {
            past.instants.insert(row.get("name")?, row.instant("at")?);
        }
        Ok(Arc::new(past))
    }

    /// What was seen when.
    pub(in crate::store) async fn history(&self) -> Result<Arc<History>> {
        let mut reading = self.reading().await.context("reading the history")?;
        let mut revisions: BTreeMap<String, Vec<Revision>> = BTreeMap::new();
        for row in &sql("SELECT * FROM revisions ORDER BY sighting, place").rows(&mut reading).await? {
            let was = serde_json::from_str(row.get("was")?).context("a revision cannot be read")?;
            revisions.entry(row.get("sighting")?).or_default().push(Revision { at: row.instant("at")?, was });
        }
        let mut history = History::new();
        for row in &sql("SELECT * FROM sightings").rows(&mut reading).await? {
            let revisions = revisions.remove(&row.get::<String>("id")?).unwrap_or_default();
            let sighting = sighting(row, revisions)?;
            history.insert(sighting.id.clone(), sighting);
        }
        Ok(Arc::new(history))
    }

    /// What feeds showed of people's time and show no more.
    pub(in crate::store) async fn bygone(&self) -> Result<BTreeMap<FeedName, Bygone>> {
        let reading = "reading what feeds showed";
        let mut transaction = self.reading().await.context(reading)?;
        let rows = sql("SELECT * FROM bygone").rows(&mut transaction).await.context(reading)?;
        let bygone = |row: &Row| {
            let feed: FeedName = row.get::<String>("feed")?.parse()?;
            let form = serde_json::from_str(row.get("form")?).with_context(|| format!("what `{feed}` showed cannot be read"))?;
            Ok((feed, form))
        };
        rows.iter().map(bygone).collect()
    }

    /// Forgets what is old.
    pub(in crate::store) async fn prune(&self, before: Timestamp) -> Result<()> {
        let mut transaction = self.publishing().await.context("forgetting what is old")?;
        let steps = [
            "DELETE FROM letters WHERE done < $1",
            "DELETE FROM sightings WHERE coalesce(gone, last_seen) < $1",
            "DELETE FROM instants WHERE at < $1 \
                AND (name LIKE 'covered/%' OR name LIKE 'uncovered/%' OR name LIKE 'leads/%' OR name LIKE 'slot/%' \
                OR name LIKE 'proposed/%' OR name LIKE 'heard/%')",
            "DELETE FROM writers WHERE since < $1 AND start < $1",
            "DELETE FROM snoozes WHERE at < $1 AND start < $1",
            "DELETE FROM handings WHERE at < $1 AND start < $1",
            "DELETE FROM answers WHERE task NOT IN (SELECT id FROM sightings) \
                AND task IN (SELECT task FROM answers GROUP BY task HAVING max(at) < $1)",
        ];
        for step in steps {
            sql(step).bind(before).run(&mut transaction).await.context("forgetting what is old")?;
        }
        self.publish(transaction).await.context("forgetting what is old")
    }
}

/// A row of answers.
pub(super) fn answer(row: &Row) -> Result<Answer> {
    let task = TaskId::new(row.get("task")?);
    Ok(Answer { task, waived: row.get("waived")?, at: row.instant("at")?, by: row.get("by")?, note: row.get("note")? })
}

/// A row of sightings, with its revisions.
pub(super) fn sighting(row: &Row, revisions: Vec<Revision>) -> Result<Sighting> {
    let id: String = row.get("id")?;
    let thing = serde_json::from_str(row.get("form")?).with_context(|| format!("`{id}` cannot be read"))?;
    let (first_seen, known) = (row.instant("first_seen")?, row.instant("known")?);
    let (last_seen, gone) = (row.maybe_instant("last_seen")?, row.maybe_instant("gone")?);
    Ok(Sighting { id: TaskId::new(id), thing, first_seen, known, last_seen, gone, revisions })
}

/// Writes down all that a turn leaves behind.
async fn keep(writing: &mut Transaction, turn: &Turn, now: Timestamp) -> Result<Committed> {
    let mut committed = Committed::default();
    for letter in &turn.letters {
        match queue(writing, letter).await? {
            Some(id) => committed.queued.push(id),
            None => committed.dropped.push(letter.key.clone()),
        }
    }
    for sighting in &turn.sightings {
        keep_sighting(writing, sighting).await?;
    }
    for id in &turn.forgotten {
        sql("DELETE FROM sightings WHERE id = $1").bind(id.as_str()).run(writing).await?;
    }
    for writer in &turn.writers {
        let taken = sql("INSERT INTO writers (task, start, engineer, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
        let engineer = writer.engineer.as_ref().map_or("", crate::people::EngineerId::as_str);
        taken.bind(writer.task.as_str()).bind(writer.start).bind(engineer).bind(writer.since).run(writing).await?;
    }
    for (feed, bygone) in &turn.bygone {
        keep_bygone(writing, feed, bygone).await?;
    }
    for (name, at) in &turn.instants {
        let instant = sql("INSERT INTO instants (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = excluded.at");
        instant.bind(name).bind(*at).run(writing).await?;
    }
    for answer in &turn.answers {
        keep_answer(writing, answer).await?;
    }
    if let Some(set_back) = &turn.set_back {
        keep_set_back(writing, set_back).await?;
    }
    for (id, reason) in &turn.withdrawn {
        take(writing, *id, &Step::Withdraw(reason), now).await?;
    }
    for (id, until, reason) in &turn.put_off {
        take(writing, *id, &Step::PutOff(*until, reason), now).await?;
    }
    Ok(committed)
}

/// Writes down what is remembered of people's time in one feed.
async fn keep_bygone(writing: &mut Transaction, feed: &FeedName, bygone: &Bygone) -> Result<()> {
    if bygone.is_empty() {
        sql("DELETE FROM bygone WHERE feed = $1").bind(feed.as_str()).run(writing).await?;
        return Ok(());
    }
    let kept = sql("INSERT INTO bygone (feed, form) VALUES ($1, $2) ON CONFLICT (feed) DO UPDATE SET form = excluded.form");
    kept.bind(feed.as_str()).bind(serde_json::to_string(bygone)?).run(writing).await?;
    Ok(())
}

/// Writes down an answer.
async fn keep_answer(writing: &mut Transaction, answer: &Answer) -> Result<()> {
    let same = sql("DELETE FROM answers WHERE task = $1 AND waived = $2 AND at = $3 AND by = $4");
    // Said again at the same instant, it is the last word.
    same.bind(answer.task.as_str()).bind(answer.waived).bind(answer.at).bind(&answer.by).run(writing).await?;
    let kept = sql("INSERT INTO answers (task, waived, at, by, note) VALUES ($1, $2, $3, $4, $5)");
    let kept = kept.bind(answer.task.as_str()).bind(answer.waived).bind(answer.at).bind(&answer.by).bind(&answer.note);
    kept.run(writing).await?;
    Ok(())
}

/// Sets back what was noted by a clock that was ahead.
async fn keep_set_back(writing: &mut Transaction, set_back: &SetBack) -> Result<()> {
    for (from, to) in set_back.moved() {
        for step in MOVE {
            sql(step).bind(from).bind(to).run(writing).await?;
        }
    }
    for step in SET_BACK {
        sql(step).bind(set_back.now()).run(writing).await?;
    }
    Ok(())
}

/// Writes down a thing as it is seen now, with all its revisions.
async fn keep_sighting(writing: &mut Transaction, sighting: &Sighting) -> Result<()> {
    let (kind, identity, feed) = match &sighting.thing {
        Thing::Task(task) => ("task", &task.identity, &task.feed),
        Thing::Emergency(emergency) => ("emergency", &emergency.identity, &emergency.feed),
    };
    let kept = sql("INSERT INTO sightings (id, kind, uid, recurrence_id, feed, form, first_seen, known, last_seen, gone) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, \
        uid = excluded.uid, recurrence_id = excluded.recurrence_id, feed = excluded.feed, form = excluded.form, \
        first_seen = excluded.first_seen, known = excluded.known, last_seen = excluded.last_seen, gone = excluded.gone");
    let kept = kept.bind(sighting.id.as_str()).bind(kind).bind(&identity.uid).bind(&identity.recurrence_id).bind(feed.as_str());
    let kept = kept.bind(serde_json::to_string(&sighting.thing)?).bind(sighting.first_seen).bind(sighting.known);
    kept.bind(sighting.last_seen).bind(sighting.gone).run(writing).await?;
    sql("DELETE FROM revisions WHERE sighting = $1").bind(sighting.id.as_str()).run(writing).await?;
    for (revision, place) in sighting.revisions.iter().zip(0_i64..) {
        let kept = sql("INSERT INTO revisions (sighting, place, at, was) VALUES ($1, $2, $3, $4)");
        let kept = kept.bind(sighting.id.as_str()).bind(place).bind(revision.at).bind(serde_json::to_string(&revision.was)?);
        kept.run(writing).await?;
    }
    Ok(())
}
