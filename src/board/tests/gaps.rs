//! Where nobody is there, in words: what a drawing shows is in the table after it.

use insta::assert_snapshot;

use super::made;
use crate::board::{Selection, Which, object};

/// How the cover of a task of ada's, who works on weekdays from nine to five, is told beside her two weeks.
fn check(start: &str, end: &str) -> String {
    let config = "[service]\nadmin = 'ops@example.com'\n[mail]\nfrom = 'offwatch@example.com'\nsend = 'folder'\n[hours]\ntime_zone = 'UTC'\n\
                  [[feed]]\nname = 'tasks'\npath = 'tasks.ics'\nreads = ['tasks']\n[[engineer]]\nid = 'ada'\nemail = 'ada@example.com'\n\
                  [[account]]\nid = 'acme'\nengineers = ['ada']\n";
    let event = format!("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:{start}\r\nDTEND:{end}\r\nSUMMARY:[acme] Move\r\nEND:VEVENT\r\n");
    let bytes = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{event}END:VCALENDAR\r\n").into_bytes();
    let facts = made(config, [("tasks".to_owned(), bytes)], "2027-03-10T10:00:00Z");
    let object = object(&Which::Index, &Selection::default(), &facts).unwrap();
    let rows = object["lanes"][0]["rows"].as_array().unwrap();
    rows.iter().find(|row| row["kind"] == "task").unwrap()["note"].as_str().unwrap().to_owned()
}

#[test]
fn the_stretches_in_which_nobody_is_there_are_named_where_they_are_not_all_of_it() {
    assert_snapshot!(check("20270312T100000Z", "20270312T120000Z"), @"covered");
    assert_snapshot!(check("20270312T180000Z", "20270312T200000Z"), @"nobody there for 2 h");
    assert_snapshot!(check("20270312T160000Z", "20270312T200000Z"), @"nobody there for 3 h of 4 h, Fri 12 Mar 17:00–20:00");
    let long = check("20270311T080000Z", "20270318T180000Z");
    let (length, parts) = long.split_once(", ").unwrap();
    assert_snapshot!(length, @"nobody there for 5 days 10 h of 7 days 10 h");
    assert_snapshot!(parts.replace(", ", "\n").replace(" and ", "\nand "), @r"
    Thu 11 Mar 08:00–09:00
    Thu 11 Mar 17:00 – Fri 12 Mar 09:00
    Fri 12 Mar 17:00 – Mon 15 Mar 09:00
    Mon 15 Mar 17:00 – Tue 16 Mar 09:00
    and 3 more
    ");
}
