//! Everything that a calendar's address was ever seen to answer instead of a calendar, as bytes on the wire.
//! Plain data: the matrix beside it and the tests of the built program serve the same faults.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

/// What no fault may let out: it stands in addresses, headers, names and bodies.
pub(crate) const CANARY: &str = "canary-of-a-fault";

/// A step of an answer. After the last one the connection is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// These bytes.
    Say(Vec<u8>),
    /// These bytes, one now and then, again and again.
    Drip(&'static [u8]),
    /// These bytes without a pause, again and again.
    Pour(Vec<u8>),
    /// Nothing, while the connection stays open.
    Silence,
}

/// What an address answers.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What is said on the wire.
    pub(crate) steps: Vec<Step>,
}

/// A calendar with one event a title.
pub(crate) fn calendar(titles: &[&str]) -> Vec<u8> {
    let event = |(number, title): (usize, &&str)| {
        format!(
            "BEGIN:VEVENT\r\nUID:{number}@example.com\r\nDTSTART:20261205T220000Z\r\nDTEND:20261206T000000Z\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
        )
    };
    let events: String = titles.iter().enumerate().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\n{events}END:VCALENDAR\r\n").into_bytes()
}

/// Gzip.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A head of HTTP/1.1 and what follows it.
fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} {CANARY}\r\nConnection: close\r\nX-Trace: {CANARY}\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// All faults, for the copy in force that shows `good`; redirects lead back to the server at `home`.
pub(crate) fn faults(good: &[u8], home: &str) -> Vec<Fault> {
    let said = |name, bytes| Fault { name, steps: vec![Step::Say(bytes)] };
    let mut faults: Vec<Fault> =
        statuses().into_iter().map(|(name, status, headers)| said(name, answer(status, headers, b"N/A"))).collect();
    faults.extend(redirects(home).into_iter().map(|(name, status, headers)| said(name, answer(status, &headers, b""))));
    faults.extend(tags(good).into_iter().map(|(name, bytes)| said(name, bytes)));
    faults.extend(lengths(good).into_iter().map(|(name, bytes)| said(name, bytes)));
    faults.extend(compressions(good).into_iter().map(|(name, bytes)| said(name, bytes)));
    faults.extend(bodies(good).into_iter().map(|(name, headers, body)| said(name, answer("200", headers, &body))));
    faults.extend(protocols(good));
    faults
}

/// Statuses, with what they ask for.
fn statuses() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        ("304 as asked", "304", "ETag: \"v1\"\r\n"),
        ("204", "204", ""),
        ("206 though all was asked for", "206", "Content-Range: bytes 0-1/2\r\n"),
        ("400", "400", ""),
        ("401", "401", "WWW-Authenticate: Basic realm=canary-of-a-fault\r\n"),
        ("403", "403", ""),
        ("404", "404", ""),
        ("408", "408", ""),
        ("410", "410", ""),
        ("429, no wait", "429", ""),
        ("429, 2 minutes", "429", "Retry-After: 120\r\n"),
        ("429, an hour", "429", "Retry-After: 3600\r\n"),
        ("500", "500", ""),
        ("502", "502", ""),
        ("503, no wait", "503", ""),
        ("503, 2 minutes", "503", "Retry-After: 120\r\n"),
        ("503, until a date", "503", "Retry-After: Tue, 01 Dec 2026 09:45:00 GMT\r\n"),
        ("503, until a date long past", "503", "Retry-After: Tue, 01 Dec 2020 09:45:00 GMT\r\n"),
        ("503, minus 5 seconds", "503", "Retry-After: -5\r\n"),
        ("503, a year", "503", "Retry-After: 31536000\r\n"),
        ("503, more seconds than there are", "503", "Retry-After: 99999999999999999999\r\n"),
        ("503, the year 9999", "503", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
        ("503, garbage", "503", "Retry-After: soon\r\n"),
        ("503, two waits", "503", "Retry-After: 120\r\nRetry-After: 3600\r\n"),
        ("599", "599", ""),
        ("999", "999", ""),
    ]
}

