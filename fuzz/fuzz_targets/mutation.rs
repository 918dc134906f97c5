//! Mutations that know what a calendar looks like: whole lines come, go, change places and are written anew.

/// Numbers by chance.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn pick<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among[self.below(among.len())]
    }
}

/// Changes `data[..size]` in place, a third of the time by `bytes`, which knows no lines; the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u64, bytes: fn(&mut [u8], usize, usize) -> usize) -> usize {
    let mut chance = Chance(seed);
    if chance.below(3) == 0 {
        return bytes(data, size, max_size);
    }
    let mut lines: Vec<Vec<u8>> = data[..size].split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        lines = vec![b"BEGIN:VCALENDAR\r\n".to_vec(), b"END:VCALENDAR\r\n".to_vec()];
    }
    for _ in 0..=chance.below(3) {
        change(&mut lines, &mut chance);
    }
    let bytes = lines.concat();
    let length = bytes.len().min(max_size);
    data[..length].copy_from_slice(&bytes[..length]);
    length
}

/// One change.
fn change(lines: &mut Vec<Vec<u8>>, chance: &mut Chance) {
    let place = chance.below(lines.len() + 1);
    let other = chance.below(lines.len());
    match chance.below(9) {
        0 => {
            let line = lines.get(other).cloned().unwrap_or_default();
            lines.insert(place, line);
        }
        1 if lines.len() > 1 => {
            lines.remove(other);
        }
        2 if place < lines.len() => lines.swap(place, other),
        3 => {
            let event = event(chance);
            lines.splice(place..place, event);
        }
        4 if !lines.is_empty() => {
            // A fold anywhere, also inside a character.
            let line = &mut lines[other];
            let cut = chance.below(line.len());
            line.splice(cut..cut, *b"\r\n ");
        }
        5 if !lines.is_empty() => lines[other] = line(chance),
        _ => lines.insert(place, line(chance)),
    }
}

/// A small event.
fn event(chance: &mut Chance) -> Vec<Vec<u8>> {
    let mut lines = vec![b"BEGIN:VEVENT\r\n".to_vec(), format!("UID:{}\r\n", chance.below(3)).into_bytes()];
    let start = format!("DTSTART{}:{}\r\n", place(chance), stamp(chance));
    lines.push(start.into_bytes());
    for _ in 0..chance.below(4) {
        lines.push(line(chance));
    }
    lines.push(b"END:VEVENT\r\n".to_vec());
    lines
}

/// A line as calendars have them, and as they should not.
fn line(chance: &mut Chance) -> Vec<u8> {
    let text = match chance.below(20) {
        0 => format!("BEGIN:{}", component(chance)),
        1 => format!("END:{}", component(chance)),
        2 | 3 => format!("DTSTART{}:{}", place(chance), stamp(chance)),
        4 => format!("DTEND{}:{}", place(chance), stamp(chance)),
        5 => format!("DURATION:{}", chance.pick(&["PT1H", "P1D", "-P1W", "P2W", "P99999999999D", "PT0S", "P1DT25H", "PT"])),
        6..=9 => format!("{}:{}", chance.pick(&["RRULE", "RRULE", "RRULE", "EXRULE"]), rule(chance)),
        10 => format!("EXDATE{}:{},{}", place(chance), stamp(chance), stamp(chance)),
        11 => format!("RDATE{}:{}/{}", place(chance), stamp(chance), chance.pick(&["PT2H", "20261101T000000Z", ""])),
        12 | 13 => {
            let range = chance.pick(&["", "", ";RANGE=THISANDFUTURE"]);
            format!("RECURRENCE-ID{range}{}:{}", place(chance), stamp(chance))
        }
        14 => format!("UID:{}", chance.below(3)),
        15 => format!("SEQUENCE:{}", chance.below(3)),
        16 => format!("STATUS:{}", chance.pick(&["CANCELLED", "TENTATIVE", "?"])),
        17 => format!("TZOFFSET{}:{}", chance.pick(&["FROM", "TO"]), chance.pick(&["+0100", "-0500", "+2359", "+0545", "x"])),
        18 => format!("{}:{}", chance.pick(&["TZID", "X-WR-TIMEZONE", "X-LIC-LOCATION"]), zone(chance)),
        _ => chance.pick(&["SUMMARY:a\\, b\\n", "ATTENDEE;CN=\"x;y\":mailto:a@b", "X:\u{80}", "nothing", ":", "A;B", "", "RRULE:"]).to_owned(),
    };
    format!("{text}\r\n").into_bytes()
}

fn component(chance: &mut Chance) -> &'static str {
    chance.pick(&["VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VALARM", "VTODO", "X-FOO"])
}

fn zone(chance: &mut Chance) -> &'static str {
    chance.pick(&["Europe/Berlin", "America/New_York", "W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin", "Own", "UTC+2", "?"])
}

fn place(chance: &mut Chance) -> String {
    match chance.below(5) {
        0 => ";VALUE=DATE".to_owned(),
        1 | 2 => format!(";TZID={}", zone(chance)),
        3 => chance.pick(&[";VALUE=DATE-TIME", ";VALUE=PERIOD", ";X=\"", ";TZID=\"Own\""]).to_owned(),
        _ => String::new(),
    }
}

fn stamp(chance: &mut Chance) -> String {
    let year = chance.pick(&["2026", "2026", "1997", "2016", "2027", "1970", "9999", "0001", "1601"]);
    let month = chance.pick(&["01", "02", "03", "10", "10", "11", "12"]);
    let day = chance.pick(&["01", "09", "25", "26", "28", "29", "30", "31"]);
    let time = chance.pick(&["", "", "T023000", "T000000", "T090000", "T235959", "T240000", "T0230", "T023060"]);
    format!("{year}{month}{day}{time}{}", if time.is_empty() { "" } else { chance.pick(&["", "", "Z", "+0100"]) })
}

fn rule(chance: &mut Chance) -> String {
    // Dense rules are slow whatever else is wrong, so that they come seldom.
    let dense = chance.below(30) == 0;
    let often: &[&str] = if dense { &["SECONDLY", "MINUTELY"] } else { &["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"] };
    let mut rule = format!("FREQ={}", chance.pick(often));
    for _ in 0..chance.below(4) {
        rule.push_str(chance.pick(&[
            ";INTERVAL=2", ";INTERVAL=65535", ";INTERVAL=0", ";COUNT=3", ";COUNT=2147483647", ";UNTIL=20261101", ";UNTIL=20261101T000000Z",
            ";BYMONTH=2", ";BYMONTH=10,11,12", ";BYMONTHDAY=30", ";BYMONTHDAY=-1,31", ";BYDAY=MO,TU,FR", ";BYDAY=-1SU", ";BYDAY=5MO,+1WE",
            ";BYYEARDAY=366,-1", ";BYWEEKNO=53,1", ";BYWEEKNO=-1", ";BYHOUR=2,3", ";BYMINUTE=0,30", ";BYSECOND=0,1,2,3,4,5,6,7,8,60",
            ";BYSETPOS=-1", ";BYSETPOS=1,366", ";WKST=SU", ";RSCALE=GREGORIAN", ";BYDAY=ÁO", ";X-FOO=1", ";BYEASTER=0",
        ]));
    }
    rule
}
