//! What templates are told of one task: its name, its times, its gaps and the people around it.
//! Says of nobody but the reader why they are away.

use jiff::Timestamp;
use minijinja::{Value, context};

use super::{instant, window};
use crate::plan::notice::{Brief, Briefing, Gap, OldCopy, Person, Reason};
use crate::window::Window;
use crate::wording::Times;
use crate::wording::clean::{line, words};

/// How many lines of an event's description are quoted.
const QUOTED: usize = 12;

/// How many stretches without anybody are listed.
const GAPS: usize = 6;

/// Whose reasons stand in a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Eyes {
    /// The reader's own: they may read why.
    Own,
    /// Somebody else's: they are away, and that is all.
    Others,
}

/// The task's title, clean and never empty.
pub(in crate::mail) fn title(title: &str, times: &Times) -> String {
    let title = line(title, 200);
    if title.is_empty() { times.language().untitled().to_owned() } else { title }
}

/// `ACME Corp, Upgrade to 17.4`, or the title alone when it names the account itself.
pub(in crate::mail) fn label(brief: &Brief, times: &Times) -> String {
    let title = title(&brief.short_title, times);
    match brief.account.as_deref() {
        Some(account) if !title.to_lowercase().contains(&account.to_lowercase()) => format!("{account}, {title}"),
        _ => title,
    }
}

/// All that a template may know of a task.
pub(in crate::mail) fn brief(brief: &Brief, times: &Times, eyes: Eyes) -> Value {
    let start = brief.window.start();
    let runs_until = Some(brief.window.end()).filter(|end| *end > times.now);
    let (gaps, more_gaps) = gaps(&brief.uncovered, eyes);
    let (description, description_goes_on) = description(&brief.description);
    let times_told = context! {
        window => window(brief.window),
        date_only => brief.date_only,
        dates => times.dates(brief),
        starts => if brief.date_only { times.dates(brief) } else { times.brief(start) },
        begins => if brief.date_only { times.dates(brief) } else { times.moment(start) },
        begins_short => if brief.date_only { times.dates(brief) } else { times.short(start) },
        runs_until => runs_until.map(instant),
        clocks => times.clocks(brief).into_iter().map(|clock| context! { whose => clock.whose, zone => clock.zone, text => clock.text })
            .collect::<Vec<_>>(),
        gaps, more_gaps,
        aftercare => u64::try_from(brief.aftercare.as_millis()).unwrap_or_default(),
        deadline => brief.deadline.map(instant),
        deadline_is => brief.deadline.map(|deadline| deadline_is(deadline, start, times.now)),
    };
    let state = context! {
        briefing => brief.briefing.name(),
        stale => brief.briefing == Briefing::Stale,
        is_readers => brief.is_readers,
        answered => brief.answered.as_ref().map(|answered| context! {
            waived => answered.waived, by => &answered.by, at => instant(answered.at)
        }),
        said_by => said_by(brief),
        // Where a list only names a task, this is worth a word.
        given_on => brief.given.is_some() && brief.briefing.is_open(),
        writers => brief.people.iter().filter(|person| person.is_asked).map(|person| person.name.clone()).collect::<Vec<_>>(),
        given => brief.given.as_ref().map(|given| context! { by => &given.by, to => &given.to, at => instant(given.at) }),
        given_to_reader => brief.given.is_some() && brief.is_readers,
        before => before(brief),
    };
    let what = context! {
        task => brief.task.to_string(),
        title => title(&brief.title, times),
        short_title => title(&brief.short_title, times),
        label => label(brief, times),
        account => &brief.account,
        recurs => brief.recurs,
        one_for_all => brief.one_for_all,
        its_own => wants_its_own(brief),
        also => brief.also,
        ticket => &brief.ticket,
        notes => &brief.notes,
        description, description_goes_on,
        last => brief.last.as_ref().map(|last| context! {
            title => title(&last.title, times), start => instant(last.start), ticket => &last.ticket
        }),
        people => brief.people.iter().map(person).collect::<Vec<_>>(),
        on_call => brief.on_call.iter().map(|shift| context! { name => &shift.name, window => window(shift.window) }).collect::<Vec<_>>(),
        old_copies => old_copies(&brief.old_copies),
    };
    context! { ..what, ..context! { ..times_told, ..state } }
}

