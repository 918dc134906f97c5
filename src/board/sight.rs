//! What one page looks at: the facts, the two weeks, the tasks at risk, and of whom the board is to speak.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::Facts;
use super::address::{Links, Selection, Which};
use super::span::Span;
use super::tag::{self, Tag};
use crate::agenda::TaskId;
use crate::explain::Ground;
use crate::explain::moment::clock;
use crate::people::{Account, Engineer, EngineerId, steers};
use crate::plan::Case;
use crate::plan::explain::{AskedFor, Danger};

/// Something with a page of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Named {
    /// What it is called.
    pub(super) name: String,
    /// Where its page is.
    pub(super) href: String,
}

/// What every page has at its top.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Frame {
    /// Where the board is; none on the board itself.
    home: Option<String>,
    /// The instant of the page.
    now: String,
    /// The same with what it rests on.
    as_of: String,
    /// Whose clock it is.
    zone: String,
}

/// What a page looks at.
pub(super) struct Sight<'a> {
    /// What is known.
    pub(super) facts: &'a Facts,
    /// The page.
    pub(super) which: &'a Which,
    /// Of whom it is to speak.
    pub(super) selection: &'a Selection,
    /// The engineers selected, by their ids or by their teams; all when there are none.
    chosen: BTreeSet<&'a EngineerId>,
    /// Where links lead.
    pub(super) links: Links,
    /// The two weeks.
    pub(super) span: Span,
    /// What is at risk in them, or on the page of one thing at any time.
    risks: BTreeMap<TaskId, Danger>,
    /// What everybody is to write, by start.
    pub(super) asked: BTreeMap<EngineerId, Vec<AskedFor>>,
}

impl<'a> Sight<'a> {
    /// Looks; none when somebody is selected whom nobody knows.
    pub(super) fn of(facts: &'a Facts, which: &'a Which, selection: &'a Selection, links: Links) -> Option<Self> {
        let (ground, span) = (&facts.ground, Span::of(&facts.ground));
        let (team, teams) = (ground.team(), ground.team().teams());
        let is_known = selection.engineers.iter().all(|id| team.engineers.contains_key(id))
            && selection.teams.iter().all(|name| teams.contains(name.as_str()))
            && selection.accounts.iter().all(|id| team.account(id).is_some());
        if !is_known {
            return None;
        }
        let of_teams = team.engineers.values().filter(|own| own.team.as_ref().is_some_and(|name| selection.teams.contains(name)));
        let chosen = selection.engineers.iter().chain(of_teams.map(|own| &own.id)).collect();
        let until = if *which == Which::Index { span.end() } else { Timestamp::MAX };
        let risks = ground.desk.risks(&ground.past, &ground.outside, ground.now, until);
        let risks = risks.into_iter().map(|risk| (risk.task, risk.danger)).collect();
        let asked = ground.desk.asked(&ground.past, &ground.outside, ground.now);
        Some(Self { facts, which, selection, chosen, links, span, risks, asked })
    }

    /// What is known.
    pub(super) fn ground(&self) -> &'a Ground {
        &self.facts.ground
    }

    /// The top of the page.
    pub(super) fn frame(&self) -> Frame {
        let ground = self.ground();
        let home = (*self.which != Which::Index).then(|| self.links.link(self.which, &Which::Index));
        let zone = ground.zone();
        Frame { home, now: clock(ground.now, zone), as_of: ground.as_of(zone), zone: zone.name().to_owned() }
    }

    /// What endangers a task.
    pub(super) fn danger(&self, case: &Case) -> Option<&Danger> {
        self.risks.get(&case.id)
    }

    /// How a task stands.
    pub(super) fn tag(&self, case: &Case) -> Tag {
        if self.danger(case).is_some() {
            return tag::RISK;
        }
        let ground = self.ground();
        tag::of(ground.desk.briefing(case, &ground.past, ground.now))
    }

    /// Whether the board is to speak of a task.
    pub(super) fn concerns(&self, case: &Case) -> bool {
        let accounts = &self.selection.accounts;
        let of_account = accounts.is_empty() || case.task.account.as_ref().is_some_and(|account| accounts.contains(account));
        of_account && (self.chosen.is_empty() || case.chain.iter().any(|link| self.chosen.contains(&link.engineer)))
    }

    /// The engineers of whom the board is to speak: those selected, of them those of the accounts selected.
    pub(super) fn engineers(&self) -> Vec<&'a Engineer> {
        let (accounts, ground) = (&self.selection.accounts, self.ground());
        let of = |account: &Account, id: &EngineerId| {
            account.engineers.contains(id) || account.backups.iter().any(|backup| backup.engineer == *id)
        };
        let knows = |id: &EngineerId| ground.team().accounts.iter().any(|account| accounts.contains(&account.id) && of(account, id));
        let wanted = |engineer: &&Engineer| {
            (self.chosen.is_empty() || self.chosen.contains(&engineer.id)) && (accounts.is_empty() || knows(&engineer.id))
        };
        ground.team().engineers.values().filter(wanted).collect()
    }

    /// A task's page.
    pub(super) fn task(&self, case: &Case) -> Named {
        let title = if case.task.title.trim().is_empty() { "(no title)" } else { &case.task.title };
        Named { name: plain(title), href: self.links.link(self.which, &Which::Task(case.id.clone())) }
    }

    /// An engineer's page; none of an id that nobody has.
    pub(super) fn engineer(&self, id: &EngineerId) -> Option<Named> {
        let engineer = self.ground().team().engineers.get(id)?;
        Some(Named { name: plain(&engineer.name), href: self.links.link(self.which, &Which::Engineer(id.clone())) })
    }

    /// An account's page.
    pub(super) fn account(&self, account: &Account) -> Named {
        Named { name: plain(&account.name), href: self.links.link(self.which, &Which::Account(account.id.clone())) }
    }

    /// The tasks of which the board still speaks, by start.
    pub(super) fn shown(&self) -> Vec<&'a Case> {
        let shown = |case: &&Case| case.stands && self.span.is_shown(case) && self.concerns(case);
        let mut cases: Vec<&Case> = self.ground().desk.cases().filter(shown).collect();
        cases.sort_by_key(|case| (case.start(), &case.id));
        cases
    }

    /// Tasks of the two weeks, by each engineer who covers their account.
    pub(super) fn by_engineer(&self, cases: &[&'a Case]) -> BTreeMap<EngineerId, Vec<&'a Case>> {
        let mut all: BTreeMap<EngineerId, Vec<&Case>> = BTreeMap::new();
        for case in cases.iter().filter(|case| case.start() < self.span.end()) {
            for id in case.account.iter().flat_map(|account| &account.engineers) {
                all.entry(id.clone()).or_default().push(case);
            }
        }
        all
    }
}

/// A text without signs that steer: none of them may turn what stands beside it around.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|sign| !steers(*sign)).collect()
}
