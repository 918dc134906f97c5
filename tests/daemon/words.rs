//! Letters whose words no mail server is made for come out of Postfix as they were queued: scripts of all directions, and
//! words longer than any line may be.

use mail_parser::MessageParser;
use serde_json::Value;

use crate::postfix::Postfix;
use crate::world::{Clock, EVENING, World, calendar, event};

/// No line of a message is longer, in bytes (RFC 5322 §2.1.1).
const LONGEST: usize = 998;

/// No line should be longer.
const WANTED: usize = 78;

/// A world with that task of Globex, whose manager hears of it, and its letter: as it was queued, and as it arrived.
fn letter(postfix: &Postfix, clock: &Clock, title: &str, more: &str) -> (Value, String) {
    let world = postfix.world("starttls", "starttls");
    let title = format!("Globex: {title}\r\n{more}");
    let before = postfix.count("manager");
    // Another task each time, lest all letters have the same Message-ID.
    let task = event(&format!("globex-{before}"), "20300109T002500Z", "20300109T012500Z", title.trim_end());
    world.web.put("/tasks.ics", calendar(&[task]));
    let (code, said) = world.run(Some(clock), &["once"]);
    assert_eq!(code, 0, "{said}");
    let arrived = postfix.mailbox("manager", before + 1);
    let queued = queued(&world, clock);
    let id = header(queued["eml"].as_str().unwrap(), "Message-ID");
    let arrived = arrived.into_iter().find(|letter| header(letter, "Message-ID") == id).unwrap();
    (queued, arrived)
}

/// The only letter in the outbox, with its bytes.
fn queued(world: &World, clock: &Clock) -> Value {
    let (code, said) = world.run(Some(clock), &["outbox", "show", "1", "--eml", "--format", "json"]);
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(said.lines().find(|line| line.starts_with('{')).unwrap()).unwrap()
}

/// The first header of that name as it stands.
fn header(letter: &str, name: &str) -> String {
    letter.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap().trim_end().to_owned()
}

/// Looks at the lines of a letter, and that it arrived as it was queued; gives its subject and its text.
#[track_caller]
fn check(queued: &Value, arrived: &str) -> (String, String) {
    let sent = queued["eml"].as_str().unwrap();
    assert!(sent.is_ascii(), "no server need know 8BITMIME or SMTPUTF8: {sent}");
    for line in sent.split("\r\n") {
        assert!(line.len() <= LONGEST && !line.contains(['\r', '\n']), "a line of {} bytes: {line}", line.len());
    }
    let begins = arrived.find(sent.lines().next().unwrap()).unwrap();
    let (below, sent) = (arrived[begins..].trim_end(), sent.replace("\r\n", "\n"));
    assert_eq!(below, sent.trim_end(), "below the server's own headers stands something else than what was sent");
    let message = MessageParser::default().parse(arrived).unwrap();
    let subject = message.subject().unwrap().to_owned();
    assert_eq!(subject, queued["subject"].as_str().unwrap());
    (subject, message.body_text(0).unwrap().replace("\r\n", "\n"))
}

/// The lines of a letter that are longer than they should be and could be broken: a word of a subject cannot.
fn long(letter: &Value) -> Vec<&str> {
    letter["eml"].as_str().unwrap().lines().filter(|line| line.len() > WANTED && line.trim().contains(' ')).collect()
}

#[test]
fn words_of_every_script_come_out_of_postfix_as_they_were() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&["manager"]) else { return };
    for title in [
        "Datenbank f\u{fc}r M\u{fc}nchen: Gr\u{f6}\u{df}e",
        "データベースの移行と再起動",
        "שדרוג מסד הנתונים",
        "ترقية قاعدة البيانات",
        "\u{1f4be} backup",
    ] {
        let (queued, arrived) = letter(&postfix, &clock, title, &format!("DESCRIPTION:{title}\\, {title}\r\n"));
        let (subject, text) = check(&queued, &arrived);
        assert!(subject.contains(title), "{subject}");
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(&format!("> {title}, {title}")), "{text}");
        assert_eq!(long(&queued), Vec::<&str>::new());
    }
}

#[test]
fn a_word_longer_than_any_line_comes_out_of_postfix_as_it_was() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&["manager"]) else { return };
    let link = format!("https://tickets.example.com/{}", "a-b/".repeat(600));
    for word in ["x".repeat(2_500), "\u{fc}".repeat(2_500), "日".repeat(2_500)] {
        let (queued, arrived) = letter(&postfix, &clock, &word, &format!("URL:{link}\r\nDESCRIPTION:{word}\r\n"));
        let (subject, text) = check(&queued, &arrived);
        // Titles and quoted lines are cut, and say so; links are not.
        let start: String = word.chars().take(89).collect();
        assert!(subject.contains(&format!("{start}...,")), "{subject}");
        let quoted = format!("> {}...", word.chars().take(597).collect::<String>());
        assert!(text.lines().any(|line| line == quoted), "{text}");
        assert!(text.split_whitespace().any(|found| found == link), "{text}");
        assert_eq!(long(&queued), Vec::<&str>::new());
    }
}
