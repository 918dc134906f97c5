//! The board as people ask for it: one page on the screen, all pages in a folder, the same for programs.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::world::{Run, World, run};

/// Asks for the board of the shipped world at a moment of it.
fn board(words: &[&str]) -> Run {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/offwatch.toml");
    let at = ["board", "--from", "2027-03-15T00:00:00Z", "--at", "2027-03-17T13:00:00Z"];
    run(&config, &[&at, words].concat())
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn one_page_is_printed_whole() {
    for words in [&[][..], &["--format", "html"], &["--out", "-", "--page", "index"]] {
        let page = board(words);
        page.says(0, &["<!DOCTYPE html>", "1 task at risk in the next 24 hours.", "Anna Vogel", "</html>", "<style>:root"]);
    }
    board(&["--page", "engineer/priya"]).says(0, &["<h1><bdi>Priya Nair</bdi></h1>", "To write"]);
    let chosen = board(&["--account", "ACME Corp"]);
    chosen.says(0, &["Nothing is at risk in the next 24 hours.", "Show everybody"]);
    assert!(!chosen.out.contains("Only Priya Nair can write it"), "{}", chosen.out);
    assert!(!board(&["--team", "anna,rui"]).out.contains("Mei Tan: two weeks"));
    let team = board(&["--team", "asia pacific"]);
    team.says(0, &["Board of Asia Pacific", "Mei Tan: two weeks", "Priya Nair: two weeks"]);
    assert!(!team.out.contains("Anna Vogel: two weeks"));
}

#[test]
fn all_pages_lie_in_a_folder_and_lead_to_each_other() {
    let folder = TempDir::new().unwrap();
    let site = folder.path().join("site");
    board(&["--out", site.to_str().unwrap()]).says(0, &[]);
    let files = files(&site);
    assert!(files.len() > 20, "{files:?}");
    let index = std::fs::read_to_string(site.join("index.html")).unwrap();
    let (_, link) = index.split_once("href=\"task&#x2f;").unwrap();
    let task = std::fs::read_to_string(site.join("task").join(link.split('"').next().unwrap())).unwrap();
    assert!(task.contains("What would change this") && task.contains("href=\"..&#x2f;index.html\""), "{task}");
}

#[test]
fn programs_get_facts_without_drawings() {
    let board: Value = serde_json::from_str(&board(&["--format", "json"]).out).unwrap();
    assert_eq!(board["tonight"][0]["start"], "2027-03-17T22:00:00Z");
    assert_eq!(board["tonight"][0]["writer"]["name"], "Priya Nair");
    let lane = &board["lanes"][0];
    assert_eq!((lane["id"].as_str(), lane["state"].as_str()), (Some("anna"), Some("in")));
    assert!(lane["there"].as_array().unwrap().len() >= 5 && lane.get("weeks").is_none(), "{lane}");
    assert_eq!(board["outbox"]["queued"], 0);
}

#[test]
fn what_nobody_has_is_refused_with_what_may_have_been_meant() {
    board(&["--team", "ana"]).says(2, &["no engineer and no team is called `ana`; did you mean `anna`"]);
    board(&["--account", "acm"]).says(2, &["no account is called `acm`; did you mean `acme`"]);
    board(&["--page", "task/t0"]).says(2, &["nothing in sight has the page `task/t0`"]);
    board(&["--page", "everything"]).says(2, &["`everything` is no page; there are `index`, `task/ID`"]);
}

#[test]
fn a_state_that_does_not_exist_yet_has_a_board_too() {
    World::new().run(&["board"]).says(0, &["no turn has been finished on this state yet", "The next 14 days"]);
}
