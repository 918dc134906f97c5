//! The links of letters: which there are for whom, and the tokens in them; and the address of a calendar to subscribe to. A
//! link is worth what its token says, to whoever holds it, until it ends. Refuses to act: what a link does is done by whoever
//! serves its page.

#[cfg(test)]
mod tests;
pub mod token;

use jiff::Timestamp;

pub use token::{BadKeys, Keys, Purpose, Ticket};

use crate::people::EngineerId;
use crate::plan::Recipient;
use crate::plan::notice::Brief;

/// Below which path the pages of links stand.
pub const PATH: &str = "/l/";

/// Below which path calendars stand.
pub const CALENDARS: &str = "/c/";

/// What the name of a calendar ends with: some programs know it by that alone.
pub const ENDING: &str = ".ics";

/// What makes links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The keys.
    pub keys: Keys,
    /// Where the pages are reached from outside, without a slash at its end.
    pub url: String,
}

/// One link of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// What a button says.
    pub label: &'static str,
    /// Where it leads.
    pub url: String,
}

impl Signer {
    /// The address of a ticket's page.
    pub fn address(&self, ticket: &Ticket) -> Option<String> {
        Some(format!("{}{PATH}{}", self.url, self.keys.sign(ticket)?))
    }

    /// The address of the calendar of `engineer`, for them alone.
    pub fn calendar(&self, engineer: &EngineerId) -> Option<String> {
        Some(format!("{}{CALENDARS}{}{ENDING}", self.url, self.keys.sign(&Ticket::calendar(engineer.as_str()))?))
    }
}

/// What a button of that purpose says.
pub fn label(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Written => "Briefing written",
        Purpose::Waived => "Not needed",
        Purpose::Hand => "Hand to somebody else",
        Purpose::Snooze => "Remind me later",
        Purpose::Undo => "Undo",
        Purpose::Calendar => "Calendar",
    }
}

/// The links for `to` about the task of `brief`, in a letter written at `now`. Whoever is asked to write may also hand it on,
/// when the account has somebody else, or be reminded later, until their deadline. None once the task began.
pub fn for_task(signer: &Signer, brief: &Brief, to: &Recipient, now: Timestamp) -> Vec<Link> {
    let start = brief.window.start();
    let deadline = brief.deadline.filter(|_| brief.is_readers && to.engineer.is_some());
    let purposes = [
        (Purpose::Written, Some(start)),
        (Purpose::Waived, Some(start)),
        (Purpose::Hand, Some(start).filter(|_| brief.is_readers && to.engineer.is_some() && !brief.people.is_empty())),
        (Purpose::Snooze, deadline.map(|deadline| deadline.min(start))),
    ];
    let link = |(purpose, expires): (Purpose, Option<Timestamp>)| {
        let expires = expires.filter(|expires| now < *expires)?;
        let ticket = Ticket { purpose, subject: brief.task.to_string(), instant: start, person: to.person().to_owned(), expires };
        Some(Link { purpose, label: label(purpose), url: signer.address(&ticket)? })
    };
    purposes.into_iter().filter_map(link).collect()
}
