//! Holds the plan of the house: which room may use which, what a pure room never touches, how long things may grow.
//! Reads the source as text and refuses to trust itself: each rule is also shown a sample that it must catch.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a broken check should stop the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::{Captures, Regex};

/// Where a room stands: a room uses rooms that stand above it, and within words, line and shell those listed before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Band {
    /// What everything is said in.
    Words,
    /// Pure: value in, value out.
    Line,
    /// Touches the world; edges do not know each other.
    Edge,
    /// Joins the line to the edges.
    Shell,
    /// The second opinion: knows the words alone, so that it cannot share a mistake.
    Oracle,
}

/// Every room, in reading order.
const ROOMS: &[(&str, Band)] = &[
    ("window", Band::Words),
    ("zone", Band::Words),
    ("working", Band::Words),
    ("schedule", Band::Words),
    ("people", Band::Words),
    ("calendar", Band::Line),
    ("agenda", Band::Line),
    ("availability", Band::Line),
    ("plan", Band::Line),
    ("outbox", Band::Line),
    ("explain", Band::Line),
    ("links", Band::Line),
    ("wording", Band::Line),
    ("mail", Band::Line),
    ("page", Band::Line),
    ("board", Band::Line),
    ("clock", Band::Edge),
    ("crash", Band::Edge),
    ("config", Band::Edge),
    ("feeds", Band::Edge),
    ("store", Band::Edge),
    ("send", Band::Edge),
    ("systemd", Band::Edge),
    ("cycle", Band::Shell),
    ("simulate", Band::Shell),
    ("chaos", Band::Shell),
    ("health", Band::Shell),
    ("daemon", Band::Shell),
    ("web", Band::Shell),
    ("cli", Band::Shell),
    ("oracle", Band::Oracle),
];

/// Files or rooms that may name a path although a rule says no, and why. One that nobody uses any more is a finding.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("chaos", "crate::oracle", "it plays the worlds that the second opinion judges"),
    ("config", "crate::feeds", "configuration produces feeds as they are meant"),
    ("config", "crate::send", "configuration produces the way letters go"),
    ("config", "crate::store::Address", "configuration produces the address of the state"),
    ("mail", "std::time::SystemTime", "the mail crate takes the date of a letter as one; it is computed, not read"),
    ("mail", "SystemTime", "likewise"),
    ("send", "crate::clock", "an attempt that was stopped for too long must not go on"),
    ("send", "crate::crash", "rehearsals end in the middle of an attempt"),
    ("send", "crate::feeds::Secret", "a password is a secret wherever it is used"),
    ("store", "crate::crash", "rehearsals end before and after a commit"),
    ("store", "crate::feeds::Secret", "likewise"),
    ("zone", "std::fs", "the system's tz database is loaded like code, once"),
];

/// Crates that only the named rooms know, so that each can be replaced there.
const OWNERS: &[(&str, &[&str])] = &[
    ("icalendar", &["calendar"]),
    // The second opinion that our own rules are tested against.
    ("rrule", &[]),
    ("croner", &["schedule"]),
    ("sqlx", &["store"]),
    ("reqwest", &["feeds"]),
    // To tell apart what went wrong beneath reqwest.
    ("hyper", &["feeds"]),
    ("lettre", &["send", "mail"]),
    ("sd_notify", &["systemd"]),
    ("axum", &["web"]),
    ("prometheus_client", &["web"]),
    ("minijinja", &["mail", "page", "wording"]),
];

/// What words and line never touch: the world, and its clock.
const WORLD: &[&str] = &["std::fs", "std::net", "std::env", "std::process", "tokio", "reqwest", "sqlx", "axum", "tracing"];

/// The last steps of a path that reads the wall clock or the host's own zone, wherever it is imported from.
const CLOCKS: &[&str] = &["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now", "TimeZone::system"];

/// What words and line do not name either: the clock's own type, and the stopwatch that edges may use for their limits.
const STOPWATCHES: &[&str] = &["SystemTime", "Instant::now"];

/// Macros and streams that speak to whoever sits at the terminal.
const OUTPUT: &[&str] = &["print!", "println!", "eprint!", "eprintln!", "dbg!", "io::stdout", "io::stderr"];

