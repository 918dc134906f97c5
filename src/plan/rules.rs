//! The settings that decisions depend on, as the configuration means them. Holds values only.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::Time;

use super::notice::Kind;
use crate::people::{Contact, EngineerId};
use crate::schedule::Schedule;
use crate::working::WorkingTime;

/// What an administrator decided about timing and thresholds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `[schedule] settle`: how far into a stretch of work a letter waits.
    pub settle: SignedDuration,
    /// `[schedule] coverage`: when the coverage letter goes out; none for never.
    pub coverage: Option<Schedule>,
    /// `[briefing] leads`, in the order of the file; never empty.
    pub leads: Vec<WorkingTime>,
    /// `[briefing] min_uncovered`.
    pub min_uncovered: SignedDuration,
    /// `[briefing] min_writing`.
    pub min_writing: SignedDuration,
    /// `[briefing] last_call`.
    pub last_call: SignedDuration,
    /// `[briefing] aftercare`.
    pub aftercare: SignedDuration,
    /// `[briefing] every_occurrence`.
    pub every_occurrence: bool,
    /// `[briefing] last_resort`, else the admin: for tasks without an account.
    pub last_resort: Contact,
    /// `[leave] min_missed`.
    pub min_missed: SignedDuration,
    /// `[leave] before`; none for never.
    pub before_leave: Option<WorkingTime>,
    /// `[catch_up] overnight`.
    pub overnight: bool,
    /// `[catch_up] send_empty`.
    pub send_empty: bool,
    /// `[catch_up] valid_for`.
    pub valid_for: WorkingTime,
    /// What single engineers want otherwise.
    pub preferences: BTreeMap<EngineerId, Preferences>,
}

/// What one engineer wants otherwise than the rules for all have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Kinds of notices that they want to do without; never one that asks them.
    pub left_out: BTreeSet<Kind>,
    /// From which time of their day on digests come; none for their arrival.
    pub digest_hour: Option<Time>,
    /// Their own leads, in the order of the file; none for those of all.
    pub leads: Option<Vec<WorkingTime>>,
}

impl Rules {
    /// The leads of `engineer`.
    pub fn leads(&self, engineer: &EngineerId) -> &[WorkingTime] {
        let own = self.preferences.get(engineer).and_then(|own| own.leads.as_ref());
        own.unwrap_or(&self.leads)
    }

    /// Whether `engineer` wants no notices of that kind; a mailbox has no wishes.
    pub fn leaves_out(&self, engineer: Option<&EngineerId>, kind: Kind) -> bool {
        engineer.and_then(|engineer| self.preferences.get(engineer)).is_some_and(|own| own.left_out.contains(&kind))
    }

    /// From which time of their day on the digests of `engineer` come.
    pub fn digest_hour(&self, engineer: &EngineerId) -> Option<Time> {
        self.preferences.get(engineer).and_then(|own| own.digest_hour)
    }
}
