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
        self.copies_beside(&BTreeMap::new()).await.map(Arc::new)
    }

    /// Copies of feeds of which something came after all that is `known`. Only of those the bytes are read.
    pub(in crate::store) async fn copies_beside(&self, known: &BTreeMap<FeedName, FeedCopy>) -> Result<BTreeMap<FeedName, FeedCopy>> {
        let mut reading = self.pool.begin().await.context("reading feed copies")?;
        let outlines = outlines(&mut reading).await.context("reading feed copies")?;
        let mut copies = BTreeMap::new();
        let ahead = |outline: &FeedCopy| known.get(&outline.feed).is_none_or(|known| known.is_behind(outline));
        for FeedCopy { feed, .. } in outlines.into_iter().filter(ahead) {
            // One by one: together they may be large.
            let found = copy(&mut reading, &feed).await.with_context(|| format!("reading the copy of feed `{feed}`"))?;
            copies.extend(found.map(|copy| (feed, copy)));
        }
        Ok(copies)
    }

    /// Keeps copies, all or none, but none whose hold was accepted meanwhile.
    pub(in crate::store) async fn save_copies(&self, copies: &[FeedCopy]) -> Result<()> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.context("keeping copies of feeds")?;
        for copy in copies {
            let keeping = || format!("keeping the copy of feed `{}`", copy.feed);
            let known =
                if copy.standing().is_some() { self::copy(&mut transaction, &copy.feed).await.with_context(keeping)? } else { None };
            if !known.is_some_and(|known| known.overrules(copy)) {
                save(&mut transaction, copy).await.with_context(keeping)?;
            }
        }
        transaction.commit().await.context("keeping copies of feeds")
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

/// What is known of every feed, without any bytes.
async fn outlines(connection: &mut SqliteConnection) -> Result<Vec<FeedCopy>> {
    let holds = "SELECT feed, since, last, fetches, missing, of, x'' AS body, hash, etag, last_modified, released, how FROM holds";
    let mut holds_of = BTreeMap::new();
    for row in &sqlx::query(holds).fetch_all(&mut *connection).await? {
        holds_of.insert(row.try_get::<String, _>("feed")?, hold(row)?);
    }
    let feeds = "SELECT name, NULL AS body, hash, etag, last_modified, fetched, changed, tried, error, failing_since, next_try FROM feeds";
    let rows = sqlx::query(feeds).fetch_all(connection).await?;
    let outline = |row: &SqliteRow| {
        let name: String = row.try_get("name")?;
        let hold = holds_of.remove(&name);
        written(row, name.parse()?, hold)
    };
    rows.iter().map(outline).collect()
}

/// Writes a copy and its hold down: its bytes only when they are others, for most fetches bring nothing new.
async fn save(connection: &mut SqliteConnection, copy: &FeedCopy) -> Result<()> {
    let known = "UPDATE feeds SET etag = $4, last_modified = $5, fetched = $6, changed = $7, tried = $8, error = $9, failing_since = $10, \
        next_try = $11 WHERE name = $1 AND hash = $3 AND $2 IS NULL";
    let whole = "INSERT INTO feeds (name, body, hash, etag, last_modified, fetched, changed, tried, error, failing_since, next_try) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (name) DO UPDATE SET body = excluded.body, \
        hash = excluded.hash, etag = excluded.etag, last_modified = excluded.last_modified, fetched = excluded.fetched, \
        changed = excluded.changed, tried = excluded.tried, error = excluded.error, failing_since = excluded.failing_since, \
        next_try = excluded.next_try";
    for (sql, body) in [(known, None), (whole, copy.body.as_deref())] {
        let query = sqlx::query(sql).bind(copy.feed.as_str()).bind(body).bind(&copy.hash).bind(&copy.etag);
        let query = query.bind(&copy.last_modified).bind(copy.fetched.map(millis)).bind(copy.changed.map(millis));
        let query =
            query.bind(copy.tried.map(millis)).bind(&copy.error).bind(copy.failing_since.map(millis)).bind(copy.next_try.map(millis));
        if query.execute(&mut *connection).await?.rows_affected() > 0 {
            break;
        }
    }
    save_hold(connection, copy).await
}

/// Writes what is held of a feed down, or that nothing is.
async fn save_hold(connection: &mut SqliteConnection, copy: &FeedCopy) -> Result<()> {
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
    let query = query.bind(kept.map(|kept| &*kept.body)).bind(kept.and_then(|kept| kept.hash.as_ref()));
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
    written(&row, feed.clone(), beside.as_ref().map(hold).transpose()?).map(Some)
}

/// A copy as a row has it, with its hold.
fn written(row: &SqliteRow, feed: FeedName, hold: Option<Hold>) -> Result<FeedCopy> {
    Ok(FeedCopy {
        feed,
        body: row.try_get::<Option<&[u8]>, _>("body")?.map(Arc::from),
        hash: row.try_get("hash")?,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        fetched: maybe_instant(row, "fetched")?,
        changed: maybe_instant(row, "changed")?,
        tried: maybe_instant(row, "tried")?,
        error: row.try_get("error")?,
        failing_since: maybe_instant(row, "failing_since")?,
        next_try: maybe_instant(row, "next_try")?,
        hold,
    })
}

/// A hold as a row has it.
fn hold(row: &SqliteRow) -> Result<Hold> {
    let count = |column: &str| -> Result<u32> { Ok(u32::try_from(row.try_get::<i64, _>(column)?)?) };
    let how: Option<String> = row.try_get("how")?;
    let stage = match (maybe_instant(row, "released")?, how) {
        (Some(at), Some(how)) => Stage::Over(at, how.parse()?),
        (None, _) | (_, None) => Stage::Standing(Held {
            body: Arc::from(row.try_get::<&[u8], _>("body")?),
            hash: row.try_get("hash")?,
            etag: row.try_get("etag")?,
            last_modified: row.try_get("last_modified")?,
        }),
    };
    let (since, last) = (instant(row, "since")?, instant(row, "last")?);
    Ok(Hold { since, last, fetches: count("fetches")?, missing: count("missing")?, of: count("of")?, stage })
}
