//! What a letter brings for its reader's calendar: the task, and a half hour in which to write its briefing. Also the whole
//! calendar of one engineer, to subscribe to. Both speak their reader's language.
//! Says no more than the letter does, and nothing of why anybody is away or in which meeting: calendars are shown to others.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::{Post, by_urgency, clean, view};
use crate::calendar::write::{self, Draft, Method};
use crate::calendar::{Status, When};
use crate::people::Mailbox;
use crate::plan::news::Reader;
use crate::plan::notice::{Brief, Planned, Step};
use crate::plan::{Body, Notice, Recipient};
use crate::window::Window;
use crate::wording::{Entries, Times, filled};
use crate::zone::Zone;

/// How many tasks of one letter come with parts; mail programs show no more either.
const TASKS: usize = 8;

/// How much of an event's description is quoted.
const QUOTED: usize = 1000;

/// How long before a deadline its entry begins.
const NOTICE: SignedDuration = SignedDuration::from_mins(30);

/// One calendar attached to a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The name of its file.
    pub(super) file: String,
    /// What it wants.
    pub(super) method: Method,
    /// The calendar, with CRLF line ends.
    pub(super) text: String,
}

/// The parts of a letter that carries `notices`, the most urgent first; at most two for each task. Behind them what takes back
/// half hours that its reader needs no more.
pub(super) fn parts(notices: &[Notice], post: &Post, now: Timestamp) -> Vec<Part> {
    let mut tasks: Vec<&Brief> = Vec::new();
    let mut parts = Vec::new();
    for notice in by_urgency(notices) {
        let drawer = Drawer::of(&notice.to, post, now);
        let (briefs, over) = about(notice);
        for brief in briefs {
            if tasks.len() == TASKS || tasks.iter().any(|known| known.task == brief.task) {
                continue;
            }
            tasks.push(brief);
            let drafts = [("task", drawer.task_part(brief, over)), ("briefing", drawer.briefing_part(brief, over))];
            parts.extend(drafts.into_iter().filter_map(|(name, part)| Some(Part::of(name, tasks.len(), part?))));
        }
    }
    let freed = notices.iter().flat_map(|notice| notice.freed.iter().map(move |brief| (notice, brief)));
    for (number, (notice, brief)) in (tasks.len().saturating_add(1)..).zip(freed) {
        let drawer = Drawer::of(&notice.to, post, now);
        parts.extend(drawer.freed(brief).map(|part| Part::of("briefing", number, part)));
    }
    parts
}

impl Part {
    /// The part of that name for the task of that number.
    fn of(name: &str, number: usize, (method, draft): (Method, Draft)) -> Self {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        Self { file: format!("{name}{number}.ics"), method, text: write::calendar(&[draft], Some(method), None) }
    }
}

/// The calendar of one engineer, who subscribes to it: `planned` are the tasks in it. The same tasks make the same bytes,
/// whenever it is written.
pub fn subscription(to: &Recipient, planned: &[Planned], post: &Post) -> String {
    let drafts = planned.iter().flat_map(|planned| {
        let drawer = Drawer { invites: false, ..Drawer::of(to, post, planned.noted) };
        let task = drawer.task(&planned.brief, planned.brief.briefing.is_open());
        let deadline = planned.brief.deadline.filter(|_| planned.brief.is_readers && planned.brief.briefing.is_open());
        [Some(task), deadline.and_then(|deadline| drawer.deadline(&planned.brief, deadline))]
    });
    let drafts: Vec<Draft> = drafts.flatten().collect();
    let name = to.name.as_deref().unwrap_or(to.address.as_str());
    write::calendar(&drafts, None, Some(&format!("offwatch: {name}")))
}

/// The tasks that a notice is about, if its reader is to have them in their calendar; and whether they need nothing any more.
fn about(notice: &Notice) -> (Vec<&Brief>, bool) {
    match &notice.body {
        _ if notice.to.engineer.is_none() => (Vec::new(), false),
        Body::Request(brief) | Body::Escalation(brief, Step::Writer) => (vec![brief], false),
        Body::Changed(brief, difference) => match difference.reader {
            Reader::Told | Reader::Wrote => (vec![brief], false),
            // They got none before.
            Reader::Manages | Reader::LastResort => (Vec::new(), false),
        },
        Body::Retracted(brief, _) => (vec![brief], true),
        // What it only names comes with a letter of its own.
        Body::BeforeLeave(leave) => (leave.tasks.iter().filter(|brief| notice.stands_in_for(&brief.task)).collect(), false),
        Body::Escalation(_, Step::Manager | Step::LastCall) | Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => (Vec::new(), false),
    }
}

/// Draws entries for one reader.
struct Drawer<'a> {
    /// The reader.
    to: &'a Recipient,
    /// The installation.
    post: &'a Post,
    /// When it is drawn.
    now: Timestamp,
    /// Whether entries are invitations, which can be taken back.
    invites: bool,
    /// The words in the reader's language.
    says: Entries,
    /// Times as the reader reads them.
    times: Times,
}

impl<'a> Drawer<'a> {
    /// Who draws for `to` at `now`.
    fn of(to: &'a Recipient, post: &'a Post, now: Timestamp) -> Self {
        let says = post.style.words.entries(&post.reads(to).language);
        Self { to, post, now, invites: post.invites(to), says, times: post.times(to, now) }
    }

    /// What becomes of the task.
    fn task_part(&self, brief: &Brief, over: bool) -> Option<(Method, Draft)> {
        if over {
            return self.taken_back(self.task(brief, false));
        }
        let method = if self.invites { Method::Request } else { Method::Publish };
        Some((method, self.task(brief, brief.briefing.is_open())))
    }

