//! What single engineers want otherwise: fewer kinds of letters, digests at a time of their day, leads of their own. The second
//! opinion knows nothing of wishes, so these worlds are not judged by it.

use insta::assert_snapshot;

use crate::plan::{Kind, Why};
use crate::tests::deeds::{self, holds};
use crate::tests::world::World;

/// Ada owns acme, with those wishes; an upgrade on Saturday the 11th of May.
fn world(wishes: &str) -> World {
    let world = World::new("2030-05-06T00:00Z", "2030-05-12T00:00Z").engineer("ada", wishes).account("acme", "engineers = [\"ada\"]");
    world.leads(&["2 working days"]).has("tasks", "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z")
}

/// Rows of a world in which nobody does anything.
fn check(world: &World) -> String {
    deeds::check(world, &[])
}

/// All kinds but those.
fn without(left_out: &[Kind]) -> String {
    let kinds: Vec<&str> = Kind::all().filter(|kind| !left_out.contains(kind)).map(Kind::name).collect();
    let kinds: Vec<&str> = kinds.into_iter().filter(|kind| !["feed-alert", "coverage"].contains(kind)).collect();
    format!("kinds = {kinds:?}")
}

#[test]
fn who_wants_no_news_of_tasks_is_asked_anew_all_the_same() {
    let wishes = without(&[Kind::TaskChanged, Kind::Retraction]);
    let moved = world(&wishes).shows("tasks", "2030-05-08T12:00Z", "t1 | acme: Upgrade | 2030-05-12T10:00Z..2030-05-12T12:00Z");
    let gone = moved.shows("tasks", "2030-05-09T12:00Z", "t1 | acme: Upgrade | 2030-05-12T10:00Z..2030-05-12T12:00Z | STATUS:CANCELLED");
    assert_snapshot!(check(&gone), @"
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-08T12:00Z ada briefing-request (2 working days) t1
    ");
    let held = holds(&gone);
    assert!(held.iter().any(|hold| (hold.kind, hold.person.as_str(), &hold.why) == (Kind::Retraction, "ada", &Why::LeftOut)), "{held:?}");
}

#[test]
fn who_wants_no_list_before_a_leave_gets_single_requests() {
    let away = |wishes: &str| {
        let world = world(wishes).leads(&["3 working days", "1 working day"]).has("leave", "l1 | ada | 2030-05-10..2030-05-14");
        world.set("catch_up", "overnight", "false")
    };
    assert_snapshot!(check(&away("")), @"
    2030-05-06T09:15Z ada before-leave [t1]
    2030-05-08T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T17:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(check(&away(&without(&[Kind::BeforeLeave]))), @"
    2030-05-06T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T17:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

/// Ada is away on Wednesday and Thursday, and two emergencies come: one then, and one on the night after.
fn emergencies(wishes: &str) -> World {
    let mut away = world(wishes).has("tasks", "").has("leave", "l1 | ada | 2030-05-08..2030-05-10");
    let later = "e1 | acme: down | 2030-05-08T03:00Z..2030-05-08T04:00Z\ne2 | acme: slow | 2030-05-10T22:00Z..2030-05-10T23:00Z";
    away.until = "2030-05-15T00:00Z".parse().unwrap();
    away.has("emergencies", later)
}

#[test]
fn who_wants_no_digest_gets_none_and_later_hears_of_nothing_that_was_over() {
    assert_snapshot!(check(&emergencies("")), @"
    2030-05-10T09:15Z ada catch-up [e1] after leave; acme: 1 incident
    2030-05-13T09:15Z ada catch-up [e2]; acme: 1 incident
    ");
    assert_eq!(check(&emergencies(&without(&[Kind::CatchUp]))), "silence");
    let held = holds(&emergencies(&without(&[Kind::CatchUp])));
    assert!(held.iter().any(|hold| (hold.kind, &hold.why) == (Kind::CatchUp, &Why::LeftOut)), "{held:?}");
}

#[test]
fn digests_come_at_the_time_of_day_that_their_reader_wishes_for() {
    assert_snapshot!(check(&emergencies("digest_hour = \"10:30\"")), @"
    2030-05-10T10:30Z ada catch-up [e1] after leave; acme: 1 incident
    2030-05-13T10:30Z ada catch-up [e2]; acme: 1 incident
    ");
    // Nobody is there at eighteen: the next working moment is tomorrow's first. At eight they are not there yet.
    assert_snapshot!(check(&emergencies("digest_hour = \"18:00\"")), @"2030-05-13T09:15Z ada catch-up [e1 e2] after leave; acme: 2 incident");
    assert_eq!(check(&emergencies("digest_hour = \"08:00\"")), check(&emergencies("")));
}

#[test]
fn a_digest_hour_behind_midnight_belongs_to_the_night_that_began_before() {
    let hours = "hours = { mon-fri = \"22:00-06:00\" }\n";
    let early = emergencies(&format!("{hours}digest_hour = \"02:00\""));
    let early = early.has("emergencies", "e1 | acme: down | 2030-05-09T23:00Z..2030-05-10T00:00Z");
    assert_snapshot!(check(&early), @"2030-05-11T02:00Z ada catch-up [e1] after leave; acme: 1 incident");
}

#[test]
fn whoever_comes_back_after_their_digest_hour_has_the_digest_at_once() {
    let half = emergencies("digest_hour = \"10:30\"").has("leave", "l1 | ada | 2030-05-08T09:00Z..2030-05-10T13:00Z");
    assert_snapshot!(check(&half), @"
    2030-05-10T13:15Z ada catch-up [e1] after leave; acme: 1 incident
    2030-05-13T10:30Z ada catch-up [e2]; acme: 1 incident
    ");
}

#[test]
fn an_engineer_with_leads_of_their_own_is_asked_at_those() {
    let world = world("leads = [\"1 working day\", \"3 working days\"]").engineer("bob", "").account("globex", "engineers = [\"bob\"]");
    let two = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z\nt2 | globex: Move | 2030-05-11T10:00Z..2030-05-11T12:00Z";
    assert_snapshot!(check(&world.has("tasks", two)), @"
    2030-05-07T09:15Z ada briefing-request (3 working days) t1
    2030-05-08T09:15Z bob briefing-request (2 working days) t2
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
                    + boss@ escalation (manager) t2
    2030-05-10T17:00Z duty@ escalation (last call) t1
                    + duty@ escalation (last call) t2
    ");
}
