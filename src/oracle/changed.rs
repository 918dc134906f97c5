//! When a person has to hear that a task changed. Owns the second reading of what is news about a task that stands.

use super::TaskFact;
use super::briefing::{Difference, changed};
use super::history::State;
use super::knowledge::Knowledge;
use super::picture::{Person, Picture};

/// Whether a task that stands like that is news to somebody who believes `picture`.
pub(super) fn cause(knowledge: &Knowledge<'_>, person: &Person, picture: Picture<'_>, state: &State<'_>) -> Difference {
    let Some(task) = state.wanted() else { return Difference::No };
    match picture {
        Picture::Blank => Difference::No,
        Picture::Open => Difference::Maybe,
        Picture::Nothing => belongs(knowledge, person, task),
        Picture::Wanted(form) if form.account != task.account => belongs(knowledge, person, task),
        Picture::Wanted(form) => differs(form, task),
    }
}

/// Whether two forms of a task differ enough to be told.
pub(super) fn differs(old: &TaskFact, new: &TaskFact) -> Difference {
    // A link that was lost or found is no news.
    let link = old.ticket.is_some() && new.ticket.is_some() && old.ticket != new.ticket;
    changed(old, new).max(if link { Difference::Yes } else { Difference::No })
}

/// Whether somebody is one of the people of a task's account.
pub(super) fn belongs(knowledge: &Knowledge<'_>, person: &Person, task: &TaskFact) -> Difference {
    let Some(account) = knowledge.account(task) else { return Difference::Maybe };
    let mine = |id| person.id.as_ref() == Some(id);
    if account.engineers.iter().any(mine) || person.is_behind(knowledge, account) {
        return Difference::Yes;
    }
    let mut backups = account.backups.iter().filter(|backup| mine(&backup.engineer));
    // A backup for another time may count or not.
    match backups.next() {
        None => Difference::No,
        Some(backup) if backup.from.is_none() && backup.until.is_none() => Difference::Yes,
        Some(_) => Difference::Maybe,
    }
}
