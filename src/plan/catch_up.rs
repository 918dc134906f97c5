//! `catch-up`: in the first working moment after an absence, what happened meanwhile, in one digest.
//! Each spell is decided once, at the arrival of its end; what reaches a feed later goes into the next digest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::brief::short_title;
use super::case::Case;
use super::coverage::AHEAD;
use super::desk::{Desk, HORIZON, Plan, Reach};
use super::look::Look;
use super::notice::{AccountNews, Body, Change, Digest, Incident, Key, Kind, News, Notice, OldCopy};
use super::request::settled;
use super::verdict::{Hold, Why};
use crate::agenda::{Emergency, Purpose, Sighting, TaskId};
use crate::availability::{Availability, Spell};
use crate::people::{Account, EngineerId};
use crate::window::Window;

/// How soon after an emergency began a spell still takes it in.
const JUST_BEFORE: SignedDuration = SignedDuration::from_hours(1);

/// Emergencies of one account within this time are one incident.
const INCIDENT: SignedDuration = SignedDuration::from_hours(12);

/// What is older than this before the return is only counted.
const RECENT: SignedDuration = SignedDuration::from_hours(28 * 24);

/// The name under which the end of the last spell decided is remembered.
pub(super) fn caught_up(engineer: &EngineerId) -> String {
    format!("caught-up/{engineer}")
}

/// Everything about one engineer's return.
struct Return<'a> {
    /// Who.
    engineer: &'a EngineerId,
    /// Their time.
    availability: &'a Availability,
    /// The spells decided now, oldest first.
    spells: Vec<Spell>,
    /// Whether one of them is a leave.
    leave: bool,
    /// Tasks whose changes another notice of the same letter tells them.
    told: BTreeSet<TaskId>,
    /// What the decision looks at.
    look: Look<'a>,
}

/// Decides about the last spell of `engineer`; whether there was anything to decide.
pub(super) fn decide(desk: &Desk, engineer: &EngineerId, look: Look<'_>, plan: &mut Plan) -> bool {
    let Some(availability) = look.scene.availability.get(engineer) else { return false };
    let spells = availability.spells();
    let over = spells.partition_point(|spell| spell.ended(look.now));
    let coming = spells.get(over).and_then(|spell| spell.end);
    plan.wake(coming.and_then(|end| arrival(engineer, availability, end, look)));
    let decided = look.past.instants.get(&caught_up(engineer)).copied().unwrap_or_else(|| begins(engineer, look));
    let open: Vec<Spell> = spells.iter().take(over).filter(|spell| spell.end.is_some_and(|end| end > decided)).copied().collect();
    let (Some(first), Some(end)) = (open.first().and_then(|spell| spell.end), open.last().and_then(|spell| spell.end)) else {
        return false;
    };
    let hold = |why: Why| {
        let subject = format!("the time until {end}");
        Hold { kind: Kind::CatchUp, person: engineer.as_str().to_owned(), task: None, subject, why }
    };
    let wished = look.scene.rules.digest_hour(engineer).and_then(|_| arrival(engineer, availability, first, look));
    let waits = match look.scene.reach(Some(engineer), look.now) {
        Reach::Later(at) => Some(Why::NotThere { until: Some(at) }),
        Reach::Never => Some(Why::NotThere { until: None }),
        Reach::Now => wished.filter(|wished| look.now < *wished).map(Why::TooEarly),
    };
    if let Some(why) = waits {
        if let Why::NotThere { until: Some(at) } | Why::TooEarly(at) = why {
            plan.wake(Some(at));
        }
        plan.hold.push(hold(why));
        return false;
    }
    plan.instants.push((caught_up(engineer), end));
    let in_time = |spell: &Spell| {
        let until = spell.end.and_then(|end| availability.later(look.scene.rules.valid_for, end));
        until.is_none_or(|until| look.now < until)
    };
    let spells: Vec<Spell> = open.into_iter().filter(in_time).collect();
    if spells.is_empty() {
        plan.hold.push(hold(Why::Outdated));
        return true;
    }
    if look.scene.rules.leaves_out(Some(engineer), Kind::CatchUp) {
        plan.hold.push(hold(Why::LeftOut));
        return true;
    }
    let leave = spells.iter().any(|spell| spell.is_leave(look.scene.rules.min_missed));
    let told = told(engineer, plan);
    match (Return { engineer, availability, spells, leave, told, look }).notice(desk) {
        Some(notice) => plan.say.push(notice),
        None => plan.hold.push(hold(Why::Nothing)),
    }
    true
}

