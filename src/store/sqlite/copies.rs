//! Copies of feeds in the file: the one in force, and beside it what the brake holds back.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::{Sqlite, instant, maybe_instant, millis};
use crate::people::FeedName;
use crate::store::{FeedCopy, Held, Hold, Stage};

impl Sqlite {
    /// Copies of feeds.
    pub(in crate::store) async fn copies(&self) -> Result<Arc<BTreeMap<FeedName, FeedCopy>>> {
        let mut reading = self.pool.begin().await.context("reading feed copies")?;
        let rows = sqlx::query("SELECT name FROM feeds").fetch_all(&mut *reading).await.context("reading feed copies")?;
        let mut copies = BTreeMap::new();
        for row in &rows {
            let feed: FeedName = row.try_get::<String, _>("name")?.parse()?;
            copies.extend(copy(&mut reading, &feed).await?.map(|copy| (feed, copy)));
        }
        Ok(Arc::new(copies))
    }

    /// Keeps a copy, unless its hold was accepted meanwhile.
    pub(in crate::store) async fn save_copy(&self, copy: &FeedCopy) -> Result<()> {
        let keeping = || format!("keeping the copy of feed `{}`", copy.feed);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.with_context(keeping)?;
        let known = if copy.standing().is_some() { self::copy(&mut transaction, &copy.feed).await.with_context(keeping)? } else { None };
        if !known.is_some_and(|known| known.overrules(copy)) {
            save(&mut transaction, copy).await.with_context(keeping)?;
        }
        transaction.commit().await.with_context(keeping)
    }

    /// Puts in force what is held of a feed.
    pub(in crate::store) async fn accept(&self, feed: &FeedName, now: Timestamp) -> Result<Option<FeedCopy>> {
        let accepting = || format!("accepting what is held of feed `{feed}`");
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.with_context(accepting)?;
        let known = copy(&mut transaction, feed).await.with_context(accepting)?;
        let Some(mut copy) = known else { return Ok(None) };
        if !copy.accept(now) {
            return Ok(None);
        }
        save(&mut transaction, &copy).await.with_context(accepting)?;
        transaction.commit().await.with_context(accepting)?;
        Ok(Some(copy))
    }
}

/// Writes a copy and its hold down.
async fn save(connection: &mut SqliteConnection, copy: &FeedCopy) -> Result<()> {
    let sql = "INSERT INTO feeds (name, body, hash, etag, last_modified, fetched, changed, tried, error, failing_since) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (name) DO UPDATE SET body = excluded.body, \
        hash = excluded.hash, etag = excluded.etag, last_modified = excluded.last_modified, fetched = excluded.fetched, \
        changed = excluded.changed, tried = excluded.tried, error = excluded.error, failing_since = excluded.failing_since";
    let query = sqlx::query(sql).bind(copy.feed.as_str()).bind(&copy.body).bind(&copy.hash).bind(&copy.etag);
    let query = query.bind(&copy.last_modified).bind(copy.fetched.map(millis)).bind(copy.changed.map(millis));
    let query = query.bind(copy.tried.map(millis)).bind(&copy.error).bind(copy.failing_since.map(millis));
    query.execute(&mut *connection).await?;
    let Some(hold) = &copy.hold else {
        sqlx::query("DELETE FROM holds WHERE feed = $1").bind(copy.feed.as_str()).execute(&mut *connection).await?;
        return Ok(());
    };
    let sql = "INSERT OR REPLACE INTO holds \
        (feed, since, last, fetches, missing, of, body, hash, etag, last_modified, released, how) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let (kept, released) = (hold.held(), hold.released());
    let query = sqlx::query(sql).bind(copy.feed.as_str()).bind(millis(hold.since)).bind(millis(hold.last));
    let query = query.bind(i64::from(hold.fetches)).bind(i64::from(hold.missing)).bind(i64::from(hold.of));
    let query = query.bind(kept.map(|kept| &kept.body)).bind(kept.and_then(|kept| kept.hash.as_ref()));
    let query = query.bind(kept.and_then(|kept| kept.etag.as_ref())).bind(kept.and_then(|kept| kept.last_modified.as_ref()));
    let query = query.bind(released.map(|(at, _)| millis(at))).bind(released.map(|(_, how)| how.name()));
    query.execute(connection).await?;
    Ok(())
}

/// A feed's copy, if there is one.
async fn copy(connection: &mut SqliteConnection, feed: &FeedName) -> Result<Option<FeedCopy>> {
    let row = sqlx::query("SELECT * FROM feeds WHERE name = $1").bind(feed.as_str()).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let beside = sqlx::query("SELECT * FROM holds WHERE feed = $1").bind(feed.as_str()).fetch_optional(connection).await?;
    Ok(Some(FeedCopy {
        feed: feed.clone(),
        body: row.try_get("body")?,
        hash: row.try_get("hash")?,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        fetched: maybe_instant(&row, "fetched")?,
        changed: maybe_instant(&row, "changed")?,
        tried: maybe_instant(&row, "tried")?,
        error: row.try_get("error")?,
        failing_since: maybe_instant(&row, "failing_since")?,
        hold: beside.as_ref().map(hold).transpose()?,
    }))
}

/// A hold as a row has it.
fn hold(row: &SqliteRow) -> Result<Hold> {
    let count = |column: &str| -> Result<u32> { Ok(u32::try_from(row.try_get::<i64, _>(column)?)?) };
    let how: Option<String> = row.try_get("how")?;
    let stage = match (maybe_instant(row, "released")?, how) {
        (Some(at), Some(how)) => Stage::Over(at, how.parse()?),
        (None, _) | (_, None) => Stage::Standing(Held {
            body: row.try_get("body")?,
            hash: row.try_get("hash")?,
            etag: row.try_get("etag")?,
            last_modified: row.try_get("last_modified")?,
        }),
    };
    let (since, last) = (instant(row, "since")?, instant(row, "last")?);
    Ok(Hold { since, last, fetches: count("fetches")?, missing: count("missing")?, of: count("of")?, stage })
}
