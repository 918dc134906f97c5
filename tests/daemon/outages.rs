//! What happens when mail servers and calendars fail, and when they come back.

use crate::faults::Step;
use crate::post;
use crate::web::Page;
use crate::world::{Clock, MORNING, World, calendar, tasks, wait};

#[test]
fn letters_wait_for_a_mail_server_that_is_down_and_the_log_says_so_once() {
    let Some(clock) = Clock::new("2030-01-08T00:17:00Z", 60) else { return };
    let mut world = World::new();
    let door = post::ClosedDoor::start();
    let port = door.port;
    world.write("offwatch.toml", &world.configuration("smtp", port, "ca.pem"));
    let daemon = world.daemon(Some(&clock));
    daemon.says("mail is halted: ");
    daemon.reaches("2030-01-08T00:26:00Z");
    let minutes = usize::try_from(daemon.clock().start.duration_since(clock.start).as_mins()).unwrap();
    let knocks = door.knocks();
    assert!((3..=minutes + 2).contains(&knocks), "{knocks} tries in {minutes} minutes:\n{}", daemon.log());
    assert_eq!(daemon.log().matches("mail is halted: ").count(), 1, "{}", daemon.log());
    drop(door);
    let _ = std::fs::create_dir(world.path("mail"));
    if !world.open_post(&clock, port, &[]) {
        return;
    }
    // The server's authority is another than the one the daemon knows.
    daemon.signal("HUP");
    for (kind, to) in [("escalation", "manager@example.com"), ("briefing-request", "ada@example.com"), ("escalation", "last@example.com")] {
        world.letter(kind, to);
    }
    daemon.says("mail is no longer halted");
    assert_eq!(world.letters().len(), 3, "{}", daemon.log());
    daemon.stop();
}

#[test]
fn a_refused_login_halts_mail_until_the_password_is_right() {
    let Some(clock) = Clock::new(MORNING, 1) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    world.write("password", "guess");
    let daemon = world.daemon(Some(&clock));
    daemon.says("mail is halted: logging in: 535");
    assert!(!daemon.log().contains("guess"), "{}", daemon.log());
    world.write("password", post::PASSWORD);
    let (code, said) = world.run(None, &["reload"]);
    assert_eq!(code, 0, "{said}");
    daemon.says("mail is no longer halted");
    assert_eq!(world.letter("escalation", "manager@example.com").automatic, "auto-generated");
    daemon.stop();
}

#[test]
fn a_calendar_that_fails_leaves_its_last_copy_in_force_and_the_admin_is_told() {
    let Some(clock) = Clock::new("2030-01-08T00:08:00Z", 60) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let daemon = world.daemon(Some(&clock));
    world.web.put("/tasks.ics", Page::Broken);
    let first = wait("a failing fetch", || world.web.requests("/tasks.ics").iter().position(|heard| heard.status == 500));
    // How many good ones came before is a matter of the machine.
    assert!(first > 0, "it had a good copy");
    world.web.put("/tasks.ics", Page::Html);
    let alert = world.letter("feed-alert", "admin@example.com");
    assert!(alert.text.contains("tasks"), "{}", alert.text);
    for (kind, to) in [("briefing-request", "ada@example.com"), ("escalation", "last@example.com")] {
        let letter = world.letter(kind, to);
        assert!(letter.text.contains("upgrade") || letter.text.contains("migration"), "{}", letter.text);
    }
    assert!(daemon.log().contains("500"), "{}", daemon.log());
    world.web.put("/tasks.ics", tasks(""));
    let told = |heard: &post::Letter| heard.kind.contains("feed-alert");
    wait("word of the end", || (world.letters().iter().filter(|letter| told(letter)).count() == 2).then_some(()));
    daemon.stop();
}

#[test]
fn a_calendar_that_lost_its_events_is_held_back_until_the_admin_accepts_it_beside_the_daemon() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let world = World::new();
    let daemon = world.daemon(Some(&clock));
    world.web.put("/tasks.ics", calendar(&[]));
    daemon.says("held back, it lacks 2 of 2 future events");
    daemon.says_times("queued: feed-alert", 1);
    let (code, said) = world.run(Some(&daemon.clock()), &["feeds", "accept", "tasks"]);
    assert_eq!(code, 0, "{said}");
    daemon.says_times("queued: feed-alert", 2);
    let (code, said) = world.run(Some(&daemon.clock()), &["feeds", "accept", "tasks"]);
    assert!(code == 1 && said.contains("nothing is held back of feed `tasks`"), "{said}");
    // From now on the daemon asks whether what was accepted has changed.
    let asked = world.web.requests("/tasks.ics").len();
    wait("two more fetches", || (world.web.requests("/tasks.ics").len() >= asked + 2).then_some(()));
    let statuses: Vec<u16> = world.web.requests("/tasks.ics").iter().map(|request| request.status).collect();
    assert!(statuses.ends_with(&[304]), "{statuses:?}");
    assert_eq!(daemon.log().matches("held back, it lacks").count(), 1, "{}", daemon.log());
    let (_, said) = world.run(Some(&daemon.clock()), &["briefing", "list"]);
    assert!(!said.contains("acme-1") && !said.contains("upgrade"), "{said}");
    daemon.stop();
}

#[test]
fn no_log_level_tells_a_secret() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let mut command = world.command(Some(&clock), &["run"]);
    command.env("OFFWATCH_LOG", "trace");
    let daemon = crate::world::Daemon::start(command, Some(&clock));
    daemon.says("sent: 1");
    world.web.put("/tasks.ics", Page::Broken);
    world.web.put("/emergencies.ics", Page::Html);
    daemon.says("500");
    world.letter("escalation", "last@example.com");
    let heard = world.web.requests("/emergencies.ics");
    assert_eq!(heard[0].authorization, Some(format!("Bearer {}", crate::world::TOKEN)));
    assert!(world.web.requests("/tasks.ics")[0].path.contains("canary-of-the-query"));
    let log = daemon.log();
    // What the login looks like on the wire, in full or in part.
    let encoded = ["Y2FuYXJ5LW9m", "NhbmFyeS1vZ", "jYW5hcnktb2"];
    let told: Vec<&str> = log.lines().filter(|line| line.contains("canary") || encoded.iter().any(|part| line.contains(part))).collect();
    assert!(told.is_empty(), "{told:#?}");
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the level was not taken");
    daemon.stop();
}

#[test]
fn a_server_that_wants_to_be_left_alone_is_by_every_start_reload_and_turn() {
    let world = World::new();
    assert_eq!(world.run(None, &["once"]).0, 0);
    let busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 7200\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    world.web.put("/tasks.ics", Page::Fault(vec![Step::Say(busy.to_vec())]));
    let asked = |path: &str| world.web.requests(path).len();
    for turn in 2..4 {
        assert_eq!(world.run(None, &["once"]).0, 1, "a feed fails");
        assert_eq!((asked("/tasks.ics"), asked("/bob.ics")), (2, turn));
    }
    let daemon = world.daemon(None);
    daemon.says("ready: ");
    assert_eq!(world.run(None, &["reload"]).0, 0);
    daemon.says("the new settings are in force");
    wait("the others", || (asked("/bob.ics") >= 5).then_some(()));
    assert_eq!(asked("/tasks.ics"), 2, "{}", daemon.log());
    // Another address has asked for nothing.
    world.web.put("/elsewhere.ics", tasks(""));
    world.edit("/tasks.ics?", "/elsewhere.ics?");
    assert_eq!(world.run(None, &["reload"]).0, 0);
    wait("the new address", || (asked("/elsewhere.ics") > 0).then_some(()));
    daemon.stop();
}
