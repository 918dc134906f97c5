//! Runs `offwatch inspect` on a calendar and writes what it said as short rows, in a form made for comparing by eye.
//! Judges nothing: what is right stands in the tests.

use std::process::{Command, Output};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// December 2026, in UTC.
pub(crate) const DECEMBER: &str = "2026-12-01 2027-01-01 UTC";

/// The second event of most files, which nothing may touch.
pub(crate) const DRILL: &str = "2026-12-15T13:00Z 2h drill@globex Globex: restore drill";

/// The first event of most files, when what is odd about it does no harm.
pub(crate) const UPGRADE: &str = "2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4";

/// What the program said about a calendar.
pub(crate) struct Said {
    /// The zone in which all-day dates were placed.
    zone: TimeZone,
    /// The occurrences, in its order.
    found: Vec<Value>,
    /// The problems, in its order.
    problems: Vec<Value>,
    /// The exit code.
    code: i32,
}

/// The bytes of a calendar beside this file.
pub(crate) fn feed(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/feeds/{name}.ics", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Asks about `bytes`; `span` is where the window begins, where it ends, and the zone.
pub(crate) fn inspect(bytes: &[u8], span: &str) -> Said {
    let [from, to, zone] = span.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.ics");
    std::fs::write(&path, bytes).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_offwatch"));
    command.env_clear().arg("inspect").arg(&path).args(["--from", from, "--to", to, "--zone", zone, "--format", "json"]);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let lines = |bytes: Vec<u8>| -> Vec<Value> {
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    };
    Said { zone: TimeZone::get(zone).unwrap(), found: lines(stdout), problems: lines(stderr), code: status.code().unwrap_or(-1) }
}

/// Compares what a file of `reading/` says about December with the expected rows.
#[track_caller]
pub(crate) fn check_reading(file: &str, expected: &[&str]) {
    compare(&inspect(&feed(&format!("reading/{file}")), DECEMBER).rows(), &expected.join("\n"));
}

impl Said {
    /// A row for each occurrence (`start length uid summary`, with its original start in brackets if it recurs, and what
    /// its status is unless confirmed), one for each problem (`! line component uid: words`), and the exit code unless 0.
    pub(crate) fn rows(&self) -> String {
        let mut rows: Vec<String> = self.found.iter().map(|found| self.row(found)).collect();
        rows.extend(self.problems());
        rows.join("\n")
    }

    /// One row for each series, in order of UID: its UID and the local starts of its occurrences; then as [`Said::rows`].
    pub(crate) fn starts(&self) -> String {
        let mut series: Vec<&str> = self.found.iter().map(|found| text(found, "uid")).collect();
        series.sort_unstable();
        series.dedup();
        let of = |uid: &str| self.found.iter().filter(|found| text(found, "uid") == uid).map(|found| self.start(found)).collect::<Vec<_>>();
        let mut rows: Vec<String> = series.into_iter().map(|uid| format!("{uid}: {}", of(uid).join(" "))).collect();
        rows.extend(self.problems());
        rows.join("\n")
    }

    /// How many occurrences of `uid` there are.
    pub(crate) fn count(&self, uid: &str) -> usize {
        self.found.iter().filter(|found| text(found, "uid") == uid).count()
    }

    /// The problems and the exit code as rows.
    pub(crate) fn problems(&self) -> Vec<String> {
        let part = |value: &Value| if value.is_null() { "-".to_owned() } else { value.to_string().trim_matches('"').to_owned() };
        let row =
            |odd: &Value| format!("! {} {} {}: {}", part(&odd["line"]), part(&odd["component"]), part(&odd["uid"]), text(odd, "problem"));
        let mut rows: Vec<String> = self.problems.iter().map(row).collect();
        rows.extend((self.code != 0).then(|| format!("exit {}", self.code)));
        rows
    }

    /// One occurrence.
    fn row(&self, found: &Value) -> String {
        let (uid, status) = (text(found, "uid"), text(found, "status"));
        let original = found["recurrence_id"].as_str().map_or_else(String::new, |original| format!(" [{}]", original.replace(":00Z", "Z")));
        let status = if status == "CONFIRMED" { String::new() } else { format!(" {status}") };
        let (start, length) = if found["all_day"] == true {
            let days = self.local(found, "end").date().since(self.local(found, "start").date()).unwrap().get_days();
            (self.local(found, "start").date().to_string(), format!("{days}d"))
        } else {
            (text(found, "start").replace(":00Z", "Z"), hours(instant(found, "end").duration_since(instant(found, "start"))))
        };
        format!("{start} {length} {}{original}{status} {}", if uid.is_empty() { "-" } else { uid }, text(found, "summary"))
    }

    /// When an occurrence starts, in local time.
    fn start(&self, found: &Value) -> String {
        let start = self.local(found, "start");
        if found["all_day"] == true {
            start.date().to_string()
        } else {
            start.strftime(if start.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
        }
    }

    /// An instant in local time.
    fn local(&self, found: &Value, name: &str) -> DateTime {
        self.zone.to_datetime(instant(found, name))
    }
}

/// A member that is a text.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {value}"))
}

/// A member that is an instant.
fn instant(value: &Value, name: &str) -> Timestamp {
    text(value, name).parse().unwrap()
}

/// An amount of time, such as `1h30m`.
fn hours(amount: SignedDuration) -> String {
    let seconds = amount.as_secs();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let said: Vec<String> = parts.iter().filter(|(count, _)| *count != 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if said.is_empty() { "0m".to_owned() } else { said.concat() }
}

/// Refuses rows other than the expected ones; `…` in an expected row stands for any words. The order of problems is the
/// program's own, so they are compared without it.
#[track_caller]
pub(crate) fn compare(found: &str, expected: &str) {
    let lines = |text: &str| -> (Vec<String>, Vec<String>) {
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty());
        let (mut problems, rows): (Vec<String>, Vec<String>) = lines.partition(|line| line.starts_with('!'));
        problems.sort();
        (rows, problems)
    };
    let ((rows, problems), (expected_rows, expected_problems)) = (lines(found), lines(expected));
    let alike = rows == expected_rows && paired(&problems, &expected_problems);
    assert!(alike, "\nfound:\n{found}\n\nexpected:\n{}\n", [expected_rows, expected_problems].concat().join("\n"));
}

/// Whether each problem can be paired with one expected row of its own.
fn paired(problems: &[String], expected: &[String]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return problems.is_empty() };
    let places = problems.iter().enumerate().filter(|(_, problem)| alike(problem, first));
    places.map(|(place, _)| [&problems[..place], &problems[place + 1..]].concat()).any(|left| paired(&left, rest))
}

