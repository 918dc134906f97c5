//! `offwatch backup` and `offwatch restore`: a copy of the state, taken beside a daemon that runs, and put back while none does.

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::json;

use super::session::Session;
use super::{Format, print, usage};
use crate::clock;
use crate::store::{Address, backup};

/// Where a copy goes.
#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// The file to write; it must not exist.
    file: PathBuf,
}

/// Where a copy is.
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// A file that `offwatch backup` has written.
    file: PathBuf,
}

/// Copies the state.
pub(super) async fn take(session: &Session<'_>, backup: &Backup) -> Result<u8> {
    let config = session.load()?;
    if matches!(config.state, Address::Server { .. }) {
        bail!("the state is on a database server: `pg_dump` copies it");
    }
    if backup.file.try_exists().unwrap_or(false) {
        return Err(usage(format!("`{}` exists; give a name that is free", backup.file.display())));
    }
    let store = session.existing(&config).await?;
    let taken = backup::take(&store, &backup.file).await;
    store.close().await;
    taken?;
    print(&match session.format {
        Format::Json => format!("{}\n", json!({ "backup": backup.file.display().to_string() })),
        Format::Text => format!("the state {} is copied to `{}`\n", config.state, backup.file.display()),
    })?;
    Ok(0)
}

/// Puts a copy back.
pub(super) async fn put_back(session: &Session<'_>, restore: &Restore) -> Result<u8> {
    let config = session.load()?;
    if !restore.file.is_file() {
        return Err(usage(format!("there is no file `{}`", restore.file.display())));
    }
    let restored = backup::put_back(&config.state, &restore.file, clock::now()).await?;
    let former = restored.former.as_ref().map(|path| path.display().to_string());
    print(&match session.format {
        Format::Json => {
            let last_turn = restored.last_turn.map(|at| at.to_string());
            format!("{}\n", json!({ "letters": restored.letters, "last_turn": last_turn, "former": former }))
        }
        Format::Text => {
            let since = restored.last_turn.map_or_else(
                || "it has seen no turn yet: all that is due will be said".to_owned(),
                |at| format!("what was said after its last turn, {at}, is not known to it and may be said once more"),
            );
            let former = former.map(|former| format!("; the former state is kept as `{former}`")).unwrap_or_default();
            format!("the state {} is restored with {} letters{former}\n{since}\n", config.state, restored.letters)
        }
    })?;
    Ok(0)
}
