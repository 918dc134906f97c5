//! What is known of a task's briefing: wanted, asked for, written, waived, stale. Reads answers and marks in events.
//! Asks nobody.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::case::Case;
use super::look::Look;
use super::notice::Briefing;
use super::past::Past;
use super::request::settled;
use super::series::Series;
use super::verdict::Why;
use crate::agenda::{Mark, history};
use crate::people::EngineerId;

/// What was said of a briefing, by somebody or in the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// When.
    pub(super) at: Timestamp,
    /// That none is needed, else that it is written.
    pub(super) waived: bool,
    /// By whom: a login name, an engineer's id; none for the event itself.
    pub(super) by: Option<String>,
}

/// The word that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// What was said.
    pub(super) word: Word,
    /// Whether the task has changed since, so that the briefing may not hold any more.
    pub(super) stale: bool,
}

impl Word {
    /// The engineer who said it.
    pub(super) fn author(&self, look: Look<'_>) -> Option<EngineerId> {
        let id: EngineerId = self.by.as_deref()?.parse().ok()?;
        look.scene.team.engineers.contains_key(&id).then_some(id)
    }
}

impl Case {
    /// What was said of this very task: by people, and by its own event since the fetch that first showed the mark.
    pub(super) fn own_words(&self, past: &Past) -> impl Iterator<Item = Word> {
        let answer = past.answers.get(&self.id).map(|answer| Word { at: answer.at, waived: answer.waived, by: Some(answer.by.clone()) });
        let mark = self.marked.map(|(mark, at)| Word { at, waived: mark == Mark::Waived, by: None });
        [answer, mark].into_iter().flatten()
    }

    /// The word that counts: the latest one that still holds, else the latest. One for any occurrence of a series serves
    /// all that are unchanged.
    pub(super) fn word(&self, look: Look<'_>) -> Option<Standing> {
        let mut words: Vec<Standing> = match self.series.and_then(|place| look.series.get(place)) {
            Some(series) => {
                let stale = |word: &Word| !word.waived && self.differs_since(word.at, look);
                series.words().iter().map(|word| Standing { word: word.clone(), stale: stale(word) }).collect()
            }
            None => self.own_words(look.past).map(|word| Standing { stale: self.is_stale(&word, look), word }).collect(),
        };
        words.sort_by_key(|standing| (!standing.stale, standing.word.at));
        words.pop()
    }

    /// Whether a briefing written then is stale: the task's form differs, or it became uncovered since.
    fn is_stale(&self, word: &Word, look: Look<'_>) -> bool {
        let uncovered = || look.uncovered_since(self).is_some_and(|at| at > word.at);
        !word.waived && (self.differs_since(word.at, look) || uncovered())
    }

    /// Whether its form now is another one than at `instant`.
    fn differs_since(&self, instant: Timestamp, look: Look<'_>) -> bool {
        let sighting = look.scene.history.get(&self.id);
        sighting.is_some_and(|sighting| history::differs(sighting.form_at(instant), &sighting.thing))
    }

    /// What is known of its briefing.
    pub(super) fn briefing(&self, look: Look<'_>) -> Briefing {
        match settled(self, look) {
            Some(Why::Written) => Briefing::Written,
            Some(Why::Waived) => Briefing::Waived,
            Some(Why::Covered) => Briefing::NotNeeded,
            Some(Why::Begun) if !self.uncovered => Briefing::NotNeeded,
            Some(Why::Begun) => self.answered(look).unwrap_or(Briefing::TooLate),
            _ if self.word(look).is_some() => Briefing::Stale,
            _ if self.was_asked(look) => Briefing::Asked,
            _ => Briefing::Wanted,
        }
    }

    /// What people or the event said of the briefing, if it held until the end.
    fn answered(&self, look: Look<'_>) -> Option<Briefing> {
        let standing = self.word(look).filter(|standing| !standing.stale)?;
        Some(if standing.word.waived { Briefing::Waived } else { Briefing::Written })
    }

    /// Whether anybody was asked for it, or for another occurrence in its place.
    fn was_asked(&self, look: Look<'_>) -> bool {
        self.siblings(look).into_iter().any(|id| look.past.was_asked(None, id))
    }

    /// The task and all that one briefing serves together with it.
    pub(super) fn siblings<'a>(&'a self, look: Look<'a>) -> BTreeSet<&'a crate::agenda::TaskId> {
        let series = self.series.and_then(|place| look.series.get(place));
        series.into_iter().flat_map(Series::all).chain([&self.id]).collect()
    }
}
