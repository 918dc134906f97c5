//! How fast letters go out over one connection, beside what the disk and the wire allow; and what a long queue costs in memory.
//! A measurement, and no test: `tests/endurance/run.sh` asks for it.

use std::process::Command;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use sqlx::Connection as _;

use crate::world::{Start, World};

/// How many letters wait.
const LETTERS: u32 = 10_000;

/// How many commits, and how many messages of another client, are measured.
const SAMPLE: u32 = 2_000;

/// So many a second.
fn rate(count: u32, time: Duration) -> f64 {
    f64::from(count) / time.as_secs_f64()
}

/// How many commits a second outlast a power cut, on the disk of `world`: one connection, one small change each.
async fn commits(world: &World) -> f64 {
    let path = world.path("commits.db").display().to_string();
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite:{path}?mode=rwc")).await.unwrap();
    let setup = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); INSERT INTO t VALUES (1, 0)";
    sqlx::raw_sql(setup).execute(&mut database).await.unwrap();
    let began = Instant::now();
    for _ in 0..SAMPLE {
        sqlx::query("UPDATE t SET n = n + 1 WHERE id = 1").execute(&mut database).await.unwrap();
    }
    rate(SAMPLE, began.elapsed())
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

#[test]
#[ignore = "a measurement: tests/endurance/run.sh"]
fn letters_a_second() {
    let mut world = World::of(LETTERS / 2, None).expect("libfaketime is installed");
    world.plan(LETTERS / 2);
    world.sink.shut(true);
    // Long enough ago that all are due again by the machine's own clock.
    world.step(-SignedDuration::from_mins(20));
    world.once();
    world.sink.shut(false);
    let waiting = world.outbox().iter().filter(|letter| letter["state"] == "queued").count();
    assert_eq!(waiting, usize::try_from(LETTERS).unwrap());
    let life = world.start(Start { bare: true, ..Start::default() });
    let taken = |count: u32| {
        while world.sink.count() < usize::try_from(count).unwrap() {
            std::thread::sleep(Duration::from_millis(2));
        }
        Instant::now()
    };
    let first = taken(1);
    taken(LETTERS / 10);
    let early = memory(life.id(), "VmRSS");
    let all = taken(LETTERS).duration_since(first);
    let (late, peak) = (memory(life.id(), "VmRSS"), memory(life.id(), "VmHWM"));
    life.stop();
    let letters = rate(LETTERS, all);
    let commits = tokio::runtime::Runtime::new().unwrap().block_on(commits(&world));
    eprintln!("{LETTERS} letters over one connection: {letters:.0} a second");
    eprintln!(
        "durable commits: {commits:.0} a second; a letter takes two, so the store allows {:.0} letters: {:.2} of that",
        commits / 2.0,
        letters * 2.0 / commits
    );
    if let Some(wire) = wire(&world) {
        eprintln!("smtp-source to the same server: {wire:.0} a second");
    }
    eprintln!("memory with a tenth sent {early} MiB, with all sent {late} MiB, at most {peak} MiB");
}
