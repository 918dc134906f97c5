//! The board: pages for a team that read themselves at a glance. Values in, pages out; shows what was decided elsewhere, changes
//! nothing, and says of nobody why they are away. Knows no server: whoever serves pages asks [`answer`].

mod account;
mod address;
mod drawing;
mod engineer;
mod index;
mod lane;
mod line;
mod object;
mod sight;
mod span;
mod tag;
mod task;
mod templates;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use address::{BadAddress, Links, Selection, Which, served};
pub use object::object;

use crate::explain::Ground;
use crate::outbox::{Census, Waiting};
use crate::page::Page;
use crate::plan::{Desk, FeedHealth, Outside, Past};
use sight::Sight;
use templates::BOOK;

/// Everything that pages are drawn from.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What is known of tasks, people and feeds, and the present.
    pub ground: Ground,
    /// How the outbox stands.
    pub census: Census,
}

impl Facts {
    /// Gathers facts at `now` from what a turn works with. `letters` are those of the outbox by each key they say; none when
    /// nobody looked, and then pages do not say what became of a letter.
    pub fn gather(
        mut desk: Desk,
        past: Past,
        feeds: Vec<FeedHealth>,
        (census, letters): (Census, Option<BTreeMap<String, Waiting>>),
        now: Timestamp,
    ) -> Self {
        let outside = Outside { feeds, refused: Vec::new() };
        desk.touch_all();
        let hold = desk.decide(&past, &outside, now).hold;
        Self { ground: Ground { now, played: None, desk, past, outside, hold, outbox: letters }, census }
    }
}

/// What is answered to a request for `path` (`/board`, `/board/task/ID`, `/board/engineer/ID`, `/board/account/ID`) with
/// `query` (`account=ID`, `team=NAME`, `engineer=ID`, as many as you like); none when there is no such page. It goes out as
/// `text/html; charset=utf-8` under [`policy`](crate::page::policy) without forms.
pub fn answer(path: &str, query: &str, facts: &Facts) -> Option<Page> {
    let selection = Selection::of(query)?;
    page(&served(path)?, &selection, Links::Served, facts)
}

/// One page, with links as `links` has them; none when what it is about is not in sight.
pub fn page(which: &Which, selection: &Selection, links: Links, facts: &Facts) -> Option<Page> {
    let sight = Sight::of(facts, which, selection, links)?;
    let book = &*BOOK;
    Some(match which {
        Which::Index => book.page("index.html", &index::view(&sight)),
        Which::Task(id) => book.page("task.html", &task::view(&sight, id)?),
        Which::Engineer(id) => book.page("engineer.html", &engineer::view(&sight, id)?),
        Which::Account(id) => book.page("account.html", &account::view(&sight, id)?),
    })
}

/// Every page that the pages link to.
pub fn all(facts: &Facts) -> Vec<Which> {
    let (ground, span) = (&facts.ground, span::Span::of(&facts.ground));
    let team = ground.team();
    let engineers = team.engineers.keys().cloned().map(Which::Engineer);
    let accounts = team.accounts.iter().map(|account| Which::Account(account.id.clone()));
    let tasks = ground.desk.cases().filter(|case| span.is_shown(case)).map(|case| Which::Task(case.id.clone()));
    std::iter::once(Which::Index).chain(engineers).chain(accounts).chain(tasks).collect()
}
