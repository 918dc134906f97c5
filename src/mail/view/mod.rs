//! What templates are told: the facts of a notice as values, decided and private as they must be. A template can leave out and
//! reword, and it cannot learn what its reader may not know.

mod brief;
mod digest;
mod report;
mod strip;

use std::collections::BTreeSet;

use jiff::Timestamp;
use minijinja::{Value, context};

pub(super) use brief::{Eyes, label};
pub(super) use strip::strip;

use crate::agenda::TaskId;
use crate::links::{Link, Purpose};
use crate::plan::news::{Difference, Fall, Reader};
use crate::plan::notice::{BeforeLeave, Brief, Briefing, Step};
use crate::plan::{Body, Notice};
use crate::window::Window;
use crate::wording::Times;

/// What else a template is told of the letter that its notice stands in.
pub(super) struct Around<'a> {
    /// The tasks for which the letter asks its reader for a briefing.
    pub(super) asked: &'a BTreeSet<&'a TaskId>,
    /// Whether how to answer for this task has not been told yet.
    pub(super) first: bool,
    /// Whether its task is told in full.
    pub(super) full: bool,
    /// Whether it is told by what is wanted and when alone.
    pub(super) short: bool,
    /// The links with which it is answered.
    pub(super) links: Vec<Link>,
    /// Likewise for each task of a list.
    pub(super) of_each: &'a dyn Fn(&Brief) -> Vec<Link>,
}

/// The template of a notice.
pub(super) fn template(body: &Body) -> &'static str {
    match body {
        Body::Request(_) => "briefing-request",
        Body::Escalation(_, Step::Writer) => "escalation-writer",
        Body::Escalation(_, Step::Manager) => "escalation-manager",
        Body::Escalation(_, Step::LastCall) => "escalation-last-call",
        Body::Changed(..) => "task-changed",
        Body::Retracted(..) => "retraction",
        Body::BeforeLeave(_) => "before-leave",
        Body::CatchUp(_) => "catch-up",
        Body::Alert(_) => "feed-alert",
        Body::Coverage(_) => "coverage",
    }
}

/// What that template is told.
pub(super) fn facts(notice: &Notice, around: &Around<'_>, times: &Times) -> Value {
    let writer = notice.to.name.as_deref().unwrap_or(notice.to.address.as_str());
    let task = |task: &Brief, eyes| {
        context! { brief => brief::brief(task, times, eyes), writer, ..about(around) }
    };
    match &notice.body {
        Body::Request(brief) => task(brief, Eyes::Own),
        Body::Escalation(brief, _) => task(brief, Eyes::Others),
        Body::Changed(brief, difference) => {
            let eyes = if brief.is_readers { Eyes::Own } else { Eyes::Others };
            context! { change => change(brief, difference), ..task(brief, eyes) }
        }
        Body::Retracted(brief, fall) => {
            let was = if let Fall::MovedIn { was } = fall { Some(window(*was)) } else { None };
            context! { fall => fall_name(*fall), was => was, ..task(brief, Eyes::Others) }
        }
        Body::BeforeLeave(leave) => before_leave(leave, writer, around, times),
        Body::CatchUp(digest) => digest::digest(digest, around.asked, times),
        Body::Alert(alert) => report::alert(alert),
        Body::Coverage(report) => report::coverage(report, times),
    }
}

/// A task by itself, as those know it who only hear of it.
pub(super) fn brief(brief: &Brief, times: &Times) -> Value {
    brief::brief(brief, times, Eyes::Others)
}

/// What it is told of the letter.
fn about(around: &Around<'_>) -> Value {
    context! { first => around.first, full => around.full, short => around.short, links => links(&around.links) }
}

/// Links.
fn links(links: &[Link]) -> Vec<Value> {
    links.iter().map(|link| context! { purpose => purpose(link.purpose), url => &link.url }).collect()
}

/// What is otherwise with a task, and what that means for the reader.
fn change(brief: &Brief, difference: &Difference) -> Value {
    let asks = brief.briefing == Briefing::Stale && (brief.is_readers || difference.reader == Reader::Wrote);
    context! {
        again => difference.again,
        account => difference.account,
        window => difference.window.map(window),
        title => &difference.title,
        ticket => &difference.ticket,
        holds => asks,
        means => meaning(brief, difference),
    }
}

/// What a change means for the reader.
fn meaning(brief: &Brief, difference: &Difference) -> &'static str {
    let only_ticket = difference.ticket.is_some() && difference.window.is_none() && difference.title.is_none() && !difference.again;
    match brief.briefing {
        Briefing::Stale if difference.reader == Reader::Wrote => "does yours hold",
        Briefing::Stale if brief.is_readers => "does it hold",
        Briefing::Stale => "may not hold",
        Briefing::Written if only_ticket => "wrong ticket",
        Briefing::Written => "written",
        Briefing::Wanted | Briefing::Asked if brief.is_readers => "wanted",
        Briefing::Wanted | Briefing::Asked | Briefing::TooLate => match difference.reader {
            Reader::LastResort => "last call",
            Reader::Manages => "nobody",
            Reader::Told | Reader::Wrote => "nothing",
        },
        Briefing::Waived | Briefing::NotNeeded => "nothing",
    }
}

/// The name of why a task needs nothing any more.
fn fall_name(fall: Fall) -> &'static str {
    match fall {
        Fall::Cancelled => "cancelled",
        Fall::Gone => "gone",
        Fall::Covered => "covered",
        Fall::MovedIn { .. } => "moved in",
        Fall::Elsewhere => "elsewhere",
        Fall::TakenBack => "taken back",
    }
}

/// The list before a leave, by start; each task with the links that only answer.
fn before_leave(leave: &BeforeLeave, writer: &str, around: &Around<'_>, times: &Times) -> Value {
    let mut tasks: Vec<&Brief> = leave.tasks.iter().collect();
    tasks.sort_by_key(|brief| brief.window.start());
    let mut customers: Vec<String> = Vec::new();
    for name in tasks.iter().filter_map(|task| task.account.clone()) {
        if !customers.contains(&name) {
            customers.push(name);
        }
    }
    let task = |task: &Brief| context! { links => links(&(around.of_each)(task)), ..brief::brief(task, times, Eyes::Own) };
    context! {
        customers,
        writer,
        start => instant(leave.start),
        end => leave.end.map(instant),
        tasks => tasks.into_iter().map(task).collect::<Vec<_>>(),
        some_its_own => leave.tasks.iter().any(brief::wants_its_own),
    }
}

/// An instant, for the filters that write it.
fn instant(instant: Timestamp) -> i64 {
    instant.as_millisecond()
}

/// A stretch, likewise.
fn window(window: Window) -> Value {
    context! { start => instant(window.start()), end => instant(window.end()) }
}

/// What a link is for.
fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Written => "written",
        Purpose::Waived => "waived",
        Purpose::Hand => "hand",
        Purpose::Snooze => "snooze",
        Purpose::Undo => "undo",
        Purpose::Calendar => "calendar",
    }
}
