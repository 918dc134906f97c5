//! What one `[[engineer]]` wants otherwise than all: which letters, when digests come, at which leads. Whoever is asked cannot
//! choose not to be: the briefing would be missing in the night.

use jiff::civil::Time;

use super::hours::minutes;
use super::problem::Fault;
use super::reader::{Reader, chosen};
use crate::plan::Kind;
use crate::plan::rules::Preferences;
use crate::working::WorkingTime;

/// What an engineer may get.
const KINDS: [(&str, Kind); 6] = [
    ("briefing-request", Kind::BriefingRequest),
    ("escalation", Kind::Escalation),
    ("task-changed", Kind::TaskChanged),
    ("retraction", Kind::Retraction),
    ("before-leave", Kind::BeforeLeave),
    ("catch-up", Kind::CatchUp),
];

/// What nobody can leave out.
const ASKING: [Kind; 2] = [Kind::BriefingRequest, Kind::Escalation];

/// Reads the wishes of one engineer.
pub(super) fn read(table: &Reader<'_>) -> Preferences {
    let digest_hour = table.parsed("digest_hour", time);
    let mut wishes = Preferences { digest_hour, ..Preferences::default() };
    if let Some(value) = table.value("kinds") {
        let words = table.words("kinds", value).unwrap_or_default();
        let kinds: Vec<Option<Kind>> = words.iter().map(|word| table.understood(word, |text| chosen("kinds", text, &KINDS))).collect();
        let left_out = KINDS.iter().filter(|(_, kind)| !kinds.contains(&Some(*kind)));
        // What could not be read may be what seems to be missing.
        let whole = value.get_ref().is_array() && !kinds.contains(&None);
        for (name, kind) in left_out.filter(|_| whole) {
            if ASKING.contains(kind) {
                let fault = Fault::new(format!("`kinds` leaves out `{name}`, which nobody can"));
                table.report(&value.span(), fault.hint("it asks for a briefing that would be missing otherwise; name it too"));
            } else {
                wishes.left_out.insert(*kind);
            }
        }
    }
    if let Some(value) = table.value("leads") {
        let leads = table.list_or("leads", &[], str::parse::<WorkingTime>);
        if leads.as_ref().is_some_and(Vec::is_empty) {
            let fault = Fault::new("`leads` must not be empty").hint("leave it out for those of [briefing]");
            table.report(&value.span(), fault);
        }
        wishes.leads = leads.filter(|leads| !leads.is_empty());
    }
    wishes
}

/// A time of day.
fn time(text: &str) -> Result<Time, Fault> {
    let bad = || Fault::new(format!("`{text}` is no time of day")).hint("write `10:00`");
    let minutes = minutes(text).ok_or_else(bad)?;
    let (hour, minute) = (i8::try_from(minutes / 60).map_err(|_| bad())?, i8::try_from(minutes % 60).map_err(|_| bad())?);
    Time::new(hour, minute, 0, 0).map_err(|_| bad())
}
