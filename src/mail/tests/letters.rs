//! Letters about tasks in full.

use insta::assert_snapshot;

use super::sample::{at, engineer, mailbox, notice, now, person, post, request, upgrade, window};
use crate::mail::text;
use crate::plan::notice::{BeforeLeave, Brief, OldCopy, Step};
use crate::plan::{Body, Kind, Notice};

/// The letter of `notices` as a person sees it.
pub(super) fn check(notices: &[Notice]) -> String {
    let (subject, body) = text(notices, &post(), now());
    format!("Subject: {subject}\n\n{body}")
}

/// An escalation of the upgrade.
fn escalation(step: Step, to: crate::plan::Recipient) -> Notice {
    let mut brief = upgrade();
    brief.people.insert(0, person("Ada", "owner", Some("2026-12-14T08:00Z")));
    brief.people.iter_mut().skip(1).for_each(|person| person.before_reader = step != Step::Writer);
    notice(Kind::Escalation, to, "nobody before you can write it", Body::Escalation(Box::new(brief), step))
}

#[test]
fn a_request_says_what_when_why_and_by_when() {
    let letter = check(&[request(upgrade())]);
    assert_snapshot!(letter.split("Briefing: an outline").next().unwrap(), @"
    Subject: Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00 your time

    Hello Ada Lovelace,

    Something is planned for ACME Corp at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      [ACME] Upgrade to 17.4
    Customer:  ACME Corp
    When:      Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET, your time
               Sat 12 Dec 16:00 to 20:00 EST, the customer's time
               (America/New_York)
               Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
    Uncovered: Sat 12 Dec 22:00 to Sun 13 Dec 06:00 CET: weekend, you are on
               leave
    After:     trouble may come up to 4 hours after the end
    Wanted by: Fri 11 Dec 17:00 CET, your last working moment before it (in 1
               day 5 hours)
    Ticket:    https://tickets.example.com/4711

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done t-0a1b
    ");
}

#[test]
fn a_request_brings_an_outline_filled_with_what_is_known() {
    let letter = check(&[request(upgrade())]);
    assert_snapshot!(letter.split_once("Briefing: an").unwrap().1, @"
     outline to paste into the ticket as an internal note
    -----------------------------------------------------------------

    ### What is planned
    - ACME Corp, Upgrade to 17.4
    - Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET
    - Sat 12 Dec 16:00 to 20:00 EST, the customer's time (America/New_York)
    - Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
    > Rolling upgrade of three nodes.
    > Roll back by snapshot.

    ### What could go wrong
    -

    ### What would help
    (checks, workarounds)

    -

    ### How to roll back
    (until when, by whom, what is lost)

    -

    ### What is special about this account
    (architecture, known problems, what they care about)

    - Notes: https://wiki.example.com/acme
    -

    ### Whom to reach
    - Ada Lovelace: (if and how you may be asked, nothing is expected)
    - Grace (backup), grace@example.com
    - Linus (engineer), linus@example.com, away until Mon 14 Dec 09:00 CET

    ### On call meanwhile
    - Edsger, Sat 12 Dec 19:00 to Sun 13 Dec 07:00 CET

    -- 
    Why you get this: you look after ACME Corp, and 1 working day is left.
    Written by offwatch, automatically.
    ");
}

#[test]
fn a_request_without_time_or_ticket_says_so() {
    let mut brief = upgrade();
    brief.window = window("2026-12-12T05:00Z", "2026-12-13T05:00Z");
    (brief.date_only, brief.recurs, brief.ticket) = (true, true, None);
    let old = |feed: &str, held, shows_task, leave_of: &[&str]| OldCopy {
        feed: feed.parse().unwrap(),
        since: at("2026-12-09T06:00Z"),
        held,
        shows_task,
        leave_of: leave_of.iter().map(|name| (*name).to_owned()).collect(),
    };
    brief.old_copies = vec![
        old("events", false, true, &[]),
        old("leave", true, false, &["Ada Lovelace", "Grace", "Linus"]),
        old("linus", true, true, &["Linus"]),
    ];
    let letter = check(&[request(brief)]);
    assert_snapshot!(letter.split("The best place").next().unwrap(), @r#"
    Subject: Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec

    Hello Ada Lovelace,

    Something is planned for ACME Corp at a time when nobody who knows them is
    there. A short briefing from you, written while you are still in, would
    help whoever is on call then.

    What:      [ACME] Upgrade to 17.4
    Customer:  ACME Corp
    When:      Sat 12 Dec: no time was given, so the whole day is meant
               Sat 12 Dec 06:00 to Sun 13 Dec 06:00 CET, your time
               Sat 12 Dec 00:00 to Sun 13 Dec 00:00 EST, the customer's time
               (America/New_York)
               Sat 12 Dec 05:00 to Sun 13 Dec 05:00 UTC
               one of a series, with a briefing of its own
    Uncovered: Sat 12 Dec 22:00 to Sun 13 Dec 06:00 CET: weekend, you are on
               leave
    After:     trouble may come up to 4 hours after the end
    Wanted by: Fri 11 Dec 17:00 CET, your last working moment before it (in 1
               day 5 hours)
    Ticket:    no ticket link in the event; search for "[ACME] Upgrade to
               17.4"
    Note:      feed `events` could not be read since Wed 9 Dec 07:00 CET (1
               day 5 hours ago); newer changes are not in this letter
               what feed `leave` shows since Wed 9 Dec 07:00 CET (1 day 5
               hours ago) is held back; leave of Ada Lovelace, Grace and Linus
               may have changed
               what feed `linus` shows since Wed 9 Dec 07:00 CET (1 day 5
               hours ago) is held back; newer changes are not in this letter;
               leave of Linus may have changed
    "#);
}

#[test]
fn an_escalation_to_the_next_writer_asks_for_a_favour() {
    let letter = check(&[escalation(Step::Writer, engineer("grace", "Grace Hopper"))]);
    assert_snapshot!(letter.split("The best place").next().unwrap(), @"
    Subject: Could you write a briefing by Fri 11 Dec 17:00? ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00 your time

    Hello Grace Hopper,

    You are asked because Ada is away until Mon 14 Dec 09:00 CET and you are
    the next who may know ACME Corp. Something is planned there at a time when
    nobody who knows them is in, and offwatch knows of no briefing.

    This is a favour, not a duty: if you can spare half an hour, an internal
    note in the ticket would help whoever is on call. Look there first, it may
    already exist.

    What:      [ACME] Upgrade to 17.4
    Customer:  ACME Corp
    When:      Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET, your time
               Sat 12 Dec 16:00 to 20:00 EST, the customer's time
               (America/New_York)
               Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
    Uncovered: Sat 12 Dec 22:00 to Sun 13 Dec 06:00 CET: weekend, away
    After:     trouble may come up to 4 hours after the end
    Wanted by: Fri 11 Dec 17:00 CET, your last working moment before it (in 1
               day 5 hours)
    Ticket:    https://tickets.example.com/4711
    ");
}

#[test]
fn an_escalation_to_the_manager_asks_for_somebody() {
    assert_snapshot!(check(&[escalation(Step::Manager, mailbox("manager@example.com"))]), @"
    Subject: Nobody left to write a briefing: ACME Corp, Upgrade to 17.4, Sat 12 Dec 21:00 UTC

    Hello,

    Something is planned for ACME Corp (in 2 days 10 hours) at a time when
    nobody who knows them is in, offwatch knows of no briefing, and nobody it
    could ask has working time left to write one. You may know somebody who
    can spare half an hour, or want to talk to the customer about the time.
    Whoever is on call then will be told what is known.

    What:      [ACME] Upgrade to 17.4
    Customer:  ACME Corp
    When:      Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
               Sat 12 Dec 16:00 to 20:00 EST, the customer's time
               (America/New_York)
    Uncovered: Sat 12 Dec 21:00 to Sun 13 Dec 05:00 UTC: weekend, away
    After:     trouble may come up to 4 hours after the end
    Ticket:    https://tickets.example.com/4711
    Notes:     https://wiki.example.com/acme

    Who knows the customer:
    - Ada (owner), ada@example.com, away until Mon 14 Dec 08:00 UTC
    - Grace (backup), grace@example.com
    - Linus (engineer), linus@example.com, away until Mon 14 Dec 08:00 UTC

    Who is on call while it runs:
    - Edsger, Sat 12 Dec 18:00 to Sun 13 Dec 06:00 UTC

    What the event says:
    > Rolling upgrade of three nodes.
    > Roll back by snapshot.

    The best place for a briefing is an internal note in the ticket. To stop
    these letters put [briefing done] once it is written, or [briefing waived]
    if none is needed, into the title or description of the event; an admin
    can also run:
        offwatch briefing done t-0a1b

    -- 
    Why you get this: nobody before you can write it. Written by offwatch,
    automatically.
    ");
}

#[test]
fn the_last_call_hands_over_all_that_is_known() {
    assert_snapshot!(check(&[escalation(Step::LastCall, mailbox("on-call@example.com"))]), @"
    Subject: For whoever is on call, no briefing known: ACME Corp, Upgrade to 17.4, Sat 12 Dec 21:00 UTC

    Hello,

    This is for whoever is on call then; please pass it on if that is not you.
    Something is planned for ACME Corp (in 2 days 10 hours), nobody who knows
    them is in then, and offwatch knows of no briefing. Look in the ticket
    first, there may be one that offwatch was not told of.

    What:      [ACME] Upgrade to 17.4
    Customer:  ACME Corp
    When:      Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
               Sat 12 Dec 16:00 to 20:00 EST, the customer's time
               (America/New_York)
    Uncovered: Sat 12 Dec 21:00 to Sun 13 Dec 05:00 UTC: weekend, away
    After:     trouble may come up to 4 hours after the end
    Ticket:    https://tickets.example.com/4711
    Notes:     https://wiki.example.com/acme

    Who knows the customer:
    - Ada (owner), ada@example.com, away until Mon 14 Dec 08:00 UTC
    - Grace (backup), grace@example.com
    - Linus (engineer), linus@example.com, away until Mon 14 Dec 08:00 UTC

    Who is on call while it runs:
    - Edsger, Sat 12 Dec 18:00 to Sun 13 Dec 06:00 UTC

    What the event says:
    > Rolling upgrade of three nodes.
    > Roll back by snapshot.

    If there is a briefing, or none is needed, [briefing done] or [briefing
    waived] in the title or description of the event tells offwatch so; an
    admin can also run
        offwatch briefing done t-0a1b

    -- 
    Why you get this: nobody before you can write it. Written by offwatch,
    automatically.
    ");
}

/// A leave with these tasks in it.
fn leave(tasks: Vec<Brief>) -> Notice {
    let leave = BeforeLeave { start: at("2026-12-11T16:00Z"), end: Some(at("2026-12-21T08:00Z")), tasks };
    notice(Kind::BeforeLeave, engineer("ada", "Ada Lovelace"), "your leave begins soon", Body::BeforeLeave(leave))
}

#[test]
fn the_list_before_a_leave_goes_by_start() {
    let mut second = upgrade();
    second.task = crate::agenda::TaskId::new("t-0a1c".to_owned());
    second.window = window("2026-12-15T02:00Z", "2026-12-15T03:00Z");
    second.short_title = "Database migration".to_owned();
    (second.account, second.customer_zone) = (Some("Globex".to_owned()), None);
    assert_snapshot!(check(&[leave(vec![second, upgrade()])]).split("Briefing: ").next().unwrap(), @"
    Subject: Before you go on Fri 11 Dec: 2 briefings wanted: ACME Corp, Globex

    Hello Ada Lovelace,

    You will be away from Fri 11 Dec 17:00 CET until Mon 21 Dec 09:00 CET.
    Meanwhile nobody who knows the customer is there for 2 tasks. A short
    briefing for each, written before you go, would help whoever is on call.

    Wanted by: Fri 11 Dec 17:00 CET (in 1 day 5 hours).

    1. ACME Corp, Upgrade to 17.4
       When:   Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET, your time
               Sat 12 Dec 16:00 to 20:00 EST, the customer's time
               (America/New_York)
               Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
       Ticket: https://tickets.example.com/4711
       Task ID: t-0a1b

    2. Globex, Database migration
       When:   Tue 15 Dec 03:00 to 04:00 CET, your time
               Tue 15 Dec 02:00 to 03:00 UTC
       Ticket: https://tickets.example.com/4711
       Task ID: t-0a1c

    The best place for a briefing is an internal note in the ticket. When it
    is there, or none is needed, put [briefing done] or [briefing waived] into
    the title or description of the event, or ask an admin to run `offwatch
    briefing done` with the task's ID.
    ");
}

#[test]
fn the_list_before_a_leave_has_one_blank_outline() {
    let letter = check(&[leave(vec![upgrade()])]);
    assert!(letter.contains("is there for 1 task. A short\nbriefing, written before you go"), "{letter}");
    assert_snapshot!(letter.split_once("Briefing: ").unwrap().1, @"
    an outline to paste into the ticket as an internal note
    -----------------------------------------------------------------

    ### What is planned
    - ACME Corp, Upgrade to 17.4
    - Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET
    - Sat 12 Dec 16:00 to 20:00 EST, the customer's time (America/New_York)
    - Sat 12 Dec 21:00 to Sun 13 Dec 01:00 UTC
    > Rolling upgrade of three nodes.
    > Roll back by snapshot.

    ### What could go wrong
    -

    ### What would help
    (checks, workarounds)

    -

    ### How to roll back
    (until when, by whom, what is lost)

    -

    ### What is special about this account
    (architecture, known problems, what they care about)

    - Notes: https://wiki.example.com/acme
    -

    ### Whom to reach
    - Ada Lovelace: (if and how you may be asked, nothing is expected)
    - Grace (backup), grace@example.com
    - Linus (engineer), linus@example.com, away until Mon 14 Dec 09:00 CET

    ### On call meanwhile
    - Edsger, Sat 12 Dec 19:00 to Sun 13 Dec 07:00 CET

    -- 
    Why you get this: your leave begins soon. Written by offwatch,
    automatically.
    ");
}
