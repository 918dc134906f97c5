//! Calendars as bombs: whatever a feed shows, and however it changes, a turn ends.
//! Bounds work, not speed: its limits are hours away from what work without bounds would take.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock;
use crate::config::{self, Context};
use crate::cycle::Cycle;
use crate::feeds::{Body, Fetched, fingerprint};
use crate::store::Store;

/// Ada with a calendar of her own, on call and asked for briefings.
const CONFIG: &str = "[service]\nadmin = \"ops@example.com\"\n[mail]\nfrom = \"offwatch@example.com\"\nsend = \"folder\"\n\
    [[feed]]\nname = \"ada\"\npath = \"ada.ics\"\nreads = [\"absences\"]\n\
    [[feed]]\nname = \"on-call\"\npath = \"on-call.ics\"\nreads = [\"on-call\"]\n\
    [[feed]]\nname = \"tasks\"\npath = \"tasks.ics\"\nreads = [\"tasks\"]\n\
    [[engineer]]\nid = \"ada\"\nemail = \"ada@example.com\"\nfeeds = [\"ada\"]\n\
    [[account]]\nid = \"acme\"\nengineers = [\"ada\"]\n";

/// Longer than any honest turn of a test on a busy machine.
const LIMIT: Duration = Duration::from_mins(5);

/// A copy with one event for each of these starts, again and again by `rule`; `uid` goes before the number of each.
fn copy(uid: &str, starts: &[&str], rule: &str) -> Fetched {
    let event = |(place, start): (usize, &&str)| {
        format!(
            "BEGIN:VEVENT\nUID:{uid}{place}\nSUMMARY:ACME: away {place}\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\nDTSTART:{start}\nDURATION:PT20S\n\
            RRULE:{rule}\nEND:VEVENT\n"
        )
    };
    let events: String = starts.iter().enumerate().map(event).collect();
    let bytes = format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n").into_bytes();
    Fetched::New(Body { hash: fingerprint(&bytes), bytes: bytes.into(), etag: None, last_modified: None })
}

/// Takes each copy of `feed` in turn, as a daemon does and then as one that was started anew, and tells how much each turn saw.
async fn check(feed: &str, copies: Vec<Fetched>) -> Vec<String> {
    let config = Arc::new(config::read(CONFIG, "offwatch.toml", Path::new("/nowhere"), &Context::default()).unwrap());
    let (store, began) = (Store::memory(), clock::uptime());
    let mut cycle = Cycle::resume(Arc::clone(&config), &store).await.unwrap();
    let mut now: Timestamp = "2030-05-06T09:00:00Z".parse().unwrap();
    let mut told = Vec::new();
    for copy in copies {
        now += jiff::SignedDuration::from_mins(10);
        cycle.inputs().take(&feed.parse().unwrap(), copy, now);
        cycle.turn(&store, now).await.unwrap();
        let known = cycle.inputs().feeds().iter().find(|state| state.copy.feed.as_str() == feed).unwrap().copy.clone();
        store.save_copies(&[known]).await.unwrap();
        let state = cycle.inputs().feeds().iter().find(|state| state.copy.feed.as_str() == feed).unwrap();
        let cut = state.problems.iter().filter(|problem| problem.problem.contains("cut off: later ones are not seen")).count();
        let shown = cycle.shown().agenda();
        let absences: usize = shown.absences.values().map(Vec::len).sum();
        told.push(format!("{absences} absences, {} shifts, {} tasks, {cut} cut", shown.shifts.len(), shown.tasks.len()));
    }
    let mut again = Cycle::resume(config, &store).await.unwrap();
    again.turn(&store, now + jiff::SignedDuration::from_mins(10)).await.unwrap();
    assert_eq!(again.shown().agenda(), cycle.shown().agenda(), "a start sees the same");
    let took = clock::uptime().saturating_sub(began);
    assert!(took < LIMIT, "it took {took:?}");
    told
}

#[tokio::test]
async fn a_turn_ends_though_somebody_is_away_every_minute_of_years_in_two_copies_that_differ() {
    let first = copy("a", &["20290501T090000Z", "20290501T090020Z", "20290501T090040Z"], "FREQ=MINUTELY");
    let second = copy("b", &["20290501T090000Z", "20290501T090020Z", "20290501T090040Z"], "FREQ=MINUTELY");
    insta::assert_snapshot!(check("ada", vec![first, second]).await.join("\n"), @"
    60000 absences, 0 shifts, 0 tasks, 4 cut
    60000 absences, 0 shifts, 0 tasks, 4 cut
    ");
}

#[tokio::test]
async fn a_turn_ends_though_somebody_is_on_call_every_minute_of_years_in_two_copies_that_differ() {
    let first = copy("a", &["20290501T090000Z", "20290501T090020Z"], "FREQ=MINUTELY");
    let second = copy("b", &["20290501T090000Z", "20290501T090040Z"], "FREQ=MINUTELY");
    insta::assert_snapshot!(check("on-call", vec![first, second]).await.join("\n"), @"
    0 absences, 40000 shifts, 0 tasks, 3 cut
    0 absences, 40000 shifts, 0 tasks, 3 cut
    ");
}

#[tokio::test]
async fn a_turn_ends_though_a_task_of_every_minute_goes_on_under_another_name_at_other_times() {
    let first = copy("a", &["20300507T090000Z"], "FREQ=MINUTELY");
    let second = copy("b", &["20300507T090030Z"], "FREQ=MINUTELY");
    insta::assert_snapshot!(check("tasks", vec![first, second]).await.join("\n"), @"
    0 absences, 0 shifts, 20000 tasks, 2 cut
    0 absences, 0 shifts, 20000 tasks, 2 cut
    ");
}
