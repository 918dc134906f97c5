//! `[[account]]`: the customers, who knows them, who stands in and who is told.

use std::collections::BTreeMap;

use super::feed;
use super::problem::Fault;
use super::reader::{Reader, Value, Word, full};
use super::rules::Briefing;
use crate::people::{Account, AccountId, Address, Backup, Contact, EngineerId};
use crate::zone::Zone;

/// Reads every `[[account]]`.
pub(super) fn read(file: &Reader<'_>, engineers: &[String], briefing: &Briefing, admin: Option<&Address>) -> Vec<Account> {
    let tables = file.sections("account", "id");
    if tables.is_empty() {
        file.missing(Fault::new("there is no `[[account]]`").hint("one needs at least `id` and `engineers`"));
    }
    let mut lines = BTreeMap::new();
    let mut accounts = Vec::new();
    for table in &tables {
        table.need("id", "give it a short name");
        if let Some(id) = table.string("id") {
            feed::unique(table, "id", &id, &mut lines);
        }
        accounts.extend(account(table, engineers, briefing, admin));
        table.done();
    }
    shared(file, &accounts);
    accounts
}

/// Warns of a word that means two accounts, and so neither.
fn shared(file: &Reader<'_>, accounts: &[Account]) {
    let mut owners: BTreeMap<String, &AccountId> = BTreeMap::new();
    for account in accounts {
        for word in &account.matches {
            match owners.get(&word.to_lowercase()) {
                Some(other) if **other != account.id => {
                    file.sheet.warn(format!("account `{}`: `{word}` matches `{other}` too, and so neither", account.id));
                }
                Some(_) | None => drop(owners.insert(word.to_lowercase(), &account.id)),
            }
        }
    }
}

/// One account.
fn account(table: &Reader<'_>, engineers: &[String], briefing: &Briefing, admin: Option<&Address>) -> Option<Account> {
    let id = table.parsed("id", str::parse::<AccountId>);
    let name = table.text("name");
    let named: Vec<EngineerId> = table.strings("engineers").iter().filter_map(|word| engineer(table, word, engineers)).collect();
    let backups = backups(table, engineers);
    let manager = table.string("manager").and_then(|word| contact(table, &word, engineers)).or_else(|| briefing.manager.clone());
    let last_resort = table.string("last_resort").and_then(|word| contact(table, &word, engineers));
    let last_resort = last_resort.or_else(|| briefing.last_resort.clone()).or_else(|| admin.cloned().map(Contact::Mailbox));
    let matches = table.list_or("match", &[], |text| full(text, "match"));
    let zone = table.parsed("time_zone", str::parse::<Zone>);
    let notes = table.text("notes");
    if named.is_empty() {
        table.warn("has no engineers, so its tasks go to the manager and the last resort");
    }
    let id = id?;
    let name = name.unwrap_or_else(|| id.to_string());
    Some(Account { name, engineers: named, backups, manager, last_resort: last_resort?, matches: matches?, zone, notes, id })
}

/// The engineer of that id, who must exist.
fn engineer(table: &Reader<'_>, word: &Word<'_>, engineers: &[String]) -> Option<EngineerId> {
    if !engineers.iter().any(|id| id == word.text) {
        let fault = Fault::new(format!("unknown engineer `{}`", word.text));
        table.report_if_whole(&word.span, fault.nearest(word.text, engineers.iter().map(String::as_str)));
        return None;
    }
    // A known id that is no good was refused where it stands.
    word.text.parse().ok()
}

/// Somebody who can be told: an engineer's id or an address.
pub(super) fn contact(table: &Reader<'_>, word: &Word<'_>, engineers: &[String]) -> Option<Contact> {
    if word.text.contains('@') {
        return table.understood(word, str::parse::<Address>).map(Contact::Mailbox);
    }
    if !engineers.iter().any(|id| id == word.text) {
        let fault = Fault::new(format!("`{}` is neither an engineer nor a mail address", word.text));
        table.report_if_whole(&word.span, fault.nearest(word.text, engineers.iter().map(String::as_str)));
        return None;
    }
    word.text.parse().ok().map(Contact::Engineer)
}

/// Who stands in: each an id, or a table with the dates of the cover.
fn backups(table: &Reader<'_>, engineers: &[String]) -> Vec<Backup> {
    let Some(value) = table.value("backups") else { return Vec::new() };
    let Some(list) = value.get_ref().as_array() else {
        table.report(&value.span(), Fault::new("`backups` must be a list").hint("write `backups = [\"…\"]`"));
        return Vec::new();
    };
    list.iter().filter_map(|value| backup(table, value, engineers)).collect()
}

/// One backup.
fn backup<'a>(table: &Reader<'a>, value: &'a Value<'a>, engineers: &[String]) -> Option<Backup> {
    if !value.get_ref().is_table() {
        let word = table.word("backups", value)?;
        return Some(Backup { engineer: engineer(table, &word, engineers)?, from: None, until: None });
    }
    let cover = table.inside("account.backups", value);
    cover.need("engineer", "give the id of who stands in");
    let named = cover.string("engineer").and_then(|word| engineer(&cover, &word, engineers));
    let (from, until) = (cover.date("from"), cover.date("until"));
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let fault = Fault::new("the cover ends before it begins").hint("`until` is the first date without it");
        cover.report(&value.span(), fault);
    }
    cover.done();
    Some(Backup { engineer: named?, from, until })
}
