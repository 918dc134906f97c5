//! What a notice means: its kind, and the key under which it is said once, ever.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::people::BadName;

/// The kinds of notices, by the names of the JSON contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The owner is asked for a briefing.
    BriefingRequest,
    /// Somebody else is told of a task whose owner cannot write any more.
    Escalation,
    /// A task that somebody was told of has changed.
    TaskChanged,
    /// A task that somebody was told of needs nothing any more.
    Retraction,
    /// What wants a briefing in a coming leave.
    BeforeLeave,
    /// What happened while somebody was away.
    CatchUp,
    /// A feed or a letter is in trouble, or out of it.
    FeedAlert,
    /// The regular report to the admin.
    Coverage,
}

impl Kind {
    /// All of them with their names.
    const NAMES: [(Self, &'static str); 8] = [
        (Self::BriefingRequest, "briefing-request"),
        (Self::Escalation, "escalation"),
        (Self::TaskChanged, "task-changed"),
        (Self::Retraction, "retraction"),
        (Self::BeforeLeave, "before-leave"),
        (Self::CatchUp, "catch-up"),
        (Self::FeedAlert, "feed-alert"),
        (Self::Coverage, "coverage"),
    ];

    /// Every kind there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAMES.into_iter().map(|(kind, _)| kind)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for Kind {
    type Err = BadName;

    fn from_str(name: &str) -> Result<Self, BadName> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind);
        let reason = "there is no such kind of notice";
        found.ok_or_else(|| BadName { name: name.escape_debug().to_string(), what: "kind", reason })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What a notice means: `kind/person/subject/start/stage/round`, spaces in the stage as dashes. Said once, ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The key of those parts. `person` is an id or an address, `subject` a task id, a feed or empty.
    pub fn new(kind: Kind, person: &str, subject: &str, start: Option<Timestamp>, stage: &str, round: u32) -> Self {
        let start = start.map(|start| start.to_string()).unwrap_or_default();
        Self(format!("{kind}/{person}/{subject}/{start}/{}/{round}", stage.replace(' ', "-")))
    }

    /// The task or feed it is about; none when it names none.
    pub fn subject(&self) -> Option<&str> {
        self.0.split('/').nth(2).filter(|subject| !subject.is_empty())
    }

    /// The start that it names.
    pub fn start(&self) -> Option<Timestamp> {
        self.0.split('/').nth(3).and_then(|start| start.parse().ok())
    }

    /// A key that was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gives_back_what_it_names() {
        let start: Timestamp = "2030-05-11T10:00:00Z".parse().unwrap();
        let key = Key::new(Kind::BriefingRequest, "ada", "t1", Some(start), "3 working days", 2);
        assert_eq!(key.as_str(), "briefing-request/ada/t1/2030-05-11T10:00:00Z/3-working-days/2");
        assert_eq!((key.subject(), key.start()), (Some("t1"), Some(start)));
        let list = Key::new(Kind::CatchUp, "ada", "", None, "", 0);
        assert_eq!((list.as_str(), list.subject(), list.start()), ("catch-up/ada////0", None, None));
    }
}
