//! Leave: entered late, on the day, taken back; who is asked instead, and who again.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, excerpts};

/// A task on Saturday 11 May 2030, whose owner in office hours can write until Friday 17:00.
const SATURDAY: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";

/// A leave of August: a feed that still shows it has not lost all that it had.
const AUGUST: &str = "v9 | ada: vacation | 2030-08-05..2030-08-10";

/// Ada and her backup, three leads, that task, no leave yet.
fn usual(from: &str, until: &str) -> World {
    let world = World::of_ada_and_bob(from, until).leads(&["3 working days", "1 working day", "2 working hours"]);
    world.has("tasks", SATURDAY).has("leave", "")
}

#[test]
fn a_leave_entered_after_a_lead_pulls_the_next_one_forward() {
    // Off on Friday, said on Wednesday noon: the deadline is Thursday 17:00, so Wednesday 09:15 was the day before.
    let world = usual("2030-05-06T00:00Z", "2030-05-10T12:00Z").set("leave", "before", "\"\"");
    let world = world.shows("leave", "2030-05-08T12:00Z", "v1 | ada: day off | 2030-05-10..2030-05-11");
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T12:00Z ada briefing-request (1 working day) t1
    2030-05-09T15:00Z ada briefing-request (2 working hours) t1
    2030-05-10T09:15Z bob escalation (1 working day) t1
    ");
    assert_snapshot!(excerpts(&world, Kind::BriefingRequest, "ada", &["Why"]), @"
    2030-05-07T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 3
    working days before your last working moment, Fri 10 May 17:00 UTC.
    Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-08T12:00:00Z to ada@example.com
    Subject: Briefing wanted by Thu 9 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 1
    working day before your last working moment, Thu 9 May 17:00 UTC. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-09T15:00:00Z to ada@example.com
    Subject: Briefing wanted by Thu 9 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 2
    working hours before your last working moment, Thu 9 May 17:00 UTC.
    Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "bob", &["You are asked", "Why"]), @"
    2030-05-10T09:15:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada is away until Mon 13 May 09:00 UTC and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (weekend); the
    reminder 1 working day before your last working moment, Fri 10 May 17:00
    UTC, had passed before it could be sent. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn an_unplanned_leave_hands_over_on_the_day() {
    // Ill since Thursday morning, entered at 13:00: ada's last hours before the task were on Wednesday.
    let world = usual("2030-05-06T00:00Z", "2030-05-11T00:00Z");
    let world = world.shows("leave", "2030-05-09T13:00Z", "v1 | ada: sick | 2030-05-09..2030-05-11");
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T13:00Z bob escalation (1 working day) t1
    2030-05-10T15:00Z bob escalation (2 working hours) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "bob", &["You are asked", "Why"]), @"
    2030-05-09T13:00:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada is away until Mon 13 May 09:00 UTC and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (weekend); the
    reminder 1 working day before your last working moment, Fri 10 May 17:00
    UTC, had passed before it could be sent. Written by offwatch,
    automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-10T15:00:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada is away until Mon 13 May 09:00 UTC and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (weekend); 2 working
    hours before your last working moment, Fri 10 May 17:00 UTC. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "boss", &["Who knows", "Why"]), @"
    2030-05-10T17:00:00Z to boss@example.com
    Subject: Nobody left to write a briefing: acme, Upgrade, Sat 11 May 10:00 UTC

    Who knows the customer:
    - ada (owner), ada@example.com, away until Mon 13 May 09:00 UTC
    - bob (backup), bob@example.com, away until Mon 13 May 09:00 UTC

    -- 
    Why you get this: you manage the account; the task is uncovered (weekend),
    and nobody who knows the customer can write a briefing any more. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_leave_entered_after_the_deadline_changes_nothing_any_more() {
    let world = usual("2030-05-09T12:00Z", "2030-05-13T00:00Z");
    let world = world.shows("leave", "2030-05-10T18:00Z", "v1 | ada: sick | 2030-05-10..2030-05-13");
    assert_snapshot!(check(&world), @r"
    2030-05-09T12:00Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "duty", &["Who knows", "Why"]), @"
    2030-05-10T17:00:00Z to duty@example.com
    Subject: For whoever is on call, no briefing known: acme, Upgrade, Sat 11 May 10:00 UTC

    Who knows the customer:
    - ada (owner), ada@example.com, away until Mon 13 May 09:00 UTC
    - bob (backup), bob@example.com, away until Mon 13 May 09:00 UTC

    -- 
    Why you get this: you are its last resort before the task starts; the task
    is uncovered (weekend), and nobody who knows the customer can write a
    briefing any more. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn when_a_leave_is_taken_back_the_hand_over_stands_and_the_owner_is_asked_at_the_next_lead() {
    let world = usual("2030-05-02T00:00Z", "2030-05-11T00:00Z");
    let world = world.shows("leave", "2030-05-06T13:00Z", &format!("v1 | ada: sick | 2030-05-06..2030-05-11\n{AUGUST}"));
    let world = world.shows("leave", "2030-05-08T12:00Z", AUGUST);
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z bob escalation (3 working days) t1
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    2030-05-10T15:00Z bob escalation (2 working hours) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(excerpts(&world, Kind::BriefingRequest, "ada", &["Why"]), @"
    2030-05-09T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 1
    working day before your last working moment, Fri 10 May 17:00 UTC. Written
    by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-10T15:00:00Z to ada@example.com
    Subject: Briefing wanted by Fri 10 May 17:00: acme, Upgrade, Sat 11 May 10:00 your time

    -- 
    Why you get this: you own the account; the task is uncovered (weekend); 2
    working hours before your last working moment, Fri 10 May 17:00 UTC.
    Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "bob", &["You are asked", "Why"]), @"
    2030-05-07T09:15:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada is away until Mon 13 May 09:00 UTC and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (weekend); 3 working
    days before your last working moment, Fri 10 May 17:00 UTC. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-09T09:15:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada could not write it when it came to you (they can
    again now) and you are the next who may know acme. Something is planned
    there at a time when nobody who knows them is in, and offwatch knows of no
    briefing.

    -- 
    Why you get this: you are the account's backup, and it came to you when
    nobody before you in its list could write it; the task is uncovered
    (weekend); 1 working day before your last working moment, Fri 10 May 17:00
    UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.

    2030-05-10T15:00:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada could not write it when it came to you (they can
    again now) and you are the next who may know acme. Something is planned
    there at a time when nobody who knows them is in, and offwatch knows of no
    briefing.

    -- 
    Why you get this: you are the account's backup, and it came to you when
    nobody before you in its list could write it; the task is uncovered
    (weekend); 2 working hours before your last working moment, Fri 10 May
    17:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_leave_known_long_before_sets_the_deadline() {
    // Away from Thursday on: the last hours are on Wednesday the 8th; then bob has his turn.
    let world = usual("2030-05-02T00:00Z", "2030-05-11T00:00Z").set("leave", "before", "\"\"");
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-09..2030-05-18");
    assert_snapshot!(check(&world), @r"
    2030-05-03T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T09:15Z ada briefing-request (1 working day) t1
    2030-05-08T15:00Z ada briefing-request (2 working hours) t1
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-10T15:00Z bob escalation (2 working hours) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_hand_over_at_night_reaches_the_next_one_in_the_morning() {
    // Entered on Thursday 20:00 for Friday: ada's hours are over, bob's begin on Friday.
    let world = usual("2030-05-06T00:00Z", "2030-05-10T16:00Z");
    let world = world.shows("leave", "2030-05-09T20:00Z", "v1 | ada: sick | 2030-05-10..2030-05-11");
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T09:15Z bob escalation (1 working day) t1
    2030-05-10T15:00Z bob escalation (2 working hours) t1
    ");
}

#[test]
fn an_owner_who_is_back_in_time_is_asked_again_and_the_last_resort_waits() {
    // Ada alone, ill on Thursday 13:00 and well again on Friday 09:30: the manager was told, the last resort was not.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-11T00:00Z").leads(&["1 working day", "2 working hours"]);
    let world = world.has("tasks", SATURDAY).has("leave", "");
    let world = world.shows("leave", "2030-05-09T13:00Z", &format!("v1 | ada: sick | 2030-05-09..2030-05-11\n{AUGUST}"));
    let world = world.shows("leave", "2030-05-10T09:30Z", AUGUST);
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T13:00Z boss@ escalation (manager) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_leave_on_the_day_of_a_lead_puts_no_letter_into_it() {
    // Thursday off: the working day before Friday is Wednesday, and nothing is sent on Thursday.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T17:00Z").leads(&["1 working day", "8 working hours"]);
    let world = world.set("leave", "before", "\"\"").has("tasks", SATURDAY).has("leave", "v1 | ada: day off | 2030-05-09..2030-05-10");
    assert_snapshot!(check(&world), @r"
    2030-05-08T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T09:15Z ada briefing-request (8 working hours) t1
    ");
}

#[test]
fn a_lead_that_waits_is_put_off_by_a_leave_entered_before_it_arrives() {
    // Announced in the night to Thursday; Thursday's leave is entered at 08:00, so the letter comes on Friday, with the
    // digest of a leave in which the task was announced.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T12:00Z").leads(&["3 working days"]).set("leave", "before", "\"\"");
    let world = world.has("tasks", "").shows("tasks", "2030-05-08T22:00Z", SATURDAY).has("leave", "");
    let world = world.shows("leave", "2030-05-09T08:00Z", "v1 | ada: sick | 2030-05-09..2030-05-10");
    assert_snapshot!(check(&world), @"
    2030-05-10T09:15Z ada briefing-request (3 working days) t1
                    + ada catch-up [] after leave; acme: announced Upgrade, coming acme: Upgrade
    ");
}
