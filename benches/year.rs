//! A simulated year: 50 engineers, 200 accounts, 5,000 task occurrences, 400 emergencies, 200 leaves, in one process.
#![expect(clippy::expect_used, reason = "a benchmark that cannot set its stage has nothing to measure")]
#![expect(missing_docs, reason = "criterion's macros make undocumented functions")]
#![expect(clippy::print_stdout, reason = "the figures are the point")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use offwatch::config::{self, Config, Context};
use offwatch::feeds::Recording;
use offwatch::simulate::{Simulation, World};

/// The zones that engineers live in, in turn.
const ZONES: [&str; 7] =
    ["Europe/Berlin", "America/Vancouver", "Asia/Kolkata", "Asia/Singapore", "Europe/Lisbon", "America/New_York", "Australia/Sydney"];

/// The first instant of the year.
const FROM: &str = "2027-01-01T00:00:00Z";

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// A quarter of an hour somewhere in the year.
    fn moment(&mut self) -> Timestamp {
        let minutes = i64::try_from(self.roll(365 * 96) * 15).expect("a year has few minutes");
        FROM.parse::<Timestamp>().expect("an instant") + SignedDuration::from_mins(minutes)
    }
}

/// The configuration of the team.
fn configuration(dice: &mut Dice) -> Config {
    let mut text = String::from(
        "[service]\nadmin = 'ops@example.com'\n[mail]\nfrom = 'offwatch@example.com'\nsend = 'folder'\n[briefing]\n\
         manager = 'manager@example.com'\nlast_resort = 'oncall@example.com'\n",
    );
    for (name, reads) in [("tasks", "tasks"), ("emergencies", "emergencies"), ("leave", "absences")] {
        let extra = if name == "leave" { "every_event = 'absence'\n" } else { "" };
        write!(text, "[[feed]]\nname = '{name}'\npath = '{name}'\nreads = ['{reads}']\n{extra}").expect("text grows");
    }
    for (number, zone) in (0..50).zip(ZONES.iter().cycle()) {
        write!(
            text,
            "[[engineer]]\nid = 'e{number}'\nname = 'Engineer N{number}x'\nemail = 'e{number}@example.com'\ntime_zone = '{zone}'\n"
        )
        .expect("text grows");
    }
    for number in 0..200 {
        let (owner, second, backup) = (dice.roll(50), dice.roll(50), dice.roll(50));
        let second = if number % 3 == 0 && second != owner { format!(", 'e{second}'") } else { String::new() };
        write!(text, "[[account]]\nid = 'a{number}'\nengineers = ['e{owner}'{second}]\nbackups = ['e{backup}']\n").expect("text grows");
    }
    config::read(&text, "year.toml", Path::new("."), &Context::default()).expect("the configuration is good")
}

/// One event.
fn event(feed: &mut String, uid: &str, start: &str, end: &str, title: &str) {
    write!(feed, "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART{start}\r\nDTEND{end}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n").expect("text grows");
}

/// The three feeds, each unchanging.
fn world(dice: &mut Dice) -> World {
    let instant = |at: Timestamp| format!(":{}", at.strftime("%Y%m%dT%H%M%SZ"));
    let date = |at: Timestamp| format!(";VALUE=DATE:{}", at.strftime("%Y%m%d"));
    let mut feeds = [("tasks", String::new()), ("emergencies", String::new()), ("leave", String::new())];
    let [(_, tasks), (_, emergencies), (_, leave)] = &mut feeds;
    for number in 0..5000 {
        let (start, hours) = (dice.moment(), i64::try_from(1 + dice.roll(5)).expect("few hours"));
        let title = format!("[a{}] Upgrade {number}", dice.roll(200));
        event(tasks, &format!("t{number}"), &instant(start), &instant(start + SignedDuration::from_hours(hours)), &title);
    }
    for number in 0..400 {
        let (start, title) = (dice.moment(), format!("[a{}] down {number}", dice.roll(200)));
        event(emergencies, &format!("m{number}"), &instant(start), &instant(start + SignedDuration::from_hours(2)), &title);
    }
    for number in 0..200 {
        let (start, days) = (dice.moment(), i64::try_from(1 + dice.roll(13)).expect("few days"));
        let title = format!("[Vacation] Engineer N{}x", number / 4);
        event(leave, &format!("l{number}"), &date(start), &date(start + SignedDuration::from_hours(24 * days)), &title);
    }
    let recording =
        |body: &str| Recording::from_files([(format!("{FROM}.ics"), format!("BEGIN:VCALENDAR\r\n{body}END:VCALENDAR\r\n").into_bytes())]).0;
    feeds.iter().map(|(name, body)| (name.parse().expect("a name"), recording(body))).collect()
}

/// Plays the year; how many letters went out.
async fn play(config: Arc<Config>, world: World) -> usize {
    let (from, until) = (FROM.parse().expect("an instant"), "2028-01-01T00:00:00Z".parse().expect("an instant"));
    let mut simulation = Simulation::new(config, world, Vec::new(), from, until).await.expect("the stage is set");
    let mut letters = 0;
    while let Some((_, report)) = simulation.play().await.expect("the turn works") {
        letters += report.letters.len();
    }
    letters
}

/// The benchmark.
fn year(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut dice = Dice(7);
    let config = Arc::new(configuration(&mut dice));
    let world = world(&mut dice);
    println!("letters of the year: {}", runtime.block_on(play(Arc::clone(&config), world.clone())));
    let mut group = criterion.benchmark_group("simulate");
    group.sample_size(10);
    group.bench_function("a year of 50 engineers, 200 accounts, 5000 tasks", |bencher| {
        bencher.iter(|| runtime.block_on(play(Arc::clone(&config), world.clone())));
    });
    group.finish();
}

criterion_group!(benches, year);
criterion_main!(benches);
