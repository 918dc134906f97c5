//! News of changes: right worlds pass, and each wrong sequence is named.

use super::super::sample::{at, away, expect_change, list, moment, notice, notices, quiet, saturday, task, world};
use super::super::{Answer, Heard, TaskFact, TaskRef, World};

/// The Saturday task, moved on Tuesday, 12 January, at 10:00 to Sunday at the same hour.
fn moved() -> World {
    world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), moment("2027-01-12T10:00Z", vec![sunday()])])
}

/// The task on Sunday.
fn sunday() -> TaskFact {
    task("2027-01-17T10:00Z", "2027-01-17T12:00Z")
}

/// The two requests before the move.
const ASKED: [&str; 2] = [
    "2027-01-04T08:15Z briefing-request ada 2027-01-16T10:00Z 10 working days",
    "2027-01-12T08:15Z briefing-request ada 2027-01-16T10:00Z 3 working days",
];

/// The news of the move when it is due.
const NEWS: &str = "2027-01-12T10:30Z task-changed ada 2027-01-17T10:00Z -";

/// What was heard before the move, and those lines.
fn after(lines: &[&str]) -> Vec<Heard> {
    notices(&[&ASKED[..], lines].concat())
}

/// An answer to the task.
fn answer(when: &str, answer: Answer, by: Option<&str>) -> (jiff::Timestamp, TaskRef, Answer, Option<crate::people::EngineerId>) {
    let name = TaskRef { uid: "upgrade".to_owned(), recurrence_id: None };
    (at(when), name, answer, by.map(|id| id.parse().unwrap()))
}

#[test]
fn a_move_is_told_once_it_has_stood_half_an_hour() {
    expect_change(&moved(), &after(&[NEWS]), &[]);
    for (lines, rules) in [
        (&[][..], &["2027-01-12T10:30:00Z a change is told to whoever was told before"][..]),
        (
            &["2027-01-12T10:29Z task-changed ada 2027-01-17T10:00Z -"],
            &["2027-01-12T10:29:00Z a change is told when it has stood half an hour"],
        ),
        (
            &["2027-01-12T10:31Z task-changed ada 2027-01-17T10:00Z -"],
            &["2027-01-12T10:31:00Z a change is told when it has stood half an hour"],
        ),
        (&[NEWS, "2027-01-12T11:30Z task-changed ada 2027-01-17T10:00Z -"], &["2027-01-12T11:30:00Z no news without a change"]),
        (&["2027-01-12T10:30Z task-changed ada 2027-01-16T10:00Z -"], &["2027-01-12T10:30:00Z news says what is"]),
        (
            &["2027-01-12T10:30Z retraction ada 2027-01-17T10:00Z -"],
            &["2027-01-12T10:30:00Z a change is told to whoever was told before", "2027-01-12T10:30:00Z news says what is"],
        ),
        (&[NEWS, "2027-01-12T10:30Z task-changed bob 2027-01-17T10:00Z -"], &["2027-01-12T10:30:00Z news is for whoever was told before"]),
        (
            &["2027-01-12T10:15Z briefing-request ada 2027-01-17T10:00Z 3 working days"],
            &["2027-01-12T10:15:00Z nobody is asked before they know of the change"],
        ),
    ] {
        expect_change(&moved(), &after(lines), rules);
    }
}

#[test]
fn a_move_in_the_evening_is_told_in_the_morning_and_at_once_before_a_deadline() {
    let mut world = moved();
    world.moments[1].at = at("2027-01-12T18:00Z");
    expect_change(&world, &after(&["2027-01-13T08:15Z task-changed ada 2027-01-17T10:00Z -"]), &[]);
    expect_change(&world, &after(&[]), &["2027-01-13T08:15:00Z a change is told to whoever was told before"]);
    // Friday, a quarter of an hour before ada goes.
    world.moments[1].at = at("2027-01-15T15:45Z");
    expect_change(&world, &after(&["2027-01-15T15:45Z task-changed ada 2027-01-17T10:00Z -"]), &[]);
    // When she is gone there is nobody to tell before the start.
    world.moments[1].at = at("2027-01-15T17:00Z");
    expect_change(&world, &after(&[]), &[]);
    let begun = "2027-01-18T08:15Z task-changed ada 2027-01-17T10:00Z -";
    expect_change(&world, &after(&[begun]), &["2027-01-18T08:15:00Z a change is told when it has stood half an hour"]);
}

