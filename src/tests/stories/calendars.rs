//! What letters bring for their reader's calendar: the task, and a half hour to write its briefing in that no meeting takes.

use insta::assert_snapshot;
use jiff::Timestamp;
use mail_parser::MessageParser;

use crate::calendar::{self, Status};
use crate::cycle::Written;
use crate::tests::deeds::{Deed, played};
use crate::tests::world::{World, check, rows};
use crate::window::Window;
use crate::zone::Zone;

/// A task on Saturday 11 May 2030: ada can write until Friday 17:00, and is asked two and one working days before.
const SATURDAY: &str = "t1 | acme: Upgrade | 2030-05-11T10:00Z..2030-05-11T12:00Z";

/// The same a week later.
const LATER: &str = "t1 | acme: Upgrade | 2030-05-18T10:00Z..2030-05-18T12:00Z";

/// From Monday 6 May 2030 on: ada, whose own calendar is read.
fn world(until: &str) -> World {
    World::new("2030-05-06T00:00Z", until)
        .engineer("ada", "feeds = [\"own\"]")
        .account("acme", "engineers = [\"ada\"]")
        .own_feed("own", "absences", "")
        .leads(&["2 working days", "1 working day"])
        .has("tasks", SATURDAY)
}

/// What each letter brings: its instant, then a line for each event in its calendars.
fn brought(world: &World) -> String {
    events(world.letters())
}

/// The same of these letters.
fn events(letters: Vec<(Timestamp, Written)>) -> String {
    let span = Window::new("2030-01-01T00:00Z".parse().unwrap(), "2031-01-01T00:00Z".parse().unwrap()).unwrap();
    let mut rows = Vec::new();
    for (at, written) in letters {
        let message = MessageParser::default().parse(&written.letter.bytes).unwrap();
        for attached in message.attachments() {
            let text = String::from_utf8(attached.contents().to_vec()).unwrap();
            let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).unwrap_or_default().to_owned();
            let reading = calendar::read(text.as_bytes(), span, &Zone::utc());
            let [found] = reading.found.as_slice() else { panic!("{text}") };
            let (start, _) = found.when.placed(&Zone::utc());
            let (method, title, sequence) = (value("METHOD"), &found.event.summary, value("SEQUENCE"));
            assert_eq!(found.event.status == Status::Cancelled, method == "CANCEL");
            rows.push(format!("{at} {method} #{sequence} {start} {title}").replace(":00Z", "Z"));
        }
    }
    rows.join("\n")
}

