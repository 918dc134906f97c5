//! `[schedule]`, `[briefing]`, `[leave]`, `[catch_up]` and `[absence]`: what an administrator decided about timing,
//! thresholds and the words by which events are understood.

use std::collections::BTreeMap;

use regex::Regex;

use super::problem::Fault;
use super::reader::{Reader, Word};
use crate::agenda::Reading;
use crate::people::{Address, Contact};
use crate::plan::Rules;
use crate::schedule::{Pattern, Schedule};
use crate::working::{self, WorkingTime};
use crate::zone::Zone;

/// Titles that mean leave in a personal calendar.
const AWAY: &[&str] = &[
    r"(?i)\b(out of (the )?office|ooo|pto|vacation|leave|(time|days?) off|sick|maternity|parental|holidays?|urlaub|ferien|krank|abwesend|elternzeit|cong[ée])\b",
];
/// Titles that never do.
const NOT_AWAY: &[&str] = &[r"(?i)\bwfh\b|working from|focus time|cover for|tentative|observance"];
/// A link to a ticket as most trackers write it.
const TICKET: &str = r"https://\S+/(?:tickets?|issues?|cases?|incidents?|requests?|browse)/[\w-]+";
/// A mark that a briefing is written or not needed.
const DONE: &str = r"(?i)\[briefing (done|waived)\]";
/// Titles that sound like work on a customer's system.
const TASK: &str = r"(?i)upgrade|migrat|maintenance|cut-?over|fail-?over|go-?live|patch";

/// `[schedule]` as meant.
pub(super) struct Times {
    /// Where cron expressions are read, and dates that nothing else places.
    pub(super) zone: Zone,
    /// When feeds are fetched.
    pub(super) fetch: Schedule,
    /// When the coverage letter goes out.
    coverage: Option<Schedule>,
    /// How far into a stretch of work a letter waits.
    settle: jiff::SignedDuration,
}

/// Reads `[schedule]`.
pub(super) fn times(file: &Reader<'_>) -> Option<Times> {
    let schedule = file.section("schedule");
    let zone = schedule.parsed_or("time_zone", "UTC", str::parse::<Zone>);
    let fetch = schedule.parsed_or("fetch", "*/10 * * * *", cron);
    let coverage = schedule.parsed_or("coverage", "0 8 * * MON", |text| unless_empty(text, cron));
    let settle = schedule.parsed_or("settle", "15m", working::duration);
    schedule.done();
    let zone = zone?;
    let placed = |pattern| Schedule::new(pattern, zone.clone());
    Some(Times { fetch: placed(fetch?), coverage: coverage?.map(placed), settle: settle?, zone })
}

/// A cron expression that comes due at all.
pub(super) fn cron(text: &str) -> Result<Pattern, Fault> {
    let pattern = text.parse::<Pattern>()?;
    // Any year will do: an expression that has not come due within the parser's horizon never does.
    let due = Schedule::new(pattern.clone(), Zone::utc()).after(jiff::Timestamp::UNIX_EPOCH);
    due.map(|_| pattern).ok_or_else(|| Fault::new(format!("`{text}` is never due")))
}

