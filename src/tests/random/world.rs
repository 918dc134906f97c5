//! Random worlds: people, customers, calendars and what changes in them, the same for the same seed.
//! Only draws; what follows from a world is played and judged elsewhere.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::calendars::Calendars;
use super::dice::Dice;
use super::feed::Feed;
use crate::simulate::Reply;

/// Zones that people live in.
const ZONES: [&str; 6] = ["Europe/Berlin", "America/Vancouver", "Asia/Kolkata", "Asia/Singapore", "Europe/Lisbon", "America/New_York"];

/// Hours that people work.
const HOURS: [&str; 10] = [
    r#"{ mon-fri = "09:00-17:00" }"#,
    r#"{ mon-fri = "09:00-17:00" }"#,
    r#"{ mon-wed = "08:30-12:30" }"#,
    r#"{ mon-fri = ["10:00-13:00", "14:00-19:00"] }"#,
    r#"{ mon-fri = ["08:00-11:00", "15:00-19:00"] }"#,
    r#"{ sun-thu = "22:00-06:00" }"#,
    r#"{ sun-thu = "09:00-18:00" }"#,
    r#"{ mon-thu = ["10:00-13:00", "14:00-19:00"], fri = "10:00-14:00" }"#,
    r#"{ mon-fri = ["00:00-02:00", "20:00-24:00"] }"#,
    r#"{ tue-sat = ["09:00-09:10", "12:00-20:00"] }"#,
];

/// Where worlds begin; daylight saving time changes in some.
const BEGINNINGS: [&str; 5] =
    ["2027-01-04T00:00:00Z", "2027-03-01T06:00:00Z", "2026-09-28T13:30:00Z", "2026-12-14T09:00:00Z", "2027-06-09T22:17:00Z"];

/// Things that happen to a world while it is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Tasks, leave and emergencies enter their feeds late.
    Late,
    /// Tasks move by hours or days.
    Moved,
    /// Tasks move by minutes.
    Nudged,
    /// Tasks are cancelled, some come back.
    Cancelled,
    /// Tasks vanish.
    Vanished,
    /// Tasks get another title.
    Renamed,
    /// Tasks get another UID.
    Recreated,
    /// Leave becomes longer, shorter, or is withdrawn.
    Leave,
    /// Fetches fail.
    Failures,
    /// People answer.
    Answers,
    /// Events say that the briefing is written.
    Marks,
}

impl Change {
    /// All of them.
    const ALL: [Self; 11] = [
        Self::Late,
        Self::Moved,
        Self::Nudged,
        Self::Cancelled,
        Self::Vanished,
        Self::Renamed,
        Self::Recreated,
        Self::Leave,
        Self::Failures,
        Self::Answers,
        Self::Marks,
    ];
}

/// A world, ready to be played.
#[derive(Debug)]
pub(super) struct Drawn {
    /// What it was drawn from.
    pub(super) seed: u64,
    /// The configuration.
    pub(super) toml: String,
    /// Every feed.
    pub(super) feeds: Vec<Feed>,
    /// What people answer.
    pub(super) replies: Vec<Reply>,
    /// Its first instant.
    pub(super) from: Timestamp,
    /// The first instant after it.
    pub(super) until: Timestamp,
    /// What happens in it.
    pub(super) changes: Vec<Change>,
}

/// The world of `seed`. Every fourth stays as it is while it is played.
pub(super) fn draw(seed: u64) -> Drawn {
    let mut dice = Dice::new(seed);
    let from: Timestamp = dice.pick(&BEGINNINGS).parse().unwrap();
    let until = from + SignedDuration::from_hours(24) * i32::try_from(dice.between(60, 91)).unwrap();
    let percent = if seed.is_multiple_of(4) { 0 } else { 40 };
    let changes: Vec<Change> = Change::ALL.into_iter().filter(|_| dice.chance(percent)).collect();
    let engineers = dice.between(1, 7);
    let accounts = dice.between(1, 11);
    let mut toml = settings(&mut dice);
    people(&mut dice, engineers, &mut toml);
    customers(&mut dice, engineers, accounts, from, &mut toml);
    let (feeds, replies) = Calendars { dice, from, until, accounts, changes: changes.clone() }.draw(engineers);
    Drawn { seed, toml, feeds, replies, from, until, changes }
}

