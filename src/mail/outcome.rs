//! What other people said of briefings that the reader has to do with, at the end of whatever letter they get next.

use super::brief;
use super::page::Page;
use super::time::Times;
use crate::plan::notice::{Notice, Recipient};

/// A line for each task; nothing when nobody said anything.
pub(super) fn section(page: &mut Page, notices: &[&Notice], times: impl Fn(&Recipient) -> Times<'_>) {
    let told: Vec<_> = notices.iter().flat_map(|notice| notice.outcomes.iter().map(move |brief| (&notice.to, brief))).collect();
    if told.is_empty() {
        return;
    }
    page.heading("Said meanwhile", "=");
    for (to, brief) in told {
        let times = times(to);
        let when = if brief.date_only { times.dates(brief) } else { times.moment(brief.window.start()) };
        page.item("- ", &format!("{} ({when}): {}", brief::label(brief), brief::said(brief, &times).join("; ")));
    }
}
