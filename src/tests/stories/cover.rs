//! Who is asked when the owner is not there, who is told when nobody can write, and what needs nobody at all.

use insta::assert_snapshot;

use crate::tests::world::{World, check};

/// A task on Saturday 11 May 2030: whoever keeps office hours can write until Friday 17:00.
const SATURDAY: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";

/// Ada is away for all of May.
const ADA_AWAY: &str = "v1 | ada: vacation | 2030-05-01..2030-06-01";

/// Ada, bob and cyd, of whom acme knows what `account` says; the Saturday task, two leads, ada away.
fn without_ada(until: &str, account: &str) -> World {
    let world = World::new("2030-05-01T00:00Z", until).leads(&["3 working days", "1 working day"]);
    let world = world.engineer("ada", "").engineer("bob", "").engineer("cyd", "").account("acme", account);
    world.has("tasks", SATURDAY).has("leave", ADA_AWAY)
}

/// What ada alone hears of one task of hers that is announced on Monday 6 May 2030, until the next Saturday.
fn heard_of(hours: &str, task: &str, world: impl Fn(World) -> World) -> String {
    let base = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").leads(&["1 working day"]).engineer("ada", hours);
    check(&world(base.account("acme", "engineers = [\"ada\"]").has("tasks", task)).answers("2030-05-08T12:00Z", "t1", "done"))
}

