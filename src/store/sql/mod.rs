//! The store in a database: one SQLite file, or a PostgreSQL server for several replicas. Each public step is one
//! transaction. Several processes may read and write beside each other; who takes turns is `store::address`'s matter.

use std::collections::HashMap;
use std::sync::Mutex;

use anyhow::{Context, Result};

use super::OpenError;
use crate::outbox::Life;
use connection::{Transaction, sql};
use server::Server;

mod connection;
mod copies;
pub(in crate::store) mod file;
mod letters;
mod memories;
mod presence;
pub(in crate::store) mod server;
mod wishes;

pub use server::Replica;

/// A state's database, open.
#[derive(Debug)]
pub struct Database {
    /// Where it is.
    place: Place,
    /// Letters of a file as they were when they were found to be due, or written back: so that a step need not read one again. Whether
    /// one is still like that is seen when it is written.
    lives: Mutex<HashMap<i64, Life>>,
}

/// Where a database is.
#[derive(Debug)]
enum Place {
    /// In a file.
    File(sqlx::SqlitePool),
    /// On a server.
    Server(Box<Server>),
}

impl Database {
    /// Opens or makes the file at `path`.
    pub(super) async fn open_file(path: &std::path::Path, beside: file::Beside) -> Result<Self, OpenError> {
        Ok(Self { place: Place::File(file::open(path, beside).await?), lives: Mutex::default() })
    }

    /// Connects to the server of that address.
    pub(super) async fn connect(url: &str) -> Result<Self, OpenError> {
        Ok(Self { place: Place::Server(Box::new(Server::open(url).await?)), lives: Mutex::default() })
    }

    /// Makes this process a replica, where there can be several.
    pub(super) async fn join(&mut self) -> Result<(), OpenError> {
        match &mut self.place {
            Place::File(_) => Ok(()),
            Place::Server(server) => server.join().await,
        }
    }

    /// This process's number among the replicas of a server: zero for one that takes no turns.
    fn number(&self) -> Option<i64> {
        match &self.place {
            Place::File(_) => None,
            Place::Server(server) => Some(server.replica()),
        }
    }

    /// This process's number if it is a replica that takes turns.
    fn replica(&self) -> Option<i64> {
        self.number().filter(|number| *number > 0)
    }

    /// Sees that other replicas know this process to be alive.
    pub(super) async fn attend(&self) -> Result<()> {
        match &self.place {
            Place::File(_) => Ok(()),
            Place::Server(server) => server.attend().await.context("telling other replicas of this one"),
        }
    }

    /// Closes it in good order; a file's log is written back.
    pub(super) async fn close(self) {
        match self.place {
            Place::File(pool) => pool.close().await,
            Place::Server(server) => server.close().await,
        }
    }

    /// Leaves no traces of what was deleted; on a server that is its own affair.
    pub(super) async fn write_back(&self) -> Result<()> {
        match &self.place {
            Place::File(pool) => file::write_back(pool).await.context("writing the log back"),
            Place::Server(_) => Ok(()),
        }
    }

    /// Changes when another process has written.
    pub(super) async fn data_version(&self) -> Result<i64> {
        let asked = "asking the state for changes";
        match &self.place {
            Place::File(pool) => sqlx::query_scalar("PRAGMA data_version").fetch_one(pool).await.context(asked),
            Place::Server(server) => server.data_version().await.context(asked),
        }
    }

    /// A transaction that reads one state of things.
    async fn reading(&self) -> Result<Transaction> {
        Ok(match &self.place {
            Place::File(pool) => Transaction::File(pool.begin().await?),
            Place::Server(server) => Transaction::Server(server.reading().await?),
        })
    }

    /// A transaction that writes.
    async fn writing(&self) -> Result<Transaction> {
        Ok(match &self.place {
            Place::File(pool) => Transaction::File(pool.begin_with("BEGIN IMMEDIATE").await?),
            Place::Server(server) => Transaction::Server(server.writing().await?),
        })
    }

    /// A transaction that writes what others decide by. On a server it holds `knowledge` from its beginning: all that do so
    /// take it first, so that none waits for another in a circle, and each finds what the one before has left.
    async fn publishing(&self) -> Result<Transaction> {
        let mut transaction = self.writing().await?;
        if let Place::Server(_) = &self.place {
            sql("SELECT version FROM knowledge FOR UPDATE").row(&mut transaction).await?;
        }
        Ok(transaction)
    }

    /// Writes a whole copy of a file's state to the empty file at `to`.
    pub(super) async fn copy_into(&self, to: &std::path::Path) -> Result<()> {
        let Place::File(pool) = &self.place else { anyhow::bail!("the state is on a database server: `pg_dump` copies it") };
        let to = to.to_str().context("the name of a copy must be UTF-8")?;
        sqlx::query("VACUUM INTO $1").bind(to).execute(pool).await.context("copying the state")?;
        Ok(())
    }

    /// Whether there can be several processes that take turns.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self.place, Place::Server(_))
    }

    /// Who takes turns on a server.
    pub(super) async fn replicas(&self) -> Result<Vec<Replica>> {
        match &self.place {
            Place::File(_) => Ok(Vec::new()),
            Place::Server(server) => server.replicas().await.context("asking who is there"),
        }
    }

    /// The number of its schema.
    pub(super) async fn schema(&self) -> Result<i64> {
        let asked = "asking the state for its schema";
        match &self.place {
            Place::File(pool) => sqlx::query_scalar("PRAGMA user_version").fetch_one(pool).await.context(asked),
            Place::Server(server) => server.schema().await.context(asked),
        }
    }

    /// Makes last what a transaction wrote, and lets other processes know that there is news.
    async fn publish(&self, mut transaction: Transaction) -> Result<()> {
        if let Place::Server(_) = &self.place {
            sql("UPDATE knowledge SET version = version + 1").run(&mut transaction).await?;
        }
        transaction.commit().await?;
        if let Place::Server(server) = &self.place {
            server.has_written();
        }
        Ok(())
    }

    /// Waits for its turn in a transaction, and sees that nobody has changed what is known since this process looked:
    /// what it decided rests on that.
    async fn take_turn(&self, transaction: &mut Transaction) -> Result<()> {
        let Place::Server(server) = &self.place else { return Ok(()) };
        let row = sql("SELECT version FROM knowledge FOR UPDATE").row(transaction).await?.context("the state is not whole")?;
        if server.is_news(row.get("version")?) { Err(Overtaken.into()) } else { Ok(()) }
    }
}

/// Another replica was faster: what this one decided rests on less than is known now, and is decided anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another replica has changed what is known; decided anew")]
pub struct Overtaken;
