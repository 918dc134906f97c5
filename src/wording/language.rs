//! What a language calls days, months and lengths, and how it puts them together: from one small file for each language.

use serde::Deserialize;

use super::entries::Entries;
use super::pages::Pages;

/// The words for times of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Its tag (BCP 47), e.g. `en`.
    pub tag: String,
    /// Monday first.
    weekdays: [String; 7],
    /// January first.
    months: [String; 12],
    /// A date: `{weekday}`, `{day}`, `{month}`.
    date: String,
    /// One whose year is worth telling, with `{year}`.
    date_with_year: String,
    /// A stretch: `{from}`, `{until}`.
    stretch: String,
    /// A time to come: `{span}`.
    to_come: String,
    /// A time gone by: `{span}`.
    gone: String,
    /// A length of no minute.
    moment: String,
    /// Between the last two of several.
    and: String,
    /// In place of a title that is empty, if it has a word for that.
    untitled: Option<String>,
    /// One day, several; where that differs, several behind `in` or `ago`.
    days: Vec<String>,
    /// One hour, several, likewise.
    hours: Vec<String>,
    /// One minute, several, likewise.
    minutes: Vec<String>,
    /// The words of pages, if it has any.
    pages: Option<Pages>,
    /// The words of entries for calendars, likewise.
    calendar: Option<Entries>,
}

/// How dates are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dates {
    /// As the language does, with the day of the week.
    #[default]
    Words,
    /// By ISO 8601, with the day of the week before it.
    Iso,
}

impl Language {
    /// Reads its file.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())
    }

    /// The words of pages, if it has any.
    pub(super) fn pages(&self) -> Option<&Pages> {
        self.pages.as_ref()
    }

    /// The words of entries for calendars, if it has any.
    pub(super) fn entries(&self) -> Option<&Entries> {
        self.calendar.as_ref()
    }

    /// What stands in place of a title that is empty.
    pub fn untitled(&self) -> &str {
        self.untitled.as_deref().unwrap_or("(no title)")
    }

    /// A date, with its year when that is wanted.
    pub fn date(&self, date: jiff::civil::Date, with_year: bool, dates: Dates) -> String {
        let name = |names: &[String], number: i8| {
            let number = usize::try_from(number).unwrap_or_default();
            names.get(number.saturating_sub(1)).cloned().unwrap_or_default()
        };
        let weekday = self.weekday(date);
        if dates == Dates::Iso {
            return format!("{weekday} {date}");
        }
        let pattern = if with_year { &self.date_with_year } else { &self.date };
        let pattern = pattern.replace("{weekday}", &weekday).replace("{day}", &date.day().to_string());
        pattern.replace("{month}", &name(&self.months, date.month())).replace("{year}", &date.year().to_string())
    }

    /// `Sat`.
    pub fn weekday(&self, date: jiff::civil::Date) -> String {
        let number = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.weekdays.get(number).cloned().unwrap_or_default()
    }

    /// `Sat 22:00 to 23:00`.
    pub fn stretch(&self, from: &str, until: &str) -> String {
        self.stretch.replace("{from}", from).replace("{until}", until)
    }

    /// `in 3 hours`.
    pub fn to_come(&self, span: jiff::SignedDuration) -> String {
        self.to_come.replace("{span}", &self.length(span, true))
    }

    /// `3 hours ago`.
    pub fn gone(&self, span: jiff::SignedDuration) -> String {
        self.gone.replace("{span}", &self.length(span, true))
    }

    /// `a, b and c`.
    pub fn and(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} {} {last}", first.join(", "), self.and),
        }
    }

    /// A length in its two largest units: `2 days 3 hours`, `45 minutes`.
    pub fn span(&self, length: jiff::SignedDuration) -> String {
        self.length(length, false)
    }

    /// Likewise; `behind` a word that wants another form of it.
    fn length(&self, length: jiff::SignedDuration, behind: bool) -> String {
        let minutes = usize::try_from(length.as_mins()).unwrap_or_default();
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let told = |number: usize, words: &[String]| {
            let word = match (number, words) {
                (1, [one, ..]) => one,
                (_, [_, _, of_many]) if behind => of_many,
                (_, [_, many, ..]) => many,
                (_, [..]) => return number.to_string(),
            };
            format!("{number} {word}")
        };
        let [in_days, in_hours, in_minutes] = [told(days, &self.days), told(hours, &self.hours), told(rest, &self.minutes)];
        match (days, hours, rest) {
            (0, 0, 0) => self.moment.clone(),
            (0, 0, _) => in_minutes,
            (0, _, 0) => in_hours,
            (0, _, _) => format!("{in_hours} {in_minutes}"),
            (_, 0, _) | (7.., _, _) => in_days,
            _ => format!("{in_days} {in_hours}"),
        }
    }
}
