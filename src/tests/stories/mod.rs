//! One story a situation: a small world, and every letter that must come of it, one notice a row.

mod brake;
mod change;
mod cover;
mod digest;
mod feeds;
mod hours;
mod knowledge;
mod leads;
mod leave;
mod lists;
mod odd;
mod returns;
mod series;
mod stale;
