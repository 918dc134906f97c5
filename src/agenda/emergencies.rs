//! Which events are emergencies, and what they say. Keeps cancelled ones, which never were, for they may have been known.
//! Joins nothing: that several tickets are one incident is for the digest to see.

use super::matching::Accounts;
use super::tasks::{identity, is_task, placed, ticket};
use super::{Emergency, Purpose, Reading, Sheet};
use crate::calendar::{Occurrence, Status};

/// Reads the emergencies of one feed, in the order of its occurrences. In a feed that is read for more than
/// emergencies, an event is one when it names an account and is not a task.
pub(super) fn read(sheet: &Sheet, accounts: &Accounts, reading: &Reading) -> Vec<Emergency> {
    if !sheet.role.reads.contains(&Purpose::Emergencies) {
        return Vec::new();
    }
    sheet.occurrences.iter().filter_map(|occurrence| emergency(sheet, occurrence, accounts, reading)).collect()
}

/// The emergency that `occurrence` is, if it is one.
fn emergency(sheet: &Sheet, occurrence: &Occurrence, accounts: &Accounts, reading: &Reading) -> Option<Emergency> {
    let (role, event) = (sheet.role, &occurrence.event);
    let account = accounts.of(event).map(|(account, _)| account);
    let only_emergencies = role.reads.len() == 1;
    if !only_emergencies && (account.is_none() || is_task(role, event, account, reading)) {
        return None;
    }
    let (start, end) = placed(role, occurrence.when, account, reading);
    Some(Emergency {
        identity: identity(occurrence),
        feed: role.name.clone(),
        account: account.map(|account| account.id.clone()),
        start,
        end: end.max(start),
        title: event.summary.trim().to_owned(),
        ticket: ticket(event, reading),
        cancelled: event.status == Status::Cancelled,
    })
}