/// When the digest of a spell comes that ends at `end`: as they arrive, or at the time of their day that they wish for, if that
/// is still ahead then, else when they arrive after it. A day that crosses midnight goes on behind it.
pub(super) fn arrival(engineer: &EngineerId, availability: &Availability, end: Timestamp, look: Look<'_>) -> Option<Timestamp> {
    let settle = look.scene.rules.settle;
    let arrival = availability.arrive(end, settle)?;
    let Some(hour) = look.scene.rules.digest_hour(engineer) else { return Some(arrival) };
    let zone = availability.zone();
    let today = zone.date(arrival);
    let wished = zone.first(today.to_datetime(hour));
    if arrival <= wished {
        return availability.arrive(wished, settle);
    }
    let night = today.tomorrow().map(|tomorrow| zone.first(tomorrow.to_datetime(hour))).ok();
    let same_day = |at: &Timestamp| availability.free().containing(arrival).is_some_and(|stretch| stretch.contains(*at));
    Some(night.filter(same_day).unwrap_or(arrival))
}

/// The tasks of which this turn tells `engineer` that they changed or fell away.
fn told(engineer: &EngineerId, plan: &Plan) -> BTreeSet<TaskId> {
    let news =
        |notice: &&Notice| matches!(notice.kind, Kind::TaskChanged | Kind::Retraction) && notice.to.engineer.as_ref() == Some(engineer);
    plan.say.iter().filter(news).filter_map(|notice| notice.task.clone()).collect()
}

/// From when on spells of `engineer` count: those that ended before offwatch, or the engineer, was there are noted only.
pub(super) fn begins(engineer: &EngineerId, look: Look<'_>) -> Timestamp {
    let born = look.past.instants.get(super::desk::BORN).copied();
    born.max(look.scene.engineers_added.get(engineer).copied()).unwrap_or(look.now)
}

