//! VTIMEZONE: the rules of a zone that a file brings along (RFC 5545 §3.6.5), as a list of changes made once.
//! Owns the list and what it says of any time; whether it or the tz database is asked is decided in `zones`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::Offset;

use crate::calendar::component::{Component, Property};
use crate::calendar::problem::Problems;
use crate::calendar::recurrence::{Budget, Rule};
use crate::calendar::stamp::{self, Stamp};
use crate::window::Window;
use crate::zone::Zone;

/// No clock was changed for daylight saving before this date: rules that claim so (1601, mostly) were begun early
/// for convenience.
const FIRST_SAVING: Date = date(1900, 1, 1);

/// From when on rules of before `FIRST_SAVING` are worked out: a year before the epoch, so that 1970 begins right.
const EPOCH: DateTime = date(1969, 1, 1).at(0, 0, 0, 0);

/// Until when rules are worked out; from then on the last change stays.
const HORIZON: DateTime = date(2101, 1, 1).at(0, 0, 0, 0);

/// How many changes are worked out for one zone: its rules have two a year, its lists a few hundred.
const CHANGES: usize = 2_000;

/// How many changes one rule may make: four a year, as in Morocco with its Ramadan, for two centuries.
const OFTEN: usize = 800;

/// How many rules are read of one zone: a full history with a rule for every change has some two hundred.
const RULES: usize = 500;

/// One change of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    /// The instant.
    at: Timestamp,
    /// The wall time from which on the new offset is the one meant: the later of both clocks' readings, so that a
    /// repeated time is its first instance and a time inside the gap is read with the offset before (§3.3.5).
    from: DateTime,
    /// The new offset.
    offset: Offset,
}

/// A zone as its changes.
#[derive(Clone, Debug)]
pub(in crate::calendar) struct Observances {
    /// The offset before the first change.
    first: Offset,
    /// The changes in order.
    changes: Vec<Change>,
    /// From when to when the file states the offset, by a rule without end or between the first and the last change.
    stated: Option<Window>,
}

impl Observances {
    /// A zone that never changes.
    pub(super) fn fixed(offset: Offset) -> Self {
        Self { first: offset, changes: Vec::new(), stated: None }
    }

    /// Reads a VTIMEZONE; none when it defines nothing that can be used.
    pub(super) fn read(zone: &Component, problems: &mut Problems) -> Option<Self> {
        let mut reader = Reader { zone, onsets: Vec::new(), left: CHANGES, endless: false, problems };
        reader.observances();
        let Reader { mut onsets, endless, .. } = reader;
        // Where two begin at one instant, standard time has the last word.
        onsets.sort_unstable_by_key(|onset| (onset.at, !onset.daylight, onset.before.seconds(), onset.after.seconds()));
        let (earliest, latest) = (onsets.first()?, onsets.last()?);
        let mut observances = Self::fixed(earliest.before);
        observances.stated = Window::new(earliest.at, if endless { Timestamp::MAX } else { latest.at });
        let mut upcoming = onsets.iter().peekable();
        let mut last = earliest.before;
        while let Some(onset) = upcoming.next() {
            if onset.after == last || upcoming.peek().is_some_and(|next| next.at == onset.at) {
                continue;
            }
            let from = last.to_datetime(onset.at).max(onset.after.to_datetime(onset.at));
            observances.changes.push(Change { at: onset.at, from, offset: onset.after });
            last = onset.after;
        }
        Some(observances)
    }

    /// The instant that an event means by `wall`.
    pub(super) fn instant(&self, wall: DateTime) -> Timestamp {
        let passed = self.changes.partition_point(|change| change.from <= wall);
        let edge = if wall.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        self.after(passed).to_timestamp(wall).unwrap_or(edge)
    }

    /// What the wall clock shows at `instant`.
    pub(super) fn wall(&self, instant: Timestamp) -> DateTime {
        self.offset(instant).to_datetime(instant)
    }

    /// When within `span` the file states another offset than the tz database has for `zone`.
    pub(super) fn departures(&self, zone: &Zone, span: Window) -> Vec<Window> {
        let Some(stated) = self.stated else { return Vec::new() };
        let Some(both) = Window::new(stated.start().max(span.start()), stated.end().min(span.end())) else { return Vec::new() };
        let own = self.changes.iter().map(|change| change.at).filter(|at| both.contains(*at));
        let theirs = zone.rules().following(both.start()).map(|change| change.timestamp()).take_while(|at| both.contains(*at));
        let mut edges: Vec<Timestamp> = [both.start(), both.end()].into_iter().chain(own).chain(theirs.take(CHANGES)).collect();
        edges.sort_unstable();
        let stretches = edges.iter().zip(edges.iter().skip(1)).filter_map(|(start, end)| Window::new(*start, *end));
        stretches.filter(|stretch| self.offset(stretch.start()) != zone.offset(stretch.start())).collect()
    }

