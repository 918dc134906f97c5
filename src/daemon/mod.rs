//! The daemon: when to fetch, to turn and to send; signals; the watchdog.
//! The scheduler and the timer only say "look now": what is due is decided from instants, so a missed tick is none.

mod beside;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio_cron_scheduler::{Job, JobScheduler};

pub use beside::{Beside, Glimpse};

use crate::config::{self, Config, Context};
use crate::cycle::{Cycle, Fetching, Limits, News, Round};
use crate::feeds::Fetched;
use crate::health::{Health, Look};
use crate::people::FeedName;
use crate::send::Sender;
use crate::store::{Claim, Lock, Overtaken, Store};
use crate::{clock, systemd};
use beside::Window;

/// The longest round of sending: what is right now may not be later.
const ROUND: Duration = Duration::from_mins(1);

/// The longest sleep: after a suspend nothing is later than this.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// How often what is older than anything remembered is forgotten.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How long the letter in hand may take once the daemon is told to stop; systemd and the contract allow ten seconds.
const GRACE: Duration = Duration::from_secs(8);

/// Everything the daemon holds.
pub struct Daemon {
    /// Where the configuration is.
    path: PathBuf,
    /// What it may refer to.
    context: Context,
    /// The turns.
    cycle: Cycle,
    /// The state.
    store: Store,
    /// Where letters go.
    sender: Sender,
    /// Fetches under way, and when feeds were asked.
    fetching: Fetching,
    /// The next instant of the plan.
    next: Option<Timestamp>,
    /// Whether there is something that no turn has seen, whatever the plan says of its next instant.
    news: bool,
    /// The last look at the clock: one that went back is noticed by it.
    looked: Timestamp,
    /// Whether systemd was told that the start is finished.
    ready: bool,
    /// The store's mark when this process last looked.
    data_version: i64,
    /// What hinders mail, if anything.
    halted: Option<String>,
    /// Before when no mail is tried: it is halted, or the server was given all it takes in a minute.
    patience: Option<Timestamp>,
    /// When what is old was last forgotten.
    pruned: Option<Timestamp>,
    /// The longest sleep.
    longest: SignedDuration,
    /// What it shows of itself.
    pub health: Health,
    /// The configuration in force, for whoever serves pages beside it.
    in_force: watch::Sender<Arc<Config>>,
    /// Through which they see it.
    window: Window,
    /// The word of `offwatch reload`, from before anybody can find this process by its lock: unheard, it would end it.
    hangup: Option<Signal>,
    /// Nobody else turns on this state.
    _lock: Lock,
}

impl Daemon {
    /// Takes up the state of `config`. Refuses when another process turns on it.
    pub async fn start(path: PathBuf, context: Context, config: Config) -> Result<Self> {
        let hangup = signal(SignalKind::hangup()).context("listening for SIGHUP")?;
        let lock = config.state.lock().await?;
        let store = Store::join(&config.state).await?;
        let sender = Sender::new(&config.way);
        // In this order: what is written between the two is looked at twice, and never missed.
        let data_version = store.data_version().await?;
        let health = Health::new(&config, clock::now());
        let config = Arc::new(config);
        let in_force = watch::Sender::new(Arc::clone(&config));
        let cycle = Cycle::resume(config, &store).await?;
        // Systemd hears of life twice within the time after which it takes a silent service for dead.
        let watched = systemd::watchdog().and_then(|interval| SignedDuration::try_from(interval / 2).ok());
        Ok(Self {
            path,
            context,
            cycle,
            store,
            sender,
            fetching: Fetching::new(),
            next: None,
            news: true,
            looked: Timestamp::MIN,
            ready: false,
            data_version,
            halted: None,
            patience: None,
            pruned: None,
            longest: watched.map_or(LONGEST, |watched| watched.min(LONGEST)),
            health,
            in_force,
            window: Window::new(),
            hangup: Some(hangup),
            _lock: lock,
        })
    }

    /// How whoever serves pages knows it.
    pub fn beside(&self) -> Beside {
        self.window.beside(self.in_force.subscribe())
    }

