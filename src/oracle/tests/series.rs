//! Series: right worlds pass, and each wrong sequence is named.

use super::super::sample;
use super::super::sample::{at, expect_change, moment, notices, world};
use super::super::{Answer, Heard, TaskFact, TaskRef, World};

/// The occurrence of the weekly series on that date of January, February or March 2027, a Saturday.
fn occurrence(date: &str) -> TaskFact {
    let (start, end) = (format!("2027-{date}T10:00Z"), format!("2027-{date}T12:00Z"));
    let id = format!("2027-{date}T10:00:00Z");
    TaskFact { recurrence_id: Some(id), recurs: true, ..sample::task(&start, &end) }
}

/// Ten Saturdays.
fn saturdays() -> Vec<TaskFact> {
    ["01-16", "01-23", "01-30", "02-06", "02-13", "02-20", "02-27", "03-06", "03-13", "03-20"].map(occurrence).to_vec()
}

/// The world of that series, until the end of March.
fn weekly() -> World {
    let mut world = world(vec![moment("2027-01-04T00:00Z", saturdays())]);
    world.until = at("2027-03-21T00:00Z");
    world
}

/// Notices of occurrences, which are named by their starts.
fn heard(lines: &[&str]) -> Vec<Heard> {
    let named = |notice: Heard| Heard { recurrence_id: notice.task_start.map(|start| start.to_string()), ..notice };
    notices(lines).into_iter().map(named).collect()
}

/// What is right for the first leader.
const FIRST: [&str; 6] = [
    "2027-01-04T08:15Z briefing-request ada 2027-01-16T10:00Z 10 working days",
    "2027-01-12T08:15Z briefing-request ada 2027-01-16T10:00Z 3 working days",
    "2027-01-14T08:15Z briefing-request ada 2027-01-16T10:00Z 1 working day",
    "2027-01-15T14:00Z briefing-request ada 2027-01-16T10:00Z 2 working hours",
    "2027-01-15T16:00Z escalation manager 2027-01-16T10:00Z manager",
    "2027-01-15T16:00Z escalation duty 2027-01-16T10:00Z last call",
];

/// What is right for the leaders after it.
const LATER: [&str; 2] = [
    "2027-01-29T08:15Z briefing-request ada 2027-02-13T10:00Z 10 working days",
    "2027-02-26T08:15Z briefing-request ada 2027-03-13T10:00Z 10 working days",
];

/// What is right, and those lines.
fn with(lines: &[&str]) -> Vec<Heard> {
    heard(&[&FIRST[..], &LATER, lines].concat())
}

#[test]
fn the_first_occurrence_is_asked_for_at_all_leads_and_one_in_four_weeks_after_it_once() {
    expect_change(&weekly(), &with(&[]), &[]);
    expect_change(&weekly(), &heard(&[&FIRST[1..], &LATER].concat()), &["2027-01-04T08:15:00Z requests come at their leads"]);
    expect_change(
        &weekly(),
        &heard(&[&FIRST[..], &LATER[..1]].concat()),
        &["2027-02-26T08:15:00Z a series without an answer is asked for again"],
    );
    for (line, rules) in [
        (
            "2027-01-11T08:15Z briefing-request ada 2027-01-23T10:00Z 10 working days",
            &["2027-01-11T08:15:00Z one occurrence of a series at a time"][..],
        ),
        (
            "2027-01-18T08:15Z briefing-request ada 2027-01-30T10:00Z 10 working days",
            &["2027-01-18T08:15:00Z a series is asked for again after four weeks"],
        ),
        (
            "2027-02-09T08:15Z briefing-request ada 2027-02-13T10:00Z 3 working days",
            &["2027-02-09T08:15:00Z a later occurrence is asked for once"],
        ),
        ("2027-02-12T16:00Z escalation duty 2027-02-13T10:00Z last call", &["2027-02-12T16:00:00Z a later occurrence is asked for once"]),
    ] {
        expect_change(&weekly(), &with(&[line]), rules);
    }
}

#[test]
fn every_occurrence_by_itself_is_asked_for_by_itself() {
    let mut world = weekly();
    world.settings.every_occurrence = true;
    expect_change(&world, &with(&["2027-01-11T08:15Z briefing-request ada 2027-01-23T10:00Z 10 working days"]), &[]);
}

#[test]
fn an_answer_for_one_occurrence_silences_them_all() {
    let mut world = weekly();
    let name = TaskRef { uid: "upgrade".to_owned(), recurrence_id: Some("2027-01-16T10:00:00Z".to_owned()) };
    for how in [Answer::Done, Answer::Waived] {
        world.answers = vec![(at("2027-01-13T12:00Z"), name.clone(), how, None)];
        expect_change(&world, &heard(&FIRST[..2]), &[]);
        let more = [FIRST[0], FIRST[1], LATER[0]];
        expect_change(&world, &heard(&more), &["2027-01-29T08:15:00Z an answered series is silent"]);
    }
}

#[test]
fn a_leader_that_is_cancelled_gives_way_to_the_next() {
    let mut world = weekly();
    let mut then = saturdays();
    then[0].cancelled = true;
    world.moments.push(moment("2027-01-13T10:00Z", then));
    let taken_back = "2027-01-13T10:30Z retraction ada 2027-01-16T10:00Z -";
    let next = "2027-01-13T10:00Z briefing-request ada 2027-01-23T10:00Z 10 working days";
    expect_change(&world, &heard(&[FIRST[0], FIRST[1], taken_back, next]), &[]);
    expect_change(&world, &heard(&[FIRST[0], FIRST[1], next]), &["2027-01-13T10:30:00Z a change is told to whoever was told before"]);
    let after = "2027-01-13T10:00Z briefing-request ada 2027-01-30T10:00Z 10 working days";
    expect_change(&world, &heard(&[FIRST[0], FIRST[1], taken_back, after]), &["2027-01-13T10:00:00Z one occurrence of a series at a time"]);
}

#[test]
fn an_occurrence_changed_by_itself_is_a_task_of_its_own() {
    let mut world = weekly();
    let changed = TaskFact { title: "Migration".to_owned(), ..occurrence("01-23") };
    world.moments[0].tasks[1] = changed;
    let own = "2027-01-11T08:15Z briefing-request ada 2027-01-23T10:00Z 10 working days";
    expect_change(&world, &with(&[own]), &[]);
}

#[test]
fn whoever_was_told_of_the_leader_hears_that_the_series_moved_as_a_whole() {
    let mut world = weekly();
    let hours = jiff::SignedDuration::from_hours(3);
    let later = |task: TaskFact| {
        let (start, end) = (task.start + hours, task.end + hours);
        TaskFact { recurrence_id: Some(start.to_string()), start, end, ..task }
    };
    world.moments.push(moment("2027-01-13T10:00Z", saturdays().into_iter().map(later).collect()));
    let news = "2027-01-13T10:30Z task-changed ada 2027-01-16T13:00Z -";
    expect_change(&world, &heard(&[FIRST[0], FIRST[1], news]), &[]);
    expect_change(&world, &heard(&FIRST[..2]), &["2027-01-13T10:30:00Z a change is told to whoever was told before"]);
}
