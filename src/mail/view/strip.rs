//! The days around a task, cut into cells: its reader's hours and leave, the task, and what each clock shows above them.

use jiff::{SignedDuration, Timestamp};

use crate::plan::notice::{Brief, Reason};
use crate::window::Window;
use crate::wording::Times;
use crate::wording::markup::{Day, Strip};

/// Into how many cells they are cut at most: a phone shows no more.
const CELLS: i64 = 48;

/// After how many cells a clock is read again, when a cell is an hour.
const MARK: usize = 6;

/// The days around `brief`'s task; nothing for a reader whose days are not known.
pub(in crate::mail) fn strip(brief: &Brief, times: &Times) -> Option<Strip> {
    let (from, until) = (brief.days.first()?.0.start(), brief.days.last()?.0.end());
    let hours = until.duration_since(from).as_hours().max(1);
    let each = SignedDuration::from_hours((hours + CELLS - 1) / CELLS);
    let starts: Vec<Timestamp> = std::iter::successors(Some(from), |at| at.checked_add(each).ok()).take_while(|at| *at < until).collect();
    let cells: Vec<Window> = starts.iter().filter_map(|at| Window::new(*at, at.checked_add(each).ok()?.min(until))).collect();
    let day = |cell: &Window| {
        let middle = cell.start().checked_add(cell.length() / 2).unwrap_or(cell.start());
        let known = brief.days.iter().find(|(window, _)| window.contains(middle)).and_then(|(_, off)| *off);
        match known {
            None => Day::There,
            Some(Reason::Leave) => Day::Leave,
            Some(Reason::Holiday) => Day::Holiday,
            Some(Reason::Weekend) => Day::Weekend,
            Some(Reason::OutsideHours | Reason::Nobody) => Day::Hours,
        }
    };
    let clocks = times.faces(brief).into_iter().map(|face| {
        let marks = starts.chunks(MARK).filter_map(|chunk| Some((chunk.len(), face.shows(*chunk.first()?))));
        (face.name.clone(), marks.collect())
    });
    Some(Strip {
        cells: cells.len(),
        clocks: clocks.collect(),
        days: runs(cells.iter().map(day)),
        task: runs(cells.iter().map(|cell| cell.overlaps(brief.window))),
    })
}

/// Equal neighbours as one, with how many they are.
fn runs<T: PartialEq>(cells: impl Iterator<Item = T>) -> Vec<(usize, T)> {
    let mut runs: Vec<(usize, T)> = Vec::new();
    for cell in cells {
        match runs.last_mut() {
            Some((width, known)) if *known == cell => *width = width.saturating_add(1),
            _ => runs.push((1, cell)),
        }
    }
    runs
}
