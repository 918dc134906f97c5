//! What Windows, Outlook and their kin call time zones: names, display names in old and new spelling, retired names.
//! Gives IANA names by the table of CLDR; never looks at offsets but to tell two places of one name apart.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::tz::Offset;
use strum::IntoEnumIterator;
use windows_timezones::WindowsTimezone;

use crate::calendar::stamp;

/// Names that the table of CLDR does not hold (any more), and where they are.
const OTHERS: [(&str, &str); 8] = [
    ("Armenian Standard Time", "Asia/Yerevan"),
    ("Jerusalem Standard Time", "Asia/Jerusalem"),
    ("Kamchatka Standard Time", "Asia/Kamchatka"),
    ("Malay Peninsula Standard Time", "Asia/Kuala_Lumpur"),
    ("Mexico Standard Time", "America/Mexico_City"),
    ("Mexico Standard Time 2", "America/Chihuahua"),
    // Windows gives it summer time, but nobody lives there.
    ("Mid-Atlantic Standard Time", "Etc/GMT+2"),
    // Lotus Notes.
    ("Western/Central Europe", "Europe/Berlin"),
];

/// IANA names by the letters of names and of whole display names without their offsets.
static NAMES: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
    let displayed = WindowsTimezone::iter().map(|zone| (letters(places(zone.description())), zone.tzdb_id()));
    let named = WindowsTimezone::iter().map(|zone| (letters(zone.name()), zone.tzdb_id()));
    displayed.chain(named).chain(OTHERS.map(|(name, iana)| (letters(name), iana))).collect()
});

/// Each single place of the display names, with its offset and IANA name: `(UTC+01:00) Amsterdam, Berlin` gives two.
static PLACES: LazyLock<Vec<(String, Option<Offset>, &str)>> = LazyLock::new(|| {
    let each =
        |zone: WindowsTimezone| single(places(zone.description())).map(move |place| (place, offset(zone.description()), zone.tzdb_id()));
    WindowsTimezone::iter().flat_map(each).collect()
});

/// The IANA name that `name` surely means: a Windows name, also with a number after it (`GMT Standard Time 1`, which
/// Outlook writes for a second definition), or a display name, whatever offset stands in front and however it is written.
pub(super) fn sure(name: &str) -> Option<&'static str> {
    let plain = name.trim_end_matches(|mark: char| mark.is_ascii_digit());
    let plain = if plain.ends_with(' ') { plain } else { name };
    [name, plain, places(name)].iter().find_map(|spelling| NAMES.get(&letters(spelling)).copied())
}

/// The IANA name of the first place in a display name that stands in some display name of today, with the same offset
/// if `name` gives one.
pub(super) fn likely(name: &str) -> Option<&'static str> {
    let wanted = offset(name);
    single(places(name)).find_map(|place| {
        let mut fitting = PLACES.iter().filter(|(known, offset, _)| *known == place && (wanted.is_none() || *offset == wanted));
        fitting.next().map(|(_, _, iana)| *iana)
    })
}

/// The offset in `(UTC+01:00) Somewhere`, `(GMT +01.00)`, `GMT-0500`, `UTC+2`, `+01:00`.
pub(super) fn offset(name: &str) -> Option<Offset> {
    let bare = name.trim_start_matches('(').trim_start();
    let prefix = bare.split_at_checked(3).filter(|(prefix, _)| ["UTC", "GMT"].iter().any(|known| known.eq_ignore_ascii_case(prefix)));
    let rest = prefix.map_or(bare, |(_, rest)| rest).trim_start();
    let end = rest.find(|mark: char| !matches!(mark, '0'..='9' | '+' | '-' | ':' | '.')).unwrap_or(rest.len());
    let (written, rest) = rest.split_at_checked(end)?;
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    match written.strip_prefix(['+', '-']) {
        Some(hours) if hours.len() == 1 || hours.get(1..2).is_some_and(|mark| matches!(mark, ":" | ".")) => {
            stamp::offset(&format!("{}0{hours}", written.get(..1)?))
        }
        Some(_) => stamp::offset(written),
        None => (written.is_empty() && prefix.is_some()).then_some(Offset::UTC),
    }
}

/// A display name without the offset in front.
fn places(name: &str) -> &str {
    name.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(name, |(_, places)| places)
}

