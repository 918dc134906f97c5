//! Draws calendars: what stands in them, and the window in which they are looked at. The same seed gives the same bytes.
//! Owns the mix, which leans towards changes of the clock, ends of months and exceptions.

use std::fmt::Write as _;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::dice::Dice;
use crate::event::{Event, Form, Length, Override, Period};
use crate::rule::{self, Frequency};

/// Zones whose clocks change at night, at midnight, by half an hour, in the south, and never.
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/London",
    "America/St_Johns",
    "Asia/Kolkata",
];

/// How many events a calendar has.
const EVENTS: usize = 200;

/// A calendar and who looks at it.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// The first instant of the window.
    pub(crate) from: Timestamp,
    /// The first instant after it.
    pub(crate) to: Timestamp,
    /// Where floating times and dates belong.
    pub(crate) reader: &'static str,
    /// What stands in it.
    pub(crate) events: Vec<Event>,
}

/// The scene of a seed.
pub(crate) fn scene(seed: u64) -> Scene {
    let mut dice = Dice::new(seed);
    let reader = dice.pick(&ZONES);
    let day = date(2026, 1, 1).at(0, 0, 0, 0) + dice.below(640).days() + dice.below(24 * 60).minutes();
    let first = day.to_zoned(TimeZone::UTC).unwrap().timestamp();
    // Half of the windows hold a change of the reader's clock.
    let change = Form::Local(reader).zone(reader).following(first).next().map(|change| change.timestamp());
    let from = change.filter(|_| dice.chance(50)).map_or(first, |change| change - (24 * dice.between(2, 20)).hours());
    let to = from + (24 * dice.between(21, 70) + dice.below(24)).hours();
    let mut scene = Scene { from, to, reader, events: Vec::new() };
    let events: Vec<Event> = (0..EVENTS).map(|number| event(&mut dice, &scene, format!("e{number}"))).collect();
    scene.events = dice.shuffle(events);
    scene
}

impl Scene {
    /// How the calendar is written.
    pub(crate) fn text(&self) -> String {
        calendar(&self.events.iter().map(Event::text).collect::<String>())
    }

    /// The calendar, and series without their exceptions besides, for the other engine.
    pub(crate) fn text_with_bare(&self) -> String {
        let bare = self.events.iter().filter_map(Event::bare);
        calendar(&self.events.iter().cloned().chain(bare).map(|event| event.text()).collect::<String>())
    }
}

/// A calendar of these events.
fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example.com//drawn//EN\n{events}END:VCALENDAR\n").replace('\n', "\r\n")
}

/// The time of some zone.
fn local(dice: &mut Dice) -> Form {
    let zone: &'static str = dice.pick(&ZONES);
    Form::Local(zone)
}

/// One event.
fn event(dice: &mut Dice, scene: &Scene, uid: String) -> Event {
    let form = match dice.below(20) {
        0..4 => Form::Date,
        4..7 => Form::Floating,
        7..10 => Form::Utc,
        _ => local(dice),
    };
    let near = near(dice, scene, form);
    let mut event = Event {
        uid,
        form,
        start: near,
        length: Length::Unsaid,
        rule: None,
        gone: Vec::new(),
        extra: Vec::new(),
        periods: Vec::new(),
        overrides: Vec::new(),
        orphan: false,
        overrides_first: dice.chance(30),
    };
    let frequency = Frequency::draw(dice, form);
    let interval = frequency.interval(dice);
    if dice.chance(85) {
        event.start = near - frequency.step(interval, dice.below(frequency.past()));
        event.length = length(dice, scene, form, event.start);
        let mut series = Series { dice, scene, frequency, interval, near };
        series.fill(&mut event);
    } else {
        event.length = length(dice, scene, form, event.start);
        event.orphan = dice.chance(20);
        if event.orphan {
            event.overrides.push(instead(dice, scene, &event, near, 0));
        }
    }
    event
}

