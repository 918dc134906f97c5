//! Feeds under fire: every fault there is, beside calendars that are well. What is due to people goes out all the same,
//! nothing that was known is lost, no secret gets out, and memory stays bounded.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::faults::{self, CANARY, Fault, Step};
use crate::web::Page;
use crate::world::{Clock, MORNING, World, calendar, event, tasks, wait};

/// The feed of tasks as every configuration of these tests has it, before what a test adds.
const FIRST: &str = "[[feed]]\nname = \"tasks\"";

/// What people are told of each fault, as the matrix of all faults has it.
const MATRIX: &str = include_str!("../../src/feeds/tests/snapshots/offwatch__feeds__tests__matrix__http.snap");

/// Whether the copy in force stays through that fault and ages, and what people are told of it; nothing of no such fault.
fn row(fault: &Fault) -> Option<(bool, &'static str)> {
    let row = MATRIX.lines().find(|line| line.split(" | ").next().unwrap().trim() == fault.name)?;
    let mut columns = row.split(" | ").map(str::trim).skip(1);
    Some((columns.next()? == "same, ages", columns.nth(1)?))
}

/// What the matrix has people told of a fault; here nothing is in force.
fn told(fault: &Fault) -> String {
    let unasked = "the server says \"not modified\" though it was not asked that: tell its owner (HTTP 304)";
    if fault.name == "304 as asked" { unasked.to_owned() } else { row(fault).unwrap().1.replace("700ms", "1s") }
}

/// Adds a feed of tasks for each fault. It has a second where nothing else ends the fault, else time enough on any machine.
fn add(world: &World, faults: &[Fault]) {
    let feed = |(number, fault): (usize, &Fault)| {
        let url = world.web.url(&format!("/{number}?token={CANARY}"));
        world.web.put(&format!("/{number}"), Page::Fault(fault.steps.clone()));
        let time = if row(fault).is_some_and(|(_, told)| told.contains("not finished")) { "1s" } else { "60s" };
        format!("[[feed]]\nname = \"fault-{number}\"\nurl = \"{url}\"\nreads = [\"tasks\"]\ntimeout = \"{time}\"\n\n")
    };
    let feeds = faults.iter().enumerate().map(feed).collect::<Vec<_>>().concat();
    world.edit(FIRST, &format!("{feeds}{FIRST}"));
}

/// Puts a calendar with a task of its own in the place of each fault.
fn mend(world: &World, faults: &[Fault]) {
    for number in 0..faults.len() {
        let task = event(&format!("fault-{number}"), "20300108T075000Z", "20300108T085000Z", &format!("ACME: work {number}"));
        world.web.put(&format!("/{number}"), calendar(&[task]));
    }
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
fn each_fault_is_told_as_it_is_and_no_secret_with_it() {
    let Some(clock) = Clock::new(MORNING, 1) else { return };
    let world = World::new();
    let faults = all(&world);
    add(&world, &faults);
    let (code, said) = run(&world, &clock, &["check", "--feeds"]);
    assert_eq!(code, 1, "{said}");
    for (number, fault) in faults.iter().enumerate() {
        let start = said_of(number, &told(fault));
        assert!(said.lines().any(|line| line.starts_with(&start)), "`{start}` is not said in:\n{said}");
    }
}

#[test]
fn all_faults_together_cost_nobody_a_letter_and_lose_nothing_that_was_known() {
    let Some(clock) = Clock::new(MORNING, 1) else { return };
    let later = Clock { start: clock.start + SignedDuration::from_mins(10), ..clock.clone() };
    let (calm, world) = (World::new(), World::new());
    let faults = all(&world);
    for world in [&calm, &world] {
        add(world, &faults);
        mend(world, &faults);
        let (code, said) = run(world, &clock, &["once"]);
        assert_eq!(code, 0, "{said}");
    }
    // What brings another calendar is no loss, and no affair of this test.
    let storm: Vec<(usize, &Fault)> = faults.iter().enumerate().filter(|(_, fault)| row(fault).unwrap().0).collect();
    assert!(storm.len() > 50, "{} faults", storm.len());
    for (number, fault) in &storm {
        world.web.put(&format!("/{number}"), Page::Fault(fault.steps.clone()));
    }
    assert_eq!(run(&calm, &later, &["once"]).0, 0);
    let (code, said) = run(&world, &later, &["once"]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(letters(&world), letters(&calm), "{said}");
    // Its log aside.
    let known = |world: &World| {
        let (_, said) = run(world, &later, &["briefing", "list"]);
        said.lines().filter(|line| line.contains(" UTC  ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(known(&world), known(&calm));
    assert_eq!(known(&world).len(), faults.len() + 2, "each feed's own, and those of the feed that is well");
    let (_, list) = run(&world, &later, &["feeds", "list"]);
    for (number, fault) in storm {
        let (start, told) = (format!("fault-{number}  read "), format!("; failing: {}; next try of a daemon 2030-01-", told(fault)));
        assert!(list.lines().any(|line| line.starts_with(&start) && line.contains(&told)), "`{start}…{told}` is not said in:\n{list}");
    }
}

#[test]
fn a_feed_that_drips_for_its_whole_time_delays_no_letter_and_no_other_feed() {
    // Slow enough for a busy machine: all of it must happen in the quarter of an hour that the feed has.
    let Some(clock) = Clock::new(MORNING, 20) else { return };
    let world = World::new();
    let daemon = world.daemon(Some(&clock));
    let drip = [Step::Say(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n".to_vec()), Step::Drip(b"X")];
    world.web.put("/emergencies.ics", Page::Fault(drip.to_vec()));
    let drips = |heard: &crate::web::Request| heard.status == 0;
    wait("the feed that drips", || world.web.requests("/emergencies.ics").iter().any(drips).then_some(()));
    let fetched = world.web.requests("/tasks.ics").len();
    daemon.says("queued: briefing-request");
    daemon.says_times("queued: escalation", 2);
    wait("another fetch of tasks", || (world.web.requests("/tasks.ics").len() > fetched).then_some(()));
    assert_eq!(world.web.requests("/emergencies.ics").into_iter().filter(drips).count(), 1, "it drips still");
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
    add(&world, &steps.map(|steps| Fault { name: "", steps }));
    let daemon = world.daemon(None);
    daemon.says_times("larger than ", 3);
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    assert!(peak.unwrap() < 200 * 1024, "{peak:?} kB at most were in use");
    daemon.stop();
}
