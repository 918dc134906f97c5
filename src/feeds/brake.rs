//! The brake: a good fetch that lacks most of what lay ahead is not believed at once. Says what counts as lying ahead,
//! how much may be missing, and how long what is missing must stay missing.
//! Pure. Keeps nothing between fetches and compares no titles: an event that comes back under another UID is no loss.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::calendar::Occurrence;
use crate::schedule::Schedule;
use crate::zone::Zone;

/// So many events may always go, unless they are all there are.
const FEW: u32 = 3;

/// How long a loss must stand before it is believed…
pub const STANDING: SignedDuration = SignedDuration::from_hours(4);

/// …and over how many good fetches.
pub const FETCHES: u32 = 3;

/// When the last occurrence of each event of a calendar ends, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends(Vec<Timestamp>);

impl Ends {
    /// Those of `found`; all-day dates end at midnight in `zone`. Cancelled ones count as well: they are still shown.
    pub fn of(found: &[Occurrence], zone: &Zone) -> Self {
        let mut last: HashMap<&str, Timestamp> = HashMap::new();
        for occurrence in found {
            let (_, end) = occurrence.when.placed(zone);
            let known = last.entry(&occurrence.event.uid).or_insert(end);
            *known = (*known).max(end);
        }
        let mut ends: Vec<Timestamp> = last.into_values().collect();
        ends.sort_unstable();
        Self(ends)
    }

    /// How many events still lie ahead of `now`.
    pub fn ahead(&self, now: Timestamp) -> u32 {
        let over = self.0.partition_point(|end| *end <= now);
        u32::try_from(self.0.len().saturating_sub(over)).unwrap_or(u32::MAX)
    }
}

/// How much a calendar lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// So many events are missing…
    pub missing: u32,
    /// …of so many that lay ahead.
    pub of: u32,
}

/// Whether a calendar with `after` events ahead lost too much against one with `before` to be believed at once: all of
/// them, or more than half and more than a few.
pub fn loss(before: u32, after: u32) -> Option<Loss> {
    let missing = before.saturating_sub(after);
    let all = missing > 0 && after == 0;
    let most = missing > FEW && after < missing;
    (all || most).then_some(Loss { missing, of: before })
}

/// Whether a loss first seen at `since`, and seen in `fetches` good fetches up to `now`, is believed.
pub fn is_over(since: Timestamp, fetches: u32, now: Timestamp) -> bool {
    fetches >= FETCHES && now.duration_since(since) >= STANDING
}

/// The scheduled fetch with which a loss first seen at `since`, and seen in `fetches` good fetches up to the one at
/// `last`, will be believed if they all go well.
pub fn due(since: Timestamp, fetches: u32, last: Timestamp, schedule: &Schedule) -> Option<Timestamp> {
    // The next fetch decides, however many there were.
    let missing = FETCHES.saturating_sub(fetches).max(1);
    let next = (0..missing).try_fold(last, |at, _| schedule.after(at))?;
    let stood = since.checked_add(STANDING).ok()?;
    if next < stood { schedule.from(stood) } else { Some(next) }
}

#[cfg(test)]
mod tests {
    //! What is lost, and for how long.

    use super::*;
    use crate::calendar;
    use crate::window::Window;

    /// An instant of one day.
    fn at(time: &str) -> Timestamp {
        format!("2030-05-06T{time}Z").parse().unwrap()
    }

