//! What must hold for every letter, whatever the calendars say.

use insta::assert_snapshot;
use mail_parser::MessageParser;
use proptest::prelude::*;

use super::reports::{digest, report, stray};
use super::sample::{at, engineer, mailbox, notice, now, person, post, request, upgrade, window};
use crate::mail::{text, word};
use crate::people::steers;
use crate::plan::notice::{Alert, BeforeLeave, Gap, Reason, Step};
use crate::plan::{Body, Kind};
use crate::wording::Words;

/// The names of the headers of every letter about one task.
const HEADERS: [&str; 11] = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Offwatch-Kind",
    "List-ID",
    "MIME-Version",
    "Content-Type",
];

/// Lines that are too wide although they could have been broken.
fn wide(text: &str) -> Vec<&str> {
    let bare = |line: &str| line.trim_start_matches([' ', '>', '-', '1', '.']).contains(' ');
    text.lines().filter(|line| line.chars().count() > 74 && bare(line)).collect()
}

/// Titles as bad calendars hold them.
pub(super) fn titles() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9 \r\n\t:=?<>@äöü\u{202e}-]{0,300}",
        "(\r\nBcc: a@b\\.c){1,3}",
        "=\\?utf-8\\?b\\?[a-z]{4}\\?=",
        "(\u{1b}\\[2J|\u{9b}31m|\u{2028}|\u{2066}|\0|<script>|\"'|\r\n\\.\r\n|[^ ]{400}){1,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_title_makes_a_header_or_a_wide_line(title in titles(), name in titles(), description in titles()) {
        let mut brief = upgrade();
        (brief.title, brief.short_title, brief.description) = (title.clone(), title.clone(), description);
        brief.account = Some(name.clone());
        let mut request = request(brief);
        request.to.name = Some(name);
        request.reason = title;
        let letter = word(std::slice::from_ref(&request), &[], &post(), now());
        let parsed = MessageParser::default().parse(&letter.bytes).unwrap();
        let names: Vec<&str> = parsed.headers().iter().map(mail_parser::Header::name).collect();
        prop_assert_eq!(names, HEADERS);
        let head = String::from_utf8(letter.bytes.clone()).unwrap();
        let head = head.split("\r\n\r\n").next().unwrap();
        prop_assert!(head.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        prop_assert!(!letter.subject.chars().any(steers));
        // All of it, both forms, the text, the page, the task, and the half hour to write in.
        prop_assert_eq!(parsed.parts.len(), 6);
        let (_, body) = text(&[request], &post(), now());
        prop_assert_eq!(wide(&body), Vec::<&str>::new());
        prop_assert!(body.chars().all(|sign| sign == '\n' || !steers(sign)));
    }

    #[test]
    fn no_title_breaks_the_lists(title in titles(), name in titles()) {
        let mut brief = upgrade();
        (brief.short_title, brief.account, brief.date_only) = (title.clone(), Some(name.clone()), true);
        let (mut digest, mut report) = (digest(), report());
        digest.titles = vec![title.clone()];
        for account in &mut digest.accounts {
            account.account.clone_from(&name);
            account.incidents[0].title.clone_from(&title);
            account.news[0].title.clone_from(&title);
            account.coming = vec![brief.clone()];
        }
        report.tasks = vec![brief.clone()];
        report.unmatched_tasks = vec![stray(&title, false)];
        report.feeds[0].error = Some(title.clone());
        let leave = BeforeLeave { start: now(), end: None, tasks: vec![brief] };
        let refused = Alert::LetterRefused { subject: title, to: "ada@example.com".parse().unwrap(), answer: name };
        let bodies = [Body::CatchUp(digest), Body::Coverage(report), Body::BeforeLeave(leave), Body::Alert(refused)];
        for body in bodies {
            let notices = [notice(Kind::CatchUp, engineer("ada", "Ada"), "you are back", body)];
            let (subject, body) = text(&notices, &post(), now());
            prop_assert!(!subject.chars().any(steers) && subject.chars().count() <= 180);
            prop_assert_eq!(wide(&body), Vec::<&str>::new());
            prop_assert!(body.chars().all(|sign| sign == '\n' || !steers(sign)));
        }
    }
}

#[test]
fn a_letter_to_an_address_that_is_also_a_persons_is_theirs() {
    let report = notice(Kind::Coverage, mailbox("ada@example.com"), "it is Monday", Body::Coverage(report()));
    let letter = word(&[report, request(upgrade())], &[], &post(), now());
    assert_eq!(letter.engineer.as_deref(), Some("ada"), "it waits while she is on leave");
}

