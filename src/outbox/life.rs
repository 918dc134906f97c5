//! A letter's way from queued to done: every transition there is, and the waits between tries.
//! Pure. Whoever keeps letters loads a [`Life`], lets it live on, and writes it back.

use jiff::{SignedDuration, Timestamp};

use super::{Outcome, State};

/// The wait after the first try; each further one is twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// No wait is longer.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(4);

/// How long a letter is tried, from its first try on: what kept it from being tried costs it nothing.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// How long before the end of a letter's use the last try is made.
const LAST_MOMENT: SignedDuration = SignedDuration::from_mins(1);

/// What has become of a letter so far, and what is next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Since when it waits: when it was queued, or put back into the queue by hand.
    pub since: Timestamp,
    /// When it is due. While an attempt is under way: when that attempt is given up for lost.
    pub due: Timestamp,
    /// When it was due before the attempt under way.
    pub due_before: Timestamp,
    /// How many tries count against it.
    pub tries: u32,
    /// The number of the last attempt, counted or not; never falls.
    pub attempt: u32,
    /// What was said last: a server's answer, or the reason of a withdrawal or a delay.
    pub last_answer: Option<String>,
    /// Whether an attempt ended so that the letter may have arrived without offwatch knowing.
    pub maybe_twice: bool,
    /// After which it is of no use.
    pub useful_until: Option<Timestamp>,
    /// When it was accepted, refused or withdrawn.
    pub done: Option<Timestamp>,
}

/// The instant of the next try after `tries` tries, the last of them at `now`; nothing when the letter's time is up.
///
/// The time is up five days after the first try at `since`, or at `useful_until` if that comes first; the last try is made a
/// minute before.
pub fn next_try(tries: u32, now: Timestamp, since: Timestamp, useful_until: Option<Timestamp>) -> Option<Timestamp> {
    let patience = since.checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
    let limit = useful_until.map_or(patience, |until| until.min(patience));
    let last = limit.checked_sub(LAST_MOMENT).ok()?;
    let soonest = now.checked_add(FIRST_WAIT).ok()?;
    (soonest <= last).then(|| later(now, wait(tries)).min(last))
}

/// All waits after so many tries together.
fn waited(tries: u32) -> SignedDuration {
    // All longer waits are as long as the tenth.
    let first = (1..=tries).take(10).map(wait).sum::<SignedDuration>();
    let more = i32::try_from(tries.saturating_sub(10)).unwrap_or(i32::MAX);
    LONGEST_WAIT.checked_mul(more).and_then(|more| more.checked_add(first)).unwrap_or(PATIENCE)
}

/// The wait after so many tries.
fn wait(tries: u32) -> SignedDuration {
    // Eight doublings of a minute are beyond the longest wait.
    FIRST_WAIT.checked_mul(1 << tries.saturating_sub(1).min(8)).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
}

/// `now + wait`, at the end of time if need be.
fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

impl Life {
    /// A letter queued at `queued`, due at once.
    pub fn new(queued: Timestamp, useful_until: Option<Timestamp>) -> Self {
        Self {
            state: State::Queued,
            since: queued,
            due: queued,
            due_before: queued,
            tries: 0,
            attempt: 0,
            last_answer: None,
            maybe_twice: false,
            useful_until,
            done: None,
        }
    }

