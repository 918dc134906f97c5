//! Each rule of this room on a right world, and on one wrong in just one way.

mod change;
mod promise;
mod series;

use super::sample::{answered, at, away, emergency, engineer, expect, list, moment, notice, quiet, right, saturday, task, window, world};
use super::{AbsenceFact, Away, Heard, Moment, TaskFact, World};
use crate::people::Contact;

/// What is right, but without the lines that hold `word`.
fn without(word: &str) -> Vec<Heard> {
    right().into_iter().filter(|notice| !notice.key.contains(word)).collect()
}

/// What is right, and one notice more.
fn with(line: &str) -> Vec<Heard> {
    let mut heard = right();
    heard.push(notice(line));
    heard.sort_by_key(|notice| notice.at);
    heard
}

/// A world without tasks in which ada is away for a week and a half, that much being known from the start.
fn on_leave() -> World {
    let mut known = moment("2027-01-04T00:00Z", Vec::new());
    known.absences = vec![away("2027-01-18T08:00Z", "2027-01-27T16:00Z")];
    world(vec![known])
}

/// That world with a task in the middle of the leave, asked for in a list and answered then.
fn briefed_leave() -> (World, Vec<Heard>) {
    let mut world = on_leave();
    world.moments[0].tasks = vec![task("2027-01-20T08:00Z", "2027-01-20T10:00Z")];
    world.answers = answered("2027-01-12T12:00Z").answers;
    let heard = vec![
        notice("2027-01-04T08:15Z briefing-request ada 2027-01-20T08:00Z 10 working days"),
        list("2027-01-12T08:15Z before-leave upgrade"),
        list("2027-01-28T08:15Z catch-up upgrade"),
    ];
    (world, heard)
}

#[test]
fn a_right_world_breaks_nothing() {
    expect(&quiet(), &right(), &[]);
}

#[test]
fn silence_in_a_world_that_wants_letters_breaks_both_rules_of_the_second_promise() {
    let lines = [
        "2027-01-04T08:15:00Z requests come at their leads",
        "2027-01-12T08:15:00Z requests come at their leads",
        "2027-01-14T08:15:00Z requests come at their leads",
        "2027-01-15T14:00:00Z requests come at their leads",
        "2027-01-15T16:00:00Z requests come at their leads",
        "2027-01-15T16:00:00Z requests come at their leads",
        "2027-01-15T16:00:00Z the last resort knows when nobody can write",
        "2027-01-15T16:00:00Z told in time when nobody can write",
        "2027-01-15T16:00:00Z told in time when nobody can write",
        "2027-01-16T10:00:00Z no uncovered task goes unsaid",
        "2027-01-16T10:00:00Z somebody knows each task as it is",
    ];
    expect(&quiet(), &[], &lines);
}

#[test]
fn a_letter_before_settling_in_or_at_night_breaks_the_first_promise() {
    for (when, wrong) in [("2027-01-12T08:14:59Z", true), ("2027-01-12T22:00:00Z", true), ("2027-01-12T08:15:00Z", false)] {
        let mut heard = right();
        heard[1].at = at(when);
        let rest: Vec<String> =
            super::sample::broken(&quiet(), &heard).into_iter().filter(|line| line.ends_with("never on leave")).collect();
        assert_eq!(rest, if wrong { vec![format!("{when} never on leave")] } else { Vec::new() });
    }
}

#[test]
fn a_letter_in_a_leave_that_is_known_by_then_breaks_the_first_promise() {
    let mut ill = moment("2027-01-14T08:10Z", vec![saturday()]);
    ill.absences = vec![away("2027-01-14T08:00Z", "2027-01-15T16:00Z")];
    let world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), ill]);
    let mut heard = right();
    heard.drain(2..4);
    heard.push(notice("2027-01-14T08:15Z escalation bob 2027-01-16T10:00Z 1 working day"));
    heard.push(notice("2027-01-15T14:00Z escalation bob 2027-01-16T10:00Z 2 working hours"));
    heard.push(list("2027-01-18T08:15Z catch-up upgrade"));
    expect(&world, &heard, &[]);
    heard.push(notice("2027-01-14T08:15Z briefing-request ada 2027-01-16T10:00Z 1 working day"));
    expect(&world, &heard, &["2027-01-14T08:15:00Z never on leave", "2027-01-14T08:15:00Z nothing but the leads"]);
}

