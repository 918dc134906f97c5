//! Links as people use them: from a letter to its page, the button on it, and back again. What machines do with links that
//! they find in letters harms nobody.

use std::net::TcpStream;
use std::time::Duration;

use jiff::SignedDuration;
use mail_parser::MessageParser;
use serde_json::Value;

use crate::health::{Answer, free_port, speak};
use crate::world::{Clock, Daemon, World, calendar, event, wait};

/// When Ada is in, and asked at once.
const ASKED: &str = "2030-01-08T00:21:00Z";

/// The keys of these tests.
pub(crate) const KEYS: &str = "the newer key, which no letter shows\nthe older key, which no letter shows\n";

/// What a browser sends with the page's own form.
const CONFIRM: &str = "confirm=yes";

/// A daemon whose letters hold links.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) daemon: Daemon,
    pub(crate) port: u16,
}

impl Scene {
    /// Ada and Cem work for ACME; the world may be changed before the daemon starts.
    pub(crate) fn new(change: impl FnOnce(&World)) -> Option<Self> {
        let clock = Clock::new(ASKED, 1)?;
        let world = World::new();
        let port = free_port();
        world.write("link-keys", KEYS);
        let settings =
            format!("public_url = \"https://offwatch.example.com/x\"\npages = \"127.0.0.1:{port}\"\nlink_keys_file = \"link-keys\"");
        world.edit("[service]", &format!("[service]\n{settings}"));
        world.edit("engineers = [\"ada\"]", "engineers = [\"ada\", \"cem\"]");
        world.edit(
            "[[account]]\nid = \"acme\"",
            "[[engineer]]\nid = \"cem\"\nname = \"Cem Ö.\"\nemail = \"cem@example.com\"\n\n[[account]]\nid = \"acme\"",
        );
        change(&world);
        let mut command = world.command(Some(&clock), &["run"]);
        command.env("OFFWATCH_LOG", "trace");
        let daemon = Daemon::start(command, Some(&clock));
        daemon.says("ready: ");
        daemon.says("pages are served at");
        Some(Self { world, daemon, port })
    }

    /// The texts of the letters to `who`.
    fn letters(&self, who: &str) -> Vec<String> {
        let files = std::fs::read_dir(self.world.path("outbox")).into_iter().flatten().map(Result::unwrap);
        let mut files: Vec<_> = files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|kind| kind == "eml")).collect();
        files.sort();
        let read = files.iter().filter_map(|path| std::fs::read(path).ok());
        let letters = read.filter_map(|bytes| {
            let message = MessageParser::default().parse(&bytes)?.into_owned();
            let to = message.to()?.first()?.address()?.to_owned();
            (to == format!("{who}@example.com")).then(|| message.body_text(0).unwrap().into_owned())
        });
        letters.collect()
    }

    /// The token of the link with that label in the last letter to `who`.
    #[track_caller]
    pub(crate) fn token(&self, who: &str, label: &str) -> String {
        wait(&format!("`{label}` for {who}"), || {
            let text = self.letters(who).pop()?;
            let (_, rest) = text.split_once(&format!("{label}:"))?;
            let link = rest.split_whitespace().next()?;
            Some(link.strip_prefix("https://offwatch.example.com/x/l/").unwrap().to_owned())
        })
    }

    /// What the page of a token answers.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, token: &str, body: Option<&str>) -> Answer {
        ask(self.port, method, token, body)
    }

    /// What the pages answer to a request.
    #[track_caller]
    pub(crate) fn request(&self, text: &str) -> Answer {
        request(self.port, text)
    }

    /// Presses the button on the page of a token: what the page says then, and where the button on that leads.
    #[track_caller]
    pub(crate) fn press(&self, token: &str, fields: &str) -> (Answer, Option<String>) {
        let (answer, next) = press(self.port, token, fields);
        assert_eq!(answer.status, 200, "{}", answer.body);
        (answer, next)
    }

    /// What the list of briefings says of ACME's task.
    pub(crate) fn listed(&self) -> Value {
        let clock = self.daemon.clock();
        let (code, lines) = self.world.run(Some(&clock), &["--format", "json", "briefing", "list"]);
        assert_eq!(code, 0, "{lines}");
        let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.into_iter().find(|row| row["account"] == "acme").unwrap()
    }

    /// The state of ACME's briefing.
    pub(crate) fn state(&self) -> String {
        self.listed()["state"].as_str().unwrap().to_owned()
    }

    /// Sees that no token stands in the log, however much of it is written.
    pub(crate) fn is_discreet(&self, tokens: &[&String]) {
        let log = self.daemon.log();
        for token in tokens {
            assert!(!log.contains(token.as_str()) && !log.contains(&token[8..40]), "a token stands in:\n{log}");
        }
    }
}

