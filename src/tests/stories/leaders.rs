//! Which occurrence of a series is asked for, as they come and go.

use insta::assert_snapshot;

use super::series::{SUNDAYS, monday};
use crate::tests::world::{World, check};

#[test]
fn when_the_occurrence_that_was_asked_for_falls_out_the_next_one_is() {
    let world = monday("2030-05-19T02:00Z").shows("tasks", "2030-05-08T12:00Z", &format!("{SUNDAYS} | EXDATE:20300512T010000Z"));
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-08T12:30Z ada retraction t1#2030-05-12T01:00:00Z: it vanished from its calendar
    2030-05-14T09:15Z ada briefing-request (3 working days) t1#2030-05-19T01:00:00Z
    2030-05-16T09:15Z ada briefing-request (1 working day) t1#2030-05-19T01:00:00Z
    2030-05-17T17:00Z boss@ escalation (manager) t1#2030-05-19T01:00:00Z
    2030-05-18T01:00Z duty@ escalation (last call) t1#2030-05-19T01:00:00Z
    ");
}

#[test]
fn an_unanswered_series_asks_no_manager_a_second_time() {
    // Ada is away when the series comes round again; bob is not asked for a second time either.
    let world = World::of_ada_and_bob("2030-05-06T00:00Z", "2030-06-10T00:00Z").leads(&["3 working days", "1 working day"]);
    let world = world.has("tasks", SUNDAYS).has("leave", "v1 | ada: vacation | 2030-05-27..2030-06-20");
    assert_snapshot!(check(&world), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1#2030-05-12T01:00:00Z
    2030-05-09T09:15Z ada briefing-request (1 working day) t1#2030-05-12T01:00:00Z
    2030-05-10T17:00Z boss@ escalation (manager) t1#2030-05-12T01:00:00Z
    2030-05-11T01:00Z duty@ escalation (last call) t1#2030-05-12T01:00:00Z
    2030-05-21T09:15Z ada before-leave [t1]
    ");
}

#[test]
fn an_occurrence_chosen_while_the_one_before_was_covered_waits_for_four_weeks_once_that_was_asked_for() {
    let mondays = "t1 | acme: Maintenance | 2030-05-06T10:00Z..2030-05-06T11:00Z | RRULE:FREQ=WEEKLY;COUNT=9";
    let off = |days: &[&str]| {
        let rows = days.iter().map(|day| format!("off{day} | ada: day off | 2030-{day}T00:00Z..2030-{day}T23:00Z"));
        rows.collect::<Vec<_>>().join("\n")
    };
    let world = World::of_ada("2030-05-06T00:00Z", "2030-07-02T00:00Z").leads(&["3 working days"]).set("leave", "before", "\"\"");
    // On 3 June nobody is there, and on 20 May, but for some days that is thought to be otherwise.
    let world = world.has("tasks", mondays).has("leave", &off(&["05-20", "06-03", "06-24"])).shows(
        "leave",
        "2030-05-10T12:00Z",
        &off(&["06-03", "06-24"]),
    );
    assert_snapshot!(check(&world.shows("leave", "2030-05-15T12:00Z", &off(&["05-20", "06-03", "06-24"]))), @"
    2030-05-15T12:00Z ada briefing-request (3 working days) t1#2030-05-20T10:00:00Z
    2030-05-17T17:00Z boss@ escalation (manager) t1#2030-05-20T10:00:00Z
    2030-05-19T10:00Z duty@ escalation (last call) t1#2030-05-20T10:00:00Z
    2030-05-21T09:15Z ada catch-up [t1] after leave; acme: 1 ran, coming acme: Maintenance
    2030-06-04T09:15Z ada catch-up [t1] after leave; acme: 1 ran
    2030-06-18T09:15Z ada briefing-request (3 working days) t1#2030-06-24T10:00:00Z
    2030-06-25T09:15Z ada catch-up [t1] after leave; acme: 1 ran
    ");
}
