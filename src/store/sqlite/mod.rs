//! The store in one SQLite file. Each public step is one transaction.
//! Several processes may read and write beside each other; only the holder of the lock takes turns.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::{FeedCopy, OpenError};
use crate::people::FeedName;
use std::collections::BTreeMap;

pub(in crate::store) mod file;
mod letters;
mod memories;

/// A state's file, open.
#[derive(Debug)]
pub struct Sqlite {
    /// Its one connection.
    pool: SqlitePool,
}

impl Sqlite {
    /// Opens or makes the file at `path`.
    pub(super) async fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { pool: file::open(path).await? })
    }

    /// Closes the file; the log is written back.
    pub(super) async fn close(self) {
        self.pool.close().await;
    }

    /// Changes when another process has written.
    pub(super) async fn data_version(&self) -> Result<i64> {
        sqlx::query_scalar("PRAGMA data_version").fetch_one(&self.pool).await.context("asking the state for changes")
    }

    /// Copies of feeds.
    pub(super) async fn copies(&self) -> Result<Arc<BTreeMap<FeedName, FeedCopy>>> {
        let rows = sqlx::query("SELECT * FROM feeds").fetch_all(&self.pool).await.context("reading feed copies")?;
        let copies = rows.iter().map(|row| copy(row).map(|copy| (copy.feed.clone(), copy)));
        Ok(Arc::new(copies.collect::<Result<_>>()?))
    }

    /// Keeps a copy.
    pub(super) async fn save_copy(&self, copy: &FeedCopy) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO feeds \
            (name, body, hash, etag, last_modified, fetched, changed, tried, error, failing_since) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let query = sqlx::query(sql).bind(copy.feed.as_str()).bind(&copy.body).bind(&copy.hash).bind(&copy.etag);
        let query = query.bind(&copy.last_modified).bind(copy.fetched.map(millis)).bind(copy.changed.map(millis));
        let query = query.bind(copy.tried.map(millis)).bind(&copy.error).bind(copy.failing_since.map(millis));
        query.execute(&self.pool).await.with_context(|| format!("keeping the copy of feed `{}`", copy.feed))?;
        Ok(())
    }
}

/// A feed's copy as a row has it.
fn copy(row: &SqliteRow) -> Result<FeedCopy> {
    Ok(FeedCopy {
        feed: row.try_get::<String, _>("name")?.parse()?,
        body: row.try_get("body")?,
        hash: row.try_get("hash")?,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        fetched: maybe_instant(row, "fetched")?,
        changed: maybe_instant(row, "changed")?,
        tried: maybe_instant(row, "tried")?,
        error: row.try_get("error")?,
        failing_since: maybe_instant(row, "failing_since")?,
    })
}

/// An instant as it is kept.
fn millis(instant: Timestamp) -> i64 {
    instant.as_millisecond()
}

/// An instant in a column.
fn instant(row: &SqliteRow, column: &str) -> Result<Timestamp> {
    Timestamp::from_millisecond(row.try_get(column)?).with_context(|| format!("column `{column}` holds no instant"))
}

/// An instant in a column that may be empty.
fn maybe_instant(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>> {
    let kept: Option<i64> = row.try_get(column)?;
    kept.map(Timestamp::from_millisecond).transpose().with_context(|| format!("column `{column}` holds no instant"))
}
