//! The board itself: tonight's risks first, what else is uncovered, everybody's two weeks, feeds, the outbox.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::address::Which;
use super::lane::{Lane, lane};
use super::line::{Line, line};
use super::sight::{Frame, Named, Sight, plain};
use super::tag::{ALL, Tag};
use crate::agenda::Purpose;
use crate::explain::LISTED;
use crate::explain::moment::length;
use crate::outbox::Census;
use crate::plan::notice::Briefing;
use crate::plan::{Case, FeedHealth};

/// How far tonight reaches.
const TONIGHT: SignedDuration = SignedDuration::from_hours(24);

/// How long a letter that should have gone out may wait before that is told.
const LATE: SignedDuration = SignedDuration::from_mins(15);

/// The board.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Index {
    /// Its top.
    frame: Frame,
    /// Of whom it speaks, if not of all.
    chosen: Vec<String>,
    /// Where the whole board is, when it speaks of some only.
    whole: Option<String>,
    /// How tonight is, in one sentence.
    verdict: String,
    /// And what comes after it.
    rest: String,
    /// `risk` or `done`.
    light: &'static str,
    /// What makes all this less sure, or keeps letters from people.
    troubles: Vec<Trouble>,
    /// Uncovered and at risk within a day, or running without a briefing.
    tonight: Vec<Line>,
    /// Uncovered within a day, but not at risk.
    watched: Vec<Line>,
    /// At risk later.
    later: Vec<Line>,
    /// Tasks in which no account was found.
    lost: Vec<Line>,
    /// What the signs mean.
    legend: [Tag; 7],
    /// Everybody's two weeks.
    lanes: Vec<Lane>,
    /// Choices by account.
    accounts: Vec<Named>,
    /// Choices by team, when there are several.
    teams: Vec<Named>,
    /// Choices by engineer.
    engineers: Vec<Named>,
    /// Feeds.
    feeds: Vec<Feed>,
    /// The outbox.
    outbox: Outbox,
}

/// Something that whoever runs offwatch should look at.
#[derive(Clone, Debug, Serialize)]
struct Trouble {
    /// What.
    text: String,
    /// Where on the page more stands.
    href: &'static str,
}

/// One feed.
#[derive(Clone, Debug, Serialize)]
struct Feed {
    /// Its name.
    name: String,
    /// What it is read for.
    reads: String,
    /// How old its copy is.
    age: String,
    /// When that was taken.
    fetched: Option<String>,
    /// How it is.
    state: String,
    /// Whether somebody should look.
    trouble: bool,
}

/// The outbox.
#[derive(Clone, Debug, Serialize)]
struct Outbox {
    /// Letters that wait.
    queued: u64,
    /// Letters being sent.
    sending: u64,
    /// Letters refused within a day.
    refused: u64,
    /// How long the oldest that should have gone out waits.
    owed: Option<String>,
}

/// The board.
pub(super) fn view(sight: &Sight<'_>) -> Index {
    let (ground, cases) = (sight.ground(), sight.shown());
    let tomorrow = ground.now.saturating_add(TONIGHT).unwrap_or(Timestamp::MAX);
    let near = |case: &&&Case| case.start() < tomorrow && case.watch.end() > ground.now;
    let state = |case: &Case| ground.desk.briefing(case, &ground.past, ground.now);
    let is_at_risk = |case: &Case| sight.danger(case).is_some() || state(case) == Briefing::TooLate;
    let own = |case: &&&Case| case.account.is_some() && case.uncovered;
    let (risky, calm): (Vec<&Case>, Vec<&Case>) = cases.iter().filter(near).filter(own).partition(|case| is_at_risk(case));
    let later: Vec<&Case> =
        cases.iter().filter(|case| case.start() >= tomorrow && case.start() < sight.span.end()).filter(own).copied().collect();
    let (later, open): (Vec<&Case>, Vec<&Case>) = later.into_iter().partition(|case| is_at_risk(case));
    let lost = cases.iter().filter(|case| case.account.is_none() && case.start() < sight.span.end() && case.watch.end() > ground.now);
    let lines = |cases: &[&Case]| cases.iter().map(|case| line(sight, case)).collect::<Vec<Line>>();
    let tasks = sight.by_engineer(&cases);
    let wanting = |case: &&&Case| state(case).is_open();
    let open = calm.iter().chain(&open).filter(wanting).count();
    let (verdict, rest, light) = verdict(risky.len(), later.len(), open);
    let own = |engineer| lane(sight, engineer, tasks.get(&engineer.id).map(Vec::as_slice).unwrap_or_default());
    let choice = |which: &Which, name: &str| Named { name: plain(name), href: sight.links.choice(sight.which, which) };
    Index {
        frame: sight.frame(),
        chosen: chosen(sight),
        whole: (!sight.selection.is_all()).then(|| sight.links.link(sight.which, &Which::Index)),
        verdict,
        rest,
        light,
        troubles: troubles(sight),
        tonight: lines(&risky),
        watched: lines(&calm),
        later: lines(&later),
        lost: lines(&lost.copied().collect::<Vec<_>>()),
        legend: ALL,
        lanes: sight.engineers().into_iter().filter_map(own).collect(),
        accounts: ground.team().accounts.iter().map(|account| choice(&Which::Account(account.id.clone()), &account.name)).collect(),
        teams: teams(sight),
        engineers: ground.team().engineers.values().map(|own| choice(&Which::Engineer(own.id.clone()), &own.name)).collect(),
        feeds: ground.outside.feeds.iter().map(|health| feed(health, ground.now, sight)).collect(),
        outbox: outbox(&sight.facts.census, ground.now),
    }
}

