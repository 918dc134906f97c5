//! The names under which instants are remembered from turn to turn.

use crate::agenda::TaskId;
use crate::people::EngineerId;

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

/// Until when an engineer may use the half hour that a letter proposed to write for a task in.
pub(super) fn slot(engineer: &EngineerId, task: &TaskId) -> String {
    format!("{}{task}", slots(engineer))
}

/// What all of those of one engineer begin with.
pub(super) fn slots(engineer: &EngineerId) -> String {
    format!("slot/{engineer}/")
}

/// When the half hour begins that the last letter about a task proposed to an engineer.
pub(super) fn proposed(engineer: &EngineerId, task: &TaskId) -> String {
    format!("proposed/{engineer}/{task}")
}

/// When that was said which a person has read of a task's briefing.
pub(super) fn heard(person: &str, task: &TaskId) -> String {
    format!("heard/{person}/{task}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_task_has_names_of_its_own_which_the_store_knows_by_their_beginnings() {
        let task = TaskId::new("t1".to_owned());
        assert_eq!([uncovered(&task), covered(&task), leads(&task)], ["uncovered/t1", "covered/t1", "leads/t1"]);
        let ada = "ada".parse().unwrap();
        assert_eq!([slot(&ada, &task), proposed(&ada, &task), heard("ada", &task)], ["slot/ada/t1", "proposed/ada/t1", "heard/ada/t1"]);
    }
}
