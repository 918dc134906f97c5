//! Each kind of letter in full.

use insta::assert_snapshot;

use super::sample::{at, engineer, mailbox, notice, now, person, post, request, upgrade, window};
use crate::mail::text;
use crate::plan::notice::{AccountNews, Alert, BeforeLeave, Briefing, Change, Digest, FeedLine, Incident, News, Report, Step};
use crate::plan::{Body, Kind, Notice};

/// The letter of `notices` as a person sees it.
fn check(notices: &[Notice]) -> String {
    let (subject, body) = text(notices, &post(), now());
    format!("Subject: {subject}\n\n{body}")
}

/// An escalation of the upgrade.
fn escalation(step: Step, to: crate::plan::Recipient) -> Notice {
    let mut brief = upgrade();
    brief.people.insert(0, person("Ada", "owner", Some("2026-12-14T08:00Z")));
    notice(Kind::Escalation, to, "nobody before you can write it", Body::Escalation(Box::new(brief), step))
}

#[test]
fn a_request_says_what_when_why_and_by_when() {
    assert_snapshot!(check(&[request(upgrade())]), @"");
}

#[test]
fn a_request_without_time_or_ticket_says_so() {
    let mut brief = upgrade();
    brief.window = window("2026-12-12T05:00Z", "2026-12-13T05:00Z");
    (brief.date_only, brief.recurs, brief.ticket) = (true, true, None);
    brief.old_copy = Some(("events".parse().unwrap(), at("2026-12-09T06:00Z")));
    let letter = check(&[request(brief)]);
    assert_snapshot!(letter.split("The best place").next().unwrap(), @"");
}

#[test]
fn an_escalation_to_the_next_writer_asks_for_a_favour() {
    let letter = check(&[escalation(Step::Writer, engineer("grace", "Grace Hopper"))]);
    assert_snapshot!(letter.split("The best place").next().unwrap(), @"");
}

#[test]
fn an_escalation_to_the_manager_asks_for_somebody() {
    assert_snapshot!(check(&[escalation(Step::Manager, mailbox("manager@example.com"))]), @"");
}

#[test]
fn the_last_call_hands_over_all_that_is_known() {
    assert_snapshot!(check(&[escalation(Step::LastCall, mailbox("on-call@example.com"))]), @"");
}

#[test]
fn the_list_before_a_leave_has_one_outline() {
    let mut second = upgrade();
    second.task = crate::agenda::TaskId::new("t-0a1c".to_owned());
    second.window = window("2026-12-15T02:00Z", "2026-12-15T03:00Z");
    second.title = "[Globex] Database migration".to_owned();
    (second.account, second.customer_zone) = (Some("Globex".to_owned()), None);
    let leave = BeforeLeave { start: at("2026-12-11T16:00Z"), end: Some(at("2026-12-21T08:00Z")), tasks: vec![second, upgrade()] };
    let to = engineer("ada", "Ada Lovelace");
    assert_snapshot!(check(&[notice(Kind::BeforeLeave, to, "your leave begins soon", Body::BeforeLeave(leave))]), @"");
}

/// A digest of one account.
fn digest() -> Digest {
    let incident = Incident {
        start: at("2026-12-05T22:10Z"),
        end: at("2026-12-06T00:15Z"),
        title: "Database down after failover".to_owned(),
        tickets: vec!["https://tickets.example.com/4712".to_owned(), "https://tickets.example.com/4713".to_owned()],
        uids: vec!["e1".to_owned()],
    };
    let mut ran = upgrade();
    (ran.window, ran.briefing) = (window("2026-12-05T21:00Z", "2026-12-05T22:00Z"), Briefing::TooLate);
    let news = |what, title: &str| News { what, title: title.to_owned(), ticket: None, start: at("2026-12-19T21:00Z") };
    let account = AccountNews {
        account: "ACME Corp".to_owned(),
        incidents: vec![incident],
        ran: vec![ran],
        news: vec![
            news(Change::Announced, "Go-live"),
            news(Change::Moved { from: at("2026-12-18T21:00Z") }, "Patch day"),
            news(Change::Cancelled, "Failover test"),
        ],
        coming: vec![upgrade()],
        older: 2,
        backups: vec!["Grace Hopper".to_owned()],
    };
    let titles = vec!["Vacation".to_owned()];
    Digest { start: at("2026-11-27T16:00Z"), end: at("2026-12-10T08:00Z"), leave: true, titles, accounts: vec![account] }
}

