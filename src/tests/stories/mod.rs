//! One story a situation: a small world, and every letter that must come of it, one notice a row.

mod away;
mod backups;
mod brake;
mod calendars;
mod change;
mod configured;
mod cover;
mod digest;
mod edited;
mod feeds;
mod handover;
mod hours;
mod knowledge;
mod leads;
mod leave;
mod lists;
mod news;
mod occurrences;
mod odd;
mod preferences;
mod returns;
mod rolled;
mod series;
mod stale;
mod waiting;
mod wishes;
