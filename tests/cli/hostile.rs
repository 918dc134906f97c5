//! Calendars, settings and mail servers that want to be more than text: whatever they say, letters have their own headers
//! and parts, nothing that is printed steers a terminal, and each record of the log is one line.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use mail_parser::{MessageParser, MimeHeaders as _};
use offwatch::calendar::Standing;
use offwatch::people::steers;
use offwatch::window::Window;
use offwatch::zone::Zone;
use proptest::prelude::*;
use proptest::sample::select;

use crate::world::{Run, World, calendar};

/// What is tried: line ends and headers, steering of terminals and of the order of signs, other syntaxes, length.
const TRICKS: [&str; 20] = [
    "\r\nBcc: eve@example.org",
    "\nX-Evil: 1\n\nbody",
    "\r\n.\r\nMAIL FROM:<eve@example.org>",
    "\r",
    "\0",
    "\u{1b}[2J\u{1b}[1;1H",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31m",
    "\u{85}",
    "\u{2028}{\"level\":\"ERROR\"}",
    "abc\u{202e}fdp.exe\u{202c}",
    "\u{2066}\u{200b}\u{feff}",
    "=?utf-8?b?QmNjOiBl?=",
    "<script>alert(1)</script><!--",
    "'\"`\\",
    "%0d%0aBcc:%20eve",
    "\u{fffd}\u{fffe}\u{1f469}\u{200d}\u{1f4bb}",
    "{{7*7}} ${HOME} $(id)",
    "<6>fake record\n2030-01-01T00:00:00Z ERROR fake",
    "a,b;c:d",
];

/// A text made of tricks, with plain words between.
fn texts() -> impl Strategy<Value = String> {
    let parts = proptest::collection::vec(prop_oneof![select(TRICKS.to_vec()), select(vec!["word ", "ä"])], 1..6);
    (parts, select(vec![0_usize, 0, 0, 3000])).prop_map(|(parts, long)| parts.concat() + &"x".repeat(long))
}

/// A text as a calendar holds it: line ends written out, or as they are, for readers that are lenient.
fn value(text: &str, raw: bool) -> String {
    let escaped = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    if raw { escaped } else { escaped.replace("\r\n", "\\n").replace('\n', "\\n") }
}

/// An event with this text wherever text can stand.
fn event(world: &World, uid: &str, day: i32, title: &str, text: &str) -> String {
    let date = world.day(day).strftime("%Y%m%d");
    let parameter: String = text.chars().filter(|sign| !"\";:,".contains(*sign)).collect();
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}{text}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{date}T120000Z\r\nDTEND:{date}T140000Z\r\n\
        SUMMARY:{title}{text}\r\nDESCRIPTION:https://tickets.example.com/1{text}\r\nLOCATION:{text}\r\nCATEGORIES:ACME,{text}\r\n\
        URL:https://tickets.example.com/{text}\r\nORGANIZER;CN=\"{parameter}\":mailto:{text}@example.org\r\nRRULE:{text}\r\n\
        DURATION:{text}\r\n{text}:{text}\r\nEND:VEVENT\r\n"
    )
}

/// A world full of this text. In the configuration it can stand without control characters only.
fn world(send: &str, text: &str, raw: bool) -> World {
    let world = World::sending(send);
    let text = value(text, raw);
    let name: String = text.chars().filter(|sign| !sign.is_control()).collect();
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    let feeds = "[[feed]]\nname = \"down\"\npath = \"down.ics\"\nreads = [\"emergencies\"]\n\n[[feed]]\nname = \"team\"\npath = \"team.ics\"\n\
        reads = [\"absences\"]\nevery_event = \"absence\"\n\n[[engineer]]";
    world.edit("[[engineer]]", feeds);
    world.edit("Ada Lovelace", &format!("Ada {name}"));
    world.edit("ACME Corp", &format!("ACME {name}"));
    world.edit("match = [\"ACME\"]", &format!("match = [\"ACME\"]\nnotes = \"see {name}\""));
    world.write("tasks.ics", &calendar(&[event(&world, "u", 3, "ACME: ", &text), event(&world, "v", 4, "nobody's ", &text)]));
    world.write("down.ics", &calendar(&[event(&world, "d", -1, "ACME: ", &text)]));
    world.write("team.ics", &calendar(&[event(&world, "t", 1, "Somebody ", &text)]));
    world
}

