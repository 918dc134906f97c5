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

pub use address::{BadAddress, Links, Selection, Which};
pub use object::object;
pub use templates::{POLICY, STYLE};

use crate::explain::Ground;
use crate::outbox::{Census, Waiting};
use crate::plan::{Desk, FeedHealth, Outside, Past};
use sight::Sight;

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
        desk: &Desk,
        past: &Past,
        feeds: Vec<FeedHealth>,
        (census, letters): (Census, Option<BTreeMap<String, Waiting>>),
        now: Timestamp,
    ) -> Self {
        let (mut desk, past, outside) = (desk.clone(), past.clone(), Outside { feeds, refused: Vec::new() });
        desk.touch_all();
        let hold = desk.decide(&past, &outside, now).hold;
        Self { ground: Ground { now, played: None, desk, past, outside, hold, outbox: letters }, census }
    }
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The whole document.
    pub html: String,
    /// What is wrong with the templates, if they could not be filled; then the document only says that much.
    pub fault: Option<String>,
}

/// What is answered to a request for `path` (`/board`, `/board/task/ID`, `/board/engineer/ID`, `/board/account/ID`) with
/// `query` (`account=ID`, `engineer=ID`, as many as you like); none when there is no such page. It goes out as
/// `text/html; charset=utf-8` under [`POLICY`].
pub fn answer(path: &str, query: &str, facts: &Facts) -> Option<Page> {
    let selection = Selection::of(query)?;
    page(&address::served(path)?, &selection, Links::Served, facts)
}

/// One page, with links as `links` has them; none when what it is about is not in sight.
pub fn page(which: &Which, selection: &Selection, links: Links, facts: &Facts) -> Option<Page> {
    let sight = Sight::of(facts, which, selection, links)?;
    let drawn = match which {
        Which::Index => templates::draw("index.html", &index::view(&sight)),
        Which::Task(id) => templates::draw("task.html", &task::view(&sight, id)?),
        Which::Engineer(id) => templates::draw("engineer.html", &engineer::view(&sight, id)?),
        Which::Account(id) => templates::draw("account.html", &account::view(&sight, id)?),
    };
    Some(match drawn {
        Ok(html) => Page { html, fault: None },
        Err(fault) => Page { html: templates::BROKEN.to_owned(), fault: Some(format!("{fault:#}")) },
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
