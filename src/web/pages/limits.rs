//! How often pages may be asked for: within a minute in all, with one token, and with tokens that are none. Forgets after that
//! minute, and never holds more than it allows.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often in all, with good tokens.
const ALL: u32 = 600;

/// How often with one token.
const EACH: u32 = 30;

/// How often with what is none. Apart from the others: who guesses keeps nobody from their links.
const STRANGE: u32 = 120;

/// What was asked for in the minute that runs.
#[derive(Debug, Default)]
struct Minute {
    /// Which minute.
    number: u64,
    /// With each good token.
    each: BTreeMap<String, u32>,
    /// With all of them.
    all: u32,
    /// With what was none.
    strange: u32,
}

/// The count of what was asked for.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<Minute>);

impl Limits {
    /// Counts a request with a good token, or with what is none; whether it may be answered. `uptime` says which minute it is.
    pub(super) fn allow(&self, token: Option<&str>, uptime: Duration) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = uptime.as_secs() / 60;
        if minute.number != number {
            *minute = Minute { number, ..Minute::default() };
        }
        let Some(token) = token else {
            minute.strange = minute.strange.saturating_add(1);
            return minute.strange <= STRANGE;
        };
        minute.all = minute.all.saturating_add(1);
        if minute.all > ALL {
            return false;
        }
        let each = minute.each.entry(token.to_owned()).or_default();
        *each = each.saturating_add(1);
        *each <= EACH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of 1000 requests are allowed in the minute.
    fn allowed(limits: &Limits, minute: u64, token: impl Fn(u32) -> Option<String>) -> usize {
        (0..1000).filter(|number| limits.allow(token(*number).as_deref(), Duration::from_secs(minute * 60 + 7))).count()
    }

    #[test]
    fn a_minute_allows_so_many_requests_in_all_and_with_one_token() {
        let limits = Limits::default();
        assert_eq!(allowed(&limits, 5, |_| Some("one".to_owned())), 30);
        assert_eq!(allowed(&limits, 6, |number| Some(number.to_string())), 600);
        assert_eq!(allowed(&limits, 7, |_| Some("one".to_owned())), 30, "another minute");
    }

    #[test]
    fn who_guesses_keeps_nobody_from_their_links() {
        let limits = Limits::default();
        assert_eq!(allowed(&limits, 5, |_| None), 120);
        assert!(limits.allow(Some("good"), Duration::from_secs(5 * 60 + 8)));
    }
}