/// Redirects. `good` is a path of `home` that holds the calendar.
fn redirects(home: &str) -> Vec<(&'static str, &'static str, String)> {
    let to = |place: &str| format!("Location: {place}\r\n");
    vec![
        ("301 to the calendar", "301", to("/good?canary-of-a-fault")),
        ("302 to the calendar", "302", to(&format!("{home}/good"))),
        ("303 to the calendar", "303", to("good")),
        ("307 to the calendar", "307", to("../good")),
        ("308 to the calendar", "308", to(&format!("{}/good", home.trim_start_matches("http:")))),
        ("a loop", "302", to("")),
        ("two addresses at once", "302", format!("{}{}", to("/good"), to("/404"))),
        ("300", "300", to("/good")),
        ("302 to nowhere", "302", String::new()),
        ("302 to file:", "302", to("file:///etc/canary-of-a-fault")),
        ("302 to ftp:", "302", to("ftp://canary-of-a-fault.example.com/")),
        ("302 to javascript:", "302", to("javascript:alert('canary-of-a-fault')")),
        ("302 to data:", "302", to("data:text/calendar,BEGIN:VCALENDAR")),
        ("302 to what is no address", "302", to("http://[canary-of-a-fault")),
        ("302 to a host that there is not", "302", to("http://canary-of-a-fault.invalid/")),
        ("302 to a closed port", "302", to("http://127.0.0.1:1/canary-of-a-fault")),
    ]
}

/// What goes with an `ETag`. The copy in force has `"v1"`.
fn tags(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let other = calendar(&["ACME: upgrade, later"]);
    vec![
        ("no ETag, same calendar", answer("200", "", good)),
        ("ETag, and 200 whatever is asked", answer("200", "ETag: \"v1\"\r\n", good)),
        ("same ETag, other calendar", answer("200", "ETag: \"v1\"\r\n", &other)),
        ("other ETag, same calendar", answer("200", "ETag: \"v2\"\r\n", good)),
        ("weak ETag, other calendar", answer("200", "ETag: W/\"v1\"\r\n", &other)),
        ("ETag that is no text", answer("200", "ETag: \"\u{fc}\"\r\n", &other)),
    ]
}

/// Lengths that lie, and bodies that end early.
fn lengths(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let half = &good[..good.len() / 2];
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let chunked = |body: &[u8]| answer("200", "Transfer-Encoding: chunked\r\n", body);
    let announced = |length: usize, body: &[u8]| answer("200", &format!("Content-Length: {length}\r\n"), body);
    vec![
        ("length too great", announced(good.len() + 1000, good)),
        ("length too small", announced(good.len() / 2, good)),
        ("length that is none", answer("200", "Content-Length: canary-of-a-fault\r\n", good)),
        ("two lengths", answer("200", "Content-Length: 5\r\nContent-Length: 6\r\n", good)),
        ("half a body, no length", answer("200", "", half)),
        ("cut between two events, no length", answer("200", "", &good[..good.len() - 15])),
        ("cut between two events, as told", announced(good.len() - 15, &good[..good.len() - 15])),
        ("half a body, length known", announced(good.len(), half)),
        ("chunks", chunked(&[chunk(half), chunk(&good[half.len()..]), chunk(b"")].concat())),
        ("chunks of half a calendar", chunked(&[chunk(&good[..good.len() - 15]), chunk(b"")].concat())),
        ("chunks, cut between two", chunked(&chunk(half))),
        ("chunks, cut inside one", chunked(&chunk(half)[..half.len() / 2])),
        ("chunks of no size", chunked(b"canary-of-a-fault\r\n")),
        ("calendar twice", announced(2 * good.len(), &[good, good].concat())),
    ]
}

/// Gzip, and what pretends to be.
fn compressions(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let gzip = |body: &[u8]| answer("200", "Content-Encoding: gzip\r\n", body);
    let (zeros, whole) = (vec![b' '; 17 * 1024 * 1024], packed(good));
    let mut bent = whole.clone();
    let middle = bent.len() / 2;
    bent[middle] ^= 0xFF;
    let mut unchecked = whole.clone();
    let tail = unchecked.len() - 8;
    unchecked[tail] ^= 0xFF;
    vec![
        ("gzip", gzip(&whole)),
        ("gzip in two members", gzip(&[packed(&good[..9]), packed(&good[9..])].concat())),
        ("gzip of half a calendar", gzip(&packed(&good[..good.len() - 15]))),
        ("gzip that unpacks to 17 MiB", gzip(&packed(&zeros))),
        ("gzip in gzip, said once", gzip(&packed(&whole))),
        ("gzip in gzip, said twice", answer("200", "Content-Encoding: gzip, gzip\r\n", &packed(&whole))),
        ("gzip, a bit wrong", gzip(&bent)),
        ("gzip, checksum wrong", gzip(&unchecked)),
        ("gzip, cut off", gzip(&whole[..middle])),
        ("gzip, without its end", gzip(&whole[..tail])),
        ("gzip that is none", gzip(good)),
        ("gzip that is not said", answer("200", "", &whole)),
        ("a compression not asked for", answer("200", "Content-Encoding: br\r\n", &[0x8B, 2, 0x80, 0x61, 3])),
    ]
}

