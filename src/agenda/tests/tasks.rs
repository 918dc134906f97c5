//! What an event says about a task or an emergency: time, ticket, answer; and what is one at all.

use super::*;

/// The day of every date-only event here.
const DAY: &str = "2026-12-01/2026-12-02";
/// An hour on it.
const HOUR: &str = "2026-12-01T09:00Z/2026-12-01T10:00Z";

/// The one task that `event` is.
fn task(role: &FeedRole, when: &str, event: Event) -> Task {
    let agenda = sheet(role, &[at(when, event)], &team(), &Matcher::new(&team()), &reading());
    let [task] = agenda.tasks.as_slice() else { panic!("not one task: {:?}", agenda.tasks) };
    task.clone()
}

/// A feed of tasks.
fn tasks() -> FeedRole {
    role("tasks", &[Purpose::Tasks])
}

#[test]
fn a_date_is_the_whole_day_at_the_customer_else_the_feed_else_everywhere() {
    let tokyo = tasks();
    let paris = FeedRole { zone: Some("Europe/Paris".parse().unwrap()), ..tasks() };
    for (role, title, expected) in [
        (&paris, "ACME upgrade", "12-01T05:00/12-02T05:00"),
        (&paris, "Globex upgrade", "11-30T23:00/12-01T23:00"),
        (&tokyo, "Globex upgrade", "11-30T15:00/12-01T15:00"),
        (&tokyo, "Upgrade of nobody", "11-30T15:00/12-01T15:00"),
    ] {
        let task = task(role, DAY, event(title));
        assert!(task.date_only, "{title}");
        assert_eq!(shown(task.window.start(), task.window.end()), expected, "{title}");
    }
}

#[test]
fn a_task_without_length_lasts_an_hour() {
    let task = task(&tasks(), "2026-12-01T09:00Z/2026-12-01T09:00Z", event(" ACME upgrade "));
    assert_eq!(task.window, Window::new(instant("2026-12-01T09:00Z"), instant("2026-12-01T10:00Z")).unwrap());
    assert_eq!((task.date_only, task.title.as_str()), (false, "ACME upgrade"));
}

#[test]
fn the_ticket_is_the_url_else_the_first_ticket_in_the_description() {
    let link = "https://help.example/tickets/7";
    for (url, description, expected) in [
        ("https://help.example/x", link, "https://help.example/x"),
        (" ", "Ticket https://help.example/tickets/7.", link),
        ("", "https://wiki.example/a then https://help.example/tickets/7#note and https://help.example/tickets/8", link),
        ("", "<a href=\"https://help.example/tickets/7\">https://help.example/tickets/7</a>", link),
        ("", "(https://help.example/tickets/7)", link),
        ("", "ticket 7", ""),
    ] {
        let event = Event { url: Some(url.to_owned()), description: description.to_owned(), ..event("ACME upgrade") };
        assert_eq!(task(&tasks(), HOUR, event).ticket.unwrap_or_default(), expected, "{url} {description}");
    }
}

#[test]
fn a_ticket_pattern_may_name_a_part_of_a_link_or_a_bare_number() {
    let description = "See https://help.example/case/AB-12), also AB-13";
    for (pattern, expected) in [(r"/case/AB-\d+", "https://help.example/case/AB-12"), (r"AB-13\b", "AB-13")] {
        let reading = Reading { ticket: Regex::new(pattern).unwrap(), ..reading() };
        let event = Event { description: description.to_owned(), ..event("ACME upgrade") };
        let agenda = sheet(&tasks(), &[at(HOUR, event)], &team(), &Matcher::new(&team()), &reading);
        assert_eq!(agenda.tasks[0].ticket.as_deref(), Some(expected), "{pattern}");
    }
}

#[test]
fn answers_stand_in_title_description_or_categories() {
    let event = || event("ACME upgrade");
    assert_eq!(task(&tasks(), HOUR, event()).mark, None);
    let title = Event { summary: "ACME upgrade [Briefing done]".to_owned(), ..event() };
    assert_eq!(task(&tasks(), HOUR, title).mark, Some(Mark::Done));
    let description = Event { description: "Plan\n[briefing WAIVED] by Ada".to_owned(), ..event() };
    assert_eq!(task(&tasks(), HOUR, description).mark, Some(Mark::Waived));
    let category = Event { categories: vec!["ACME".to_owned(), "[briefing done]".to_owned()], ..event() };
    assert_eq!(task(&tasks(), HOUR, category).mark, Some(Mark::Done));
}