    /// Whether it is to be tried at `now`: queued and due, or left behind by an attempt that nobody finished. One that was
    /// queued in a time that is not yet, by a clock that was set back since, is due too: that time may be years away.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.state.is_final() && (self.due <= now || (self.state == State::Queued && self.since > now))
    }

    /// Whether an attempt is under way that is not yet given up for lost.
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        self.state == State::Sending && now < self.due
    }

    /// Since when it should have gone out: when it was due first, the waits between tries not counted. None while it is not
    /// due, and once it is done.
    pub fn owed_since(&self, now: Timestamp) -> Option<Timestamp> {
        let waits_again = self.tries > 0 && self.due.duration_since(now) <= wait(self.tries);
        let (due, tries) = match self.state {
            State::Queued if self.due <= now => (self.due, self.tries),
            // Else it was put off: its recipient is not there.
            State::Queued if waits_again => (self.due_before, self.tries.saturating_sub(1)),
            State::Sending => (self.due_before, self.tries.saturating_sub(1)),
            State::Queued | State::Accepted | State::Refused | State::Withdrawn => return None,
        };
        // Not before it was queued: a wait may have been cut short by the end of its use.
        Some(due.checked_sub(waited(tries)).unwrap_or(self.since).max(self.since))
    }

    /// Writes down an attempt before it is made, as if it were going to fail; gives its number.
    /// Nothing when the letter is not due, or is of no use any more and therefore refused here.
    pub fn begin(&mut self, now: Timestamp) -> Option<u32> {
        if !self.is_due(now) {
            return None;
        }
        if self.useful_until.is_some_and(|until| until <= now) {
            let last = self.last_answer.as_deref().map(|answer| format!("; last answer: {answer}")).unwrap_or_default();
            self.maybe_twice |= self.state == State::Sending;
            let how = if self.state == State::Sending { "not known to have been sent" } else { "not sent" };
            self.end(State::Refused, format!("{how} while it was of use{last}"), now);
            return None;
        }
        if self.state == State::Sending {
            // Nobody knows how far the lost attempt came.
            self.maybe_twice = true;
        } else {
            self.due_before = self.due;
        }
        self.state = State::Sending;
        self.tries = self.tries.saturating_add(1);
        self.attempt = self.attempt.saturating_add(1);
        self.due = later(now, wait(self.tries));
        Some(self.attempt)
    }

    /// Since when it is tried, seen from the attempt under way.
    fn tried_since(&self, now: Timestamp) -> Timestamp {
        let waited = waited(self.tries.saturating_sub(1));
        let first = if self.tries > 1 { self.due_before.checked_sub(waited).unwrap_or(self.since) } else { now };
        first.max(self.since)
    }

    /// Records what became of an attempt. An attempt that was followed by another changes nothing. Of one during which
    /// somebody changed the letter by hand only what is true all the same is kept: that it was accepted, or may have been.
    pub fn finish(&mut self, attempt: u32, outcome: &Outcome, now: Timestamp) -> State {
        if self.attempt != attempt || self.state == State::Accepted {
            return self.state;
        }
        if self.state != State::Sending {
            match outcome {
                Outcome::Accepted { answer } => self.end(State::Accepted, answer.clone(), now),
                Outcome::Unclear { maybe_sent, .. } => self.maybe_twice |= maybe_sent,
                Outcome::Refused { .. } | Outcome::Halted { .. } => {}
            }
            return self.state;
        }
        let answer = outcome.answer().to_owned();
        match outcome {
            Outcome::Accepted { .. } => self.end(State::Accepted, answer, now),
            Outcome::Refused { .. } => self.end(State::Refused, answer, now),
            Outcome::Unclear { maybe_sent, .. } => {
                self.maybe_twice |= maybe_sent;
                match next_try(self.tries, now, self.tried_since(now), self.useful_until) {
                    Some(due) => self.wait_until(due, answer),
                    None => self.end(State::Refused, format!("given up after {} tries: {answer}", self.tries), now),
                }
            }
            Outcome::Halted { .. } => {
                self.tries = self.tries.saturating_sub(1);
                self.wait_until(self.due_before, answer);
            }
        }
        self.state
    }

    /// Takes the letter back. Refused while an attempt is under way and once the letter is done.
    pub fn withdraw(&mut self, reason: &str, now: Timestamp) -> bool {
        let can = !self.state.is_final() && !self.is_under_way(now);
        if can {
            self.maybe_twice |= self.state == State::Sending;
            self.end(State::Withdrawn, reason.to_owned(), now);
        }
        can
    }

    /// Makes the letter wait until `until`, when its tries are counted anew. Refused while an attempt is under way and once
    /// the letter is done.
    pub fn put_off(&mut self, until: Timestamp, reason: &str, now: Timestamp) -> bool {
        let can = !self.state.is_final() && !self.is_under_way(now);
        if can {
            self.maybe_twice |= self.state == State::Sending;
            self.tries = 0;
            self.wait_until(until, reason.to_owned());
        }
        can
    }

    /// Gives the letter up: it cannot be read while it is of use. Refused while an attempt is under way and once it is done.
    pub fn give_up(&mut self, reason: &str, now: Timestamp) -> bool {
        let can = !self.state.is_final() && !self.is_under_way(now);
        if can {
            self.maybe_twice |= self.state == State::Sending;
            self.end(State::Refused, reason.to_owned(), now);
        }
        can
    }

    /// Puts the letter back into the queue, due at once, its patience renewed. Refused for one that was accepted, is of no
    /// use any more, or whose attempt is under way.
    pub fn retry(&mut self, now: Timestamp) -> bool {
        let is_useful = self.useful_until.is_none_or(|until| now < until);
        let can = self.state != State::Accepted && is_useful && !self.is_under_way(now);
        if can {
            self.maybe_twice |= self.state == State::Sending;
            (self.state, self.since, self.due, self.tries, self.done) = (State::Queued, now, now, 0, None);
        }
        can
    }

    /// Back into the queue.
    fn wait_until(&mut self, due: Timestamp, answer: String) {
        (self.state, self.due, self.last_answer) = (State::Queued, due, Some(answer));
    }

    /// Nothing more happens.
    fn end(&mut self, state: State, answer: String, now: Timestamp) {
        (self.state, self.last_answer, self.done) = (state, Some(answer), Some(now));
    }
}
