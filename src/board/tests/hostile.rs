//! Names, titles and accounts that want to be markup: they change no page's structure.

use proptest::prelude::*;

use super::made;
use crate::board::{Facts, Links, Selection, all, page};
use crate::page::parsed::{Element, elements, hostile};

/// The facts of a small world in which ada, who is called `name`, looks after an account called `account` with two tasks
/// called `title`.
fn facts(name: &str, account: &str, title: &str) -> Facts {
    let [name, account] = [name, account].map(|text| toml::Value::String(text.to_owned()).to_string());
    let config = format!(
        "[service]\nadmin = 'ops@example.com'\n[mail]\nfrom = 'offwatch@example.com'\nsend = 'folder'\n[hours]\ntime_zone = 'UTC'\n\
         [briefing]\nlast_resort = 'duty@example.com'\n[[feed]]\nname = 'tasks'\npath = 'tasks.ics'\nreads = ['tasks']\n\
         [[engineer]]\nid = 'ada'\nname = {name}\nemail = 'ada@example.com'\n[[engineer]]\nid = 'bob'\nemail = 'bob@example.com'\n\
         [[account]]\nid = 'acme'\nname = {account}\nengineers = ['ada']\nbackups = ['bob']\n"
    );
    let title = title.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n").replace('\r', "");
    let event = |uid: &str, day: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{day}T200000Z\r\nDTEND:{day}T230000Z\r\nX-OFFWATCH-ACCOUNT:acme\r\nSUMMARY:{title}\r\n\
             END:VEVENT\r\n"
        )
    };
    let events = event("a", "20270310") + &event("b", "20270317");
    let bytes = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{events}END:VCALENDAR\r\n").into_bytes();
    made(&config, [("tasks".to_owned(), bytes)], "2027-03-10T10:00:00Z")
}

/// The bones of all pages.
fn bones(facts: &Facts) -> Vec<(String, Vec<String>)> {
    let bones = |html: &str| elements(html).iter().map(Element::bones).collect::<Vec<_>>();
    let page = |which| page(which, &Selection::default(), Links::Files, facts).unwrap();
    all(facts).iter().map(|which| (which.to_string(), bones(&page(which).html))).collect()
}

/// A text that the configuration takes as a name.
fn name() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| format!("x{text}").trim().to_owned())
}

#[test]
fn the_world_has_something_to_show() {
    let pages = bones(&facts("Ada", "Acme", "Upgrade"));
    assert_eq!(pages.len(), 1 + 2 + 1 + 2);
    assert!(pages.iter().all(|(_, bones)| bones.len() > 40), "{pages:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_name_and_no_title_changes_the_structure_of_a_page(name in name(), account in name(), title in hostile()) {
        let plain = bones(&facts("Ada", "Acme", "Upgrade"));
        prop_assert_eq!(bones(&facts(&name, &account, &title)), plain);
    }
}
