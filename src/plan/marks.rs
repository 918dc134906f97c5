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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_task_has_names_of_its_own_which_the_store_knows_by_their_beginnings() {
        let task = TaskId::new("t1".to_owned());
        assert_eq!([uncovered(&task), covered(&task), leads(&task)], ["uncovered/t1", "covered/t1", "leads/t1"]);
    }
}
