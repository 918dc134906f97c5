//! Random worlds, played to the letter: a second reading of the rules has to agree with everything that was said; and
//! when it does not, the world that shows it is small and replays. Owns how many are played in a run of the tests.

use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;

use crate::chaos::{self, Bounds, Figures, Played, Verdict};
use crate::config::{self, Context};
use crate::oracle::{self, Heard};
use crate::simulate::{self, Simulation};

/// How large the worlds of the tests are.
const BOUNDS: Bounds = Bounds { days: 60, engineers: 6, accounts: 10, tasks: 30, crashes: false };

/// A world without changes that has letters of every kind.
const QUIET: u64 = 8;

/// The worlds that every run of the tests plays, smooth ones and ones with crashes.
const SMOOTH: std::ops::Range<u64> = 0..8;

/// See [`SMOOTH`].
const ROUGH: std::ops::Range<u64> = 12..16;

/// The worlds, each without and with crashes, that are played twice: with what is kept from turn to turn, and without.
const KEPT: std::ops::Range<u64> = 20..26;

/// Plays those worlds: what there was in them, and what is wrong.
fn check(seeds: std::ops::Range<u64>, crashes: bool) -> Figures {
    let verdicts = Mutex::new(Vec::new());
    chaos::run(seeds, &Bounds { crashes, ..BOUNDS }, |verdict| verdicts.lock().unwrap().push(verdict));
    let mut figures = Figures::default();
    let mut broken = Vec::new();
    for verdict in verdicts.into_inner().unwrap() {
        figures.add(&verdict.figures);
        broken.extend(verdict.broken.into_iter().map(|one| format!("seed {}: {one:?}", verdict.world.seed)));
    }
    assert!(broken.is_empty(), "{figures}\n{}", broken.join("\n"));
    figures
}

#[test]
fn random_worlds_keep_the_promises() {
    let figures = check(SMOOTH, false);
    for kind in ["briefing-request", "escalation to writer", "escalation to manager", "escalation to last call", "before-leave", "catch-up"]
    {
        assert!(figures.notices.get(kind).is_some_and(|count| *count > 0), "no {kind} in {figures}");
    }
    assert!(figures.changes.len() > 15, "{figures}");
}

#[test]
fn random_worlds_keep_the_promises_when_the_process_dies_and_mail_fails() {
    let figures = check(ROUGH, true);
    assert!(figures.crashes > 40, "{figures}");
}

#[test]
fn a_digest_is_not_said_again_beside_what_is_new_after_a_clock_was_five_days_behind() {
    let verdicts = Mutex::new(Vec::new());
    let bounds = Bounds { days: 90, tasks: 60, crashes: true, ..BOUNDS };
    chaos::run(11_636_266_760..11_636_266_761, &bounds, |verdict| verdicts.lock().unwrap().push(verdict.broken));
    assert_eq!(verdicts.into_inner().unwrap().concat().len(), 0);
}

/// Checks that a world has the same letters when only what is new is laid out in a turn, and when everything is.
fn same_when_laid_anew(seed: u64, crashes: bool) {
    let world = chaos::draw(seed, &Bounds { crashes, ..BOUNDS });
    let (renewed, anew) = (world.play().unwrap(), world.play_anew().unwrap());
    assert!(!renewed.letters.is_empty());
    for (one, other) in renewed.letters.iter().zip(&anew.letters) {
        assert_eq!(one, other, "seed {seed}, crashes {crashes}");
    }
    assert_eq!(renewed.letters.len(), anew.letters.len(), "seed {seed}, crashes {crashes}");
    assert!(renewed.taken == anew.taken, "seed {seed}, crashes {crashes}: other letters were taken, or at other times");
}

#[test]
fn what_is_kept_from_turn_to_turn_says_the_same_as_what_is_laid_out_anew() {
    std::thread::scope(|scope| {
        scope.spawn(|| KEPT.for_each(|seed| same_when_laid_anew(seed, false)));
        scope.spawn(|| KEPT.for_each(|seed| same_when_laid_anew(seed, true)));
    });
}

#[test]
fn a_seed_is_always_the_same_world() {
    let bounds = Bounds { crashes: true, ..BOUNDS };
    let play = || chaos::draw(3, &bounds).play().unwrap();
    let (one, other) = (play(), play());
    assert!(!one.heard.is_empty());
    assert_eq!(one.heard, other.heard);
    assert_eq!(one.taken, other.taken);
    assert_eq!(chaos::draw(3, &bounds).toml(), chaos::draw(3, &bounds).toml());
    assert_ne!(chaos::draw(3, &bounds).toml(), chaos::draw(4, &bounds).toml());
}

