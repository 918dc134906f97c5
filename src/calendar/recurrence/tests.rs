//! Rules against the examples of RFC 5545 §3.8.5.3 and what else has a known answer.

use jiff::civil::{Date, DateTime};

use super::super::stamp::Stamp;
use super::{Budget, Rule};

fn rule(start: &str, text: &str) -> Result<Rule, String> {
    let until = |stamp: Stamp| match stamp {
        Stamp::Date(date) => date.at(23, 59, 59, 0),
        Stamp::Wall(wall) | Stamp::Instant(_, wall) => wall,
    };
    Rule::read(text, start.parse().unwrap(), false, until).map(|written| written.rule)
}

fn check(start: &str, text: &str, from: &str, to: &str) -> String {
    let found = match rule(start, text) {
        Ok(rule) => rule.walls(from.parse().unwrap(), to.parse().unwrap(), &mut Budget(1_000_000)),
        Err(why) => return why,
    };
    let walls: Vec<String> = found.found.iter().map(|wall| wall.strftime("%m%dT%H%M").to_string()).collect();
    format!("{}{}", walls.join(" "), if found.cut { " cut" } else { "" })
}

#[test]
fn leaping_ahead_gives_what_walking_gives() {
    for text in [
        "FREQ=YEARLY;INTERVAL=3",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU;WKST=SU",
        "FREQ=DAILY;INTERVAL=11",
        "FREQ=HOURLY;INTERVAL=7;BYMINUTE=5,50",
        "FREQ=MINUTELY;INTERVAL=1441",
    ] {
        let leapt = check("1999-12-30T10:30:00", text, "2026-01-01T00:00:00", "2027-06-30T00:00:00");
        let walked = rule("1999-12-30T10:30:00", text).unwrap();
        let all = walked.walls("1999-12-30T10:30:00".parse().unwrap(), "2027-06-30T00:00:00".parse().unwrap(), &mut Budget(1_000_000));
        let late = all.found.iter().filter(|wall| wall.year() > 2025).map(|wall| wall.strftime("%m%dT%H%M").to_string());
        assert_eq!(leapt, late.collect::<Vec<_>>().join(" "), "{text}");
        assert!(!leapt.is_empty(), "{text}");
    }
}

#[test]
fn case_blanks_and_unknown_parts_do_not_matter() {
    let (from, to) = ("2026-03-01T00:00:00", "2026-04-01T00:00:00");
    assert_eq!(check("2026-03-10T09:00:00", "freq=daily; count=2;X-FOO=1;", from, to), "0310T0900 0311T0900");
    assert_eq!(check("2026-03-10T09:00:00", "FREQ=WEEKLY;COUNT=2;BYDAY=1TU", from, to), "0310T0900 0317T0900");
}

#[test]
fn what_cannot_be_followed_is_refused_with_a_reason() {
    for (text, why) in [
        ("FREQ=WEEKLY;BYDAY=ÁO", "it holds characters that no rule has"),
        ("FREQ=WEEKLY;BYDAY=XXMO", "BYDAY `XXMO` is no weekday"),
        ("FREQ=DAILY;UNTIL=20260301", "UNTIL lies before DTSTART"),
        ("FREQ=DAILY;UNTIL=never", "UNTIL `NEVER` is no date"),
        ("RSCALE=CHINESE;FREQ=YEARLY", "it counts by another calendar, `CHINESE`"),
    ] {
        assert_eq!(rule("2026-03-10T09:00:00", text).unwrap_err(), why);
    }
    for text in ["", "FREQ=BOGUS;FOO", "FREQ=DAILY;INTERVAL=4294967296", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;BYHOUR=25"] {
        assert!(rule("2026-03-10T09:00:00", text).is_err(), "{text}");
    }
}

#[test]
fn a_rule_without_measure_is_cut() {
    let every_second = rule("2020-01-01T00:00:00", "FREQ=SECONDLY").unwrap();
    let (from, to) = ("2026-01-01T00:00:00".parse().unwrap(), "2027-01-01T00:00:00".parse().unwrap());
    let found = every_second.walls(from, to, &mut Budget(500));
    assert_eq!((found.found.len() > 400, found.cut), (true, true));
    assert_eq!(check("2026-01-01T00:00:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01T00:00:00", "2030-01-01T00:00:00"), "");
}

