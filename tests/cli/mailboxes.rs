//! What `explain` says of somebody who is told and never asked: a manager's, a last resort's and the admin's mailbox.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::explain::{FROM, explain, fixed, refuses};

#[test]
fn a_manager_s_mailbox_is_explained_like_an_engineer_without_hours() {
    assert_snapshot!(explain(&fixed(), "boss@example.com", "2030-03-07T12:00:00Z"), @r#"
    boss@example.com
      a mailbox without hours: letters reach it whenever they are due
      as of Thu 2030-03-07 12:00 UTC, after playing the recordings from Mon 2030-03-04 00:00 UTC

    In short
      Next letter: Fri 2030-03-08 17:00 UTC: escalation about "ACME: upgrade to 17.4".

    What it is told of
      ACME Corp: manager (told when nobody can write)

    What was said to them (the last 20)
      nothing so far

    What is not said to them at this moment, and why
      nothing is held back

    What will be said to them in the next 30 days, if nothing changes
      Fri 2030-03-08 17:00 UTC  escalation (manager) to boss@example.com about "ACME: upgrade to 17.4". Why: you
          manage the account; the task is uncovered (weekend), and nobody who knows the customer can write a
          briefing any more.
      Mon 2030-04-01 17:00 UTC  escalation (manager) to boss@example.com about "ACME: patch night". Why: you
          manage the account; the task is uncovered (outside hours), and nobody who knows the customer can write
          a briefing any more.
    "#);
}

#[test]
fn what_was_said_to_a_mailbox_is_told_with_its_letter_in_any_case_of_its_letters() {
    let page = explain(&fixed(), "Duty@Example.com", "2030-03-08T20:30:00Z").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "ACME Corp: last resort (told last)",
        "Fri 2030-03-08 20:00 UTC escalation (last call) to duty@example.com about \"ACME: upgrade to 17.4\".",
        "The letter: accepted at once.",
        "said at Fri 2030-03-08 20:00 UTC, nothing more to say",
    ] {
        assert!(page.contains(words), "`{words}` is missing in {page}");
    }
}

#[test]
fn the_admin_and_a_last_resort_of_tasks_without_an_account_have_their_parts() {
    let world = fixed();
    let page = explain(&world, "ops@example.com", "2030-03-07T12:00:00Z");
    assert!(page.contains("admin: gets the regular report") && !page.contains("last resort"), "{page}");
    world.edit("reads = [\"tasks\"]", "reads = [\"tasks\"]\nunmatched = \"escalate\"");
    let page = explain(&world, "duty@example.com", "2030-03-07T12:00:00Z");
    assert!(page.contains("tasks without an account: last resort"), "{page}");
}

#[test]
fn programs_read_the_same_of_a_mailbox() {
    let run = fixed().run(&["explain", "duty@example.com", "--from", FROM, "--at", "2030-03-08T20:30:00Z", "--format", "json"]);
    let duty: Value = serde_json::from_str(&run.out).unwrap();
    let fields: Vec<&str> = duty.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["at", "coming", "held", "person", "roles", "said"]);
    assert_eq!((&duty["person"], &duty["at"]), (&json!("duty@example.com"), &json!("2030-03-08T20:30:00Z")));
    assert_eq!(duty["roles"], json!([{ "role": "last resort", "account": "acme" }]));
    let said = &duty["said"][0];
    assert_eq!((&said["stage"], &said["tasks"], &said["letter"]), (&json!("last call"), &json!(["t5bce42e624"]), &json!("accepted")));
    assert_eq!(duty["held"][0]["kind"], json!("escalation"));
}

#[test]
fn a_mailbox_that_is_spelt_wrong_is_suggested() {
    let at = ["--from", FROM, "--at", "2030-03-07T12:00:00Z"];
    refuses(&[&["explain", "bos@example.com"], &at[..]].concat(), &["is called `bos@example.com`; did you mean `boss@example.com`"]);
    // An engineer's address means the engineer, and one that gets no letters means nobody.
    refuses(&[&["explain", "zoe@elsewhere.test"], &at[..]].concat(), &["no engineer, no mailbox, no account and no task"]);
}
