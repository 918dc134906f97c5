//! The state on a PostgreSQL server, shared by replicas without a leader: who is there, whose knowledge is current, and
//! which schema the server has. A replica that dies frees what it held with its connection; one that hangs, by its lease.

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgRow, Postgres};
use sqlx::{Connection as _, PgPool, Row as _, Transaction};
use tokio::task::JoinSet;

use super::presence::Presence;
use crate::crash::{self, Point};
use crate::store::opening::OpenError;

/// Every schema there was, oldest first; the table `schema` keeps the number.
const MIGRATIONS: [&str; 2] =
    [include_str!("../migrations/postgres/0001_first.sql"), include_str!("../migrations/postgres/0002_wishes.sql")];

/// The first half of the advisory locks of this program: `ow` in ASCII. The view `alive` names it too.
pub(super) const LOCKS: i64 = 0x6f77;

/// The second half of the lock under which schemas are made; replicas are numbered from one.
const SCHEMA: i64 = 0;

/// How long to wait for a connection, whether new or of the pool.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// More connections at once would only wait for each other: a turn, a look at what is due, a command.
const CONNECTIONS: u32 = 4;

/// What each connection asks of its server, unless the address says otherwise. Who hangs in the middle of a transaction, or is
/// cut off there, holds up all others: it loses it.
const SETTINGS: [(&str, &str); 6] = [
    ("idle_in_transaction_session_timeout", "60s"),
    // Longer than that: who waits for one that hangs gets its turn.
    ("lock_timeout", "90s"),
    ("tcp_keepalives_idle", "15s"),
    ("tcp_keepalives_interval", "5s"),
    ("tcp_keepalives_count", "6"),
    ("tcp_user_timeout", "60s"),
];

/// One of the processes that take turns on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Its number; never used again.
    pub number: i64,
    /// The machine it runs on, as that calls itself.
    pub host: String,
    /// Its process there.
    pub process: u32,
    /// When it came.
    pub since: Timestamp,
    /// Whether it lives: it holds a connection.
    pub lives: bool,
    /// Whether it is the process that asks.
    pub is_own: bool,
}

/// Who is there, and who was within a day.
const REPLICAS: &str = "SELECT number, host, process, (extract(epoch FROM since) * 1000)::bigint AS since, \
    number IN (SELECT number FROM alive) AS lives FROM replicas ORDER BY number";

/// Which replicas live, in words; nothing when none does. The lock under which schemas are made is nobody's.
const LIVING: &str = "SELECT COALESCE(string_agg(COALESCE(process || ' on ' || host, 'a process unknown'), ', ' ORDER BY number), '') \
    FROM alive LEFT JOIN replicas USING (number) WHERE number > 0";

/// Forgets replicas that have ended and left nothing behind: they came more than a day ago.
const FORGET: &str = "DELETE FROM replicas WHERE since < now() - interval '1 day' \
    AND number NOT IN (SELECT number FROM alive)";

/// A state on a server.
#[derive(Debug)]
pub(in crate::store) struct Server {
    /// Connections for transactions.
    pool: PgPool,
    /// How to connect.
    options: PgConnectOptions,
    /// What shows that this replica lives; none for a process that takes no turns.
    presence: Option<Arc<Presence>>,
    /// What keeps that up.
    beat: JoinSet<()>,
    /// How often this process has changed what is known.
    own: AtomicI64,
    /// The version of what this process knows, its own changes not counted.
    seen: AtomicI64,
}