/// What the page of a token answers.
#[track_caller]
pub(crate) fn ask(port: u16, method: &str, token: &str, body: Option<&str>) -> Answer {
    let body = body.map(|body| format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}", body.len()));
    let body = body.unwrap_or_else(|| "\r\n".to_owned());
    request(port, &format!("{method} /l/{token} HTTP/1.1\r\nHost: offwatch.example.com\r\nConnection: close\r\n{body}"))
}

/// What the pages answer to a request.
#[track_caller]
fn request(port: u16, request: &str) -> Answer {
    wait("an answer", || {
        let line = TcpStream::connect(("127.0.0.1", port)).ok()?;
        line.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        speak(line, request)
    })
}

/// What the page of a token says once its button is pressed, and where the button on that leads.
#[track_caller]
pub(crate) fn press(port: u16, token: &str, fields: &str) -> (Answer, Option<String>) {
    let answer = ask(port, "POST", token, Some(&format!("{CONFIRM}{fields}")));
    let next = answer.body.split_once(" action=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(next, _)| next.to_owned());
    (answer, next)
}

#[test]
fn a_briefing_is_said_to_be_written_by_a_link_and_that_is_undone_from_the_page_that_answers() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let written = scene.token("ada", "Briefing written");
    let page = scene.ask("GET", &written, None);
    assert_eq!(page.status, 200);
    for part in ["<html lang=\"en\">", "<h1>Is the briefing written?</h1>", "ACME: upgrade", "Tue 8 Jan 2030 07:50 UTC", "method=\"post\""]
    {
        assert!(page.body.contains(part), "{part} does not stand in {}", page.body);
    }
    assert_eq!(scene.state(), "asked");
    let (page, undo) = scene.press(&written, "");
    assert!(page.body.contains("Noted: the briefing is written."), "{}", page.body);
    assert_eq!(scene.state(), "written");
    scene.daemon.says("said by a link: the briefing is written");
    // A second click says the same, and is undone by the same.
    let (again, other) = scene.press(&written, "");
    assert_eq!((&page.body, &undo), (&again.body, &other));
    let undo = undo.unwrap();
    assert!(scene.ask("GET", &undo, None).body.contains("<h1>Take it back?</h1>"));
    assert_eq!(scene.state(), "written");
    let (page, redo) = scene.press(&undo, "");
    assert!(page.body.contains("<h1>It is taken back</h1>"), "{}", page.body);
    assert_eq!(scene.state(), "asked");
    assert!(scene.press(&undo, "").0.body.contains("<h1>It is taken back</h1>"));
    assert!(scene.ask("GET", &undo, None).body.contains("does not stand any more"));
    let redo = redo.unwrap();
    scene.press(&redo, "");
    assert_eq!(scene.state(), "written");
    scene.is_discreet(&[&written, &undo, &redo]);
    scene.daemon.stop();
}

