//! Leaves in words: what the digest of a return says of the time away, and of nothing else, however the leave was entered.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, excerpts, letter};

/// What happened to acme in May 2030: on two days of the week of Monday 6 May, and in the one after it.
pub(super) const TROUBLE: &str = "x1 | acme: Down | 2030-05-07T10:00Z..2030-05-07T12:00Z | URL:https://tickets.example.com/11
    x2 | acme: Slow | 2030-05-09T10:00Z..2030-05-09T12:00Z
    x3 | acme: Down again | 2030-05-14T10:00Z..2030-05-14T12:00Z";

/// An entry far away, so that the leave feed is never empty.
pub(super) const FAR: &str = "v9 | ada: vacation | 2030-08-05..2030-08-06";

/// Ada and bob, who stands in for her, from 1 May 2030 on, with that trouble; her leave as the rows say.
pub(super) fn may(leave: &str) -> World {
    let world = World::of_ada_and_bob("2030-05-01T00:00Z", "2030-05-18T00:00Z").set("leave", "before", "\"\"");
    world.has("emergencies", TROUBLE).has("leave", &format!("{leave}\n{FAR}"))
}

#[test]
fn after_a_leave_of_single_days_the_digest_speaks_of_one_time_away() {
    let days = [6, 7, 8, 9, 10].map(|day| format!("d{day} | ada: vacation | 2030-05-{day:02}..2030-05-{:02}", day + 1));
    assert_snapshot!(letter(&may(&days.join("\n")), Kind::CatchUp, "ada"), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 2 emergencies: acme

    Hello ada,

    While you were away: 2 emergencies.

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link

    What may help now
    -----------------
    [ ] read the tickets above
    [ ] talk to bob, who was standing in for you
    [ ] reach out to acme about the next steps

    -- 
    Why you get this: you are back from a leave, between Fri 3 May 17:00 UTC
    and Mon 13 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn after_a_leave_that_stands_in_two_feeds_both_entries_are_named() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11").own_feed("system", "absences", "every_event = \"absence\"");
    let world = world.has("system", "s1 | ada: holiday | 2030-05-06..2030-05-11");
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada").split("\n\nacme").next().unwrap(), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 2 emergencies: acme

    Hello ada,

    While you were away: 2 emergencies.

    Away:      Fri 3 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: holiday", "ada: vacation"
    "#);
}

#[test]
fn after_a_leave_that_was_shortened_the_digest_ends_with_the_true_return() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11");
    let world = world.shows("leave", "2030-05-07T15:00Z", &format!("v1 | ada: vacation | 2030-05-06..2030-05-08\n{FAR}"));
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada").split("What may help").next().unwrap(), @r#"
    2030-05-08T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Fri 3 May 17:00 UTC to Wed 8 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11
    "#);
}

#[test]
fn after_a_leave_that_was_extended_under_another_entry_the_digest_tells_of_all_of_it() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11");
    let both = "v1 | ada: vacation | 2030-05-06..2030-05-11\nv2 | ada: sick | 2030-05-13..2030-05-16";
    let world = world.shows("leave", "2030-05-12T15:00Z", &format!("{both}\n{FAR}"));
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada").split("What may help").next().unwrap(), @r#"
    2030-05-16T09:15:00Z to ada@example.com
    Subject: While you were away: 3 emergencies: acme

    Hello ada,

    While you were away: 3 emergencies.

    Away:      Fri 3 May 17:00 UTC to Thu 16 May 09:00 UTC
               your entries: "ada: sick", "ada: vacation"

    acme
    ----

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link
    - Tue 14 May 10:00 UTC (2 hours): Down again, no ticket link
    "#);
}

#[test]
fn a_leave_that_is_extended_after_the_return_is_told_from_that_return_on() {
    let world = may("v1 | ada: vacation | 2030-05-06..2030-05-11");
    let world = world.shows("leave", "2030-05-13T15:00Z", &format!("v1 | ada: vacation | 2030-05-06..2030-05-16\n{FAR}"));
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada").split("What may help").next().unwrap(), @r#"
    2030-05-16T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Fri 3 May 17:00 UTC to Thu 16 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Tue 14 May 10:00 UTC (2 hours): Down again, no ticket link
    "#);
}

#[test]
fn a_day_that_was_entered_afterwards_is_told_with_the_next_night() {
    let world = may("").shows("leave", "2030-05-10T10:00Z", &format!("v1 | ada: sick | 2030-05-09..2030-05-10\n{FAR}"));
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada"), @"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Fri 10 May 17:00 UTC to Mon 13 May 09:00 UTC

    acme
    ----

    Emergencies:
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link, reached offwatch
      late

    What may help now
    -----------------
    [ ] reach out to acme about the next steps

    -- 
    Why you get this: something happened outside your hours, between Fri 10
    May 17:00 UTC and Mon 13 May 09:00 UTC. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn after_a_half_day_the_digest_comes_at_noon() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-08T00:00Z").has("emergencies", TROUBLE);
    let world = world.has("leave", &format!("v1 | ada: dentist | 2030-05-07T09:00Z..2030-05-07T13:00Z\n{FAR}"));
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada"), @r#"
    2030-05-07T13:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Mon 6 May 17:00 UTC to Tue 7 May 13:00 UTC
               your entries: "ada: dentist"

    acme
    ----

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, https://tickets.example.com/11

    What may help now
    -----------------
    [ ] read the tickets above
    [ ] reach out to acme about the next steps

    -- 
    Why you get this: you are back from a leave, between Mon 6 May 17:00 UTC
    and Tue 7 May 13:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn where_all_is_old_the_numbers_alone_are_told() {
    let world = World::of_ada("2030-05-01T00:00Z", "2030-07-02T12:00Z").has("emergencies", TROUBLE).set("leave", "before", "\"\"");
    let world = world.has("leave", "v1 | ada: parental leave | 2030-05-06..2030-07-01");
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["While you", "acme", "too old"]), @"
    2030-07-01T09:15:00Z to ada@example.com
    Subject: While you were away: 3 older items: acme

    While you were away: 3 older items.

    acme
    ----

    3 items, too old to be listed.
    ");
}

