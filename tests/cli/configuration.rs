//! What the program says to a configuration, and to a command line that cannot be understood.

use std::path::Path;

use crate::world::{World, run};

#[test]
fn both_shipped_configurations_are_good() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    run(&folder.join("offwatch.toml"), &["check"]).says(0, &["is good: engineers 3, accounts 2, feeds 6", "time zones by tzdata"]);
    run(&folder.join("minimal.toml"), &["check"]).says(0, &["is good: engineers 1, accounts 1, feeds 1"]);
}

#[test]
fn a_bad_configuration_is_78_with_file_line_and_column() {
    let world = World::new();
    world.edit("settle = \"0m\"", "setle = \"0m\"");
    for command in ["check", "once", "plan", "run"] {
        let run = world.run(&[command]);
        run.says(78, &["offwatch.toml:10:1  ", "`setle`", "did you mean `settle`?"]);
        assert_eq!(run.out, "", "{command}");
    }
    assert!(!world.path("state").exists(), "a bad configuration makes no state");
}

#[test]
fn a_missing_configuration_is_78() {
    run(Path::new("/nowhere/offwatch.toml"), &["once"]).says(78, &["/nowhere/offwatch.toml", "cannot be read"]);
}

#[test]
fn a_secret_that_cannot_be_read_is_78() {
    let world = World::sending(
        "send = \"smtp\"\nhost = \"127.0.0.1\"\ntls = \"none\"\nusername = \"offwatch\"\npassword_file = \"no-such-secret\"",
    );
    world.run(&["once"]).says(78, &["offwatch.toml:11:", "no-such-secret"]);
}

#[test]
fn an_instant_without_its_zone_is_refused() {
    let world = World::new();
    for command in [["plan"].as_slice(), &["availability"], &["briefing", "list"], &["preview", "key"]] {
        let run = world.run(&[command, &["--at", "2026-12-01T09:00"]].concat());
        run.says(2, &["`2026-12-01T09:00` is no instant", "write an instant with its zone, such as 2026-12-01T09:00:00Z"]);
    }
}

#[test]
fn a_span_that_ends_before_it_begins_is_refused() {
    let world = World::new();
    let run = world.run(&["simulate", "--from", "2026-12-02T00:00:00Z", "--to", "2026-12-01T00:00:00Z"]);
    run.says(2, &["the span ends (2026-12-01T00:00:00Z) before it begins (2026-12-02T00:00:00Z)"]);
}

#[test]
fn a_state_folder_that_cannot_be_written_to_is_named() {
    let world = World::new();
    // Nobody may make a folder there, not even root.
    world.edit("[service]", "[service]\nstate = \"sqlite:/sys/offwatch/offwatch.db\"");
    world.run(&["once"]).says(1, &["the state `/sys/offwatch/offwatch.db", "cannot be written to", "belong to the user offwatch runs as"]);
    assert_eq!(world.letters().len(), 0, "nothing is sent that could not be written down");
}

#[test]
fn the_reading_commands_make_no_state() {
    let world = World::new();
    for command in [["plan"].as_slice(), &["availability"], &["briefing", "list"], &["outbox", "list"], &["feeds", "list"]] {
        world.run(command).says(0, &[]);
        assert!(!world.path("state").exists(), "{command:?}");
    }
    world.run(&["briefing", "done", "upgrade-1@acme"]).says(1, &["there is no state", "`offwatch once` makes it"]);
}