#[test]
fn pages_speak_the_language_of_whoever_holds_the_link() {
    let german = |world: &World| world.edit("id = \"ada\"", "id = \"ada\"\nlanguage = \"de\"");
    let Some(scene) = Scene::new(german) else { return };
    let waived = scene.token("ada", "Nicht nötig");
    let page = scene.ask("GET", &waived, None);
    for part in ["<html lang=\"de\">", "<h1>Braucht es kein Briefing?</h1>", "Di 8. Jan. 2030 07:50 UTC", "Grund, wenn"] {
        assert!(page.body.contains(part), "{part} does not stand in {}", page.body);
    }
    let (page, undo) = scene.press(&waived, "");
    assert!(page.body.contains("Notiert: es braucht kein Briefing."), "{}", page.body);
    scene.daemon.says("said by a link: no briefing is needed");
    let (page, _) = scene.press(&undo.unwrap(), "");
    assert!(page.body.contains("<h1>Zurückgenommen</h1>"), "{}", page.body);
    for (label, heading) in [("Jemand anderem übergeben", "Wer soll das Briefing schreiben?"), ("Später erinnern", "Wann möchtest du")] {
        let page = scene.ask("GET", &scene.token("ada", label), None);
        assert!(page.body.contains(heading), "{}", page.body.split("</style>").last().unwrap());
    }
}

#[test]
fn a_briefing_that_is_not_needed_is_waived_with_a_reason() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let waived = scene.token("ada", "Not needed");
    let (page, undo) = scene.press(&waived, "&note=The+customer+does+it+%3Cb%3Ealone%3C%2Fb%3E%0D%0A");
    assert!(page.body.contains("Noted: no briefing is needed."), "{}", page.body);
    assert_eq!(scene.state(), "waived");
    let page = scene.ask("GET", &scene.token("ada", "Briefing written"), None);
    assert!(page.body.contains("ada said so far, on Tue 8 Jan 2030 00:2"), "{}", page.body);
    assert!(page.body.contains("no briefing is needed (The customer does it &lt;b&gt;alone&lt;&#x2f;b&gt;)"), "{}", page.body);
    scene.press(&undo.unwrap(), "");
    assert_eq!(scene.state(), "asked");
    // The manager may say so too.
    let written = scene.token("manager", "Briefing written");
    assert!(scene.press(&written, "").0.body.contains("Globex: migration"));
}

#[test]
fn looking_changes_nothing_and_a_scanner_that_posts_only_sees_the_page() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let written = scene.token("ada", "Briefing written");
    let page = scene.ask("GET", &written, None);
    for (method, body) in [
        ("GET", None),
        ("HEAD", None),
        ("POST", None),
        ("POST", Some("")),
        ("POST", Some("confirm=no")),
        ("POST", Some("{\"confirm\":\"yes\"}")),
    ] {
        let answer = scene.ask(method, &written, body);
        assert_eq!(answer.status, 200, "{method}");
        assert_eq!(answer.body, if method == "HEAD" { "" } else { &page.body }, "{method}");
    }
    let large = format!("{CONFIRM}&note={}", "x".repeat(5000));
    assert_eq!(scene.ask("POST", &written, Some(&large)).status, 413);
    assert_eq!(scene.state(), "asked");
}

#[test]
fn whatever_is_wrong_with_a_link_is_answered_with_the_same_bytes() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let good = scene.token("ada", "Briefing written");
    let mut forged = good.clone();
    forged.replace_range(30..31, if &good[30..31] == "A" { "B" } else { "A" });
    let bad =
        [forged, good[1..].to_owned(), format!("{good}A"), "x".to_owned(), "%2e%2e%2f".to_owned(), format!("{good}/x"), "x".repeat(3000)];
    let nothing = scene.ask("GET", &bad[0], None);
    assert_eq!(nothing.status, 404);
    for token in &bad {
        for (method, body) in [("GET", None), ("POST", Some(CONFIRM)), ("PUT", Some(CONFIRM)), ("DELETE", None)] {
            let answer = scene.ask(method, token, body);
            assert_eq!((answer.status, &answer.body), (404, &nothing.body), "{method} {token}");
        }
    }
    assert_eq!(scene.ask("PUT", &good, Some(CONFIRM)).body, nothing.body);
    assert_eq!(scene.state(), "asked");
    // Another key opens nothing of what the first one signed; as the older of two it still does.
    scene.world.write("link-keys", &format!("a third key, which no letter shows\n{KEYS}").lines().take(2).collect::<Vec<_>>().join("\n"));
    scene.daemon.signal("HUP");
    scene.daemon.says("the new settings are in force");
    assert_eq!(scene.ask("GET", &good, None).status, 200);
    scene.world.write("link-keys", "a fourth key, which no letter shows");
    scene.daemon.signal("HUP");
    scene.daemon.says_times("the new settings are in force", 2);
    assert_eq!(scene.ask("GET", &good, None).body, nothing.body);
    scene.is_discreet(&[&good]);
}

