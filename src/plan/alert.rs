//! `feed-alert` to the admin: feeds that fail for too long and come back, or are held by the brake until they are
//! released; letters refused; what matched nobody.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::desk::{Desk, Plan};
use super::health::FeedHealth;
use super::look::Look;
use super::notice::{Alert, Body, Key, Kind, Notice, Stray};
use super::verdict::{Hold, Why};
use crate::people::FeedName;

/// A notice to the admin.
fn notice(key: Key, reason: String, uids: Option<Vec<String>>, alert: Alert, look: Look<'_>) -> Notice {
    Notice::list(Kind::FeedAlert, key, look.scene.admin(), reason, uids, Body::Alert(alert))
}

/// One letter when a feed has failed for too long, one when it is back. Whether all is well: it is read, and no alert is
/// open.
pub(super) fn feed(health: &FeedHealth, look: Look<'_>, plan: &mut Plan) -> bool {
    let admin = look.scene.team.admin.as_str();
    let name = health.feed.as_str();
    let key = |since: Option<Timestamp>, stage: &str| Key::new(Kind::FeedAlert, admin, name, since, stage, 0);
    if let Some(since) = health.failing_since {
        let added = look.scene.feeds_added.get(&health.feed).copied();
        let Some(last) = health.last_good().or(added).or(health.failing_since) else { return false };
        let due = last.saturating_add(health.stale_after).unwrap_or(Timestamp::MAX);
        let begins = key(Some(since), "begins");
        let why = match look.past.said.get(&begins) {
            Some(said) => Why::AlreadySaid { at: said.at, next: None },
            None if look.now < due => Why::TooEarly(due),
            None => {
                let error = health.error.clone().unwrap_or_default();
                let reason =
                    format!("feed `{name}` could not be read since {}, longer than its `stale_after`", look.scene.admin().clock(last));
                let (feed, since, stale_after) = (health.feed.clone(), health.last_good(), health.stale_after);
                let alert = Alert::FeedStale { feed, since, stale_after, error };
                plan.say.push(notice(begins, reason, None, alert, look));
                return false;
            }
        };
        if let Why::TooEarly(due) = why {
            plan.wake(Some(due));
        }
        plan.hold.push(Hold { kind: Kind::FeedAlert, person: admin.to_owned(), task: None, subject: name.to_owned(), why });
        return false;
    }
    // It is over: close every alert that was opened and not closed.
    let prefix = format!("{}/{admin}/{name}/", Kind::FeedAlert);
    let opened = look.past.said_under(&prefix).filter(|said| said.key.as_str().ends_with("/begins/0"));
    let ends = opened.map(|said| Key::stored(said.key.as_str().replace("/begins/0", "/ends/0")));
    let open = ends.filter(|ends| !look.past.said.contains_key(ends)).last();
    let is_closed = open.is_none();
    if let (Some(ends), Some(at)) = (open, health.last_good()) {
        let alert = Alert::FeedBack { feed: health.feed.clone(), at, held: health.standing().is_some() };
        plan.say.push(notice(ends, format!("feed `{name}` is read again"), None, alert, look));
    }
    is_closed
}

/// One letter when a feed is held by the brake, one when it is released.
pub(super) fn brake(health: &FeedHealth, look: Look<'_>, plan: &mut Plan) {
    let Some(hold) = health.hold else { return };
    let admin = look.scene.team.admin.as_str();
    let (feed, name) = (health.feed.clone(), health.feed.as_str());
    let key = |stage: &str| Key::new(Kind::FeedAlert, admin, name, Some(hold.since), stage, 0);
    let told = look.past.said.get(&key("held"));
    match (hold.released, told) {
        (None, Some(said)) => {
            let why = Why::AlreadySaid { at: said.at, next: None };
            plan.hold.push(Hold { kind: Kind::FeedAlert, person: admin.to_owned(), task: None, subject: name.to_owned(), why });
        }
        (None, None) => {
            let reason = format!("feed `{name}` lacks {} of {} future events, too many to be believed at once", hold.missing, hold.of);
            plan.say.push(notice(key("held"), reason, None, Alert::FeedHeld { feed, copy: health.fetched, hold }, look));
        }
        (Some((at, how)), Some(_)) if !look.past.said.contains_key(&key("released")) => {
            let reason = format!("feed `{name}` is held back no longer ({how})");
            plan.say.push(notice(key("released"), reason, None, Alert::FeedReleased { feed, hold, at, how }, look));
        }
        // Over and told, or over before a turn could tell that it began.
        (Some(_), Some(_) | None) => {}
    }
}

