//! Hours: letters arrive inside the working time of whoever they are for, and leads are counted in it.

use insta::assert_snapshot;

use crate::tests::world::{World, check};

/// A world in which only mei, whose hours are given, knows acme.
fn of_mei(from: &str, until: &str, lines: &str) -> World {
    World::new(from, until).engineer("mei", lines).account("acme", "engineers = [\"mei\"]")
}

#[test]
fn a_shift_that_begins_inside_the_spring_gap_begins_right_after_it() {
    // The clocks of Berlin go from 02:00 to 03:00 at 01:00Z: seven hours of work are left until 10:00 (08:00Z).
    let lines = "time_zone = \"Europe/Berlin\"\nhours = { sat = \"09:00-17:00\", sun = \"02:30-10:00\" }";
    let world = of_mei("2030-03-28T00:00Z", "2030-04-01T00:00Z", lines).leads(&["1 working day", "7 working hours", "2 working hours"]);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-03-31T12:00Z..2030-03-31T13:00Z");
    assert_snapshot!(check(&world), @r"
    2030-03-30T08:15Z mei briefing-request (1 working day) t1
    2030-03-31T01:15Z mei briefing-request (7 working hours) t1
    2030-03-31T06:00Z mei briefing-request (2 working hours) t1
    2030-03-31T08:00Z boss@ escalation (manager) t1
    2030-03-31T08:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_shift_that_ends_in_the_repeated_hour_ends_at_its_second_pass() {
    // 02:30 comes twice, at 00:30Z and 01:30Z.
    let lines = "time_zone = \"Europe/Berlin\"\nhours = { sat = \"09:00-17:00\", sun = \"00:00-02:30\" }";
    let world = of_mei("2030-10-25T00:00Z", "2030-10-28T00:00Z", lines).leads(&["2 working hours"]);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-10-27T06:00Z..2030-10-27T07:00Z");
    assert_snapshot!(check(&world), @r"
    2030-10-26T23:30Z mei briefing-request (2 working hours) t1
    2030-10-27T01:30Z boss@ escalation (manager) t1
    2030-10-27T01:30Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_working_day_that_lies_wholly_inside_the_gap_is_counted_by_no_lead() {
    let lines = "time_zone = \"Europe/Berlin\"\nhours = { sat = \"09:00-17:00\", sun = \"02:10-02:50\", mon = \"09:00-17:00\" }";
    let world = of_mei("2030-03-28T00:00Z", "2030-04-01T15:00Z", lines).leads(&["1 working day"]);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-04-01T20:00Z..2030-04-01T21:00Z");
    assert_snapshot!(check(&world), @"2030-03-30T08:15Z mei briefing-request (1 working day) t1");
}

#[test]
fn a_night_shift_belongs_to_the_day_on_which_it_starts() {
    // The night from Thursday to Friday is Thursday's working day; the one before it is Wednesday's.
    let world = of_mei("2030-05-07T23:00Z", "2030-05-11T00:00Z", "hours = { sun-thu = \"22:00-06:00\" }");
    let world = world.leads(&["1 working day", "2 working hours"]);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-10T10:00Z..2030-05-10T11:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-08T22:15Z mei briefing-request (1 working day) t1
    2030-05-10T04:00Z mei briefing-request (2 working hours) t1
    2030-05-10T06:00Z boss@ escalation (manager) t1
    2030-05-10T06:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_day_off_takes_away_the_night_that_starts_on_it_and_no_other() {
    // Without Wednesday's night, the working day before Thursday's is Tuesday's.
    let world = of_mei("2030-05-06T12:00Z", "2030-05-10T06:00Z", "hours = { sun-thu = \"22:00-06:00\" }");
    let world = world.leads(&["1 working day", "2 working hours"]).has("leave", "v1 | mei: vacation | 2030-05-08..2030-05-09");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-10T10:00Z..2030-05-10T11:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-07T22:15Z mei briefing-request (1 working day) t1
    2030-05-10T04:00Z mei briefing-request (2 working hours) t1
    ");
}

#[test]
fn leads_count_the_working_days_of_a_part_time_week() {
    // Ten working days back of Wednesday the 8th is 3 April: passed, and replaced by the one that is due on arrival.
    let world = of_mei("2030-04-26T00:00Z", "2030-05-12T00:00Z", "hours = { mon = \"09:00-12:00\", wed = \"14:00-18:00\" }");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T11:00Z");
    assert_snapshot!(check(&world), @r"
    2030-04-29T09:15Z mei briefing-request (3 working days) t1
    2030-05-06T09:15Z mei briefing-request (1 working day) t1
    2030-05-08T16:00Z mei briefing-request (2 working hours) t1
    2030-05-08T18:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn vancouver_keeps_summer_time_in_the_winter_of_2027() {
    // 09:00-17:00 is 16:00Z-00:00Z at seven hours behind, no longer eight.
    let world = of_mei("2027-01-13T00:00Z", "2027-01-17T00:00Z", "time_zone = \"America/Vancouver\"");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2027-01-16T18:00Z..2027-01-16T19:00Z");
    assert_snapshot!(check(&world), @r"
    2027-01-13T16:15Z mei briefing-request (3 working days) t1
    2027-01-14T16:15Z mei briefing-request (1 working day) t1
    2027-01-15T22:00Z mei briefing-request (2 working hours) t1
    2027-01-16T00:00Z boss@ escalation (manager) t1
    2027-01-16T00:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn in_a_stretch_that_is_too_short_to_settle_a_letter_arrives_at_its_start() {
    let world = of_mei("2030-05-01T00:00Z", "2030-05-12T00:00Z", "hours = { mon-fri = \"09:00-09:10\" }").leads(&["1 working day"]);
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T11:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:00Z mei briefing-request (1 working day) t1
    2030-05-10T09:10Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn nobody_is_written_to_in_a_break() {
    // Known in the break: it waits for the second stretch of the day, and there for a quarter of an hour.
    let world = of_mei("2030-05-10T00:00Z", "2030-05-10T17:00Z", "hours = { mon-fri = [\"09:00-12:00\", \"13:00-17:00\"] }");
    let world = world.has("tasks", "").shows("tasks", "2030-05-10T12:30Z", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T11:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-10T13:15Z mei briefing-request (1 working day) t1
    2030-05-10T15:00Z mei briefing-request (2 working hours) t1
    ");
}

#[test]
fn leads_on_both_sides_of_the_change_keep_the_time_of_the_wall() {
    // Berlin springs forward on 31 March: 09:15 is 08:15Z before and 07:15Z after.
    let world = of_mei("2030-03-20T00:00Z", "2030-04-06T00:00Z", "time_zone = \"Europe/Berlin\"");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-04-06T10:00Z..2030-04-06T11:00Z");
    assert_snapshot!(check(&world), @r"
    2030-03-22T08:15Z mei briefing-request (10 working days) t1
    2030-04-02T07:15Z mei briefing-request (3 working days) t1
    2030-04-04T07:15Z mei briefing-request (1 working day) t1
    2030-04-05T13:00Z mei briefing-request (2 working hours) t1
    2030-04-05T15:00Z boss@ escalation (manager) t1
    2030-04-05T15:00Z duty@ escalation (last call) t1
    ");
}
