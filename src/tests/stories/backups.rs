//! Leaves with more than one backup: each is asked for what is theirs, and the digest names whom to meet about it.

use insta::assert_snapshot;

use crate::plan::Kind;
use crate::tests::world::{World, check, excerpts, letter};

/// Ada is away for the week of Monday 6 May 2030; bob and cyd stand in for her in the accounts that follow.
fn away(until: &str) -> World {
    let world =
        World::new("2030-05-06T00:00Z", until).leads(&["1 working day"]).engineer("ada", "").engineer("bob", "").engineer("cyd", "");
    world.has("leave", "v1 | ada: vacation in Rome | 2030-05-06..2030-05-14")
}

/// A task of each account on Saturday 11 May 2030.
const BOTH: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z | URL:https://tickets.example.com/1
    t2 | globex: Migration | 2030-05-11T20:00Z..2030-05-11T22:00Z | URL:https://tickets.example.com/2";

/// Trouble of each account in that week.
const TROUBLE: &str = "x1 | acme: Down | 2030-05-07T10:00Z..2030-05-07T12:00Z
    x2 | globex: Slow | 2030-05-09T10:00Z..2030-05-09T12:00Z";

#[test]
fn two_backups_with_an_account_each_are_asked_each_for_theirs_and_named_at_the_return() {
    let world = away("2030-05-14T12:00Z").has("tasks", BOTH).has("emergencies", TROUBLE);
    let world = world.account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\"]");
    let world = world.account("globex", "engineers = [\"ada\"]\nbackups = [\"cyd\"]");
    assert_snapshot!(check(&world), @"
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-09T09:15Z cyd escalation (1 working day) t2
    2030-05-10T17:00Z boss@ escalation (manager) t1
                    + boss@ escalation (manager) t2
    2030-05-10T17:00Z duty@ escalation (last call) t1
    2030-05-10T20:00Z duty@ escalation (last call) t2
    2030-05-14T09:15Z ada catch-up [t1 t2 x1 x2] after leave; acme: 1 incident, 1 ran; globex: 1 incident, 1 ran
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "bob", &["You are asked", "What:"]), @"
    2030-05-09T09:15:00Z to bob@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada is away until Tue 14 May 09:00 UTC and you are
    the next who may know acme. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    What:      acme: Upgrade
    Customer:  acme
    When:      Sat 11 May 10:00 to 12:00 UTC, your time
    Uncovered: Sat 11 May 10:00 to 12:00 UTC: away
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    https://tickets.example.com/1
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "cyd", &["You are asked", "What:"]), @"
    2030-05-09T09:15:00Z to cyd@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? globex, Migration, Sat 11 May 20:00 your time

    You are asked because ada is away until Tue 14 May 09:00 UTC and you are
    the next who may know globex. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    What:      globex: Migration
    Customer:  globex
    When:      Sat 11 May 20:00 to 22:00 UTC, your time
    Uncovered: Sat 11 May 20:00 to 22:00 UTC: away
    Wanted by: Fri 10 May 17:00 UTC, your last working moment before it (in 1
               day 7 hours)
    Ticket:    https://tickets.example.com/2
    ");
    assert_snapshot!(letter(&world, Kind::CatchUp, "ada"), @r#"
    2030-05-14T09:15:00Z to ada@example.com
    Subject: While you were away: 2 emergencies, 2 tasks ran: acme, globex

    Hello ada,

    While you were away: 2 emergencies, 2 tasks ran.

    Away:      Fri 3 May 17:00 UTC to Tue 14 May 09:00 UTC
               your entries: "ada: vacation in Rome"

    acme
    ----

    Emergencies:
    - Tue 7 May 10:00 UTC (2 hours): Down, no ticket link

    Tasks that ran:
    - Sat 11 May 10:00 UTC: Upgrade, without a briefing,
      https://tickets.example.com/1

    globex
    ------

    Emergencies:
    - Thu 9 May 10:00 UTC (2 hours): Slow, no ticket link

    Tasks that ran:
    - Sat 11 May 20:00 UTC: Migration, without a briefing,
      https://tickets.example.com/2

    What may help now
    -----------------
    [ ] read the tickets above
    [ ] talk to bob and cyd, who were standing in for you
    [ ] reach out to acme and globex about the next steps

    -- 
    Why you get this: you are back from a leave, between Fri 3 May 17:00 UTC
    and Tue 14 May 09:00 UTC. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    "#);
}

