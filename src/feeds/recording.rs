//! A feed's past as a folder of files named by instant: what a fetch at any time would have got.
//! Owns the naming and the choice of the newest. Judges no calendar, and knows nothing of virtual time but the instant asked.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::FILE_LIMIT;
use super::failure::Failure;
use super::fetch::{capped, fingerprint, is_unfinished};

/// All that was recorded of a feed, by instant.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// What was met at an instant, and stays until the next.
    takes: BTreeMap<Timestamp, Content>,
}

/// A body recorded at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From when on it stood.
    pub at: Timestamp,
    /// The bytes, shared.
    pub bytes: Arc<[u8]>,
    /// Their fingerprint.
    pub hash: String,
}

/// What a fetch gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take<'r> {
    /// These bytes.
    Body(&'r Entry),
    /// A failure with this text.
    Error(&'r str),
    /// Nothing is recorded so early, which is a failure too.
    Nothing,
}

/// What a file of the folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// `.ics`.
    Body,
    /// `.error`; greater, since it wins over a body of the same instant.
    Error,
}

/// What is in a folder.
#[derive(Debug, Default)]
struct Listing {
    /// Names and paths of its files.
    files: Vec<(String, PathBuf)>,
    /// What is no file, as a sentence each.
    aside: Vec<String>,
}

/// A file's content.
#[derive(Clone, Debug)]
enum Content {
    /// A body.
    Body(Entry),
    /// A failure.
    Error(String),
}

impl Recording {
    /// Reads a folder. Besides the recording, says which files were left aside and why.
    pub fn open(folder: &Path) -> io::Result<(Self, Vec<String>)> {
        let Listing { files, mut aside } = list(folder)?;
        let read = |(name, path): &(String, PathBuf)| Ok((name.clone(), content(path)?));
        let (recording, more) = Self::from_files(files.iter().map(read).collect::<io::Result<Vec<_>>>()?);
        aside.extend(more);
        Ok((recording, aside))
    }

    /// Makes a recording of files in memory, by name as in a folder.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> (Self, Vec<String>) {
        let mut by_name: Vec<_> = files.into_iter().collect();
        by_name.sort();
        let mut takes: BTreeMap<Timestamp, (Kind, Content)> = BTreeMap::new();
        let mut aside = Vec::new();
        for (name, bytes) in by_name {
            let Some((at, kind)) = instant(&name) else {
                aside.push(format!("`{name}` is not named by an instant, like `2026-12-01T09:00:00Z.ics`"));
                continue;
            };
            match takes.get(&at) {
                Some((other, _)) if *other >= kind => {
                    aside.push(format!("`{name}` is of the same instant as another file, which is taken"));
                }
                Some(_) | None => {
                    takes.insert(at, (kind, Content::new(at, kind, bytes)));
                }
            }
        }
        (Self { takes: takes.into_iter().map(|(at, (_, content))| (at, content)).collect() }, aside)
    }

    /// The newest not after `instant`.
    pub fn at(&self, instant: Timestamp) -> Take<'_> {
        match self.takes.range(..=instant).next_back() {
            Some((_, Content::Body(entry))) => Take::Body(entry),
            Some((_, Content::Error(text))) => Take::Error(text),
            None => Take::Nothing,
        }
    }

    /// Every body, in order.
    pub fn bodies(&self) -> impl Iterator<Item = &[u8]> {
        self.takes.values().filter_map(|content| match content {
            Content::Body(entry) => Some(&*entry.bytes),
            Content::Error(_) => None,
        })
    }

    /// The instants from which on a fetch gets something else, in order.
    pub fn changes(&self) -> impl Iterator<Item = Timestamp> {
        self.takes.keys().copied()
    }
}

impl Content {
    /// Takes a file's bytes for what its name says. A body that is too large or cut off is what it would be
    /// for any fetch: a failure.
    fn new(at: Timestamp, kind: Kind, bytes: Vec<u8>) -> Self {
        match kind {
            Kind::Body if bytes.len() > FILE_LIMIT => Self::Error(Failure::too_big(FILE_LIMIT).why),
            Kind::Body if is_unfinished(&bytes) => Self::Error(Failure::unfinished_file().why),
            Kind::Body => Self::Body(Entry { at, hash: fingerprint(&bytes), bytes: bytes.into() }),
            Kind::Error => Self::Error(line(&bytes)),
        }
    }
}

