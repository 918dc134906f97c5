//! Leave and holidays: which entries count, for whom, and for when.

use super::*;

/// A day of leave.
const DAY: &str = "2026-12-01/2026-12-02";

/// Who is away when by one event, then what matched nobody.
fn check_by(role: &FeedRole, when: &str, event: Event, reading: &Reading) -> String {
    let agenda = sheet(role, &[at(when, event)], &team(), &Matcher::new(&team()), reading);
    let away = |absence: &Absence| match absence.away {
        Away::Dates { first, until } => format!("{} {}..{}", absence.engineer, first.strftime("%m-%d"), until.strftime("%m-%d")),
        Away::Stretch(window) => format!("{} {}", absence.engineer, shown(window.start(), window.end())),
    };
    let absences = agenda.absences.values().flatten().map(away);
    let unmatched = agenda.unmatched.iter().map(|(feed, title)| format!("nobody in {feed}: {title}"));
    absences.chain(unmatched).collect::<Vec<_>>().join(", ")
}

/// Who is away on a day by one event in the feed of that name.
fn check(feed: &str, event: Event) -> String {
    let role = FeedRole { every_event_is_absence: feed.ends_with("leave"), ..role(feed, &[Purpose::Absences]) };
    check_by(&role, DAY, event, &reading()).replace(" 12-01..12-02", "")
}

#[test]
fn in_a_personal_calendar_titles_that_mean_leave_count_and_meetings_do_not() {
    for (title, expected) in [
        ("PTO", "ada"),
        ("Out of office", "ada"),
        ("Weekly sync", ""),
        ("Working from home after sick leave", ""),
        ("Raj is OOO", ""),
        ("OOO raj@example.com", ""),
        ("OOO raj@elsewhere.example", "ada"),
        ("Ada Lovelace OOO", "ada"),
        ("Ada and Raj Patel OOO", ""),
        ("Vacation in Rajasthan", "ada"),
    ] {
        assert_eq!(check("ada", event(title)), expected, "{title}");
    }
}

#[test]
fn what_somebody_else_organises_is_not_the_owners_leave() {
    for (organizer, expected) in [
        ("<ada@example.com>", "ada"),
        ("<ADA@Example.com>", "ada"),
        ("<ada@lovelace.example>", "ada"),
        ("Ada Lovelace", "ada"),
        ("A. Lovelace <al@elsewhere.example>", "ada"),
        ("Ada's calendar <x1@group.calendar.google.com>", "ada"),
        ("<invalid:nomail>", "ada"),
        ("<raj@example.com>", ""),
        ("Ada Lovelace <raj@example.com>", ""),
        ("<hr@example.com>", ""),
        ("Bob", ""),
    ] {
        let event = Event { organizer: Some(party(organizer)), ..event("Vacation") };
        assert_eq!(check("ada", event), expected, "{organizer}");
    }
}

#[test]
fn an_out_of_office_mark_counts_whatever_the_title_says() {
    let marked = |title| Event { out_of_office: true, ..event(title) };
    for feed in ["ada", "team"] {
        assert_eq!(check(feed, marked("Ada: cover for school play")), "ada");
        assert_eq!(check(feed, Event { status: Status::Tentative, ..marked("ada") }), "ada");
        assert_eq!(check(feed, Event { status: Status::Cancelled, ..marked("ada") }), "");
        assert_eq!(check(feed, Event { attendees: vec![party("!<ada@example.com>")], ..marked("ada") }), "");
    }
    assert_eq!(check("ada", Event { organizer: Some(party("<raj@example.com>")), ..marked("Offsite") }), "ada");
}

