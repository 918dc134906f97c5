//! Words letters: notices become a subject, a plain text and the frozen bytes of one message.
//! Every word that reaches a person by mail is here. Decides nothing, does no I/O and reads no clock: the same
//! notices at the same instant make the same bytes.

mod frame;
mod html;
mod parts;
mod plain;
pub mod samples;
mod test_letter;
mod view;

use std::collections::BTreeSet;

use jiff::Timestamp;
use minijinja::{Value, context};

use crate::agenda::TaskId;
use crate::links::{self, Link, Signer};
use crate::outbox::Letter;
use crate::people::{Address, EngineerId, Mailbox};
use crate::plan::news::Reader;
use crate::plan::notice::{Brief, Step};
use crate::plan::{Body, Key, Notice, Recipient, Said};
use crate::wording::markup::{self, Block};
use crate::wording::{Reads, Style, Times, clean};
pub use parts::subscription;
pub use samples::check;
pub use test_letter::test;

#[cfg(test)]
mod tests;

/// The longest letter that has a page, in bytes as it travels.
const LONGEST: usize = 60_000;

/// How many tasks of a letter are told in full: with the days around them, an outline, and how to answer in words. All, if it
/// can be, for the outline is what saves time. Behind it, whether the others are told by what is wanted and when alone.
const FULL: [(usize, bool); 5] = [(usize::MAX, false), (3, false), (1, false), (1, true), (0, true)];

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
    /// How letters are worded, and for whom how.
    pub style: Style,
    /// Whom to ask for other letters, or fewer.
    pub admin: Option<Address>,
}

impl Post {
    /// What an installation has that says nothing of it: tasks are attached, and nobody is invited.
    pub fn new(from: Mailbox, public_url: Option<String>) -> Self {
        Self { from, public_url, attach: true, invite: BTreeSet::new(), links: None, style: Style::default(), admin: None }
    }

    /// How `to` reads letters.
    fn reads(&self, to: &Recipient) -> &Reads {
        self.style.reads(to.engineer.as_ref())
    }

    /// Times as `to` reads them.
    fn times(&self, to: &Recipient, now: Timestamp) -> Times {
        let reads = self.reads(to);
        Times::of(to, &self.style.words.language(&reads.language), reads.dates, now)
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
    let Forms { subject, bytes, .. } = forms(notices, threads, post, now);
    Letter {
        key: first.key.clone(),
        to: first.to.address.clone(),
        // One address may be a mailbox for one notice and a person for another: a person is not written to on leave.
        engineer: notices.iter().find_map(|notice| notice.to.engineer.as_ref()).map(ToString::to_string),
        bytes,
        subject,
        notices: notices.iter().map(|notice| said(notice, &first.key, now)).collect(),
        queued: now,
        useful_until: useful_until(notices),
    }
}

/// The subject and the text of that letter, line ends as `\n`.
pub fn text(notices: &[Notice], post: &Post, now: Timestamp) -> (String, String) {
    let Forms { subject, text, .. } = forms(notices, &[], post, now);
    (subject, text)
}

/// The HTML of that letter; nothing where its reader wants none, or it would be too long.
pub fn page(notices: &[Notice], post: &Post, now: Timestamp) -> Option<String> {
    forms(notices, &[], post, now).page
}

/// A letter in its forms.
#[derive(Default)]
struct Forms {
    /// Its subject.
    subject: String,
    /// Its plain text.
    text: String,
    /// Its HTML.
    page: Option<String>,
    /// As it travels.
    bytes: Vec<u8>,
}

/// That letter in its forms: with as many of its tasks told in full as let all of it travel, and without a page where even that
/// is too long: some programs cut off what is longer, and its text says the same.
fn forms(notices: &[Notice], threads: &[Key], post: &Post, now: Timestamp) -> Forms {
    let Some(to) = notices.first().map(|notice| &notice.to) else { return Forms::default() };
    let (reads, words) = (post.reads(to), &post.style.words);
    let travel = |subject: &str, text: &str, page: Option<String>| {
        let said = frame::Said { text: text.to_owned(), html: page };
        frame::bytes(notices, threads, post, subject, said, now)
    };
    let written = |(full, short): (usize, bool), has_page: bool| {
        let told = Told { tasks: BTreeSet::new(), full, short };
        let (subject, blocks) = blocks(notices, post, told, now);
        let page = if has_page { html::print(words, &words.language(&reads.language).tag, &subject, &blocks) } else { None };
        let text = plain::print(&blocks);
        let bytes = travel(&subject, &text, page.clone());
        Forms { subject, text, page, bytes }
    };
    let paged = FULL.into_iter().filter(|_| !reads.plain).map(|amount| (amount, true));
    let mut last = Forms::default();
    for (amount, has_page) in paged.chain(FULL.map(|amount| (amount, false))) {
        last = written(amount, has_page);
        if last.bytes.len() <= LONGEST {
            break;
        }
    }
    last
}

/// The subject and the blocks of that letter, of which nothing is `told` yet.
fn blocks<'a>(notices: &'a [Notice], post: &Post, mut told: Told<'a>, now: Timestamp) -> (String, Vec<Block>) {
    let Some(to) = notices.first().map(|notice| &notice.to) else { return Default::default() };
    let times = post.times(to, now);
    let notices = by_urgency(notices);
    let asked = asked(&notices);
    let sections: Vec<(String, Vec<Block>)> = notices.iter().map(|notice| section(notice, post, &asked, now, &mut told)).collect();
    let subject = sections.first().map(|(subject, _)| clean::line(subject, 180)).unwrap_or_default();
    let more = sections.len().saturating_sub(1);
    let head = post.style.words.fill("letter", &times, context! { subject, more, name => &to.name });
    let (subject, mut whole) = markup::letter(&head);
    let parts = sections.len();
    for ((subject, blocks), number) in sections.into_iter().zip(1_usize..) {
        whole.push(Block::Gap);
        if parts > 1 {
            whole.extend(markup::blocks(&post.style.words.fill("part", &times, context! { number, parts, subject })));
            whole.push(Block::Gap);
        }
        whole.extend(blocks);
    }
    whole.push(Block::Gap);
    whole.extend(outcomes(&notices, post, now));
    whole.push(Block::Gap);
    whole.extend(foot(&notices, post, &times));
    (subject, whole)
}

