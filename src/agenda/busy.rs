//! When people are in meetings: what an event of their own calendar takes up that is no absence. Keeps stretches of time and
//! nothing of what they are about, for all that is wanted is a free half hour.

use jiff::{SignedDuration, Timestamp};

use super::matching::People;
use crate::calendar::{Occurrence, Status, When};
use crate::people::Engineer;
use crate::window::{Window, Windows};

/// How many stretches of one calendar count, those farthest ahead: whoever has more has no free half hour to lose.
const STRETCHES: usize = 10_000;

/// Stretches of time in whole minutes since 1970, in order: a thousand people's are held at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Busy(Vec<[u32; 2]>);

impl FromIterator<Window> for Busy {
    fn from_iter<I: IntoIterator<Item = Window>>(meetings: I) -> Self {
        let merged: Windows = meetings.into_iter().collect();
        let surplus = merged.iter().len().saturating_sub(STRETCHES);
        let mut minutes: Vec<[u32; 2]> = Vec::with_capacity(merged.iter().len() - surplus);
        minutes.extend(merged.iter().skip(surplus).map(|window| [minute(window.start(), 0), minute(window.end(), 59)]));
        Self(minutes)
    }
}

impl Busy {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it.
    pub fn iter(&self) -> impl Iterator<Item = Window> {
        self.0.iter().filter_map(|[start, end]| Window::new(instant(*start), instant(*end)))
    }

    /// What of it lies inside `frame`.
    pub fn within(&self, frame: Window) -> Windows {
        let first = self.0.partition_point(|[_, end]| instant(*end) <= frame.start());
        let ahead = self.0.iter().skip(first).map_while(|[start, end]| Window::new(instant(*start), instant(*end))?.intersect(frame));
        ahead.collect()
    }
}

/// The minute of an instant, after `more` seconds have been added.
fn minute(instant: Timestamp, more: i64) -> u32 {
    u32::try_from(instant.as_second().saturating_add(more).div_euclid(60)).unwrap_or_default()
}

/// The instant at which a minute begins.
fn instant(minute: u32) -> Timestamp {
    Timestamp::UNIX_EPOCH.saturating_add(SignedDuration::from_mins(i64::from(minute))).unwrap_or(Timestamp::MAX)
}

/// When `occurrence` takes up the time of `owner`, in whose calendar it stands.
pub(super) fn meeting(owner: &Engineer, occurrence: &Occurrence, people: &People) -> Option<Window> {
    let (event, When::Timed { start, end }) = (&occurrence.event, occurrence.when) else { return None };
    let counts = !event.transparent && event.status != Status::Cancelled && !people.declined(owner, event);
    Window::new(start, end).filter(|_| counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start: &str, end: &str) -> Window {
        let at = |time: &str| format!("2030-05-01T{time}Z").parse().unwrap();
        Window::new(at(start), at(end)).unwrap()
    }

    #[test]
    fn meetings_are_whole_minutes_that_neither_touch_nor_overlap() {
        let busy: Busy = [window("10:00:30", "10:30:10"), window("09:00", "09:30"), window("10:20", "11:00")].into_iter().collect();
        assert_eq!(busy.iter().collect::<Vec<_>>(), [window("09:00", "09:30"), window("10:00", "11:00")]);
        let within = busy.within(window("09:10", "10:10"));
        assert_eq!(within.iter().collect::<Vec<_>>(), [window("09:10", "09:30"), window("10:00", "10:10")]);
    }

    #[test]
    fn a_calendar_without_measure_keeps_a_bounded_number_of_them() {
        let start: Timestamp = "2030-05-01T09:00:00Z".parse().unwrap();
        let at = |minutes: i64| start.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        let busy: Busy = (0..50_000).filter_map(|number| Window::new(at(number * 2), at(number * 2 + 1))).collect();
        assert_eq!(busy.iter().count(), STRETCHES);
        assert_eq!(busy.iter().last(), Window::new(at(99_998), at(99_999)));
    }
}