#[test]
fn a_link_is_worth_nothing_once_its_task_has_begun() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let good = scene.token("ada", "Briefing written");
    let clock = scene.daemon.kill();
    let later = Clock { start: clock.start + SignedDuration::from_hours(8), ..clock };
    let daemon = scene.world.daemon(Some(&later));
    daemon.says("pages are served at");
    let scene = Scene { daemon, ..scene };
    assert_eq!(scene.ask("GET", &good, None).status, 404);
    assert_eq!(scene.ask("POST", &good, Some(CONFIRM)).status, 404);
}

#[test]
fn a_link_for_a_task_that_has_moved_or_is_cancelled_says_so_and_does_nothing() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let good = scene.token("ada", "Briefing written");
    scene.world.web.put("/tasks.ics", calendar(&[event("acme-1", "20300108T092000Z", "20300108T102000Z", "ACME: upgrade")]));
    assert_eq!(scene.world.run(Some(&scene.daemon.clock()), &["feeds", "fetch"]).0, 0);
    scene.daemon.signal("HUP");
    let seen = wait("the move", || {
        // Not so often that the page is not shown any more.
        std::thread::sleep(Duration::from_millis(2500));
        Some(scene.ask("GET", &good, None)).filter(|page| page.body.contains("has moved since"))
    });
    let page = scene.ask("POST", &good, Some(CONFIRM));
    assert!(page.status == 200 && page.body == seen.body && !page.body.contains("<form"), "{}", page.body);
    assert_eq!(scene.state(), "asked");
}

#[test]
fn what_a_calendar_says_is_text_on_a_page() {
    let hostile = "ACME: \"><script>alert(1)</script><form action=//evil.example><img src=x onerror=alert(1)> & it's \u{202e}";
    let Some(scene) = Scene::new(|world| {
        world.web.put("/tasks.ics", calendar(&[event("acme-1", "20300108T075000Z", "20300108T085000Z", hostile)]));
    }) else {
        return;
    };
    let token = scene.token("ada", "Briefing written");
    for page in [scene.ask("GET", &token, None), scene.press(&token, "").0] {
        assert!(page.body.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"), "{}", page.body);
        assert_eq!(page.body.matches("<form").count(), 1, "{}", page.body);
        assert!(!page.body.contains("<script") && !page.body.contains("<img") && !page.body.contains('\u{202e}'), "{}", page.body);
    }
}

#[test]
fn pages_cannot_be_kept_framed_or_sent_on_and_run_no_script() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let token = scene.token("ada", "Briefing written");
    for answer in [scene.ask("GET", &token, None), scene.ask("GET", "x", None), scene.press(&token, "").0] {
        for line in [
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            "x-robots-tag: noindex, nofollow",
            "x-frame-options: DENY",
            "x-content-type-options: nosniff",
            "content-security-policy: default-src 'none'; style-src 'sha256-",
            "; base-uri 'none'; frame-ancestors 'none'",
            if answer.status == 200 { "; form-action 'self'; " } else { "; form-action 'none'; " },
        ] {
            assert!(answer.head.contains(line), "{line} does not stand in {}", answer.head);
        }
        assert!(!answer.head.contains("unsafe") && !answer.head.contains("set-cookie"), "{}", answer.head);
        assert!(!answer.body.contains("<script") && !answer.body.contains("http"), "{}", answer.body);
        assert_eq!(answer.body.matches("<h1>").count(), 1);
    }
}