impl Server {
    /// Connects, and brings the schema up to date.
    pub(super) async fn open(url: &str) -> Result<Self, OpenError> {
        let options = options(url)?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).test_before_acquire(true);
        // By itself first: the pool tries until its patience ends, and then does not say what went wrong.
        let first = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options));
        let first = first.await.map_err(|_| OpenError::Unreachable { why: "no answer in time".to_owned() })?;
        let first = first.map_err(|error| OpenError::from_server(&error))?;
        first.close().await.map_err(|error| OpenError::from_server(&error))?;
        let pool = pool.connect_lazy_with(options.clone());
        migrate(&pool).await?;
        let (presence, beat, own, seen) = (None, JoinSet::new(), AtomicI64::new(0), AtomicI64::new(i64::MIN));
        let server = Self { pool, options, presence, beat, own, seen };
        server.data_version().await.map_err(|error| OpenError::from_server(&error))?;
        Ok(server)
    }

    /// Makes this process a replica that takes turns.
    pub(in crate::store) async fn join(&mut self) -> Result<(), OpenError> {
        let refused = |error: sqlx::Error| OpenError::from_server(&error);
        sqlx::query(FORGET).execute(&self.pool).await.map_err(refused)?;
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let number = sqlx::query_scalar("INSERT INTO replicas (host, process) VALUES ($1, $2) RETURNING number");
        let number = number.bind(&host).bind(i64::from(std::process::id())).fetch_one(&self.pool).await.map_err(refused)?;
        let presence = Arc::new(Presence::new(self.options.clone(), number, host));
        presence.attend().await.map_err(refused)?;
        // From here on nobody makes a newer schema under this replica; somebody may have since it looked.
        let mut transaction = self.pool.begin().await.map_err(refused)?;
        let (found, known) = (schema(&mut transaction).await.map_err(refused)?, newest());
        transaction.commit().await.map_err(refused)?;
        if found > known {
            presence.close().await;
            return Err(OpenError::NewerServer { found, known });
        }
        self.beat = presence.beat();
        self.presence = Some(presence);
        Ok(())
    }

    /// Who takes turns, or took them within a day.
    pub(super) async fn replicas(&self) -> anyhow::Result<Vec<Replica>> {
        let rows = sqlx::query(REPLICAS).fetch_all(&self.pool).await?;
        let replica = |row: PgRow| {
            let (number, process): (i64, i64) = (row.try_get("number")?, row.try_get("process")?);
            Ok(Replica {
                number,
                host: row.try_get("host")?,
                process: u32::try_from(process)?,
                since: Timestamp::from_millisecond(row.try_get("since")?)?,
                lives: row.try_get("lives")?,
                is_own: number == self.replica(),
            })
        };
        rows.into_iter().map(replica).collect()
    }

    /// Holds the lock of this replica, anew if its connection was lost.
    pub(in crate::store) async fn attend(&self) -> sqlx::Result<()> {
        match &self.presence {
            Some(presence) => presence.attend().await,
            None => Ok(()),
        }
    }

    /// This process's number as a replica; zero for one that takes no turns.
    pub(super) fn replica(&self) -> i64 {
        self.presence.as_ref().map_or(0, |presence| presence.number)
    }

    /// The number of its schema.
    pub(super) async fn schema(&self) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT number FROM schema").fetch_one(&self.pool).await
    }

    /// Changes when another process has changed what is known.
    pub(super) async fn data_version(&self) -> sqlx::Result<i64> {
        let version: i64 = sqlx::query_scalar("SELECT version FROM knowledge").fetch_one(&self.pool).await?;
        let foreign = version.saturating_sub(self.own.load(Ordering::SeqCst));
        self.seen.store(foreign, Ordering::SeqCst);
        Ok(foreign)
    }

    /// Counts a change of this process's own.
    pub(super) fn has_written(&self) {
        self.own.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether somebody else changed what is known since this process looked last, given the present version.
    pub(super) fn is_news(&self, version: i64) -> bool {
        version.saturating_sub(self.own.load(Ordering::SeqCst)) != self.seen.load(Ordering::SeqCst)
    }

    /// A transaction that sees one state of things.
    pub(super) async fn reading(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    /// A transaction that writes.
    pub(super) async fn writing(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin().await
    }

    /// Closes all connections.
    pub(super) async fn close(mut self) {
        self.beat.shutdown().await;
        if let Some(presence) = self.presence {
            presence.close().await;
        }
        self.pool.close().await;
    }
}

/// How to connect to the server at that address.
pub(in crate::store) fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    // The driver's own message may quote the address, which may hold a password.
    let options = PgConnectOptions::from_str(url).map_err(|_| OpenError::BadAddress)?.application_name("offwatch");
    let said = options.get_options().unwrap_or_default().to_owned();
    Ok(options.options(SETTINGS.into_iter().filter(|(name, _)| !said.contains(name))))
}

/// The number of the newest schema known.
fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The number of the schema there is, zero for none. Nobody makes another one until the transaction ends.
async fn schema(transaction: &mut PgConnection) -> sqlx::Result<i64> {
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1::int, $2::int)").bind(LOCKS).bind(SCHEMA);
    lock.execute(&mut *transaction).await?;
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('schema') IS NOT NULL").fetch_one(&mut *transaction).await?;
    if exists { sqlx::query_scalar("SELECT number FROM schema").fetch_one(transaction).await } else { Ok(0) }
}

/// Brings the schema up to date in one transaction, one process after the other.
async fn migrate(pool: &PgPool) -> Result<(), OpenError> {
    let refused = |error: sqlx::Error| OpenError::from_server(&error);
    let mut transaction = pool.begin().await.map_err(refused)?;
    let (found, known) = (schema(&mut transaction).await.map_err(refused)?, newest());
    let older = 0 < found && found < known;
    // Whoever lives on it is of its age: a newer one would have made a newer schema when it came.
    let living: String =
        if older { sqlx::query_scalar(LIVING).fetch_one(&mut *transaction).await.map_err(refused)? } else { String::new() };
    if found > known || !living.is_empty() {
        // Whoever comes next is not to wait until the server ends this transaction.
        transaction.rollback().await.map_err(refused)?;
        return Err(if older { OpenError::OlderReplicas { found, known, living } } else { OpenError::NewerServer { found, known } });
    }
    for (migration, number) in MIGRATIONS.into_iter().zip(1_i64..).filter(|(_, number)| *number > found) {
        sqlx::raw_sql(migration).execute(&mut *transaction).await.map_err(refused)?;
        let numbered = sqlx::query("UPDATE schema SET number = $1").bind(number);
        numbered.execute(&mut *transaction).await.map_err(refused)?;
    }
    if found < known {
        crash::at(Point::Migrating);
    }
    transaction.commit().await.map_err(refused)
}
