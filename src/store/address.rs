//! Where a state is, and the right to take turns on it.
//! A file is for one process that turns; a server is for as many replicas as there are.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

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

/// How many links to files that are not there yet are followed, one to the next.
const LINKS: u32 = 8;

/// The one name of the file at `path`, however that is spelled, and also if there is none yet: whoever comes to it through a
/// link comes to the same state.
pub(super) fn real(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if let Ok(real) = fs::canonicalize(&path) {
            return real;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        match (fs::read_link(&path), path.file_name()) {
            (Ok(target), _) => path = folder.join(target),
            (Err(_), Some(name)) => return folder.join(name),
            (Err(_), None) => return path,
        }
    }
    path
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
