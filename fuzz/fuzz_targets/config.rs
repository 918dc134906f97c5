//! Any bytes → a configuration, or at least one problem: reading ends and never panics, problems name places that exist, and
//! nothing tells what a secret's file holds or what stands in an address.
#![no_main]
#![expect(dead_code, unused_imports, reason = "the rooms are taken in whole, for one of their doors")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a broken promise is what we look for")]

#[path = "../../src/agenda/mod.rs"]
mod agenda;
#[path = "../../src/availability/mod.rs"]
mod availability;
#[path = "../../src/calendar/mod.rs"]
mod calendar;
#[path = "../../src/config/mod.rs"]
mod config;
mod edges;
#[path = "../../src/links/mod.rs"]
mod links;
#[path = "../../src/people.rs"]
mod people;
#[path = "../../src/plan/mod.rs"]
mod plan;
#[path = "../../src/schedule.rs"]
mod schedule;
#[path = "../../src/feeds/source.rs"]
mod source;
#[path = "../../src/window.rs"]
mod window;
#[path = "../../src/wording/mod.rs"]
mod wording;
#[path = "../../src/working.rs"]
mod working;
#[path = "../../src/zone.rs"]
mod zone;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use config::Context;
use edges::{feeds, mail, send, store};
use libfuzzer_sys::fuzz_target;

/// What every secret holds; as an address it can be fetched.
const CANARY: &str = "https://kanarienvogel.example/";

/// What marks a secret in an address that stands in the file itself.
const MARK: &str = "hunter2";

/// A folder with a secret in it, which inputs can name.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join("offwatch-fuzz-config");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("s"), CANARY).unwrap();
    folder
});

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let context = Context { state_directory: None, runtime_directory: None, credentials_directory: Some(FOLDER.clone()) };
    let read = config::read(&text, "offwatch.toml", &FOLDER, &context);
    let told = match &read {
        Ok(config) => format!("{}\n{config:?}", config.warnings.join("\n")),
        Err(problems) => {
            assert!(!problems.problems.is_empty(), "refused without a reason");
            let lines: Vec<&str> = text.split('\n').collect();
            for place in problems.problems.iter().filter_map(|problem| problem.place.as_ref()) {
                let line = lines.get(place.line - 1).expect("a line that there is not");
                assert!(place.column >= 1 && place.column - 1 <= line.chars().count(), "a column that there is not: {place:?}");
            }
            problems.to_string()
        }
    };
    if !text.contains("kanarienvogel") {
        assert!(!told.contains("kanarienvogel"), "{told}");
    }
    // Only where each of them stands behind a scheme in its own line: elsewhere it is no secret.
    let hidden = |line: &str| line.find(MARK).is_none_or(|at| line.find("://").is_some_and(|scheme| scheme < at));
    if text.lines().all(hidden) && read.is_err() {
        assert!(!told.contains(MARK), "{told}");
    }
});
