//! What letters bring for a calendar: as text, as other libraries read it, and as RFC 5546 wants it.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use mail_parser::{MessageParser, MimeHeaders as _};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::promises::titles;
use super::sample::{at, engineer, mailbox, notice, now, person, post, request, upgrade, window};
use crate::calendar;
use crate::mail::{Post, parts, subscription, text, word};
use crate::plan::news::{Difference, Fall, Reader};
use crate::plan::notice::{Briefing, Planned, Step};
use crate::plan::{Body, Kind, Notice};
use crate::tests::readers;
use crate::window::Window;
use crate::zone::Zone;

/// The installation when it invites Ada.
pub(super) fn inviting() -> Post {
    Post { invite: BTreeSet::from(["ada".parse().unwrap()]), ..post() }
}

/// Ada hears that the upgrade changed; its briefing is in that state.
pub(super) fn changed(briefing: Briefing) -> Notice {
    let mut brief = upgrade();
    (brief.briefing, brief.version, brief.told) = (briefing, 2, 1);
    brief.slot = brief.slot.filter(|_| briefing != Briefing::Written);
    let difference = Difference { window: Some(window("2026-12-11T21:00Z", "2026-12-12T01:00Z")), ..Difference::default() };
    let body = Body::Changed(Box::new(brief), Box::new(difference));
    notice(Kind::TaskChanged, engineer("ada", "Ada Lovelace"), "you were told", body)
}

/// Ada hears that it was cancelled.
fn retracted() -> Notice {
    let mut brief = upgrade();
    (brief.briefing, brief.version, brief.told, brief.slot) = (Briefing::NotNeeded, 4, 2, None);
    let body = Body::Retracted(Box::new(brief), Fall::Cancelled);
    notice(Kind::Retraction, engineer("ada", "Ada Lovelace"), "you were told", body)
}

