//! Letters as HTML: what each looks like, that no text becomes anything but text, and that no letter is too long.

use std::collections::BTreeSet;
use std::sync::Arc;

use html5ever::tendril::TendrilSink as _;
use insta::assert_snapshot;
use mail_parser::MessageParser;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;

use super::promises::titles;
use super::sample::{engineer, notice, now, post, request, upgrade};
use crate::agenda::TaskId;
use crate::links::{Keys, Signer};
use crate::mail::samples::{Sample, samples};
use crate::mail::{Post, page, word};
use crate::plan::news::{Difference, Fall};
use crate::plan::notice::{BeforeLeave, Step, Stray};
use crate::plan::{Body, Kind};
use crate::wording::{Dates, Reads, Style, Words};

/// The longest letter there should be, in bytes.
const LONGEST: usize = 60_000;

/// What a page may be made of.
const ELEMENTS: &str = "a blockquote body br code div h1 h2 h3 head html li meta ol p strong style table tbody td th title tr ul";

/// The samples of a language.
fn all(language: &str) -> Vec<Sample> {
    let reads = Reads { language: language.to_owned(), ..Reads::default() };
    let samples = samples(Style { reads, ..Style::default() });
    assert!(samples.len() > 30, "{}", samples.len());
    assert_eq!(Words::shipped().troubles(), Vec::<String>::new());
    samples
}

/// What makes links.
fn signer() -> Signer {
    Signer { keys: Keys::read("a key for this test, and nothing else").unwrap(), url: "https://offwatch.example.com".to_owned() }
}

/// The two forms of a message.
fn forms(bytes: &[u8]) -> (String, String) {
    let message = MessageParser::default().parse(bytes).unwrap();
    let text = message.text_bodies().next().unwrap().text_contents().unwrap().replace("\r\n", "\n");
    let html = message.html_bodies().find(|part| part.is_text_html()).unwrap().text_contents().unwrap().replace("\r\n", "\n");
    (text, html)
}

/// All elements of a page with their attributes, and all its words.
fn parsed(html: &str) -> (Vec<String>, String) {
    fn walk(node: &Handle, depth: usize, bones: &mut Vec<String>, words: &mut String) {
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                let attributes: Vec<String> = attrs
                    .borrow()
                    .iter()
                    .map(|own| if &*own.name.local == "href" { "href".to_owned() } else { format!("{}={}", own.name.local, own.value) })
                    .collect();
                bones.push(format!("{depth} {} {}", name.local, attributes.join(" ")));
            }
            NodeData::Text { contents } => words.push_str(&contents.borrow()),
            NodeData::Document | NodeData::Doctype { .. } | NodeData::ProcessingInstruction { .. } => {}
            NodeData::Comment { .. } => bones.push("comment".to_owned()),
        }
        for child in node.children.borrow().iter() {
            walk(child, depth + 1, bones, words);
        }
    }
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html);
    let (mut bones, mut words) = (Vec::new(), String::new());
    walk(&dom.document, 0, &mut bones, &mut words);
    (bones, words)
}

#[test]
fn every_letter_in_both_forms_and_both_languages_is_as_it_was_looked_at() {
    for language in ["en", "de"] {
        for sample in all(language) {
            let (text, html) = forms(&sample.letter.bytes);
            assert_snapshot!(format!("{language}-{}.text", sample.name), format!("Subject: {}\n\n{text}", sample.letter.subject));
            // What stands around the words is the same for all, and looked at once.
            let body = if sample.name == "briefing-request" { html.as_str() } else { html.split_once("<h1 ").unwrap().1 };
            assert_snapshot!(format!("{language}-{}.html", sample.name), body);
        }
    }
}