#[test]
fn news_waits_for_the_end_of_a_leave_that_became_known_meanwhile() {
    let mut world = moved();
    let mut ill = moment("2027-01-12T10:20Z", vec![sunday()]);
    ill.absences = vec![away("2027-01-12T10:10Z", "2027-01-13T16:00Z")];
    world.moments.push(ill);
    expect_change(&world, &after(&["2027-01-14T08:15Z task-changed ada 2027-01-17T10:00Z -"]), &[]);
    expect_change(&world, &after(&[NEWS]), &["2027-01-12T10:30:00Z a change is told when it has stood half an hour"]);
    expect_change(&world, &after(&[]), &["2027-01-14T08:15:00Z a change is told to whoever was told before"]);
}

#[test]
fn a_change_that_went_back_unheard_is_not_told() {
    let mut world = moved();
    world.moments.push(moment("2027-01-12T10:25Z", vec![saturday()]));
    expect_change(&world, &after(&[]), &[]);
    expect_change(&world, &after(&[NEWS]), &["2027-01-12T10:30:00Z no news without a change"]);
    // Once told, the way back is a change too.
    world.moments[2].at = at("2027-01-12T12:00Z");
    let back = "2027-01-12T12:30Z task-changed ada 2027-01-16T10:00Z -";
    expect_change(&world, &after(&[NEWS, back]), &[]);
    expect_change(&world, &after(&[NEWS]), &["2027-01-12T12:30:00Z a change is told to whoever was told before"]);
}

#[test]
fn a_second_move_starts_the_half_hour_again() {
    let mut world = moved();
    world.moments.push(moment("2027-01-12T10:20Z", vec![task("2027-01-18T19:00Z", "2027-01-18T20:00Z")]));
    expect_change(&world, &after(&["2027-01-12T10:50Z task-changed ada 2027-01-18T19:00Z -"]), &[]);
    let early = "2027-01-12T10:30Z task-changed ada 2027-01-18T19:00Z -";
    expect_change(&world, &after(&[early]), &["2027-01-12T10:30:00Z a change is told when it has stood half an hour"]);
}

#[test]
fn titles_tickets_and_minutes_count_by_their_rules() {
    let ticket = |link: &str| TaskFact { ticket: Some(link.to_owned()), ..saturday() };
    let titled = |title: &str| TaskFact { title: title.to_owned(), ..saturday() };
    let news = "2027-01-12T10:30Z task-changed ada 2027-01-16T10:00Z -";
    for (old, new, told) in [
        (saturday(), titled("[Acme]  UPGRADE"), false),
        (saturday(), titled("Migration"), true),
        (saturday(), ticket("https://example.com/1"), false),
        (ticket("https://example.com/1"), saturday(), false),
        (ticket("https://example.com/1"), ticket("https://example.com/2"), true),
        (saturday(), TaskFact { end: at("2027-01-16T15:00Z"), ..saturday() }, false),
    ] {
        let world = world(vec![moment("2027-01-04T00:00Z", vec![old]), moment("2027-01-12T10:00Z", vec![new])]);
        let missing = ["2027-01-12T10:30:00Z a change is told to whoever was told before"];
        let needless = ["2027-01-12T10:30:00Z no news without a change"];
        expect_change(&world, &after(&[]), if told { &missing } else { &[] });
        expect_change(&world, &after(&[news]), if told { &[] } else { &needless });
    }
    let nudged = task("2027-01-16T10:59Z", "2027-01-16T12:00Z");
    let world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), moment("2027-01-12T10:00Z", vec![nudged])]);
    expect_change(&world, &after(&[]), &[]);
}

#[test]
fn what_is_cancelled_gone_or_covered_is_taken_back_once() {
    let cancelled = moment("2027-01-12T10:00Z", vec![TaskFact { cancelled: true, ..saturday() }]);
    let gone = moment("2027-01-12T10:00Z", Vec::new());
    let right = "2027-01-12T10:30Z retraction ada 2027-01-16T10:00Z -";
    for then in [cancelled, gone] {
        let world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), then]);
        expect_change(&world, &after(&[right]), &[]);
        expect_change(&world, &after(&[]), &["2027-01-12T10:30:00Z a change is told to whoever was told before"]);
        let early = right.replace("10:30Z", "10:05Z");
        expect_change(&world, &after(&[&early]), &["2027-01-12T10:05:00Z a change is told when it has stood half an hour"]);
        let again = right.replace("10:30Z", "11:30Z");
        expect_change(&world, &after(&[right, &again]), &["2027-01-12T11:30:00Z no news without a change"]);
        let other = right.replace("ada", "bob");
        expect_change(&world, &after(&[right, &other]), &["2027-01-12T10:30:00Z news is for whoever was told before"]);
        let wrong = right.replace("retraction", "task-changed");
        let rules = ["2027-01-12T10:30:00Z a change is told to whoever was told before", "2027-01-12T10:30:00Z news says what is"];
        expect_change(&world, &after(&[&wrong]), &rules);
    }
    // Moved into her hours, it is covered: the news names the start that it has.
    let noon = task("2027-01-15T10:00Z", "2027-01-15T12:00Z");
    let world = world(vec![moment("2027-01-04T00:00Z", vec![saturday()]), moment("2027-01-12T10:00Z", vec![noon])]);
    expect_change(&world, &after(&["2027-01-12T10:30Z retraction ada 2027-01-15T10:00Z -"]), &[]);
    expect_change(&world, &after(&[right]), &["2027-01-12T10:30:00Z news says what is"]);
}

