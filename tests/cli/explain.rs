//! Why and why not: what `explain` says of tasks and engineers, and what `plan` shows at a glance, in a world of fixed dates.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::{Run, World, calendar, event};

/// Ada owns the account and leaves early on Friday; Bob stands in. All clocks are in UTC.
const CONFIGURATION: &str = r#"
[service]
admin = "ops@example.com"
[mail]
from = "offwatch@example.com"
send = "folder"
[schedule]
coverage = ""
[briefing]
leads = ["3 working days", "1 working day"]
manager = "boss@example.com"
last_resort = "duty@example.com"
[[feed]]
name = "tasks"
path = "tasks"
reads = ["tasks"]
[[feed]]
name = "ada"
path = "ada"
reads = ["absences"]
[[engineer]]
id = "ada"
name = "Ada Lovelace"
email = "ada@example.com"
feeds = ["ada"]
[[engineer]]
id = "bob"
name = "Bob Noyce"
email = "bob@example.com"
[[account]]
id = "acme"
name = "ACME Corp"
engineers = ["ada"]
backups = ["bob"]
match = ["ACME"]
"#;

/// The beginning of the world, a Monday.
pub(crate) const FROM: &str = "2030-03-04T00:00:00Z";

/// A task on Saturday evening that was announced for the afternoon, and from Wednesday a leave on Friday; a series.
pub(crate) fn fixed() -> World {
    let world = World::new();
    world.write("offwatch.toml", CONFIGURATION);
    let task = |start: &str, end: &str| {
        event("upgrade@acme", &format!("DTSTART:20300309T{start}Z\r\nDTEND:20300309T{end}Z"), "ACME: upgrade to 17.4")
    };
    let series = event("patch@acme", "DTSTART:20300401T220000Z\r\nDTEND:20300401T230000Z\r\nRRULE:FREQ=WEEKLY", "ACME: patch night");
    let drill = event("drill@acme", "DTSTART:20300402T100000Z\r\nDTEND:20300402T110000Z", "ACME: upgrade drill");
    world.write("tasks/2030-03-04T00-00Z.ics", &calendar(&[task("150000", "160000"), series.clone(), drill.clone()]));
    world.write("tasks/2030-03-05T10-00Z.ics", &calendar(&[task("200000", "210000"), series, drill]));
    world.write("ada/2030-03-04T00-00Z.ics", &calendar(&[]));
    let leave = event("leave@ada", "DTSTART;VALUE=DATE:20300308\r\nDTEND;VALUE=DATE:20300309", "Vacation in Lisbon");
    world.write("ada/2030-03-06T10-00Z.ics", &calendar(&[leave]));
    world
}

/// What `explain` says at `at`, after the recordings were played.
pub(crate) fn explain(world: &World, what: &str, at: &str) -> String {
    let run = world.run(&["explain", what, "--from", FROM, "--at", at]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(run.out.lines().all(|line| line.chars().count() <= 110), "{}", run.out);
    assert!(!run.out.contains("Lisbon"), "a title of a leave: {}", run.out);
    run.out
}

/// The part of a page from one heading until before another one; to the end where that stands nowhere.
pub(crate) fn part<'p>(page: &'p str, from: &str, until: &str) -> &'p str {
    let start = page.find(from).unwrap_or_else(|| panic!("`{from}` is missing in {page}"));
    page[start..].split(until).next().unwrap()
}