#[test]
fn a_digest_counts_first_and_ends_with_next_steps() {
    let to = engineer("ada", "Ada Lovelace");
    assert_snapshot!(check(&[notice(Kind::CatchUp, to, "you are back", Body::CatchUp(digest()))]), @"");
}

#[test]
fn an_empty_digest_is_one_friendly_line() {
    let empty = Digest { accounts: Vec::new(), ..digest() };
    let to = engineer("ada", "Ada Lovelace");
    assert_snapshot!(check(&[notice(Kind::CatchUp, to, "you are back", Body::CatchUp(empty))]), @"");
}

#[test]
fn alerts_name_the_trouble_and_the_way_out() {
    let (feed, error) = ("events".parse().unwrap(), "answer 403".to_owned());
    let alerts = [
        Alert::FeedStale { feed, since: Some(at("2026-12-10T03:00Z")), error },
        Alert::FeedBack { feed: "leave".parse().unwrap(), at: at("2026-12-10T10:50Z") },
        Alert::LetterRefused {
            subject: "Briefing wanted".to_owned(),
            to: "ada@example.com".parse().unwrap(),
            answer: "550 5.1.1 no such user".to_owned(),
        },
        Alert::Unmatched {
            tasks: vec![("Mystery upgrade".to_owned(), at("2026-12-12T21:00Z"), "events".parse().unwrap())],
            people: vec![("leave".parse().unwrap(), 2)],
        },
    ];
    let letter = |alert| notice(Kind::FeedAlert, mailbox("admin@example.com"), "you run it", Body::Alert(alert));
    assert_snapshot!(check(&alerts.map(letter)), @"");
}

/// A coverage report.
fn report() -> Report {
    let line = |name: &str, fetched: Option<&str>, error: Option<&str>, events| FeedLine {
        feed: name.parse().unwrap(),
        fetched: fetched.map(at),
        error: error.map(str::to_owned),
        events,
    };
    let mut long = upgrade();
    long.title = "Migration of the whole platform to the new region, with a rehearsal".to_owned();
    long.briefing = Briefing::Written;
    Report {
        at: now(),
        tasks: vec![upgrade(), long],
        feeds: vec![line("events", Some("2026-12-10T10:30Z"), None, 120), line("leave", None, Some("answer 403"), 0)],
        unmatched_tasks: Vec::new(),
        unmatched_people: vec![("leave".parse().unwrap(), 2)],
    }
}

#[test]
fn the_coverage_report_is_a_table() {
    let to = mailbox("admin@example.com");
    assert_snapshot!(check(&[notice(Kind::Coverage, to, "you run it", Body::Coverage(report()))]), @"");
}

#[test]
fn an_empty_coverage_report_says_that_all_is_well() {
    let mut quiet = report();
    (quiet.tasks, quiet.unmatched_people) = (Vec::new(), Vec::new());
    quiet.feeds.truncate(1);
    let to = mailbox("admin@example.com");
    assert_snapshot!(check(&[notice(Kind::Coverage, to, "you run it", Body::Coverage(quiet))]), @"");
}

#[test]
fn several_notices_share_one_greeting_and_one_outline_for_each_task() {
    let mut again = request(upgrade());
    again.reason = "2 working hours are left".to_owned();
    let digest = notice(Kind::CatchUp, engineer("ada", "Ada Lovelace"), "you are back", Body::CatchUp(digest()));
    let letter = check(&[digest, request(upgrade()), again]);
    let subject = "Subject: Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00 (and 2 more)\n";
    assert!(letter.starts_with(subject), "{letter}");
    let times = |part: &str| letter.matches(part).count();
    assert_eq!((times("Hello"), times("WHAT COULD GO WRONG"), times(" of 3: "), times("-- \n")), (1, 1, 3, 1), "{letter}");
}
