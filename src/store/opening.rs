//! Why a state cannot be opened, and what to do about it.
//! Owns the meaning of SQLite's result codes and of PostgreSQL's.

use std::io;
use std::path::{Path, PathBuf};

/// Why the state cannot be opened. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process is at it.
    #[error("the state `{path}` is in use{}; stop that one first", .pid.map(|pid| format!(" by process {pid}")).unwrap_or_default())]
    Locked {
        /// The state.
        path: PathBuf,
        /// Which process, if it says so.
        pid: Option<u32>,
    },
    /// It cannot be written to.
    #[error("the state `{path}` cannot be written to ({why}); let its folder and file belong to the user offwatch runs as")]
    ReadOnly {
        /// The state.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// It is damaged, or no state at all.
    #[error("the state `{path}` is damaged or no database ({why}); `offwatch restore FILE` puts a backup in its place")]
    Corrupt {
        /// The state.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A newer offwatch has written it.
    #[error(
        "the state `{path}` has schema {found}, this offwatch knows schemas up to {known}; run the newer offwatch again, or restore a backup"
    )]
    NewerSchema {
        /// The state.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known.
        known: i64,
    },
    /// An older offwatch works on it, which would not understand it any more.
    #[error(
        "the state `{path}` has schema {found} and is in use{} by an offwatch of that age; restart that one as this one, which makes it schema {known}", .pid.map(|pid| format!(" in process {pid}")).unwrap_or_default()
    )]
    OlderInUse {
        /// The state.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known.
        known: i64,
        /// Which process, if it says so.
        pid: Option<u32>,
    },
    /// No space is left.
    #[error("no space is left for the state `{path}`; make room on its disk")]
    DiskFull {
        /// The state.
        path: PathBuf,
    },
    /// The address of the server is none.
    #[error("`service.state` is no address of a PostgreSQL database; write postgres://USER@HOST/DATABASE")]
    BadAddress,
    /// The server of the state cannot be reached.
    #[error("the database server cannot be reached ({why}); see that it runs and that its address is right")]
    Unreachable {
        /// What happened.
        why: String,
    },
    /// The server does not let offwatch in.
    #[error("the database server refuses the login or the database ({why}); see its user, password and database")]
    Refused {
        /// What it says.
        why: String,
    },
    /// A newer offwatch has written the state on the server.
    #[error(
        "the state on the database server has schema {found}, this offwatch knows schemas up to {known}; run the newer offwatch again, or restore a backup"
    )]
    NewerServer {
        /// Its schema.
        found: i64,
        /// The newest schema known.
        known: i64,
    },
    /// Replicas of an older offwatch live on it, which would not understand it any more.
    #[error(
        "the state on the database server has schema {found} and is in use by an offwatch of that age (process {living}); stop all replicas of that age, then start this one, which makes it schema {known}"
    )]
    OlderReplicas {
        /// Its schema.
        found: i64,
        /// The newest schema known.
        known: i64,
        /// Who lives on it.
        living: String,
    },
    /// Anything else that the server says.
    #[error("the state on the database server cannot be opened: {why}")]
    Server {
        /// What it says.
        why: String,
    },
    /// Anything else.
    #[error("the state `{path}` cannot be opened: {why}")]
    Other {
        /// The state.
        path: PathBuf,
        /// What happened.
        why: String,
    },
}

impl OpenError {
    /// What an error of the file system means for the state at `path`.
    pub fn from_io(path: &Path, error: &io::Error) -> Self {
        let (path, why) = (path.to_owned(), error.to_string());
        #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows")]
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path, why },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Other { path, why },
        }
    }

    /// What an error of the database means for the state at `path`.
    pub fn from_sqlx(path: &Path, error: &sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        let code: Option<u32> = code.and_then(|code| code.parse().ok());
        let (path, why) = (path.to_owned(), error.to_string());
        // The lower byte of an extended result code is the primary one.
        match code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Locked { path, pid: None },
            Some(3 | 8 | 14) => Self::ReadOnly { path, why },
            Some(11 | 26) => Self::Corrupt { path, why },
            Some(13) => Self::DiskFull { path },
            _ => Self::Other { path, why },
        }
    }

    /// What an error of the database server means for the state there.
    pub fn from_server(error: &sqlx::Error) -> Self {
        // The driver adds a line number of the server's own source.
        let why = error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // Classes of SQLSTATE, PostgreSQL's appendix A.
        match code.as_deref().and_then(|code| code.get(..2)) {
            Some("28" | "3D" | "42") => Self::Refused { why },
            Some("08" | "53" | "57") => Self::Unreachable { why },
            None if matches!(error, sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut) => Self::Unreachable { why },
            Some(_) | None => Self::Server { why },
        }
    }
}