/// Whether `row` is what `expected` says, where `…` stands for any words.
fn alike(row: &str, expected: &str) -> bool {
    let Some((first, rest)) = expected.split_once('…') else { return row == expected };
    let Some(mut left) = row.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('…').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(last)
}

/// The text of each file beside this one whose name ends so, with its path from here.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(format!("{}/tests/feeds/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.to_string_lossy().ends_with(ending));
    paths.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn every_calendar_here_is_used_by_a_test_and_kept_as_it_was_written() {
    let tests = files("", ".rs").into_iter().map(|(_, text)| text).collect::<String>();
    for folder in ["reading", "zones", "recurrence"] {
        let calendars = files(folder, ".ics");
        assert!(calendars.len() > 10, "{folder} was not found");
        for (name, text) in calendars {
            let used = [format!("\"{name}\""), format!("\"{folder}/{name}\"")].iter().any(|quoted| tests.contains(quoted));
            assert!(used, "{folder}/{name}.ics is used by no test");
            assert!(text.split('\n').rev().skip(1).all(|line| line.ends_with('\r')), "{folder}/{name}.ics: lines end with CR LF");
        }
    }
}

#[test]
fn an_expectation_refuses_what_it_does_not_say() {
    let alike_rows = [("! 7 a: b passed over", "! 7 a: … over"), ("a b c d", "a … c …"), ("a", "a")];
    let other_rows = [("! 7 a: b kept", "! 7 a: … over"), ("a c b", "a … b … c …"), ("ab", "a"), ("a", "b…")];
    assert!(alike_rows.iter().all(|(row, expected)| alike(row, expected)));
    assert!(!other_rows.iter().any(|(row, expected)| alike(row, expected)));
    let problems = ["! 1 x".to_owned(), "! 1 y".to_owned()];
    assert!(paired(&problems, &["! 1 y".to_owned(), "! 1 …".to_owned()]) && paired(&problems, &["! 1 …".to_owned(), "! 1 x".to_owned()]));
    assert!(!paired(&problems, &["! 1 …".to_owned()]) && !paired(&problems, &["! 1 x".to_owned(), "! 1 x".to_owned()]));
}