/// Rows of date of DTSTART (at nine), rule, end, and expected days: `1997: 0902 0904-06 0910T1000`.
fn check_days(rows: &[(&str, &str, &str, &str)]) {
    for (start, text, end, expected) in rows {
        let start: Date = start.parse().unwrap();
        let end: DateTime = end.parse::<DateTime>().or_else(|_| format!("{end}T00:00").parse()).unwrap();
        let start = start.at(9, 0, 0, 0);
        let walls = rule(&start.to_string(), text).unwrap().walls(start, end, &mut Budget(1_000_000));
        let found: Vec<String> = walls.found.iter().map(|wall| wall.strftime("%Y%m%dT%H%M").to_string()).collect();
        assert_eq!(found.join(" "), spelled_out(expected), "{text}");
    }
}

/// The wall times that a row of expected days means.
fn spelled_out(days: &str) -> String {
    let (mut year, mut all) = ("", Vec::new());
    for word in days.split(' ') {
        if let Some(head) = word.strip_suffix(':') {
            year = head;
        } else if let Some((first, last)) = word.split_once('-') {
            let (month, first) = first.split_at(2);
            let dates = first.parse::<u8>().unwrap()..=last.parse().unwrap();
            all.extend(dates.map(|date| format!("{year}{month}{date:02}T0900")));
        } else {
            let time = if word.contains('T') { "" } else { "T0900" };
            all.push(format!("{year}{word}{time}"));
        }
    }
    all.join(" ")
}

