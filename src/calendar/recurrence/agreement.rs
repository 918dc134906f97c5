//! Rules drawn at random: a walk begun near a stretch against one from DTSTART, and our engine against the `rrule` crate.
//! Where the two engines differ, the sentence of RFC 5545 that decides stands beside the sample.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

use super::{Budget, Rule, civil};

/// A rule as drawn: FREQ, and its other parts by name.
type Parts = (&'static str, Vec<(&'static str, String)>);

fn written((frequency, parts): &Parts) -> String {
    let parts: Vec<String> = parts.iter().map(|(name, value)| format!(";{name}={value}")).collect();
    format!("FREQ={frequency}{}", parts.concat())
}

fn read(text: &str, start: DateTime) -> Rule {
    Rule::read(text, start, false, |_| unreachable!()).map(|written| written.rule).unwrap()
}

/// What our engine gives; none when it was cut.
fn ours(text: &str, start: DateTime, from: DateTime, to: DateTime) -> Option<Vec<DateTime>> {
    let walls = read(text, start).walls(from, to, &mut Budget(1_000_000));
    (!walls.cut).then_some(walls.found)
}

/// What the crate gives from DTSTART on; none when it refuses, panics or gives up.
fn theirs(text: &str, start: DateTime, to: DateTime) -> Option<Vec<DateTime>> {
    let start = chrono::DateTime::from_timestamp(civil::seconds(start), 0).unwrap().with_timezone(&Tz::UTC);
    let work = || {
        let set = RRuleSet::new(start).rrule(text.parse::<RRule<Unvalidated>>().ok()?.validate(start).ok()?).limit();
        let mut found = Vec::new();
        for instance in &set {
            let at = instance.timestamp();
            if at > civil::seconds(to) {
                return Some(found);
            }
            found.push(civil::jiff_wall(civil::jiff_date(at.div_euclid(civil::DAY))?, at.rem_euclid(civil::DAY))?);
            if found.len() > 5_000 {
                return None;
            }
        }
        // It stops by itself after COUNT, and silently when it gives up.
        let count = set.get_rrule().iter().find_map(RRule::get_count);
        (count.and_then(|count| usize::try_from(count).ok()) == Some(found.len())).then_some(found)
    };
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

/// Why the two engines may differ on a rule; each reason is shown in `where_the_crate_differs_the_text_decides`.
fn disputed((frequency, parts): &Parts) -> bool {
    let part = |wanted: &str| parts.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
    let numbers = |item: &str| item.len() > 2;
    let days: Vec<&str> = part("BYDAY").map(|days| days.split(',').collect()).unwrap_or_default();
    let dated = ["BYDAY", "BYMONTHDAY", "BYYEARDAY"].iter().any(|name| part(name).is_some());
    let mixed = days.iter().any(|day| numbers(day)) && !days.iter().all(|day| numbers(day));
    let weeks = part("BYWEEKNO").is_some();
    let whole_weeks = weeks && (!dated || part("INTERVAL").is_some() || part("BYSETPOS").is_some() || days.iter().any(|day| numbers(day)));
    let last_weeks = part("BYWEEKNO").is_some_and(|weeks| weeks.split(',').any(|week| matches!(week.trim_start_matches('-'), "52" | "53")));
    let any = |names: &[&str]| names.iter().any(|name| part(name).is_some());
    let fine = matches!(*frequency, "MINUTELY" | "SECONDLY") && any(&["BYHOUR", "BYMINUTE"]);
    let lost = fine && any(&["INTERVAL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH"]);
    mixed || whole_weeks || last_weeks || lost || (*frequency == "WEEKLY" && part("BYSETPOS").is_some())
}

/// Some of the numbers in a range, now and then.
fn some(range: std::ops::RangeInclusive<i16>, most: usize, odds: f64) -> impl Strategy<Value = Option<String>> {
    let list = prop::collection::vec(range.prop_filter("no 0th", |number| *number != i16::MIN), 1..=most);
    prop::option::weighted(odds, list.prop_map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")))
}

/// Ordinals up to `most` and back, now and then.
fn ordinals(most: i16, length: usize, odds: f64) -> impl Strategy<Value = Option<String>> {
    some(1..=2 * most, length, odds).prop_map(move |list| {
        let signed = |number: &str| number.parse::<i16>().map(|number| if number > most { most - number } else { number }).unwrap();
        list.map(|list| list.split(',').map(|number| signed(number).to_string()).collect::<Vec<_>>().join(","))
    })
}

/// Weekdays, some with a number where that has a meaning.
fn weekdays(most: i16) -> impl Strategy<Value = Option<String>> {
    let number = prop_oneof![2 => Just(0), 1 => -most..=most];
    let day = (number, prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]));
    let item = day.prop_map(|(number, day)| if number == 0 { day.to_owned() } else { format!("{number}{day}") });
    prop::option::weighted(0.4, prop::collection::vec(item, 1..=4).prop_map(|days| days.join(",")))
}

