//! `offwatch once`: one turn, for cron or a timer. Exits with 1 when a feed failed or is held back, mail is halted or a letter was refused.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use super::session::{self, Session};
use super::{Format, WRONG, json, print};
use crate::clock;
use crate::cycle::{Cycle, FeedState, Limits, Round, Written};
use crate::send::Sender;
use crate::store::{Claim, Overtaken, Store};

/// How often it looks again because other processes wrote meanwhile, or letters took long.
const TRIES: u32 = 100;

/// The longest round of sending: what is right now may not be later.
const ROUND: Duration = Duration::from_mins(1);

/// How long between two looks at what other replicas have fetched.
const PAUSE: Duration = Duration::from_millis(500);

/// Fetches, turns, sends.
pub(super) async fn run(session: &Session<'_>) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let _lock = config.state.lock().await?;
    let store = Store::join(&config.state).await?;
    // In this order, here and below: what is written between the two is looked at twice, and never missed.
    let mut version = store.data_version().await?;
    let mut cycle = Cycle::resume(Arc::clone(&config), &store).await?;
    cycle.forget(&store, clock::now()).await?;
    let now = clock::now();
    let due = cycle.inputs().feeds().iter().filter(|state| !state.is_to_be_spared(now));
    let claims: Vec<Claim> = due.map(FeedState::claim).collect();
    let mine = store.claim_feeds(&claims).await?;
    session::fetch(&mut cycle, &mine, clock::now()).await;
    session::keep(&mut cycle, &mine, &store).await?;
    gather(&mut cycle, &store).await?;
    let mut sender = Sender::new(&config.way);
    let mut round = Round { cut_short: true, ..Round::default() };
    let mut tries = 0;
    while round.cut_short && tries < TRIES {
        if tries > 0 {
            version = store.data_version().await?;
            cycle.reload(&store).await?;
        }
        tries += 1;
        let now = clock::now();
        let report = match cycle.turn(&store, now).await {
            Err(error) if error.is::<Overtaken>() => continue,
            told => told?,
        };
        report.letters.iter().try_for_each(|written| show(session, written, now))?;
        let began = clock::uptime();
        let limits = Limits { clock: clock::now, stop: || clock::uptime().saturating_sub(began) > ROUND, known: version };
        let refused = std::mem::take(&mut round.refused);
        let delivered = cycle.deliver(&store, &mut sender, &limits).await;
        if delivered.is_err() {
            // Another try, with another connection; what it fails of is told already.
            let _ = cycle.settle(&store, clock::now()).await;
        }
        round = delivered?;
        round.refused.extend(refused);
        if let Some(pause) = round.pause.as_ref().filter(|pause| pause.trouble.is_none()) {
            // The next run may be far.
            tracing::info!("{}", pause.told());
            tokio::time::sleep(pause.wait.unsigned_abs()).await;
            (round.cut_short, tries) = (true, 1);
        }
    }
    let sent = tell(&round);
    let failing = cycle.inputs().feeds().iter().any(|feed| feed.copy.failing_since.is_some() || feed.copy.standing().is_some());
    store.close().await;
    Ok(if sent && !failing { 0 } else { WRONG })
}

/// Tells what kept letters from going out; whether nothing did.
fn tell(round: &Round) -> bool {
    if round.cut_short {
        tracing::error!("other processes are always faster; the letters wait and the next turn tries again");
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
    !round.cut_short && round.halted.is_none() && rest.is_none() && round.refused.is_empty()
}

/// Waits until other replicas have tried the feeds that nobody had tried before, for each as long as that may take: nobody
/// may be written to before it is known who is away.
async fn gather(cycle: &mut Cycle, store: &Store) -> Result<()> {
    let began = clock::uptime();
    loop {
        let waited = clock::uptime().saturating_sub(began);
        let is_awaited = |state: &&FeedState| state.copy.tried.is_none() && waited < state.feed.timeout.unsigned_abs();
        let claims: Vec<Claim> = cycle.inputs().feeds().iter().filter(is_awaited).map(FeedState::claim).collect();
        if claims.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
        cycle.reload(store).await?;
        // Who had one of them may have died.
        let mine = store.claim_feeds(&claims).await?;
        if !mine.is_empty() {
            session::fetch(cycle, &mine, clock::now()).await;
            session::keep(cycle, &mine, store).await?;
        }
    }
}

/// Prints a letter that was queued at `now`.
fn show(session: &Session<'_>, written: &Written, now: Timestamp) -> Result<()> {
    let line = match session.format {
        Format::Json => serde_json::to_string(&json::Letter::new(now, written))?,
        Format::Text => format!("{now}  to {}: {}", written.letter.to, written.letter.subject),
    };
    print(&format!("{line}\n"))
}
