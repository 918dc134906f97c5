//! A briefing that was written before the task changed may not hold any more: it is asked about once, then at the last leads.

use insta::assert_snapshot;

use super::change::{LATER, SATURDAY, becomes, monday};
use crate::plan::Kind;
use crate::tests::world::{check, texts};

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
    Subject: New ticket: acme, Upgrade, Sat 11 May 10:00

    Hello ada,

    A task for acme that you know of has another ticket. If the briefing
    stands in the old ticket, whoever is on call will not find it there.

    Old ticket:https://tickets.example.com/1

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Helps by:  Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 2 hours)
    Ticket:    https://tickets.example.com/2

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] or [briefing waived] into the title or
    description of the event; an admin can also run
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC; since
    then its ticket is another one. Written by offwatch, automatically.
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
    Subject: Moved: acme, Upgrade, Sat 18 May 10:00. Does the briefing still hold?

    Hello ada,

    A task for acme that you know of was moved. There is a briefing from
    before that. Does it still hold? If it does, say so once more in the way
    named below.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sat 18 May 10:00 to 12:00 UTC, your time

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 18 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Helps by:  Fri 17 May 17:00 UTC, your last working moment before it (in 10
               days)
    Ticket:    https://tickets.example.com/1

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Tue 7 May 09:00 UTC; since
    then it was moved. Written by offwatch, automatically.
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
