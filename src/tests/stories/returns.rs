//! Leave that moves: extended, shortened, split, entered twice or afterwards. One digest at the true return, about exactly
//! the time away.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, texts};

/// What happened to acme in May 2030: at night before the leave, in it on a Tuesday, a Thursday and the next Tuesday, and after.
const TROUBLE: &str = "x0 | acme: Disk full | 2030-05-04T10:00Z..2030-05-04T11:00Z
    x1 | acme: Down | 2030-05-07T10:00Z..2030-05-07T12:00Z
    x2 | acme: Slow | 2030-05-09T10:00Z..2030-05-09T12:00Z
    x3 | acme: Down again | 2030-05-14T10:00Z..2030-05-14T12:00Z
    x4 | acme: Queue stuck | 2030-05-21T20:00Z..2030-05-21T21:00Z";

/// The week of Monday 6 May.
const WEEK: &str = "v1 | ada: vacation | 2030-05-06..2030-05-11";

/// An entry far away, so that the leave feed is never empty.
const FAR: &str = "v9 | ada: vacation | 2030-08-05..2030-08-06";

/// Ada, from 1 May to 23 May 2030, with the trouble above; her leave as the rows say from the beginning on.
fn may(leave: &str) -> World {
    World::of_ada("2030-05-01T00:00Z", "2030-05-23T00:00Z").has("emergencies", TROUBLE).has("leave", &format!("{leave}\n{FAR}"))
}

/// The leave becomes `leave` at `at`.
fn becomes(world: World, at: &str, leave: &str) -> World {
    world.shows("leave", at, &format!("{leave}\n{FAR}"))
}