impl Return<'_> {
    /// The digest; none when there is nothing to tell.
    fn notice(&self, desk: &Desk) -> Option<Notice> {
        let (look, last) = (self.look, *self.spells.last()?);
        let first = self.spells.first()?.start;
        let wanted = self.leave || look.scene.rules.overnight;
        let mut uids = Vec::new();
        let (mut accounts, mut quiet) = (Vec::new(), Vec::new());
        for account in look.scene.roster.own(self.engineer) {
            match self.account(account, desk, &mut uids) {
                Some(news) => accounts.extend(Some(news).filter(|_| wanted)),
                // After a night nobody wonders about those.
                None if self.leave => quiet.push(account.name.clone()),
                None => {}
            }
        }
        let told =
            accounts.iter().any(|news| news.older > 0 || !(news.incidents.is_empty() && news.ran.is_empty() && news.news.is_empty()));
        let empty_wanted = look.scene.rules.send_empty && self.leave;
        if !(told || empty_wanted) {
            return None;
        }
        let what = if self.leave { "you are back from a leave" } else { "something happened outside your hours" };
        let own = look.scene.absences.get(self.engineer).map(Vec::as_slice).unwrap_or_default();
        let mut titles: Vec<String> = own.iter().filter(|absence| self.meets(absence.away)).map(|absence| absence.title.clone()).collect();
        titles.retain(|title| !title.is_empty());
        titles.sort_unstable();
        titles.dedup();
        let old_copies = self.old_copies(&accounts);
        let digest = Digest { start: first, end: last.end?, leave: self.leave, titles, accounts, quiet, old_copies };
        let to = look.scene.engineer(self.engineer)?;
        // Named by the return: leave entered afterwards may give a later absence the start of one that was told already.
        let key = Key::new(Kind::CatchUp, self.engineer.as_str(), "", last.end, "", 0);
        let reason = format!("{what}, between {} and {}", to.clock(first), to.clock(last.end?));
        Some(Notice::list(Kind::CatchUp, key, to, reason, Some(uids), Body::CatchUp(digest)))
    }

    /// The copies older than they may be that a digest of `accounts` rests on: what was planned and what happened, and the
    /// leave that its tasks rest on.
    fn old_copies(&self, accounts: &[AccountNews]) -> Vec<OldCopy> {
        let briefs = || accounts.iter().flat_map(|news| news.ran.iter().chain(&news.coming)).flat_map(|brief| &brief.old_copies);
        let old = self.look.outside.feeds.iter().filter_map(|health| {
            let since = health.stale_since(self.look.scene.feeds_added.get(&health.feed).copied(), self.look.now)?;
            let shows_task = health.reads.contains(&Purpose::Tasks) || health.reads.contains(&Purpose::Emergencies);
            let mut leave_of: Vec<String> = Vec::new();
            for name in briefs().filter(|copy| copy.feed == health.feed).flat_map(|copy| &copy.leave_of) {
                if !leave_of.contains(name) {
                    leave_of.push(name.clone());
                }
            }
            let matters = shows_task || !leave_of.is_empty();
            matters.then(|| OldCopy { feed: health.feed.clone(), since, held: health.standing().is_some(), shows_task, leave_of })
        });
        old.collect()
    }

    /// Whether an entry of theirs took them away in one of the spells.
    fn meets(&self, away: crate::agenda::Away) -> bool {
        let (start, end) = match away {
            crate::agenda::Away::Dates { first, until } => {
                (self.availability.zone().midnight(first), self.availability.zone().midnight(until))
            }
            crate::agenda::Away::Stretch(window) => (window.start(), window.end()),
        };
        self.spells.iter().any(|spell| spell.is_leave(self.look.scene.rules.min_missed) && spell.touches(start, end))
    }

    /// What happened to one account; none when nothing did and nothing is coming.
    fn account(&self, account: &Account, desk: &Desk, uids: &mut Vec<String>) -> Option<AccountNews> {
        let cases: Vec<&Case> = desk.cases_of(&account.id).collect();
        let mut ran: Vec<&Case> = cases.iter().copied().filter(|case| self.is_ran(case)).collect();
        ran.sort_by_key(|case| (case.start(), case.id.clone()));
        let mut emergencies: Vec<&Emergency> = self.emergencies(account, desk);
        emergencies.sort_by_key(|emergency| (emergency.start, emergency.identity.clone()));
        uids.extend(emergencies.iter().map(|emergency| emergency.identity.uid.clone()));
        uids.extend(super::before_leave::uids(&ran));
        let shown: BTreeSet<_> = ran.iter().map(|case| case.id.clone()).collect();
        let news: Vec<News> = if self.leave { self.news(&cases, &shown, desk) } else { Vec::new() };
        let soon = self.look.now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let mut coming: Vec<&Case> = cases.into_iter().filter(|case| case.start() < soon && settled(case, self.look).is_none()).collect();
        coming.sort_by_key(|case| (case.start(), case.id.clone()));
        let old = self.spells.last()?.end?.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
        let all = incidents(account, &emergencies);
        let incidents: Vec<Incident> = all.iter().filter(|incident| incident.start >= old).cloned().collect();
        let recent: Vec<&Case> = ran.iter().copied().filter(|case| case.start() >= old).collect();
        let older = all.len().saturating_sub(incidents.len()).saturating_add(ran.len().saturating_sub(recent.len()));
        if incidents.is_empty() && recent.is_empty() && news.is_empty() && coming.is_empty() && older == 0 {
            return None;
        }
        let colleagues = self.colleagues(account);
        let backups = if colleagues.is_empty() { self.backups(account) } else { Vec::new() };
        Some(AccountNews {
            account: account.name.clone(),
            incidents,
            ran: Case::briefs(&recent, Some(self.engineer), self.look),
            news,
            coming: Case::briefs(&coming, Some(self.engineer), self.look),
            older,
            colleagues,
            backups,
        })
    }

    /// The account's other engineers who were there for some of the leave.
    fn colleagues(&self, account: &Account) -> Vec<String> {
        let others = account.engineers.iter().filter(|engineer| *engineer != self.engineer);
        others.filter(|engineer| self.was_there(engineer, |_| true)).filter_map(|engineer| self.name(engineer)).collect()
    }

    /// The account's backups who were there for some of the leave while their cover held.
    fn backups(&self, account: &Account) -> Vec<String> {
        let others = account.backups.iter().filter(|backup| backup.engineer != *self.engineer);
        let stood_in = others.filter(|backup| self.was_there(&backup.engineer, |date| backup.holds(date)));
        stood_in.filter_map(|backup| self.name(&backup.engineer)).collect()
    }

    /// Whether `engineer` was available in one of the leaves, on a date of theirs that counts.
    fn was_there(&self, engineer: &EngineerId, counts: impl Fn(Date) -> bool) -> bool {
        let Some(availability) = self.look.scene.availability.get(engineer) else { return false };
        let leaves = self.spells.iter().filter(|spell| spell.is_leave(self.look.scene.rules.min_missed));
        let mut leaves = leaves.filter_map(|spell| Window::new(spell.start, spell.end?));
        leaves.any(|leave| availability.free().within(leave).iter().any(|free| counts(availability.zone().date(free.start()))))
    }

    /// What an engineer is called.
    fn name(&self, engineer: &EngineerId) -> Option<String> {
        self.look.scene.team.engineers.get(engineer).map(|engineer| engineer.name.clone())
    }

    /// Emergencies of the account that nobody has told this engineer of, in spells that are over.
    fn emergencies<'d>(&self, account: &Account, desk: &'d Desk) -> Vec<&'d Emergency> {
        let own = desk.emergencies.get(&account.id).into_iter().flat_map(BTreeMap::values);
        own.filter(|emergency| self.is_news(emergency)).collect()
    }

    /// Whether an emergency is to be told now: past its start, in a spell that is over and answered for, not in their own
    /// shift, not told before.
    fn is_news(&self, emergency: &Emergency) -> bool {
        let (look, now) = (self.look, self.look.now);
        let from = look.scene.answered_from(look.past, &emergency.feed, emergency.account.as_ref()).max(begins(self.engineer, look));
        let just_after = emergency.start.saturating_add(JUST_BEFORE).unwrap_or(Timestamp::MAX);
        let belongs = |spell: &Spell| {
            let overlaps = spell.touches(emergency.start, emergency.end);
            overlaps || emergency.start <= spell.start && spell.start <= just_after
        };
        let counts = |spell: &Spell| look.scene.rules.overnight || spell.is_leave(look.scene.rules.min_missed);
        let over = |spell: &&Spell| spell.end.is_some_and(|end| end <= now && end > from);
        let missed = self.availability.spells().iter().filter(over).any(|spell| belongs(spell) && counts(spell));
        emergency.start <= now && missed && !self.on_call(emergency) && !self.was_told(&emergency.identity.uid, emergency.start)
    }

    /// Whether the engineer was on call themself when it happened.
    fn on_call(&self, emergency: &Emergency) -> bool {
        let own = self.look.scene.shifts.iter().filter(|shift| shift.engineer.as_ref() == Some(self.engineer));
        own.map(|shift| shift.window)
            .any(|shift| shift.contains(emergency.start) || emergency.start < shift.start() && shift.start() < emergency.end)
    }

    /// Whether an earlier digest listed it.
    fn was_told(&self, uid: &str, start: Timestamp) -> bool {
        let prefix = format!("{}/{}/", Kind::CatchUp, self.engineer);
        self.look.past.said_under(&prefix).filter(|said| said.at >= start).any(|said| said.uids.iter().flatten().any(|told| told == uid))
    }

    /// Whether a task ran meanwhile and is to be told: after a leave any, else only an uncovered one that they own and
    /// were never asked about.
    fn is_ran(&self, case: &Case) -> bool {
        let look = self.look;
        let touched = |spell: &&Spell| spell.touches(case.watch.start(), case.watch.end());
        let unasked = || case.uncovered && case.is_owned_by(self.engineer) && !self.was_asked(case) && !self.is_served(case);
        let surprise = || look.scene.rules.overnight && unasked();
        let tells = |spell: &Spell| spell.is_leave(look.scene.rules.min_missed) || surprise();
        let ran = case.stands && case.start() <= look.now && self.spells.iter().filter(touched).any(tells);
        // The dearest questions last: most tasks are long over and touch none of these spells.
        let from = || look.scene.answered_from(look.past, &case.task.feed, case.task.account.as_ref());
        ran && case.start() >= from() && !self.was_told(&case.task.identity.uid, case.start())
    }

    /// Whether it is one of a series of which somebody was told, or whose briefing was spoken of: it is no surprise each week.
    fn is_served(&self, case: &Case) -> bool {
        let told = || case.siblings(self.look).into_iter().any(|id| self.look.past.was_asked(None, id));
        case.series.is_some() && (case.word(self.look).is_some() || told())
    }

    /// Whether they were asked about it, by a letter of its own or in a list before a leave.
    fn was_asked(&self, case: &Case) -> bool {
        let sighting = self.look.scene.history.get(&case.id);
        let lists = sighting.into_iter().flat_map(Sighting::uids).flat_map(|uid| self.look.past.lists_of(uid));
        let mut own = lists.filter(|said| said.person == self.engineer.as_str() && !said.withdrawn);
        let listed = own.any(|said| said.at >= case.first_seen && said.at < case.start());
        let person = Some(self.engineer.as_str());
        listed || case.siblings(self.look).into_iter().any(|id| self.look.past.was_asked(person, id))
    }

    /// Tasks announced, moved or cancelled during a leave; those that also ran are listed there.
    fn news(&self, cases: &[&Case], shown: &BTreeSet<TaskId>, desk: &Desk) -> Vec<News> {
        let leaves = || self.spells.iter().filter(|spell| spell.is_leave(self.look.scene.rules.min_missed));
        let during = |at: Timestamp| leaves().any(|spell| spell.start <= at && spell.end.is_none_or(|end| at < end));
        let mut news = Vec::new();
        for case in cases.iter().filter(|case| !shown.contains(&case.id) && !self.told.contains(&case.id)) {
            let Some(sighting) = desk.scene.history.get(&case.id) else { continue };
            let from = self.look.scene.answered_from(self.look.past, &case.task.feed, case.task.account.as_ref());
            let announced = sighting.first_seen > from && during(sighting.first_seen);
            let what = match ended(sighting) {
                Some(at) if during(at) && !announced && case.start() > at => Some(Change::Cancelled),
                Some(_) => None,
                // What lies as far ahead as the plan looks has only come into sight.
                None if announced => (case.start().duration_since(sighting.first_seen) < HORIZON).then_some(Change::Announced),
                None => moved_from(sighting, during).map(|from| Change::Moved { from }),
            };
            let (title, ticket) = (short_title(&case.task.title, case.account.as_deref()), case.task.ticket.clone());
            news.extend(what.map(|what| News { what, title, ticket, start: case.start() }));
        }
        news.sort_by_key(|news| (news.start, news.title.clone()));
        news
    }
}