/// A wall time in or about the window: at a change of the clock, at the end of a month, or anywhere.
fn near(dice: &mut Dice, scene: &Scene, form: Form) -> DateTime {
    let days = (scene.to.as_second() - scene.from.as_second()) / 86_400;
    let instant = scene.from + (24 * dice.between(-5, days + 5)).hours();
    let zone = form.zone(scene.reader);
    let mut wall = instant.to_zoned(zone.clone()).datetime();
    // The last local time before the clock changes, nearly: the gap begins there, and a repeated hour ends there.
    let change = zone.following(scene.from - 240.hours()).next().map(|change| change.timestamp().to_zoned(TimeZone::UTC));
    let change = change.map(|change| (change - 1.second()).with_time_zone(zone.clone()).datetime() + 1.second());
    match (dice.below(10), change) {
        (0 | 1, Some(change)) => wall = change + (15 * dice.between(-4, 4)).minutes(),
        (2..4, Some(change)) => {
            wall = (change.date() + dice.between(-1, 2).days()).at(0, 0, 0, 0) + (15 * dice.below(18)).minutes();
        }
        (4, _) => wall = wall.date().last_of_month().at(23, 30, 0, 0),
        (5, _) => wall = wall.date().first_of_month().at(0, 0, 0, 0),
        _ => wall = wall.date().at(0, 0, 0, 0) + (15 * dice.below(96)).minutes(),
    }
    if form == Form::Date { wall.date().at(0, 0, 0, 0) } else { wall }
}

/// A length for what starts at `start`, never backwards.
fn length(dice: &mut Dice, scene: &Scene, form: Form, start: DateTime) -> Length {
    let days = dice.pick(&[1, 1, 1, 2, 3, 7, 14]);
    if form == Form::Date {
        return [Length::Unsaid, Length::Until(form, start + days.days()), Length::For(days, 0)][usize::try_from(dice.below(3)).unwrap()];
    }
    let minutes = 15 * dice.between(1, 16);
    match dice.below(12) {
        0 => Length::Unsaid,
        1..4 => Length::For(0, 60 * minutes),
        4 => Length::For(days, 0),
        5 => Length::For(days, 60 * minutes),
        6 => Length::For(0, 86_400 * days),
        7 => {
            let (form, wall) = form.in_utc(start);
            Length::Until(form, wall + minutes.minutes())
        }
        8 if form != Form::Floating => {
            let zone = local(dice);
            let end = form.instant(start, scene.reader) + minutes.minutes();
            let wall = end.to_zoned(zone.zone(scene.reader)).datetime();
            // The second of two instants cannot be said in local time.
            if zone.instant(wall, scene.reader) == end { Length::Until(zone, wall) } else { Length::Unsaid }
        }
        _ => {
            let end = start + minutes.minutes() + if dice.chance(20) { days.days() } else { 0.days() };
            let forwards = form.instant(end, scene.reader) > form.instant(start, scene.reader);
            if forwards { Length::Until(form, end) } else { Length::For(0, 60 * minutes) }
        }
    }
}

/// Draws how an event recurs.
struct Series<'a> {
    /// Where numbers come from.
    dice: &'a mut Dice,
    /// Who looks.
    scene: &'a Scene,
    /// How often it happens.
    frequency: Frequency,
    /// Every how many times of that.
    interval: i64,
    /// An instance in or about the window, if the rule has it.
    near: DateTime,
}

