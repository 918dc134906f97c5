//! `[[feed]]`: where a calendar comes from, what it is read for, how often it is fetched.
//! Never shows an address: a feed is spoken of by its name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::mail::{pair, patience};
use super::problem::Fault;
use super::reader::{Reader, Word, chosen, full};
use super::rules::{self, Times};
use super::secret::{self, Surroundings};
use crate::agenda::{FeedRole, Purpose};
use crate::feeds::{Feed, Login, Secret, Source};
use crate::people::FeedName;
use crate::schedule::Schedule;
use crate::working;
use crate::zone::Zone;

/// The schemes an address may have.
const SCHEMES: [&str; 4] = ["http", "https", "webcal", "webcals"];

/// What the other sections may know of feeds: their names and purposes, readable or not.
pub(super) type Known = BTreeMap<String, BTreeSet<Purpose>>;

/// Reads every `[[feed]]`; the names are there even of feeds that are wrong otherwise.
pub(super) fn read(file: &Reader<'_>, place: &Surroundings, times: Option<&Times>) -> (Vec<Feed>, Known) {
    let mut known = Known::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut feeds = Vec::new();
    for table in file.sections("feed", "name") {
        table.need("name", "letters and logs will call it so");
        let name = table.string("name");
        if let Some(name) = &name {
            unique(&table, "name", name, &mut lines);
        }
        let reads = purposes(&table);
        if let Some(name) = &name {
            known.entry(name.text.to_owned()).or_default().extend(&reads);
        }
        feeds.extend(feed(&table, name.as_ref(), reads, place, times));
        table.done();
    }
    if !known.values().any(|reads| reads.contains(&Purpose::Tasks)) {
        file.missing(Fault::new("no `[[feed]]` reads tasks").hint("one feed needs `reads = [\"tasks\"]`"));
    }
    (feeds, known)
}

/// Notes a name or address, called `what`, that is taken already, in whatever case.
pub(super) fn unique(table: &Reader<'_>, what: &str, name: &Word<'_>, lines: &mut BTreeMap<String, usize>) {
    let line = table.sheet.line(&name.span);
    match lines.get(&name.text.to_lowercase()) {
        Some(first) => table.report_if_whole(&name.span, Fault::new(format!("this {what} is taken already, in line {first}"))),
        None => drop(lines.insert(name.text.to_lowercase(), line)),
    }
}

/// What the feed is read for.
fn purposes(table: &Reader<'_>) -> BTreeSet<Purpose> {
    let names: Vec<String> = Purpose::ALL.iter().map(|(name, _)| format!("`{name}`")).collect();
    table.need("reads", &format!("list any of {}", names.join(", ")));
    let read = |word: &Word<'_>| table.understood(word, |text| chosen("reads", text, &Purpose::ALL));
    let words = table.strings("reads");
    if let (Some(value), true) = (table.value("reads"), words.is_empty())
        && value.get_ref().as_array().is_some_and(|list| list.is_empty())
    {
        table.report(&value.span(), Fault::new("`reads` is empty").hint(format!("name one of {}", names.join(", "))));
    }
    words.iter().filter_map(read).collect()
}

/// One feed.
fn feed(
    table: &Reader<'_>,
    name: Option<&Word<'_>>,
    reads: BTreeSet<Purpose>,
    place: &Surroundings,
    times: Option<&Times>,
) -> Option<Feed> {
    let name = name.and_then(|name| table.understood(name, str::parse::<FeedName>));
    let source = source(table, place);
    let every_event = table.choice("every_event", &[("absence", ())]);
    let literal_times = table.flag("literal_times", false);
    let empty_body =
        table.parsed_or("empty_body", "failure", |text| chosen("empty_body", text, &[("failure", false), ("no events", true)]));
    let unmatched = table.parsed_or("unmatched", "list", |text| chosen("unmatched", text, &[("list", false), ("escalate", true)]));
    let zone = table.parsed("time_zone", str::parse::<Zone>);
    let stale_after = table.parsed_or("stale_after", "6h", working::duration);
    let timeout = table.parsed_or("timeout", "30s", limited);
    let fetch = table.value("fetch").map(|_| table.parsed("fetch", rules::cron));
    if every_event.is_some() && !reads.contains(&Purpose::Absences) && !reads.is_empty() {
        table.warn("`every_event = \"absence\"` means nothing in a feed that is not read for absences");
    }
    let times = times?;
    let fetch = match fetch {
        Some(own) => Schedule::new(own?, times.zone.clone()),
        None => times.fetch.clone(),
    };
    Some(Feed {
        role: FeedRole {
            name: name?,
            reads,
            every_event_is_absence: every_event.is_some(),
            literal_times,
            zone,
            escalate_unmatched: unmatched?,
        },
        source: source?,
        fetch,
        stale_after: stale_after?,
        empty_body_is_empty: empty_body?,
        timeout: timeout?,
    })
}