    /// How many events of a calendar with these lines lie ahead of noon.
    fn ahead(lines: &str) -> u32 {
        let events = lines.split("--").map(|event| {
            let lines: Vec<String> = event.split('|').map(|line| line.trim().to_owned()).collect();
            format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.join("\n"))
        });
        let text = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", events.collect::<String>());
        let span = Window::new(at("00:00"), "2030-08-01T00:00Z".parse().unwrap()).unwrap();
        let reading = calendar::read(text.as_bytes(), span, &Zone::utc());
        Ends::of(&reading.found, &Zone::utc()).ahead(at("12:00"))
    }

    /// Whether so many events, and then so many, are too great a loss.
    fn check(before: u32, after: u32) -> String {
        let told = loss(before, after).map_or("taken".to_owned(), |loss| format!("held, {} of {} missing", loss.missing, loss.of));
        format!("{before} then {after}: {told}")
    }

    #[test]
    fn all_or_more_than_half_and_at_least_four_is_too_great_a_loss() {
        let pairs =
            [(0, 0), (0, 5), (1, 0), (3, 0), (1, 1), (2, 1), (5, 2), (6, 2), (7, 4), (7, 3), (8, 4), (8, 3), (9, 5), (303, 0), (303, 300)];
        let rows: Vec<String> = pairs.iter().map(|(before, after)| check(*before, *after)).collect();
        insta::assert_snapshot!(rows.join("\n"), @"
        0 then 0: taken
        0 then 5: taken
        1 then 0: held, 1 of 1 missing
        3 then 0: held, 3 of 3 missing
        1 then 1: taken
        2 then 1: taken
        5 then 2: taken
        6 then 2: held, 4 of 6 missing
        7 then 4: taken
        7 then 3: held, 4 of 7 missing
        8 then 4: taken
        8 then 3: held, 5 of 8 missing
        9 then 5: taken
        303 then 0: held, 303 of 303 missing
        303 then 300: taken
        ");
    }

    #[test]
    fn an_event_counts_once_while_any_part_of_it_lies_ahead() {
        let rows = [
            ("over by noon", "UID:a|DTSTART:20300506T100000Z|DTEND:20300506T120000Z"),
            ("still running", "UID:a|DTSTART:20300506T100000Z|DTEND:20300506T120100Z"),
            ("without length", "UID:a|DTSTART:20300506T130000Z"),
            ("cancelled", "UID:a|STATUS:CANCELLED|DTSTART:20300507T100000Z|DTEND:20300507T120000Z"),
            ("today", "UID:a|DTSTART;VALUE=DATE:20300506"),
            ("a series", "UID:a|DTSTART:20300506T080000Z|DTEND:20300506T090000Z|RRULE:FREQ=DAILY"),
            (
                "a series and its override",
                "UID:a|DTSTART:20300506T080000Z|RRULE:FREQ=DAILY--UID:a|RECURRENCE-ID:20300507T080000Z|DTSTART:20300507T090000Z",
            ),
            ("a series that is over", "UID:a|DTSTART:20300506T080000Z|DTEND:20300506T090000Z|RRULE:FREQ=HOURLY;COUNT=2"),
            ("two without a UID", "SUMMARY:one|DTSTART:20300507T080000Z--SUMMARY:two|DTSTART:20300507T080000Z"),
        ];
        let rows: Vec<String> = rows.iter().map(|(what, lines)| format!("{what}: {}", ahead(lines))).collect();
        insta::assert_snapshot!(rows.join("\n"), @"
        over by noon: 0
        still running: 1
        without length: 1
        cancelled: 1
        today: 1
        a series: 1
        a series and its override: 1
        a series that is over: 0
        two without a UID: 2
        ");
    }

    #[test]
    fn a_loss_is_believed_after_four_hours_and_three_fetches() {
        let rows = [("10:00", 3), ("10:00", 2), ("09:59", 24), ("23:00", 2), ("10:01", 4)];
        let rows: Vec<String> =
            rows.iter().map(|(now, fetches)| format!("06:00 to {now}, {fetches}: {}", is_over(at("06:00"), *fetches, at(now)))).collect();
        insta::assert_snapshot!(rows.join("\n"), @"
        06:00 to 10:00, 3: true
        06:00 to 10:00, 2: false
        06:00 to 09:59, 24: false
        06:00 to 23:00, 2: false
        06:00 to 10:01, 4: true
        ");
    }

    #[test]
    fn the_fetch_that_ends_a_hold_is_known_beforehand() {
        let due = |cron: &str, fetches, last: &str| {
            let schedule = Schedule::new(cron.parse().unwrap(), Zone::utc());
            let due = due(at("06:00"), fetches, at(last), &schedule).map_or("never".to_owned(), |due| due.to_string());
            format!("{cron}, {fetches} until {last}: {due}")
        };
        let rows = [
            due("*/10 * * * *", 1, "06:00"),
            due("*/10 * * * *", 24, "09:50"),
            due("7 * * * *", 1, "06:00"),
            due("0 */3 * * *", 1, "06:00"),
            due("0 6 * * *", 1, "06:00"),
            due("0 6 * * *", 2, "06:00"),
            due("0 6 30 2 *", 2, "06:00"),
        ];
        insta::assert_snapshot!(rows.join("\n"), @"
        */10 * * * *, 1 until 06:00: 2030-05-06T10:00:00Z
        */10 * * * *, 24 until 09:50: 2030-05-06T10:00:00Z
        7 * * * *, 1 until 06:00: 2030-05-06T10:07:00Z
        0 */3 * * *, 1 until 06:00: 2030-05-06T12:00:00Z
        0 6 * * *, 1 until 06:00: 2030-05-08T06:00:00Z
        0 6 * * *, 2 until 06:00: 2030-05-07T06:00:00Z
        0 6 30 2 *, 2 until 06:00: never
        ");
    }
}
