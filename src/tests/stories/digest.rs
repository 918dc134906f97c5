//! Catch-up: what somebody hears in the first working moment after a night, a weekend or a leave.

use insta::assert_snapshot;

use crate::tests::world::{World, check};

/// An emergency in the night to Wednesday 8 May 2030.
const NIGHT: &str = "e1 | acme: Database down | 2030-05-08T02:00Z..2030-05-08T03:00Z";

/// Ada alone, from Monday 6 May 2030 on for a fortnight.
fn fortnight() -> World {
    World::of_ada("2030-05-06T00:00Z", "2030-05-20T00:00Z").set("leave", "before", "\"\"")
}

#[test]
fn an_emergency_at_night_is_told_in_the_morning_and_once() {
    let world = fortnight().has("emergencies", "").shows("emergencies", "2030-05-08T02:10Z", NIGHT);
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident");
}

#[test]
fn a_night_in_which_nothing_happened_is_worth_no_letter() {
    assert_snapshot!(check(&fortnight()), @"silence");
}

#[test]
fn an_emergency_in_a_leave_waits_for_the_return() {
    let world = fortnight().has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-14");
    let world = world.has("emergencies", "e1 | acme: Down | 2030-05-08T12:00Z..2030-05-08T13:00Z");
    assert_snapshot!(check(&world), @"2030-05-14T09:15Z ada catch-up [e1] after leave; acme: 1 incident");
}

#[test]
fn an_emergency_reported_after_the_mornings_digest_is_in_the_next_one() {
    let other = "e2 | acme: Disk full | 2030-05-08T05:00Z..2030-05-08T05:30Z";
    let world = fortnight().has("emergencies", "").shows("emergencies", "2030-05-08T05:00Z", other);
    let world = world.shows("emergencies", "2030-05-08T09:30Z", &format!("{other}\n{NIGHT}"));
    assert_snapshot!(check(&world), @r"
    2030-05-08T09:15Z ada catch-up [e2]; acme: 1 incident
    2030-05-09T09:15Z ada catch-up [e1]; acme: 1 incident
    ");
}

#[test]
fn an_emergency_reported_days_late_is_told_too() {
    let world = fortnight().has("emergencies", "").shows("emergencies", "2030-05-10T11:00Z", NIGHT);
    assert_snapshot!(check(&world), @"2030-05-13T09:15Z ada catch-up [e1]; acme: 1 incident");
}

#[test]
fn whoever_was_on_call_knows_already() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", "").engineer("bob", "");
    let world = world.account("acme", "engineers = [\"ada\", \"bob\"]").has("emergencies", NIGHT);
    let world = world.has("on-call", "s1 | ada | 2030-05-07T17:00Z..2030-05-08T09:00Z");
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z bob catch-up [e1]; acme: 1 incident");
}

#[test]
fn being_on_call_makes_nobody_available() {
    // The shift is at the very time of the task, which stays uncovered; the letter waits for office hours.
    let world = fortnight().leads(&["1 working day"]).has("on-call", "s1 | ada | 2030-05-06T17:00Z..2030-05-13T09:00Z");
    let world = world.has("tasks", "").shows("tasks", "2030-05-09T20:00Z", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world.answers("2030-05-10T12:00Z", "t1", "done")), @"2030-05-10T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn what_began_within_the_hour_before_the_evening_belongs_to_the_night() {
    let at = |start: &str, end: &str| {
        let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T00:00Z");
        check(&world.has("emergencies", &format!("e1 | acme: Down | 2030-05-07T{start}Z..2030-05-07T{end}Z")))
    };
    assert_snapshot!(at("15:59", "16:30"), @"silence");
    assert_snapshot!(at("16:00", "16:30"), @"2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident");
    assert_snapshot!(at("15:00", "17:01"), @"2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident");
    assert_snapshot!(at("15:00", "17:00"), @"silence");
}

