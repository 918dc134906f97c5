//! The calendar room against a corpus of real calendars with known answers, kept outside of the project.
//! The folder is named by `OFFWATCH_CORPUS`; what is not right yet is held by a ratchet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;

use super::{Problem, Reading, Standing, read};
use crate::window::Window;
use crate::zone::Zone;

/// Lines of `expected.jsonl` (a part of the file's name) whose answer contradicts RFC 5545, and why.
const CONTRADICTED: [(&str, &str); 2] = [
    ("calcard/resources/ical/298.ics", "half an hour in the gap and the one after it are one instant, so one occurrence"),
    ("calcard/resources/ical/031.ics", "two events with different titles share a UID: none of them is dropped"),
];

/// How many of the 398 lines of `expected.jsonl` are right at least, those contradicted included.
const RATCHET: usize = 398;

/// The corpus; none, and a word about it, when there is none here.
fn corpus() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the corpus lies outside of the project")]
    let (folder, required) = (std::env::var("OFFWATCH_CORPUS"), std::env::var("OFFWATCH_REQUIRE").unwrap_or_default());
    if folder.is_err() {
        assert!(!required.contains("corpus"), "OFFWATCH_CORPUS is not set, but required");
        #[expect(clippy::print_stdout, reason = "a skipped test says so")]
        {
            println!("skipped: OFFWATCH_CORPUS is not set");
        }
    }
    folder.ok().map(PathBuf::from)
}

/// Reads `file` and gives its occurrences as rows of uid, start, end and whether all day, sorted.
fn rows(file: &Path, span: Window, zone: &Zone) -> Vec<String> {
    let calendar = read(&std::fs::read(file).unwrap(), span, zone);
    let mut rows: Vec<String> = calendar
        .found
        .iter()
        .map(|found| {
            let (start, end) = found.when.placed(zone);
            let all_day = matches!(found.when, super::When::AllDay { .. });
            // The corpus has no UID where we make one up.
            let uid = found.event.given_uid();
            format!("{uid} {start} {end} {all_day}")
        })
        .collect();
    rows.sort();
    rows
}

/// The lines of a file of expectations: how many are right, and what is wrong about the others.
fn compare(expectations: &Path, base: &Path) -> (usize, Vec<String>) {
    let (mut right, mut wrong) = (0, Vec::new());
    for line in std::fs::read_to_string(expectations).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let name = case["file"].as_str().unwrap();
        let instant = |key: &str| case[key].as_str().unwrap().parse::<Timestamp>().unwrap();
        let span = Window::new(instant("from"), instant("to")).unwrap();
        let zone: Zone = case["zone"].as_str().unwrap().parse().unwrap();
        let mut expected: Vec<String> = case["occurrences"].as_array().unwrap().iter().map(row).collect();
        expected.sort();
        let found = rows(&base.join(name), span, &zone);
        // A contradiction that is none any more does not belong in the list.
        if (found == expected) == CONTRADICTED.iter().any(|(part, _)| name.contains(part)) {
            wrong.push(difference(name, &expected, &found));
        } else {
            right += 1;
        }
    }
    (right, wrong)
}

/// One expected occurrence as a row.
fn row(expected: &Value) -> String {
    let text = |key: &str| expected[key].as_str().unwrap().to_owned();
    format!("{} {} {} {}", text("uid"), text("start"), text("end"), expected["all_day"])
}

/// What is missing (`-`) and what is too much (`+`).
fn difference(name: &str, expected: &[String], found: &[String]) -> String {
    let mut counts: BTreeMap<&String, i64> = BTreeMap::new();
    for row in found {
        *counts.entry(row).or_default() += 1;
    }
    for row in expected {
        *counts.entry(row).or_default() -= 1;
    }
    let odd: Vec<String> = counts.iter().filter(|(_, count)| **count != 0).map(|(row, count)| format!("\n  {count:+} {row}")).collect();
    format!("{name}: {} expected, {} found{}", expected.len(), found.len(), odd.concat())
}

