//! What people wish of single tasks: that somebody else writes, to be reminded later, that what they said is taken back.

use insta::assert_snapshot;

use crate::tests::deeds::{Deed, check, played};
use crate::tests::world::World;

/// Ada owns acme, Cem knows it too, Bob stands in. An upgrade on Saturday the 18th of May; all work until Friday at 17:00.
fn world() -> World {
    let people = World::new("2030-05-01T00:00Z", "2030-05-20T00:00Z").engineer("ada", "").engineer("cem", "").engineer("bob", "");
    let people = people.account("acme", "engineers = [\"ada\", \"cem\"]\nbackups = [\"bob\"]");
    people.has("tasks", "t1 | acme: Upgrade | 2030-05-18T22:00Z..2030-05-19T02:00Z")
}

#[test]
fn without_wishes_the_owner_is_asked_at_each_lead() {
    assert_snapshot!(check(&world(), &[]), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-14T09:15Z ada briefing-request (3 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn whoever_is_given_a_task_is_asked_at_once_and_its_giver_no_more() {
    let told = check(&world(), &[("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem"))]);
    assert_snapshot!(told, @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T10:00Z cem escalation (10 working days) t1
    2030-05-14T09:15Z cem escalation (3 working days) t1
    2030-05-16T09:15Z cem escalation (1 working day) t1
    2030-05-17T15:00Z cem escalation (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
    let letters = played(&world(), &[("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem"))]);
    let (at, given) = letters.iter().find(|(_, written)| written.letter.to.as_str() == "cem@example.com").unwrap();
    let text = given.text(&world().config(), *at);
    assert!(text.contains("You are asked because ada gave it to you and"), "{text}");
    assert!(text.contains("Why you get this: ada gave it to you; the task is uncovered"), "{text}");
}

#[test]
fn whoever_is_given_a_task_outside_their_hours_is_asked_when_they_are_back() {
    let away = world().has("leave", "l1 | cem | 2030-05-07..2030-05-09");
    assert_snapshot!(check(&away, &[("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem"))]), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-09T09:15Z cem escalation (10 working days) t1
    2030-05-14T09:15Z cem escalation (3 working days) t1
    2030-05-16T09:15Z cem escalation (1 working day) t1
    2030-05-17T15:00Z cem escalation (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_task_given_past_somebody_goes_on_to_those_after_and_then_to_the_manager() {
    let away = world().has("leave", "l1 | bob | 2030-05-10..2030-05-20");
    assert_snapshot!(check(&away, &[("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "bob"))]), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T10:00Z bob escalation (3 working days) t1
    2030-05-08T09:15Z bob escalation (1 working day) t1
    2030-05-09T15:00Z bob escalation (2 working hours) t1
    2030-05-13T22:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_task_that_is_given_back_is_asked_for_anew() {
    let deeds = [("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem")), ("2030-05-09T10:00Z", "t1", Deed::Hands("cem", "ada"))];
    assert_snapshot!(check(&world(), &deeds), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T10:00Z cem escalation (10 working days) t1
    2030-05-09T10:00Z ada briefing-request (10 working days) t1
    2030-05-14T09:15Z ada briefing-request (3 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_hand_over_that_is_taken_back_is_as_if_it_had_never_been() {
    let deeds = [("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem")), ("2030-05-09T10:00Z", "t1", Deed::Undoes("2030-05-07T10:00Z"))];
    assert_snapshot!(check(&world(), &deeds), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T10:00Z cem escalation (10 working days) t1
    2030-05-14T09:15Z ada briefing-request (3 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn of_a_task_that_moves_the_giver_hears_again() {
    let moved = world().shows("tasks", "2030-05-09T12:00Z", "t1 | acme: Upgrade | 2030-05-25T22:00Z..2030-05-26T02:00Z");
    assert_snapshot!(check(&moved, &[("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem"))]), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T10:00Z cem escalation (10 working days) t1
    2030-05-09T12:30Z ada task-changed t1: it was moved
    2030-05-09T12:30Z cem task-changed t1: it was moved
    2030-05-10T09:15Z ada briefing-request (10 working days) t1
    ");
}

#[test]
fn of_a_task_that_is_cancelled_only_whoever_has_it_hears() {
    let gone = world().shows("tasks", "2030-05-09T12:00Z", "t1 | acme: Upgrade | 2030-05-18T22:00Z..2030-05-19T02:00Z | STATUS:CANCELLED");
    assert_snapshot!(check(&gone, &[("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem"))]), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T10:00Z cem escalation (10 working days) t1
    2030-05-09T12:30Z cem retraction t1: it was cancelled
    ");
}

#[test]
fn whoever_wishes_to_be_reminded_later_is_asked_again_then() {
    assert_snapshot!(check(&world(), &[("2030-05-06T10:00Z", "t1", Deed::Snoozes("ada", "2030-05-08T07:00Z"))]), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-08T09:15Z ada briefing-request (10 working days) t1
    2030-05-14T09:15Z ada briefing-request (3 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_reminder_takes_the_place_of_leads_that_pass_meanwhile() {
    assert_snapshot!(check(&world(), &[("2030-05-06T10:00Z", "t1", Deed::Snoozes("ada", "2030-05-16T10:00Z"))]), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-16T10:00Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn nobody_is_left_alone_past_their_last_lead_and_nobody_else_is_told_later() {
    let deeds = [("2030-05-06T10:00Z", "t1", Deed::Snoozes("ada", "2030-06-01T00:00Z"))];
    assert_snapshot!(check(&world(), &deeds), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
    let alone = World::of_ada("2030-05-01T00:00Z", "2030-05-20T00:00Z");
    let alone = alone.has("tasks", "t1 | acme: Upgrade | 2030-05-18T22:00Z..2030-05-19T02:00Z");
    assert_snapshot!(check(&alone, &deeds), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_wish_to_be_left_alone_that_is_taken_back_holds_nothing() {
    let deeds = [
        ("2030-05-06T10:00Z", "t1", Deed::Snoozes("ada", "2030-05-17T10:00Z")),
        ("2030-05-15T10:00Z", "t1", Deed::Undoes("2030-05-06T10:00Z")),
    ];
    assert_snapshot!(check(&world(), &deeds), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-15T10:00Z ada briefing-request (3 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_briefing_whose_word_is_taken_back_is_asked_for_as_before() {
    let deeds = [("2030-05-06T10:00Z", "t1", Deed::Writes("ada")), ("2030-05-15T10:00Z", "t1", Deed::Undoes("2030-05-06T10:00Z"))];
    assert_snapshot!(check(&world(), &deeds), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-15T10:00Z ada briefing-request (3 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}