#[test]
fn emergencies_of_one_ticket_or_of_half_a_day_are_one_incident() {
    let world = |rows: &str| check(&fortnight().has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-14").has("emergencies", rows));
    let ticket = |number: u8| format!("URL:https://desk.example.com/tickets/{number}");
    let first = format!("e1 | acme: Down | 2030-05-08T01:00Z..2030-05-08T02:00Z | {}", ticket(1));
    let soon = format!("{first}\ne2 | acme: Down again | 2030-05-08T10:00Z..2030-05-08T11:00Z | {}", ticket(2));
    assert_snapshot!(world(&soon), @"2030-05-14T09:15Z ada catch-up [e1 e2] after leave; acme: 1 incident");
    let same = format!("{first}\ne2 | acme: Down again | 2030-05-10T10:00Z..2030-05-10T11:00Z | {}", ticket(1));
    assert_snapshot!(world(&same), @"2030-05-14T09:15Z ada catch-up [e1 e2] after leave; acme: 1 incident");
    let other = format!("{first}\ne2 | acme: Down again | 2030-05-10T10:00Z..2030-05-10T11:00Z | {}", ticket(2));
    assert_snapshot!(world(&other), @"2030-05-14T09:15Z ada catch-up [e1 e2] after leave; acme: 2 incident");
}

#[test]
fn every_engineer_of_the_account_is_told_and_the_backup_is_not() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", "").engineer("bob", "").engineer("cyd", "");
    let world = world.account("acme", "engineers = [\"ada\", \"bob\"]\nbackups = [\"cyd\"]").has("emergencies", NIGHT);
    assert_snapshot!(check(&world), @r"
    2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident
    2030-05-08T09:15Z bob catch-up [e1]; acme: 1 incident
    ");
}

#[test]
fn what_was_over_before_the_first_run_is_noted_only() {
    let tasks = "t1 | acme: Upgrade | 2030-05-08T01:00Z..2030-05-08T02:00Z";
    let world = World::of_ada("2030-05-08T10:00Z", "2030-05-11T00:00Z").has("emergencies", NIGHT).has("tasks", tasks);
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn a_night_that_is_running_at_the_first_run_counts_its_emergencies_from_its_start() {
    // The task of that night had begun before anybody could be asked: noted only.
    let rows = format!("e0 | acme: Down | 2030-05-07T03:00Z..2030-05-07T04:00Z\n{NIGHT}");
    let world = World::of_ada("2030-05-08T06:00Z", "2030-05-11T00:00Z").has("emergencies", &rows);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-08T01:00Z..2030-05-08T02:00Z");
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident");
}

#[test]
fn a_leave_that_is_running_at_the_first_run_tells_what_was_announced_since() {
    // The task that was there at the first run is no announcement; the one that came on the 8th is.
    let known = "t1 | acme: Patch | 2030-05-22T10:00Z..2030-05-22T11:00Z";
    let world = World::of_ada("2030-05-07T12:00Z", "2030-05-15T00:00Z").has("leave", "v1 | ada: vacation | 2030-05-06..2030-05-14");
    let world = world.has("emergencies", "e1 | acme: Down | 2030-05-06T12:00Z..2030-05-06T13:00Z").has("tasks", known);
    let world = world.shows("tasks", "2030-05-08T10:00Z", &format!("{known}\nt2 | acme: Migration | 2030-05-23T10:00Z..2030-05-23T11:00Z"));
    assert_snapshot!(check(&world), @"2030-05-14T09:15Z ada catch-up [e1] after leave; acme: 1 incident, announced Migration");
}

#[test]
fn after_a_leave_what_was_moved_and_cancelled_is_told() {
    let before = "t1 | acme: Patch | 2030-05-22T10:00Z..2030-05-22T11:00Z\nt2 | acme: Migration | 2030-05-23T10:00Z..2030-05-23T11:00Z";
    let after = "t1 | acme: Patch | 2030-05-22T10:00Z..2030-05-22T11:00Z | STATUS:CANCELLED
                 t2 | acme: Migration | 2030-05-24T10:00Z..2030-05-24T11:00Z";
    let world = fortnight().has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-14");
    let world = world.has("tasks", before).shows("tasks", "2030-05-09T10:00Z", after);
    assert_snapshot!(check(&world), @"2030-05-14T09:15Z ada catch-up [] after leave; acme: cancelled Patch, moved Migration");
}

#[test]
fn digests_after_ordinary_nights_can_be_turned_off() {
    // The emergency of the night before the leave is not told after it either.
    let world = fortnight().set("catch_up", "overnight", "false").has("leave", "v1 | ada: vacation | 2030-05-09..2030-05-10");
    let leave = "e2 | acme: Disk full | 2030-05-09T12:00Z..2030-05-09T13:00Z";
    let world = world.has("emergencies", &format!("{NIGHT}\n{leave}"));
    assert_snapshot!(check(&world), @"2030-05-10T09:15Z ada catch-up [e2] after leave; acme: 1 incident");
}

#[test]
fn an_empty_digest_is_sent_after_a_leave_only_if_wanted() {
    let world = fortnight().has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-10");
    assert_snapshot!(check(&world), @"silence");
    assert_snapshot!(check(&world.set("catch_up", "send_empty", "true")), @"2030-05-10T09:15Z ada catch-up [] after leave");
}

#[test]
fn four_hours_missed_are_a_leave_and_three_are_none() {
    // Bob covers the afternoon; only after a leave is a covered task worth telling.
    let off = |from: &str| {
        let world = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", "").engineer("bob", "");
        let world = world.account("acme", "engineers = [\"ada\", \"bob\"]").set("leave", "before", "\"\"");
        let world = world.has("leave", &format!("v1 | ada: day off | 2030-05-09T{from}Z..2030-05-09T17:00Z"));
        check(&world.has("tasks", "t1 | acme: Upgrade | 2030-05-09T15:00Z..2030-05-09T16:00Z"))
    };
    assert_snapshot!(off("13:00"), @"2030-05-10T09:15Z ada catch-up [t1] after leave; acme: 1 ran");
    assert_snapshot!(off("14:00"), @"silence");
}

#[test]
fn a_free_morning_ends_at_noon() {
    let world = fortnight().has("leave", "v1 | ada: day off | 2030-05-09T09:00Z..2030-05-09T13:00Z");
    let world = world.has("emergencies", "e1 | acme: Down | 2030-05-09T10:00Z..2030-05-09T11:00Z");
    assert_snapshot!(check(&world), @"2030-05-09T13:15Z ada catch-up [e1] after leave; acme: 1 incident");
}

#[test]
fn a_task_that_ran_unasked_is_told_once_on_the_next_working_day() {
    // Announced on Friday after hours, it ran on Saturday; the two who could act were told at once.
    let world =
        fortnight().has("tasks", "").shows("tasks", "2030-05-10T18:00Z", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-10T18:00Z boss@ escalation (manager) t1
    2030-05-10T18:00Z duty@ escalation (last call) t1
    2030-05-13T09:15Z ada catch-up [t1]; acme: 1 ran
    ");
}

#[test]
fn of_a_task_that_ran_unasked_after_hours_the_owner_hears_and_no_second_engineer() {
    let world = World::of_ada_and_bob("2030-05-06T00:00Z", "2030-05-14T00:00Z").has("tasks", "");
    let world = world.shows("tasks", "2030-05-10T18:00Z", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @"
    2030-05-10T18:00Z boss@ escalation (manager) t1
    2030-05-10T18:00Z duty@ escalation (last call) t1
    2030-05-13T09:15Z ada catch-up [t1]; acme: 1 ran
    ");
}

#[test]
fn a_list_that_somebody_else_got_does_not_tell_the_owner() {
    // Announced ten minutes before ada leaves; bob, who stays until 20:00 and has the next week off, has it on his list.
    let world =
        World::new("2030-05-06T00:00Z", "2030-05-14T00:00Z").engineer("ada", "").engineer("bob", "hours = { mon-fri = [\"09:00-20:00\"] }");
    let world = world.account("acme", "engineers = [\"ada\", \"bob\"]").has("leave", "v1 | bob: vacation | 2030-05-13..2030-05-18");
    let world = world.has("tasks", "").shows("tasks", "2030-05-10T16:50Z", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @"
    2030-05-10T16:50Z bob before-leave [t1]
                    + bob escalation (1 working day) t1
    2030-05-10T18:00Z bob escalation (2 working hours) t1
    2030-05-10T20:00Z boss@ escalation (manager) t1
    2030-05-10T20:00Z duty@ escalation (last call) t1
    2030-05-13T09:15Z ada catch-up [t1]; acme: 1 ran
    ");
}

#[test]
fn a_task_that_was_asked_for_is_no_news_after_a_weekend() {
    let world = fortnight().leads(&["2 working hours"]).has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world.answers("2030-05-10T16:00Z", "t1", "done")), @"2030-05-10T15:00Z ada briefing-request (2 working hours) t1");
}

#[test]
fn after_a_leave_any_task_that_ran_is_told() {
    let world = fortnight().leads(&["2 working hours"]).has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-15");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world.answers("2030-05-10T16:00Z", "t1", "done")), @r"
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    2030-05-15T09:15Z ada catch-up [t1] after leave; acme: 1 ran
    ");
}

#[test]
fn what_is_coming_up_and_wants_a_briefing_stands_in_the_digest() {
    // The Saturday after next is out of its fourteen days; what is covered wants nothing.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-09T00:00Z").has("emergencies", NIGHT).leads(&["2 working hours"]);
    let world = world.has(
        "tasks",
        "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z
         t2 | acme: Patch | 2030-05-14T10:00Z..2030-05-14T12:00Z
         t3 | acme: Migration | 2030-05-25T10:00Z..2030-05-25T12:00Z",
    );
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident, coming acme: Upgrade");
}

#[test]
fn a_long_break_is_a_spell_of_its_own_and_a_short_one_is_none() {
    let world = |hours: &str| {
        let world = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", hours).account("acme", "engineers = [\"ada\"]");
        check(&world.has("emergencies", "e1 | acme: Down | 2030-05-08T12:30Z..2030-05-08T12:40Z"))
    };
    assert_snapshot!(world("hours = { mon-fri = [\"09:00-11:00\", \"13:30-17:00\"] }"), @"2030-05-08T13:45Z ada catch-up [e1]; acme: 1 incident");
    assert_snapshot!(world("hours = { mon-fri = [\"09:00-11:30\", \"13:30-17:00\"] }"), @"silence");
}

#[test]
fn after_a_very_long_leave_what_is_older_than_four_weeks_is_counted() {
    let world = World::of_ada("2030-04-01T00:00Z", "2030-05-14T00:00Z").has("leave", "v1 | ada: parental leave | 2030-04-02..2030-05-13");
    let world = world.has(
        "emergencies",
        "e1 | acme: Down | 2030-04-03T10:00Z..2030-04-03T11:00Z
         e2 | acme: Down again | 2030-05-08T10:00Z..2030-05-08T11:00Z",
    );
    assert_snapshot!(check(&world), @"2030-05-13T09:15Z ada catch-up [e1 e2] after leave; acme: 1 incident, 1 older");
}

#[test]
fn a_night_shift_hears_of_the_day_in_the_evening() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("mei", "hours = { sun-thu = \"22:00-06:00\" }");
    let world = world.account("acme", "engineers = [\"mei\"]");
    let world = world.has("emergencies", "e1 | acme: Down | 2030-05-08T12:00Z..2030-05-08T13:00Z");
    assert_snapshot!(check(&world), @"2030-05-08T22:15Z mei catch-up [e1]; acme: 1 incident");
}

#[test]
fn on_the_day_of_a_sudden_leave_no_digest_is_sent() {
    // Entered at 09:10, five minutes before the letter would have arrived.
    let world = fortnight().has("emergencies", NIGHT).has("leave", "");
    let world = world.shows("leave", "2030-05-08T09:10Z", "v1 | ada: sick | 2030-05-08..2030-05-09");
    assert_snapshot!(check(&world), @"2030-05-09T09:15Z ada catch-up [e1] after leave; acme: 1 incident");
}

#[test]
fn a_leave_that_is_prolonged_puts_the_digest_off() {
    let world = fortnight().has("emergencies", NIGHT).has("leave", "v1 | ada: sick | 2030-05-07..2030-05-09");
    let world = world.shows("leave", "2030-05-08T15:00Z", "v1 | ada: sick | 2030-05-07..2030-05-11");
    assert_snapshot!(check(&world), @"2030-05-13T09:15Z ada catch-up [e1] after leave; acme: 1 incident");
}

#[test]
fn an_emergency_in_a_leave_that_was_entered_afterwards_is_told_late() {
    // Wednesday's leave is entered on Thursday 10:00: what happened in it counts as missed from then on.
    let world = fortnight().has("emergencies", "e1 | acme: Down | 2030-05-08T12:00Z..2030-05-08T13:00Z").has("leave", "");
    let world = world.shows("leave", "2030-05-09T10:00Z", "v1 | ada: sick | 2030-05-08..2030-05-09");
    assert_snapshot!(check(&world), @"2030-05-10T09:15Z ada catch-up [e1]; acme: 1 incident");
}

#[test]
fn back_for_the_last_ten_minutes_of_a_day_the_digest_comes_at_their_start() {
    let world = fortnight().has("leave", "v1 | ada: day off | 2030-05-08T09:00Z..2030-05-08T16:50Z");
    let world = world.has("emergencies", "e1 | acme: Down | 2030-05-08T12:00Z..2030-05-08T13:00Z");
    assert_snapshot!(check(&world), @"2030-05-08T16:50Z ada catch-up [e1] after leave; acme: 1 incident");
}

#[test]
fn an_emergency_that_was_taken_back_before_the_morning_never_was() {
    let world = fortnight().has("emergencies", NIGHT).shows("emergencies", "2030-05-08T08:00Z", &format!("{NIGHT} | STATUS:CANCELLED"));
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn one_digest_tells_of_all_accounts() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", "");
    let world = world.account("acme", "engineers = [\"ada\"]").account("globex", "engineers = [\"ada\"]");
    let world = world.has("emergencies", &format!("{NIGHT}\ne2 | globex: Down | 2030-05-08T04:00Z..2030-05-08T05:00Z"));
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z ada catch-up [e1 e2]; acme: 1 incident; globex: 1 incident");
}

#[test]
fn the_engineer_who_covered_hears_of_the_emergency_in_her_own_night_only() {
    // Six in the evening in Berlin is morning in Vancouver: only ada missed it.
    let world =
        World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", "").engineer("mei", "time_zone = \"America/Vancouver\"");
    let world = world.account("acme", "engineers = [\"ada\", \"mei\"]");
    let world = world.has("emergencies", "e1 | acme: Down | 2030-05-08T18:30Z..2030-05-08T19:00Z");
    assert_snapshot!(check(&world), @"2030-05-09T09:15Z ada catch-up [e1]; acme: 1 incident");
}

#[test]
fn a_series_of_emergencies_is_told_night_by_night() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T00:00Z").has("emergencies", &format!("{NIGHT} | RRULE:FREQ=DAILY;COUNT=2"));
    assert_snapshot!(check(&world), @r"
    2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident
    2030-05-09T09:15Z ada catch-up [e1]; acme: 1 incident
    ");
}

#[test]
fn the_weekend_after_a_leave_belongs_to_it() {
    // From Friday evening before the leave to Monday morning after it there is one spell, and one letter.
    let world = World::of_ada("2030-05-03T12:00Z", "2030-05-14T00:00Z").has("leave", "v1 | ada: vacation | 2030-05-06..2030-05-11");
    let world = world.has(
        "emergencies",
        "e1 | acme: Down | 2030-05-04T10:00Z..2030-05-04T11:00Z
         e2 | acme: Down | 2030-05-12T10:00Z..2030-05-12T11:00Z",
    );
    assert_snapshot!(check(&world), @"2030-05-13T09:15Z ada catch-up [e1 e2] after leave; acme: 2 incident");
}

#[test]
fn an_emergency_that_its_feed_rolls_away_before_the_morning_is_told() {
    let world = fortnight().has("emergencies", NIGHT).shows("emergencies", "2030-05-08T08:00Z", "");
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident");
}

#[test]
fn two_leaves_with_a_morning_between_them_are_two_digests() {
    let world =
        fortnight().has("leave", "v1 | ada: day off | 2030-05-07..2030-05-08\nv2 | ada: day off | 2030-05-08T13:00Z..2030-05-09T17:00Z");
    let world = world.has(
        "emergencies",
        "e1 | acme: Down | 2030-05-07T10:00Z..2030-05-07T11:00Z
         e2 | acme: Down | 2030-05-09T10:00Z..2030-05-09T11:00Z",
    );
    assert_snapshot!(check(&world), @r"
    2030-05-08T09:15Z ada catch-up [e1] after leave; acme: 1 incident
    2030-05-10T09:15Z ada catch-up [e2] after leave; acme: 1 incident
    ");
}

#[test]
fn without_digests_after_nights_a_task_that_ran_unasked_is_not_told_either() {
    let world = fortnight().set("catch_up", "overnight", "false").has("tasks", "");
    let world = world.shows("tasks", "2030-05-10T18:00Z", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-10T18:00Z boss@ escalation (manager) t1
    2030-05-10T18:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn what_was_announced_and_cancelled_in_one_leave_is_no_news() {
    let other = "t2 | acme: Migration | 2030-05-23T10:00Z..2030-05-23T11:00Z";
    let task = "t1 | acme: Patch | 2030-05-22T10:00Z..2030-05-22T11:00Z";
    let world = fortnight().has("leave", "v1 | ada: vacation | 2030-05-07..2030-05-14").has("tasks", other);
    let world = world.shows("tasks", "2030-05-08T10:00Z", &format!("{other}\n{task}"));
    let world = world.shows("tasks", "2030-05-09T10:00Z", &format!("{other}\n{task} | STATUS:CANCELLED"));
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn what_only_comes_into_sight_in_a_leave_was_not_announced_in_it() {
    // Of two windows in September one has always been planned; by the end of the leave both are near enough to be looked at.
    let planned = "t1 | acme: Disaster drill | 2030-09-20T20:00Z..2030-09-20T21:00Z";
    let world = World::of_ada("2030-05-06T00:00Z", "2030-06-04T00:00Z").set("leave", "before", "\"\"").has("tasks", planned);
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-13..2030-06-01");
    assert_snapshot!(check(&world), @"silence");
    let announced = format!("{planned}\nt2 | acme: Migration | 2030-09-10T20:00Z..2030-09-10T21:00Z");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-22T10:00Z", &announced)), @"2030-06-03T09:15Z ada catch-up [] after leave; acme: announced Migration");
}

#[test]
fn whoever_was_told_of_an_emergency_is_not_told_again_when_its_end_is_corrected() {
    let world = fortnight().has("emergencies", NIGHT);
    let world = world.shows("emergencies", "2030-05-08T14:00Z", "e1 | acme: Database down | 2030-05-08T02:00Z..2030-05-08T13:00Z");
    assert_snapshot!(check(&world), @"2030-05-08T09:15Z ada catch-up [e1]; acme: 1 incident");
}
