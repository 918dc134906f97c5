//! Half-open stretches of time `[start, end)` in UTC and their algebra.
//! Owns unions, differences and measures; knows nothing of zones, people or calendars.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One half-open stretch `[start, end)` that is never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(Timestamp, Timestamp)", into = "(Timestamp, Timestamp)")]
pub struct Window {
    /// The first instant inside.
    start: Timestamp,
    /// The first instant after it.
    end: Timestamp,
}

impl TryFrom<(Timestamp, Timestamp)> for Window {
    type Error = &'static str;

    fn try_from((start, end): (Timestamp, Timestamp)) -> Result<Self, Self::Error> {
        Self::new(start, end).ok_or("a window must end after it starts")
    }
}

impl From<Window> for (Timestamp, Timestamp) {
    fn from(window: Window) -> Self {
        (window.start, window.end)
    }
}

impl Window {
    /// The stretch from `start` to `end`; nothing when it would be empty or run backwards.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The first instant inside.
    pub fn start(self) -> Timestamp {
        self.start
    }

    /// The first instant after it.
    pub fn end(self) -> Timestamp {
        self.end
    }

    /// How long it is; always positive.
    pub fn length(self) -> SignedDuration {
        self.end.duration_since(self.start)
    }

    /// Whether `instant` lies inside.
    pub fn contains(self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether the two share at least one instant.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// What both share.
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// A set of instants as sorted stretches that neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Windows(Vec<Window>);

impl FromIterator<Window> for Windows {
    fn from_iter<I: IntoIterator<Item = Window>>(stretches: I) -> Self {
        let mut sorted: Vec<Window> = stretches.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<Window> = Vec::with_capacity(sorted.len());
        for window in sorted {
            match merged.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => merged.push(window),
            }
        }
        Self(merged)
    }
}

impl Windows {
    /// The stretches in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Window> + ExactSizeIterator + '_ {
        self.0.iter().copied()
    }

    /// Whether there is no instant in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first stretch.
    pub fn first(&self) -> Option<Window> {
        self.0.first().copied()
    }

    /// The last stretch.
    pub fn last(&self) -> Option<Window> {
        self.0.last().copied()
    }

    /// The sum of all lengths.
    pub fn length(&self) -> SignedDuration {
        self.iter().map(Window::length).sum()
    }

    /// The stretches that end after `instant`, in order.
    pub fn after(&self, instant: Timestamp) -> impl DoubleEndedIterator<Item = Window> + '_ {
        let from = self.0.partition_point(|window| window.end <= instant);
        self.0.iter().skip(from).copied()
    }

    /// The stretches that start before `instant`, in order.
    pub fn before(&self, instant: Timestamp) -> impl DoubleEndedIterator<Item = Window> + '_ {
        let until = self.0.partition_point(|window| window.start < instant);
        self.0.iter().take(until).copied()
    }

    /// The stretch that holds `instant`.
    pub fn containing(&self, instant: Timestamp) -> Option<Window> {
        self.after(instant).next().filter(|window| window.contains(instant))
    }

    /// Whether `instant` lies inside.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.containing(instant).is_some()
    }

    /// What lies inside `frame`.
    #[must_use]
    pub fn within(&self, frame: Window) -> Self {
        let cut = self.after(frame.start).take_while(|window| window.start < frame.end);
        Self(cut.filter_map(|window| window.intersect(frame)).collect())
    }

    /// The union of both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut kept = Vec::with_capacity(self.0.len());
        for window in self.iter() {
            let mut from = window.start;
            for hole in other.after(window.start).take_while(|hole| hole.start < window.end) {
                kept.extend(Window::new(from, hole.start));
                from = from.max(hole.end);
            }
            kept.extend(Window::new(from, window.end));
        }
        Self(kept)
    }
}

impl From<Window> for Windows {
    fn from(window: Window) -> Self {
        Self(vec![window])
    }
}