#[test]
fn nobody_else_reads_why_somebody_is_away() {
    for reason in [Reason::Leave, Reason::Holiday] {
        for step in [Step::Writer, Step::Manager, Step::LastCall] {
            let mut brief = upgrade();
            brief.uncovered = vec![Gap { window: brief.window, reason }];
            brief.people = vec![person("Ada", "owner", Some("2026-12-14T08:00Z"))];
            let body = Body::Escalation(Box::new(brief), step);
            let (subject, body) = text(&[notice(Kind::Escalation, engineer("grace", "Grace"), "you are next", body)], &post(), now());
            let said = format!("{subject}\n{body}").to_lowercase();
            assert!(said.contains("cet: away"), "{said}");
            assert!(said.contains("away until mon 14 dec 09:00 cet"), "{said}");
            for cause in ["leave", "holiday", "vacation", "sick"] {
                assert!(!said.contains(cause), "`{cause}` in {said}");
            }
        }
    }
}

#[test]
fn links_are_never_broken() {
    let link = format!("https://tickets.example.com/{}", "a-b/".repeat(40));
    let mut brief = upgrade();
    brief.ticket = Some(link.clone());
    let (_, body) = text(&[request(brief)], &post(), now());
    assert!(body.lines().any(|line| line.trim() == link), "{body}");
}

/// A stretch as a person in `zone` reads it.
fn stretch(zone: &str, start: &str, end: &str) -> String {
    let mut to = mailbox("x@example.com");
    to.zone = zone.parse().unwrap();
    post().times(&to, now()).stretch(window(start, end))
}

#[test]
fn stretches_over_a_change_of_clocks_name_both_times() {
    assert_snapshot!(stretch("Europe/Berlin", "2027-03-28T00:00Z", "2027-03-28T02:00Z"), @"Sun 28 Mar 01:00 CET to 04:00 CEST");
    assert_snapshot!(stretch("Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T01:30Z"), @"Sun 25 Oct 02:30 CEST to 02:30 CET");
    assert_snapshot!(stretch("Europe/Berlin", "2027-10-30T22:00Z", "2027-10-31T04:00Z"), @"Sun 31 Oct 2027 00:00 CEST to 05:00 CET");
    assert_snapshot!(stretch("America/Sao_Paulo", "2026-12-12T01:00Z", "2026-12-12T02:30Z"), @"Fri 11 Dec 22:00 to 23:30 UTC-03");
}

#[test]
fn a_date_without_a_time_is_the_customers_date() {
    let mut brief = upgrade();
    brief.customer_zone = Some("Asia/Tokyo".parse().unwrap());
    brief.window = window("2026-12-11T15:00Z", "2026-12-12T15:00Z");
    brief.date_only = true;
    let (subject, _) = text(&[request(brief)], &post(), now());
    assert_snapshot!(subject, @"Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec");
}

#[test]
fn a_moment_half_a_year_away_has_its_year() {
    let to = engineer("ada", "Ada");
    let times = post().times(&to, now());
    assert_snapshot!(times.moment(at("2027-01-04T08:00Z")), @"Mon 4 Jan 09:00 CET");
    assert_snapshot!(times.moment(at("2027-07-05T08:00Z")), @"Mon 5 Jul 2027 10:00 CEST");
}

#[test]
fn lengths_are_told_in_their_two_largest_units() {
    let told: Vec<String> = [0, 59, 60, 3600, 7500, 90_000, 86_400, 700_000]
        .into_iter()
        .map(|seconds| Words::shipped().language("en").span(jiff::SignedDuration::from_secs(seconds)))
        .collect();
    assert_snapshot!(told.join("; "), @"less than a minute; less than a minute; 1 minute; 1 hour; 2 hours 5 minutes; 1 day 1 hour; 1 day; 8 days");
}

/// The clocks on which a task of that `customer` is told to somebody in the zone `reader`.
fn clocks(reader: &str, customer: &str) -> String {
    let mut brief = upgrade();
    brief.customer_zone = Some(customer.parse().unwrap());
    let mut to = engineer("ada", "Ada");
    to.zone = reader.parse().unwrap();
    let clocks = post().times(&to, now()).clocks(&brief);
    clocks.iter().map(|clock| format!("{}: {}", clock.whose, clock.text)).collect::<Vec<_>>().join("\n")
}

#[test]
fn utc_is_named_also_where_another_clock_shows_it_under_a_name_of_its_own() {
    assert_snapshot!(clocks("Europe/London", "America/New_York"), @"
    reader: Sat 12 Dec 21:00 to Sun 13 Dec 01:00 GMT
    customer: Sat 12 Dec 16:00 to 20:00 EST
    utc: Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
    ");
    assert_snapshot!(clocks("Europe/Berlin", "Atlantic/Reykjavik"), @"
    reader: Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET
    customer: Sat 12 Dec 21:00 to Sun 13 Dec 01:00 GMT
    utc: Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
    ");
    assert_snapshot!(clocks("Etc/UTC", "Europe/London"), @"reader: Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC");
    assert_snapshot!(clocks("Europe/London", "Africa/Abidjan"), @"
    reader: Sat 12 Dec 21:00 to Sun 13 Dec 01:00 GMT
    utc: Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
    ");
}
