//! Everything that can happen to a world while it is played, by name. Does none of it.

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Something enters its feed late.
    Late,
    /// A task moves by hours or days.
    Moved,
    /// A task is brought forward to the next day or so.
    Forward,
    /// A task moves by minutes.
    Nudged,
    /// A task is cancelled.
    Cancelled,
    /// A cancelled task stands again.
    Restored,
    /// A task vanishes.
    Vanished,
    /// A task that vanished is there again.
    Returned,
    /// A task gets another title.
    Renamed,
    /// A task gets another ticket.
    Ticket,
    /// A task goes to another account.
    Reassigned,
    /// A task goes on under another UID.
    Recreated,
    /// One occurrence of a series is moved or renamed.
    Overridden,
    /// A series gets another rule.
    Rule,
    /// An event says that the briefing is written or waived.
    Mark,
    /// Somebody answers.
    Answer,
    /// Leave becomes longer.
    Extended,
    /// Leave becomes shorter.
    Shortened,
    /// Leave is interrupted.
    Split,
    /// Leave is withdrawn.
    Withdrawn,
    /// Leave is entered again under another UID.
    Replaced,
    /// Leave is changed when it is over.
    Belated,
    /// Fetches fail.
    Failure,
    /// A feed shows less than there is.
    Loss,
}

impl Change {
    /// All of them.
    pub(super) const ALL: [Self; 24] = [
        Self::Late,
        Self::Moved,
        Self::Forward,
        Self::Nudged,
        Self::Cancelled,
        Self::Restored,
        Self::Vanished,
        Self::Returned,
        Self::Renamed,
        Self::Ticket,
        Self::Reassigned,
        Self::Recreated,
        Self::Overridden,
        Self::Rule,
        Self::Mark,
        Self::Answer,
        Self::Extended,
        Self::Shortened,
        Self::Split,
        Self::Withdrawn,
        Self::Replaced,
        Self::Belated,
        Self::Failure,
        Self::Loss,
    ];

    /// Its name in figures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Late => "entered late",
            Self::Moved => "moved",
            Self::Forward => "brought forward",
            Self::Nudged => "nudged",
            Self::Cancelled => "cancelled",
            Self::Restored => "restored",
            Self::Vanished => "vanished",
            Self::Returned => "returned",
            Self::Renamed => "renamed",
            Self::Ticket => "ticket changed",
            Self::Reassigned => "reassigned",
            Self::Recreated => "re-created",
            Self::Overridden => "overridden",
            Self::Rule => "rule changed",
            Self::Mark => "marked",
            Self::Answer => "answered",
            Self::Extended => "leave extended",
            Self::Shortened => "leave shortened",
            Self::Split => "leave split",
            Self::Withdrawn => "leave withdrawn",
            Self::Replaced => "leave replaced",
            Self::Belated => "leave edited after",
            Self::Failure => "feed failed",
            Self::Loss => "feed lost events",
        }
    }
}
