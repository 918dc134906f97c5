//! The pages of links and the board in a real browser: `tests/look/browser.mjs` uses them as people do; and `tests/look/letters.mjs`
//! looks at a sample of every letter. Passed over where Node.js,
//! its packages or Chromium are missing, unless `OFFWATCH_REQUIRE` names `browser`.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::health::free_port;
use crate::links::{KEYS, Scene};
use crate::world::missing;

/// The token of the board.
const TOKEN: &str = "the token of the board, which a browser types";

/// Where Node.js finds its packages, and the browser; nothing, and a line that says so, when one of them is missing.
fn tools() -> Option<(PathBuf, PathBuf)> {
    let packages = std::env::var_os("NODE_PATH").map(PathBuf::from);
    let has = |name: &str| packages.as_ref().is_some_and(|packages| packages.join(name).join("package.json").is_file());
    let places = std::env::var_os("PATH").unwrap_or_default();
    let program = |name: &str| std::env::split_paths(&places).map(|place| place.join(name)).find(|path| path.is_file());
    let Some(chromium) = program("chromium") else { return missing("browser", "Debian's `chromium`") };
    if program("node").is_none() {
        return missing("browser", "Debian's `nodejs`");
    }
    let needed = ["playwright-core", "axe-core", "html-validate"];
    match needed.into_iter().find(|name| !has(name)) {
        Some(_) => missing("browser", "playwright-core, axe-core and html-validate with npm and set NODE_PATH to their folder"),
        None => packages.zip(Some(chromium)),
    }
}

#[test]
fn people_use_links_and_the_board_with_mouse_keyboard_and_without_scripts() {
    let Some((packages, chromium)) = tools() else { return };
    let port = free_port();
    let Some(scene) = Scene::new(|world| {
        world.write("board-token", TOKEN);
        world.edit("[service]", &format!("[service]\nboard = \"127.0.0.1:{port}\"\nboard_token_file = \"board-token\""));
    }) else {
        return;
    };
    scene.daemon.says("the board is served at");
    let token = |label| scene.token("ada", label);
    let world = json!({
        "pages": format!("http://127.0.0.1:{}", scene.port),
        "board": format!("http://127.0.0.1:{port}"),
        "token": TOKEN,
        "key": KEYS.lines().next(),
        "links": {
            "written": token("Briefing written"),
            "waived": token("Not needed"),
            "hand": token("Hand to somebody else"),
            "snooze": token("Remind me later"),
            "spare": scene.token("manager", "Not needed"),
        },
    });
    scene.world.write("world.json", &world.to_string());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/look/browser.mjs");
    let mut command = Command::new("node");
    command.arg(script).arg(scene.world.path("world.json")).env("NODE_PATH", packages).env("OFFWATCH_CHROMIUM", chromium);
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("nothing found"), "{said}");
    eprintln!("{said}");
    // All was taken back in the end.
    assert_eq!(scene.state(), "asked");
    let log = scene.daemon.log();
    for secret in [TOKEN, KEYS, world["links"]["hand"].as_str().unwrap()] {
        assert!(!log.contains(secret), "a secret stands in:\n{log}");
    }
    scene.daemon.stop();
}

#[test]
fn a_sample_of_every_letter_is_found_good_at_two_widths_by_day_and_by_night() {
    let Some((packages, chromium)) = tools() else { return };
    let folder = tempfile::tempdir().unwrap();
    let wrote = Command::new(env!("CARGO_BIN_EXE_offwatch")).args(["templates", "check", "--into"]).arg(folder.path()).output().unwrap();
    assert!(wrote.status.success(), "{}", String::from_utf8_lossy(&wrote.stderr));
    let mut command = Command::new("node");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/look/letters.mjs")).arg(folder.path());
    let output = command.env("NODE_PATH", packages).env("OFFWATCH_CHROMIUM", chromium).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    let samples = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(said.contains(&format!("{samples} letters of {samples} looked at, 0 things found")), "{said}");
    eprintln!("{said}");
}