/// Whether it is an occurrence with a briefing of its own: a mark in the event of its series would speak for others, too.
pub(in crate::mail) fn wants_its_own(brief: &Brief) -> bool {
    brief.recurs && !brief.one_for_all
}

/// What a deadline is: `past`, the `start` itself, or `before` it.
fn deadline_is(deadline: Timestamp, start: Timestamp, now: Timestamp) -> &'static str {
    if deadline <= now {
        "past"
    } else if deadline == start {
        "start"
    } else {
        "before"
    }
}

/// Who said what counts of its briefing.
fn said_by(brief: &Brief) -> Option<&String> {
    let counts = matches!(brief.briefing, Briefing::Written | Briefing::Waived | Briefing::Stale);
    brief.answered.as_ref().filter(|_| counts).and_then(|answered| answered.by.as_ref())
}

/// One of the people who know the customer.
fn person(person: &Person) -> Value {
    context! {
        name => &person.name,
        role => person.role,
        address => person.address.as_str(),
        away_until => person.away_until.map(instant),
    }
}

/// Those who would be asked before the reader, and why they are not: the first three.
fn before(brief: &Brief) -> Vec<Value> {
    let before = brief.people.iter().filter(|person| person.before_reader);
    let able = before.filter_map(|known| {
        let why = match known.away_until {
            _ if known.is_asked => "asked",
            Some(_) if known.is_in => "in",
            Some(_) => "away",
            None => return None,
        };
        Some(context! { why => why, ..person(known) })
    });
    able.take(3).collect()
}

/// Which copies that a letter rests on are old, and what may have changed since; never why anybody is away.
pub(in crate::mail) fn old_copies(copies: &[OldCopy]) -> Vec<Value> {
    let copy = |copy: &OldCopy| {
        context! {
            feed => copy.feed.as_str(),
            since => instant(copy.since),
            held => copy.held,
            shows_task => copy.shows_task,
            leave_of => &copy.leave_of,
        }
    };
    copies.iter().map(copy).collect()
}

/// The first lines that say anything, and whether there are more.
fn description(text: &str) -> (Vec<String>, bool) {
    let mut lines = text.split(['\n', '\r']).filter(|line| words(line).next().is_some());
    let quoted = lines.by_ref().take(QUOTED).map(|text| line(text, 600)).collect();
    (quoted, lines.next().is_some())
}

/// The gaps, those that touch joined into one with all their reasons, and how many are left out.
fn gaps(gaps: &[Gap], eyes: Eyes) -> (Vec<Value>, usize) {
    let mut runs: Vec<(Window, Vec<&str>)> = Vec::new();
    for gap in gaps {
        let word = reason(gap.reason, eyes);
        let joined = runs.last().filter(|(run, _)| run.end() == gap.window.start());
        let joined = joined.and_then(|(run, _)| Window::new(run.start(), gap.window.end()));
        match (joined, runs.last_mut()) {
            (Some(whole), Some((run, words))) => {
                *run = whole;
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            _ => runs.push((gap.window, vec![word])),
        }
    }
    let told = runs.iter().take(GAPS).map(|(run, reasons)| context! { window => window(*run), reasons => reasons });
    (told.collect(), runs.len().saturating_sub(GAPS))
}

/// A reason's name. Leave and holidays of others are their own business.
fn reason(reason: Reason, eyes: Eyes) -> &'static str {
    match (reason, eyes) {
        (Reason::OutsideHours, Eyes::Own) => "your hours",
        (Reason::Leave, Eyes::Own) => "your leave",
        (Reason::Holiday, Eyes::Own) => "holiday",
        (Reason::Leave | Reason::Holiday, Eyes::Others) => "away",
        (Reason::OutsideHours, Eyes::Others) => "hours",
        (Reason::Weekend, Eyes::Own | Eyes::Others) => "weekend",
        (Reason::Nobody, Eyes::Own | Eyes::Others) => "nobody",
    }
}
