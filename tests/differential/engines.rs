//! The two sides: the built program, and the other engine in a process of its own. Owns how each is asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use jiff::ToSpan;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Row;
use crate::draw::Scene;

/// The other engine, and a folder for the program's files; both gone with it.
pub(crate) struct Engine {
    /// Its process.
    process: Child,
    /// Where it is asked.
    questions: ChildStdin,
    /// Where it answers.
    answers: BufReader<ChildStdout>,
    /// Where calendars are put for the program.
    folder: TempDir,
}

/// What both sides found, by UID, sorted.
pub(crate) struct Answers {
    /// The program's.
    pub(crate) ours: BTreeMap<String, Vec<Row>>,
    /// The other engine's, over a wider window.
    pub(crate) theirs: BTreeMap<String, Vec<Row>>,
}

impl Engine {
    /// Starts it. Nothing, and a line that says so, when it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/recurring.py");
        let mut command = Command::new("python3");
        // Time zones are those of its own package, and not what this machine happens to have.
        command.arg(script).env("PYTHONTZPATH", "").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut process) = command.spawn() else { return missing() };
        let (questions, mut answers) = (process.stdin.take()?, BufReader::new(process.stdout.take()?));
        let mut version = String::new();
        answers.read_line(&mut version).unwrap();
        if version.is_empty() {
            process.wait().unwrap();
            return missing();
        }
        Some(Self { process, questions, answers, folder: tempfile::tempdir().unwrap() })
    }

    /// Asks both sides, which think at the same time.
    pub(crate) fn ask(&mut self, scene: &Scene) -> Answers {
        let text = scene.text();
        // What happens at the edge is decided here, so the other side looks a little farther.
        let (from, to) = (scene.from - 100.hours(), scene.to + 100.hours());
        let question = json!({"calendar": scene.text_with_bare(), "from": from.to_string(), "to": to.to_string(), "zone": scene.reader});
        writeln!(self.questions, "{question}").unwrap();
        let ours = self.program(scene, &text);
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        Answers { ours, theirs: theirs(&serde_json::from_str(&line).unwrap()) }
    }

    /// Asks the program.
    fn program(&self, scene: &Scene, text: &str) -> BTreeMap<String, Vec<Row>> {
        let path = self.folder.path().join("drawn.ics");
        std::fs::write(&path, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_offwatch"));
        let (from, to) = (scene.from.to_string(), scene.to.to_string());
        command.arg("inspect").arg(&path).args(["--from", &from, "--to", &to, "--zone", scene.reader, "--format", "json"]);
        let output = command.output().unwrap();
        let odd = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{odd}");
        let mut found = BTreeMap::new();
        // Every calendar that is drawn is a good one: what is found odd is an answer too much.
        for line in odd.lines() {
            let problem: Value = serde_json::from_str(line).unwrap();
            let uid = problem["uid"].as_str().unwrap_or("e?").to_owned();
            let what = problem["problem"].as_str().unwrap_or_default().to_owned();
            keep(&mut found, uid, Row { start: what, end: String::new(), all_day: false, status: String::new(), summary: String::new() });
        }
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            let all_day = row["all_day"].as_bool().unwrap();
            let one = Row { start: text("start"), end: text("end"), all_day, status: text("status"), summary: text("summary") };
            keep(&mut found, text("uid"), one);
        }
        found
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What the other engine's line says. What broke it is a row too.
fn theirs(answer: &Value) -> BTreeMap<String, Vec<Row>> {
    let mut found = BTreeMap::new();
    for row in answer.as_array().unwrap() {
        let text = |place: usize| row[place].as_str().unwrap_or_default().to_owned();
        let all_day = row[3].as_bool().unwrap_or_default();
        keep(&mut found, text(0), Row { start: text(1), end: text(2), all_day, status: text(4), summary: text(5) });
    }
    found
}

/// Puts a row in its place.
fn keep(found: &mut BTreeMap<String, Vec<Row>>, uid: String, row: Row) {
    let rows = found.entry(uid).or_default();
    rows.push(row);
    rows.sort();
}

/// Says that the engine is missing; fails where it must not be.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
fn missing<T>() -> Option<T> {
    let required = std::env::var("OFFWATCH_REQUIRE").is_ok_and(|names| names.contains("recurring"));
    assert!(!required, "recurring-ical-events is required and not installed");
    eprintln!("skipped: recurring-ical-events is not installed (pip install recurring-ical-events)");
    None
}
