//! Tables of the outbox: waits, transitions, and what servers' replies mean.

use insta::assert_snapshot;
use jiff::Timestamp;
use proptest::prelude::*;

use super::{Life, Outcome, Stage, State, answer, dropped, next_try};

/// An instant.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An outcome in a few words.
fn shown(outcome: &Outcome) -> String {
    let kind = match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Refused { .. } => "refused",
        Outcome::Unclear { maybe_sent: true, .. } => "unclear, maybe sent",
        Outcome::Unclear { maybe_sent: false, .. } => "unclear",
        Outcome::Halted { particular: true, .. } => "halted, others may fare better",
        Outcome::Halted { particular: false, .. } => "halted",
    };
    format!("{kind}: {}", outcome.answer())
}

/// What a letter queued at `2030-01-07T09:00Z` goes through, one line a step: `HH:MM step`, steps of which are
/// `begin`, `accepted`, `refused`, `unclear`, `lost`, `halted`, `withdraw`, `put off`, `give up`, `retry`.
fn check(useful_until: Option<&str>, steps: &str) -> String {
    let mut life = Life::new(at("2030-01-07T09:00Z"), useful_until.map(at));
    let mut lines = Vec::new();
    for step in steps.lines().map(str::trim).filter(|step| !step.is_empty()) {
        let (time, step) = step.split_once(' ').unwrap();
        let now = at(&format!("2030-01-{time}Z"));
        let answer = format!("said {step}");
        let said = match step {
            "begin" => format!("{:?}", life.begin(now)),
            "accepted" => life.finish(life.attempt, &Outcome::Accepted { answer }, now).to_string(),
            "refused" => life.finish(life.attempt, &Outcome::Refused { answer }, now).to_string(),
            "unclear" => life.finish(life.attempt, &Outcome::Unclear { answer, maybe_sent: false }, now).to_string(),
            "lost" => life.finish(life.attempt, &Outcome::Unclear { answer, maybe_sent: true }, now).to_string(),
            "halted" => life.finish(life.attempt, &Outcome::Halted { answer, particular: false }, now).to_string(),
            "late answer" => life.finish(life.attempt - 1, &Outcome::Accepted { answer }, now).to_string(),
            "withdraw" => life.withdraw("written", now).to_string(),
            "put off" => life.put_off(at("2030-01-08T09:15Z"), "on leave", now).to_string(),
            "give up" => life.give_up("back too late", now).to_string(),
            "retry" => life.retry(now).to_string(),
            _ => panic!("no such step: {step}"),
        };
        let twice = if life.maybe_twice { ", maybe twice" } else { "" };
        let due = if life.state.is_final() { String::new() } else { format!(" due {}", life.due.strftime("%dT%H:%M")) };
        let last = life.last_answer.as_deref().unwrap_or("-");
        lines.push(format!("{time} {step} -> {said}: {}{due} tries {} ({last}{twice})", life.state, life.tries));
    }
    lines.join("\n")
}

#[test]
fn a_letter_goes_out_at_once_and_is_done() {
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:00 accepted\n07T09:01 begin\n07T09:01 withdraw\n07T09:01 retry"), @r"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 accepted -> accepted: accepted tries 1 (said accepted)
    07T09:01 begin -> None: accepted tries 1 (said accepted)
    07T09:01 withdraw -> false: accepted tries 1 (said accepted)
    07T09:01 retry -> false: accepted tries 1 (said accepted)
    ");
}

