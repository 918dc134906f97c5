//! How the outbox stands as a whole. Pure.

use jiff::{SignedDuration, Timestamp};

use super::{Life, State};

/// How long a refused letter counts as refused lately.
pub const LATELY: SignedDuration = SignedDuration::from_hours(24);

/// What is in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Letters that wait.
    pub queued: u64,
    /// Letters being sent, or left behind by an attempt that nobody finished.
    pub sending: u64,
    /// Letters refused within a day.
    pub refused: u64,
    /// Since when the oldest of those that should have gone out waits.
    pub owed_since: Option<Timestamp>,
}

impl Census {
    /// Counts the lives of letters at `now`.
    pub fn of(lives: impl IntoIterator<Item = Life>, now: Timestamp) -> Self {
        let mut census = Self::default();
        let lately = now.checked_sub(LATELY).unwrap_or(Timestamp::MIN);
        for life in lives {
            let count = match life.state {
                State::Queued => &mut census.queued,
                State::Sending => &mut census.sending,
                State::Refused if life.done.is_some_and(|done| done >= lately) => &mut census.refused,
                State::Refused | State::Accepted | State::Withdrawn => continue,
            };
            *count = count.saturating_add(1);
            census.owed_since = [census.owed_since, life.owed_since(now)].into_iter().flatten().min();
        }
        census
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Outcome;

    /// The instant so many minutes after the beginning.
    fn at(minutes: i64) -> Timestamp {
        "2030-01-08T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
    }

    /// Has a letter tried at those minutes, each time with that outcome.
    fn tried(life: &mut Life, minutes: &[i64], outcome: &Outcome) {
        for minute in minutes {
            let attempt = life.begin(at(*minute)).unwrap();
            life.finish(attempt, outcome, at(*minute));
        }
    }

    /// No answer.
    fn unclear() -> Outcome {
        Outcome::Unclear { answer: "451".to_owned(), maybe_sent: false }
    }

    /// Since which minute a letter should have gone out.
    fn owed(life: &Life, now: i64) -> Option<i64> {
        life.owed_since(at(now)).map(|since| since.duration_since(at(0)).as_mins())
    }

    #[test]
    fn a_letter_is_owed_from_when_it_was_due_first_however_often_it_is_tried() {
        let mut life = Life::new(at(0), None);
        assert_eq!(owed(&life, 5), Some(0));
        tried(&mut life, &[0, 1, 3, 7, 15], &unclear());
        assert_eq!((owed(&life, 16), owed(&life, 40)), (Some(0), Some(0)));
        life.begin(at(31)).unwrap();
        assert_eq!(owed(&life, 32), Some(0), "while it is in hand");
    }

    #[test]
    fn halted_mail_leaves_a_letter_owed_from_when_it_was_due() {
        let mut life = Life::new(at(0), None);
        tried(&mut life, &[0, 1, 2], &Outcome::Halted { answer: "refused".to_owned(), particular: false });
        assert_eq!(owed(&life, 30), Some(0));
    }

    #[test]
    fn a_letter_put_off_is_owed_from_when_its_recipient_is_there_again() {
        let mut life = Life::new(at(0), None);
        life.put_off(at(600), "away", at(0));
        assert_eq!((owed(&life, 30), owed(&life, 599), owed(&life, 601)), (None, None, Some(600)));
        tried(&mut life, &[600], &unclear());
        assert_eq!(owed(&life, 600), Some(600));
        life.put_off(at(6000), "away", at(600));
        assert_eq!(owed(&life, 700), None);
    }

    #[test]
    fn what_is_done_is_not_owed_and_refusals_count_for_a_day() {
        let mut refused = Life::new(at(0), None);
        tried(&mut refused, &[0], &Outcome::Refused { answer: "550".to_owned() });
        let mut accepted = Life::new(at(0), None);
        tried(&mut accepted, &[0], &Outcome::Accepted { answer: "250".to_owned() });
        let mut hanging = Life::new(at(2), None);
        hanging.begin(at(2)).unwrap();
        let lives = [refused, accepted, hanging, Life::new(at(3), None)];
        let census = Census { queued: 1, sending: 1, refused: 1, owed_since: Some(at(2)) };
        assert_eq!(Census::of(lives.clone(), at(5)), census);
        assert_eq!(Census::of(lives, at(24 * 60 + 1)).refused, 0);
        assert_eq!(Census::of([], at(5)), Census::default());
    }
}
