//! How fast letters go out over one connection, beside what the disk and the wire allow; and what a long queue costs in memory.
//! `cargo test` sends a few and judges connections and memory; `tests/endurance/run.sh` measures, on a machine of its own.

use std::process::Command;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use sqlx::Connection as _;

use crate::world::{Start, World};

/// How many letters wait in `cargo test`.
const FEW: u32 = 500;

/// How many letters wait at length.
const MANY: u32 = 10_000;

/// How many letters one connection carries, as the program has it.
const PER_CONNECTION: u32 = 100;

/// How much more memory may be in use at the end than a tenth of the letters took, in MiB: buffers, and no letters.
const SLACK: u64 = 4;

/// How many commits, and how many messages of another client, are measured.
const SAMPLE: u32 = 2_000;

/// How long all letters may take, however busy the machine is.
const PATIENCE: Duration = Duration::from_mins(10);

/// How many letters wait at length: as many as are asked for, and no fewer than fill ten connections.
fn letters() -> u32 {
    std::env::var("OFFWATCH_ENDURANCE").ok().map_or(MANY, |kills| (kills.parse::<u32>().unwrap() * 20).max(MANY / 10))
}

/// So many a second.
fn rate(count: u32, time: Duration) -> f64 {
    f64::from(count) / time.as_secs_f64()
}

/// How many commits a second outlast a power cut, on the disk of `world`: one connection, one small change each.
fn commits(world: &World) -> f64 {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let path = world.path("commits.db").display().to_string();
        let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{path}?mode=rwc")).await.unwrap();
        let setup = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); \
            INSERT OR IGNORE INTO t VALUES (1, 0)";
        sqlx::raw_sql(setup).execute(&mut database).await.unwrap();
        let began = Instant::now();
        for _ in 0..SAMPLE {
            sqlx::query("UPDATE t SET n = n + 1 WHERE id = 1").execute(&mut database).await.unwrap();
        }
        rate(SAMPLE, began.elapsed())
    })
}

/// How many messages a second Postfix's own client sends to the same server over one connection; none where it is missing.
fn wire(world: &World) -> Option<f64> {
    let (count, port) = (SAMPLE.to_string(), format!("127.0.0.1:{}", world.sink.port));
    let mut source = Command::new("/usr/sbin/smtp-source");
    source.args(["-d", "-l", "3000", "-m", &count, "-s", "1", "-f", "life-0@example.com", "-t", "sink@example.com", &port]);
    let began = Instant::now();
    source.status().is_ok_and(|status| status.success()).then(|| rate(SAMPLE, began.elapsed()))
}

/// A line of what the kernel says of a process, in MiB.
fn memory(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let found = status.lines().find_map(|known| known.strip_prefix(line)?.split_whitespace().nth(1)?.parse::<u64>().ok());
    found.unwrap_or_default() / 1024
}

/// A world in which so many letters wait.
fn waiting(letters: u32) -> Option<World> {
    let mut world = World::of(letters / 2, None)?;
    world.plan(letters / 2);
    world.sink.shut(true);
    // Long enough ago that all are due again by the machine's own clock.
    world.step(-SignedDuration::from_mins(20));
    world.once();
    world.sink.shut(false);
    let waiting = world.outbox().iter().filter(|letter| letter["state"] == "queued").count();
    assert_eq!(waiting, usize::try_from(letters).unwrap());
    Some(world)
}

/// Sends all letters that wait in `world`, tells and judges how, and gives how many went out a second.
fn drain(world: &mut World, letters: u32) -> f64 {
    let refused = world.sink.connections();
    let life = world.start(Start { bare: true, ..Start::default() });
    let began = Instant::now();
    let taken = |count: u32| {
        while world.sink.count() < usize::try_from(count).unwrap() {
            assert!(began.elapsed() < PATIENCE, "{} of {count} letters came\n{}", world.sink.count(), world.log());
            std::thread::sleep(Duration::from_millis(2));
        }
        Instant::now()
    };
    let first = taken(1);
    taken(letters / 10);
    let early = memory(life.id(), "VmRSS");
    let all = taken(letters).duration_since(first);
    let (late, peak) = (memory(life.id(), "VmRSS"), memory(life.id(), "VmHWM"));
    life.stop();
    let speed = rate(letters, all);
    let connections = world.sink.connections() - refused;
    eprintln!(
        "{letters} letters over {connections} connections of {PER_CONNECTION} letters, {} at once: {speed:.0} a second",
        world.sink.most()
    );
    eprintln!("memory with a tenth sent {early} MiB, with all sent {late} MiB, at most {peak} MiB");
    assert_eq!(world.sink.most(), 1, "letters go out over one connection at a time");
    // A round of sending ends after a minute, and its connection with it.
    let least = letters.div_ceil(PER_CONNECTION);
    let most = least + u32::try_from(all.as_secs() / 60).unwrap() + 1;
    assert!((least..=most).contains(&connections), "a connection is used for as long as it may be: {connections}, at least {least}");
    assert!(early > 0 && late <= early * 11 / 10 + SLACK, "memory grows with what was sent: {early} MiB, then {late} MiB");
    speed
}

#[test]
fn letters_that_waited_go_out_over_one_connection_at_a_time_and_memory_does_not_grow() {
    let Some(mut world) = waiting(FEW) else { return };
    drain(&mut world, FEW);
}

#[test]
#[ignore = "a measurement: tests/endurance/run.sh"]
fn letters_a_second() {
    let many = letters();
    let Some(mut world) = waiting(many) else { return };
    let before = commits(&world);
    let speed = drain(&mut world, many);
    let after = commits(&world);
    // Disks that others write to as well are not as fast from one minute to the next.
    let commits = f64::midpoint(before, after);
    let share = speed * 2.0 / commits;
    eprintln!(
        "durable commits: {before:.0} a second before, {after:.0} after; a letter takes two, so the store allows {:.0} letters: {share:.2} of that",
        commits / 2.0
    );
    match wire(&world) {
        Some(wire) => eprintln!("smtp-source to the same server: {wire:.0} a second"),
        None => eprintln!("smtp-source: not installed"),
    }
    assert!(share >= 1.0 / 3.0, "less than a third of what the durable commits of this disk allow went out: {share:.2}");
}
