//! Feeds that roll their past away: what has been stays known, and the digest after it still tells what happened.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, excerpts, letter};

/// A window in a leave of ada's.
const RAN: &str = "t1 | acme: Upgrade | 2030-05-08T10:00Z..2030-05-08T12:00Z | URL:https://tickets.example.com/1";

/// A window announced in it, after it.
const AHEAD: &str = "t2 | acme: Failover test | 2030-05-18T10:00Z..2030-05-18T12:00Z";

/// Ada is away in the week of Monday 6 May 2030; bob stands in for her.
fn away() -> World {
    let world = World::of_ada_and_bob("2030-05-03T00:00Z", "2030-05-14T12:00Z").leads(&["1 working day"]).set("leave", "before", "\"\"");
    world.has("leave", "v1 | ada: vacation | 2030-05-06..2030-05-11\nv9 | ada: vacation | 2030-08-05..2030-08-06")
}

#[test]
fn what_happened_in_a_leave_is_told_though_every_feed_rolled_it_away() {
    let world = away().has("tasks", RAN).has("emergencies", "").shows("tasks", "2030-05-07T12:00Z", &format!("{RAN}\n{AHEAD}"));
    let trouble = "x1 | acme: Down | 2030-05-07T10:00Z..2030-05-07T12:00Z | URL:https://tickets.example.com/11";
    let world = world.shows("emergencies", "2030-05-07T10:10Z", trouble);
    // By the time of her return each feed shows only what is ahead.
    let world = world.shows("emergencies", "2030-05-09T00:00Z", "").shows("tasks", "2030-05-10T00:00Z", AHEAD);
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada"), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency, 1 task ran, 1 change of plan; 1 briefing wanted soon: acme

    Hello ada,

    While you were away: 1 emergency, 1 task ran, 1 change of plan; 1 briefing
    wanted soon.

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11

    Tasks that ran:
    - Wed 8 May 10:00 UTC: Upgrade, without a briefing,
      https://tickets.example.com/1

    Announced, moved or cancelled:
    - new, Sat 18 May 10:00 UTC: Failover test, no ticket link

    Coming up, briefing wanted:
    - Sat 18 May 10:00 UTC: Failover test, wanted by Fri 17 May 17:00 UTC, no
      ticket link

    What may help now
    -----------------
    [ ] read the tickets above
    [ ] talk to bob, who was standing in for you
    [ ] reach out to acme about the next steps
    [ ] write the briefings above that are yours

    -- 
    Why you get this: you are back from a leave, between Fri 3 May 17:00 UTC
    and Mon 13 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn what_a_feed_takes_back_while_it_still_shows_older_ones_is_told_as_if_it_had_never_been() {
    let older = "x0 | acme: Disk full | 2030-05-06T10:00Z..2030-05-06T11:00Z";
    let world = away().has("emergencies", older);
    let wrong = format!("{older}\nx1 | acme: False alarm | 2030-05-07T10:00Z..2030-05-07T12:00Z");
    let world = world.shows("emergencies", "2030-05-07T10:10Z", &wrong).shows("emergencies", "2030-05-09T00:00Z", older);
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada").split("What may help").next().unwrap(), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Mon 6 May 10:00 UTC (1 hour): Disk full, no ticket link
    "#);
}

/// Trouble at acme in ada's leave.
const TROUBLE: &str = "x1 | acme: Down | 2030-05-07T10:00Z..2030-05-07T12:00Z";

/// Ada's leave of the week of Monday 6 May 2030, and one far ahead.
const LEAVE: &str = "v1 | ada: vacation | 2030-05-06..2030-05-11\nv9 | ada: vacation | 2030-08-05..2030-08-06";

/// The one far ahead alone.
const LATER: &str = "v9 | ada: vacation | 2030-08-05..2030-08-06";

/// Ada alone, the trouble, and her leave.
fn alone() -> World {
    World::of_ada("2030-05-03T00:00Z", "2030-05-15T12:00Z").set("leave", "before", "\"\"").has("emergencies", TROUBLE).has("leave", LEAVE)
}

#[test]
fn a_leave_that_its_feed_rolled_away_before_the_return_was_a_leave_all_the_same() {
    assert_snapshot!(check(&alone()), @"2030-05-13T09:15Z ada catch-up [x1] after leave; acme: 1 incident");
    let world = alone().shows("leave", "2030-05-12T10:00Z", LATER);
    assert_eq!(check(&world), check(&alone()));
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["Away:", "Emergencies:"]), @"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, no ticket link
    ");
    // It stays known whatever the feed shows next, and after the return.
    let world = world.shows("leave", "2030-05-12T20:00Z", &format!("{LATER}\nv10 | ada: vacation | 2030-09-02..2030-09-03"));
    assert_eq!(check(&world.shows("leave", "2030-05-13T12:00Z", LATER)), check(&alone()));
}

#[test]
fn a_leave_that_is_deleted_when_it_is_over_was_none_if_the_feed_still_shows_an_older_one() {
    let older = "v0 | ada: vacation | 2030-04-15..2030-04-17";
    let world = alone().has("leave", &format!("{older}\n{LEAVE}")).shows("leave", "2030-05-12T10:00Z", &format!("{older}\n{LATER}"));
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn a_leave_that_is_taken_out_on_its_last_day_was_none() {
    assert_snapshot!(check(&alone().shows("leave", "2030-05-10T10:00Z", LATER)), @"silence");
}

#[test]
fn a_leave_that_was_shortened_afterwards_is_the_shorter_one_though_nothing_older_is_shown() {
    let shorter = format!("v1 | ada: vacation | 2030-05-06..2030-05-09\n{LATER}");
    let renamed = shorter.replace("v1", "v2");
    let told = check(&alone().shows("leave", "2030-05-12T10:00Z", &shorter));
    assert_snapshot!(told, @"2030-05-13T09:15Z ada catch-up [x1] after leave; acme: 1 incident");
    assert_eq!(check(&alone().shows("leave", "2030-05-12T10:00Z", &renamed)), told);
}

#[test]
fn a_shift_that_its_feed_rolled_away_was_a_shift_all_the_same() {
    let shift = "s1 | ada | 2030-05-08T17:00Z..2030-05-09T09:00Z";
    let trouble = "x1 | acme: Down | 2030-05-08T20:00Z..2030-05-08T22:00Z";
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T12:00Z").has("emergencies", trouble).has("on-call", shift);
    let rolled = world.shows("on-call", "2030-05-09T09:05Z", "s2 | ada | 2030-06-08T17:00Z..2030-06-09T09:00Z");
    assert_eq!(check(&rolled), "silence");
    let handed = rolled.shows("on-call", "2030-05-09T09:05Z", "s2 | bob | 2030-05-08T17:00Z..2030-05-09T09:00Z");
    assert_snapshot!(check(&handed), @"2030-05-09T09:15Z ada catch-up [x1]; acme: 1 incident");
}