/// The parts of a letter: a line for each with what decides.
fn check(notices: &[Notice], post: &Post) -> String {
    let parts = parts::parts(notices, post, now());
    let rows = parts.iter().map(|part| {
        let value = |name: &str| {
            let line = part.text.lines().find(|line| line.starts_with(&format!("{name}:")));
            line.and_then(|line| line.split_once(':')).map_or("-", |(_, value)| value)
        };
        let (start, sequence, status) = (value("DTSTART"), value("SEQUENCE"), value("STATUS"));
        format!("{} {} {start} #{sequence} {status} {}", part.method.name(), part.file, value("SUMMARY"))
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_request_brings_the_task_and_a_half_hour_to_write_in() {
    let parts = parts::parts(&[request(upgrade())], &post(), now());
    let text: Vec<String> = parts.iter().map(|part| format!("{}\n{}", part.file, part.text.replace("\r\n", "\n"))).collect();
    assert_snapshot!(text.join("\n"), @r#"
    task.ics
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//offwatch//offwatch//EN
    CALSCALE:GREGORIAN
    METHOD:PUBLISH
    BEGIN:VEVENT
    UID:offwatch-task-362defef672b112294ad0e56
    DTSTAMP:20261210T110000Z
    SEQUENCE:0
    DTSTART:20261212T210000Z
    DTEND:20261213T010000Z
    SUMMARY:ACME Corp\, Upgrade to 17.4 (briefing wanted)
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotes: https://wiki.
     example.com/acme\n\nRolling upgrade of three nodes.\n\nRoll back by snaps
     hot.
    URL:https://tickets.example.com/4711
    STATUS:CONFIRMED
    TRANSP:TRANSPARENT
    ORGANIZER;CN="offwatch":mailto:offwatch@example.com
    END:VEVENT
    END:VCALENDAR

    briefing.ics
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//offwatch//offwatch//EN
    CALSCALE:GREGORIAN
    METHOD:PUBLISH
    BEGIN:VEVENT
    UID:offwatch-briefing-362defef672b112294ad0e56
    DTSTAMP:20261210T110000Z
    SEQUENCE:0
    DTSTART:20261210T120000Z
    DTEND:20261210T123000Z
    SUMMARY:Write the briefing: ACME Corp\, Upgrade to 17.4
    DESCRIPTION:Briefing wanted by Fri 11 Dec 17:00 CET.\nA proposal: move it
      as you like\, or write earlier.\nTicket: https://tickets.example.com/471
     1\nNotes: https://wiki.example.com/acme
    URL:https://tickets.example.com/4711
    STATUS:TENTATIVE
    TRANSP:OPAQUE
    ORGANIZER;CN="offwatch":mailto:offwatch@example.com
    END:VEVENT
    END:VCALENDAR
    "#);
}

#[test]
fn who_writes_gets_parts_and_who_only_hears_of_it_gets_none() {
    let escalated = |step, to| notice(Kind::Escalation, to, "nobody else", Body::Escalation(Box::new(upgrade()), step));
    let (grace, boss) = (engineer("grace", "Grace"), mailbox("boss@example.com"));
    assert_snapshot!(check(&[escalated(Step::Writer, grace.clone())], &post()), @r"
    PUBLISH task.ics 20261212T210000Z #0 CONFIRMED ACME Corp\, Upgrade to 17.4 (briefing wanted)
    PUBLISH briefing.ics 20261210T120000Z #0 TENTATIVE Write the briefing: ACME Corp\, Upgrade to 17.4
    ");
    let difference = Difference { again: true, reader: Reader::Manages, ..Difference::default() };
    let managed = notice(Kind::TaskChanged, grace.clone(), "you manage it", Body::Changed(Box::new(upgrade()), Box::new(difference)));
    for letter in [managed, escalated(Step::Manager, grace), escalated(Step::Manager, boss.clone()), escalated(Step::LastCall, boss)] {
        assert_eq!(check(&[letter], &post()), "");
    }
    let nowhere = Post { attach: false, ..post() };
    let letter = word(&[request(upgrade())], &[], &nowhere, now());
    assert_eq!(MessageParser::default().parse(&letter.bytes).unwrap().parts.len(), 3, "two forms of one text");
}

#[test]
fn what_is_attached_follows_the_task_and_is_never_taken_back() {
    assert_snapshot!(check(&[changed(Briefing::Asked)], &post()), @r"
    PUBLISH task.ics 20261212T210000Z #2 CONFIRMED ACME Corp\, Upgrade to 17.4 (briefing wanted)
    PUBLISH briefing.ics 20261210T120000Z #4 TENTATIVE Write the briefing: ACME Corp\, Upgrade to 17.4
    ");
    assert_snapshot!(check(&[changed(Briefing::Written)], &post()), @r"
    PUBLISH task.ics 20261212T210000Z #2 CONFIRMED ACME Corp\, Upgrade to 17.4
    ");
    assert_snapshot!(check(&[retracted()], &post()), @"");
}

#[test]
fn an_invitation_follows_the_task_and_is_taken_back() {
    assert_snapshot!(check(&[request(upgrade())], &inviting()), @r"
    REQUEST task.ics 20261212T210000Z #0 CONFIRMED ACME Corp\, Upgrade to 17.4 (briefing wanted)
    REQUEST briefing.ics 20261210T120000Z #0 TENTATIVE Write the briefing: ACME Corp\, Upgrade to 17.4
    ");
    assert_snapshot!(check(&[changed(Briefing::Asked)], &inviting()), @r"
    REQUEST task.ics 20261212T210000Z #2 CONFIRMED ACME Corp\, Upgrade to 17.4 (briefing wanted)
    REQUEST briefing.ics 20261210T120000Z #4 TENTATIVE Write the briefing: ACME Corp\, Upgrade to 17.4
    ");
    assert_snapshot!(check(&[changed(Briefing::Written)], &inviting()), @r"
    REQUEST task.ics 20261212T210000Z #2 CONFIRMED ACME Corp\, Upgrade to 17.4
    CANCEL briefing.ics 20261212T210000Z #5 CANCELLED Write the briefing: ACME Corp\, Upgrade to 17.4
    ");
    assert_snapshot!(check(&[retracted()], &inviting()), @r"
    CANCEL task.ics 20261212T210000Z #5 CANCELLED ACME Corp\, Upgrade to 17.4
    CANCEL briefing.ics 20261212T210000Z #9 CANCELLED Write the briefing: ACME Corp\, Upgrade to 17.4
    ");
}

#[test]
fn several_tasks_of_one_letter_have_files_of_their_own_up_to_a_number() {
    let many: Vec<Notice> = (0..12)
        .map(|number| {
            let mut brief = upgrade();
            brief.task = crate::agenda::TaskId::new(format!("t-{number}"));
            request(brief)
        })
        .collect();
    let files: Vec<String> = parts::parts(&many, &post(), now()).into_iter().map(|part| part.file).collect();
    assert_eq!(files.len(), 16);
    assert_eq!(files[..4], ["task.ics", "briefing.ics", "task-2.ics", "briefing-2.ics"]);
}

#[test]
fn a_task_without_a_time_is_a_date_where_the_customer_is() {
    let mut brief = upgrade();
    (brief.customer_zone, brief.date_only) = (Some("Asia/Tokyo".parse().unwrap()), true);
    brief.window = window("2026-12-11T15:00Z", "2026-12-12T15:00Z");
    let text = &parts::parts(&[request(brief.clone())], &post(), now())[0].text;
    assert!(text.contains("DTSTART;VALUE=DATE:20261212\r\nDTEND;VALUE=DATE:20261213\r\n"), "{text}");
    // In a zone that nobody here knows of, the instants are all that is certain.
    brief.window = window("2026-12-11T17:00Z", "2026-12-12T17:00Z");
    let text = &parts::parts(&[request(brief)], &post(), now())[0].text;
    assert!(text.contains("DTSTART:20261211T170000Z\r\n"), "{text}");
}

#[test]
fn a_ticket_that_stands_in_the_description_is_not_named_twice() {
    let mut brief = upgrade();
    brief.description = "See https://tickets.example.com/4711 first.".to_owned();
    let text = parts::parts(&[request(brief)], &post(), now())[0].text.replace("\r\n ", "");
    assert!(text.contains("DESCRIPTION:Notes: https://wiki.example.com/acme\\n\\nSee https://tickets.example.com/4711 first."), "{text}");
}

/// What is wrong with a calendar as a message by RFC 5546 §3.2: what a method requires, and what it forbids.
fn faults(calendar: &Value) -> Vec<String> {
    let (method, events) = (calendar["method"].as_str().unwrap(), calendar["events"].as_array().unwrap());
    let required: &[&str] = match method {
        "PUBLISH" => &["UID", "DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY"],
        "REQUEST" => &["UID", "DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY", "ATTENDEE", "SEQUENCE"],
        // To one of whom it is taken away: they are named.
        "CANCEL" => &["UID", "DTSTAMP", "ORGANIZER", "SEQUENCE", "ATTENDEE", "STATUS"],
        other => return vec![format!("method `{other}`")],
    };
    let mut faults = Vec::new();
    for event in events {
        let has = |name: &str| !event[name].is_null();
        faults.extend(required.iter().filter(|name| !has(name)).map(|name| format!("{method} without {name}")));
        faults.extend((method == "PUBLISH" && has("ATTENDEE")).then(|| "PUBLISH with ATTENDEE".to_owned()));
        let status = event["STATUS"].as_str().unwrap_or_default();
        let cancelled = status == "CANCELLED";
        faults.extend((cancelled != (method == "CANCEL")).then(|| format!("{method} with STATUS {status}")));
        let address = |name: &str| event[name].is_null() || event[name][1].as_str().unwrap().starts_with("mailto:");
        faults.extend(["ORGANIZER", "ATTENDEE"].iter().filter(|name| !address(name)).map(|name| format!("{name} is no address")));
    }
    let uids: BTreeSet<&str> = events.iter().filter_map(|event| event["UID"].as_str()).collect();
    faults.extend((uids.len() != 1).then(|| format!("{} UIDs", uids.len())));
    faults
}

#[test]
fn the_checker_of_messages_finds_what_is_wrong() {
    let event = json!({"UID": "1", "DTSTAMP": "2", "ATTENDEE": ["", "mailto:a@b"], "ORGANIZER": ["", "http:x"], "STATUS": "CANCELLED"});
    let found = faults(&json!({"method": "PUBLISH", "events": [event.clone(), event]}));
    for fault in ["PUBLISH without DTSTART", "PUBLISH with ATTENDEE", "PUBLISH with STATUS CANCELLED", "ORGANIZER is no address"] {
        assert!(found.iter().any(|found| found == fault), "{fault} in {found:?}");
    }
}

#[test]
fn other_libraries_see_the_letter_and_each_method_is_what_its_standard_wants() {
    let (posts, told) = ([post(), inviting()], [request(upgrade()), changed(Briefing::Asked), changed(Briefing::Written), retracted()]);
    let letters: Vec<_> = posts.iter().flat_map(|post| told.iter().map(move |notice| (post, notice))).collect();
    let thread = crate::plan::Key::stored("first".to_owned());
    let worded = letters.iter().map(|(post, notice)| word(std::slice::from_ref(notice), std::slice::from_ref(&thread), post, now()));
    let questions: Vec<Value> = worded.map(|letter| json!({"letter": String::from_utf8(letter.bytes).unwrap()})).collect();
    let Some(answers) = readers::ask(&questions) else { return };
    let mut sequences: Vec<(String, u64)> = Vec::new();
    for ((post, notice), answer) in letters.iter().zip(answers) {
        assert_eq!(answer["defects"], json!([]), "{answer}");
        let header =
            |name: &str| answer["headers"].as_array().unwrap().iter().find(|header| header[0] == name).map(|header| header[1].clone());
        assert_eq!(header("Auto-Submitted"), Some(json!("auto-generated")));
        assert_eq!(header("X-Auto-Response-Suppress"), Some(json!("OOF, AutoReply, RN, NRN, DR")));
        assert_eq!(header("List-Id"), Some(json!("<offwatch.example.com>")));
        assert!(header("References").is_some() && header("References") == header("In-Reply-To"));
        let parts = answer["parts"].as_array().unwrap();
        assert_eq!((&parts[0]["type"], &parts[0]["charset"]), (&json!("text/plain"), &json!("utf-8")));
        let (_, plain) = text(std::slice::from_ref(notice), post, now());
        assert_eq!(parts[0]["text"].as_str().unwrap().replace("\r\n", "\n"), plain);
        assert_eq!((&parts[1]["type"], &parts[1]["charset"]), (&json!("text/html"), &json!("utf-8")));
        let html = crate::mail::page(std::slice::from_ref(notice), post, now());
        assert_eq!(Some(parts[1]["text"].as_str().unwrap().replace("\r\n", "\n")), html);
        for part in &parts[2..] {
            let calendar = &part["calendar"];
            assert_eq!(
                (&part["type"], &part["charset"], &part["disposition"]),
                (&json!("text/calendar"), &json!("utf-8"), &json!("attachment"))
            );
            assert_eq!(part["method"], calendar["method"]);
            assert!(["task.ics", "briefing.ics"].contains(&part["file"].as_str().unwrap()));
            assert_eq!((faults(calendar), &calendar["errors"], &calendar["calendars"]), (Vec::new(), &json!([]), &json!(1)), "{part}");
            let event = &calendar["events"][0];
            sequences.push((event["UID"].as_str().unwrap().to_owned(), event["SEQUENCE"].as_u64().unwrap()));
        }
    }
    // Of one installation: the request, the move, the move of what is written, the end.
    let (_, invited) = sequences.split_at(5);
    let uids: BTreeSet<&str> = invited.iter().map(|(uid, _)| uid.as_str()).collect();
    assert_eq!((invited.len(), uids.len()), (8, 2));
    for uid in uids {
        let own: Vec<u64> = invited.iter().filter(|(known, _)| known == uid).map(|(_, sequence)| *sequence).collect();
        assert!(own[0] < own[1] && own[1] <= own[2] && own[2] < own[3], "{own:?}");
    }
}

#[test]
fn what_a_half_hour_meets_with_in_its_life_is_what_the_standard_wants() {
    // Asked, moved, written (told by the way in a letter about another task), asked again, cancelled.
    let about = |version: u32, told: u32| {
        let mut brief = upgrade();
        (brief.version, brief.told) = (version, told);
        brief
    };
    let mut moved = changed(Briefing::Asked);
    let difference = Difference { window: Some(window("2026-12-11T21:00Z", "2026-12-12T01:00Z")), ..Difference::default() };
    moved.body = Body::Changed(Box::new(about(2, 1)), Box::new(difference));
    let mut other = upgrade();
    other.task = crate::agenda::TaskId::new("t-other".to_owned());
    let mut by_the_way = request(other);
    let (mut written, mut gone) = (about(2, 2), about(4, 3));
    (written.briefing, written.slot, gone.briefing, gone.slot) = (Briefing::Written, None, Briefing::NotNeeded, None);
    by_the_way.freed = vec![written];
    let mut over = retracted();
    over.body = Body::Retracted(Box::new(gone), Fall::Cancelled);
    let life = [request(about(0, 0)), moved, by_the_way, request(about(2, 2)), over];
    assert_snapshot!(check(&life[2..3], &inviting()), @r"
    REQUEST task.ics 20261212T210000Z #0 CONFIRMED ACME Corp\, Upgrade to 17.4 (briefing wanted)
    REQUEST briefing.ics 20261210T120000Z #0 TENTATIVE Write the briefing: ACME Corp\, Upgrade to 17.4
    CANCEL briefing-2.ics 20261212T210000Z #5 CANCELLED Write the briefing: ACME Corp\, Upgrade to 17.4
    ");
    // What is only attached cannot be taken back.
    assert!(!check(&life[2..3], &post()).contains("briefing-2.ics"));
    let letters = life.iter().map(|notice| word(std::slice::from_ref(notice), &[], &inviting(), now()));
    let questions: Vec<Value> = letters.map(|letter| json!({"letter": String::from_utf8(letter.bytes).unwrap()})).collect();
    let Some(answers) = readers::ask(&questions) else { return };
    let mut entries: Vec<(String, String, u64)> = Vec::new();
    for calendar in answers.iter().flat_map(|answer| &answer["parts"].as_array().unwrap()[2..]).map(|part| &part["calendar"]) {
        assert_eq!((faults(calendar), &calendar["errors"]), (Vec::new(), &json!([])), "{calendar}");
        let event = &calendar["events"][0];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        entries.push((text(&event["UID"]), text(&calendar["method"]), event["SEQUENCE"].as_u64().unwrap()));
    }
    let uid = crate::calendar::write::uid("briefing", &[upgrade().task.as_str(), "ada"]);
    let own: Vec<(&str, u64)> =
        entries.iter().filter(|(its, _, _)| *its == uid).map(|(_, method, sequence)| (method.as_str(), *sequence)).collect();
    assert_eq!(own, [("REQUEST", 0), ("REQUEST", 4), ("CANCEL", 5), ("REQUEST", 6), ("CANCEL", 11)]);
    assert!(own.is_sorted_by(|(_, one), (_, next)| one < next), "each message outdoes the one before");
}

#[test]
fn our_own_readers_see_the_same() {
    let letter = word(&[request(upgrade())], &[], &post(), now());
    let message = MessageParser::default().parse(&letter.bytes).unwrap();
    let kinds: Vec<String> = message.parts.iter().map(|part| part.content_type().map(kind).unwrap_or_default()).collect();
    assert_eq!(kinds, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "text/calendar"]);
    let names: Vec<&str> = message.attachments().filter_map(mail_parser::MimeHeaders::attachment_name).collect();
    assert_eq!(names, ["task.ics", "briefing.ics"]);
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), text(&[request(upgrade())], &post(), now()).1);
    let span = window("2026-12-01T00:00Z", "2027-01-01T00:00Z");
    for (attached, (start, title)) in message.attachments().zip([
        ("2026-12-12T21:00:00Z", "ACME Corp, Upgrade to 17.4 (briefing wanted)"),
        ("2026-12-10T12:00:00Z", "Write the briefing: ACME Corp, Upgrade to 17.4"),
    ]) {
        let reading = calendar::read(attached.contents(), span, &Zone::utc());
        assert_eq!((reading.problems.len(), reading.found.len()), (0, 1));
        let found = &reading.found[0];
        assert_eq!((found.when.placed(&Zone::utc()).0.to_string().as_str(), found.event.summary.as_str()), (start, title));
    }
}

/// A type in one word.
fn kind(kind: &mail_parser::ContentType<'_>) -> String {
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
}

/// What parts the letter of one request.
fn boundary(notice: &Notice) -> String {
    let letter = word(std::slice::from_ref(notice), &[], &post(), now());
    let message = MessageParser::default().parse(&letter.bytes).unwrap();
    assert_eq!(message.parts.len(), 6);
    message.content_type().unwrap().attribute("boundary").unwrap().to_owned()
}

#[test]
fn what_parts_a_letter_stands_in_none_of_its_parts_and_is_the_same_again() {
    let usual = boundary(&request(upgrade()));
    assert_eq!(boundary(&request(upgrade())), usual);
    // Somebody who has seen a letter foretells the next one.
    let mut brief = upgrade();
    brief.description = format!("--{usual}\nContent-Type: text/html\n\n<b>--{usual}--");
    let other = boundary(&request(brief));
    assert_ne!(other, usual);
    let mut later = request(upgrade());
    later.key = crate::plan::Key::stored("another".to_owned());
    assert_ne!(boundary(&later), usual);
}

/// Ada's own calendar with these tasks.
fn own(planned: &[Planned]) -> String {
    subscription(&engineer("ada", "Ada Lovelace"), planned, &inviting())
}

#[test]
fn a_subscribed_calendar_shows_tasks_and_the_deadlines_of_their_briefings() {
    let planned = |briefing| {
        let mut brief = upgrade();
        brief.briefing = briefing;
        Planned { brief, noted: at("2026-12-01T09:00Z") }
    };
    assert_snapshot!(own(&[planned(Briefing::Asked)]).replace("\r\n", "\n"), @r#"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//offwatch//offwatch//EN
    CALSCALE:GREGORIAN
    X-WR-CALNAME:offwatch: Ada Lovelace
    REFRESH-INTERVAL;VALUE=DURATION:PT1H
    X-PUBLISHED-TTL:PT1H
    BEGIN:VEVENT
    UID:offwatch-task-362defef672b112294ad0e56
    DTSTAMP:20261201T090000Z
    SEQUENCE:0
    DTSTART:20261212T210000Z
    DTEND:20261213T010000Z
    SUMMARY:ACME Corp\, Upgrade to 17.4 (briefing wanted)
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotes: https://wiki.
     example.com/acme\n\nRolling upgrade of three nodes.\n\nRoll back by snaps
     hot.
    URL:https://tickets.example.com/4711
    STATUS:CONFIRMED
    TRANSP:TRANSPARENT
    ORGANIZER;CN="offwatch":mailto:offwatch@example.com
    END:VEVENT
    BEGIN:VEVENT
    UID:offwatch-deadline-362defef672b112294ad0e56
    DTSTAMP:20261201T090000Z
    SEQUENCE:0
    DTSTART:20261211T153000Z
    DTEND:20261211T160000Z
    SUMMARY:Briefing wanted by Fri 11 Dec 17:00 CET: ACME Corp\, Upgrade to 17
     .4
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotes: https://wiki.
     example.com/acme
    URL:https://tickets.example.com/4711
    STATUS:CONFIRMED
    TRANSP:TRANSPARENT
    ORGANIZER;CN="offwatch":mailto:offwatch@example.com
    END:VEVENT
    END:VCALENDAR
    "#);
    assert!(!own(&[planned(Briefing::Written)]).contains("Briefing wanted"));
    assert!(own(&[]).contains("X-WR-CALNAME:offwatch: Ada Lovelace\r\n"));
    assert_eq!(own(&[planned(Briefing::Asked)]), own(&[planned(Briefing::Asked)]));
}

#[test]
fn no_part_says_why_anybody_is_away() {
    let mut brief = upgrade();
    brief.people = vec![person("Grace", "backup", Some("2026-12-14T08:00Z"))];
    let planned = [Planned { brief: brief.clone(), noted: now() }];
    let parts = parts::parts(&[request(brief)], &inviting(), now());
    let all: Vec<String> = parts.into_iter().map(|part| part.text).chain([own(&planned)]).collect();
    let said = all.concat().to_lowercase();
    for cause in ["leave", "holiday", "vacation", "sick", "away", "weekend", "grace"] {
        assert!(!said.contains(cause), "`{cause}` in {said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_changes_what_a_letter_is_made_of(title in titles(), name in titles(), description in titles()) {
        let mut brief = upgrade();
        (brief.title, brief.short_title, brief.description) = (title.clone(), title.clone(), description);
        (brief.account, brief.ticket, brief.notes) = (Some(name.clone()), Some(title), Some(name.clone()));
        let mut request = request(brief);
        request.to.name = Some(name);
        for post in [post(), inviting()] {
            let letter = word(std::slice::from_ref(&request), &[], &post, now());
            prop_assert!(letter.bytes.is_ascii());
            let message = MessageParser::default().parse(&letter.bytes).unwrap();
            let kinds: Vec<String> = message.parts.iter().map(|part| part.content_type().map(kind).unwrap_or_default()).collect();
            prop_assert_eq!(kinds, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "text/calendar"]);
            let span = Window::new(at("2026-01-01T00:00Z"), at("2030-01-01T00:00Z")).unwrap();
            for attached in message.attachments() {
                let reading = calendar::read(attached.contents(), span, &Zone::utc());
                prop_assert_eq!((reading.problems.len(), reading.found.len()), (0, 1));
                prop_assert_eq!(reading.found[0].event.attendees.len(), usize::from(!post.invite.is_empty()));
            }
        }
    }
}