/// How things are, and how bad that is.
fn verdict(tonight: usize, later: usize, open: usize) -> (String, String, &'static str) {
    let tasks = |count: usize| if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") };
    let wait = |count: usize| if count == 1 { "waits" } else { "wait" };
    let rest = match (later, open) {
        (0, 0) => "Nothing else wants a briefing within two weeks.".to_owned(),
        (0, open) => format!("{} more within two weeks {} for a briefing, with time left to write it.", tasks(open), wait(open)),
        (later, 0) => format!("{} more at risk later, within two weeks.", tasks(later)),
        (later, open) => format!(
            "{} more at risk later, within two weeks; {} {} for a briefing with time left to write it.",
            tasks(later),
            tasks(open),
            wait(open)
        ),
    };
    match tonight {
        0 => ("Nothing is at risk in the next 24 hours.".to_owned(), rest, "done"),
        count => (format!("{} at risk in the next 24 hours.", tasks(count)), rest, "risk"),
    }
}

/// Feeds that are not read, and letters that do not go out.
fn troubles(sight: &Sight<'_>) -> Vec<Trouble> {
    let (ground, census) = (sight.ground(), &sight.facts.census);
    let feeds = ground.outside.feeds.iter().filter(|health| is_in_trouble(health));
    let feeds: Vec<&str> = feeds.map(|health| health.feed.as_str()).collect();
    let named = feeds.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    let more = match feeds.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let feeds = (!feeds.is_empty())
        .then(|| Trouble { text: format!("Not all calendars are read, so this may be wrong: {named}{more}"), href: "#feeds" });
    let late = census.owed_since.filter(|since| ground.now.duration_since(*since) > LATE);
    let letters = match (late, census.refused) {
        (Some(since), _) => Some(format!("A letter should have gone out {} ago", length(ground.now.duration_since(since)))),
        (None, 0) => None,
        (None, 1) => Some("A letter was refused within a day".to_owned()),
        (None, refused) => Some(format!("{refused} letters were refused within a day")),
    };
    feeds.into_iter().chain(letters.map(|text| Trouble { text, href: "#outbox" })).collect()
}

/// Whether somebody should look at a feed.
fn is_in_trouble(health: &FeedHealth) -> bool {
    health.failing_since.is_some() || health.standing().is_some() || health.fetched.is_none()
}

/// The choices by team: with one alone there is nothing to choose.
fn teams(sight: &Sight<'_>) -> Vec<Named> {
    let teams = sight.ground().team().teams();
    let choice = |name: &&str| Some(Named { name: plain(name), href: sight.links.team(sight.which, name)? });
    if teams.len() < 2 { Vec::new() } else { teams.iter().filter_map(choice).collect() }
}

/// The names of those of whom the board speaks.
fn chosen(sight: &Sight<'_>) -> Vec<String> {
    let team = sight.ground().team();
    let accounts = sight.selection.accounts.iter().filter_map(|id| team.account(id)).map(|account| plain(&account.name));
    let engineers = sight.selection.engineers.iter().filter_map(|id| team.engineers.get(id)).map(|engineer| plain(&engineer.name));
    accounts.chain(sight.selection.teams.iter().map(|name| plain(name))).chain(engineers).collect()
}

/// One feed: never where it is, nor what its server says.
fn feed(health: &FeedHealth, now: Timestamp, sight: &Sight<'_>) -> Feed {
    let age = |at: Timestamp| length(SignedDuration::from_mins(now.duration_since(at).as_mins().max(0)));
    let state = match (health.failing_since, health.standing()) {
        (Some(since), _) => format!("failing since {}", sight.span.clock(since)),
        (None, Some(hold)) => {
            format!("held back since {}: {} of {} events are missing", sight.span.clock(hold.since), hold.missing, hold.of)
        }
        (None, None) if health.fetched.is_none() => "never read so far".to_owned(),
        (None, None) => "read without trouble".to_owned(),
    };
    Feed {
        name: health.feed.to_string(),
        reads: Purpose::ALL
            .iter()
            .filter(|(_, purpose)| health.reads.contains(purpose))
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", "),
        age: health.fetched.map_or_else(|| "none".to_owned(), age),
        fetched: health.fetched.map(|at| at.to_string()),
        state,
        trouble: is_in_trouble(health),
    }
}

/// The outbox.
fn outbox(census: &Census, now: Timestamp) -> Outbox {
    let owed = census.owed_since.map(|since| length(SignedDuration::from_mins(now.duration_since(since).as_mins().max(0))));
    Outbox { queued: census.queued, sending: census.sending, refused: census.refused, owed }
}