/// Refuses output that steers.
#[track_caller]
fn sober(arguments: &[&str], run: &Run) {
    for said in [&run.out, &run.err] {
        let odd: Vec<&str> = said.lines().filter(|line| line.chars().any(|sign| sign != '\t' && steers(sign))).collect();
        assert!(odd.is_empty(), "{arguments:?}: {odd:?}");
    }
}

/// Refuses letters that have other headers or parts than they should: a text, its page, and perhaps calendars of one event each.
#[track_caller]
fn plain(letter: &str) {
    let message = MessageParser::default().parse(letter.as_bytes()).unwrap();
    let mut names: Vec<&str> = message.headers().iter().map(mail_parser::Header::name).collect();
    names.retain(|name| !["In-Reply-To", "References"].contains(name));
    names.retain(|name| !["Content-Transfer-Encoding", "List-Unsubscribe"].contains(name));
    let own = "Date From To Subject Message-ID Auto-Submitted X-Auto-Response-Suppress X-Offwatch-Kind List-ID MIME-Version Content-Type";
    assert_eq!(names.join(" "), own, "{letter}");
    let kinds = message.parts.iter().filter_map(|part| part.content_type()?.subtype());
    let kinds: Vec<&str> = kinds.filter(|kind| *kind != "calendar").collect();
    // A page that would be too long stays out; its text says the same.
    let forms = ["alternative plain html", "plain"].map(|forms| [forms.to_owned(), format!("mixed {forms}")]).concat();
    assert!(forms.contains(&kinds.join(" ")), "{letter}");
    let html = message.html_bodies().filter(|part| part.is_text_html()).filter_map(|part| part.text_contents()).collect::<String>();
    assert!(!html.contains("<script") && !html.chars().any(|sign| !matches!(sign, '\r' | '\n') && steers(sign)), "{html}");
    for attached in message.attachments() {
        let span = Window::new("2020-01-01T00:00:00Z".parse().unwrap(), "2100-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let read = offwatch::calendar::read(attached.contents(), span, &Zone::utc());
        assert_eq!((read.standing, read.problems.len(), read.found.len()), (Standing::Whole, 0, 1), "{letter}");
    }
    assert!(letter.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])), "{letter}");
    let text = message.body_text(0).unwrap();
    assert!(!text.chars().any(|sign| !matches!(sign, '\r' | '\n') && steers(sign)), "{text}");
    assert!(!message.subject().unwrap_or_default().chars().any(steers), "{letter}");
}

/// Runs everything that shows something.
fn look(world: &World) {
    let (from, to) = (world.instant(0, 0), world.instant(5, 0));
    let key = world.json(&["outbox", "list", "--all"]).first().map(|letter| letter["key"].as_str().unwrap().to_owned());
    let key = key.unwrap_or_default();
    let simulate = ["simulate", "--from", &from, "--to", &to];
    let commands: [&[&str]; 17] = [
        &["check"],
        &["check", "--feeds"],
        &["plan"],
        &["explain", "ACME"],
        &["explain", "ada"],
        &["explain", "ops@example.com"],
        &["availability"],
        &["briefing", "list"],
        &["calendar", "ada"],
        &["outbox", "list", "--all"],
        &["outbox", "show", &key],
        &["outbox", "show", &key, "--eml"],
        &["preview", &key],
        &["preview", &key, "--html"],
        &["feeds", "list"],
        &["feeds", "fetch"],
        &simulate,
    ];
    for arguments in commands {
        sober(arguments, &world.run(arguments));
        sober(arguments, &world.run(&[arguments, &["--format", "json"]].concat()));
    }
    for file in ["tasks.ics", "team.ics"] {
        let path = world.path(file);
        let inspect = ["inspect", path.to_str().unwrap()];
        sober(&inspect, &world.run(&inspect));
        sober(&inspect, &world.run(&[&inspect[..], &["--format", "json"]].concat()));
    }
}

