//! Which account an event belongs to, and by what.

use super::*;

/// The account of `event` in a feed of tasks, and how it was found.
fn check(event: Event) -> String {
    let agenda = sheet(
        &role("tasks", &[Purpose::Tasks]),
        &[at("2026-12-01T09:00Z/2026-12-01T10:00Z", event)],
        &team(),
        &Matcher::new(&team()),
        &reading(),
    );
    let [task] = agenda.tasks.as_slice() else { panic!("not one task: {:?}", agenda.tasks) };
    match (&task.account, &task.matched_by) {
        (Some(account), Some(how)) => format!("{account}: {how}"),
        (None, None) => String::new(),
        (account, how) => panic!("{account:?} by {how:?}"),
    }
}

#[test]
fn each_step_decides_before_the_next() {
    let mut event = Event {
        account: Some("GLOBEX".to_owned()),
        categories: vec!["work".to_owned(), "acme corp".to_owned()],
        organizer: Some(party("<ops@acme.example>")),
        attendees: vec![party("Globex ops <ops@globex.example>"), party("<x@db.cloud.acme.example>")],
        ..event("[Initech] Globex upgrade")
    };
    assert_eq!(check(event.clone()), "globex: X-OFFWATCH-ACCOUNT");
    event.account = Some("nobody we know".to_owned());
    assert_eq!(check(event.clone()), "acme: category");
    event.categories.clear();
    assert_eq!(check(event.clone()), "initech: title prefix");
    event.summary = "Globex upgrade".to_owned();
    assert_eq!(check(event.clone()), "globex: `Globex` in the title");
    event.summary = "Upgrade".to_owned();
    assert_eq!(check(event.clone()), "acme: `acme.example` in the organizer");
    event.organizer = Some(party("<ada@example.com>"));
    assert_eq!(check(event.clone()), "cloud: `cloud.acme.example` in an attendee");
    event.attendees.pop();
    assert_eq!(check(event.clone()), "globex: `Globex` in an attendee");
    event.attendees.clear();
    assert_eq!(check(event), "");
}

#[test]
fn titles_name_accounts_by_prefix_or_by_whole_words() {
    for (title, expected) in [
        ("[Cloud Nine] upgrade", "cloud: title prefix"),
        ("cloud nine: upgrade for Globex", "cloud: title prefix"),
        ("[P1] [globex] ACME Cloud upgrade", "globex: title prefix"),
        ("[Briefing done] acme: upgrade", "acme: title prefix"),
        ("[EXT] Upgrade", ""),
        ("Upgrade at 10:00 of acme", "acme: `ACME` in the title"),
        ("Upgrade of ACME.", "acme: `ACME` in the title"),
        ("Upgrade of ACME Cloud", "cloud: `ACME Cloud` in the title"),
        ("Upgrade of db1.acme.example", "acme: `acme.example` in the title"),
        ("Upgrade of acmeter and globexes", ""),
        ("ACME and Inic upgrade", ""),
        ("Upgrade of Cloud Nine", ""),
        ("", ""),
    ] {
        assert_eq!(check(event(title)), expected, "{title}");
    }
}

#[test]
fn a_tie_is_no_match_and_leaves_the_next_step_to_decide() {
    let tie = || Event { categories: vec!["ACME".to_owned(), "inic".to_owned()], ..event("Upgrade") };
    assert_eq!(check(tie()), "");
    assert_eq!(check(Event { summary: "Globex upgrade".to_owned(), ..tie() }), "globex: `Globex` in the title");
}

#[test]
fn categories_name_accounts_by_id_name_or_word() {
    for (category, expected) in [
        ("acme", "acme: category"),
        ("Cloud Nine", "cloud: category"),
        ("customer globex", "globex: category"),
        ("customer cloud", ""),
        ("acmes", ""),
    ] {
        assert_eq!(check(Event { categories: vec![category.to_owned()], ..event("Upgrade") }), expected, "{category}");
    }
}

#[test]
fn mail_domains_match_themselves_and_what_lies_below() {
    for (organizer, expected) in [
        ("<ops@acme.example>", "acme: `acme.example` in the organizer"),
        ("<Ops@DB.Acme.Example>", "acme: `acme.example` in the organizer"),
        ("<ops@cloud.acme.example>", "cloud: `cloud.acme.example` in the organizer"),
        ("ops@acme.example", "acme: `acme.example` in the organizer"),
        ("ACME operations <ops@elsewhere.example>", "acme: `ACME` in the organizer"),
        ("<ops@notacme.example>", ""),
        ("<ops@acme.example.elsewhere.example>", ""),
        ("<acme@example.com>", ""),
    ] {
        assert_eq!(check(Event { organizer: Some(party(organizer)), ..event("Upgrade") }), expected, "{organizer}");
    }
}
