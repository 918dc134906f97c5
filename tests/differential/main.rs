//! Drives the built program on drawn calendars and compares what it finds with what an independent engine finds,
//! recurring-ical-events: a proof that no reading of RFC 5545 is ours alone. Where the two are known to differ, a table
//! says who is right; everything else is a failure. Uses no network, and looks at nothing inside.
//! Passed over with a word when the engine is not installed, unless `OFFWATCH_REQUIRE` names it (`recurring`).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "a broken test should stop")]

#[path = "../../src/chaos/dice.rs"]
mod dice;
mod draw;
mod engines;
mod event;
mod known;
mod rule;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use draw::Scene;
use engines::{Answers, Engine};
use event::Event;
use known::{KNOWN, Known, Told};

/// The calendars that every run of the tests compares: with them, every known disagreement is met.
const SEEDS: [u64; 17] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 76];

/// How many disagreements are shown.
const SHOWN: usize = 12;

/// An occurrence as both sides tell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    /// Its first instant, in UTC.
    pub(crate) start: String,
    /// The first instant after it.
    pub(crate) end: String,
    /// Whether it is a matter of dates.
    pub(crate) all_day: bool,
    /// `CONFIRMED` or `CANCELLED`: both sides list what is cancelled.
    pub(crate) status: String,
    /// Its title, which says whether it is an override.
    pub(crate) summary: String,
}

/// What came of some calendars.
#[derive(Default)]
struct Outcome {
    /// How many calendars were compared.
    scenes: usize,
    /// How many events were compared.
    events: usize,
    /// How many occurrences were expected.
    rows: usize,
    /// How many events each entry of the table concerned.
    used: BTreeMap<&'static str, usize>,
    /// What nobody knows the reason of.
    disagreements: Vec<String>,
}

/// The seeds to be compared: `OFFWATCH_DIFFERENTIAL` is one, or `first..end`.
fn seeds() -> Vec<u64> {
    let asked = std::env::var("OFFWATCH_DIFFERENTIAL").unwrap_or_default();
    match asked.split_once("..") {
        Some((first, end)) => (first.parse().unwrap()..end.parse().unwrap()).collect(),
        None if asked.is_empty() => SEEDS.to_vec(),
        None => vec![asked.parse().unwrap()],
    }
}

/// What RFC 5545 wants of `event`, going by what the other engine says: what it is known to get wrong is put right.
fn wanted(scene: &Scene, event: &Event, theirs: &BTreeMap<String, Vec<Row>>, used: &mut BTreeMap<&'static str, usize>) -> Vec<Row> {
    let bare = event.bare().map(|bare| wanted(scene, &bare, theirs, used)).unwrap_or_default();
    let mut rows = theirs.get(&event.uid).cloned().unwrap_or_default();
    let mut seen = visible(scene, &rows);
    for Known { name, right, .. } in KNOWN.iter().filter(|known| (known.concerns)(event)) {
        rows = right(&Told { scene, event, rows: &rows, bare: &bare });
        rows.sort();
        let now = visible(scene, &rows);
        if now != seen {
            *used.entry(name).or_default() += 1;
        }
        seen = now;
    }
    seen
}

/// The rows that overlap the window.
fn visible(scene: &Scene, rows: &[Row]) -> Vec<Row> {
    rows.iter().filter(|row| overlaps(scene, row)).cloned().collect()
}

/// Whether an occurrence lies in the window, at least in part; one without length, when its instant does.
fn overlaps(scene: &Scene, row: &Row) -> bool {
    let Ok(start) = row.start.parse::<jiff::Timestamp>() else { return true };
    let end: jiff::Timestamp = row.end.parse().unwrap();
    (start < scene.to && end > scene.from) || (start == end && scene.from <= start && start < scene.to)
}

/// A disagreement, for people: what is too much (`+`) and what is missing (`-`) with us, and the event.
fn told(seed: u64, scene: &Scene, event: &Event, ours: &[Row], wanted: &[Row]) -> String {
    let mut counts: BTreeMap<&Row, i32> = BTreeMap::new();
    for row in ours {
        *counts.entry(row).or_default() += 1;
    }
    for row in wanted {
        *counts.entry(row).or_default() -= 1;
    }
    let mut text = format!("=== seed {seed}, {} to {}, {}\n", scene.from, scene.to, scene.reader);
    for (row, count) in counts.iter().filter(|(_, count)| **count != 0).take(8) {
        writeln!(text, "{count:+} {} {} {} {} {}", row.start, row.end, row.all_day, row.status, row.summary).unwrap();
    }
    text + &event.text()
}

/// Compares the calendar of `seed`.
fn compare(seed: u64, engine: &mut Engine, outcome: &mut Outcome) {
    let scene = draw::scene(seed);
    let none = Vec::new();
    let Answers { ours, theirs } = engine.ask(&scene);
    let strangers: BTreeSet<&String> = ours.keys().chain(theirs.keys()).filter(|uid| !uid.starts_with('e')).collect();
    assert!(strangers.is_empty(), "seed {seed}: nobody wrote {strangers:?}");
    for event in &scene.events {
        let mine = ours.get(&event.uid).unwrap_or(&none);
        let wanted = wanted(&scene, event, &theirs, &mut outcome.used);
        outcome.rows += wanted.len();
        if *mine == wanted {
            continue;
        }
        outcome.disagreements.push(told(seed, &scene, event, mine, &wanted));
    }
    outcome.events += scene.events.len();
    outcome.scenes += 1;
}

/// What was compared, for people.
fn figures(outcome: &Outcome) -> String {
    let Outcome { scenes, events, rows, used, disagreements } = outcome;
    let known: Vec<String> = used.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    let count = disagreements.len();
    format!("{scenes} calendars, {events} events, {rows} occurrences, {count} unknown disagreements; known ones: {}", known.join(", "))
}

#[test]
#[expect(clippy::print_stdout, reason = "the output of a test belongs to the test")]
fn drawn_calendars_are_read_as_an_independent_engine_reads_them() {
    let Some(mut engine) = Engine::start() else { return };
    let (seeds, mut outcome) = (seeds(), Outcome::default());
    for seed in seeds.iter().copied() {
        compare(seed, &mut engine, &mut outcome);
    }
    let figures = figures(&outcome);
    println!("{figures}");
    let shown: Vec<&str> = outcome.disagreements.iter().take(SHOWN).map(String::as_str).collect();
    assert!(shown.is_empty(), "{figures}\n{}", shown.join("\n"));
    assert!(outcome.rows > outcome.events, "{figures}");
    // A longer or shorter run need not meet every one.
    let names = KNOWN.iter().map(|known| known.name);
    let unused: Vec<&str> = names.filter(|name| !outcome.used.contains_key(name)).collect();
    assert!(unused.is_empty() || seeds != SEEDS, "no longer a disagreement: {unused:?}");
}
