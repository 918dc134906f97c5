//! Plays the shipped world with the built program and looks at what comes out: the same letters each time, in the
//! form that programs and mail readers rely on. Judges no decision; that is for the tests of the rooms.
#![expect(clippy::unwrap_used, reason = "a broken check should stop the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use mail_parser::MessageParser;
use serde_json::Value;

/// What one demo left behind.
struct Played {
    /// The timeline.
    text: String,
    /// The files in its folder, with their content.
    files: BTreeMap<String, Vec<u8>>,
}

/// A demo that all tests look at.
static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    Played { text: demo(folder.path(), &[]).replace(folder.path().to_str().unwrap(), "FOLDER"), files: files(folder.path()) }
});

/// The letters that `offwatch demo --format json` prints.
static LETTERS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    demo(folder.path(), &["--format", "json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
});

/// What `offwatch demo` prints, with its letters written into `folder`.
fn demo(folder: &Path, more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offwatch"));
    let output = command.arg("demo").arg("--into").arg(folder).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

/// The letters in `folder`, with their content; the world beside them is a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect()
}

/// Every command for offwatch in a text, but those about files that only its reader has.
fn commands(text: &str) -> Vec<String> {
    let whole = text.replace("\\\n", "");
    let commands = whole.lines().map(str::trim).filter(|line| line.starts_with("offwatch "));
    commands.filter(|line| !line.contains("--config offwatch.toml")).map(str::to_owned).collect()
}

/// What a shell in `folder` makes of a command.
fn typed(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_offwatch"));
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command).current_dir(folder).env_clear().env("PATH", program.parent().unwrap());
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The names of an object's fields.
fn fields(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_demo_says_the_same_each_time_and_leaves_strangers_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.eml"), "not the demo's").unwrap();
    let (first, written) = (demo(folder.path(), &[]), files(folder.path()));
    let (second, again) = (demo(folder.path(), &[]), files(folder.path()));
    assert_eq!(first, second);
    assert!(written == again, "the second demo wrote other letters");
    assert_eq!(written["mine.eml"], b"not the demo's");
    assert_eq!(written.len(), LETTERS.len() + 1);
}

#[test]
fn the_timeline_is_narrow_plain_where_nobody_looks_and_tells_the_story() {
    let text = &PLAYED.text;
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 100).collect();
    assert_eq!(wide, Vec::<&str>::new());
    assert!(!text.contains('\u{1b}'), "colours in a pipe");
    for told in ["Globex announces an upgrade for tonight", "Anna Vogel, Mon 09:15 CET", "Mei enters leave", "What to try next"] {
        assert!(text.contains(told), "{told}");
    }
    assert_eq!(text.matches('✉').count(), LETTERS.len());
}

#[test]
fn every_kind_of_notice_and_every_step_of_the_chain_occurs() {
    let letters = &*LETTERS;
    let notices: Vec<&Value> = letters.iter().flat_map(|letter| letter["notices"].as_array().unwrap()).collect();
    let said: BTreeSet<String> = notices.iter().map(|notice| notice["kind"].as_str().unwrap().to_owned()).collect();
    for kind in ["before-leave", "briefing-request", "catch-up", "coverage", "escalation", "feed-alert"] {
        assert!(said.contains(kind), "{kind} in {said:?}");
    }
    let stages = |kind: &str| -> BTreeSet<&str> {
        notices.iter().filter(|notice| notice["kind"] == kind).filter_map(|notice| notice["stage"].as_str()).collect()
    };
    assert_eq!(stages("briefing-request"), BTreeSet::from(["10 working days", "3 working days", "1 working day", "2 working hours"]));
    for stage in ["1 working day", "manager", "last call"] {
        assert!(stages("escalation").contains(stage), "{stage} in {:?}", stages("escalation"));
    }
    assert!((25..=60).contains(&letters.len()), "{} letters are no story", letters.len());
}

#[test]
fn every_line_of_json_keeps_the_contract() {
    let letters = &*LETTERS;
    let instants: Vec<&str> = letters.iter().map(|letter| letter["at"].as_str().unwrap()).collect();
    assert!(instants.is_sorted());
    for letter in letters {
        assert_eq!(fields(letter), BTreeSet::from(["at", "notices", "subject", "to"]), "{letter}");
        assert_eq!(letter["to"].as_array().unwrap().len(), 1);
        assert!(!letter["notices"].as_array().unwrap().is_empty(), "{letter}");
        for notice in letter["notices"].as_array().unwrap() {
            let mut expected =
                BTreeSet::from(["account", "engineer", "key", "kind", "reason", "recurrence_id", "stage", "task_start", "uid"]);
            if ["before-leave", "catch-up", "coverage"].contains(&notice["kind"].as_str().unwrap()) {
                assert!(notice["uids"].is_array() && notice["uid"].is_null(), "{notice}");
            }
            if notice.get("uids").is_some() {
                expected.insert("uids");
            }
            assert_eq!(fields(notice), expected, "{notice}");
            assert!(!notice["reason"].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn every_letter_is_a_message_that_robots_leave_unanswered() {
    assert_eq!(PLAYED.files.len(), LETTERS.len());
    for (name, bytes) in &PLAYED.files {
        let message = MessageParser::default().parse(bytes.as_slice()).unwrap();
        assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"), "{name}");
        assert!(message.subject().is_some_and(|subject| !subject.is_empty()), "{name}");
        assert!(message.message_id().is_some() && message.body_text(0).is_some_and(|text| text.contains("Why you get this")), "{name}");
    }
}

#[test]
fn what_the_demo_says_to_try_next_works_as_it_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (printed, help) = (typed("offwatch demo", folder.path()), typed("offwatch demo --help", folder.path()));
    let (next, helped) = (commands(&printed), commands(&help));
    assert_eq!(next, helped, "the help says the same as the end of the demo");
    let words: Vec<&str> = next.iter().map(|command| command.split(' ').nth(1).unwrap()).collect();
    assert_eq!(words, ["explain", "explain", "plan", "simulate"]);
    for (command, told) in next.iter().zip(["message broker", "Anna Vogel (anna)", "the coming days", "=== 2027-03-15T"]) {
        assert!(typed(command, folder.path()).contains(told), "{command}");
    }
    let odd = "it's a demo";
    for command in commands(&typed(&format!("offwatch demo --into \"{odd}\""), folder.path())) {
        assert!(command.contains("world/offwatch.toml"), "{command}");
        typed(&command, folder.path());
    }
}

#[test]
fn a_world_that_was_changed_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    demo(folder.path(), &[]);
    let (config, story) = (folder.path().join("world/offwatch.toml"), folder.path().join("world/story.txt"));
    let changed = std::fs::read_to_string(&config).unwrap().replace("Anna Vogel", "Anna Voss");
    std::fs::write(&config, &changed).unwrap();
    std::fs::remove_file(&story).unwrap();
    demo(folder.path(), &[]);
    assert_eq!(std::fs::read_to_string(&config).unwrap(), changed);
    assert!(story.is_file(), "what is missing is put there again");
}