#[test]
fn no_letter_is_too_long_and_all_words_of_its_text_stand_on_its_page() {
    for language in ["en", "de"] {
        for sample in all(language) {
            assert!(sample.letter.bytes.len() < LONGEST, "{}: {}", sample.name, sample.letter.bytes.len());
            let (text, html) = forms(&sample.letter.bytes);
            let (bones, words) = parsed(&html);
            let elements: BTreeSet<&str> = bones.iter().filter_map(|bone| bone.split(' ').nth(1)).collect();
            let known: BTreeSet<&str> = ELEMENTS.split(' ').collect();
            assert!(elements.is_subset(&known), "{}: {:?}", sample.name, elements.difference(&known).collect::<Vec<_>>());
            let bare =
                |text: &str| text.replace('`', "").split_whitespace().map(|word| word.trim_end_matches(':').to_owned()).collect::<Vec<_>>();
            let shown: BTreeSet<String> = bare(&words).into_iter().collect();
            let links: Vec<&str> = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let marks = ["-", "=", ">", "[", "]", "--"];
            for word in bare(&text) {
                let is_rule = !word.is_empty() && word.chars().all(|sign| sign == '-' || sign == '=');
                let is_there = shown.contains(&word) || links.contains(&word.as_str()) || marks.contains(&word.as_str()) || is_rule;
                assert!(is_there || word.ends_with('.') && word.trim_end_matches('.').parse::<u8>().is_ok(), "{}: {word}", sample.name);
            }
        }
    }
}

#[test]
fn a_task_has_one_button_and_a_page_fetches_nothing() {
    for sample in all("en") {
        let (_, html) = forms(&sample.letter.bytes);
        let asks = html.matches("background-color:#0b57d0;border-radius").count();
        let listed = if sample.name == "before-leave" { 2 } else { 0 };
        let tasks = sample.letter.notices.iter().filter_map(|said| said.task.as_ref()).collect::<BTreeSet<_>>().len() + listed;
        assert!(asks <= tasks, "{}: {asks} buttons for {tasks} tasks", sample.name);
        for fetched in ["src=", "url(", "<img", "<link", "<script", "@import", "<form"] {
            assert!(!html.contains(fetched), "{}: {fetched}", sample.name);
        }
        let links: Vec<&str> = html.split("href=\"").skip(1).collect();
        let leads = |link: &&str| link.starts_with("https://") || link.starts_with("mailto:");
        assert!(links.iter().all(leads), "{}: {links:?}", sample.name);
    }
}

#[test]
fn whoever_wants_other_letters_writes_to_a_person() {
    let header = |to: &str, admin: &str| {
        let mut asked = request(upgrade());
        asked.to.address = to.parse().unwrap();
        let post = Post { admin: Some(admin.parse().unwrap()), ..post() };
        let message = word(&[asked], &[], &post, now()).bytes;
        MessageParser::default().parse(&message).unwrap().header_raw("List-Unsubscribe").map(|value| value.trim().to_owned())
    };
    assert_eq!(header("ada@example.com", "ops@example.com").as_deref(), Some("<mailto:ops@example.com?subject=offwatch>"));
    assert_eq!(header("ops@example.com", "ops@example.com"), None, "not to themselves");
    assert_eq!(header("ada@example.com", "o%70s@example.com"), None, "what means something else in a link");
}

#[test]
fn who_wants_plain_text_gets_nothing_else_and_who_reads_german_gets_german() {
    let reads = |language: &str, plain| Reads { language: language.to_owned(), dates: Dates::Iso, plain };
    let mut style = Style::default();
    style.readers.insert("ada".parse().unwrap(), reads("de", true));
    let post = Post { attach: false, style, ..post() };
    let letter = word(&[request(upgrade())], &[], &post, now());
    let message = MessageParser::default().parse(&letter.bytes).unwrap();
    assert_eq!((message.parts.len(), page(&[request(upgrade())], &post, now())), (1, None));
    assert_snapshot!(letter.subject, @"Briefing gewünscht bis Fr 2026-12-11 17:00: ACME Corp, Upgrade to 17.4, Sa 2026-12-12 22:00 (deine Zeit)");
    let mut other = request(upgrade());
    other.to = engineer("grace", "Grace");
    let letter = word(&[other], &[], &post, now());
    assert_eq!(MessageParser::default().parse(&letter.bytes).unwrap().parts.len(), 3);
    assert!(letter.subject.starts_with("Briefing wanted by Fri 11 Dec 17:00"));
}

#[test]
fn a_page_that_would_be_too_long_stays_out_and_the_text_says_all() {
    let stray = |number: u32| Stray { title: format!("Task {number}"), start: now(), feed: "tasks".parse().unwrap(), escalated: false };
    let mut report = super::reports::report();
    report.unmatched_tasks = (0..2000).map(stray).collect();
    let letter = word(&[notice(Kind::Coverage, engineer("ada", "Ada"), "it is time", Body::Coverage(report))], &[], &post(), now());
    let message = MessageParser::default().parse(&letter.bytes).unwrap();
    assert_eq!(message.parts.len(), 1);
    assert!(message.body_text(0).unwrap().contains("Task 1999"));
}

