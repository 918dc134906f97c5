//! Carries letters to one mail server, step by step, each step with its own limit.
//! Drops the line at the first oddity: a line out of step would give one letter the answer to another.

use std::collections::VecDeque;
use std::fmt::Display;
use std::io;
use std::time::Duration;

use jiff::SignedDuration;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use tokio::time::Instant;

use super::offer::Offer;
use super::reply::Reply;
use super::wire::{self, Wire};
use super::{Pause, Smtp, Tls};
use crate::clock;
use crate::crash::{self, Point};
use crate::outbox::{Outcome, Stage, Waiting, answer, dropped, wants_rest};

/// No connection carries more letters.
const MOST_LETTERS: u32 = 100;

/// No connection is used longer.
const LONGEST_USE: Duration = Duration::from_mins(5);

/// How long a goodbye may take: nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long the server may take to be ready again after a refusal: a new line does as well.
const RESET: Duration = Duration::from_secs(10);

/// What `per_minute` counts in.
const MINUTE: Duration = Duration::from_mins(1);

/// Carries letters to one mail server over one connection. Measures spans on the monotonic clock, no time of day.
#[derive(Debug)]
pub struct Postman {
    /// The server.
    smtp: Smtp,
    /// The connection, between letters.
    line: Option<Line>,
    /// When the attempt under way began, as the uptime of this machine.
    began: Option<Duration>,
    /// When the last letters were announced: as many as one minute may have.
    announced: VecDeque<Instant>,
    /// Until when the server wants to be left alone, and what it said.
    rest: Option<(Instant, String)>,
}

/// An open connection, logged in and between two letters.
struct Line {
    /// The connection.
    wire: Wire,
    /// What the server offers on it.
    offer: Offer,
    /// When it was opened.
    since: Instant,
    /// How many letters it has carried.
    letters: u32,
}

impl Line {
    /// Whether it has carried enough, or for long enough.
    fn is_worn(&self) -> bool {
        self.letters >= MOST_LETTERS || self.since.elapsed() >= LONGEST_USE
    }

    /// Ends it as a client should (RFC 5321 §4.1.1.10). Whatever is answered, it is closed.
    async fn goodbye(mut self) {
        let _ = tokio::time::timeout(GOODBYE, self.wire.command(Quit)).await;
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Line({} letters)", self.letters)
    }
}

/// A step that ended otherwise than it should.
struct Broken {
    /// What it means for the letter.
    outcome: Outcome,
    /// Whether the server answered in step, so that the line may be used on.
    in_step: bool,
    /// Whether the server is to be left alone for a while.
    wants_rest: bool,
}

/// Sender and recipient of one letter as the wire wants them.
struct Envelope {
    /// Where bounces go.
    from: lettre::Address,
    /// To whom.
    to: lettre::Address,
    /// Whether an address or a header is beyond ASCII.
    utf8: bool,
    /// Whether anything in it is.
    eight_bit: bool,
    /// How many bytes the message has.
    size: usize,
}

impl Postman {
    /// A postman for that server, not yet connected.
    pub fn new(smtp: Smtp) -> Self {
        Self { smtp, line: None, announced: VecDeque::new(), rest: None, began: None }
    }

    /// Whether a line to the server is open.
    pub fn is_connected(&self) -> bool {
        self.line.is_some()
    }

    /// Begins an attempt and says how long it takes at most.
    pub fn begin(&mut self) -> SignedDuration {
        self.began = Some(clock::uptime());
        self.smtp.timeouts.attempt()
    }

