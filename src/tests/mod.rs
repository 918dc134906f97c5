//! Whole worlds, played from the first fetch to the last letter. Uses the rooms as the programs do and checks no part of one.

mod bombs;
mod deeds;
mod random;
pub(crate) mod readers;
mod rounds;
mod shipped;
mod stories;
mod world;