    /// The offset in force at `instant`.
    fn offset(&self, instant: Timestamp) -> Offset {
        self.after(self.changes.partition_point(|change| change.at <= instant))
    }

    /// The offset after `passed` changes.
    fn after(&self, passed: usize) -> Offset {
        passed.checked_sub(1).and_then(|last| self.changes.get(last)).map_or(self.first, |change| change.offset)
    }
}

/// An instant at which STANDARD or DAYLIGHT begins.
#[derive(Clone, Copy, Debug)]
struct Onset {
    /// The instant.
    at: Timestamp,
    /// Whether it is DAYLIGHT.
    daylight: bool,
    /// TZOFFSETFROM.
    before: Offset,
    /// TZOFFSETTO.
    after: Offset,
}

/// Collects the onsets of one VTIMEZONE.
struct Reader<'a> {
    /// The VTIMEZONE.
    zone: &'a Component,
    /// What was found.
    onsets: Vec<Onset>,
    /// How many more may be found.
    left: usize,
    /// Whether a rule goes on for ever.
    endless: bool,
    /// What is odd.
    problems: &'a mut Problems,
}

impl Reader<'_> {
    /// Reads every STANDARD and DAYLIGHT, until there are too many.
    fn observances(&mut self) {
        let zone = self.zone;
        let standards = zone.inner.iter().any(|inner| inner.name == "STANDARD");
        let known = zone.inner.iter().filter(|inner| matches!(inner.name.as_str(), "STANDARD" | "DAYLIGHT"));
        for (read, observance) in known.enumerate() {
            if read == RULES || self.left == 0 {
                self.report(zone, zone.line, "has more rules than any zone, the rest is passed over");
                break;
            }
            if self.observance(observance, standards).is_none() {
                self.report(observance, observance.line, "has a rule without DTSTART or TZOFFSETTO that can be read, passed over");
            }
        }
    }

    /// Reads one observance; none when it lacks what nothing can replace.
    fn observance(&mut self, observance: &Component, standards: bool) -> Option<()> {
        let after = stamp::offset(observance.value("TZOFFSETTO")?)?;
        let start = stamp::stamp(observance.value("DTSTART")?)?;
        let before = observance.value("TZOFFSETFROM").and_then(stamp::offset).unwrap_or_else(|| {
            let before = self.opposite(observance).unwrap_or(after);
            self.report(observance, observance.line, &format!("has a rule without TZOFFSETFROM, taken as {before}"));
            before
        });
        // DTSTART is local time (§3.6.5); some write it in UTC all the same.
        let start = local(start, before).unwrap_or_else(|| start.date().at(0, 0, 0, 0));
        let daylight = observance.name == "DAYLIGHT";
        let mut walls = Vec::new();
        if !(daylight && standards && start.date() < FIRST_SAVING) {
            walls.push(start);
        }
        for property in observance.all("RRULE").filter(|property| !property.value.trim().is_empty()) {
            walls.extend(self.rule(observance, property, start, before));
        }
        for property in observance.all("RDATE") {
            for value in property.value.split([',', ';']).map(str::trim).filter(|value| !value.is_empty()) {
                let (from, _) = value.split_once('/').unwrap_or((value, ""));
                match stamp::stamp(from) {
                    // A date means the time of DTSTART on that day.
                    Some(date) => walls.push(local(date, before).unwrap_or_else(|| date.date().to_datetime(start.time()))),
                    None => self.report(observance, property.line, &format!("has the RDATE `{value}`, passed over")),
                }
            }
        }
        walls.truncate(self.left);
        self.left -= walls.len();
        let onsets = walls.into_iter().filter_map(|wall| before.to_timestamp(wall).ok());
        self.onsets.extend(onsets.map(|at| Onset { at, daylight, before, after }));
        Some(())
    }

    /// The wall times at which `property`, an RRULE, sets the clock, apart from DTSTART.
    fn rule(&mut self, observance: &Component, property: &Property, start: DateTime, before: Offset) -> Vec<DateTime> {
        // UNTIL is in UTC, the rule in local time with the offset before the change; a date means all of that day.
        let ends = std::cell::Cell::new(false);
        let until = |stamp: Stamp| {
            ends.set(true);
            local(stamp, before).unwrap_or_else(|| stamp.date().at(23, 59, 59, 0))
        };
        let written = match Rule::read(&property.value, start, false, until) {
            Ok(written) => written,
            Err(why) => {
                self.report(observance, property.line, &format!("has the rule `{}`, of which only DTSTART counts: {why}", property.value));
                return Vec::new();
            }
        };
        let from = if start.date() < FIRST_SAVING { EPOCH } else { start };
        let walls = written.rule.walls(from, HORIZON, &mut Budget(self.left.min(OFTEN)));
        if walls.cut {
            // With less left than one rule may take, the zone as a whole has too many.
            let Some(left) = self.left.checked_sub(OFTEN) else {
                self.left = 0;
                return Vec::new();
            };
            self.left = left;
            let problem = format!("has the rule `{}`, which sets the clock too often: only DTSTART counts", property.value);
            self.report(observance, property.line, &problem);
            return Vec::new();
        }
        self.endless |= !ends.get() && !property.value.to_ascii_uppercase().contains("COUNT=");
        walls.found
    }

    /// TZOFFSETTO of the other kind of observance.
    fn opposite(&self, observance: &Component) -> Option<Offset> {
        let others = self.zone.inner.iter().filter(|inner| matches!(inner.name.as_str(), "STANDARD" | "DAYLIGHT"));
        others.filter(|inner| inner.name != observance.name).find_map(|inner| stamp::offset(inner.value("TZOFFSETTO")?))
    }

    /// Notes a problem with the zone, standing in `component`.
    fn report(&mut self, component: &Component, line: usize, problem: &str) {
        let name = self.zone.value("TZID").unwrap_or_default();
        self.problems.push(component.problem(line, format!("time zone `{name}` {problem}")));
    }
}

