//! What people wish of single tasks: not to be asked for a while, that somebody else writes, that what they said is taken
//! back. Each is a short transaction of its own, beside whoever takes turns.

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::Database;
use super::connection::{Row, Transaction, sql};
use super::memories::{answer, sighting};
use crate::agenda::TaskId;
use crate::agenda::history::Revision;
use crate::people::EngineerId;
use crate::plan::{Handing, Past, Snooze};
use crate::store::{Matter, Undo};

/// What marks as undone what was said of a task at an instant; of answers all of the same word by the same person.
const UNDO: [&str; 3] = [
    "UPDATE answers SET undone = $1, undone_by = $2 WHERE task = $3 AND undone IS NULL AND EXISTS (SELECT 1 FROM answers AS said \
        WHERE said.undone IS NULL AND said.task = $3 AND said.at = $4 AND said.waived = answers.waived AND said.by = answers.by)",
    "UPDATE snoozes SET undone = $1, undone_by = $2 WHERE task = $3 AND undone IS NULL AND at = $4",
    "UPDATE handings SET undone = $1, undone_by = $2 WHERE task = $3 AND undone IS NULL AND at = $4",
];

impl Database {
    /// Keeps until when somebody is not to be asked.
    pub(in crate::store) async fn snooze(&self, snooze: &Snooze) -> Result<()> {
        let mut transaction = self.publishing().await.context("keeping a wish")?;
        let kept = sql("INSERT INTO snoozes (task, start, person, until, at, by) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
        let kept = kept.bind(snooze.task.as_str()).bind(snooze.start).bind(snooze.person.as_str());
        kept.bind(snooze.until).bind(snooze.at).bind(&snooze.by).run(&mut transaction).await.context("keeping a wish")?;
        self.publish(transaction).await.context("keeping a wish")
    }

    /// Keeps whom a briefing was given to.
    pub(in crate::store) async fn hand(&self, handing: &Handing) -> Result<()> {
        let mut transaction = self.publishing().await.context("keeping a hand-over")?;
        let kept = sql("INSERT INTO handings (task, start, giver, taker, at, by) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
        let kept = kept.bind(handing.task.as_str()).bind(handing.start).bind(handing.from.as_ref().map(EngineerId::as_str));
        let kept = kept.bind(handing.to.as_str()).bind(handing.at).bind(&handing.by);
        kept.run(&mut transaction).await.context("keeping a hand-over")?;
        self.publish(transaction).await.context("keeping a hand-over")
    }

    /// Takes back what was said; whether there was anything to take back.
    pub(in crate::store) async fn undo(&self, undo: &Undo) -> Result<bool> {
        let mut transaction = self.publishing().await.context("taking back what was said")?;
        let mut found = 0;
        for step in UNDO {
            let step = sql(step).bind(undo.at).bind(&undo.by).bind(undo.task.as_str()).bind(undo.said);
            found += step.run(&mut transaction).await.context("taking back what was said")?;
        }
        self.publish(transaction).await.context("taking back what was said")?;
        Ok(found > 0)
    }

    /// One thing that was seen, and what people said of it.
    pub(in crate::store) async fn matter(&self, task: &TaskId) -> Result<Option<Matter>> {
        let mut reading = self.reading().await.context("reading about a task")?;
        let found = sql("SELECT * FROM sightings WHERE id = $1").bind(task.as_str()).row(&mut reading).await?;
        let Some(row) = found else { return Ok(None) };
        let mut revisions = Vec::new();
        let rows = sql("SELECT * FROM revisions WHERE sighting = $1 ORDER BY place").bind(task.as_str()).rows(&mut reading).await?;
        for row in &rows {
            let was = serde_json::from_str(row.get("was")?).context("a revision cannot be read")?;
            revisions.push(Revision { at: row.instant("at")?, was });
        }
        let rows = sql("SELECT * FROM answers WHERE undone IS NULL AND task = $1 ORDER BY at, id").bind(task.as_str());
        let answers = rows.rows(&mut reading).await?.iter().map(answer).collect::<Result<_>>()?;
        let rows = sql("SELECT * FROM snoozes WHERE task = $1 ORDER BY at, id").bind(task.as_str()).rows(&mut reading).await?;
        let snoozes = rows.iter().map(snooze).collect::<Result<_>>()?;
        let rows = sql("SELECT * FROM handings WHERE task = $1 ORDER BY at, id").bind(task.as_str()).rows(&mut reading).await?;
        let handings = rows.iter().map(handing).collect::<Result<_>>()?;
        Ok(Some(Matter { sighting: sighting(&row, revisions)?, answers, snoozes, handings }))
    }
}

/// Reads what people wished.
pub(super) async fn recall(past: &mut Past, reading: &mut Transaction) -> Result<()> {
    for row in &sql("SELECT * FROM snoozes ORDER BY at, id").rows(reading).await? {
        past.snooze(snooze(row)?);
    }
    for row in &sql("SELECT * FROM handings ORDER BY at, id").rows(reading).await? {
        past.hand(handing(row)?);
    }
    Ok(())
}

/// What all wishes have in common: the task, its start, when it was said, and when it was taken back.
fn wish(row: &Row) -> Result<(TaskId, Timestamp, Timestamp, Option<Timestamp>)> {
    Ok((TaskId::new(row.get("task")?), row.instant("start")?, row.instant("at")?, row.maybe_instant("undone")?))
}

/// A row of snoozes.
fn snooze(row: &Row) -> Result<Snooze> {
    let (task, start, at, undone) = wish(row)?;
    let person = row.get::<String>("person")?.parse()?;
    Ok(Snooze { task, start, person, until: row.instant("until")?, at, by: row.get("by")?, undone })
}

/// A row of hand-overs.
fn handing(row: &Row) -> Result<Handing> {
    let (task, start, at, undone) = wish(row)?;
    let from: Option<String> = row.get("giver")?;
    let from = from.map(|from| from.parse()).transpose()?;
    Ok(Handing { task, start, from, to: row.get::<String>("taker")?.parse()?, at, by: row.get("by")?, undone })
}
