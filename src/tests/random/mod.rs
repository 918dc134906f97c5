//! Random worlds, played to the letter: a second reading of the rules has to agree with everything that was said.
//! Owns how many are played and how a broken promise is shown.

mod calendars;
mod dice;
mod feed;
mod world;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::SignedDuration;
use world::Drawn;

use crate::config::{self, Context};
use crate::oracle::{self, Broken, Heard};
use crate::tests::convert::{self, Played};

/// How many worlds every run of the tests plays.
const WORLDS: u64 = 24;

/// How many worlds are played at the same time.
const AT_ONCE: usize = 2;

/// A world without changes that has letters of every kind.
const QUIET: u64 = 8;

/// How many broken worlds are shown.
const SHOWN: usize = 8;

/// What came of one world.
struct Verdict {
    /// The world.
    drawn: Drawn,
    /// What was heard in it.
    played: Played,
    /// What is wrong with that.
    broken: Vec<Broken>,
}

/// Plays a drawn world.
async fn play(drawn: &Drawn) -> Played {
    let config = config::read(&drawn.toml, "drawn.toml", Path::new("/drawn"), &Context::default());
    let config = Arc::new(config.unwrap_or_else(|problems| panic!("seed {}: {problems}\n{}", drawn.seed, drawn.toml)));
    let feeds = drawn.feeds.iter().map(|feed| (feed.name.parse().unwrap(), feed.recording(drawn.from))).collect();
    convert::play(&config, feeds, drawn.replies.clone(), drawn.from, drawn.until).await
}

/// Plays and judges the world of `seed`.
fn verdict(seed: u64) -> Verdict {
    let drawn = world::draw(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let played = runtime.block_on(play(&drawn));
    let broken = oracle::check(&played.world, &played.heard);
    Verdict { drawn, played, broken }
}

/// The seeds to be played: `OFFWATCH_WORLDS` is how many, or `first..end`.
fn seeds() -> std::ops::Range<u64> {
    #[expect(clippy::disallowed_methods, reason = "a long run is asked for by whoever runs the tests")]
    let asked = std::env::var("OFFWATCH_WORLDS").unwrap_or_default();
    match asked.split_once("..") {
        Some((first, end)) => first.parse().unwrap()..end.parse().unwrap(),
        None if asked.is_empty() => 0..WORLDS,
        None => 0..asked.parse().unwrap(),
    }
}

/// How many notices of a kind were heard, of all whose kind and stage `wanted` takes.
fn count(verdicts: &[Verdict], wanted: impl Fn(&str, Option<&str>) -> bool) -> usize {
    let heard = verdicts.iter().flat_map(|verdict| &verdict.played.heard);
    heard.filter(|notice| wanted(&notice.kind, notice.stage.as_deref())).count()
}

/// What was checked, for people.
fn figures(verdicts: &[Verdict]) -> String {
    let tasks: usize = verdicts.iter().map(|verdict| verdict.drawn.feeds[0].events.len()).sum();
    let letters: usize = verdicts.iter().map(|verdict| verdict.played.letters.len()).sum();
    let turns: usize = verdicts.iter().map(|verdict| verdict.played.turns).sum();
    let moments: usize = verdicts.iter().map(|verdict| verdict.played.world.moments.len()).sum();
    let kind = |wanted: &str| count(verdicts, |kind, _| kind == wanted);
    format!(
        "{} worlds, {tasks} tasks, {turns} turns, {moments} states of knowledge, {letters} letters: {} requests, {} escalations \
         (of these {} to last resorts), {} lists before leave, {} digests",
        verdicts.len(),
        kind("briefing-request"),
        kind("escalation"),
        count(verdicts, |_, stage| stage == Some("last call")),
        kind("before-leave"),
        kind("catch-up")
    )
}

/// Shows the figures to whoever asks for the output of tests.
#[expect(clippy::print_stdout, reason = "the output of a test belongs to the test")]
fn show(figures: &str) {
    println!("{figures}");
}

/// A broken world, for people: what is wrong, what stood in the feeds about it, what was heard of it, who there is.
fn report(verdict: &Verdict) -> String {
    let Verdict { drawn, played, broken } = verdict;
    let mut text = format!("=== seed {}, from {} to {}, {:?}\n", drawn.seed, drawn.from, drawn.until, drawn.changes);
    for one in broken.iter().take(12) {
        writeln!(text, "{} {}: {}", one.at, one.rule, one.what).unwrap();
    }
    let words = broken.iter().take(12).flat_map(|one| one.what.split(|letter: char| !letter.is_alphanumeric() && letter != '-'));
    let named: BTreeSet<&str> = words.collect();
    let is_named = |uid: &str| {
        named.iter().any(|word| *word == uid || word.starts_with("leave") || (named.contains("digest") && uid.starts_with('x')))
    };
    let people: Vec<String> = named.iter().filter_map(|word| word.strip_prefix('e')).map(|id| format!("l{id}-")).collect();
    for event in drawn.feeds.iter().flat_map(|feed| &feed.events) {
        let theirs = people.iter().any(|prefix| event.uid.starts_with(prefix));
        if is_named(&event.uid) || theirs || event.uid.starts_with('h') {
            text += &event.told();
        }
    }
    for (at, task, how) in played.world.answers.iter().filter(|(_, task, _)| is_named(&task.uid)) {
        writeln!(text, "  {at} {how:?} for {task:?}").unwrap();
    }
    for notice in &played.heard {
        let own = notice.uid.as_deref().is_some_and(is_named);
        let list = notice.uids.is_some() && notice.engineer.as_deref().is_some_and(|id| named.contains(id));
        if own || list {
            let (start, stage) = (notice.task_start.map(|start| start.to_string()), notice.stage.as_deref().unwrap_or_default());
            let rest = (notice.uid.as_deref(), start, notice.uids.as_ref());
            writeln!(text, "  heard {} {} to {} {stage} {rest:?}", notice.at, notice.kind, notice.to).unwrap();
        }
    }
    text + &drawn.toml
}

/// Checks that the oracle minds when one notice of the `kind` is `changed`, for some of those in the quiet world.
/// A list that another one could stand for need not be missed: of lists some.
#[track_caller]
fn minds(kind: &str, changed: impl Fn(&mut Vec<Heard>, usize)) {
    let Verdict { played, broken, .. } = verdict(QUIET);
    assert_eq!(broken, []);
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

#[test]
fn random_worlds_keep_the_promises() {
    let seeds = seeds();
    let next = AtomicU64::new(seeds.start);
    let verdicts: Vec<Verdict> = std::thread::scope(|scope| {
        let work = || {
            let mine = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds.end));
            mine.map(verdict).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut wrong: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.broken.is_empty()).collect();
    wrong.sort_by_key(|verdict| (verdict.drawn.changes.len(), verdict.drawn.feeds[0].events.len()));
    let reports: Vec<String> = wrong.iter().take(SHOWN).map(|verdict| report(verdict)).collect();
    let seeds: Vec<u64> = wrong.iter().map(|verdict| verdict.drawn.seed).collect();
    assert!(wrong.is_empty(), "{}\nbroken: {seeds:?}\n{}", figures(&verdicts), reports.join("\n"));
    show(&figures(&verdicts));
    assert!(count(&verdicts, |_, stage| stage == Some("last call")) > 0, "{}", figures(&verdicts));
}