/// What the clock showed before the change, `before` being its offset; none for a date.
fn local(stamp: Stamp, before: Offset) -> Option<DateTime> {
    match stamp {
        Stamp::Date(_) => None,
        Stamp::Wall(wall) => Some(wall),
        Stamp::Instant(instant, _) => Some(before.to_datetime(instant)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One observance: `STANDARD 20261025T030000 +0200 +0100` and further lines.
    fn observance(row: &str) -> String {
        let (head, rest) = row.split_once('\n').unwrap_or((row, ""));
        let words: Vec<&str> = head.split(' ').collect();
        let [kind, start, before, after] = words[..] else { panic!("{row}") };
        format!(
            "BEGIN:{kind}\nDTSTART:{start}\nTZOFFSETFROM:{before}\nTZOFFSETTO:{after}\n{rest}{}END:{kind}\n",
            if rest.is_empty() { "" } else { "\n" }
        )
    }

    /// What an event at each of `walls` means in a zone with these rules, then what is odd.
    fn check(rules: &[&str], walls: &str) -> String {
        zone(&rules.iter().map(|row| observance(row)).collect::<String>(), walls)
    }

    /// The same for the lines of a VTIMEZONE.
    fn zone(rules: &str, walls: &str) -> String {
        let event = |(uid, wall)| format!("BEGIN:VEVENT\nUID:{uid}\nDTSTART;TZID=Own:{wall}\nEND:VEVENT\n");
        let events = walls.split(' ').enumerate().map(event).collect::<Vec<String>>().concat();
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Own\n{rules}END:VTIMEZONE\n{events}END:VCALENDAR\n");
        let span = Window::new("1000-01-01T00:00Z".parse().unwrap(), "3000-01-01T00:00Z".parse().unwrap()).unwrap();
        let read = crate::calendar::read(text.as_bytes(), span, &"Asia/Tokyo".parse().unwrap());
        let mut found: Vec<(&str, String)> = Vec::new();
        for occurrence in &read.found {
            let (start, _) = occurrence.when.placed(&Zone::utc());
            found.push((&occurrence.event.uid, start.strftime("%Y%m%dT%H%M%SZ").to_string()));
        }
        found.sort();
        let problems = read.problems.iter().map(|odd| format!("\n{}: {}", odd.line.unwrap_or(0), odd.problem));
        found.into_iter().map(|(_, start)| start).collect::<Vec<_>>().join(" ") + &problems.collect::<String>()
    }

    /// The rules of central Europe as Outlook writes them.
    const OUTLOOK: [&str; 2] = [
        "STANDARD 16010101T030000 +0200 +0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "DAYLIGHT 16010101T020000 +0100 +0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    ];

    #[test]
    fn rules_begun_in_1601_hold_from_1970_to_2100_and_winter_before_and_after() {
        let found = check(&OUTLOOK, "20260328T120000 20260329T120000 20261024T120000 20261025T120000");
        assert_eq!(found, "20260328T110000Z 20260329T100000Z 20261024T100000Z 20261025T110000Z");
        let found = check(&OUTLOOK, "17000701T120000 19700701T120000 21000701T120000 21010701T120000");
        assert_eq!(found, "17000701T110000Z 19700701T100000Z 21000701T100000Z 21010701T110000Z");
        let south = [
            "DAYLIGHT 16010101T020000 +1000 +1100\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=10",
            "STANDARD 16010101T030000 +1100 +1000\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4",
        ];
        assert_eq!(check(&south, "19700101T120000 20260101T120000 20260701T120000"), "19700101T010000Z 20260101T010000Z 20260701T020000Z");
    }

    #[test]
    fn a_time_in_the_gap_has_the_offset_before_and_a_repeated_time_is_its_first_instance() {
        assert_eq!(check(&OUTLOOK, "20260329T023000 20261025T023000"), "20260329T013000Z 20261025T003000Z");
    }

    #[test]
    fn a_rule_begun_in_1601_that_never_recurs_is_a_fixed_zone() {
        assert_eq!(
            check(&["STANDARD 16010101T000000 +0530 +0530"], "20260101T120000 20260701T120000"),
            "20260101T063000Z 20260701T063000Z"
        );
        let both = ["STANDARD 16010101T000000 +0200 +0100", "DAYLIGHT 16010101T000000 +0100 +0200"];
        assert_eq!(check(&both, "20260701T120000"), "20260701T110000Z");
        assert_eq!(check(&["DAYLIGHT 16010101T000000 +0200 +0200"], "20260701T120000"), "20260701T100000Z");
    }

    #[test]
    fn before_the_first_change_the_offset_is_what_it_changed_from() {
        let rules = ["STANDARD 19500101T000000 +0052 +0100"];
        assert_eq!(check(&rules, "19400101T120000 19600101T120000"), "19400101T110800Z 19600101T110000Z");
    }

    #[test]
    fn until_is_the_last_change_whether_in_utc_or_local_or_a_date() {
        for until in ["20251026T010000Z", "20251026T030000", "20251026"] {
            let autumn = format!("STANDARD 20201025T030000 +0200 +0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL={until}");
            let spring = "DAYLIGHT 20200329T020000 +0100 +0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20250330T010000Z";
            let found = check(&[&autumn, spring], "20250701T120000 20251201T120000 20260701T120000");
            assert_eq!(found, "20250701T100000Z 20251201T110000Z 20260701T110000Z", "{until}");
        }
    }

    #[test]
    fn later_rules_replace_earlier_ones_in_any_order() {
        // The United States until 2006 and from 2007 on.
        let rules = [
            "STANDARD 20071104T020000 -0400 -0500\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
            "DAYLIGHT 20070311T020000 -0500 -0400\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
            "STANDARD 19671029T020000 -0400 -0500\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
            "DAYLIGHT 19870405T020000 -0500 -0400\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
        ];
        let found = check(&rules, "20060320T120000 20061030T120000 20070320T120000 20071030T120000");
        assert_eq!(found, "20060320T170000Z 20061030T170000Z 20070320T160000Z 20071030T160000Z");
    }

    #[test]
    fn rdate_takes_lists_periods_instants_and_dates() {
        let rules = [
            "STANDARD 20251026T030000 +0200 +0100\nRDATE:20261025T030000,20271031T030000\nRDATE;VALUE=DATE:20281029",
            "DAYLIGHT 20250330T020000 +0100 +0200\nRDATE;VALUE=PERIOD:20260329T020000/PT1H,20270328T020000/PT1H\nRDATE:20280326T010000Z",
        ];
        let summer = check(&rules, "20260701T120000 20270701T120000 20280701T120000 20281028T120000");
        assert_eq!(summer, "20260701T100000Z 20270701T100000Z 20280701T100000Z 20281028T100000Z");
        let winter = check(&rules, "20261101T120000 20271101T120000 20281029T120000 20290701T120000");
        assert_eq!(winter, "20261101T110000Z 20271101T110000Z 20281029T110000Z 20290701T110000Z");
        let odd = check(&["STANDARD 20251026T030000 +0200 +0100\nRDATE:never"], "20260701T120000");
        assert_eq!(odd, "20260701T110000Z\n8: time zone `Own` has the RDATE `never`, passed over");
    }

    #[test]
    fn one_change_said_twice_is_one_change_and_standard_time_has_the_last_word() {
        let twice = ["STANDARD 20261025T030000 +0200 +0100\nRDATE:20261025T030000", "STANDARD 20261025T030000 +0200 +0100"];
        assert_eq!(check(&twice, "20261024T120000 20261025T023000 20261025T120000"), "20261024T100000Z 20261025T003000Z 20261025T110000Z");
        let torn = ["STANDARD 20261025T030000 +0200 +0100", "DAYLIGHT 20261025T030000 +0200 +0300"];
        assert_eq!(check(&torn, "20261025T120000"), "20261025T110000Z");
    }

    #[test]
    fn daylight_saving_may_run_backwards() {
        // Ireland: standard time is the summer's.
        let rules = [
            "STANDARD 19710328T010000 +0000 +0100\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "DAYLIGHT 19711031T020000 +0100 -0000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        ];
        assert_eq!(check(&rules, "20260101T120000 20260701T120000"), "20260101T120000Z 20260701T110000Z");
    }

    #[test]
    fn offsets_may_have_seconds() {
        assert_eq!(check(&["STANDARD 19370701T000000 +001932 +0020"], "19300101T120000"), "19300101T114028Z");
    }

    #[test]
    fn a_missing_tzoffsetfrom_is_what_the_other_kind_changes_to() {
        let rules = "BEGIN:STANDARD\nDTSTART:20261025T030000\nTZOFFSETTO:+0100\nEND:STANDARD\n\
                     BEGIN:DAYLIGHT\nDTSTART:20260329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n";
        let said = "\n4: time zone `Own` has a rule without TZOFFSETFROM, taken as +02";
        assert_eq!(zone(rules, "20260701T120000 20261025T120000"), format!("20260701T100000Z 20261025T110000Z{said}"));
    }

    #[test]
    fn component_names_may_be_in_lower_case() {
        let rules = "begin:standard\ndtstart:20261025T030000\ntzoffsetfrom:+0200\ntzoffsetto:+0100\nend:standard\n";
        assert_eq!(zone(rules, "20260701T120000"), "20260701T100000Z");
    }

    #[test]
    fn one_bad_rule_leaves_the_others_in_force() {
        let rules = format!("BEGIN:STANDARD\nTZOFFSETTO:+0300\nEND:STANDARD\n{}", OUTLOOK.map(observance).concat());
        let said = "\n4: time zone `Own` has a rule without DTSTART or TZOFFSETTO that can be read, passed over";
        assert_eq!(zone(&rules, "20260701T120000"), format!("20260701T100000Z{said}"));
        let found = check(&["STANDARD 20261025T030000 +0200 +0100\nRRULE:FREQ=BOGUS"], "20260701T120000 20271025T120000");
        assert!(found.starts_with("20260701T100000Z 20271025T110000Z\n8: time zone `Own` has the rule `FREQ=BOGUS`"), "{found}");
    }

    #[test]
    fn a_zone_without_usable_rules_is_no_zone_and_that_is_said() {
        let found = zone("BEGIN:STANDARD\nTZOFFSETTO:+0300\nEND:STANDARD\n", "20260701T120000");
        let said = "\n4: time zone `Own` has a rule without DTSTART or TZOFFSETTO that can be read, passed over\
                    \n10: time zone `Own`: no usable rules in its VTIMEZONE, read in the feed's zone";
        assert_eq!(found, format!("20260701T030000Z{said}"));
        assert_eq!(zone("", "20260701T120000").lines().count(), 2);
    }

    #[test]
    fn a_rule_that_sets_the_clock_every_second_is_cut() {
        let found = check(&["STANDARD 20261025T030000 +0200 +0100\nRRULE:FREQ=SECONDLY"], "20260701T120000 20270701T120000");
        let said = "\n8: time zone `Own` has the rule `FREQ=SECONDLY`, which sets the clock too often: only DTSTART counts";
        assert_eq!(found, format!("20260701T100000Z 20270701T110000Z{said}"));
    }

    #[test]
    fn ten_thousand_rules_are_not_all_read() {
        let rules = OUTLOOK.map(observance).concat().repeat(5_000);
        let said = "\n2: time zone `Own` has more rules than any zone, the rest is passed over";
        assert_eq!(zone(&rules, "20260701T120000"), format!("20260701T100000Z{said}"));
        let dates: Vec<String> = (0..100_000).map(|number| format!("{:04}0101T000000", 1 + number % 9999)).collect();
        let lists = format!("STANDARD 20261025T030000 +0200 +0100\nRDATE:{}", dates.join(","));
        let found = check(&[&lists, OUTLOOK[1]], "20270701T120000");
        assert_eq!(found, format!("20270701T110000Z{said}"));
    }
}
