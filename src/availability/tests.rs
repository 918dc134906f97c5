//! Hours, deadlines, leads and spells of the room above, as stories about one engineer.

use super::*;
use crate::people::{Address, FeedName};

/// Hours by name: a week of office days unless said otherwise.
fn engineer(zone: &str, week: &str) -> Engineer {
    let days = week.split(';').map(str::trim).filter(|day| !day.is_empty()).map(|day| {
        let (name, stretches) = day.split_once(' ').unwrap();
        let weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|known| *known == name).unwrap();
        let weekday = jiff::civil::Weekday::from_monday_zero_offset(i8::try_from(weekday).unwrap()).unwrap();
        (weekday, stretches.split(',').map(stretch).collect::<Vec<_>>())
    });
    Engineer {
        id: "ada".parse().unwrap(),
        name: "Ada".to_owned(),
        email: "ada@example.com".parse::<Address>().unwrap(),
        aliases: Vec::new(),
        team: None,
        zone: zone.parse().unwrap(),
        hours: Hours::new(days),
        feeds: Vec::new(),
        holidays: Vec::new(),
    }
}

fn stretch(text: &str) -> Stretch {
    let minutes = |clock: &str| {
        let (hour, minute) = clock.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let (from, until) = text.split_once('-').unwrap();
    let (from, until) = (minutes(from), minutes(until));
    Stretch { from, until: if until <= from { until + 1440 } else { until } }
}

const OFFICE: &str = "mon 9:00-17:00; tue 9:00-17:00; wed 9:00-17:00; thu 9:00-17:00; fri 9:00-17:00";

/// An absence: `2030-05-01..2030-05-03` is dates, `2030-05-01T09:00Z..2030-05-01T12:00Z` instants.
fn absence(text: &str) -> Absence {
    let (from, until) = text.split_once("..").unwrap();
    let away = match (from.parse::<Timestamp>(), until.parse::<Timestamp>()) {
        (Ok(from), Ok(until)) => Away::Stretch(Window::new(from, until).unwrap()),
        _ => Away::Dates { first: from.parse().unwrap(), until: until.parse().unwrap() },
    };
    let feed: FeedName = "leave".parse().unwrap();
    Absence { engineer: "ada".parse().unwrap(), away, cause: Cause::Leave, title: "PTO".to_owned(), feed, uid: "1".to_owned() }
}

fn availability(zone: &str, week: &str, absences: &[&str], from: &str, until: &str) -> Availability {
    let absences: Vec<Absence> = absences.iter().map(|text| absence(text)).collect();
    let span = Window::new(at(from), at(until)).unwrap();
    Availability::of(&engineer(zone, week), &absences, span)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When they are there on the given UTC days.
fn check(zone: &str, week: &str, absences: &[&str], from: &str, until: &str) -> Vec<String> {
    let availability = availability(zone, week, absences, from, until);
    let frame = Window::new(at(from), at(until)).unwrap();
    availability.free().within(frame).iter().map(|window| format!("{} {}", window.start(), window.end())).collect()
}

const SETTLE: SignedDuration = SignedDuration::from_mins(15);

#[test]
fn a_shift_through_the_spring_night_loses_the_hour_in_the_gap() {
    let rows = check("Europe/Berlin", "sat 22:00-6:00", &[], "2027-03-27T12:00Z", "2027-03-28T12:00Z");
    assert_eq!(rows, ["2027-03-27T21:00:00Z 2027-03-28T04:00:00Z"]);
}

#[test]
fn a_start_in_the_gap_means_the_first_instant_after_it_and_a_stretch_wholly_inside_is_nothing() {
    let rows = check("Europe/Berlin", "sun 2:30-5:00", &[], "2027-03-28T00:00Z", "2027-03-28T12:00Z");
    assert_eq!(rows, ["2027-03-28T01:00:00Z 2027-03-28T03:00:00Z"]);
    let none = check("Europe/Berlin", "sun 2:10-2:50", &[], "2027-03-28T00:00Z", "2027-03-28T12:00Z");
    assert!(none.is_empty(), "{none:?}");
}

#[test]
fn a_repeated_hour_counts_from_its_first_start_to_its_last_end() {
    let rows = check("Europe/Berlin", "sun 2:00-2:30", &[], "2026-10-25T00:00Z", "2026-10-25T12:00Z");
    assert_eq!(rows, ["2026-10-25T00:00:00Z 2026-10-25T01:30:00Z"]);
}

#[test]
fn a_shift_across_midnight_belongs_to_the_day_it_starts_on() {
    // Leave on Tuesday takes the shift that starts on Tuesday evening and leaves Monday's alone.
    let rows =
        check("America/Vancouver", "mon 22:00-6:00; tue 22:00-6:00", &["2027-02-02..2027-02-03"], "2027-02-01T12:00Z", "2027-02-04T12:00Z");
    assert_eq!(rows, ["2027-02-02T05:00:00Z 2027-02-02T13:00:00Z"]);
}

#[test]
fn vancouver_keeps_one_offset_all_through_2027() {
    let winter = check("America/Vancouver", "fri 9:00-17:00", &[], "2027-01-15T00:00Z", "2027-01-16T12:00Z");
    let summer = check("America/Vancouver", "fri 9:00-17:00", &[], "2027-07-16T00:00Z", "2027-07-17T12:00Z");
    assert_eq!(
        (winter, summer),
        (vec!["2027-01-15T16:00:00Z 2027-01-16T00:00:00Z".to_owned()], vec!["2027-07-16T16:00:00Z 2027-07-17T00:00:00Z".to_owned()])
    );
}

#[test]
fn a_part_time_week_counts_only_its_own_days_back() {
    let availability = availability("UTC", "mon 9:00-12:00; wed 9:00-12:00", &[], "2030-04-01T00:00Z", "2030-06-01T00:00Z");
    let deadline = availability.deadline(at("2030-05-03T22:00Z")).unwrap();
    assert_eq!(deadline, at("2030-05-01T12:00Z"));
    let lead = |text: &str| availability.lead(text.parse().unwrap(), deadline, SETTLE).unwrap().to_string();
    assert_eq!(lead("1 working day"), "2030-04-29T09:15:00Z");
    assert_eq!(lead("3 working days"), "2030-04-22T09:15:00Z");
    // Two hours end inside Wednesday; six end at Monday's start and mean the later instant of that boundary.
    assert_eq!(lead("2 working hours"), "2030-05-01T10:00:00Z");
    assert_eq!(lead("3 working hours"), "2030-05-01T09:00:00Z");
    assert_eq!(lead("6 working hours"), "2030-04-29T09:00:00Z");
}

#[test]
fn three_working_days_across_a_weekend_and_a_holiday_are_six_calendar_days() {
    // Friday 3 May 2030 to Thursday 9 May with Monday off: Thursday counts, then Wednesday, Tuesday and Friday.
    let availability = availability("UTC", OFFICE, &["2030-05-06..2030-05-07"], "2030-04-01T00:00Z", "2030-06-01T00:00Z");
    let deadline = availability.deadline(at("2030-05-09T22:00Z")).unwrap();
    let lead = availability.lead("3 working days".parse().unwrap(), deadline, SETTLE).unwrap();
    assert_eq!((deadline.to_string(), lead.to_string()), ("2030-05-09T17:00:00Z".to_owned(), "2030-05-03T09:15:00Z".to_owned()));
}

#[test]
fn a_deadline_lies_before_a_leave_and_is_the_start_itself_when_they_are_there() {
    let leave = availability("UTC", OFFICE, &["2030-05-02..2030-05-13"], "2030-04-01T00:00Z", "2030-06-01T00:00Z");
    assert_eq!(leave.deadline(at("2030-05-11T22:00Z")), Some(at("2030-05-01T17:00Z")));
    assert_eq!(leave.deadline(at("2030-05-01T12:00Z")), Some(at("2030-05-01T12:00Z")));
}

#[test]
fn a_letter_waits_until_they_have_settled() {
    let availability = availability("UTC", "mon 9:00-17:00; tue 9:00-9:10", &[], "2030-05-01T00:00Z", "2030-05-20T00:00Z");
    let arrive = |due: &str| availability.arrive(at(due), SETTLE).unwrap().to_string();
    assert_eq!(arrive("2030-05-04T12:00Z"), "2030-05-06T09:15:00Z");
    assert_eq!(arrive("2030-05-06T09:00Z"), "2030-05-06T09:15:00Z");
    assert_eq!(arrive("2030-05-06T11:11Z"), "2030-05-06T11:11:00Z");
    // A stretch no longer than that is taken from its start, and from inside it.
    assert_eq!(arrive("2030-05-06T17:00Z"), "2030-05-07T09:00:00Z");
    assert_eq!(arrive("2030-05-07T09:05Z"), "2030-05-07T09:05:00Z");
    assert_eq!(availability.arrive(at("2030-06-10T00:00Z"), SETTLE), None);
}

#[test]
fn a_stretch_just_as_long_as_settling_takes_is_reached_at_its_start() {
    let availability = availability("UTC", "mon 9:00-9:15,12:00-13:00", &[], "2030-05-06T00:00Z", "2030-05-07T00:00Z");
    let arrive = |due: &str| availability.arrive(at(due), SETTLE).unwrap().to_string();
    assert_eq!(arrive("2030-05-06T08:00Z"), "2030-05-06T09:00:00Z");
    assert_eq!(arrive("2030-05-06T09:15Z"), "2030-05-06T12:15:00Z");
}

#[test]
fn work_is_what_the_hours_say_and_no_leave_takes_from_it() {
    let availability = availability("UTC", OFFICE, &["2030-05-06..2030-05-07"], "2030-05-06T00:00Z", "2030-05-08T00:00Z");
    let days = |windows: &Windows| windows.iter().map(|window| window.start().to_string()).collect::<Vec<_>>();
    assert_eq!(days(availability.work())[..2], ["2030-05-06T09:00:00Z", "2030-05-07T09:00:00Z"]);
    assert_eq!(days(availability.free())[0], "2030-05-07T09:00:00Z");
}

#[test]
fn a_spell_touches_what_shares_an_instant_with_it_and_an_instant_counts() {
    let spell = |end: Option<&str>| Spell { start: at("2030-05-06T12:00Z"), end: end.map(at), missed: SignedDuration::ZERO };
    let rows = [
        ("2030-05-06T11:00Z", "2030-05-06T12:00Z", false),
        ("2030-05-06T11:00Z", "2030-05-06T12:01Z", true),
        ("2030-05-06T13:59Z", "2030-05-06T20:00Z", true),
        ("2030-05-06T14:00Z", "2030-05-06T20:00Z", false),
        ("2030-05-06T11:59Z", "2030-05-06T11:59Z", false),
        ("2030-05-06T12:00Z", "2030-05-06T12:00Z", true),
        ("2030-05-06T13:00Z", "2030-05-06T13:00Z", true),
        ("2030-05-06T14:00Z", "2030-05-06T14:00Z", false),
    ];
    for (start, end, touches) in rows {
        assert_eq!(spell(Some("2030-05-06T14:00Z")).touches(at(start), at(end)), touches, "{start} {end}");
    }
    assert!(spell(None).touches(at("2031-01-01T00:00Z"), at("2031-01-01T00:00Z")));
    assert!(!spell(None).touches(at("2030-05-06T11:00Z"), at("2030-05-06T11:00Z")));
}

#[test]
fn a_lunch_break_is_presence_and_no_spell_and_a_long_one_is_both() {
    let lunch = availability("UTC", "mon 9:00-12:00,13:00-17:00", &[], "2030-05-06T00:00Z", "2030-05-06T23:00Z");
    assert!(lunch.present().contains(at("2030-05-06T12:30Z")));
    assert!(!lunch.free().contains(at("2030-05-06T12:30Z")));
    let split = availability("UTC", "mon 9:00-12:00,15:00-17:00", &[], "2030-05-06T00:00Z", "2030-05-06T23:00Z");
    assert!(!split.present().contains(at("2030-05-06T13:00Z")));
    let spells: Vec<String> = split.spells().iter().map(|spell| spell.start.to_string()).collect();
    assert_eq!(spells, ["2030-05-06T12:00:00Z", "2030-05-06T17:00:00Z"]);
}

#[test]
fn a_spell_is_a_leave_from_four_missed_hours_on() {
    let min = SignedDuration::from_hours(4);
    let spells = |absences: &[&str]| {
        let availability = availability("UTC", OFFICE, absences, "2030-05-06T00:00Z", "2030-05-11T00:00Z");
        let leaves = availability
            .spells()
            .iter()
            .filter(|spell| spell.is_leave(min))
            .map(|spell| format!("{} {}", spell.start, spell.end.map(|end| end.to_string()).unwrap_or_default()));
        leaves.collect::<Vec<_>>()
    };
    assert!(spells(&[]).is_empty());
    assert!(spells(&["2030-05-07T10:00Z..2030-05-07T13:00Z"]).is_empty(), "three hours at the dentist");
    assert_eq!(spells(&["2030-05-07T13:00Z..2030-05-07T17:00Z"]), ["2030-05-07T13:00:00Z 2030-05-08T09:00:00Z"]);
    assert_eq!(spells(&["2030-05-08..2030-05-09"]), ["2030-05-07T17:00:00Z 2030-05-09T09:00:00Z"]);
}

#[test]
fn every_uncovered_hour_has_its_cause() {
    let availability = availability("UTC", OFFICE, &["2030-05-09..2030-05-11"], "2030-05-01T00:00Z", "2030-05-20T00:00Z");
    let part = Window::new(at("2030-05-08T20:00Z"), at("2030-05-13T06:00Z")).unwrap();
    let rows: Vec<String> = availability.causes(part).iter().map(|(window, off)| format!("{} {off:?}", window.start())).collect();
    assert_eq!(
        rows,
        [
            "2030-05-08T20:00:00Z OutsideHours",
            "2030-05-09T00:00:00Z Away(Leave)",
            "2030-05-11T00:00:00Z Weekend",
            "2030-05-13T00:00:00Z OutsideHours",
        ]
    );
}

#[test]
fn the_evening_before_a_weekend_is_outside_hours_until_midnight() {
    let availability = availability("Europe/Berlin", OFFICE, &[], "2030-05-01T00:00Z", "2030-05-20T00:00Z");
    let part = Window::new(at("2030-05-10T17:00Z"), at("2030-05-13T06:00Z")).unwrap();
    let rows: Vec<String> = availability.causes(part).iter().map(|(window, off)| format!("{} {off:?}", window.start())).collect();
    assert_eq!(rows, ["2030-05-10T17:00:00Z OutsideHours", "2030-05-10T22:00:00Z Weekend", "2030-05-12T22:00:00Z OutsideHours"]);
}

#[test]
fn a_digest_outlives_five_working_days_and_no_more() {
    let availability = availability("UTC", OFFICE, &[], "2030-05-01T00:00Z", "2030-06-01T00:00Z");
    let later = |text: &str| availability.later(text.parse().unwrap(), at("2030-05-06T09:00Z")).unwrap().to_string();
    assert_eq!(later("5 working days"), "2030-05-13T09:00:00Z");
    assert_eq!(later("2 working hours"), "2030-05-06T11:00:00Z");
}

/// The half hour found for somebody in Berlin, there from 9 to 17 but for a break, who has these meetings (UTC, 1 May 2030).
fn slot(zone: &str, meetings: &[&str], from: &str, until: &str) -> String {
    let week = "wed 9:00-12:00,13:00-17:00; thu 9:00-17:00";
    let availability = availability(zone, week, &[], "2030-05-01T00:00Z", "2030-05-03T00:00Z");
    let on_the_day = |time: &str| at(&format!("2030-05-01T{time}Z"));
    let meetings = meetings.iter().map(|text| {
        let (start, end) = text.split_once('-').unwrap();
        Window::new(on_the_day(start), on_the_day(end)).unwrap()
    });
    let half_an_hour = SignedDuration::from_mins(30);
    let found = availability.free_slot(&meetings.collect(), at(from), at(until), half_an_hour);
    found.map_or("none".to_owned(), |slot| format!("{}..{}", slot.start(), slot.end()))
}

#[test]
fn a_half_hour_without_meetings_begins_at_a_full_or_half_hour() {
    let thursday = "2030-05-02T15:00Z";
    let check = |meetings: &[&str], from: &str| slot("Europe/Berlin", meetings, from, thursday);
    assert_eq!(check(&[], "2030-05-01T07:00Z"), "2030-05-01T07:00:00Z..2030-05-01T07:30:00Z");
    assert_eq!(check(&[], "2030-05-01T07:15Z"), "2030-05-01T07:30:00Z..2030-05-01T08:00:00Z");
    assert_eq!(check(&[], "2030-05-01T07:00:00.5Z"), "2030-05-01T07:30:00Z..2030-05-01T08:00:00Z");
    // What is left between two meetings must hold it whole, and so must what is left before a break.
    let morning = ["07:00-08:10", "08:45-09:05"];
    assert_eq!(check(&morning, "2030-05-01T07:00Z"), "2030-05-01T09:30:00Z..2030-05-01T10:00:00Z");
    assert_eq!(check(&["07:00-09:31"], "2030-05-01T07:00Z"), "2030-05-01T11:00:00Z..2030-05-01T11:30:00Z");
    assert_eq!(check(&["07:00-15:00"], "2030-05-01T07:00Z"), "2030-05-02T07:00:00Z..2030-05-02T07:30:00Z");
}

#[test]
fn half_hours_are_those_of_their_own_clock() {
    // Nepal is 5:45 ahead.
    assert_eq!(slot("Asia/Kathmandu", &[], "2030-05-01T04:00Z", "2030-05-02T11:00Z"), "2030-05-01T04:15:00Z..2030-05-01T04:45:00Z");
}

#[test]
fn where_meetings_or_absence_leave_nothing_there_is_no_half_hour() {
    let check = |meetings: &[&str], until: &str| slot("Europe/Berlin", meetings, "2030-05-01T07:05Z", until);
    assert_eq!(check(&["07:00-15:00"], "2030-05-01T15:00Z"), "none");
    assert_eq!(check(&["07:00-10:00", "11:00-14:45"], "2030-05-01T15:00Z"), "none");
    assert_eq!(check(&[], "2030-05-01T08:00Z"), "2030-05-01T07:30:00Z..2030-05-01T08:00:00Z");
    assert_eq!(check(&[], "2030-05-01T07:55Z"), "none");
    assert_eq!(check(&[], "2030-05-01T07:05Z"), "none");
    assert_eq!(slot("Europe/Berlin", &[], "2030-05-01T15:00Z", "2030-05-02T07:00Z"), "none");
}