/// The place of a room in [`ROOMS`] and its band.
fn standing(room: &str) -> Option<(usize, Band)> {
    ROOMS.iter().position(|(name, _)| *name == room).map(|place| (place, ROOMS[place].1))
}

/// The modules a file stands for: `src/plan/rules.rs` is `plan`, `rules`; `src/lib.rs` is none.
fn modules(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').filter(|part| !matches!(*part, "lib" | "main")).map(str::to_owned).collect()
}

/// The text without what only looks like code: comments and literals. Lines stay where they are.
fn bare(text: &str) -> String {
    let noise = r##"(?s)//[^\n]*|/\*.*?\*/|\bb?r"[^"]*"|\bb?r#".*?"#|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\[^u]|\\u\{\w+\})'"##;
    let blank = |found: &Captures<'_>| "\n".repeat(found[0].matches('\n').count());
    Regex::new(noise).unwrap().replace_all(text, blank).into_owned()
}

/// Bare code without what only tests see, for they may know every room. Lines stay where they are.
fn product(text: &str) -> String {
    let bare = bare(text);
    let mut lines: Vec<&str> = bare.lines().collect();
    for start in 0..lines.len() {
        if lines[start].trim() == "#[cfg(test)]" {
            let item = (start..lines.len()).find(|at| !lines[*at].trim_start().starts_with("#[")).unwrap_or(start);
            let end = end(&lines, item);
            lines[start..=end].fill("");
        }
    }
    lines.join("\n")
}

/// The last line of the item that begins in line `start`: rustfmt closes it in the column in which it opens.
fn end(lines: &[&str], start: usize) -> usize {
    let indent = &lines[start][..lines[start].len() - lines[start].trim_start().len()];
    let rest = || lines.iter().enumerate().skip(start + 1);
    if lines[start].trim_end().ends_with([';', ',', '}']) {
        return start;
    }
    let closes = |line: &str| {
        let tail = line.strip_prefix(indent).unwrap_or_default();
        tail.starts_with('}') || tail.starts_with(')') && tail.ends_with(';')
    };
    rest().find(|(_, line)| closes(line)).map_or(start, |(at, _)| at)
}

/// Every path that `code` names, imports spelt out one by one, with its line; `super` is resolved from `here`.
fn paths(code: &str, here: &[String]) -> Vec<(usize, String)> {
    let import = Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);").unwrap();
    let inline = Regex::new(r"\b[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*!?").unwrap();
    let line = |at: usize| code[..at].matches('\n').count() + 1;
    let mut named = Vec::new();
    for found in import.captures_iter(code) {
        let tree = found.get(1).unwrap();
        named.extend(branches("", tree.as_str()).into_iter().map(|path| (line(tree.start()), path)));
    }
    // As long as before, so that places in it are places in `code`.
    let rest = import.replace_all(code, |found: &Captures<'_>| " ".repeat(found[0].len()));
    named.extend(inline.find_iter(&rest).map(|found| (line(found.start()), found.as_str().to_owned())));
    for (_, path) in &mut named {
        *path = resolved(path, here);
    }
    named
}

/// The paths of one `use` tree.
fn branches(stem: &str, tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((head, inner)) = tree.split_once('{') else {
        let plain = tree.split(" as ").next().unwrap_or_default().trim();
        return vec![format!("{stem}{plain}").trim_end_matches("::self").to_owned()];
    };
    let inner = &inner[..inner.rfind('}').unwrap_or(inner.len())];
    let (mut depth, mut from, mut parts) = (0_usize, 0, Vec::new());
    for (at, sign) in inner.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[from..]);
    let stem = format!("{stem}{}", head.trim());
    parts.into_iter().filter(|part| !part.trim().is_empty()).flat_map(|part| branches(&stem, part)).collect()
}

/// `super::x` and `self::x` as `crate::…::x`.
fn resolved(path: &str, here: &[String]) -> String {
    let mut steps: Vec<&str> = path.split("::").collect();
    let mut base: Vec<&str> = here.iter().map(String::as_str).collect();
    if !matches!(steps[0], "super" | "self") || steps.len() == 1 {
        return path.to_owned();
    }
    while matches!(steps.first(), Some(&("super" | "self"))) {
        if steps.remove(0) == "super" {
            base.pop();
        }
    }
    ["crate"].into_iter().chain(base).chain(steps).collect::<Vec<_>>().join("::")
}

