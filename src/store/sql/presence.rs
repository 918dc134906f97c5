//! How other replicas know that this one lives: it holds the advisory lock of its number, on a connection that does nothing
//! else. Whoever loses that takes it again by itself, also in the middle of a long attempt.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::server::{LOCKS, PATIENCE};

/// How often it is seen to that the lock is held: well within the wait after which another replica takes a letter over.
const BEAT: Duration = Duration::from_secs(5);

/// How long between two tries to take the lock.
const PAUSE: Duration = Duration::from_millis(100);

/// Ends the sessions that hold the lock of a number, this one's own aside. The number is one replica's alone: they are what it
/// has lost, and what the server may take for alive for long.
const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = $1 \
    AND objid::bigint = $2 AND objsubid = 2 AND granted AND pid <> pg_backend_pid() \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Writes a replica down again that was forgotten while it seemed to be dead.
const AGAIN: &str = "INSERT INTO replicas (number, host, process) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

/// One replica's lock.
#[derive(Debug)]
pub(super) struct Presence {
    /// How to connect.
    options: PgConnectOptions,
    /// The replica's number.
    pub(super) number: i64,
    /// The machine it runs on.
    host: String,
    /// The connection that holds the lock.
    connection: Mutex<Option<PgConnection>>,
}

impl Presence {
    /// That of a replica, not held yet.
    pub(super) fn new(options: PgConnectOptions, number: i64, host: String) -> Self {
        Self { options, number, host, connection: Mutex::default() }
    }

    /// Holds the lock, anew if its connection was lost.
    pub(super) async fn attend(&self) -> sqlx::Result<()> {
        let mut connection = self.connection.lock().await;
        if let Some(held) = connection.as_mut()
            && tokio::time::timeout(PATIENCE, held.ping()).await.is_ok_and(|pinged| pinged.is_ok())
        {
            return Ok(());
        }
        *connection = None;
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no answer in time");
        *connection = Some(tokio::time::timeout(PATIENCE, self.take()).await.map_err(late)??);
        Ok(())
    }

    /// Takes the lock on a new connection.
    async fn take(&self) -> sqlx::Result<PgConnection> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        let taken = "SELECT pg_try_advisory_lock($1::int, $2::int)";
        while !sqlx::query_scalar::<_, bool>(taken).bind(LOCKS).bind(self.number).fetch_one(&mut connection).await? {
            sqlx::query(END).bind(LOCKS).bind(self.number).execute(&mut connection).await?;
            tokio::time::sleep(PAUSE).await;
        }
        let again = sqlx::query(AGAIN).bind(self.number).bind(&self.host).bind(i64::from(std::process::id()));
        again.execute(&mut connection).await?;
        Ok(connection)
    }

    /// Sees to it that the lock is held, for as long as what it gives lives.
    pub(super) fn beat(self: &Arc<Self>) -> JoinSet<()> {
        let (presence, mut beat) = (Arc::clone(self), JoinSet::new());
        beat.spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                if let Err(error) = presence.attend().await {
                    tracing::debug!("other replicas cannot be told of this one: {error}");
                }
            }
        });
        beat
    }

    /// Gives the lock back.
    pub(super) async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            // A lock that is not given back goes with its connection.
            let _ = connection.close().await;
        }
    }
}