/// The parts of a rule of `frequency` that may stand in it.
fn parts(frequency: &'static str) -> impl Strategy<Value = Parts> {
    let coarse = matches!(frequency, "YEARLY" | "MONTHLY" | "WEEKLY");
    let most = match frequency {
        "YEARLY" => 52,
        "MONTHLY" => 4,
        _ => 0,
    };
    let interval =
        prop::option::weighted(0.5, prop_oneof![4 => 2..6_u32, 1 => 2..100_u32]).prop_map(|number| number.map(|number| number.to_string()));
    let count = prop::option::weighted(0.4, 1..400_u32).prop_map(|number| number.map(|number| number.to_string()));
    let start = prop::option::weighted(0.2, prop::sample::select(vec!["SU", "WE"])).prop_map(|day| day.map(str::to_owned));
    let times = (some(0..=59, 2, 0.15), some(0..=59, 3, 0.15), some(0..=23, 4, 0.2));
    let dates = (
        weekdays(most),
        ordinals(31, 4, 0.25),
        ordinals(366, 4, 0.1),
        ordinals(53, 4, 0.2),
        some(1..=12, 4, if coarse { 0.25 } else { 0.15 }),
    );
    (interval, count, start, times, dates, ordinals(6, 2, 0.15)).prop_map(move |(interval, count, start, times, dates, positions)| {
        let all = [
            ("INTERVAL", interval),
            ("COUNT", count),
            ("WKST", start),
            ("BYSECOND", times.0),
            ("BYMINUTE", times.1),
            ("BYHOUR", times.2),
            ("BYDAY", dates.0),
            ("BYMONTHDAY", dates.1),
            ("BYYEARDAY", dates.2),
            ("BYWEEKNO", dates.3),
            ("BYMONTH", dates.4),
            ("BYSETPOS", positions),
        ];
        let meant = |name: &str| match name {
            "BYMONTHDAY" => frequency != "WEEKLY",
            "BYYEARDAY" => !matches!(frequency, "MONTHLY" | "WEEKLY" | "DAILY"),
            "BYWEEKNO" => frequency == "YEARLY",
            _ => true,
        };
        (frequency, all.into_iter().filter(|(name, _)| meant(name)).filter_map(|(name, value)| Some((name, value?))).collect())
    })
}

/// A rule, its DTSTART, and a stretch that begins some hours after that (or before), for as many hours as suit it.
fn drawn() -> impl Strategy<Value = (Parts, DateTime, DateTime, DateTime)> {
    let frequency = prop::sample::select(vec![
        ("YEARLY", 200_000, 100_000),
        ("MONTHLY", 50_000, 20_000),
        ("WEEKLY", 36_000, 7_000),
        ("DAILY", 24_000, 2_400),
        ("HOURLY", 1_400, 480),
        ("MINUTELY", 100, 48),
        ("SECONDLY", 5, 2),
    ]);
    let start = (0..20_000_i32, 0..86_400_i32);
    frequency.prop_flat_map(move |(name, far, long): (&'static str, i32, i32)| {
        (parts(name), start.clone(), -20..=far, 0..=long).prop_map(|(parts, (day, second), near, hours)| {
            let start = date(1980, 1, 1).at(0, 0, 0, 0) + day.days() + second.seconds();
            let from = start + near.hours();
            (parts, start, from, from + hours.hours())
        })
    })
}

/// The first few wall times of each engine, as `ours | theirs`.
fn check(start: &str, text: &str) -> String {
    let start: DateTime = start.parse().unwrap();
    let until = start + 10.years();
    let row = |found: Option<Vec<DateTime>>| {
        let rows = found.map(|found| found.iter().take(3).map(|wall| wall.strftime("%Y%m%dT%H%M%S").to_string()).collect::<Vec<_>>());
        rows.map_or("none".to_owned(), |rows| rows.join(" "))
    };
    let ours = read(text, start).walls(start, until, &mut Budget(1_000)).found;
    format!("{} | {}", row(Some(ours)), row(theirs(text, start, until)))
}

