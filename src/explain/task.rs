//! A task's whole chain in plain words: the event, its changes, who is there, who could write, what was and will be said.

use jiff::Timestamp;

use super::Ground;
use super::changes::changes;
use super::words::{Page, clock, feed, hours, length, local, presence, span, work};
use crate::agenda::Mark;
use crate::people::{Backup, EngineerId};
use crate::plan::explain::{Became, LeadStory, Place, StepStory, TaskStory, WriterStory};
use crate::plan::notice::{Briefing, Reason, Step};
use crate::plan::{Case, Kind, Notice, Part, Said, Why};
use crate::zone::Zone;

/// Everything about a task, for people. Of letters to come nothing is said when nobody looked for them.
pub fn page(ground: &Ground, story: &TaskStory, coming: Option<&[(Timestamp, Notice)]>) -> Page {
    let mut page = Page::default();
    let (case, zone) = (&story.case, ground.zone());
    page.heading(&case.task.title);
    let recurrence = case.task.identity.recurrence_id.as_ref().map(|id| format!("#{id}")).unwrap_or_default();
    page.line(1, &format!("task {}, UID {}{recurrence}", case.id, case.task.identity.uid));
    page.line(1, &ground.as_of(zone));
    // The regular report lists everything uncovered; it is neither the reason nor the answer for any one task.
    let own: Option<Vec<(Timestamp, Notice)>> =
        coming.map(|coming| coming.iter().filter(|(_, notice)| notice.kind != Kind::Coverage).cloned().collect());
    page.heading("In short");
    page.lines(1, &in_short(ground, story, own.as_deref()), "");
    page.heading("The event");
    page.lines(1, &event(ground, case), "");
    page.heading("What changed");
    page.lines(1, &changes(ground, story), "nothing since it was first seen");
    page.heading("Whether somebody is there");
    page.lines(1, &cover(ground, story), "");
    page.heading("The briefing");
    page.lines(1, &briefing(ground, story), "");
    page.heading("Who could write it, in order");
    writers(&mut page, ground, story);
    page.heading("Who is told when nobody can write it");
    page.lines(1, &steps(ground, story), "nobody: no manager and no last resort is configured");
    page.heading("What was said, to whom and why");
    let (reports, said): (Vec<Said>, Vec<Said>) = story.said.iter().cloned().partition(|said| said.kind == Kind::Coverage);
    page.lines(1, &ground.said(&said, Some(case)), "nothing so far");
    if let Some(last) = reports.last() {
        page.line(
            1,
            &format!("(and {} regular coverage reports to {} listed it, the last {})", reports.len(), last.person, clock(last.at, zone)),
        );
    }
    page.heading("What is not said at this moment, and why");
    let held = ground.held(ground.hold.iter().filter(|hold| hold.task.as_ref() == Some(&case.id)), false);
    page.lines(1, &held, "nothing is held back");
    if let Some(own) = own {
        page.heading("What will be said, if nothing changes");
        let reported = coming.is_some_and(|coming| own.len() < coming.len());
        page.lines(1, &ground.coming(&own, Some(case)), if reported { "no letter about it" } else { "nothing" });
        if reported {
            page.line(1, &format!("(the regular coverage report to {} lists it)", ground.team().admin));
        }
    }
    page.heading("What would change this");
    page.lines(1, &levers(ground, story), "");
    page
}

