//! Copies of the state: taken, put back, refused. A damaged state is told with what to do, and that works.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::world::World;

/// The name of a world's state.
const STATE: &str = "state/offwatch.db";

/// A world in which one letter was sent, and a copy of its state taken after that.
fn check() -> (World, String) {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let copy = world.path("copy.db").display().to_string();
    world.run(&["backup", &copy]).says(0, &["state/offwatch.db", "is copied to", "copy.db"]);
    (world, copy)
}

/// Who may read a file.
fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_copy_is_whole_and_for_its_owner_only_and_no_file_is_written_over() {
    let (world, copy) = check();
    assert_eq!(mode(&world.path("copy.db")), 0o600);
    world.run(&["backup", &copy]).says(2, &["copy.db` exists; give a name that is free"]);
    world.run(&["backup", "/nowhere/copy.db"]).says(1, &["writing `/nowhere/copy.db`: No such file or directory"]);
    let mut daemon = daemon(&world);
    let beside = world.path("beside.db").display().to_string();
    world.run(&["backup", &beside, "--format", "json"]).says(0, &["{\"backup\":\"", "beside.db\"}"]);
    world.run(&["restore", &beside]).says(1, &["is in use by process", "stop that one first"]);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    world.run(&["restore", &beside]).says(0, &["is restored with 1 letters"]);
}

#[test]
fn what_is_put_back_knows_what_was_said_until_then_and_the_former_state_is_kept() {
    let (world, copy) = check();
    world.run(&["briefing", "done", "upgrade-1@acme"]).says(0, &[]);
    let done = world.run(&["briefing", "list"]);
    world
        .run(&["restore", &copy])
        .says(0, &["is restored with 1 letters; the former state is kept as", ".before-2", "may be said once more"]);
    assert_eq!(mode(&world.path(STATE)), 0o600);
    assert_ne!(world.run(&["briefing", "list"]).out, done.out, "the answer came after the copy");
    world.run(&["once"]).says(0, &[]);
    assert_eq!(world.letters().len(), 1, "the letter was sent before the copy was taken");
    // The former one may be put back in turn.
    let folder = std::fs::read_dir(world.path("state")).unwrap().map(|entry| entry.unwrap().path());
    let former =
        folder.into_iter().find(|path| path.to_str().unwrap().contains("db.before-") && path.to_str().unwrap().ends_with('Z')).unwrap();
    world.run(&["restore", former.to_str().unwrap()]).says(0, &["is restored"]);
    assert_eq!(world.run(&["briefing", "list"]).out, done.out);
}

/// A daemon that has opened its state.
fn daemon(world: &World) -> Child {
    let daemon = world.daemon();
    let began = Instant::now();
    while !world.path(&format!("{STATE}-wal")).exists() {
        assert!(began.elapsed() < Duration::from_mins(1), "the daemon does not open its state");
        std::thread::sleep(Duration::from_millis(10));
    }
    daemon
}

/// A daemon killed after somebody said something that stands in the state's log alone.
fn kill_with_a_log(world: &World) {
    let mut daemon = daemon(world);
    world.run(&["briefing", "done", "upgrade-1@acme"]).says(0, &[]);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    assert!(std::fs::metadata(world.path(&format!("{STATE}-wal"))).unwrap().len() > 0);
}

/// The files beside a state, by the end of their names.
fn beside(world: &World) -> Vec<String> {
    let names = std::fs::read_dir(world.path("state")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_prefix("offwatch.db").map(str::to_owned)).collect()
}

#[test]
fn a_log_that_was_left_behind_does_not_come_over_what_is_put_back() {
    let (world, copy) = check();
    let before = world.run(&["briefing", "list"]);
    kill_with_a_log(&world);
    std::fs::remove_file(world.path(STATE)).unwrap();
    let restored = world.run(&["restore", &copy]);
    restored.says(0, &["is restored with 1 letters"]);
    assert!(!restored.out.contains("former"), "there was none: {restored:?}");
    assert_eq!(world.run(&["briefing", "list"]).out, before.out, "the answer came after the copy");
    assert!(beside(&world).iter().any(|name| name.starts_with(".before-") && name.ends_with("-wal")), "{:?}", beside(&world));
}

