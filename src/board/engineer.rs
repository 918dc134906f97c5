//! The page of an engineer: whether they are there, what they are to write, their accounts, their two weeks.

use serde::Serialize;

use super::lane::{Lane, lane};
use super::line::{Line, line};
use super::sight::{Frame, Named, Sight};
use crate::agenda::TaskId;
use crate::people::EngineerId;
use crate::plan::Case;

/// An engineer.
#[derive(Clone, Debug, Serialize)]
pub(super) struct View {
    /// The top of the page.
    frame: Frame,
    /// Their two weeks.
    lane: Lane,
    /// What they are to write, by start.
    asked: Vec<Line>,
    /// What they were asked about and others are to write.
    passed: Vec<Line>,
    /// Their accounts with what they are to them.
    accounts: Vec<Place>,
}

/// A place in an account.
#[derive(Clone, Debug, Serialize)]
struct Place {
    /// The account.
    account: Named,
    /// What they are to it.
    role: String,
}

/// The page of an engineer; none of one whose hours are not in sight.
pub(super) fn view(sight: &Sight<'_>, id: &EngineerId) -> Option<View> {
    let ground = sight.ground();
    let engineer = ground.team().engineers.get(id)?;
    let story = ground.desk.explain_engineer(id, &ground.past, &ground.outside, ground.now)?;
    let lines = |tasks: &mut dyn Iterator<Item = &TaskId>| {
        tasks.filter_map(|task| ground.desk.case(task)).map(|case| line(sight, case)).collect::<Vec<Line>>()
    };
    let shown = sight.shown();
    let own: Vec<&Case> = shown.into_iter().filter(|case| case.is_of(id) && case.start() < sight.span.end()).collect();
    Some(View {
        frame: sight.frame(),
        lane: lane(sight, engineer, &own)?,
        asked: lines(&mut story.asked.iter().map(|asked| &asked.task)),
        passed: lines(&mut story.passed.iter().map(|passed| &passed.task)),
        accounts: places(sight, id),
    })
}

/// What somebody is to which accounts.
fn places(sight: &Sight<'_>, id: &EngineerId) -> Vec<Place> {
    let mut places = Vec::new();
    for account in &sight.ground().team().accounts {
        let mut add = |role: String| places.push(Place { account: sight.account(account), role });
        match account.engineers.iter().position(|own| own == id) {
            Some(0) => add("owner".to_owned()),
            Some(_) => add("engineer".to_owned()),
            None => {}
        }
        for backup in account.backups.iter().filter(|backup| backup.engineer == *id) {
            let from = backup.from.map(|from| format!(" from {from}")).unwrap_or_default();
            let until = backup.until.map(|until| format!(" until before {until}")).unwrap_or_default();
            add(format!("backup{from}{until}"));
        }
    }
    places
}
