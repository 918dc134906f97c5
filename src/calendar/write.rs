//! Events become iCalendar text (RFC 5545): for letters (RFC 5546) and for calendars that people subscribe to.
//! Owns what keeps a text inside its line: the crate escapes TEXT, but lets line breaks through in all other values. Times
//! are UTC or dates, so that no zone need be described.

use std::fmt::Write as _;

use icalendar::Property;
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::{Status, When};
use crate::people::{self, Mailbox};

/// Who made it (RFC 5545 §3.7.3).
const PRODID: &str = "-//offwatch//offwatch//EN";

/// Octets of a line. The standard wants 75 at most; one less, and mail of plain ASCII need not be encoded.
const WIDTH: usize = 74;

/// Octets of a digest in a UID.
const DIGEST: usize = 12;

/// How every UID begins that is made here.
const OWN: &str = "offwatch-";

/// What a calendar wants of whoever gets it (RFC 5546 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Nothing: it may be taken over or not.
    Publish,
    /// To be there, or to take note of another time.
    Request,
    /// To forget it.
    Cancel,
}

impl Method {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// An event to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its UID, by [`uid`].
    pub uid: String,
    /// DTSTAMP.
    pub stamp: Timestamp,
    /// SEQUENCE: which version of it this is.
    pub sequence: u32,
    /// When it takes place; dates are UTC's, or anybody's.
    pub when: When,
    /// SUMMARY, of one line.
    pub summary: String,
    /// DESCRIPTION, lines parted by `\n`.
    pub description: String,
    /// URL; left out when it is no address of the web.
    pub url: Option<String>,
    /// STATUS.
    pub status: Status,
    /// Whether it takes up its time (TRANSP).
    pub busy: bool,
    /// ORGANIZER.
    pub organizer: Option<Mailbox>,
    /// The only ATTENDEE.
    pub attendee: Option<Mailbox>,
}

/// The UID of what `parts` name, one of a `kind`: the same for the same parts.
pub fn uid(kind: &str, parts: &[&str]) -> String {
    let mut content = Sha256::new();
    for part in parts {
        content.update(part.len().to_be_bytes());
        content.update(part);
    }
    let mut uid = format!("{OWN}{kind}-");
    for byte in content.finalize().iter().take(DIGEST) {
        write!(uid, "{byte:02x}").unwrap_or_default();
    }
    uid
}