/// How long a refusal is news: an admin who comes later is not told of all that ever was.
const REFUSAL_IS_NEWS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One letter for each refusal of a letter, another one when it was tried again by hand and refused once more; a refused letter
/// to the admin is not told by another letter to the admin.
pub(super) fn refused(look: Look<'_>, plan: &mut Plan) {
    let admin = &look.scene.team.admin;
    let is_news = |at: Timestamp| look.now.duration_since(at) < REFUSAL_IS_NEWS;
    for letter in look.outside.refused.iter().filter(|letter| letter.to != *admin && is_news(letter.at)) {
        let key = |round| Key::new(Kind::FeedAlert, admin.as_str(), "refused", None, &letter.key.as_str().replace('/', "|"), round);
        // Under 0 earlier versions told of a letter's only refusal.
        let (key, once) = (key(letter.attempt.saturating_add(1)), key(0));
        if !look.past.said.contains_key(&key) && !look.past.said.contains_key(&once) {
            let reason = format!("a letter to {} could not be delivered", letter.to);
            let (subject, to, answer) = (letter.subject.clone(), letter.to.clone(), letter.answer.clone());
            plan.say.push(notice(key, reason, None, Alert::LetterRefused { subject, to, answer }, look));
        }
    }
}

/// At most one list a day of what matched nobody, when there is something on it that was on none before. When to look
/// again; none when nothing will have to be said unless something is new.
pub(super) fn unmatched(desk: &Desk, look: Look<'_>, plan: &mut Plan) -> Option<Timestamp> {
    let admin = look.scene.team.admin.as_str();
    let lost = desk.lost.iter().filter_map(|id| desk.cases.get(id));
    let tasks: Vec<_> = lost.filter(|case| case.stands && case.start() > look.now).collect();
    if tasks.is_empty() && look.scene.unmatched.is_empty() {
        return None;
    }
    let marks = tasks.iter().map(|case| case.id.to_string()).chain(look.scene.unmatched.iter().map(|(feed, title)| mark(feed, title)));
    let marks: BTreeSet<String> = marks.collect();
    let prefix = format!("{}/{admin}/unmatched/", Kind::FeedAlert);
    let told: BTreeSet<&String> = look.past.said_under(&prefix).filter_map(|said| said.uids.as_ref()).flatten().collect();
    if marks.iter().all(|mark| told.contains(mark)) {
        return None;
    }
    let today = look.scene.zone.midnight(look.scene.zone.date(look.now));
    let key = Key::new(Kind::FeedAlert, admin, "unmatched", Some(today), "", 0);
    if let Some(said) = look.past.said.get(&key) {
        let next =
            today.saturating_add(SignedDuration::from_hours(25)).map(|later| look.scene.zone.midnight(look.scene.zone.date(later))).ok();
        let why = Why::AlreadySaid { at: said.at, next };
        plan.hold.push(Hold {
            kind: Kind::FeedAlert,
            person: admin.to_owned(),
            task: None,
            subject: "what matched nobody".to_owned(),
            why,
        });
        return next;
    }
    let alert = Alert::Unmatched { tasks: tasks.into_iter().map(stray).collect(), people: people(look) };
    let reason = "some entries match no account or engineer; this list comes at most once a day, when it has grown".to_owned();
    plan.say.push(notice(key, reason, Some(marks.into_iter().collect()), alert, look));
    // With that said there may be nothing left.
    Some(look.now)
}

/// A task that matches no account, as letters tell of it.
pub(super) fn stray(case: &Case) -> Stray {
    let (title, feed) = (case.task.title.clone(), case.task.feed.clone());
    Stray { title, start: case.start(), feed, escalated: case.task.escalate_unmatched }
}

/// How many entries of each team feed match nobody. Only counts: their titles are private.
pub(super) fn people(look: Look<'_>) -> Vec<(FeedName, usize)> {
    let mut counts: std::collections::BTreeMap<FeedName, usize> = std::collections::BTreeMap::new();
    for (feed, _) in &look.scene.unmatched {
        let count = counts.entry(feed.clone()).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_iter().collect()
}

/// A mark that tells unmatched entries apart without telling what they say.
fn mark(feed: &FeedName, title: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(format!("{feed}\n{title}").as_bytes());
    digest.iter().take(6).fold(format!("{feed}#"), |mark, byte| mark + &format!("{byte:02x}"))
}
