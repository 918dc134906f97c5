//! What `plan` says after recordings were played, of a state that is new, and on which clock.

use insta::assert_snapshot;

use crate::explain::{FROM, fixed, part, refuses};
use crate::world::World;

#[test]
fn after_playing_recordings_the_plan_knows_what_was_said() {
    let world = fixed();
    let run = world.run(&["plan", "--from", FROM, "--at", "2030-03-07T12:00:00Z", "--days", "2"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(!world.path("state").exists(), "playing makes no state");
    assert_snapshot!(run.out.lines().next().unwrap(), @"as of Thu 2030-03-07 12:00 UTC, after playing the recordings from Mon 2030-03-04 00:00 UTC");
    assert_snapshot!(part(&run.out, "what will be said", "what is held"), @"
    what will be said in the next 2 days, if nothing changes
      Fri 2030-03-08 09:15 UTC  to bob@example.com  escalation
          Could you write a briefing by Fri 8 Mar 17:00? ACME Corp, upgrade to 17.4, Sat 9 Mar 20:00 your time
          escalation/bob/t5bce42e624/2030-03-09T20:00:00Z/1-working-day/0
      Fri 2030-03-08 17:00 UTC  to boss@example.com  escalation
          Nobody left to write a briefing: ACME Corp, upgrade to 17.4, Sat 9 Mar 20:00 UTC
          escalation/boss@example.com/t5bce42e624/2030-03-09T20:00:00Z/manager/0
      Fri 2030-03-08 20:00 UTC  to duty@example.com  escalation
          For whoever is on call, no briefing known: ACME Corp, upgrade to 17.4, Sat 9 Mar 20:00 UTC
          escalation/duty@example.com/t5bce42e624/2030-03-09T20:00:00Z/last-call/0
    ");
    let played = world.json(&["plan", "--from", FROM, "--at", "2030-03-07T12:00:00Z", "--days", "2"]);
    assert_eq!(played[0]["notices"][0]["kind"], "escalation", "the list before the leave was said while playing: {played:?}");
}

#[test]
fn people_s_answers_are_played_as_well() {
    let world = fixed();
    world.write("answers.csv", "2030-03-06T09:00:00Z,upgrade@acme,,done\n");
    let answers = world.path("answers.csv");
    let run = world.run(&["plan", "--from", FROM, "--at", "2030-03-07T12:00:00Z", "--days", "2", "--briefings", answers.to_str().unwrap()]);
    run.says(0, &["briefing-request to ada: the briefing is written", "nothing is to be said in the next 2 days"]);
}

#[test]
fn answers_that_cannot_be_read_are_refused() {
    let missing = ["the answers of `--briefings` cannot be read", "nowhere.csv"];
    let more = ["--from", FROM, "--briefings", "nowhere.csv"];
    for command in [vec!["plan", "--at", FROM], vec!["explain", "ada", "--at", FROM], vec!["simulate", "--to", "2030-03-05T00:00:00Z"]] {
        refuses(&[&command[..], &more].concat(), &missing);
    }
}

#[test]
fn engineers_are_chosen_by_every_name_that_they_have() {
    let world = fixed();
    let plan = |engineers: &[&str]| {
        let chosen: Vec<&str> = engineers.iter().flat_map(|engineer| ["--engineer", engineer]).collect();
        let run = world.run(&[&["plan", "--from", FROM, "--at", "2030-03-07T12:00:00Z"], &chosen[..]].concat());
        run.says(0, &["what will be said"]);
        run.out
    };
    let by_id = plan(&["ada"]);
    for names in [vec!["Ada Lovelace"], vec!["ADA@example.com"], vec!["ada", "ada lovelace"]] {
        assert_eq!(plan(&names), by_id, "{names:?}");
    }
    assert_ne!(plan(&["bob"]), by_id);
}

#[test]
fn a_span_that_cannot_be_played_is_refused() {
    let backwards = ["`--at` must not be earlier than `--from`", "the span ends", "before it begins"];
    refuses(&["plan", "--from", FROM, "--at", "2030-03-01T00:00:00Z"], &backwards);
    refuses(&["plan", "--from", FROM], &["--at <INSTANT>"]);
    refuses(&["plan", "--at", FROM, "--briefings", "answers.csv"], &["--from <INSTANT>"]);
}

#[test]
fn a_state_on_which_no_turn_was_finished_says_so_and_another_does_not() {
    let world = World::new();
    let new = "no turn has been finished on this state yet: nothing has been said, and what the feeds show counts as known just now";
    world.run(&["plan"]).says(0, &[new]);
    world.run(&["explain", "ACME"]).says(0, &["no turn has been finished on this state yet"]);
    world.run(&["once"]).says(0, &[]);
    let run = world.run(&["plan"]);
    assert!(run.code == 0 && !run.out.contains("no turn"), "{run:#?}");
}

#[test]
fn what_is_held_is_told_on_the_clock_of_the_configuration() {
    let world = fixed();
    world.edit("[schedule]", "[schedule]\ntime_zone = \"Asia/Dubai\"");
    let run = world.run(&["plan", "--from", FROM, "--at", "2030-03-07T12:00:00Z", "--engineer", "ada"]);
    let held = part(&run.out, "what is held", "the answer next");
    assert!(held.contains("ada: said at Wed 2030-03-06") && held.contains("leave from Thu 2030-03-07"), "{held}");
    let raw = held.lines().filter(|line| line.starts_with("      ") || !line.contains("(t")).find(|line| line.contains("00Z"));
    assert_eq!(raw, None, "an instant in UTC");
}
