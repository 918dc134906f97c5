//! What others are let see of the turns: the calendar of one engineer, and what the last turn worked with.

use jiff::Timestamp;

use super::Cycle;
use super::post::post;
use crate::mail;
use crate::people::EngineerId;
use crate::plan::{Desk, FeedHealth, Past};

impl Cycle {
    /// The calendar that `engineer` subscribes to, as the last look at the feeds has it; none before one, and for nobody.
    pub fn calendar(&self, engineer: &EngineerId, now: Timestamp) -> Option<String> {
        let desk = self.desk.as_deref()?;
        let planned = desk.planned(engineer, &self.past, &self.outside(), now);
        Some(mail::subscription(&desk.recipient(engineer)?, &planned, &post(&self.config)))
    }

    /// What the last turn worked with; none when the next one is to lay it out anew.
    pub fn laid_out(&self) -> Option<(&Desk, &Past, Vec<FeedHealth>)> {
        Some((self.desk.as_deref()?, &self.past, self.inputs.health()))
    }
}
