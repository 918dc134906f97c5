//! Other people's readers of letters and calendars, in a process of their own: Python's email package and icalendar.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What `tests/peers/letters.py` answers to each question; nothing, and a line that says so, when icalendar is not installed.
pub(crate) fn ask(questions: &[Value]) -> Option<Vec<Value>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/letters.py");
    let mut command = Command::new("python3");
    let Ok(mut process) = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
        return missing();
    };
    let mut questioned = process.stdin.take().unwrap();
    let lines: Vec<String> = questions.iter().map(|question| format!("{question}\n")).collect();
    // Written beside the reading: both sides would wait for each other when a pipe is full.
    let asking = std::thread::spawn(move || drop(questioned.write_all(lines.concat().as_bytes())));
    let output = process.wait_with_output().unwrap();
    asking.join().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let mut answers = answers.lines();
    if answers.next().is_none() {
        return missing();
    }
    let answers: Vec<Value> = answers.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), questions.len(), "the other reader broke");
    Some(answers)
}

/// Says that the other readers are missing; fails where they must not be.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
#[expect(clippy::disallowed_methods, reason = "whether a peer may be missing is said by the environment")]
fn missing<T>() -> Option<T> {
    let required = std::env::var("OFFWATCH_REQUIRE").is_ok_and(|names| names.contains("icalendar"));
    assert!(!required, "Python's icalendar is required and not installed");
    eprintln!("skipped: Python's icalendar is not installed (pip install icalendar)");
    None
}
