//! What to say, to whom, when and why - and why not.
//! Pure: values in, verdicts out; `now` is an argument. Words letters not at all and sends nothing.

pub mod notice;
pub mod past;
pub mod rules;

pub use notice::{Body, Key, Kind, Notice, Recipient};
pub use past::{Answer, Past, Said};
pub use rules::Rules;
