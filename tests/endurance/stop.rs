//! A replica that is stopped in the middle of a letter for longer than every limit: another one sends it, and this one does not.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::postgresql::cluster;
use crate::sink::Step;
use crate::world::{Start, World};

/// For how long a replica keeps a letter that it tries, by the limits of the world's configuration, five seconds for each step: a
/// connection, eleven answers, the message, its dot, and a minute's margin; then once more the dot and a minute.
const LEASE: Duration = Duration::from_secs(195);

/// What may go by between the beginning of an attempt and the moment at which its replica is stopped.
const BEGUN: Duration = Duration::from_secs(5);

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
    let second = world.start(Start { seat: 1, ..Start::default() });
    let wanted = world.wanted().len();
    while world.sink.count() < wanted {
        assert!(began.elapsed() < 2 * LEASE, "nobody takes over:\n{}", world.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    let gone = began.elapsed();
    assert!(gone + BEGUN >= LEASE, "a letter under way was taken from its replica after {gone:?}");
    first.signal("CONT");
    std::thread::sleep(Duration::from_secs(10));
    first.stop();
    second.stop();
    let account = Account::of(&world, &BTreeSet::new());
    eprintln!("a replica stopped in a letter for {} s: {account}", gone.as_secs());
    account.must_be_clean();
}

#[test]
fn one_turn_waits_for_a_feed_that_another_replica_asks_first_and_asks_it_when_that_one_ends() {
    let Some(cluster) = cluster() else { return };
    let url = cluster.database();
    let database = url.split('/').nth(3).unwrap().split('?').next().unwrap().to_owned();
    let Some(mut world) = World::new(Some(url)) else { return };
    world.once();
    // From here on nobody ever knew who is away, and a replica asks.
    cluster.sql(&database, "DELETE FROM feeds; INSERT INTO fetches VALUES ('away', 4711, now() + interval '1 hour')");
    world.plan(4);
    std::thread::scope(|scope| {
        scope.spawn(|| cluster.sql(&database, "SELECT pg_advisory_lock(28535, 4711); SELECT pg_sleep(3)"));
        let began = Instant::now();
        while cluster.sql(&database, "SELECT count(*) FROM alive WHERE number = 4711").trim() != "1" {
            assert!(began.elapsed() < Duration::from_mins(1), "that replica does not come to life");
        }
        world.once();
    });
    let account = Account::of(&world, &BTreeSet::new());
    eprintln!("one turn beside a replica that asks: {account}");
    account.must_be_clean();
}
