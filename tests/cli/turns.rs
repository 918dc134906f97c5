//! Turns of the program: what goes out, what does not, and what stands in their way.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;

use crate::world::{World, calendar, task};

#[test]
fn once_sends_the_request_and_a_second_turn_says_nothing_more() {
    let world = World::new();
    world.run(&["once"]).says(0, &["to ada@example.com: Briefing wanted by"]);
    let letters = world.letters();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    for words in ["To: \"Ada Lovelace\" <ada@example.com>\r\n", "Auto-Submitted: auto-generated\r\n", "upgrade to 17.4"] {
        assert!(letter.contains(words), "`{words}` is missing in {letter}");
    }
    let second = world.run(&["once"]);
    second.says(0, &[]);
    assert_eq!((second.out.as_str(), world.letters().len()), ("", 1));
}

#[test]
fn a_turn_as_json_is_the_letter_of_the_contract() {
    let world = World::new();
    let letters = world.json(&["once"]);
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    let notice = &letter["notices"][0];
    let said = ["kind", "engineer", "account", "uid", "task_start"].map(|field| notice[field].as_str().unwrap_or_default().to_owned());
    assert_eq!(said, ["briefing-request", "ada", "acme", "upgrade-1@acme", &world.instant(3, 12)]);
    assert_eq!(letter["to"], serde_json::json!(["ada@example.com"]));
}

#[test]
fn a_page_instead_of_a_calendar_is_told_and_the_last_copy_stays() {
    let world = World::new();
    world.run(&["once"]).says(0, &[]);
    world.write("tasks.ics", "<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n");
    world.run(&["once"]).says(1, &["feed=tasks", "HTML"]);
    let tasks = world.json(&["briefing", "list"]);
    assert_eq!(tasks.len(), 1, "a failed fetch is no empty calendar: {tasks:?}");
    world.run(&["feeds", "list"]).says(0, &["tasks  read ", "failing: ", "HTML"]);
}

#[test]
fn while_a_daemon_runs_another_turn_is_refused_and_answers_are_not() {
    let world = World::new();
    let mut daemon = world.daemon();
    let log = BufReader::new(daemon.stderr.take().unwrap());
    let ready = log.lines().map(Result::unwrap).find(|line| line.contains("ready: "));
    let second = world.run(&["once"]);
    let answer = world.run(&["briefing", "done", "upgrade-1@acme"]);
    let id = daemon.id();
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    assert!(ready.is_some(), "the daemon never was ready");
    second.says(1, &["is in use by process ", &id.to_string(), "stop that one first"]);
    answer.says(0, &["noted: the briefing of ", "is written"]);
    assert_eq!(world.letters().len(), 1, "the daemon sent the request");
    world.run(&["once"]).says(0, &[]);
}

#[test]
fn a_mail_server_that_is_down_halts_mail_and_loses_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = World::sending(&format!("send = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\""));
    world.run(&["once"]).says(1, &["mail is halted: connecting: ", "the letters wait and the next turn tries again"]);
    let waiting = world.json(&["outbox", "list"]);
    let [letter] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((&letter["state"], &letter["tries"]), (&serde_json::json!("queued"), &serde_json::json!(0)));
    world.run(&["send-test", "me@example.com"]).says(1, &["halted: connecting: ", "look at `[mail] host`, `port` and `tls`"]);
    world.configure("send = \"folder\"");
    world.run(&["once"]).says(0, &[]);
    assert_eq!(world.letters().len(), 1, "the letter that waited goes out, once");
    assert_eq!(world.json(&["outbox", "list"]).len(), 0);
}

#[test]
fn a_simulation_plays_a_recording_and_hears_answers() {
    let world = World::new();
    world.edit("path = \"tasks.ics\"", "path = \"recorded\"");
    let shown = calendar(&[task("upgrade-1@acme", world.day(3), "ACME: upgrade to 17.4")]);
    world.write(&format!("recorded/{}.ics", world.instant(0, 0)), &calendar(&[]));
    world.write(&format!("recorded/{}.ics", world.instant(0, 6)), &shown);
    let (from, to) = (world.instant(0, 0), world.instant(4, 0));
    let simulate = ["simulate", "--from", &from, "--to", &to];
    let heard = |letters: &[serde_json::Value]| -> Vec<(String, String)> {
        let notices = letters.iter().map(|letter| (letter["at"].clone(), letter["notices"][0]["kind"].clone()));
        notices.map(|(at, kind)| (at.as_str().unwrap().to_owned(), kind.as_str().unwrap().to_owned())).collect()
    };
    let letters = world.json(&simulate);
    let request = || (world.instant(0, 6), "briefing-request".to_owned());
    let again = (world.instant(1, 22), "briefing-request".to_owned());
    let escalation = (world.instant(2, 12), "escalation".to_owned());
    assert_eq!(heard(&letters), [request(), again, escalation]);
    assert_eq!(letters, world.json(&simulate), "the same again");
    world.write("answers.csv", &format!("at,uid,recurrence_id,done|waived\n{},upgrade-1@acme,,done\n", world.instant(1, 0)));
    let answers = world.path("answers.csv");
    let answered = world.json(&[simulate.as_slice(), &["--briefings", answers.to_str().unwrap()]].concat());
    assert_eq!(heard(&answered), [request()]);
    world.write("answers.csv", "2026-12-01T09:00:00Z,upgrade-1@acme,,written\n");
    let bad = world.run(&[simulate.as_slice(), &["--briefings", answers.to_str().unwrap()]].concat());
    bad.says(2, &["answers.csv:1: `written` is neither `done` nor `waived`"]);
}
