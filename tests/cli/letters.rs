//! Letters from the command line: shown, listed, tried again, taken back, and a test letter.

use serde_json::json;

use crate::world::World;

/// The key of the letter that the first turn sends.
fn key(world: &World) -> String {
    world.json(&["outbox", "list", "--all"]).remove(0)["key"].as_str().unwrap().to_owned()
}

#[test]
fn a_letter_is_shown_before_and_after_it_went_out() {
    let world = World::new();
    let planned = world.json(&["plan"]).remove(0)["notices"][0]["key"].as_str().unwrap().to_owned();
    world.run(&["preview", &planned]).says(0, &["To: ada@example.com\nSubject: Briefing wanted by ", "\nHello Ada Lovelace,\n"]);
    world.run(&["once"]).says(0, &[]);
    assert_eq!(key(&world), planned, "what was planned was said");
    let shown = world.json(&["preview", &planned]).remove(0);
    assert_eq!(shown["to"], json!("ada@example.com"));
    assert!(shown["text"].as_str().unwrap().contains("\nWhat:      ACME: upgrade to 17.4\n"), "{shown}");
    let raw = world.run(&["preview", &planned, "--eml"]);
    assert_eq!((raw.code, raw.out), (0, world.letters().remove(0)), "byte for byte what was sent");
}

#[test]
fn an_unknown_key_suggests_the_near_one() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let near = format!("did you mean `{}`", key(&world));
    let wrong = key(&world).replace("ada", "adda");
    world.run(&["preview", &wrong]).says(2, &["no letter says `briefing-request/adda/", &near]);
    world.run(&["outbox", "retry", &wrong]).says(2, &["no letter says `briefing-request/adda/", &near]);
}

#[test]
fn a_letter_that_waits_is_taken_back_and_put_back_and_one_accepted_is_not() {
    let world = World::sending("send = \"folder\"\nfolder = \"tasks.ics/outbox\"");
    world.run(&["once"]).says(1, &["mail is halted: folder "]);
    let key = key(&world);
    let letter = world.json(&["outbox", "withdraw", &key, "--reason", "said on the phone"]).remove(0);
    assert_eq!((&letter["state"], &letter["last_answer"]), (&json!("withdrawn"), &json!("said on the phone")));
    world.run(&["outbox", "withdraw", &key]).says(1, &["cannot be taken back: it was taken back already"]);
    world.run(&["outbox", "list"]).says(0, &["no letter waits and none was refused"]);
    assert_eq!(world.json(&["outbox", "list", "--state", "withdrawn"]).len(), 1);
    world.configure("send = \"folder\"");
    world.run(&["outbox", "retry", &key]).says(0, &[&key, "queued, due "]);
    world.run(&["once"]).says(0, &[]);
    assert_eq!(world.letters().len(), 1);
    world.run(&["outbox", "retry", &key]).says(1, &["cannot be tried again: the server has accepted it"]);
}

#[test]
fn one_letter_is_shown_with_all_that_is_known_of_it() {
    let world = World::sending("send = \"folder\"\nfolder = \"tasks.ics/outbox\"");
    world.run(&["once"]);
    let key = key(&world);
    let shown = world.run(&["outbox", "show", &key]);
    shown.says(0, &[&key, "queued, due ", "tries 0", "Not a directory", "number 1, queued ", "attempts 1", "says "]);
    assert_eq!(world.run(&["outbox", "show", "1"]).out, shown.out);
    world.run(&["outbox", "show", "1", "--eml"]).says(0, &["Message-ID: <", "Auto-Submitted: auto-generated"]);
    let letter = world.json(&["outbox", "show", &key, "--eml"]).remove(0);
    assert_eq!((letter["number"].as_i64(), letter["attempt"].as_i64()), (Some(1), Some(1)), "{letter}");
    assert_eq!(letter["says"][0]["key"].as_str(), Some(key.as_str()));
    assert!(letter["eml"].as_str().unwrap().contains("\r\n\r\n"));
    world.run(&["outbox", "show", "7"]).says(2, &["no letter has the number 7; the newest has 1"]);
    world.run(&["outbox", "show", &key.replace("ada", "adda")]).says(2, &["no letter says `", "did you mean"]);
}

#[test]
fn the_outbox_as_json_holds_every_fact() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let letter = world.json(&["outbox", "list", "--state", "accepted"]).remove(0);
    let names: Vec<&str> = letter.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "done due engineer key last_answer maybe_twice notices number queued state subject to tries useful_until";
    assert_eq!(names.join(" "), expected);
    assert_eq!((&letter["engineer"], &letter["tries"], &letter["maybe_twice"]), (&json!("ada"), &json!(1), &json!(false)));
    assert_eq!(letter["notices"], json!([letter["key"]]));
    assert_eq!(letter["useful_until"], json!(world.instant(3, 12)));
}

#[test]
fn a_test_letter_goes_out_past_the_outbox() {
    let world = World::new();
    world.run(&["send-test", "me@example.com"]).says(0, &["accepted: written to `"]);
    let letters = world.letters();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    for words in ["To: me@example.com\r\n", "Subject: offwatch can write to you\r\n", "X-Offwatch-Kind: test\r\n"] {
        assert!(letter.contains(words), "`{words}` is missing in {letter}");
    }
    assert!(!world.path("state").exists());
    world.run(&["send-test", "nobody"]).says(2, &["`nobody` is no mail address: it has no `@`"]);
}

#[test]
fn an_engineers_calendar_is_printed_as_a_file_and_read_back() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    let printed = world.run(&["calendar", "ada"]);
    printed.says(0, &["BEGIN:VCALENDAR\r\n", "X-WR-CALNAME:offwatch: Ada Lovelace\r\n"]);
    assert_eq!(printed.out, world.run(&["calendar", "ada"]).out, "the same as long as nothing changes");
    for line in printed.out.lines() {
        assert!(!line.contains("Vacation") && !line.contains("Lisbon"), "{line}");
    }
    world.write("printed.ics", &printed.out);
    let (path, from, to) = (world.path("printed.ics"), world.instant(0, 0), world.instant(9, 0));
    let mut found = world.json(&["inspect", path.to_str().unwrap(), "--from", &from, "--to", &to]);
    let task = found.pop().unwrap();
    assert_eq!((&task["summary"], &task["start"]), (&json!("ACME Corp, upgrade to 17.4 (briefing wanted)"), &json!(world.instant(3, 12))));
    let deadline = found.pop().unwrap();
    assert_eq!(deadline["end"], json!(world.instant(2, 0)));
    assert!(deadline["summary"].as_str().unwrap().starts_with("Briefing wanted by "), "{deadline}");
    assert!(found.is_empty());
    world.run(&["calendar", "adda"]).says(2, &["no engineer has the id `adda`", "did you mean `ada`"]);
}
