//! How explanations are set: sections of wrapped lines, instants on somebody's clock, lengths of time. Knows no facts.

use jiff::{SignedDuration, Timestamp};

pub use super::moment::{clock, length, local};
use crate::availability::{Availability, Off};
use crate::people::{Engineer, Hours, Stretch};
use crate::plan::FeedHealth;
use crate::zone::Zone;

/// How wide a line may grow, in characters.
const WIDTH: usize = 108;

/// A page for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page(pub Vec<Section>);

/// A heading and what stands under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// The lines, each with how many steps in it stands.
    pub lines: Vec<(usize, String)>,
}

impl Page {
    /// A heading with an empty line before it.
    pub fn heading(&mut self, heading: &str) {
        self.0.push(Section { heading: heading.to_owned(), lines: Vec::new() });
    }

    /// A line under the last heading, `depth` steps in.
    pub fn line(&mut self, depth: usize, line: &str) {
        if let Some(section) = self.0.last_mut() {
            section.lines.push((depth, line.to_owned()));
        }
    }

    /// Lines under a heading, `depth` steps in; `none` when there are none.
    pub fn lines(&mut self, depth: usize, lines: &[String], none: &str) {
        if lines.is_empty() {
            self.line(depth, none);
        }
        for line in lines {
            self.line(depth, line);
        }
    }

    /// The whole page for a terminal: an empty line before each heading, lines wrapped.
    pub fn text(&self) -> String {
        let section = |section: &Section| {
            let lines = section.lines.iter().map(|(depth, line)| wrapped(*depth, line));
            std::iter::once(format!("{}\n", section.heading)).chain(lines).collect::<String>()
        };
        self.0.iter().map(section).collect::<Vec<_>>().join("\n")
    }
}

/// A line `depth` steps in; what is too long goes on further in.
fn wrapped(depth: usize, line: &str) -> String {
    let indent = " ".repeat(depth.saturating_mul(2));
    let (mut text, mut row, mut empty) = (String::new(), indent.clone(), true);
    for word in line.split(' ') {
        if !empty && row.chars().count().saturating_add(word.chars().count()) >= WIDTH {
            text.push_str(row.trim_end());
            text.push('\n');
            row = format!("{indent}    ");
            empty = true;
        }
        if !empty {
            row.push(' ');
        }
        row.push_str(word);
        empty = false;
    }
    text + row.trim_end() + "\n"
}

/// From one instant to another on the clock of `zone`, the date of the end only where it is another one.
pub fn span(from: Timestamp, until: Timestamp, zone: &Zone) -> String {
    if zone.date(from) == zone.date(until) {
        return format!("{} to {}", zone.local(from).strftime("%a %Y-%m-%d %H:%M"), clock(until, zone).split_off(15));
    }
    format!("{} to {}", zone.local(from).strftime("%a %Y-%m-%d %H:%M"), clock(until, zone))
}

/// An amount of working time, always in hours: days of work are of no fixed length.
pub fn work(length: SignedDuration) -> String {
    let minutes = length.as_mins().max(0);
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min of working time"),
        (hours, 0) => format!("{hours} h of working time"),
        (hours, rest) => format!("{hours} h {rest} min of working time"),
    }
}

/// Weekly hours, days alike put together: `Mon-Thu 09:00-17:30, Fri 09:00-15:00`.
pub fn hours(hours: &Hours) -> String {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let week =
        [(Monday, "Mon"), (Tuesday, "Tue"), (Wednesday, "Wed"), (Thursday, "Thu"), (Friday, "Fri"), (Saturday, "Sat"), (Sunday, "Sun")];
    let mut runs: Vec<(&str, &str, String)> = Vec::new();
    for (day, name) in week {
        let day = hours.on(day).iter().map(|stretch| stretch_words(*stretch)).collect::<Vec<_>>().join(" and ");
        match runs.last_mut() {
            Some((_, last, words)) if *words == day => *last = name,
            _ => runs.push((name, name, day)),
        }
    }
    let run = |(first, last, words): &(&str, &str, String)| {
        let days = if first == last { (*first).to_owned() } else { format!("{first}-{last}") };
        (!words.is_empty()).then(|| format!("{days} {words}"))
    };
    let words: Vec<String> = runs.iter().filter_map(run).collect();
    if words.is_empty() { "no hours".to_owned() } else { words.join(", ") }
}

