//! Mail servers that quote the login at every step: it stands in no answer, log, state or letter, nor in what systemd hears.

use std::os::unix::net::UnixDatagram;

use crate::clerk::{Clerk, Door, Mood};
use crate::post::PASSWORD;
use crate::search::{Canary, Paper};
use crate::world::{Clock, Daemon, EVENING, World, message};

/// What was said to log in, and the password by itself: as AUTH PLAIN and AUTH LOGIN say it, and in the clear.
macro_rules! quoted {
    ($before:literal) => {
        concat!(
            $before,
            " AUTH PLAIN AG9mZndhdGNoAGNhbmFyeS1vZi10aGUtbWFpbC1zZXJ2ZXI= AUTH LOGIN Y2FuYXJ5LW9mLXRoZS1tYWlsLXNlcnZlcg==",
            " canary-of-the-mail-server"
        )
    };
}

/// Servers that quote it, each at another step.
const SERVERS: [Mood; 7] = [
    |step, _| (step == "AUTH").then_some(quoted!("535 5.7.8 no such login:")),
    |step, _| (step == "AUTH").then_some(quoted!("no command of mine:")),
    |step, _| (step == "AUTH").then_some(quoted!("235 2.7.0 welcome\r\n500 unknown:")),
    |step, _| (step == "MAIL").then_some(quoted!("450 4.7.1 too much:")),
    |step, _| (step == "RCPT").then_some(quoted!("550 5.1.1 unknown:")),
    |step, _| (step == "DATA").then_some(quoted!("354-go on\r\n355 go on:")),
    |step, _| (step == "DOT").then_some(quoted!("250 2.0.0 kept for:")),
];

/// A world whose letters go to that server, with a login on an open line.
fn world(clerk: &Clerk) -> World {
    let world = clerk.world("none");
    world.edit("tls = \"none\"", "tls = \"none\"\nusername = \"offwatch\"\npassword_file = \"password\"");
    world.edit("ca_file = \"ca.pem\"\n", "");
    world
}

/// Runs a command to its end, with everything logged.
fn run(world: &World, clock: &Clock, paper: &mut Paper, words: &str) -> String {
    let mut command = world.command(Some(clock), &words.split(' ').collect::<Vec<_>>());
    let output = command.env("OFFWATCH_LOG", "trace").output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    paper.add(words, &said);
    said
}

#[test]
fn a_mail_server_that_quotes_the_login_is_not_quoted_anywhere() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let mut paper = Paper::default();
    for mood in SERVERS {
        let clerk = Clerk::start(Door::Open, mood);
        let world = world(&clerk);
        let said = run(&world, &clock, &mut paper, "once");
        assert!(clerk.talk().contains("AUTH") && said.contains("DEBUG"), "{}: {said}", clerk.talk());
        for words in
            ["once", "outbox list --all --format json", "outbox show 1", "health", "send-test admin@example.com", "explain globex-1"]
        {
            run(&world, &clock, &mut paper, words);
        }
        for file in ["offwatch.db", "offwatch.db-wal"] {
            paper.add_bytes(file, &std::fs::read(world.path("state").join(file)).unwrap_or_default());
        }
    }
    let clerk = Clerk::start(Door::Open, SERVERS[0]);
    let world = world(&clerk);
    let ear = UnixDatagram::bind(world.path("notify")).unwrap();
    ear.set_read_timeout(Some(std::time::Duration::from_secs(90))).unwrap();
    let mut command = world.command(Some(&clock), &["run"]);
    command.env("OFFWATCH_LOG", "trace").env("NOTIFY_SOCKET", world.path("notify"));
    let daemon = Daemon::start(command, Some(&clock));
    let mut heard = String::new();
    while !heard.contains("mail is halted") {
        heard += &String::from_utf8_lossy(&message(&ear).unwrap());
    }
    daemon.says("mail is halted: logging in: 535 5.7.8");
    paper.add("what systemd hears", &heard);
    paper.add("log of the daemon", &daemon.log());
    daemon.stop();
    assert_eq!(paper.find(&Canary::new(PASSWORD)), std::collections::BTreeSet::new());
}
