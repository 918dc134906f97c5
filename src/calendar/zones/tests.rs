//! What names of zones mean, told on small calendars.

use super::*;

/// Rules that never change, for a VTIMEZONE.
const FIXED: &str = "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nEND:STANDARD\n";

/// Reads `text` for 2026, floating times in Tokyo: every start as time of day in UTC, then what is odd.
fn read(text: &str) -> String {
    let span = Window::new("2026-01-01T00:00Z".parse().unwrap(), "2027-01-01T00:00Z".parse().unwrap()).unwrap();
    let read = crate::calendar::read(text.as_bytes(), span, &"Asia/Tokyo".parse().unwrap());
    let starts = read.found.iter().map(|found| found.when.placed(&Zone::utc()).0.strftime("%H%M").to_string());
    let problems = read.problems.iter().map(|odd| format!("\n{}: {}", odd.line.unwrap_or(0), odd.problem));
    starts.collect::<Vec<_>>().join(" ") + &problems.collect::<String>()
}

/// An event at noon of a date in 2026, in `name`.
fn event(date: &str, name: &str) -> String {
    format!("BEGIN:VEVENT\nUID:{date} {name}\nDTSTART;TZID={name}:2026{date}T120000\nDTEND;TZID={name}:2026{date}T130000\nEND:VEVENT\n")
}

/// A calendar with `head` in front of an event in January and one in July.
fn check(name: &str, head: &str) -> String {
    let name = format!("\"{name}\"");
    read(&format!("BEGIN:VCALENDAR\n{head}{}{}END:VCALENDAR\n", event("0115", &name), event("0715", &name)))
}

/// A VTIMEZONE.
fn own(name: &str, lines: &str) -> String {
    format!("BEGIN:VTIMEZONE\nTZID:{name}\n{lines}END:VTIMEZONE\n")
}

#[test]
fn every_zone_of_chrono_tz_is_found_by_its_name_in_any_case() {
    for zone in chrono_tz::TZ_VARIANTS {
        assert_eq!(iana(zone.name()).as_ref().map(Zone::name), Some(zone.name()));
        assert!(iana(&zone.name().to_uppercase()).is_some(), "{zone}");
    }
    assert_eq!(chrono_tz::TZ_VARIANTS.len(), 597);
}

#[test]
fn names_that_are_certain_are_silent() {
    for (name, found) in [
        ("Europe/Berlin", "1100 1000"),
        ("europe/berlin", "1100 1000"),
        ("America/Los Angeles", "2000 1900"),
        ("US/Pacific", "2000 1900"),
        ("EST", "1700 1700"),
        ("Etc/GMT-2", "1000 1000"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "1100 1000"),
        ("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", "1500 1500"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "1100 1000"),
        ("/softwarestudio.org/Olson_20011030_5/America/Chicago", "1800 1700"),
        ("/citadel.org/20190914_1/Europe/Berlin", "1100 1000"),
        ("/Europe/Stockholm", "1100 1000"),
        ("posix/Europe/Vaduz", "1100 1000"),
        ("tzone://Microsoft/Utc", "1200 1200"),
        ("W. Europe Standard Time", "1100 1000"),
        ("GMT Standard Time 1", "1200 1100"),
        ("Kamchatka Standard Time", "0000 0000"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "1100 1000"),
        ("(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna", "1100 1000"),
        ("UTC+2", "1000 1000"),
        ("GMT-0500", "1700 1700"),
    ] {
        assert_eq!(check(name, ""), found, "{name}");
    }
}

#[test]
fn a_guess_says_what_it_took() {
    for (name, found, said) in [
        ("(GMT-08:00) Pacific Time (US & Canada), Tijuana", "2000 1900", "not known by that name, read as `America/Los_Angeles`"),
        ("(UTC+01:00) Nowhere", "1100 1100", "not known by that name, read as the fixed offset +01, without summer time"),
        ("(GMT +01:00)", "1100 1100", "not known by that name, read as the fixed offset +01, without summer time"),
        ("Foo/Bar", "0300 0300", "not known by that name, read in the feed's zone"),
        ("US-Mountain", "0300 0300", "not known by that name, read in the feed's zone"),
        ("CST", "0300 0300", "not known by that name, read in the feed's zone"),
    ] {
        assert_eq!(check(name, ""), format!("{found}\n4: time zone `{name}`: {said}"));
    }
}