/// Reads of a folder only what a fetch at `instant` needs.
pub(super) fn newest(folder: &Path, instant: Timestamp) -> io::Result<Recording> {
    let named = list(folder)?.files.into_iter().filter_map(|(name, path)| Some((self::instant(&name)?, name, path)));
    let Some((_, name, path)) = named.filter(|((at, _), ..)| *at <= instant).max_by_key(|(rank, ..)| *rank) else {
        return Ok(Recording::default());
    };
    Ok(Recording::from_files([(name, content(&path)?)]).0)
}

/// The files of a folder, and what else is in it. Hidden files are neither.
fn list(folder: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for item in fs::read_dir(folder).map_err(|error| about(folder, &error))? {
        let path = item?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_file() {
            listing.files.push((name, path));
        } else {
            listing.aside.push(format!("`{name}` is not a file"));
        }
    }
    listing.aside.sort();
    Ok(listing)
}

/// A file's bytes; of one that is too large only enough to see that.
fn content(path: &Path) -> io::Result<Vec<u8>> {
    capped(path).map_err(|error| about(path, &error))
}

/// An error that says which file it is about.
fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {}", path.display(), error.kind()))
}

/// What a file's name says. Since some file systems refuse colons, `-` may stand for them; seconds may be left out.
fn instant(name: &str) -> Option<(Timestamp, Kind)> {
    let (stem, kind) = match name.rsplit_once('.')? {
        (stem, "ics") => (stem, Kind::Body),
        (stem, "error") => (stem, Kind::Error),
        _ => return None,
    };
    let (date, time) = stem.split_once('T')?;
    let read = |time: &str| {
        // An hour alone, or digits without colons, would be an instant to jiff but is none by RFC 3339.
        let minutes = time.as_bytes().get(2) == Some(&b':');
        if minutes { format!("{date}T{time}").parse::<Timestamp>().ok() } else { None }
    };
    Some((read(time).or_else(|| read(&time.replace('-', ":")))?, kind))
}

