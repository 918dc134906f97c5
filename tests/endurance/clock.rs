//! A clock that is set forward and back while the daemon runs, by seconds and by hours.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::SignedDuration;

use crate::account::Account;
use crate::world::{Start, World};

#[test]
fn whatever_the_clock_does_each_letter_goes_out_once() {
    let Some(mut world) = World::new(None) else { return };
    let life = world.start(Start::default());
    let began = Instant::now();
    while !world.log().contains("ready: ") {
        assert!(began.elapsed() < Duration::from_mins(1), "{}", world.log());
        std::thread::sleep(Duration::from_millis(10));
    }
    for step in [-5, 90, -3600, 7200, -10_800, 3600, 3600, -1, 3601, -7200, 86_400 / 4] {
        world.plan(2);
        world.step(SignedDuration::from_secs(step));
        life.signal("HUP");
        let wanted = world.wanted().len();
        let began = Instant::now();
        while world.sink.count() < wanted {
            let why = || [world.log(), world.ask(&["feeds", "list"]), world.ask(&["plan", "--days", "1"])].join("\n");
            assert!(began.elapsed() < Duration::from_mins(1), "nothing comes after a step of {step} s:\n{}", why());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    life.stop();
    let account = Account::of(&world, &BTreeSet::new());
    eprintln!("a clock set eleven times, by up to six hours: {account}");
    account.must_be_clean();
}

#[test]
fn a_clock_that_was_a_year_ahead_when_all_began_silences_nobody() {
    let Some(mut world) = World::new(None) else { return };
    let year = SignedDuration::from_hours(24 * 365);
    world.step(year);
    world.plan(4);
    world.once();
    assert_eq!(world.sink.count(), 0, "all of them were long over");
    world.step(-year);
    world.plan(4);
    world.drain();
    let account = Account::of(&world, &BTreeSet::new());
    eprintln!("a clock that was a year ahead when all began: {account}");
    account.must_be_clean();
}

#[test]
fn a_clock_that_is_two_years_ahead_for_a_while_makes_nothing_forgotten() {
    let Some(mut world) = World::new(None) else { return };
    world.plan(4);
    world.drain();
    let answer = |world: &World| world.ask(&["briefing", "list"]).lines().find(|line| line.contains("T00001")).map(str::to_owned);
    world.ask(&["briefing", "done", "T00001"]);
    let said = answer(&world);
    assert!(said.as_ref().is_some_and(|said| said.contains("written")), "{said:?}");
    let years = SignedDuration::from_hours(24 * 730);
    world.step(years);
    world.once();
    world.once();
    world.step(-years);
    world.plan(2);
    world.drain();
    assert_eq!(answer(&world), said);
    let account = Account::of(&world, &BTreeSet::new());
    eprintln!("a clock that was two years ahead for a while: {account}");
    account.must_be_clean();
}
