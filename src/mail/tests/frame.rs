//! Headers and bytes, read back by another library.

use insta::assert_snapshot;
use mail_parser::MessageParser;

use super::sample::{engineer, notice, now, post, request, upgrade};
use crate::mail::word;
use crate::plan::notice::Alert;
use crate::plan::{Body, Kind, Notice};

/// The header lines of the letter, as they go out.
fn check(notices: &[Notice]) -> String {
    let text = String::from_utf8(word(notices, &[], &post(), now()).bytes).unwrap();
    text.split("\r\n\r\n").next().unwrap().replace("\r\n", "\n")
}

#[test]
fn headers_are_complete_and_keep_robots_quiet() {
    assert_snapshot!(check(&[request(upgrade())]), @r#"
    Date: Thu, 10 Dec 2026 11:00:00 +0000
    From: offwatch <offwatch@example.com>
    To: "Ada Lovelace" <ada@example.com>
    Subject: Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4,
     Sat 12 Dec 22:00 your time
    Message-ID: <e050e8633e244f623afa21a5@example.com>
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: OOF, AutoReply, RN, NRN, DR
    X-Offwatch-Kind: briefing-request
    List-Id: <offwatch.example.com>
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="=_ca1219cdea2bce89cbe1571d"
    "#);
}

#[test]
fn umlauts_survive_in_subject_and_names() {
    let mut brief = upgrade();
    (brief.title, brief.short_title) = ("Größeres Upgrade für Zürich".to_owned(), "Größeres Upgrade für Zürich".to_owned());
    let mut letter = request(brief);
    letter.to = engineer("ada", "Äda Löve, \"Lace\"");
    let letter = word(&[letter], &[], &post(), now());
    let parsed = MessageParser::default().parse(&letter.bytes).unwrap();
    assert_eq!(parsed.subject(), Some(letter.subject.as_str()));
    assert!(letter.subject.contains("Größeres Upgrade für Zürich"));
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Äda Löve, \"Lace\""), Some("ada@example.com")));
    assert!(parsed.body_text(0).unwrap().contains("What:      Größeres Upgrade für Zürich"));
    assert!(letter.bytes.is_ascii());
}

#[test]
fn the_same_notices_at_the_same_instant_make_the_same_bytes() {
    let notices = [request(upgrade())];
    assert_eq!(word(&notices, &[], &post(), now()), word(&notices, &[], &post(), now()));
}

#[test]
fn a_repeat_is_the_same_message_and_another_key_is_another() {
    let id = |notice: Notice, now| {
        let bytes = word(&[notice], &[], &post(), now).bytes;
        MessageParser::default().parse(&bytes).unwrap().message_id().unwrap().to_owned()
    };
    let first = id(request(upgrade()), now());
    assert_eq!(first, id(request(upgrade()), super::sample::at("2026-12-11T09:00Z")));
    let mut other = request(upgrade());
    other.key = crate::plan::Key::stored("another".to_owned());
    assert_ne!(first, id(other, now()));
}

#[test]
fn a_later_letter_answers_the_first_about_the_same_task() {
    let header = |bytes: Vec<u8>, name: &str| {
        let text = String::from_utf8(bytes).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.map(ToOwned::to_owned)
    };
    let first = word(&[request(upgrade())], &[], &post(), now());
    let mut later = request(upgrade());
    later.key = crate::plan::Key::stored("later".to_owned());
    let later = word(&[later], std::slice::from_ref(&first.key), &post(), now());
    let root = header(first.bytes.clone(), "Message-ID");
    assert!(root.is_some());
    assert_eq!(header(later.bytes.clone(), "References"), root);
    assert_eq!(header(later.bytes, "In-Reply-To"), root);
    assert_eq!(header(first.bytes, "References"), None, "the first letter answers none");
}

#[test]
fn a_letter_is_of_use_until_its_last_task_starts_but_news_keep() {
    let until = |notices: &[Notice]| word(notices, &[], &post(), now()).useful_until;
    let alert = Body::Alert(Alert::FeedBack { feed: "leave".parse().unwrap(), at: now(), held: false });
    let alert = notice(Kind::FeedAlert, engineer("ada", "Ada"), "you run it", alert);
    assert_eq!(until(&[request(upgrade())]), Some(upgrade().window.start()));
    assert_eq!(until(&[request(upgrade()), alert]), None);
}
