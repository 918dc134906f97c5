//! How a task stands, as a sign, a word and a class: never by colour alone.

use serde::Serialize;

use crate::plan::notice::Briefing;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Tag {
    /// A sign that fits into a drawing.
    pub(super) sign: &'static str,
    /// In a word or two.
    pub(super) word: &'static str,
    /// The class by which it is coloured.
    pub(super) class: &'static str,
}

/// In danger of having no briefing.
pub(super) const RISK: Tag = Tag { sign: "!", word: "at risk", class: "risk" };

/// What the signs mean, in the order of the legend.
pub(super) const ALL: [Tag; 7] = [
    RISK,
    of(Briefing::Wanted),
    of(Briefing::Asked),
    of(Briefing::Stale),
    of(Briefing::Written),
    of(Briefing::Waived),
    of(Briefing::TooLate),
];

/// How a briefing stands.
pub(super) const fn of(briefing: Briefing) -> Tag {
    let (sign, word, class) = match briefing {
        Briefing::Wanted => ("W", "wanted", "open"),
        Briefing::Asked => ("A", "asked for", "open"),
        Briefing::Stale => ("S", "stale", "open"),
        Briefing::Written => ("✓", "written", "done"),
        Briefing::Waived => ("–", "waived", "done"),
        Briefing::TooLate => ("×", "too late", "risk"),
        Briefing::NotNeeded => ("", "not needed", "none"),
    };
    Tag { sign, word, class }
}