/// The longest that a fetch may take: the first turn waits for feeds that were never tried, and nobody hears anything before.
const LONGEST_FETCH: SignedDuration = SignedDuration::from_mins(15);

/// A duration in which a fetch can be done, and for which a turn can wait.
fn limited(text: &str) -> Result<SignedDuration, Fault> {
    let length = patience(text)?;
    if length <= LONGEST_FETCH {
        return Ok(length);
    }
    Err(Fault::new("a fetch may take 15 minutes at most").hint("no letter goes out before a feed that is new has answered or failed"))
}

/// Where its bytes come from: one of four ways to say it.
fn source(table: &Reader<'_>, place: &Surroundings) -> Option<Source> {
    let ways = ["path", "url", "url_file", "url_credential"].map(|key| (key, table.value(key)));
    let mut named = ways.iter().filter_map(|(key, value)| value.map(|value| (*key, value)));
    let login = login(table, place);
    let path = table.parsed("path", |text| full(text, "path")).map(|path| Source::Path(place.base.join(path)));
    let url = table.parsed("url", address);
    let secret = match (table.value("url_file"), table.value("url_credential")) {
        (None, None) => None,
        (Some(value), _) | (None, Some(value)) => secret::read(table, place, "url_file", "url_credential")
            .and_then(|secret| address(secret.reveal().trim()).map_err(|fault| table.report(&value.span(), fault)).ok()),
    };
    let (first, _) = named.next().or_else(|| {
        table.missing(Fault::new("it has no address").hint("give it `path`, `url`, `url_file` or `url_credential`"));
        None
    })?;
    if let Some((second, value)) = named.next() {
        table.report(&value.span(), Fault::new(format!("`{first}` and `{second}` exclude each other")));
    }
    if let (Some(word), true) = (table.string("url"), place.open) {
        let line = table.sheet.line(&word.span);
        table.warn(&format!("its `url` in line {line} can be read by everybody, `url_file` would keep it"));
    }
    let login_keys = ["username", "password_file", "password_credential", "token_file", "token_credential"];
    if path.is_some()
        && let Some(value) = login_keys.iter().find_map(|key| table.value(key))
    {
        table.report_if_whole(&value.span(), Fault::new("a file needs no login"));
    }
    path.or_else(|| Some(Source::Url { url: url.or(secret)?, login }))
}

/// How a fetch proves who it is.
fn login(table: &Reader<'_>, place: &Surroundings) -> Option<Login> {
    let username = table.text("username");
    let password = secret::read(table, place, "password_file", "password_credential");
    pair(table);
    let token = secret::read(table, place, "token_file", "token_credential");
    if let (Some(user), Some(_)) = (table.value("username"), table.value("token_file").or(table.value("token_credential"))) {
        table.report(&user.span(), Fault::new("a user and a token exclude each other"));
    }
    let basic = username.zip(password).map(|(username, password)| Login::Basic { username, password });
    basic.or(token.map(Login::Bearer))
}

/// An address that can be fetched. The refusal shows its scheme at most.
fn address(text: &str) -> Result<Secret, Fault> {
    let refuse = |problem: String| Err(Fault::new(problem).hint("write `https://…`, `http://…`, `webcal://…` or `webcals://…`"));
    let Some((scheme, rest)) = text.split_once("://") else { return refuse("its address has no scheme".to_owned()) };
    let plain = !scheme.is_empty() && scheme.len() <= 12 && scheme.chars().all(|letter| letter.is_ascii_alphanumeric());
    if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
        let shown = if plain { scheme } else { "…" };
        return refuse(format!("its address begins with `{shown}://`"));
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || text.chars().any(char::is_whitespace) {
        return refuse("its address names no host or has white space in it".to_owned());
    }
    Ok(Secret::new(text.to_owned()))
}
