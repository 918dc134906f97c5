//! How the commands write an instant for people: on a clock on somebody's wall, and in UTC.

use jiff::Timestamp;

use crate::zone::Zone;

/// `Fri 2026-12-11 17:00 CET, 2026-12-11T16:00:00Z`; one of them where both are the same.
pub(super) fn moment(at: Timestamp, zone: &Zone) -> String {
    let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let wall = format!("{} {}", zone.local(at).strftime("%a %Y-%m-%d %H:%M"), zone.abbreviation(at));
    if zone.name() == Zone::utc().name() { wall } else { format!("{wall}, {at}") }
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
