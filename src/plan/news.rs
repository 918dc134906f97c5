//! What is otherwise with a task than somebody has it in mind. Facts and a few words; who hears it is decided in `change`.

use crate::window::Window;

/// What is otherwise than somebody has it in mind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// When it was planned, when it was moved.
    pub window: Option<Window>,
    /// What it was called, when it was renamed.
    pub title: Option<String>,
    /// Its ticket, when that is another one now.
    pub ticket: Option<String>,
    /// Whether it belonged to another account.
    pub account: bool,
    /// Whether they were told that it needs nothing any more.
    pub again: bool,
    /// Who they are to it.
    pub reader: Reader,
}

/// Who somebody is to a task of which they hear news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reader {
    /// They were told of it.
    #[default]
    Told,
    /// They wrote its briefing.
    Wrote,
    /// They manage its account, and nobody can write a briefing any more: such news stands for an escalation.
    Manages,
    /// They are its last resort, and it is time for the last call: such news stands for it.
    LastResort,
}

impl Difference {
    /// Whether anything is otherwise.
    pub fn says(&self) -> bool {
        self.window.is_some() || self.title.is_some() || self.ticket.is_some() || self.account || self.again
    }

    /// In a few words.
    pub fn words(&self) -> String {
        let all = [
            (self.again, "it wants a briefing again"),
            (self.window.is_some(), "it was moved"),
            (self.title.is_some(), "it was renamed"),
            (self.account, "it went to another account"),
            (self.ticket.is_some(), "its ticket is another one"),
        ];
        let words: Vec<&str> = all.into_iter().filter(|(is, _)| *is).map(|(_, words)| words).collect();
        words.join(", ")
    }
}

/// Why a task needs nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fall {
    /// It is marked as cancelled.
    Cancelled,
    /// It vanished from its calendar.
    Gone,
    /// Somebody who knows the customer is there.
    Covered,
    /// It was moved to a time at which somebody who knows the customer is there.
    MovedIn {
        /// When it was planned.
        was: Window,
    },
    /// It belongs to another account now.
    Elsewhere,
    /// People had given its briefing to them, and took that back.
    TakenBack,
}

impl Fall {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Cancelled => "it was cancelled",
            Self::Gone => "it vanished from its calendar",
            Self::Covered => "somebody who knows the customer will be there",
            Self::MovedIn { .. } => "it was moved to when somebody who knows the customer is there",
            Self::Elsewhere => "it went to another account",
            Self::TakenBack => "people took back that they gave it to you",
        }
    }
}
