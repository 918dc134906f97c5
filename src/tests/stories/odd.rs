//! Tasks as they come: without a time, a ticket or a zone, for weeks, two at once, inside a digest's own window. And the
//! words of a hand-over.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, letter, texts};

/// From Monday 6 May 2030 on: ada alone, asked one working day before.
fn monday(until: &str) -> World {
    World::of_ada("2030-05-06T00:00Z", until).leads(&["1 working day"])
}

#[test]
fn the_next_one_in_the_chain_reads_who_is_away_until_when_and_why_it_is_them() {
    let world = World::of_ada_and_bob("2030-05-06T00:00Z", "2030-05-10T00:00Z").leads(&["1 working day"]);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    let world = world.has("leave", "v1 | ada: vacation in Rome | 2030-05-06..2030-05-14");
    assert_snapshot!(texts(&world, Kind::Escalation).split("Briefing: an outline").next().unwrap(), @r#"
    2030-05-09T09:15:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    Hello bob,

    You are asked because ada is away until Tue 14 May 09:00 UTC and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    This is a favour, not a duty: if you can spare half an hour, an internal
    note in the ticket would help whoever is on call. Look there first, it may
    already exist.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: away
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Upgrade"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3
    "#);
}

#[test]
fn a_writer_who_is_on_call_in_the_window_is_asked_like_any_other() {
    let world = monday("2030-05-10T00:00Z").has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    let world = world.has("on-call", "s1 | On Call - ada - Primary | 2030-05-11T00:00Z..2030-05-12T00:00Z");
    assert_snapshot!(check(&world), @"2030-05-09T09:15Z ada briefing-request (1 working day) t1");
    assert!(texts(&world, Kind::BriefingRequest).contains("### On call meanwhile\n- ada"));
}

#[test]
fn a_task_with_only_a_date_says_so() {
    let world = monday("2030-05-10T00:00Z").has("tasks", "t1 | acme: Upgrade | 2030-05-11..2030-05-12");
    assert_snapshot!(texts(&world, Kind::BriefingRequest).split("Briefing: an outline").next().unwrap(), @r#"
    2030-05-09T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May: no time was given, so the whole day is meant
               Sat 11 May 00:00 to Sun 12 May 00:00 UTC, your time
    Uncovered: Sat 11 May 00:00 to Sun 12 May 00:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Upgrade"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3
    "#);
}

#[test]
fn a_task_that_lasts_for_weeks_is_asked_for_once_before_it_starts() {
    let world = monday("2030-06-10T00:00Z").has("tasks", "t1 | acme: Migration | 2030-05-13T18:00Z..2030-06-03T06:00Z");
    assert_snapshot!(check(&world.answers("2030-05-13T12:00Z", "t1", "done")), @"2030-05-10T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn two_tasks_at_once_are_two_requests_in_one_letter() {
    let two = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z\nt2 | acme: Migration | 2030-05-11T10:00Z..2030-05-11T12:00Z";
    assert_snapshot!(check(&monday("2030-05-10T00:00Z").has("tasks", two)), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                    + ada briefing-request (1 working day) t2
    ");
}

#[test]
fn a_task_inside_the_digests_own_window_is_told_in_one_letter() {
    // Ada is back on Monday 9:00; the task starts at 9:10, before anything reaches her.
    let world = monday("2030-05-13T12:00Z").leads(&["2 working days"]).has("leave", "v1 | ada: vacation | 2030-05-09..2030-05-11");
    let task = "t1 | acme: Upgrade | 2030-05-13T09:10Z..2030-05-13T10:00Z\nt2 | acme: Drill | 2030-05-13T16:30Z..2030-05-13T18:30Z";
    assert_snapshot!(check(&world.shows("tasks", "2030-05-10T12:00Z", task)), @"
    2030-05-06T06:00Z ops@ feed-alert tasks fails
    2030-05-10T12:00Z ops@ feed-alert tasks is back
    2030-05-13T09:15Z ada briefing-request (2 working days) t2
    ");
}

#[test]
fn a_window_that_is_partly_covered_says_which_part_is_not_and_aftercare_counts() {
    let world = monday("2030-05-10T00:00Z").set("briefing", "aftercare", "\"4h\"");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-10T15:00Z..2030-05-10T16:30Z");
    assert_snapshot!(texts(&world, Kind::BriefingRequest).split("Briefing: an outline").next().unwrap(), @r#"
    2030-05-09T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 15:00: acme, Upgrade, Fri 10 May 15:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Upgrade
    Customer:  acme
    When:      Fri 10 May 15:00 to 16:30 UTC, your time
    Uncovered: Fri 10 May 17:00 to 20:30 UTC: outside your hours
    After:     trouble may come up to 4 hours after the end
    Wanted by: Fri 10 May 15:00 UTC, when it starts; you are in until then (in
               1 day 5 hours)
    Ticket:    no ticket link in the event; search for "acme: Upgrade"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3
    "#);
}

#[test]
fn a_feed_that_is_first_read_later_tells_nothing_of_what_was_before() {
    let world = monday("2030-05-15T00:00Z").fails("tasks", "2030-05-06T00:00Z", "503").has("emergencies", "");
    let world = world.set("schedule", "coverage", "\"\"").shows(
        "tasks",
        "2030-05-13T06:00Z",
        "t0 | acme: Old upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z\nt1 | acme: New upgrade | 2030-05-14T20:00Z..2030-05-14T22:00Z",
    );
    assert_snapshot!(check(&world), @"
    2030-05-06T06:00Z ops@ feed-alert tasks fails
    2030-05-13T06:00Z ops@ feed-alert tasks is back
    2030-05-13T09:15Z ada briefing-request (1 working day) t1
    2030-05-14T17:00Z boss@ escalation (manager) t1
    2030-05-14T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_task_of_weeks_names_its_first_uncovered_stretches_and_counts_the_rest() {
    let world = monday("2030-05-11T00:00Z").has("tasks", "t1 | acme: Migration | 2030-05-13T18:00Z..2030-06-03T06:00Z");
    assert_snapshot!(letter(&world, Kind::BriefingRequest, "ada"), @r#"
    2030-05-10T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Mon 13 May 17:00: acme, Migration, Mon 13 May 18:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Migration
    Customer:  acme
    When:      Mon 13 May 18:00 to Mon 3 Jun 06:00 UTC, your time
    Uncovered: Mon 13 May 18:00 to Tue 14 May 09:00 UTC: outside your hours
               Tue 14 May 17:00 to Wed 15 May 09:00 UTC: outside your hours
               Wed 15 May 17:00 to Thu 16 May 09:00 UTC: outside your hours
               Thu 16 May 17:00 to Fri 17 May 09:00 UTC: outside your hours
               Fri 17 May 17:00 to Mon 20 May 09:00 UTC: outside your hours,
               weekend
               Mon 20 May 17:00 to Tue 21 May 09:00 UTC: outside your hours
               and 9 more stretches
    Wanted by: Mon 13 May 17:00 UTC, your last working moment before it (in 3
               days 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Migration"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you own the account; the task is uncovered (outside
    hours, weekend); 1 working day before your last working moment, Mon 13 May
    17:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn the_letter_about_two_tasks_at_once_speaks_of_each() {
    let two = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z\nt2 | acme: Migration | 2030-05-11T10:00Z..2030-05-11T12:00Z";
    let text = texts(&monday("2030-05-10T00:00Z").has("tasks", two), Kind::BriefingRequest);
    assert_snapshot!(text.lines().take(12).collect::<Vec<_>>().join("\n"), @"
    2030-05-09T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Migration, Sat 11 May 10:00 your time (and 1 more)

    Hello ada,

    1 of 2: Briefing wanted by Fri 10 May 17:00: acme, Migration, Sat 11 May
    10:00 your time
    ========================================================================

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.
    ");
    assert!(text.contains("2 of 2: Briefing wanted by Fri 10 May 17:00: acme, Upgrade"), "{text}");
}

#[test]
fn a_task_elsewhere_is_told_in_the_readers_time_the_customers_and_utc() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-10T00:00Z").leads(&["1 working day"]);
    let world = world.engineer("ada", "time_zone = \"Europe/Berlin\"");
    let world = world.account("acme", "engineers = [\"ada\"]\ntime_zone = \"America/New_York\"");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T02:00Z..2030-05-11T04:00Z");
    assert_snapshot!(letter(&world, Kind::BriefingRequest, "ada"), @r#"
    2030-05-09T07:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 04:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 04:00 to 06:00 CEST, your time
               Fri 10 May 22:00 to Sat 11 May 00:00 EDT, the customer's time
               (America/New_York)
               Sat 11 May 02:00 to 04:00 UTC
    Uncovered: Sat 11 May 04:00 to 06:00 CEST: weekend
    Wanted by: Fri 10 May 17:00 CEST, your last working moment before it (in 1
               day 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Upgrade"

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 1
    working day before your last working moment, Fri 10 May 17:00 CEST.
    Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn what_no_account_is_found_for_is_listed_for_the_admin_and_titles_of_leave_are_not() {
    let world = monday("2030-05-07T00:00Z").has("tasks", "t1 | Mystery upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    let world = world.has("leave", "v1 | zoe: surgery | 2030-05-08..2030-05-09");
    assert_snapshot!(letter(&world, Kind::FeedAlert, "ops"), @"
    2030-05-06T00:00:00Z to ops@example.com
    Subject: Not understood: 1 task without an account, 1 entry of feed leave without an engineer

    Hello,

    Some of what the feeds show could not be matched, so offwatch acts as if
    it were not there.

    Tasks in which no account was found:
    - Sat 11 May 10:00 UTC: Mystery upgrade (feed `tasks`)
    A [Name] before the title, a category, or a match word of the account in
    the configuration helps.

    Entries of team feeds in which no engineer was found:
    - feed `leave`: 1 entry
    Until they are matched they do not count: somebody who is away may be
    taken to be at work. An alias of the engineer in the configuration, spelt
    as in the feed, matches them. Their titles are private; `offwatch inspect
    FILE-OR-URL` shows them to whoever may read the feed.

    -- 
    Why you get this: some entries match no account or engineer; this list
    comes at most once a day, when it has grown. Written by offwatch,
    automatically.
    ");
}

#[test]
fn of_all_that_lies_ahead_at_the_first_run_a_mailbox_hears_in_one_letter() {
    let tasks = "t1 | acme: Upgrade | 2030-05-08T10:00Z..2030-05-08T12:00Z\nt2 | acme: Patch | 2030-05-09T10:00Z..2030-05-09T12:00Z";
    let world = World::new("2030-05-06T00:00Z", "2030-05-06T12:00Z").engineer("ada", "").account("acme", "engineers = []");
    let text = letter(&world.has("tasks", tasks), Kind::Escalation, "boss");
    assert_snapshot!(text.lines().take(16).collect::<Vec<_>>().join("\n"), @"
    2030-05-06T00:00:00Z to boss@example.com
    Subject: Nobody left to write a briefing: acme, Upgrade, Wed 8 May 10:00 UTC (and 1 more)

    Hello,

    1 of 2: Nobody left to write a briefing: acme, Upgrade, Wed 8 May 10:00
    UTC
    =======================================================================

    Something is planned for acme (in 2 days 10 hours) at a time when nobody
    who knows them is in, offwatch knows of no briefing, and nobody is named
    whom it could ask for one. You may know somebody who can spare half an
    hour, or want to talk to the customer about the time. Whoever is on call
    then will be told what is known.

    What:      acme: Upgrade
    ");
}
