//! Windows that recur where the configuration wants a briefing for each: every one is asked for, escalated and told by itself.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, excerpts, letter};

/// Every Sunday from 12 May 2030 on.
const SUNDAYS: &str =
    "t1 | acme: Maintenance | 2030-05-12T01:00Z..2030-05-12T05:00Z | RRULE:FREQ=WEEKLY | URL:https://tickets.example.com/1";

/// From Monday 6 May 2030 on: ada alone, asked one working day before each.
fn monday(until: &str) -> World {
    let world = World::of_ada("2030-05-06T00:00Z", until).leads(&["1 working day"]).has("tasks", SUNDAYS);
    world.set("briefing", "every_occurrence", "true")
}

#[test]
fn each_occurrence_is_asked_for_in_a_letter_of_its_own() {
    let world = monday("2030-05-17T00:00Z");
    assert_snapshot!(check(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T01:00:00Z
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-12T01:00:00Z
    2030-05-11T01:00Z duty@ escalation (last call) t1#2030-05-12T01:00:00Z
    2030-05-16T09:15Z ada briefing-request (1 working day) t1#2030-05-19T01:00:00Z
    ");
    assert_snapshot!(letter(&world, Kind::BriefingRequest, "ada"), @"
    2030-05-16T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 17 May 17:00: acme, Maintenance, Sun 19 May 01:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Maintenance
    Customer:  acme
    When:      Sun 19 May 01:00 to 05:00 UTC, your time
               one of a series, with a briefing of its own
    Uncovered: Sun 19 May 01:00 to 05:00 UTC: weekend
    Wanted by: Fri 17 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of this occurrence, not
    of the whole series; an admin can also run:
        offwatch briefing done t32fba967cf

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 1
    working day before your last working moment, Fri 17 May 17:00 UTC. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn an_occurrence_that_nobody_wrote_for_is_escalated_by_itself() {
    let world = monday("2030-05-20T00:00Z").answers("2030-05-09T12:00Z", "t1#2030-05-12T01:00:00Z", "done");
    assert_snapshot!(check(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T01:00:00Z
    2030-05-16T09:15Z ada briefing-request (1 working day) t1#2030-05-19T01:00:00Z
    2030-05-17T17:00Z boss@ escalation (manager) t1#2030-05-19T01:00:00Z
    2030-05-18T01:00Z duty@ escalation (last call) t1#2030-05-19T01:00:00Z
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "boss", &["What:", "Why"]), @"
    2030-05-17T17:00:00Z to boss@example.com
    Subject: Nobody left to write a briefing: acme, Maintenance, Sun 19 May 01:00 UTC

    What:      acme: Maintenance
    Customer:  acme
    When:      Sun 19 May 01:00 to 05:00 UTC
               one of a series, with a briefing of its own
    Uncovered: Sun 19 May 01:00 to 05:00 UTC: weekend
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you manage the account; the task is uncovered (weekend),
    and nobody who knows the customer can write a briefing any more. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "duty", &["What:", "[briefing done]", "Why"]), @"
    2030-05-18T01:00:00Z to duty@example.com
    Subject: For whoever is on call, no briefing known: acme, Maintenance, Sun 19 May 01:00 UTC

    What:      acme: Maintenance
    Customer:  acme
    When:      Sun 19 May 01:00 to 05:00 UTC
               one of a series, with a briefing of its own
    Uncovered: Sun 19 May 01:00 to 05:00 UTC: weekend
    Ticket:    https://tickets.example.com/1

    If there is a briefing, or none is needed, [briefing done] or [briefing
    waived] in the title or description of this occurrence, not of the whole
    series tells offwatch so; an admin can also run
        offwatch briefing done t32fba967cf

    -- 
    Why you get this: you are its last resort before the task starts; the task
    is uncovered (weekend), and nobody who knows the customer can write a
    briefing any more. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn each_occurrence_in_a_leave_is_a_line_of_the_list_before_it() {
    let world = monday("2030-05-10T00:00Z").set("leave", "before", "\"2 working days\"");
    assert_snapshot!(letter(&world.has("leave", "v1 | ada: vacation | 2030-05-13..2030-06-01"), Kind::BeforeLeave, "ada"), @"
    2030-05-08T09:15:00Z to ada@example.com
    Subject: Before you go on Fri 10 May: 4 briefings wanted: acme

    Hello ada,

    You will be away from Fri 10 May 17:00 UTC until Mon 3 Jun 09:00 UTC.
    Meanwhile nobody who knows the customer is there for 4 tasks. A short
    briefing for each, written before you go, would help whoever is on call.

    Wanted by: Fri 10 May 17:00 UTC (in 2 days 7 hours).

    1. acme, Maintenance
       When:   Sun 12 May 01:00 to 05:00 UTC, your time
               one of a series, with a briefing of its own
       Ticket: https://tickets.example.com/1
       Task ID: tfcea519b66

    2. acme, Maintenance
       When:   Sun 19 May 01:00 to 05:00 UTC, your time
               one of a series, with a briefing of its own
       Ticket: https://tickets.example.com/1
       Task ID: t32fba967cf

    3. acme, Maintenance
       When:   Sun 26 May 01:00 to 05:00 UTC, your time
               one of a series, with a briefing of its own
       Ticket: https://tickets.example.com/1
       Task ID: tab872f30d4

    4. acme, Maintenance
       When:   Sun 2 Jun 01:00 to 05:00 UTC, your time
               one of a series, with a briefing of its own
       Ticket: https://tickets.example.com/1
       Task ID: tdb74115197

    The best place for a briefing is an internal note in the ticket. When it
    is there, or none is needed, put [briefing done] or [briefing waived] into
    the title or description of the event (of a series: of that occurrence,
    not of all), or ask an admin to run `offwatch briefing done` with the
    task's ID.

    -- 
    Why you get this: you are away from Fri 10 May 17:00 UTC, and tasks of
    your accounts that want a briefing fall into that time. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn after_a_leave_each_occurrence_that_ran_is_told_with_its_own_briefing() {
    let world = monday("2030-06-03T12:00Z").set("leave", "before", "\"\"").has("leave", "v1 | ada: vacation | 2030-05-13..2030-06-01");
    let world = world.answers("2030-05-09T12:00Z", "t1#2030-05-19T01:00:00Z", "done");
    let world = world.answers("2030-05-09T12:00Z", "t1#2030-05-26T01:00:00Z", "waived");
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["Away:", "Tasks that ran:", "Announced", "Coming up"]), @r#"
    2030-06-03T09:15:00Z to ada@example.com
    Subject: While you were away: 4 tasks ran; 2 briefings wanted soon: acme

    Away:      Fri 10 May 17:00 UTC to Mon 3 Jun 09:00 UTC
               your entries: "ada: vacation"

    Tasks that ran:
    - Sun 12 May 01:00 UTC: Maintenance, without a briefing,
      https://tickets.example.com/1
    - Sun 19 May 01:00 UTC: Maintenance, a briefing was there (simulation said
      so), https://tickets.example.com/1
    - Sun 26 May 01:00 UTC: Maintenance, no briefing was wanted (simulation
      said so), https://tickets.example.com/1
    - Sun 2 Jun 01:00 UTC: Maintenance, without a briefing,
      https://tickets.example.com/1

    Coming up, briefing wanted:
    - Sun 9 Jun 01:00 UTC: Maintenance, wanted by Fri 7 Jun 17:00 UTC,
      https://tickets.example.com/1
    - Sun 16 Jun 01:00 UTC: Maintenance, wanted by Fri 14 Jun 17:00 UTC,
      https://tickets.example.com/1
    "#);
}

#[test]
fn a_rule_that_shifts_is_told_of_each_occurrence_that_was_asked_for() {
    let world = monday("2030-05-10T00:00Z").leads(&["4 working days", "1 working day"]);
    let shifted = SUNDAYS.replace("T01:00", "T03:00").replace("T05:00", "T07:00");
    let world = world.shows("tasks", "2030-05-08T12:00Z", &shifted);
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada briefing-request (4 working days) t1#2030-05-12T01:00:00Z
    2030-05-08T12:30Z ada task-changed t1#2030-05-12T03:00:00Z: it was moved
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T03:00:00Z
    ");
    assert_snapshot!(excerpts(&world, Kind::TaskChanged, "ada", &["was moved", "Was:", "What:"]), @"
    2030-05-08T12:30:00Z to ada@example.com
    Subject: Moved: acme, Maintenance, Sun 12 May 03:00 your time. Briefing still wanted by Fri 10 May 17:00

    A task for acme that you were told of was moved. A short briefing from you
    would still help.

    Was:       Sun 12 May 01:00 to 05:00 UTC
    Is now:    Sun 12 May 03:00 to 07:00 UTC, your time

    What:      acme: Maintenance
    Customer:  acme
    When:      one of a series, with a briefing of its own
    Uncovered: Sun 12 May 03:00 to 07:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 2
               days 4 hours)
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Mon 6 May 09:15 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}
