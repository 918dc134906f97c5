//! Before a leave: all that wants a briefing in it, in one list, while it can still be written.

use insta::assert_snapshot;

use super::change::{SATURDAY, monday};
use crate::plan::Kind;
use crate::tests::world::{World, check, letter};

/// Ada alone, in the week before hers off: Monday 13 to Friday 17 May 2030. Her last hours end on Friday 10 at 17:00.
fn before_a_week_off(until: &str) -> World {
    let world = World::of_ada("2030-05-06T00:00Z", until).leads(&["3 working days", "2 working hours"]);
    world.has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-18")
}

#[test]
fn before_a_leave_one_list_stands_in_for_single_requests() {
    // Three working days before the leave are three before the deadline. What follows are single letters again.
    let world = before_a_week_off("2030-05-21T00:00Z").has(
        "tasks",
        "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z
         t2 | acme: Patch | 2030-05-15T10:00Z..2030-05-15T11:00Z",
    );
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z ada before-leave [t1 t2]
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
                    + ada briefing-request (2 working hours) t2
    2030-05-10T17:00Z boss@ escalation (manager) t1
                    + boss@ escalation (manager) t2
    2030-05-10T17:00Z duty@ escalation (last call) t1
    2030-05-14T10:00Z duty@ escalation (last call) t2
    2030-05-20T09:15Z ada catch-up [t1 t2] after leave; acme: 2 ran
    ");
}

