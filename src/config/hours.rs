//! Weekly hours as written, `mon-thu = ["10:00-13:00", "14:00-19:00"]`, become stretches by weekday.
//! Decides which day key wins; merging what touches or crosses midnight is availability's.

use jiff::civil::Weekday;

use super::problem::{Fault, nearest};
use super::reader::{Reader, Value, Word};
use crate::people::{Hours, Stretch};

/// The days of a week by the names of the file.
pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// What one key says.
struct Line<'a> {
    /// The key.
    key: Word<'a>,
    /// The days it means, by their place in [`DAYS`].
    days: Vec<usize>,
    /// Their stretches, in order.
    stretches: Vec<Stretch>,
}

/// Nine to five, Monday to Friday.
pub(super) fn office() -> Hours {
    let stretch = Stretch { from: 9 * 60, until: 17 * 60 };
    Hours::new(DAYS.iter().take(5).map(|(_, day)| (*day, vec![stretch])))
}

/// The hours in `table`, none when no key in it speaks of days; `settings` are the keys that do not.
pub(super) fn read(table: &Reader<'_>, settings: &[&'static str]) -> Option<Hours> {
    let keys = table.entries().filter(|(key, _)| !settings.contains(&key.text));
    let mut lines: Vec<Line<'_>> = keys.filter_map(|(key, value)| line(table, key, value, settings)).collect();
    if lines.is_empty() {
        return None;
    }
    lines.sort_by_key(|line| line.key.span.start);
    refuse_ties(table, &lines);
    let on = |index: usize| lines.iter().filter(|line| line.days.contains(&index)).min_by_key(|line| line.days.len());
    let week = DAYS.iter().enumerate().filter_map(|(index, (_, day))| Some((*day, on(index)?.stretches.clone())));
    Some(Hours::new(week))
}

/// One key with its value.
fn line<'a>(table: &Reader<'a>, key: Word<'a>, value: &'a Value<'a>, settings: &[&str]) -> Option<Line<'a>> {
    let words = if value.get_ref().is_array() { table.words(key.text, value) } else { table.word(key.text, value).map(|word| vec![word]) };
    let Some(days) = days(key.text) else {
        table.report(&key.span, no_days(key.text, settings));
        return None;
    };
    let read: Vec<Option<(Stretch, Word<'a>)>> = words?.into_iter().map(|word| Some((table.understood(&word, stretch)?, word))).collect();
    let mut read: Vec<(Stretch, Word<'a>)> = read.into_iter().collect::<Option<_>>()?;
    read.sort_by_key(|(stretch, _)| *stretch);
    for ((earlier, first), (later, second)) in read.iter().zip(read.iter().skip(1)) {
        if later.from < earlier.until {
            let both = format!("`{}`: `{}` and `{}` overlap", key.text, first.text, second.text);
            table.report(&second.span, Fault::new(both));
        }
    }
    Some(Line { key, days, stretches: read.into_iter().map(|(stretch, _)| stretch).collect() })
}

/// The days that a key such as `mon`, `mon-fri` or `sun-thu` means.
fn days(key: &str) -> Option<Vec<usize>> {
    let number = |name: &str| DAYS.iter().position(|(day, _)| *day == name);
    let (first, last) = key.split_once('-').unwrap_or((key, key));
    let (first, last) = (number(first)?, number(last)?);
    let count = (last + DAYS.len() - first) % DAYS.len() + 1;
    Some((0..count).map(|step| (first + step) % DAYS.len()).collect())
}

/// What to say of a key that means no days.
fn no_days(key: &str, settings: &[&str]) -> Fault {
    let fault = Fault::new(format!("`{}` is no day or range of days", key.escape_debug()));
    let ranges: Vec<String> = DAYS.iter().flat_map(|(first, _)| DAYS.iter().map(move |(last, _)| format!("{first}-{last}"))).collect();
    let known = settings.iter().copied().chain(DAYS.iter().map(|(day, _)| *day)).chain(ranges.iter().map(String::as_str));
    match nearest(key, known) {
        Some(found) => fault.hint(format!("did you mean `{found}`?")),
        None => fault.hint("write `mon`, `mon-fri` or `sun-thu`"),
    }
}

/// Notes keys that speak of the same day and are equally wide, so that neither wins.
fn refuse_ties(table: &Reader<'_>, lines: &[Line<'_>]) {
    for (index, line) in lines.iter().enumerate() {
        let tie = |other: &&Line<'_>| other.days.len() == line.days.len() && other.days.iter().any(|day| line.days.contains(day));
        if let Some(other) = lines.iter().take(index).find(tie) {
            let shared = DAYS.iter().enumerate().find(|(day, _)| line.days.contains(day) && other.days.contains(day));
            let day = shared.map_or("", |(_, (name, _))| name);
            let fault = Fault::new(format!("`{}` and `{}` both give hours for `{day}`", other.key.text, line.key.text));
            table.report(&line.key.span, fault.hint("of two keys the one with fewer days wins, and these have as many"));
        }
    }
}

/// A stretch such as `09:00-17:00`; one that ends before it starts crosses midnight.
fn stretch(text: &str) -> Result<Stretch, Fault> {
    let bad = || Fault::new(format!("`{text}` is no stretch of hours")).hint("write `09:00-17:00`");
    let (from, until) = text.split_once('-').ok_or_else(bad)?;
    let (from, until) = (minutes(from).ok_or_else(bad)?, minutes(until).ok_or_else(bad)?);
    if from == DAY {
        return Err(Fault::new(format!("`{text}` starts at 24:00")).hint("write `00:00` under the next day"));
    }
    if from == until {
        return Err(Fault::new(format!("`{text}` ends when it starts")).hint("a whole day is `00:00-24:00`"));
    }
    Ok(Stretch { from, until: if until < from { until + DAY } else { until } })
}

/// Minutes from midnight at `HH:MM`, up to `24:00`.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str, least: usize| (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour, 1) || !digits(minute, 2) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY).then_some(total)
}
