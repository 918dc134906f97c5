//! The calendar of one engineer, for whoever hands it out: a command now, a server of pages as well.

use jiff::Timestamp;

use super::Cycle;
use super::post::post;
use crate::mail;
use crate::people::EngineerId;

impl Cycle {
    /// The calendar that `engineer` subscribes to, as the last look at the feeds has it; none before one, and for nobody.
    pub fn calendar(&self, engineer: &EngineerId, now: Timestamp) -> Option<String> {
        let desk = self.desk.as_deref()?;
        let planned = desk.planned(engineer, &self.past, &self.outside(), now);
        Some(mail::subscription(&desk.recipient(engineer)?, &planned, &post(&self.config)))
    }
}
