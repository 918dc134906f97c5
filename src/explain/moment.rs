//! How the commands write an instant for people, on a clock on somebody's wall, on two clocks or also in UTC, and a length of time.

use jiff::{SignedDuration, Timestamp};

use crate::zone::Zone;

/// `Fri 2026-12-11 17:00 CET, 2026-12-11T16:00:00Z`; one of them where both are the same.
pub fn moment(at: Timestamp, zone: &Zone) -> String {
    let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let wall = format!("{} {}", zone.local(at).strftime("%a %Y-%m-%d %H:%M"), zone.abbreviation(at));
    if zone.name() == Zone::utc().name() { wall } else { format!("{wall}, {at}") }
}

/// An instant on the clock of `zone`: `Fri 2026-12-11 17:00 CET`.
pub fn clock(at: Timestamp, zone: &Zone) -> String {
    let abbreviation = zone.abbreviation(at);
    let abbreviation = if abbreviation.starts_with(['+', '-']) { format!("UTC{abbreviation}") } else { abbreviation };
    format!("{} {abbreviation}", zone.local(at).strftime("%a %Y-%m-%d %H:%M"))
}

/// An instant on the clock of a page, and in brackets on that of its reader where that one shows another time at that
/// moment: `Thu 2026-03-12 09:00 UTC (10:00 in Europe/Berlin)`.
pub fn clocks(at: Timestamp, page: &Zone, reader: &Zone) -> String {
    let own = clock(at, page);
    if page.offset(at) == reader.offset(at) {
        return own;
    }
    let form = if page.date(at) == reader.date(at) { "%H:%M" } else { "%a %Y-%m-%d %H:%M" };
    format!("{own} ({} in {})", reader.local(at).strftime(form), reader.name())
}

/// A text with every instant in it on the clock of `zone`.
pub fn local(text: &str, zone: &Zone) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches([',', ';', '.', ')', '"']);
        let rest = word.strip_prefix(bare).unwrap_or_default();
        bare.parse::<Timestamp>().map_or_else(|_| word.to_owned(), |at| clock(at, zone) + rest)
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A length of time: `45 min`, `3 h 15 min`, `4 days 2 h`.
pub fn length(length: SignedDuration) -> String {
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

    #[test]
    fn a_reader_s_clock_stands_beside_that_of_the_page_only_while_it_shows_another_time() {
        let on = |text: &str, page: &str, reader: &str| clocks(text.parse().unwrap(), &page.parse().unwrap(), &reader.parse().unwrap());
        let rows = [
            (on("2026-03-12T09:00:00Z", "UTC", "Europe/Berlin"), "Thu 2026-03-12 09:00 UTC (10:00 in Europe/Berlin)"),
            (on("2026-03-12T09:00:00Z", "UTC", "Europe/London"), "Thu 2026-03-12 09:00 UTC"),
            (on("2026-07-12T09:00:00Z", "UTC", "Europe/London"), "Sun 2026-07-12 09:00 UTC (10:00 in Europe/London)"),
            (on("2026-03-12T22:00:00Z", "UTC", "Asia/Singapore"), "Thu 2026-03-12 22:00 UTC (Fri 2026-03-13 06:00 in Asia/Singapore)"),
        ];
        for (text, expected) in rows {
            assert_eq!(text, expected);
        }
    }
}