/// The letters of each single place.
fn single(places: &str) -> impl Iterator<Item = String> {
    places.split([',', ';', '/', ':']).map(letters).filter(|place| !place.is_empty())
}

/// Only the letters and digits of a text and the signs of numbers, in lower case, without `and`: `US & Canada` is also
/// `US and Canada`, but `UTC-11` is not `UTC+11`.
fn letters(text: &str) -> String {
    let mut marks = text.chars().flat_map(char::to_lowercase).peekable();
    let mut words = String::with_capacity(text.len());
    while let Some(mark) = marks.next() {
        let sign = matches!(mark, '+' | '-') && marks.peek().is_some_and(char::is_ascii_digit);
        words.push(if sign || mark.is_alphanumeric() { mark } else { ' ' });
    }
    words.split(' ').filter(|word| *word != "and").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;

    fn check(name: &str) -> String {
        match (sure(name), likely(name)) {
            (Some(iana), _) => iana.to_owned(),
            (None, Some(iana)) => format!("{iana}?"),
            (None, None) => offset(name).map_or("-".to_owned(), |offset| offset.to_string()),
        }
    }

    #[test]
    fn all_139_windows_names_and_display_names_are_zones_of_our_database() {
        for zone in WindowsTimezone::iter() {
            assert_eq!(check(zone.name()), zone.tzdb_id());
            assert_eq!(check(zone.description()), zone.tzdb_id(), "{}", zone.description());
            let known: Zone = zone.tzdb_id().parse().unwrap();
            assert_eq!(known.name(), zone.tzdb_id());
        }
        assert_eq!(WindowsTimezone::iter().count(), 139);
    }

    #[test]
    fn retired_names_are_zones_of_our_database() {
        for (name, iana) in OTHERS {
            assert_eq!(check(name), iana);
            assert!(iana.parse::<Zone>().is_ok(), "{iana}");
        }
    }

    #[test]
    fn names_are_read_in_any_case_and_with_a_number_after_them() {
        assert_eq!(check("w. europe standard time"), "Europe/Berlin");
        assert_eq!(check("GMT Standard Time 1"), "Europe/London");
        assert_eq!(check("Mexico Standard Time 2"), "America/Chihuahua");
        assert_eq!(check("UTC-02"), "Etc/GMT+2");
        assert_eq!(check("UTC+12"), "Etc/GMT-12");
        assert_eq!(check("UTC-12"), "-12");
        assert_eq!(check("Customized Time Zone"), "-");
    }

    #[test]
    fn display_names_are_read_in_all_their_spellings() {
        for (name, found) in [
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
            ("(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna", "Europe/Berlin"),
            ("Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
            ("(UTC-05:00) Eastern Time (US and Canada)", "America/New_York"),
            ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
            ("(UTC) Coordinated Universal Time", "Etc/UTC"),
            // Not as today, but one of the places is known.
            ("Pacific Time (US & Canada), Tijuana", "America/Los_Angeles?"),
            ("(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", "Europe/London?"),
            ("(GMT+02:00) Athens, Istanbul, Minsk", "Europe/Bucharest?"),
            ("Amsterdam, Belgrade, Berlin, Brussels, Budapest, Madrid, Paris, Prague, Stockholm", "Europe/Berlin?"),
            ("(UTC-07:00) Somewhere, La Paz", "America/Mazatlan?"),
            ("(UTC-04:00) Somewhere, La Paz", "America/La_Paz?"),
        ] {
            assert_eq!(check(name), found, "{name}");
        }
    }

    #[test]
    fn an_offset_is_read_however_it_is_written() {
        for (name, offset) in [
            ("(UTC+01:00) Nowhere", "+01"),
            ("(GMT +01:00)", "+01"),
            ("(GMT-03.30)", "-03:30"),
            ("GMT-0500", "-05"),
            ("UTC+2", "+02"),
            ("UTC+9:30", "+09:30"),
            ("+05:45", "+05:45"),
            ("GMT +0100 (Standard) / GMT +0200 (Daylight)", "+01"),
            ("(GMT) Nowhere", "+00"),
            ("gmt", "+00"),
            ("UTCsomething", "-"),
            ("+1something", "-"),
            ("é", "-"),
            ("1", "-"),
            ("", "-"),
        ] {
            assert_eq!(check(name), offset, "{name}");
        }
    }
}
