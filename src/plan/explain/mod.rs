//! The whole reasoning about one task or one person, as facts: what is known, what was decided, what it waits for.
//! Decides nothing that the other files of this room have not decided, and words nothing: the commands do.

mod person;
mod risk;
mod task;

pub use person::{AskedFor, ListAhead, PassedOn, PersonStory, SpellAhead};
pub use risk::{Danger, Risk};
pub use task::{Became, LeadStory, Place, StepStory, TaskStory, WriterStory};
