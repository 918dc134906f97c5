//! KILL at random moments of a life: on a file, on a server, and among three replicas, of which others are stopped.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::account::Account;
use crate::postgresql::cluster;
use crate::world::{Start, World};

/// How many kills a run has: few in `cargo test`.
pub(crate) fn kills() -> u32 {
    std::env::var("OFFWATCH_ENDURANCE").ok().map_or(20, |kills| kills.parse().unwrap())
}

/// Numbers that look random and are the same in each run (a linear congruential generator, Knuth's MMIX).
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice that fall like that.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Kills one daemon after the other, and tells what it came to.
fn check(world: Option<World>, seed: u64) -> Option<Account> {
    let mut world = world?;
    let mut dice = Dice::new(seed);
    let mut crashed = BTreeSet::new();
    world.sink.pace(8);
    for _ in 0..kills() {
        world.plan(4);
        let life = world.start(Start::default());
        // From before it has opened its state to well after it has sent everything.
        std::thread::sleep(Duration::from_millis(dice.below(900)));
        crashed.insert(life.number);
        life.kill();
    }
    world.sink.pace(0);
    world.drain();
    Some(Account::of(&world, &crashed))
}

#[test]
fn on_a_file_nothing_is_lost_and_nothing_said_twice() {
    let Some(account) = check(World::new(None), 1) else { return };
    eprintln!("kills at random, a file: {account}");
    account.must_be_clean();
}

#[test]
fn on_a_server_nothing_is_lost_and_nothing_said_twice() {
    let Some(cluster) = cluster() else { return };
    let Some(account) = check(World::new(Some(cluster.database())), 2) else { return };
    eprintln!("kills at random, a server: {account}");
    account.must_be_clean();
}

#[test]
fn three_replicas_of_which_some_are_killed_and_some_are_stopped_say_everything_once() {
    let Some(cluster) = cluster() else { return };
    let Some(mut world) = World::new(Some(cluster.database())) else { return };
    let mut dice = Dice::new(3);
    let mut crashed = BTreeSet::new();
    world.sink.pace(8);
    world.plan(4);
    let mut lives: Vec<_> = (0..3).map(|seat| world.start(Start { seat, ..Start::default() })).collect();
    let mut stopped: Option<usize> = None;
    for _ in 0..kills() {
        world.plan(4);
        std::thread::sleep(Duration::from_millis(dice.below(500)));
        let (killed, other) = (usize::try_from(dice.below(3)).unwrap(), usize::try_from(dice.below(3)).unwrap());
        if let Some(stopped) = stopped.take() {
            lives[stopped].signal("CONT");
        } else {
            lives[other].signal("STOP");
            stopped = Some(other).filter(|other| *other != killed);
        }
        let seat = u32::try_from(killed).unwrap();
        let fresh = std::mem::take(&mut lives);
        let mut fresh: Vec<_> = fresh.into_iter().enumerate().collect();
        let (_, life) = fresh.remove(killed);
        crashed.insert(life.number);
        life.kill();
        lives = fresh.into_iter().map(|(_, life)| life).collect();
        lives.insert(killed, world.start(Start { seat, ..Start::default() }));
        if stopped == Some(killed) {
            stopped = None;
        }
    }
    if let Some(stopped) = stopped {
        lives[stopped].signal("CONT");
    }
    lives.into_iter().for_each(crate::world::Life::stop);
    world.sink.pace(0);
    world.drain();
    let account = Account::of(&world, &crashed);
    eprintln!("kills at random, three replicas, one stopped in turn: {account}");
    account.must_be_clean();
}