/// Whether `path` is `stem` or lies below it.
fn below(path: &str, stem: &str) -> bool {
    path.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with('!'))
}

/// Whether an exception lets `room` name `path`.
fn excepted(room: &str, path: &str) -> bool {
    EXCEPTIONS.iter().any(|(who, what, _)| *who == room && below(path, what))
}

/// A file must open with `//!`, stay within 500 lines, and each of its functions within 60.
fn sizes(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    if !text.starts_with("//! ") {
        findings.push(format!("{path}:1: does not open with `//!`"));
    }
    if text.lines().count() > 500 {
        findings.push(format!("{path}: has {} lines, more than 500", text.lines().count()));
    }
    let (bare, opens) = (bare(text), Regex::new(r"^\s*(?:[a-z]+(?:\([^)]*\))? )*fn (\w+)").unwrap());
    let lines: Vec<&str> = bare.lines().collect();
    for (start, line) in lines.iter().enumerate() {
        let length = end(&lines, start) - start + 1;
        if let Some(found) = opens.captures(line).filter(|_| length > 60) {
            findings.push(format!("{path}:{}: `{}` has {length} lines, more than 60", start + 1, &found[1]));
        }
    }
    findings
}

/// A room may name only the rooms it is allowed to use.
fn imports(path: &str, text: &str) -> Vec<String> {
    let here = modules(path);
    let Some(room) = here.first() else { return Vec::new() };
    let Some((place, band)) = standing(room) else { return vec![format!("{path}: `{room}` is no room of the plan")] };
    let mut findings = Vec::new();
    for (line, named) in paths(&product(text), &here) {
        let Some(other) = named.strip_prefix("crate::").and_then(|rest| rest.split("::").next()) else { continue };
        let allowed = standing(other).is_some_and(|(there, its)| match (band, its) {
            (Band::Edge, Band::Edge) => false,
            (Band::Oracle, _) => its == Band::Words,
            _ => there < place,
        });
        if other != room && !allowed && !excepted(room, &named) {
            findings.push(format!("{path}:{line}: `{room}` may not use `{named}`"));
        }
    }
    findings
}

/// Words and line touch no world and read no clock; some crates and the terminal belong to one room each.
fn purity(path: &str, text: &str) -> Vec<String> {
    let here = modules(path);
    let room = here.first().map_or("main", String::as_str);
    let pure = standing(room).is_some_and(|(_, band)| band <= Band::Line);
    let ends = |named: &str, tail: &str| named.strip_suffix(tail).is_some_and(|head| head.is_empty() || head.ends_with("::"));
    let mut findings = Vec::new();
    for (line, named) in paths(&product(text), &here) {
        let refusal = if pure && WORLD.iter().any(|stem| below(&named, stem)) {
            "touches the world, and this room is pure"
        } else if pure && STOPWATCHES.iter().any(|tail| ends(&named, tail)) {
            "measures time, and this room is pure"
        } else if room != "clock" && CLOCKS.iter().any(|tail| ends(&named, tail)) {
            "reads the clock, and only `clock` may"
        } else if room != "cli" && OUTPUT.iter().any(|tail| ends(&named, tail)) {
            "speaks to the terminal, and only `cli` may"
        } else if OWNERS.iter().any(|(owned, rooms)| below(&named, owned) && !rooms.contains(&room)) {
            "belongs to another room"
        } else {
            continue;
        };
        // No exception lets anybody read the clock.
        if !excepted(room, &named) || CLOCKS.iter().any(|tail| ends(&named, tail)) {
            findings.push(format!("{path}:{line}: `{named}` {refusal}"));
        }
    }
    findings
}

/// The modules that a file declares, with whether only tests see them.
fn declared(text: &str) -> Vec<(String, bool)> {
    let module = Regex::new(r"(?m)^(?:pub(?:\([^)]*\))? )?mod (\w+)").unwrap();
    let seen = product(text);
    let all = module.captures_iter(&bare(text)).map(|found| found[1].to_owned()).collect::<Vec<_>>();
    let outside: BTreeSet<String> = module.captures_iter(&seen).map(|found| found[1].to_owned()).collect();
    all.into_iter().map(|name| (name.clone(), !outside.contains(&name))).collect()
}

