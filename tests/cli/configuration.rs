//! What the program says to a configuration, and to a command line that cannot be understood.

use std::path::Path;

use crate::world::{Run, World, bare, run};

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
fn a_configuration_that_lies_nowhere_is_told_with_what_to_do() {
    let hint = |run: Run| run.err.contains("`--config FILE`") && run.err.contains("`offwatch demo`");
    for command in ["plan", "check"] {
        // Where offwatch is installed there is nothing to hint at.
        assert_eq!(hint(bare(&[command])), !Path::new("/etc/offwatch/offwatch.toml").exists(), "{command}");
        assert!(!hint(run(Path::new("/nowhere/offwatch.toml"), &[command])), "{command}: they know how to say where it is");
    }
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

#[test]
fn the_help_of_each_command_documents_what_programs_read() {
    let world = World::new();
    let documented = [
        (["plan"].as_slice(), "hold kind person task subject why"),
        (&["explain"], "said held coming tasks person at roles role account engineer lists"),
        (&["availability"], "engineer at available until next reason zone"),
        (&["briefing", "done"], "task uid recurrence_id state by note at"),
        (&["briefing", "list"], "task uid recurrence_id account title start state writer deadline"),
        (&["preview"], "subject to text"),
        (&["outbox", "list"], "number key to engineer subject state queued due tries last_answer maybe_twice useful_until done notices"),
        (&["send-test"], "to outcome answer hint"),
    ];
    for (command, fields) in documented {
        let run = world.run(&[command, &["--help"]].concat());
        run.says(0, &["With `--format json`, one object"]);
        let fields: Vec<String> = fields.split(' ').map(|field| format!("\"{field}\"")).collect();
        run.says(0, &fields.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
