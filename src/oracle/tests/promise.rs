//! The second promise for tasks that change: right worlds pass, and each silence is named.

use super::super::sample::{answered, at, away, expect_promise, list, moment, notices, quiet, right, saturday, task, world};
use super::super::{AbsenceFact, Heard, TaskFact, World};

/// Nobody knew it.
const UNSAID: &str = "somebody knows each task as it is";

/// The last resort did not.
const LATE: &str = "the last resort knows when nobody can write";

/// The Saturday task, moved to Sunday on Saturday morning.
fn late_move() -> World {
    let sunday = task("2027-01-17T10:00Z", "2027-01-17T12:00Z");
    world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), moment("2027-01-16T08:00Z", vec![sunday])])
}

/// What is right in the quiet world, and those lines.
fn with(lines: &[&str]) -> Vec<Heard> {
    [right(), notices(lines)].concat()
}

#[test]
fn a_task_that_stays_as_it_is_must_be_known_and_so_must_the_last_resort() {
    expect_promise(&quiet(), &right(), &[]);
    expect_promise(&quiet(), &right()[..5], &[&format!("2027-01-15T16:00:00Z {LATE}")]);
    expect_promise(&quiet(), &[], &[&format!("2027-01-15T16:00:00Z {LATE}"), &format!("2027-01-16T10:00:00Z {UNSAID}")]);
    expect_promise(&answered("2027-01-12T12:00Z"), &[], &[]);
}

#[test]
fn a_task_moved_when_nobody_can_write_is_told_to_the_last_resort() {
    let news = "2027-01-16T08:30Z task-changed duty 2027-01-17T10:00Z -";
    expect_promise(&late_move(), &with(&[news]), &[]);
    let late = format!("2027-01-16T10:00:00Z {LATE}");
    expect_promise(&late_move(), &with(&[]), &[&late, &format!("2027-01-17T10:00:00Z {UNSAID}")]);
    let other = "2027-01-16T08:30Z task-changed manager 2027-01-17T10:00Z -";
    expect_promise(&late_move(), &with(&[other]), &[&late]);
}

#[test]
fn a_task_renamed_or_re_created_must_be_known_under_its_new_title() {
    let mut world = quiet();
    world.moments.push(moment("2027-01-14T10:00Z", vec![TaskFact { title: "Migration".to_owned(), ..saturday() }]));
    let heard = right();
    expect_promise(&world, &heard[..3], &[&format!("2027-01-15T16:00:00Z {LATE}"), &format!("2027-01-16T10:00:00Z {UNSAID}")]);
    expect_promise(&world, &heard, &[]);
    world.moments[1].tasks = vec![TaskFact { uid: "new".to_owned(), ..saturday() }];
    expect_promise(&world, &heard, &[]);
    expect_promise(&world, &heard[..3], &[&format!("2027-01-15T16:00:00Z {LATE}")]);
}

#[test]
fn what_was_taken_back_and_is_wanted_again_must_be_said_again() {
    let mut world = quiet();
    world.moments.push(moment("2027-01-14T10:00Z", Vec::new()));
    world.moments.push(moment("2027-01-15T18:00Z", vec![saturday()]));
    let off = "2027-01-14T10:30Z retraction ada 2027-01-16T10:00Z -";
    let heard = [right()[..3].to_vec(), notices(&[off])].concat();
    expect_promise(&world, &heard, &[&format!("2027-01-15T18:00:00Z {LATE}"), &format!("2027-01-16T10:00:00Z {UNSAID}")]);
    let call = notices(&["2027-01-15T18:00Z escalation duty 2027-01-16T10:00Z last call"]);
    expect_promise(&world, &[heard, call].concat(), &[]);
}

#[test]
fn only_what_was_known_at_its_start_may_go_unsaid() {
    let known = |since: &str| world(vec![moment("2027-01-04T00:00Z", Vec::new()), moment(since, vec![saturday()])]);
    let lines = [format!("2027-01-16T09:59:00Z {LATE}"), format!("2027-01-16T10:00:00Z {UNSAID}")];
    expect_promise(&known("2027-01-16T09:59Z"), &[], &[&lines[0], &lines[1]]);
    expect_promise(&known("2027-01-16T10:00Z"), &[], &[]);
    expect_promise(&known("2027-01-16T09:59Z"), &notices(&["2027-01-16T09:59Z escalation duty 2027-01-16T10:00Z last call"]), &[]);
}

#[test]
fn a_leave_that_uncovers_a_task_in_the_last_hour_is_told_to_the_last_resort() {
    let mut ill = moment("2027-01-13T09:30Z", vec![task("2027-01-13T10:00Z", "2027-01-13T12:00Z")]);
    ill.absences = vec![away("2027-01-13T09:00Z", "2027-01-14T16:00Z")];
    ill.absences.push(AbsenceFact { engineer: "bob".parse().unwrap(), ..ill.absences[0].clone() });
    let world = world(vec![moment("2027-01-04T00:00Z", ill.tasks.clone()), ill]);
    expect_promise(&world, &notices(&["2027-01-13T09:30Z escalation duty 2027-01-13T10:00Z last call"]), &[]);
    expect_promise(&world, &[], &[&format!("2027-01-13T09:30:00Z {LATE}"), &format!("2027-01-13T10:00:00Z {UNSAID}")]);
}

#[test]
fn a_list_before_a_leave_makes_a_task_known() {
    let mut world = quiet();
    world.until = at("2027-01-16T11:00Z");
    expect_promise(&world, &[list("2027-01-12T08:15Z before-leave upgrade")], &[&format!("2027-01-15T16:00:00Z {LATE}")]);
}