impl Series<'_> {
    /// Rule, dates and overrides of `event`.
    fn fill(&mut self, event: &mut Event) {
        let by_dates = self.dice.chance(8);
        if !by_dates {
            let mut rule = self.frequency.rule(self.dice, self.interval, event.form);
            if self.frequency == Frequency::Weekly && rule.contains("BYSETPOS") {
                // Of a week that began before the start the other engine counts only what is left of it, although it
                // counts whole months; with such a start the RFC leaves the result open (3.8.5.3).
                rule = rule::beginning_with(&rule, event.start.weekday());
            }
            let often = matches!(self.frequency, Frequency::Minutely | Frequency::Secondly);
            match self.dice.below(if often { 2 } else { 4 }) {
                0 => write!(rule, ";COUNT={}", self.dice.between(1, 250)).unwrap(),
                1 => rule += &rule::until(event.form, self.candidate().max(event.start)),
                _ => {}
            }
            event.rule = Some(rule);
        }
        if by_dates || self.dice.chance(15) {
            for _ in 0..self.dice.between(1, 3) {
                self.extra(event);
            }
        }
        if self.dice.chance(25) {
            for _ in 0..self.dice.between(1, 4) {
                let wall = self.candidate();
                event.gone.push(match self.dice.below(5) {
                    0 => (Form::Date, wall),
                    1 => event.form.in_utc(wall),
                    _ => (event.form, wall),
                });
            }
        }
        if self.dice.chance(30) {
            self.overrides(event);
        }
    }

    /// What may be an instance in or about the window.
    fn candidate(&mut self) -> DateTime {
        let most = if matches!(self.frequency, Frequency::Yearly | Frequency::Monthly) { 2 } else { 12 };
        self.near + self.frequency.step(self.interval, self.dice.below(most))
    }

    /// A date in addition, sometimes one that the rule has too.
    fn extra(&mut self, event: &mut Event) {
        let mut wall = self.candidate();
        if self.dice.chance(70) {
            let hours = if event.form == Form::Date { 24 } else { 1 };
            wall += (hours * self.dice.between(-30, 30)).hours();
        }
        let nominal = matches!(event.length, Length::For(days, _) if days > 0);
        match self.dice.below(6) {
            0 | 1 if event.form != Form::Date => {
                let length = match length(self.dice, self.scene, event.form, wall) {
                    // A period ends in the form in which it starts.
                    Length::Until(form, end) if form == event.form => Length::Until(form, end),
                    Length::For(days, seconds) => Length::For(days, seconds),
                    Length::Until(..) | Length::Unsaid => Length::For(0, 2700),
                };
                if event.periods.iter().all(|period| period.start != wall) {
                    event.periods.push(Period { start: wall, length });
                    if self.dice.chance(15) {
                        event.extra.push((event.form, wall));
                    }
                }
            }
            // In UTC a nominal length would be one of UTC.
            2 if !nominal => event.extra.push(event.form.in_utc(wall)),
            _ => event.extra.push((event.form, wall)),
        }
    }

    /// One or two overrides, and sometimes a later version of one.
    fn overrides(&mut self, event: &mut Event) {
        let mut originals: Vec<DateTime> = Vec::new();
        for _ in 0..self.dice.between(1, 3) {
            let original = self.candidate();
            // One instant has one override, unless a higher SEQUENCE says otherwise.
            let instant = |wall: DateTime| event.form.instant(wall, self.scene.reader);
            if originals.iter().any(|known| instant(*known) == instant(original)) {
                continue;
            }
            originals.push(original);
            let first = instead(self.dice, self.scene, event, original, 1);
            if self.dice.chance(15) {
                let later = Override { id_form: first.id_form, id: first.id, ..instead(self.dice, self.scene, event, original, 2) };
                event.overrides.push(later);
            }
            event.overrides.push(first);
        }
    }
}

/// What takes place instead of the instance that starts at `original`.
fn instead(dice: &mut Dice, scene: &Scene, event: &Event, original: DateTime, sequence: u8) -> Override {
    let (id_form, id) = if dice.chance(30) { event.form.in_utc(original) } else { (event.form, original) };
    let form = match (event.form, dice.below(5)) {
        (Form::Date, 0) => Form::Utc,
        (Form::Local(_) | Form::Utc, 0) => local(dice),
        (form, _) => form,
    };
    let moved = dice.pick(&[0, 0, 1, -1, 3, 24, -48, 24 * 40, -24 * 40]);
    let start = original + if form == Form::Date { (24 * (moved / 24)).hours() } else { moved.hours() };
    let length = length(dice, scene, form, start);
    Override { id_form, id, form, start, length, sequence, cancelled: dice.chance(25) }
}
