//! The JSON contract of notices and letters, shared by the commands that print them. Additive only.

use serde::Serialize;

use crate::cycle::Written;
use crate::plan::Notice;

/// A letter as `simulate` prints it, one object a line.
#[derive(Debug, Serialize)]
pub(super) struct Letter<'a> {
    /// When it goes out, UTC RFC 3339 in whole seconds.
    at: String,
    /// The address it goes to.
    to: [&'a str; 1],
    /// Its subject.
    subject: &'a str,
    /// What it says.
    notices: Vec<NoticeLine<'a>>,
}

/// A notice in it; absent facts are null.
#[derive(Debug, Serialize)]
struct NoticeLine<'a> {
    /// Its kind.
    kind: &'static str,
    /// Its key.
    key: &'a str,
    /// The recipient's id; null for a mailbox.
    engineer: Option<&'a str>,
    /// The account's id.
    account: Option<&'a str>,
    /// The task's UID; null for lists.
    uid: Option<&'a str>,
    /// The task's RECURRENCE-ID.
    recurrence_id: Option<&'a str>,
    /// The task's start.
    task_start: Option<String>,
    /// The lead as configured, `manager`, `last call`, or null.
    stage: Option<&'a str>,
    /// Why it is said.
    reason: &'a str,
    /// What a list holds; absent for other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    uids: Option<&'a [String]>,
}

impl<'a> Letter<'a> {
    /// A letter that goes out at `at`.
    pub(super) fn new(at: jiff::Timestamp, written: &'a Written) -> Self {
        let seconds = jiff::Timestamp::from_second(at.as_second()).unwrap_or(at);
        Self {
            at: seconds.to_string(),
            to: [written.letter.to.as_str()],
            subject: &written.letter.subject,
            notices: written.notices.iter().map(line).collect(),
        }
    }
}

/// One notice.
fn line(notice: &Notice) -> NoticeLine<'_> {
    NoticeLine {
        kind: notice.kind.name(),
        key: notice.key.as_str(),
        engineer: notice.to.engineer.as_ref().map(crate::people::EngineerId::as_str),
        account: notice.account.as_ref().map(crate::people::AccountId::as_str),
        uid: notice.uid.as_deref(),
        recurrence_id: notice.recurrence_id.as_deref(),
        task_start: notice.task_start.map(|start| start.to_string()),
        stage: notice.stage.as_deref(),
        reason: &notice.reason,
        uids: notice.uids.as_deref(),
    }
}
