//! Briefings from the command line: what is to come, what is wanted, and what people say of it.

use serde_json::{Value, json};

use crate::world::{World, calendar, task};

/// Kinds and instants of the letters that the plan shows.
fn coming(world: &World) -> Vec<(String, String)> {
    let lines = world.json(&["plan"]);
    let letters = lines.iter().filter(|line| line.get("hold").is_none());
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    letters.map(|letter| (word(&letter["notices"][0]["kind"]), word(&letter["at"]))).collect()
}

#[test]
fn the_plan_shows_what_is_to_come_and_why_the_rest_is_held() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let request = ("briefing-request".to_owned(), world.instant(1, 22));
    let escalation = ("escalation".to_owned(), world.instant(2, 12));
    let digest = ("catch-up".to_owned(), world.instant(5, 0));
    assert_eq!(coming(&world), [request, escalation, digest]);
    let words = ["what will be said in the next 14 days", "what is held, and why", "briefing-request to ada: said at "];
    let plan = world.run(&["plan"]);
    plan.says(0, &words);
    plan.says(0, &["the answer next changes at "]);
    assert!(!plan.out.contains("Lisbon"), "a plan shows no titles of leaves: {}", plan.out);
    let hold = world.json(&["plan"]).into_iter().find_map(|line| line.get("hold").cloned()).unwrap();
    assert_eq!((&hold["kind"], &hold["person"]), (&json!("briefing-request"), &json!("ada")));
    assert!(hold["why"].as_str().unwrap().starts_with("said at "), "{hold}");
    world.run(&["plan", "--days", "1", "--at", &world.instant(30, 0)]).says(0, &["nothing is to be said in the next day, "]);
    assert_eq!(world.letters().len(), 1, "a plan sends nothing");
}

#[test]
fn a_written_briefing_silences_its_letters() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let state = || world.json(&["briefing", "list"]).first().unwrap().clone();
    let before = state();
    assert_eq!((&before["state"], &before["writer"], &before["deadline"]), (&json!("asked"), &json!("ada"), &json!(world.instant(2, 0))));
    let done = ["briefing", "done", "upgrade-1@acme", "--by", "raj", "--note", "in the ticket"];
    let noted = world.json(&done).remove(0);
    let said = (&noted["task"], &noted["state"], &noted["by"], &noted["note"]);
    assert_eq!(said, (&before["task"], &json!("written"), &json!("raj"), &json!("in the ticket")));
    assert_eq!((&state()["state"], &state()["writer"]), (&json!("written"), &Value::Null));
    assert_eq!(coming(&world), [("catch-up".to_owned(), world.instant(5, 0))]);
}

#[test]
fn a_task_is_named_by_its_id_as_well_and_waived() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let id = world.json(&["briefing", "list"]).remove(0)["task"].as_str().unwrap().to_owned();
    world.run(&["briefing", "waive", &id]).says(0, &["noted: the briefing of ", &id, "is waived"]);
    world.run(&["briefing", "list"]).says(0, &[&id, "acme: ACME: upgrade to 17.4  waived"]);
}

#[test]
fn an_unknown_task_suggests_the_near_one() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let run = world.run(&["briefing", "done", "upgrade1@acme"]);
    run.says(2, &["no task has the id or UID `upgrade1@acme`; did you mean `upgrade-1@acme`?"]);
    assert_eq!(world.json(&["briefing", "list"]).remove(0)["state"], json!("asked"));
}

#[test]
fn a_uid_of_several_tasks_to_come_names_none_of_them() {
    let world = World::new();
    let daily = task("daily@acme", world.day(3), "ACME: upgrade").replace("SUMMARY", "RRULE:FREQ=DAILY;COUNT=2\r\nSUMMARY");
    world.write("tasks.ics", &calendar(&[daily]));
    world.run(&["once"]).says(0, &[]);
    let run = world.run(&["briefing", "done", "daily@acme"]);
    run.says(2, &["2 tasks to come have the UID `daily@acme`; name one by its id: ", &world.instant(3, 12), &world.instant(4, 12)]);
}

#[test]
fn availability_says_until_when_but_never_why_somebody_is_away() {
    let world = World::new();
    let there = world.json(&["availability", "ada", "--at", &world.instant(1, 9)]).remove(0);
    let back = world.instant(5, 0);
    assert_eq!(
        there,
        json!({
            "engineer": "ada", "at": world.instant(1, 9), "available": true, "until": world.instant(2, 0),
            "next": back, "reason": null, "zone": "UTC",
        })
    );
    let away = world.json(&["availability", "--at", &world.instant(3, 9)]).remove(0);
    assert_eq!((&away["available"], &away["reason"], &away["until"]), (&json!(false), &json!("away"), &json!(back)));
    let run = world.run(&["availability", "--at", &world.instant(3, 9)]);
    run.says(0, &["ada  not there (away) until "]);
    assert!(!run.out.contains("Lisbon"), "{}", run.out);
    world.run(&["availability", "adda"]).says(2, &["no engineer has the id `adda`; did you mean `ada`?"]);
}
