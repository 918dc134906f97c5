//! The state's file: made private, opened carefully, brought up to date.
//! Refuses a damaged file, a newer schema and an SQLite with known faults.

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use crate::crash::{self, Point};
use crate::store::Lock;
use crate::store::opening::OpenError;

/// Every schema there was, oldest first; the schema's number is kept in `user_version`.
const MIGRATIONS: [&str; 5] = [
    include_str!("../migrations/sqlite/0001_first.sql"),
    include_str!("../migrations/sqlite/0002_holds.sql"),
    include_str!("../migrations/sqlite/0003_bygone.sql"),
    include_str!("../migrations/sqlite/0004_next_try.sql"),
    include_str!("../migrations/sqlite/0005_wishes.sql"),
];

/// Older ones can damage a database in WAL mode when two connections reset the log at once.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long to wait for another process's short transaction.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes the folder of the state at `path`, for its owner only, if it is missing.
pub(in crate::store) fn make_folder(path: &Path) -> Result<(), OpenError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| OpenError::from_io(path, &error))
}

/// Takes away what everybody may do with the file at `path`: it holds letters and copies of calendars. What its group may do
/// is its owner's affair. Where that is not permitted, it is told.
pub(in crate::store) fn close_to_others(path: &Path) {
    let Ok(mode) = std::fs::metadata(path).map(|found| found.permissions().mode()) else { return };
    let closed = mode & 0o7770;
    if closed == mode & 0o7777 {
        return;
    }
    match std::fs::set_permissions(path, Permissions::from_mode(closed)) {
        Ok(()) => tracing::warn!("`{}` was open to everybody; its mode is {:o} now", path.display(), closed),
        Err(error) => tracing::warn!("`{}` is open to everybody, and that cannot be changed: {error}", path.display()),
    }
}

/// Who may be at work on a file that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Beside {
    /// Nobody but people's commands: whoever opens it holds its lock.
    Nobody,
    /// Whoever holds its lock, if anybody does.
    Whoever,
}

/// How long to wait for the one connection.
const TURN: Duration = Duration::from_hours(1);

/// Opens the file at `path`.
pub(super) async fn open(path: &Path, beside: Beside) -> Result<SqlitePool, OpenError> {
    make_folder(path)?;
    // Made here and not by SQLite, whose files anybody may read; its log and index take this file's mode.
    let made = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    made.map_err(|error| OpenError::from_io(path, &error))?;
    for more in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(more);
        close_to_others(Path::new(&name));
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // With less, a power cut takes acknowledged commits along, and letters go out twice.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted or replaced holds leave of people: it is overwritten, and not left behind in free pages.
        .pragma("secure_delete", "ON")
        // Negative means KiB. What is read often is held elsewhere; copies of feeds would only fill it.
        .pragma("cache_size", "-512")
        .busy_timeout(PATIENCE);
    // One connection: one writer, and one memory of what other processes have written. It never grows old.
    let one = SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    // Who waits for it waits for this process's own work, on a disk that may be slow: no reason to give up.
    // A file that is open stays so: asking the connection each time whether it still lives costs as much as what it is for.
    let one = one.acquire_timeout(TURN).test_before_acquire(false);
    // A full disk makes SQLite roll back by itself, and the driver believes for ever that the transaction still runs.
    let one = one.before_acquire(|connection, _| Box::pin(std::future::ready(Ok(!connection.is_in_transaction()))));
    let pool = one.connect_with(options).await.map_err(|error| OpenError::from_sqlx(path, &error))?;
    check(path, &pool).await?;
    migrate(path, &pool, beside).await?;
    Ok(pool)
}

/// Writes the log back into the file and empties it: what was deleted stands in neither any more.
pub(super) async fn write_back(pool: &SqlitePool) -> sqlx::Result<()> {
    // When another process reads at this moment, it is done the next time.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(pool).await.map(drop)
}

/// Refuses a damaged file and an SQLite that would damage it.
async fn check(path: &Path, pool: &SqlitePool) -> Result<(), OpenError> {
    let refused = |error: sqlx::Error| OpenError::from_sqlx(path, &error);
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await.map_err(refused)?;
    let parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    if parts.as_slice() < OLDEST_SQLITE.as_slice() {
        let why = format!("this program was built with SQLite {version}; 3.51.3 or later is needed");
        return Err(OpenError::Other { path: path.to_owned(), why });
    }
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(pool).await.map_err(refused)?;
    if found == "ok" { Ok(()) } else { Err(OpenError::Corrupt { path: path.to_owned(), why: found }) }
}

/// Brings the schema up to date in one transaction, so that two processes starting at once do not both try.
async fn migrate(path: &Path, pool: &SqlitePool, beside: Beside) -> Result<(), OpenError> {
    let refused = |error: sqlx::Error| OpenError::from_sqlx(path, &error);
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(refused)?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await.map_err(refused)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(OpenError::NewerSchema { path: path.to_owned(), found, known });
    }
    // An empty one is nobody's yet: whoever holds the lock is about to make it.
    if 0 < found && found < known && beside == Beside::Whoever && Lock::is_taken(path) {
        return Err(OpenError::OlderInUse { path: path.to_owned(), found, known, pid: Lock::holder(path) });
    }
    for (migration, number) in MIGRATIONS.into_iter().zip(1_i64..).filter(|(_, number)| *number > found) {
        sqlx::raw_sql(migration).execute(&mut *transaction).await.map_err(refused)?;
        let numbered = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {number}"));
        sqlx::raw_sql(numbered).execute(&mut *transaction).await.map_err(refused)?;
    }
    if found < known {
        crash::at(Point::Migrating);
    }
    transaction.commit().await.map_err(refused)
}

/// Writes what lies in the log of the file at `path` back into the file, whatever its schema.
pub(in crate::store) async fn fold(path: &Path) -> sqlx::Result<()> {
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
    connection.close().await
}
