//! A database server that is gone and comes back under a daemon that runs.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::postgresql::own_cluster;
use crate::world::{Start, World};

/// Waits until the world's log has more lines with those words than before.
#[track_caller]
fn hear(world: &World, words: &str, times: usize) {
    let began = Instant::now();
    while world.log().matches(words).count() < times {
        assert!(began.elapsed() < Duration::from_mins(1), "`{words}` was not said {times} times:\n{}", world.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_daemon_outlives_its_database_server_and_says_everything_once() {
    let Some(cluster) = own_cluster() else { return };
    let Some(mut world) = World::new(Some(cluster.database())) else { return };
    world.sink.pace(20);
    let life = world.start(Start::default());
    hear(&world, "ready: ", 1);
    for time in 1..=3 {
        world.plan(4);
        life.signal("HUP");
        let before = world.sink.count();
        let began = Instant::now();
        while world.sink.count() < before + 3 {
            assert!(began.elapsed() < Duration::from_mins(1), "it sends nothing:\n{}", world.log());
            std::thread::sleep(Duration::from_millis(5));
        }
        // In the middle of the letters.
        cluster.stop();
        hear(&world, "tried again, nothing is lost", time);
        cluster.start();
        world.plan(4);
        life.signal("HUP");
        hear(&world, "the new settings are in force", 2 * time);
    }
    life.stop();
    world.drain();
    // An answer that cannot be written down is kept until it can.
    let account = Account::of(&world, &BTreeSet::new());
    eprintln!("a database server gone and back three times: {account}");
    account.must_be_whole(0);
}
