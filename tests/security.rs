//! Holds SECURITY.md to its word: every test that it names exists, and what it says of the source as a whole is so.
#![expect(clippy::unwrap_used, reason = "a broken check should stop the test")]

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The root of the house.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `file::name` in a text.
fn named(text: &str) -> Vec<(String, String)> {
    let name = Regex::new(r"`([\w./-]+\.(?:rs|sh))::(\w+)`").unwrap();
    name.captures_iter(text).map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

/// Every file `so` that a text says to look at, without a test in it.
fn files(text: &str) -> Vec<String> {
    let name = Regex::new(r"`((?:src|tests|fuzz|systemd|\.ci)/[\w./-]+)`").unwrap();
    name.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// What a text names and is not there, or is no test that runs.
fn missing(text: &str) -> Vec<String> {
    let has = |(file, name): &(String, String)| {
        let Ok(text) = fs::read_to_string(root().join(file)) else { return false };
        if Path::new(file).extension().is_some_and(|kind| kind == "rs") { is_test(&text, name) } else { is_check(&text, name) }
    };
    let tests = named(text).into_iter().filter(|test| !has(test)).map(|(file, name)| format!("{file}::{name}"));
    tests.chain(files(text).into_iter().filter(|file| !root().join(file).exists())).collect()
}

/// Whether a Rust file has a test of that name which is not passed over.
fn is_test(text: &str, name: &str) -> bool {
    let Some(found) = Regex::new(&format!(r"(?m)^\s*(?:async )?fn {name}\(")).unwrap().find(text) else { return false };
    // What stands above it, up to an empty line: its comments and attributes.
    let above = text.get(..found.start()).and_then(|before| before.rsplit("\n\n").next()).unwrap_or_default();
    let marks: Vec<&str> = above.lines().map(str::trim).collect();
    let marked = marks.iter().any(|mark| *mark == "#[test]" || mark.starts_with("#[tokio::test"));
    marked && !marks.iter().any(|mark| mark.starts_with("#[ignore"))
}

/// Whether a script has a function of that name and calls it as a check.
fn is_check(text: &str, name: &str) -> bool {
    let said = |pattern: &str| Regex::new(&pattern.replace("NAME", name)).unwrap().is_match(text);
    said(r"(?m)^NAME\(\) \{") && said(r#"(?m)^check ".+" NAME$"#)
}

/// Every Rust file under `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|kind| kind == "rs")).collect()
}

#[test]
fn every_test_that_the_table_of_threats_names_exists_and_runs() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    assert!(named(&text).len() > 30, "the table was not found");
    assert_eq!(missing(&text), Vec::<String>::new());
    for (what, is_missing) in [
        ("tests/security.rs::statements_are_fixed_words", false),
        ("tests/security.rs::no_such_test", true),
        // No test, one that is passed over, and no check.
        ("tests/security.rs::sources", true),
        ("src/store/tests/file.rs::on_a_full_disk", true),
        ("tests/unit/checks.sh::has_status", true),
        ("src/lib.rs", false),
        ("src/no_such.rs", true),
    ] {
        assert_eq!(!missing(&format!("`{what}`")).is_empty(), is_missing, "{what}");
    }
}

#[test]
fn every_threat_has_a_control_and_a_check() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    assert!(rows.len() > 20, "the table was not found");
    for row in rows {
        assert!(row.len() == 3 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
}

#[test]
fn statements_are_fixed_words() {
    // The driver takes nothing but literals, unless somebody vouches for a text: of which there is one, a number in it.
    let vouched: Vec<String> = sources(&root().join("src"))
        .into_iter()
        .flat_map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| line.contains("AssertSqlSafe(")).map(|line| line.trim().to_owned());
            lines.collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(vouched, ["let numbered = sqlx::AssertSqlSafe(format!(\"PRAGMA user_version = {number}\"));"]);
}

#[test]
fn nothing_is_downloaded_from_elsewhere_than_the_registry() {
    for name in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let lock = fs::read_to_string(root().join(name)).unwrap();
        let sources: Vec<&str> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
        assert!(sources.len() > 100, "{name} was not found");
        let strange: Vec<&&str> = sources.iter().filter(|line| !line.starts_with("source = \"registry+")).collect();
        assert!(strange.is_empty(), "{name}: {strange:?}");
        assert_eq!(lock.matches("\nchecksum = ").count(), sources.len(), "{name}: each has its checksum");
    }
}