#[test]
fn a_letter_of_many_tasks_tells_the_last_ones_in_short_and_keeps_its_page_and_its_buttons() {
    let brief = |number: usize| {
        let mut brief = upgrade();
        (brief.task, brief.short_title) = (TaskId::new(format!("t{number:010}")), format!("Upgrade {number}"));
        brief
    };
    let many = |count| (0..count).map(|number| request(brief(number))).collect::<Vec<_>>();
    let linked = Post { links: Some(signer()), invite: ["ada".parse().unwrap()].into(), ..post() };
    for (count, outlines) in [(1, 1), (4, 4), (5, 3), (6, 1), (8, 1)] {
        let letter = word(&many(count), &[], &linked, now());
        assert!(letter.bytes.len() <= LONGEST, "{count}: {}", letter.bytes.len());
        let (text, html) = forms(&letter.bytes);
        let buttons = html.matches("background-color:#0b57d0;border-radius").count();
        assert_eq!((text.matches("### What could go wrong").count(), buttons), (outlines, count), "{count}");
        assert_eq!(text.matches("Wanted by:").count(), count);
    }
    let letter = word(&many(14), &[], &linked, now());
    let message = MessageParser::default().parse(&letter.bytes).unwrap();
    let text = message.body_text(0).unwrap();
    assert!(letter.bytes.len() <= LONGEST && text.matches("Briefing written:").count() == 14, "{}: {text}", letter.bytes.len());
    let leave = BeforeLeave { start: now(), end: None, tasks: (0..8).map(brief).collect() };
    let listed = notice(Kind::BeforeLeave, engineer("ada", "Ada"), "you go", Body::BeforeLeave(leave));
    let letter = word(&[listed], &[], &linked, now());
    assert!(letter.bytes.len() <= LONGEST, "{}", letter.bytes.len());
    assert_eq!(forms(&letter.bytes).1.matches(">Briefing written<").count(), 8);
}

#[test]
fn an_outline_is_markdown_in_which_no_hint_becomes_a_heading() {
    for language in ["en", "de"] {
        for sample in all(language) {
            let (text, _) = forms(&sample.letter.bytes);
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2).filter(|pair| pair[1] == "-") {
                // A line of nothing but hyphens below a paragraph makes that a heading (CommonMark, setext).
                assert!(pair[0].is_empty() || pair[0].starts_with(['#', '-', ' ']), "{language}, {}: {pair:?}", sample.name);
            }
        }
    }
}

#[test]
fn the_admins_note_is_a_link_at_the_foot_and_for_mail_programs() {
    let style = Style { note: Some("Other letters? See https://wiki.example.com/offwatch#letters.".to_owned()), ..Style::default() };
    let letter = word(&[request(upgrade())], &[], &Post { style, admin: Some("ops@example.com".parse().unwrap()), ..post() }, now());
    let message = MessageParser::default().parse(&letter.bytes).unwrap();
    let header = message.header_raw("List-Unsubscribe").unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(header, "<https://wiki.example.com/offwatch#letters>, <mailto:ops@example.com?subject=offwatch>");
    let (text, html) = forms(&letter.bytes);
    assert!(html.contains("<a href=\"https://wiki.example.com/offwatch#letters\""), "{html}");
    assert!(text.contains("Other letters? See https://wiki.example.com/offwatch#letters."), "{text}");
}