    /// Runs until SIGTERM or SIGINT.
    pub async fn run(mut self) -> Result<()> {
        let look = Arc::clone(&self.window.bell);
        let stop = Arc::new(AtomicBool::new(false));
        let mut scheduler = pulse(&look).await?;
        let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
        let mut hangup = self.hangup.take().context("a daemon runs once")?;
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = look.notified() => {}
                () = self.fetching.arrival() => {}
                () = self.window.visited() => self.window.show(&self.cycle),
                _ = hangup.recv() => self.reload(),
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
            }
            let asked = async {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                stop.store(true, Ordering::Relaxed);
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! {
                worked = self.work(&stop) => wait = self.ended(worked).await,
                () = asked => tracing::warn!("stopping in the middle of a letter; it will be tried again"),
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        systemd::stopping();
        tracing::info!("stopping");
        if let Err(error) = scheduler.shutdown().await {
            tracing::debug!("the scheduler did not stop cleanly: {error}");
        }
        if let Err(error) = self.cycle.settle(&self.store, clock::now()).await {
            tracing::error!("an answer could not be written down, so that its letter will be sent once more: {error:#}");
        }
        self.store.close().await;
        Ok(())
    }

    /// How long to wait after a look that ended so.
    async fn ended(&mut self, worked: Result<()>) -> Duration {
        let Err(error) = worked else {
            self.window.show(&self.cycle);
            return self.until_next().await;
        };
        if error.is::<Overtaken>() {
            tracing::debug!("another replica was faster: looking again");
            self.health.overtaken();
            return Duration::ZERO;
        }
        // Nothing is lost: what was not written down is decided again.
        tracing::error!("the turn could not be finished and is tried again, nothing is lost: {error:#}");
        // The store may have begun a new connection, which counts from anew.
        self.data_version = i64::MIN;
        systemd::status(&format!("trouble: {error:#}"));
        self.health.failed(clock::now());
        self.longest.unsigned_abs().min(Duration::from_secs(30))
    }

    /// One look: fetches what is due, turns when there is news or time has come, sends what is due.
    async fn work(&mut self, stop: &AtomicBool) -> Result<()> {
        let looked = self.look().await;
        if !self.ready && (looked.is_err() || !self.news) {
            // Before anything is sent: a mail server that hangs must not make the start look like a failed one. Nor
            // is a first turn that failed a failed start: it is tried again.
            self.ready = true;
            systemd::ready();
            tracing::info!("ready: {}", self.status());
        }
        looked?;
        if self.fetching.is_gathering(clock::now()) {
            // Who waits for feeds, each of which has its time, hangs in nothing.
            if self.ready { systemd::alive() } else { systemd::starting() }
        }
        // A turn that waits for feeds is still to come, and might fail.
        let is_finished = !self.news;
        let now = clock::now();
        // Mail that is halted or must pause is tried once a minute at most, not at each look. After a clock that went back
        // that may lie far ahead.
        let held_back = self.patience.is_some_and(|until| now < until && until.duration_since(now) <= LONGEST);
        if !held_back {
            let began = clock::uptime();
            let stop = || stop.load(Ordering::Relaxed) || clock::uptime().saturating_sub(began) > ROUND;
            let limits = Limits { clock: clock::now, stop, known: self.data_version };
            let round = self.cycle.deliver(&self.store, &mut self.sender, &limits).await?;
            self.note(round, clock::now());
        }
        systemd::status(&self.status());
        self.forget(now).await?;
        if is_finished {
            self.show().await?;
            systemd::alive();
        }
        Ok(())
    }

    /// Shows how the finished look leaves things.
    async fn show(&mut self) -> Result<()> {
        let now = clock::now();
        let replicas = if self.store.is_shared() { Some(self.store.replicas().await?) } else { None };
        let (feeds, census) = (self.cycle.inputs().health(), self.store.census(now).await?);
        let look = Look { feeds, census, replicas };
        if self.halted.is_some() && !look.has_mail() {
            tracing::info!("mail was halted, and no letter waits for it any more");
            self.halted = None;
            systemd::status(&self.status());
        }
        self.health.looked(look, &self.path, now);
        Ok(())
    }

    /// Fetches what is due, and turns when there is news or time has come.
    async fn look(&mut self) -> Result<()> {
        let now = clock::now();
        self.store.attend().await?;
        // A clock that went back must not leave the plan waiting for an instant long past its use.
        self.news |= now < self.looked || self.next.is_some_and(|next| next <= now);
        self.looked = now;
        let version = self.store.data_version().await.context("looking for other processes' writes")?;
        if version != self.data_version {
            self.cycle.reload(&self.store).await?;
            self.data_version = version;
            for state in self.cycle.inputs().feeds() {
                self.fetching.heed(state);
            }
            self.news = true;
            if !self.store.is_shared() {
                // Only people's commands write here, and one may have been `outbox retry`.
                self.patience = None;
            }
        }
        self.fetch(now).await?;
        if self.news && !self.fetching.is_gathering(now) {
            let (now, began) = (clock::now(), clock::uptime());
            let report = self.cycle.turn(&self.store, now).await?;
            self.health.turned(&report, clock::uptime().saturating_sub(began), self.cycle.wanting(now), now);
            for written in &report.letters {
                let kinds: Vec<&str> = written.notices.iter().map(|notice| notice.kind.name()).collect();
                tracing::info!(to = %written.letter.to, key = %written.letter.key, "queued: {}", kinds.join(", "));
            }
            self.news = false;
            self.next = report.next;
            systemd::alive();
        }
        Ok(())
    }

    /// Notes what a round of sending at `now` came to. An outage is told once when it begins, and once when it is over.
    fn note(&mut self, round: Round, now: Timestamp) {
        self.health.sent(&round, now);
        if round.accepted > 0 {
            tracing::info!("sent: {}", round.accepted);
        }
        for letter in &round.refused {
            tracing::error!(to = %letter.to, key = %letter.key, "refused for good: {}", letter.answer);
            // The admin is told of it in a letter of its own.
            self.news = true;
        }
        let pause = round.pause.as_ref().map(|pause| pause.wait.min(LONGEST)).or(round.halted.as_ref().map(|_| LONGEST));
        self.patience = pause.and_then(|pause| now.checked_add(pause).ok());
        if let Some(pause) = round.pause {
            if pause.trouble.is_some() { tracing::warn!("{}", pause.told()) } else { tracing::info!("{}", pause.told()) }
        }
        let idle = round.accepted == 0 && round.refused.is_empty() && round.unclear == 0;
        match (&self.halted, &round.halted) {
            (None, Some(answer)) => tracing::error!("mail is halted: {answer}; letters wait, and it is tried again every minute"),
            (Some(old), Some(answer)) if old != answer => tracing::warn!("mail is still halted, now: {answer}"),
            (Some(_), None) if !idle => tracing::info!("mail is no longer halted"),
            (None | Some(_), None) | (Some(_), Some(_)) => {}
        }
        if round.halted.is_some() || !idle {
            self.halted = round.halted;
        }
    }

    /// Forgets once a day what is older than anything that is remembered.
    async fn forget(&mut self, now: Timestamp) -> Result<()> {
        let today = |last: Timestamp| last <= now && now.duration_since(last) < DAY;
        if !self.pruned.is_some_and(today) {
            self.cycle.forget(&self.store, now).await?;
            self.pruned = Some(now);
            // What was read again wants to be laid out again.
            self.news = true;
        }
        Ok(())
    }

    /// Takes in and stores what feeds answered, then asks those that are due. Waits for none of them.
    async fn fetch(&mut self, now: Timestamp) -> Result<()> {
        let answers = self.fetching.answers();
        let mut copies = Vec::with_capacity(answers.len());
        for answer in answers {
            let name = answer.feed.clone();
            if let Fetched::Failed { why, .. } = &answer.fetched {
                tracing::warn!(feed = %name, "{why}");
            }
            self.news |= self.cycle.inputs().hear(answer, now) == News::Some;
            let Some(state) = self.cycle.inputs().feeds().iter().find(|state| state.copy.feed == name) else { continue };
            if let Some(braked) = state.braked(now) {
                tracing::warn!(feed = %name, "{braked}");
            }
            copies.push(state.copy.clone());
        }
        if !copies.is_empty() {
            let refused = self.store.save_copies(&copies).await?;
            self.cycle.give_way(&self.store, &refused).await?;
            self.news |= !refused.is_empty();
        }
        self.ask(now).await
    }

    /// Asks the feeds that are due, as far as no other replica does.
    async fn ask(&mut self, now: Timestamp) -> Result<()> {
        let inputs = self.cycle.inputs();
        let due: Vec<_> = inputs.feeds().iter().filter(|state| self.fetching.is_due(state, now)).collect();
        if due.is_empty() {
            return Ok(());
        }
        let claims: Vec<Claim> = due.iter().map(|state| state.claim()).collect();
        let claimed: Vec<FeedName> = self.store.claim_feeds(&claims).await?;
        for state in due {
            if claimed.contains(&state.copy.feed) {
                self.fetching.ask(state, inputs.previous(&state.copy.feed), now);
            } else {
                self.fetching.leave(state, now);
            }
        }
        Ok(())
    }

    /// Takes a good new configuration; keeps the old one in force otherwise.
    fn reload(&mut self) {
        systemd::reloading();
        match config::load(&self.path, &self.context) {
            Ok(config) if config.state != self.cycle.config().state => {
                tracing::error!("`service.state` cannot change while the daemon runs: the old settings stay in force; restart it");
                self.health.refused(clock::now());
            }
            Ok(config) => {
                self.health.took(&config, clock::now());
                // The same server goes on counting its letters.
                if config.way != self.cycle.config().way {
                    self.sender = Sender::new(&config.way);
                }
                let config = Arc::new(config);
                self.in_force.send_replace(Arc::clone(&config));
                self.cycle.adopt(config);
                self.fetching.begin_anew();
                // Of a feed that is new here, another process may have stored a copy that was passed over until now.
                self.data_version = i64::MIN;
                self.news = true;
                self.patience = None;
                tracing::info!("the new settings are in force");
            }
            Err(problems) => {
                tracing::error!("the old settings stay in force:\n{problems}");
                self.health.refused(clock::now());
            }
        }
        systemd::ready();
    }

    /// How long to sleep: until the plan, a feed or a letter is due, and never longer than a minute.
    async fn until_next(&mut self) -> Duration {
        let now = clock::now();
        let letter = self.store.next_due().await.ok().flatten().map(|due| self.patience.map_or(due, |until| due.max(until)));
        let feeds = self.cycle.inputs().feeds().iter().filter_map(|state| self.fetching.next(state, now));
        let news = self.news.then_some(now);
        let soonest = feeds.chain(self.next).chain(letter).chain(news).min();
        let wait = soonest.map_or(self.longest, |soonest| soonest.duration_since(now)).clamp(SignedDuration::ZERO, self.longest);
        // Not in a circle: what is due and cannot be done now is looked at again in a second.
        wait.max(SignedDuration::from_secs(1)).unsigned_abs()
    }

    /// In one line how it is, for `systemctl status`.
    fn status(&mut self) -> String {
        let health = self.cycle.inputs().health();
        let failing = health.iter().filter(|feed| feed.failing_since.is_some()).count();
        let held = health.iter().filter(|feed| feed.standing().is_some()).count();
        let held = if held > 0 { format!(", {held} held back") } else { String::new() };
        let next = self.next.map_or_else(|| "nothing ahead".to_owned(), |next| format!("next turn {next}"));
        let mail = self.halted.as_ref().map(|halted| format!("; mail is halted: {halted}")).unwrap_or_default();
        format!("{} feeds, {failing} failing{held}; {next}{mail}", health.len())
    }
}

/// The pulse: the scheduler says "look now" every minute, in UTC. It knows nothing of what is due.
async fn pulse(look: &Arc<Notify>) -> Result<JobScheduler> {
    let scheduler = JobScheduler::new().await.context("starting the scheduler")?;
    let look = Arc::clone(look);
    let job = Job::new_async("0 * * * * *", move |_, _| {
        let look = Arc::clone(&look);
        Box::pin(async move { look.notify_one() })
    });
    scheduler.add(job.context("making the pulse")?).await.context("adding the pulse")?;
    scheduler.start().await.context("starting the pulse")?;
    Ok(scheduler)
}

#[cfg(test)]
mod tests;
