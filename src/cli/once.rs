//! `offwatch once`: one turn, for cron or a timer. Exits with 1 when a feed failed or is held back, mail is halted or a letter was refused.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Result;

use super::session::{self, Session};
use super::{Format, WRONG, json, print};
use crate::clock;
use crate::cycle::{Cycle, Round};
use crate::people::FeedName;
use crate::send::Sender;
use crate::store::{Lock, Store};

/// Fetches, turns, sends.
pub(super) async fn run(session: &Session<'_>) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let _lock = Lock::take(&config.state).await?;
    let store = Store::open(&config.state).await?;
    let mut cycle = Cycle::resume(Arc::clone(&config), &store).await?;
    cycle.forget(&store, clock::now()).await?;
    let all: Vec<FeedName> = config.feeds.iter().map(|feed| feed.role.name.clone()).collect();
    session::fetch(&mut cycle, &all, clock::now()).await;
    session::keep(&mut cycle, &all, &store).await?;
    let now = clock::now();
    let report = cycle.turn(&store, now).await?;
    let mut sender = Sender::new(&config.way);
    let round = deliver(&mut cycle, &store, &mut sender).await?;
    for written in &report.letters {
        let line = match session.format {
            Format::Json => serde_json::to_string(&json::Letter::new(now, written))?,
            Format::Text => format!("{now}  to {}: {}", written.letter.to, written.letter.subject),
        };
        print(&format!("{line}\n"))?;
    }
    if let Some(answer) = &round.halted {
        tracing::error!("mail is halted: {answer}; the letters wait and the next turn tries again");
    }
    let rest = round.pause.as_ref().and_then(|pause| pause.trouble.as_ref());
    if let Some(trouble) = rest {
        tracing::error!("the mail server wants to be left alone: {trouble}; the other letters wait and the next turn tries again");
    }
    for letter in &round.refused {
        tracing::error!(to = %letter.to, key = %letter.key, "refused for good: {}", letter.answer);
    }
    let failing = cycle.inputs().feeds().iter().any(|feed| feed.copy.failing_since.is_some() || feed.copy.standing().is_some());
    store.close().await;
    let fine = round.halted.is_none() && rest.is_none() && round.refused.is_empty() && !failing;
    Ok(if fine { 0 } else { WRONG })
}

/// Sends what is due. Where `[mail] per_minute` makes letters wait, so does this: the next run may be far.
async fn deliver(cycle: &mut Cycle, store: &Store, sender: &mut Sender) -> Result<Round> {
    let mut all = Round::default();
    loop {
        let round = cycle.deliver(store, sender, clock::now(), &AtomicBool::new(false)).await?;
        all.refused.extend(round.refused);
        (all.halted, all.pause) = (round.halted, round.pause);
        match &all.pause {
            Some(pause) if pause.trouble.is_none() => tokio::time::sleep(pause.wait.unsigned_abs()).await,
            Some(_) | None => return Ok(all),
        }
    }
}