#[test]
fn templates_of_ones_own_take_the_place_of_shipped_ones_and_a_broken_one_gives_way() {
    let with = |name: &str, text: &str| Words::with([(name.to_owned(), text.to_owned())].into()).map(Arc::new);
    let text = |words: &Arc<Words>| {
        let style = Style { words: Arc::clone(words), ..Style::default() };
        crate::mail::text(&[request(upgrade())], &Post { style, ..post() }, now())
    };
    let short = with("en/briefing-request.txt", "Please brief {{ brief.label }}\n\nWrite it by {{ brief.deadline|moment }}.\n").unwrap();
    let (subject, body) = text(&short);
    assert_eq!(subject, "Please brief ACME Corp, Upgrade to 17.4");
    assert!(body.contains("Write it by Fri 11 Dec 17:00 CET.") && body.contains("Why you get this"), "{body}");
    assert_eq!(crate::mail::check(&short), Vec::<String>::new());
    let wrong = with("en/briefing-request.txt", "Please brief\n\n{{ brief.owner }}\n").unwrap();
    let troubles = crate::mail::check(&wrong);
    assert_snapshot!(troubles.join("\n"), @"template `en/briefing-request.txt`, line 3: undefined value: `brief.owner` is undefined");
    assert!(text(&wrong).0.starts_with("Briefing wanted by"), "the shipped one says it");
    for (name, text, told) in [
        ("en/retraction.txt", "", "en: the letter `retraction-gone` has no subject"),
        ("en/letter.txt", "{% if name %}", "template `en/letter.txt`, line 1: syntax error"),
        ("en/letter.txt", "{{ name|safe }}", "template `en/letter.txt`, line 1: unknown filter"),
        ("fr/letter.txt", "Bonjour", "template `fr/letter.txt`: a language needs `fr/language.toml`"),
        ("en/language.toml", "tag = 7", "template `en/language.toml`"),
        ("en/letter.txt", "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "ran out of fuel"),
    ] {
        let told_now = match with(name, text) {
            Ok(words) => crate::mail::check(&words).join("\n"),
            Err(bad) => bad.to_string(),
        };
        assert!(told_now.contains(told), "{name}: {told_now}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_title_name_or_description_changes_what_a_page_is_made_of(title in titles(), name in titles(), line in titles()) {
        let page_of = |title: &str, name: &str, line: &str| {
            let mut brief = upgrade();
            (brief.title, brief.short_title) = (format!("a{title}"), format!("a{title}"));
            // What breaks lines in a description makes lines, and nothing else.
            brief.description = format!("a{}", line.replace(['\r', '\n'], " "));
            (brief.account, brief.notes) = (Some(format!("a{name}")), Some(format!("a{title}")));
            brief.people[0].name = format!("a{name}");
            brief.on_call[0].name = format!("a{line}");
            let mut digest = super::reports::digest();
            digest.titles = vec![format!("a{title}")];
            digest.quiet = vec![format!("a{name}")];
            for account in &mut digest.accounts {
                (account.account, account.backups) = (format!("a{name}"), vec![format!("a{name}")]);
                account.coming = vec![brief.clone()];
                account.ran = vec![brief.clone()];
                account.incidents.iter_mut().for_each(|incident| incident.title = format!("a{title}"));
                account.news.iter_mut().for_each(|news| news.title = format!("a{title}"));
            }
            let mut report = super::reports::report();
            report.tasks = vec![brief.clone()];
            report.unmatched_tasks.iter_mut().for_each(|stray| stray.title = format!("a{title}"));
            let leave = BeforeLeave { start: now(), end: None, tasks: vec![brief.clone(), brief.clone()] };
            let renamed = Difference { title: Some(format!("a{line}")), ..Difference::default() };
            let (one, other) = (Box::new(brief.clone()), Box::new(brief));
            let bodies = [
                (Kind::BriefingRequest, Body::Request(one.clone())),
                (Kind::Escalation, Body::Escalation(one.clone(), Step::LastCall)),
                (Kind::Escalation, Body::Escalation(one.clone(), Step::Writer)),
                (Kind::TaskChanged, Body::Changed(one, Box::new(renamed))),
                (Kind::Retraction, Body::Retracted(other, Fall::Gone)),
                (Kind::BeforeLeave, Body::BeforeLeave(leave)),
                (Kind::CatchUp, Body::CatchUp(digest)),
                (Kind::Coverage, Body::Coverage(report)),
            ];
            let pages = bodies.into_iter().map(|(kind, body)| {
                let to = engineer("ada", &format!("a{name}"));
                page(&[notice(kind, to, &format!("a{}", title.replace(';', "")), body)], &post(), now()).unwrap()
            });
            pages.collect::<String>()
        };
        // What is very long makes a letter tell less of some tasks.
        let [title, name, line] = [title, name, line].map(|text| text.chars().take(300).collect::<String>());
        let (plain, odd) = (page_of("", "", ""), page_of(&title, &name, &line));
        prop_assert_eq!(parsed(&plain).0, parsed(&odd).0);
    }
}