/// Every module at the top is a room of the plan.
fn rooms(path: &str, text: &str) -> Vec<String> {
    let strangers = declared(text).into_iter().filter(|(name, tests)| !tests && standing(name).is_none());
    strangers.map(|(name, _)| format!("{path}: `{name}` is no room of the plan")).collect()
}

/// Every Rust file under `folder`, as its path from the root of the house and its text.
fn files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.map(Result::unwrap) {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() && !path.ends_with("/target") {
            found.extend(files(&path));
        } else if entry.path().extension().is_some_and(|kind| kind == "rs") {
            found.push((path, fs::read_to_string(entry.path()).unwrap()));
        }
    }
    found.sort();
    found
}

/// The product's files: those under `src` that no `#[cfg(test)] mod …;` leads to.
fn product_files() -> Vec<(String, String)> {
    let all = files("src");
    let tests = |(path, text): &(String, String)| {
        let here = modules(path);
        let hidden = declared(text).into_iter().filter(|(_, tests)| *tests);
        hidden.map(|(name, _)| [here.clone(), vec![name]].concat()).collect::<Vec<_>>()
    };
    let hidden: BTreeSet<Vec<String>> = all.iter().flat_map(tests).collect();
    all.into_iter().filter(|(path, _)| !hidden.iter().any(|module| modules(path).starts_with(module))).collect()
}

/// Fails with all of `findings`, one a line.
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn every_file_says_what_it_owns_and_nothing_outgrows_its_measure() {
    let all: Vec<_> = ["src", "tests", "benches", "fuzz"].into_iter().flat_map(files).collect();
    assert!(all.len() > 10, "the source was not found");
    none(&all.iter().flat_map(|(path, text)| sizes(path, text)).collect::<Vec<_>>());
}

#[test]
fn imports_go_one_way_and_pure_rooms_stay_pure() {
    let all = product_files();
    assert!(all.len() > 10, "the source was not found");
    none(&all.iter().flat_map(|(path, text)| [imports(path, text), purity(path, text)].concat()).collect::<Vec<_>>());
}

#[test]
fn every_module_at_the_top_is_a_room_of_the_plan() {
    let all = product_files();
    let (path, text) = all.iter().find(|(path, _)| path == "src/lib.rs").unwrap();
    assert!(declared(text).len() > 10, "no modules found");
    none(&rooms(path, text));
}

#[test]
fn every_exception_is_in_use() {
    let all = product_files();
    let used = |who: &str, what: &str| {
        let mut its = all.iter().filter(|(path, _)| modules(path).first().is_some_and(|room| room == who)).peekable();
        its.peek().is_none() || its.any(|(path, text)| paths(&product(text), &modules(path)).iter().any(|(_, named)| below(named, what)))
    };
    none(&EXCEPTIONS.iter().filter(|(who, what, _)| !used(who, what)).map(|(who, what, _)| format!("{who} {what}")).collect::<Vec<_>>());
}

/// What all rules find in one file.
fn check(path: &str, text: &str) -> String {
    let found = [sizes(path, text), imports(path, text), purity(path, text), if path == "src/lib.rs" { rooms(path, text) } else { vec![] }];
    found.concat().join("; ")
}