/// The answer in a few sentences.
fn in_short(ground: &Ground, story: &TaskStory, coming: Option<&[(Timestamp, Notice)]>) -> Vec<String> {
    let (case, zone) = (&story.case, ground.zone());
    let mut lines = Vec::new();
    match &story.settled {
        Some(Why::Covered) if case.parts.is_empty() => {
            lines.push("Nothing is asked: somebody who knows the customer is there all the time.".to_owned());
        }
        Some(Why::Covered) => {
            lines.push(
                "Nothing is asked: somebody who knows the customer is there, but for parts so short that they do not count.".to_owned(),
            );
        }
        Some(Why::Begun) if story.briefing == Briefing::TooLate => {
            lines.push("It has begun, uncovered and without a briefing that offwatch knows of; nobody is asked any more.".to_owned());
        }
        Some(Why::Begun) => lines.push(format!("It has begun; nobody is asked any more. Briefing: {}.", story.briefing.name())),
        Some(Why::NoAccount) => lines.push("Nobody is asked: no account was found in the event, so it is nobody's task.".to_owned()),
        Some(Why::Cancelled) => lines.push(format!("Nothing more is asked: {}.", fallen(ground, case))),
        Some(why) => lines.push(format!("Nothing more is asked: {}.", local(&why.to_string(), zone))),
        None => lines.extend(wanted(ground, story)),
    }
    lines.push(so_far(ground, story));
    let Some(coming) = coming else { return lines };
    let next: Vec<&(Timestamp, Notice)> = coming.iter().filter(|(at, _)| Some(*at) == coming.first().map(|(first, _)| *first)).collect();
    let named: Vec<String> = next.iter().map(|(_, notice)| format!("{} to {}", notice.kind, ground.called(notice.to.person()))).collect();
    lines.push(next.first().map_or_else(
        || "No letter about it will come, as far as is known now.".to_owned(),
        |(at, _)| format!("Next: {}: {}.", clock(*at, zone), named.join(", ")),
    ));
    lines
}

/// How often people were written to about it, and the last time.
fn so_far(ground: &Ground, story: &TaskStory) -> String {
    let own: Vec<&Said> = story.said.iter().filter(|said| said.task.as_ref() == Some(&story.case.id)).collect();
    let Some(last) = own.last() else {
        return match story.said.len() {
            0 => "Nobody has been written to about it so far.".to_owned(),
            1 => "Nobody has been written to about it so far, but for one list or report that names it.".to_owned(),
            lists => format!("Nobody has been written to about it so far, but for {lists} lists and reports that name it."),
        };
    };
    let times = if own.len() == 1 {
        "Once so far somebody was written to about it:".to_owned()
    } else {
        format!("So far people were written to about it {} times, last", own.len())
    };
    let together = own.iter().filter(|said| said.at == last.at).map(|said| {
        // A request without a stage was taken into the list of the same letter.
        let listed = said.kind == Kind::BriefingRequest && said.stage.is_none();
        let what = if listed { "in a list before a leave (before-leave)" } else { said.kind.name() };
        format!("{what} to {}", ground.called(&said.person))
    });
    format!("{times} {}: {}.", clock(last.at, ground.zone()), together.collect::<Vec<_>>().join(", "))
}

/// What became of a task that does not stand any more.
fn fallen(ground: &Ground, case: &Case) -> String {
    let gone = ground.desk.scene().history.get(&case.id).and_then(|sighting| sighting.gone);
    gone.map_or_else(|| "it was cancelled".to_owned(), |at| format!("it vanished from its calendar {}", clock(at, ground.zone())))
}

/// Whose the writing is.
fn wanted(ground: &Ground, story: &TaskStory) -> Vec<String> {
    let writers: Vec<String> = story.writers.iter().filter_map(|writer| writes(ground, writer)).collect();
    match (writers.is_empty(), story.nobody_since) {
        (false, _) => vec![format!("It is uncovered and a briefing is wanted. {}", writers.join(" "))],
        (true, Some(since)) => {
            let since = clock(since, ground.zone());
            vec![format!("It is uncovered, a briefing is wanted, and since {since} nobody who knows the customer can write it in time.")]
        }
        (true, None) => vec!["It is uncovered and a briefing is wanted.".to_owned()],
    }
}

/// That somebody is to write it, if so.
fn writes(ground: &Ground, writer: &WriterStory) -> Option<String> {
    let Place::Writes { since } = writer.place else { return None };
    let zone = ground.zone_of(writer.engineer.as_str());
    let until = writer.deadline.map(|at| format!("until {}, the last working moment before the task", clock(at, zone)));
    let (called, role) = (ground.called(writer.engineer.as_str()), writer.role.word());
    Some(format!("{called}, {role}, is to write it (since {}) {}.", clock(since, zone), until.unwrap_or_default()))
}

