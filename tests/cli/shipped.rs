//! The shipped world, asked why: every letter of it is explained, and some silences.

use std::path::Path;

use serde_json::{Value, json};

use crate::world::run;

/// Everything that the shipped world says of tasks, as (instant, task, key).
fn shipped() -> Vec<(String, String, String)> {
    let played = run(&demo(), &["simulate", "--from", "2027-03-15T00:00:00Z", "--to", "2027-04-05T00:00:00Z", "--format", "json"]);
    assert_eq!(played.code, 0, "{played:#?}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let letters = played.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let notices = letters.flat_map(|letter| {
        let at = text(&letter["at"]);
        let notices = letter["notices"].as_array().unwrap().clone();
        notices.into_iter().filter(|notice| notice["uid"].is_string()).map(move |notice| {
            let key = text(&notice["key"]);
            (at.clone(), key.split('/').nth(2).unwrap().to_owned(), key)
        })
    });
    notices.collect()
}

/// The configuration of the shipped world.
fn demo() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/offwatch.toml")
}

#[test]
fn every_letter_of_the_shipped_world_is_explained_with_its_reason_and_its_person() {
    let said = shipped();
    assert!(said.len() > 20, "{said:?}");
    let tasks: std::collections::BTreeSet<&String> = said.iter().map(|(_, task, _)| task).collect();
    for task in tasks {
        let at = ["explain", task, "--from", "2027-03-15T00:00:00Z", "--at", "2027-04-04T00:00:00Z", "--format", "json"];
        let explained: Value = serde_json::from_str(&run(&demo(), &at).out).unwrap();
        let known = explained["said"].as_array().unwrap();
        for (at, _, key) in said.iter().filter(|(_, of, _)| of == task) {
            let one = known.iter().find(|one| one["key"] == json!(key)).unwrap_or_else(|| panic!("{key} is not explained"));
            assert_eq!((&one["at"], &one["letter"]), (&json!(at), &json!("accepted")), "{key}");
            assert!(one["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{key}");
        }
    }
}

#[test]
fn letters_and_silences_of_the_shipped_world_have_their_answers() {
    let rows: [(&str, &str, &[&str]); 6] = [
        (
            "globex-upgrade@customer-tasks.example.com",
            "2027-03-17T13:00:00Z",
            &[
                "cannot write it any more: the last working moment before the task was Wed 2027-03-17 18:00 UTC+08",
                "1 h 30 min of working time left",
            ],
        ),
        (
            "reed-cutover@customer-tasks.example.com",
            "2027-03-23T00:00:00Z",
            &["moved from Sat 2027-03-27 07:00 CET to Mon 2027-03-29 08:00 CEST"],
        ),
        (
            "brightwater-firmware@customer-tasks.example.com",
            "2027-03-26T06:00:00Z",
            &["Nothing more is asked: it was cancelled", "not wanted any more: it was cancelled"],
        ),
        (
            "tarnhelm-golive@customer-tasks.example.com",
            "2027-03-20T00:00:00Z",
            &["nobody: the account has no engineers", "told from Sat 2027-03-27 20:00 CET on"],
        ),
        (
            "message broker",
            "2027-03-17T13:00:00Z",
            &[
                "Wed 2027-03-17 13:45 CET (18:15 in Asia/Kolkata) escalation (2 working hours) to Priya Nair (priya)",
                "Thu 2027-03-18 02:15 CET (09:15 in Asia/Singapore) catch-up to Mei Tan (mei)",
                "Wed 2027-03-17 15:30 CET escalation (manager) to lead-apac@example.com",
            ],
        ),
        (
            "anna",
            "2027-03-24T12:00:00Z",
            &["away until Tue 2027-03-30 09:00 CEST", "40 h of working time is missed in it", "after a leave"],
        ),
    ];
    for (what, at, words) in rows {
        let run = run(&demo(), &["explain", what, "--from", "2027-03-15T00:00:00Z", "--at", at]);
        assert_eq!(run.code, 0, "{run:#?}");
        let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in words {
            assert!(text.contains(words), "`{words}` is missing in {}", run.out);
        }
    }
}
