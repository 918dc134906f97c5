//! Feeds from the command line: one that loses all of its events is held back, shown, and taken on an admin's word.

use serde_json::{Value, json};

use crate::world::{World, calendar, task};

/// A world whose task has vanished after the first turn, and the turn that saw it.
fn emptied() -> World {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    world.write("tasks.ics", &calendar(&[]));
    let what = "held back, it lacks 1 of 1 future events; `offwatch feeds accept tasks` takes it";
    world.run(&["once"]).says(1, &["feed=tasks", what, "to ops@example.com: Feed tasks lacks 1 of 1 future event and is held back"]);
    world
}

/// What `feeds list` tells of the tasks.
fn tasks(world: &World) -> Value {
    world.json(&["feeds", "list"]).into_iter().find(|feed| feed["feed"] == json!("tasks")).unwrap()
}

#[test]
fn a_feed_that_lost_all_is_shown_as_held_and_its_task_stays() {
    let world = emptied();
    assert_eq!(world.json(&["briefing", "list"]).len(), 1, "the task is still there");
    let held = &tasks(&world)["held"];
    assert_eq!((&held["missing"], &held["of"], &held["fetches"]), (&json!(1), &json!(1), &json!(1)));
    let since: jiff::Timestamp = held["since"].as_str().unwrap().parse().unwrap();
    let due: jiff::Timestamp = held["due"].as_str().unwrap().parse().unwrap();
    let wait = due.duration_since(since).as_mins();
    assert!((240..=250).contains(&wait), "fetched every ten minutes, it is taken after four hours: {wait}");
    let words = [" ago, ", &format!("; held back since {since}: it lacks 1 of 1 future events, in 1 fetch; taken by itself at {due}")];
    world.run(&["feeds", "list"]).says(0, &words);
    world.run(&["feeds", "fetch", "tasks"]).says(1, &["in 2 fetches; ", "at once by `offwatch feeds accept tasks`"]);
    assert_eq!(tasks(&world)["held"]["since"], json!(since.to_string()), "it is the same hold");
    assert_eq!(world.letters().len(), 2, "told once");
}

#[test]
fn what_is_held_is_taken_on_an_admins_word_and_only_once() {
    let world = emptied();
    let accepted = world.json(&["feeds", "accept", "tasks"]);
    assert_eq!((&accepted[0]["feed"], &accepted[0]["missing"], &accepted[0]["of"]), (&json!("tasks"), &json!(1), &json!(1)));
    assert_eq!(tasks(&world)["held"], Value::Null);
    world.run(&["feeds", "accept", "tasks"]).says(1, &["nothing is held back of feed `tasks`"]);
    world.run(&["once"]).says(0, &["to ops@example.com: Feed tasks is held back no longer: accepted"]);
    assert_eq!(world.json(&["briefing", "list"]).len(), 0, "the task is gone");
    world.run(&["once"]).says(0, &[]);
}

#[test]
fn a_feed_whose_events_come_back_is_held_no_longer() {
    let world = emptied();
    world.write("tasks.ics", &calendar(&[task("upgrade-1@acme", world.day(3), "ACME: upgrade to 17.4")]));
    world
        .run(&["once"])
        .says(0, &["feed=tasks", "held back no longer: returned", "Feed tasks is held back no longer: its events are back"]);
    assert_eq!(tasks(&world)["held"], Value::Null);
    assert_eq!(world.json(&["briefing", "list"]).len(), 1);
}

#[test]
fn a_feed_that_there_is_not_suggests_the_near_one() {
    let world = World::new();
    let run = world.run(&["feeds", "accept", "task"]);
    run.says(2, &["no feed is named `task`; did you mean `tasks`?; there are tasks, ada"]);
    world.run(&["feeds", "fetch", "adda"]).says(2, &["no feed is named `adda`; did you mean `ada`?"]);
    world.run(&["feeds", "accept", "tasks"]).says(1, &["there is no state"]);
    world.run(&["once"]).says(0, &[]);
    world.run(&["feeds", "accept", "tasks"]).says(1, &["nothing is held back of feed `tasks`"]);
}
