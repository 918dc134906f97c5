//! Makes a calendar as a team of a few years has it: appointments, days off, series with exceptions. The same numbers
//! give the same bytes. Owns the mix; about 240 bytes an event.

#[path = "../../src/chaos/dice.rs"]
mod dice;

use std::fmt::Write as _;

use jiff::civil::{DateTime, date};
use jiff::{Span, ToSpan};

use self::dice::Dice;

/// The time zones of the feed, as most programs write them.
const ZONES: &str = "BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
";

/// The days from the first event to the last: four years from 2024 on.
const DAYS: i64 = 4 * 365;

/// What appointments are called.
const TITLES: [&str; 8] = [
    "Upgrade to the current release",
    "Cluster maintenance",
    "Migration of the archive",
    "Weekly review",
    "Handover",
    "Restore test, second site",
    "Customer call",
    "On site",
];

/// Words of descriptions.
const WORDS: [&str; 10] =
    ["the", "standby", "node", "follows", "after", "a", "fail-over\\,", "see", "https://wiki.example.com/runbook/17", "schließlich"];

/// When an event takes place, as it is written.
#[derive(Clone, Copy, Default)]
enum Written {
    /// Whole days.
    #[default]
    Days,
    /// UTC.
    Utc,
    /// The local time of a zone.
    Local(&'static str),
}

impl Written {
    /// A date-time property.
    fn property(self, name: &str, at: DateTime) -> String {
        match self {
            Self::Days => format!("{name};VALUE=DATE:{}", at.strftime("%Y%m%d")),
            Self::Utc => format!("{name}:{}", at.strftime("%Y%m%dT%H%M%SZ")),
            Self::Local(zone) => format!("{name};TZID={zone}:{}", at.strftime("%Y%m%dT%H%M%S")),
        }
    }

    /// UNTIL; of a local time it stands in UTC, some hours later.
    fn until(self, at: DateTime) -> String {
        match self {
            Self::Days => format!(";UNTIL={}", at.strftime("%Y%m%d")),
            Self::Utc | Self::Local(_) => format!(";UNTIL={}", at.saturating_add(8.hours()).strftime("%Y%m%dT%H%M%SZ")),
        }
    }
}

/// A feed of `single` events and `recurring` series in no order.
pub(crate) fn calendar(single: usize, recurring: usize) -> String {
    let mut dice = Dice::new(17);
    let mut events: Vec<String> = (0..single).map(|number| event(&mut dice, &format!("s{number}"), false)).collect();
    events.extend((0..recurring).map(|number| event(&mut dice, &format!("r{number}"), true)));
    let events = dice.shuffle(events).concat();
    let lines = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example.com//feed//EN\n{ZONES}{events}END:VCALENDAR\n");
    lines.replace('\n', "\r\n")
}

/// One event, with its overrides if it is a series.
fn event(dice: &mut Dice, number: &str, recurs: bool) -> String {
    let uid = format!("{number}-{:08x}@example.com", dice.below(1 << 32));
    let written = dice.pick(&[
        Written::Local("Europe/Berlin"),
        Written::Local("Europe/Berlin"),
        Written::Local("America/New_York"),
        Written::Utc,
        Written::Days,
    ]);
    let day = date(2024, 1, 1).at(0, 0, 0, 0) + dice.below(DAYS).days();
    let (start, length) = match written {
        Written::Days => (day, (1 + dice.below(10)).days()),
        Written::Utc | Written::Local(_) => (day + (420 + 15 * dice.below(48)).minutes(), (15 + 15 * dice.below(12)).minutes()),
    };
    let title = dice.pick(&TITLES);
    let mut text = head(&uid, written, start, length, title);
    if recurs {
        let (rule, step) = rule(dice, written, start);
        writeln!(text, "RRULE:{rule}").unwrap();
        if dice.chance(25) {
            writeln!(text, "{}", written.property("EXDATE", start + step)).unwrap();
        }
        text += &rest(dice);
        if dice.chance(20) {
            let (from, to) = (start + step + step, start + step + step + 1.day());
            text += &head(&uid, written, to, length, title);
            writeln!(text, "{}", written.property("RECURRENCE-ID", from)).unwrap();
            text += "SEQUENCE:1\nEND:VEVENT\n";
        }
    } else {
        text += &rest(dice);
    }
    text
}

/// The lines that every event has.
fn head(uid: &str, written: Written, start: DateTime, length: Span, title: &str) -> String {
    let (from, to) = (written.property("DTSTART", start), written.property("DTEND", start + length));
    format!("BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260102T030405Z\n{from}\n{to}\nSUMMARY:{title}\n")
}

/// A rule, and a step that leads from one instance to another.
fn rule(dice: &mut Dice, written: Written, start: DateTime) -> (String, Span) {
    let (mut rule, step) = match dice.below(6) {
        0 => ("FREQ=DAILY".to_owned(), 1.day()),
        1 => ("FREQ=MONTHLY".to_owned(), 1.month()),
        2 => (format!("FREQ=MONTHLY;BYDAY={}{}", (start.day() - 1) / 7 + 1, weekday(start)), 28.days()),
        3 => ("FREQ=YEARLY".to_owned(), 1.year()),
        4 => (format!("FREQ=WEEKLY;INTERVAL=2;BYDAY={}", weekday(start)), 14.days()),
        _ => (format!("FREQ=WEEKLY;BYDAY={}", weekday(start)), 7.days()),
    };
    match dice.below(4) {
        0 => write!(rule, ";COUNT={}", 5 + dice.below(50)).unwrap(),
        1 => rule += &written.until(start + (30 + dice.below(700)).days()),
        _ => {}
    }
    (rule, step)
}

/// The weekday of `start` as rules write it.
fn weekday(start: DateTime) -> &'static str {
    ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][usize::try_from(start.weekday().to_monday_zero_offset()).unwrap()]
}

/// What only some events have, and the end.
fn rest(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.chance(16) {
        let words: Vec<&str> = (0..dice.between(6, 30)).map(|_| dice.pick(&WORDS)).collect();
        text += &folded(&format!("DESCRIPTION:{}", words.join(" ")));
    }
    if dice.chance(15) {
        writeln!(text, "LOCATION:Room {}", dice.below(40)).unwrap();
    }
    if dice.chance(10) {
        let number = dice.below(50);
        text += &folded(&format!("ATTENDEE;CN=Engineer {number};PARTSTAT=ACCEPTED:mailto:engineer{number}@example.com"));
    }
    text + "END:VEVENT\n"
}

/// A line in pieces of at most 75 octets (RFC 5545 §3.1).
fn folded(line: &str) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for letter in line.chars() {
        if width + letter.len_utf8() > 75 {
            text += "\n ";
            width = 1;
        }
        text.push(letter);
        width += letter.len_utf8();
    }
    text + "\n"
}
