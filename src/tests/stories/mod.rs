//! One story a situation: a small world, and every letter that must come of it, one notice a row.

mod cover;
mod digest;
mod feeds;
mod hours;
mod knowledge;
mod leads;
mod leave;
mod lists;
