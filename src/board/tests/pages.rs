//! What pages show, that they hold to the policy, and that everybody can read them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64ish::encoded;
use insta::assert_snapshot;
use sha2::Digest as _;

use super::{MOMENT, shipped, task, troubled};
use crate::board::sight::Sight;
use crate::board::templates::BOOK;
use crate::board::{Facts, Links, Selection, Which, all, answer, index, object, page};
use crate::page::parsed::{Element, elements};
use crate::page::{FUEL, Forms, Page, STYLE, policy};

/// The shipped world, played once.
static SHIPPED: LazyLock<Facts> = LazyLock::new(|| shipped(MOMENT));

/// One page as a file.
fn file(which: &Which) -> String {
    let Page { html, fault } = page(which, &Selection::default(), Links::Files, &SHIPPED).unwrap();
    assert_eq!(fault, None);
    html
}

/// The same for a snapshot, the style sheet left out.
fn short(which: &Which) -> String {
    file(which).replace(STYLE, "…")
}

/// All pages of the shipped world.
fn pages() -> Vec<(Which, Vec<Element>)> {
    all(&SHIPPED).into_iter().map(|which| (which.clone(), elements(&file(&which)))).collect()
}

/// What is answered to a request; none for no page.
fn asked(path: &str, query: &str) -> Option<String> {
    answer(path, query, &SHIPPED).map(|page| page.html)
}

#[test]
fn the_board_of_the_shipped_world() {
    assert_snapshot!("index", short(&Which::Index));
}

#[test]
fn a_task_s_page_of_the_shipped_world() {
    assert_snapshot!("task", short(&task(&SHIPPED, "message broker")));
}

#[test]
fn an_engineer_s_page_of_the_shipped_world() {
    assert_snapshot!("engineer", short(&"engineer/priya".parse().unwrap()));
}

#[test]
fn an_account_s_page_of_the_shipped_world() {
    assert_snapshot!("account", short(&"account/globex".parse().unwrap()));
}

#[test]
fn what_is_at_risk_tonight_is_the_first_thing_said() {
    let elements = elements(&file(&Which::Index));
    let verdict = elements.iter().find(|element| element.get("class") == Some("verdict risk")).unwrap();
    assert_snapshot!(verdict.text.trim(), @"1 task at risk in the next 24 hours.");
    let place = |name: &str| elements.iter().position(|element| element.get("class") == Some(name)).unwrap();
    assert!(place("verdict risk") < place("risks") && place("risks") < place("lane"));
}