/// What the event says, where it came from, and whose it is.
fn event(ground: &Ground, case: &Case) -> Vec<String> {
    let (task, now) = (&case.task, ground.now);
    let zone = case.account.as_ref().and_then(|account| account.zone.as_ref()).unwrap_or_else(|| ground.zone());
    let mut lines = vec![format!("{} ({})", span(case.start(), task.window.end(), zone), zone.name())];
    if zone.name() != ground.zone().name() {
        lines.push(format!("that is {}", span(case.start(), task.window.end(), ground.zone())));
    }
    if task.date_only {
        lines.push("no time was given, so the whole date counts".to_owned());
    }
    if case.watch.end() > task.window.end() {
        let aftercare = length(case.watch.end().duration_since(task.window.end()));
        lines.push(format!("watched until {}: trouble may still come for {aftercare} after its end", clock(case.watch.end(), zone)));
    }
    let health = ground.outside.feeds.iter().find(|health| health.feed == task.feed);
    let state = health.map_or_else(|| "which is not configured any more".to_owned(), |health| feed(health, ground.zone(), now));
    lines.push(format!("from feed `{}`: {state}", task.feed));
    lines.push(match (&case.account, &task.matched_by) {
        (Some(account), Some(by)) => format!("account {} ({}), found by {by}", account.name, account.id),
        (Some(account), None) => format!("account {} ({})", account.name, account.id),
        (None, _) => {
            "no account: no X-OFFWATCH-ACCOUNT, category, title prefix, match word or mail domain in it names exactly one".to_owned()
        }
    });
    lines.push(task.ticket.as_ref().map_or_else(|| "no ticket was found in it".to_owned(), |ticket| format!("ticket {ticket}")));
    if task.recurs {
        lines.push(series(ground, case));
    }
    lines
}

/// Which occurrence of its series it is.
fn series(ground: &Ground, case: &Case) -> String {
    let own = |other: &&Case| other.task.identity.uid == case.task.identity.uid && other.stands && other.task.window.end() > ground.now;
    let ahead: Vec<&Case> = ground.desk.cases().filter(own).collect();
    let earlier = ahead.iter().filter(|other| other.start() < case.start()).count();
    let this = if ahead.iter().any(|other| other.id == case.id) { format!(", this is number {}", earlier + 1) } else { String::new() };
    format!("one of a series: {} occurrences to come are in sight{this}", ahead.len())
}

/// The watch window, part by part.
fn cover(ground: &Ground, story: &TaskStory) -> Vec<String> {
    let case = &story.case;
    let Some(account) = &case.account else { return vec!["nobody knows whose task it is, so nobody covers it".to_owned()] };
    let owner = account.owner().map(|owner| ground.called(owner.as_str()));
    let Some(owner) = owner else { return vec!["the account has no engineers, so nobody covers it".to_owned()] };
    let zone = account.owner().map_or_else(|| ground.zone(), |owner| ground.zone_of(owner.as_str()));
    let needed = length(ground.rules().min_uncovered);
    let all = length(case.watch.length());
    let total = length(case.parts.length());
    let engineers: Vec<String> = account.engineers.iter().map(|engineer| ground.called(engineer.as_str())).collect();
    let mut lines = vec![format!("only the account's engineers cover it: {}; a backup who is there does not", engineers.join(", "))];
    let longest = case.parts.iter().map(crate::window::Window::length).max().map(length).unwrap_or_default();
    lines.push(match (case.uncovered, case.parts.is_empty()) {
        (_, true) => "covered: one of them is there all the time, breaks of up to 2 h within a working day included".to_owned(),
        (true, false) => {
            format!("uncovered: {total} of {all} without any of them; the longest part is {longest}, and from {needed} on a part counts")
        }
        (false, false) => format!("counts as covered: {total} of {all} without any of them, but no part of {needed} or more"),
    });
    let gap = |gap: &crate::plan::notice::Gap| format!("  {}  {}", span(gap.window.start(), gap.window.end(), zone), reason(gap.reason));
    lines.extend(story.gaps.iter().map(gap));
    if !story.gaps.is_empty() {
        lines.push(format!("  (reasons as the hours of {owner} give them, on that clock)"));
    }
    lines
}

/// The reason of a part, as anybody may know it.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Leave | Reason::Holiday => "away",
        Reason::OutsideHours | Reason::Weekend | Reason::Nobody => reason.words(),
    }
}

