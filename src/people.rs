//! Who there is: engineers, accounts, addresses, and the hours people work.
//! Owns the names of things and refuses names that could break out of a header or a path. No I/O, no time of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::zone::Zone;

/// A name that is not one, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no {what}: {reason}")]
pub struct BadName {
    /// What was written, control characters made visible.
    pub name: String,
    /// What it should have been.
    pub what: &'static str,
    /// Why it is not.
    pub reason: &'static str,
}

/// Declares a word whose text was checked once, at its birth.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $refusal:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(name: String) -> Result<Self, BadName> {
                name.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(name: &str) -> Result<Self, BadName> {
                let refusal: fn(&str) -> Option<&'static str> = $refusal;
                match refusal(name) {
                    None => Ok(Self(name.to_owned())),
                    Some(reason) => Err(BadName { name: name.escape_debug().to_string(), what: $what, reason }),
                }
            }
        }

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

name!(
    /// The short name of an engineer in the configuration.
    EngineerId, "id", refuse_id
);
name!(
    /// The short name of an account in the configuration.
    AccountId, "id", refuse_id
);
name!(
    /// The name of a feed in the configuration: the only thing about a feed that is ever shown, for its URL is a secret.
    FeedName, "feed name", refuse_id
);
name!(
    /// A bare mail address, `local@domain`.
    Address, "mail address", refuse_address
);

/// Whether a sign is invisible and ends a line, steers a terminal, or turns the order of other signs around: a text from
/// outside that holds one can look like what it is not. What joins letters in many scripts is none of these.
pub fn steers(sign: char) -> bool {
    let unseen = ['\u{61c}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{feff}'];
    sign.is_control() || unseen.contains(&sign) || matches!(sign, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Why `name` cannot be an id. An id may stand in a key, a path and a mail subject.
fn refuse_id(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.len() > 64 {
        return Some("it is longer than 64 bytes");
    }
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    (!name.chars().all(plain) || name.starts_with('.')).then_some("only letters, digits, `-`, `_` and `.` may stand in it")
}

/// Why `address` cannot be a mail address (RFC 5321 §4.1.2, without quoted local parts and address literals).
fn refuse_address(address: &str) -> Option<&'static str> {
    if address.chars().any(|letter| letter.is_control() || letter.is_whitespace() || "<>()[]\\,;:\"".contains(letter)) {
        return Some("white space, control characters and `<>()[]\\,;:\"` may not stand in it");
    }
    let Some((local, domain)) = address.rsplit_once('@') else { return Some("it has no `@`") };
    if local.is_empty() || domain.is_empty() || local.contains('@') {
        return Some("it is not of the form `local@domain`");
    }
    let label = |label: &str| !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
    (!domain.split('.').all(label) || address.len() > 254).then_some("its domain is not one")
}

impl Address {
    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether both are the same mailbox, case aside.
    pub fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

/// An address with the name that stands before it, as in `From`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

impl FromStr for Mailbox {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let Some((name, address)) = text.trim().strip_suffix('>').and_then(|text| text.split_once('<')) else {
            return Ok(Self { name: None, address: text.trim().parse()? });
        };
        let name = name.trim().trim_matches('"');
        if name.chars().any(char::is_control) {
            let reason = "control characters may not stand in a display name";
            return Err(BadName { name: text.escape_debug().to_string(), what: "mail address", reason });
        }
        Ok(Self { name: (!name.is_empty()).then(|| name.to_owned()), address: address.trim().parse()? })
    }
}

/// One stretch of a working day in minutes from local midnight; `until` above 1440 crosses into the next date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// Minutes from midnight at which it starts, `0..1440`.
    pub from: u16,
    /// Minutes from the same midnight at which it ends, `from + 1 ..= from + 1440`.
    pub until: u16,
}

/// An engineer's weekly hours: the stretches that start on each weekday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours(BTreeMap<u8, Vec<Stretch>>);

