//! What to say, to whom, when and why - and why not.
//! Pure: values in, verdicts out; `now` is an argument. Words no letters and sends nothing.

mod alert;
mod before_leave;
mod brief;
mod briefing;
mod calendar;
mod case;
mod catch_up;
mod chain;
mod change;
mod coverage;
mod desk;
mod escalation;
pub mod explain;
pub mod health;
pub mod key;
mod look;
mod marks;
pub mod news;
pub mod notice;
mod outcomes;
pub mod past;
mod renewal;
mod request;
mod roster;
pub mod rules;
mod series;
mod slots;
pub mod verdict;
mod wakes;
mod wishes;

pub use case::Case;
pub use desk::{BORN, Desk, HORIZON, LAST_TURN, Outside, Plan, RefusedLetter, Scene};
pub use health::{FeedHealth, FeedHold, Release};
pub use notice::{Body, Key, Kind, Notice, Recipient};
pub use past::{Answer, Handing, Past, Said, Snooze};
pub use renewal::{Person, Renewal};
pub use roster::Roster;
pub use rules::Rules;
pub use series::Part;
pub use verdict::{Hold, Why};