#[test]
fn an_unclear_answer_waits_twice_as_long_each_time() {
    let steps = "07T09:00 begin\n07T09:00 unclear\n07T09:00 begin\n07T09:01 begin\n07T09:01 lost\n07T09:03 begin\n07T09:03 refused";
    assert_snapshot!(check(None, steps), @r"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 unclear -> queued: queued due 07T09:01 tries 1 (said unclear)
    07T09:00 begin -> None: queued due 07T09:01 tries 1 (said unclear)
    07T09:01 begin -> Some(2): sending due 07T09:03 tries 2 (said unclear)
    07T09:01 lost -> queued: queued due 07T09:03 tries 2 (said lost, maybe twice)
    07T09:03 begin -> Some(3): sending due 07T09:07 tries 3 (said lost, maybe twice)
    07T09:03 refused -> refused: refused tries 3 (said refused, maybe twice)
    ");
}

#[test]
fn what_is_not_the_letters_fault_is_not_counted_and_keeps_its_due() {
    assert_snapshot!(check(None, "07T09:05 begin\n07T09:05 halted\n07T09:06 begin\n07T09:06 halted"), @r"
    07T09:05 begin -> Some(1): sending due 07T09:06 tries 1 (-)
    07T09:05 halted -> queued: queued due 07T09:00 tries 0 (said halted)
    07T09:06 begin -> Some(2): sending due 07T09:07 tries 1 (said halted)
    07T09:06 halted -> queued: queued due 07T09:00 tries 0 (said halted)
    ");
}

#[test]
fn an_attempt_that_nobody_finished_is_made_again_and_its_late_answer_is_ignored() {
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:00 withdraw\n07T09:01 begin\n07T09:01 late answer\n07T09:01 accepted"), @r"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 withdraw -> false: sending due 07T09:01 tries 1 (-)
    07T09:01 begin -> Some(2): sending due 07T09:03 tries 2 (-, maybe twice)
    07T09:01 late answer -> sending: sending due 07T09:03 tries 2 (-, maybe twice)
    07T09:01 accepted -> accepted: accepted tries 2 (said accepted, maybe twice)
    ");
}

#[test]
fn a_letter_is_given_up_between_attempts_only_and_can_be_sent_again_by_hand() {
    let steps = "07T09:00 begin\n07T09:00 give up\n07T09:00 unclear\n07T09:00 give up\n07T09:01 give up\n07T09:01 begin\n07T09:02 retry";
    assert_snapshot!(check(None, steps), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 give up -> false: sending due 07T09:01 tries 1 (-)
    07T09:00 unclear -> queued: queued due 07T09:01 tries 1 (said unclear)
    07T09:00 give up -> true: refused tries 1 (back too late)
    07T09:01 give up -> false: refused tries 1 (back too late)
    07T09:01 begin -> None: refused tries 1 (back too late)
    07T09:02 retry -> true: queued due 07T09:02 tries 0 (back too late)
    ");
}

#[test]
fn a_letter_of_no_use_any_more_is_refused_and_not_sent() {
    assert_snapshot!(check(Some("2030-01-07T10:00Z"), "07T09:00 begin\n07T09:00 halted\n07T10:00 begin"), @r"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 halted -> queued: queued due 07T09:00 tries 0 (said halted)
    07T10:00 begin -> None: refused tries 0 (not sent while it was of use; last answer: said halted)
    ");
    assert_snapshot!(check(Some("2030-01-07T09:03Z"), "07T09:00 begin\n07T09:00 unclear\n07T09:01 begin\n07T09:01 unclear\n07T09:02 begin\n07T09:02 unclear"), @r"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 unclear -> queued: queued due 07T09:01 tries 1 (said unclear)
    07T09:01 begin -> Some(2): sending due 07T09:03 tries 2 (said unclear)
    07T09:01 unclear -> queued: queued due 07T09:02 tries 2 (said unclear)
    07T09:02 begin -> Some(3): sending due 07T09:06 tries 3 (said unclear)
    07T09:02 unclear -> refused: refused tries 3 (given up after 3 tries: said unclear)
    ");
}

#[test]
fn people_withdraw_put_off_and_retry() {
    assert_snapshot!(check(None, "07T09:00 put off\n07T09:15 begin\n08T09:15 withdraw\n08T10:00 begin\n09T08:00 retry\n09T08:00 begin\n09T08:00 retry"), @r"
    07T09:00 put off -> true: queued due 08T09:15 tries 0 (on leave)
    07T09:15 begin -> None: queued due 08T09:15 tries 0 (on leave)
    08T09:15 withdraw -> true: withdrawn tries 0 (written)
    08T10:00 begin -> None: withdrawn tries 0 (written)
    09T08:00 retry -> true: queued due 09T08:00 tries 0 (written)
    09T08:00 begin -> Some(1): sending due 09T08:01 tries 1 (written)
    09T08:00 retry -> false: sending due 09T08:01 tries 1 (written)
    ");
}

#[test]
fn what_is_done_by_hand_during_an_attempt_yields_to_what_became_of_it() {
    // An attempt may last for longer than the minute after which its letter is due again.
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:02 retry\n07T09:03 accepted\n07T09:03 begin"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:02 retry -> true: queued due 07T09:02 tries 0 (-, maybe twice)
    07T09:03 accepted -> accepted: accepted tries 0 (said accepted, maybe twice)
    07T09:03 begin -> None: accepted tries 0 (said accepted, maybe twice)
    ");
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:02 withdraw\n07T09:03 accepted"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:02 withdraw -> true: withdrawn tries 1 (written, maybe twice)
    07T09:03 accepted -> accepted: accepted tries 1 (said accepted, maybe twice)
    ");
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:02 withdraw\n07T09:03 refused"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:02 withdraw -> true: withdrawn tries 1 (written, maybe twice)
    07T09:03 refused -> withdrawn: withdrawn tries 1 (written, maybe twice)
    ");
}

#[test]
fn of_a_lost_attempt_nobody_says_that_it_was_none() {
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:01 withdraw"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:01 withdraw -> true: withdrawn tries 1 (written, maybe twice)
    ");
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:01 give up"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:01 give up -> true: refused tries 1 (back too late, maybe twice)
    ");
    assert_snapshot!(check(Some("2030-01-07T09:01Z"), "07T09:00 begin\n07T09:01 begin\n07T09:02 retry"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:01 begin -> None: refused tries 1 (not known to have been sent while it was of use, maybe twice)
    07T09:02 retry -> false: refused tries 1 (not known to have been sent while it was of use, maybe twice)
    ");
}

#[test]
fn the_five_days_of_a_letter_count_from_its_first_try() {
    // Put off for more than five days, and halted for more than five days.
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:00 unclear\n07T09:01 put off\n13T09:15 begin\n13T09:15 unclear\n13T09:16 begin"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 unclear -> queued: queued due 07T09:01 tries 1 (said unclear)
    07T09:01 put off -> true: queued due 08T09:15 tries 0 (on leave)
    13T09:15 begin -> Some(2): sending due 13T09:16 tries 1 (on leave)
    13T09:15 unclear -> queued: queued due 13T09:16 tries 1 (said unclear)
    13T09:16 begin -> Some(3): sending due 13T09:18 tries 2 (said unclear)
    ");
    assert_snapshot!(check(None, "07T09:00 begin\n07T09:00 halted\n14T09:00 begin\n14T09:00 unclear\n14T09:01 begin\n18T09:01 unclear\n19T09:00 begin\n19T09:00 unclear"), @"
    07T09:00 begin -> Some(1): sending due 07T09:01 tries 1 (-)
    07T09:00 halted -> queued: queued due 07T09:00 tries 0 (said halted)
    14T09:00 begin -> Some(2): sending due 14T09:01 tries 1 (said halted)
    14T09:00 unclear -> queued: queued due 14T09:01 tries 1 (said unclear)
    14T09:01 begin -> Some(3): sending due 14T09:03 tries 2 (said unclear)
    18T09:01 unclear -> queued: queued due 18T09:03 tries 2 (said unclear)
    19T09:00 begin -> Some(4): sending due 19T09:04 tries 3 (said unclear)
    19T09:00 unclear -> queued: queued due 19T09:04 tries 3 (said unclear)
    ");
}

#[test]
fn waits_double_to_four_hours_for_five_days() {
    let since = at("2030-01-07T09:00Z");
    let (mut now, mut waits, mut tries) = (since, Vec::new(), 1);
    while let Some(next) = next_try(tries, now, since, None) {
        waits.push((next.as_second() - now.as_second()) / 60);
        (now, tries) = (next, tries + 1);
    }
    assert_eq!(waits[..10], [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]);
    assert_eq!((waits.len(), waits.last()), (37, Some(&224)), "the last one is cut short");
    assert_eq!(now, at("2030-01-12T08:59Z"), "the last try is a minute before the end");
}

/// Replies by stage.
const REPLIES: &str = "
    Connect 554 no service here
    Connect 421 too busy
    Connect 454 4.7.0 TLS not available
    Login 535 5.7.8 bad password
    Login 454 4.7.0 temporary authentication failure
    Mail 250 ok
    Mail 451 4.7.1 try later
    Mail 421 4.3.2 closing
    Mail 530 5.7.57 not authenticated
    Mail 550 5.7.1 sender unknown
    Mail 552 5.3.4 too big
    Rcpt 250 ok
    Rcpt 251 will forward
    Rcpt 450 4.2.0 greylisted
    Rcpt 421 4.3.2 closing
    Rcpt 454 4.7.0 not now
    Rcpt 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked
    Rcpt 553 5.7.1 <a@b>: Sender address rejected: not owned by user
    Rcpt 550 5.1.1 no such user
    Rcpt 552 5.2.2 mailbox full
    Rcpt 552 full
    Rcpt 530 5.7.0 must issue STARTTLS first
    Rcpt 550 5.4.5 Daily user sending limit exceeded
    Rcpt 550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP
    Dot 554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException
    Data 354 go on
    Data 250 what
    Data 451 4.3.0 no
    Data 554 5.5.1 no valid recipients
    Dot 250 2.0.0 queued as 1
    Dot 251 strange
    Dot 354 strange
    Dot 432 4.3.2 slow down
    Dot 552 5.3.4 too big
    Dot 554 5.7.1 spam
    Dot 554 5.2.252 SendAsDenied; not yours
    Dot 550 5.7.60 not this sender
";

#[test]
fn replies_mean_what_they_mean() {
    let stage = |name: &str| match name {
        "Connect" => Stage::Connect,
        "Login" => Stage::Login,
        "Mail" => Stage::Mail,
        "Rcpt" => Stage::Rcpt,
        "Data" => Stage::Data,
        _ => Stage::Dot,
    };
    let line = |row: &str| {
        let mut words = row.splitn(3, ' ');
        let (name, code, text) = (words.next()?, words.next()?.parse().ok()?, words.next()?);
        Some(answer(code, text, stage(name)).as_ref().map_or_else(|| format!("go on: {row}"), shown))
    };
    let lines: Vec<String> = REPLIES.lines().filter_map(|row| line(row.trim())).collect();
    assert_snapshot!(lines.join("\n"), @"
    halted: connecting: 554 no service here
    halted: connecting: 421 too busy
    halted: connecting: 454 4.7.0 TLS not available
    halted: logging in: 535 5.7.8 (what else the server says may quote the login and is left out)
    halted: logging in: 454 4.7.0 (what else the server says may quote the login and is left out)
    go on: Mail 250 ok
    unclear: at MAIL: 451 4.7.1 try later
    halted: at MAIL: 421 4.3.2 closing
    halted: at MAIL: 530 5.7.57 not authenticated
    halted: at MAIL: 550 5.7.1 sender unknown
    refused: at MAIL: 552 5.3.4 too big
    go on: Rcpt 250 ok
    go on: Rcpt 251 will forward
    unclear: at RCPT: 450 4.2.0 greylisted
    unclear: at RCPT: 421 4.3.2 closing
    unclear: at RCPT: 454 4.7.0 not now
    halted, others may fare better: at RCPT: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked
    halted, others may fare better: at RCPT: 553 5.7.1 <a@b>: Sender address rejected: not owned by user
    refused: at RCPT: 550 5.1.1 no such user
    unclear: at RCPT: 552 5.2.2 mailbox full
    unclear: at RCPT: 552 full
    halted, others may fare better: at RCPT: 530 5.7.0 must issue STARTTLS first
    halted, others may fare better: at RCPT: 550 5.4.5 Daily user sending limit exceeded
    halted, others may fare better: at RCPT: 550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP
    halted, others may fare better: after the message: 554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException
    go on: Data 354 go on
    unclear: at DATA: 250 what
    unclear: at DATA: 451 4.3.0 no
    refused: at DATA: 554 5.5.1 no valid recipients
    accepted: 250 2.0.0 queued as 1
    unclear, maybe sent: after the message: 251 strange
    unclear, maybe sent: after the message: 354 strange
    unclear: after the message: 432 4.3.2 slow down
    refused: after the message: 552 5.3.4 too big
    refused: after the message: 554 5.7.1 spam
    halted, others may fare better: after the message: 554 5.2.252 SendAsDenied; not yours
    halted, others may fare better: after the message: 550 5.7.60 not this sender
    ");
}

#[test]
fn a_dropped_line_leaves_the_letter_in_doubt_only_after_the_dot() {
    let early = [Stage::Connect, Stage::Hello, Stage::StartTls, Stage::Login, Stage::Mail];
    let lines = [&early[..], &[Stage::Rcpt, Stage::Data, Stage::Body, Stage::Dot]]
        .concat()
        .into_iter()
        .map(|stage| shown(&dropped(stage, "line dropped")));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    halted: connecting: line dropped
    halted: at EHLO: line dropped
    halted: at STARTTLS: line dropped
    halted: logging in: line dropped
    unclear: at MAIL: line dropped
    unclear: at RCPT: line dropped
    unclear: at DATA: line dropped
    unclear: in the message: line dropped
    unclear, maybe sent: after the message: line dropped
    ");
}

#[test]
fn answers_are_kept_on_one_line_and_not_endless() {
    let outcome = answer(550, &format!("5.1.1 a\r\nb\u{1b}[2J{}", "x".repeat(5000)), Stage::Rcpt).unwrap();
    assert!(outcome.answer().starts_with("at RCPT: 550 5.1.1 a  b [2Jxx") && outcome.answer().len() == 500, "{outcome:?}");
}

#[test]
fn states_keep_their_names() {
    for state in ["queued", "sending", "accepted", "refused", "withdrawn"] {
        assert_eq!(state.parse::<State>().unwrap().to_string(), state);
    }
    assert!("lost".parse::<State>().is_err());
}

proptest! {
    #[test]
    fn no_reply_but_250_after_the_dot_is_accepted(code in 200u16..600, text in ".{0,20}", stage in 0usize..6) {
        let stages = [Stage::Connect, Stage::Login, Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Dot];
        let accepted = matches!(answer(code, &text, stages[stage]), Some(Outcome::Accepted { .. }));
        prop_assert_eq!(accepted, code == 250 && stage == 5);
    }

    #[test]
    fn a_letter_never_waits_past_its_use(tries in 1u32..100, wait in 0i64..600_000, use_for in 0i64..600_000) {
        let since = at("2030-01-07T09:00Z");
        let after = |seconds: i64| Timestamp::from_second(since.as_second() + seconds).unwrap();
        let (now, until) = (after(wait), after(use_for));
        if let Some(next) = next_try(tries, now, since, Some(until)) {
            prop_assert!(now < next && next < until && next < after(5 * 86_400), "{}", next);
        }
    }
}
