//! Makes a fleet: engineers with a calendar of their own, accounts, tasks in four feeds. The same numbers give the same
//! bytes. Owns the mix: of 300 entries of an engineer 285 are meetings, 10 of these weekly ones, and 15 are leave.

#[expect(dead_code, reason = "other worlds throw them in more ways")]
#[path = "../../src/chaos/dice.rs"]
mod dice;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use self::dice::Dice;

/// The zones that engineers live in, in turn.
const ZONES: [&str; 7] =
    ["Europe/Berlin", "America/Vancouver", "Asia/Kolkata", "Asia/Singapore", "Europe/Lisbon", "America/New_York", "Australia/Sydney"];

/// The present of the benchmarks: a Wednesday.
pub(crate) const NOW: &str = "2027-03-10T10:00:00Z";

/// How many feeds share the tasks.
const TASK_FEEDS: i64 = 4;

/// How many entries each engineer's calendar has.
const ENTRIES: i64 = 300;

/// How large a fleet is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Engineers, each with a feed.
    pub(crate) engineers: i64,
    /// Accounts.
    pub(crate) accounts: i64,
    /// Task occurrences, a quarter of them in weekly series.
    pub(crate) tasks: i64,
}

/// The fleet of the figures.
pub(crate) const LARGE: Size = Size { engineers: 1000, accounts: 5000, tasks: 20_000 };

/// A quarter of an hour between `from` and `until` days from now.
fn moment(dice: &mut Dice, from: i64, until: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(15 * dice.between(from * 96, until * 96))
}

/// The configuration; feeds are the files of [`feeds`] in the folder that it is in.
pub(crate) fn configuration(size: Size) -> String {
    let dice = &mut Dice::new(1);
    let mut text = String::from(
        "[service]\nadmin = 'ops@example.com'\nstate = 'sqlite:state/offwatch.db'\n[mail]\nfrom = 'offwatch@example.com'\nsend = 'folder'\n\
         [schedule]\nfetch = '* * * * *'\n[briefing]\nmanager = 'manager@example.com'\nlast_resort = 'oncall@example.com'\n",
    );
    let tasks = (0..TASK_FEEDS).map(|number| (format!("tasks{number}"), "tasks"));
    let own = (0..size.engineers).map(|number| (format!("c{number}"), "absences"));
    for (name, reads) in tasks.chain(own) {
        write!(text, "[[feed]]\nname = '{name}'\npath = '{name}.ics'\nreads = ['{reads}']\n").unwrap();
    }
    for (number, zone) in (0..size.engineers).zip(ZONES.iter().cycle()) {
        let mail = format!("email = 'e{number}@example.com'\ntime_zone = '{zone}'\nfeeds = ['c{number}']\n");
        write!(text, "[[engineer]]\nid = 'e{number}'\nname = 'Engineer N{number}x'\n{mail}").unwrap();
    }
    for number in 0..size.accounts {
        let owner = number % size.engineers;
        let (second, backup) = (dice.below(size.engineers), dice.below(size.engineers));
        let second = if number % 3 == 0 && second != owner { format!(", 'e{second}'") } else { String::new() };
        write!(text, "[[account]]\nid = 'a{number}'\nengineers = ['e{owner}'{second}]\nbackups = ['e{backup}']\n").unwrap();
    }
    text
}

/// The feeds by the names of their files.
pub(crate) fn feeds(size: Size) -> BTreeMap<String, Vec<u8>> {
    let tasks = (0..TASK_FEEDS).map(|number| (format!("tasks{number}"), tasks(size, number)));
    let own = (0..size.engineers).map(|number| (format!("c{number}"), calendar(number, 0)));
    tasks.chain(own).collect()
}

/// One of the feeds of tasks.
fn tasks(size: Size, number: i64) -> Vec<u8> {
    let dice = &mut Dice::new(100 + number.unsigned_abs());
    let (share, weeks) = (size.tasks / TASK_FEEDS, 33);
    let series = share / 4 / weeks;
    let mut body = String::new();
    for event in 0..share - series * weeks {
        let (start, hours, account) = (moment(dice, -100, 130), dice.between(1, 6), dice.below(size.accounts));
        let title = format!("[a{account}] Upgrade of cluster {event}");
        self::event(&mut body, &format!("t{number}-{event}"), start, SignedDuration::from_hours(hours), &title, "");
    }
    for event in 0..series {
        let (start, account) = (moment(dice, -100, -93), dice.below(size.accounts));
        let (title, rule) = (format!("[a{account}] Patch window {event}"), format!("RRULE:FREQ=WEEKLY;COUNT={weeks}\r\n"));
        self::event(&mut body, &format!("s{number}-{event}"), start, SignedDuration::from_hours(3), &title, &rule);
    }
    wrapped(&body)
}

/// The calendar of an engineer; each `version` shows other leave.
pub(crate) fn calendar(number: i64, version: u64) -> Vec<u8> {
    let dice = &mut Dice::new(10_000 + number.unsigned_abs());
    let changed = &mut Dice::new(20_000 + number.unsigned_abs() + 100_000 * version);
    let mut body = String::new();
    for entry in 0..ENTRIES {
        let uid = format!("c{number}-{entry}");
        if entry < 15 {
            let (start, days) = (moment(changed, -350, 200), changed.between(1, 8));
            let (first, until) = (start.strftime("%Y%m%d"), (start + SignedDuration::from_hours(24 * days)).strftime("%Y%m%d"));
            write!(body, "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{first}\r\nDTEND;VALUE=DATE:{until}\r\n").unwrap();
            body.push_str("SUMMARY:Vacation\r\nEND:VEVENT\r\n");
        } else {
            let rule = if entry < 25 { "RRULE:FREQ=WEEKLY\r\n" } else { "" };
            let start = moment(dice, -350, 120);
            event(&mut body, &uid, start, SignedDuration::from_mins(45), &format!("Meeting about subject {entry}"), rule);
        }
    }
    wrapped(&body)
}

/// One event.
fn event(body: &mut String, uid: &str, start: Timestamp, length: SignedDuration, title: &str, rule: &str) {
    let time = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let (start, end) = (time(start), time(start + length));
    write!(body, "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{start}\r\nDTEND:{end}\r\n{rule}SUMMARY:{title}\r\n").unwrap();
    body.push_str("DESCRIPTION:As agreed with the customer\\, see the ticket.\r\nEND:VEVENT\r\n");
}

/// A whole calendar.
fn wrapped(body: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//fleet//EN\r\n{body}END:VCALENDAR\r\n").into_bytes()
}