/// Checks that the oracle minds when one notice of the `kind` is `changed`, for some of those in the quiet world.
/// A list that another one could stand for need not be missed: of lists some.
#[track_caller]
fn minds(kind: &str, changed: impl Fn(&mut Vec<Heard>, usize)) {
    let played = chaos::draw(QUIET, &BOUNDS).play().unwrap();
    assert_eq!(oracle::check(&played.world, &played.heard), []);
    let places: Vec<usize> = (0..played.heard.len()).filter(|place| played.heard[*place].kind == kind).collect();
    let step = places.len().div_ceil(6).max(1);
    let tried: Vec<usize> = places.into_iter().step_by(step).collect();
    let unminded = tried.iter().filter(|place| {
        let mut heard = played.heard.clone();
        changed(&mut heard, **place);
        oracle::check(&played.world, &heard).is_empty()
    });
    let unminded: Vec<&Heard> = unminded.map(|place| &played.heard[*place]).collect();
    let most = if kind == "before-leave" { tried.len().saturating_sub(1) } else { 0 };
    assert!(!tried.is_empty() && unminded.len() <= most, "nobody minds {unminded:?}");
}

#[test]
fn a_letter_lost_from_a_random_world_is_missed() {
    for kind in ["briefing-request", "escalation", "catch-up", "before-leave"] {
        minds(kind, |heard, place| drop(heard.remove(place)));
    }
}

#[test]
fn a_letter_that_comes_an_hour_late_in_a_random_world_is_noticed() {
    for kind in ["briefing-request", "escalation", "catch-up"] {
        minds(kind, |heard, place| heard[place].at += SignedDuration::from_hours(1));
    }
}

#[test]
fn a_letter_to_somebody_else_in_a_random_world_is_noticed() {
    for kind in ["briefing-request", "escalation"] {
        minds(kind, |heard, place| heard[place].to = "stranger@example.com".to_owned());
    }
}

/// Loses the last request that was heard.
fn lose_a_request(played: &mut Played) {
    let last = played.heard.iter().rposition(|notice| notice.kind == "briefing-request");
    drop(last.map(|place| played.heard.remove(place)));
}

/// The letters that a kept world replays to, as bytes.
fn replayed(folder: &Path, verdict: &Verdict) -> Vec<Vec<u8>> {
    let config = Arc::new(config::load(&folder.join("offwatch.toml"), &Context::default()).unwrap());
    let replies = crate::cli::replies(&folder.join("briefings.csv")).unwrap().into_iter().map(|(_, reply)| reply).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let feeds = simulate::world(&config, verdict.world.from).await.unwrap();
        let mut play = Simulation::new(config, feeds, replies, verdict.world.from, verdict.world.until).await.unwrap();
        let mut letters = Vec::new();
        while let Some((_, report)) = play.play().await.unwrap() {
            letters.extend(report.letters.into_iter().map(|written| written.letter.bytes));
        }
        letters
    })
}

#[test]
fn a_world_that_breaks_a_promise_is_made_small_and_replays_to_the_same_letters() {
    let bounds = Bounds { days: 30, engineers: 3, accounts: 4, tasks: 12, crashes: false };
    let large = chaos::draw(QUIET, &bounds).verdict(lose_a_request);
    assert!(!large.broken.is_empty());
    let (rule, many) = (large.broken[0].rule, large.parts());
    let small = large.shrink(lose_a_request);
    assert_eq!(small.broken[0].rule, rule);
    assert!(small.parts() < 6 && many > 30, "{} of {many} things are left in\n{}", small.parts(), small.world.toml());
    let folder = tempfile::tempdir().unwrap();
    small.keep(folder.path(), "offwatch simulate --chaos 8").unwrap();
    let readme = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
    let command = format!("offwatch simulate --config {0}/offwatch.toml --from {1} --to ", folder.path().display(), small.world.from);
    assert!(readme.contains(&command) && readme.contains(rule) && readme.contains("--chaos 8`"), "{readme}");
    let letters: Vec<Vec<u8>> = small.world.play().unwrap().letters.into_iter().map(|(_, written)| written.letter.bytes).collect();
    assert!(!letters.is_empty());
    assert!(replayed(folder.path(), &small) == letters, "other letters than those that were judged");
}

#[test]
fn a_letter_that_is_taken_twice_in_two_forms_is_noticed() {
    let reword = |played: &mut Played| {
        let (at, mut letter) = played.taken[0].clone();
        letter.bytes.push(b'!');
        played.taken.push((at, letter));
    };
    let broken = chaos::draw(QUIET, &BOUNDS).verdict(reword).broken;
    assert!(broken.iter().any(|one| one.rule == "what is heard twice is the same message"), "{broken:?}");
    let again = |played: &mut Played| played.taken.push(played.taken[0].clone());
    assert_eq!(chaos::draw(QUIET, &BOUNDS).verdict(again).broken, []);
}

#[test]
fn a_letter_that_was_queued_and_never_sent_is_missed() {
    let lose = |played: &mut Played| drop(played.taken.pop());
    let broken = chaos::draw(QUIET, &BOUNDS).verdict(lose).broken;
    assert!(broken.iter().any(|one| one.rule == "nothing queued is lost"), "{broken:?}");
    let forget = |played: &mut Played| drop(played.outbox.pop());
    let broken = chaos::draw(QUIET, &BOUNDS).verdict(forget).broken;
    assert!(broken.iter().any(|one| one.rule == "nothing queued is lost"), "{broken:?}");
}
