//! What pages are called, where links lead, and what a query asks for. Everything in a link is encoded here.

use std::fmt;
use std::str::FromStr;

use crate::agenda::TaskId;
use crate::people::{AccountId, EngineerId};

/// Where the board stands on a server.
const ROOT: &str = "board";

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The board itself.
    Index,
    /// One task.
    Task(TaskId),
    /// One engineer.
    Engineer(EngineerId),
    /// One account.
    Account(AccountId),
}

/// A page that nobody can mean.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no page; there are `index`, `task/ID`, `engineer/ID` and `account/ID`")]
pub struct BadAddress(String);

impl FromStr for Which {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let bad = || BadAddress(text.escape_debug().to_string());
        match text.split_once('/') {
            None if text == "index" => Ok(Self::Index),
            Some(("task", id)) if !id.is_empty() && id.chars().all(char::is_alphanumeric) => Ok(Self::Task(TaskId::new(id.to_owned()))),
            Some(("engineer", id)) => id.parse().map(Self::Engineer).map_err(|_| bad()),
            Some(("account", id)) => id.parse().map(Self::Account).map_err(|_| bad()),
            Some(_) | None => Err(bad()),
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index => out.write_str("index"),
            Self::Task(id) => write!(out, "task/{id}"),
            Self::Engineer(id) => write!(out, "engineer/{id}"),
            Self::Account(id) => write!(out, "account/{id}"),
        }
    }
}

/// The page that a server is asked for by `path`.
pub fn served(path: &str) -> Option<Which> {
    match path.strip_prefix('/')?.strip_prefix(ROOT)? {
        "" => Some(Which::Index),
        rest => rest.strip_prefix('/').and_then(decoded)?.parse().ok().filter(|which| *which != Which::Index),
    }
}

/// Where links lead. All are relative, so that a proxy may put the board anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// To the pages of a server.
    Served,
    /// To files beside this one.
    Files,
}

impl Links {
    /// The link from one page to another.
    pub(super) fn link(self, from: &Which, to: &Which) -> String {
        let up = match (self, from) {
            (Self::Files | Self::Served, Which::Index) => "",
            (Self::Files, _) => "../",
            (Self::Served, _) => "../../",
        };
        match (self, to) {
            (Self::Files, _) => format!("{up}{}.html", encoded(&to.to_string())),
            (Self::Served, Which::Index) => format!("{up}{ROOT}"),
            (Self::Served, _) => format!("{up}{ROOT}/{}", encoded(&to.to_string())),
        }
    }

    /// The link to what of the board concerns one account or engineer: a choice on the board, or with files its own page.
    pub(super) fn choice(self, from: &Which, to: &Which) -> String {
        match (self, to) {
            (Self::Served, Which::Account(id)) => format!("{}?account={}", self.link(from, &Which::Index), encoded(id.as_str())),
            (Self::Served, Which::Engineer(id)) => format!("{}?engineer={}", self.link(from, &Which::Index), encoded(id.as_str())),
            (Self::Served | Self::Files, _) => self.link(from, to),
        }
    }

    /// The link to what of the board concerns one team; none with files, among which no team has a page.
    pub(super) fn team(self, from: &Which, name: &str) -> Option<String> {
        (self == Self::Served).then(|| format!("{}?team={}", self.link(from, &Which::Index), encoded(name)))
    }
}

/// Of whom and of which accounts the board speaks; of all when none are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// These engineers.
    pub engineers: Vec<EngineerId>,
    /// The engineers of these teams.
    pub teams: Vec<String>,
    /// These accounts.
    pub accounts: Vec<AccountId>,
}

impl Selection {
    /// What a query asks for; none when it names what can be nobody's id. What is no choice is passed over.
    pub fn of(query: &str) -> Option<Self> {
        let mut selection = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decoded(&value.replace('+', " "))?;
            match name {
                "team" => selection.teams.push(value),
                "engineer" => selection.engineers.push(value.parse().ok()?),
                "account" => selection.accounts.push(value.parse().ok()?),
                _ => {}
            }
        }
        Some(selection)
    }

    /// Whether it names nobody.
    pub(super) fn is_all(&self) -> bool {
        self.engineers.is_empty() && self.teams.is_empty() && self.accounts.is_empty()
    }
}

/// A part of a link: all but what RFC 3986 leaves unreserved, and the slash, as percent and two digits for each byte.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let sign = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(sign).collect()
}

/// The same, read back; none when it is not UTF-8 or a percent sign stands before no digits.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut found = Vec::new();
    while let Some(byte) = bytes.next() {
        let mut digit = || char::from(bytes.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        found.push(if byte == b'%' { digit()?.checked_mul(16)?.checked_add(digit()?)? } else { byte });
    }
    String::from_utf8(found).ok()
}
