//! What stays known of people's time when their feed shows it no more.

use super::super::bygone::Bygone;
use super::*;

/// What is known of raj's and ada's time after a feed has shown these entries in these copies, each from its instant on.
/// Entries are `uid | when`; the leave of the first copy is raj's, who lives in Kolkata.
fn check(copies: &[(&str, &[&str])]) -> String {
    let (team, role) = (team(), FeedRole { every_event_is_absence: true, ..role("raj-leave", &[Purpose::Absences]) });
    let mut bygone = Bygone::default();
    let mut told = String::new();
    for (now, rows) in copies {
        let entry = |row: &&str| {
            let (uid, when) = row.split_once(" | ").unwrap();
            at(when, Event { uid: uid.to_owned(), ..event("PTO") })
        };
        let occurrences: Vec<Occurrence> = rows.iter().map(entry).collect();
        let mut part = sheet(&role, &occurrences, &team, &Matcher::new(&team), &reading());
        // A restart in between changes nothing.
        bygone = serde_json::from_str(&serde_json::to_string(&bygone).unwrap()).unwrap();
        bygone.complete(&mut part, &team, Some(instant(now)));
        let mut again = sheet(&role, &occurrences, &team, &Matcher::new(&team), &reading());
        bygone.clone().complete(&mut again, &team, None);
        assert_eq!(again, part, "the same copy read again means the same");
        let uids: Vec<&str> = part.absences.values().flatten().map(|absence| absence.uid.as_str()).collect();
        told = uids.join(" ");
    }
    told
}

const FIRST: &str = "2026-12-01T09:00Z";
const WEEK: &str = "a | 2026-12-07/2026-12-12";
const AHEAD: &str = "z | 2027-02-01/2027-02-02";

#[test]
fn what_was_over_at_home_when_it_vanished_stays_known() {
    // Saturday begins in Kolkata at 18:30 on Friday by UTC.
    assert_eq!(check(&[(FIRST, &[WEEK, AHEAD]), ("2026-12-11T18:30Z", &[AHEAD])]), "z a");
    assert_eq!(check(&[(FIRST, &[WEEK, AHEAD]), ("2026-12-11T18:29Z", &[AHEAD])]), "z");
    let hours = "a | 2026-12-07T09:00Z/2026-12-07T11:00Z";
    assert_eq!(check(&[(FIRST, &[hours, AHEAD]), ("2026-12-07T11:00Z", &[AHEAD])]), "z a");
    assert_eq!(check(&[(FIRST, &[hours, AHEAD]), ("2026-12-07T10:59Z", &[AHEAD])]), "z");
    assert_eq!(check(&[(FIRST, &[WEEK]), ("2026-12-13T00:00Z", &[])]), "a");
}

#[test]
fn it_stays_until_it_is_shown_again_or_older_than_anything_remembered() {
    let rolled: &[(&str, &[&str])] = &[(FIRST, &[WEEK, AHEAD]), ("2026-12-14T09:00Z", &[AHEAD])];
    let then = |now, rows| check(&[rolled, &[(now, rows)]].concat());
    assert_eq!(then("2026-12-15T09:00Z", &[AHEAD, "y | 2027-03-01/2027-03-02"]), "z y a");
    assert_eq!(then("2026-12-15T09:00Z", &[WEEK, AHEAD]), "a z", "the feed shows it again");
    assert_eq!(then("2028-01-15T09:00Z", &["y | 2028-03-01/2028-03-02"]), "y a z");
    assert_eq!(then("2028-01-17T09:00Z", &["y | 2028-03-01/2028-03-02"]), "y z");
}

#[test]
fn what_is_edited_replaced_or_missing_among_older_ones_was_deleted() {
    let monday = "2026-12-14T09:00Z";
    let then = |rows: &[&str]| check(&[(FIRST, &[WEEK, AHEAD]), (monday, rows)]);
    assert_eq!(then(&["a | 2026-12-21/2026-12-23", AHEAD]), "a z", "moved afterwards");
    assert_eq!(then(&["b | 2026-12-11/2026-12-13", AHEAD]), "b z", "replaced by one that it overlaps");
    assert_eq!(then(&["b | 2026-12-12/2026-12-13", AHEAD]), "b z a", "one that only follows replaces nothing");
    assert_eq!(then(&["b | 2026-11-02/2026-11-03", AHEAD]), "b z", "an older one is still shown");
    assert_eq!(then(&["b | 2026-12-07/2026-12-08", AHEAD]), "b z", "one of the same day is none the older, and overlaps");
}

#[test]
fn of_a_series_only_what_is_over_is_rolled_away() {
    let fridays: &[&str] = &["f | 2026-12-04/2026-12-05", "f | 2026-12-11/2026-12-12", "f | 2026-12-18/2026-12-19"];
    assert_eq!(check(&[(FIRST, fridays), ("2026-12-07T09:00Z", &fridays[1..])]), "f f f");
    assert_eq!(check(&[(FIRST, fridays), ("2026-12-07T09:00Z", &fridays[2..])]), "f f");
}