#[test]
fn the_last_resort_may_be_an_engineer_at_night_but_the_manager_may_not() {
    let mut world = quiet();
    world.team.accounts[0].backups.clear();
    world.team.accounts[0].last_resort = Contact::Engineer("bob".parse().unwrap());
    let mut heard = without("duty");
    heard.push(notice("2027-01-15T16:00Z escalation bob 2027-01-16T10:00Z last call"));
    expect(&world, &heard, &[]);
    heard[5].stage = Some("manager".to_owned());
    assert!(super::sample::broken(&world, &heard).contains(&"2027-01-15T16:00:00Z never on leave".to_owned()));
}

#[test]
fn the_last_resort_is_told_at_once_and_not_a_minute_later() {
    let mut heard = right();
    heard[5].at = at("2027-01-15T16:01Z");
    let lines = [
        "2027-01-15T16:00:00Z requests come at their leads",
        "2027-01-15T16:00:00Z the last resort knows when nobody can write",
        "2027-01-15T16:00:00Z told in time when nobody can write",
        "2027-01-15T16:01:00Z nothing but the leads",
    ];
    expect(&quiet(), &heard, &lines);
}

#[test]
fn a_leave_entered_late_still_names_somebody() {
    let mut absent = moment("2027-01-15T09:00Z", vec![saturday()]);
    absent.absences = vec![away("2027-01-15T00:00Z", "2027-01-16T00:00Z")];
    absent.absences.push(AbsenceFact { engineer: "bob".parse().unwrap(), ..absent.absences[0].clone() });
    let world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), absent]);
    let mut heard = without("2 working hours");
    heard[3].at = at("2027-01-15T09:00Z");
    heard[4].at = at("2027-01-15T10:00Z");
    heard.push(list("2027-01-18T08:15Z catch-up upgrade"));
    expect(&world, &heard, &[]);
    heard[4].at = at("2027-01-15T10:10Z");
    let lines = [
        "2027-01-15T10:00:00Z requests come at their leads",
        "2027-01-15T10:00:00Z the last resort knows when nobody can write",
        "2027-01-15T10:00:00Z told in time when nobody can write",
        "2027-01-15T10:10:00Z nothing but the leads",
    ];
    expect(&world, &heard, &lines);
}

#[test]
fn a_task_moved_after_all_requests_must_be_said_again() {
    let moved = task("2027-01-20T18:00Z", "2027-01-20T20:00Z");
    let world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), moment("2027-01-15T15:00Z", vec![moved])]);
    let mut heard: Vec<Heard> = right().into_iter().take(4).collect();
    let gone = super::sample::broken(&world, &heard);
    assert!(gone.contains(&"2027-01-20T18:00:00Z no uncovered task goes unsaid".to_owned()), "{gone:?}");
    heard.push(notice("2027-01-15T15:30Z task-changed ada 2027-01-20T18:00Z -"));
    heard.push(notice("2027-01-20T16:00Z escalation manager 2027-01-20T18:00Z manager"));
    heard.push(notice("2027-01-20T16:00Z escalation duty 2027-01-20T18:00Z last call"));
    expect(&world, &heard, &[]);
}

#[test]
fn a_lead_that_was_said_is_not_said_again_when_the_deadline_moves() {
    let mut off = moment("2027-01-12T12:00Z", vec![saturday()]);
    off.absences = vec![away("2027-01-15T08:00Z", "2027-01-15T16:00Z")];
    let back = moment("2027-01-13T09:00Z", vec![saturday()]);
    let mut world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), off, back]);
    world.settings.before_leave = None;
    // With Friday off the last working day before was Wednesday; it lies ahead again when Friday is back.
    let mut heard = right();
    let lines = ["2027-01-13T08:15:00Z requests come at their leads", "2027-01-14T08:15:00Z nothing but the leads"];
    expect(&world, &heard, &lines);
    heard.insert(2, notice("2027-01-13T08:15Z briefing-request ada 2027-01-16T10:00Z 1 working day again"));
    heard[2].stage = Some("1 working day".to_owned());
    expect(&world, &heard, &["2027-01-14T08:15:00Z nothing but the leads"]);
    heard.remove(3);
    expect(&world, &heard, &[]);
}

#[test]
fn a_missed_lead_a_wrong_stage_and_one_too_many_are_seen() {
    expect(&quiet(), &without("1 working day"), &["2027-01-14T08:15:00Z requests come at their leads"]);
    let mut heard = right();
    heard[1].stage = Some("1 working day".to_owned());
    expect(&quiet(), &heard, &["2027-01-12T08:15:00Z nothing but the leads", "2027-01-12T08:15:00Z requests come at their leads"]);
    let heard = with("2027-01-13T09:00Z briefing-request ada 2027-01-16T10:00Z 2 working days");
    expect(&quiet(), &heard, &["2027-01-13T09:00:00Z nothing but the leads"]);
}

