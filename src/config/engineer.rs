//! `[hours]` and `[[engineer]]`: who there is, where they live and when they work.

use std::collections::{BTreeMap, BTreeSet};

use super::feed::{self, Known};
use super::hours;
use super::preferences;
use super::problem::Fault;
use super::reader::{Reader, full};
use super::wording;
use crate::agenda::Purpose;
use crate::people::{Address, Engineer, EngineerId, FeedName, Hours};
use crate::plan::rules::Preferences;
use crate::wording::{Reads, Style};
use crate::zone::Zone;

/// `[hours]`: what holds for an engineer who says nothing else.
pub(super) struct Usual {
    /// The zone; also for dates that neither a feed nor an account places.
    pub(super) zone: Option<Zone>,
    /// The hours.
    hours: Hours,
}

/// Reads `[hours]`.
pub(super) fn usual(file: &Reader<'_>) -> Usual {
    let table = file.section("hours");
    let zone = table.parsed_or("time_zone", "UTC", str::parse::<Zone>);
    Usual { zone, hours: hours::read(&table, &["time_zone"]).unwrap_or_else(hours::office) }
}

/// The ids of every `[[engineer]]`, also of one that is wrong otherwise.
pub(super) fn ids(file: &Reader<'_>) -> Vec<String> {
    let tables = file.sections("engineer", "id");
    let ids = tables.iter().filter_map(|table| table.value("id")?.get_ref().as_str().map(str::to_owned));
    ids.collect()
}

/// Who there is, and how each wants their letters.
#[derive(Default)]
pub(super) struct People {
    /// Everybody.
    pub(super) engineers: BTreeMap<EngineerId, Engineer>,
    /// For whom what letters bring are invitations.
    pub(super) invited: BTreeSet<EngineerId>,
    /// What single ones want otherwise than all.
    pub(super) preferences: BTreeMap<EngineerId, Preferences>,
    /// How those read their letters who said so.
    pub(super) readers: BTreeMap<EngineerId, Reads>,
}

/// Reads every `[[engineer]]`; `invite_all` and `style` hold for whoever says nothing else of their letters.
pub(super) fn read(file: &Reader<'_>, usual: &Usual, feeds: &Known, (invite_all, style): (bool, &Style)) -> People {
    let tables = file.sections("engineer", "id");
    if tables.is_empty() {
        file.missing(Fault::new("there is no `[[engineer]]`").hint("one needs at least `id` and `email`"));
    }
    let (mut lines, mut addresses) = (BTreeMap::new(), BTreeMap::new());
    let mut people = People::default();
    for table in &tables {
        table.need("id", "give a short name, by which accounts mean them");
        table.need("email", "give the address for their letters");
        if let Some(id) = table.string("id") {
            feed::unique(table, "id", &id, &mut lines);
        }
        if let Some(email) = table.string("email") {
            feed::unique(table, "address", &email, &mut addresses);
        }
        let invite = table.flag("invite", invite_all);
        let reads = wording::reads(table, &style.words, &style.reads);
        let wishes = preferences::read(table);
        if let Some(engineer) = engineer(table, usual, feeds) {
            people.invited.extend(invite.then(|| engineer.id.clone()));
            people.preferences.extend((wishes != Preferences::default()).then(|| (engineer.id.clone(), wishes)));
            people.readers.extend(reads.filter(|reads| *reads != style.reads).map(|reads| (engineer.id.clone(), reads)));
            people.engineers.insert(engineer.id.clone(), engineer);
        }
        table.done();
    }
    elective(file, feeds, &people.engineers);
    people
}

/// One engineer.
fn engineer(table: &Reader<'_>, usual: &Usual, feeds: &Known) -> Option<Engineer> {
    let id = table.parsed("id", str::parse::<EngineerId>);
    let email = table.parsed("email", str::parse::<Address>);
    let name = table.text("name");
    let aliases = table.list_or("aliases", &[], |text| full(text, "aliases"));
    let team = table.text("team");
    let zone = match table.value("time_zone") {
        Some(_) => table.parsed("time_zone", str::parse::<Zone>),
        None => usual.zone.clone(),
    };
    let hours = weekly(table, usual);
    let own = named(table, "feeds", feeds, None);
    let holidays = named(table, "holidays", feeds, Some(Purpose::Holidays));
    let id = id?;
    let name = name.unwrap_or_else(|| id.to_string());
    Some(Engineer { name, email: email?, aliases: aliases?, team, zone: zone?, hours, feeds: own, holidays, id })
}

/// The engineer's hours: their own replace the usual ones wholly.
fn weekly(table: &Reader<'_>, usual: &Usual) -> Hours {
    let Some(value) = table.value("hours") else { return usual.hours.clone() };
    if !value.get_ref().is_table() {
        let fault = Fault::new("`hours` must be a table").hint("write `hours = { mon-fri = \"09:00-17:00\" }`");
        table.report(&value.span(), fault);
        return Hours::default();
    }
    let hours = hours::read(&table.inside("engineer.hours", value), &[]).unwrap_or_default();
    if hours.is_empty() {
        table.warn("has no working hours, and so no letter ever arrives");
    }
    hours
}

/// The feeds that `key` names, each of which must exist and be read for `purpose`.
fn named(table: &Reader<'_>, key: &'static str, feeds: &Known, purpose: Option<Purpose>) -> Vec<FeedName> {
    let read = |text: &str| match feeds.get(text) {
        None => Err(Fault::new(format!("unknown feed `{text}`")).nearest(text, feeds.keys().map(String::as_str))),
        Some(reads) if purpose.is_some_and(|purpose| !reads.contains(&purpose)) => {
            Err(Fault::new(format!("the feed `{text}` is not read for {key}")).hint(format!("add `{key}` to its `reads`")))
        }
        Some(_) => text.parse::<FeedName>().map_err(Fault::from),
    };
    let words = table.strings(key);
    let found = words.iter().filter_map(|word| match read(word.text) {
        Ok(name) => Some(name),
        Err(fault) => {
            table.report_if_whole(&word.span, fault);
            None
        }
    });
    found.collect()
}

/// Warns of holidays that nobody takes, and of one calendar that is said to be several people's own.
fn elective(file: &Reader<'_>, feeds: &Known, engineers: &BTreeMap<EngineerId, Engineer>) {
    for (name, reads) in feeds {
        let takes = |engineer: &&Engineer| engineer.holidays.iter().any(|holiday| holiday.as_str() == name);
        if reads.contains(&Purpose::Holidays) && !engineers.values().any(|engineer| takes(&engineer)) {
            file.sheet.warn(format!("feed `{name}`: no engineer names it under `holidays`, so these holidays count for nobody"));
        }
        let owns = |engineer: &&Engineer| engineer.feeds.iter().any(|own| own.as_str() == name);
        let owners: Vec<String> = engineers.values().filter(owns).map(|engineer| format!("`{}`", engineer.id)).collect();
        if owners.len() > 1 {
            let owners = owners.join(" and ");
            file.sheet.warn(format!("feed `{name}`: {owners} name it as their own, so everything in it is about each of them"));
        }
    }
}
