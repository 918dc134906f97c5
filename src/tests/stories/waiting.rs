//! Letters that wait: mail is down, or refuses them, and meanwhile they become wrong, or come too late to be read. None is sent
//! stale, none is lost, and the admin hears of each that will never arrive.

use insta::assert_snapshot;

use super::change::SATURDAY;
use crate::chaos::Mood;
use crate::plan::Kind;
use crate::tests::world::{World, excerpts, fates, letter};

/// Ada, and bob who stands in for her; she is asked about the Saturday task on Thursday 9 May 2030 at 09:15.
fn thursday(until: &str) -> World {
    World::of_ada_and_bob("2030-05-08T12:00Z", until).leads(&["1 working day"]).has("tasks", SATURDAY).has("leave", "")
}

#[test]
fn a_letter_that_waits_for_mail_goes_out_as_it_was_queued() {
    let world = thursday("2030-05-10T12:00Z").mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> accepted 2030-05-09T13:30Z
    ");
}

#[test]
fn a_letter_that_could_not_go_out_before_its_reader_left_is_given_up_and_the_admin_told() {
    // Mail is back on Friday evening; ada is there again on Monday, and the task is on Saturday.
    let world = thursday("2030-05-11T12:00Z").mail("2030-05-09T09:00Z", "2030-05-10T18:00Z", Mood::Down);
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> refused 2030-05-10T17:00Z given up: `ada@example.com` is not there until 2030-05-13 09:15 UTC, when it is of no use any more
    2030-05-10T17:00Z boss@ escalation (manager) t1
                   -> accepted 2030-05-10T18:00Z
    2030-05-10T17:00Z duty@ escalation (last call) t1
                   -> accepted 2030-05-10T18:00Z
    2030-05-10T17:00:01Z ops@ feed-alert ada@example.com refused
                   -> accepted 2030-05-10T18:00Z
    ");
    assert_snapshot!(letter(&world, Kind::FeedAlert, "ops"), @"
    2030-05-10T17:00:01Z to ops@example.com
    Subject: A letter to ada@example.com was not delivered: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    Hello,

    A letter could not be delivered, and it will not be tried again by itself.

    Subject:   Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May
               10:00 your time
    To:        ada@example.com
    Why:       given up: `ada@example.com` is not there until 2030-05-13 09:15
               UTC, when it is of no use any more

    `offwatch outbox list` shows it. Once the cause is mended, `offwatch
    outbox retry` tries it again, if it is still of use.

    -- 
    Why you get this: a letter to ada@example.com could not be delivered.
    Written by offwatch, automatically.
    ");
}

#[test]
fn while_mail_is_down_until_the_task_has_begun_all_is_taken_back_but_what_the_admin_is_told() {
    let world = thursday("2030-05-12T00:00Z").mail("2030-05-09T09:00Z", "2030-05-11T11:00Z", Mood::Down);
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> refused 2030-05-10T17:00Z given up: `ada@example.com` is not there until 2030-05-13 09:15 UTC, when it is of no use any more
    2030-05-10T17:00Z boss@ escalation (manager) t1
                   -> withdrawn 2030-05-11T10:00Z the task has begun
    2030-05-10T17:00Z duty@ escalation (last call) t1
                   -> withdrawn 2030-05-11T10:00Z the task has begun
    2030-05-10T17:00:01Z ops@ feed-alert ada@example.com refused
                   -> accepted 2030-05-11T11:00Z
    ");
}

#[test]
fn a_list_before_a_leave_that_could_not_go_out_in_time_is_given_up_and_the_admin_told() {
    let world = thursday("2030-05-16T12:00Z").set("leave", "before", "\"2 working days\"");
    let world = world.has("leave", "v1 | ada: vacation in Rome | 2030-05-13..2030-05-18");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-15T10:00Z..2030-05-15T12:00Z");
    let world = world.mail("2030-05-08T09:00Z", "2030-05-10T18:00Z", Mood::Down);
    assert_snapshot!(fates(&world), @"
    2030-05-08T12:00Z ada before-leave [t1]
                   -> refused 2030-05-10T17:00Z given up: `ada@example.com` is not there until 2030-05-20 09:15 UTC, when it is of no use any more
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> refused 2030-05-10T17:00Z given up: `ada@example.com` is not there until 2030-05-20 09:15 UTC, when it is of no use any more
    2030-05-10T17:00:01Z ops@ feed-alert ada@example.com refused
                    + ops@ feed-alert ada@example.com refused
                   -> accepted 2030-05-10T18:00:01Z
    2030-05-14T09:15Z bob escalation (1 working day) t1
                   -> accepted 2030-05-14T09:15Z
    ");
    assert_snapshot!(excerpts(&world, Kind::FeedAlert, "ops", &["Subject:"]), @"
    2030-05-10T17:00:01Z to ops@example.com
    Subject: A letter to ada@example.com was not delivered: Before you go on Fri 10 May: 1 briefing wanted: acme (and 1 more)

    Subject:   Before you go on Fri 10 May: 1 briefing wanted: acme
    To:        ada@example.com
    Why:       given up: `ada@example.com` is not there until 2030-05-20 09:15
               UTC, when it is of no use any more

    Subject:   Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Wed 15 May
               10:00 your time
    To:        ada@example.com
    Why:       given up: `ada@example.com` is not there until 2030-05-20 09:15
               UTC, when it is of no use any more
    ");
}

#[test]
fn a_letter_whose_reader_falls_ill_before_mail_is_back_waits_for_their_return() {
    let world = thursday("2030-05-10T12:00Z").mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    let world = world.shows("leave", "2030-05-09T11:00Z", "v1 | ada: sick | 2030-05-09..2030-05-10");
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> accepted 2030-05-10T09:15Z
    ");
}

#[test]
fn a_letter_whose_reader_falls_ill_until_after_the_task_is_given_up_and_the_next_one_is_asked() {
    let world = thursday("2030-05-10T12:00Z").mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    let world = world.shows("leave", "2030-05-09T11:00Z", "v1 | ada: sick | 2030-05-09..2030-05-14");
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> refused 2030-05-09T11:00Z given up: `ada@example.com` is not there until 2030-05-14 09:15 UTC, when it is of no use any more
    2030-05-09T11:00Z bob escalation (1 working day) t1
                   -> accepted 2030-05-09T13:30Z
    2030-05-09T11:00:01Z ops@ feed-alert ada@example.com refused
                   -> accepted 2030-05-09T13:30Z
    ");
    assert_snapshot!(excerpts(&world, Kind::FeedAlert, "ops", &["Subject:"]), @"
    2030-05-09T11:00:01Z to ops@example.com
    Subject: A letter to ada@example.com was not delivered: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    Subject:   Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May
               10:00 your time
    To:        ada@example.com
    Why:       given up: `ada@example.com` is not there until 2030-05-14 09:15
               UTC, when it is of no use any more
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "bob", &["You are asked", "Why"]), @"
    2030-05-09T11:00:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada is away until Tue 14 May 09:00 UTC and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (away); the reminder
    1 working day before your last working moment, Fri 10 May 17:00 UTC, had
    passed before it could be sent. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_digest_that_waits_for_mail_waits_for_the_next_return_too() {
    let night = "e1 | acme: Down | 2030-05-08T22:00Z..2030-05-08T23:00Z";
    let world = thursday("2030-05-21T00:00Z").has("tasks", "").has("emergencies", night);
    let world = world.mail("2030-05-09T09:00Z", "2030-05-09T18:00Z", Mood::Down);
    let world = world.shows("leave", "2030-05-09T11:00Z", "v1 | ada: sick | 2030-05-10..2030-05-18");
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada catch-up [e1]; acme: 1 incident
                   -> accepted 2030-05-20T09:15Z
    ");
}

#[test]
fn a_request_for_a_task_that_is_called_off_before_mail_is_back_is_taken_back() {
    let world = thursday("2030-05-11T12:00Z").mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    assert_snapshot!(fates(&world.shows("tasks", "2030-05-09T11:00Z", &format!("{SATURDAY} | STATUS:CANCELLED"))), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> withdrawn 2030-05-09T11:00Z cancelled or gone
    ");
}

#[test]
fn a_request_for_a_task_whose_briefing_is_written_before_mail_is_back_is_taken_back() {
    let world = thursday("2030-05-11T12:00Z").mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    assert_snapshot!(fates(&world.answers("2030-05-09T11:00Z", "t1", "done")), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> withdrawn 2030-05-09T11:00Z the briefing is written
    ");
}

#[test]
fn a_request_for_a_task_that_moves_before_mail_is_back_is_taken_back_and_asked_anew() {
    let world = thursday("2030-05-17T12:00Z").mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    let world = world.shows("tasks", "2030-05-09T11:00Z", super::change::LATER);
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> withdrawn 2030-05-09T11:00Z the task was moved
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
                   -> accepted 2030-05-16T09:15Z
    ");
    assert_snapshot!(excerpts(&world, Kind::BriefingRequest, "ada", &["What:", "Why"]), @"
    2030-05-09T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 1
    working day before your last working moment, Fri 10 May 17:00 UTC. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-16T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 17 May 17:00: acme, Upgrade, Sat 18 May 10:00 your time

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 18 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 17 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 1
    working day before your last working moment, Fri 17 May 17:00 UTC. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_request_for_a_task_that_goes_to_another_account_before_mail_is_back_is_taken_back() {
    let world = thursday("2030-05-10T12:00Z").engineer("cyd", "").account("globex", "engineers = [\"cyd\"]");
    let world = world.mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    let world = world.shows("tasks", "2030-05-09T11:00Z", &SATURDAY.replace("acme:", "globex:"));
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> withdrawn 2030-05-09T11:00Z the task went to another account
    2030-05-09T11:00Z cyd briefing-request (1 working day) t1
                   -> accepted 2030-05-09T13:30Z
    ");
    assert_snapshot!(excerpts(&world, Kind::BriefingRequest, "cyd", &["What:", "Why"]), @"
    2030-05-09T11:00:00Z to cyd@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: globex, Upgrade, Sat 11 May 10:00 your time

    What:      globex: Upgrade
    Customer:  globex
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 6 hours)
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you own the account; the task is uncovered (weekend);
    the reminder 1 working day before your last working moment, Fri 10 May
    17:00 UTC, had passed before it could be sent. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_request_for_a_task_that_goes_to_another_account_of_the_same_engineer_is_taken_back_and_asked_anew() {
    let world = thursday("2030-05-10T12:00Z").account("globex", "engineers = [\"ada\"]");
    let world = world.mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    let world = world.shows("tasks", "2030-05-09T11:00Z", &SATURDAY.replace("acme:", "globex:"));
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> withdrawn 2030-05-09T11:00Z the task went to another account
    2030-05-09T11:00:01Z ada briefing-request (1 working day) t1
                   -> accepted 2030-05-09T13:30:01Z
    ");
    assert_snapshot!(excerpts(&world, Kind::BriefingRequest, "ada", &["What:", "Why"]), @"
    2030-05-09T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 1
    working day before your last working moment, Fri 10 May 17:00 UTC. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-09T11:00:01Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: globex, Upgrade, Sat 11 May 10:00 your time

    What:      globex: Upgrade
    Customer:  globex
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 5 hours)
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you own the account; the task is uncovered (weekend);
    the reminder 1 working day before your last working moment, Fri 10 May
    17:00 UTC, had passed before it could be sent. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_letter_that_the_mail_server_refuses_is_told_to_the_admin() {
    let world = thursday("2030-05-10T12:00Z").mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Refuses);
    assert_snapshot!(fates(&world), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> refused 2030-05-09T09:15Z 550 no such mailbox
    2030-05-09T09:15:01Z ops@ feed-alert ada@example.com refused
                   -> accepted 2030-05-09T09:15:01Z
    ");
    assert_snapshot!(excerpts(&world, Kind::FeedAlert, "ops", &["Subject:"]), @"
    2030-05-09T09:15:01Z to ops@example.com
    Subject: A letter to ada@example.com was not delivered: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    Subject:   Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May
               10:00 your time
    To:        ada@example.com
    Why:       550 no such mailbox
    ");
}

/// The same, and cyd who owns globex, whose task is on that Saturday too: her letter is the second.
fn two_letters() -> World {
    let tasks = format!("{SATURDAY}\nt2 | globex: Patch | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    thursday("2030-05-10T12:00Z").engineer("cyd", "").account("globex", "engineers = [\"cyd\"]").has("tasks", &tasks)
}

#[test]
fn behind_a_letter_that_cannot_be_sent_another_one_is_taken_back_all_the_same() {
    let world = two_letters().mail("2030-05-09T09:00Z", "2030-05-09T13:30Z", Mood::Down);
    assert_snapshot!(fates(&world.shows("tasks", "2030-05-09T11:00Z", SATURDAY)), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> accepted 2030-05-09T13:30Z
    2030-05-09T09:15Z cyd briefing-request (1 working day) t2
                   -> withdrawn 2030-05-09T11:00Z cancelled or gone
    ");
}

#[test]
fn a_letter_that_may_have_arrived_counts_as_heard_though_it_is_taken_back() {
    let world = thursday("2030-05-10T12:00Z").mail("2030-05-09T09:15Z", "2030-05-09T09:16Z", Mood::Drops);
    let world = world.mail("2030-05-09T09:16Z", "2030-05-09T13:30Z", Mood::Down);
    assert_snapshot!(fates(&world.shows("tasks", "2030-05-09T11:00Z", &format!("{SATURDAY} | STATUS:CANCELLED"))), @"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                   -> withdrawn 2030-05-09T11:00Z cancelled or gone
    2030-05-09T11:30Z ada retraction t1: it was cancelled
                   -> accepted 2030-05-09T13:30Z
    ");
}

#[test]
fn a_letter_that_waited_for_its_readers_return_has_all_its_tries_then() {
    let night = "e1 | acme: Down | 2030-05-08T22:00Z..2030-05-08T23:00Z";
    let world = thursday("2030-05-21T00:00Z").has("tasks", "").has("emergencies", night);
    let world = world.mail("2030-05-09T09:15Z", "2030-05-09T09:16Z", Mood::Busy).mail("2030-05-09T09:16Z", "2030-05-09T18:00Z", Mood::Down);
    let world = world.shows("leave", "2030-05-09T11:00Z", "v1 | ada: sick | 2030-05-10..2030-05-18");
    assert_snapshot!(fates(&world.mail("2030-05-20T09:15Z", "2030-05-20T09:16Z", Mood::Busy)), @"
    2030-05-09T09:15Z ada catch-up [e1]; acme: 1 incident
                   -> accepted 2030-05-20T09:16Z
    ");
}

/// A list before a leave that waits for mail from noon on.
fn listed() -> World {
    let world = thursday("2030-05-10T12:00Z").set("leave", "before", "\"2 working days\"").leads(&["2 working hours"]);
    let world = world.has("leave", "v1 | ada: vacation in Rome | 2030-05-13..2030-05-18");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-15T10:00Z..2030-05-15T12:00Z");
    world.mail("2030-05-08T09:00Z", "2030-05-09T18:00Z", Mood::Down)
}

#[test]
fn a_list_before_a_leave_is_taken_back_once_nothing_in_it_wants_a_briefing() {
    assert_snapshot!(fates(&listed().answers("2030-05-09T11:00Z", "t1", "done")), @"
    2030-05-08T12:00Z ada before-leave [t1]
                   -> withdrawn 2030-05-09T11:00Z nothing in that leave wants a briefing any more
    ");
}

#[test]
fn a_list_before_a_leave_that_is_not_taken_is_taken_back() {
    assert_snapshot!(fates(&listed().shows("leave", "2030-05-09T11:00Z", "")), @"
    2030-05-08T12:00Z ada before-leave [t1]
                   -> withdrawn 2030-05-09T15:00Z they are not away then any more
    2030-05-09T11:00Z ops@ feed-alert leave is held, 1 of 1 missing
                   -> accepted 2030-05-09T18:00Z
    2030-05-09T15:00Z ops@ feed-alert leave is taken
                   -> accepted 2030-05-09T18:00Z
    ");
}

#[test]
fn a_list_that_was_taken_back_is_written_anew_when_its_leave_holds_something_again() {
    let again = "t2 | acme: Patch | 2030-05-16T10:00Z..2030-05-16T12:00Z";
    let world = listed().answers("2030-05-09T10:00Z", "t1", "done").shows("tasks", "2030-05-09T14:00Z", again);
    assert_snapshot!(fates(&world), @"
    2030-05-08T12:00Z ada before-leave [t1]
                   -> withdrawn 2030-05-09T10:00Z nothing in that leave wants a briefing any more
    2030-05-09T14:00Z ada before-leave [t2]
                   -> accepted 2030-05-10T09:15Z
    ");
}
