//! Leads: when an owner is asked, how often, and when not again.

use insta::assert_snapshot;

use crate::tests::world::{World, check};

/// A task on Saturday 11 May 2030, whose owner in office hours can write until Friday 17:00.
const SATURDAY: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";

#[test]
fn an_owner_is_asked_at_each_lead_and_then_the_others_are_told() {
    // Ten working days before Friday the 10th is 26 April: passed when it all begins.
    let world = World::of_ada("2030-05-01T00:00Z", "2030-05-14T00:00Z").has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @r"
    2030-05-01T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn while_no_lead_has_passed_there_is_silence() {
    let world = World::of_ada("2030-04-20T00:00Z", "2030-04-26T10:00Z").has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @"2030-04-26T09:15Z ada briefing-request (10 working days) t1");
}

#[test]
fn a_holiday_is_no_working_day_for_whoever_takes_it() {
    // Thursday the 9th is off for ada alone: her third working day before Friday is Monday, bob's is Tuesday.
    let world = World::new("2030-05-02T00:00Z", "2030-05-12T00:00Z").leads(&["3 working days"]);
    let world = world.engineer("ada", "holidays = [\"holidays\"]").engineer("bob", "");
    let world = world.account("acme", "engineers = [\"ada\"]").account("globex", "engineers = [\"bob\"]");
    let world = world.has("holidays", "h1 | Ascension | 2030-05-09..2030-05-10");
    let world = world.has(
        "tasks",
        "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z
         t2 | globex: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z",
    );
    let world = world.answers("2030-05-10T12:00Z", "t1", "done").answers("2030-05-10T12:00Z", "t2", "done");
    assert_snapshot!(check(&world), @r"
    2030-05-06T09:15Z ada briefing-request (3 working days) t1
    2030-05-07T09:15Z bob briefing-request (3 working days) t2
    ");
}

#[test]
fn a_weekend_and_a_holiday_make_three_working_days_six_calendar_days() {
    // Deadline on Tuesday the 7th; Monday the 6th is off: Friday, Thursday, Wednesday the 1st.
    let world = World::new("2030-04-25T00:00Z", "2030-05-07T12:00Z").leads(&["3 working days"]);
    let world = world.engineer("ada", "holidays = [\"holidays\"]").account("acme", "engineers = [\"ada\"]");
    let world = world.has("holidays", "h1 | May Day | 2030-05-06..2030-05-07");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-07T20:00Z..2030-05-07T21:00Z");
    assert_snapshot!(check(&world), @"2030-05-01T09:15Z ada briefing-request (3 working days) t1");
}

#[test]
fn announced_late_a_task_is_asked_for_once_for_the_lead_nearest_to_the_deadline() {
    let world = World::of_ada("2030-05-01T00:00Z", "2030-05-10T17:00Z").has("tasks", "").shows("tasks", "2030-05-09T11:00Z", SATURDAY);
    assert_snapshot!(check(&world), @r"
    2030-05-09T11:00Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    ");
}

#[test]
fn announced_at_night_a_task_waits_for_the_morning() {
    let world = World::of_ada("2030-05-01T00:00Z", "2030-05-10T15:00Z").has("tasks", "").shows("tasks", "2030-05-09T20:00Z", SATURDAY);
    assert_snapshot!(check(&world), @"2030-05-10T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn leads_that_coincide_are_one_notice() {
    // Sixteen hours before Friday 17:00 is Thursday 09:00, and so is that day's first instant.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T17:00Z").leads(&["16 working hours", "1 working day"]);
    let world = world.set("schedule", "settle", "\"0m\"").has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @"2030-05-09T09:00Z ada briefing-request (1 working day) t1");
}

#[test]
fn hours_that_end_on_a_boundary_mean_the_later_instant() {
    // Eight hours before Friday 17:00 is Friday 09:00, no longer Thursday 17:00; it arrives settled.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T17:00Z").leads(&["8 working hours"]).has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @"2030-05-10T09:15Z ada briefing-request (8 working hours) t1");
}

#[test]
fn a_later_lead_replaces_an_earlier_one_that_still_waits_to_arrive() {
    // Eight hours are 09:00, seven are 10:00; nothing arrives before 10:30.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T17:00Z").leads(&["8 working hours", "7 working hours"]);
    let world = world.set("schedule", "settle", "\"90m\"").has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @"2030-05-10T10:30Z ada briefing-request (7 working hours) t1");
}

#[test]
fn leads_are_ordered_by_their_instants_and_not_as_they_are_written() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-10T17:00Z").leads(&["2 working hours", "1 working day"]);
    let world = world.has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    ");
}

#[test]
fn a_deadline_that_comes_nearer_says_no_lead_twice() {
    // Friday off, entered on Thursday noon: the deadline is now Thursday 17:00, its day before it was Wednesday.
    let world = World::of_ada("2030-05-07T00:00Z", "2030-05-11T00:00Z").leads(&["1 working day", "2 working hours"]);
    let world = world.set("leave", "before", "\"\"").has("tasks", SATURDAY).has("leave", "");
    let world = world.shows("leave", "2030-05-09T12:00Z", "v1 | ada: day off | 2030-05-10..2030-05-11");
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T15:00Z ada briefing-request (2 working hours) t1
    2030-05-09T17:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_deadline_that_moves_away_says_no_lead_twice() {
    // Friday off until Wednesday noon, when it is taken back: Thursday 09:15 would say what Wednesday 09:15 said.
    let world = World::of_ada("2030-05-07T00:00Z", "2030-05-11T00:00Z").leads(&["1 working day", "2 working hours"]);
    let world = world.set("leave", "before", "\"\"").has("tasks", SATURDAY);
    let later = "v9 | ada: vacation | 2030-08-05..2030-08-10";
    let world =
        world.has("leave", &format!("v1 | ada: day off | 2030-05-10..2030-05-11\n{later}")).shows("leave", "2030-05-08T12:00Z", later);
    assert_snapshot!(check(&world), @r"
    2030-05-08T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn nothing_is_said_once_a_task_has_begun() {
    let world = World::of_ada("2030-05-11T10:10Z", "2030-05-14T00:00Z").has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn a_task_that_starts_in_working_hours_can_be_written_for_until_then() {
    // From Friday 16:00 over the weekend: nobody is told of what has begun.
    let world = |at: &str| {
        let world = World::of_ada("2030-05-08T12:00Z", "2030-05-13T09:00Z").leads(&["1 working day", "2 working hours"]);
        check(&world.has("tasks", "").shows("tasks", at, "t1 | acme: Move | 2030-05-10T16:00Z..2030-05-13T10:00Z"))
    };
    assert_snapshot!(world("2030-05-08T12:00Z"), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T14:00Z ada briefing-request (2 working hours) t1
    ");
    // A quarter of an hour is too little to write in.
    assert_snapshot!(world("2030-05-10T15:40Z"), @r"
    2030-05-10T15:40Z boss@ escalation (manager) t1
    2030-05-10T15:40Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(world("2030-05-10T15:30Z"), @"2030-05-10T15:30Z ada briefing-request (2 working hours) t1");
}

#[test]
fn a_backup_whose_day_ended_earlier_is_passed_over() {
    let world =
        World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", "").engineer("bob", "hours = { mon-fri = \"06:00-14:00\" }");
    let world = world.account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\"]").leads(&["1 working day"]).has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}
