//! The page of an account: who looks after it, its tasks to come, and its people's two weeks with these tasks alone.

use serde::Serialize;

use super::lane::{Lane, lane};
use super::line::{Line, line};
use super::sight::{Frame, Named, Sight, plain};
use crate::people::{Account, AccountId, Contact, EngineerId};
use crate::plan::Case;

/// An account.
#[derive(Clone, Debug, Serialize)]
pub(super) struct View {
    /// The top of the page.
    frame: Frame,
    /// Its id.
    id: String,
    /// What it is called.
    name: String,
    /// Its zone.
    zone: Option<String>,
    /// Where its notes stand.
    notes: Option<String>,
    /// Who has to do with it.
    people: Vec<Person>,
    /// Its tasks that are not over, by start.
    tasks: Vec<Line>,
    /// The two weeks of its engineers and backups.
    lanes: Vec<Lane>,
}

/// Somebody who has to do with an account.
#[derive(Clone, Debug, Serialize)]
struct Person {
    /// As what.
    role: &'static str,
    /// Their page; none of a mailbox.
    engineer: Option<Named>,
    /// What they are called, else.
    name: String,
}

/// The page of an account; none of one that nobody knows.
pub(super) fn view(sight: &Sight<'_>, id: &AccountId) -> Option<View> {
    let ground = sight.ground();
    let account = ground.team().account(id)?;
    let own: Vec<&Case> = sight.shown().into_iter().filter(|case| case.task.account.as_ref() == Some(id)).collect();
    let near: Vec<&Case> = own.iter().filter(|case| case.start() < sight.span.end()).copied().collect();
    let lane = |id: &EngineerId| {
        let tasks = if account.engineers.contains(id) { near.as_slice() } else { &[] };
        lane(sight, ground.team().engineers.get(id)?, tasks)
    };
    Some(View {
        frame: sight.frame(),
        id: id.to_string(),
        name: plain(&account.name),
        zone: account.zone.as_ref().map(|zone| zone.name().to_owned()),
        notes: account.notes.as_deref().filter(|notes| notes.starts_with("https://") || notes.starts_with("http://")).map(plain),
        people: people(sight, account),
        tasks: own.iter().filter(|case| case.watch.end() > ground.now).map(|case| line(sight, case)).collect(),
        lanes: engineers(account).into_iter().filter_map(lane).collect(),
    })
}

/// Its engineers and backups, each once.
fn engineers(account: &Account) -> Vec<&EngineerId> {
    let mut engineers: Vec<&EngineerId> = Vec::new();
    for id in account.engineers.iter().chain(account.backups.iter().map(|backup| &backup.engineer)) {
        if !engineers.contains(&id) {
            engineers.push(id);
        }
    }
    engineers
}

/// Who has to do with it, in the order in which they are asked and told.
fn people(sight: &Sight<'_>, account: &Account) -> Vec<Person> {
    let engineer = |role, id: &EngineerId| Person { role, engineer: sight.engineer(id), name: id.to_string() };
    let contact = |role, contact: &Contact| match contact {
        Contact::Engineer(id) => engineer(role, id),
        Contact::Mailbox(address) => Person { role, engineer: None, name: address.to_string() },
    };
    let own = account.engineers.iter().enumerate().map(|(place, id)| engineer(if place == 0 { "owner" } else { "engineer" }, id));
    let backups = account.backups.iter().map(|backup| engineer("backup", &backup.engineer));
    let manager = account.manager.iter().map(|manager| contact("manager", manager));
    own.chain(backups).chain(manager).chain([contact("last resort", &account.last_resort)]).collect()
}