#[test]
fn cancelled_and_declined_never_count_and_tentative_only_if_wanted() {
    for feed in ["ada", "team", "raj-leave", "team-leave"] {
        let who = if feed == "raj-leave" { "raj" } else { "ada" };
        let entry = || event(&format!("{who} on vacation"));
        assert_eq!(check(feed, entry()), who, "{feed}");
        assert_eq!(check(feed, Event { status: Status::Cancelled, ..entry() }), "", "{feed}");
        assert_eq!(check(feed, Event { status: Status::Tentative, ..entry() }), "", "{feed}");
        let attendees = vec![party(&format!("!<{who}@example.com>")), party("<annl@example.com>")];
        assert_eq!(check(feed, Event { attendees, ..entry() }), "", "{feed}");
        let attendees = vec![party("!<annl@example.com>")];
        assert_eq!(check(feed, Event { attendees, ..entry() }), who, "{feed}");
    }
    let reading = Reading { tentative: true, ..reading() };
    let tentative = Event { status: Status::Tentative, ..event("PTO") };
    assert_eq!(check_by(&role("ada", &[Purpose::Absences]), DAY, tentative, &reading), "ada 12-01..12-02");
}

#[test]
fn in_an_engineers_own_leave_system_every_event_counts() {
    for title in ["Sabbatical", "Weekly sync", "Ada Lovelace", ""] {
        assert_eq!(check("raj-leave", event(title)), "raj", "{title}");
    }
}

#[test]
fn a_feed_that_two_engineers_name_is_both_of_theirs() {
    assert_eq!(check("shared", event("Vacation")), "ada, annl");
    assert_eq!(check("shared", event("Ada on vacation")), "ada");
    assert_eq!(check("shared", Event { attendees: vec![party("!<annl@example.com>")], ..event("Vacation") }), "ada");
}

#[test]
fn in_a_team_feed_people_are_found_by_title_else_by_who_organises_and_attends() {
    let rows = [
        ("[Vacation] Ada Lovelace", "", "", "ada"),
        ("a. lovelace is OOO (out of office)", "", "", "ada"),
        ("Ann Lee is OOO", "", "", "annl"),
        ("Ann Lee-Smith is OOO", "", "", "anns"),
        ("Ann Lee and Ann Lee-Smith: vacation", "", "", "annl, anns"),
        ("Ann Lee-Jones is OOO", "", "", "nobody in team: Ann Lee-Jones is OOO"),
        ("OOO: raj@example.com", "", "", "raj"),
        ("OOO: raj@elsewhere.example", "", "", "nobody in team: OOO: raj@elsewhere.example"),
        ("Raj Patel's leave", "<ada@example.com>", "<annl@example.com>", "raj"),
        ("Vacation", "<hr@example.com>", "Raj Patel", "raj"),
        ("Vacation", "<ada@example.com>", "", "ada"),
        ("Vacation", "<ada@example.com>", "<raj@example.com>", "ada, raj"),
        ("Vacation of Grace", "<hr@example.com>", "", "nobody in team: Vacation of Grace"),
        ("Raj WFH, then on leave", "", "", ""),
        ("Raj: dentist", "", "", ""),
        ("Team lunch", "", "", ""),
    ];
    for (title, organizer, attendee, expected) in rows {
        let some = |text: &str| (!text.is_empty()).then(|| party(text));
        let event = Event { organizer: some(organizer), attendees: some(attendee).into_iter().collect(), ..event(title) };
        assert_eq!(check("team", event), expected, "{title} by {organizer} with {attendee}");
    }
}

#[test]
fn in_a_teams_leave_system_every_event_counts_but_what_is_said_to_be_none() {
    assert_eq!(check("team-leave", event("Raj: dentist")), "raj");
    assert_eq!(check("team-leave", event("[WFH] Raj Patel")), "");
    assert_eq!(check("team-leave", event("Grace: dentist")), "nobody in team-leave: Grace: dentist");
}

#[test]
fn what_matches_nobody_is_said_once() {
    let role = FeedRole { every_event_is_absence: true, ..role("team", &[Purpose::Absences]) };
    let entries = ["Zoe", "Bob", "Zoe ", "Bob"].map(|title| at(DAY, event(title)));
    let one = sheet(&role, &entries, &team(), &Matcher::new(&team()), &reading());
    let unmatched = merge([&one, &one]).unmatched.into_iter().map(|(_, title)| title).collect::<Vec<_>>();
    assert_eq!(unmatched, ["Bob", "Zoe"]);
}