/// What the text says (RFC 5545 §3.3.10), and a rule that shows it: DTSTART, rule, `ours | theirs`.
const DISPUTED: &[(&str, &str, &str, &str)] = &[
    (
        "Each BYDAY value can also be preceded by [an integer]: the list is one of alternatives, numbered or not.",
        "2026-06-01T09:00:00",
        "FREQ=MONTHLY;BYDAY=WE,1TU",
        "20260602T090000 20260603T090000 20260610T090000 | none",
    ),
    (
        "Information, not contained in the rule, necessary to determine the various recurrence instance start time and \
             dates are derived from DTSTART: of a week alone, the weekday.",
        "1997-05-13T09:00:00",
        "FREQ=YEARLY;BYWEEKNO=20",
        "19970513T090000 19980512T090000 19990518T090000 | 19970513T090000 19970514T090000 19970515T090000",
    ),
    (
        "A week is defined as a seven day period. Week number one of the calendar year is the first week that contains \
             at least four days in that calendar year: the Monday in December is in week one of 2020, not of 2019.",
        "2018-06-01T09:00:00",
        "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO",
        "20191230T090000 20220103T090000 20240101T090000 | 20181231T090000 20220103T090000 20240101T090000",
    ),
    (
        "Likewise: 2 January 2039 is in week 52 of 2038.",
        "2038-12-01T09:00:00",
        "FREQ=YEARLY;BYWEEKNO=52;BYDAY=SU",
        "20390102T090000 20400101T090000 20401230T090000 | 20400101T090000 20401230T090000 20411229T090000",
    ),
    (
        "The BYDAY rule part MUST NOT be specified with a numeric value with FREQ=YEARLY when BYWEEKNO is specified: \
             the number means nothing.",
        "1997-05-12T09:00:00",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=2MO",
        "19970512T090000 19980511T090000 19990517T090000 | none",
    ),
    (
        "BYSETPOS operates on a set of recurrence instances in one interval of the recurrence rule, in a WEEKLY rule the \
             interval is one week: also the one that DTSTART lies in.",
        "2026-06-03T09:00:00",
        "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2",
        "20260603T090000 20260610T090000 20260617T090000 | 20260605T090000 20260610T090000 20260617T090000",
    ),
    (
        "In the table BYDAY and BYHOUR both limit a MINUTELY rule: a Thursday in hour 15 fulfils both.",
        "1996-09-24T17:00:00",
        "FREQ=MINUTELY;BYHOUR=15;BYDAY=TH",
        "19960926T150000 19960926T150100 19960926T150200 | none",
    ),
    (
        "INTERVAL is at which intervals the rule repeats: limits pass instances over, they do not shift those after them.",
        "2005-05-22T21:22:24",
        "FREQ=SECONDLY;INTERVAL=27;BYHOUR=5",
        "20050523T050003 20050523T050030 20050523T050057 | none",
    ),
    (
        "The valid range of seconds is 0 to 60.",
        "2026-06-01T09:00:00",
        "FREQ=DAILY;BYSECOND=60",
        "20260601T090059 20260602T090059 20260603T090059 | none",
    ),
    (
        "[plus / minus] ordwk weekday, ordwk from 1 to 53.",
        "2026-06-01T09:00:00",
        "FREQ=MONTHLY;BYDAY=-5FR",
        "20260703T090000 20261002T090000 20270101T090000 | none",
    ),
];

#[test]
fn where_the_crate_differs_the_text_decides() {
    for (text, start, rule, expected) in DISPUTED {
        assert_eq!(check(start, rule), *expected, "{rule}: {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_begun_near_the_stretch_gives_what_one_from_the_start_gives((parts, start, from, to) in drawn()) {
        let text = written(&parts);
        let (near, walked) = (ours(&text, start, from, to), ours(&text, start, start, to));
        if let (Some(near), Some(walked)) = (near, walked) {
            let late: Vec<DateTime> = walked.into_iter().filter(|wall| *wall >= from).collect();
            prop_assert_eq!(near, late, "{} from {}", text, start);
        }
    }

    #[test]
    fn our_engine_and_the_crate_agree((parts, start, from, to) in drawn()) {
        let text = written(&parts);
        prop_assume!(!disputed(&parts));
        if let (Some(ours), Some(theirs)) = (ours(&text, start, from, to), theirs(&text, start, to)) {
            let late: Vec<DateTime> = theirs.into_iter().filter(|wall| *wall >= from).collect();
            prop_assert_eq!(ours, late, "{} from {}", text, start);
        }
    }
}
