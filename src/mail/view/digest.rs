//! What the template of the catch-up digest is told. It is its reader's alone: the titles of their own entries may stand in it
//! and in no other letter.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use minijinja::{Value, context};

use super::brief::{self, Eyes};
use super::instant;
use crate::agenda::TaskId;
use crate::plan::notice::{AccountNews, Brief, Change, Digest, Incident, News};
use crate::wording::Times;

/// What was over by as much before the time away began belongs to it all the same.
const JUST_OVER: SignedDuration = SignedDuration::from_hours(1);

/// All of it.
pub(super) fn digest(digest: &Digest, asked: &BTreeSet<&TaskId>, times: &Times) -> Value {
    let accounts: Vec<Value> = digest.accounts.iter().map(|account| account_news(account, digest.start, asked, times)).collect();
    let told = digest.accounts.iter().filter(|&account| past(account) > 0 || !soon(account, asked).is_empty());
    let customers: Vec<String> = told.map(|account| account.account.clone()).collect();
    context! {
        away => context! { start => instant(digest.start), end => instant(digest.end) },
        titles => &digest.titles,
        old_copies => brief::old_copies(&digest.old_copies),
        counts => counts(digest, asked),
        steps => steps(digest, asked),
        accounts,
        customers,
        quiet => &digest.quiet,
    }
}

/// What wants a briefing soon and is not asked for in the same letter.
fn soon<'a>(account: &'a AccountNews, asked: &BTreeSet<&TaskId>) -> Vec<&'a Brief> {
    account.coming.iter().filter(|brief| !asked.contains(&brief.task)).collect()
}

/// How many there are of what, without what is zero, and how many briefings are wanted: of the reader, and of others.
fn counts(digest: &Digest, asked: &BTreeSet<&TaskId>) -> Value {
    let sum = |part: fn(&AccountNews) -> usize| digest.accounts.iter().map(part).sum::<usize>();
    let parts = [
        ("incidents", sum(|account| account.incidents.len())),
        ("ran", sum(|account| account.ran.len())),
        ("news", sum(|account| account.news.len())),
        ("older", sum(|account| account.older)),
    ];
    let told = parts.into_iter().filter(|(_, number)| *number > 0).map(|(what, number)| context! { what, number });
    let coming: Vec<&Brief> = digest.accounts.iter().flat_map(|account| soon(account, asked)).collect();
    let wanted = coming.iter().filter(|brief| brief.is_readers).count();
    context! { told => told.collect::<Vec<_>>(), wanted, others => coming.len() - wanted }
}

/// One account's part, of a time away that began at `start`.
fn account_news(account: &AccountNews, start: Timestamp, asked: &BTreeSet<&TaskId>, times: &Times) -> Value {
    let tasks = |briefs: Vec<&Brief>| briefs.into_iter().map(|task| brief::brief(task, times, Eyes::Own)).collect::<Vec<_>>();
    context! {
        name => &account.account,
        incidents => account.incidents.iter().map(|happened| incident(happened, start, times)).collect::<Vec<_>>(),
        ran => tasks(account.ran.iter().collect()),
        news => account.news.iter().map(|change| news(change, times)).collect::<Vec<_>>(),
        soon => tasks(soon(account, asked)),
        older => account.older,
        past => past(account),
    }
}

/// How much happened at an account.
fn past(account: &AccountNews) -> usize {
    account.incidents.len() + account.ran.len() + account.news.len() + account.older
}

/// An incident, and whether it is told late: it was long over as the time away began.
fn incident(incident: &Incident, start: Timestamp, times: &Times) -> Value {
    let length = incident.end.duration_since(incident.start);
    context! {
        start => instant(incident.start),
        length => Some(length).filter(SignedDuration::is_positive).map(|length| u64::try_from(length.as_millis()).unwrap_or_default()),
        title => brief::title(&incident.title, times),
        tickets => &incident.tickets,
        late => start.duration_since(incident.start.max(incident.end)) > JUST_OVER,
    }
}

/// A change of plan.
fn news(news: &News, times: &Times) -> Value {
    let (what, from) = match news.what {
        Change::Announced => ("announced", None),
        Change::Moved { from } => ("moved", Some(instant(from))),
        Change::Cancelled => ("cancelled", None),
    };
    context! { what, from, title => brief::title(&news.title, times), ticket => &news.ticket, start => instant(news.start) }
}

/// What may help now; nothing when there is nothing.
fn steps(digest: &Digest, asked: &BTreeSet<&TaskId>) -> Option<Value> {
    // Only what has a link above can be read there.
    let linked = |account: &AccountNews| {
        account.incidents.iter().any(|incident| !incident.tickets.is_empty()) || account.ran.iter().any(|brief| brief.ticket.is_some())
    };
    let read = digest.accounts.iter().any(linked);
    let mut met = BTreeSet::new();
    let mut people = |part: fn(&AccountNews) -> &Vec<String>| {
        let names: BTreeSet<&String> = digest.accounts.iter().flat_map(part).collect();
        let names: Vec<String> = names.into_iter().filter(|name| met.insert(*name)).cloned().collect();
        if digest.leave { names } else { Vec::new() }
    };
    let (colleagues, backups) = (people(|account| &account.colleagues), people(|account| &account.backups));
    let happened = digest.accounts.iter().filter(|account| !account.incidents.is_empty());
    let reach_out: Vec<String> = happened.map(|account| account.account.clone()).collect();
    let write = digest.accounts.iter().any(|account| soon(account, asked).iter().any(|brief| brief.is_readers));
    let any = read || write || !(colleagues.is_empty() && backups.is_empty() && reach_out.is_empty());
    any.then(|| context! { read, colleagues, backups, reach_out, write })
}
