//! `/metrics`: the same facts as OpenMetrics text, as they are at the moment of the scrape. Labels are names of feeds, kinds
//! and states; nothing that a feed or a letter says stands here. Moments are told, and no ages: those grow by themselves.

use std::fmt;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use tokio::sync::watch::Receiver;

use crate::health::{Facts, FeedFacts, File};

/// How OpenMetrics text is called.
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All metrics.
pub(super) async fn page(State(facts): State<Receiver<Facts>>) -> Response {
    let facts = facts.borrow().clone();
    let mut registry = Registry::with_prefix("offwatch");
    registry.register_collector(Box::new(Scrape(facts)));
    let mut page = String::new();
    match text::encode(&mut page, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, KIND)], page).into_response(),
        Err(fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What is scraped.
#[derive(Debug)]
struct Scrape(Facts);

/// A page of metrics in the making.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    /// A number of now.
    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        ConstGauge::new(value).encode(metric)
    }

    /// Numbers of now, one a label; none where there is nothing to tell.
    fn gauges<'v>(&mut self, name: &str, help: &str, label: &str, values: impl Iterator<Item = (&'v str, Option<u64>)>) -> fmt::Result {
        let mut values = values.filter_map(|(of, value)| Some((of, value?))).peekable();
        if values.peek().is_none() {
            return Ok(());
        }
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (of, value) in values {
            ConstGauge::new(value).encode(metric.encode_family(&[(label, of)])?)?;
        }
        Ok(())
    }

    /// A moment, if there was one.
    fn moment(&mut self, name: &str, help: &str, at: Option<Timestamp>) -> fmt::Result {
        at.map_or(Ok(()), |at| self.gauge(name, help, seconds(at)))
    }

    /// A count since the start.
    fn counter(&mut self, name: &str, help: &str, count: u64) -> fmt::Result {
        let metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new(count).encode(metric)
    }

    /// Counts since the start, one a label.
    fn counters<'v>(&mut self, name: &str, help: &str, label: &str, counts: impl IntoIterator<Item = (&'v str, u64)>) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (of, count) in counts {
            ConstCounter::new(count).encode(metric.encode_family(&[(label, of)])?)?;
        }
        Ok(())
    }
}

/// A moment in unix seconds.
fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or_default()
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (mut page, facts) = (Page(encoder), &self.0);
        let mut build = page.0.encode_descriptor("build", "The program", None, MetricType::Info)?;
        build.encode_info(&[("version", env!("CARGO_PKG_VERSION"))])?;
        page.moment("start_timestamp_seconds", "When the daemon started", Some(facts.started))?;
        turns(&mut page, facts)?;
        letters(&mut page, facts)?;
        feeds(&mut page, &facts.feeds)?;
        settings(&mut page, facts)?;
        page.gauge("wanting_tasks", "Uncovered tasks ahead that want a briefing", facts.wanting)?;
        // A file is for one process, and this one runs.
        let alive = facts.replicas.as_ref().map_or(1, |all| all.iter().filter(|replica| replica.lives).count());
        page.gauge("replicas_alive", "Processes that take turns on the state", u64::try_from(alive).unwrap_or(u64::MAX))
    }
}

/// The loop and its turns.
fn turns(page: &mut Page<'_>, facts: &Facts) -> fmt::Result {
    let turns = &facts.turns;
    page.moment("last_look_timestamp_seconds", "When the loop came through last", facts.looked)?;
    page.moment("last_turn_timestamp_seconds", "When the last turn was finished", turns.last)?;
    let counts = [("finished", turns.finished), ("failed", turns.failed), ("overtaken", turns.overtaken)];
    page.counters("turns", "Turns; one that failed or was overtaken by another replica is made again", "outcome", counts)?;
    let mut lengths = page.0.encode_descriptor("turn_duration_seconds", "How long finished turns took", None, MetricType::Histogram)?;
    lengths.encode_histogram::<NoLabelSet>(turns.lengths.sum, turns.finished, &turns.lengths.buckets, None)?;
    page.gauge("store_failing", "Whether the state cannot be read or written", u64::from(facts.trouble.is_some()))?;
    page.counter("store_errors", "Looks that failed at the state", turns.failed)
}

/// The outbox, and mail.
fn letters(page: &mut Page<'_>, facts: &Facts) -> fmt::Result {
    let (census, post) = (&facts.census, &facts.post);
    let states = [("queued", Some(census.queued)), ("sending", Some(census.sending))];
    page.gauges("outbox_letters", "Letters that are not done", "state", states.into_iter())?;
    page.moment("oldest_due_letter_timestamp_seconds", "When the oldest letter that waits should have gone out", census.owed_since)?;
    let outcomes = [("accepted", post.accepted), ("refused", post.refused), ("unclear", post.unclear), ("halted", post.halted)];
    page.counters("sent_letters", "What attempts to send came to", "outcome", outcomes)?;
    page.counters("queued_notices", "Notices put into letters", "kind", post.queued.iter().map(|(kind, count)| (*kind, *count)))?;
    page.gauge("mail_halted", "Whether mail is halted", u64::from(post.halted_since.is_some()))
}

/// Feeds, one by one.
fn feeds(page: &mut Page<'_>, feeds: &[FeedFacts]) -> fmt::Result {
    let each = |value: fn(&FeedFacts) -> Option<u64>| feeds.iter().map(move |feed| (feed.feed.as_str(), value(feed)));
    let name = "feed_last_good_timestamp_seconds";
    page.gauges(name, "The last good fetch of the copy in force", "feed", each(|feed| feed.fetched.map(seconds)))?;
    page.gauges("feed_failing", "Whether the last fetch failed", "feed", each(|feed| Some(u64::from(feed.failing_since.is_some()))))?;
    page.gauges("feed_stale", "Whether the copy in force is older than it may be", "feed", each(|feed| Some(u64::from(feed.is_stale))))?;
    page.gauges("feed_held", "Whether a newer copy is held back", "feed", each(|feed| Some(u64::from(feed.held_since.is_some()))))
}

/// The configuration.
fn settings(page: &mut Page<'_>, facts: &Facts) -> fmt::Result {
    let settings = &facts.settings;
    page.counters("config_reloads", "New files", "outcome", [("taken", settings.taken), ("refused", settings.refused)])?;
    page.gauge("config_refused", "Whether the last new file was refused", u64::from(settings.refused_at.is_some()))?;
    page.gauge("config_differs", "Whether the file is another than the one in force", u64::from(settings.file != File::InForce))?;
    page.moment("config_in_force_timestamp_seconds", "Since when the settings in force are", Some(settings.since))
}