#[test]
fn the_next_writer_is_asked_when_the_owner_leaves_earlier() {
    let mut known = moment("2027-01-04T00:00Z", vec![saturday()]);
    known.absences = vec![AbsenceFact {
        engineer: "ada".parse().unwrap(),
        away: Away::Dates { first: "2027-01-13".parse().unwrap(), until: "2027-01-18".parse().unwrap() },
    }];
    let world = world(vec![known]);
    let lines = [
        "2027-01-04T08:15Z briefing-request ada 2027-01-16T10:00Z 10 working days",
        "2027-01-07T08:15Z before-leave upgrade",
        "2027-01-11T08:15Z briefing-request ada 2027-01-16T10:00Z 1 working day",
        "2027-01-12T14:00Z briefing-request ada 2027-01-16T10:00Z 2 working hours",
        "2027-01-13T08:15Z escalation bob 2027-01-16T10:00Z 3 working days",
        "2027-01-14T08:15Z escalation bob 2027-01-16T10:00Z 1 working day",
        "2027-01-15T14:00Z escalation bob 2027-01-16T10:00Z 2 working hours",
        "2027-01-15T16:00Z escalation manager 2027-01-16T10:00Z manager",
        "2027-01-15T16:00Z escalation duty 2027-01-16T10:00Z last call",
        "2027-01-18T08:15Z catch-up upgrade",
    ];
    let heard: Vec<Heard> = lines.iter().map(|line| if line.contains("upgrade") { list(line) } else { notice(line) }).collect();
    // The request at 3 working days gave way to the list in the same letter.
    expect(&world, &heard, &[]);
    let idle: Vec<Heard> = heard.iter().filter(|notice| notice.engineer.as_deref() != Some("bob")).cloned().collect();
    let missing = ["13T08:15", "14T08:15", "15T14:00"].map(|when| format!("2027-01-{when}:00Z requests come at their leads"));
    expect(&world, &idle, &missing.each_ref().map(String::as_str));
}

#[test]
fn nothing_is_said_after_an_answer_or_twice_or_after_the_start_or_to_a_stranger() {
    let heard: Vec<Heard> = right().into_iter().take(2).collect();
    expect(&answered("2027-01-13T12:00Z"), &heard, &[]);
    let late = notice("2027-01-14T08:15Z briefing-request ada 2027-01-16T10:00Z 1 working day");
    let lines = ["2027-01-14T08:15:00Z nothing more once it is answered", "2027-01-14T08:15:00Z nothing of what needs nothing"];
    expect(&answered("2027-01-13T12:00Z"), &[heard.clone(), vec![late]].concat(), &lines);
    expect(
        &answered("2027-01-13T12:00Z"),
        &[heard.clone(), vec![heard[1].clone()]].concat(),
        &["2027-01-12T08:15:00Z a key is said once, ever", "2027-01-12T08:15:00Z nothing but the leads"],
    );
    let begun = with("2027-01-16T10:00Z escalation duty 2027-01-16T10:00Z last call again");
    assert!(super::sample::broken(&quiet(), &begun).contains(&"2027-01-16T10:00:00Z nothing at or after a task's start".to_owned()));
    let stranger = with("2027-01-15T14:00Z briefing-request bob 2027-01-16T10:00Z 2 working hours");
    expect(&quiet(), &stranger, &["2027-01-15T14:00:00Z nothing but the leads", "2027-01-15T14:00:00Z the right person"]);
}

#[test]
fn what_is_covered_or_cancelled_needs_nothing() {
    let covered = task("2027-01-13T10:00Z", "2027-01-13T12:00Z");
    let cancelled = TaskFact { cancelled: true, ..saturday() };
    for (task, start) in [(covered, "2027-01-13T10:00Z"), (cancelled, "2027-01-16T10:00Z")] {
        let world = world(vec![moment("2027-01-04T00:00Z", vec![task])]);
        expect(&world, &[], &[]);
        let heard = notice(&format!("2027-01-12T08:15Z briefing-request ada {start} 1 working day"));
        // Whoever was asked for it must hear at once that nothing is needed.
        let lines =
            ["2027-01-12T08:15:00Z a change is told to whoever was told before", "2027-01-12T08:15:00Z nothing of what needs nothing"];
        expect(&world, &[heard], &lines);
    }
    let retracted = super::sample::broken(&quiet(), &with("2027-01-14T09:00Z retraction ada 2027-01-16T10:00Z -"));
    assert!(retracted.contains(&"2027-01-14T09:00:00Z no news without a change".to_owned()), "{retracted:?}");
}