    /// How long to wait before the next letter, if it must wait: the server asked for it, or the minute is full.
    pub fn pause(&self) -> Option<Pause> {
        if let Some((until, said)) = &self.rest {
            let wait = until.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                return Some(Pause { wait: span(wait), trouble: Some(said.clone()) });
            }
        }
        let most = usize::try_from(self.smtp.per_minute?).unwrap_or(usize::MAX);
        let oldest = self.announced.front().filter(|_| self.announced.len() >= most)?;
        let wait = MINUTE.saturating_sub(oldest.elapsed());
        (!wait.is_zero()).then(|| Pause { wait: span(wait), trouble: None })
    }

    /// Makes one attempt at one letter, whatever [`Self::pause`] says.
    pub async fn send(&mut self, letter: &Waiting) -> Outcome {
        let mut outcome = self.attempt(letter).await;
        self.smtp.silence(outcome.answer_mut());
        outcome
    }

    /// Makes one attempt; what came of it may hold whatever the server said.
    async fn attempt(&mut self, letter: &Waiting) -> Outcome {
        let envelope = match self.envelope(letter) {
            Ok(envelope) => envelope,
            Err(outcome) => return outcome,
        };
        if self.line.as_ref().is_some_and(Line::is_worn) {
            self.close().await;
        }
        if let Some(mut line) = self.line.take() {
            if let Some(outcome) = unable(&line.offer, &envelope) {
                self.line = Some(line);
                return outcome;
            }
            // A server may close an idle line, or count letters a line: it has not heard of this letter yet, so a new line is tried.
            match self.announce(&mut line, &envelope).await {
                Ok(()) => return self.carry(line, envelope, letter).await,
                Err(broken) if broken.in_step => line.goodbye().await,
                Err(_) => {}
            }
        }
        let mut line = match self.connect().await {
            Ok(line) => line,
            Err(broken) => return self.give_up(None, broken).await,
        };
        if let Some(outcome) = unable(&line.offer, &envelope) {
            self.line = Some(line);
            return outcome;
        }
        match self.announce(&mut line, &envelope).await {
            Ok(()) => self.carry(line, envelope, letter).await,
            Err(broken) => self.give_up(Some(line), broken).await,
        }
    }

    /// Says goodbye.
    pub async fn close(&mut self) {
        if let Some(line) = self.line.take() {
            line.goodbye().await;
        }
    }

    /// Makes the open line older by `age`.
    #[cfg(test)]
    pub(super) fn grow_old(&mut self, age: Duration) {
        let line = self.line.as_mut().unwrap();
        line.since = line.since.checked_sub(age).unwrap();
    }

    /// Sender and recipient, and what they and the message ask of a server.
    fn envelope(&self, letter: &Waiting) -> Result<Envelope, Outcome> {
        let (sender, recipient) = (&self.smtp.envelope_from, &letter.to);
        let parse = |address: &crate::people::Address| address.as_str().parse::<lettre::Address>();
        let from = parse(sender).map_err(|error| Outcome::Halted { answer: format!("sender `{sender}`: {error}"), particular: false })?;
        let to = parse(recipient).map_err(|error| Outcome::Refused { answer: format!("recipient `{recipient}`: {error}") })?;
        let mut headers = letter.bytes.split(|byte| *byte == b'\n').take_while(|line| !matches!(*line, b"" | b"\r"));
        let utf8 = !sender.as_str().is_ascii() || !recipient.as_str().is_ascii() || !headers.all(<[u8]>::is_ascii);
        Ok(Envelope { from, to, utf8, eight_bit: !letter.bytes.is_ascii(), size: letter.bytes.len() })
    }

    /// MAIL. Each counts for `per_minute`, whatever comes of it.
    async fn announce(&mut self, line: &mut Line, envelope: &Envelope) -> Result<(), Broken> {
        if let Some(most) = self.smtp.per_minute {
            self.announced.push_back(Instant::now());
            while self.announced.len() > usize::try_from(most).unwrap_or(usize::MAX) {
                self.announced.pop_front();
            }
        }
        self.ask(&mut line.wire, mail_command(&line.offer, envelope), Stage::Mail).await.map(drop)
    }

    /// RCPT, DATA and the message, after MAIL was taken.
    async fn carry(&mut self, mut line: Line, envelope: Envelope, letter: &Waiting) -> Outcome {
        match self.hand_over(&mut line.wire, envelope, letter).await {
            Ok(_) => dropped(Stage::Dot, "no answer"),
            Err(Broken { outcome: outcome @ Outcome::Accepted { .. }, .. }) => {
                line.letters = line.letters.saturating_add(1);
                self.line = Some(line);
                outcome
            }
            Err(broken) => self.give_up(Some(line), broken).await,
        }
    }

    /// The steps of one letter after MAIL; the last of them always ends as an outcome.
    async fn hand_over(&self, wire: &mut Wire, envelope: Envelope, letter: &Waiting) -> Result<Reply, Broken> {
        self.ask(wire, Rcpt::new(envelope.to, Vec::new()), Stage::Rcpt).await?;
        self.ask(wire, Data, Stage::Data).await?;
        // As long as the dot was not said, the server cannot take the letter (RFC 5321 §4.1.1.4).
        within(self.smtp.timeouts.dot, Stage::Body, wire.write(&stuffed(&letter.bytes))).await?;
        within(self.smtp.timeouts.command, Stage::Body, async { wire.listen() }).await?;
        let gone = self.began.map(|began| clock::uptime().saturating_sub(began)).unwrap_or_default();
        if gone > self.smtp.timeouts.handover().unsigned_abs() {
            // The process was stopped, or the machine slept: another replica may have taken over.
            let outcome = dropped(Stage::Body, "too late to go on");
            return Err(Broken { outcome, in_step: false, wants_rest: false });
        }
        crash::at(Point::BeforeDot);
        self.ask(wire, ".\r\n", Stage::Dot).await
    }

    /// The outcome of a broken step; keeps the line if the server is ready for another letter.
    async fn give_up(&mut self, line: Option<Line>, broken: Broken) -> Outcome {
        if broken.wants_rest {
            let mut said = broken.outcome.answer().to_owned();
            self.smtp.silence(&mut said);
            self.rest = Some((Instant::now() + MINUTE, said));
        }
        if let Some(mut line) = line.filter(|_| broken.in_step) {
            let reset = tokio::time::timeout(RESET.min(self.smtp.timeouts.command.unsigned_abs()), line.wire.command(Rset)).await;
            if reset.is_ok_and(|said| said.is_ok_and(|reply| reply.code == 250)) {
                line.letters = line.letters.saturating_add(1);
                self.line = Some(line);
            }
        }
        broken.outcome
    }

    /// One command and its reply, which must let the talk go on.
    async fn ask(&self, wire: &mut Wire, command: impl Display, stage: Stage) -> Result<Reply, Broken> {
        let timeouts = &self.smtp.timeouts;
        let limit = match stage {
            Stage::Connect => timeouts.connect,
            Stage::Hello | Stage::StartTls | Stage::Login | Stage::Mail | Stage::Rcpt => timeouts.command,
            Stage::Data => timeouts.data,
            Stage::Body | Stage::Dot => timeouts.dot,
        };
        let reply = within(limit, stage, wire.command(command)).await?;
        step(reply, stage)
    }

    /// A connection that is protected and logged in as configured.
    async fn connect(&self) -> Result<Line, Broken> {
        let smtp = &self.smtp;
        let tls = match smtp.tls {
            Tls::None => None,
            Tls::StartTls | Tls::Implicit => Some(wire::trust(smtp.ca_file.as_deref()).map_err(halted)?),
        };
        let greeted = async {
            let mut wire = Wire::open(&smtp.host, smtp.port).await?;
            if let Some(tls) = tls.as_ref().filter(|_| smtp.tls == Tls::Implicit) {
                wire = wire.protect(&smtp.host, tls).await?;
            }
            let greeting = wire.reply().await?;
            Ok((wire, greeting))
        };
        let (mut wire, greeting) = within(smtp.timeouts.connect, Stage::Connect, greeted).await?;
        step(greeting, Stage::Connect)?;
        let mut offer = self.hello(&mut wire).await?;
        if let Some(tls) = tls.filter(|_| smtp.tls == Tls::StartTls) {
            if !offer.starttls {
                return Err(halted(format!("`{}` offers no STARTTLS, and nothing is sent without", smtp.host)));
            }
            self.ask(&mut wire, Starttls, Stage::StartTls).await?;
            wire = within(smtp.timeouts.connect, Stage::StartTls, wire.protect(&smtp.host, &tls)).await?;
            // What was offered in the clear counts no more (RFC 3207 §4.2).
            offer = self.hello(&mut wire).await?;
        }
        self.log_in(&mut wire, &offer).await?;
        Ok(Line { wire, offer, since: Instant::now(), letters: 0 })
    }

    /// EHLO.
    async fn hello(&self, wire: &mut Wire) -> Result<Offer, Broken> {
        let reply = self.ask(wire, Ehlo::new(ClientId::default()), Stage::Hello).await?;
        Ok(Offer::read(&reply.lines))
    }

    /// AUTH, if there is a login.
    async fn log_in(&self, wire: &mut Wire, offer: &Offer) -> Result<(), Broken> {
        let Some((user, password)) = &self.smtp.login else { return Ok(()) };
        let Some(mechanism) = offer.logins.first().copied() else {
            return Err(halted(format!("`{}` offers no login that offwatch knows (PLAIN, LOGIN)", self.smtp.host)));
        };
        let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
        let auth = |challenge: Option<&str>| {
            let auth = Auth::new(mechanism, credentials.clone(), challenge.map(str::to_owned));
            auth.map_err(|error| halted(format!("logging in: {error}")))
        };
        if mechanism == Mechanism::Plain {
            return self.ask(wire, auth(None)?, Stage::Login).await.map(drop);
        }
        // LOGIN asks twice; how it words its questions differs, what it asks for does not.
        for (said, challenge) in [(None, "user"), (Some("Username:"), "password")] {
            let limit = self.smtp.timeouts.command;
            let reply = within(limit, Stage::Login, wire.command(auth(said)?)).await?;
            if reply.code != 334 {
                step(reply, Stage::Login)?;
                return Err(halted(format!("logging in: the server did not ask for the {challenge}")));
            }
        }
        self.ask(wire, auth(Some("Password:"))?, Stage::Login).await.map(drop)
    }
}