#[test]
fn cancelled_tasks_and_emergencies_stay_and_say_so() {
    let cancelled = || Event { status: Status::Cancelled, ..event("ACME upgrade") };
    assert!(task(&tasks(), HOUR, cancelled()).cancelled);
    let agenda =
        sheet(&role("emergencies", &[Purpose::Emergencies]), &[at(HOUR, cancelled())], &team(), &Matcher::new(&team()), &reading());
    assert!(agenda.emergencies[0].cancelled);
}

#[test]
fn the_event_and_the_feed_are_carried_along() {
    let role = FeedRole { escalate_unmatched: true, ..tasks() };
    let mut occurrence = at(HOUR, Event { recurs: true, description: "Plan".to_owned(), ..event("Window") });
    occurrence.recurrence_id = Some(RecurrenceId::Instant(instant("2026-12-01T08:00Z")));
    let agenda = sheet(&role, &[occurrence], &team(), &Matcher::new(&team()), &reading());
    let task = &agenda.tasks[0];
    assert_eq!(task.identity.recurrence_id.as_deref(), Some("2026-12-01T08:00:00Z"));
    assert_eq!((task.identity.uid.as_str(), task.feed.as_str(), task.description.as_str()), ("uid-1", "tasks", "Plan"));
    assert!(task.recurs && task.escalate_unmatched && task.account.is_none());
}

#[test]
fn a_mixed_feed_holds_tasks_only_where_an_account_and_the_pattern_agree() {
    use Purpose::{Absences, Emergencies, Tasks};
    let check = |reads: &[Purpose], title: &str| {
        let agenda = sheet(&role("mixed", reads), &[at(HOUR, event(title))], &team(), &Matcher::new(&team()), &reading());
        format!("{}{}", "task".repeat(agenda.tasks.len()), "emergency".repeat(agenda.emergencies.len()))
    };
    for (reads, title, expected) in [
        (&[Tasks][..], "Lunch", "task"),
        (&[Tasks, Absences], "Lunch", ""),
        (&[Tasks, Absences], "ACME lunch", ""),
        (&[Tasks, Absences], "Kitchen upgrade", ""),
        (&[Tasks, Absences], "ACME upgrade", "task"),
        (&[Tasks, Emergencies], "ACME upgrade", "task"),
        (&[Tasks, Emergencies], "ACME is down", "emergency"),
        (&[Tasks, Emergencies], "Everything is down", ""),
        (&[Emergencies], "Everything is down", "emergency"),
        (&[Emergencies], "ACME upgrade", "emergency"),
    ] {
        assert_eq!(check(reads, title), expected, "{reads:?} {title}");
    }
}

#[test]
fn an_emergency_keeps_its_times_account_and_ticket() {
    let role = role("emergencies", &[Purpose::Emergencies]);
    let event = || Event { description: "https://help.example/tickets/9".to_owned(), ..event("Globex: down") };
    for (when, expected) in [(HOUR, "12-01T09:00/12-01T10:00"), ("2026-12-01T09:00Z/2026-12-01T09:00Z", "12-01T09:00/12-01T09:00")] {
        let agenda = sheet(&role, &[at(when, event())], &team(), &Matcher::new(&team()), &reading());
        let emergency = &agenda.emergencies[0];
        assert_eq!(shown(emergency.start, emergency.end), expected);
        assert_eq!(emergency.account.as_ref().map(AccountId::as_str), Some("globex"));
        assert_eq!(emergency.ticket.as_deref(), Some("https://help.example/tickets/9"));
    }
}

#[test]
fn titles_are_the_same_beyond_case_spacing_and_marks() {
    for (one, other, expected) in [
        ("ACME upgrade", " acme  Upgrade [briefing done]", true),
        ("[ACME] Upgrade", "Upgrade", true),
        ("ACME: upgrade", "ACME:upgrade", true),
        ("Upgrade (staging)", "Upgrade (production)", false),
        ("Upgrade to 8", "Upgrade to 9", false),
        ("Upgrade [draft", "Upgrade", false),
        ("[ACME]", "[Globex]", false),
        ("[ACME]", "[acme]", true),
        ("", "", true),
    ] {
        assert_eq!(same_title(one, other), expected, "{one} / {other}");
    }
}
