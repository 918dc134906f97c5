//! Letters as people get them: texts as snapshots, headers parsed back by another mail library.

mod frame;
mod letters;
mod pages;
mod parts;
mod promises;
mod reports;
mod sample;
mod tongues;