/// What is known of the briefing.
fn briefing(ground: &Ground, story: &TaskStory) -> Vec<String> {
    let zone = ground.zone();
    let state = match story.briefing {
        Briefing::Wanted => "wanted: nobody has been asked yet",
        Briefing::Asked => "asked for, and offwatch knows of no answer",
        Briefing::Written => "written",
        Briefing::Stale => {
            "stale: written, but the task has changed since; whoever was told is asked whether it holds, then at the last two leads"
        }
        Briefing::Waived => "waived: none is needed",
        Briefing::TooLate => "too late: the task began without one that offwatch knows of",
        Briefing::NotNeeded => "not needed: the task is covered",
    };
    let mut lines = vec![match &story.settled {
        Some(Why::Cancelled) => format!("not wanted any more: {}", fallen(ground, &story.case)),
        Some(_) | None => state.to_owned(),
    }];
    lines.extend(part(story.part, zone));
    if let Some(mark) = story.case.task.mark {
        lines.push(match mark {
            Mark::Done => "the task's own event says that it is written".to_owned(),
            Mark::Waived => "the task's own event says that none is needed".to_owned(),
        });
    }
    if let Some(answer) = &story.answer {
        let word = if answer.waived { "waived" } else { "written" };
        let note = answer.note.as_ref().map(|note| format!(", \"{note}\"")).unwrap_or_default();
        let holds = if story.answer_holds { "" } else { "; the task has changed since, so that word does not hold any more" };
        lines.push(format!("{word}, said {} on {}{note}{holds}", answer.by, clock(answer.at, zone)));
    }
    lines.extend(story.given.as_ref().map(|given| format!("given to {}, said {} on {}", given.to, given.by, clock(given.at, zone))));
    lines.extend(story.snoozed.iter().map(|(who, until)| format!("{who} wished to be reminded later, not before {}", clock(*until, zone))));
    lines
}

/// What its series means for its briefing.
fn part(part: Part, zone: &Zone) -> Option<String> {
    Some(match part {
        Part::Alone => return None,
        Part::Leads { first: true } => "one of a series that one briefing serves; it is asked for at this occurrence".to_owned(),
        Part::Leads { first: false } => {
            "one of a series that one briefing serves, asked for in vain before: once more, every four weeks, at \
             the first lead, and not escalated again"
                .to_owned()
        }
        Part::Rides { leader: Some(leader) } => {
            format!("one of a series that one briefing serves; it is asked for at the occurrence of {}", clock(leader, zone))
        }
        Part::Rides { leader: None } => "one of a series that one briefing serves; no occurrence is asked for at this moment".to_owned(),
    })
}

/// Everybody who could write.
fn writers(page: &mut Page, ground: &Ground, story: &TaskStory) {
    if story.writers.is_empty() {
        page.line(1, "nobody: the account has no engineers and no backups for that date");
    } else {
        page.line(1, "The first who has time writes. Leads are counted back from each one's own last working moment before the task.");
        page.line(1, &ground.reach());
    }
    for (place, writer) in story.writers.iter().enumerate() {
        let Some(engineer) = ground.team().engineers.get(&writer.engineer) else { continue };
        let zone = &engineer.zone;
        let called = ground.called(writer.engineer.as_str());
        page.line(1, &format!("{}. {called}, {}", place + 1, writer.role.word()));
        page.line(3, &format!("works {} ({})", hours(&engineer.hours), zone.name()));
        if let Some(availability) = ground.desk.scene().availability.get(&writer.engineer) {
            page.line(3, &format!("now {}", presence(engineer, availability, ground.now)));
            let at_start =
                if ground.now < story.case.start() { presence(engineer, availability, story.case.start()) } else { String::new() };
            if !at_start.is_empty() {
                page.line(3, &format!("when the task starts: {at_start}"));
            }
        }
        page.line(3, &place_words(ground, story, writer));
        if matches!(writer.place, Place::Writes { .. }) || writer.leads.iter().any(|lead| matches!(lead.became, Became::Said { .. })) {
            for lead in &writer.leads {
                page.line(4, &lead_words(story, writer, lead, zone));
            }
        } else if !writer.leads.is_empty() {
            page.line(3, &idle_leads(writer, zone));
        }
    }
    for backup in story.case.account.iter().flat_map(|account| &account.backups) {
        if !story.writers.iter().any(|writer| writer.engineer == backup.engineer) {
            page.line(1, &out_of_cover(ground, backup));
        }
    }
    let handed = |engineer: Option<&EngineerId>| engineer.map_or_else(|| "nobody".to_owned(), |id| ground.called(id.as_str()));
    if story.handed.len() > 1 {
        let steps: Vec<String> = story
            .handed
            .iter()
            .map(|writer| format!("{} since {}", handed(writer.engineer.as_ref()), clock(writer.since, ground.zone())))
            .collect();
        page.line(1, &format!("It was handed on: {}.", steps.join("; ")));
    }
}