/// What a letter has told so far.
struct Told<'a> {
    /// The tasks for which it told how to answer.
    tasks: BTreeSet<&'a TaskId>,
    /// How many are told in full.
    full: usize,
    /// Whether the others are told in short.
    short: bool,
}

/// Words one notice: its subject and its blocks. How to answer for a task is told once in a letter.
fn section<'a>(notice: &'a Notice, post: &Post, asked: &BTreeSet<&TaskId>, now: Timestamp, told: &mut Told<'a>) -> (String, Vec<Block>) {
    let brief = task(notice).filter(|_| !matches!(notice.body, Body::Retracted(..)));
    let answers = match &notice.body {
        Body::Request(_) | Body::Escalation(_, Step::Writer) => true,
        Body::Changed(brief, difference) => brief.is_readers || difference.reader == Reader::Wrote,
        Body::Escalation(_, Step::Manager | Step::LastCall)
        | Body::Retracted(..)
        | Body::BeforeLeave(_)
        | Body::CatchUp(_)
        | Body::Alert(_)
        | Body::Coverage(_) => false,
    };
    let first = answers && brief.is_some_and(|brief| told.tasks.insert(&brief.task));
    let full = told.tasks.len() <= told.full;
    let short = answers && !full && told.short;
    let of_each = |brief: &Brief| post.links(brief, notice, now);
    let links = brief.map(&of_each).unwrap_or_default();
    let times = post.times(&notice.to, now);
    let facts = view::facts(notice, &view::Around { asked, first, full, short, links, of_each: &of_each }, &times);
    let (subject, mut blocks) = markup::letter(&post.style.words.fill(view::template(&notice.body), &times, facts));
    for block in &mut blocks {
        if let Block::Strip(_, strip) = block {
            *strip = brief.and_then(|brief| view::strip(brief, &times));
        }
    }
    (subject, blocks)
}

/// The task that a notice is about.
fn task(notice: &Notice) -> Option<&Brief> {
    match &notice.body {
        Body::Request(brief) | Body::Escalation(brief, _) | Body::Changed(brief, _) | Body::Retracted(brief, _) => Some(brief),
        Body::BeforeLeave(_) | Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => None,
    }
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

/// What other people said of briefings that the reader has to do with, at the end of whatever letter they get next.
fn outcomes(notices: &[&Notice], post: &Post, now: Timestamp) -> Vec<Block> {
    let said = |notice: &&Notice| {
        let times = post.times(&notice.to, now);
        notice.outcomes.iter().map(|brief| view::brief(brief, &times)).collect::<Vec<_>>()
    };
    let outcomes: Vec<Value> = notices.iter().flat_map(said).collect();
    match notices.first().filter(|_| !outcomes.is_empty()) {
        Some(first) => markup::blocks(&post.style.words.fill(
            "outcomes",
            &post.times(&first.to, now),
            context! { outcomes, several => notices.len() > 1 },
        )),
        None => Vec::new(),
    }
}

/// Why they got it, who wrote it, and how to get other letters; what several notices have in common is said once.
fn foot(notices: &[&Notice], post: &Post, times: &Times) -> Vec<Block> {
    let parts = |notice: &Notice| notice.reason.trim_end_matches('.').split("; ").map(str::to_owned).collect::<Vec<_>>();
    let mut reasons: Vec<String> = Vec::new();
    for notice in notices {
        for part in parts(notice) {
            let common = notices.iter().all(|other| parts(other).contains(&part));
            let title = task(notice).map(|brief| clean::line(&brief.short_title, 40)).filter(|_| !common);
            let reason = title.map_or_else(|| part.clone(), |title| format!("{part} ({title})"));
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    let kinds: BTreeSet<&str> = notices.iter().map(|notice| view::template(&notice.body)).collect();
    // Whoever decides about letters needs not be told so.
    let admin = post.admin.as_ref().filter(|admin| notices.iter().all(|notice| notice.to.address != **admin)).map(Address::as_str);
    let facts =
        context! { reasons, kinds => kinds.into_iter().collect::<Vec<_>>(), admin, note => &post.style.note, url => &post.public_url };
    markup::blocks(&post.style.words.fill("foot", times, facts))
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
