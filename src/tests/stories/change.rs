//! Nothing stays true: tasks move, change their names and tickets, are called off, fall to somebody's hours and out again.
//! Whoever was told hears of it once it stands, once, and is asked for nothing before.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, texts};

/// A task on Saturday 11 May 2030: whoever keeps office hours can write until Friday 17:00.
pub(super) const SATURDAY: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z | URL:https://tickets.example.com/1";

/// The same a week later.
pub(super) const LATER: &str = "t1 | acme: Upgrade | 2030-05-18T10:00Z..2030-05-18T12:00Z | URL:https://tickets.example.com/1";

/// Another task of acme that nobody hears of in these stories, so that no feed is ever empty.
const OTHER: &str = "t9 | acme: Review | 2030-05-16T10:00Z..2030-05-16T11:00Z";

/// From Monday 6 May 2030 on: ada alone, asked three, two and one working day before.
pub(super) fn monday(until: &str) -> World {
    World::of_ada("2030-05-06T00:00Z", until).leads(&["3 working days", "2 working days", "1 working day"]).has("tasks", &with(SATURDAY))
}

/// The task among others.
fn with(task: &str) -> String {
    format!("{task}\n{OTHER}")
}

/// The task becomes `task` at `at`.
pub(super) fn becomes(world: World, at: &str, task: &str) -> World {
    world.shows("tasks", at, &with(task))
}