/// That a backup does not stand in on that date.
fn out_of_cover(ground: &Ground, backup: &Backup) -> String {
    let from = backup.from.map(|from| format!(" from {from}")).unwrap_or_default();
    let until = backup.until.map(|until| format!(" until before {until}")).unwrap_or_default();
    format!("-  {}, backup, only stands in{from}{until}: not on the date of this task", ground.called(backup.engineer.as_str()))
}

/// Where a possible writer stands.
fn place_words(ground: &Ground, story: &TaskStory, writer: &WriterStory) -> String {
    let zone = ground.zone_of(writer.engineer.as_str());
    let deadline = writer.deadline.map(|at| clock(at, zone)).unwrap_or_default();
    let least = length(ground.rules().min_writing);
    match writer.place {
        Place::Writes { since } => {
            format!(
                "is to write it, since {}; last working moment before the task: {deadline}, {} left",
                clock(since, zone),
                work(writer.left)
            )
        }
        Place::Behind => {
            format!("is asked only once nobody before can write; last working moment before the task: {deadline}")
        }
        Place::NoTime => "cannot write it: no working time before the task".to_owned(),
        Place::Over => format!("cannot write it any more: the last working moment before the task was {deadline}"),
        Place::TooLittle { left } => {
            let since = clock(story.known, zone);
            format!("cannot write it: between the news ({since}) and the task there is {}, and {least} are needed", work(left))
        }
        Place::Given => "is asked no more: it was given to somebody else".to_owned(),
        Place::Idle => match writer.deadline {
            Some(_) => format!("nothing to write at this moment; last working moment before the task: {deadline}"),
            None => "nothing to write at this moment, and no working time before the task".to_owned(),
        },
    }
}

/// The leads of somebody who is not asked, and was not.
fn idle_leads(writer: &WriterStory, zone: &Zone) -> String {
    let at = |lead: &LeadStory| lead.at.map_or_else(|| "beyond sight".to_owned(), |at| clock(at, zone));
    let leads: Vec<String> = writer.leads.iter().map(|lead| format!("{} ({})", at(lead), lead.lead)).collect();
    let why = match writer.place {
        Place::Behind => "nothing is said to them while somebody before them can write; would it fall to them, then at",
        Place::Idle | Place::Writes { .. } => "nothing is said to them, for nothing is asked; their leads are",
        Place::NoTime | Place::Over | Place::Given | Place::TooLittle { .. } => "so nothing is said to them; their leads are",
    };
    format!("{why} {}", leads.join(", "))
}

/// One lead: when, and what became of it.
fn lead_words(story: &TaskStory, writer: &WriterStory, lead: &LeadStory, zone: &Zone) -> String {
    let at = lead.at.map_or_else(|| "longer ago than the calendar reaches".to_owned(), |at| clock(at, zone));
    let theirs = story.handed.iter().find(|handed| handed.engineer.as_ref() == Some(&writer.engineer)).map(|handed| handed.since);
    let late = |since: Timestamp| lead.at.is_none_or(|at| at < since);
    let became = match lead.became {
        Became::Said { at, listed: true } => format!("said {} in the list before a leave", clock(at, zone)),
        Became::Said { at, .. } if late(story.known) => {
            format!("passed before the task was known as it is; the last of those, so it was said as soon as possible: {}", clock(at, zone))
        }
        Became::Said { at, .. } if theirs.is_some_and(late) => {
            let since = theirs.map(|since| clock(since, zone)).unwrap_or_default();
            format!("passed before the writing fell to them ({since}); said as soon as it reached them: {}", clock(at, zone))
        }
        Became::Said { at, .. } => format!("said {}", clock(at, zone)),
        Became::KnownLate => "passed before the task was known as it is, so not said by itself".to_owned(),
        Became::BeforeTheirs => "passed before the writing fell to them".to_owned(),
        Became::News { at } => {
            // A request that a list stood in for has no stage but in its key.
            let stage = lead.lead.replace(' ', "-");
            let of_lead = |said: &Said| said.key.as_str().split('/').nth(4) == Some(stage.as_str());
            let before = |said: &&Said| said.person == writer.engineer.as_str() && of_lead(said) && said.at < at;
            match story.said.iter().rfind(before) {
                Some(said) if said.stage.is_none() => format!(
                    "said {} in the list before a leave, before the change of which they were told {}",
                    clock(said.at, zone),
                    clock(at, zone)
                ),
                Some(said) => format!("said {}, before the change of which they were told {}", clock(said.at, zone), clock(at, zone)),
                None => format!("passed before they were told of the change, {}: that stood for it", clock(at, zone)),
            }
        }
        Became::Unused => "not used here: see the briefing above".to_owned(),
        Became::Nearer => "not said by itself: one nearer to the deadline is said in its place".to_owned(),
        Became::Due { arrives: Some(at) } => format!("due, reaches them {}", clock(at, zone)),
        Became::Due { arrives: None } => "due, but they are not there again as far as can be seen".to_owned(),
        Became::Coming => "to come, if nothing is known of a briefing by then".to_owned(),
        Became::NotTheirs => "nothing, as long as somebody before them can write, or they cannot".to_owned(),
        Became::Needless => "nothing: nothing is asked any more".to_owned(),
    };
    format!("{:<17} {at}: {became}", lead.lead)
}