/// What `read` makes of the text, or nothing where there is no text: "never".
fn unless_empty<T, E: Into<Fault>>(text: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<Option<T>, Fault> {
    if text.trim().is_empty() { Ok(None) } else { read(text).map(Some).map_err(Into::into) }
}

/// `[briefing]` as meant.
pub(super) struct Briefing {
    /// The part of the rules that stands there.
    rules: Thresholds,
    /// Marks and links.
    patterns: Option<(Regex, Regex, Regex)>,
    /// The manager of accounts that name none.
    pub(super) manager: Option<Contact>,
    /// The last resort of accounts that name none.
    pub(super) last_resort: Option<Contact>,
}

/// The settings of `[briefing]` that decisions compare with.
struct Thresholds {
    /// `leads`.
    leads: Option<Vec<WorkingTime>>,
    /// `min_uncovered`.
    min_uncovered: Option<jiff::SignedDuration>,
    /// `min_writing`.
    min_writing: Option<jiff::SignedDuration>,
    /// `last_call`.
    last_call: Option<jiff::SignedDuration>,
    /// `aftercare`.
    aftercare: Option<jiff::SignedDuration>,
    /// `every_occurrence`.
    every_occurrence: bool,
}

/// Reads `[briefing]`; `contact` reads who can be told.
pub(super) fn briefing(file: &Reader<'_>, contact: impl Fn(&Reader<'_>, &Word<'_>) -> Option<Contact>) -> Briefing {
    let briefing = file.section("briefing");
    let leads =
        briefing.list_or("leads", &["10 working days", "3 working days", "1 working day", "2 working hours"], str::parse::<WorkingTime>);
    if let (Some([]), Some(value)) = (leads.as_deref(), briefing.value("leads")) {
        briefing.report(&value.span(), Fault::new("`leads` must not be empty").hint("without one nobody is asked in time"));
    }
    let rules = Thresholds {
        leads,
        min_uncovered: briefing.parsed_or("min_uncovered", "30m", working::duration),
        min_writing: briefing.parsed_or("min_writing", "30m", working::duration),
        last_call: briefing.parsed_or("last_call", "24h", working::duration),
        aftercare: briefing.parsed_or("aftercare", "0h", working::duration),
        every_occurrence: briefing.flag("every_occurrence", false),
    };
    let ticket = briefing.parsed_or("ticket_pattern", TICKET, pattern);
    let done = briefing.parsed_or("done_pattern", DONE, pattern);
    let task = briefing.parsed_or("task_pattern", TASK, pattern);
    let manager = briefing.string("manager").and_then(|word| contact(&briefing, &word));
    let last_resort = briefing.string("last_resort").and_then(|word| contact(&briefing, &word));
    briefing.done();
    let patterns = ticket.zip(done).zip(task).map(|((ticket, done), task)| (ticket, done, task));
    Briefing { rules, patterns, manager, last_resort }
}

/// A pattern that says something: one that matches nothing at all would match everything.
fn pattern(text: &str) -> Result<Regex, Fault> {
    let pattern = Regex::new(text)?;
    if pattern.is_match("") { Err(Fault::new("the pattern matches an empty text, and so everything")) } else { Ok(pattern) }
}

/// Reads `[leave]` and `[catch_up]`, and puts the rules together.
pub(super) fn rules(file: &Reader<'_>, times: Option<&Times>, briefing: &Briefing, admin: Option<&Address>) -> Option<Rules> {
    let leave = file.section("leave");
    let min_missed = leave.parsed_or("min_missed", "4h", working::duration);
    let before_leave = leave.parsed_or("before", "3 working days", |text| unless_empty(text, str::parse::<WorkingTime>));
    leave.done();
    let catch_up = file.section("catch_up");
    let overnight = catch_up.flag("overnight", true);
    let send_empty = catch_up.flag("send_empty", false);
    let valid_for = catch_up.parsed_or("valid_for", "5 working days", str::parse::<WorkingTime>);
    catch_up.done();
    let (times, admin, thresholds) = (times?, admin?, &briefing.rules);
    Some(Rules {
        settle: times.settle,
        coverage: times.coverage.clone(),
        leads: thresholds.leads.clone()?,
        min_uncovered: thresholds.min_uncovered?,
        min_writing: thresholds.min_writing?,
        last_call: thresholds.last_call?,
        aftercare: thresholds.aftercare?,
        every_occurrence: thresholds.every_occurrence,
        last_resort: briefing.last_resort.clone().unwrap_or_else(|| Contact::Mailbox(admin.clone())),
        min_missed: min_missed?,
        before_leave: before_leave?,
        overnight,
        send_empty,
        valid_for: valid_for?,
        preferences: BTreeMap::new(),
    })
}

/// Reads `[absence]`, and puts the words together by which events are understood.
pub(super) fn reading(file: &Reader<'_>, briefing: &Briefing, zone: Option<&Zone>) -> Option<Reading> {
    let absence = file.section("absence");
    let away = absence.list_or("away", AWAY, pattern);
    let not_away = absence.list_or("not_away", NOT_AWAY, pattern);
    let tentative = absence.flag("tentative", false);
    absence.done();
    let (ticket, done, task) = briefing.patterns.clone()?;
    Some(Reading { away: away?, not_away: not_away?, tentative, ticket, done, task, zone: zone?.clone() })
}
