//! The first promise: nobody hears anything outside their availability, nor before they have settled in.
//! Mailboxes have no hours, and the last resort may be told at any hour.

use super::knowledge::Knowledge;
use super::{Broken, Heard};
use crate::people::EngineerId;

/// The rule's name.
pub(super) const RULE: &str = "never on leave";

/// Every letter to an engineer that came at a wrong time.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    heard.iter().filter_map(|notice| disturbed(knowledge, notice)).collect()
}

/// Why this notice should not have gone out when it did.
fn disturbed(knowledge: &Knowledge<'_>, notice: &Heard) -> Option<Broken> {
    let id: EngineerId = notice.engineer.as_ref().filter(|_| !notice.is_last_call())?.parse().ok()?;
    let broken = |what: String| Some(Broken { at: notice.at, rule: RULE, what });
    let Some(presence) = knowledge.presence(&id, notice.at) else {
        return broken(format!("`{}` went to `{id}`, of whom nothing is known", notice.key));
    };
    if !knowledge.is_address_of(notice, &id) {
        return broken(format!("`{}` for `{id}` went to {}", notice.key, notice.to));
    }
    if presence.reachable(notice.at) {
        return None;
    }
    let next = presence.arrive(notice.at).map_or("never".to_owned(), |instant| instant.to_string());
    broken(format!("`{}` reached `{id}` outside their availability, or before they settled in; right was {next}", notice.key))
}
