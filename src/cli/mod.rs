//! The command line: one file a command. The only room that prints.

#[cfg_attr(not(test), expect(dead_code, reason = "the program's entry does not call its commands yet"))]
pub(crate) mod check;

/// How a reading command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}
