//! Who has to do with which account, ready to be asked by engineer: what concerns one engineer concerns few accounts.
//! Made once per configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::people::{Account, AccountId, Contact, EngineerId, Team};

/// Accounts by id and by engineer.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// Accounts by id.
    accounts: BTreeMap<AccountId, Arc<Account>>,
    /// The accounts that name an engineer among their engineers, in the order of the configuration.
    own: BTreeMap<EngineerId, Vec<Arc<Account>>>,
    /// The accounts that name an engineer at all.
    named: BTreeMap<EngineerId, BTreeSet<AccountId>>,
}

impl Roster {
    /// The accounts of `team`.
    pub fn new(team: &Team) -> Self {
        let mut roster = Self::default();
        for account in &team.accounts {
            let shared = Arc::new(account.clone());
            for engineer in account.engineers.iter().collect::<BTreeSet<_>>() {
                roster.own.entry(engineer.clone()).or_default().push(Arc::clone(&shared));
            }
            let contacts = account.manager.iter().chain([&account.last_resort]).filter_map(|contact| match contact {
                Contact::Engineer(id) => Some(id),
                Contact::Mailbox(_) => None,
            });
            let people = account.engineers.iter().chain(account.backups.iter().map(|backup| &backup.engineer)).chain(contacts);
            for engineer in people {
                roster.named.entry(engineer.clone()).or_default().insert(account.id.clone());
            }
            roster.accounts.insert(account.id.clone(), shared);
        }
        roster
    }

    /// The account of that id.
    pub(super) fn account(&self, id: &AccountId) -> Option<&Arc<Account>> {
        self.accounts.get(id)
    }

    /// The accounts whose engineers name `engineer`: "their accounts".
    pub(super) fn own(&self, engineer: &EngineerId) -> &[Arc<Account>] {
        self.own.get(engineer).map_or(&[], Vec::as_slice)
    }

    /// The accounts that name `engineer` in any place.
    pub(super) fn named(&self, engineer: &EngineerId) -> impl Iterator<Item = &AccountId> {
        self.named.get(engineer).into_iter().flatten()
    }
}
