//! What people wish of single tasks, for `offwatch briefing`: to be reminded later, that somebody else writes, and that what was
//! said last is taken back. The same deeds as by the links of letters, written beside a running daemon.

use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::briefing::{label, seen, task};
use super::near::suggestion;
use super::session::Session;
use super::{Format, WRONG, print, usage};
use crate::agenda::{Sighting, TaskId};
use crate::clock;
use crate::config::Config;
use crate::people::EngineerId;
use crate::plan::{Handing, Snooze};
use crate::store::{Store, Undo};

/// The contract of what is noted, for programs.
pub(super) const WISHED: &str = r#"With `--format json`, one object: {"task", "uid", "recurrence_id", "said", "by",
"at"} and what belongs to it: "engineer" and "until" of `snoozed`, "from" and
"to" of `given`, "taken_back" of `undone`; absent facts are null."#;

/// Who says something.
pub(super) fn author(session: &Session<'_>, by: Option<&str>) -> String {
    let login = || session.surroundings.login.clone();
    by.map(str::to_owned).or_else(login).unwrap_or_else(|| "command line".to_owned())
}

/// A task as people and the planner see it at this moment.
struct Scene {
    /// Its id.
    id: TaskId,
    /// The start that wishes name.
    start: Timestamp,
    /// Who is to write it.
    writer: Option<EngineerId>,
    /// Everybody who could, with the end of their last working moment before it.
    chain: Vec<(EngineerId, Option<Timestamp>)>,
    /// The last of the reminders of each.
    last: Vec<(EngineerId, Timestamp)>,
}

/// The task that `word` names, with the people who could write for it; none, and it says so, when the feeds cannot be read.
async fn scene(session: &Session<'_>, config: &Arc<Config>, word: &str, now: Timestamp) -> Result<Option<Scene>> {
    let (mut cycle, store) = session.reading(config, now).await?;
    let past = seen(&mut cycle, now);
    let history = Arc::clone(cycle.history());
    let id = task(word, &history, now)?.id.clone();
    let scene = cycle.preview(now).and_then(|(desk, _)| {
        let case = desk.case(&id)?;
        let chain = case.chain.iter().map(|link| (link.engineer.clone(), link.deadline)).collect();
        let last = case.chain.iter().filter_map(|link| Some((link.engineer.clone(), link.leads.last()?.0))).collect();
        let writer = desk.writer(case, &past, now).map(|(writer, _)| writer);
        Some(Scene { id: id.clone(), start: case.anchor, writer, chain, last })
    });
    store.close().await;
    Ok(scene)
}

/// The engineer that `word` names, who must be one of those who could write.
fn engineer(scene: &Scene, word: &str) -> Result<EngineerId> {
    let named = scene.chain.iter().map(|(engineer, _)| engineer).find(|engineer| engineer.as_str() == word);
    let known = scene.chain.iter().map(|(engineer, _)| engineer.as_str());
    let unknown = || usage(format!("`{word}` is none of those who could write it{}", suggestion(word, known)));
    named.cloned().ok_or_else(unknown)
}

/// Leaves somebody alone until then.
pub(super) async fn snooze(session: &Session<'_>, word: &str, until: Timestamp, by: Option<&str>) -> Result<u8> {
    let (config, now) = (Arc::new(session.load()?), clock::now());
    let Some(scene) = scene(session, &config, word, now).await? else { return Ok(WRONG) };
    let person = match (by, &scene.writer) {
        (Some(by), _) => engineer(&scene, by)?,
        (None, Some(writer)) => writer.clone(),
        (None, None) => bail!("nobody is to write a briefing for it at this moment: there is nothing to put off"),
    };
    // Never past their last reminder that is ahead, else their last working moment.
    let last = scene.last.iter().find(|(engineer, last)| *engineer == person && now < *last).map(|(_, last)| *last);
    let deadline = scene.chain.iter().find(|(engineer, _)| *engineer == person).and_then(|(_, deadline)| *deadline);
    let until = last.or(deadline).map_or(until, |last| until.min(last));
    if until <= now {
        return Err(usage("it cannot be put off until then: that is past, or they have no working time left before the task"));
    }
    let snooze = Snooze { task: scene.id, start: scene.start, by: person.to_string(), person, until, at: now, undone: None };
    let store = session.existing(&config).await?;
    store.snooze(&snooze).await?;
    let more = json!({ "engineer": snooze.person.as_str(), "until": until.to_string() });
    let told = format!("{} is not asked again before {until}", snooze.person);
    noted(session, store, &snooze.task, ("snoozed", &snooze.by, now), &more, &told).await
}

