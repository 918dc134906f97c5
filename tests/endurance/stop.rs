//! A replica that is stopped in the middle of a letter for longer than every limit: another one sends it, and this one does not.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::postgresql::cluster;
use crate::sink::Step;
use crate::world::{Start, World};

/// Longer than an attempt may take, by the limits of the world's configuration and their margins.
const PATIENCE: Duration = Duration::from_secs(230);

#[test]
#[ignore = "takes four minutes: tests/endurance/run.sh"]
fn a_replica_that_was_stopped_for_too_long_leaves_its_letter_to_others() {
    let Some(cluster) = cluster() else { return };
    let Some(mut world) = World::new(Some(cluster.database())) else { return };
    world.plan(4);
    let first = world.start(Start::default());
    world.sink.stop(Step::Data, first.id());
    let began = Instant::now();
    while !world.sink.has_sprung() {
        assert!(began.elapsed() < Duration::from_mins(1), "{}", world.log());
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = world.start(Start { seat: 1, crash: None });
    let wanted = world.wanted().len();
    while world.sink.count() < wanted {
        assert!(began.elapsed() < 2 * PATIENCE, "nobody takes over:\n{}", world.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    let gone = began.elapsed();
    // Before the first one could have gone on by its own limits.
    assert!(gone > Duration::from_mins(1), "a letter under way was taken from its replica after {gone:?}");
    first.signal("CONT");
    std::thread::sleep(Duration::from_secs(10));
    first.stop();
    second.stop();
    let account = Account::of(&world, &BTreeSet::new());
    eprintln!("a replica stopped in a letter for {} s: {account}", gone.as_secs());
    account.must_be_clean();
}
