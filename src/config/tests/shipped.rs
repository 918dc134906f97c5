//! The files that come with offwatch are good, and the example leaves nothing out.

use std::path::Path;

use crate::config::{Context, interpret, load};

/// The path of a shipped file.
fn shipped(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name)
}

#[test]
fn both_shipped_files_are_good_without_a_warning() {
    for name in ["offwatch.toml", "minimal.toml"] {
        let config = load(&shipped(name), &Context::default()).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(config.warnings, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_setting_there_is_stands_in_the_example_under_its_section() {
    let text = std::fs::read_to_string(shipped("offwatch.toml")).unwrap();
    let (_, known) = interpret(&text, "offwatch.toml", Path::new("config"), &Context::default(), false);
    assert!(known.len() > 80, "only {} settings", known.len());
    let mut section = String::new();
    let mut shown = Vec::new();
    for line in text.lines() {
        let line = line.trim_start_matches("# ");
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_matches(['[', ']']).to_owned();
            shown.push((String::new(), section.clone()));
        }
        // Settings of a table in a line stand there with it.
        for piece in line.split(['{', ',']) {
            if let Some((key, _)) = piece.split_once(" = ") {
                shown.push((section.clone(), key.trim().to_owned()));
            }
        }
    }
    let missing: Vec<_> = known
        .iter()
        .filter(|(section, key)| {
            let top = section.split('.').next().unwrap_or_default();
            !shown.iter().any(|(there, name)| there == top && name == key)
        })
        .collect();
    assert_eq!(missing, Vec::<&(&str, &str)>::new());
}

#[test]
fn an_example_setting_that_is_off_is_one_that_there_is() {
    let text = std::fs::read_to_string(shipped("offwatch.toml")).unwrap();
    let (_, known) = interpret(&text, "offwatch.toml", Path::new("config"), &Context::default(), false);
    let off = text.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(" = ").map(|(key, _)| key));
    let off: Vec<&str> = off.filter(|key| !key.contains(' ') && *key != "fri").collect();
    assert!(off.len() > 20, "{off:?}");
    for key in off {
        assert!(known.iter().any(|(_, name)| *name == key), "{key}");
    }
}
