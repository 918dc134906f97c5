//! Hand-overs in words: each of those to whom a task passes reads who is away until when, why it is them, and what is known.

use insta::assert_snapshot;

use super::change::{LATER, SATURDAY, becomes};
use crate::plan::Kind;
use crate::tests::world::{World, check, letter};

/// Ada owns acme and is away until Tuesday 14 May 2030; bob and cyd are what `account` says; the Saturday task, one lead.
fn without_ada(until: &str, account: &str) -> World {
    let world = World::new("2030-05-06T00:00Z", until).leads(&["3 working days", "1 working day"]);
    let world = world.engineer("ada", "").engineer("bob", "").engineer("cyd", "").account("acme", account);
    world.has("tasks", SATURDAY).has("leave", "v1 | ada: vacation in Rome | 2030-05-06..2030-05-14")
}

#[test]
fn the_second_engineer_reads_that_the_owner_is_away() {
    let world = without_ada("2030-05-08T00:00Z", "engineers = [\"ada\", \"bob\"]");
    assert_snapshot!(letter(&world, Kind::Escalation, "bob"), @"
    2030-05-07T09:15:00Z to bob@example.com
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
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 3
               days 7 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you are the account's engineer, and nobody before you in
    its list can write it any more; the task is uncovered (away); 3 working
    days before your last working moment, Fri 10 May 17:00 UTC. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

/// Ada and bob, who know acme, are away; cyd, who stands in, falls ill on Thursday noon, after he was asked.
fn without_anybody() -> World {
    let account = "name = \"ACME Corp\"\ntime_zone = \"America/New_York\"\nengineers = [\"ada\", \"bob\"]\nbackups = [\"cyd\"]";
    let world = without_ada("2030-05-11T00:00Z", account);
    let away = "v1 | ada: vacation in Rome | 2030-05-06..2030-05-14\nv2 | bob: course | 2030-05-06..2030-05-17";
    let world = world.has("leave", away).shows("leave", "2030-05-09T12:00Z", &format!("{away}\nv3 | cyd: sick | 2030-05-09..2030-05-13"));
    let world = world.has("on-call", "s1 | On Call - zoe - Primary | 2030-05-11T00:00Z..2030-05-12T00:00Z");
    world.has("tasks", &format!("{SATURDAY} | DESCRIPTION:Plan and rollback are in the ticket."))
}

#[test]
fn the_backup_reads_of_both_who_are_away() {
    let world = without_anybody();
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z cyd escalation (3 working days) t1
    2030-05-09T09:15Z cyd escalation (1 working day) t1
    2030-05-09T12:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(letter(&world, Kind::Escalation, "cyd"), @"
    2030-05-09T09:15:00Z to cyd@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? ACME Corp, Upgrade, Sat 11 May 10:00 your time

    Hello cyd,

    You are asked because ada is away until Tue 14 May 09:00 UTC, bob is away
    until Fri 17 May 09:00 UTC and you are the next who may know ACME Corp.
    Something is planned there at a time when nobody who knows them is in, and
    offwatch knows of no briefing.

    This is a favour, not a duty: if you can spare half an hour, an internal
    note in the ticket would help whoever is on call. Look there first, it may
    already exist.

    What:      acme: Upgrade
    Customer:  ACME Corp
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
               Sat 11 May 06:00 to 08:00 EDT, the customer's time
               (America/New_York)
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: away
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (away); 1 working
    day before your last working moment, Fri 10 May 17:00 UTC. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn the_manager_and_the_last_resort_read_of_all_who_are_away_and_who_is_on_call() {
    let world = without_anybody();
    assert_snapshot!(letter(&world, Kind::Escalation, "boss"), @"
    2030-05-09T12:00:00Z to boss@example.com
    Subject: Nobody left to write a briefing: ACME Corp, Upgrade, Sat 11 May 06:00 EDT

    Hello,

    Something is planned for ACME Corp (in 1 day 22 hours) at a time when
    nobody who knows them is in, offwatch knows of no briefing, and nobody it
    could ask has working time left to write one. You may know somebody who
    can spare half an hour, or want to talk to the customer about the time.
    Whoever is on call then will be told what is known.

    What:      acme: Upgrade
    Customer:  ACME Corp
    When:      Sat 11 May 06:00 to 08:00 EDT
               Sat 11 May 10:00 to 12:00 UTC
    Uncovered: Sat 11 May 06:00 to 08:00 EDT: away
    Ticket:    https://tickets.example.com/1

    Who knows the customer:
    - ada (owner), ada@example.com, away until Tue 14 May 05:00 EDT
    - bob (engineer), bob@example.com, away until Fri 17 May 05:00 EDT
    - cyd (backup), cyd@example.com, away until Mon 13 May 05:00 EDT

    Who is on call while it runs:
    - zoe, Fri 10 May 20:00 to Sat 11 May 20:00 EDT

    What the event says:
    > Plan and rollback are in the ticket.

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you manage the account; the task is uncovered (away),
    and nobody who knows the customer can write a briefing any more. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(letter(&world, Kind::Escalation, "duty"), @"
    2030-05-10T10:00:00Z to duty@example.com
    Subject: For whoever is on call, no briefing known: ACME Corp, Upgrade, Sat 11 May 06:00 EDT

    Hello,

    This is for whoever is on call then; please pass it on if that is not you.
    Something is planned for ACME Corp (in 1 day), nobody who knows them is in
    then, and offwatch knows of no briefing. Look in the ticket first, there
    may be one that offwatch was not told of.

    What:      acme: Upgrade
    Customer:  ACME Corp
    When:      Sat 11 May 06:00 to 08:00 EDT
               Sat 11 May 10:00 to 12:00 UTC
    Uncovered: Sat 11 May 06:00 to 08:00 EDT: away
    Ticket:    https://tickets.example.com/1

    Who knows the customer:
    - ada (owner), ada@example.com, away until Tue 14 May 05:00 EDT
    - bob (engineer), bob@example.com, away until Fri 17 May 05:00 EDT
    - cyd (backup), cyd@example.com, away until Mon 13 May 05:00 EDT

    Who is on call while it runs:
    - zoe, Fri 10 May 20:00 to Sat 11 May 20:00 EDT

    What the event says:
    > Plan and rollback are in the ticket.

    If there is a briefing, or none is needed, [briefing done] or [briefing
    waived] in the title or description of the event tells offwatch so; an
    admin can also run
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you are its last resort before the task starts; the task
    is uncovered (away), and nobody who knows the customer can write a
    briefing any more. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn whoever_takes_over_at_a_deadline_reads_that_nobody_before_them_has_time_left() {
    // Announced on Friday 16:40: ada has twenty minutes left, bob works until 20:00.
    let world =
        World::new("2030-05-08T00:00Z", "2030-05-10T17:00Z").engineer("ada", "").engineer("bob", "hours = { mon-fri = \"12:00-20:00\" }");
    let world =
        world.account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\"]").has("tasks", "").shows("tasks", "2030-05-10T16:40Z", SATURDAY);
    assert_snapshot!(letter(&world, Kind::Escalation, "bob"), @"
    2030-05-10T16:40:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 20:00? acme, Upgrade, Sat 11 May 10:00 your time

    Hello bob,

    You are asked because ada has too little time left before it and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    This is a favour, not a duty: if you can spare half an hour, an internal
    note in the ticket would help whoever is on call. Look there first, it may
    already exist.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 20:00 UTC, your last working moment before it (in 3
               hours 20 minutes)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (weekend); the
    reminder 1 working day before your last working moment, Fri 10 May 20:00
    UTC, had passed before it could be sent. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn of_an_account_without_engineers_the_manager_and_the_last_resort_read_that_nobody_is_named() {
    let world = without_ada("2030-05-11T00:00Z", "engineers = []");
    assert_snapshot!(letter(&world, Kind::Escalation, "boss"), @"
    2030-05-06T10:00:00Z to boss@example.com
    Subject: Nobody left to write a briefing: acme, Upgrade, Sat 11 May 10:00 UTC

    Hello,

    Something is planned for acme (in 5 days) at a time when nobody who knows
    them is in, offwatch knows of no briefing, and nobody is named whom it
    could ask for one. You may know somebody who can spare half an hour, or
    want to talk to the customer about the time. Whoever is on call then will
    be told what is known.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: no engineer is named
    Ticket:    https://tickets.example.com/1

    Who knows the customer:
    - nobody is named in the configuration

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you manage the account; the task is uncovered (no
    engineer), and nobody is named who could write a briefing. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(letter(&world, Kind::Escalation, "duty"), @"
    2030-05-10T10:00:00Z to duty@example.com
    Subject: For whoever is on call, no briefing known: acme, Upgrade, Sat 11 May 10:00 UTC

    Hello,

    This is for whoever is on call then; please pass it on if that is not you.
    Something is planned for acme (in 1 day), nobody who knows them is in
    then, and offwatch knows of no briefing. Look in the ticket first, there
    may be one that offwatch was not told of.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: no engineer is named
    Ticket:    https://tickets.example.com/1

    Who knows the customer:
    - nobody is named in the configuration

    If there is a briefing, or none is needed, [briefing done] or [briefing
    waived] in the title or description of the event tells offwatch so; an
    admin can also run
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you are its last resort before the task starts; the task
    is uncovered (no engineer), and nobody is named who could write a
    briefing. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_without_an_account_goes_to_the_last_resort_as_it_is() {
    let world = without_ada("2030-05-11T00:00Z", "engineers = [\"ada\"]").feed("tasks", "unmatched = \"escalate\"");
    let world = world.has("tasks", "t1 | Mystery upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(letter(&world, Kind::Escalation, "duty"), @r#"
    2030-05-10T10:00:00Z to duty@example.com
    Subject: For whoever is on call, no briefing known: Mystery upgrade, Sat 11 May 10:00 UTC

    Hello,

    This is for whoever is on call then; please pass it on if that is not you.
    Something is planned (in 1 day), its event does not say for which
    customer, and offwatch knows of no briefing. Look in the ticket first,
    there may be one that offwatch was not told of.

    What:      Mystery upgrade
    Customer:  no account was found in the event
    When:      Sat 11 May 10:00 to 12:00 UTC
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: no engineer is named
    Ticket:    no ticket link in the event; search for "Mystery upgrade"

    Who knows the customer:
    - nobody is named in the configuration

    If there is a briefing, or none is needed, [briefing done] or [briefing
    waived] in the title or description of the event tells offwatch so; an
    admin can also run
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you are its last resort before the task starts; the task
    is uncovered (no engineer), and no account was found in it. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn a_backup_for_a_period_hears_that_a_task_moved_out_of_it() {
    // Cyd stands in until Saturday; on Wednesday the task moves to Sunday, for which nobody is left.
    let account = "engineers = [\"ada\"]\nbackups = [{ engineer = \"cyd\", from = 2030-05-06, until = 2030-05-12 }]";
    let sunday = SATURDAY.replace("2030-05-11", "2030-05-12");
    let world = becomes(without_ada("2030-05-11T12:00Z", account), "2030-05-08T10:00Z", &sunday);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z cyd escalation (3 working days) t1
    2030-05-08T10:00Z boss@ escalation (manager) t1
    2030-05-08T10:30Z cyd task-changed t1: it was moved
    2030-05-11T10:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(letter(&world, Kind::TaskChanged, "cyd"), @"
    2030-05-08T10:30:00Z to cyd@example.com
    Subject: Moved: acme, Upgrade, Sun 12 May 10:00 your time

    Hello cyd,

    A task for acme that you were told of was moved. This is only so that you
    do not go by what you were told before; offwatch knows of no briefing.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sun 12 May 10:00 to 12:00 UTC, your time

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sun 12 May 10:00 to 12:00 UTC: away
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn two_backups_who_share_a_leave_are_asked_each_for_their_days() {
    let account =
        "engineers = [\"ada\"]\nbackups = [{ engineer = \"bob\", until = 2030-05-10 }, { engineer = \"cyd\", from = 2030-05-10 }]";
    let world = without_ada("2030-05-09T12:00Z", account);
    let world = world.has("tasks", &format!("{SATURDAY}\nt2 | acme: Patch | 2030-05-09T20:00Z..2030-05-09T21:00Z"));
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z bob escalation (3 working days) t2
    2030-05-07T09:15Z cyd escalation (3 working days) t1
    2030-05-08T09:15Z bob escalation (1 working day) t2
    2030-05-09T09:15Z cyd escalation (1 working day) t1
    ");
}

#[test]
fn who_was_told_in_the_owners_place_hears_of_a_move_and_of_its_end() {
    // Bob was asked, then nobody was left: the manager and the last resort know of it too.
    let world = without_ada("2030-05-11T00:00Z", "engineers = [\"ada\"]\nbackups = [\"bob\"]").leads(&["1 working day"]);
    let ill = "v1 | ada: vacation in Rome | 2030-05-06..2030-05-14\nv2 | bob: sick | 2030-05-09..2030-05-11";
    let world = world.shows("leave", "2030-05-09T12:00Z", ill);
    let moved = becomes(world.clone(), "2030-05-10T12:00Z", LATER);
    assert_snapshot!(check(&moved), @"
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-09T12:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    2030-05-10T12:30Z boss@ task-changed t1: it was moved
    2030-05-10T12:30Z duty@ task-changed t1: it was moved
    ");
    assert_snapshot!(letter(&moved, Kind::TaskChanged, "boss"), @"
    2030-05-10T12:30:00Z to boss@example.com
    Subject: Moved: acme, Upgrade, Sat 18 May 10:00 UTC

    Hello,

    A task for acme that you were told of was moved. This is only so that you
    do not go by what you were told before; offwatch knows of no briefing.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sat 18 May 10:00 to 12:00 UTC

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Thu 9 May 12:00 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(letter(&moved, Kind::TaskChanged, "duty"), @"
    2030-05-10T12:30:00Z to duty@example.com
    Subject: Moved: acme, Upgrade, Sat 18 May 10:00 UTC

    Hello,

    A task for acme that you were told of was moved. This is only so that you
    do not go by what you were told before; offwatch knows of no briefing.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sat 18 May 10:00 to 12:00 UTC

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Fri 10 May 10:00 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    let dropped = becomes(world, "2030-05-10T12:00Z", &format!("{SATURDAY} | STATUS:CANCELLED"));
    assert_snapshot!(check(&dropped), @"
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-09T12:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    2030-05-10T12:30Z boss@ retraction t1: it was cancelled
    2030-05-10T12:30Z duty@ retraction t1: it was cancelled
    ");
    assert_snapshot!(letter(&dropped, Kind::Retraction, "duty"), @"
    2030-05-10T12:30:00Z to duty@example.com
    Subject: No longer needed: acme, Upgrade, Sat 11 May 10:00 UTC

    Hello,

    A task for acme that you know of was cancelled. No briefing is needed from
    anybody; one that is written already does no harm.

    What:      acme: Upgrade
    Customer:  acme
    Was:       Sat 11 May 10:00 to 12:00 UTC
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Fri 10 May 10:00 UTC, and
    since then it was cancelled. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}
