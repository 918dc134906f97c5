//! The brake: feeds that lose their events at once are not believed at once; what follows when they are, and what does
//! not while they are not.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, excerpts, letter, texts};

/// Tasks of these numbers, one each evening; the first on Monday 13 May 2030.
fn tasks(numbers: std::ops::RangeInclusive<usize>) -> String {
    let row = |number: usize| {
        let day = 12 + number;
        format!("t{number} | acme: Upgrade {number} | 2030-05-{day}T20:00Z..2030-05-{day}T21:00Z\n")
    };
    numbers.map(row).collect()
}

/// Ada with nine tasks ahead. Nothing is due in this week, so that feeds alone have something to say.
fn nine(until: &str) -> World {
    World::of_ada("2030-05-06T00:00Z", until).leads(&["1 working hour"]).has("tasks", &tasks(1..=9))
}

#[test]
fn a_feed_that_loses_all_is_held_until_it_has_stood_four_hours() {
    let world = nine("2030-05-06T23:00Z").shows("tasks", "2030-05-06T06:00Z", "");
    assert_snapshot!(check(&world), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 9 of 9 missing
    2030-05-06T10:00Z ops@ feed-alert tasks is taken
    ");
}

#[test]
fn half_of_the_events_may_go_at_once_and_more_than_half_may_not() {
    let eight = World::of_ada("2030-05-06T00:00Z", "2030-05-07T00:00Z").leads(&["1 working hour"]).has("tasks", &tasks(1..=8));
    assert_snapshot!(check(&eight.clone().shows("tasks", "2030-05-06T06:00Z", &tasks(1..=4))), @"silence");
    assert_snapshot!(check(&eight.shows("tasks", "2030-05-06T06:00Z", &tasks(1..=3))), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 5 of 8 missing
    2030-05-06T10:00Z ops@ feed-alert tasks is taken
    ");
    assert_snapshot!(check(&nine("2030-05-07T00:00Z").shows("tasks", "2030-05-06T06:00Z", &tasks(1..=4))), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 5 of 9 missing
    2030-05-06T10:00Z ops@ feed-alert tasks is taken
    ");
}

#[test]
fn a_few_may_go_unless_they_are_all() {
    let four = World::of_ada("2030-05-06T00:00Z", "2030-05-07T00:00Z").leads(&["1 working hour"]).has("tasks", &tasks(1..=4));
    assert_snapshot!(check(&four.clone().shows("tasks", "2030-05-06T06:00Z", &tasks(1..=1))), @"silence");
    assert_snapshot!(check(&four.shows("tasks", "2030-05-06T06:00Z", "")), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 4 of 4 missing
    2030-05-06T10:00Z ops@ feed-alert tasks is taken
    ");
}

#[test]
fn what_is_over_is_no_loss() {
    // Feeds roll their past away: only tasks that ran are missing.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-23T00:00Z").leads(&["1 working hour"]).set("catch_up", "overnight", "false");
    let world = world.has("tasks", &tasks(1..=5)).shows("tasks", "2030-05-18T12:00Z", "");
    assert!(!check(&world).contains("feed-alert"), "{}", check(&world));
}

#[test]
fn a_task_recreated_under_a_new_uid_is_no_loss() {
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-07T00:00Z").leads(&["1 working hour"]).has("tasks", &tasks(1..=1));
    assert_snapshot!(check(&world.shows("tasks", "2030-05-06T06:00Z", &tasks(1..=1).replace("t1 |", "n1 |"))), @"silence");
}

#[test]
fn the_first_copy_of_a_feed_is_never_held() {
    let world = nine("2030-05-07T00:00Z").shows("emergencies", "2030-05-06T00:00Z", "");
    assert_snapshot!(check(&world), @"silence");
}

#[test]
fn three_fetches_are_needed_and_four_hours_too() {
    // Fetched at 06:00, 07:00, 08:00 and so on: four hours are over at 10:00.
    let hourly = nine("2030-05-07T00:00Z").feed("tasks", "fetch = \"0 * * * *\"");
    assert_snapshot!(check(&hourly.shows("tasks", "2030-05-06T06:00Z", &tasks(1..=2))), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 7 of 9 missing
    2030-05-06T10:00Z ops@ feed-alert tasks is taken
    ");
    // Fetched every three hours, 06:00 is the first: the third is that of noon.
    let rarely = nine("2030-05-07T00:00Z").feed("tasks", "fetch = \"0 */3 * * *\"");
    assert_snapshot!(check(&rarely.shows("tasks", "2030-05-06T06:00Z", &tasks(1..=2))), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 7 of 9 missing
    2030-05-06T12:00Z ops@ feed-alert tasks is taken
    ");
    // Three fetches within two hours are not enough for the end of the world at 08:30.
    let short = nine("2030-05-06T08:30Z").feed("tasks", "fetch = \"0 * * * *\"");
    assert_snapshot!(check(&short.shows("tasks", "2030-05-06T06:00Z", &tasks(1..=2))), @"2030-05-06T06:00Z ops@ feed-alert tasks is held, 7 of 9 missing");
}

#[test]
fn failed_fetches_neither_count_nor_begin_anew() {
    // Held at 06:00 and 07:00; no answer from 08:00 to 11:00; the third good fetch is that of noon.
    let world = nine("2030-05-07T00:00Z").feed("tasks", "fetch = \"0 * * * *\"").shows("tasks", "2030-05-06T06:00Z", &tasks(1..=2));
    let world = world.fails("tasks", "2030-05-06T07:30Z", "no answer").shows("tasks", "2030-05-06T11:30Z", &tasks(1..=2));
    assert_snapshot!(check(&world), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 7 of 9 missing
    2030-05-06T12:00Z ops@ feed-alert tasks is taken
    ");
}

#[test]
fn a_feed_that_comes_back_is_held_no_longer_and_another_loss_is_another_hold() {
    let world = nine("2030-05-08T00:00Z").shows("tasks", "2030-05-06T06:00Z", "").shows("tasks", "2030-05-06T08:00Z", &tasks(1..=9));
    let world = world.shows("tasks", "2030-05-07T06:00Z", "").shows("tasks", "2030-05-07T08:00Z", &tasks(1..=8));
    assert_snapshot!(check(&world), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 9 of 9 missing
    2030-05-06T08:00Z ops@ feed-alert tasks is returned
    2030-05-07T06:00Z ops@ feed-alert tasks is held, 9 of 9 missing
    2030-05-07T08:00Z ops@ feed-alert tasks is returned
    ");
}

#[test]
fn other_bytes_that_lack_as_much_count_as_well_and_the_newest_are_taken() {
    let world = nine("2030-05-16T00:00Z").leads(&["1 working hour"]).shows("tasks", "2030-05-06T06:00Z", &tasks(1..=1));
    let world = world.shows("tasks", "2030-05-06T09:00Z", &tasks(3..=3));
    assert_snapshot!(check(&world), @"
    2030-05-06T06:00Z ops@ feed-alert tasks is held, 8 of 9 missing
    2030-05-06T10:00Z ops@ feed-alert tasks is taken
    2030-05-15T16:00Z ada briefing-request (1 working hour) t3
    2030-05-15T17:00Z boss@ escalation (manager) t3
    2030-05-15T17:00Z duty@ escalation (last call) t3
    ");
}

#[test]
fn while_a_feed_is_held_its_tasks_are_asked_for_and_afterwards_they_are_gone() {
    // The task of Monday evening, its owner's last working hour from 16:00.
    let world = World::of_ada("2030-05-13T00:00Z", "2030-05-15T00:00Z").leads(&["1 working hour"]).has("tasks", &tasks(1..=2));
    let held = world.clone().shows("tasks", "2030-05-13T13:00Z", "");
    assert_snapshot!(check(&held), @"
    2030-05-13T13:00Z ops@ feed-alert tasks is held, 2 of 2 missing
    2030-05-13T16:00Z ada briefing-request (1 working hour) t1
    2030-05-13T17:00Z ops@ feed-alert tasks is taken
    ");
    let taken = world.shows("tasks", "2030-05-13T11:00Z", "");
    assert_snapshot!(check(&taken), @"
    2030-05-13T11:00Z ops@ feed-alert tasks is held, 2 of 2 missing
    2030-05-13T15:00Z ops@ feed-alert tasks is taken
    ");
}

#[test]
fn a_leave_feed_that_loses_everything_makes_nobody_be_there() {
    // Ada is away from Tuesday on; her leave vanishes on Monday evening and is back in the night.
    let leave = "v1 | ada: day off | 2030-05-07..2030-05-11";
    let world = World::of_ada_and_bob("2030-05-06T00:00Z", "2030-05-10T00:00Z").leads(&["1 working day"]).set("leave", "before", "\"\"");
    let world = world.has("leave", leave).has("tasks", "t1 | acme: Upgrade | 2030-05-09T10:00Z..2030-05-09T11:00Z");
    let calm = check(&world);
    let world = world.shows("leave", "2030-05-06T22:00Z", "").shows("leave", "2030-05-07T01:00Z", leave);
    let told: Vec<String> = check(&world).lines().filter(|row| !row.contains("feed-alert")).map(str::to_owned).collect();
    assert_eq!(told.join("\n"), calm);
    assert_snapshot!(check(&world), @"
    2030-05-06T09:15Z ada briefing-request (1 working day) t1
    2030-05-06T22:00Z ops@ feed-alert leave is held, 1 of 1 missing
    2030-05-07T01:00Z ops@ feed-alert leave is returned
    2030-05-08T09:15Z bob escalation (1 working day) t1
    ");
}

#[test]
fn the_letters_say_what_is_missing_and_what_happens_by_itself() {
    let world = nine("2030-05-06T23:00Z").shows("tasks", "2030-05-06T06:00Z", &tasks(1..=4));
    assert_snapshot!(texts(&world, Kind::FeedAlert), @"
    2030-05-06T06:00:00Z to ops@example.com
    Subject: Feed tasks lacks 5 of 9 future events and is held back

    Hello,

    Feed `tasks` can be read, but all at once it lacks 5 of 9 future events.
    That may be meant, or something went wrong at its source, so it is held
    back. offwatch goes on with the last copy of Mon 6 May 05:50 UTC (10
    minutes ago): what was added, moved or cancelled since then is not known.

    Since:     Mon 6 May 06:00 UTC
    By itself: accepted Mon 6 May 10:00 UTC (in 4 hours), if every fetch until
               then shows as few

    If it is right as it is, this takes it at once:
        offwatch feeds accept tasks

    If it is not, mend it at its source: as soon as the events are back,
    offwatch goes on with it. One more letter follows when it is over.

    -- 
    Why you get this: feed `tasks` lacks 5 of 9 future events, too many to be
    believed at once. Written by offwatch, automatically.

    2030-05-06T10:00:00Z to ops@example.com
    Subject: Feed tasks is held back no longer: what it shows is believed

    Hello,

    Feed `tasks` has shown as little since Mon 6 May 06:00 UTC, in 25 fetches,
    so it is believed. Since Mon 6 May 10:00 UTC it is in force as it is,
    without 5 of 9 future events that it had before. Whoever is concerned
    hears of it.

    -- 
    Why you get this: feed `tasks` is held back no longer (taken). Written by
    offwatch, automatically.
    ");
    let world = nine("2030-05-06T09:00Z").shows("tasks", "2030-05-06T06:00Z", "").shows("tasks", "2030-05-06T08:00Z", &tasks(1..=7));
    assert_snapshot!(texts(&world, Kind::FeedAlert).split("\n2030-").last().unwrap(), @"
    05-06T08:00:00Z to ops@example.com
    Subject: Feed tasks is held back no longer: its events are back

    Hello,

    Feed `tasks` was held back since Mon 6 May 06:00 UTC, because it lacked 9
    of 9 future events. Since Mon 6 May 08:00 UTC it shows enough of them
    again and is in force as it is. Nothing is left to do.

    -- 
    Why you get this: feed `tasks` is held back no longer (returned). Written
    by offwatch, automatically.
    ");
}

#[test]
fn a_feed_that_fails_and_comes_back_with_less_is_held() {
    let world = nine("2030-05-06T12:00Z").feed("tasks", "stale_after = \"2h\"").fails("tasks", "2030-05-06T01:00Z", "no answer");
    let world = world.shows("tasks", "2030-05-06T06:00Z", "");
    assert_snapshot!(check(&world), @"
    2030-05-06T02:50Z ops@ feed-alert tasks fails
    2030-05-06T06:00Z ops@ feed-alert tasks is back
                    + ops@ feed-alert tasks is held, 9 of 9 missing
    2030-05-06T10:00Z ops@ feed-alert tasks is taken
    ");
    let told = texts(&world, Kind::FeedAlert).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("held back; a notice of its own tells of that"), "{told}");
}

#[test]
fn letters_built_on_held_copies_say_so() {
    // Ada's leave makes the task uncovered; both feeds are held when she is asked on Monday.
    let world = World::of_ada_and_bob("2030-05-05T00:00Z", "2030-05-06T09:30Z").leads(&["1 working day"]).set("leave", "before", "\"\"");
    let world = world.feed("tasks", "stale_after = \"2h\"").feed("leave", "every_event = \"absence\"\nstale_after = \"2h\"");
    let world = world.has("leave", "v1 | ada: day off | 2030-05-08..2030-05-11");
    let world = world.has("tasks", "t1 | acme: Upgrade | 2030-05-09T10:00Z..2030-05-09T11:00Z");
    let world = world.shows("leave", "2030-05-06T06:00Z", "").shows("tasks", "2030-05-06T06:00Z", "");
    let letter = texts(&world, Kind::BriefingRequest);
    assert_snapshot!(letter.split("The best place").next().unwrap(), @r#"
    2030-05-06T09:15:00Z to ada@example.com
    Subject: Briefing wanted by Tue 7 May 17:00: acme, Upgrade, Thu 9 May 10:00 your time

    Hello ada,

    Something is planned for acme at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      acme: Upgrade
    Customer:  acme
    When:      Thu 9 May 10:00 to 11:00 UTC, your time
    Uncovered: Thu 9 May 10:00 to 11:00 UTC: you are on leave
    Wanted by: Tue 7 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    no ticket link in the event; search for "acme: Upgrade"
    Note:      what feed `tasks` shows since Mon 6 May 05:50 UTC (3 hours 25
               minutes ago) is held back; newer changes are not in this letter
               what feed `leave` shows since Mon 6 May 05:50 UTC (3 hours 25
               minutes ago) is held back; leave of ada and bob may have
               changed
    "#);
}

#[test]
fn a_digest_names_those_whose_leave_may_be_old_once_each() {
    // Two tasks of the weekend ahead rest on the hours of both; the leave feed has not answered since Thursday.
    let world =
        World::of_ada_and_bob("2030-05-06T00:00Z", "2030-05-13T12:00Z").leads(&["1 working day"]).feed("leave", "stale_after = \"6h\"");
    let ahead = "t1 | acme: Upgrade | 2030-05-18T10:00Z..2030-05-18T12:00Z\nt2 | acme: Failover | 2030-05-19T10:00Z..2030-05-19T12:00Z";
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-06..2030-05-11\nv9 | ada: vacation | 2030-08-05..2030-08-06");
    let world = world.has("tasks", ahead).has("emergencies", "e1 | acme: Down | 2030-05-07T10:00Z..2030-05-07T12:00Z");
    let world = world.fails("leave", "2030-05-09T10:00Z", "no answer");
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["Note:", "Coming up"]), @"
    2030-05-13T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency; 2 briefings wanted soon: acme

    Coming up, briefing wanted:
    - Sat 18 May 10:00 UTC: Upgrade, wanted by Fri 17 May 17:00 UTC, no ticket
      link
    - Sun 19 May 10:00 UTC: Failover, wanted by Fri 17 May 17:00 UTC, no
      ticket link

    Note:      feed `leave` could not be read since Thu 9 May 09:50 UTC (3
               days 23 hours ago); leave of ada and bob may have changed
    ");
}

#[test]
fn a_digest_built_on_an_old_copy_says_so() {
    // Nobody answers for the emergencies since Monday 20:00; one of the evening is known.
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-07T12:00Z").feed("emergencies", "stale_after = \"6h\"");
    let world =
        world.has("emergencies", "").shows("emergencies", "2030-05-06T19:00Z", "e1 | acme: Down | 2030-05-06T18:00Z..2030-05-06T19:00Z");
    let letter = texts(&world.fails("emergencies", "2030-05-06T20:00Z", "no answer"), Kind::CatchUp);
    assert_snapshot!(letter.split("Next steps").next().unwrap(), @"
    2030-05-07T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Hello ada,

    While you were away: 1 emergency.

    Away:      Mon 6 May 17:00 UTC to Tue 7 May 09:00 UTC

    acme
    ----

    Emergencies:
    - Mon 6 May 18:00 UTC (1 hour): Down, no ticket link

    What may help now
    -----------------
    [ ] reach out to acme about the next steps

    Note:      feed `emergencies` could not be read since Mon 6 May 19:50 UTC
               (13 hours 25 minutes ago); newer changes are not in this letter

    -- 
    Why you get this: something happened outside your hours, between Mon 6 May
    17:00 UTC and Tue 7 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
}

#[test]
fn the_coverage_letter_shows_what_is_held() {
    let world = nine("2030-05-06T09:00Z").set("schedule", "coverage", "\"0 8 * * MON\"").shows("tasks", "2030-05-06T06:00Z", &tasks(1..=4));
    assert_snapshot!(texts(&world, Kind::Coverage), @"
    2030-05-06T08:00:00Z to ops@example.com
    Subject: Coverage: 7 uncovered tasks, 7 without a briefing, 1 feed in trouble

    Hello,

    This is the state of Mon 6 May 08:00 UTC.

    Uncovered tasks of the next 14 days (times in UTC)
    --------------------------------------------------
    Mon 13 May 20:00  not asked yet acme, Upgrade 1
    Tue 14 May 20:00  not asked yet acme, Upgrade 2
    Wed 15 May 20:00  not asked yet acme, Upgrade 3
    Thu 16 May 20:00  not asked yet acme, Upgrade 4
    Fri 17 May 20:00  not asked yet acme, Upgrade 5
    Sat 18 May 20:00  not asked yet acme, Upgrade 6
    Sun 19 May 20:00  not asked yet acme, Upgrade 7

    Feeds
    -----
    tasks             read 2 hours 10 minutes ago, 9 events; held back since
                      Mon 6 May 06:00 UTC, for it lacks 5 of 9 future events
    emergencies       read less than a minute ago, 0 events
    leave             read less than a minute ago, 0 events
    holidays          read less than a minute ago, 0 events
    on-call           read less than a minute ago, 0 events

    -- 
    Why you get this: you administer offwatch, and this is its regular report,
    due Mon 6 May 08:00 UTC. Written by offwatch, automatically.
    ");
}

#[test]
fn a_loss_that_the_admin_accepts_is_believed_at_once_and_told_to_whoever_was_asked() {
    // Monday's task was asked for at ten; the feed loses all at eleven, and at five past noon that is said to be right.
    let world = World::of_ada("2030-05-13T00:00Z", "2030-05-13T15:00Z").leads(&["7 working hours"]).has("tasks", &tasks(1..=4));
    let world = world.shows("tasks", "2030-05-13T11:00Z", "").accepts("2030-05-13T12:05Z", "tasks");
    assert_snapshot!(check(&world), @"
    2030-05-13T10:00Z ada briefing-request (7 working hours) t1
    2030-05-13T11:00Z ops@ feed-alert tasks is held, 4 of 4 missing
    2030-05-13T12:05Z ops@ feed-alert tasks is accepted
    2030-05-13T12:35Z ada retraction t1: it vanished from its calendar
    ");
    assert_snapshot!(letter(&world, Kind::FeedAlert, "ops"), @"
    2030-05-13T12:05:00Z to ops@example.com
    Subject: Feed tasks is held back no longer: accepted

    Hello,

    Feed `tasks` was held back since Mon 13 May 11:00 UTC. `offwatch feeds
    accept tasks` has put it in force as it is at Mon 13 May 12:05 UTC,
    without 4 of 4 future events that it had before. Whoever is concerned
    hears of it.

    -- 
    Why you get this: feed `tasks` is held back no longer (accepted). Written
    by offwatch, automatically.
    ");
}