/// Gives a briefing to somebody else.
pub(super) async fn hand(session: &Session<'_>, word: &str, to: &str, by: Option<&str>) -> Result<u8> {
    let (config, now) = (Arc::new(session.load()?), clock::now());
    let Some(scene) = scene(session, &config, word, now).await? else { return Ok(WRONG) };
    let to = engineer(&scene, to)?;
    let handing = Handing {
        from: scene.writer.filter(|writer| *writer != to),
        task: scene.id,
        start: scene.start,
        to,
        at: now,
        by: author(session, by),
        undone: None,
    };
    let store = session.existing(&config).await?;
    store.hand(&handing).await?;
    let from = handing.from.as_ref().map(EngineerId::as_str);
    let more = json!({ "from": from, "to": handing.to.as_str() });
    let told = format!("{} is to write the briefing", handing.to);
    noted(session, store, &handing.task, ("given", &handing.by, now), &more, &told).await
}

/// Takes back what was said last.
pub(super) async fn undo(session: &Session<'_>, word: &str, by: Option<&str>) -> Result<u8> {
    let (config, now) = (session.load()?, clock::now());
    let store = session.existing(&config).await?;
    let history = store.history().await?;
    let id = task(word, &history, now)?.id.clone();
    let Some(matter) = store.matter(&id).await? else { return Ok(WRONG) };
    let answer = matter.answers.last().map(|answer| (answer.at, if answer.waived { "waived" } else { "written" }));
    let snooze = matter.snoozes.iter().rfind(|snooze| snooze.undone.is_none()).map(|snooze| (snooze.at, "snoozed"));
    let handing = matter.handings.iter().rfind(|handing| handing.undone.is_none()).map(|handing| (handing.at, "given"));
    let Some((said, what)) = answer.into_iter().chain(snooze).chain(handing).max() else {
        store.close().await;
        return Err(usage(format!("nobody has said anything of {} that could be taken back", label(&matter.sighting))));
    };
    let undo = Undo { task: id, said, at: now, by: author(session, by) };
    store.undo(&undo).await?;
    let more = json!({ "taken_back": what });
    noted(session, store, &undo.task, ("undone", &undo.by, now), &more, &format!("what was said at {said} is taken back: {what}")).await
}

/// Tells what was noted.
async fn noted(
    session: &Session<'_>,
    store: Store,
    task: &TaskId,
    (said, by, at): (&str, &str, Timestamp),
    more: &Value,
    told: &str,
) -> Result<u8> {
    let matter = store.matter(task).await?;
    store.close().await;
    let sighting: Option<&Sighting> = matter.as_ref().map(|matter| &matter.sighting);
    if session.format == Format::Json {
        let identity = sighting.map(|sighting| sighting.thing.identity());
        let mut line = json!({
            "task": task.as_str(),
            "uid": identity.map(|identity| &identity.uid),
            "recurrence_id": identity.and_then(|identity| identity.recurrence_id.as_ref()),
            "said": said,
            "by": by,
            "at": at.to_string(),
        });
        if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
            line.extend(more.clone());
        }
        print(&format!("{line}\n"))?;
    } else {
        print(&format!("noted of {}: {told}\n", sighting.map(label).unwrap_or_default()))?;
    }
    Ok(0)
}
