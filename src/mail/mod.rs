//! Words letters: notices become a subject, a plain text and the frozen bytes of one message.
//! Every word that reaches a person by mail is here. Decides nothing, does no I/O and reads no clock: the same
//! notices at the same instant make the same bytes.

mod alert;
mod before_leave;
mod brief;
mod change;
mod coverage;
mod digest;
mod escalation;
mod frame;
mod outcome;
mod page;
mod parts;
mod request;
mod skeleton;
mod test_letter;
mod time;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::agenda::TaskId;
use crate::links::{self, Link, Signer};
use crate::outbox::Letter;
use crate::people::{EngineerId, Mailbox};
use crate::plan::news::Reader;
use crate::plan::notice::{Brief, Step};
use crate::plan::{Body, Key, Notice, Recipient, Said};
use page::Page;
pub use parts::subscription;
pub use test_letter::test;
use time::Times;

#[cfg(test)]
mod tests;

/// What letters need to know of the installation that sends them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Who they come from; its domain is that of every Message-ID.
    pub from: Mailbox,
    /// Where people find offwatch in a browser; named at the foot of each letter.
    pub public_url: Option<String>,
    /// Whether letters bring tasks for their reader's calendar.
    pub attach: bool,
    /// For whom these are invitations, which follow the task.
    pub invite: BTreeSet<EngineerId>,
    /// What makes the links with which a letter is answered; none when it is answered otherwise.
    pub links: Option<Signer>,
}

impl Post {
    /// What an installation has that says nothing of it: tasks are attached, and nobody is invited.
    pub fn new(from: Mailbox, public_url: Option<String>) -> Self {
        Self { from, public_url, attach: true, invite: BTreeSet::new(), links: None }
    }

    /// Whether `to` gets invitations.
    fn invites(&self, to: &Recipient) -> bool {
        to.engineer.as_ref().is_some_and(|engineer| self.invite.contains(engineer))
    }
}

/// Words one letter: all notices that are due for one address in one turn, in a stable order. `threads` are the keys of the
/// first letters that told them of these tasks.
///
/// # Panics
/// When there are no notices: such a letter would have no address.
pub fn word(notices: &[Notice], threads: &[Key], post: &Post, now: Timestamp) -> Letter {
    #[expect(clippy::expect_used, reason = "a letter without notices has neither an address nor a key")]
    let first = notices.first().expect("a letter carries at least one notice");
    let (subject, body) = text(notices, post, now);
    Letter {
        key: first.key.clone(),
        to: first.to.address.clone(),
        // One address may be a mailbox for one notice and a person for another: a person is not written to on leave.
        engineer: notices.iter().find_map(|notice| notice.to.engineer.as_ref()).map(ToString::to_string),
        bytes: frame::bytes(notices, threads, post, &subject, body, now),
        subject,
        notices: notices.iter().map(|notice| said(notice, &first.key, now)).collect(),
        queued: now,
        useful_until: useful_until(notices),
    }
}

/// The subject and the text of that letter, line ends as `\n`.
pub fn text(notices: &[Notice], post: &Post, now: Timestamp) -> (String, String) {
    let mut page = Page::default();
    let name = notices.first().and_then(|notice| notice.to.name.as_deref());
    page.prose(&name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")));
    let notices = by_urgency(notices);
    let asked = asked(&notices);
    let mut outlined = BTreeSet::new();
    for (number, notice) in (1..).zip(&notices) {
        if notices.len() > 1 {
            page.heading(&format!("{number} of {}: {}", notices.len(), subject(notice, &asked, now)), "=");
        }
        section(&mut page, notice, &asked, &|brief| post.links(brief, notice, now), now, &mut outlined);
    }
    outcome::section(&mut page, &notices, |to| Times::of(to, now));
    foot(&mut page, &notices, post);
    (whole_subject(&notices, &asked, now), page.finish())
}

/// The notices as a reader wants them: what is most urgent first.
fn by_urgency(notices: &[Notice]) -> Vec<&Notice> {
    let mut notices: Vec<&Notice> = notices.iter().collect();
    notices.sort_by_key(|notice| (urgency(&notice.body), wanted_by(notice), notice.task_start));
    notices
}

/// By when a notice wants something, or when what it tells of begins.
fn wanted_by(notice: &Notice) -> Option<Timestamp> {
    match &notice.body {
        Body::Request(brief) | Body::Escalation(brief, Step::Writer) => brief.deadline.or(notice.task_start),
        Body::BeforeLeave(leave) => Some(leave.start),
        Body::Changed(brief, _) if brief.is_readers => brief.deadline.or(notice.task_start),
        Body::Changed(..) | Body::Retracted(..) | Body::Escalation(..) | Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => {
            notice.task_start
        }
    }
}

/// The tasks for which a letter asks its reader for a briefing.
fn asked<'a>(notices: &[&'a Notice]) -> BTreeSet<&'a TaskId> {
    let tasks = |notice: &&'a Notice| -> Vec<&'a TaskId> {
        match &notice.body {
            Body::Request(brief) | Body::Escalation(brief, _) => vec![&brief.task],
            Body::BeforeLeave(leave) => leave.tasks.iter().map(|brief| &brief.task).collect(),
            Body::Changed(brief, _) if brief.is_readers => vec![&brief.task],
            Body::Changed(..) | Body::Retracted(..) | Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => Vec::new(),
        }
    };
    notices.iter().flat_map(tasks).collect()
}

impl Post {
    /// The links with which the reader of `notice` answers for the task of `brief`.
    fn links(&self, brief: &Brief, notice: &Notice, now: Timestamp) -> Vec<Link> {
        self.links.as_ref().map(|signer| links::for_task(signer, brief, &notice.to, now)).unwrap_or_default()
    }
}