#[test]
fn a_task_that_moved_is_told_once_it_has_stood_half_an_hour_and_its_leads_go_on_from_there() {
    let world = becomes(monday("2030-05-17T00:00Z"), "2030-05-08T10:00Z", LATER);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-08T10:30Z ada task-changed t1: it was moved
    2030-05-14T09:15Z ada briefing-request (3 working days) t1
    2030-05-15T09:15Z ada briefing-request (2 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    ");
    assert_snapshot!(texts(&world, Kind::TaskChanged), @"
    2030-05-08T10:30:00Z to ada@example.com
    Subject: Moved: acme, Upgrade, Sat 18 May 10:00 your time. Briefing still wanted by Fri 17 May 17:00

    Hello ada,

    A task for acme that you were told of was moved. A short briefing from you
    would still help.

    Was:       Sat 11 May 10:00 to 12:00 UTC
    Is now:    Sat 18 May 10:00 to 12:00 UTC, your time

    What:      acme: Upgrade
    Customer:  acme
    Uncovered: Sat 18 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 17 May 17:00 UTC, your last working moment before it (in 9
               days)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told of this task Wed 8 May 09:15 UTC, and
    since then it was moved. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn whoever_answers_after_a_change_knows_of_it() {
    let world = becomes(monday("2030-05-17T12:00Z"), "2030-05-08T10:00Z", LATER);
    assert_snapshot!(check(&world.answers("2030-05-08T10:10Z", "t1", "done")), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    ");
}

#[test]
fn a_change_at_night_is_told_in_the_morning() {
    let world = becomes(monday("2030-05-09T12:00Z"), "2030-05-08T22:00Z", LATER);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-09T09:15Z ada task-changed t1: it was moved
    ");
}

#[test]
fn a_change_that_goes_back_within_half_an_hour_is_told_to_nobody() {
    let world = becomes(monday("2030-05-08T14:00Z"), "2030-05-07T12:00Z", LATER);
    assert_snapshot!(check(&becomes(world, "2030-05-07T12:20Z", SATURDAY)), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    ");
}

#[test]
fn a_change_that_goes_back_after_it_was_told_is_told_as_well() {
    let world = becomes(monday("2030-05-08T14:00Z"), "2030-05-07T12:00Z", LATER);
    assert_snapshot!(check(&becomes(world, "2030-05-07T13:00Z", SATURDAY)), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T12:30Z ada task-changed t1: it was moved
    2030-05-07T13:30Z ada task-changed t1: it was moved
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    ");
}

#[test]
fn of_two_changes_in_half_an_hour_only_the_last_is_told() {
    let world = becomes(monday("2030-05-08T14:00Z"), "2030-05-07T12:00Z", LATER);
    let third = LATER.replace("T10:00Z..", "T15:00Z..").replace("T12:00Z |", "T16:00Z |");
    assert_snapshot!(check(&becomes(world, "2030-05-07T12:20Z", &third)), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T12:50Z ada task-changed t1: it was moved
    ");
}

#[test]
fn a_change_shortly_before_the_deadline_is_told_at_once() {
    // In half an hour ada would be gone until after the task.
    let sooner = SATURDAY.replace("T10:00Z..", "T08:00Z..");
    let world = becomes(monday("2030-05-11T00:00Z"), "2030-05-10T16:45Z", &sooner);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T16:50Z ada task-changed t1: it was moved
    2030-05-10T16:50Z boss@ escalation (manager) t1
    2030-05-10T16:50Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_task_pulled_forward_to_tonight_is_told_to_whoever_was_asked_and_to_the_last_resort() {
    let tonight = SATURDAY.replace("2030-05-11", "2030-05-08").replace("T10:00Z", "T20:00Z").replace("T12:00Z", "T22:00Z");
    let world = becomes(monday("2030-05-09T00:00Z"), "2030-05-08T15:40Z", &tonight);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-08T16:10Z ada task-changed t1: it was moved
    2030-05-08T17:00Z boss@ escalation (manager) t1
    2030-05-08T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn nobody_who_was_not_told_hears_of_a_change() {
    let world = monday("2030-05-08T00:00Z").leads(&["1 working day"]);
    assert_snapshot!(check(&becomes(world, "2030-05-07T10:00Z", &SATURDAY.replace("T10:00Z..", "T06:00Z.."))), @"silence");
}

#[test]
fn a_renamed_task_is_told_with_both_names_and_marks_and_case_are_no_change() {
    let world = monday("2030-05-08T00:00Z");
    let renamed = becomes(world.clone(), "2030-05-07T10:00Z", &SATURDAY.replace("Upgrade", "Migration"));
    assert_snapshot!(check(&renamed), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T10:30Z ada task-changed t1: it was renamed
    ");
    let same = becomes(world, "2030-05-07T10:00Z", &SATURDAY.replace("Upgrade", "[draft] UPGRADE"));
    assert_snapshot!(check(&same), @"2030-05-07T09:15Z ada briefing-request (3 working days) t1");
}

#[test]
fn another_ticket_is_told_and_a_lost_or_found_link_is_not() {
    let world = monday("2030-05-08T00:00Z");
    let other = becomes(world.clone(), "2030-05-07T10:00Z", &SATURDAY.replace("example.com/1", "example.com/2"));
    assert_snapshot!(check(&other), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T10:30Z ada task-changed t1: its ticket is another one
    ");
    let lost = SATURDAY.replace(" | URL:https://tickets.example.com/1", "");
    let world = becomes(world, "2030-05-07T10:00Z", &lost);
    assert_snapshot!(check(&becomes(world, "2030-05-07T12:00Z", SATURDAY)), @"2030-05-07T09:15Z ada briefing-request (3 working days) t1");
}

#[test]
fn a_cancelled_task_is_taken_back_from_whoever_was_asked() {
    let world = becomes(monday("2030-05-12T00:00Z"), "2030-05-08T10:00Z", &format!("{SATURDAY} | STATUS:CANCELLED"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-08T10:30Z ada retraction t1: it was cancelled
    ");
    assert_snapshot!(texts(&world, Kind::Retraction), @"
    2030-05-08T10:30:00Z to ada@example.com
    Subject: No longer needed: acme, Upgrade, Sat 11 May 10:00 your time

    Hello ada,

    A task for acme that you know of was cancelled. No briefing is needed from
    anybody; one that is written already does no harm.

    What:      acme: Upgrade
    Customer:  acme
    Was:       Sat 11 May 10:00 to 12:00 UTC, your time
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Wed 8 May 09:15 UTC, and
    since then it was cancelled. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_vanished_is_taken_back_and_wanted_again_when_it_returns() {
    let world = monday("2030-05-11T00:00Z").shows("tasks", "2030-05-07T10:00Z", OTHER);
    let world = becomes(world, "2030-05-08T12:00Z", SATURDAY);
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T10:30Z ada retraction t1: it vanished from its calendar
    2030-05-08T12:30Z ada task-changed t1: it wants a briefing again
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(texts(&world, Kind::TaskChanged), @"
    2030-05-08T12:30:00Z to ada@example.com
    Subject: Wanted again: acme, Upgrade, Sat 11 May 10:00 your time. Briefing still wanted by Fri 10 May 17:00

    Hello ada,

    You were told that a task for acme needs nothing any more. That has
    changed: nobody who knows them is there again. A short briefing from you
    would still help.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: weekend
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 2
               days 4 hours)
    Ticket:    https://tickets.example.com/1

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done te464b238d3

    -- 
    Why you get this: you were told that this task needs nothing any more Tue
    7 May 10:30 UTC, and since then it wants a briefing again. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_task_that_vanished_and_came_back_under_another_uid_is_the_same_task_moved() {
    let world = monday("2030-05-17T00:00Z").shows("tasks", "2030-05-07T10:00Z", OTHER);
    let world = becomes(world, "2030-05-07T10:15Z", &LATER.replace("t1 |", "t2 |"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T10:50Z ada task-changed t2: it was moved
    2030-05-14T09:15Z ada briefing-request (3 working days) t2
    2030-05-15T09:15Z ada briefing-request (2 working days) t2
    2030-05-16T09:15Z ada briefing-request (1 working day) t2
    ");
}

#[test]
fn a_task_that_a_leave_taken_back_covers_is_taken_back_too() {
    // Wednesday's task wants a briefing only because of the leave.
    let task = "t1 | acme: Upgrade | 2030-05-08T10:00Z..2030-05-08T12:00Z";
    let world = monday("2030-05-09T00:00Z").has("tasks", &with(task)).set("leave", "before", "\"5 working days\"");
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-08..2030-05-09\nv9 | ada: vacation | 2030-06-08..2030-06-09");
    let world = world.shows("leave", "2030-05-06T12:00Z", "v9 | ada: vacation | 2030-06-08..2030-06-09");
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada before-leave [t1]
    2030-05-06T12:30Z ada retraction t1: somebody who knows the customer will be there
    ");
    assert_snapshot!(texts(&world, Kind::Retraction), @r#"
    2030-05-06T12:30:00Z to ada@example.com
    Subject: No longer needed: acme, Upgrade, Wed 8 May 10:00 your time

    Hello ada,

    Somebody who knows acme will be there after all while this task runs. No
    briefing is needed from anybody; one that is written already does no harm.

    What:      acme: Upgrade
    Customer:  acme
    When:      Wed 8 May 10:00 to 12:00 UTC, your time
    Ticket:    no ticket link in the event; search for "acme: Upgrade"

    -- 
    Why you get this: you were told of this task Mon 6 May 09:15 UTC, and
    since then somebody who knows the customer will be there. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn a_leave_replaced_by_another_entry_within_half_an_hour_changes_nothing() {
    let task = "t1 | acme: Upgrade | 2030-05-08T10:00Z..2030-05-08T12:00Z";
    let other = "v9 | ada: vacation | 2030-06-08..2030-06-09";
    let world = monday("2030-05-08T00:00Z").has("tasks", &with(task)).answers("2030-05-06T11:00Z", "t1", "done");
    let world = world.has("leave", &format!("v1 | ada: sick | 2030-05-08..2030-05-09\n{other}"));
    let world = world.shows("leave", "2030-05-06T12:00Z", other);
    let world = world.shows("leave", "2030-05-06T12:15Z", &format!("v2 | ada: vacation | 2030-05-08..2030-05-09\n{other}"));
    assert_snapshot!(check(&world), @"2030-05-06T09:15Z ada before-leave [t1]");
}

#[test]
fn everybody_who_was_told_hears_of_a_move_each_in_their_time() {
    // Ada fell ill after she was asked; bob, the manager and the last resort were told in her place.
    let world = World::of_ada_and_bob("2030-05-06T00:00Z", "2030-05-18T10:00Z").leads(&["3 working days", "1 working day"]);
    let world = world.has("tasks", &with(SATURDAY)).shows("leave", "2030-05-07T12:00Z", "v1 | ada: sick | 2030-05-07..2030-05-14");
    let world =
        world.shows("leave", "2030-05-09T12:00Z", "v1 | ada: sick | 2030-05-07..2030-05-14\nv2 | bob: sick | 2030-05-09..2030-05-13");
    assert_snapshot!(check(&becomes(world, "2030-05-10T12:00Z", LATER)), @"
    2030-05-06T06:00Z ops@ feed-alert leave fails
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T12:00Z bob escalation (3 working days) t1
    2030-05-07T12:00Z ops@ feed-alert leave is back
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-09T12:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    2030-05-10T12:30Z boss@ task-changed t1: it was moved
    2030-05-10T12:30Z duty@ task-changed t1: it was moved
    2030-05-13T09:15Z bob task-changed t1: it was moved
    2030-05-14T09:15Z ada task-changed t1: it was moved
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn on_leave_a_change_waits_for_the_return_and_stands_once_in_that_letter() {
    let task = "t1 | acme: Upgrade | 2030-05-18T10:00Z..2030-05-18T12:00Z";
    let world = monday("2030-05-14T00:00Z").leads(&["9 working days"]).has("tasks", &with(task));
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-13");
    let world = becomes(world, "2030-05-08T10:00Z", &task.replace("2030-05-18", "2030-05-25"));
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada briefing-request (9 working days) t1
    2030-05-13T09:15Z ada task-changed t1: it was moved
    ");
}

#[test]
fn what_changes_during_a_leave_that_outlasts_the_task_is_told_by_nobody_to_nobody() {
    let world = monday("2030-05-20T12:00Z").leads(&["5 working days"]);
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-08..2030-05-20").set("catch_up", "overnight", "false");
    assert_snapshot!(check(&becomes(world, "2030-05-08T10:00Z", &SATURDAY.replace("T10:00Z..", "T08:00Z.."))), @"
    2030-05-06T09:15Z ada before-leave [t1 t9]
    2030-05-07T17:00Z boss@ escalation (manager) t1
    2030-05-08T10:30Z boss@ task-changed t1: it was moved
    2030-05-10T08:00Z duty@ escalation (last call) t1
    2030-05-11T10:00Z boss@ escalation (manager) t9
    2030-05-15T10:00Z duty@ escalation (last call) t9
    2030-05-20T09:15Z ada catch-up [t1 t9] after leave; acme: 2 ran
    ");
}

#[test]
fn a_task_that_goes_to_another_account_is_taken_back_from_one_and_asked_of_the_other() {
    let world = monday("2030-05-10T00:00Z").engineer("bob", "").account("globex", "engineers = [\"bob\"]");
    assert_snapshot!(check(&becomes(world, "2030-05-07T10:00Z", &SATURDAY.replace("acme:", "globex:"))), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T10:00Z bob briefing-request (3 working days) t1
    2030-05-07T10:30Z ada retraction t1: it went to another account
    2030-05-08T09:15Z bob briefing-request (2 working days) t1
    2030-05-09T09:15Z bob briefing-request (1 working day) t1
    ");
}

#[test]
fn who_manages_the_account_that_a_task_went_to_reads_so_in_the_news() {
    let world = monday("2030-05-10T00:00Z").account("globex", "engineers = []\nmanager = \"ada\"");
    let world = becomes(world, "2030-05-07T10:00Z", &SATURDAY.replace("acme:", "globex:"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T10:30Z ada task-changed t1: it was renamed, it went to another account
    ");
    assert_snapshot!(texts(&world, Kind::TaskChanged), @"
    2030-05-07T10:30:00Z to ada@example.com
    Subject: Another customer's now: globex, Upgrade, Sat 11 May 10:00 your time

    Hello ada,

    A task for globex that you were told of was another customer's before and
    has another title. offwatch knows of no briefing, and nobody it could ask
    has working time left to write one. You manage the account and may know
    somebody who can.

    Old title: acme: Upgrade

    What:      globex: Upgrade
    Customer:  globex
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: no engineer is named
    Ticket:    https://tickets.example.com/1

    -- 
    Why you get this: you were told of this task Tue 7 May 09:15 UTC, and
    since then it was renamed, it went to another account. Written by
    offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn a_list_before_a_leave_that_has_become_wrong_is_corrected() {
    let in_leave = "t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z";
    let second = "t2 | acme: Restore drill | 2030-05-15T10:00Z..2030-05-15T12:00Z";
    let world = monday("2030-05-11T00:00Z").leads(&["1 working day"]).has("tasks", &format!("{in_leave}\n{second}"));
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-18").set("leave", "before", "\"4 working days\"");
    let moved = in_leave.replace("2030-05-14", "2030-05-16");
    let world = world.shows("tasks", "2030-05-07T10:00Z", &format!("{moved}\n{second} | STATUS:CANCELLED"));
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada before-leave [t1 t2]
    2030-05-07T10:30Z ada retraction t2: it was cancelled
                    + ada task-changed t1: it was moved
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    ");
}

#[test]
fn all_letters_about_one_task_answer_the_first() {
    let world = becomes(monday("2030-05-09T12:00Z"), "2030-05-07T10:00Z", LATER);
    let letters = becomes(world, "2030-05-08T10:00Z", &format!("{LATER} | STATUS:CANCELLED")).letters();
    let header = |bytes: &[u8], name: &str| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.lines().find_map(|line| line.strip_prefix(name).map(ToOwned::to_owned))
    };
    let own: Vec<_> = letters.iter().filter(|(_, written)| written.letter.to.is("ada@example.com")).collect();
    assert_eq!(own.len(), 3);
    let first = header(&own[0].1.letter.bytes, "Message-ID: ");
    assert!(first.is_some());
    assert_eq!(header(&own[0].1.letter.bytes, "References: "), None);
    assert_eq!(header(&own[1].1.letter.bytes, "References: "), first);
    assert_eq!(header(&own[2].1.letter.bytes, "References: "), first);
}

#[test]
fn who_wrote_a_briefing_for_another_account_hears_of_changes_also_after_somebody_said_that_it_holds() {
    let renamed = SATURDAY.replace("Upgrade", "Migration");
    let world = monday("2030-05-10T00:00Z").engineer("cleo", "").says("cleo", "2030-05-06T12:00Z", "t1", "done");
    let world = becomes(world, "2030-05-07T10:00Z", &renamed).answers("2030-05-07T14:00Z", "t1", "done");
    assert_snapshot!(check(&becomes(world, "2030-05-08T10:00Z", &renamed.replace("example.com/1", "example.com/2"))), @"
    2030-05-07T10:30Z cleo task-changed t1: it was renamed
    2030-05-08T10:30Z cleo task-changed t1: its ticket is another one
    ");
}
