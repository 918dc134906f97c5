//! Where a state is, and the right to take turns on it.
//! A file is for one process that turns; a server is for as many replicas as there are.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Lock, OpenError};
use crate::feeds::Secret;

/// Where a state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server.
    Server {
        /// Its address, which may hold a password.
        url: Secret,
        /// What stands for this replica on its own machine: one process runs with it.
        seat: PathBuf,
    },
}

impl Address {
    /// What the lock of the process that turns here lies beside.
    pub fn seat(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Server { seat, .. } => seat,
        }
    }

    /// Whether there is no state yet that could be looked into. Of a server that is not asked.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::File(path) if !path.exists())
    }

    /// Lets this process, and no other from this seat, take turns.
    pub async fn lock(&self) -> Result<Lock, OpenError> {
        Lock::take(self.seat()).await
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "`{}`", path.display()),
            // Not the address: it may hold a password.
            Self::Server { .. } => out.write_str("on the database server"),
        }
    }
}