#[test]
fn what_comes_back_after_it_was_taken_back_is_told_again() {
    let mut world = moved();
    world.moments[1].tasks.clear();
    world.moments.push(moment("2027-01-13T10:00Z", vec![saturday()]));
    let (off, on) = ("2027-01-12T10:30Z retraction ada 2027-01-16T10:00Z -", "2027-01-13T10:30Z task-changed ada 2027-01-16T10:00Z -");
    expect_change(&world, &after(&[off, on]), &[]);
    expect_change(&world, &after(&[off]), &["2027-01-13T10:30:00Z a change is told to whoever was told before"]);
    let asked = "2027-01-13T10:10Z briefing-request ada 2027-01-16T10:00Z 2 working days";
    expect_change(&world, &after(&[off, asked]), &["2027-01-13T10:10:00Z nobody is asked before they know of the change"]);
    // Back within the half hour nothing was ever wrong.
    world.moments[2].at = at("2027-01-12T10:20Z");
    expect_change(&world, &after(&[]), &[]);
}

#[test]
fn another_account_is_a_change_for_its_people_and_the_end_for_the_others() {
    let mut world = moved();
    let mut other = world.team.accounts[0].clone();
    other.id = "globex".parse().unwrap();
    other.engineers = vec!["bob".parse().unwrap()];
    other.backups.clear();
    world.team.accounts.push(other);
    world.moments[1].tasks = vec![TaskFact { account: Some("globex".parse().unwrap()), ..saturday() }];
    expect_change(&world, &after(&["2027-01-12T10:30Z retraction ada 2027-01-16T10:00Z -"]), &[]);
    expect_change(&world, &after(&[]), &["2027-01-12T10:30:00Z a change is told to whoever was told before"]);
    world.team.accounts[1].engineers.push("ada".parse().unwrap());
    expect_change(&world, &after(&["2027-01-12T10:30Z task-changed ada 2027-01-16T10:00Z -"]), &[]);
}

#[test]
fn a_task_re_created_elsewhere_is_the_same_task_moved() {
    let mut world = moved();
    world.moments[1].tasks = vec![TaskFact { uid: "new".to_owned(), ..sunday() }];
    let news = Heard { uid: Some("new".to_owned()), ..notice(NEWS) };
    let told = |news: Heard| [after(&[]), vec![news]].concat();
    expect_change(&world, &told(news.clone()), &[]);
    expect_change(&world, &told(notice(NEWS)), &["2027-01-12T10:30:00Z news says what is"]);
    expect_change(&world, &after(&[]), &["2027-01-12T10:30:00Z a change is told to whoever was told before"]);
    // Two that it might be: this reading does not choose.
    world.moments[1].tasks.push(TaskFact { uid: "newer".to_owned(), ..sunday() });
    expect_change(&world, &after(&[]), &[]);
    expect_change(&world, &told(news), &[]);
}

#[test]
fn a_list_before_a_leave_counts_as_told() {
    let heard = |lines: &[&str]| [vec![list("2027-01-11T08:15Z before-leave upgrade")], notices(lines)].concat();
    expect_change(&moved(), &heard(&[NEWS]), &[]);
    expect_change(&moved(), &heard(&[]), &["2027-01-12T10:30:00Z a change is told to whoever was told before"]);
    expect_change(&quiet(), &heard(&[NEWS]), &["2027-01-12T10:30:00Z no news without a change"]);
}

#[test]
fn who_wrote_the_briefing_hears_of_the_change_and_who_wrote_since_does_not() {
    let mut world = moved();
    world.answers = vec![answer("2027-01-11T12:00Z", Answer::Done, Some("bob"))];
    let (ada, bob) = (NEWS.to_owned(), NEWS.replace("ada", "bob"));
    expect_change(&world, &notices(&[&bob]), &[]);
    expect_change(&world, &notices(&[]), &["2027-01-12T10:30:00Z a change is told to whoever was told before"]);
    let both = notices(&[ASKED[0], &ada, &bob]);
    expect_change(&world, &both, &[]);
    world.answers.push(answer("2027-01-12T10:10Z", Answer::Done, Some("bob")));
    expect_change(&world, &both[..1], &[]);
    let needless = "2027-01-12T10:30:00Z no news without a change";
    expect_change(&world, &both, &[needless, needless]);
}