#[test]
fn a_lunch_break_covers_and_a_long_siesta_does_not() {
    for (afternoon, bare) in [(900, false), (901, true)] {
        let mut world = world(vec![moment("2027-01-04T00:00Z", vec![task("2027-01-06T12:00Z", "2027-01-06T14:00Z")])]);
        let ada = engineer("ada", "Europe/Berlin", &[(540, 780), (afternoon, 1140)]);
        world.team.engineers.insert(ada.id.clone(), ada);
        let missed = super::sample::broken(&world, &[]).contains(&"2027-01-06T12:00:00Z no uncovered task goes unsaid".to_owned());
        assert_eq!(missed, bare, "back at minute {afternoon}");
    }
}

#[test]
fn an_emergency_of_the_night_is_in_the_next_digest_and_in_no_other() {
    let mut night = moment("2027-01-06T02:00Z", Vec::new());
    night.emergencies = vec![emergency("fire", "2027-01-06T01:00Z", "2027-01-06T03:00Z")];
    let world = world(vec![moment("2027-01-04T00:00Z", Vec::new()), night]);
    expect(&world, &[list("2027-01-06T08:15Z catch-up fire")], &[]);
    expect(&world, &[], &["2027-01-06T08:15:00Z a digest holds what happened"]);
    let twice = [list("2027-01-06T08:15Z catch-up fire"), list("2027-01-07T08:15Z catch-up fire")];
    expect(&world, &twice, &["2027-01-07T08:15:00Z an emergency is told once"]);
    expect(
        &world,
        &[list("2027-01-06T08:20Z catch-up fire")],
        &["2027-01-06T08:15:00Z a digest holds what happened", "2027-01-06T08:20:00Z a digest comes at a spell's end"],
    );
    let crowd = [list("2027-01-06T08:15Z catch-up fire"), list("2027-01-06T09:00Z catch-up")];
    expect(&world, &crowd, &["2027-01-06T09:00:00Z a digest comes at a spell's end", "2027-01-06T09:00:00Z one digest a stretch"]);
    let silent = World { settings: super::Settings { overnight: false, ..world.settings.clone() }, ..world };
    expect(&silent, &[], &[]);
}

#[test]
fn an_own_shift_keeps_its_emergencies_out_of_the_digest() {
    let mut known = moment("2027-01-04T00:00Z", Vec::new());
    known.emergencies = vec![emergency("fire", "2027-01-06T01:00Z", "2027-01-06T03:00Z")];
    known.shifts = vec![("ada".parse().unwrap(), window("2027-01-05T16:00Z", "2027-01-06T08:00Z"))];
    let world = world(vec![known]);
    expect(&world, &[], &[]);
    expect(&world, &[list("2027-01-06T08:15Z catch-up fire")], &["2027-01-06T08:15:00Z nothing to tell, nothing sent"]);
}

#[test]
fn an_empty_digest_after_an_ordinary_night_is_one_too_many() {
    let world = world(vec![moment("2027-01-04T00:00Z", Vec::new())]);
    expect(&world, &[list("2027-01-06T08:15Z catch-up")], &["2027-01-06T08:15:00Z nothing to tell, nothing sent"]);
    let leave = on_leave();
    expect(&leave, &[list("2027-01-28T08:15Z catch-up")], &[]);
}

#[test]
fn a_leave_has_one_list_at_its_lead_and_what_ran_in_its_digest() {
    let (world, heard) = briefed_leave();
    expect(&world, &heard, &[]);
    let first = heard[..1].to_vec();
    let lines = super::sample::broken(&world, &first);
    assert!(lines.contains(&"2027-01-12T08:15:00Z a leave has its list".to_owned()), "{lines:?}");
    assert!(lines.contains(&"2027-01-28T08:15:00Z a digest holds what happened".to_owned()), "{lines:?}");
    for (line, rule) in [
        ("2027-01-13T08:15Z before-leave upgrade", "2027-01-13T08:15:00Z a list before a leave holds what wants a briefing in it"),
        ("2027-01-11T08:15Z before-leave upgrade", "2027-01-11T08:15:00Z a list comes at its lead before a leave"),
        ("2027-01-12T08:20Z before-leave", "2027-01-12T08:20:00Z a list before a leave holds what wants a briefing in it"),
        ("2027-01-12T08:20Z before-leave upgrade", "2027-01-12T08:20:00Z one list a leave"),
    ] {
        let mut wrong = heard.clone();
        wrong.push(list(line));
        wrong.sort_by_key(|notice| notice.at);
        expect(&world, &wrong, &[rule]);
    }
}

