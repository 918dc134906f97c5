//! Feeds under fire: every fault there is, beside calendars that are well. What is due to people goes out all the same,
//! nothing that was known is lost, no secret gets out, and memory stays bounded.

use std::collections::BTreeMap;

use crate::faults::{self, CANARY, Fault, Step};
use crate::web::Page;
use crate::world::{Clock, MORNING, World, tasks, wait};

/// The feed of tasks as every configuration of these tests has it, before what a test adds.
const FIRST: &str = "[[feed]]\nname = \"tasks\"";

/// What people are told of each fault, as the matrix of all faults has it.
const MATRIX: &str = include_str!("../../src/feeds/tests/snapshots/offwatch__feeds__tests__matrix__http.snap");

/// What the matrix has people told of a fault; here nothing is in force, and each feed has a second.
fn told(fault: &Fault) -> String {
    let row = MATRIX.lines().find(|line| line.split(" | ").next().unwrap().trim() == fault.name);
    let told = row.unwrap().rsplit(" | ").next().unwrap();
    let unasked = "the server says \"not modified\" though it was not asked that: tell its owner (HTTP 304)";
    if fault.name == "304 as asked" { unasked.to_owned() } else { told.trim().replace("700ms", "1s") }
}

/// Adds a feed of emergencies for each fault; each has a second.
fn add(world: &World, faults: Vec<Fault>) {
    let feed = |(number, fault): (usize, Fault)| {
        let url = world.web.url(&format!("/{number}?token={CANARY}"));
        world.web.put(&format!("/{number}"), Page::Fault(fault.steps));
        format!("[[feed]]\nname = \"fault-{number}\"\nurl = \"{url}\"\nreads = [\"emergencies\"]\ntimeout = \"1s\"\n\n")
    };
    let feeds = faults.into_iter().enumerate().map(feed).collect::<Vec<_>>().concat();
    world.edit(FIRST, &format!("{feeds}{FIRST}"));
}

/// Every fault. What they would redirect to is there.
fn all(world: &World) -> Vec<Fault> {
    let good = faults::calendar(&["ACME: nothing"]);
    world.web.put("/good", Page::Calendar(String::from_utf8(good.clone()).unwrap()));
    faults::faults(&good, &world.web.url(""))
}

/// How the line of a feed begins that fails so, or is well.
fn said_of(number: usize, told: &str) -> String {
    if told.is_empty() { format!("fault-{number}  read ") } else { format!("fault-{number}  never read; failing: {told}") }
}

/// The letters in the folder, by recipient and subject.
fn letters(world: &World) -> BTreeMap<String, usize> {
    let mut letters = BTreeMap::new();
    for file in std::fs::read_dir(world.path("outbox")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("canary"), "{text}");
        let head = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        if !head("To: ").contains("admin@") {
            *letters.entry(format!("{} {}", head("To: "), head("Subject: "))).or_default() += 1;
        }
    }
    letters
}

/// Runs the program with everything logged; nothing it says may be a secret.
fn run(world: &World, clock: &Clock, arguments: &[&str]) -> (i32, String) {
    let output = world.command(Some(clock), arguments).env("OFFWATCH_LOG", "trace").output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    let told: Vec<&str> = said.lines().filter(|line| line.contains("canary") || line.contains("127.0.0.1")).collect();
    assert!(told.is_empty(), "{arguments:?}: {told:#?}");
    (output.status.code().unwrap(), said)
}

