//! One fetch of one feed: from a file, a recording or the web, within the feed's time and size.
//!
//! A fetch has three ends and they are kept apart, because the difference between *nothing there* and *nothing
//! learnt* decides whether people are written to:
//! * [`Fetched::Unchanged`]: the copy in force is still what the feed says; no turn is needed for it.
//! * [`Fetched::New`]: other bytes. Whether they are a calendar at all is for [`judge`] to say, and only what it
//!   lets pass may replace the copy in force. Until then their `ETag` must not be remembered either, or the next
//!   fetch would be told "not modified" about an error page.
//! * [`Fetched::Failed`]: nothing learnt. The copy in force stays, and grows older.
//!
//! Keeps nothing between two fetches: what to compare with is handed in as [`Previous`], and belongs to one address;
//! whoever changes a feed's source starts again from `Previous::default()`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::failure::Failure;
use super::http::{Answer, Client};
use super::recording::{Recording, Take};
use super::retry::Retry;
use super::source::{Feed, Source};
use super::{FILE_LIMIT, recording};
use crate::calendar::Standing;

/// What is known of the copy in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Previous {
    /// The `ETag` it came with.
    pub etag: Option<String>,
    /// The `Last-Modified` it came with.
    pub last_modified: Option<String>,
    /// Its [`fingerprint`]; none when there is no copy, and then the two above are not sent.
    pub hash: Option<String>,
}

impl Previous {
    /// Whether a server can be asked for changes only. Without a copy in hand "not modified" would be no answer.
    pub(super) fn is_conditional(&self) -> bool {
        self.hash.is_some() && (self.etag.is_some() || self.last_modified.is_some())
    }
}

/// Bytes that differ from the copy in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// As they came, after decompression.
    pub bytes: Arc<[u8]>,
    /// Their [`fingerprint`].
    pub hash: String,
    /// `ETag`, as the server wrote it.
    pub etag: Option<String>,
    /// `Last-Modified`, as the server wrote it.
    pub last_modified: Option<String>,
}

/// How a fetch ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The copy in force is what the feed says.
    Unchanged,
    /// Other bytes, not judged yet.
    New(Body),
    /// Nothing learnt.
    Failed {
        /// What happened and what to do: a lowercase fragment, free of addresses.
        why: String,
        /// What that says of the next try.
        retry: Retry,
    },
}

/// Fetches a feed. `now` picks the recording where the source is a folder and dates a server's `Retry-After`.
pub async fn fetch(feed: &Feed, previous: &Previous, client: &Client, now: Timestamp) -> Fetched {
    let work = async {
        match &feed.source {
            Source::Path(path) => read(path, previous, now).await,
            Source::Url { url, login } => Ok(match client.get(url, login.as_ref(), previous, now).await? {
                Answer::NotModified => Fetched::Unchanged,
                Answer::Body { bytes, .. } if is_unfinished(&bytes) => return Err(Failure::unfinished()),
                Answer::Body { bytes, etag, last_modified } => {
                    compare(Body { hash: fingerprint(&bytes), bytes: bytes.into(), etag, last_modified }, previous)
                }
            }),
        }
    };
    let limit = Duration::try_from(feed.timeout).unwrap_or_default();
    let ended = tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(Failure::too_slow(feed.timeout)));
    ended.unwrap_or_else(|Failure { why, retry }| Fetched::Failed { why, retry })
}

/// What a fetch of a recording gets at `now`.
pub fn play(recording: &Recording, previous: &Previous, now: Timestamp) -> Fetched {
    match recording.at(now) {
        Take::Body(entry) => {
            compare(Body { bytes: Arc::clone(&entry.bytes), hash: entry.hash.clone(), etag: None, last_modified: None }, previous)
        }
        Take::Error(why) => Fetched::Failed { why: why.to_owned(), retry: Retry::SCHEDULED },
        Take::Nothing => Fetched::Failed { why: "nothing recorded yet".to_owned(), retry: Retry::SCHEDULED },
    }
}

/// Whether bytes of this standing may replace the copy in force; if not, why.
/// `empty_body_is_empty` is the feed's `empty_body = "no events"`.
pub fn judge(standing: &Standing, empty_body_is_empty: bool) -> Result<(), String> {
    fault(standing, empty_body_is_empty).map_or(Ok(()), Err)
}