/// Words one notice. A task whose outline already stands in this letter gets no second one, and one that is `asked` for
/// stands in no list of what is coming.
fn section<'a>(
    page: &mut Page,
    notice: &'a Notice,
    asked: &BTreeSet<&TaskId>,
    links: &dyn Fn(&Brief) -> Vec<Link>,
    now: Timestamp,
    outlined: &mut BTreeSet<&'a TaskId>,
) {
    let times = Times::of(&notice.to, now);
    match &notice.body {
        Body::Request(brief) => {
            request::section(page, brief, &times);
            outline(page, brief, notice, links, &times, outlined);
        }
        Body::Escalation(brief, step) => {
            escalation::section(page, brief, step, &times, &links(brief));
            if *step == Step::Writer {
                outline(page, brief, notice, links, &times, outlined);
            }
        }
        Body::Changed(brief, difference) => {
            change::section(page, brief, difference, &times);
            if (brief.is_readers || difference.reader == Reader::Wrote) && outlined.insert(&brief.task) {
                request::answer(page, brief, &links(brief));
            }
        }
        Body::Retracted(brief, fall) => change::retracted(page, brief, *fall, &times),
        Body::BeforeLeave(leave) => before_leave::section(page, leave, &times),
        Body::CatchUp(news) => digest::section(page, news, asked, &times),
        Body::Alert(alert) => alert::section(page, alert, &times),
        Body::Coverage(report) => coverage::section(page, report, &times),
    }
}

/// How a briefing of this task is marked as done, and its outline, unless both were already given.
fn outline<'a>(
    page: &mut Page,
    brief: &'a Brief,
    notice: &Notice,
    links: &dyn Fn(&Brief) -> Vec<Link>,
    times: &Times<'_>,
    outlined: &mut BTreeSet<&'a TaskId>,
) {
    if outlined.insert(&brief.task) {
        request::answer(page, brief, &links(brief));
        skeleton::filled(page, brief, &notice.to, times);
    } else {
        page.prose("The outline for this task's briefing stands above.");
    }
}

/// The subject of one notice, cleaned but not shortened.
fn subject(notice: &Notice, asked: &BTreeSet<&TaskId>, now: Timestamp) -> String {
    let times = Times::of(&notice.to, now);
    match &notice.body {
        Body::Request(brief) => request::subject(brief, &times),
        Body::Escalation(brief, step) => escalation::subject(brief, step, &times),
        Body::Changed(brief, difference) => change::subject(brief, difference, &times),
        Body::Retracted(brief, fall) => change::retracted_subject(brief, *fall, &times),
        Body::BeforeLeave(leave) => before_leave::subject(leave, &times),
        Body::CatchUp(news) => digest::subject(news, asked),
        Body::Alert(alert) => alert::subject(alert, &times),
        Body::Coverage(report) => coverage::subject(report),
    }
}

/// The subject of the most urgent notice, and how many more there are.
fn whole_subject(notices: &[&Notice], asked: &BTreeSet<&TaskId>, now: Timestamp) -> String {
    let subject = page::line(&notices.first().map(|notice| subject(notice, asked, now)).unwrap_or_default(), 180);
    match notices.len() {
        0 | 1 => subject,
        count => format!("{subject} (and {} more)", count - 1),
    }
}

/// What comes first when a letter says several things, and names it: the lowest.
fn urgency(body: &Body) -> u8 {
    match body {
        Body::Escalation(_, Step::LastCall) => 0,
        Body::Request(_) | Body::Escalation(_, Step::Writer | Step::Manager) | Body::Changed(..) => 1,
        Body::BeforeLeave(_) => 2,
        Body::Retracted(..) => 3,
        Body::CatchUp(_) => 4,
        Body::Alert(_) => 5,
        Body::Coverage(_) => 6,
    }
}

/// Why they got it, and who wrote it; what several notices have in common is said once. Mail programs take what follows
/// `-- ` for a signature.
fn foot(page: &mut Page, notices: &[&Notice], post: &Post) {
    page.signature();
    let mut reasons = Vec::new();
    for part in notices.iter().flat_map(|notice| notice.reason.split("; ")) {
        if !reasons.contains(&part) {
            reasons.push(part);
        }
    }
    page.text(&format!("Why you get this: {}. Written by offwatch, automatically.", reasons.join("; ").trim_end_matches('.')));
    if let Some(url) = &post.public_url {
        page.text(url);
    }
}

/// What the ledger keeps of a notice that travels in `letter`.
fn said(notice: &Notice, letter: &Key, now: Timestamp) -> Said {
    Said {
        key: notice.key.clone(),
        kind: notice.kind,
        person: notice.to.person().to_owned(),
        task: notice.task.clone(),
        task_start: notice.task_start,
        stage: notice.stage.clone(),
        reason: notice.reason.clone(),
        uids: notice.uids.clone(),
        at: now,
        letter: letter.clone(),
        withdrawn: false,
    }
}

/// The start of the last task it speaks of; nothing as soon as one of its notices keeps its use.
fn useful_until(notices: &[Notice]) -> Option<Timestamp> {
    let ends: Option<Vec<Timestamp>> = notices.iter().map(use_of).collect();
    ends?.into_iter().max()
}

/// When one notice loses its use.
fn use_of(notice: &Notice) -> Option<Timestamp> {
    match &notice.body {
        Body::Request(brief) | Body::Escalation(brief, _) | Body::Changed(brief, _) | Body::Retracted(brief, _) => {
            Some(notice.task_start.unwrap_or(brief.window.start()))
        }
        Body::BeforeLeave(leave) => leave.tasks.iter().map(|brief| brief.window.start()).max(),
        Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => None,
    }
}