impl Hours {
    /// Hours from stretches by weekday, each list sorted here.
    pub fn new(days: impl IntoIterator<Item = (Weekday, Vec<Stretch>)>) -> Self {
        let mut hours = Self::default();
        for (day, stretches) in days {
            let list = hours.0.entry(number(day)).or_default();
            list.extend(stretches);
            list.sort_unstable();
        }
        hours
    }

    /// The stretches that start on `day`, in order.
    pub fn on(&self, day: Weekday) -> &[Stretch] {
        self.0.get(&number(day)).map_or(&[], Vec::as_slice)
    }

    /// Whether there is no stretch in the whole week.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }
}

/// Monday is 1.
fn number(day: Weekday) -> u8 {
    day.to_monday_one_offset().unsigned_abs()
}

/// An Assigned Support Engineer, or another person with hours (a backup, a manager).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engineer {
    /// The short name.
    pub id: EngineerId,
    /// The name people use.
    pub name: String,
    /// Where letters go.
    pub email: Address,
    /// Other spellings under which a team feed may name them.
    pub aliases: Vec<String>,
    /// The team that they are of, if anybody said.
    pub team: Option<String>,
    /// Their zone.
    pub zone: Zone,
    /// Their weekly hours in that zone.
    pub hours: Hours,
    /// Feeds that are theirs: everything in them is about them.
    pub feeds: Vec<FeedName>,
    /// Holiday feeds that count for them; holidays are elective.
    pub holidays: Vec<FeedName>,
}

/// Somebody who can be told: an engineer, reached in their hours, or a plain mailbox, reachable always.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contact {
    /// An engineer by id.
    Engineer(EngineerId),
    /// An address without hours.
    Mailbox(Address),
}

/// An engineer who stands in for an account, perhaps only for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Who.
    pub engineer: EngineerId,
    /// First date of the cover in the backup's zone.
    pub from: Option<Date>,
    /// First date after the cover in the backup's zone.
    pub until: Option<Date>,
}

impl Backup {
    /// Whether the cover holds on `date`, a date in the backup's zone.
    pub fn holds(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The short name.
    pub id: AccountId,
    /// The name people use.
    pub name: String,
    /// Its engineers in order; the first is the owner. May be empty for a while.
    pub engineers: Vec<EngineerId>,
    /// Who stands in, in order.
    pub backups: Vec<Backup>,
    /// Who is told from five days before a task that nobody can brief; nobody when absent.
    pub manager: Option<Contact>,
    /// Who is told at the end, at any hour.
    pub last_resort: Contact,
    /// Whole words in titles and categories, and mail domains, that mean this account.
    pub matches: Vec<String>,
    /// The customer's zone.
    pub zone: Option<Zone>,
    /// Where what is known of the account stands, usually a link.
    pub notes: Option<String>,
}

impl Account {
    /// The first of its engineers.
    pub fn owner(&self) -> Option<&EngineerId> {
        self.engineers.first()
    }
}

/// Everybody and every account of one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Engineers by id.
    pub engineers: BTreeMap<EngineerId, Engineer>,
    /// Accounts in the order of the file.
    pub accounts: Vec<Account>,
    /// Who hears of feeds, refused letters and what matched nobody.
    pub admin: Address,
}

impl Team {
    /// The account of that id.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == *id)
    }

    /// The accounts whose engineers name `engineer`: "their accounts".
    pub fn accounts_of<'a>(&'a self, engineer: &'a EngineerId) -> impl Iterator<Item = &'a Account> {
        self.accounts.iter().filter(move |account| account.engineers.contains(engineer))
    }

    /// The names of all teams, each once.
    pub fn teams(&self) -> BTreeSet<&str> {
        self.engineers.values().filter_map(|engineer| engineer.team.as_deref()).collect()
    }

    /// Where letters to `contact` go.
    pub fn address<'a>(&'a self, contact: &'a Contact) -> Option<&'a Address> {
        match contact {
            Contact::Engineer(id) => self.engineers.get(id).map(|engineer| &engineer.email),
            Contact::Mailbox(address) => Some(address),
        }
    }
}
