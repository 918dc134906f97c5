//! The configuration: one TOML file as written becomes the core's types as meant.
//! Owns the names and defaults of all settings, and reports everything that is wrong at once, each with its place.
//! Reads the file, and the secrets it names; reads neither the environment nor the clock and changes nothing.

mod account;
mod board;
mod endpoint;
mod engineer;
mod feed;
mod hours;
mod mail;
mod preferences;
mod problem;
mod reader;
mod rules;
mod secret;
mod service;
#[cfg(test)]
mod tests;
mod wording;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::Digest as _;
use toml::de::DeTable;

pub use board::{Access, Board};
pub use endpoint::Endpoint;
pub use problem::{Place, Problem, Problems};

use crate::agenda::Reading;
use crate::feeds::Feed;
use crate::links::{Keys, Signer};
use crate::people::{EngineerId, Mailbox, Team};
use crate::plan::Rules;
use crate::send::Way;
use crate::wording::Style;
use crate::zone::Zone;
use reader::{Reader, Sheet};
use secret::Surroundings;

/// What the service manager says of folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Where state is to be kept: the first folder of `$STATE_DIRECTORY`.
    pub state_directory: Option<PathBuf>,
    /// Where what lives as long as the process is to be kept: the first folder of `$RUNTIME_DIRECTORY`.
    pub runtime_directory: Option<PathBuf>,
    /// Where credentials lie by name: `$CREDENTIALS_DIRECTORY`.
    pub credentials_directory: Option<PathBuf>,
}

/// A configuration as meant.
#[derive(Clone, Debug)]
pub struct Config {
    /// Engineers, accounts and the admin.
    pub team: Team,
    /// What decisions depend on.
    pub rules: Rules,
    /// How events are understood.
    pub reading: Reading,
    /// Where calendars come from, in the order of the file.
    pub feeds: Vec<Feed>,
    /// The SQLite file.
    pub state: crate::store::Address,
    /// Whose name stands on letters.
    pub from: Mailbox,
    /// Whether letters bring tasks for their reader's calendar.
    pub attach: bool,
    /// For whom these are invitations.
    pub invite: BTreeSet<EngineerId>,
    /// How letters are worded, and for whom how.
    pub style: Style,
    /// How letters leave.
    pub way: Way,
    /// Where the pages are reached from outside, without a slash at its end; none turns links off.
    pub public_url: Option<String>,
    /// Where they are served; none for nowhere.
    pub pages: Option<Endpoint>,
    /// What signs links.
    pub link_keys: Option<Keys>,
    /// Where the team's board is served, and to whom; none for nowhere.
    pub board: Option<Board>,
    /// Where its health is shown; none for nowhere.
    pub health: Option<Endpoint>,
    /// `[schedule] time_zone`.
    pub zone: Zone,
    /// What is odd, but no reason to refuse the file.
    pub warnings: Vec<String>,
    /// What the file was when it was read.
    pub digest: Digest,
}

impl Config {
    /// What makes the links of letters; none unless there is all that they need.
    pub fn signer(&self) -> Option<Signer> {
        self.pages.as_ref()?;
        Some(Signer { keys: self.link_keys.clone()?, url: self.public_url.clone()? })
    }
}

/// What tells one text of a configuration from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of a text.
    fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Of the file at `path` as it is now; none when it cannot be read.
    pub fn of_file(path: &Path) -> Option<Self> {
        fs::read(path).ok().map(|bytes| Self::of(&bytes))
    }
}

/// Reads the file at `path`; what is relative in it starts from the folder it is in.
pub fn load(path: &Path, context: &Context) -> Result<Config, Problems> {
    let bytes = fs::read(path).map_err(|error| Problems::whole(path, format!("cannot be read: {}", error.kind())))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        Problems::whole(path, format!("line {line} is not UTF-8"))
    })?;
    let base = path.parent().unwrap_or(Path::new(""));
    interpret(&text, &path.display().to_string(), base, context, secret::is_open(path)).0
}

/// Reads `text`, which problems call `name`; what is relative in it starts from `base`.
pub fn read(text: &str, name: &str, base: &Path, context: &Context) -> Result<Config, Problems> {
    interpret(text, name, base, context, false).0
}

/// The settings that a reading asked for, as (section, name).
type Known = Vec<(&'static str, &'static str)>;

/// Reads `text`, also telling which settings there are; `open` says that everybody may read the file.
fn interpret(text: &str, name: &str, base: &Path, context: &Context, open: bool) -> (Result<Config, Problems>, Known) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let sheet = Sheet::new(text, &errors);
    let place = Surroundings {
        base: base.to_owned(),
        state: context.state_directory.clone(),
        runtime: context.runtime_directory.clone(),
        credentials: context.credentials_directory.clone(),
        open,
    };
    let config = meant(&Reader::new(&sheet, document.get_ref()), &place);
    let known = sheet.known();
    let read = match (sheet.close(name), config) {
        (Ok(warnings), Some(config)) => Ok(Config { warnings, digest: Digest::of(text.as_bytes()), ..config }),
        (Err(problems), _) => Err(problems),
        // Whatever leaves a section without a value has said why; this is the answer if one ever does not.
        (Ok(_), None) => Err(Problems::whole(Path::new(name), "could not be understood".to_owned())),
    };
    (read, known)
}

/// Section by section, all of them whatever is wrong in one.
fn meant(file: &Reader<'_>, place: &Surroundings) -> Option<Config> {
    let service = service::read(file, place);
    let admin = service.admin.as_ref();
    let mail = mail::read(file, place, admin);
    let times = rules::times(file);
    let engineers = engineer::ids(file);
    let briefing = rules::briefing(file, |table, word| account::contact(table, word, &engineers));
    let rules = rules::rules(file, times.as_ref(), &briefing, admin);
    let usual = engineer::usual(file);
    let reading = rules::reading(file, &briefing, usual.zone.as_ref());
    let (feeds, names) = feed::read(file, place, times.as_ref());
    let invites = mail.as_ref().is_some_and(|mail| mail.invite);
    let style = mail.as_ref().map(|mail| mail.style.clone()).unwrap_or_default();
    let people = engineer::read(file, &usual, &names, (invites, &style));
    let accounts = account::read(file, &engineers, &briefing, admin);
    file.done();
    let mail = mail?;
    Some(Config {
        team: Team { engineers: people.engineers, accounts, admin: service.admin? },
        rules: Rules { preferences: people.preferences, ..rules? },
        reading: reading?,
        feeds,
        state: service.state?,
        from: mail.from,
        attach: mail.attach,
        invite: people.invited,
        style: Style { readers: people.readers, ..style },
        way: mail.way,
        public_url: service.public_url,
        pages: service.pages,
        link_keys: service.link_keys,
        board: service.board,
        health: service.health,
        zone: times?.zone,
        warnings: Vec::new(),
        digest: Digest::of(&[]),
    })
}
