//! The daemon as a service: settings taken and refused, one at a time, and what systemd hears.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::faults::Step;
use crate::web::Page;
use crate::world::{Daemon, World, message, tasks, wait};

#[test]
fn a_good_new_file_is_taken_and_a_bad_one_leaves_the_old_in_force() {
    let world = World::new();
    let daemon = world.daemon(None);
    world.web.put("/elsewhere.ics", tasks(""));
    world.edit("/tasks.ics?", "/elsewhere.ics?");
    let (code, said) = world.run(None, &["reload"]);
    assert_eq!(code, 0, "{said}");
    daemon.says("the new settings are in force");
    wait("a fetch from the new address", || (!world.web.requests("/elsewhere.ics").is_empty()).then_some(()));

    world.edit("[[engineer]]\nid = \"bob\"", "[[engineer]]\nid = \"bob\"\nhouers = 1");
    let (code, said) = world.run(None, &["reload"]);
    assert_eq!(code, 78, "{said}");
    assert!(said.contains("did you mean `hours`"), "{said}");
    assert!(!daemon.log().contains("the old settings"), "a bad file is not even handed on");
    daemon.signal("HUP");
    daemon.says("the old settings stay in force");
    assert!(daemon.log().contains("houers"), "{}", daemon.log());

    world.edit("\nhouers = 1", "");
    daemon.signal("HUP");
    daemon.says_times("the new settings are in force", 2);
    daemon.stop();
}

#[test]
fn a_second_daemon_on_the_same_state_is_refused() {
    let world = World::new();
    let daemon = world.daemon(None);
    for command in ["run", "once"] {
        let (code, said) = world.run(None, &[command]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(&format!("is in use by process {}; stop that one first", daemon.id())), "{said}");
    }
    daemon.stop();
    let (code, said) = world.run(None, &["reload"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("no daemon runs"), "{said}");
}

/// What stands in for systemd.
struct Ears(UnixDatagram);

impl Ears {
    /// Hears what a daemon of `world` says to `notify`.
    fn on(world: &World) -> Self {
        let socket = UnixDatagram::bind(world.path("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        Self(socket)
    }

    /// All messages up to the first with a line that begins so.
    fn hear(&self, wanted: &str) -> Vec<String> {
        let mut heard = Vec::new();
        loop {
            let received = message(&self.0);
            assert!(received.is_ok(), "no {wanted} after {heard:?}: {received:?}");
            let message = String::from_utf8(received.unwrap()).unwrap();
            let found = message.lines().any(|line| line.starts_with(wanted));
            heard.push(message);
            if found {
                return heard;
            }
        }
    }
}

#[test]
fn a_feed_that_hangs_and_was_never_tried_makes_the_start_longer_and_not_fail() {
    let world = World::new();
    world.web.put("/emergencies.ics", Page::Fault(vec![Step::Silence]));
    world.edit("reads = [\"emergencies\"]\ntimeout = \"15m\"", "reads = [\"emergencies\"]\ntimeout = \"8s\"");
    let ears = Ears::on(&world);
    let mut command = world.command(None, &["run"]);
    command.env("NOTIFY_SOCKET", world.path("notify"));
    let daemon = Daemon::start(command, None);
    let first = ears.hear("EXTEND_TIMEOUT_USEC=");
    assert!(first.iter().all(|message| !message.contains("READY=1")), "{first:?}");
    let rest = ears.hear("READY=1");
    assert!(daemon.log().contains("not finished after 8s"), "{rest:?}\n{}", daemon.log());
    daemon.stop();
}

#[test]
fn systemd_hears_of_the_start_the_health_a_reload_and_the_end() {
    let world = World::new();
    let ears = Ears::on(&world);
    let hear = |wanted: &str| ears.hear(wanted);
    let mut command = world.command(None, &["run"]);
    command.env("NOTIFY_SOCKET", world.path("notify")).env("WATCHDOG_USEC", "4000000");
    let mut daemon = Daemon::start(command, None);
    hear("READY=1");
    hear("STATUS=3 feeds, 0 failing");
    let began = std::time::Instant::now();
    hear("WATCHDOG=1");
    hear("WATCHDOG=1");
    hear("WATCHDOG=1");
    assert!(began.elapsed() < Duration::from_secs(30), "the watchdog went hungry");
    daemon.signal("HUP");
    let reload = hear("RELOADING=1");
    assert!(reload.last().unwrap().contains("MONOTONIC_USEC="), "{reload:?}");
    hear("READY=1");
    daemon.signal("TERM");
    hear("STOPPING=1");
    assert_eq!(daemon.ends(), Some(0));
}