#[test]
fn leave_systems_mean_local_days_and_halves_by_utc() {
    let rows = [
        ("2026-12-01T00:00Z/2026-12-02T00:00Z", "raj 12-01..12-02"),
        ("2026-12-01T00:00Z/2026-12-05T00:00Z", "raj 12-01..12-05"),
        ("2026-12-01T00:01Z/2026-12-01T23:59Z", "raj 12-01..12-02"),
        ("2026-12-01T00:01Z/2026-12-03T23:59Z", "raj 12-01..12-04"),
        ("2026-12-01T09:00Z/2026-12-01T13:00Z", "raj 12-01T03:30/12-01T07:30"),
        ("2026-12-01T13:00Z/2026-12-01T17:00Z", "raj 12-01T07:30/12-01T11:30"),
        ("2026-12-01T09:00Z/2026-12-01T17:00Z", "raj 12-01T03:30/12-01T11:30"),
        ("2026-12-01T10:00Z/2026-12-01T13:00Z", "raj 12-01T10:00/12-01T13:00"),
        ("2026-12-01T09:30Z/2026-12-01T13:00Z", "raj 12-01T09:30/12-01T13:00"),
        ("2026-12-01T23:00Z/2026-12-02T23:00Z", "raj 12-01T23:00/12-02T23:00"),
        ("2026-12-01T09:00Z/2026-12-01T09:00Z", ""),
        ("2026-12-01T00:00Z/2026-12-01T00:00Z", ""),
        ("2026-12-01/2026-12-03", "raj 12-01..12-03"),
    ];
    let every = FeedRole { every_event_is_absence: true, ..role("raj-leave", &[Purpose::Absences]) };
    for (when, expected) in rows {
        assert_eq!(check_by(&every, when, event("Leave"), &reading()), expected, "{when}");
    }
}

#[test]
fn times_stay_as_written_in_calendars_and_where_the_feed_is_literal() {
    let literal = FeedRole { every_event_is_absence: true, literal_times: true, ..role("raj-leave", &[Purpose::Absences]) };
    for (role, who) in [(literal, "raj"), (role("ada", &[Purpose::Absences]), "ada")] {
        let half = check_by(&role, "2026-12-01T09:00Z/2026-12-01T13:00Z", event("Leave"), &reading());
        assert_eq!(half, format!("{who} 12-01T09:00/12-01T13:00"));
        let day = check_by(&role, "2026-12-01T00:00Z/2026-12-02T00:00Z", event("Leave"), &reading());
        assert_eq!(day, format!("{who} 12-01T00:00/12-02T00:00"));
    }
}

#[test]
fn holidays_count_for_those_who_name_the_feed_and_observances_for_nobody() {
    let role = role("de-holidays", &[Purpose::Holidays]);
    let check = |event| check_by(&role, DAY, event, &reading()).replace(" 12-01..12-02", "");
    assert_eq!(check(event("Christmas")), "ada, annl, anns");
    assert_eq!(check(Event { description: "Observance".to_owned(), ..event("Advent") }), "");
    assert_eq!(check(event("Advent (observance)")), "");
    assert_eq!(check(Event { status: Status::Tentative, ..event("Eid") }), "");
    assert_eq!(check(Event { status: Status::Cancelled, ..event("Eid") }), "");
    let agenda = sheet(&role, &[at(DAY, event(" Christmas "))], &team(), &Matcher::new(&team()), &reading());
    let absence = &agenda.absences[&"ada".parse().unwrap()][0];
    assert_eq!((absence.cause, absence.title.as_str(), absence.uid.as_str()), (Cause::Holiday, "Christmas", "uid-1"));
}