#[test]
fn an_owner_without_working_time_before_the_task_leaves_it_to_the_second_engineer() {
    // Bob is asked at his own leads, as an escalation; nobody else is left after him.
    let world = without_ada("2030-05-11T12:00Z", "engineers = [\"ada\", \"bob\"]");
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z bob escalation (3 working days) t1
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_second_engineer_who_falls_ill_leaves_it_to_the_backup() {
    // Bob is away from Wednesday on, said on Wednesday noon: cyd's first lead has passed by then.
    let world = without_ada("2030-05-10T16:00Z", "engineers = [\"ada\", \"bob\"]\nbackups = [\"cyd\"]");
    let ill = format!("{ADA_AWAY}\nv2 | bob: sick | 2030-05-08..2030-05-11");
    let world = world.shows("leave", "2030-05-08T12:00Z", &ill);
    assert_snapshot!(check(&world), @r"
    2030-05-07T09:15Z bob escalation (3 working days) t1
    2030-05-08T12:00Z cyd escalation (3 working days) t1
    2030-05-09T09:15Z cyd escalation (1 working day) t1
    ");
}

#[test]
fn when_the_backup_is_away_too_the_manager_is_told_at_five_days_and_the_last_resort_at_one() {
    let world = without_ada("2030-05-12T00:00Z", "engineers = [\"ada\"]\nbackups = [\"bob\"]");
    let world = world.shows("leave", "2030-05-01T00:00Z", &format!("{ADA_AWAY}\nv2 | bob: vacation | 2030-05-01..2030-06-01"));
    assert_snapshot!(check(&world), @r"
    2030-05-06T10:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_backup_for_a_period_stands_in_for_what_starts_in_it() {
    let until = |date: &str| {
        without_ada(
            "2030-05-11T00:00Z",
            &format!("engineers = [\"ada\"]\nbackups = [{{ engineer = \"cyd\", from = 2030-05-01, until = {date} }}]"),
        )
    };
    assert_snapshot!(check(&until("2030-05-12")), @r"
    2030-05-07T09:15Z cyd escalation (3 working days) t1
    2030-05-09T09:15Z cyd escalation (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
    assert_snapshot!(check(&until("2030-05-11")), @r"
    2030-05-06T10:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_manager_who_is_an_engineer_is_told_in_their_hours_and_the_last_resort_at_any() {
    // Five days before Saturday 06:00 is Monday 06:00, one day before it Friday 06:00.
    let world = without_ada("2030-05-12T00:00Z", "engineers = [\"ada\"]\nmanager = \"bob\"\nlast_resort = \"cyd\"");
    let world = world.has("tasks", "").shows("tasks", "2030-05-02T00:00Z", "t1 | acme: Upgrade | 2030-05-11T06:00Z..2030-05-11T08:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-06T09:15Z bob escalation (manager) t1
    2030-05-10T06:00Z cyd escalation (last call) t1
    ");
}

#[test]
fn without_a_manager_that_step_is_skipped() {
    let world = without_ada("2030-05-12T00:00Z", "engineers = [\"ada\"]").unset("briefing", "manager");
    assert_snapshot!(check(&world), @"2030-05-10T10:00Z duty@ escalation (last call) t1");
}

#[test]
fn without_a_last_resort_it_is_the_admin() {
    let world = without_ada("2030-05-12T00:00Z", "engineers = [\"ada\"]").unset("briefing", "last_resort");
    assert_snapshot!(check(&world), @r"
    2030-05-06T10:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z ops@ escalation (last call) t1
    ");
}

#[test]
fn who_stands_twice_in_the_chain_is_asked_in_the_first_place_and_the_last_resort_always() {
    // Bob is engineer, backup, manager and last resort: asked as engineer, told as last resort, at his deadline.
    let account = "engineers = [\"ada\", \"bob\"]\nbackups = [\"bob\"]\nmanager = \"bob\"\nlast_resort = \"bob\"";
    assert_snapshot!(check(&without_ada("2030-05-12T00:00Z", account)), @r"
    2030-05-07T09:15Z bob escalation (3 working days) t1
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-10T17:00Z bob escalation (last call) t1
    ");
}

#[test]
fn a_manager_who_is_the_owner_too_is_not_told_again() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-12T00:00Z").leads(&["1 working day"]);
    let world = world.set("briefing", "manager", "\"ada\"").has("tasks", SATURDAY);
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn an_account_without_engineers_goes_to_the_manager_and_the_last_resort() {
    let world = World::new("2030-05-01T00:00Z", "2030-05-12T00:00Z").engineer("ada", "").account("acme", "engineers = []");
    assert_snapshot!(check(&world.has("tasks", SATURDAY)), @r"
    2030-05-06T10:00Z boss@ escalation (manager) t1
    2030-05-10T10:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn an_owner_with_too_little_time_to_write_hands_over_at_once() {
    // Announced on Friday 16:40: ada has twenty minutes left, bob works until 20:00.
    let world =
        World::new("2030-05-08T00:00Z", "2030-05-11T00:00Z").engineer("ada", "").engineer("bob", "hours = { mon-fri = \"12:00-20:00\" }");
    let world =
        world.account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\"]").has("tasks", "").shows("tasks", "2030-05-10T16:40Z", SATURDAY);
    assert_snapshot!(check(&world), @r"
    2030-05-10T16:40Z bob escalation (1 working day) t1
    2030-05-10T18:00Z bob escalation (2 working hours) t1
    2030-05-10T20:00Z boss@ escalation (manager) t1
    2030-05-10T20:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn a_backup_who_is_there_during_the_task_covers_nothing() {
    // Bob works at the time of the task, which ada owns and leaves at 17:00; he can write until it starts.
    let world = World::new("2030-05-06T00:00Z", "2030-05-10T09:00Z").leads(&["1 working day"]);
    let world = world.engineer("ada", "").engineer("bob", "hours = { mon-fri = \"12:00-20:00\" }");
    let task = "t1 | acme: Upgrade | 2030-05-09T18:00Z..2030-05-09T19:00Z";
    let backup = world.clone().account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\"]").has("tasks", task);
    assert_snapshot!(check(&backup), @r"
    2030-05-08T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T17:00Z bob escalation (1 working day) t1
    ");
    let engineer = world.account("acme", "engineers = [\"ada\", \"bob\"]").has("tasks", task);
    assert_snapshot!(check(&engineer), @"silence");
}

#[test]
fn a_task_inside_its_owners_hours_is_nobodys_business() {
    assert_snapshot!(heard_of("", "t1 | acme: Upgrade | 2030-05-09T10:00Z..2030-05-09T12:00Z", |world| world), @"silence");
}

#[test]
fn an_uncovered_part_below_the_threshold_needs_no_briefing() {
    let late = |until: &str| heard_of("", &format!("t1 | acme: Upgrade | 2030-05-09T16:30Z..2030-05-09T{until}Z"), |world| world);
    assert_snapshot!(late("17:29"), @"silence");
    assert_snapshot!(late("17:30"), @"2030-05-08T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn with_no_threshold_a_minute_is_uncovered_and_a_covered_task_still_is_not() {
    let late = |until: &str| {
        let task = format!("t1 | acme: Upgrade | 2030-05-09T16:00Z..2030-05-09T{until}Z");
        heard_of("", &task, |world| world.set("briefing", "min_uncovered", "\"0m\""))
    };
    assert_snapshot!(late("17:00"), @"silence");
    assert_snapshot!(late("17:01"), @"2030-05-08T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn a_break_of_two_hours_covers_and_a_longer_one_does_not() {
    let task = "t1 | acme: Upgrade | 2030-05-09T12:15Z..2030-05-09T13:45Z";
    assert_snapshot!(heard_of("hours = { mon-fri = [\"09:00-12:00\", \"14:00-17:00\"] }", task, |world| world), @"silence");
    // The deadline is Thursday 12:00 and its day before is Wednesday.
    assert_snapshot!(heard_of("hours = { mon-fri = [\"09:00-12:00\", \"14:01-17:00\"] }", task, |world| world),
        @"2030-05-08T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn aftercare_makes_the_evening_after_a_task_part_of_it() {
    let task = "t1 | acme: Upgrade | 2030-05-09T15:00Z..2030-05-09T16:00Z";
    assert_snapshot!(heard_of("", task, |world| world), @"silence");
    assert_snapshot!(heard_of("", task, |world| world.set("briefing", "aftercare", "\"4h\"")),
        @"2030-05-08T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn a_task_without_length_lasts_an_hour() {
    assert_snapshot!(heard_of("", "t1 | acme: Upgrade | 2030-05-09T17:00Z..2030-05-09T17:00Z", |world| world),
        @"2030-05-08T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn a_date_alone_means_the_whole_day_where_the_customer_is() {
    // Midnight in New York is 04:00Z: the last day's call is on the 8th at 04:00Z, the five days' one on the 4th.
    let world = World::new("2030-05-01T00:00Z", "2030-05-12T00:00Z").engineer("ada", "");
    let world = world.account("acme", "engineers = []\ntime_zone = \"America/New_York\"");
    assert_snapshot!(check(&world.has("tasks", "t1 | acme: Upgrade | 2030-05-09..2030-05-10")), @r"
    2030-05-04T04:00Z boss@ escalation (manager) t1
    2030-05-08T04:00Z duty@ escalation (last call) t1
    ");
}

#[test]
fn two_engineers_cover_a_task_between_them() {
    // Ada until 17:00, mei from 16:00Z on: together they see all of the task.
    let world = |mei: &str| {
        let world = World::new("2030-05-06T00:00Z", "2030-05-09T12:00Z").leads(&["1 working day"]);
        let world = world.engineer("ada", "").engineer("mei", mei).account("acme", "engineers = [\"ada\", \"mei\"]");
        check(&world.has("tasks", "t1 | acme: Upgrade | 2030-05-09T14:00Z..2030-05-09T20:00Z"))
    };
    assert_snapshot!(world("hours = { mon-fri = \"16:00-22:00\" }"), @"silence");
    // With half an hour between them there is a hole; ada can write until the task begins.
    assert_snapshot!(world("hours = { mon-fri = \"17:30-22:00\" }"), @"2030-05-08T09:15Z ada briefing-request (1 working day) t1");
}

#[test]
fn leave_of_the_only_one_there_uncovers_a_task_in_office_hours() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-08T18:00Z").leads(&["1 working day"]).set("leave", "before", "\"\"");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-09T10:00Z..2030-05-09T12:00Z").has("leave", "");
    let world = world.shows("leave", "2030-05-07T12:00Z", "v1 | ada: day off | 2030-05-09..2030-05-10");
    assert_snapshot!(check(&world), @r"
    2030-05-07T12:00Z ada briefing-request (1 working day) t1
    2030-05-08T17:00Z boss@ escalation (manager) t1
    2030-05-08T17:00Z duty@ escalation (last call) t1
    ");
}