#[test]
fn after_months_away_what_is_old_is_a_number() {
    let world = World::of_ada("2030-04-01T00:00Z", "2030-06-12T00:00Z").has("emergencies", TROUBLE).set("leave", "before", "\"\"");
    let world = world.has("leave", "v1 | ada: parental leave | 2030-04-02..2030-06-11");
    let world = world.has("tasks", "t1 | acme: Upgrade [briefing done] | 2030-05-18T10:00Z..2030-05-18T12:00Z");
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada"), @r#"
    2030-06-11T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency, 1 task ran, 2 older items: acme

    Hello ada,

    While you were away: 1 emergency, 1 task ran, 2 older items.

    Away:      Mon 1 Apr 17:00 UTC to Tue 11 Jun 09:00 UTC
               your entries: "ada: parental leave"

    acme
    ----

    Emergencies:
    - Tue 14 May 10:00 UTC (2 hours): Down again, no ticket link

    Tasks that ran:
    - Sat 18 May 10:00 UTC: Upgrade, a briefing was there, no ticket link

    2 more items, too old to be listed.

    What may help now
    -----------------
    [ ] reach out to acme about the next steps

    -- 
    Why you get this: you are back from a leave, between Mon 1 Apr 17:00 UTC
    and Tue 11 Jun 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn tickets_of_one_incident_stand_in_one_line() {
    let rows = "e1 | acme: Down | 2030-05-08T01:00Z..2030-05-08T02:00Z | URL:https://tickets.example.com/21
        e2 | acme: Still down | 2030-05-08T05:00Z..2030-05-08T06:00Z | URL:https://tickets.example.com/22
        e3 | acme: Follow-up | 2030-05-08T22:00Z..2030-05-08T23:00Z | URL:https://tickets.example.com/21";
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-08T12:00Z").has("emergencies", rows);
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada").split("What may help").next().unwrap(), @"
    2030-05-08T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Tue 7 May 17:00 UTC to Wed 8 May 09:00 UTC

    acme
    ----

    Emergencies:
    - Wed 8 May 01:00 UTC (5 hours): Down, https://tickets.example.com/21
      https://tickets.example.com/22
    ");
}

#[test]
fn a_task_that_nobody_was_asked_about_is_told_as_having_run_without_a_briefing() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-14T00:00Z").has("tasks", "");
    let world = world.shows("tasks", "2030-05-10T18:00Z", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada"), @"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 task ran: acme

    Hello ada,

    While you were away: 1 task ran.

    Away:      Fri 10 May 17:00 UTC to Mon 13 May 09:00 UTC

    acme
    ----

    Tasks that ran:
    - Sat 11 May 10:00 UTC: Upgrade, without a briefing, no ticket link

    -- 
    Why you get this: something happened outside your hours, between Fri 10
    May 17:00 UTC and Mon 13 May 09:00 UTC. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn where_an_empty_digest_is_wanted_it_says_that_nothing_happened() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-14T00:00Z").has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-10");
    assert_snapshot!(letter(&world.set("catch_up", "send_empty", "true"), Kind::CatchUp, "ada"), @"
    2030-05-10T09:15:00Z to ada@example.com
    Subject: While you were away: nothing to tell

    Hello ada,

    Nothing happened at your accounts while you were away (Mon 6 May 17:00 UTC
    to Fri 10 May 09:00 UTC). Have a good start.

    -- 
    Why you get this: you are back from a leave, between Mon 6 May 17:00 UTC
    and Fri 10 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_runs_when_its_owner_returns_is_told_as_running_and_one_right_after_as_coming() {
    // Back on Monday at nine; one window is open until noon, another begins that evening.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-13T09:30Z").leads(&["2 working hours"]).set("leave", "before", "\"\"");
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-09..2030-05-11").has("tasks", "");
    let tasks =
        "t1 | acme: Upgrade | 2030-05-13T07:00Z..2030-05-13T12:00Z\nt2 | acme: Restore drill | 2030-05-13T18:00Z..2030-05-13T19:00Z";
    assert_snapshot!(letter(&world.shows("tasks", "2030-05-09T12:00Z", tasks), Kind::CatchUp, "ada"), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 task ran, 1 change of plan; 1 briefing wanted soon: acme

    Hello ada,

    While you were away: 1 task ran, 1 change of plan; 1 briefing wanted soon.

    Away:      Wed 8 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Tasks that ran:
    - Mon 13 May 07:00 UTC, still running until Mon 13 May 12:00 UTC: Upgrade,
      without a briefing, no ticket link

    Announced, moved or cancelled:
    - new, Mon 13 May 18:00 UTC: Restore drill, no ticket link

    Coming up, briefing wanted:
    - Mon 13 May 18:00 UTC: Restore drill, wanted by Mon 13 May 17:00 UTC, no
      ticket link

    What may help now
    -----------------
    [ ] write the briefings above that are yours

    -- 
    Why you get this: you are back from a leave, between Wed 8 May 17:00 UTC
    and Mon 13 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}