/// Takes turns and refuses a log of which any record is more than one line, in either look.
fn turn(world: &World) {
    let mut command = world.command(&["once"]);
    let text = String::from_utf8(command.env("OFFWATCH_LOG", "debug").output().unwrap().stderr).unwrap();
    assert!(!text.is_empty());
    let record = |line: &str| line.get(..2) == Some("20") && line.get(10..11) == Some("T") && line.contains("Z ");
    for line in text.lines() {
        assert!(record(line) && !line.chars().any(|sign| sign != '\t' && steers(sign)), "{line:?}");
    }
    assert!(!text.lines().any(|line| line.starts_with("2030-01-01T00:00:00Z ERROR fake")), "{text}");
    let mut command = world.command(&["once", "--log-format", "json"]);
    let json = String::from_utf8(command.env("OFFWATCH_LOG", "debug").output().unwrap().stderr).unwrap();
    for line in json.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert!(record["timestamp"].is_string() && !line.chars().any(steers), "{line:?}");
    }
}

proptest! {
    // Each case runs the program some forty times.
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_a_calendar_or_a_name_is_more_than_text(text in texts(), raw in any::<bool>()) {
        let world = world("send = \"folder\"", &text, raw);
        turn(&world);
        let letters = world.letters();
        prop_assert!(!letters.is_empty(), "nobody was written to");
        for letter in &letters {
        plain(letter);
    }
        look(&world);
    }
}

#[test]
fn every_trick_at_once_is_no_more_than_text() {
    let world = world("send = \"folder\"", &TRICKS.concat(), true);
    turn(&world);
    for letter in world.letters() {
        plain(&letter);
    }
    look(&world);
    let world = self::world("send = \"folder\"", &TRICKS.concat(), false);
    turn(&world);
    let letters = world.letters();
    assert!(!letters.is_empty());
    for letter in &letters {
        plain(letter);
    }
    look(&world);
}

/// A mail server that refuses every recipient with `answer`; gives its port.
fn refusing(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut say = stream.try_clone().unwrap();
            let _ = say.write_all(b"220 peer\r\n");
            for line in BufReader::new(&mut stream).lines().map_while(Result::ok) {
                let reply = if line.starts_with("RCPT") { answer } else { "250 fine" };
                let _ = say.write_all(format!("{reply}\r\n").as_bytes());
            }
        }
    });
    port
}

#[test]
fn what_a_mail_server_says_is_no_more_than_text() {
    let answers = [
        "550 5.1.1 no\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}such\u{2028}user\rBcc: eve",
        "550-5.1.1 <6>fake\n550-2030-01-01T00:00:00Z ERROR fake\r\n550 \u{9b}31m\0",
        "\u{1b}[2J no reply at all \u{202e}",
    ];
    for answer in answers {
        let port = refusing(answer);
        let world = World::sending(&format!("send = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\""));
        turn(&world);
        // The admin's letter about the refusal is refused as well.
        turn(&world);
        let shown = world.run(&["outbox", "list", "--all"]);
        assert!(shown.out.contains("at RCPT"), "{shown:?}");
        for letter in world.json(&["outbox", "list", "--all"]) {
            let said = letter["last_answer"].as_str().unwrap_or_default();
            assert!(!said.chars().any(steers), "{said:?}");
            let eml = world.json(&["outbox", "show", letter["key"].as_str().unwrap(), "--eml"]).remove(0);
            plain(eml["eml"].as_str().unwrap());
        }
        look(&world);
        let test = ["send-test", "ada@example.com"];
        sober(&test, &world.run(&test));
    }
}