#[test]
fn an_entry_of_several_people_tells_nobody_its_title() {
    let titles = |feed: &str, title: &str, marked: bool, organizer: &str, attendee: &str| {
        let some = |text: &str| (!text.is_empty()).then(|| party(text));
        let (organizer, attendees) = (some(organizer), some(attendee).into_iter().collect());
        let entry = Event { organizer, attendees, out_of_office: marked, ..event(title) };
        let agenda = sheet(&role(feed, &[Purpose::Absences]), &[at(DAY, entry)], &team(), &Matcher::new(&team()), &reading());
        let told = agenda.absences.values().flatten().map(|absence| format!("{}: {}", absence.engineer, absence.title));
        told.collect::<Vec<_>>().join(", ")
    };
    for (feed, title, marked, organizer, attendee, expected) in [
        ("team", "Raj: clinic, on leave", false, "", "", "raj: Raj: clinic, on leave"),
        ("team", "Raj: clinic, on leave, see Ada Lovelace", false, "", "", "ada: , raj: "),
        ("team", "clinic, on leave", false, "<raj@example.com>", "", "raj: clinic, on leave"),
        ("team", "clinic, on leave", false, "<hr@example.com>", "<raj@example.com>", "raj: clinic, on leave"),
        ("team", "clinic, on leave", false, "<ada@example.com>", "<raj@example.com>", "ada: , raj: "),
        ("team", "clinic, on leave", false, "<ada@example.com>", "!<raj@example.com>", "ada: "),
        ("team", "clinic, on leave, see Ada Lovelace", false, "<raj@example.com>", "", "ada: "),
        ("shared", "clinic, on leave", false, "", "", "ada: , annl: "),
        ("shared", "clinic", true, "<ada@example.com>", "", "ada: , annl: "),
        ("shared", "clinic, on leave", false, "", "!<annl@example.com>", "ada: "),
        ("shared", "clinic, on leave", false, "<ada@example.com>", "", "ada: clinic, on leave"),
        ("ada", "clinic", true, "<raj@example.com>", "", "ada: clinic"),
    ] {
        assert_eq!(titles(feed, title, marked, organizer, attendee), expected, "{title} by {organizer} with {attendee}");
    }
}

/// Whose meetings an event in the feed of that name is, and when.
fn meetings(feed: &str, when: &str, event: Event) -> String {
    let agenda = sheet(&role(feed, &[Purpose::Absences]), &[at(when, event)], &team(), &Matcher::new(&team()), &reading());
    let busy = agenda.busy.iter().flat_map(|(who, busy)| busy.iter().map(move |window| (who, window)));
    busy.map(|(who, window)| format!("{who} {}", shown(window.start(), window.end()))).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_takes_up_time_in_somebodys_own_calendar_and_is_no_leave_is_a_meeting() {
    let hour = "2026-12-01T09:00Z/2026-12-01T10:00Z";
    let sync = || event("Weekly sync");
    assert_eq!(meetings("ada", hour, sync()), "ada 12-01T09:00/12-01T10:00");
    assert_eq!(meetings("shared", hour, sync()), "ada 12-01T09:00/12-01T10:00, annl 12-01T09:00/12-01T10:00");
    assert_eq!(meetings("ada", hour, Event { status: Status::Tentative, ..sync() }), "ada 12-01T09:00/12-01T10:00");
    for (when, other) in [
        (hour, Event { transparent: true, ..sync() }),
        (hour, Event { status: Status::Cancelled, ..sync() }),
        (hour, Event { attendees: vec![party("!<ada@example.com>")], ..sync() }),
        (hour, event("PTO")),
        (hour, Event { out_of_office: true, ..sync() }),
        (hour, Event { uid: crate::calendar::write::uid("briefing", &["t1", "ada"]), ..sync() }),
        (DAY, sync()),
        ("2026-12-01T09:00Z/2026-12-01T09:00Z", sync()),
    ] {
        assert_eq!(meetings("ada", when, other.clone()), "", "{when} {other:?}");
    }
    assert_eq!(meetings("team", hour, sync()), "", "a team's calendar is nobody's own");
}

#[test]
fn what_offwatch_wrote_itself_is_neither_a_task_nor_leave() {
    let own = |title: &str| Event { uid: crate::calendar::write::uid("task", &["t1", "ada"]), ..event(title) };
    let all = [Purpose::Absences, Purpose::Tasks];
    let read = |event: Event| sheet(&role("ada", &all), &[at(DAY, event)], &team(), &Matcher::new(&team()), &reading());
    let (task, leave) = (read(event("ACME: Upgrade")), read(event("PTO")));
    assert_eq!((task.tasks.len(), leave.absences.len()), (1, 1));
    assert_eq!(read(own("ACME: Upgrade")), Agenda::default());
    assert_eq!(read(own("PTO")), Agenda::default());
}
