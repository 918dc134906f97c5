//! What a reading of any bytes must keep, whoever made them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;

use crate::calendar::{self, Occurrence, Reading};
use crate::window::Window;
use crate::zone::Zone;

/// A window and a zone to read for.
struct View {
    from: Timestamp,
    middle: Timestamp,
    to: Timestamp,
    zone: Zone,
}

/// Changes of clocks, a leap day, where the corpus has most of its events; mostly short, so that dense rules cost little.
static VIEWS: LazyLock<Vec<View>> = LazyLock::new(|| {
    let view = |from: &str, middle: &str, to: &str, zone: &str| View {
        from: from.parse().unwrap(),
        middle: middle.parse().unwrap(),
        to: to.parse().unwrap(),
        zone: zone.parse().unwrap(),
    };
    vec![
        view("2026-10-25T00:00Z", "2026-10-25T00:45Z", "2026-10-25T03:00Z", "Europe/Berlin"),
        view("2026-10-24T20:00Z", "2026-10-25T00:45Z", "2026-10-26T00:00Z", "Europe/Berlin"),
        view("1997-10-26T04:00Z", "1997-10-26T06:00Z", "1997-10-26T08:00Z", "America/New_York"),
        view("1997-09-10T00:00Z", "1997-09-14T06:00Z", "1997-09-20T00:00Z", "America/New_York"),
        view("2016-02-29T00:00Z", "2016-02-29T12:00Z", "2016-03-01T00:00Z", "Asia/Tokyo"),
        view("2027-03-28T00:00Z", "2027-03-28T01:00Z", "2027-03-28T04:00Z", "Africa/Casablanca"),
        view("2025-12-30T00:00Z", "2026-01-28T01:00Z", "2026-03-30T00:00Z", "Europe/Berlin"),
    ]
});

/// Reads `data` for one of the views and holds the reading to its promises.
pub fn check(data: &[u8]) {
    let view = &VIEWS[data.len() % VIEWS.len()];
    let read = |from, to| calendar::read(data, Window::new(from, to).unwrap(), &view.zone);
    let whole = read(view.from, view.to);
    assert_eq!(whole.standing, calendar::standing(data), "one standing");
    assert!(whole.problems.len() <= 1_002, "a list of problems without end");
    let mut last = Timestamp::MIN;
    for occurrence in &whole.found {
        let (start, end) = occurrence.when.placed(&view.zone);
        assert!(start <= end, "an occurrence that ends before it begins");
        assert!(last <= start, "not in order");
        assert!(start < view.to && (end > view.from || start >= view.from), "outside of the window");
        last = start;
    }
    if data.len() % 5 == 0 && whole.found.len() < 1_000 && !whole.problems.iter().any(|problem| problem.problem.contains("cut off")) {
        halves(view, &whole, &read(view.from, view.middle), &read(view.middle, view.to));
    }
}

/// What lies in a window lies in one of its halves, and the other way round; and both tell of the same problems.
fn halves(view: &View, whole: &Reading, first: &Reading, second: &Reading) {
    let row = |found: &Occurrence| format!("{} {:?} {:?}", found.event.uid, found.recurrence_id, found.when.placed(&view.zone));
    let rows = |reading: &Reading| reading.found.iter().map(row).collect::<BTreeSet<String>>();
    let together: BTreeSet<String> = rows(first).union(&rows(second)).cloned().collect();
    assert_eq!(rows(whole), together, "a window is the sum of its halves");
    // Where a zone of the file differs from the tz database matters only where something begins.
    let lasting = |reading: &Reading| {
        let problems = reading.problems.iter().filter(|problem| !problem.problem.contains("its VTIMEZONE is not"));
        problems.cloned().collect::<Vec<_>>()
    };
    assert_eq!(lasting(whole), lasting(first), "problems do not depend on the window");
}
