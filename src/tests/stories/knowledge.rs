//! What is known of a task: answers, cancellations, moves, new names, and tasks that are nobody's.

use insta::assert_snapshot;

use crate::tests::world::{World, check};

/// A task on Saturday 11 May 2030, whose owner in office hours can write until Friday 17:00.
const SATURDAY: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";

/// Ada alone, from Monday 6 May 2030 on.
fn monday(until: &str) -> World {
    World::of_ada("2030-05-06T00:00Z", until).leads(&["1 working day", "2 working hours"])
}

#[test]
fn a_mark_in_the_tasks_own_event_says_that_the_briefing_stands() {
    let marked = |row: &str| check(&monday("2030-05-13T00:00Z").has("tasks", row));
    let times = "2030-05-11T10:00Z..2030-05-11T12:00Z";
    assert_snapshot!(marked(&format!("t1 | acme: Upgrade [Briefing done] | {times}")), @"silence");
    assert_snapshot!(marked(&format!("t1 | acme: Upgrade | {times} | DESCRIPTION:All said. [briefing waived]")), @"silence");
    assert_snapshot!(marked(&format!("t1 | acme: Upgrade | {times} | CATEGORIES:change,[briefing done]")), @"silence");
}

#[test]
fn a_mark_that_comes_later_silences_from_then_on() {
    let world = monday("2030-05-13T12:00Z").has("tasks", SATURDAY);
    let world = world.shows("tasks", "2030-05-09T12:00Z", "t1 | acme: Upgrade [briefing done] | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @"2030-05-09T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn an_answer_silences_whether_written_or_waived() {
    let answered = |at: &str, word: &str| check(&monday("2030-05-13T12:00Z").has("tasks", SATURDAY).answers(at, "t1", word));
    assert_snapshot!(answered("2030-05-09T12:00Z", "done"), @"2030-05-09T09:15Z ada briefing-request (1 working day) t1");
    assert_snapshot!(answered("2030-05-09T12:00Z", "waived"), @"2030-05-09T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn an_answer_before_any_request_leaves_only_that_the_task_ran() {
    // Nobody was asked about it, so that Monday's digest has to say so.
    let world = monday("2030-05-13T12:00Z").has("tasks", SATURDAY).answers("2030-05-08T12:00Z", "t1", "done");
    assert_snapshot!(check(&world), @"2030-05-13T09:15Z ada catch-up [t1]; acme: 1 ran");
}

#[test]
fn an_answer_for_one_occurrence_leaves_the_other_open() {
    // Where each is to have a briefing of its own.
    let world = monday("2030-05-18T00:00Z").set("briefing", "every_occurrence", "true");
    let world = world.has("tasks", &format!("{SATURDAY} | RRULE:FREQ=WEEKLY;COUNT=2"));
    assert_snapshot!(check(&world.answers("2030-05-08T12:00Z", "t1#2030-05-18T10:00:00Z", "done")), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-11T10:00:00Z
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1#2030-05-11T10:00:00Z
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-11T10:00:00Z
    2030-05-10T17:00Z duty@ escalation (last call) t1#2030-05-11T10:00:00Z
    ");
}

#[test]
fn a_task_cancelled_or_gone_before_anything_was_said_leaves_silence() {
    let other = "t2 | acme: Review | 2030-05-14T10:00Z..2030-05-14T11:00Z";
    let world = monday("2030-05-14T00:00Z").has("tasks", &format!("{SATURDAY}\n{other}"));
    let cancelled = format!("{SATURDAY} | STATUS:CANCELLED\n{other}");
    assert_snapshot!(check(&world.clone().shows("tasks", "2030-05-08T12:00Z", &cancelled)), @"silence");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-08T12:00Z", other)), @"silence");
}

#[test]
fn a_task_moved_by_minutes_is_the_same_to_everybody() {
    let world = monday("2030-05-10T17:00Z").has("tasks", SATURDAY);
    let world = world.shows("tasks", "2030-05-09T12:00Z", "t1 | acme: Upgrade | 2030-05-11T10:30Z..2030-05-11T12:30Z");
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    ");
}

#[test]
fn a_task_moved_by_days_is_asked_for_at_its_new_leads() {
    let world = monday("2030-05-18T00:00Z").has("tasks", SATURDAY);
    let world = world.shows("tasks", "2030-05-08T12:00Z", "t1 | acme: Upgrade | 2030-05-18T10:00Z..2030-05-18T12:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_task_pulled_forward_is_known_late() {
    // From the 18th to the 11th on Friday 11:00: both leads have passed or will soon.
    let world = monday("2030-05-10T17:00Z").has("tasks", "t1 | acme: Upgrade | 2030-05-18T10:00Z..2030-05-18T12:00Z");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-10T11:00Z", SATURDAY)), @r"
    2030-05-10T11:00Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    ");
}

#[test]
fn a_task_created_anew_under_another_uid_is_the_same_task() {
    let world = monday("2030-05-10T17:00Z").has("tasks", SATURDAY);
    let world = world.shows("tasks", "2030-05-09T12:00Z", "new | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) new
    ");
}

#[test]
fn tasks_without_an_account_stand_in_one_list_a_day() {
    let first = "t1 | Mystery upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";
    let second = "t2 | Another riddle | 2030-05-12T10:00Z..2030-05-12T12:00Z";
    let world = monday("2030-05-14T00:00Z").has("tasks", first).shows("tasks", "2030-05-06T10:00Z", &format!("{first}\n{second}"));
    assert_snapshot!(check(&world), @r"
    2030-05-06T00:00Z ops@ feed-alert unmatched [Mystery upgrade] people []
    2030-05-07T00:00Z ops@ feed-alert unmatched [Another riddle, Mystery upgrade] people []
    ");
}

#[test]
fn tasks_without_an_account_go_to_the_last_resort_if_the_feed_says_so() {
    let world = monday("2030-05-14T00:00Z").feed("tasks", "unmatched = \"escalate\"");
    let world = world.has("tasks", "t1 | Mystery upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-06T00:00Z ops@ feed-alert unmatched [Mystery upgrade] people []
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn leave_of_somebody_unknown_is_told_to_the_admin_without_its_title() {
    let world = monday("2030-05-14T00:00Z").has("leave", "v1 | zoe: vacation | 2030-05-08..2030-05-09");
    assert_snapshot!(check(&world), @"2030-05-06T00:00Z ops@ feed-alert unmatched [] people [1 in leave]");
}

#[test]
fn a_task_that_is_cancelled_for_a_day_is_asked_for_when_it_is_back() {
    // The lead of Thursday morning passed while it was cancelled.
    let other = "t2 | acme: Review | 2030-05-14T10:00Z..2030-05-14T11:00Z";
    let world = monday("2030-05-10T12:00Z").has("tasks", &format!("{SATURDAY}\n{other}"));
    let world = world.shows("tasks", "2030-05-08T12:00Z", &format!("{SATURDAY} | STATUS:CANCELLED\n{other}"));
    let world = world.shows("tasks", "2030-05-09T12:00Z", &format!("{SATURDAY}\n{other}"));
    assert_snapshot!(check(&world), @"2030-05-09T12:00Z ada briefing-request (1 working day) t1");
}

#[test]
fn a_task_that_becomes_covered_is_asked_for_no_more() {
    let world = monday("2030-05-14T00:00Z").has("tasks", SATURDAY);
    let world = world.shows("tasks", "2030-05-08T12:00Z", "t1 | acme: Upgrade | 2030-05-13T10:00Z..2030-05-13T12:00Z");
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn two_tasks_of_one_customer_are_two_requests_and_one_answer_is_for_one() {
    let world = monday("2030-05-10T16:00Z").has("tasks", &format!("{SATURDAY}\nt2 | acme: Patch | 2030-05-11T14:00Z..2030-05-11T15:00Z"));
    assert_snapshot!(check(&world.answers("2030-05-09T12:00Z", "t2", "waived")), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                    + ada briefing-request (1 working day) t2
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    ");
}

#[test]
fn an_answer_to_an_escalation_keeps_the_last_resort_out_of_it() {
    // Nobody knows acme; the manager, told at five days, sees to it.
    let world = World::new("2030-05-06T00:00Z", "2030-05-12T00:00Z").engineer("ada", "").account("acme", "engineers = []");
    assert_snapshot!(check(&world.has("tasks", SATURDAY).answers("2030-05-07T12:00Z", "t1", "done")),
        @"2030-05-06T10:00Z boss@ escalation (manager) t1");
}

#[test]
fn a_fetch_comes_before_the_decisions_of_its_instant() {
    let world = monday("2030-05-11T00:00Z").has("tasks", SATURDAY);
    let world = world.shows("tasks", "2030-05-10T15:00Z", "t1 | acme: Upgrade [briefing done] | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @"2030-05-09T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn what_a_feed_rolls_away_after_its_end_stays_known_and_what_it_takes_back_does_not() {
    let world = monday("2030-05-14T00:00Z").has("tasks", "").shows("tasks", "2030-05-10T18:00Z", SATURDAY);
    assert_snapshot!(check(&world.clone().shows("tasks", "2030-05-12T10:00Z", "")), @r"
    2030-05-10T18:00Z boss@ escalation (manager) t1
    2030-05-10T18:00Z duty@ escalation (last call) t1
    2030-05-13T09:15Z ada catch-up [t1]; acme: 1 ran
    ");
    // An older event that is still shown says that nothing was rolled away.
    let older = "t0 | acme: Review | 2030-05-06T10:00Z..2030-05-06T11:00Z";
    let world = world.has("tasks", older).shows("tasks", "2030-05-10T18:00Z", &format!("{older}\n{SATURDAY}"));
    assert_snapshot!(check(&world.shows("tasks", "2030-05-12T10:00Z", older)), @r"
    2030-05-10T18:00Z boss@ escalation (manager) t1
    2030-05-10T18:00Z duty@ escalation (last call) t1
    ");
}