    /// What becomes of the time to write its briefing.
    fn briefing_part(&self, brief: &Brief, over: bool) -> Option<(Method, Draft)> {
        if over || !brief.briefing.is_open() {
            return self.briefing_taken_back(brief);
        }
        let method = if self.invites { Method::Request } else { Method::Publish };
        brief.slot.map(|slot| (method, self.briefing(brief, slot)))
    }

    /// The end of the time to write its briefing.
    fn briefing_taken_back(&self, brief: &Brief) -> Option<(Method, Draft)> {
        // Where it stood is of no weight: a cancellation names its UID.
        let draft = self.briefing(brief, brief.slot.unwrap_or(brief.window));
        self.taken_back(Draft { description: self.says.taken_back.clone(), ..draft })
    }

    /// The same in a letter that says nothing of the task: between the version of the last one that did and that of the next.
    fn freed(&self, brief: &Brief) -> Option<(Method, Draft)> {
        let (method, draft) = self.briefing_taken_back(brief)?;
        Some((method, Draft { sequence: draft.sequence.saturating_sub(2), ..draft }))
    }

    /// The end of an invitation; what was only attached is its reader's to delete.
    fn taken_back(&self, draft: Draft) -> Option<(Method, Draft)> {
        let sequence = draft.sequence.saturating_add(1);
        let cancelled = Draft { status: Status::Cancelled, busy: false, sequence, ..draft };
        self.invites.then_some((Method::Cancel, cancelled))
    }

    /// What a task is called.
    fn label(&self, brief: &Brief) -> String {
        view::label(brief, &self.times)
    }

    /// The task itself, and whether it is `wanted` to be written for. It takes up nobody's time: its reader is not there.
    fn task(&self, brief: &Brief, wanted: bool) -> Draft {
        let when = dates(brief, &self.to.zone);
        let summary = clean::line(&self.label(brief), 180);
        let summary = if wanted { filled(&self.says.wanted, &[("task", &summary)]) } else { summary };
        let quoted: String = write::lines(&brief.description).chars().take(QUOTED).collect();
        let description = [self.links(brief, &quoted), quoted].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        let draft = self.draft("task", brief, When::Timed { start: brief.window.start(), end: brief.window.end() });
        Draft { when, summary, description, ..draft }
    }

    /// The half hour to write its briefing in.
    fn briefing(&self, brief: &Brief, slot: Window) -> Draft {
        let until = brief.deadline.map(|deadline| filled(&self.says.until, &[("when", &self.times.moment(deadline))]));
        let description = [until.unwrap_or_default(), self.says.proposal.clone(), self.links(brief, "")];
        let description = description.into_iter().filter(|part| !part.is_empty());
        let draft = self.draft("briefing", brief, When::Timed { start: slot.start(), end: slot.end() });
        Draft {
            summary: clean::line(&filled(&self.says.write, &[("task", &self.label(brief))]), 200),
            description: description.collect::<Vec<_>>().join("\n"),
            status: Status::Tentative,
            busy: true,
            // Each letter proposes anew.
            sequence: draft.sequence.saturating_add(brief.told.saturating_mul(2)),
            ..draft
        }
    }

    /// The deadline of its briefing.
    fn deadline(&self, brief: &Brief, deadline: Timestamp) -> Option<Draft> {
        let window = Window::new(deadline.checked_sub(NOTICE).ok()?, deadline)?;
        let draft = self.draft("deadline", brief, When::Timed { start: window.start(), end: window.end() });
        let values = [("when", self.times.moment(deadline)), ("task", self.label(brief))];
        let summary = filled(&self.says.deadline, &values.each_ref().map(|(name, value)| (*name, value.as_str())));
        Some(Draft { summary: clean::line(&summary, 200), description: self.links(brief, ""), ..draft })
    }

    /// What entries have in common.
    fn draft(&self, kind: &str, brief: &Brief, when: When) -> Draft {
        let attendee = Mailbox { name: self.to.name.clone(), address: self.to.address.clone() };
        Draft {
            // Rounds are counted for each reader, so each has an entry of their own.
            uid: write::uid(kind, &[brief.task.as_str(), self.to.person()]),
            stamp: self.now,
            sequence: brief.version,
            when,
            summary: String::new(),
            description: String::new(),
            url: brief.ticket.clone(),
            status: Status::Confirmed,
            busy: false,
            organizer: Some(self.post.from.clone()),
            attendee: self.invites.then_some(attendee),
        }
    }

    /// Where more is to be read, but for the ticket if `beside` names it.
    fn links(&self, brief: &Brief, beside: &str) -> String {
        let ticket = brief.ticket.as_ref().filter(|ticket| !beside.contains(ticket.as_str()));
        let ticket = ticket.map(|ticket| filled(&self.says.ticket, &[("link", ticket)]));
        let notes = brief.notes.as_ref().map(|notes| filled(&self.says.notes, &[("link", notes)]));
        let links: Vec<String> = ticket.into_iter().chain(notes).collect();
        links.join("\n")
    }
}

/// When a task takes place: dates where none of them has a time, if the zone in which they begin at midnight is known.
fn dates(brief: &Brief, own: &Zone) -> When {
    let timed = When::Timed { start: brief.window.start(), end: brief.window.end() };
    let zones = [brief.customer_zone.clone(), Some(own.clone()), Some(Zone::utc())];
    let placed = zones.into_iter().flatten().filter(|_| brief.date_only).map(|zone| {
        let when = When::AllDay { first: zone.date(brief.window.start()), until: zone.date(brief.window.end()) };
        (when.placed(&zone), when)
    });
    let (start, end) = (brief.window.start(), brief.window.end());
    let whole = placed.into_iter().find(|((first, until), _)| (*first, *until) == (start, end));
    whole.map_or(timed, |(_, when)| when)
}
