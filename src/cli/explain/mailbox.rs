//! A mailbox's side of it: a manager's, a last resort's, the admin's. It has no hours and writes nothing; it is told.

use jiff::Timestamp;

use super::person::{letters, next_letter};
use super::picked;
use crate::cli::plan::Coming;
use crate::config::Config;
use crate::explain::Ground;
use crate::explain::words::Page;
use crate::people::{Account, Address, Contact};
use crate::plan::{Notice, Said};

/// Why letters go to a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'c> {
    /// It manages that account.
    Manager(&'c Account),
    /// It is that account's last resort.
    LastResort(&'c Account),
    /// It is the last resort for tasks without an account.
    Unmatched,
    /// It administers offwatch.
    Admin,
}

impl<'c> Part<'c> {
    /// Everything that the configuration makes of `address`.
    pub(super) fn all(address: &Address, config: &'c Config) -> Vec<Self> {
        let is = |contact: &Contact| matches!(contact, Contact::Mailbox(mailbox) if mailbox.is(address.as_str()));
        let accounts = &config.team.accounts;
        let managed = accounts.iter().filter(|account| account.manager.as_ref().is_some_and(is)).map(Part::Manager);
        let last = accounts.iter().filter(|account| is(&account.last_resort)).map(Part::LastResort);
        let unmatched = is(&config.rules.last_resort) && config.feeds.iter().any(|feed| feed.role.escalate_unmatched);
        let admin = config.team.admin.is(address.as_str());
        managed.chain(last).chain(unmatched.then_some(Part::Unmatched)).chain(admin.then_some(Part::Admin)).collect()
    }

    /// Its name for programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Manager(_) => "manager",
            Part::LastResort(_) | Part::Unmatched => "last resort",
            Part::Admin => "admin",
        }
    }

    /// Of which account.
    pub(super) fn account(self) -> Option<&'c Account> {
        match self {
            Part::Manager(account) | Part::LastResort(account) => Some(account),
            Part::Unmatched | Part::Admin => None,
        }
    }

    /// The same for people.
    fn words(self) -> String {
        match self {
            Part::Manager(account) => format!("{}: manager (told when nobody can write)", account.name),
            Part::LastResort(account) => format!("{}: last resort (told last)", account.name),
            Part::Unmatched => "tasks without an account: last resort, where a feed says `unmatched = \"escalate\"`".to_owned(),
            Part::Admin => "admin: gets the regular report, and alerts about feeds, letters and what matched nobody".to_owned(),
        }
    }
}

/// The mailboxes that letters may go to, each once.
pub(super) fn known(config: &Config) -> Vec<&Address> {
    let accounts = config.team.accounts.iter().flat_map(|account| account.manager.iter().chain([&account.last_resort]));
    let contacts = accounts.chain([&config.rules.last_resort]).filter_map(|contact| match contact {
        Contact::Mailbox(address) => Some(address),
        Contact::Engineer(_) => None,
    });
    let mut known: Vec<&Address> = contacts.chain([&config.team.admin]).collect();
    known.sort();
    known.dedup();
    known
}

/// Letters to come for a mailbox.
pub(super) fn to(address: &Address, coming: Vec<Coming>) -> Vec<(Timestamp, Notice)> {
    picked(coming, |notice| notice.to.engineer.is_none() && notice.to.address.is(address.as_str()))
}

/// Everything about a mailbox, for people.
pub(super) fn page(ground: &Ground, config: &Config, address: &Address, said: &[Said], coming: &[(Timestamp, Notice)]) -> String {
    let mut page = Page::default();
    let zone = ground.zone();
    page.heading(address.as_str());
    page.line(1, "a mailbox without hours: letters reach it whenever they are due");
    page.line(1, &ground.as_of(zone));
    page.heading("In short");
    page.line(1, &next_letter(ground, coming, zone));
    page.heading("What it is told of");
    let parts: Vec<String> = Part::all(address, config).into_iter().map(Part::words).collect();
    page.lines(1, &parts, "nothing any more: it is named in the configuration, but not for any account");
    letters(&mut page, ground, address.as_str(), said, coming, &[]);
    page.text()
}
