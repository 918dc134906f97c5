//! Random worlds: people, customers, settings, troubles; with the calendars the same for the same seed and bounds.
//! Only draws; what follows from a world is played and judged elsewhere.

use jiff::{SignedDuration, Timestamp};

use super::change::Change;
use super::dice::Dice;
use super::feed::Feed;
use super::tasks::Calendars;
use super::trouble::{self, Crash, Leap, Trouble};
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

/// Leads of requests.
const LEADS: [&str; 5] = [
    r#""10 working days", "3 working days", "1 working day", "2 working hours""#,
    r#""10 working days", "3 working days", "1 working day", "2 working hours""#,
    r#""1 working day""#,
    r#""2 working hours", "5 working days", "30 working hours""#,
    r#""3 working days", "1 working hour""#,
];

/// Where worlds begin; daylight saving time changes in some.
const BEGINNINGS: [&str; 5] =
    ["2027-01-04T00:00:00Z", "2027-03-01T06:00:00Z", "2026-09-28T13:30:00Z", "2026-12-14T09:00:00Z", "2027-06-09T22:17:00Z"];

/// How large worlds may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many days each is played.
    pub days: u16,
    /// The most engineers.
    pub engineers: u16,
    /// The most accounts.
    pub accounts: u16,
    /// The most tasks, a series being one.
    pub tasks: u16,
    /// Whether the process dies now and then, and mail has its troubles.
    pub crashes: bool,
}

/// A person and their own calendar.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Their id.
    pub(super) id: String,
    /// What else the configuration says of them.
    pub(super) lines: Vec<String>,
}

/// An account.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    /// Its id.
    pub(super) id: String,
    /// Ids of its engineers, as TOML values.
    pub(super) engineers: Vec<String>,
    /// Its backups, as TOML values.
    pub(super) backups: Vec<String>,
    /// What else the configuration says of it.
    pub(super) lines: Vec<String>,
}