/// The manager and the last resort.
fn steps(ground: &Ground, story: &TaskStory) -> Vec<String> {
    let line = |step: &StepStory| {
        let zone = ground.zone();
        let (role, before) = match step.step {
            Step::Manager => ("manager", "5 days before the start".to_owned()),
            Step::LastCall => ("last resort", format!("{} before the start", length(ground.rules().last_call))),
            Step::Writer => ("writer", String::new()),
        };
        let hours = match (&step.to.engineer, &step.step) {
            (None, _) => "a mailbox, reached at any hour",
            (Some(_), Step::LastCall) => "told at any hour",
            (Some(_), Step::Writer | Step::Manager) => "told in their hours",
        };
        let told: Vec<String> = step.told.iter().map(|at| clock(*at, zone)).collect();
        let when = if step.among_writers {
            "not told as manager: stands among the possible writers, and the first place counts".to_owned()
        } else if !told.is_empty() {
            format!("told {}", told.join(", "))
        } else if story.settled.is_some() {
            "not told: nothing is asked any more".to_owned()
        } else if step.applies {
            format!("nobody can write it any more, so told from {} on", clock(step.due, zone))
        } else {
            let from = if step.due <= ground.now { "at once".to_owned() } else { format!("from {} on", clock(step.due, zone)) };
            format!("told {from}, should nobody be able to write it any more")
        };
        format!("{role}, {before}: {} ({hours}): {when}", ground.called(step.to.person()))
    };
    story.steps.iter().map(line).collect()
}

/// What would make another answer.
fn levers(ground: &Ground, story: &TaskStory) -> Vec<String> {
    let id = &story.case.id;
    let begun = story.case.start() <= ground.now;
    let written = format!(
        "the briefing is written or not needed (`offwatch briefing done {id}`, `… waive {id}`, or a mark in the event): nothing more is asked"
    );
    let changed = "the task moves by an hour or more, to another date, or is renamed: whoever was told or wrote hears of it, and an earlier \"written\" is asked about again";
    let gone = "the task is cancelled or gone: whoever was told hears that nothing is needed any more";
    let hours = "leave or hours of an engineer change: cover, last working moments and leads are computed anew, and what was said is not said again";
    let named = "the configuration names an engineer or a backup of the account, or the event another account: then they are asked";
    let lines: Vec<&str> = match &story.settled {
        _ if begun => vec!["nothing before it is over: a task that has begun is told of in digests only"],
        Some(Why::NoAccount) => vec![
            "the event names an account (X-OFFWATCH-ACCOUNT, a category, a title prefix or a match word): then its engineers are asked",
        ],
        Some(Why::Covered) => vec![
            "an engineer who covers it enters leave, or the task moves out of their hours: then it is asked for from that moment on",
            gone,
        ],
        Some(Why::Cancelled) => vec!["the event comes back: then it counts as known from that moment on"],
        Some(_) => vec![changed, gone],
        None if story.case.chain.is_empty() => vec![&written, named, changed, gone],
        None => vec![&written, changed, gone, hours],
    };
    lines.into_iter().map(|line| format!("- {line}")).collect()
}
