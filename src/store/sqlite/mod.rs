//! The store in one SQLite file. Each public step is one transaction.
//! Several processes may read and write beside each other; only the holder of the lock takes turns.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::OpenError;

mod copies;
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
}

#[cfg(test)]
impl Sqlite {
    /// The number of its schema.
    pub(super) async fn schema(&self) -> i64 {
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&self.pool).await.unwrap()
    }
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
