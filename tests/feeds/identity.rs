//! UIDs that are shared, repeated or missing: what is one event, and what is not.

use std::process::Command;

use serde_json::Value;

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// Compares what a file says about December with the expected rows.
#[track_caller]
fn check(file: &str, expected: &[&str]) {
    compare(&inspect(&feed(&format!("recurrence/{file}")), DECEMBER).rows(), &expected.join("\n"));
}

#[test]
fn of_two_versions_of_an_event_the_higher_sequence_counts() {
    check(
        "versions",
        &["2026-12-02T09:00Z 1h upgrade@acme ACME: upgrade to 17.4", "! 12 VEVENT upgrade@acme: …older version… passed over"],
    );
}

#[test]
fn two_different_events_with_one_uid_are_both_kept() {
    check(
        "shared_uid",
        &["2026-12-01 2d leave Ada: leave", "2026-12-07 2d leave Grace: leave", "! 11 VEVENT leave: …same UID… both are kept"],
    );
}

#[test]
fn an_exact_copy_is_the_same_event() {
    check("exact_copy", &["2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4", "! 11 VEVENT upgrade@acme: …twice, passed over"]);
}

#[test]
fn of_two_versions_of_an_event_the_higher_sequence_counts_in_any_order_of_the_file() {
    let swapped = String::from_utf8(feed("recurrence/versions")).unwrap().replace("SEQUENCE:2", "SEQUENCE:0");
    compare(
        &inspect(swapped.as_bytes(), DECEMBER).rows(),
        "2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4
        ! 4 VEVENT upgrade@acme: …older version… passed over",
    );
}

/// The tasks that the program sees in a file: their ids, by title.
fn tasks(file: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let configuration = "service.admin = \"ops@example.com\"\nmail = { from = \"offwatch@example.com\", send = \"folder\" }\n\
        [[feed]]\nname = \"tasks\"\npath = \"tasks.ics\"\nreads = [\"tasks\"]\n\
        [[engineer]]\nid = \"ada\"\nname = \"Ada Lovelace\"\nemail = \"ada@example.com\"\n\
        [[account]]\nid = \"acme\"\nname = \"ACME Corp\"\nengineers = [\"ada\"]\nmatch = [\"ACME\"]\n";
    std::fs::write(folder.path().join("offwatch.toml"), configuration).unwrap();
    std::fs::write(folder.path().join("tasks.ics"), feed(file)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_offwatch"));
    let arguments = ["--config", "offwatch.toml", "--format", "json", "briefing", "list", "--at", "2026-12-01T00:00:00Z"];
    let output = command.env_clear().current_dir(folder.path()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let tasks = String::from_utf8(output.stdout).unwrap();
    let task = |line: &str| {
        let task: Value = serde_json::from_str(line).unwrap();
        (task["title"].as_str().unwrap().to_owned(), task["task"].as_str().unwrap().to_owned())
    };
    tasks.lines().map(task).collect()
}

#[test]
fn events_without_uid_are_the_same_events_in_the_next_fetch() {
    // All of them lie on weekends, so that nobody is there and each is listed.
    let (first, next) = (tasks("reading/no_uids"), tasks("reading/no_uids_next"));
    assert_eq!((first.len(), next.len()), (2, 3), "{first:?} {next:?}");
    assert_eq!(first, next[1..], "those that stood there before");
    assert!(next[0].1 != next[1].1 && next[1].1 != next[2].1, "{next:?}");
}
