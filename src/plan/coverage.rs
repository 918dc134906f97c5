//! `coverage`: the regular report to the admin. It always goes out, also when it is empty: its absence is the alarm.

use jiff::SignedDuration;

use super::alert::{people, stray};
use super::case::Case;
use super::desk::{BORN, Desk, Plan};
use super::look::Look;
use super::notice::{Body, FeedLine, Key, Kind, Notice, Report};
use super::verdict::{Hold, Why};

/// How far ahead it looks.
pub(super) const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The name under which the instant of the last report is remembered.
const LAST: &str = "coverage";

/// Decides whether the report is due.
pub(super) fn decide(desk: &Desk, look: Look<'_>, plan: &mut Plan) {
    let Some(schedule) = &look.scene.rules.coverage else { return };
    plan.wake(schedule.after(look.now));
    // A report due at the very instant of the first turn counts; what was due before it does not.
    let born = look.past.instants.get(BORN).copied().unwrap_or(look.now);
    let since = look.past.instants.get(LAST).copied().or_else(|| born.checked_sub(SignedDuration::from_secs(1)).ok());
    let Some(due) = since.and_then(|since| schedule.latest(since, look.now)) else {
        if let Some(next) = schedule.after(look.now) {
            let (person, subject) = (look.scene.team.admin.to_string(), String::new());
            plan.hold.push(Hold { kind: Kind::Coverage, person, task: None, subject, why: Why::TooEarly(next) });
        }
        return;
    };
    let until = look.now.saturating_add(AHEAD).unwrap_or(jiff::Timestamp::MAX);
    let near = |case: &&Case| case.stands && case.start() >= look.now && case.start() < until;
    let mut tasks: Vec<&Case> = desk.cases.values().filter(|case| case.uncovered && case.account.is_some()).filter(near).collect();
    tasks.sort_by_key(|case| (case.start(), case.id.clone()));
    let lost = desk.cases.values().filter(|case| case.account.is_none()).filter(near);
    let feeds = look.outside.feeds.iter().map(|health| FeedLine {
        feed: health.feed.clone(),
        fetched: health.fetched,
        error: health.error.clone().filter(|_| health.failing_since.is_some()),
        events: health.events,
        hold: health.standing(),
    });
    let report = Report {
        at: look.now,
        tasks: Case::briefs(&tasks, None, look),
        feeds: feeds.collect(),
        unmatched_tasks: lost.map(stray).collect(),
        unmatched_people: people(look),
    };
    let admin = look.scene.admin();
    let key = Key::new(Kind::Coverage, admin.person(), "", Some(due), "", 0);
    plan.instants.push((LAST.to_owned(), due));
    let reason = format!("you administer offwatch, and this is its regular report, due {}", admin.clock(due));
    let uids = super::before_leave::uids(&tasks);
    plan.say.push(Notice::list(Kind::Coverage, key, admin, reason, Some(uids), Body::Coverage(report)));
}