#[test]
fn a_list_takes_in_nothing_that_is_not_on_it() {
    // The same morning is three working days before the leave and two before a task on Thursday evening.
    let tasks = "t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z\nt2 | globex: Patch | 2030-05-09T20:00Z..2030-05-09T21:00Z";
    let world = before_a_week_off("2030-05-08T12:00Z").account("globex", "engineers = [\"ada\"]").has("tasks", tasks);
    assert_snapshot!(check(&world.leads(&["2 working days"])), @"
    2030-05-07T09:15Z ada before-leave [t1]
                    + ada briefing-request (2 working days) t2
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    ");
}

#[test]
fn news_of_a_listed_task_stands_beside_the_list() {
    let task = "t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z";
    let world = before_a_week_off("2030-05-08T12:00Z").leads(&["4 working days"]).has("tasks", task);
    let world = world.shows("tasks", "2030-05-07T08:40Z", &task.replace("10:00Z..", "09:00Z..").replace("Upgrade", "Failover"));
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada briefing-request (4 working days) t1
    2030-05-07T09:15Z ada before-leave [t1]
                    + ada task-changed t1: it was moved, it was renamed
    ");
}

#[test]
fn what_is_announced_after_the_list_is_asked_for_by_itself() {
    let listed = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";
    let world = before_a_week_off("2030-05-10T12:00Z").has("tasks", listed);
    let world = world.shows("tasks", "2030-05-09T11:00Z", &format!("{listed}\nt2 | acme: Patch | 2030-05-14T10:00Z..2030-05-14T11:00Z"));
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z ada before-leave [t1]
    2030-05-09T11:00Z ada briefing-request (3 working days) t2
    ");
}

#[test]
fn with_nothing_to_list_there_is_no_list_until_there_is() {
    let world = before_a_week_off("2030-05-10T12:00Z").has("tasks", "");
    let world = world.shows("tasks", "2030-05-09T11:00Z", "t2 | acme: Patch | 2030-05-14T10:00Z..2030-05-14T11:00Z");
    assert_snapshot!(check(&world), @"2030-05-09T11:00Z ada before-leave [t2]");
}

#[test]
fn what_is_written_or_covered_or_after_the_leave_is_on_no_list() {
    // Of the last one, on the evening of the return, the third working day before is Wednesday: it goes by itself.
    let world = World::new("2030-05-06T00:00Z", "2030-05-10T12:00Z").leads(&["3 working days"]).engineer("ada", "").engineer("bob", "");
    let world = world.account("acme", "engineers = [\"ada\", \"bob\"]").has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-18");
    let world = world.has(
        "tasks",
        "t1 | acme: Upgrade [briefing done] | 2030-05-11T10:00Z..2030-05-11T12:00Z
         t2 | acme: Patch | 2030-05-15T10:00Z..2030-05-15T11:00Z
         t3 | acme: Migration | 2030-05-20T20:00Z..2030-05-20T21:00Z",
    );
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z ada briefing-request (3 working days) t3");
}

#[test]
fn a_leave_entered_late_is_listed_at_once_if_its_owner_is_still_there() {
    // Off on Friday, entered on Thursday 11:00; three working days before that evening have passed.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-09T16:00Z").leads(&["3 working days", "2 working hours"]);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z").has("leave", "");
    let world = world.shows("leave", "2030-05-09T11:00Z", "v1 | ada: day off | 2030-05-10..2030-05-11");
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-09T11:00Z ada before-leave [t1]
    2030-05-09T15:00Z ada briefing-request (2 working hours) t1
    ");
    assert_snapshot!(letter(&world, Kind::BeforeLeave, "ada"), @r#"
    2030-05-09T11:00:00Z to ada@example.com
    Subject: Before you go on Thu 9 May: 1 briefing wanted: acme

    Hello ada,

    You will be away from Thu 9 May 17:00 UTC until Mon 13 May 09:00 UTC.
    Meanwhile nobody who knows the customer is there for 1 task. A short
    briefing, written before you go, would help whoever is on call.

    Wanted by: Thu 9 May 17:00 UTC (in 6 hours).

    1. acme, Upgrade
       When:   Sat 11 May 10:00 to 12:00 UTC, your time
       Ticket: no ticket link in the event; search for "acme: Upgrade"
       Task ID: te464b238d3

    The best place for a briefing is an internal note in the ticket. When it
    is there, or none is needed, put [briefing done] or [briefing waived] into
    the title or description of the event, or ask an admin to run `offwatch
    briefing done` with the task's ID.

    -- 
    Why you get this: you are away from Thu 9 May 17:00 UTC, and tasks of your
    accounts that want a briefing fall into that time. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn a_single_public_holiday_is_a_leave() {
    let world = World::new("2030-05-02T00:00Z", "2030-05-11T00:00Z").leads(&["3 working days", "2 working hours"]);
    let world = world.engineer("ada", "holidays = [\"holidays\"]").account("acme", "engineers = [\"ada\"]");
    let world = world.has("holidays", "h1 | Ascension | 2030-05-09..2030-05-10");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-09T10:00Z..2030-05-09T11:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-03T09:15Z ada before-leave [t1]
    2030-05-08T15:00Z ada briefing-request (2 working hours) t1
    2030-05-08T17:00Z boss@ escalation (manager) t1
    2030-05-08T17:00Z duty@ escalation (last call) t1
    2030-05-10T09:15Z ada catch-up [t1] after leave; acme: 1 ran
    ");
}

#[test]
fn an_observance_is_no_holiday() {
    let world = World::new("2030-05-02T00:00Z", "2030-05-11T00:00Z").engineer("ada", "holidays = [\"holidays\"]");
    let world = world.account("acme", "engineers = [\"ada\"]").has("tasks", "t1 | acme: Upgrade | 2030-05-09T10:00Z..2030-05-09T11:00Z");
    let world = world.has("holidays", "h1 | Mother's Day | 2030-05-09..2030-05-10 | DESCRIPTION:Observance");
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn every_engineer_of_an_account_has_a_list_of_their_own() {
    // Both are away in that week; only the owner is asked one by one.
    let world = World::new("2030-05-06T00:00Z", "2030-05-10T16:00Z").leads(&["3 working days", "2 working hours"]);
    let world = world.engineer("ada", "").engineer("bob", "").account("acme", "engineers = [\"ada\", \"bob\"]");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-15T10:00Z..2030-05-15T11:00Z");
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-18\nv2 | bob: vacation | 2030-05-13..2030-05-18");
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z ada before-leave [t1]
    2030-05-07T09:15Z bob before-leave [t1]
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    ");
}

#[test]
fn who_had_a_task_on_a_list_was_asked_even_if_the_leave_is_taken_back() {
    // No digest tells of it after the weekend.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-14T00:00Z").leads(&["2 working hours"]);
    let later = "v9 | ada: vacation | 2030-08-05..2030-08-10";
    let world =
        world.has("leave", &format!("v1 | ada: day off | 2030-05-13..2030-05-14\n{later}")).shows("leave", "2030-05-08T12:00Z", later);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z").answers("2030-05-10T12:00Z", "t1", "done");
    assert_snapshot!(check(&world), @"2030-05-07T09:15Z ada before-leave [t1]");
}

#[test]
fn a_leave_that_grows_after_its_list_has_what_it_now_holds_asked_for_by_itself() {
    // From Monday to Tuesday first, then until Friday: the second task was covered until then.
    let tasks = "t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z\nt2 | acme: Patch | 2030-05-16T10:00Z..2030-05-16T11:00Z";
    let world = before_a_week_off("2030-05-10T12:00Z").has("tasks", tasks).has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-15");
    assert_snapshot!(check(&world.shows("leave", "2030-05-08T12:00Z", "v1 | ada: vacation | 2030-05-13..2030-05-18")), @"
    2030-05-07T09:15Z ada before-leave [t1]
    2030-05-08T12:00Z ada briefing-request (3 working days) t2
    ");
}

#[test]
fn a_leave_that_shrinks_after_its_list_takes_back_what_it_no_longer_holds() {
    let tasks = "t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z\nt2 | acme: Patch | 2030-05-16T10:00Z..2030-05-16T11:00Z";
    let world = before_a_week_off("2030-05-10T12:00Z").has("tasks", tasks);
    assert_snapshot!(check(&world.shows("leave", "2030-05-08T12:00Z", "v1 | ada: vacation | 2030-05-13..2030-05-15")), @"
    2030-05-07T09:15Z ada before-leave [t1 t2]
    2030-05-08T12:30Z ada retraction t2: somebody who knows the customer will be there
    ");
}

#[test]
fn a_leave_that_is_brought_forward_has_a_list_of_its_own() {
    // The week off begins on Thursday now: another time away, with another last moment.
    let world = before_a_week_off("2030-05-10T12:00Z").has("tasks", "t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z");
    assert_snapshot!(check(&world.shows("leave", "2030-05-08T12:00Z", "v1 | ada: vacation | 2030-05-09..2030-05-18")), @"
    2030-05-07T09:15Z ada before-leave [t1]
    2030-05-08T12:00Z ada before-leave [t1]
    2030-05-08T15:00Z ada briefing-request (2 working hours) t1
    2030-05-09T10:00Z boss@ escalation (manager) t1
    ");
}

#[test]
fn a_list_before_a_leave_names_each_task_and_its_own_last_moment() {
    let world = monday("2030-05-08T00:00Z").set("leave", "before", "\"3 working days\"");
    let world = world.has("leave", "v1 | ada: vacation in Rome | 2030-05-13..2030-05-18");
    let world = world.has(
        "tasks",
        &format!(
            "{SATURDAY}\nt2 | acme: Restore drill | 2030-05-15..2030-05-16\nt3 | acme: Failover | 2030-05-20T08:30Z..2030-05-20T09:30Z"
        ),
    );
    assert_snapshot!(letter(&world, Kind::BeforeLeave, "ada").split("The best place").next().unwrap(), @r#"
    2030-05-07T09:15:00Z to ada@example.com
    Subject: Before you go on Fri 10 May: 3 briefings wanted: acme

    Hello ada,

    You will be away from Fri 10 May 17:00 UTC until Mon 20 May 09:00 UTC.
    Meanwhile nobody who knows the customer is there for 3 tasks. A short
    briefing for each, written before you go, would help whoever is on call.

    Wanted by: Fri 10 May 17:00 UTC (in 3 days 7 hours).

    1. acme, Upgrade
       When:   Sat 11 May 10:00 to 12:00 UTC, your time
       Ticket: https://tickets.example.com/1
       Task ID: te464b238d3

    2. acme, Restore drill
       When:   Wed 15 May: no time was given, so the whole day is meant
               Wed 15 May 00:00 to Thu 16 May 00:00 UTC, your time
       Ticket: no ticket link in the event; search for "acme: Restore drill"
       Task ID: t412b9645f6

    3. acme, Failover
       When:   Mon 20 May 08:30 to 09:30 UTC, your time
       Ticket: no ticket link in the event; search for "acme: Failover"
       Task ID: t9a312bfef3
    "#);
}

#[test]
fn a_list_before_a_leave_that_has_become_wrong_is_corrected_in_one_letter() {
    let (first, second) =
        ("t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z", "t2 | acme: Restore drill | 2030-05-15T10:00Z..2030-05-15T12:00Z");
    let world = monday("2030-05-07T12:00Z").leads(&["1 working day"]).has("tasks", &format!("{first}\n{second}"));
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-18").set("leave", "before", "\"4 working days\"");
    let moved = first.replace("2030-05-14", "2030-05-16");
    let world = world.shows("tasks", "2030-05-07T10:00Z", &format!("{moved}\n{second} | STATUS:CANCELLED"));
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @r#"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Moved: acme, Upgrade, Thu 16 May 10:00 your time. Briefing still wanted by Fri 10 May 17:00 (and 1 more)

    Hello ada,

    1 of 2: Moved: acme, Upgrade, Thu 16 May 10:00 your time. Briefing still
    wanted by Fri 10 May 17:00
    ========================================================================

    A task for acme that you were told of was moved. A short briefing from you
    would still help.

    Was:       Tue 14 May 10:00 to 12:00 UTC
    Is now:    Thu 16 May 10:00 to 12:00 UTC, your time

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Thu 16 May 10:00 to 12:00 UTC: you are on leave
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 6 hours)
    Ticket:    no ticket link in the event; search for "acme: Upgrade"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    2 of 2: No longer needed: acme, Restore drill, Wed 15 May 10:00 your time
    =========================================================================

    A task for acme that you know of was cancelled. No briefing is needed from
    anybody; one that is written already does no harm.

    What:      acme: Restore drill
    Customer:  acme
    Was:       Wed 15 May 10:00 to 12:00 UTC, your time
    Ticket:    no ticket link in the event; search for "acme: Restore drill"

    -- 
    Why you get this: you were told of this task Mon 6 May 09:15 UTC, and
    since then it was moved (Upgrade); you were told of this task Mon 6 May
    09:15 UTC, and since then it was cancelled (Restore drill). Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}