impl Smtp {
    /// Blanks the password, as it stands and as it was said, in what a server says: some quote what they hear, and to any step.
    fn silence(&self, said: &mut String) {
        let Some((user, password)) = &self.login else { return };
        let password = password.reveal();
        let credentials = Credentials::new(user.clone(), password.to_owned());
        let spoken = [(Mechanism::Plain, None), (Mechanism::Login, Some("Password:".to_owned()))].map(|(mechanism, challenge)| {
            let command = Auth::new(mechanism, credentials.clone(), challenge).map(|auth| auth.to_string()).unwrap_or_default();
            command.split_whitespace().last().unwrap_or_default().to_owned()
        });
        for secret in spoken.iter().map(String::as_str).chain([password]).filter(|secret| !secret.is_empty()) {
            *said = said.replace(secret, "…");
        }
    }
}

/// MAIL with what the letter needs of the server.
fn mail_command(offer: &Offer, envelope: &Envelope) -> Mail {
    let mut parameters = Vec::new();
    if offer.size.is_some() {
        parameters.push(MailParameter::Size(envelope.size));
    }
    if envelope.utf8 {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if envelope.eight_bit {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Mail::new(Some(envelope.from.clone()), parameters)
}

/// What the letter needs and the server does not offer.
fn unable(offer: &Offer, envelope: &Envelope) -> Option<Outcome> {
    let refused = |what: String| Some(Outcome::Refused { answer: format!("the server takes no {what}") });
    if envelope.utf8 && !offer.utf8 {
        return refused("addresses beyond ASCII (SMTPUTF8)".to_owned());
    }
    if envelope.eight_bit && !offer.eight_bit {
        return refused("letters beyond ASCII (8BITMIME)".to_owned());
    }
    let most = offer.size.filter(|most| *most > 0 && envelope.size > *most)?;
    refused(format!("letters of {} bytes, {most} at most (SIZE)", envelope.size))
}

/// A message as it stands on the wire, without the dot that ends it: whole lines, a dot before each that begins with one (RFC 5321 §4.5.2).
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len().saturating_add(64));
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        // A line that ends in LF or CR alone would be read by some servers, and not by others, as an end of the message.
        for line in line.split(|byte| *byte == b'\r') {
            if line.starts_with(b".") {
                wire.push(b'.');
            }
            wire.extend_from_slice(line);
            wire.extend_from_slice(b"\r\n");
        }
    }
    wire
}

