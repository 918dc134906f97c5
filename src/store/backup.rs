//! Copies of a state in a file: taken beside whoever turns on it, and put back in its place.
//! A state on a server is its administrator's to copy.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;

use super::address::real;
use super::sql::file;
use super::{Address, Lock, Store};
use crate::plan::LAST_TURN;

/// The end of the name of SQLite's log.
const LOG: &str = "-wal";

/// What SQLite keeps beside a file, by the end of its name.
const BESIDE: [&str; 2] = [LOG, "-shm"];

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many letters it holds, whatever became of them.
    pub letters: usize,
    /// When its last turn was: of what was said later it knows nothing.
    pub last_turn: Option<Timestamp>,
    /// Where the former state is now, if there was one.
    pub former: Option<PathBuf>,
}

/// Writes a whole, checked copy of the state to `to`, for its owner only. The file must not exist.
pub async fn take(store: &Store, to: &Path) -> Result<()> {
    let Store::Database(database) = store else { bail!("there is no state to copy") };
    let target = || format!("writing `{}`", to.display());
    // Made here: SQLite's own files could be read by anybody.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).with_context(target)?;
    let written = database.copy_into(to).await.and_then(|()| flush(to).with_context(target));
    if written.is_err() {
        // What came of it is no state.
        let _ = fs::remove_file(to);
    }
    // Its name too; where a file system cannot do that for a folder, the copy is none the worse.
    let _ = flush(folder(to));
    written
}

/// Puts the backup `from` in the place of the state at `address`, on which nobody may turn. The former one is kept beside it.
pub async fn put_back(address: &Address, from: &Path, now: Timestamp) -> Result<Restored> {
    let Address::File(state) = address else {
        bail!("the state is on a database server: `pg_restore` puts a dump of it back");
    };
    let _lock = Lock::take(state).await?;
    let state = &real(state);
    let fresh = beside(state, ".restoring");
    clear(&fresh)?;
    let copied = copy(from, &fresh).with_context(|| format!("copying `{}`", from.display()));
    let read = async {
        copied?;
        // Opened as every state is: damage and newer schemas are refused, older ones brought up to date.
        let store = Store::open(&Address::File(fresh.clone())).await.with_context(|| format!("`{}` is no backup", from.display()))?;
        let (letters, past) = (store.outbox().await?.len(), store.past().await?);
        store.close().await;
        anyhow::Ok((letters, past.instants.get(LAST_TURN).copied()))
    };
    let read = read.await;
    let (letters, last_turn) = match read {
        Ok(read) => read,
        Err(error) => {
            clear(&fresh)?;
            return Err(error);
        }
    };
    let putting = || format!("putting `{}` in place", state.display());
    flush(&fresh).with_context(putting)?;
    let former = set_aside(state, now).await.context("setting the former state aside")?;
    fs::rename(&fresh, state).and_then(|()| flush(folder(state))).with_context(putting)?;
    Ok(Restored { letters, last_turn, former })
}

/// Copies a state, for its owner only, with what its log holds and was never written back: of a process that was killed.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let log = beside(from, LOG);
    if log.try_exists()? {
        copy_file(&log, &beside(to, LOG))?;
    }
    copy_file(from, to)
}

/// Copies a file, for its owner only.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()
}

/// Gives the state another name, which it keeps beside its own until another file takes that: at no moment there is no
/// state. What SQLite keeps beside it is renamed, also without a state: the next one would take it for its own.
async fn set_aside(state: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    // To the second, unless another one was set aside in the same.
    let name = |form: &str| beside(state, &now.strftime(form).to_string());
    let former = name(".before-%Y%m%dT%H%M%SZ");
    let former = if former.try_exists()? { name(".before-%Y%m%dT%H%M%S%.3fZ") } else { former };
    let is_there = state.try_exists()?;
    if is_there && let Err(error) = file::fold(state).await {
        tracing::debug!("what lies in its log stays there: {error}");
    }
    if is_there {
        match fs::hard_link(state, &former) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // Not every file system can do that.
            Err(_) => fs::rename(state, &former)?,
            Ok(()) => {}
        }
    }
    for part in BESIDE {
        let beside_state = beside(state, part);
        if beside_state.try_exists()? {
            fs::rename(beside_state, beside(&former, part))?;
        }
    }
    flush(folder(state))?;
    Ok(is_there.then_some(former))
}

/// Removes a file and what SQLite keeps beside it, if they are there.
fn clear(path: &Path) -> io::Result<()> {
    for part in ["", "-wal", "-shm"] {
        match fs::remove_file(beside(path, part)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Sees that a file or folder is on the disk.
fn flush(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path with that end.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