#[test]
fn the_last_resort_hears_of_a_change_although_it_is_answered_since() {
    let mut world = quiet();
    world.moments.push(moment("2027-01-15T18:00Z", vec![sunday()]));
    world.answers = vec![answer("2027-01-15T18:10Z", Answer::Done, Some("ada"))];
    let told = "2027-01-15T16:00Z escalation duty 2027-01-16T10:00Z last call";
    expect_change(&world, &notices(&[told, "2027-01-15T18:30Z task-changed duty 2027-01-17T10:00Z -"]), &[]);
    expect_change(&world, &notices(&[told]), &["2027-01-15T18:30:00Z a change is told to whoever was told before"]);
}

#[test]
fn when_nobody_was_told_and_nobody_knows_who_wrote_the_owner_hears_of_the_change() {
    let mut world = moved();
    world.answers = vec![answer("2027-01-11T12:00Z", Answer::Done, None)];
    expect_change(&world, &notices(&[NEWS]), &[]);
    expect_change(&world, &notices(&[]), &["2027-01-12T10:30:00Z a change is told to whoever was told before"]);
    world.answers.clear();
    expect_change(&world, &notices(&[NEWS]), &["2027-01-12T10:30:00Z news is for whoever was told before"]);
}

#[test]
fn what_is_waived_stays_silent_whatever_happens() {
    let mut world = moved();
    world.answers = vec![answer("2027-01-12T09:00Z", Answer::Waived, Some("ada"))];
    expect_change(&world, &after(&[]), &[]);
    expect_change(
        &world,
        &after(&[NEWS]),
        &["2027-01-12T10:30:00Z no news without a change", "2027-01-12T10:30:00Z nothing more once it is answered"],
    );
}

#[test]
fn leads_that_passed_before_the_news_are_not_said_again() {
    let later = "2027-01-14T08:15Z briefing-request ada 2027-01-17T10:00Z 1 working day";
    expect_change(&moved(), &after(&[NEWS, later]), &[]);
    let over = "2027-01-12T12:00Z briefing-request ada 2027-01-17T10:00Z 3 working days";
    expect_change(&moved(), &after(&[NEWS, over]), &["2027-01-12T12:00:00Z news stands for the leads that passed before it"]);
    let mut world = quiet();
    world.moments.push(moment("2027-01-15T18:00Z", vec![task("2027-01-16T16:00Z", "2027-01-16T17:00Z")]));
    let told = "2027-01-15T16:00Z escalation duty 2027-01-16T10:00Z last call";
    let news = "2027-01-15T18:30Z task-changed duty 2027-01-16T16:00Z -";
    let again = "2027-01-15T19:00Z escalation duty 2027-01-16T16:00Z last call";
    expect_change(&world, &notices(&[told, news]), &[]);
    expect_change(&world, &notices(&[told, news, again]), &["2027-01-15T19:00:00Z news stands for the leads that passed before it"]);
    // A day before the new start the last call is due once more.
    world.moments[1].tasks = vec![sunday()];
    let news = "2027-01-15T18:30Z task-changed duty 2027-01-17T10:00Z -";
    expect_change(&world, &notices(&[told, news, "2027-01-16T10:00Z escalation duty 2027-01-17T10:00Z last call"]), &[]);
}

#[test]
fn a_stale_briefing_is_asked_for_at_the_last_two_leads_only() {
    let mut world = moved();
    world.moments[1].tasks = vec![task("2027-01-24T10:00Z", "2027-01-24T12:00Z")];
    world.answers = vec![answer("2027-01-12T09:00Z", Answer::Done, Some("ada"))];
    let news = "2027-01-12T10:30Z task-changed ada 2027-01-24T10:00Z -";
    let (day, hours) = (
        "2027-01-21T08:15Z briefing-request ada 2027-01-24T10:00Z 1 working day",
        "2027-01-22T14:00Z briefing-request ada 2027-01-24T10:00Z 2 working hours",
    );
    expect_change(&world, &after(&[news, day, hours]), &[]);
    let early = "2027-01-19T08:15Z briefing-request ada 2027-01-24T10:00Z 3 working days";
    expect_change(
        &world,
        &after(&[news, early, day, hours]),
        &["2027-01-19T08:15:00Z a stale briefing is asked for at the last two leads"],
    );
    world.answers.push(answer("2027-01-13T09:00Z", Answer::Done, Some("ada")));
    expect_change(&world, &after(&[news, day]), &["2027-01-21T08:15:00Z nothing more once it is answered"]);
}