#[test]
fn trouble_with_feeds_and_letters_is_told_at_the_top() {
    let mut facts = Facts { census: troubled(SHIPPED.ground.now), ..SHIPPED.clone() };
    facts.ground.outside.feeds[2].failing_since = Some(MOMENT.parse().unwrap());
    facts.ground.outside.feeds[2].error = Some("the server at feeds.example.com/secret answered 500".to_owned());
    let object = object(&Which::Index, &Selection::default(), &facts).unwrap();
    assert_snapshot!(object["outbox"], @r#"{"owed":"1 h 35 min","queued":3,"refused":2,"sending":1}"#);
    assert_snapshot!(object["feeds"][2]["state"], @r#""failing since Wed 17 Mar 14:00""#);
    let told = object["troubles"].as_array().unwrap().iter().map(|trouble| trouble["text"].as_str().unwrap());
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    Not all calendars are read, so this may be wrong: leave-system
    A letter should have gone out 1 h 35 min ago
    ");
    assert!(!page(&Which::Index, &Selection::default(), Links::Served, &facts).unwrap().html.contains("secret"));
}

#[test]
fn a_board_of_a_thousand_engineers_is_far_from_the_limit_of_its_templates() {
    let selection = Selection::default();
    let sight = Sight::of(&SHIPPED, &Which::Index, &selection, Links::Served).unwrap();
    let taken = BOOK.steps("index.html", &index::view(&sight)).unwrap();
    let engineers = u64::try_from(SHIPPED.ground.team().engineers.len()).unwrap();
    assert!(taken > 1000 && taken / engineers * 1000 < FUEL / 4, "{taken} steps for {engineers} engineers");
}

#[test]
fn nothing_on_any_page_is_more_than_the_policy_allows() {
    let hash = encoded(&sha2::Sha256::digest(STYLE));
    let policy = policy(Forms::None);
    assert!(policy.contains(&format!("style-src 'sha256-{hash}'")), "the style sheet's hash is {hash}");
    assert!(policy.starts_with("default-src 'none'; ") && policy.contains("form-action 'none'"), "{policy}");
    for (which, elements) in pages() {
        let styles: Vec<&Element> = elements.iter().filter(|element| element.name == "style").collect();
        assert!(matches!(styles.as_slice(), [one] if one.text == STYLE), "{which}");
        for element in &elements {
            let fetches = ["script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use", "audio", "video"];
            assert!(!fetches.contains(&element.name.as_str()), "{which}: {element:?}");
            for (name, value) in &element.attributes {
                assert!(name != "style" && name != "src" && !name.starts_with("on"), "{which}: {element:?}");
                let led = name != "href" || value.starts_with("https://") || !value.contains(':');
                assert!(led, "{which}: {element:?}");
            }
        }
    }
}

#[test]
fn every_page_can_be_read_without_eyes() {
    for (which, elements) in pages() {
        let named = |name: &str| elements.iter().filter(|element| element.name == name).collect::<Vec<_>>();
        assert_eq!(named("html")[0].get("lang"), Some("en"));
        assert!(!named("title")[0].text.is_empty(), "{which}");
        let levels = elements.iter().filter_map(|element| element.name.strip_prefix('h')?.parse::<u8>().ok());
        let levels: Vec<u8> = levels.collect();
        assert_eq!(named("h1").len(), 1, "{which}");
        assert!(levels.first() == Some(&1) && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{which}: {levels:?}");
        let ids: Vec<&str> = elements.iter().filter_map(|element| element.get("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{which}: {ids:?}");
        let referred = elements.iter().filter_map(|element| element.get("aria-labelledby")).flat_map(str::split_whitespace);
        assert!(referred.into_iter().all(|id| ids.contains(&id)), "{which}");
        assert_eq!(named("table").len(), named("caption").len(), "{which}");
        assert!(named("th").iter().all(|cell| matches!(cell.get("scope"), Some("col" | "row"))), "{which}");
        let drawings = named("svg").into_iter().filter(|drawing| drawing.get("aria-hidden").is_none());
        assert!(drawings.into_iter().all(|drawing| drawing.get("role") == Some("img") && drawing.get("aria-labelledby").is_some()));
    }
}

#[test]
fn every_drawing_has_its_data_as_a_table_or_says_that_there_is_none() {
    let elements = elements(&file(&Which::Index));
    let classed = |name: &str| elements.iter().filter(|element| element.get("class") == Some(name)).count();
    let lanes = SHIPPED.ground.team().engineers.len();
    assert_eq!((classed("lane"), classed("week")), (lanes, 2 * lanes));
    assert!(classed("rows") <= lanes && classed("rows") + 1 >= lanes);
}

#[test]
fn links_of_files_lead_to_files() {
    let all: BTreeSet<String> = all(&SHIPPED).iter().map(|which| format!("{which}.html")).collect();
    for (which, elements) in pages() {
        let links =
            elements.iter().filter_map(|element| element.get("href")).filter(|link| !link.contains("://") && !link.starts_with('#'));
        for link in links {
            let path = if which == Which::Index { link.to_owned() } else { link.strip_prefix("../").unwrap().to_owned() };
            assert!(all.contains(&path), "{which}: {link}");
        }
    }
}

#[test]
fn links_of_a_server_lead_to_pages_that_it_answers() {
    for which in all(&SHIPPED) {
        let path = if which == Which::Index { "/board".to_owned() } else { format!("/board/{which}") };
        for element in elements(&asked(&path, "").unwrap()) {
            let Some(link) = element.get("href").filter(|link| !link.contains("://") && !link.starts_with('#')) else { continue };
            let link = if which == Which::Index { link } else { link.strip_prefix("../../").unwrap() };
            let (path, query) = link.split_once('?').unwrap_or((link, ""));
            assert!(asked(&format!("/{path}"), query).is_some(), "{which}: {link}");
        }
    }
}

#[test]
fn what_nobody_has_is_no_page() {
    for path in ["", "/", "board", "/board/", "/boarding", "/board/index", "/board/task/t0", "/board/task/", "/board/engineer/nobody"] {
        assert_eq!(asked(path, ""), None, "{path}");
    }
    for path in ["/board/account/../task", "/board/task/%00", "/board/engineer/%zz", "/board/engineer/a%2Fb", "/board/engineer/%ff"] {
        assert_eq!(asked(path, ""), None, "{path}");
    }
    assert!(asked("/board/engineer/%61nna", "").is_some());
    for query in ["account=nobody", "engineer=nobody", "account=%zz", "account=", "engineer=a%00b", "team=nowhere", "team="] {
        assert_eq!(asked("/board", query), None, "{query}");
    }
    assert!(asked("/board", "utm=1&x").is_some());
}

#[test]
fn a_choice_leaves_the_others_out() {
    let names = |query: &str| {
        let selection = Selection::of(query).unwrap();
        let object = object(&Which::Index, &selection, &SHIPPED).unwrap();
        let lanes = object["lanes"].as_array().unwrap();
        let tasks = lanes.iter().flat_map(|lane| lane["rows"].as_array().unwrap()).filter_map(|row| row["account"]["name"].as_str());
        let tasks: BTreeSet<&str> = tasks.collect();
        let people: Vec<&str> = lanes.iter().filter_map(|lane| lane["id"].as_str()).collect();
        format!("{}: {}; {}", people.join(" "), tasks.into_iter().collect::<Vec<_>>().join(", "), object["verdict"].as_str().unwrap())
    };
    let rows = [
        "account=acme",
        "account=globex",
        "engineer=rui",
        "engineer=anna&account=reed",
        "engineer=tom&account=reed",
        "team=Europe",
        "team=Asia%20Pacific&engineer=rui",
        "team=Europe&account=reed",
    ];
    assert_snapshot!(rows.map(|query| format!("{query}: {}", names(query))).join("\n"), @r"
    account=acme: anna rui tom: ACME Corp; Nothing is at risk in the next 24 hours.
    account=globex: mei priya: Globex; 1 task at risk in the next 24 hours.
    engineer=rui: rui: ACME Corp; Nothing is at risk in the next 24 hours.
    engineer=anna&account=reed: anna: Reed Bank; Nothing is at risk in the next 24 hours.
    engineer=tom&account=reed: : ; Nothing is at risk in the next 24 hours.
    team=Europe: anna rui: ACME Corp, Reed Bank; Nothing is at risk in the next 24 hours.
    team=Asia%20Pacific&engineer=rui: mei priya rui: ACME Corp, Globex, Kestrel Air; 1 task at risk in the next 24 hours.
    team=Europe&account=reed: anna rui: Reed Bank; Nothing is at risk in the next 24 hours.
    ");
}

#[test]
fn a_served_board_leads_to_each_team_and_files_have_none() {
    let served = asked("/board", "").unwrap();
    let links: Vec<_> = elements(&served).iter().filter_map(|own| own.get("href").map(str::to_owned)).collect();
    let teams: Vec<_> = links.into_iter().filter(|link| link.contains("team=")).collect();
    assert_eq!(teams, ["board?team=Americas", "board?team=Asia%20Pacific", "board?team=Europe"]);
    assert!(asked("/board", "team=Asia+Pacific").unwrap().contains("Only Asia Pacific."));
    assert!(!file(&Which::Index).contains("Teams"));
}

#[test]
fn nobody_s_absence_has_a_reason_and_no_feed_an_address() {
    let facts = shipped("2027-03-24T13:00:00Z");
    let absences = facts.ground.desk.scene().absences.values().flatten();
    let titles: BTreeSet<&str> = absences.map(|absence| absence.title.as_str()).filter(|title| !title.is_empty()).collect();
    assert!(titles.len() > 5, "{titles:?}");
    for which in all(&facts) {
        let html = page(&which, &Selection::default(), Links::Served, &facts).unwrap().html.to_lowercase();
        for title in &titles {
            assert!(!html.contains(&title.to_lowercase()), "{which} says `{title}`");
        }
        for word in ["vacation", "sick", "feeds/", ".ics", "public holiday", "on leave"] {
            assert!(!html.contains(word), "{which} says `{word}`");
        }
    }
}

/// Base64, for the one hash that is checked.
mod base64ish {
    /// The bytes in Base64 (RFC 4648 §4).
    pub(super) fn encoded(bytes: &[u8]) -> String {
        const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let group = |group: &[u8]| {
            let bits = group.iter().chain([0, 0].iter()).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
            let sign = |place: usize| if place <= group.len() { char::from(SIGNS[bits >> (18 - 6 * place) & 63]) } else { '=' };
            (0..4).map(sign).collect::<String>()
        };
        bytes.chunks(3).map(group).collect()
    }
}