/// When a task was cancelled or vanished; none for one that stands.
fn ended(sighting: &Sighting) -> Option<Timestamp> {
    let cancelled = sighting.thing.task().is_some_and(|task| task.cancelled);
    let turned = sighting.revisions.iter().rev().find(|revision| revision.was.task().is_some_and(|task| !task.cancelled));
    sighting.gone.or_else(|| turned.filter(|_| cancelled).map(|revision| revision.at)).or(cancelled.then_some(sighting.first_seen))
}

/// The start that a task had before it was moved in that time, if it has another one now.
fn moved_from(sighting: &Sighting, during: impl Fn(Timestamp) -> bool) -> Option<Timestamp> {
    let first = sighting.revisions.iter().find(|revision| during(revision.at))?;
    let from = first.was.start();
    (from != sighting.thing.start()).then_some(from)
}

/// Puts emergencies, sorted by start, together to incidents: the same ticket, or within twelve hours.
fn incidents(account: &Account, emergencies: &[&Emergency]) -> Vec<Incident> {
    let mut incidents: Vec<Incident> = Vec::new();
    for emergency in emergencies {
        let same = |incident: &&mut Incident| {
            let near = emergency.start.duration_since(incident.start.max(incident.end)) <= INCIDENT;
            near || emergency.ticket.as_ref().is_some_and(|ticket| incident.tickets.contains(ticket))
        };
        let uid = emergency.identity.uid.clone();
        match incidents.iter_mut().find(same) {
            Some(incident) => {
                incident.end = incident.end.max(emergency.end);
                incident.uids.push(uid);
                incident
                    .tickets
                    .extend(emergency.ticket.iter().filter(|ticket| !incident.tickets.contains(ticket)).cloned().collect::<Vec<_>>());
            }
            None => incidents.push(Incident {
                start: emergency.start,
                end: emergency.end,
                title: short_title(&emergency.title, Some(account)),
                tickets: emergency.ticket.iter().cloned().collect(),
                uids: vec![uid],
            }),
        }
    }
    incidents
}
