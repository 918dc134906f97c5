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

/// What letters tell of what others said: of each its instant, its reader and those lines.
fn outcomes(world: &World, deeds: &[(&str, &str, Deed)]) -> String {
    let told = played(world, deeds).into_iter().filter_map(|(at, written)| {
        let text = written.text(&world.config(), at);
        let (_, told) = text.split_once("Said meanwhile\n")?;
        let (_, told) = told.split_once('\n').unwrap();
        let (told, _) = told.split_once("\n-- \n").unwrap();
        Some(format!("{at} {}\n{}", written.letter.to, told.trim_end()).replace(":00Z", "Z"))
    });
    told.collect::<Vec<_>>().join("\n")
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
    2030-05-09T10:30Z cem retraction t1: people took back that they gave it to you
    2030-05-14T09:15Z ada briefing-request (3 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-17T15:00Z ada briefing-request (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
    let letters = played(&world(), &deeds);
    let (at, taken) = letters.iter().rfind(|(_, written)| written.letter.to.as_str() == "cem@example.com").unwrap();
    assert_eq!(taken.letter.subject, "Taken back: acme, Upgrade, Sat 18 May 22:00 your time");
    let text = taken.text(&world().config(), *at).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("The briefing for acme that was given to you was taken back: ada writes it again. Nothing is"), "{text}");
}

#[test]
fn whoever_has_not_heard_of_a_hand_over_hears_nothing_of_its_end() {
    let away = world().has("leave", "l1 | cem | 2030-05-07..2030-05-09");
    let deeds = [("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem")), ("2030-05-08T10:00Z", "t1", Deed::Undoes("2030-05-07T10:00Z"))];
    assert!(!check(&away, &deeds).contains("cem"), "{}", check(&away, &deeds));
}

#[test]
fn whoever_is_given_it_again_soon_hears_of_no_end_between() {
    let deeds = [
        ("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem")),
        ("2030-05-07T10:10Z", "t1", Deed::Undoes("2030-05-07T10:00Z")),
        ("2030-05-07T10:20Z", "t1", Deed::Hands("ada", "cem")),
    ];
    assert!(!check(&world(), &deeds).contains("retraction"), "{}", check(&world(), &deeds));
}