/// Whether a UID was made here: such an event came back from somebody's calendar.
pub fn is_own(uid: &str) -> bool {
    let digest = uid.strip_prefix(OWN).and_then(|rest| rest.rsplit_once('-')).map(|(_, digest)| digest);
    digest.is_some_and(|digest| digest.len() == DIGEST * 2 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A calendar of `drafts` with CRLF line ends. One with a `method` is a message; one without is there to be fetched again
/// and again, under a `name` when it has one.
pub fn calendar(drafts: &[Draft], method: Option<Method>, name: Option<&str>) -> String {
    let mut out = Lines::default();
    out.raw("BEGIN", "VCALENDAR");
    out.text("VERSION", "2.0");
    out.text("PRODID", PRODID);
    out.text("CALSCALE", "GREGORIAN");
    if let Some(method) = method {
        out.text("METHOD", method.name());
    }
    if let Some(name) = name {
        out.text("X-WR-CALNAME", &line(name));
    }
    if method.is_none() {
        out.put(Property::new("REFRESH-INTERVAL", "PT1H").add_parameter("VALUE", "DURATION"));
        out.raw("X-PUBLISHED-TTL", "PT1H");
    }
    for draft in drafts {
        event(&mut out, draft);
    }
    out.raw("END", "VCALENDAR");
    out.0
}

/// A text as it stands in a line: without line breaks, and without what steers.
pub fn line(text: &str) -> String {
    clean(text, |sign| if sign.is_whitespace() || sign.is_control() { ' ' } else { sign })
}

/// A text of several lines: `\n` parts them, all else is as in [`line`].
pub fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(line).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// What is left of a text once each sign is read by `sign` and those that steer are gone.
fn clean(text: &str, sign: impl Fn(char) -> char) -> String {
    text.chars().map(sign).filter(|sign| !people::steers(*sign)).collect::<String>().trim().to_owned()
}

/// One VEVENT.
fn event(out: &mut Lines, draft: &Draft) {
    out.raw("BEGIN", "VEVENT");
    out.text("UID", &line(&draft.uid));
    out.raw("DTSTAMP", &instant(draft.stamp));
    out.raw("SEQUENCE", &draft.sequence.to_string());
    match draft.when {
        When::Timed { start, end } => {
            out.raw("DTSTART", &instant(start));
            out.raw("DTEND", &instant(end));
        }
        When::AllDay { first, until } => {
            out.put(Property::new("DTSTART", date(first)).add_parameter("VALUE", "DATE"));
            out.put(Property::new("DTEND", date(until)).add_parameter("VALUE", "DATE"));
        }
    }
    out.text("SUMMARY", &line(&draft.summary));
    let description = lines(&draft.description);
    if !description.is_empty() {
        out.text("DESCRIPTION", &description);
    }
    if let Some(url) = draft.url.as_deref().and_then(address) {
        out.raw("URL", url);
    }
    let status = match draft.status {
        Status::Confirmed => "CONFIRMED",
        Status::Tentative => "TENTATIVE",
        Status::Cancelled => "CANCELLED",
    };
    out.text("STATUS", status);
    out.text("TRANSP", if draft.busy { "OPAQUE" } else { "TRANSPARENT" });
    if let Some(organizer) = &draft.organizer {
        out.put(&mut party("ORGANIZER", organizer));
    }
    if let Some(attendee) = &draft.attendee {
        let mut property = party("ATTENDEE", attendee);
        // Nobody reads answers: what they would say stands in the ticket.
        for (name, value) in [("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION"), ("RSVP", "FALSE")] {
            property.add_parameter(name, value);
        }
        out.put(&mut property);
    }
    out.raw("END", "VEVENT");
}

/// An address of the web as it may stand in a line; nothing when it is none, for some readers refuse what is no URI.
fn address(url: &str) -> Option<&str> {
    let url = url.trim();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).filter(|rest| !rest.is_empty())?;
    let odd = |sign: char| sign.is_whitespace() || people::steers(sign) || "\"<>[]\\^`{|}".contains(sign);
    (!rest.chars().any(odd)).then_some(url)
}

/// A person.
fn party(name: &str, person: &Mailbox) -> Property {
    let mut property = Property::new(name, line(&format!("mailto:{}", person.address)));
    if let Some(name) = person.name.as_deref().map(parameter).filter(|name| !name.is_empty()) {
        // Carets by RFC 6868; always quoted, for some read what stands bare in their own way.
        property.add_parameter("CN", &format!("\"{}\"", name.replace('^', "^^")));
    }
    property
}

/// A text as it stands in a parameter: without quotation marks, which would end it, and without backslashes, which mean
/// nothing there but are taken for something by some.
fn parameter(text: &str) -> String {
    line(text).replace('"', "'").replace('\\', "/")
}

/// An instant in UTC.
fn instant(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A date.
fn date(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// Content lines, folded.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A property whose type says that its value is to be escaped.
    fn text(&mut self, name: &str, value: &str) {
        self.put(&mut Property::new(name, value));
    }

    /// A property whose value stands as it is.
    fn raw(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{value}"));
    }

    /// A property as the crate writes it: quoted and escaped. It folds lines a sign too late, so that is done anew.
    fn put(&mut self, property: &mut Property) {
        let written: Result<String, std::fmt::Error> = property.done().try_into();
        self.fold(&written.unwrap_or_default().replace("\r\n ", ""));
    }

    /// Writes one line. Whatever it holds, nothing in it begins another one.
    fn fold(&mut self, line: &str) {
        let mut room = WIDTH;
        for sign in line.chars().filter(|sign| !sign.is_control()) {
            if sign.len_utf8() > room {
                // A blank at the end of a line gets lost in some mail: it opens the next one.
                let blank = self.0.ends_with(' ').then(|| self.0.pop()).flatten();
                self.0.push_str("\r\n ");
                self.0.extend(blank);
                room = WIDTH - 1 - usize::from(blank.is_some());
            }
            self.0.push(sign);
            room -= sign.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use jiff::SignedDuration;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    use serde_json::{Value, json};

    use super::*;
    use crate::calendar::{self, Occurrence, Standing};
    use crate::tests::readers;
    use crate::window::Window;
    use crate::zone::Zone;

    /// An instant.
    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// An upgrade on a Saturday night, by somebody for somebody.
    fn draft() -> Draft {
        Draft {
            uid: uid("task", &["t-0a1b", "ada"]),
            stamp: at("2026-12-10T11:00Z"),
            sequence: 3,
            when: When::Timed { start: at("2026-12-12T21:00Z"), end: at("2026-12-13T01:00Z") },
            summary: "ACME Corp, Upgrade to 17.4".to_owned(),
            description: "Rolling upgrade; three nodes,\none by one.".to_owned(),
            url: Some("https://tickets.example.com/4711?a=b,c;d".to_owned()),
            status: Status::Confirmed,
            busy: false,
            organizer: Some("offwatch <offwatch@example.com>".parse().unwrap()),
            attendee: Some(Mailbox { name: Some("Love, Ada: \"Lace\" ^2".to_owned()), address: "ada@example.com".parse().unwrap() }),
        }
    }

    #[test]
    fn an_event_is_written_as_the_standard_wants_it() {
        assert_snapshot!(calendar(&[draft()], Some(Method::Request), None).replace("\r\n", "\n"), @r#"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//offwatch//offwatch//EN
        CALSCALE:GREGORIAN
        METHOD:REQUEST
        BEGIN:VEVENT
        UID:offwatch-task-362defef672b112294ad0e56
        DTSTAMP:20261210T110000Z
        SEQUENCE:3
        DTSTART:20261212T210000Z
        DTEND:20261213T010000Z
        SUMMARY:ACME Corp\, Upgrade to 17.4
        DESCRIPTION:Rolling upgrade\; three nodes\,\none by one.
        URL:https://tickets.example.com/4711?a=b,c;d
        STATUS:CONFIRMED
        TRANSP:TRANSPARENT
        ORGANIZER;CN="offwatch":mailto:offwatch@example.com
        ATTENDEE;CN="Love, Ada: 'Lace' ^^2";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTIO
         N;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:ada@example.com
        END:VEVENT
        END:VCALENDAR
        "#);
    }

    #[test]
    fn a_calendar_that_is_fetched_again_and_again_has_a_name_and_no_method() {
        let day = When::AllDay { first: "2026-12-12".parse().unwrap(), until: "2026-12-13".parse().unwrap() };
        let draft = Draft { when: day, description: String::new(), url: None, organizer: None, attendee: None, ..draft() };
        assert_snapshot!(calendar(&[draft], None, Some("offwatch: Ada\r\nX:y")).replace("\r\n", "\n"), @r"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//offwatch//offwatch//EN
        CALSCALE:GREGORIAN
        X-WR-CALNAME:offwatch: Ada  X:y
        REFRESH-INTERVAL;VALUE=DURATION:PT1H
        X-PUBLISHED-TTL:PT1H
        BEGIN:VEVENT
        UID:offwatch-task-362defef672b112294ad0e56
        DTSTAMP:20261210T110000Z
        SEQUENCE:3
        DTSTART;VALUE=DATE:20261212
        DTEND;VALUE=DATE:20261213
        SUMMARY:ACME Corp\, Upgrade to 17.4
        STATUS:CONFIRMED
        TRANSP:TRANSPARENT
        END:VEVENT
        END:VCALENDAR
        ");
    }

    #[test]
    fn only_what_was_made_here_is_taken_for_own() {
        assert!(is_own(&uid("task", &["a"])));
        for other in ["offwatch-task", "offwatch-deploy-2026@example.com", "task-0123456789abcdef01234567", "offwatch-", ""] {
            assert!(!is_own(other), "{other}");
        }
        assert_ne!(uid("task", &["a", "bc"]), uid("task", &["ab", "c"]));
    }

    /// Texts as bad calendars hold them.
    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[a-zA-Z0-9 \r\n\t:;=,\\\\\"^äöü\u{202e}-]{0,200}",
            "(\r\n|\n|\r|\u{85}|\u{2028}|\u{b})(END:VEVENT|BEGIN:VEVENT|ATTENDEE:mailto:x@y)(\r\n [a-z]){0,3}",
            "(\\\\n|\\\\N|\\\\\\\\|\\\\,|%0d%0a|\\^n|\\^'|\"|[^ ]{90}|日本語){1,12}",
        ]
    }

    /// Drafts with such texts in every place.
    fn drafts() -> impl Strategy<Value = Draft> {
        let urls = prop_oneof![texts(), texts().prop_map(|text| format!("https://example.com/{text}")), "https?://[!-~ä]{1,120}"];
        (texts(), texts(), texts(), urls, any::<bool>(), 0_i64..1_000_000).prop_map(|(summary, description, name, url, timed, minutes)| {
            let start = at("2026-12-12T21:00Z").checked_add(SignedDuration::from_mins(minutes)).unwrap();
            let until = |hours| start.checked_add(SignedDuration::from_hours(hours)).unwrap();
            let date = |instant| Zone::utc().date(instant);
            let when =
                if timed { When::Timed { start, end: until(2) } } else { When::AllDay { first: date(start), until: date(until(48)) } };
            let attendee = Mailbox { name: Some(name.clone()), address: "ada@example.com".parse().unwrap() };
            let organizer = Mailbox { name: Some(summary.clone()), address: "offwatch@example.com".parse().unwrap() };
            let (attendee, organizer) = (Some(attendee), Some(organizer));
            Draft { uid: uid("task", &[&name]), when, summary, description, url: Some(url), attendee, organizer, ..draft() }
        })
    }

    /// What our own reader finds.
    fn read(text: &str) -> (Standing, Vec<calendar::Problem>, Vec<Occurrence>) {
        let span = Window::new(at("2026-01-01T00:00Z"), at("2030-01-01T00:00Z")).unwrap();
        let reading = calendar::read(text.as_bytes(), span, &Zone::utc());
        (reading.standing, reading.problems, reading.found)
    }

    /// What a draft intends, as another reader tells it.
    fn intended(draft: &Draft) -> Value {
        let (start, end) = match draft.when {
            When::Timed { start, end } => (instant(start), instant(end)),
            When::AllDay { first, until } => (date(first), date(until)),
        };
        let described = lines(&draft.description);
        let party = |party: &Option<Mailbox>| {
            let party = party.as_ref().unwrap();
            json!([parameter(party.name.as_ref().unwrap()), format!("mailto:{}", party.address)])
        };
        json!({
            "UID": draft.uid,
            "DTSTAMP": instant(draft.stamp),
            "SEQUENCE": draft.sequence,
            "DTSTART": start,
            "DTEND": end,
            "SUMMARY": line(&draft.summary),
            "DESCRIPTION": if described.is_empty() { Value::Null } else { json!(described) },
            "URL": address(draft.url.as_ref().unwrap()),
            "STATUS": "CONFIRMED",
            "TRANSP": "TRANSPARENT",
            "ORGANIZER": party(&draft.organizer),
            "ATTENDEE": party(&draft.attendee),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_text_holds_our_own_reader_finds_what_was_meant(draft in drafts(), other in drafts()) {
            // Two of one name are one event.
            prop_assume!(draft.uid != other.uid);
            let text = calendar(&[draft.clone(), other], Some(Method::Request), Some(&draft.summary));
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{}", text);
            let (standing, problems, found) = read(&text);
            prop_assert_eq!((standing, problems, found.len()), (Standing::Whole, Vec::new(), 2), "{}", text);
            let found = found.iter().find(|found| found.event.uid == draft.uid && found.when == draft.when).unwrap();
            prop_assert_eq!(&found.event.summary, &line(&draft.summary));
            prop_assert_eq!(&found.event.description, &lines(&draft.description));
            prop_assert_eq!(found.event.url.as_deref(), address(draft.url.as_ref().unwrap()));
            let attendee = &found.event.attendees[0];
            let name = parameter(draft.attendee.as_ref().unwrap().name.as_ref().unwrap());
            prop_assert_eq!(attendee.name.clone().unwrap_or_default(), name);
            prop_assert_eq!(found.event.attendees.len(), 1);
            prop_assert!(found.event.transparent && !found.event.recurs);
        }
    }

    #[test]
    fn whatever_a_text_holds_another_reader_finds_what_was_meant() {
        let mut runner = TestRunner::deterministic();
        let drafts: Vec<Draft> = (0..400).map(|_| drafts().new_tree(&mut runner).unwrap().current()).collect();
        let questions = drafts.iter().map(|draft| json!({"calendar": calendar(std::slice::from_ref(draft), Some(Method::Request), None)}));
        let Some(answers) = readers::ask(&questions.collect::<Vec<_>>()) else { return };
        for (draft, answer) in drafts.iter().zip(answers) {
            let whole = json!({"calendars": 1, "method": "REQUEST", "more": [], "errors": [], "events": [intended(draft)]});
            assert_eq!(answer, whole, "{draft:?}");
        }
    }
}