#[test]
fn a_task_re_created_under_a_new_uid_needs_no_second_letter() {
    let again = TaskFact { uid: "new".to_owned(), ..saturday() };
    let world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), moment("2027-01-15T15:50Z", vec![again])]);
    // The last resort hears of it by the name that it has then.
    let mut heard: Vec<Heard> = right().into_iter().take(6).collect();
    heard.iter_mut().skip(4).for_each(|notice| notice.uid = Some("new".to_owned()));
    expect(&world, &heard, &[]);
    let lines =
        ["2027-01-15T16:00:00Z the last resort knows when nobody can write", "2027-01-16T10:00:00Z somebody knows each task as it is"];
    expect(&world, &[], &lines);
}

#[test]
fn an_engineer_who_manages_is_told_in_their_hours() {
    let mut world = quiet();
    world.team.accounts[0].backups.clear();
    world.team.accounts[0].manager = Some(Contact::Engineer("bob".parse().unwrap()));
    let bob = engineer("bob", "America/Vancouver", &[(540, 1020)]);
    world.team.engineers.insert(bob.id.clone(), bob);
    // Vancouver keeps seven hours behind UTC in the winter of 2027.
    let mut heard = without("escalation manager");
    heard.push(notice("2027-01-15T16:15Z escalation bob 2027-01-16T10:00Z manager"));
    expect(&world, &heard, &[]);
    heard.pop();
    let lines = ["2027-01-15T16:15:00Z requests come at their leads", "2027-01-15T16:15:00Z told in time when nobody can write"];
    expect(&world, &heard, &lines);
}

#[test]
fn clocks_that_jump_move_the_instant_and_not_the_local_hour() {
    let mut world = quiet();
    world.born = at("2027-03-22T00:00Z");
    world.until = at("2027-04-30T00:00Z");
    world.moments = vec![Moment { at: world.born, ..moment("2027-03-22T00:00Z", vec![task("2027-04-03T10:00Z", "2027-04-03T12:00Z")]) }];
    let lines = [
        "2027-03-22T08:15Z briefing-request ada 2027-04-03T10:00Z 10 working days",
        "2027-03-30T07:15Z briefing-request ada 2027-04-03T10:00Z 3 working days",
        "2027-04-01T07:15Z briefing-request ada 2027-04-03T10:00Z 1 working day",
        "2027-04-02T13:00Z briefing-request ada 2027-04-03T10:00Z 2 working hours",
        "2027-04-02T15:00Z escalation manager 2027-04-03T10:00Z manager",
        "2027-04-02T15:00Z escalation duty 2027-04-03T10:00Z last call",
    ];
    expect(&world, &lines.map(notice), &[]);
}

#[test]
fn a_big_world_is_checked_without_a_panic() {
    let (world, heard) = crowd();
    assert!(super::check(&world, &heard).iter().any(|broken| broken.rule == "no uncovered task goes unsaid"));
}

/// Ninety days, six engineers, sixty tasks and two hundred states of knowledge.
fn crowd() -> (World, Vec<Heard>) {
    let mut world = quiet();
    world.until = at("2027-04-04T00:00Z");
    for id in ["eva", "gus", "mei", "raj"] {
        let one = engineer(id, "Asia/Kolkata", &[(600, 780), (840, 1140)]);
        world.team.accounts[0].backups.push(crate::people::Backup { engineer: one.id.clone(), from: None, until: None });
        world.team.engineers.insert(one.id.clone(), one);
    }
    let hour = jiff::SignedDuration::from_hours(1);
    let row = |number: i32| {
        let start = at("2027-01-06T22:00Z") + hour * (30 * number);
        TaskFact { uid: format!("t{number}"), start, end: start + hour * 2, title: format!("Task {number}"), ..saturday() }
    };
    let tasks: Vec<TaskFact> = (0..60).map(row).collect();
    let first = world.born;
    let leave = |week: i32| {
        let start = first + hour * (24 * 7 * week);
        AbsenceFact { engineer: "eva".parse().unwrap(), away: Away::Stretch(crate::window::Window::new(start, start + hour * 30).unwrap()) }
    };
    let known = |number: i32| {
        let absences = (0..number / 20).map(leave).collect();
        Moment { at: first + hour * (10 * number), absences, tasks: tasks.clone(), ..moment("2027-01-04T00:00Z", Vec::new()) }
    };
    world.moments = (0..200).map(known).collect();
    (world, right())
}
