//! How the commands write an instant for people, on a clock on somebody's wall and in UTC, and a length of time.

use jiff::{SignedDuration, Timestamp};

use crate::zone::Zone;

/// `Fri 2026-12-11 17:00 CET, 2026-12-11T16:00:00Z`; one of them where both are the same.
pub(super) fn moment(at: Timestamp, zone: &Zone) -> String {
    let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let wall = format!("{} {}", zone.local(at).strftime("%a %Y-%m-%d %H:%M"), zone.abbreviation(at));
    if zone.name() == Zone::utc().name() { wall } else { format!("{wall}, {at}") }
}

/// A length of time: `45 min`, `3 h 15 min`, `4 days 2 h`.
pub(super) fn length(length: SignedDuration) -> String {
    let minutes = length.as_mins().max(0);
    let (hours, rest) = (minutes / 60, minutes % 60);
    let (big, small) = match (hours, rest) {
        (0, rest) => return format!("{rest} min"),
        (hours, 0) if hours < 72 => return format!("{hours} h"),
        (hours, rest) if hours < 72 => (format!("{hours} h"), format!("{rest} min")),
        (hours, _) if hours % 24 == 0 => return format!("{} days", hours / 24),
        (hours, _) => (format!("{} days", hours / 24), format!("{} h", hours % 24)),
    };
    format!("{big} {small}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_on_both_clocks() {
        let at = "2026-12-11T16:00:00.25Z".parse().unwrap();
        assert_eq!(moment(at, &"Europe/Berlin".parse().unwrap()), "Fri 2026-12-11 17:00 CET, 2026-12-11T16:00:00Z");
        assert_eq!(moment(at, &Zone::utc()), "Fri 2026-12-11 16:00 UTC");
    }
}
