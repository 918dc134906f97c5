//! What goes wrong outside of calendars: the process dies, the mail server is away or moody, the clock lies. Owns when and how
//! often.

use jiff::{SignedDuration, Timestamp};

use super::dice::Dice;

/// Where in its work a process dies; it does so at the first such place after its instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Crash {
    /// After a fetch that brought news, before it is stored.
    #[default]
    Fetched,
    /// After it is stored, before the turn.
    Stored,
    /// After a turn that queued letters, before they are sent.
    Committed,
    /// In an attempt, before the server took the letter.
    Attempted,
    /// In an attempt, after the server took the letter and before its answer came.
    Taken,
    /// After the answer.
    Answered,
}

/// How a mail server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// It cannot be reached.
    #[default]
    Down,
    /// It refuses a letter for good.
    Refuses,
    /// It says `try again`.
    Busy,
    /// It takes a letter and hangs up before it says so.
    Drops,
}

/// A time in which mail has its troubles. All but [`Mood::Down`] befall one letter, the first of that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What kind.
    pub mood: Mood,
}

/// A clock that lies for one look of the process, and is right at the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leap {
    /// At the first look from then on.
    pub at: Timestamp,
    /// How far it is ahead; behind when negative.
    pub by: SignedDuration,
}

impl Crash {
    /// All of them.
    const ALL: [Self; 6] = [Self::Fetched, Self::Stored, Self::Committed, Self::Attempted, Self::Taken, Self::Answered];
}

/// An instant in the first minute of an hour between `from` and `until`.
fn instant(dice: &mut Dice, from: Timestamp, until: Timestamp) -> Timestamp {
    from + SignedDuration::from_mins(60 * dice.below(until.duration_since(from).as_hours()) + 1)
}

/// When the clock lies between `from` and `until`, and by how much.
pub(super) fn leaps(dice: &mut Dice, from: Timestamp, until: Timestamp) -> Vec<Leap> {
    let count = 1 + dice.below(until.duration_since(from).as_hours() / 100 + 1);
    let mut leaps: Vec<Leap> = (0..count)
        .map(|_| {
            let ahead = SignedDuration::from_mins(dice.pick(&[1, 10, 180, 1_560, 7_200]));
            Leap { at: instant(dice, from, until), by: if dice.chance(60) { ahead } else { -ahead } }
        })
        .collect();
    leaps.sort_unstable_by_key(|leap| leap.at);
    leaps
}

/// When the process dies and what is wrong with mail between `from` and `until`.
pub(super) fn draw(dice: &mut Dice, from: Timestamp, until: Timestamp) -> (Vec<(Timestamp, Crash)>, Vec<Trouble>) {
    let hours = until.duration_since(from).as_hours();
    let instant = |dice: &mut Dice| instant(dice, from, until);
    let count = 4 + dice.below(hours / 24);
    let mut crashes: Vec<_> = (0..count).map(|_| (instant(dice), dice.pick(&Crash::ALL))).collect();
    crashes.sort_unstable();
    let count = dice.below(6);
    let troubles = (0..count).map(|_| {
        let since = instant(dice);
        let mood = dice.pick(&[Mood::Down, Mood::Refuses, Mood::Busy, Mood::Drops]);
        Trouble { since, until: since + SignedDuration::from_mins(dice.pick(&[20, 60, 300, 1500])), mood }
    });
    (crashes, troubles.collect())
}
