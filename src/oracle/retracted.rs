//! When a person has to hear that nothing is needed any more. Owns the second reading of what takes a task back.

use super::briefing::Difference;
use super::changed::belongs;
use super::history::State;
use super::knowledge::Knowledge;
use super::picture::{Person, Picture};

/// Whether a task that stands like that, or not at all, is no longer what somebody with that `picture` believes.
pub(super) fn cause(knowledge: &Knowledge<'_>, person: &Person, picture: Picture<'_>, state: &State<'_>) -> Difference {
    let form = match picture {
        Picture::Blank | Picture::Nothing => return Difference::No,
        Picture::Open => return Difference::Maybe,
        Picture::Wanted(form) => form,
    };
    match (state.wanted(), state.fact) {
        (Some(task), _) if task.account == form.account => Difference::No,
        (Some(task), _) => match belongs(knowledge, person, task) {
            Difference::No => Difference::Yes,
            Difference::Maybe => Difference::Maybe,
            Difference::Yes => Difference::No,
        },
        // What is nobody's is neither covered nor another's.
        (None, Some(task)) if task.account.is_none() && !task.cancelled => Difference::Maybe,
        (None, _) => Difference::Yes,
    }
}
