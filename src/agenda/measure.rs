//! How much of one feed counts: more than any people plan, less than a turn could suffer from. What is left out is said.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::calendar::{Occurrence, write};

/// How many occurrences of one event count in a span: an hour's rhythm over years is followed, a minute's is a mistake.
pub(super) const OF_ONE: usize = 20_000;

/// How many absences, and how many shifts, of one feed count.
pub(super) const ENTRIES: usize = 250_000;

/// What is said of an event with more than [`OF_ONE`].
pub(super) const TOO_DENSE: &str = "an event with more than 20000 occurrences, cut off: later ones are not seen";

/// What is said of a feed with more than [`ENTRIES`].
pub(super) const TOO_MANY: &str = "more than 250000 absences or shifts, cut off: later ones are not seen";

/// The occurrences of events that others wrote: what offwatch itself put into a letter or a calendar, and somebody took over
/// into theirs, is no task, no leave and no meeting.
pub(super) fn foreign(occurrences: &[Occurrence]) -> Cow<'_, [Occurrence]> {
    let own = |occurrence: &Occurrence| write::is_own(&occurrence.event.uid);
    if !occurrences.iter().any(own) {
        return Cow::Borrowed(occurrences);
    }
    Cow::Owned(occurrences.iter().filter(|occurrence| !own(occurrence)).cloned().collect())
}

/// The first [`OF_ONE`] occurrences of each event, in their order.
pub(super) fn bounded(occurrences: &[Occurrence]) -> Cow<'_, [Occurrence]> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    let mut is_dense = false;
    for occurrence in occurrences {
        let seen = count.entry(occurrence.event.uid.as_str()).or_default();
        *seen = seen.saturating_add(1);
        is_dense |= *seen > OF_ONE;
    }
    if !is_dense {
        return Cow::Borrowed(occurrences);
    }
    count.clear();
    let kept = occurrences.iter().filter(|occurrence| {
        let seen = count.entry(occurrence.event.uid.as_str()).or_default();
        *seen = seen.saturating_add(1);
        *seen <= OF_ONE
    });
    Cow::Owned(kept.cloned().collect())
}