#[test]
fn a_task_taken_back_that_comes_to_the_same_writer_later_is_asked_of_them_as_ever() {
    // Ada is away from the tenth on: cem is the next, though it was taken back from him once.
    let world = world().has("leave", "").shows("leave", "2030-05-10T12:00Z", "l1 | ada | 2030-05-13..2030-05-20");
    let deeds = [("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem")), ("2030-05-09T10:00Z", "t1", Deed::Undoes("2030-05-07T10:00Z"))];
    assert_snapshot!(check(&world, &deeds), @"
    2030-05-03T09:15Z ada briefing-request (10 working days) t1
    2030-05-07T10:00Z cem escalation (10 working days) t1
    2030-05-09T10:30Z cem retraction t1: people took back that they gave it to you
    2030-05-10T12:00Z ada before-leave [t1]
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
    2030-05-13T09:15Z cem escalation (10 working days) t1
    2030-05-14T09:15Z cem escalation (3 working days) t1
    2030-05-16T09:15Z cem escalation (1 working day) t1
    2030-05-17T15:00Z cem escalation (2 working hours) t1
    2030-05-17T17:00Z boss@ escalation (manager) t1
    2030-05-17T22:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn whoever_was_told_and_the_owner_read_of_an_outcome_in_their_next_letter() {
    let two = "t1 | acme: Upgrade | 2030-05-18T22:00Z..2030-05-19T02:00Z\nt2 | acme: Patch | 2030-05-19T22:00Z..2030-05-19T23:00Z";
    let world = world().has("tasks", two);
    let deeds = [("2030-05-07T10:00Z", "t1", Deed::Writes("cem")), ("2030-05-14T10:00Z", "t2", Deed::Hands("ada", "cem"))];
    // What somebody said themself is no news for them, and each outcome is told once.
    assert_snapshot!(outcomes(&world, &deeds), @"
    2030-05-14T09:15Z ada@example.com
    - acme, Upgrade (Sat 18 May 22:00 UTC): cem said that the briefing is
      written, Tue 7 May 10:00 UTC
    ");
    let quiet = [("2030-05-07T10:00Z", "t1", Deed::Writes("cem")), ("2030-05-14T10:00Z", "t2", Deed::Writes("cem"))];
    assert_eq!(check(&world, &quiet).matches(" ada ").count(), 3, "nothing is sent because of an outcome: {}", check(&world, &quiet));
}

#[test]
fn whom_a_briefing_was_given_to_stands_in_the_lists_that_name_its_task() {
    let deeds = [("2030-05-07T10:00Z", "t1", Deed::Hands("ada", "cem"))];
    let world = world().set("schedule", "coverage", "\"0 8 * * MON\"").set("catch_up", "send_empty", "true");
    let world = world.has("leave", "l1 | ada | 2030-05-08..2030-05-14");
    let letters = played(&world, &deeds);
    let texts: Vec<String> = letters.iter().map(|(at, written)| written.text(&world.config(), *at)).collect();
    let texts: Vec<String> = texts.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for (list, line) in [
        ("Uncovered tasks of the next 14 days", "asked for acme, Upgrade (ada gave it to cem)"),
        ("Coming up, briefing wanted:", "Upgrade (ada gave it to cem), no ticket link"),
    ] {
        assert!(texts.iter().any(|text| text.contains(list) && text.contains(line)), "{texts:#?}");
    }
}

#[test]
fn an_outcome_that_stands_in_the_same_letter_or_was_read_before_is_not_told_again() {
    let ticket = |number: u8| format!("t1 | acme: Upgrade | 2030-05-18T22:00Z..2030-05-19T02:00Z | URL:https://t.example/{number}");
    let renamed = world().has("tasks", &ticket(1)).shows("tasks", "2030-05-09T12:00Z", &ticket(2));
    let deeds = [("2030-05-07T10:00Z", "t1", Deed::Writes("cem"))];
    assert!(check(&renamed, &deeds).contains("ada task-changed t1: its ticket is another one"), "{}", check(&renamed, &deeds));
    assert_eq!(outcomes(&renamed, &deeds), "");
}

#[test]
fn a_manager_who_was_told_reads_of_the_outcome_in_their_next_letter() {
    // Nobody has time left for either task; the duty writes for the first of them.
    let two = "t1 | acme: Upgrade | 2030-05-18T22:00Z..2030-05-19T02:00Z\nt2 | acme: Patch | 2030-05-20T01:00Z..2030-05-20T02:00Z";
    let mut world = world();
    world.until = "2030-05-20T12:00Z".parse().unwrap();
    let world = world
        .has("tasks", two)
        .has("leave", "l1 | ada | 2030-05-13..2030-05-20\nl2 | cem | 2030-05-13..2030-05-20\nl3 | bob | 2030-05-13..2030-05-20");
    assert_snapshot!(check(&world, &[("2030-05-14T00:00Z", "t1", Deed::Writes("duty@example.com"))]), @"
    2030-05-01T09:15Z ada briefing-request (10 working days) t1
                    + ada briefing-request (10 working days) t2
    2030-05-07T09:15Z ada before-leave [t1 t2]
    2030-05-07T09:15Z cem before-leave [t1 t2]
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                    + ada briefing-request (1 working day) t2
    2030-05-10T15:00Z ada briefing-request (2 working hours) t1
                    + ada briefing-request (2 working hours) t2
    2030-05-13T22:00Z boss@ escalation (manager) t1
    2030-05-15T01:00Z boss@ escalation (manager) t2
    2030-05-19T01:00Z duty@ escalation (last call) t2
    2030-05-20T09:15Z ada catch-up [t1 t2] after leave; acme: 2 ran
    2030-05-20T09:15Z cem catch-up [t1 t2] after leave; acme: 2 ran
    ");
    assert_snapshot!(outcomes(&world, &[("2030-05-14T00:00Z", "t1", Deed::Writes("duty@example.com"))]), @"
    2030-05-15T01:00Z boss@example.com
    - acme, Upgrade (Sat 18 May 22:00 UTC): duty@example.com said that the
      briefing is written, Tue 14 May 00:00 UTC
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

#[test]
fn an_outline_names_the_last_briefing_of_the_same_account() {
    let world = world().has(
        "tasks",
        "t1 | acme: Upgrade | 2030-05-18T22:00Z..2030-05-19T02:00Z\n    t0 | acme: Patch | 2030-05-11T22:00Z..2030-05-12T02:00Z",
    );
    let written = ("2030-05-10T10:00Z", "t0", Deed::Writes("ada"));
    let outline = |deeds: &[(&str, &str, Deed)]| {
        let letters = played(&world, deeds);
        let mut of_t1 = letters
            .iter()
            .rev()
            .filter(|(_, written)| written.letter.subject.starts_with("Briefing wanted") && written.letter.subject.contains("Upgrade"));
        of_t1.next().map(|(at, written)| written.text(&world.config(), *at)).unwrap()
    };
    let last = "- The last briefing that offwatch knows of: acme: Patch, Sat 11 May, no\n  ticket link\n";
    assert!(outline(&[written]).contains(last), "{}", outline(&[written]));
    assert!(!outline(&[]).contains("last briefing"));
}