#[test]
fn the_corpus_is_read_as_two_engines_agree() {
    let Some(corpus) = corpus() else { return };
    let (right, wrong) = compare(&corpus.join("expected.jsonl"), &corpus.join("files"));
    assert!(right >= RATCHET, "{right} right, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_corner_cases_are_all_right() {
    let Some(corpus) = corpus() else { return };
    let (right, wrong) = compare(&corpus.join("corner/expected.jsonl"), &corpus.join("files"));
    assert_eq!((right, wrong.join("\n").as_str()), (1, ""));
}

#[test]
fn every_rule_case_gives_an_answer_that_can_be_defended() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("cases");
    let cases: BTreeMap<String, Value> = serde_json::from_str(&std::fs::read_to_string(folder.join("cases.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        // The answers are in the local time of the case's own event.
        let zone: Zone = match name.as_str() {
            "dst_weekdays_bydst" => "Europe/London",
            "old_minutely_far_window" | "secondly" | "tzid_and_z" => "UTC",
            _ => "Europe/Berlin",
        }
        .parse()
        .unwrap();
        let local = |key: &str| {
            let text = case[key].as_str().unwrap();
            let wall: DateTime = text.parse().or_else(|_| format!("{text}T00:00:00").parse()).unwrap();
            wall
        };
        let bytes = std::fs::read(folder.join(format!("{name}.ics"))).unwrap();
        let span = Window::new(zone.first(local("from")), zone.first(local("to"))).unwrap();
        let found = read(&bytes, span, &zone).found;
        let answer: Vec<String> =
            found.iter().map(|found| zone.local(found.when.placed(&zone).0).strftime("%Y%m%dT%H%M").to_string()).collect();
        let list = |value: &Value| -> Vec<String> { value.as_array().unwrap().iter().map(|at| at.as_str().unwrap().to_owned()).collect() };
        let mut defended = vec![list(&case["exp"])];
        defended.extend(case["alts"].as_array().unwrap().iter().map(list));
        if !defended.contains(&answer) {
            wrong.push(format!("{name}: {answer:?} instead of {:?}", defended[0]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_quirk_leaves_all_three_events_readable() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(corpus.join("quirks")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let span = Window::new("2025-12-01T00:00Z".parse().unwrap(), "2026-03-01T00:00Z".parse().unwrap()).unwrap();
        let found = read(&std::fs::read(&path).unwrap(), span, &Zone::utc()).found;
        let mut uids: Vec<&str> = found.iter().map(|found| found.event.uid.as_str()).collect();
        uids.sort_unstable();
        uids.dedup();
        let hopeless = ["38_", "40_", "90_", "91_"].iter().any(|prefix| name.starts_with(prefix));
        if uids.len() != if hopeless { 0 } else { 3 } {
            wrong.push(format!("{name}: {uids:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every file of the corpus.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

/// A time in which most of the corpus lies.
fn decades() -> Window {
    Window::new("1995-01-01T00:00Z".parse().unwrap(), "2030-01-01T00:00Z".parse().unwrap()).unwrap()
}

#[test]
fn every_file_of_the_corpus_is_read_and_few_are_no_calendar() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in files(&corpus.join("files")) {
        let calendar = read(&std::fs::read(&path).unwrap(), decades(), &Zone::utc());
        let kind = match calendar.standing {
            Standing::Whole if calendar.problems.is_empty() => "whole, nothing odd",
            Standing::Whole => "whole, with problems",
            Standing::CutOff => "cut off",
            Standing::Empty => "empty",
            Standing::NotACalendar(_) if calendar.found.is_empty() => "no calendar",
            Standing::NotACalendar(_) => "no calendar, but events",
        };
        *counts.entry(kind).or_default() += 1;
    }
    let told: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    3 cut off
    1 empty
    100 no calendar
    32 no calendar, but events
    518 whole, nothing odd
    164 whole, with problems
    ");
}

#[test]
fn problems_do_not_depend_on_the_window() {
    let Some(corpus) = corpus() else { return };
    for path in files(&corpus) {
        let bytes = std::fs::read(&path).unwrap();
        let far = Window::new("2090-01-01T00:00Z".parse().unwrap(), "2090-01-02T00:00Z".parse().unwrap()).unwrap();
        let (narrow, wide) = (read(&bytes, far, &Zone::utc()), read(&bytes, decades(), &Zone::utc()));
        let told = |calendar: &Reading| {
            // Two kinds matter only where they touch the window.
            let passing = |problem: &&Problem| problem.problem.contains("cut off") || problem.problem.contains("its VTIMEZONE is not");
            let lasting = calendar.problems.iter().filter(|problem| !passing(problem));
            lasting.cloned().collect::<Vec<_>>()
        };
        assert_eq!(told(&narrow), told(&wide), "{}", path.display());
        assert_eq!(narrow.standing, super::standing(&bytes), "{}", path.display());
    }
}