/// The examples of RFC 5545 §3.8.5.3 in its order, without time zones.
const EXAMPLES: &[(&str, &str, &str, &str)] = &[
    ("1997-09-02", "FREQ=DAILY;COUNT=10", "9999-01-01", "1997: 0902-11"),
    ("1997-09-02", "FREQ=DAILY;UNTIL=19971224T000000Z", "9999-01-01", "1997: 0902-30 1001-31 1101-30 1201-23"),
    (
        "1997-09-02",
        "FREQ=DAILY;INTERVAL=2",
        "1997-12-04",
        "1997: 0902 0904 0906 0908 0910 0912 0914 0916 0918 0920 0922 0924 0926 0928 0930 1002 1004 1006 1008 1010 1012 1014 1016 1018 1020 1022 1024 1026 1028 1030 1101 1103 1105 1107 1109 1111 1113 1115 1117 1119 1121 1123 1125 1127 1129 1201 1203",
    ),
    ("1997-09-02", "FREQ=DAILY;INTERVAL=10;COUNT=5", "9999-01-01", "1997: 0902 0912 0922 1002 1012"),
    (
        "1998-01-01",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "9999-01-01",
        "1998: 0101-31 1999: 0101-31 2000: 0101-31",
    ),
    ("1998-01-01", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", "9999-01-01", "1998: 0101-31 1999: 0101-31 2000: 0101-31"),
    ("1997-09-02", "FREQ=WEEKLY;COUNT=10", "9999-01-01", "1997: 0902 0909 0916 0923 0930 1007 1014 1021 1028 1104"),
    (
        "1997-09-02",
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "9999-01-01",
        "1997: 0902 0909 0916 0923 0930 1007 1014 1021 1028 1104 1111 1118 1125 1202 1209 1216 1223",
    ),
    (
        "1997-09-02",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1998-02-18",
        "1997: 0902 0916 0930 1014 1028 1111 1125 1209 1223 1998: 0106 0120 0203 0217",
    ),
    (
        "1997-09-02",
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "9999-01-01",
        "1997: 0902 0904 0909 0911 0916 0918 0923 0925 0930 1002",
    ),
    ("1997-09-02", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "9999-01-01", "1997: 0902 0904 0909 0911 0916 0918 0923 0925 0930 1002"),
    (
        "1997-09-01",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "9999-01-01",
        "1997: 0901 0903 0905 0915 0917 0919 0929 1001 1003 1013 1015 1017 1027 1029 1031 1110 1112 1114 1124 1126 1128 1208 1210 1212 1222",
    ),
    ("1997-09-02", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "9999-01-01", "1997: 0902 0904 0916 0918 0930 1002 1014 1016"),
    ("1997-09-05", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "9999-01-01", "1997: 0905 1003 1107 1205 1998: 0102 0206 0306 0403 0501 0605"),
    ("1997-09-05", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "9999-01-01", "1997: 0905 1003 1107 1205"),
    (
        "1997-09-07",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "9999-01-01",
        "1997: 0907 0928 1102 1130 1998: 0104 0125 0301 0329 0503 0531",
    ),
    ("1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "9999-01-01", "1997: 0922 1020 1117 1222 1998: 0119 0216"),
    ("1997-09-28", "FREQ=MONTHLY;BYMONTHDAY=-3", "1998-03-01", "1997: 0928 1029 1128 1229 1998: 0129 0226"),
    ("1997-09-02", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "9999-01-01", "1997: 0902 0915 1002 1015 1102 1115 1202 1215 1998: 0102 0115"),
    ("1997-09-30", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "9999-01-01", "1997: 0930 1001 1031 1101 1130 1201 1231 1998: 0101 0131 0201"),
    ("1997-09-10", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", "9999-01-01", "1997: 0910-15 1999: 0310-13"),
    (
        "1997-09-02",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1998-04-01",
        "1997: 0902 0909 0916 0923 0930 1104 1111 1118 1125 1998: 0106 0113 0120 0127 0303 0310 0317 0324 0331",
    ),
    (
        "1997-06-10",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "9999-01-01",
        "1997: 0610 0710 1998: 0610 0710 1999: 0610 0710 2000: 0610 0710 2001: 0610 0710",
    ),
    (
        "1997-03-10",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "9999-01-01",
        "1997: 0310 1999: 0110 0210 0310 2001: 0110 0210 0310 2003: 0110 0210 0310",
    ),
    (
        "1997-01-01",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "9999-01-01",
        "1997: 0101 0410 0719 2000: 0101 0409 0718 2003: 0101 0410 0719 2006: 0101",
    ),
    ("1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "2000-01-01", "1997: 0519 1998: 0518 1999: 0517"),
    ("1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "2000-01-01", "1997: 0512 1998: 0511 1999: 0517"),
    (
        "1997-03-13",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "2000-01-01",
        "1997: 0313 0320 0327 1998: 0305 0312 0319 0326 1999: 0304 0311 0318 0325",
    ),
    (
        "1997-06-05",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "2000-01-01",
        "1997: 0605 0612 0619 0626 0703 0710 0717 0724 0731 0807 0814 0821 0828 1998: 0604 0611 0618 0625 0702 0709 0716 0723 0730 0806 0813 0820 0827 1999: 0603 0610 0617 0624 0701 0708 0715 0722 0729 0805 0812 0819 0826",
    ),
    ("1997-09-02", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2001-01-01", "1998: 0213 0313 1113 1999: 0813 2000: 1013"),
    (
        "1997-09-13",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1998-07-01",
        "1997: 0913 1011 1108 1213 1998: 0110 0207 0307 0411 0509 0613",
    ),
    ("1996-11-05", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "2005-01-01", "1996: 1105 2000: 1107 2004: 1102"),
    ("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "9999-01-01", "1997: 0904 1007 1106"),
    ("1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1998-04-01", "1997: 0929 1030 1127 1230 1998: 0129 0226 0330"),
    ("1997-09-02", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", "9999-01-01", "1997: 0902T0900 0902T1200 0902T1500"),
    ("1997-09-02", "FREQ=MINUTELY;INTERVAL=15;COUNT=6", "9999-01-01", "1997: 0902T0900 0902T0915 0902T0930 0902T0945 0902T1000 0902T1015"),
    ("1997-09-02", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", "9999-01-01", "1997: 0902T0900 0902T1030 0902T1200 0902T1330"),
    (
        "1997-09-02",
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "1997-09-03T09:30",
        "1997: 0902T0900 0902T0920 0902T0940 0902T1000 0902T1020 0902T1040 0902T1100 0902T1120 0902T1140 0902T1200 0902T1220 0902T1240 0902T1300 0902T1320 0902T1340 0902T1400 0902T1420 0902T1440 0902T1500 0902T1520 0902T1540 0902T1600 0902T1620 0902T1640 0903T0900 0903T0920",
    ),
    (
        "1997-09-02",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
        "1997-09-03T09:30",
        "1997: 0902T0900 0902T0920 0902T0940 0902T1000 0902T1020 0902T1040 0902T1100 0902T1120 0902T1140 0902T1200 0902T1220 0902T1240 0902T1300 0902T1320 0902T1340 0902T1400 0902T1420 0902T1440 0902T1500 0902T1520 0902T1540 0902T1600 0902T1620 0902T1640 0903T0900 0903T0920",
    ),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "9999-01-01", "1997: 0805 0810 0819 0824"),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "9999-01-01", "1997: 0805 0817 0819 0831"),
    ("2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "9999-01-01", "2007: 0115 0130 0215 0315 0330"),
];

#[test]
fn the_examples_of_the_rfc_give_what_it_says() {
    check_days(EXAMPLES);
}

/// What follows from the text of RFC 5545 §3.3.10 and a printed calendar.
const KNOWN: &[(&str, &str, &str, &str)] = &[
    ("2024-02-29", "FREQ=YEARLY", "2033-01-01", "2024: 0229 2028: 0229 2032: 0229"),
    ("1896-02-29", "FREQ=YEARLY;INTERVAL=4", "1909-01-01", "1896: 0229 1904: 0229 1908: 0229"),
    ("2024-02-29", "FREQ=MONTHLY;COUNT=4", "9999-01-01", "2024: 0229 0329 0429 0529"),
    ("2026-01-31", "FREQ=MONTHLY", "2026-09-01", "2026: 0131 0331 0531 0731 0831"),
    ("2026-01-31", "FREQ=YEARLY;BYMONTHDAY=31", "2027-01-01", "2026: 0131 0331 0531 0731 0831 1031 1231"),
    ("2026-01-30", "FREQ=MONTHLY;BYMONTHDAY=-31", "2026-08-01", "2026: 0301 0501 0701"),
    ("2026-01-01", "FREQ=YEARLY;BYYEARDAY=-1,-366", "2029-01-01", "2026: 1231 2027: 1231 2028: 0101 1231"),
    ("2026-01-01", "FREQ=YEARLY;BYYEARDAY=366,60", "2029-01-01", "2026: 0301 2027: 0301 2028: 0229 1231"),
    ("2026-01-01", "FREQ=YEARLY;BYDAY=53TH,-53FR", "2029-01-01", "2026: 1231 2027: 0101"),
    ("2026-01-01", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO,1MO", "2028-01-01", "2026: 0504 0525 2027: 0503 0531"),
    ("2026-01-01", "FREQ=MONTHLY;BYDAY=5TH,-5TH", "2026-08-01", "2026: 0101 0129 0402 0430 0702 0730"),
    ("2026-06-01", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1", "2026-09-01", "2026: 0601 0630 0701 0731 0803 0831"),
    ("2026-06-01", "FREQ=DAILY;BYHOUR=8,9,17;BYSETPOS=-1;COUNT=2", "9999-01-01", "2026: 0601T1700 0602T1700"),
    ("2026-06-01", "FREQ=YEARLY;BYMONTH=6,7;BYDAY=MO;BYSETPOS=2,-1,99", "2028-01-01", "2026: 0608 0727 2027: 0614 0726"),
    ("2026-06-03", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2,3", "2026-06-14", "2026: 0603 0605 0610 0612"),
    (
        "2015-01-01",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU",
        "2028-01-01",
        "2015: 1228 2016: 0103 2020: 1228 2021: 0103 2026: 1228 2027: 0103",
    ),
    ("2018-06-01", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2023-06-01", "2018: 1231 2019: 1230 2021: 0104 2022: 0103 2023: 0102"),
    ("2018-06-01", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "2024-06-01", "2019: 1230 2022: 0103 2024: 0101"),
    ("2019-01-01", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "2022-06-01", "2019: 1229 2021: 0103 2022: 0102"),
    ("2020-06-01", "FREQ=YEARLY;BYWEEKNO=1;WKST=SU;BYDAY=SU", "2022-06-01", "2021: 0103 2022: 0102"),
    ("2015-01-01", "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=1", "2028-01-01", "2016: 0101 2021: 0101 2027: 0101"),
    ("2021-01-01", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR;COUNT=2", "9999-01-01", "2021: 0101 2027: 0101"),
    ("1997-05-13", "FREQ=YEARLY;BYWEEKNO=20", "1999-01-01", "1997: 0513 1998: 0512"),
    ("2026-06-01", "FREQ=HOURLY;BYDAY=TU;BYHOUR=9,11;BYMINUTE=5,50", "2026-06-08", "2026: 0602T0905 0602T0950 0602T1105 0602T1150"),
    ("2026-06-01", "FREQ=HOURLY;INTERVAL=25;COUNT=3", "9999-01-01", "2026: 0601T0900 0602T1000 0603T1100"),
    ("2026-06-01", "FREQ=SECONDLY;INTERVAL=90000;COUNT=3", "9999-01-01", "2026: 0601T0900 0602T1000 0603T1100"),
    ("2026-06-01", "FREQ=SECONDLY;BYMONTHDAY=3;BYHOUR=10;BYMINUTE=7;BYSECOND=0", "2026-08-01", "2026: 0603T1007 0703T1007"),
    (
        "2026-06-02",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYMONTH=6;COUNT=10",
        "9999-01-01",
        "2026: 0602 0608 0609 0615 0616 0622 0623 0629 0630 2027: 0601",
    ),
];

#[test]
fn short_months_leap_days_weeks_and_positions_are_counted_as_the_table_says() {
    check_days(KNOWN);
}

#[test]
fn a_count_is_known_from_afar() {
    for (text, last) in [
        ("FREQ=DAILY;COUNT=20000", "2024-10-03T10:30:00"),
        ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=5301", "2020-10-15T10:30:00"),
        ("FREQ=HOURLY;COUNT=450000", "2021-05-03T09:30:00"),
        ("FREQ=MINUTELY;INTERVAL=100;COUNT=270000", "2021-05-03T08:50:00"),
        ("FREQ=SECONDLY;INTERVAL=7000;COUNT=230000", "2021-01-07T14:46:40"),
        ("FREQ=MINUTELY;INTERVAL=15;BYHOUR=9,10;BYDAY=MO,TU,WE,TH,FR;COUNT=104603", "2020-02-14T09:00:00"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYMONTH=1,2,3;COUNT=3300", "2021-01-18T10:30:00"),
        ("FREQ=DAILY;COUNT=18262", ""),
    ] {
        let rule = rule("1970-01-01T10:30:00", text).unwrap();
        let far = rule.walls("2020-01-01T00:00:00".parse().unwrap(), "2100-01-01T00:00:00".parse().unwrap(), &mut Budget(1_000_000));
        let found = far.found.last().map(ToString::to_string).unwrap_or_default();
        assert_eq!((found.as_str(), far.cut), (last, false), "{text}");
    }
}

#[test]
fn rules_without_an_instance_end_and_are_not_cut() {
    for text in [
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYYEARDAY=200",
        "FREQ=SECONDLY;BYHOUR=3;INTERVAL=86400",
        "FREQ=MONTHLY;BYSETPOS=2",
        "FREQ=DAILY;BYSETPOS=-2",
        "FREQ=DAILY;INTERVAL=7;BYDAY=SU",
    ] {
        let walls = rule("1970-01-01T10:30:00", text).unwrap().walls(
            "1970-01-01T00:00:00".parse().unwrap(),
            "2100-01-01T00:00:00".parse().unwrap(),
            &mut Budget(1_000_000),
        );
        assert_eq!((walls.found, walls.cut), (vec![], false), "{text}");
    }
}

#[test]
fn the_ends_of_time_and_the_largest_numbers_break_nothing() {
    for start in [DateTime::MIN, "1970-01-01T00:00:00".parse().unwrap(), DateTime::MAX] {
        for frequency in ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"] {
            for rest in ["", ";INTERVAL=4294967295", ";COUNT=4294967295", ";BYSETPOS=-366,366;BYHOUR=0,23", ";BYMONTH=12;WKST=SU;COUNT=9"] {
                let rule = rule(&start.to_string(), &format!("FREQ={frequency}{rest}")).unwrap();
                let walls = rule.walls(DateTime::MIN, DateTime::MAX, &mut Budget(1_000));
                assert!(walls.found.len() <= 1_000);
                assert!(walls.found.is_sorted_by(|one, other| one < other), "{start} {frequency}{rest}");
                rule.walls(DateTime::MAX, DateTime::MAX, &mut Budget(1_000));
            }
        }
    }
}