/// Bodies that are no calendar, or one in an odd alphabet.
fn bodies(good: &[u8]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let accents = String::from_utf8(calendar(&["ACME: M\u{fc}nchen"])).unwrap();
    let latin: Vec<u8> = accents.chars().map(|sign| u8::try_from(u32::from(sign)).unwrap()).collect();
    let wide = |mark: &[u8]| [mark, &accents.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat();
    let html = "<!DOCTYPE html><title>Sign in</title><form action=\"https://canary-of-a-fault.example.com/\">".into();
    let utf8 = "Content-Type: text/calendar; charset=utf-8\r\n";
    vec![
        ("a login page", "Content-Type: text/html\r\n", html),
        ("an empty body", "Content-Length: 0\r\n", Vec::new()),
        ("white space", "", b" \r\n\r\n".to_vec()),
        ("N/A", "", b"N/A".to_vec()),
        ("JSON", "Content-Type: application/json\r\n", br#"{"error":"canary-of-a-fault"}"#.to_vec()),
        ("XML", "", b"<?xml version=\"1.0\"?><error>canary-of-a-fault</error>".to_vec()),
        ("zeros", "", vec![0; 100]),
        ("a calendar called a picture", "Content-Type: image/png\r\n", good.to_vec()),
        ("UTF-8 with its mark", utf8, [b"\xEF\xBB\xBF", accents.as_bytes()].concat()),
        ("Windows-1252 called UTF-8", utf8, latin.clone()),
        ("Windows-1252 called so", "Content-Type: text/calendar; charset=windows-1252\r\n", latin),
        ("UTF-16 with its mark", utf8, wide(b"\xFF\xFE")),
        ("UTF-16 without it", utf8, wide(b"")),
        ("an unknown charset", "Content-Type: text/calendar; charset=canary-of-a-fault\r\n", accents.into_bytes()),
    ]
}

/// What is hardly HTTP, and what never ends.
fn protocols(good: &[u8]) -> Vec<Fault> {
    let old = [b"HTTP/1.0 200 OK\r\n\r\n", good].concat();
    let lines = "X-Trace: canary-of-a-fault\r\n".repeat(200);
    let hints = b"HTTP/1.1 103 Early Hints\r\nLink: <canary-of-a-fault>\r\n\r\n";
    let begun = || Step::Say(answer("200", "", b"BEGIN:VCALENDAR\r\n"));
    let many = [hints.repeat(50), answer("200", "", good)].concat();
    let rows = [
        ("HTTP/1.0", vec![Step::Say(old)]),
        ("HTTP/0.9", vec![Step::Say(good.to_vec())]),
        ("garbage", vec![Step::Say(b"220 canary-of-a-fault ESMTP\r\n".to_vec())]),
        ("TLS without being asked", vec![Step::Say(vec![0x15, 3, 1, 0, 2, 2, 80])]),
        ("nothing at all", Vec::new()),
        ("half a head", vec![Step::Say(b"HTTP/1.1 200 OK\r\nX-Trace: canary".to_vec())]),
        ("101", vec![Step::Say(answer("101", "Upgrade: canary-of-a-fault\r\n", b""))]),
        ("fifty 103 and the calendar", vec![Step::Say(many)]),
        ("103 without end", vec![Step::Pour(hints.repeat(100))]),
        ("200 headers", vec![Step::Say(answer("200", &lines, good))]),
        ("a header of 1 MiB", vec![Step::Say(answer("200", &format!("X-Trace: {}\r\n", "c".repeat(1 << 20)), good))]),
        ("headers without end", vec![Step::Say(b"HTTP/1.1 200 OK\r\n".to_vec()), Step::Pour(lines.into_bytes())]),
        ("a body without end", vec![begun(), Step::Pour(vec![b'B'; 65_536])]),
        (
            "chunks without end",
            vec![
                Step::Say(answer("200", "Transfer-Encoding: chunked\r\n", b"")),
                Step::Pour([b"10000\r\n", &*vec![b'B'; 65_536], b"\r\n"].concat()),
            ],
        ),
        ("a slow drip", vec![begun(), Step::Drip(b"B")]),
        ("a slow drip of headers", vec![Step::Say(b"HTTP/1.1 200 OK\r\n".to_vec()), Step::Drip(b"X: y\r\n")]),
        ("silence", vec![Step::Silence]),
        ("silence after the head", vec![Step::Say(answer("200", "", b"")), Step::Silence]),
    ];
    rows.into_iter().map(|(name, steps)| Fault { name, steps }).collect()
}
