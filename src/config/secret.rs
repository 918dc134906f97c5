//! Secrets that a setting names: a file, or a credential that the service manager hands over.
//! Reads them and says when others could read them too; a secret never stands in the configuration itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::problem::Fault;
use super::reader::Reader;
use crate::feeds::Secret;

/// Whether everybody on this machine may read the file.
pub(super) fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o004 != 0)
}

/// The secret named by `file` or `credential`, if either is set: the one line in it.
pub(super) fn read(table: &Reader<'_>, place: &Surroundings, file: &'static str, credential: &'static str) -> Option<Secret> {
    named(table, place, file, credential, line)
}

/// The text named by `file` or `credential`, if either is set.
pub(super) fn text(table: &Reader<'_>, place: &Surroundings, file: &'static str, credential: &'static str) -> Option<Secret> {
    named(table, place, file, credential, |path| content(path).map(Secret::new))
}

/// What `content` finds in the file that `file` or `credential` names, if either is set.
fn named(
    table: &Reader<'_>,
    place: &Surroundings,
    file: &'static str,
    credential: &'static str,
    content: fn(&Path) -> Result<Secret, Fault>,
) -> Option<Secret> {
    let (path, name) = (table.string(file), table.string(credential));
    if let (Some(_), Some(name)) = (&path, &name) {
        table.report(&name.span, Fault::new(format!("`{file}` and `{credential}` exclude each other")));
    }
    if let Some(word) = path {
        let path = place.base.join(word.text);
        if is_open(&path) {
            table.warn(&format!("everybody can read the file `{}` that `{file}` names", word.text));
        }
        return table.understood(&word, |_| content(&path));
    }
    let word = name?;
    table.understood(&word, |name| {
        if name.is_empty() || name.contains('/') || name.starts_with('.') {
            return Err(Fault::new(format!("`{name}` is no name of a credential")));
        }
        let Some(directory) = &place.credentials else {
            let fault = Fault::new(format!("no credentials are there to look for `{name}` in"));
            return Err(fault.hint("systemd passes them with `LoadCredential=`, in `$CREDENTIALS_DIRECTORY`"));
        };
        content(&directory.join(name))
    })
}

/// What stands in the file.
fn content(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| Fault::new(format!("cannot read `{}`: {}", path.display(), error.kind())))
}

/// The one line in the file.
fn line(path: &Path) -> Result<Secret, Fault> {
    let text = content(path)?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        return Err(Fault::new(format!("`{}` is empty", path.display())));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::new(format!("`{}` holds more than one line of text", path.display())));
    }
    Ok(Secret::new(text.to_owned()))
}

/// Where relative names lead.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// The folder of the configuration file.
    pub(super) base: PathBuf,
    /// Where the service manager wants state to be.
    pub(super) state: Option<PathBuf>,
    /// Where the service manager wants to be what lives as long as the process.
    pub(super) runtime: Option<PathBuf>,
    /// Where the service manager puts credentials.
    pub(super) credentials: Option<PathBuf>,
    /// Whether everybody on this machine may read the configuration.
    pub(super) open: bool,
}

impl Surroundings {
    /// Where a path to state leads.
    pub(super) fn state(&self, path: &str) -> PathBuf {
        self.state.as_ref().unwrap_or(&self.base).join(path)
    }

    /// Where a path to what lives as long as the process leads.
    pub(super) fn runtime(&self, path: &str) -> PathBuf {
        self.runtime.as_ref().or(self.state.as_ref()).unwrap_or(&self.base).join(path)
    }
}
