//! Leaves that are split, replaced, joined or edited after the fact, and half-days and holidays: what digests say of the time away
//! and of what happened in it.

use insta::assert_snapshot;

use super::away::{FAR, TROUBLE, may};
use crate::plan::Kind;
use crate::tests::world::{World, excerpts};

/// What the digests of a world say of the time away and of what happened in it.
fn digests(world: &World) -> String {
    excerpts(world, Kind::CatchUp, "ada", &["Away:", "Emergencies:", "Tasks that ran:", "Announced"])
}

#[test]
fn after_a_leave_that_was_split_each_digest_speaks_of_its_own_part() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11");
    let split = "v1 | ada: vacation | 2030-05-06..2030-05-08\nv2 | ada: vacation | 2030-05-09..2030-05-11";
    assert_snapshot!(digests(&world.shows("leave", "2030-05-03T15:00Z", &format!("{split}\n{FAR}"))), @r#"
    2030-05-08T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Fri 3 May 17:00 UTC to Wed 8 May 09:00 UTC
               your entries: "ada: vacation"

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11

    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Wed 8 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    Emergencies:
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link
    "#);
}

#[test]
fn after_a_leave_that_became_another_kind_only_the_entry_that_is_left_is_named() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11");
    let world = world.shows("leave", "2030-05-08T15:00Z", &format!("v2 | ada: sick | 2030-05-06..2030-05-11\n{FAR}"));
    assert_snapshot!(digests(&world), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 2 emergencies: acme

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: sick"

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link
    "#);
}

#[test]
fn after_a_leave_that_became_another_kind_halfway_both_entries_are_named() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11");
    let both = "v1 | ada: vacation | 2030-05-06..2030-05-08\nv2 | ada: sick | 2030-05-08..2030-05-11";
    assert_snapshot!(digests(&world.shows("leave", "2030-05-08T15:00Z", &format!("{both}\n{FAR}"))), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 2 emergencies: acme

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: sick", "ada: vacation"

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link
    "#);
}

#[test]
fn after_leaves_back_to_back_and_over_a_weekend_the_digest_speaks_of_one_time_away() {
    let both = "v1 | ada: vacation | 2030-05-06..2030-05-08\nv2 | ada: parental leave | 2030-05-08..2030-05-11";
    assert_snapshot!(digests(&may(&format!("{both}\nv3 | ada: vacation | 2030-05-13..2030-05-15"))), @r#"
    2030-05-15T09:15:00Z to ada@example.com
    Subject: While you were away: 3 emergencies: acme

    Away:      Fri 3 May 17:00 UTC to Wed 15 May 09:00 UTC
               your entries: "ada: parental leave", "ada: vacation"

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link
    - Tue 14 May 10:00 UTC (2 hours): Down again, no ticket link
    "#);
}

#[test]
fn after_a_leave_that_was_shortened_afterwards_nothing_is_told_again() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11");
    let world = world.shows("leave", "2030-05-14T15:00Z", &format!("v1 | ada: vacation | 2030-05-06..2030-05-08\n{FAR}"));
    assert_snapshot!(digests(&world), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 2 emergencies: acme

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link
    "#);
}

#[test]
fn a_holiday_next_to_a_leave_is_part_of_it_only_for_whoever_takes_it() {
    let holiday = |lines: &str| {
        let world = World::new("2030-05-01T00:00Z", "2030-05-14T00:00Z").engineer("ada", lines).account("acme", "engineers = [\"ada\"]");
        let world = world.has("emergencies", "x0 | acme: Disk full | 2030-05-04T10:00Z..2030-05-04T11:00Z").has("leave", "");
        let world = world.has("leave", &format!("v1 | ada: vacation | 2030-05-07..2030-05-11\n{FAR}"));
        digests(&world.has("holidays", "h1 | May Day Bank Holiday | 2030-05-06..2030-05-07"))
    };
    assert_snapshot!(holiday("holidays = [\"holidays\"]"), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "May Day Bank Holiday", "ada: vacation"

    Emergencies:
    - Sat 4 May 10:00 UTC (1 hour): Disk full, no ticket link
    "#);
    assert_snapshot!(holiday(""), @"
    2030-05-06T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Fri 3 May 17:00 UTC to Mon 6 May 09:00 UTC

    Emergencies:
    - Sat 4 May 10:00 UTC (1 hour): Disk full, no ticket link
    ");
}

#[test]
fn after_a_holiday_that_she_takes_the_digest_speaks_of_it() {
    let world = World::new("2030-05-01T00:00Z", "2030-05-14T00:00Z").engineer("ada", "holidays = [\"holidays\"]");
    let world = world.account("acme", "engineers = [\"ada\"]").has("holidays", "h1 | Europe Day | 2030-05-09..2030-05-10");
    assert_snapshot!(digests(&world.has("emergencies", TROUBLE)), @r#"
    2030-05-10T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Wed 8 May 17:00 UTC to Fri 10 May 09:00 UTC
               your entries: "Europe Day"

    Emergencies:
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link
    "#);
}

#[test]
fn after_a_half_day_of_a_leave_system_times_are_those_of_the_reader() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-08T00:00Z").engineer("ada", "time_zone = \"America/New_York\"");
    let world = world.account("acme", "engineers = [\"ada\"]");
    let world = world.has("emergencies", "x1 | acme: Down | 2030-05-07T14:00Z..2030-05-07T15:00Z");
    let world = world.has("leave", &format!("v1 | ada: half day | 2030-05-07T09:00Z..2030-05-07T13:00Z\n{FAR}"));
    assert_snapshot!(digests(&world), @r#"
    2030-05-07T17:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Mon 6 May 17:00 EDT to Tue 7 May 13:00 EDT
               your entries: "ada: half day"

    Emergencies:
    - Tue 7 May 10:00 EDT (1 hour): Down, no ticket link
    "#);
}

#[test]
fn after_an_afternoon_off_the_digest_comes_the_next_morning() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-09T00:00Z")
        .has("emergencies", "x1 | acme: Down | 2030-05-07T14:00Z..2030-05-07T15:00Z");
    let world = world.has("leave", &format!("v1 | ada: half day | 2030-05-07T13:00Z..2030-05-07T17:00Z\n{FAR}"));
    assert_snapshot!(digests(&world), @r#"
    2030-05-08T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Tue 7 May 13:00 UTC to Wed 8 May 09:00 UTC
               your entries: "ada: half day"

    Emergencies:
    - Tue 7 May 14:00 UTC (1 hour): Down, no ticket link
    "#);
}