#[test]
fn each_rule_catches_what_it_is_for() {
    let long_function = format!("fn slow() {{\n{}}}\n", "    work();\n".repeat(59));
    for (path, text, caught) in [
        ("src/plan/mod.rs", "use crate::config::Config;", "src/plan/mod.rs:2: `plan` may not use `crate::config::Config`"),
        ("src/agenda/mod.rs", "use crate::{\n    people::Address,\n    store::{self, Store},\n};", "`agenda` may not use `crate::store`;"),
        ("src/window.rs", "fn f(zone: &crate::zone::Zone) {}", "`window` may not use `crate::zone::Zone`"),
        ("src/plan/rules.rs", "use super::super::mail::word;", "`plan` may not use `crate::mail::word`"),
        ("src/store/mod.rs", "use crate::feeds::Source;", "`store` may not use `crate::feeds::Source`"),
        ("src/feeds/mod.rs", "use crate::cycle::turn;", "`feeds` may not use `crate::cycle::turn`"),
        ("src/oracle/mod.rs", "use crate::plan::Key;", "`oracle` may not use `crate::plan::Key`"),
        ("src/cycle.rs", "use crate::*;", "`cycle` may not use `crate::*`"),
        ("src/utils.rs", "", "`utils` is no room of the plan"),
        ("src/lib.rs", "pub mod helpers;", "`helpers` is no room of the plan"),
        ("src/plan/mod.rs", "use std::{fmt, fs};", "`std::fs` touches the world"),
        ("src/mail/mod.rs", "async fn f() { tokio::time::sleep(x).await }", "`tokio::time::sleep` touches the world"),
        ("src/outbox.rs", "fn f() { let now = Timestamp::now(); }", "`Timestamp::now` reads the clock"),
        ("src/store/mod.rs", "fn f() { std::time::SystemTime::now(); }", "`std::time::SystemTime::now` reads the clock"),
        ("src/mail/frame.rs", "fn f() { SystemTime::now(); }", "`SystemTime::now` reads the clock"),
        ("src/plan/mod.rs", "use std::time::SystemTime;", "`std::time::SystemTime` measures time"),
        ("src/plan/mod.rs", "fn f() { Instant::now(); }", "`Instant::now` measures time"),
        ("src/agenda/mod.rs", "use icalendar::Event;", "`icalendar::Event` belongs to another room"),
        ("src/calendar/recurrence/mod.rs", "use rrule::RRule;", "`rrule::RRule` belongs to another room"),
        ("src/cycle.rs", "fn f() { sqlx::query(\"x\"); }", "`sqlx::query` belongs to another room"),
        ("src/daemon.rs", "fn f() { println!(\"x\"); }", "`println!` speaks to the terminal"),
        ("src/main.rs", "fn main() { eprintln!(\"x\"); }", "`eprintln!` speaks to the terminal"),
        ("src/plan/mod.rs", &long_function, "src/plan/mod.rs:2: `slow` has 61 lines"),
        ("src/plan/mod.rs", &"// line\n".repeat(500), "has 501 lines"),
    ] {
        let found = check(path, &format!("//! Owns a sample.\n{text}"));
        assert!(found.contains(caught), "{path}: {text}\nfound: {found}");
    }
    assert!(check("src/plan/mod.rs", "use std::fmt;").contains("does not open with `//!`"));
}

#[test]
fn what_is_allowed_passes() {
    let full_function = format!("fn quick() {{\n{}}}\n", "    work();\n".repeat(58));
    for (path, text) in [
        ("src/plan/notice.rs", "use std::fmt;\nuse crate::agenda::{Task, TaskId};\nuse super::rules::Rules;"),
        ("src/plan/mod.rs", "/// See [`crate::store`].\nfn f() -> &'static str { \"crate::store println! \\\" tokio::spawn\" }"),
        (
            "src/plan/mod.rs",
            "#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests;\n#[cfg(test)]\nmod more {\n    use crate::store::Store;\n}\nfn f() {}",
        ),
        ("src/config/mod.rs", "use crate::feeds::Feed;\nuse crate::send::Way;"),
        ("src/zone.rs", "fn f() { std::fs::read(x); }"),
        ("src/send.rs", "fn f() { std::time::Instant::now(); }"),
        ("src/store/mod.rs", "use sqlx::Row;\nuse tokio::sync::Mutex;"),
        ("src/cli/plan.rs", "fn f() { println!(\"x\"); }\nuse crate::web::Page;"),
        ("src/clock.rs", "fn now() -> Timestamp { Timestamp::now() }"),
        ("src/main.rs", "fn main() { offwatch::cli::main() }"),
        ("src/plan/mod.rs", &full_function),
        ("src/plan/mod.rs", &"// line\n".repeat(499)),
    ] {
        assert_eq!(check(path, &format!("//! Owns a sample.\n{text}")), "", "{path}: {text}");
    }
}

#[test]
fn what_stands_after_a_test_module_is_still_read() {
    let text = "//! Owns a sample.\n#[cfg(test)]\nmod tests {\n    use crate::store::Store;\n}\nuse crate::store::Store;";
    assert_eq!(check("src/plan/mod.rs", text), "src/plan/mod.rs:6: `plan` may not use `crate::store::Store`");
}