/// A recorded failure as one line.
fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<_> = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "a recorded failure".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A recording of files that hold their own names, and what was left aside.
    fn recorded(names: &str) -> (Recording, Vec<String>) {
        Recording::from_files(names.split_whitespace().map(|name| (name.to_owned(), format!("this is\n {name}\r\n").into_bytes())))
    }

    /// What a fetch gets at an instant.
    fn check(recording: &Recording, at: &str) -> String {
        match recording.at(at.parse().unwrap()) {
            Take::Body(entry) => format!("{} {}", entry.at, std::str::from_utf8(&entry.bytes).unwrap().trim().replace("\n ", " ")),
            Take::Error(why) => format!("failed: {why}"),
            Take::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn a_fetch_gets_the_newest_that_is_not_later() {
        let (recording, aside) = recorded("2026-12-01T09:00:00Z.ics 2026-12-01T10:00:00Z.error 2026-12-01T11:00:00Z.ics");
        let rows = ["08:59:59.999", "09:00", "09:59:59", "10:00", "10:30", "11:00", "23:00"];
        let taken = rows.map(|time| format!("{time} {}", check(&recording, &format!("2026-12-01T{time}Z"))));
        insta::assert_snapshot!(taken.join("\n"), @r"
        08:59:59.999 nothing
        09:00 2026-12-01T09:00:00Z this is 2026-12-01T09:00:00Z.ics
        09:59:59 2026-12-01T09:00:00Z this is 2026-12-01T09:00:00Z.ics
        10:00 failed: this is 2026-12-01T10:00:00Z.error
        10:30 failed: this is 2026-12-01T10:00:00Z.error
        11:00 2026-12-01T11:00:00Z this is 2026-12-01T11:00:00Z.ics
        23:00 2026-12-01T11:00:00Z this is 2026-12-01T11:00:00Z.ics
        ");
        assert_eq!(aside, Vec::<String>::new());
    }

    #[test]
    fn an_error_wins_over_a_calendar_of_the_same_instant() {
        for names in ["2026-12-01T09:00Z.error 2026-12-01T09-00-00Z.ics", "2026-12-01T09:00Z.ics 2026-12-01T09-00-00Z.error"] {
            let (recording, _) = recorded(names);
            assert!(check(&recording, "2026-12-01T09:00Z").starts_with("failed: this is 2026-12-01T09"));
            assert_eq!(recording.changes().count(), 1);
        }
    }

    #[test]
    fn names_may_leave_out_seconds_and_colons_and_nothing_else() {
        let rows = "2026-12-01T09:00:00Z.ics 2026-12-01T09-00-00Z.ics 2026-12-01T09:00Z.ics 2026-12-01T09-00Z.error 2026-12-01T09:00:00.5Z.ics \
                    2026-12-01T09:00:00+01:00.ics 2026-12-01T09-00-00+01-00.ics 2026-12-01T09:00:00-05:00.ics \
                    2026-12-01T09-05.ics 2026-12-01T09Z.ics 20261201T090000Z.ics 2026-12-01T09:00:00.ics 2026-12-01.ics \
                    2026-13-01T09:00:00Z.ics 2026-12-01T09:00:00Z.ics.tmp 2026-12-01T09:00:00Z.ICS README.md";
        let read = rows.split_whitespace().map(|name| match instant(name) {
            Some((at, kind)) => format!("{name} = {at} {kind:?}"),
            None => format!("{name} = none"),
        });
        insta::assert_snapshot!(read.collect::<Vec<_>>().join("\n"), @r"
        2026-12-01T09:00:00Z.ics = 2026-12-01T09:00:00Z Body
        2026-12-01T09-00-00Z.ics = 2026-12-01T09:00:00Z Body
        2026-12-01T09:00Z.ics = 2026-12-01T09:00:00Z Body
        2026-12-01T09-00Z.error = 2026-12-01T09:00:00Z Error
        2026-12-01T09:00:00.5Z.ics = 2026-12-01T09:00:00.5Z Body
        2026-12-01T09:00:00+01:00.ics = 2026-12-01T08:00:00Z Body
        2026-12-01T09-00-00+01-00.ics = 2026-12-01T08:00:00Z Body
        2026-12-01T09:00:00-05:00.ics = 2026-12-01T14:00:00Z Body
        2026-12-01T09-05.ics = none
        2026-12-01T09Z.ics = none
        20261201T090000Z.ics = none
        2026-12-01T09:00:00.ics = none
        2026-12-01.ics = none
        2026-13-01T09:00:00Z.ics = none
        2026-12-01T09:00:00Z.ics.tmp = none
        2026-12-01T09:00:00Z.ICS = none
        README.md = none
        ");
    }

    #[test]
    fn a_folder_is_read_and_what_does_not_belong_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [("2026-12-01T09:00Z.ics", "a"), ("2026-12-01T10:00Z.error", " \n"), ("notes.txt", "n"), (".hidden", "h")] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        fs::create_dir(folder.path().join("2026-12-01T11:00Z.ics")).unwrap();
        let (recording, aside) = Recording::open(folder.path()).unwrap();
        insta::assert_snapshot!(aside.join("\n"), @r"
        `2026-12-01T11:00Z.ics` is not a file
        `notes.txt` is not named by an instant, like `2026-12-01T09:00:00Z.ics`
        ");
        assert_eq!(recording.changes().map(|at| at.to_string()).collect::<Vec<_>>(), ["2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"]);
        assert_eq!(check(&recording, "2026-12-01T12:00Z"), "failed: a recorded failure");
        for time in ["08:00", "09:30", "10:30"] {
            let at = format!("2026-12-01T{time}Z");
            assert_eq!(check(&newest(folder.path(), at.parse().unwrap()).unwrap(), &at), check(&recording, &at));
        }
        assert_eq!(Recording::open(&folder.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_body_over_the_limit_is_a_failed_fetch() {
        let (recording, _) = Recording::from_files([("2026-12-01T09:00Z.ics".to_owned(), vec![b' '; FILE_LIMIT + 1])]);
        assert!(check(&recording, "2026-12-01T09:00Z").starts_with("failed: larger than 64 MiB"));
    }
}
