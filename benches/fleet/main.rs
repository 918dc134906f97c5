//! The figures of a fleet, in one process: how long turns take on the store in memory or in a file, and how much memory
//! the process has come to hold. `cargo bench --bench fleet -- memory` measures 1,000 engineers with a store in memory,
//! `-- file FILE` with one in a file: once more on the same file it is the start of a program that has run before.
//! `-- board` draws the team's board for 200 engineers, and fails when it has become too slow or too large.
//! `-- write FOLDER ENGINEERS ACCOUNTS TASKS` writes a fleet into a folder for the daemon. Without a word it only says so,
//! that `cargo bench` may run it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot set its stage has nothing to measure, and prints what it measures"
)]

mod stage;
mod world;

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use offwatch::board::{Facts, answer};
use offwatch::cycle::Cycle;
use offwatch::store::{Address, Store};

use world::{LARGE, Size};

/// The team whose board is drawn.
const TEAM: Size = Size { engineers: 200, accounts: 600, tasks: 6000 };

/// The most bytes that its board may have.
const PAGE: usize = 1_000_000;

/// The longest that drawing it may take.
const WAIT: Duration = Duration::from_millis(150);

/// Milliseconds with two digits.
fn millis(took: Duration) -> String {
    format!("{:9.2} ms", took.as_secs_f64() * 1e3)
}

/// What the kernel says of this process's memory, now and at its highest.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    format!("memory {}, at its highest {}", of("VmRSS:"), of("VmHWM:"))
}

/// Takes turns and says how long each took.
async fn turns(store: &Store, size: Size) {
    let config = stage::config(size);
    let mut now = stage::now();
    let began = Instant::now();
    let mut cycle = Cycle::resume(config, store).await.unwrap();
    println!("{}  resuming; {}", millis(began.elapsed()), memory());
    let mut version = 0;
    for step in ["cold", "warm", "warm", "warm", "change", "warm", "change", "warm", "change", "warm"] {
        now += SignedDuration::from_secs(i64::from(step != "cold"));
        if step == "change" {
            version += 1;
            stage::change(&mut cycle, 7, version, now);
        }
        let began = Instant::now();
        let report = cycle.turn(store, now).await.unwrap();
        println!("{}  {step} turn, {} letters; {}", millis(began.elapsed()), report.letters.len(), memory());
    }
}

/// Draws the board ten times and says how long that took and how large it is; neither may outgrow its limit. Of the times the
/// shortest is judged: the others are those of whoever else wanted the core.
async fn board(store: &Store, size: Size) {
    let now = stage::now();
    let mut cycle = Cycle::resume(stage::config(size), store).await.unwrap();
    cycle.turn(store, now).await.unwrap();
    let (past, feeds) = (cycle.past().clone(), cycle.inputs().health());
    let census = store.census(now).await.unwrap();
    let (desk, _) = cycle.preview(now).unwrap();
    let began = Instant::now();
    let facts = Facts::gather(desk.clone(), past, feeds, (census, None), now);
    println!("{}  gathering facts", millis(began.elapsed()));
    let mut shortest = Duration::MAX;
    for _ in 0..10 {
        let began = Instant::now();
        let page = answer("/board", "", &facts).unwrap();
        let took = began.elapsed();
        println!("{}  drawing the board, {} bytes", millis(took), page.html.len());
        assert!(page.html.len() < PAGE, "the board is larger than {PAGE} bytes");
        shortest = shortest.min(took);
    }
    // Without optimization it says nothing of what people wait for.
    assert!(cfg!(debug_assertions) || shortest < WAIT, "drawing the board takes longer than {}", millis(WAIT));
}

/// Writes a fleet into a folder.
fn write(folder: &Path, size: Size) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("offwatch.toml"), world::configuration(size)).unwrap();
    for (name, body) in world::feeds(size) {
        std::fs::write(folder.join(format!("{name}.ics")), body).unwrap();
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["memory"] => runtime.block_on(async {
            let store = Store::memory();
            stage::fill(&store, LARGE).await;
            turns(&store, LARGE).await;
        }),
        ["board"] => runtime.block_on(async {
            let store = Store::memory();
            stage::fill(&store, TEAM).await;
            board(&store, TEAM).await;
        }),
        ["file", path] => runtime.block_on(async {
            let store = Store::open(&Address::File(path.into())).await.unwrap();
            if store.copies().await.unwrap().is_empty() {
                stage::fill(&store, LARGE).await;
            }
            turns(&store, LARGE).await;
        }),
        ["write", folder, engineers, accounts, tasks] => {
            let number = |word: &str| word.parse().unwrap();
            write(Path::new(folder), Size { engineers: number(engineers), accounts: number(accounts), tasks: number(tasks) });
        }
        _ => println!("usage: cargo bench --bench fleet -- memory | board | file FILE | write FOLDER ENGINEERS ACCOUNTS TASKS"),
    }
}