#[test]
fn who_asks_too_often_with_one_link_waits_and_keeps_nobody_else_from_theirs() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let (one, other) = (scene.token("ada", "Briefing written"), scene.token("ada", "Not needed"));
    wait("the limit", || {
        Some(scene.ask("GET", &one, None)).filter(|answer| answer.status == 429 && answer.head.contains("retry-after: 60"))
    });
    assert_eq!(scene.ask("GET", &other, None).status, 200);
    assert_eq!(scene.state(), "asked");
}

#[test]
fn letters_hold_no_links_without_all_that_they_need_and_check_says_what_is_missing() {
    let Some(clock) = Clock::new(ASKED, 1) else { return };
    let world = World::new();
    world.edit("[service]", "[service]\npublic_url = \"https://offwatch.example.com\"");
    let (code, told) = world.run(Some(&clock), &["check"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("letters hold no links with `public_url` alone, they need `pages` and `link_keys_file` too"), "{told}");
    world.edit("[service]", "[service]\nlink_keys_file = \"link-keys\"");
    world.write("link-keys", "short");
    let (code, told) = world.run(Some(&clock), &["check"]);
    assert_eq!(code, 78, "{told}");
    assert!(told.contains("holds a key of less than 32 bytes") && told.contains("`openssl rand -base64 32` makes one"), "{told}");
}

#[test]
fn a_briefing_is_handed_to_somebody_of_the_account_and_back_by_undoing_it() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let hand = scene.token("ada", "Hand to somebody else");
    let page = scene.ask("GET", &hand, None);
    assert!(page.body.contains("name=\"to\" value=\"cem\" required> Cem Ö.</label>"), "{}", page.body);
    assert!(!page.body.contains("value=\"ada\"") && !page.body.contains("value=\"bob\""), "{}", page.body);
    for fields in ["", "&to=ada", "&to=bob", "&to=nobody", "&to=%22%3E%3Cscript%3E"] {
        let (page, _) = scene.press(&hand, fields);
        assert!(page.body.contains("Nothing was done: choose one of these.") && !page.body.contains("<script"), "{}", page.body);
    }
    assert_eq!(scene.listed()["writer"], "ada");
    let (page, undo) = scene.press(&hand, "&to=cem");
    assert!(page.body.contains("Noted: Cem Ö. is to write the briefing."), "{}", page.body);
    let (again, other) = scene.press(&hand, "&to=cem");
    assert_eq!((&page.body, &undo), (&again.body, &other));
    let listed = scene.listed();
    assert_eq!((&listed["writer"], &listed["given"]["by"]), (&Value::from("cem"), &Value::from("ada")));
    scene.daemon.signal("HUP");
    let written = scene.token("cem", "Briefing written");
    assert!(scene.letters("cem")[0].contains("You are asked because ada gave it to you"), "{:?}", scene.letters("cem"));
    let undo = undo.unwrap();
    scene.press(&undo, "");
    let listed = scene.listed();
    assert_eq!((&listed["writer"], &listed["given"]), (&Value::from("ada"), &Value::Null));
    // Whoever holds a link may use it all the same: the letter is out.
    scene.press(&written, "");
    assert_eq!(scene.state(), "written");
    scene.is_discreet(&[&hand, &undo, &written]);
}

#[test]
fn a_reminder_is_put_off_to_one_of_the_choices_and_never_past_the_deadline() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let snooze = scene.token("ada", "Remind me later");
    let page = scene.ask("GET", &snooze, None);
    let choices: Vec<&str> = page.body.split("name=\"until\" value=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect();
    assert_eq!(choices.len(), 2, "{}", page.body);
    assert!(page.body.contains("always before your last working moment, Tue 8 Jan 2030 07:20 UTC"), "{}", page.body);
    let deadline: jiff::Timestamp = "2030-01-08T07:20:00Z".parse().unwrap();
    for wrong in [deadline.as_second().to_string(), "0".to_owned(), "9999999999999999999".to_owned(), "soon".to_owned(), String::new()] {
        let (page, _) = scene.press(&snooze, &format!("&until={wrong}"));
        assert!(page.body.contains("Nothing was done: choose one of these."), "{wrong}: {}", page.body);
    }
    let (page, undo) = scene.press(&snooze, &format!("&until={}", choices[1]));
    assert!(page.body.contains("Noted: ada is asked again from Tue 8 Jan 2030 04:2"), "{}", page.body);
    let until: jiff::Timestamp = scene.listed()["snoozed"][0]["until"].as_str().unwrap().parse().unwrap();
    assert_eq!(until.as_second().to_string(), choices[1]);
    let (code, told) = scene.world.run(Some(&scene.daemon.clock()), &["explain", "acme-1"]);
    assert!(code == 0 && told.contains("ada wished to be reminded later, not before Tue 2030-01-08 04:2"), "{told}");
    scene.press(&undo.unwrap(), "");
    assert_eq!(scene.listed()["snoozed"], Value::Null);
}

