//! News in words: what each change of a task says to whoever had it otherwise in mind.

use insta::assert_snapshot;

use super::change::{LATER, SATURDAY, becomes, monday};
use crate::plan::Kind;
use crate::tests::world::{World, check, letter};

#[test]
fn a_renamed_task_is_told_with_its_old_name() {
    let world = becomes(monday("2030-05-07T12:00Z"), "2030-05-07T10:00Z", &SATURDAY.replace("Upgrade", "Migration"));
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Renamed: acme, Migration, Sat 11 May 10:00 your time. Briefing still wanted by Fri 10 May 17:00

    Hello ada,

    A task for acme that you were told of has another title. A short briefing
    from you would still help.

    Old title: acme: Upgrade

    What:      acme: Migration
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 6 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was renamed. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_was_moved_and_renamed_and_has_another_ticket_is_told_in_one_letter() {
    let other = LATER.replace("Upgrade", "Migration").replace("example.com/1", "example.com/2");
    let world = becomes(monday("2030-05-07T12:00Z").says("ada", "2030-05-07T09:30Z", "t1", "done"), "2030-05-07T10:00Z", &other);
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Moved: acme, Migration, Sat 18 May 10:00 your time. Does the briefing still hold?

    Hello ada,

    A task for acme that you were told of was moved, has another title and has
    another ticket. Does your briefing still hold? If it does, say so once
    more, as described below; if not, a few changed lines help.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sat 18 May 10:00 to 12:00 UTC, your time
    Old title: acme: Upgrade
    Old link:  https://tickets.example.com/1

    What:      acme: Migration
    Customer:  acme
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Status:    ada says that the briefing is written, Tue 7 May 09:30 UTC
    Wanted by: Fri 17 May 17:00 UTC, your last working moment before it (in 10
               days)
    Ticket:    https://tickets.example.com/2

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you wrote its briefing Tue 7 May 09:30 UTC, and since
    then it was moved, it was renamed, its ticket is another one. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn another_ticket_of_a_task_without_a_briefing_is_told_as_it_is() {
    let world = becomes(monday("2030-05-07T12:00Z"), "2030-05-07T10:00Z", &SATURDAY.replace("example.com/1", "example.com/2"));
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: New ticket: acme, Upgrade, Sat 11 May 10:00 your time. Briefing still wanted by Fri 10 May 17:00

    Hello ada,

    A task for acme that you were told of has another ticket. A short briefing
    from you would still help.

    Old link:  https://tickets.example.com/1

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 6 hours)
    Ticket:    https://tickets.example.com/2

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then its ticket is another one. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_vanished_from_its_calendar_is_told_as_gone() {
    let world = monday("2030-05-07T12:00Z").shows("tasks", "2030-05-07T10:00Z", "t9 | acme: Review | 2030-05-16T10:00Z..2030-05-16T11:00Z");
    assert_snapshot!(letter(&world, Kind::Retraction, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: No longer needed: acme, Upgrade, Sat 11 May 10:00 your time

    Hello ada,

    A task for acme that you know of has vanished from its calendar. No
    briefing is needed from anybody; one that is written already does no harm.

    What:      acme: Upgrade
    Customer:  acme
    Was:       Sat 11 May 10:00 to 12:00 UTC, your time
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it vanished from its calendar. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_went_to_another_customer_is_told_as_theirs_no_more() {
    let world = monday("2030-05-07T12:00Z").engineer("bob", "").account("globex", "engineers = [\"bob\"]");
    let world = becomes(world, "2030-05-07T10:00Z", &SATURDAY.replace("acme:", "globex:"));
    assert_snapshot!(letter(&world, Kind::Retraction, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Another customer's now: globex, Upgrade, Sat 11 May 10:00 your time

    Hello ada,

    A task that you know of is for another customer now, globex. Nothing is
    asked of you for it any more.

    What:      globex: Upgrade
    Customer:  globex
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it went to another account. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_went_to_another_customer_of_the_same_engineer_is_told_as_changed() {
    let world = monday("2030-05-07T12:00Z").account("globex", "engineers = [\"ada\"]");
    let world = becomes(world, "2030-05-07T10:00Z", &SATURDAY.replace("acme:", "globex:"));
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Another customer's now: globex, Upgrade, Sat 11 May 10:00 your time. Briefing still wanted by Fri 10 May 17:00

    Hello ada,

    A task for globex that you were told of was another customer's before and
    has another title. A short briefing from you would still help.

    Old title: acme: Upgrade

    What:      globex: Upgrade
    Customer:  globex
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 6 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was renamed, it went to another account. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_loses_its_time_is_told_with_the_day_that_it_had() {
    let date = "t1 | acme: Upgrade | 2030-05-12..2030-05-13 | URL:https://tickets.example.com/1";
    let world = becomes(monday("2030-05-07T12:00Z"), "2030-05-07T10:00Z", date);
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Moved: acme, Upgrade, Sun 12 May. Briefing still wanted by Fri 10 May 17:00

    Hello ada,

    A task for acme that you were told of was moved. A short briefing from you
    would still help.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sun 12 May: no time was given, so the whole day is meant
               Sun 12 May 00:00 to Mon 13 May 00:00 UTC, your time

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sun 12 May 00:00 to Mon 13 May 00:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 6 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn one_occurrence_that_moves_is_told_as_one_of_its_series() {
    let sundays = "t1 | acme: Maintenance | 2030-05-12T01:00Z..2030-05-12T05:00Z";
    let moved = sundays.replace("2030-05-12T01:00Z..2030-05-12T05:00Z", "2030-05-11T20:00Z..2030-05-11T23:00Z");
    let series = format!("{sundays} | RRULE:FREQ=WEEKLY");
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-08T17:00Z").leads(&["3 working days"]).has("tasks", &series);
    let world = world.shows("tasks", "2030-05-08T12:00Z", &format!("{series}\n{moved} | RECURRENCE-ID:20300512T010000Z"));
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @r#"
    2030-05-08T12:30:00Z to ada@example.com
    Subject: Moved: acme, Maintenance, Sat 11 May 20:00 your time. Briefing still wanted by Fri 10 May 17:00

    Hello ada,

    A task for acme that you were told of was moved. A short briefing from you
    would still help.

    Was:       Sun 12 May 01:00 to 05:00 UTC
    Is now:    Sat 11 May 20:00 to 23:00 UTC, your time

    What:      acme: Maintenance
    Customer:  acme
    When:      one of a series, with a briefing of its own
    Uncovered: Sat 11 May 20:00 to 23:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 2
               days 4 hours)
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of this occurrence, not
    of the whole series; an admin can also run:
        offwatch briefing done tfcea519b66

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn what_changed_during_a_leave_stands_in_the_letter_of_the_return_once() {
    let task = "t1 | acme: Upgrade | 2030-05-18T10:00Z..2030-05-18T12:00Z";
    let world = monday("2030-05-14T00:00Z")
        .leads(&["9 working days"])
        .has("tasks", &format!("{task}\nt9 | acme: Review | 2030-05-16T10:00Z..2030-05-16T11:00Z"));
    let world = world
        .has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-13")
        .has("emergencies", "e1 | acme: Down | 2030-05-08T10:00Z..2030-05-08T11:00Z");
    let world = becomes(world, "2030-05-08T10:00Z", &task.replace("2030-05-18", "2030-05-25"));
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada briefing-request (9 working days) t1
    2030-05-13T09:15Z ada catch-up [e1] after leave; acme: 1 incident, coming acme: Upgrade
                    + ada task-changed t1: it was moved
    ");
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: Moved: acme, Upgrade, Sat 25 May 10:00 your time. Briefing still wanted by Fri 24 May 17:00 (and 1 more)

    Hello ada,

    1 of 2: Moved: acme, Upgrade, Sat 25 May 10:00 your time. Briefing still
    wanted by Fri 24 May 17:00
    ========================================================================

    A task for acme that you were told of was moved. A short briefing from you
    would still help.

    Was:       Sat 18 May 10:00 to 12:00 UTC
    Is now:    Sat 25 May 10:00 to 12:00 UTC, your time

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sat 25 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 24 May 17:00 UTC, your last working moment before it (in 11
               days)
    Ticket:    no ticket link in the event; search for "acme: Upgrade"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    2 of 2: While you were away: 1 emergency: acme
    ==============================================

    While you were away: 1 emergency.

    Away:      Mon 6 May 17:00 UTC to Mon 13 May 09:00 UTC
               your entries: "ada: vacation"

    acme
    ----

    Emergencies:
    - Wed 8 May 10:00 UTC (1 hour): Down, no ticket link

    What may help now
    -----------------
    [ ] reach out to acme about the next steps

    -- 
    Why you get this: you were told of this task Mon 6 May 09:15 UTC, and
    since then it was moved (Upgrade); you are back from a leave, between Mon
    6 May 17:00 UTC and Mon 13 May 09:00 UTC. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn a_task_that_moves_into_working_hours_is_taken_back_with_both_times() {
    let monday_morning = SATURDAY.replace("2030-05-11", "2030-05-13");
    let world = becomes(monday("2030-05-08T08:00Z"), "2030-05-07T10:00Z", &monday_morning);
    assert_snapshot!(letter(&world, Kind::Retraction, "ada"), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: No longer needed: acme, Upgrade, Mon 13 May 10:00 your time

    Hello ada,

    A task for acme that you know of was moved to a time at which somebody who
    knows them is there. No briefing is needed from anybody; one that is
    written already does no harm.

    What:      acme: Upgrade
    Customer:  acme
    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Mon 13 May 10:00 to 12:00 UTC, your time
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was moved to when somebody who knows the customer is there.
    Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_was_covered_for_hours_is_wanted_again() {
    let leave = "v1 | ada: day off | 2030-05-15..2030-05-16\nv9 | ada: vacation | 2030-08-05..2030-08-06";
    let world = monday("2030-05-10T17:00Z").has("tasks", &SATURDAY.replace("2030-05-11", "2030-05-15")).set("leave", "before", "\"\"");
    let world = world.has("leave", leave).shows("leave", "2030-05-10T10:00Z", "v9 | ada: vacation | 2030-08-05..2030-08-06");
    let world = world.shows("leave", "2030-05-10T14:00Z", leave);
    assert_snapshot!(check(&world), @"
    2030-05-09T09:15Z ada briefing-request (3 working days) t1
    2030-05-10T09:15Z ada briefing-request (2 working days) t1
    2030-05-10T10:30Z ada retraction t1: somebody who knows the customer will be there
    2030-05-10T14:30Z ada task-changed t1: it wants a briefing again
    ");
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @"
    2030-05-10T14:30:00Z to ada@example.com
    Subject: Wanted again: acme, Upgrade, Wed 15 May 10:00 your time. Briefing still wanted by Tue 14 May 17:00

    Hello ada,

    You were told that a task for acme needs nothing any more. That has
    changed: nobody who knows them is there again. A short briefing from you
    would still help.

    What:      acme: Upgrade
    Customer:  acme
    When:      Wed 15 May 10:00 to 12:00 UTC, your time
    Uncovered: Wed 15 May 10:00 to 12:00 UTC: you are on leave
    Wanted by: Tue 14 May 17:00 UTC, your last working moment before it (in 4
               days 2 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told that this task needs nothing any more Fri
    10 May 10:30 UTC, and since then it wants a briefing again. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn the_last_call_waits_for_nobodys_hours_also_where_it_is_news_to_an_engineer() {
    let night = |customer: &str| format!("t1 | {customer}: Upgrade | 2030-05-10T03:00Z..2030-05-10T04:00Z");
    let world = |at: &str| {
        let world = World::new("2030-05-06T00:00Z", "2030-05-10T03:00Z").leads(&["1 working day"]);
        let world = world.engineer("ada", "hours = { mon-fri = \"17:05-23:00\" }").engineer("bob", "");
        let world = world.account("acme", "engineers = [\"ada\"]").account("beta", "engineers = [\"bob\"]\nlast_resort = \"ada\"");
        world.has("tasks", &night("acme")).shows("tasks", at, &night("beta"))
    };
    assert_snapshot!(check(&world("2030-05-09T09:00Z")), @"
    2030-05-08T17:20Z ada briefing-request (1 working day) t1
    2030-05-09T09:15Z bob briefing-request (1 working day) t1
    2030-05-09T17:00Z ada escalation (last call) t1
    2030-05-09T17:00Z boss@ escalation (manager) t1
    ");
    assert_snapshot!(letter(&world("2030-05-09T17:00Z"), Kind::TaskChanged, "ada"), @r#"
    2030-05-09T17:30:00Z to ada@example.com
    Subject: Another customer's now: beta, Upgrade, Fri 10 May 03:00 your time

    Hello ada,

    A task for beta that you were told of was another customer's before and
    has another title. offwatch knows of no briefing, and nobody it could ask
    has working time left to write one. This is for whoever is on call then;
    please pass it on if that is not you. Look in the ticket first, there may
    be one that offwatch was not told of.

    Old title: acme: Upgrade

    What:      beta: Upgrade
    Customer:  beta
    When:      Fri 10 May 03:00 to 04:00 UTC, your time
    Uncovered: Fri 10 May 03:00 to 04:00 UTC: outside working hours
    Ticket:    no ticket link in the event; search for "beta: Upgrade"

    Who knows the customer:
    - bob (owner), bob@example.com, away until Fri 10 May 09:00 UTC

    -- 
    Why you get this: you were told of this task Wed 8 May 17:20 UTC, and
    since then it was renamed, it went to another account. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn a_link_that_is_found_while_a_change_stands_does_not_put_off_that_it_is_told() {
    let bare = LATER.replace(" | URL:https://tickets.example.com/1", "");
    let world = monday("2030-05-07T12:00Z").has("tasks", &SATURDAY.replace(" | URL:https://tickets.example.com/1", ""));
    let world = becomes(becomes(world, "2030-05-07T10:00Z", &bare), "2030-05-07T10:20Z", LATER);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T10:30Z ada task-changed t1: it was moved
    ");
}
