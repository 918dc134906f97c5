//! A briefing that was written before the task changed may not hold any more: it is asked about once, then at the last leads.

use insta::assert_snapshot;

use super::change::{LATER, SATURDAY, becomes, monday};
use crate::plan::Kind;
use crate::tests::world::{World, check, letter, texts};

#[test]
fn a_ticket_that_changes_after_the_briefing_was_written_is_told_and_leaves_it_written() {
    let world = monday("2030-05-11T00:00Z").answers("2030-05-07T12:00Z", "t1", "done");
    let world = becomes(world, "2030-05-07T14:00Z", &SATURDAY.replace("example.com/1", "example.com/2"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T14:30Z ada task-changed t1: its ticket is another one
    ");
    assert_snapshot!(texts(&world, Kind::TaskChanged), @"
    2030-05-07T14:30:00Z to ada@example.com
    Subject: New ticket: acme, Upgrade, Sat 11 May 10:00 your time

    Hello ada,

    A task for acme that you were told of has another ticket. If the briefing
    stands in the old ticket, whoever is on call will not find it there.

    Old link:  https://tickets.example.com/1

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Status:    simulation says that the briefing is written, Tue 7 May 12:00
               UTC
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 2 hours)
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
fn a_written_briefing_is_stale_when_the_task_moves_and_is_asked_for_at_the_last_two_leads() {
    let world = monday("2030-05-20T00:00Z").answers("2030-05-07T09:00Z", "t1", "done");
    let world = becomes(world, "2030-05-07T10:00Z", LATER);
    assert_snapshot!(check(&world), @"
    2030-05-07T10:30Z ada task-changed t1: it was moved
    2030-05-15T09:15Z ada briefing-request (2 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T17:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(texts(&world, Kind::TaskChanged), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Moved: acme, Upgrade, Sat 18 May 10:00 your time. Does the briefing still hold?

    Hello ada,

    A task for acme that you were told of was moved. There is a briefing from
    before that. Does it still hold? If it does, say so once more, as
    described below.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sat 18 May 10:00 to 12:00 UTC, your time

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Status:    simulation says that the briefing is written, Tue 7 May 09:00
               UTC
    Wanted by: Fri 17 May 17:00 UTC, your last working moment before it (in 10
               days)
    Ticket:    https://tickets.example.com/1

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you would be asked for its briefing, which somebody said
    is there Tue 7 May 09:00 UTC, and since then it was moved. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_stale_briefing_that_is_said_to_hold_is_asked_for_no_more() {
    let world = monday("2030-05-20T00:00Z").answers("2030-05-07T09:00Z", "t1", "done");
    let world = becomes(world, "2030-05-07T10:00Z", LATER).answers("2030-05-08T09:00Z", "t1", "done");
    assert_snapshot!(check(&world), @"2030-05-07T10:30Z ada task-changed t1: it was moved");
}

#[test]
fn a_briefing_that_is_waived_stays_so_when_the_task_moves() {
    let world = monday("2030-05-20T00:00Z").answers("2030-05-07T09:00Z", "t1", "waived");
    assert_snapshot!(check(&becomes(world, "2030-05-07T10:00Z", LATER)), @"silence");
}

#[test]
fn a_briefing_that_nobody_was_asked_for_is_asked_about_when_the_task_changes() {
    let world = monday("2030-05-20T00:00Z").leads(&["2 working days", "1 working day"]).answers("2030-05-06T09:00Z", "t1", "done");
    assert_snapshot!(check(&becomes(world, "2030-05-07T10:00Z", LATER)), @"
    2030-05-07T10:30Z ada task-changed t1: it was moved
    2030-05-15T09:15Z ada briefing-request (2 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_mark_in_the_event_that_stays_while_the_task_moves_is_stale_until_it_is_set_anew() {
    let marked = |task: &str| task.replace("Upgrade", "Upgrade [briefing done]");
    let world = becomes(monday("2030-05-20T00:00Z"), "2030-05-07T09:00Z", &marked(SATURDAY));
    let world = becomes(world, "2030-05-07T10:00Z", &marked(LATER));
    let world = becomes(world, "2030-05-15T10:00Z", LATER);
    assert_snapshot!(check(&becomes(world, "2030-05-15T11:00Z", &marked(LATER))), @"
    2030-05-07T10:30Z ada task-changed t1: it was moved
    2030-05-15T09:15Z ada briefing-request (2 working days) t1
    ");
}

#[test]
fn whoever_wrote_a_briefing_hears_of_each_later_change_though_the_account_is_not_theirs() {
    // Zoe knows globex and wrote for ada, who was asked. The task is renamed, and then its ticket is another one.
    let world = monday("2030-05-08T17:00Z").engineer("zoe", "").account("globex", "engineers = [\"zoe\"]");
    let world = world.says("zoe", "2030-05-07T12:00Z", "t1", "done");
    let renamed = SATURDAY.replace("Upgrade", "Migration");
    let world = becomes(world, "2030-05-07T14:00Z", &renamed);
    assert_snapshot!(letter(&world, Kind::TaskChanged, "zoe"), @"
    2030-05-07T14:30:00Z to zoe@example.com
    Subject: Renamed: acme, Migration, Sat 11 May 10:00 your time. Does the briefing still hold?

    Hello zoe,

    A task for acme that you were told of has another title. Does your
    briefing still hold? If it does, say so once more, as described below; if
    not, a few changed lines help.

    Old title: acme: Upgrade

    What:      acme: Migration
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Status:    zoe says that the briefing is written, Tue 7 May 12:00 UTC
    Ticket:    https://tickets.example.com/1

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you wrote its briefing Tue 7 May 12:00 UTC, and since
    then it was renamed. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    let world = becomes(world, "2030-05-08T10:00Z", &renamed.replace("example.com/1", "example.com/2"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T14:30Z ada task-changed t1: it was renamed
    2030-05-07T14:30Z zoe task-changed t1: it was renamed
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-08T10:30Z ada task-changed t1: its ticket is another one
    2030-05-08T10:30Z zoe task-changed t1: its ticket is another one
    ");
    assert_snapshot!(letter(&world, Kind::TaskChanged, "zoe"), @"
    2030-05-08T10:30:00Z to zoe@example.com
    Subject: New ticket: acme, Migration, Sat 11 May 10:00 your time. Does the briefing still hold?

    Hello zoe,

    A task for acme that you were told of has another ticket. Does your
    briefing still hold? If it does, say so once more, as described below; if
    not, a few changed lines help.

    Old link:  https://tickets.example.com/1

    What:      acme: Migration
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Status:    zoe says that the briefing is written, Tue 7 May 12:00 UTC
    Ticket:    https://tickets.example.com/2

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Tue 7 May 14:30 UTC, and
    since then its ticket is another one. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn of_a_stale_briefing_the_last_resort_reads_that_there_is_an_old_one() {
    let world = monday("2030-05-18T00:00Z").says("ada", "2030-05-07T12:00Z", "t1", "done");
    let world = becomes(world, "2030-05-07T14:00Z", LATER);
    assert_snapshot!(letter(&world, Kind::Escalation, "duty"), @"
    2030-05-17T17:00:00Z to duty@example.com
    Subject: For whoever is on call, an old briefing only: acme, Upgrade, Sat 18 May 10:00 UTC

    Hello,

    This is for whoever is on call then; please pass it on if that is not you.
    Something is planned for acme (in 17 hours), nobody who knows them is in
    then, and the only briefing that offwatch knows of is from before the task
    changed. Look in the ticket first, there may be one that offwatch was not
    told of.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 18 May 10:00 to 12:00 UTC
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Status:    ada says that the briefing is written, Tue 7 May 12:00 UTC
    Ticket:    https://tickets.example.com/1

    Who knows the customer:
    - ada (owner), ada@example.com, away until Mon 20 May 09:00 UTC

    If there is a briefing, or none is needed, [briefing done] or [briefing
    waived] in the title or description of the event tells offwatch so; an
    admin can also run
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you are its last resort before the task starts; the task
    is uncovered (weekend), and nobody who knows the customer can write a
    briefing any more. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    let again = becomes(world, "2030-05-17T18:00Z", &LATER.replace("T10:00Z..", "T14:00Z..").replace("T12:00Z |", "T16:00Z |"));
    assert_snapshot!(letter(&again, Kind::TaskChanged, "duty"), @"
    2030-05-17T18:30:00Z to duty@example.com
    Subject: Moved: acme, Upgrade, Sat 18 May 14:00 UTC

    Hello,

    A task for acme that you were told of was moved. This is only so that you
    do not go by what you were told before: the briefing that there is may not
    hold any more.

    Was:       Sat 18 May 10:00 to 12:00 UTC
    Is now:    Sat 18 May 14:00 to 16:00 UTC

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sat 18 May 14:00 to 16:00 UTC: weekend
    Status:    ada says that the briefing is written, Tue 7 May 12:00 UTC
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Fri 17 May 17:00 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

/// The task of a day off, which wants a briefing only because of it, and that leave with another one.
const DAY_OFF: (&str, &str) = (
    "t1 | acme: Upgrade | 2030-05-15T10:00Z..2030-05-15T12:00Z | URL:https://tickets.example.com/1",
    "v1 | ada: day off | 2030-05-15..2030-05-16\nv9 | ada: vacation | 2030-08-05..2030-08-06",
);

/// Ada has that day off but for the hours from `gone` to `back`, in which her calendar does not say so.
fn without_leave_for_hours(gone: &str, back: &str) -> World {
    let world = monday("2030-05-14T12:00Z").has("tasks", DAY_OFF.0).has("leave", DAY_OFF.1).set("leave", "before", "\"\"");
    let world = world.shows("leave", gone, "v9 | ada: vacation | 2030-08-05..2030-08-06");
    world.shows("leave", back, DAY_OFF.1)
}

#[test]
fn a_briefing_is_stale_at_once_when_the_leave_that_wants_it_vanished_for_hours_and_is_back() {
    // Ada had written it before anybody asked; that it was covered in the evening before her last day she never heard.
    let world = without_leave_for_hours("2030-05-13T17:00Z", "2030-05-13T22:00Z");
    let world = world.says("ada", "2030-05-08T12:00Z", "t1", "done");
    assert_snapshot!(check(&world), @"2030-05-14T09:15Z ada briefing-request (1 working day) t1");
    assert_snapshot!(letter(&world, Kind::BriefingRequest, "ada"), @"
    2030-05-14T09:15:00Z to ada@example.com
    Subject: Does the briefing still hold? Wanted by Tue 14 May 17:00: acme, Upgrade, Wed 15 May 10:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. The only briefing that offwatch knows of is from before the task
    changed, or was covered for a while. Does it still hold? If it does, say
    so once more, as described below; if not, a few changed lines, written
    while you are still in, would help whoever is on call then.

    What:      acme: Upgrade
    Customer:  acme
    When:      Wed 15 May 10:00 to 12:00 UTC, your time
    Uncovered: Wed 15 May 10:00 to 12:00 UTC: you are on leave
    Status:    ada says that the briefing is written, Wed 8 May 12:00 UTC
    Wanted by: Tue 14 May 17:00 UTC, your last working moment before it (in 7
               hours 45 minutes)
    Ticket:    https://tickets.example.com/1

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you own the account; the task is uncovered (away); the
    reminder 1 working day before your last working moment, Tue 14 May 17:00
    UTC, had passed before it could be sent. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_word_that_holds_counts_though_an_older_mark_in_the_event_does_not() {
    let marked = |task: &str| task.replace("Upgrade", "Upgrade [briefing done]");
    let world = monday("2030-05-18T12:00Z").has("tasks", &marked(SATURDAY));
    let world = becomes(world, "2030-05-08T10:00Z", &marked(LATER));
    assert_snapshot!(check(&world), @"
    2030-05-08T10:30Z ada task-changed t1: it was moved
    2030-05-15T09:15Z ada briefing-request (2 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T17:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(check(&world.answers("2030-05-14T12:00Z", "t1", "done")), @"2030-05-08T10:30Z ada task-changed t1: it was moved");
}

#[test]
fn whoever_was_told_that_a_task_is_covered_hears_that_it_is_not_and_that_the_briefing_may_not_hold() {
    let world = without_leave_for_hours("2030-05-10T10:00Z", "2030-05-10T14:00Z");
    let world = world.says("ada", "2030-05-09T12:00Z", "t1", "done");
    assert_snapshot!(check(&world), @"
    2030-05-09T09:15Z ada briefing-request (3 working days) t1
    2030-05-10T10:30Z ada retraction t1: somebody who knows the customer will be there
    2030-05-10T14:30Z ada task-changed t1: it wants a briefing again
    2030-05-13T09:15Z ada briefing-request (1 working day) t1
    ");
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @"
    2030-05-10T14:30:00Z to ada@example.com
    Subject: Wanted again: acme, Upgrade, Wed 15 May 10:00 your time. Does the briefing still hold?

    Hello ada,

    You were told that a task for acme needs nothing any more. That has
    changed: nobody who knows them is there again. Does your briefing still
    hold? If it does, say so once more, as described below; if not, a few
    changed lines help.

    What:      acme: Upgrade
    Customer:  acme
    When:      Wed 15 May 10:00 to 12:00 UTC, your time
    Uncovered: Wed 15 May 10:00 to 12:00 UTC: you are on leave
    Status:    ada says that the briefing is written, Thu 9 May 12:00 UTC
    Wanted by: Tue 14 May 17:00 UTC, your last working moment before it (in 4
               days 2 hours)
    Ticket:    https://tickets.example.com/1

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told that this task needs nothing any more Fri
    10 May 10:30 UTC, and since then it wants a briefing again. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}