#[test]
fn what_a_link_said_is_acted_on_at_once() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    let hand = scene.token("ada", "Hand to somebody else");
    // The daemon looks at each full minute at the latest: between two of them it is the click that has it look.
    let second = |clock: &Clock| clock.start.as_second().rem_euclid(60);
    wait("the first seconds of a minute", || (3..15).contains(&second(&scene.daemon.clock())).then_some(()));
    let minute = |clock: &Clock| clock.start.as_second() / 60;
    let clicked = minute(&scene.daemon.clock());
    scene.press(&hand, "&to=cem");
    scene.token("cem", "Briefing written");
    assert_eq!(minute(&scene.daemon.clock()), clicked, "the letter came with the next look alone");
    scene.daemon.stop();
}

#[test]
fn the_same_is_said_by_command() {
    let Some(scene) = Scene::new(|_| {}) else { return };
    scene.token("ada", "Briefing written");
    // A program's clock begins with a whole second, and what is said before a task is known says nothing of it.
    scene.daemon.reaches(&(scene.daemon.clock().start + SignedDuration::from_secs(2)).to_string());
    // For the same reason each command has a second of its own: what was said last is what is taken back.
    let run = |arguments: &[&str]| {
        let next = scene.daemon.clock().start.as_second() + 1;
        scene.daemon.reaches(&jiff::Timestamp::from_second(next).unwrap().to_string());
        scene.world.run(Some(&scene.daemon.clock()), &[&["briefing"], arguments].concat())
    };
    let (code, told) = run(&["hand", "acme-1", "--to", "cem", "--by", "ada"]);
    assert!(code == 0 && told.contains("cem is to write the briefing"), "{told}");
    assert_eq!((&scene.listed()["writer"], &scene.listed()["given"]["to"]), (&Value::from("cem"), &Value::from("cem")));
    let (code, told) = run(&["snooze", "acme-1", "--until", "2030-01-09T00:00:00Z"]);
    assert!(code == 0 && told.contains("cem is not asked again before 2030-01-08T07:20:00Z"), "{told}");
    let (_, told) = run(&["list"]);
    assert!(told.contains("cem is to write it by") && told.contains(", given by ada, cem is not asked before "), "{told}");
    for (undone, left) in [("snoozed", "cem"), ("given", "ada")] {
        let (code, told) = run(&["undo", "acme-1"]);
        assert!(code == 0 && told.contains(&format!("is taken back: {undone}")), "{told}");
        assert_eq!(scene.listed()["writer"], left);
    }
    assert_eq!(run(&["done", "acme-1", "--by", "ada"]).0, 0);
    assert_eq!(scene.state(), "written");
    assert_eq!(run(&["undo", "acme-1"]).0, 0);
    assert_eq!(scene.state(), "asked");
    for (wrong, why) in [
        (&["undo", "acme-1"][..], "nobody has said anything"),
        (&["hand", "acme-1", "--to", "bob"], "`bob` is none of those who could write it"),
        (&["hand", "acme-1", "--to", "cen"], "did you mean `cem`?"),
        (&["snooze", "acme-1", "--until", "2030-01-01T00:00:00Z"], "that is past"),
    ] {
        let (code, told) = run(wrong);
        assert!(code == 2 && told.contains(why), "{code} {told}");
    }
}
