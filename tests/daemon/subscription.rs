//! The calendar that an engineer subscribes to, as calendar programs ask for it: by its address alone, for years, and each time
//! only for what is new.

use std::time::Duration;

use crate::faults::Step;
use crate::health::{Answer, ask, free_port};
use crate::links::Scene;
use crate::world::{Clock, Daemon, World, wait};

/// Where the calendars are reached from outside.
const URL: &str = "https://offwatch.example.com/x/c/";

/// What a program asks for the calendar of that name, with those header lines.
#[track_caller]
fn request(scene: &Scene, method: &str, name: &str, lines: &str) -> Answer {
    scene.request(&format!("{method} /c/{name} HTTP/1.1\r\nHost: offwatch.example.com\r\nConnection: close\r\n{lines}\r\n"))
}

/// The name of an engineer's calendar, as the command tells its address.
#[track_caller]
fn name(scene: &Scene, engineer: &str) -> String {
    let (code, told) = scene.world.run(Some(&scene.daemon.clock()), &["calendar", engineer, "--url"]);
    assert_eq!(code, 0, "{told}");
    named(&told)
}

/// The name in the address that was told, whatever else is.
#[track_caller]
fn named(told: &str) -> String {
    told.lines().find_map(|line| line.strip_prefix(URL)).unwrap_or_default().to_owned()
}

/// A line of an answer's head.
fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn an_engineers_calendar_is_subscribed_to_at_an_address_of_its_own() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let written = scene.token("ada", "Briefing written");
    let name = name(&scene, "ada");
    let found = request(&scene, "GET", &name, "");
    assert_eq!((found.status, header(&found, "content-type")), (200, Some("text/calendar; charset=utf-8")), "{}", found.body);
    assert_eq!(header(&found, "cache-control"), Some("private, no-cache"));
    assert!(found.head.contains("x-robots-tag: noindex"), "{}", found.head);
    let (code, printed) = scene.world.run(Some(&scene.daemon.clock()), &["calendar", "ada"]);
    assert!(code == 0 && printed.contains(&found.body), "{printed}\n{}", found.body);
    assert!(found.body.contains("SUMMARY:acme\\, upgrade (briefing wanted)\r\n") && !found.body.contains("migration"), "{}", found.body);
    let mark = header(&found, "etag").unwrap().to_owned();
    let head = request(&scene, "HEAD", &name, "");
    assert_eq!((head.status, header(&head, "etag"), head.body.as_str()), (200, Some(mark.as_str()), ""));
    let same = request(&scene, "GET", &name, &format!("If-None-Match: \"other\", W/{mark}\r\n"));
    assert_eq!((same.status, header(&same, "etag"), same.body.as_str()), (304, Some(mark.as_str()), ""));
    assert_eq!(header(&same, "cache-control"), Some("private, no-cache"));
    // Of what is written nothing is wanted any more.
    scene.press(&written, "");
    let later = wait("another calendar", || {
        // One reading serves whoever asks in the next ten seconds, and nobody may ask too often.
        std::thread::sleep(Duration::from_millis(2500));
        Some(request(&scene, "GET", &name, &format!("If-None-Match: {mark}\r\n"))).filter(|later| later.status == 200)
    });
    assert!(later.body.contains("SUMMARY:acme\\, upgrade\r\n") && !later.body.contains("wanted"), "{}", later.body);
    assert_ne!(header(&later, "etag"), Some(mark.as_str()));
    scene.is_discreet(&[&name]);
    scene.daemon.stop();
}

#[test]
fn nothing_but_the_address_of_a_calendar_reads_one_and_it_does_nothing_else() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let written = scene.token("ada", "Briefing written");
    let good = name(&scene, "ada");
    let token = good.strip_suffix(".ics").unwrap();
    let nothing = request(&scene, "GET", "x", "");
    assert_eq!((nothing.status, &nothing.body), (404, &scene.ask("GET", "x", None).body));
    let forged = format!("{}{}.ics", &token[..token.len() - 1], if token.ends_with('A') { "Q" } else { "A" });
    for bad in
        [forged, token.to_owned(), format!("{token}.ICS"), format!("{good}/x"), written.clone(), format!("{written}.ics"), ".ics".into()]
    {
        for method in ["GET", "POST", "PROPFIND", "DELETE"] {
            let answer = request(&scene, method, &bad, "If-None-Match: *\r\n");
            assert_eq!((answer.status, &answer.body), (404, &nothing.body), "{method} {bad}");
        }
    }
    for method in ["POST", "PUT", "DELETE", "PROPFIND"] {
        assert_eq!(request(&scene, method, &good, "").body, nothing.body, "{method}");
    }
    for (method, body) in [("GET", None), ("POST", Some("confirm=yes"))] {
        assert_eq!(scene.ask(method, token, body).body, nothing.body, "{method}");
    }
    // A key that is the older of two still opens it; without it there is no such address any more.
    let keys = std::fs::read_to_string(scene.world.path("link-keys")).unwrap();
    let older = keys.lines().next().unwrap();
    scene.world.write("link-keys", &format!("a third key, which no letter shows\n{older}\n"));
    scene.daemon.signal("HUP");
    scene.daemon.says("the new settings are in force");
    assert_eq!(request(&scene, "GET", &good, "").status, 200);
    let new = name(&scene, "ada");
    assert_ne!(new, good);
    scene.world.write("link-keys", "a third key, which no letter shows\n");
    scene.daemon.signal("HUP");
    scene.daemon.says_times("the new settings are in force", 2);
    assert_eq!(request(&scene, "GET", &good, "").body, nothing.body);
    assert_eq!(request(&scene, "GET", &new, "").status, 200);
    scene.is_discreet(&[&good, &new]);
}

#[test]
fn who_asks_too_often_for_a_calendar_waits_and_keeps_nobody_from_theirs() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let (ada, cem) = (name(&scene, "ada"), name(&scene, "cem"));
    wait("the limit", || {
        Some(request(&scene, "GET", &ada, "")).filter(|answer| answer.status == 429 && header(answer, "retry-after") == Some("60"))
    });
    assert_eq!(request(&scene, "GET", &cem, "").status, 200);
}

#[test]
fn no_calendar_is_given_before_the_first_turn_for_an_empty_one_would_delete_what_is_there() {
    let Some(clock) = Clock::new("2030-01-08T00:21:00Z", 1) else { return };
    let world = World::new();
    let port = free_port();
    world.write("link-keys", "the only key, which no letter shows");
    world.edit(
        "[service]",
        &format!(
            "[service]\npublic_url = \"https://offwatch.example.com/x\"\npages = \"127.0.0.1:{port}\"\nlink_keys_file = \"link-keys\""
        ),
    );
    // The first turn waits for every feed.
    world.web.put("/tasks.ics", crate::web::Page::Fault(vec![Step::Silence]));
    let daemon = Daemon::start(world.command(Some(&clock), &["run"]), Some(&clock));
    daemon.says("pages are served at");
    let name = named(&world.run(Some(&clock), &["calendar", "ada", "--url"]).1);
    let answer = wait("an answer", || ask(port, "GET", &format!("/c/{name}")));
    assert_eq!((answer.status, header(&answer, "retry-after")), (503, Some("60")), "{}", answer.body);
}

#[test]
fn the_address_of_a_calendar_needs_the_same_three_settings_as_links() {
    let Some(clock) = Clock::new("2030-01-08T00:21:00Z", 1) else { return };
    let (code, told) = World::new().run(Some(&clock), &["calendar", "ada", "--url"]);
    assert!(code == 1 && told.contains("no calendar is served: that needs `public_url`, `pages` and `link_keys_file`"), "{told}");
}
