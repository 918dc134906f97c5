//! What `simulate` refuses: spans, answers and recordings that cannot be meant.

use crate::world::{Run, World, calendar, task};

/// Plays two days around a recording with one task.
fn simulate(world: &World, more: &[&str]) -> Run {
    let span = ["simulate", "--from", "2030-03-04T00:00:00Z", "--to", "2030-03-06T00:00:00Z"];
    world.run(&[&span[..], more].concat())
}

/// A world whose tasks are a recording of these names, all of them the same calendar.
fn recorded(names: &[&str]) -> World {
    let world = World::new();
    world.edit("path = \"tasks.ics\"", "path = \"tasks\"");
    for name in names {
        let text = calendar(&[task("upgrade-1@acme", "2030-03-08".parse().unwrap(), "ACME: upgrade")]);
        world.write(&format!("tasks/{name}"), &text);
    }
    world
}

#[test]
fn a_span_that_ends_before_it_begins_is_refused() {
    let run = World::new().run(&["simulate", "--from", "2030-03-04T00:00:00Z", "--to", "2030-03-03T00:00:00Z"]);
    run.says(2, &["`--to` must be later than `--from`", "the span ends (2030-03-03T00:00:00Z) before it begins (2030-03-04T00:00:00Z)"]);
}

#[test]
fn answers_to_tasks_that_no_recording_shows_are_refused_with_their_lines() {
    let world = recorded(&["2030-03-04T00-00Z.ics"]);
    let answers = "at,uid,recurrence_id,word\n2030-03-04T09:00:00Z,upgrade-1@acme,,done\n2030-03-04T10:00:00Z,upgrade1@acme,,done\n";
    world.write("answers.csv", answers);
    let path = world.path("answers.csv");
    let path = path.to_str().unwrap();
    let run = simulate(&world, &["--briefings", path]);
    run.says(2, &["answers.csv:3: no recording of a tasks feed ever shows the UID `upgrade1@acme`; did you mean `upgrade-1@acme`?"]);
    assert_eq!(run.out, "");
    world.write("answers.csv", "2030-03-04T09:00:00Z,upgrade-1@acme,,done\n");
    simulate(&world, &["--briefings", path]).says(0, &[]);
}

#[test]
fn a_task_that_is_shown_only_later_may_be_answered() {
    let world = recorded(&["2030-03-05T12-00Z.ics"]);
    world.write("answers.csv", "2030-03-05T13:00:00Z,upgrade-1@acme,,done\n");
    let path = world.path("answers.csv");
    simulate(&world, &["--briefings", path.to_str().unwrap()]).says(0, &["the recording begins at 2030-03-05T12:00:00Z, after"]);
}

#[test]
fn files_of_a_recording_that_are_named_oddly_are_told_by_name() {
    let run = simulate(&recorded(&["2030-03-05T00-00Z.ics", "2030-03-04T00-00Z.ics", "monday.ics"]), &[]);
    run.says(0, &["ignored in the recording: `monday.ics` is not named by an instant"]);
}

#[test]
fn a_recording_without_a_usable_file_is_refused() {
    let run = simulate(&recorded(&["monday.ics", "2030-03-04.ics"]), &[]);
    run.says(2, &["feed `tasks`: no file of the recording", "can be used", "`monday.ics` is not named by an instant", "`2030-03-04.ics`"]);
    assert_eq!(run.out, "");
}

#[test]
fn an_empty_recording_is_a_feed_that_never_answers() {
    let world = World::new();
    world.edit("path = \"ada.ics\"", "path = \"ada\"");
    std::fs::create_dir(world.path("ada")).unwrap();
    simulate(&world, &[]).says(0, &["the recording is empty: every fetch fails"]);
}