#[test]
fn all_faults_together_cost_nobody_else_a_letter_and_tell_no_secret() {
    let Some(clock) = Clock::new(MORNING, 1) else { return };
    let calm = World::new();
    assert_eq!(run(&calm, &clock, &["once"]).0, 0);
    let world = World::new();
    let faults = all(&world);
    let told: Vec<String> = faults.iter().map(told).collect();
    add(&world, faults);
    let (code, said) = run(&world, &clock, &["check", "--feeds"]);
    assert_eq!(code, 1, "{said}");
    let told: Vec<String> = told.iter().enumerate().map(|(number, told)| said_of(number, told)).collect();
    for start in &told {
        assert!(said.lines().any(|line| line.starts_with(start)), "`{start}` is not said in:\n{said}");
    }
    let (code, said) = run(&world, &clock, &["once"]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(letters(&world), letters(&calm), "{said}");
    let (_, plan) = run(&world, &clock, &["briefing", "list"]);
    // A second round of failures, and nothing that was known is lost.
    let (code, said) = run(&world, &clock, &["once"]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(letters(&world), letters(&calm), "{said}");
    let known = |said: &str| said.lines().filter(|line| line.contains("acme-1") || line.contains("globex-1")).count();
    assert_eq!(known(&run(&world, &clock, &["briefing", "list"]).1), known(&plan));
    let (_, list) = run(&world, &clock, &["feeds", "list"]);
    for start in &told {
        let line = list.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("`{start}` is not said in:\n{list}"));
        assert!(line.contains("; next try of a daemon 2030-01-"), "{line}");
    }
}

#[test]
fn a_feed_that_drips_for_its_whole_time_delays_no_letter_and_no_other_feed() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let world = World::new();
    let daemon = world.daemon(Some(&clock));
    let drip = [Step::Say(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n".to_vec()), Step::Drip(b"X")];
    let before = world.web.requests("/emergencies.ics").len();
    world.web.put("/emergencies.ics", Page::Fault(drip.to_vec()));
    wait("the feed that drips", || (world.web.requests("/emergencies.ics").len() > before).then_some(()));
    let fetched = world.web.requests("/tasks.ics").len();
    daemon.says("queued: briefing-request");
    daemon.says_times("queued: escalation", 2);
    wait("another fetch of tasks", || (world.web.requests("/tasks.ics").len() > fetched).then_some(()));
    assert_eq!(world.web.requests("/emergencies.ics").len(), before + 1, "it drips still");
    assert!(!daemon.log().contains("not finished"), "{}", daemon.log());
    daemon.stop();
}

#[test]
fn a_feed_that_fails_is_asked_again_before_its_schedule_and_recovers_at_once() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let world = World::new();
    world.edit("fetch = \"*/5 * * * *\"", "fetch = \"0 * * * *\"");
    world.web.put("/tasks.ics", Page::Broken);
    let daemon = world.daemon(Some(&clock));
    wait("three tries", || (world.web.requests("/tasks.ics").len() >= 3).then_some(()));
    let (_, list) = world.run(Some(&daemon.clock()), &["feeds", "list"]);
    assert!(
        list.contains("tasks  never read; failing: the server is in trouble: tell its owner if it lasts (HTTP 500); next try"),
        "{list}"
    );
    world.web.put("/tasks.ics", tasks(""));
    daemon.says("queued: escalation");
    let log = daemon.log();
    assert!(daemon.clock().start < "2030-01-08T01:00:00Z".parse().unwrap(), "before its schedule:\n{log}");
    assert_eq!(world.web.requests("/bob.ics").len(), 1, "a feed that is well is left alone");
    daemon.stop();
}

#[test]
fn endless_bodies_and_bombs_leave_memory_bounded() {
    let world = World::new();
    let head = |more: &str| Step::Say(format!("HTTP/1.1 200 OK\r\n{more}\r\nBEGIN:VCALENDAR\r\n").into_bytes());
    let mut bomb = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    // A gigabyte once unpacked: as many members as that takes.
    bomb.extend(faults::packed(&vec![b' '; 16 << 20]).repeat(64));
    let pour = || Step::Pour(vec![b'B'; 1 << 16]);
    let steps = [vec![head(""), pour()], vec![head("Content-Length: 99999999999\r\n"), pour()], vec![Step::Say(bomb)]];
    add(&world, steps.into_iter().map(|steps| Fault { name: "", steps }).collect());
    let text = std::fs::read_to_string(world.path("offwatch.toml")).unwrap();
    world.write("offwatch.toml", &text.replace("timeout = \"1s\"", "timeout = \"60s\""));
    let daemon = world.daemon(None);
    daemon.says_times("larger than ", 3);
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.unwrap() < 200 * 1024, "{peak:?} kB at most were in use");
    daemon.stop();
}