/// One stretch: `22:00-06:00`.
fn stretch_words(stretch: Stretch) -> String {
    let until = if stretch.until > 1440 { stretch.until.saturating_sub(1440) } else { stretch.until };
    format!("{:02}:{:02}-{:02}:{:02}", stretch.from / 60, stretch.from % 60, until / 60, until % 60)
}

/// Whether somebody is there at `at`, until when, and when next. Never why they are away.
pub fn presence(engineer: &Engineer, availability: &Availability, at: Timestamp) -> String {
    let written = |at: Option<Timestamp>| at.map_or_else(|| "beyond sight".to_owned(), |at| clock(at, &engineer.zone));
    let next = availability.free().after(at).find(|window| window.start() > at).map(crate::window::Window::start);
    if let Some(there) = availability.free().containing(at) {
        return format!("there until {}, then from {}", clock(there.end(), &engineer.zone), written(next));
    }
    let why = match availability.cause(at) {
        Off::OutsideHours => "outside their hours, there from",
        Off::Weekend => "on a day without hours, there from",
        Off::Away(_) => "away until",
    };
    format!("{why} {}", written(next))
}

/// Where a feed stands: how old its copy is, and whether it fails.
pub fn feed(health: &FeedHealth, zone: &Zone, now: Timestamp) -> String {
    let copy = health.fetched.map_or_else(
        || "never read so far".to_owned(),
        |fetched| {
            let age = now.duration_since(fetched);
            let age = if age.as_mins() > 0 { format!("{} old", length(age)) } else { "just read".to_owned() };
            format!("its copy is of {} ({age})", clock(fetched, zone))
        },
    );
    let Some(since) = health.failing_since else { return format!("{copy}, and it is read without trouble") };
    let error = health.error.as_deref().unwrap_or("no reason was given");
    format!("{copy}; fetching has failed since {}: {error}; until it works again the last good copy stays in force", clock(since, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_the_largest_units_that_matter() {
        let rows = [0, 59, 60, 75, 71 * 60 + 59, 72 * 60, 75 * 60 + 5].map(|minutes| length(SignedDuration::from_mins(minutes)));
        assert_eq!(rows, ["0 min", "59 min", "1 h", "1 h 15 min", "71 h 59 min", "3 days", "3 days 3 h"]);
        assert_eq!(work(SignedDuration::from_mins(150 * 60 + 30)), "150 h 30 min of working time");
    }

    #[test]
    fn instants_in_a_text_are_put_on_a_clock() {
        let zone = "Asia/Dubai".parse().unwrap();
        let text = "said at 2026-12-11T16:00:00Z, next 2026-12-12T06:00:00Z";
        assert_eq!(local(text, &zone), "said at Fri 2026-12-11 20:00 UTC+04, next Sat 2026-12-12 10:00 UTC+04");
        let (from, until) = ("2026-12-11T16:00:00Z".parse().unwrap(), "2026-12-11T21:30:00Z".parse().unwrap());
        assert_eq!(span(from, until, &Zone::utc()), "Fri 2026-12-11 16:00 to 21:30 UTC");
        assert_eq!(span(from, until, &zone), "Fri 2026-12-11 20:00 to Sat 2026-12-12 01:30 UTC+04");
    }

    #[test]
    fn days_alike_are_told_as_one() {
        use jiff::civil::Weekday;
        let day = |from, until| vec![Stretch { from, until }];
        let week = Hours::new([
            (Weekday::Monday, day(540, 1020)),
            (Weekday::Tuesday, day(540, 1020)),
            (Weekday::Wednesday, vec![Stretch { from: 540, until: 720 }, Stretch { from: 780, until: 1440 }]),
            (Weekday::Friday, day(1320, 1800)),
        ]);
        assert_eq!(hours(&week), "Mon-Tue 09:00-17:00, Wed 09:00-12:00 and 13:00-24:00, Fri 22:00-06:00");
        assert_eq!(hours(&Hours::default()), "no hours");
    }

    #[test]
    fn a_long_line_goes_on_further_in() {
        let mut page = Page::default();
        page.heading("Heading");
        page.line(1, &"word ".repeat(30));
        assert!(page.text().lines().all(|line| line.chars().count() <= WIDTH), "{}", page.text());
        assert!(page.text().lines().nth(2).unwrap().starts_with("      word"), "{}", page.text());
    }
}
