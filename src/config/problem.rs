//! What is wrong with a configuration file, and where: every problem at once, with the line it stands in.
//! Owns how problems look on a terminal; never shows an address or a password that stands in the file.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::people::BadName;
use crate::schedule::BadCron;
use crate::working::BadAmount;
use crate::zone::UnknownZone;

/// What is wrong with one value, before anybody knows where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// What is wrong, as a fragment.
    pub(super) problem: String,
    /// What to do about it, as a fragment.
    pub(super) hint: Option<String>,
}

impl Fault {
    /// A fault that needs no hint.
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: None }
    }

    /// The same fault with a hint.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same fault with the nearest of `known`, if one is near.
    pub(super) fn nearest<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(written, known) {
            Some(found) => self.hint(format!("did you mean `{}`?", brief(found))),
            None => self,
        }
    }
}

/// The words without what they quote at length: a quotation that is never closed makes a value of everything that follows
/// it, addresses and all. What is quoted ends with its first line, with an address's scheme, or after 200 characters.
pub(super) fn brief(words: &str) -> String {
    /// No name or amount is longer.
    const LONGEST: usize = 200;
    // A value may hold a backtick itself, so that nobody can tell for sure what is quoted: the words between are short anyway.
    let shorten = |part: &str| {
        let line = part.split(['\n', '\r']).next().unwrap_or_default();
        let line = line.split("\\n").next().unwrap_or_default();
        let end = line.find("://").map_or(line.len(), |at| at + "://".len());
        let kept: String = line.get(..end).unwrap_or(line).chars().take(LONGEST).collect();
        if kept.len() < part.len() { format!("{kept}…") } else { kept }
    };
    words.split('`').map(shorten).collect::<Vec<_>>().join("`")
}

/// The one of `known` that looks most like `written`, if any does.
pub(super) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|name| (strsim::jaro_winkler(&written.to_lowercase(), &name.to_lowercase()), name));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

impl From<UnknownZone> for Fault {
    fn from(unknown: UnknownZone) -> Self {
        let fault = Self::new(format!("unknown time zone `{}`", unknown.name));
        match unknown.hint {
            Some(found) => fault.hint(format!("did you mean `{found}`?")),
            None => fault.hint("write an IANA name such as `Europe/Berlin`"),
        }
    }
}

impl From<BadAmount> for Fault {
    fn from(bad: BadAmount) -> Self {
        match bad {
            BadAmount::Duration(text) => Self::new(format!("`{text}` is no duration")).hint("write `15m`, `4h` or `2d`"),
            BadAmount::Working(text) => {
                Self::new(format!("`{text}` is no working time")).hint("write `2 working hours` or `3 working days`")
            }
        }
    }
}

impl From<BadCron> for Fault {
    fn from(bad: BadCron) -> Self {
        // The parser opens with the name of its own error.
        let reason = bad.reason.rsplit(": ").next().unwrap_or_default().trim_end_matches('.').to_lowercase();
        Self::new(format!("`{}` is no cron expression: {reason}", bad.text))
            .hint("write minute, hour, day, month and weekday, as in `0 8 * * MON`")
    }
}

impl From<BadName> for Fault {
    fn from(bad: BadName) -> Self {
        Self::new(bad.to_string())
    }
}

impl From<regex::Error> for Fault {
    fn from(error: regex::Error) -> Self {
        // The parser's own picture of the pattern takes several lines; its last one says what is wrong.
        let text = error.to_string();
        let reason = text.rsplit("error: ").next().unwrap_or_default().trim();
        Self::new(format!("not a regular expression: {reason}")).hint("single quotes keep backslashes as they are")
    }
}

/// A place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant, at least 1, all in this line.
    pub width: usize,
    /// That line without what might be secret.
    pub excerpt: String,
}

impl Place {
    /// The place of `span` in `text`; what it holds beyond its first line is left out.
    pub(super) fn of(span: &Range<usize>, text: &str) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let column = before.get(start..).unwrap_or_default().chars().count();
        let meant = text.get(span.clone()).and_then(|meant| meant.lines().next()).unwrap_or_default();
        let excerpt = masked(&line.replace('\t', " "));
        let room = excerpt.chars().count().saturating_sub(column);
        let width = meant.trim_end().chars().count().clamp(1, room.max(1));
        Self { line: before.matches('\n').count() + 1, column: column + 1, width, excerpt }
    }

    /// The same place without the value that follows it: of an unknown setting nobody knows whether it is secret.
    pub(super) fn without_value(self) -> Self {
        let key: usize = self.excerpt.chars().take(self.column - 1 + self.width).map(char::len_utf8).sum();
        let (before, after) = self.excerpt.split_at(key);
        let excerpt = after.split_once('=').map(|(gap, _)| format!("{before}{gap}= …"));
        Self { excerpt: excerpt.unwrap_or(self.excerpt), ..self }
    }
}

/// The line without the values that may be secret: whatever follows a key that speaks of addresses or passwords, and
/// whatever follows a `://`. A file, a credential or a user is named in the open.
fn masked(line: &str) -> String {
    /// A telling key with its equals sign, or the beginning of an address.
    static SECRET: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)(?:\b(?:url|\w*(?:password|passwd|secret|token|api_?key)\w*)["']?\s*=\s*|://)"#).ok());
    let open = ["_file", "_credential"];
    let found = SECRET.as_ref().and_then(|secret| {
        secret.find_iter(line).find(|found| {
            let key = found.as_str().trim_end_matches(['=', ' ', '\t', '"', '\'']);
            !open.iter().any(|end| key.ends_with(end))
        })
    });
    match found {
        Some(found) => format!("{}…", line.get(..found.end()).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where; none when something is missing altogether.
    pub place: Option<Place>,
    /// What is wrong, beginning with whose setting it is.
    pub problem: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Everything that is wrong with one file, in the order of the file; what is missing altogether comes last.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems {
    /// The file, as the caller named it.
    pub file: String,
    /// Never empty.
    pub problems: Vec<Problem>,
}

impl Problems {
    /// A single problem with the file as a whole.
    pub(super) fn whole(path: &Path, problem: String) -> Self {
        Self { file: path.display().to_string(), problems: vec![Problem { place: None, problem, hint: None }] }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                out.write_str("\n")?;
            }
            out.write_str(&self.file)?;
            if let Some(place) = &problem.place {
                write!(out, ":{}:{}", place.line, place.column)?;
            }
            write!(out, "  {}", problem.problem)?;
            if let Some(hint) = &problem.hint {
                let mark = if hint.starts_with("did you mean") { ',' } else { ';' };
                write!(out, "{mark} {hint}")?;
            }
            if let Some(place) = &problem.place {
                let (pad, caret) = (" ".repeat(place.column - 1), "^".repeat(place.width));
                write!(out, "\n{:>5} | {}\n{:>5} | {pad}{caret}", place.line, place.excerpt, "")?;
            }
        }
        Ok(())
    }
}
