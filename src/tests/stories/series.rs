//! Windows that recur: one briefing serves them all, and nobody is asked for each of them.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, letter, texts};

/// Every Sunday from 12 May 2030 on.
pub(super) const SUNDAYS: &str = "t1 | acme: Maintenance | 2030-05-12T01:00Z..2030-05-12T05:00Z | RRULE:FREQ=WEEKLY";

/// From Monday 6 May 2030 on: ada alone, asked three working days and one before.
pub(super) fn monday(until: &str) -> World {
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
fn whole_days_that_recur_are_one_series_too() {
    let sundays = "t1 | acme: Maintenance | 2030-05-12..2030-05-13 | RRULE:FREQ=WEEKLY";
    assert_snapshot!(check(&monday("2030-06-12T00:00Z").has("tasks", sundays)), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-12
    2030-05-11T00:00Z duty@ escalation (last call) t1#2030-05-12
    2030-06-04T09:15Z ada briefing-request (3 working days) t1#2030-06-09
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
    Subject: Moved: acme, Maintenance, Tue 14 May 20:00 your time. Does the briefing still hold?

    Hello ada,

    A task for acme that you were told of was moved. There is a briefing from
    before that. Does it still hold? If it does, say so once more, as
    described below.

    Was:       Sun 12 May 01:00 to 05:00 UTC
    Is now:    Tue 14 May 20:00 to 23:00 UTC, your time

    What:      acme: Maintenance
    Customer:  acme
    When:      one of a series; one briefing serves them all, as long as they
               stay the same
    Uncovered: Tue 14 May 20:00 to 23:00 UTC: outside your hours
    Status:    simulation says that the briefing is written, Wed 8 May 12:00
               UTC
    Wanted by: Tue 14 May 17:00 UTC, your last working moment before it (in 5
               days 4 hours)
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    If the briefing holds, or once it is changed: an admin can run the command
    below. A [briefing done] that stood in the event before the change counts
    again when it is taken out and put back in.
        offwatch briefing done tfcea519b66

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
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
    let list = texts(&world, Kind::BeforeLeave);
    // What follows is the outline, which is that of a request.
    assert_snapshot!(list.split("### What could go wrong").next().unwrap(), @r#"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: Before you go on Thu 16 May: 1 briefing wanted: acme

    Hello ada,

    You will be away from Thu 16 May 17:00 UTC until Mon 10 Jun 09:00 UTC.
    Meanwhile nobody who knows the customer is there for 1 task. A short
    briefing, written before you go, would help whoever is on call.

    Wanted by: Thu 16 May 17:00 UTC (in 3 days 7 hours).

    1. acme, Maintenance
       When:   Sun 19 May 01:00 to 05:00 UTC, your time
               one of a series; one briefing serves them all, as long as they
               stay the same
               and 3 more times
       Ticket: no ticket link in the event; search for "acme: Maintenance"
       Task ID: t32fba967cf

    The best place for a briefing is an internal note in the ticket. When it
    is there, or none is needed, put [briefing done] or [briefing waived] into
    the title or description of the event, or ask an admin to run `offwatch
    briefing done` with the task's ID.

    Briefing: an outline to paste into the ticket as an internal note
    -----------------------------------------------------------------

    ### What is planned
    - acme, Maintenance
    - Sun 19 May 01:00 to 05:00 UTC
    "#);
}

#[test]
fn a_series_that_is_asked_for_again_and_moves_by_hours_is_told_and_not_asked_for_once_more() {
    let later = SUNDAYS.replace("T01:00Z..", "T03:00Z..").replace("T05:00Z |", "T07:00Z |");
    let world = monday("2030-07-03T00:00Z").shows("tasks", "2030-06-05T12:00Z", &later);
    let said: Vec<String> = check(&world).lines().skip(4).map(str::to_owned).collect();
    assert_snapshot!(said.join("\n"), @"
    2030-06-04T09:15Z ada briefing-request (3 working days) t1#2030-06-09T01:00:00Z
    2030-06-05T12:30Z ada task-changed t1#2030-06-09T03:00:00Z: it was moved
    2030-07-02T09:15Z ada briefing-request (3 working days) t1#2030-07-07T03:00:00Z
    ");
    assert_snapshot!(letter(&world, Kind::TaskChanged, "ada"), @r#"
    2030-06-05T12:30:00Z to ada@example.com
    Subject: Moved: acme, Maintenance, Sun 9 Jun 03:00 your time. Briefing still wanted by Fri 7 Jun 17:00

    Hello ada,

    A task for acme that you were told of was moved. A short briefing from you
    would still help.

    Was:       Sun 9 Jun 01:00 to 05:00 UTC
    Is now:    Sun 9 Jun 03:00 to 07:00 UTC, your time

    What:      acme: Maintenance
    Customer:  acme
    When:      one of a series; one briefing serves them all, as long as they
               stay the same
    Uncovered: Sun 9 Jun 03:00 to 07:00 UTC: weekend
    Wanted by: Fri 7 Jun 17:00 UTC, your last working moment before it (in 2
               days 4 hours)
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done tba1462d42a

    -- 
    Why you get this: you were told of this task Tue 4 Jun 09:15 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn an_occurrence_that_its_rule_shifts_into_the_past_is_taken_back() {
    // Wednesdays become Tuesdays on a Wednesday morning: tonight's has been yesterday.
    let wednesdays = "t1 | acme: Maintenance | 2030-05-08T20:00Z..2030-05-08T23:00Z | RRULE:FREQ=WEEKLY";
    let world = monday("2030-05-12T00:00Z").set("briefing", "every_occurrence", "true").has("tasks", wednesdays);
    let world = world.shows("tasks", "2030-05-08T11:00Z", &wednesdays.replace("2030-05-08", "2030-05-07"));
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada briefing-request (3 working days) t1#2030-05-08T20:00:00Z
    2030-05-07T09:15Z ada briefing-request (1 working day) t1#2030-05-08T20:00:00Z
    2030-05-08T11:30Z ada retraction t1#2030-05-08T20:00:00Z: it vanished from its calendar
    2030-05-09T09:15Z ada briefing-request (3 working days) t1#2030-05-14T20:00:00Z
    ");
    assert_snapshot!(letter(&world, Kind::Retraction, "ada"), @r#"
    2030-05-08T11:30:00Z to ada@example.com
    Subject: No longer needed: acme, Maintenance, Wed 8 May 20:00 your time

    Hello ada,

    A task for acme that you know of has vanished from its calendar. No
    briefing is needed for this one; of the others in its series this says
    nothing.

    What:      acme: Maintenance
    Customer:  acme
    Was:       Wed 8 May 20:00 to 23:00 UTC, your time
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it vanished from its calendar. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn the_letter_about_a_series_says_that_one_briefing_serves() {
    let first = monday("2030-05-08T00:00Z");
    assert_snapshot!(letter(&first, Kind::BriefingRequest, "ada"), @r#"
    2030-05-07T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Maintenance, Sun 12 May 01:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Maintenance
    Customer:  acme
    When:      Sun 12 May 01:00 to 05:00 UTC, your time
               one of a series; one briefing serves them all, as long as they
               stay the same
    Uncovered: Sun 12 May 01:00 to 05:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done tfcea519b66

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 3
    working days before your last working moment, Fri 10 May 17:00 UTC.
    Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn the_letter_about_an_occurrence_that_moved_says_that_it_wants_its_own() {
    let moved = occurrence("2030-05-26T01:00Z", "acme: Maintenance", "2030-05-25T20:00Z..2030-05-25T23:00Z");
    let alone = monday("2030-05-22T00:00Z").answers("2030-05-08T12:00Z", "t1#2030-05-12T01:00:00Z", "done");
    let alone = alone.shows("tasks", "2030-05-14T12:00Z", &format!("{SUNDAYS}\n{moved}"));
    assert_snapshot!(letter(&alone, Kind::BriefingRequest, "ada"), @r#"
    2030-05-21T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 24 May 17:00: acme, Maintenance, Sat 25 May 20:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Maintenance
    Customer:  acme
    When:      Sat 25 May 20:00 to 23:00 UTC, your time
               one of a series, with a briefing of its own
    Uncovered: Sat 25 May 20:00 to 23:00 UTC: weekend
    Wanted by: Fri 24 May 17:00 UTC, your last working moment before it (in 3
               days 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of this occurrence, not
    of the whole series; an admin can also run:
        offwatch briefing done tab872f30d4

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 3
    working days before your last working moment, Fri 24 May 17:00 UTC.
    Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn a_series_that_is_asked_for_again_says_why() {
    assert_snapshot!(letter(&monday("2030-06-05T00:00Z"), Kind::BriefingRequest, "ada"), @r#"
    2030-06-04T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 7 Jun 17:00: acme, Maintenance, Sun 9 Jun 01:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Maintenance
    Customer:  acme
    When:      Sun 9 Jun 01:00 to 05:00 UTC, your time
               one of a series; one briefing serves them all, as long as they
               stay the same
    Uncovered: Sun 9 Jun 01:00 to 05:00 UTC: weekend
    Wanted by: Fri 7 Jun 17:00 UTC, your last working moment before it (in 3
               days 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Maintenance"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done tba1462d42a

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 3
    working days before your last working moment, Fri 7 Jun 17:00 UTC; of this
    series nobody has said that there is a briefing, so it is asked for every
    four weeks. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn the_last_occurrence_of_a_series_that_is_shifted_into_the_past_is_taken_back() {
    // Nothing of the series is left ahead, and what it shows anew has been.
    let last = "t1 | acme: Maintenance | 2030-05-01T20:00Z..2030-05-01T23:00Z | RRULE:FREQ=WEEKLY;COUNT=2";
    let world = monday("2030-05-12T00:00Z").set("briefing", "every_occurrence", "true").has("tasks", last);
    assert_snapshot!(check(&world.shows("tasks", "2030-05-08T11:00Z", &last.replace("2030-05-01", "2030-04-30"))), @"
    2030-05-06T09:15Z ada briefing-request (3 working days) t1#2030-05-08T20:00:00Z
    2030-05-07T09:15Z ada briefing-request (1 working day) t1#2030-05-08T20:00:00Z
    2030-05-08T11:00Z ops@ feed-alert tasks is held, 1 of 1 missing
    2030-05-08T15:00Z ops@ feed-alert tasks is taken
    2030-05-08T15:30Z ada retraction t1#2030-05-08T20:00:00Z: it vanished from its calendar
    ");
}

#[test]
fn a_briefing_of_its_own_stays_with_its_occurrence_when_the_rule_shifts_by_a_day() {
    // Next week's was written; the rule goes from Wednesdays to Tuesdays, and tonight's with it into the past.
    let wednesdays = "t1 | acme: Maintenance | 2030-05-08T20:00Z..2030-05-08T23:00Z | RRULE:FREQ=WEEKLY";
    let world = monday("2030-05-08T17:00Z").set("briefing", "every_occurrence", "true").has("tasks", wednesdays);
    let world = world.says("ada", "2030-05-07T12:00Z", "t1#2030-05-15T20:00:00Z", "done");
    let world = world.shows("tasks", "2030-05-08T11:00Z", &wednesdays.replace("2030-05-08", "2030-05-07"));
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada briefing-request (3 working days) t1#2030-05-08T20:00:00Z
    2030-05-07T09:15Z ada briefing-request (1 working day) t1#2030-05-08T20:00:00Z
    2030-05-08T11:30Z ada retraction t1#2030-05-08T20:00:00Z: it vanished from its calendar
                    + ada task-changed t1#2030-05-14T20:00:00Z: it was moved
    ");
}