#[test]
fn the_half_hour_lies_where_its_writer_is_there_and_in_no_meeting() {
    let meetings = "m1 | Quarterly numbers | 2030-05-08T09:00Z..2030-05-08T11:40Z\n\
                    m2 | Lunch with the team | 2030-05-08T12:00Z..2030-05-08T13:00Z | TRANSP:TRANSPARENT\n\
                    m3 | Planning | 2030-05-09T09:00Z..2030-05-09T17:00Z\nm4 | Retro | 2030-05-10T09:00Z..2030-05-10T17:00Z";
    // On Wednesday between meetings; what takes up no time is none. On Thursday nothing is left until the deadline, and nobody
    // is to write in a meeting.
    assert_snapshot!(brought(&world("2030-05-11T00:00Z").has("own", meetings)), @"
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z PUBLISH #0 2030-05-08T12:00Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    ");
}

#[test]
fn a_meeting_that_comes_up_moves_the_next_proposal_and_says_nothing_by_itself() {
    let world = world("2030-05-11T00:00Z").has("own", "m0 | Sync | 2030-05-06T09:00Z..2030-05-06T10:00Z");
    let busier = world.clone().shows("own", "2030-05-08T12:00Z", "m1 | Offsite | 2030-05-09T09:00Z..2030-05-09T15:00Z");
    assert_eq!(check(&world), check(&busier));
    assert_snapshot!(brought(&world), @"
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z PUBLISH #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T09:15Z PUBLISH #2 2030-05-09T09:30Z Write the briefing: acme, Upgrade
    ");
    assert_snapshot!(brought(&busier), @"
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z PUBLISH #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T09:15Z PUBLISH #2 2030-05-09T15:00Z Write the briefing: acme, Upgrade
    ");
}

#[test]
fn tasks_of_one_letter_have_half_hours_of_their_own_and_the_first_deadline_chooses_first() {
    // Of the last one the briefing is wanted on Thursday already. With little time left there is one half hour less than tasks.
    let tasks = "t2 | acme: Patch | 2030-05-11T14:00Z..2030-05-11T15:00Z\nt3 | acme: Failover | 2030-05-09T18:00Z..2030-05-09T19:00Z";
    let world = world("2030-05-08T12:00Z").has("tasks", &format!("{SATURDAY}\n{tasks}"));
    assert_snapshot!(brought(&world), @"
    2030-05-07T09:15Z PUBLISH #0 2030-05-09T18:00Z acme, Failover (briefing wanted)
    2030-05-07T09:15Z PUBLISH #0 2030-05-07T09:30Z Write the briefing: acme, Failover
    2030-05-08T09:15Z PUBLISH #0 2030-05-09T18:00Z acme, Failover (briefing wanted)
    2030-05-08T09:15Z PUBLISH #2 2030-05-08T09:30Z Write the briefing: acme, Failover
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z PUBLISH #0 2030-05-08T10:00Z Write the briefing: acme, Upgrade
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T14:00Z acme, Patch (briefing wanted)
    2030-05-08T09:15Z PUBLISH #0 2030-05-08T10:30Z Write the briefing: acme, Patch
    ");
    let meetings = "m1 | Offsite | 2030-05-08T10:00Z..2030-05-08T17:00Z\nm2 | Offsite | 2030-05-09T08:00Z..2030-05-09T17:00Z\n\
                    m3 | Offsite | 2030-05-10T09:30Z..2030-05-10T17:00Z";
    assert_snapshot!(brought(&world.has("own", meetings)), @"
    2030-05-07T09:15Z PUBLISH #0 2030-05-09T18:00Z acme, Failover (briefing wanted)
    2030-05-07T09:15Z PUBLISH #0 2030-05-07T09:30Z Write the briefing: acme, Failover
    2030-05-08T09:15Z PUBLISH #0 2030-05-09T18:00Z acme, Failover (briefing wanted)
    2030-05-08T09:15Z PUBLISH #2 2030-05-08T09:30Z Write the briefing: acme, Failover
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z PUBLISH #0 2030-05-10T09:00Z Write the briefing: acme, Upgrade
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T14:00Z acme, Patch (briefing wanted)
    ");
}

#[test]
fn a_list_before_a_leave_brings_what_the_requests_would_have_brought_that_it_stands_in_for() {
    let tasks = "t1 | acme: Upgrade | 2030-05-14T10:00Z..2030-05-14T12:00Z\nt2 | acme: Patch | 2030-05-15T10:00Z..2030-05-15T12:00Z";
    let world = World::of_ada("2030-05-06T00:00Z", "2030-05-09T12:00Z").set("mail", "invite", "true").has("tasks", tasks);
    let world = world.has("leave", "v1 | ada: vacation | 2030-05-13..2030-05-18");
    let world = world.shows("tasks", "2030-05-08T10:00Z", &format!("{tasks} | STATUS:CANCELLED"));
    let listed = world.clone().leads(&["3 working days"]);
    assert_snapshot!(check(&listed), @"
    2030-05-07T09:15Z ada before-leave [t1 t2]
    2030-05-08T10:30Z ada retraction t2: it was cancelled
    ");
    assert_snapshot!(brought(&listed), @"
    2030-05-07T09:15Z REQUEST #0 2030-05-14T10:00Z acme, Upgrade (briefing wanted)
    2030-05-07T09:15Z REQUEST #0 2030-05-07T09:30Z Write the briefing: acme, Upgrade
    2030-05-07T09:15Z REQUEST #0 2030-05-15T10:00Z acme, Patch (briefing wanted)
    2030-05-07T09:15Z REQUEST #0 2030-05-07T10:00Z Write the briefing: acme, Patch
    2030-05-08T10:30Z CANCEL #2 2030-05-15T10:00Z acme, Patch
    2030-05-08T10:30Z CANCEL #4 2030-05-15T10:00Z Write the briefing: acme, Patch
    ");
    // Of what it only names nobody is asked to write yet.
    assert_snapshot!(brought(&world.leads(&["2 working days"])), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-14T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-08T09:15Z REQUEST #0 2030-05-15T10:00Z acme, Patch (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T10:00Z Write the briefing: acme, Patch
    2030-05-08T10:30Z CANCEL #2 2030-05-15T10:00Z acme, Patch
    2030-05-08T10:30Z CANCEL #4 2030-05-15T10:00Z Write the briefing: acme, Patch
    ");
}

#[test]
fn what_an_earlier_letter_proposed_for_another_task_is_taken_until_nobody_needs_it() {
    let two = format!("{SATURDAY}\nt2 | acme: Patch | 2030-05-12T10:00Z..2030-05-12T12:00Z");
    let world = world("2030-05-08T12:00Z").set("mail", "invite", "true").shows("tasks", "2030-05-08T09:20Z", &two);
    assert_snapshot!(brought(&world), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-08T09:20Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-08T09:20Z REQUEST #0 2030-05-08T10:00Z Write the briefing: acme, Patch
    ");
    assert_snapshot!(brought(&world.says("bob", "2030-05-08T09:17Z", "t1", "done")), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-08T09:20Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-08T09:20Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Patch
    2030-05-08T09:20Z CANCEL #1 2030-05-11T10:00Z Write the briefing: acme, Upgrade
    ");
}

#[test]
fn an_invitation_stays_where_it_is_when_a_later_letter_finds_no_time_and_goes_when_it_is_written() {
    let all_day = "m1 | Offsite | 2030-05-09T08:00Z..2030-05-09T17:00Z\nm2 | Offsite | 2030-05-10T09:00Z..2030-05-10T17:00Z";
    let two = format!("{SATURDAY}\nt2 | acme: Patch | 2030-05-12T10:00Z..2030-05-12T12:00Z");
    let world = world("2030-05-11T00:00Z").set("mail", "invite", "true").has("own", all_day);
    let world = world.shows("tasks", "2030-05-09T14:00Z", &two).says("bob", "2030-05-09T13:00Z", "t1", "done");
    assert_snapshot!(brought(&world), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T14:00Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-09T14:00Z CANCEL #3 2030-05-11T10:00Z Write the briefing: acme, Upgrade
    ");
}

#[test]
fn a_proposal_that_was_taken_over_is_no_meeting() {
    let world = world("2030-05-11T00:00Z");
    let taken_over = world.clone().has(
        "own",
        &format!("{} | Write the briefing | 2030-05-09T09:00Z..2030-05-09T10:00Z", crate::calendar::write::uid("briefing", &["t", "ada"])),
    );
    assert_eq!(brought(&world), brought(&taken_over));
}

#[test]
fn invitations_follow_a_task_that_moves_and_go_with_it() {
    let world = world("2030-05-17T12:00Z").set("mail", "invite", "true").shows("tasks", "2030-05-09T10:00Z", LATER);
    let cancelled = world.shows("tasks", "2030-05-16T10:00Z", &format!("{LATER} | STATUS:CANCELLED"));
    assert_snapshot!(check(&cancelled), @"
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
    2030-05-09T09:15Z ada briefing-request (1 working day) t1
    2030-05-09T10:30Z ada task-changed t1: it was moved
    2030-05-15T09:15Z ada briefing-request (2 working days) t1
    2030-05-16T09:15Z ada briefing-request (1 working day) t1
    2030-05-16T10:30Z ada retraction t1: it was cancelled
    ");
    assert_snapshot!(brought(&cancelled), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T09:15Z REQUEST #2 2030-05-09T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T10:30Z REQUEST #1 2030-05-18T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T10:30Z REQUEST #5 2030-05-09T10:30Z Write the briefing: acme, Upgrade
    2030-05-15T09:15Z REQUEST #3 2030-05-18T10:00Z acme, Upgrade (briefing wanted)
    2030-05-15T09:15Z REQUEST #9 2030-05-15T09:30Z Write the briefing: acme, Upgrade
    2030-05-16T09:15Z REQUEST #3 2030-05-18T10:00Z acme, Upgrade (briefing wanted)
    2030-05-16T09:15Z REQUEST #11 2030-05-16T09:30Z Write the briefing: acme, Upgrade
    2030-05-16T10:30Z CANCEL #5 2030-05-18T10:00Z acme, Upgrade
    2030-05-16T10:30Z CANCEL #15 2030-05-18T10:00Z Write the briefing: acme, Upgrade
    ");
}

#[test]
fn the_half_hour_goes_when_the_briefing_is_written() {
    // It goes with the next letter about the task: here another ticket, which makes no briefing stale.
    let ticket = |number: u8| format!("{SATURDAY} | URL:https://tickets.example.com/{number}");
    let world = world("2030-05-11T00:00Z").set("mail", "invite", "true").has("tasks", &ticket(1));
    let world = world.shows("tasks", "2030-05-09T10:00Z", &ticket(2));
    assert_snapshot!(brought(&world.says("ada", "2030-05-09T09:40Z", "t1", "done")), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T09:15Z REQUEST #2 2030-05-09T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T10:30Z REQUEST #1 2030-05-11T10:00Z acme, Upgrade
    2030-05-09T10:30Z CANCEL #6 2030-05-11T10:00Z Write the briefing: acme, Upgrade
    ");
}

/// Ada is invited to write for a task on Saturday and asked for another one the day after.
fn invited() -> World {
    let two = format!("{SATURDAY}\nt2 | acme: Patch | 2030-05-12T10:00Z..2030-05-12T12:00Z");
    let world = World::new("2030-05-06T00:00Z", "2030-05-11T00:00Z").engineer("ada", "").engineer("bob", "");
    let world = world.account("acme", "engineers = [\"ada\", \"bob\"]").set("mail", "invite", "true");
    world.leads(&["2 working days", "1 working day", "2 working hours"]).has("tasks", &two)
}

#[test]
fn a_half_hour_that_nobody_needs_any_more_goes_with_the_next_letter_whatever_it_is_about() {
    // Said before the proposed time is over, which here begins a quarter past nine.
    let deeds = [("2030-05-08T09:20Z", "t1", Deed::Writes("bob"))];
    let letters = played(&invited(), &deeds);
    assert_snapshot!(rows(&letters), @"
    2030-05-08T09:15Z ada briefing-request (2 working days) t1
                    + ada briefing-request (2 working days) t2
    2030-05-09T09:15Z ada briefing-request (1 working day) t2
    2030-05-10T15:00Z ada briefing-request (2 working hours) t2
    2030-05-10T17:00Z boss@ escalation (manager) t2
    ");
    assert_snapshot!(events(letters), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-08T09:15Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T10:00Z Write the briefing: acme, Patch
    2030-05-09T09:15Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-09T09:15Z REQUEST #2 2030-05-09T09:30Z Write the briefing: acme, Patch
    2030-05-09T09:15Z CANCEL #1 2030-05-11T10:00Z Write the briefing: acme, Upgrade
    2030-05-10T15:00Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-10T15:00Z REQUEST #4 2030-05-10T15:00Z Write the briefing: acme, Patch
    ");
}

#[test]
fn a_half_hour_goes_though_its_holder_gave_the_briefing_away_and_comes_anew_when_that_is_undone() {
    let deeds = [("2030-05-08T09:20Z", "t1", Deed::Hands("ada", "bob")), ("2030-05-09T12:00Z", "t1", Deed::Undoes("2030-05-08T09:20Z"))];
    assert_snapshot!(events(played(&invited(), &deeds)), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-08T09:15Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T10:00Z Write the briefing: acme, Patch
    2030-05-08T09:20Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:20Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-09T09:15Z REQUEST #2 2030-05-09T09:30Z Write the briefing: acme, Patch
    2030-05-09T09:15Z CANCEL #1 2030-05-11T10:00Z Write the briefing: acme, Upgrade
    2030-05-09T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T09:15Z REQUEST #2 2030-05-09T09:30Z Write the briefing: acme, Upgrade
    2030-05-09T12:00Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-09T12:00Z REQUEST #2 2030-05-09T12:00Z Write the briefing: acme, Upgrade
    2030-05-09T12:30Z CANCEL #1 2030-05-11T10:00Z acme, Upgrade
    2030-05-09T12:30Z CANCEL #5 2030-05-11T10:00Z Write the briefing: acme, Upgrade
    2030-05-10T15:00Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-10T15:00Z REQUEST #4 2030-05-10T15:00Z Write the briefing: acme, Upgrade
    2030-05-10T15:00Z REQUEST #0 2030-05-12T10:00Z acme, Patch (briefing wanted)
    2030-05-10T15:00Z REQUEST #4 2030-05-10T15:30Z Write the briefing: acme, Patch
    ");
}

#[test]
fn who_wants_no_files_gets_none_and_invitations_are_each_engineers_choice() {
    assert_eq!(brought(&world("2030-05-11T00:00Z").set("mail", "attach", "false")), "");
    let invited = World::new("2030-05-06T00:00Z", "2030-05-09T00:00Z").engineer("ada", "invite = true").engineer("bob", "");
    let both = invited.account("acme", "engineers = [\"ada\"]").account("globex", "engineers = [\"bob\"]");
    let tasks = format!("{SATURDAY}\nt2 | globex: Move | 2030-05-11T10:00Z..2030-05-11T12:00Z");
    assert_snapshot!(brought(&both.leads(&["2 working days"]).has("tasks", &tasks)), @"
    2030-05-08T09:15Z REQUEST #0 2030-05-11T10:00Z acme, Upgrade (briefing wanted)
    2030-05-08T09:15Z REQUEST #0 2030-05-08T09:30Z Write the briefing: acme, Upgrade
    2030-05-08T09:15Z PUBLISH #0 2030-05-11T10:00Z globex, Move (briefing wanted)
    2030-05-08T09:15Z PUBLISH #0 2030-05-08T09:30Z Write the briefing: globex, Move
    ");
}
