//! What is odd in a calendar, and where. Keeps a list that no file can make endless.

/// How many problems of one file are listed; the rest is counted.
const LISTED: usize = 1_000;

/// What is odd in a calendar, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line it stands in, from 1; none when it concerns the whole.
    pub line: Option<usize>,
    /// The component it stands in, e.g. `VEVENT`.
    pub component: Option<String>,
    /// The UID of that component.
    pub uid: Option<String>,
    /// What is odd, and what was done instead.
    pub problem: String,
}

impl Problem {
    /// A problem of a line that belongs to no event.
    pub(super) fn at(line: usize, problem: impl Into<String>) -> Self {
        Self { line: Some(line), component: None, uid: None, problem: problem.into() }
    }
}

/// The problems of one file as they are found.
#[derive(Debug, Default)]
pub(super) struct Problems {
    /// Those that are told.
    listed: Vec<Problem>,
    /// How many more there are.
    more: usize,
}

impl Problems {
    /// Adds one, cut to what people read: names in files may be as long as the file.
    pub(super) fn push(&mut self, mut problem: Problem) {
        if self.listed.len() < LISTED {
            problem.uid = problem.uid.map(|uid| shortened(uid, 200));
            problem.problem = shortened(problem.problem, 400);
            self.listed.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Adds one that is only worded when it will be listed.
    pub(super) fn push_with(&mut self, problem: impl FnOnce() -> Problem) {
        if self.is_full() { self.more += 1 } else { self.push(problem()) }
    }

    /// Adds those of another list.
    pub(super) fn append(&mut self, other: Self) {
        self.more += other.more;
        self.extend(other.listed);
    }

    /// Whether more of them would only be counted, so that wording them is wasted.
    pub(super) fn is_full(&self) -> bool {
        self.listed.len() >= LISTED
    }

    /// Counts `more` that nobody worded.
    pub(super) fn count(&mut self, more: usize) {
        self.more += more;
    }

    /// All of them in the order of the file, and how many were not listed.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.listed.sort();
        if self.more > 0 {
            let problem = format!("{} more problems are not listed", self.more);
            self.listed.push(Problem { line: None, component: None, uid: None, problem });
        }
        self.listed
    }
}

/// The beginning of `text`, `most` bytes of it.
fn shortened(text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let end = text.floor_char_boundary(most);
    format!("{}…", text.get(..end).unwrap_or_default())
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        for problem in problems {
            self.push(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_full_of_problems_lists_a_thousand_and_counts_the_rest() {
        let mut problems = Problems::default();
        problems.extend((0..LISTED + 5).rev().map(|line| Problem::at(line, "odd")));
        problems.count(2);
        let told = problems.finish();
        assert_eq!((told.len(), told[0].line), (LISTED + 1, Some(5)));
        assert_eq!(told[LISTED].problem, "7 more problems are not listed");
        assert_eq!(shortened("äää".to_owned(), 3), "ä…");
    }
}
