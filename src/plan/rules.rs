//! The settings that decisions depend on, as the configuration means them. Holds values only.

use jiff::SignedDuration;

use crate::people::Contact;
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
}