#[test]
fn of_two_backups_on_one_account_the_first_is_asked_and_both_are_named_at_the_return() {
    let world = away("2030-05-14T12:00Z").has("tasks", BOTH.lines().next().unwrap()).has("emergencies", TROUBLE.lines().next().unwrap());
    let world = world.account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\", \"cyd\"]");
    assert_snapshot!(check(&world), @"
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    2030-05-14T09:15Z ada catch-up [t1 x1] after leave; acme: 1 incident, 1 ran
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "duty", &["Who knows"]), @"
    2030-05-10T17:00:00Z to duty@example.com
    Subject: For whoever is on call, no briefing known: acme, Upgrade, Sat 11 May 10:00 UTC

    Who knows the customer:
    - ada (owner), ada@example.com, away until Tue 14 May 09:00 UTC
    - bob (backup), bob@example.com, away until Mon 13 May 09:00 UTC
    - cyd (backup), cyd@example.com, away until Mon 13 May 09:00 UTC
    ");
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["Away:", "talk to"]), @r#"
    2030-05-14T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency, 1 task ran: acme

    Away:      Fri 3 May 17:00 UTC to Tue 14 May 09:00 UTC
               your entries: "ada: vacation in Rome"

    What may help now
    -----------------
    [ ] read the tickets above
    [ ] talk to bob and cyd, who were standing in for you
    [ ] reach out to acme about the next steps
    "#);
}

#[test]
fn the_second_of_two_backups_on_one_account_is_asked_when_the_first_falls_ill_and_both_are_named_at_the_return() {
    let leave = "v1 | ada: vacation in Rome | 2030-05-06..2030-05-14";
    let world = away("2030-05-14T12:00Z").has("tasks", BOTH.lines().next().unwrap()).has("emergencies", TROUBLE.lines().next().unwrap());
    let world = world.account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\", \"cyd\"]");
    let world = world.shows("leave", "2030-05-09T12:00Z", &format!("{leave}\nv2 | bob: sick | 2030-05-09..2030-05-16"));
    assert_snapshot!(check(&world), @"
    2030-05-09T09:15Z bob escalation (1 working day) t1
    2030-05-09T12:00Z cyd escalation (1 working day) t1
    2030-05-10T17:00Z boss@ escalation (manager) t1
    2030-05-10T17:00Z duty@ escalation (last call) t1
    2030-05-14T09:15Z ada catch-up [t1 x1] after leave; acme: 1 incident, 1 ran
    ");
    assert_snapshot!(excerpts(&world, Kind::Escalation, "cyd", &["You are asked", "Why"]), @"
    2030-05-09T12:00:00Z to cyd@example.com
    Subject: Could you write a briefing by Fri 10 May 17:00? acme, Upgrade, Sat 11 May 10:00 your time

    You are asked because ada is away until Tue 14 May 09:00 UTC, bob is away
    until Thu 16 May 09:00 UTC and you are the next who may know acme.
    Something is planned there at a time when nobody who knows them is in, and
    offwatch knows of no briefing.

    -- 
    Why you get this: you are the account's backup, and nobody before you in
    its list can write it any more; the task is uncovered (away); the reminder
    1 working day before your last working moment, Fri 10 May 17:00 UTC, had
    passed before it could be sent. Written by offwatch, automatically.
    Too many letters, or the wrong ones? ops@example.com can change what you
    get; letters that ask something of you always come.
    ");
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["Away:", "talk to"]), @r#"
    2030-05-14T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency, 1 task ran: acme

    Away:      Fri 3 May 17:00 UTC to Tue 14 May 09:00 UTC
               your entries: "ada: vacation in Rome"

    What may help now
    -----------------
    [ ] read the tickets above
    [ ] talk to bob and cyd, who were standing in for you
    [ ] reach out to acme about the next steps
    "#);
}

#[test]
fn two_backups_who_share_one_leave_by_days_are_both_named_at_the_return() {
    let world = away("2030-05-14T12:00Z").has("emergencies", TROUBLE.lines().next().unwrap());
    let shared = "backups = [{ engineer = \"bob\", until = 2030-05-10 }, { engineer = \"cyd\", from = 2030-05-10 }]";
    let world = world.account("acme", &format!("engineers = [\"ada\"]\n{shared}"));
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["Away:", "talk to"]), @r#"
    2030-05-14T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Fri 3 May 17:00 UTC to Tue 14 May 09:00 UTC
               your entries: "ada: vacation in Rome"

    What may help now
    -----------------
    [ ] talk to bob and cyd, who were standing in for you
    [ ] reach out to acme about the next steps
    "#);
}

#[test]
fn a_backup_for_another_time_is_not_named_at_the_return() {
    let world = away("2030-05-14T12:00Z").has("emergencies", TROUBLE.lines().next().unwrap());
    let shared = "backups = [\"bob\", { engineer = \"cyd\", from = 2030-06-01, until = 2030-07-01 }]";
    let world = world.account("acme", &format!("engineers = [\"ada\"]\n{shared}"));
    assert_snapshot!(excerpts(&world, Kind::CatchUp, "ada", &["Away:", "talk to"]), @r#"
    2030-05-14T09:15:00Z to ada@example.com
    Subject: While you were away: 1 emergency: acme

    Away:      Fri 3 May 17:00 UTC to Tue 14 May 09:00 UTC
               your entries: "ada: vacation in Rome"

    What may help now
    -----------------
    [ ] talk to bob, who was standing in for you
    [ ] reach out to acme about the next steps
    "#);
}
