//! Digests, alerts and reports in full, and letters that say several things.

use insta::assert_snapshot;
use jiff::SignedDuration;

use super::letters::check;
use super::sample::{at, engineer, mailbox, notice, now, post, request, upgrade, window};
use crate::mail::text;
use crate::people::FeedName;
use crate::plan::notice::{AccountNews, Alert, Briefing, Change, Digest, FeedHold, FeedLine, Incident, News, Release, Report, Stray};
use crate::plan::{Body, Kind};

/// A digest of one account.
pub(super) fn digest() -> Digest {
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
        colleagues: Vec::new(),
        backups: vec!["Grace Hopper".to_owned()],
    };
    let titles = vec!["Vacation".to_owned()];
    let (accounts, old_copies) = (vec![account], Vec::new());
    Digest { start: at("2026-11-27T16:00Z"), end: at("2026-12-10T08:00Z"), leave: true, titles, accounts, quiet: Vec::new(), old_copies }
}

#[test]
fn a_digest_counts_first_and_ends_with_next_steps() {
    let to = engineer("ada", "Ada Lovelace");
    assert_snapshot!(check(&[notice(Kind::CatchUp, to, "you are back", Body::CatchUp(digest()))]), @r#"
    Subject: While you were away: 1 emergency, 1 task ran, 3 changes of plan, 2 older items; 1 briefing wanted soon: ACME Corp

    Hello Ada Lovelace,

    While you were away: 1 emergency, 1 task ran, 3 changes of plan, 2 older
    items; 1 briefing wanted soon.

    Away:      Fri 27 Nov 17:00 CET to Thu 10 Dec 09:00 CET
               your entries: "Vacation"

    ACME Corp
    ---------

    Emergencies:
    - Sat 5 Dec 23:10 CET (2 hours 5 minutes): Database down after failover,
      https://tickets.example.com/4712 https://tickets.example.com/4713

    Tasks that ran:
    - Sat 5 Dec 22:00 CET: Upgrade to 17.4, without a briefing,
      https://tickets.example.com/4711

    Announced, moved or cancelled:
    - new, Sat 19 Dec 22:00 CET: Go-live, no ticket link
    - moved from Fri 18 Dec 22:00 CET to Sat 19 Dec 22:00 CET: Patch day, no
      ticket link
    - cancelled, was Sat 19 Dec 22:00 CET: Failover test, no ticket link

    Coming up, briefing wanted:
    - Sat 12 Dec 22:00 CET: Upgrade to 17.4, wanted by Fri 11 Dec 17:00 CET,
      https://tickets.example.com/4711

    2 more items, too old to be listed.

    What may help now
    -----------------
    [ ] read the tickets above
    [ ] talk to Grace Hopper, who was standing in for you
    [ ] reach out to ACME Corp about the next steps
    [ ] write the briefings above that are yours

    -- 
    Why you get this: you are back. Written by offwatch, automatically.
    "#);
}

#[test]
fn a_digest_without_a_link_to_anything_that_happened_sends_nobody_to_the_tickets() {
    let steps = |digest: Digest| {
        let to = engineer("ada", "Ada Lovelace");
        let (_, text) = text(&[notice(Kind::CatchUp, to, "you are back", Body::CatchUp(digest))], &post(), now());
        text.contains("read the tickets above")
    };
    let mut digest = digest();
    digest.accounts[0].incidents[0].tickets.clear();
    assert!(steps(digest.clone()), "a task that ran has a link");
    digest.accounts[0].ran[0].ticket = None;
    assert!(!steps(digest));
}

#[test]
fn an_empty_digest_is_one_friendly_line() {
    let empty = Digest { accounts: Vec::new(), ..digest() };
    let to = engineer("ada", "Ada Lovelace");
    assert_snapshot!(check(&[notice(Kind::CatchUp, to, "you are back", Body::CatchUp(empty))]), @"
    Subject: While you were away: nothing to tell

    Hello Ada Lovelace,

    Nothing happened at your accounts while you were away (Fri 27 Nov 17:00
    CET to Thu 10 Dec 09:00 CET). Have a good start.

    -- 
    Why you get this: you are back. Written by offwatch, automatically.
    ");
}

/// One letter to the admin.
fn alerts<const N: usize>(alerts: [Alert; N]) -> String {
    check(&alerts.map(|alert| notice(Kind::FeedAlert, mailbox("admin@example.com"), "you run it", Body::Alert(alert))))
}

#[test]
fn alerts_about_feeds_name_the_trouble_and_its_end() {
    let (feed, error) = ("events".parse().unwrap(), "answer 403".to_owned());
    let (since, stale_after) = (Some(at("2026-12-10T03:00Z")), SignedDuration::from_hours(6));
    let stale = Alert::FeedStale { feed, since, stale_after, error };
    let back = Alert::FeedBack { feed: "leave".parse().unwrap(), at: at("2026-12-10T10:50Z"), held: false };
    assert_snapshot!(alerts([stale, back]), @"
    Subject: Feed events could not be read since Thu 10 Dec 03:00 UTC (and 1 more)

    Hello,

    1 of 2: Feed events could not be read since Thu 10 Dec 03:00 UTC
    ================================================================

    Feed `events` has not been readable since Thu 10 Dec 03:00 UTC (8 hours
    ago). offwatch goes on with the last good copy: what was added, moved or
    cancelled since then is not known.

    Last try:  answer 403
    Tolerated: 6 hours, the feed's stale_after

    This tries it at once and says what happens; one more letter follows when
    the feed is read again:
        offwatch feeds fetch events

    2 of 2: Feed leave is read again
    ================================

    Feed `leave` has been read again since Thu 10 Dec 10:50 UTC. Nothing is
    left to do; what changed meanwhile is taken up now.

    -- 
    Why you get this: you run it. Written by offwatch, automatically.
    ");
}

#[test]
fn alerts_about_letters_and_names_show_the_way_out() {
    let alerts = alerts([
        Alert::LetterRefused {
            subject: "Briefing wanted".to_owned(),
            to: "ada@example.com".parse().unwrap(),
            answer: "550 5.1.1 no such user".to_owned(),
        },
        Alert::Unmatched { tasks: vec![stray("Mystery upgrade", false)], people: vec![("leave".parse().unwrap(), 2)] },
    ]);
    assert_snapshot!(alerts, @"
    Subject: A letter to ada@example.com was not delivered: Briefing wanted (and 1 more)

    Hello,

    1 of 2: A letter to ada@example.com was not delivered: Briefing wanted
    ======================================================================

    A letter could not be delivered, and it will not be tried again by itself.

    Subject:   Briefing wanted
    To:        ada@example.com
    Why:       550 5.1.1 no such user

    `offwatch outbox list` shows it. Once the cause is mended, `offwatch
    outbox retry` tries it again, if it is still of use.

    2 of 2: Not understood: 1 task without an account, 2 entries of feed leave
    without an engineer
    ==========================================================================

    Some of what the feeds show could not be matched, so offwatch acts as if
    it were not there.

    Tasks in which no account was found:
    - Sat 12 Dec 21:00 UTC: Mystery upgrade (feed `events`)
    A [Name] before the title, a category, or a match word of the account in
    the configuration helps.

    Entries of team feeds in which no engineer was found:
    - feed `leave`: 2 entries
    Until they are matched they do not count: somebody who is away may be
    taken to be at work. An alias of the engineer in the configuration, spelt
    as in the feed, matches them. Their titles are private; `offwatch inspect
    FILE-OR-URL` shows them to whoever may read the feed.

    -- 
    Why you get this: you run it. Written by offwatch, automatically.
    ");
}

#[test]
fn a_hold_names_what_is_missing_and_its_end_who_ended_it() {
    let feed = || "leave".parse().unwrap();
    let (since, last) = (at("2026-12-10T03:00Z"), at("2026-12-10T10:50Z"));
    let hold = FeedHold { since, last, fetches: 2, missing: 1, of: 1, due: None, released: None };
    let begins = Alert::FeedHeld { feed: feed(), copy: Some(at("2026-12-10T02:50Z")), hold };
    let accepted = Alert::FeedReleased { feed: feed(), hold, at: last, how: Release::Accepted };
    assert_snapshot!(alerts([begins, accepted]), @"
    Subject: Feed leave lacks 1 of 1 future event and is held back (and 1 more)

    Hello,

    1 of 2: Feed leave lacks 1 of 1 future event and is held back
    =============================================================

    Feed `leave` can be read, but all at once it lacks 1 of 1 future event.
    That may be meant, or something went wrong at its source, so it is held
    back. offwatch goes on with the last copy of Thu 10 Dec 02:50 UTC (8 hours
    10 minutes ago): what was added, moved or cancelled since then is not
    known.

    Since:     Thu 10 Dec 03:00 UTC

    If it is right as it is, this takes it at once:
        offwatch feeds accept leave

    If it is not, mend it at its source: as soon as the events are back,
    offwatch goes on with it. One more letter follows when it is over.

    2 of 2: Feed leave is held back no longer: accepted
    ===================================================

    Feed `leave` was held back since Thu 10 Dec 03:00 UTC. `offwatch feeds
    accept leave` has put it in force as it is at Thu 10 Dec 10:50 UTC,
    without 1 of 1 future event that it had before. Whoever is concerned hears
    of it.

    -- 
    Why you get this: you run it. Written by offwatch, automatically.
    ");
}

/// A task that matches no account, and whether its feed wants the last resort to be told.
pub(super) fn stray(title: &str, escalated: bool) -> Stray {
    let feed = if escalated { "windows" } else { "events" };
    Stray { title: title.to_owned(), start: at("2026-12-12T21:00Z"), feed: feed.parse().unwrap(), escalated }
}

#[test]
fn an_alert_about_names_says_whom_the_setting_tells_all_the_same() {
    let says = |tasks: Vec<Stray>, people: Vec<(FeedName, usize)>| {
        let text = alerts([Alert::Unmatched { tasks, people }]);
        text.split("\n\n").nth(2).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let leave = || vec![("leave".parse().unwrap(), 2)];
    assert_snapshot!(says(vec![stray("Mystery", false)], leave()), @"Some of what the feeds show could not be matched, so offwatch acts as if it were not there.");
    assert_snapshot!(says(vec![stray("Mystery", true)], Vec::new()), @r#"Some of what the feeds show is not understood, so no engineer is asked for a briefing because of it. Tasks of feed `windows` are told to the last resort before they start, as the feed says (`unmatched = "escalate"`)."#);
    assert_snapshot!(says(vec![stray("Mystery", true), stray("Riddle", false)], leave()), @r#"Some of what the feeds show is not understood, so no engineer is asked for a briefing because of it. Tasks of feed `windows` are told to the last resort before they start, as the feed says (`unmatched = "escalate"`). Because of the rest nobody is asked or told."#);
}

/// A coverage report.
pub(super) fn report() -> Report {
    let line = |name: &str, fetched: Option<&str>, error: Option<&str>, events| FeedLine {
        feed: name.parse().unwrap(),
        fetched: fetched.map(at),
        error: error.map(str::to_owned),
        events,
        hold: None,
    };
    let mut long = upgrade();
    long.short_title = "Migration of the whole platform to the new region, with a rehearsal".to_owned();
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
    assert_snapshot!(check(&[notice(Kind::Coverage, to, "you run it", Body::Coverage(report()))]), @"
    Subject: Coverage: 2 uncovered tasks, 1 without a briefing, 1 feed in trouble, 2 entries of feed leave without an engineer

    Hello,

    This is the state of Thu 10 Dec 11:00 UTC.

    Uncovered tasks of the next 14 days (times in UTC)
    --------------------------------------------------
    Sat 12 Dec 21:00  not asked yet ACME Corp, Upgrade to 17.4
    Sat 12 Dec 21:00  written       ACME Corp, Migration of the whole platform
                                    to the new region, with a rehearsal

    Feeds
    -----
    events            read 30 minutes ago, 120 events
    leave             never read, 0 events; the last try said: answer 403

    What is not understood
    ----------------------

    Entries of team feeds in which no engineer was found:
    - feed `leave`: 2 entries
    Until they are matched they do not count: somebody who is away may be
    taken to be at work. An alias of the engineer in the configuration, spelt
    as in the feed, matches them. Their titles are private; `offwatch inspect
    FILE-OR-URL` shows them to whoever may read the feed.

    -- 
    Why you get this: you run it. Written by offwatch, automatically.
    ");
}

#[test]
fn an_empty_coverage_report_says_that_all_is_well() {
    let mut quiet = report();
    (quiet.tasks, quiet.unmatched_people) = (Vec::new(), Vec::new());
    quiet.feeds.truncate(1);
    let to = mailbox("admin@example.com");
    assert_snapshot!(check(&[notice(Kind::Coverage, to, "you run it", Body::Coverage(quiet))]), @"
    Subject: Coverage: all is well

    Hello,

    All is well: no uncovered task in the next 14 days, every feed is read,
    and everything in them has an owner. This report comes regularly all the
    same; should it stay out, something is wrong with offwatch.

    Feeds
    -----
    events            read 30 minutes ago, 120 events

    -- 
    Why you get this: you run it. Written by offwatch, automatically.
    ");
}

#[test]
fn several_notices_share_one_greeting_and_one_outline_for_each_task() {
    let mut again = request(upgrade());
    again.reason = "2 working hours are left".to_owned();
    let digest = notice(Kind::CatchUp, engineer("ada", "Ada Lovelace"), "you are back", Body::CatchUp(digest()));
    let letter = check(&[digest, request(upgrade()), again]);
    let subject = "Subject: Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00 your time (and 2 more)\n";
    assert!(letter.starts_with(subject), "{letter}");
    let times = |part: &str| letter.matches(part).count();
    assert!(
        letter.contains("\n3 of 3: While you were away: 1 emergency, 1 task ran, 3 changes of plan, 2\nolder items: ACME Corp\n"),
        "{letter}"
    );
    assert!(!letter.contains("Coming up") && !letter.contains("write the briefings"), "what is asked for above is not repeated: {letter}");
    assert_eq!((times("Hello"), times("### What could go wrong"), times(" of 3: "), times("-- \n")), (1, 1, 3, 1), "{letter}");
}

#[test]
fn of_two_requests_for_one_moment_the_earlier_task_comes_first() {
    let mut later = upgrade();
    later.task = crate::agenda::TaskId::new("t-0a1c".to_owned());
    later.window = window("2026-12-13T21:00Z", "2026-12-13T22:00Z");
    let (subject, _) = crate::mail::text(&[request(later), request(upgrade())], &super::sample::post(), now());
    assert_eq!(subject, "Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00 your time (and 1 more)");
}

#[test]
fn a_digest_names_who_was_in_and_asks_nothing_of_those_who_are_not_asked() {
    let mut digest = digest();
    for account in &mut digest.accounts {
        account.colleagues = vec!["Edsger Dijkstra".to_owned()];
        account.backups = vec!["Edsger Dijkstra".to_owned()];
        account.coming.iter_mut().for_each(|brief| brief.is_readers = false);
    }
    let letter = check(&[notice(Kind::CatchUp, engineer("ada", "Ada Lovelace"), "you are back", Body::CatchUp(digest))]);
    assert!(letter.contains("[ ] talk to Edsger Dijkstra, who was in meanwhile\n"), "{letter}");
    assert!(letter.contains("Coming up, briefing wanted:"), "{letter}");
    for said in ["standing in", "write the briefings", "wanted by"] {
        assert!(!letter.contains(said), "`{said}` in {letter}");
    }
}
