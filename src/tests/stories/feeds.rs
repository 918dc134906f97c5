//! Feeds that fail and come back, and the letters as a whole: who shares one, what repeats.

use std::collections::BTreeSet;

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, excerpts, letter, texts};

/// A task on Saturday 11 May 2030, whose owner in office hours can write until Friday 17:00.
const SATURDAY: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";

/// Ada alone with that task, from Monday 6 May 2030 on.
fn monday(until: &str) -> World {
    let world = World::of_ada("2030-05-06T00:00Z", until).leads(&["1 working day"]).feed("tasks", "stale_after = \"6h\"");
    world.has("tasks", SATURDAY)
}

#[test]
fn a_feed_that_fails_for_too_long_is_told_once_and_its_return_too() {
    // The last good fetch is at 05:50.
    let world = monday("2030-05-08T00:00Z").fails("tasks", "2030-05-06T06:00Z", "no answer");
    assert_snapshot!(check(&world.shows("tasks", "2030-05-06T15:00Z", SATURDAY)), @r"
    2030-05-06T11:50Z ops@ feed-alert tasks fails
    2030-05-06T15:00Z ops@ feed-alert tasks is back
    ");
}

#[test]
fn a_feed_that_fails_twice_is_told_twice() {
    let world = monday("2030-05-08T00:00Z").fails("tasks", "2030-05-06T06:00Z", "no answer").shows("tasks", "2030-05-06T15:00Z", SATURDAY);
    let world = world.fails("tasks", "2030-05-07T06:00Z", "no answer").shows("tasks", "2030-05-07T15:00Z", SATURDAY);
    assert_snapshot!(check(&world), @r"
    2030-05-06T11:50Z ops@ feed-alert tasks fails
    2030-05-06T15:00Z ops@ feed-alert tasks is back
    2030-05-07T11:50Z ops@ feed-alert tasks fails
    2030-05-07T15:00Z ops@ feed-alert tasks is back
    ");
}

#[test]
fn a_short_failure_is_not_worth_a_letter() {
    let world = monday("2030-05-07T00:00Z").fails("tasks", "2030-05-06T06:00Z", "no answer").shows("tasks", "2030-05-06T11:40Z", SATURDAY);
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn a_failed_fetch_never_looks_like_an_empty_calendar() {
    let bodies = ["", "<html><body>Please log in</body></html>", "N/A", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:t1\r\n"];
    let good = monday("2030-05-10T12:00Z");
    let worlds = bodies.map(|body| good.clone().serves("tasks", "2030-05-08T00:00Z", body));
    let said = worlds.into_iter().chain([good.fails("tasks", "2030-05-08T00:00Z", "HTTP 503")]).map(|world| check(&world));
    let said: BTreeSet<String> = said.collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert_snapshot!(said.first().unwrap(), @r"
    2030-05-08T05:50Z ops@ feed-alert tasks fails
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    ");
}

#[test]
fn an_empty_body_is_no_events_where_the_configuration_says_so() {
    let world = |more: &str| {
        let lines = format!("every_event = \"absence\"\nstale_after = \"6h\"\n{more}");
        check(&monday("2030-05-07T00:00Z").feed("leave", &lines).serves("leave", "2030-05-06T00:00Z", ""))
    };
    assert_snapshot!(world(""), @"2030-05-06T06:00Z ops@ feed-alert leave fails");
    assert_snapshot!(world("empty_body = \"no events\""), @"silence");
}

#[test]
fn a_feed_that_shows_nothing_yet_has_failed() {
    let world = monday("2030-05-07T00:00Z").feed("emergencies", "stale_after = \"6h\"");
    let world = world.shows("emergencies", "2030-05-06T09:00Z", "");
    assert_snapshot!(check(&world), @r"
    2030-05-06T06:00Z ops@ feed-alert emergencies fails
    2030-05-06T09:00Z ops@ feed-alert emergencies is back
    ");
}

#[test]
fn one_address_in_two_roles_gets_one_letter() {
    let world = monday("2030-05-11T00:00Z").set("briefing", "manager", "\"duty@example.com\"");
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
                    + duty@ escalation (manager) t1
    ");
}

#[test]
fn what_is_due_for_one_person_in_one_turn_travels_together() {
    // A night's emergency and a lead, both of the same morning.
    let world = monday("2030-05-09T12:00Z").has("emergencies", "e1 | acme: Down | 2030-05-09T02:00Z..2030-05-09T03:00Z");
    assert_snapshot!(check(&world), @r"
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
                    + ada catch-up [e1]; acme: 1 incident, coming acme: Upgrade
    ");
}

#[test]
fn the_coverage_letter_goes_out_also_when_it_is_empty() {
    // The span holds its first instant and not its last.
    let world = World::of_ada("2030-05-06T08:00Z", "2030-05-20T08:00Z").set("schedule", "coverage", "\"0 8 * * MON\"");
    assert_snapshot!(check(&world), @r"
    2030-05-06T08:00Z ops@ coverage []
    2030-05-13T08:00Z ops@ coverage []
    ");
    let world = world.leads(&["1 working day"]).has("tasks", SATURDAY).answers("2030-05-09T12:00Z", "t1", "done");
    assert_snapshot!(check(&world), @r"
    2030-05-06T08:00Z ops@ coverage [t1]
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-13T08:00Z ops@ coverage []
    ");
}

#[test]
fn a_second_run_over_the_same_world_is_the_same_to_the_byte() {
    let world = World::of_ada_and_bob("2030-05-01T00:00Z", "2030-05-14T00:00Z").has("leave", "v1 | ada: day off | 2030-05-09..2030-05-10");
    let world = world.has("emergencies", "e1 | acme: Down | 2030-05-08T02:00Z..2030-05-08T03:00Z").has("tasks", SATURDAY);
    let letters = world.letters();
    assert!(letters.len() > 5, "the world is not worth playing twice");
    assert_eq!(letters, world.letters());
}

#[test]
fn the_letters_about_a_feed_that_fails_say_since_when_and_what_helps() {
    let world = monday("2030-05-08T00:00Z").fails("tasks", "2030-05-06T06:00Z", "HTTP 503").shows("tasks", "2030-05-06T15:00Z", SATURDAY);
    assert_snapshot!(texts(&world, Kind::FeedAlert), @"
    2030-05-06T11:50:00Z to ops@example.com
    Subject: Feed tasks could not be read since Mon 6 May 05:50 UTC

    Hello,

    Feed `tasks` has not been readable since Mon 6 May 05:50 UTC (6 hours
    ago). offwatch goes on with the last good copy: what was added, moved or
    cancelled since then is not known.

    Last try:  HTTP 503
    Tolerated: 6 hours, the feed's stale_after

    This tries it at once and says what happens; one more letter follows when
    the feed is read again:
        offwatch feeds fetch tasks

    -- 
    Why you get this: feed `tasks` could not be read since Mon 6 May 05:50
    UTC, longer than its `stale_after`. Written by offwatch, automatically.

    2030-05-06T15:00:00Z to ops@example.com
    Subject: Feed tasks is read again

    Hello,

    Feed `tasks` has been read again since Mon 6 May 15:00 UTC. Nothing is
    left to do; what changed meanwhile is taken up now.

    -- 
    Why you get this: feed `tasks` is read again. Written by offwatch,
    automatically.
    ");
    let never = World::of_ada("2030-05-06T00:00Z", "2030-05-07T00:00Z").feed("tasks", "stale_after = \"6h\"");
    assert_snapshot!(letter(&never.fails("tasks", "2030-05-06T00:00Z", "N/A"), Kind::FeedAlert, "ops"), @"
    2030-05-06T06:00:00Z to ops@example.com
    Subject: Feed tasks could never be read

    Hello,

    Feed `tasks` could never be read. Nothing that it holds is known.

    Last try:  N/A
    Tolerated: 6 hours, the feed's stale_after

    This tries it at once and says what happens; one more letter follows when
    the feed is read again:
        offwatch feeds fetch tasks

    -- 
    Why you get this: feed `tasks` could not be read since Mon 6 May 00:00
    UTC, longer than its `stale_after`. Written by offwatch, automatically.
    ");
}

#[test]
fn a_request_built_on_an_old_copy_says_since_when() {
    let world = monday("2030-05-09T12:00Z").fails("tasks", "2030-05-08T00:00Z", "HTTP 503");
    let text = letter(&world, Kind::BriefingRequest, "ada");
    assert_snapshot!(text.split("Ticket:").nth(1).unwrap().split("The best").next().unwrap(), @r#"
        no ticket link in the event; search for "acme: Upgrade"
    Note:      feed `tasks` could not be read since Tue 7 May 23:50 UTC (1 day
               9 hours ago); newer changes are not in this letter
    "#);
}

#[test]
fn the_coverage_letter_says_that_all_is_well_or_what_is_open() {
    let world = World::of_ada("2030-05-06T08:00Z", "2030-05-07T08:00Z").set("schedule", "coverage", "\"0 8 * * MON\"");
    assert_snapshot!(letter(&world, Kind::Coverage, "ops"), @"
    2030-05-06T08:00:00Z to ops@example.com
    Subject: Coverage: all is well

    Hello,

    All is well: no uncovered task in the next 14 days, every feed is read,
    and everything in them has an owner. This report comes regularly all the
    same; should it stay out, something is wrong with offwatch.

    Feeds
    -----
    tasks             read less than a minute ago, 0 events
    emergencies       read less than a minute ago, 0 events
    leave             read less than a minute ago, 0 events
    holidays          read less than a minute ago, 0 events
    on-call           read less than a minute ago, 0 events

    -- 
    Why you get this: you administer offwatch, and this is its regular report,
    due Mon 6 May 08:00 UTC. Written by offwatch, automatically.
    ");
    let tasks = format!(
        "{SATURDAY}\nt2 | acme: Drill [briefing done] | 2030-05-12T10:00Z..2030-05-12T12:00Z\nt3 | Riddle | 2030-05-12..2030-05-13"
    );
    assert_snapshot!(letter(&world.has("tasks", &tasks), Kind::Coverage, "ops").split("Feeds").next().unwrap(), @"
    2030-05-06T08:00:00Z to ops@example.com
    Subject: Not understood: 1 task without an account (and 1 more)

    Hello,

    1 of 2: Not understood: 1 task without an account
    =================================================

    Some of what the feeds show could not be matched, so offwatch acts as if
    it were not there.

    Tasks in which no account was found:
    - Sun 12 May 00:00 UTC: Riddle (feed `tasks`)
    A [Name] before the title, a category, or a match word of the account in
    the configuration helps.

    2 of 2: Coverage: 2 uncovered tasks, 1 without a briefing, 1 task without
    an account
    =========================================================================

    This is the state of Mon 6 May 08:00 UTC.

    Uncovered tasks of the next 14 days (times in UTC)
    --------------------------------------------------
    Sat 11 May 10:00  not asked yet acme, Upgrade
    Sun 12 May 10:00  written       acme, Drill
    ");
}

#[test]
fn only_whoever_takes_its_holidays_is_named_where_a_holiday_feed_is_old() {
    let world = World::new("2030-05-06T00:00Z", "2030-05-09T12:00Z").leads(&["1 working day"]).feed("holidays", "stale_after = \"6h\"");
    let world = world.engineer("ada", "").engineer("bob", "holidays = [\"holidays\"]");
    let world = world.account("acme", "engineers = [\"ada\"]").account("globex", "engineers = [\"bob\"]");
    let tasks = "t1 | acme: Upgrade | 2030-05-09T20:00Z..2030-05-09T22:00Z\nt2 | globex: Upgrade | 2030-05-09T20:00Z..2030-05-09T22:00Z";
    let world = world.has("tasks", tasks).has("holidays", "h1 | Ascension | 2030-05-30..2030-05-31");
    let world = world.fails("holidays", "2030-05-07T10:00Z", "no answer");
    let note = |who: &str| excerpts(&world, Kind::BriefingRequest, who, &["Note:"]);
    assert!(!note("ada").contains("holidays"), "{}", note("ada"));
    assert_snapshot!(note("bob"), @r#"
    2030-05-08T09:15:00Z to bob@example.com
    Subject: Briefing wanted by Thu 9 May 17:00: globex, Upgrade, Thu 9 May 20:00 your time

    What:      globex: Upgrade
    Customer:  globex
    When:      Thu 9 May 20:00 to 22:00 UTC, your time
    Uncovered: Thu 9 May 20:00 to 22:00 UTC: outside your hours
    Wanted by: Thu 9 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    no ticket link in the event; search for "globex: Upgrade"
    Note:      feed `holidays` could not be read since Tue 7 May 09:50 UTC (23
               hours 25 minutes ago); leave of bob may have changed
    "#);
}
