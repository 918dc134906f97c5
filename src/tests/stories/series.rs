//! Windows that recur: one briefing serves them all, and nobody is asked for each of them.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, texts};

/// Every Sunday from 12 May 2030 on.
const SUNDAYS: &str = "t1 | acme: Maintenance | 2030-05-12T01:00Z..2030-05-12T05:00Z | RRULE:FREQ=WEEKLY";

/// From Monday 6 May 2030 on: ada alone, asked three working days and one before.
fn monday(until: &str) -> World {
    World::of_ada("2030-05-06T00:00Z", until).leads(&["3 working days", "1 working day"]).has("tasks", SUNDAYS)
}

/// An occurrence of the series that is otherwise.
fn occurrence(of: &str, title: &str, when: &str) -> String {
    format!("t1 | {title} | {when} | RECURRENCE-ID:{}00Z", of.replace(['-', ':'], "").replace('Z', ""))
}

#[test]
fn a_series_that_nobody_answers_is_asked_for_at_the_next_occurrence_and_then_every_four_weeks() {
    assert_snapshot!(check(&monday("2030-09-01T00:00Z")), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T01:00:00Z
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-12T01:00:00Z
    2030-05-11T01:00Z duty@ escalation (last call) t1#2030-05-12T01:00:00Z
    2030-06-04T09:15Z ada briefing-request (3 working days) t1#2030-06-09T01:00:00Z
    2030-07-02T09:15Z ada briefing-request (3 working days) t1#2030-07-07T01:00:00Z
    2030-07-30T09:15Z ada briefing-request (3 working days) t1#2030-08-04T01:00:00Z
    2030-08-27T09:15Z ada briefing-request (3 working days) t1#2030-09-01T01:00:00Z
    ");
}

#[test]
fn one_answer_serves_all_that_is_to_come() {
    let world = monday("2030-08-01T00:00Z").answers("2030-05-08T12:00Z", "t1#2030-05-12T01:00:00Z", "done");
    assert_snapshot!(check(&world), @"2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z");
}

#[test]
fn an_answer_to_the_second_asking_serves_too() {
    let world = monday("2030-08-01T00:00Z").answers("2030-06-06T12:00Z", "t1#2030-06-09T01:00:00Z", "waived");
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T01:00:00Z
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-12T01:00:00Z
    2030-05-11T01:00Z duty@ escalation (last call) t1#2030-05-12T01:00:00Z
    2030-06-04T09:15Z ada briefing-request (3 working days) t1#2030-06-09T01:00:00Z
    ");
}

#[test]
fn a_mark_in_the_masters_title_serves_them_all() {
    let world = monday("2030-07-01T00:00Z");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-08T12:00Z", &SUNDAYS.replace("Maintenance", "Maintenance [briefing done]"))), @"2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z");
}

#[test]
fn each_occurrence_is_its_own_where_the_configuration_says_so() {
    let world = monday("2030-05-26T02:00Z").set("briefing", "every_occurrence", "true");
    assert_snapshot!(check(&world.answers("2030-05-08T12:00Z", "t1#2030-05-12T01:00:00Z", "done")), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-14T09:15Z ada briefing-request (3 working days) t1#2030-05-19T01:00:00Z
    2030-05-16T09:15Z ada briefing-request (1 working day) t1#2030-05-19T01:00:00Z
    2030-05-17T17:00Z boss@ escalation (manager) t1#2030-05-19T01:00:00Z
    2030-05-18T01:00Z duty@ escalation (last call) t1#2030-05-19T01:00:00Z
    2030-05-21T09:15Z ada briefing-request (3 working days) t1#2030-05-26T01:00:00Z
    2030-05-23T09:15Z ada briefing-request (1 working day) t1#2030-05-26T01:00:00Z
    2030-05-24T17:00Z boss@ escalation (manager) t1#2030-05-26T01:00:00Z
    2030-05-25T01:00Z duty@ escalation (last call) t1#2030-05-26T01:00:00Z
    ");
}

#[test]
fn an_occurrence_that_moved_is_asked_for_by_itself_though_the_series_is_answered() {
    let moved = occurrence("2030-05-26T01:00Z", "acme: Maintenance", "2030-05-25T20:00Z..2030-05-25T23:00Z");
    let world = monday("2030-06-10T00:00Z").answers("2030-05-08T12:00Z", "t1#2030-05-12T01:00:00Z", "done");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-14T12:00Z", &format!("{SUNDAYS}\n{moved}"))), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-21T09:15Z ada briefing-request (3 working days) t1#2030-05-26T01:00:00Z
    2030-05-23T09:15Z ada briefing-request (1 working day) t1#2030-05-26T01:00:00Z
    2030-05-24T17:00Z boss@ escalation (manager) t1#2030-05-26T01:00:00Z
    2030-05-24T20:00Z duty@ escalation (last call) t1#2030-05-26T01:00:00Z
    ");
}

#[test]
fn an_occurrence_with_a_title_of_its_own_is_asked_for_by_itself() {
    let special = occurrence("2030-05-26T01:00Z", "acme: Maintenance and kernel upgrade", "2030-05-26T01:00Z..2030-05-26T05:00Z");
    let world = monday("2030-06-10T00:00Z").answers("2030-05-08T12:00Z", "t1#2030-05-12T01:00:00Z", "done");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-14T12:00Z", &format!("{SUNDAYS}\n{special}"))), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-21T09:15Z ada briefing-request (3 working days) t1#2030-05-26T01:00:00Z
    2030-05-23T09:15Z ada briefing-request (1 working day) t1#2030-05-26T01:00:00Z
    2030-05-24T17:00Z boss@ escalation (manager) t1#2030-05-26T01:00:00Z
    2030-05-25T01:00Z duty@ escalation (last call) t1#2030-05-26T01:00:00Z
    ");
}

#[test]
fn the_occurrence_that_was_asked_for_and_moves_is_told_as_changed() {
    let moved = occurrence("2030-05-12T01:00Z", "acme: Maintenance", "2030-05-11T20:00Z..2030-05-11T23:00Z");
    assert_snapshot!(check(&monday("2030-05-13T00:00Z").shows("tasks", "2030-05-08T12:00Z", &format!("{SUNDAYS}\n{moved}"))), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-08T12:30Z ada task-changed t1#2030-05-12T01:00:00Z: it was moved
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T01:00:00Z
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-12T01:00:00Z
    2030-05-10T20:00Z duty@ escalation (last call) t1#2030-05-12T01:00:00Z
    ");
}

#[test]
fn when_the_occurrence_that_was_asked_for_falls_out_the_next_one_is() {
    let world = monday("2030-05-19T02:00Z").shows("tasks", "2030-05-08T12:00Z", &format!("{SUNDAYS} | EXDATE:20300512T010000Z"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-08T12:30Z ada retraction t1#2030-05-12T01:00:00Z: it vanished from its calendar
    2030-05-14T09:15Z ada briefing-request (3 working days) t1#2030-05-19T01:00:00Z
    2030-05-16T09:15Z ada briefing-request (1 working day) t1#2030-05-19T01:00:00Z
    2030-05-17T17:00Z boss@ escalation (manager) t1#2030-05-19T01:00:00Z
    2030-05-18T01:00Z duty@ escalation (last call) t1#2030-05-19T01:00:00Z
    ");
}

#[test]
fn a_series_whose_rule_changes_is_one_change_and_its_briefing_is_stale() {
    let tuesdays = "t1 | acme: Maintenance | 2030-05-14T20:00Z..2030-05-14T23:00Z | RRULE:FREQ=WEEKLY";
    let world = monday("2030-06-01T00:00Z").answers("2030-05-08T12:00Z", "t1#2030-05-12T01:00:00Z", "done");
    let world = world.shows("tasks", "2030-05-09T12:00Z", tuesdays);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-09T12:30Z ada task-changed t1#2030-05-14T20:00:00Z: it was moved
    2030-05-13T09:15Z ada briefing-request (1 working day) t1#2030-05-14T20:00:00Z
    2030-05-14T17:00Z boss@ escalation (manager) t1#2030-05-14T20:00:00Z
    2030-05-14T17:00Z duty@ escalation (last call) t1#2030-05-14T20:00:00Z
    ");
    assert_snapshot!(texts(&world, Kind::TaskChanged), @r#"
    2030-05-09T12:30:00Z to ada@example.com
    Subject: Moved: acme, Maintenance, Tue 14 May 20:00. Does the briefing still hold?

    Hello ada,

    A task for acme that you know of was moved. There is a briefing from
    before that. Does it still hold? If it does, say so once more in the way
    named below.

    Was:       Sun 12 May 01:00 to 05:00 UTC
    Is now:    Tue 14 May 20:00 to 23:00 UTC, your time

    What:      acme: Maintenance
    Customer:  acme
    When:      Tue 14 May 20:00 to 23:00 UTC, your time
               one of a series; one briefing serves them all, as long as they
               stay the same
    Uncovered: Tue 14 May 20:00 to 23:00 UTC: outside your hours
    Helps by:  Tue 14 May 17:00 UTC, your last working moment before it (in 5
               days 4 hours)
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done tfcea519b66

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC; since
    then it was moved. Written by offwatch, automatically.
    "#);
}

#[test]
fn a_series_that_goes_on_under_another_uid_keeps_its_briefing() {
    let ended = SUNDAYS.replace("FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=20300520T000000Z");
    let rest = "t1_R2 | acme: Maintenance | 2030-05-26T01:00Z..2030-05-26T05:00Z | RRULE:FREQ=WEEKLY";
    let world = monday("2030-08-01T00:00Z").answers("2030-05-08T12:00Z", "t1#2030-05-12T01:00:00Z", "done");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-14T12:00Z", &format!("{ended}\n{rest}"))), @"2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z");
}

#[test]
fn a_series_is_one_line_in_the_list_before_a_leave() {
    let world = monday("2030-05-17T00:00Z").leads(&["1 working day"]).has("leave", "v1 | ada: vacation | 2030-05-17..2030-06-10");
    assert_snapshot!(texts(&world, Kind::BeforeLeave), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: Before you go on Thu 16 May: 1 briefing wanted

    Hello ada,

    You will be away from Thu 16 May 17:00 UTC until Mon 10 Jun 09:00 UTC.
    While you are, nobody who knows the customer is there for 1 task. A short
    briefing, written before you go, would help whoever is on call.

    Helps by: Thu 16 May 17:00 UTC (in 3 days 7 hours).

    1. acme, Maintenance
       When:   Sun 19 May 01:00 to 05:00 UTC, your time
               one of a series; one briefing serves them all, as long as they
               stay the same
               and 3 more times
       Ticket: no ticket link in the event; search for "acme: Maintenance"
       Name:   t32fba967cf

    The best place for a briefing is an internal note in the ticket. When it
    is there, or none is needed, put [briefing done] or [briefing waived] into
    the title or description of the event, or ask an admin to run `offwatch
    briefing done` with the name given above.

    Briefing: an outline to paste into each ticket as an internal note
    ------------------------------------------------------------------

    WHAT IS PLANNED
    -

    WHAT COULD GO WRONG
    -

    WHAT WOULD HELP
    (checks, ways back, workarounds)
    -

    WHAT IS SPECIAL ABOUT THIS ACCOUNT
    (architecture, known problems, what they care about)
    -

    WHOM TO REACH
    -

    -- 
    Why you get this: you are away from Thu 16 May 17:00 UTC, and tasks of
    your accounts that want a briefing fall into that time. Written by
    offwatch, automatically.
    "#);
}

#[test]
fn an_unanswered_series_asks_no_manager_a_second_time() {
    // Ada is away when the series comes round again; bob is not asked for a second time either.
    let world = World::of_ada_and_bob("2030-05-06T00:00Z", "2030-06-10T00:00Z").leads(&["3 working days", "1 working day"]);
    let world = world.has("tasks", SUNDAYS).has("leave", "v1 | ada: vacation | 2030-05-27..2030-06-20");
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T01:00:00Z
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-12T01:00:00Z
    2030-05-11T01:00Z duty@ escalation (last call) t1#2030-05-12T01:00:00Z
    2030-05-21T09:15Z ada before-leave [t1]
    ");
}