#[test]
fn a_week_away_is_one_digest_about_that_week() {
    let world = may(WEEK);
    assert_snapshot!(check(&world), @"
    2030-05-13T09:15Z ada catch-up [x0 x1 x2] after leave; acme: 3 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
    assert_snapshot!(texts(&world, Kind::CatchUp).split("\n2030-05-15").next().unwrap(), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 3 emergencies: acme

    Hello ada,

    While you were away: 3 emergencies.

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Sat 4 May 10:00 UTC (1 hour): Disk full, no ticket link
    - Tue 7 May 10:00 UTC (2 hours): Down, no ticket link
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link

    What may help now
    -----------------
    [ ] reach out to acme about the next steps

    -- 
    Why you get this: you are back from a leave, between Fri 3 May 17:00 UTC
    and Mon 13 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-22T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Tue 21 May 17:00 UTC to Wed 22 May 09:00 UTC

    acme
    ----

    Emergencies:
    - Tue 21 May 20:00 UTC (1 hour): Queue stuck, no ticket link

    What may help now
    -----------------
    [ ] reach out to acme about the next steps

    -- 
    Why you get this: something happened outside your hours, between Tue 21
    May 17:00 UTC and Wed 22 May 09:00 UTC. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn a_leave_that_is_shortened_brings_the_digest_forward() {
    assert_snapshot!(check(&becomes(may(WEEK), "2030-05-07T15:00Z", "v1 | ada: vacation | 2030-05-06..2030-05-08")), @"
    2030-05-08T09:15Z ada catch-up [x0 x1] after leave; acme: 2 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn a_leave_that_is_extended_in_time_puts_the_digest_off_and_tells_of_all_of_it() {
    assert_snapshot!(check(&becomes(may(WEEK), "2030-05-10T15:00Z", "v1 | ada: vacation | 2030-05-06..2030-05-18")), @"
    2030-05-20T09:15Z ada catch-up [x0 x1 x2 x3] after leave; acme: 4 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn a_leave_that_is_split_has_a_digest_at_each_return() {
    let split = "v1 | ada: vacation | 2030-05-06..2030-05-08\nv2 | ada: vacation | 2030-05-09..2030-05-11";
    assert_snapshot!(check(&becomes(may(WEEK), "2030-05-03T15:00Z", split)), @"
    2030-05-08T09:15Z ada catch-up [x0 x1] after leave; acme: 2 incident
    2030-05-13T09:15Z ada catch-up [x2] after leave; acme: 1 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn a_leave_replaced_under_another_uid_is_the_same_leave() {
    assert_snapshot!(check(&becomes(may(WEEK), "2030-05-08T15:00Z", "v2 | ada: sick | 2030-05-06..2030-05-11")), @"
    2030-05-13T09:15Z ada catch-up [x0 x1 x2] after leave; acme: 3 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn a_leave_shortened_after_the_return_tells_nothing_twice() {
    assert_snapshot!(check(&becomes(may(WEEK), "2030-05-14T15:00Z", "v1 | ada: vacation | 2030-05-06..2030-05-08")), @"
    2030-05-13T09:15Z ada catch-up [x0 x1 x2] after leave; acme: 3 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn a_leave_extended_after_the_return_waits_for_the_next_one_and_tells_nothing_twice() {
    assert_snapshot!(check(&becomes(may(WEEK), "2030-05-13T15:00Z", "v1 | ada: vacation | 2030-05-06..2030-05-16")), @"
    2030-05-13T09:15Z ada catch-up [x0 x1 x2] after leave; acme: 3 incident
    2030-05-16T09:15Z ada catch-up [x3] after leave; acme: 1 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn leave_entered_day_by_day_is_one_leave() {
    let days = [6, 7, 8, 9, 10].map(|day| format!("d{day} | ada: vacation | 2030-05-{day:02}..2030-05-{:02}", day + 1));
    assert_snapshot!(check(&may(&days.join("\n"))), @"
    2030-05-13T09:15Z ada catch-up [x0 x1 x2] after leave; acme: 3 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn the_same_leave_in_two_feeds_is_one_leave() {
    let world = may(WEEK).own_feed("calendar", "absences", "").engineer("bob", "feeds = [\"calendar\"]");
    let world = world.own_feed("system", "absences", "every_event = \"absence\"");
    assert_snapshot!(check(&world.has("system", "s1 | ada: holiday | 2030-05-06..2030-05-11")), @"
    2030-05-13T09:15Z ada catch-up [x0 x1 x2] after leave; acme: 3 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn leaves_back_to_back_and_over_a_weekend_are_one() {
    let two = "v1 | ada: vacation | 2030-05-06..2030-05-08\nv2 | ada: parental | 2030-05-08..2030-05-11\nv3 | ada: vacation | 2030-05-13..2030-05-15";
    assert_snapshot!(check(&may(two)), @"
    2030-05-15T09:15Z ada catch-up [x0 x1 x2 x3] after leave; acme: 4 incident
    2030-05-22T09:15Z ada catch-up [x4]; acme: 1 incident
    ");
}

#[test]
fn a_holiday_that_she_takes_joins_leave_and_weekend_and_one_that_she_does_not_take_is_a_working_day() {
    let takes = |lines: &str| {
        let world = World::new("2030-05-01T00:00Z", "2030-05-16T00:00Z").engineer("ada", lines).account("acme", "engineers = [\"ada\"]");
        let world = world.has("emergencies", TROUBLE).has("leave", &format!("v1 | ada: vacation | 2030-05-07..2030-05-11\n{FAR}"));
        check(&world.has("holidays", "h1 | May Day Bank Holiday | 2030-05-06..2030-05-07"))
    };
    assert_snapshot!(takes("holidays = [\"holidays\"]"), @"2030-05-13T09:15Z ada catch-up [x0 x1 x2] after leave; acme: 3 incident");
    assert_snapshot!(takes(""), @"
    2030-05-06T09:15Z ada catch-up [x0]; acme: 1 incident
    2030-05-13T09:15Z ada catch-up [x1 x2] after leave; acme: 2 incident
    ");
}

#[test]
fn half_days_of_a_leave_system_count_as_her_own_mornings_and_afternoons() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-08T00:00Z");
    let world = world.engineer("ada", "time_zone = \"America/New_York\"").account("acme", "engineers = [\"ada\"]");
    let world = world.has("emergencies", "x1 | acme: Down | 2030-05-07T14:00Z..2030-05-07T15:00Z");
    assert_snapshot!(check(&world.has("leave", &format!("v1 | ada: half day | 2030-05-07T09:00Z..2030-05-07T13:00Z\n{FAR}"))), @"2030-05-07T17:15Z ada catch-up [x1] after leave; acme: 1 incident");
}

#[test]
fn after_a_leave_what_was_announced_moved_and_cancelled_and_what_ran_is_told_in_words() {
    let upgrade = "t1 | acme: Upgrade | 2030-05-08T10:00Z..2030-05-08T12:00Z | URL:https://tickets.example.com/1";
    let moved = "t2 | acme: Migration | 2030-05-15T20:00Z..2030-05-15T22:00Z";
    let dropped = "t3 | acme: Restore drill | 2030-05-16T20:00Z..2030-05-16T22:00Z";
    let added = "t4 | acme: Failover test | 2030-05-17T20:00Z..2030-05-17T22:00Z";
    let world = may(WEEK).leads(&["1 working day"]).set("leave", "before", "\"\"").has("tasks", &format!("{upgrade}\n{moved}\n{dropped}"));
    let later = moved.replace("2030-05-15", "2030-05-18");
    let world = world.shows("tasks", "2030-05-07T12:00Z", &format!("{upgrade}\n{later}\n{dropped} | STATUS:CANCELLED\n{added}"));
    assert_snapshot!(texts(&world, Kind::CatchUp).split("What may help now").next().unwrap(), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 3 emergencies, 1 task ran, 3 changes of plan; 2 briefings wanted soon: acme

    Hello ada,

    While you were away: 3 emergencies, 1 task ran, 3 changes of plan; 2
    briefings wanted soon.

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Sat 4 May 10:00 UTC (1 hour): Disk full, no ticket link
    - Tue 7 May 10:00 UTC (2 hours): Down, no ticket link
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link

    Tasks that ran:
    - Wed 8 May 10:00 UTC: Upgrade, without a briefing,
      https://tickets.example.com/1

    Announced, moved or cancelled:
    - cancelled, was Thu 16 May 20:00 UTC: Restore drill, no ticket link
    - new, Fri 17 May 20:00 UTC: Failover test, no ticket link
    - moved from Wed 15 May 20:00 UTC to Sat 18 May 20:00 UTC: Migration, no
      ticket link

    Coming up, briefing wanted:
    - Fri 17 May 20:00 UTC: Failover test, wanted by Fri 17 May 17:00 UTC, no
      ticket link
    - Sat 18 May 20:00 UTC: Migration, wanted by Fri 17 May 17:00 UTC, no
      ticket link
    "#);
}

#[test]
fn accounts_at_which_nothing_happened_are_one_line_after_a_leave_and_none_after_a_night() {
    let quiet = "engineers = [\"ada\"]";
    let world = may(WEEK).account("globex", quiet).account("initech", quiet);
    let texts = texts(&world, Kind::CatchUp);
    let (leave, night) = texts.split_once("\n2030-05-22").unwrap();
    assert!(leave.contains("\nNothing happened at globex and initech.\n"), "{leave}");
    assert!(!night.contains("globex"), "{night}");
}