/// A step that ends before the server has heard of the letter.
fn halted(answer: String) -> Broken {
    Broken { outcome: Outcome::Halted { answer, particular: false }, in_step: false, wants_rest: false }
}

/// A step within its limit; an error of the line and silence each become what they mean.
async fn within<T>(limit: SignedDuration, stage: Stage, talk: impl Future<Output = io::Result<T>>) -> Result<T, Broken> {
    let what = match tokio::time::timeout(limit.unsigned_abs(), talk).await {
        Ok(Ok(said)) => return Ok(said),
        // What is no reply may quote the login.
        Ok(Err(error)) if stage == Stage::Login && error.kind() == io::ErrorKind::InvalidData => "no reply of a mail server".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    Err(Broken { outcome: dropped(stage, &what), in_step: false, wants_rest: false })
}

/// What a reply means for the step it answers; the reply itself when the talk goes on.
fn step(reply: Reply, stage: Stage) -> Result<Reply, Broken> {
    let text = reply.text();
    match answer(reply.code, &text, stage) {
        None => Ok(reply),
        Some(outcome) => {
            // A positive reply of the wrong kind is out of step, 421 closes the line; before MAIL there is no letter to go on with.
            let in_step = stage >= Stage::Mail && reply.code >= 400 && reply.code != 421;
            Err(Broken { outcome, in_step, wants_rest: stage >= Stage::Mail && wants_rest(reply.code, &text, stage) })
        }
    }
}

/// A span as it is told.
fn span(wait: Duration) -> SignedDuration {
    SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX)
}
