//! How long the slowest calendars take: each file below `$OFFWATCH_CORPUS`, and bombs made to take for ever.
//! Reads each for a month and for ten years, three times, and prints the shortest time of the slowest ones.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark that cannot set its stage has nothing to measure, and prints what it measures"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use offwatch::calendar::{self, Standing};
use offwatch::window::Window;
use offwatch::zone::Zone;

/// Rules that would go on for ever, or look for what never comes, and files that nest or repeat without end.
fn bombs() -> Vec<(String, Vec<u8>)> {
    let event = |body: &str| format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n{body}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    let rule = |start: &str, rule: &str| (rule.to_owned(), event(&format!("DTSTART:{start}\r\nRRULE:{rule}")).into_bytes());
    let nested = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:X\r\n".repeat(100_000));
    let zones = "BEGIN:VTIMEZONE\r\nTZID:z\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n\
                 RRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    let used = event("DTSTART;TZID=z:20260301T000000").replace("BEGIN:VEVENT", &format!("{zones}BEGIN:VEVENT"));
    vec![
        rule("20200101T000000Z", "FREQ=SECONDLY"),
        rule("19700101T000000Z", "FREQ=SECONDLY"),
        rule("20200101T000000Z", "FREQ=MINUTELY;BYSECOND=0,5,10,15,20,25,30,35,40,45"),
        rule("20200101T000000Z", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
        rule("20200101T000000Z", "FREQ=DAILY;COUNT=2147483647"),
        rule("16010101T000000Z", "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=1;BYDAY=MO"),
        ("100,000 nested components".to_owned(), nested.into_bytes()),
        ("a time zone that changes each second".to_owned(), used.into_bytes()),
    ]
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The shortest of three times of reading `bytes` for the worse of two windows, and how many problems there were.
fn measure(bytes: &[u8]) -> (Duration, usize, Standing) {
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let windows = [("2026-03-01T00:00Z", "2026-04-01T00:00Z"), ("2015-01-01T00:00Z", "2025-01-01T00:00Z")];
    let times = windows.map(|(from, to)| {
        let window = Window::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
        let once = || {
            let began = Instant::now();
            let reading = calendar::read(bytes, window, &zone);
            (began.elapsed(), reading.problems.len(), reading.standing)
        };
        [once(), once(), once()].into_iter().min_by_key(|(time, _, _)| *time).unwrap()
    });
    times.into_iter().max_by_key(|(time, _, _)| *time).unwrap()
}

fn main() {
    for (name, bytes) in bombs() {
        let (time, problems, standing) = measure(&bytes);
        println!("{:8.2} ms  {problems} problems, {standing:?}: {name}", time.as_secs_f64() * 1e3);
    }
    let Ok(corpus) = std::env::var("OFFWATCH_CORPUS") else {
        println!("no files: OFFWATCH_CORPUS is not set");
        return;
    };
    let corpus = PathBuf::from(corpus);
    let mut slowest: Vec<(Duration, PathBuf, usize)> = files(&corpus)
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            (measure(&bytes).0, path, bytes.len())
        })
        .collect();
    slowest.sort();
    let (count, total) = (slowest.len(), slowest.iter().map(|(time, _, _)| *time).sum::<Duration>());
    println!("{count} files, {:.0} ms together; the slowest:", total.as_secs_f64() * 1e3);
    for (time, path, size) in slowest.iter().rev().take(5) {
        println!("{:8.2} ms  {} ({size} bytes)", time.as_secs_f64() * 1e3, path.strip_prefix(&corpus).unwrap().display());
    }
}
