//! The names under which instants are remembered from turn to turn.

use crate::agenda::TaskId;

/// Since when a task is uncovered.
pub(super) fn uncovered(task: &TaskId) -> String {
    format!("uncovered/{task}")
}

/// When an uncovered task was last seen covered.
pub(super) fn covered(task: &TaskId) -> String {
    format!("covered/{task}")
}

/// When an occurrence was chosen to stand for its series.
pub(super) fn leads(task: &TaskId) -> String {
    format!("leads/{task}")
}