/// A world, ready to be played.
#[derive(Clone, Debug)]
pub struct World {
    /// What it was drawn from.
    pub seed: u64,
    /// Settings by section.
    pub(super) settings: Vec<(&'static str, Vec<String>)>,
    /// Every feed.
    pub(super) feeds: Vec<Feed>,
    /// Everybody.
    pub(super) people: Vec<Person>,
    /// All accounts.
    pub(super) customers: Vec<Customer>,
    /// What people answer.
    pub(super) replies: Vec<Reply>,
    /// When the process dies, and where in its work.
    pub(super) crashes: Vec<(Timestamp, Crash)>,
    /// What is wrong with the mail server, and when.
    pub(super) troubles: Vec<Trouble>,
    /// When its clock lies.
    pub(super) leaps: Vec<Leap>,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// What happens in it, once for each time.
    pub(super) changes: Vec<Change>,
}

/// The world of `seed`. In every fourth the calendars stay as they are while it is played, and in every third of those with
/// crashes the clock lies too.
pub fn draw(seed: u64, bounds: &Bounds) -> World {
    let mut dice = Dice::new(seed);
    let from: Timestamp = dice.pick(&BEGINNINGS).parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let until = from + SignedDuration::from_hours(24 * i64::from(bounds.days));
    let percent = if seed.is_multiple_of(4) { 0 } else { 40 };
    let possible: Vec<Change> = Change::ALL.into_iter().filter(|_| dice.chance(percent)).collect();
    let engineers = dice.between(1, i64::from(bounds.engineers).max(1) + 1);
    let accounts = dice.between(1, i64::from(bounds.accounts).max(1) + 1);
    let settings = settings(&mut dice);
    let people = (0..engineers).map(|number| person(&mut dice, number)).collect();
    let customers = (0..accounts).map(|number| customer(&mut dice, number, engineers, from)).collect();
    let (crashes, troubles) = if bounds.crashes { trouble::draw(&mut dice, from, until) } else { (Vec::new(), Vec::new()) };
    // Of dice of its own, so that it changes nothing else in a world.
    let leaps =
        if bounds.crashes && seed % 3 == 2 { trouble::leaps(&mut Dice::new(seed.rotate_left(32) ^ 1), from, until) } else { Vec::new() };
    let calendars = Calendars { dice, from, until, accounts, engineers, possible, changes: Vec::new() };
    let (feeds, replies, changes) = calendars.draw(i64::from(bounds.tasks));
    World { seed, settings, feeds, people, customers, replies, crashes, troubles, leaps, from, until, changes }
}

/// Every setting.
fn settings(dice: &mut Dice) -> Vec<(&'static str, Vec<String>)> {
    let mut text = |key: &str, values: &[&str]| format!("{key} = \"{}\"", dice.pick(values));
    let schedule = vec![
        text("fetch", &["*/10 * * * *", "0 * * * *", "17 */3 * * *"]),
        text("coverage", &["", "0 8 * * MON"]),
        text("settle", &["15m", "15m", "0m", "45m"]),
    ];
    let mut briefing = vec![
        text("min_uncovered", &["30m", "30m", "0m", "2h"]),
        text("min_writing", &["30m", "30m", "0m", "5h"]),
        text("last_call", &["24h", "24h", "2h", "10d"]),
        text("aftercare", &["0h", "0h", "1h", "24h"]),
    ];
    let leave = vec![
        text("min_missed", &["4h", "4h", "1h", "20h"]),
        text("before", &["3 working days", "3 working days", "", "1 working day", "5 working hours"]),
    ];
    let mut catch_up = vec![text("valid_for", &["5 working days", "5 working days", "2 working days"])];
    briefing.push(format!("leads = [{}]", dice.pick(&LEADS)));
    briefing.push(format!("every_occurrence = {}", dice.chance(50)));
    catch_up.push(format!("overnight = {}", dice.chance(70)));
    catch_up.push(format!("send_empty = {}", dice.chance(20)));
    vec![("schedule", schedule), ("briefing", briefing), ("leave", leave), ("catch_up", catch_up)]
}

/// Somebody.
fn person(dice: &mut Dice, number: i64) -> Person {
    let mut lines = vec![
        format!("name = \"Worker {number}\""),
        format!("email = \"e{number}@example.com\""),
        format!("feeds = [\"leave-{number}\"]"),
        format!("time_zone = \"{}\"", dice.pick(&ZONES)),
        format!("hours = {}", dice.pick(&HOURS)),
    ];
    lines.extend(dice.chance(50).then(|| "holidays = [\"holidays\"]".to_owned()));
    Person { id: format!("e{number}"), lines }
}

/// An account.
fn customer(dice: &mut Dice, number: i64, engineers: i64, from: Timestamp) -> Customer {
    let all = dice.shuffle((0..engineers).collect::<Vec<i64>>());
    // A few have nobody yet.
    let count = if dice.chance(4) { 0 } else { 1 + dice.count(3) };
    let backups = dice.count(3);
    let own = all.iter().take(count).map(|id| format!("\"e{id}\"")).collect();
    let others = all.iter().skip(count).take(backups).map(|id| {
        let date = |days: i64| (from + SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string();
        let since = dice.below(50);
        match dice.below(4) {
            0 => format!("{{ engineer = \"e{id}\", from = {}, until = {} }}", date(since), date(since + 20)),
            1 => format!("{{ engineer = \"e{id}\", from = {} }}", date(since)),
            _ => format!("\"e{id}\""),
        }
    });
    let backups = others.collect();
    let mut lines = Vec::new();
    let (manager, last) = (dice.below(engineers), dice.below(engineers));
    lines.extend(match dice.below(4) {
        0 => Some(format!("manager = \"boss{number}@example.com\"")),
        1 => Some(format!("manager = \"e{manager}\"")),
        2 => Some("manager = \"duty@example.com\"".to_owned()),
        _ => None,
    });
    lines.extend(match dice.below(5) {
        0 => Some(format!("last_resort = \"e{last}\"")),
        1 => Some("last_resort = \"duty@example.com\"".to_owned()),
        2 => None,
        _ => Some(format!("last_resort = \"duty{number}@example.com\"")),
    });
    lines.extend(dice.chance(50).then(|| format!("time_zone = \"{}\"", dice.pick(&ZONES))));
    Customer { id: format!("a{number}"), engineers: own, backups, lines }
}

impl World {
    /// Its configuration file.
    pub fn toml(&self) -> String {
        let lines = |lines: &[String]| lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
        let first = "[service]\nadmin = \"ops@example.com\"\n[mail]\nfrom = \"offwatch@example.com\"\nsend = \"folder\"\n".to_owned();
        let settings = self.settings.iter().map(|(section, settings)| format!("[{section}]\n{}", lines(settings)));
        let feeds = self.feeds.iter().map(Feed::table);
        let people = self.people.iter().map(|person| format!("[[engineer]]\nid = \"{}\"\n{}", person.id, lines(&person.lines)));
        let customers = self.customers.iter().map(|customer| {
            let (own, backups) = (customer.engineers.join(", "), customer.backups.join(", "));
            let rest = lines(&customer.lines);
            format!("[[account]]\nid = \"{}\"\nengineers = [{own}]\nbackups = [{backups}]\n{rest}", customer.id)
        });
        std::iter::once(first).chain(settings).chain(feeds).chain(people).chain(customers).collect()
    }

    /// How many tasks stand in its feeds, a series being one.
    pub fn tasks(&self) -> usize {
        let tasks = self.feeds.iter().filter(|feed| feed.name == "tasks").flat_map(|feed| &feed.events);
        tasks.filter(|event| !event.uid.contains("-anew")).count()
    }

    /// What stands in its feeds about `uid` and over time.
    pub fn told(&self, uid: &str) -> String {
        self.feeds.iter().flat_map(|feed| &feed.events).filter(|event| event.uid == uid).map(super::feed::Event::told).collect()
    }
}
