//! Random worlds from the command line: figures, rows for programs, and what is no range.

use crate::world::World;

/// A few small worlds.
const SMALL: [&str; 12] =
    ["simulate", "--chaos", "0..4", "--days", "15", "--engineers", "3", "--accounts", "3", "--tasks", "6", "--crashes"];

#[test]
fn random_worlds_are_played_and_counted() {
    let world = World::new();
    let run = world.run(&SMALL);
    run.says(0, &["seeds 0..4: 4 worlds, ", " crashes", "changes: ", " letters: ", " only the manager or the last resort heard of in "]);
    assert_eq!(run.err, "", "nothing of a random world stands in the log");
}

#[test]
fn each_random_world_is_a_row_for_programs() {
    let rows = World::new().json(&SMALL);
    let seeds: Vec<u64> = rows.iter().map(|row| row["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds, [0, 1, 2, 3]);
    for row in rows {
        assert!(row["turns"].as_u64() > Some(10) && row["notices"].is_object() && row["changes"].is_object(), "{row}");
        assert_eq!(row["broken"].as_array().map(Vec::len), Some(0), "{row}");
    }
}

#[test]
fn what_asks_for_no_random_world_is_refused() {
    let world = World::new();
    let (from, to) = ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z");
    for (arguments, words) in [
        (&["--chaos", "5..5"][..], "there is no number in it"),
        (&["--chaos", "many"], "`many` is no number"),
        (&["--chaos", "1", "--days", "0"], "0 is not in 1..=366"),
        (&["--chaos", "1", "--engineers", "0"], "0 is not in 1..=200"),
        (&["--chaos", "1", "--from", from, "--to", to], "cannot be used with"),
        (&["--crashes", "--from", from, "--to", to], "cannot be used with"),
        (&["--from", from], "--to"),
        (&[], "--from"),
    ] {
        let arguments: Vec<&str> = ["simulate"].iter().chain(arguments).copied().collect();
        let run = world.run(&arguments);
        assert!(run.code == 2 && run.err.contains(words), "{arguments:?}: {} {}", run.code, run.err);
    }
}
