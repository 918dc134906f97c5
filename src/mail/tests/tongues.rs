//! Entries for calendars in the language of whoever gets them.

use insta::assert_snapshot;

use super::parts::{changed, inviting};
use super::sample::{at, engineer, now, post, request, upgrade};
use crate::mail::{Post, parts, subscription};
use crate::plan::Notice;
use crate::plan::notice::{Briefing, Planned};
use crate::wording::{Dates, Reads, Style};

/// The installation whose words are German, but for Grace; dates as they are wanted there.
fn german(post: Post, dates: Dates) -> Post {
    let mut style = Style { reads: Reads { language: "de".to_owned(), dates, ..Reads::default() }, ..Style::default() };
    style.readers.insert("grace".parse().unwrap(), Reads::default());
    Post { style, ..post }
}

/// What people read of the entries: a line for each title and description.
fn read(texts: &[String]) -> String {
    let lines = texts.concat().replace("\r\n ", "");
    lines.lines().filter(|line| line.starts_with("SUMMARY:") || line.starts_with("DESCRIPTION:")).collect::<Vec<_>>().join("\n")
}

#[test]
fn parts_speak_their_readers_language() {
    let texts =
        |notice: Notice, post: &Post| -> Vec<String> { parts::parts(&[notice], post, now()).into_iter().map(|part| part.text).collect() };
    let german = |dates| german(inviting(), dates);
    assert_snapshot!(read(&texts(request(upgrade()), &german(Dates::Words))), @r"
    SUMMARY:ACME Corp\, Upgrade to 17.4 (Briefing gewünscht)
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotizen: https://wiki.example.com/acme\n\nRolling upgrade of three nodes.\n\nRoll back by snapshot.
    SUMMARY:Briefing schreiben: ACME Corp\, Upgrade to 17.4
    DESCRIPTION:Briefing gewünscht bis Fr 11. Dez. 17:00 CET.\nNur ein Vorschlag: verschieb den Termin\, wie es dir passt\, oder schreib das Briefing schon früher.\nTicket: https://tickets.example.com/4711\nNotizen: https://wiki.example.com/acme
    ");
    assert_snapshot!(read(&texts(changed(Briefing::Written), &german(Dates::Words))), @r"
    SUMMARY:ACME Corp\, Upgrade to 17.4
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotizen: https://wiki.example.com/acme\n\nRolling upgrade of three nodes.\n\nRoll back by snapshot.
    SUMMARY:Briefing schreiben: ACME Corp\, Upgrade to 17.4
    DESCRIPTION:Du brauchst es nicht mehr zu schreiben: die Zeit gehört wieder dir.
    ");
    let mut bare = upgrade();
    (bare.short_title, bare.account, bare.description) = (String::new(), None, String::new());
    assert_snapshot!(read(&texts(request(bare), &german(Dates::Iso))), @r"
    SUMMARY:(ohne Titel) (Briefing gewünscht)
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotizen: https://wiki.example.com/acme
    SUMMARY:Briefing schreiben: (ohne Titel)
    DESCRIPTION:Briefing gewünscht bis Fr 2026-12-11 17:00 CET.\nNur ein Vorschlag: verschieb den Termin\, wie es dir passt\, oder schreib das Briefing schon früher.\nTicket: https://tickets.example.com/4711\nNotizen: https://wiki.example.com/acme
    ");
    let mut to_grace = request(upgrade());
    to_grace.to = engineer("grace", "Grace");
    assert_eq!(read(&texts(to_grace.clone(), &german(Dates::Iso))), read(&texts(to_grace, &post())));
    let planned = [Planned { brief: upgrade(), noted: at("2026-12-01T09:00Z") }];
    let own = |id: &str| read(&[subscription(&engineer(id, "Ada Lovelace"), &planned, &german(Dates::Words))]);
    assert_snapshot!(own("ada"), @r"
    SUMMARY:ACME Corp\, Upgrade to 17.4 (Briefing gewünscht)
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotizen: https://wiki.example.com/acme\n\nRolling upgrade of three nodes.\n\nRoll back by snapshot.
    SUMMARY:Briefing gewünscht bis Fr 11. Dez. 17:00 CET: ACME Corp\, Upgrade to 17.4
    DESCRIPTION:Ticket: https://tickets.example.com/4711\nNotizen: https://wiki.example.com/acme
    ");
    assert!(own("grace").contains("SUMMARY:Briefing wanted by Fri 11 Dec 17:00 CET: ACME Corp"));
}
