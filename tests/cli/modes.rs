//! Who may read what is left behind: letters, the state and its companions, the world of the demo. Whatever the umask.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::world::World;

/// Runs the program with a umask that keeps nothing from anybody.
fn openly(world: &World, arguments: &[&str]) -> Command {
    let plain = world.command(arguments);
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "umask 000; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
    command.env_clear().env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}

/// Everything below `folder`, and itself, with its mode.
fn modes(folder: &Path) -> Vec<(String, u32)> {
    let mode = std::fs::metadata(folder).unwrap().permissions().mode() & 0o777;
    let mut found = vec![(folder.display().to_string(), mode)];
    if folder.is_dir() {
        found.extend(std::fs::read_dir(folder).unwrap().flat_map(|entry| modes(&entry.unwrap().path())));
    }
    found
}

/// Refuses what anybody but its owner may touch below these folders, and folders with nothing in them.
#[track_caller]
fn check(world: &World, folders: &[&str]) {
    for folder in folders {
        let found = modes(&world.path(folder));
        assert!(found.len() > 1, "{found:?}");
        let open: Vec<_> = found.iter().filter(|(_, mode)| mode & 0o077 != 0).map(|(path, mode)| format!("{path} {mode:o}")).collect();
        assert!(open.is_empty(), "{open:#?}");
    }
}

#[test]
fn nobody_else_may_read_what_a_turn_leaves_behind() {
    let world = World::new();
    assert!(openly(&world, &["once"]).status().unwrap().success());
    assert_eq!(world.letters().len(), 1);
    check(&world, &["state", "outbox"]);
    assert!(openly(&world, &["outbox", "list", "--all"]).output().unwrap().status.success());
    check(&world, &["state"]);
}

#[test]
fn nobody_else_may_read_what_a_daemon_works_on() {
    let world = World::new();
    let mut daemon = openly(&world, &["run"]).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..1500 {
        if !world.letters().is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // While it runs, with its log and index beside the state.
    check(&world, &["state", "outbox"]);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    check(&world, &["state", "outbox"]);
}

#[test]
fn nobody_else_may_read_what_the_demo_leaves_behind() {
    let world = World::new();
    let demo = world.path("demo");
    let done = openly(&world, &["demo", "--into", demo.to_str().unwrap()]).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    check(&world, &["demo"]);
}

#[test]
fn a_state_that_everybody_could_read_is_closed_and_it_is_said() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    for name in ["offwatch.db", "offwatch.db.lock"] {
        set_permissions(world.path("state").join(name), Permissions::from_mode(0o666)).unwrap();
    }
    let said = world.run(&["once"]);
    said.says(0, &["offwatch.db` was open to everybody; its mode is 660 now", "offwatch.db.lock` was open to everybody"]);
    // Its group is its owner's affair.
    let open: Vec<_> = modes(&world.path("state")).into_iter().filter(|(_, mode)| mode & 0o007 != 0).collect();
    assert!(open.is_empty(), "{open:?}");
    assert!(!world.run(&["once"]).err.contains("open to everybody"));
}
