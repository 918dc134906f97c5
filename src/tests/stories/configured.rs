//! Another configuration: feeds, accounts and people that come and go. What lay before they came is noted and no news.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, letter};

/// A task of globex on Saturday 11 May 2030.
const GLOBEX: &str = "t1 | globex: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";

/// From Monday 6 May 2030 on: ada alone, asked one working day before.
fn monday(until: &str) -> World {
    World::of_ada("2030-05-06T00:00Z", until).leads(&["1 working day"])
}

#[test]
fn a_feed_of_tasks_that_is_added_is_asked_about_from_then_on_and_what_ran_before_is_noted() {
    // On Wednesday noon; t0 ran in the night before, t1 is for Saturday, t2 had begun and lasts.
    let world = monday("2030-05-13T12:00Z").answers("2030-05-09T12:00Z", "t1", "done");
    let world = world.becomes("2030-05-08T12:00Z", |world| {
        world.own_feed("changes", "tasks", "").has(
            "changes",
            "t0 | acme: Patch | 2030-05-08T01:00Z..2030-05-08T03:00Z
             t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z
             t2 | acme: Migration | 2030-05-08T02:00Z..2030-05-10T02:00Z",
        )
    });
    assert_snapshot!(check(&world), @"2030-05-09T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn a_feed_of_emergencies_that_is_added_tells_of_the_nights_that_come() {
    let world = monday("2030-05-10T12:00Z").becomes("2030-05-08T12:00Z", |world| {
        world.own_feed("pages", "emergencies", "").has(
            "pages",
            "e0 | acme: Down | 2030-05-08T02:00Z..2030-05-08T03:00Z
             e1 | acme: Down again | 2030-05-09T02:00Z..2030-05-09T03:00Z",
        )
    });
    assert_snapshot!(check(&world), @"2030-05-09T09:15Z ada catch-up [e1]; acme: 1 incident");
}

#[test]
fn a_leave_that_runs_when_a_feed_is_added_counts_its_emergencies_and_takes_no_task_for_announced() {
    let world = monday("2030-05-14T00:00Z").has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-11");
    let world = world.becomes("2030-05-08T12:00Z", |world| {
        let world = world.own_feed("pages", "emergencies", "").own_feed("changes", "tasks", "");
        let world = world.has("pages", "e0 | acme: Down | 2030-05-07T12:00Z..2030-05-07T13:00Z");
        let before = "t1 | acme: Drill | 2030-05-20T20:00Z..2030-05-20T22:00Z";
        let after = format!("{before}\nt2 | acme: Failover | 2030-05-21T20:00Z..2030-05-21T22:00Z");
        world.has("changes", before).shows("changes", "2030-05-09T12:00Z", &after)
    });
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada"), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency, 1 change of plan; 2 briefings wanted soon: acme

    Hello ada,

    While you were away: 1 emergency, 1 change of plan; 2 briefings wanted
    soon.

    Away:      Mon 6 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Tue 7 May 12:00 UTC (1 hour): Down, no ticket link

    Announced, moved or cancelled:
    - new, Tue 21 May 20:00 UTC: Failover, no ticket link

    Coming up, briefing wanted:
    - Mon 20 May 20:00 UTC: Drill, wanted by Mon 20 May 17:00 UTC, no ticket
      link
    - Tue 21 May 20:00 UTC: Failover, wanted by Tue 21 May 17:00 UTC, no
      ticket link

    What may help now
    -----------------
    [ ] reach out to acme about the next steps
    [ ] write the briefings above that are yours

    -- 
    Why you get this: you are back from a leave, between Mon 6 May 17:00 UTC
    and Mon 13 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn an_account_that_is_added_has_its_tasks_asked_for_and_its_past_noted() {
    let world = monday("2030-05-13T12:00Z").has("tasks", &format!("t0 | globex: Patch | 2030-05-08T01:00Z..2030-05-08T03:00Z\n{GLOBEX}"));
    let world = world.has("emergencies", "e0 | globex: Down | 2030-05-08T02:00Z..2030-05-08T03:00Z");
    let world = world.becomes("2030-05-08T12:00Z", |world| world.account("globex", "engineers = [\"ada\"]"));
    assert_snapshot!(check(&world), @"
    2030-05-06T00:00Z ops@ feed-alert unmatched [globex: Patch, globex: Upgrade] people []
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn an_account_that_is_added_an_hour_before_its_task_goes_to_whoever_can_still_be_told() {
    let world = monday("2030-05-13T12:00Z").has("tasks", &GLOBEX.replace("2030-05-11T10:00Z..", "2030-05-10T18:00Z.."));
    let world = world.becomes("2030-05-10T17:00Z", |world| world.account("globex", "engineers = [\"ada\"]"));
    assert_snapshot!(check(&world), @"
    2030-05-06T00:00Z ops@ feed-alert unmatched [globex: Upgrade] people []
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    2030-05-13T09:15Z ada catch-up [t1]; globex: 1 ran
    ");
}

#[test]
fn an_account_that_is_added_while_its_engineer_is_away_is_told_from_then_on() {
    let world = monday("2030-05-14T00:00Z").has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-11").has("tasks", GLOBEX);
    let world = world.has("emergencies", "e0 | globex: Down | 2030-05-07T12:00Z..2030-05-07T13:00Z");
    let world = world.becomes("2030-05-08T12:00Z", |world| world.account("globex", "engineers = [\"ada\"]"));
    assert_snapshot!(check(&world), @"
    2030-05-06T00:00Z ops@ feed-alert unmatched [globex: Upgrade] people []
    2030-05-08T12:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    2030-05-13T09:15Z ada catch-up [e0 t1] after leave; globex: 1 incident, 1 ran
    ");
}

#[test]
fn an_engineer_who_is_added_hears_of_what_comes_and_of_no_night_before() {
    let world = monday("2030-05-10T12:00Z").has(
        "emergencies",
        "e0 | acme: Down | 2030-05-08T02:00Z..2030-05-08T03:00Z
         e1 | acme: Down again | 2030-05-09T02:00Z..2030-05-09T03:00Z",
    );
    let world = world.becomes("2030-05-08T12:00Z", |world| {
        world.engineer("bob", "").without_accounts().account("acme", "engineers = [\"ada\", \"bob\"]")
    });
    assert_snapshot!(check(&world), @"
    2030-05-08T09:15Z ada catch-up [e0]; acme: 1 incident
    2030-05-09T09:15Z ada catch-up [e1]; acme: 1 incident
    2030-05-09T09:15Z bob catch-up [e1]; acme: 1 incident
    ");
}

#[test]
fn an_account_that_gets_another_owner_asks_them_and_the_one_before_hears_no_more() {
    // Ada was asked; from Wednesday noon on acme is bob's.
    let world = monday("2030-05-11T00:00Z").leads(&["3 working days", "1 working day"]).engineer("bob", "");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    let world = world.becomes("2030-05-08T12:00Z", |world| world.without_accounts().account("acme", "engineers = [\"bob\"]"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T12:00Z bob briefing-request (3 working days) t1
    2030-05-09T09:15Z bob briefing-request (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_feed_that_leaves_the_configuration_takes_its_tasks_with_it() {
    let task = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";
    let world = monday("2030-05-12T00:00Z").leads(&["3 working days", "1 working day"]).own_feed("changes", "tasks", "");
    let world = world.has("changes", task).becomes("2030-05-08T12:00Z", |world| world.without_feed("changes"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T12:30Z ada retraction t1: it vanished from its calendar
    ");
}