#[test]
fn each_guess_is_said_once_however_the_name_is_quoted() {
    let events = ["Foo", "\"Foo\"", "Foo ", "\" Foo\""].map(|name| event("0115", name)).concat();
    let found = read(&format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n"));
    assert_eq!(found, "0300 0300 0300 0300\n4: time zone `Foo`: not known by that name, read in the feed's zone");
}

#[test]
fn the_files_own_rules_win_over_every_name_but_that_of_a_place() {
    for name in [
        "Customized Time Zone",
        "GMT Standard Time 1",
        "GMT Standard Time",
        "EST",
        "UTC+2",
        "(UTC+01:00) Amsterdam, Berlin",
        "a/Europe/Berlin",
    ] {
        assert_eq!(check(name, &own(name, FIXED)), "0630 0630", "{name}");
    }
    for (name, found) in [("/example.org/Europe/Lisbon", "1200 1100"), ("UTC", "1200 1200")] {
        assert_eq!(check(name, &own(name, FIXED)), found, "{name}");
    }
}

#[test]
fn rules_that_cannot_be_used_give_way_to_the_name_and_that_is_said() {
    let said = "no usable rules in its VTIMEZONE, read";
    for (name, lines, found, taken) in [
        ("GMT Standard Time 1", "", "1200 1100", "as `Europe/London`"),
        ("Mine", "X-LIC-LOCATION:Europe/Berlin\n", "1100 1000", "as `Europe/Berlin`"),
        ("UTC+2", "", "1000 1000", "as the fixed offset +02, without summer time"),
        ("Mine", "", "0300 0300", "in the feed's zone"),
    ] {
        let line = if lines.is_empty() { 7 } else { 8 };
        assert_eq!(check(name, &own(name, lines)), format!("{found}\n{line}: time zone `{name}`: {said} {taken}"));
    }
    assert_eq!(check("Europe/Berlin", &own("Europe/Berlin", "")), "1100 1000");
}

#[test]
fn of_two_definitions_the_first_that_can_be_used_counts() {
    assert_eq!(check("Mine", &(own("Mine", "") + &own("Mine", FIXED) + &own("Mine", &FIXED.replace("05", "06")))), "0630 0630");
}

#[test]
fn a_place_is_where_the_database_says_and_that_is_said_if_it_moves_an_event() {
    // The rules of the United States until 2006, which would end summer time a week early: no event is touched.
    let rules = |autumn: &str| {
        own(
            "America/New_York",
            &format!(
                "BEGIN:DAYLIGHT\nDTSTART:19870405T020000\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n\
                 END:DAYLIGHT\nBEGIN:STANDARD\nDTSTART:19671029T020000\nRRULE:FREQ=YEARLY;BYMONTH={autumn};BYDAY=-1SU\n\
                 TZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n"
            ),
        )
    };
    assert_eq!(check("America/New_York", &rules("10")), "1700 1600");
    let said = "\n19: time zone `America/New_York`: its VTIMEZONE is not what the tz database has for 2026-07-15, the database is believed";
    assert_eq!(check("America/New_York", &rules("6")), format!("1700 1600{said}"));
}

#[test]
fn rules_for_a_place_that_stop_early_are_passed_over_in_silence() {
    let year = "BEGIN:STANDARD\nDTSTART:20241027T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\n\
                BEGIN:DAYLIGHT\nDTSTART:20240331T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n";
    assert_eq!(check("Europe/Berlin", &own("Europe/Berlin", year)), "1100 1000");
    let winter = "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n";
    assert_eq!(check("Europe/Berlin", &own("Europe/Berlin", winter)), "1100 1000");
}

#[test]
fn x_wr_timezone_places_what_has_no_zone_or_an_unknown_one() {
    let floating =
        |head: &str| read(&format!("BEGIN:VCALENDAR\n{head}BEGIN:VEVENT\nUID:a\nDTSTART:20260715T120000\nEND:VEVENT\nEND:VCALENDAR\n"));
    for (name, found) in [
        ("Europe/Berlin", "1000"),
        ("W. Europe Standard Time", "1000"),
        ("/example.org/2005/Europe/Berlin", "1000"),
        ("", "0300"),
        (" ", "0300"),
        ("Foo", "0300\n2: X-WR-TIMEZONE `Foo` is no known time zone, floating times are read in the feed's zone"),
        (
            "(UTC+01:00) Nowhere",
            "1100\n2: X-WR-TIMEZONE: time zone `(UTC+01:00) Nowhere`: not known by that name, \
             read as the fixed offset +01, without summer time",
        ),
    ] {
        assert_eq!(floating(&format!("X-WR-TIMEZONE:{name}\n")), found, "{name}");
    }
    assert_eq!(floating(""), "0300");
    assert_eq!(floating(&("X-WR-TIMEZONE:Mine\n".to_owned() + &own("Mine", FIXED))), "0630");
    let calendar = "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Foo\nEND:VCALENDAR\n";
    assert_eq!(read(&calendar.repeat(3)).lines().count(), 2);
    let unknown = check("Foo", "X-WR-TIMEZONE:W. Europe Standard Time\n");
    assert_eq!(unknown, "1100 1000\n5: time zone `Foo`: not known by that name, read in `W. Europe Standard Time` (X-WR-TIMEZONE)");
}

#[test]
fn only_zones_that_are_used_are_read_and_only_so_many() {
    let all: String = (0..10_000).map(|number| own(&format!("Mine {number}"), "BEGIN:STANDARD\nEND:STANDARD\n")).collect();
    let said = "time zone `Mine 7` has a rule without DTSTART or TZOFFSETTO that can be read, passed over";
    assert_eq!(check("Mine 7", &all).lines().nth(1), Some(format!("39: {said}").as_str()));
    assert_eq!(check("Mine 7", &all).lines().count(), 3);
    let events: Vec<String> = (0..400).map(|number| event("0115", &format!("Mine {number}"))).collect();
    let events = events.concat();
    let usable = all.replace("BEGIN:STANDARD\nEND:STANDARD\n", FIXED);
    let found = read(&format!("BEGIN:VCALENDAR\n{usable}{events}END:VCALENDAR\n"));
    assert_eq!((found.matches("0630").count(), found.matches("0300").count()), (300, 100));
    assert_eq!(found.matches("the file uses more than 300 VTIMEZONEs").count(), 1);
}