/// SHA-256 in hexadecimal, by which two bodies are told apart.
pub fn fingerprint(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// What is wrong with a body of this standing.
fn fault(standing: &Standing, empty_body_is_empty: bool) -> Option<String> {
    match standing {
        Standing::Whole => None,
        Standing::Empty if empty_body_is_empty => None,
        Standing::Empty => Some("an empty body: if that is how this feed says so, set `empty_body = \"no events\"`".to_owned()),
        Standing::CutOff => Some("cut off inside a component: more is missing than can be told".to_owned()),
        Standing::NotACalendar(what) if what.to_ascii_lowercase().contains("html") => {
            Some(format!("{what}, not a calendar: is a login needed, or did the link change?"))
        }
        Standing::NotACalendar(what) => Some(format!("{what}, not a calendar")),
    }
}

/// A server that knows no conditional requests sends the same bytes again: that is nothing new.
fn compare(body: Body, previous: &Previous) -> Fetched {
    if previous.hash.as_ref() == Some(&body.hash) { Fetched::Unchanged } else { Fetched::New(body) }
}

/// Whether a calendar lacks its last line. Cut between two events it would look whole, and the rest of them cancelled; so
/// this is asked of every body, since a server may tell the length of half a calendar, or pack it, as well as that of all.
pub(super) fn is_unfinished(bytes: &[u8]) -> bool {
    let is = |line: &[u8], wanted: &[u8]| {
        // A mark of the encoding and spaces may stand before it, zeros between its letters.
        let mut letters = line.iter().skip_while(|byte| !byte.is_ascii_alphabetic()).filter(|byte| **byte != 0);
        wanted.iter().all(|letter| letters.next().is_some_and(|own| own.eq_ignore_ascii_case(letter)))
    };
    let mut lines = bytes.rsplit(|byte| matches!(byte, b'\n' | b'\r'));
    lines.find_map(|line| is(line, b"END:VCALENDAR").then_some(false).or_else(|| is(line, b"BEGIN:VCALENDAR").then_some(true)))
        == Some(true)
}

/// Reads a file or plays a folder, off the runtime's threads: a network file system may hang.
async fn read(path: &Path, previous: &Previous, now: Timestamp) -> Result<Fetched, Failure> {
    let (path, previous) = (path.to_owned(), previous.clone());
    let task = tokio::task::spawn_blocking(move || {
        let metadata = path.metadata().map_err(|error| Failure::of_file(&error))?;
        if metadata.is_dir() {
            let recording = recording::newest(&path, now).map_err(|error| Failure::new(error.to_string()))?;
            return Ok(play(&recording, &previous, now));
        }
        // Opening a pipe would wait for its writer.
        if !metadata.is_file() {
            return Err(Failure::new("neither a file nor a folder"));
        }
        let bytes = capped(&path).map_err(|error| Failure::of_file(&error))?;
        if bytes.len() > FILE_LIMIT {
            return Err(Failure::too_big(FILE_LIMIT));
        }
        if is_unfinished(&bytes) {
            return Err(Failure::unfinished_file());
        }
        Ok(compare(Body { hash: fingerprint(&bytes), bytes: bytes.into(), etag: None, last_modified: None }, &previous))
    });
    task.await.unwrap_or_else(|_| Err(Failure::new("reading the file was broken off")))
}

/// A file's bytes; of one that is too large only enough to see that.
pub(super) fn capped(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_calendar_may_replace_the_copy_in_force() {
        let standings = [
            Standing::Whole,
            Standing::Empty,
            Standing::CutOff,
            Standing::NotACalendar("an HTML page"),
            Standing::NotACalendar("the word N/A"),
        ];
        let rows = standings.iter().flat_map(|standing| {
            [false, true].map(|empty| format!("{standing:?} {empty}: {}", fault(standing, empty).unwrap_or("good".to_owned())))
        });
        insta::assert_snapshot!(rows.collect::<Vec<_>>().join("\n"), @r#"
        Whole false: good
        Whole true: good
        Empty false: an empty body: if that is how this feed says so, set `empty_body = "no events"`
        Empty true: good
        CutOff false: cut off inside a component: more is missing than can be told
        CutOff true: cut off inside a component: more is missing than can be told
        NotACalendar("an HTML page") false: an HTML page, not a calendar: is a login needed, or did the link change?
        NotACalendar("an HTML page") true: an HTML page, not a calendar: is a login needed, or did the link change?
        NotACalendar("the word N/A") false: the word N/A, not a calendar
        NotACalendar("the word N/A") true: the word N/A, not a calendar
        "#);
    }

    #[test]
    fn a_calendar_without_its_last_line_is_unfinished_however_it_is_written() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let (whole, cut) = ("BEGIN:VCALENDAR\r\nX:1\r\nEND:VCALENDAR\r\n", "BEGIN:VCALENDAR\r\nX:END:VCALENDAR\r\nEND:VCALENDA");
        let marked = format!("\u{feff}{cut}");
        for bytes in [cut, &cut.to_ascii_lowercase(), &cut.replace('\n', ""), &marked, &[whole, cut].concat()] {
            assert!(is_unfinished(bytes.as_bytes()), "{bytes:?}");
        }
        for bytes in [whole, &whole.to_ascii_lowercase(), whole.trim_end(), &whole.replace('\r', ""), "", "<p>BEGIN:VCALENDAR", "N/A"] {
            assert!(!is_unfinished(bytes.as_bytes()), "{bytes:?}");
        }
        assert!(is_unfinished(&wide(cut)) && !is_unfinished(&wide(whole)));
    }

    #[test]
    fn an_empty_body_is_judged_as_the_feed_says() {
        let empty = crate::calendar::standing(b" ");
        assert_eq!(judge(&empty, true), Ok(()));
        assert!(judge(&empty, false).unwrap_err().starts_with("an empty body"));
    }

    #[test]
    fn a_fingerprint_is_sha_256() {
        assert_eq!(fingerprint(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