/// Every setting.
fn settings(dice: &mut Dice) -> String {
    let leads = [
        r#""10 working days", "3 working days", "1 working day", "2 working hours""#,
        r#""1 working day""#,
        r#""2 working hours", "5 working days", "30 working hours""#,
        r#""3 working days", "1 working hour""#,
    ];
    let mut text = String::from("[service]\nadmin = \"ops@example.com\"\n[mail]\nfrom = \"offwatch@example.com\"\nsend = \"folder\"\n");
    let fetch = dice.pick(&["*/10 * * * *", "0 * * * *", "17 */3 * * *"]);
    let coverage = dice.pick(&["", "0 8 * * MON"]);
    let settle = dice.pick(&["15m", "15m", "0m", "45m"]);
    write!(text, "[schedule]\nfetch = \"{fetch}\"\ncoverage = \"{coverage}\"\nsettle = \"{settle}\"\n").unwrap();
    let uncovered = dice.pick(&["30m", "30m", "0m", "2h"]);
    let writing = dice.pick(&["30m", "30m", "0m", "5h"]);
    let call = dice.pick(&["24h", "24h", "2h", "10d"]);
    let after = dice.pick(&["0h", "0h", "1h", "24h"]);
    let leads = dice.pick(&leads);
    write!(text, "[briefing]\nleads = [{leads}]\nmin_uncovered = \"{uncovered}\"\nmin_writing = \"{writing}\"\nlast_call = \"{call}\"\n")
        .unwrap();
    write!(text, "aftercare = \"{after}\"\nevery_occurrence = true\n").unwrap();
    let missed = dice.pick(&["4h", "4h", "1h", "20h"]);
    let before = dice.pick(&["3 working days", "3 working days", "", "1 working day", "5 working hours"]);
    write!(text, "[leave]\nmin_missed = \"{missed}\"\nbefore = \"{before}\"\n").unwrap();
    write!(text, "[catch_up]\novernight = {}\nsend_empty = {}\n", dice.chance(70), dice.chance(20)).unwrap();
    text
}

/// Engineers and the feeds that all of them share.
fn people(dice: &mut Dice, engineers: i64, toml: &mut String) {
    for (name, reads) in [("tasks", "tasks"), ("emergencies", "emergencies"), ("holidays", "holidays"), ("on-call", "on-call")] {
        write!(toml, "[[feed]]\nname = \"{name}\"\npath = \"{name}\"\nreads = [\"{reads}\"]\n").unwrap();
    }
    for id in 0..engineers {
        let personal = if dice.chance(50) { "every_event = \"absence\"\nliteral_times = true\n" } else { "" };
        write!(toml, "[[feed]]\nname = \"leave-{id}\"\npath = \"leave-{id}\"\nreads = [\"absences\"]\n{personal}").unwrap();
        let (zone, hours) = (dice.pick(&ZONES), dice.pick(&HOURS));
        let holidays = if dice.chance(50) { "\"holidays\"" } else { "" };
        write!(toml, "[[engineer]]\nid = \"e{id}\"\nname = \"Worker {id}\"\nemail = \"e{id}@example.com\"\ntime_zone = \"{zone}\"\n")
            .unwrap();
        write!(toml, "hours = {hours}\nfeeds = [\"leave-{id}\"]\nholidays = [{holidays}]\n").unwrap();
    }
}

/// Accounts.
fn customers(dice: &mut Dice, engineers: i64, accounts: i64, from: Timestamp, toml: &mut String) {
    for id in 0..accounts {
        let all = dice.shuffle((0..engineers).collect::<Vec<i64>>());
        let count = usize::try_from(dice.between(1, 4)).unwrap();
        let backups = usize::try_from(dice.below(3)).unwrap();
        let own: Vec<String> = all.iter().take(count).map(|id| format!("\"e{id}\"")).collect();
        let others = all.iter().skip(count).take(backups).map(|id| {
            let date = |days: i64| (from + SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string();
            let since = dice.below(50);
            match dice.below(4) {
                0 => format!("{{ engineer = \"e{id}\", from = {}, until = {} }}", date(since), date(since + 20)),
                1 => format!("{{ engineer = \"e{id}\", from = {} }}", date(since)),
                _ => format!("\"e{id}\""),
            }
        });
        let others: Vec<String> = others.collect();
        write!(toml, "[[account]]\nid = \"a{id}\"\nengineers = [{}]\nbackups = [{}]\n", own.join(", "), others.join(", ")).unwrap();
        let somebody = dice.below(engineers);
        match dice.below(3) {
            0 => writeln!(toml, "manager = \"boss{id}@example.com\"").unwrap(),
            1 => writeln!(toml, "manager = \"e{somebody}\"").unwrap(),
            _ => {}
        }
        let somebody = dice.below(engineers);
        match dice.below(4) {
            0 => writeln!(toml, "last_resort = \"e{somebody}\"").unwrap(),
            1 => {}
            _ => writeln!(toml, "last_resort = \"duty{id}@example.com\"").unwrap(),
        }
        if dice.chance(50) {
            writeln!(toml, "time_zone = \"{}\"", dice.pick(&ZONES)).unwrap();
        }
    }
}