#[test]
fn what_stands_in_a_log_alone_is_kept_with_the_former_state_and_put_back_with_a_copied_one() {
    let (world, copy) = check();
    kill_with_a_log(&world);
    let copied = world.path("copied.db");
    for part in ["", "-wal"] {
        std::fs::copy(world.path(&format!("{STATE}{part}")), format!("{}{part}", copied.display())).unwrap();
    }
    world.run(&["restore", &copy]).says(0, &["the former state is kept as"]);
    let done = |what: &str| world.run(&["briefing", "list"]).out.contains("written") || panic!("{what} lacks the answer");
    assert!(!world.run(&["briefing", "list"]).out.contains("written"));
    let former = beside(&world).into_iter().find(|name| name.starts_with(".before-") && name.ends_with('Z')).unwrap();
    world.run(&["restore", &format!("{}{former}", world.path(STATE).display())]).says(0, &["is restored with 1 letters"]);
    assert!(done("the former state"));
    world.run(&["restore", &copy]).says(0, &[]);
    world.run(&["restore", copied.to_str().unwrap()]).says(0, &["is restored with 1 letters"]);
    assert!(done("a copied state"));
}

#[test]
fn a_state_behind_a_link_is_put_back_where_it_lies() {
    let (world, copy) = check();
    let elsewhere = world.path("elsewhere.db");
    std::fs::rename(world.path(STATE), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, world.path(STATE)).unwrap();
    world.run(&["restore", &copy]).says(0, &["is restored with 1 letters; the former state is kept as", "elsewhere.db.before-"]);
    assert!(world.path(STATE).is_symlink());
}

#[test]
fn a_damaged_state_is_refused_with_what_to_do_and_that_helps() {
    let (world, copy) = check();
    for damage in ["this is no database. ".repeat(500).into_bytes(), damaged(&world.path("copy.db"))] {
        for beside in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(world.path(&format!("{STATE}{beside}")));
        }
        std::fs::write(world.path(STATE), &damage).unwrap();
        for command in [&["once"][..], &["run"], &["outbox", "list"]] {
            world.run(command).says(1, &["is damaged or no database", "`offwatch restore FILE` puts a backup in its place"]);
        }
        world.run(&["restore", &copy]).says(0, &["is restored with 1 letters"]);
        world.run(&["once"]).says(0, &[]);
        assert_eq!(world.letters().len(), 1);
    }
}

/// A state in whose middle other bytes stand.
fn damaged(state: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(state).unwrap();
    let middle = bytes.len() / 2;
    bytes.iter_mut().skip(4096).take(middle).for_each(|byte| *byte ^= 0x5a);
    bytes
}

#[test]
fn what_is_no_backup_is_refused_and_the_state_stays_as_it_was() {
    let (world, _copy) = check();
    let before = world.run(&["outbox", "list", "--all"]).out;
    world.write("garbage.db", &"no database ".repeat(1000));
    std::fs::write(world.path("damaged.db"), damaged(&world.path("copy.db"))).unwrap();
    for (file, words) in [("garbage.db", "is no backup"), ("damaged.db", "is no backup")] {
        world.run(&["restore", world.path(file).to_str().unwrap()]).says(1, &[words]);
        assert_eq!(world.run(&["outbox", "list", "--all"]).out, before);
    }
    world.run(&["restore", "/nowhere/copy.db"]).says(2, &["there is no file `/nowhere/copy.db`"]);
    let left: Vec<_> = std::fs::read_dir(world.path("state")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().contains("restoring")), "{left:?}");
}

#[test]
fn a_state_on_a_server_is_copied_by_its_own_tools() {
    let world = World::new();
    world.edit("[service]", "[service]\nstate = \"postgres://offwatch@localhost/offwatch\"");
    world.run(&["backup", "copy.db"]).says(1, &["`pg_dump` copies it"]);
    world.write("copy.db", "");
    world.run(&["restore", world.path("copy.db").to_str().unwrap()]).says(1, &["`pg_restore` puts a dump of it back"]);
}
