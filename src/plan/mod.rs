//! What to say, to whom, when and why - and why not.
//! Pure: values in, verdicts out; `now` is an argument. Words no letters and sends nothing.

mod alert;
mod before_leave;
mod brief;
mod case;
mod catch_up;
mod chain;
mod coverage;
mod desk;
mod escalation;
pub mod notice;
pub mod past;
mod request;
pub mod rules;
pub mod verdict;

pub use case::Case;
pub use desk::{BORN, Desk, FeedHealth, HORIZON, LAST_TURN, Outside, Plan, RefusedLetter, Scene};
pub use notice::{Body, Key, Kind, Notice, Recipient};
pub use past::{Answer, Past, Said};
pub use rules::Rules;
pub use verdict::{Hold, Why};
