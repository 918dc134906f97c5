//! The lock that lets one process at a time take turns on a state.
//! Held by the kernel: it is gone with its process, however that ends. The file stays and means nothing by itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;

use super::address::real;
use super::opening::OpenError;
use super::sql::file;

/// How often a taken lock is tried again: somebody who only looks holds it for an instant.
const TRIES: u32 = 5;

/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(40);

/// The right to take turns, as long as it lives.
#[derive(Debug)]
pub struct Lock {
    /// The locked file.
    _file: File,
}

impl Lock {
    /// Takes the lock of the state at `state`, or tells who has it.
    pub async fn take(state: &Path) -> Result<Self, OpenError> {
        file::make_folder(state)?;
        let path = beside(state);
        let refused = |error: &std::io::Error| OpenError::from_io(&path, error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        // Through a link it would be another file that is emptied.
        options.custom_flags(i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0));
        let mut file = options.open(&path).map_err(|error| refused(&error))?;
        file::close_to_others(&path);
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => {
                    let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
                    written.map_err(|error| refused(&error))?;
                    return Ok(Self { _file: file });
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(refused(&error)),
            }
        }
        Err(OpenError::Locked { path: state.to_owned(), pid: number(&mut file) })
    }

    /// The process that holds the lock of the state at `state`, if one does and says so.
    pub fn holder(state: &Path) -> Option<u32> {
        number(&mut taken(state)?)
    }

    /// Whether any process holds the lock of the state at `state`.
    pub(super) fn is_taken(state: &Path) -> bool {
        taken(state).is_some()
    }
}

/// The file of the lock of the state at `state`, if somebody holds it.
fn taken(state: &Path) -> Option<File> {
    let file = File::open(beside(state)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(file),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// The lock's file: the state's one name and `.lock`.
fn beside(state: &Path) -> PathBuf {
    let mut name = real(state).into_os_string();
    name.push(".lock");
    name.into()
}

/// The process number in the file.
fn number(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