#[test]
fn a_task_is_explained_from_its_event_to_its_briefing() {
    let page = explain(&fixed(), "upgrade@acme", "2030-03-07T12:00:00Z");
    assert_snapshot!(part(&page, "ACME", "Who could write"), @"
    ACME: upgrade to 17.4
      task t5bce42e624, UID upgrade@acme
      as of Thu 2030-03-07 12:00 UTC, after playing the recordings from Mon 2030-03-04 00:00 UTC

    In short
      It is uncovered and a briefing is wanted. Ada Lovelace (ada), owner, is to write it (since Tue 2030-03-05
          10:00 UTC) until Thu 2030-03-07 17:00 UTC, the last working moment before the task.
      So far people were written to about it 3 times, last Wed 2030-03-06 10:00 UTC: in a list before a leave
          (before-leave) to Ada Lovelace (ada).
      Next: Fri 2030-03-08 09:15 UTC: escalation to Bob Noyce (bob).

    The event
      Sat 2030-03-09 20:00 to 21:00 UTC (UTC)
      from feed `tasks`: its copy is of Thu 2030-03-07 12:00 UTC (just read), and it is read without trouble
      account ACME Corp (acme), found by title prefix
      no ticket was found in it

    What changed
      Mon 2030-03-04 00:00 UTC  first seen
      Tue 2030-03-05 10:00 UTC  moved from Sat 2030-03-09 15:00 UTC to Sat 2030-03-09 20:00 UTC
      known in its present form since Tue 2030-03-05 10:00 UTC

    Whether somebody is there
      only the account's engineers cover it: Ada Lovelace (ada); a backup who is there does not
      uncovered: 1 h of 1 h without any of them; the longest part is 1 h, and from 30 min on a part counts
        Sat 2030-03-09 20:00 to 21:00 UTC  weekend
        (reasons as the hours of Ada Lovelace (ada) give them, on that clock)

    The briefing
      asked for, and offwatch knows of no answer
    ");
}

#[test]
fn possible_writers_are_told_with_their_leads_and_whoever_is_told_without_them() {
    let page = explain(&fixed(), "upgrade@acme", "2030-03-07T12:00:00Z");
    assert_snapshot!(part(&page, "Who could write", "What was said"), @"
    Who could write it, in order
      The first who has time writes. Leads are counted back from each one's own last working moment before the
          task.
      Letters reach engineers in their hours only, 15 min after they come in at the earliest; what is due
          earlier waits.
      1. Ada Lovelace (ada), owner
          works Mon-Fri 09:00-17:00 (UTC)
          now there until Thu 2030-03-07 17:00 UTC, then from Mon 2030-03-11 09:00 UTC
          when the task starts: on a day without hours, there from Mon 2030-03-11 09:00 UTC
          is to write it, since Tue 2030-03-05 10:00 UTC; last working moment before the task: Thu 2030-03-07
              17:00 UTC, 5 h of working time left
            3 working days    Mon 2030-03-04 09:15 UTC: said Tue 2030-03-05 09:15 UTC, before the change of
                which they were told Tue 2030-03-05 10:30 UTC
            1 working day     Wed 2030-03-06 09:15 UTC: said Wed 2030-03-06 10:00 UTC in the list before a leave
      2. Bob Noyce (bob), backup
          works Mon-Fri 09:00-17:00 (UTC)
          now there until Thu 2030-03-07 17:00 UTC, then from Fri 2030-03-08 09:00 UTC
          when the task starts: on a day without hours, there from Mon 2030-03-11 09:00 UTC
          is asked only once nobody before can write; last working moment before the task: Fri 2030-03-08 17:00
              UTC
          nothing is said to them while somebody before them can write; would it fall to them, then at Tue
              2030-03-05 09:15 UTC (3 working days), Thu 2030-03-07 09:15 UTC (1 working day)

    Who is told when nobody can write it
      manager, 5 days before the start: boss@example.com (a mailbox, reached at any hour): told at once, should
          nobody be able to write it any more
      last resort, 24 h before the start: duty@example.com (a mailbox, reached at any hour): told from Fri
          2030-03-08 20:00 UTC on, should nobody be able to write it any more
    ");
}

#[test]
fn what_was_said_is_held_and_will_be_said_of_a_task_has_its_reasons() {
    let page = explain(&fixed(), "upgrade@acme", "2030-03-07T12:00:00Z");
    assert_snapshot!(part(&page, "What was said", "no such heading"), @r#"
    What was said, to whom and why
      Tue 2030-03-05 09:15 UTC  briefing-request (3 working days) to Ada Lovelace (ada). Why: you own the
          account; the task is uncovered (weekend); 3 working days before your last working moment, Fri 8 Mar
          17:00 UTC. The letter: accepted at once.
      Tue 2030-03-05 10:30 UTC  task-changed to Ada Lovelace (ada). Why: you were told of this task Tue 5 Mar
          09:15 UTC, and since then it was moved. The letter: accepted at once.
      Wed 2030-03-06 10:00 UTC  before-leave to Ada Lovelace (ada), with this task on its list. Why: you are
          away from Thu 7 Mar 17:00 UTC, and tasks of your accounts that want a briefing fall into that time.
          Such a list comes once, 3 working days before a leave or as soon as that is known. The letter:
          accepted at once.

    What is not said at this moment, and why
      briefing-request to Ada Lovelace (ada): said at Wed 2030-03-06 10:00 UTC, nothing more to say

    What will be said, if nothing changes
      Fri 2030-03-08 09:15 UTC  escalation (1 working day) to Bob Noyce (bob). Why: you are the account's
          backup, and nobody before you in its list can write it any more; the task is uncovered (weekend); the
          reminder 1 working day before your last working moment, Fri 8 Mar 17:00 UTC, had passed before it
          could be sent.
      Fri 2030-03-08 17:00 UTC  escalation (manager) to boss@example.com. Why: you manage the account; the task
          is uncovered (weekend), and nobody who knows the customer can write a briefing any more.
      Fri 2030-03-08 20:00 UTC  escalation (last call) to duty@example.com. Why: you are its last resort before
          the task starts; the task is uncovered (weekend), and nobody who knows the customer can write a
          briefing any more.
      Mon 2030-03-11 09:15 UTC  catch-up to Ada Lovelace (ada), with this task on its list. Why: you are back
          from a leave, between Thu 7 Mar 17:00 UTC and Mon 11 Mar 09:00 UTC.

    What would change this
      - the briefing is written or not needed (`offwatch briefing done t5bce42e624`, `… waive t5bce42e624`, or a
          mark in the event): nothing more is asked
      - the task moves by an hour or more, to another date, or is renamed: whoever was told or wrote hears of
          it, and an earlier "written" is asked about again
      - the task is cancelled or gone: whoever was told hears that nothing is needed any more
      - leave or hours of an engineer change: cover, last working moments and leads are computed anew, and what
          was said is not said again
    "#);
}

#[test]
fn an_engineer_is_explained_without_titles_of_leaves() {
    let page = explain(&fixed(), "Ada Lovelace", "2030-03-07T12:00:00Z");
    assert_snapshot!(part(&page, "Ada", "What was said"), @r#"
    Ada Lovelace (ada)
      works Mon-Fri 09:00-17:00 (UTC); letters go to ada@example.com
      as of Thu 2030-03-07 12:00 UTC, after playing the recordings from Mon 2030-03-04 00:00 UTC

    In short
      Now there until Thu 2030-03-07 17:00 UTC, then from Mon 2030-03-11 09:00 UTC.
      Asked for and not answered: "ACME: upgrade to 17.4", by Thu 2030-03-07 17:00 UTC. One more is theirs to
          write, of which they have not been told yet.
      Next letter: Mon 2030-03-11 09:15 UTC: catch-up.

    Away
      Fri 2030-03-08 all day, says feed `ada`, there again Mon 2030-03-11 09:00 UTC

    Times off in the next 4 weeks
      Thu 2030-03-07 17:00 UTC to Mon 2030-03-11 09:00 UTC: a leave, for 8 h of working time is missed in it (4
          h make a leave)
      beside those 18 ordinary nights and weekends, in which no work is missed

    Accounts
      ACME Corp: owner (asked first; covers; gets digests)

    Asked to write now
      ACME: upgrade to 17.4 (t5bce42e624), starts Sat 2030-03-09 20:00 UTC; as owner since Tue 2030-03-05 10:00
          UTC, last working moment before it Thu 2030-03-07 17:00 UTC; briefing asked

    Theirs to write, not told yet
      ACME: patch night (t98d78db135), starts Mon 2030-04-01 22:00 UTC (and 15 more of the series); as owner
          since Mon 2030-03-04 00:00 UTC, last working moment before it Mon 2030-04-01 17:00 UTC; briefing
          wanted

    Lists before leaves
      leave from Thu 2030-03-07 17:00 UTC: said Wed 2030-03-06 10:00 UTC; one leave, one list; still wanted:
          ACME: upgrade to 17.4 (t5bce42e624), starts Sat 2030-03-09 20:00 UTC

    Digests after absences
      decided up to the return of Thu 2030-03-07 09:00 UTC
      the next would come Mon 2030-03-11 09:15 UTC, after a leave: sent if there was an emergency, a task that
          ran, was announced, moved or cancelled
    "#);
}

#[test]
fn what_was_said_is_held_and_will_be_said_to_an_engineer_has_its_reasons() {
    let page = explain(&fixed(), "Ada Lovelace", "2030-03-07T12:00:00Z");
    assert_snapshot!(part(&page, "What was said", "no such heading"), @r#"
    What was said to them (the last 20)
      Tue 2030-03-05 09:15 UTC  briefing-request (3 working days) to Ada Lovelace (ada) about "ACME: upgrade to
          17.4". Why: you own the account; the task is uncovered (weekend); 3 working days before your last
          working moment, Fri 8 Mar 17:00 UTC. The letter: accepted at once.
      Tue 2030-03-05 10:30 UTC  task-changed to Ada Lovelace (ada) about "ACME: upgrade to 17.4". Why: you were
          told of this task Tue 5 Mar 09:15 UTC, and since then it was moved. The letter: accepted at once.
      Wed 2030-03-06 10:00 UTC  before-leave to Ada Lovelace (ada), which lists "ACME: upgrade to 17.4". Why:
          you are away from Thu 7 Mar 17:00 UTC, and tasks of your accounts that want a briefing fall into that
          time. Such a list comes once, 3 working days before a leave or as soon as that is known. The letter:
          accepted at once.

    What is not said to them at this moment, and why
      Letters reach engineers in their hours only, 15 min after they come in at the earliest; what is due
          earlier waits.
      before-leave to Ada Lovelace (ada) about "leave from Thu 2030-03-07 17:00 UTC": said at Wed 2030-03-06
          10:00 UTC, nothing more to say
      briefing-request to Ada Lovelace (ada) about "ACME: upgrade to 17.4": said at Wed 2030-03-06 10:00 UTC,
          nothing more to say
      briefing-request to Ada Lovelace (ada) about "ACME: patch night": too early, next Wed 2030-03-27 09:15 UTC
          (and 15 more of the series)
      briefing-request to Ada Lovelace (ada) about "ACME: upgrade drill": covered: somebody who knows the
          customer is there

    What will be said to them in the next 30 days, if nothing changes
      Mon 2030-03-11 09:15 UTC  catch-up to Ada Lovelace (ada), which lists "ACME: upgrade to 17.4". Why: you
          are back from a leave, between Thu 7 Mar 17:00 UTC and Mon 11 Mar 09:00 UTC.
      Wed 2030-03-27 09:15 UTC  briefing-request (3 working days) to Ada Lovelace (ada) about "ACME: patch
          night". Why: you own the account; the task is uncovered (outside hours); 3 working days before your
          last working moment, Mon 1 Apr 17:00 UTC.
      Fri 2030-03-29 09:15 UTC  briefing-request (1 working day) to Ada Lovelace (ada) about "ACME: patch
          night". Why: you own the account; the task is uncovered (outside hours); 1 working day before your
          last working moment, Mon 1 Apr 17:00 UTC.
    "#);
}

/// The page of somebody without its line breaks.
fn words(what: &str, at: &str) -> String {
    explain(&fixed(), what, at).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Asserts that all of `expected` stands in `text`.
fn says(text: &str, expected: &[&str]) {
    for words in expected {
        assert!(text.contains(words), "`{words}` is missing in {text}");
    }
}

#[test]
fn an_engineer_on_leave_is_explained_with_what_passed_on_and_what_waits_for_the_return() {
    let text = words("ada", "2030-03-08T12:00:00Z");
    let short = "Nothing that they were asked for is theirs to answer any more.";
    let passed = "One task that they were asked about passed on unanswered: \"ACME: upgrade to 17.4\", to Bob Noyce (bob).";
    let list = "Lists before leaves the leave since Thu 2030-03-07 17:00 UTC: its list was said Wed 2030-03-06 10:00 UTC; still \
                wanted: ACME: upgrade to 17.4 (t5bce42e624), starts Sat 2030-03-09 20:00 UTC no leave ahead";
    let waits = "what is due earlier waits. The next digest waits until Mon 2030-03-11 09:15 UTC.";
    says(&text, &[short, passed, list, waits]);
    assert!(!words("ada", "2030-03-05T12:00:00Z").contains("passed on"), "what is still theirs");
}

#[test]
fn somebody_who_has_just_come_in_is_there_while_letters_wait() {
    let text = words("ada", "2030-03-11T09:05:00Z");
    says(
        &text,
        &["Now there until Mon 2030-03-11 17:00 UTC", "in since Mon 2030-03-11 09:00 UTC; letters wait until Mon 2030-03-11 09:15 UTC"],
    );
    assert!(!text.contains(": not there until Mon 2030-03-11 09:15 UTC"), "{text}");
}

#[test]
fn a_digest_that_would_be_empty_is_not_told_as_held() {
    let run = fixed().json(&["explain", "bob", "--from", FROM, "--at", "2030-03-05T09:05:00Z"]);
    let holds = run[0]["held"].as_array().unwrap();
    assert!(holds.iter().any(|hold| hold["kind"] == json!("catch-up")), "it is held: {holds:?}");
    let text = words("bob", "2030-03-05T09:05:00Z");
    assert!(!text.contains("catch-up to Bob"), "{text}");
}

#[test]
fn a_task_that_somebody_covers_says_why_nothing_is_asked() {
    let text = explain(&fixed(), "drill@acme", "2030-03-07T12:00:00Z");
    for words in
        ["Nothing is asked: somebody who knows the customer is there all the time.", "covered: one of them is there", "enters leave"]
    {
        assert!(text.contains(words), "`{words}` is missing in {text}");
    }
}

#[test]
fn a_uid_of_a_series_means_its_next_occurrence_and_one_can_be_named() {
    let world = fixed();
    let object = |what: &str, at: &str| -> Value {
        let run = world.run(&["explain", what, "--from", FROM, "--at", at, "--format", "json"]);
        assert_eq!(run.code, 0, "{run:#?}");
        serde_json::from_str(&run.out).unwrap()
    };
    let start = |what: &str, at: &str| object(what, at)["start"].as_str().unwrap().to_owned();
    assert_eq!(start("patch@acme", "2030-03-07T12:00:00Z"), "2030-04-01T22:00:00Z");
    assert_eq!(start("patch@acme", "2030-04-05T12:00:00Z"), "2030-04-08T22:00:00Z");
    assert_eq!(start("patch NIGHT", "2030-04-05T12:00:00Z"), "2030-04-08T22:00:00Z");
    assert_eq!(start("patch@acme#2030-04-15T22:00:00Z", "2030-03-07T12:00:00Z"), "2030-04-15T22:00:00Z");
    let id = object("upgrade@acme", "2030-03-07T12:00:00Z")["task"].as_str().unwrap().to_owned();
    assert_eq!(start(&id, "2030-03-07T12:00:00Z"), "2030-03-09T20:00:00Z");
}

#[test]
fn programs_read_the_same_of_a_task() {
    let run = fixed().run(&["explain", "upgrade@acme", "--from", FROM, "--at", "2030-03-07T12:00:00Z", "--format", "json"]);
    let task: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&task["account"], &task["uncovered"], &task["briefing"]["state"]), (&json!("acme"), &json!(true), &json!("asked")));
    assert_eq!(task["gaps"], json!([{ "from": "2030-03-09T20:00:00Z", "until": "2030-03-09T21:00:00Z", "reason": "weekend" }]));
    let changes = json!([{ "at": "2030-03-05T10:00:00Z", "what": "moved from Sat 2030-03-09 15:00 UTC to Sat 2030-03-09 20:00 UTC" }]);
    assert_eq!(task["changes"], changes);
    let place = |writer: usize| (&task["writers"][writer]["engineer"], &task["writers"][writer]["place"]);
    assert_eq!((place(0), place(1)), ((&json!("ada"), &json!("writes")), (&json!("bob"), &json!("behind"))));
    assert_eq!(task["writers"][0]["deadline"], json!("2030-03-07T17:00:00Z"));
    let of = |part: &str, place: usize| (&task[part][place]["kind"], &task[part][place]["tasks"]);
    assert_eq!(of("said", 0), (&json!("briefing-request"), &json!(["t5bce42e624"])));
    assert_eq!(of("coming", 3), (&json!("catch-up"), &json!(["upgrade@acme"])));
}

#[test]
fn programs_read_the_same_of_an_engineer() {
    let run = fixed().run(&["explain", "ada@example.com", "--from", FROM, "--at", "2030-03-07T12:00:00Z", "--format", "json"]);
    let ada: Value = serde_json::from_str(&run.out).unwrap();
    let absences = json!([{ "from": "2030-03-08T00:00:00Z", "until": "2030-03-09T00:00:00Z", "feed": "ada" }]);
    assert_eq!((&ada["engineer"], &ada["absences"]), (&json!("ada"), &absences));
    let leaves: Vec<&Value> = ada["spells"].as_array().unwrap().iter().filter(|spell| spell["leave"] == json!(true)).collect();
    let leave = json!({ "from": "2030-03-07T17:00:00Z", "until": "2030-03-11T09:00:00Z", "missed": 480, "leave": true });
    assert_eq!(leaves, [&leave]);
    assert_eq!(ada["asked"][0]["deadline"], json!("2030-03-07T17:00:00Z"));
    let tasks = |part: &str, kind: &str| -> Value {
        ada[part].as_array().unwrap().iter().find(|one| one["kind"] == json!(kind)).unwrap()["tasks"].clone()
    };
    assert_eq!((tasks("said", "task-changed"), tasks("said", "before-leave")), (json!(["t5bce42e624"]), json!(["upgrade@acme"])));
    assert_eq!((tasks("coming", "catch-up"), tasks("coming", "briefing-request")), (json!(["upgrade@acme"]), json!(["t98d78db135"])));
    assert!(!run.out.contains("Lisbon"), "{}", run.out);
}

/// Refuses `what` with exit code 2 and these words.
#[track_caller]
pub(crate) fn refuses(arguments: &[&str], words: &[&str]) {
    let run: Run = fixed().run(arguments);
    run.says(2, words);
    assert_eq!(run.out, "");
}

#[test]
fn what_nobody_is_called_suggests_what_was_meant() {
    let at = ["--from", FROM, "--at", "2030-03-07T12:00:00Z"];
    refuses(
        &[&["explain", "upgarde@acme"], &at[..]].concat(),
        &[
            "no engineer, no mailbox, no account and no task that was known Thu 2030-03-07 12:00 UTC is called `upgarde@acme`; did you mean `upgrade@acme`?",
        ],
    );
    // Part of a title names a task, so part of one may have been meant.
    refuses(&[&["explain", "batch night"], &at[..]].concat(), &["is called `batch night`; did you mean `patch night`?"]);
    refuses(&[&["explain", "adda"], &at[..]].concat(), &["is called `adda`; did you mean `ada`?"]);
    refuses(&[&["plan", "--engineer", "adda"], &at[2..]].concat(), &["no engineer is called `adda`; did you mean `ada`?"]);
}

#[test]
fn a_title_that_several_tasks_have_lists_them() {
    let words = ["2 tasks have `UPGRADE` in their titles", "ACME: upgrade to 17.4", "ACME: upgrade drill"];
    refuses(&["explain", "UPGRADE", "--from", FROM, "--at", "2030-03-07T12:00:00Z"], &words);
}

#[test]
fn an_instant_without_a_zone_is_refused_with_the_form_that_is_wanted() {
    for command in ["explain", "plan"] {
        let arguments = [vec![command], if command == "explain" { vec!["ada"] } else { vec![] }, vec!["--at", "2030-03-07T12:00:00"]];
        refuses(&arguments.concat(), &["`2030-03-07T12:00:00` is no instant; write an instant with its zone"]);
    }
    refuses(&["explain", "ada", "--from", FROM, "--at", "2030-03-01T00:00:00Z"], &["the span ends", "before it begins"]);
}

#[test]
fn an_account_lists_its_tasks() {
    let text = explain(&fixed(), "acme corp", "2030-03-07T12:00:00Z").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "ACME: patch night (and 15 more of the series): uncovered, briefing wanted",
        "ACME: upgrade to 17.4: uncovered, briefing asked, Ada Lovelace (ada) is to write it",
        "ACME: upgrade drill: covered",
    ] {
        assert!(text.contains(words), "`{words}` is missing in {text}");
    }
}

#[test]
fn with_a_state_the_instant_is_set_against_the_last_turn() {
    let world = World::new();
    world.run(&["explain", "ada"]).says(0, &["no turn has been finished on this state yet: nothing has been said"]);
    world.run(&["once"]).says(0, &[]);
    world.run(&["explain", "upgrade-1@acme"]).says(0, &["the last turn was", "accepted at once"]);
    let past = world.instant(-3, 0);
    world.run(&["explain", "upgrade-1@acme", "--at", &past]).says(0, &["looking back with what is known now"]);
}

#[test]
fn the_coming_days_are_seen_at_a_glance() {
    let world = fixed();
    let run = world.run(&["plan", "--at", "2030-03-07T12:00:00Z", "--days", "5"]);
    let days = part(&run.out, "the coming days", "what will be said");
    assert!(days.lines().all(|line| line.chars().count() <= 110), "{days}");
    assert_snapshot!(days, @"
    the coming days
      # there   . off   ~ away   T task, uncovered   t task, covered   D last moment to write   L letter

      Ada Lovelace (ada), UTC
                 0     3     6     9     12    15    18    21
      Thu 7 Mar  ..................######L########D..............  L 12:00 before-leave
                                                                   D 17:00 for ACME: upgrade to 17.4
      Fri 8 Mar  ..................~~~~~~~~~~~~~~~~..............
      Sat 9 Mar  ........................................TT......  T 20:00 wanted: ACME: upgrade to 17.4
      Sun 10 Mar ................................................
      Mon 11 Mar ..................L###############..............  L 09:15 catch-up
      Tue 12 Mar ..................################..............

      Bob Noyce (bob), UTC
                 0     3     6     9     12    15    18    21
      Thu 7 Mar  ..................################..............
      Fri 8 Mar  ..................L###############..............  L 09:15 escalation
      Sat 9 Mar  ................................................  and so until Sun 10 Mar
      Mon 11 Mar ..................################..............  and so until Tue 12 Mar
    ");
    let risk =
        world.json(&["plan", "--at", "2030-03-08T12:00:00Z", "--engineer", "bob"]).into_iter().find_map(|line| line.get("risk").cloned());
    let risk = risk.unwrap();
    assert_eq!((&risk["danger"], &risk["engineer"], &risk["left"]), (&json!("last writer"), &json!("bob"), &json!(300)));
}
