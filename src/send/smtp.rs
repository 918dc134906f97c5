//! One connection to a mail server, step by step, each step with its own limit.
//! Drops the line at the first oddity: a line out of step would give one letter the answer to another.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::time::Instant;

use super::{Smtp, Tls};
use crate::clock;
use crate::crash::{self, Point};
use crate::outbox::{Outcome, Stage, Waiting, answer, dropped};

/// No connection carries more letters.
const MOST_LETTERS: u32 = 100;

/// No connection is used longer.
const LONGEST_USE: Duration = Duration::from_mins(5);

/// How long a goodbye may take: nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(2);

/// Carries letters to one mail server over one connection.
#[derive(Debug)]
pub struct Postman {
    /// The server.
    smtp: Smtp,
    /// The connection, between letters.
    line: Option<Line>,
    /// When the attempt under way began, as the uptime of this machine.
    began: Option<Duration>,
}

/// An open connection, logged in and between two letters.
struct Line {
    /// The connection.
    connection: AsyncSmtpConnection,
    /// When it was opened. A span on the monotonic clock, not a time of day.
    since: Instant,
    /// How many letters it has carried.
    letters: u32,
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
}

impl Postman {
    /// A postman for that server, not yet connected.
    pub fn new(smtp: Smtp) -> Self {
        Self { smtp, line: None, began: None }
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

    /// Makes one attempt at one letter.
    pub async fn send(&mut self, letter: &Waiting) -> Outcome {
        let (mail, rcpt) = match self.envelope(letter) {
            Ok(envelope) => envelope,
            Err(outcome) => return outcome,
        };
        let used = self.line.take().filter(|line| line.letters < MOST_LETTERS && line.since.elapsed() < LONGEST_USE);
        if let Some(mut line) = used {
            // A server may close an idle line, or count letters a line: it has not heard of this letter yet, so a new line is tried.
            if let Ok(()) = self.command(&mut line.connection, mail_command(&mail, letter), Stage::Mail).await {
                return self.carry(line, rcpt, letter).await;
            }
        }
        let mut line = match self.connect().await {
            Ok(connection) => Line { connection, since: Instant::now(), letters: 0 },
            Err(broken) => return broken.outcome,
        };
        if let Some(outcome) = unable(&line.connection, letter) {
            self.line = Some(line);
            return outcome;
        }
        match self.command(&mut line.connection, mail_command(&mail, letter), Stage::Mail).await {
            Ok(()) => self.carry(line, rcpt, letter).await,
            Err(broken) => self.give_up(line, broken).await,
        }
    }

    /// Says goodbye.
    pub async fn close(&mut self) {
        if let Some(mut line) = self.line.take() {
            // Whatever is answered, the line is closed.
            let _ = tokio::time::timeout(GOODBYE, line.connection.command(Quit)).await;
        }
    }

    /// Sender and recipient as the wire wants them.
    fn envelope(&self, letter: &Waiting) -> Result<(lettre::Address, lettre::Address), Outcome> {
        let parse = |address: &crate::people::Address| address.as_str().parse::<lettre::Address>();
        let from = parse(&self.smtp.envelope_from);
        let from = from.map_err(|error| Outcome::Halted { answer: format!("sender `{}`: {error}", self.smtp.envelope_from) })?;
        let to = parse(&letter.to).map_err(|error| Outcome::Refused { answer: format!("recipient `{}`: {error}", letter.to) })?;
        Ok((from, to))
    }

    /// RCPT, DATA and the message, after MAIL was taken.
    async fn carry(&mut self, mut line: Line, rcpt: lettre::Address, letter: &Waiting) -> Outcome {
        let connection = &mut line.connection;
        if let Err(broken) = self.command(connection, Rcpt::new(rcpt, Vec::new()), Stage::Rcpt).await {
            return self.give_up(line, broken).await;
        }
        if let Err(broken) = self.command(connection, Data, Stage::Data).await {
            return self.give_up(line, broken).await;
        }
        let gone = self.began.map(|began| clock::uptime().saturating_sub(began)).unwrap_or_default();
        if gone > duration(self.smtp.timeouts.handover()) {
            // The process was stopped, or the machine slept: another replica may have taken over. The line goes unused.
            return dropped(Stage::Data, "too late to go on");
        }
        crash::at(Point::BeforeDot);
        // The connection ends the last line itself, before the dot.
        let message = letter.bytes.strip_suffix(b"\r\n").unwrap_or(&letter.bytes);
        let said = within(self.smtp.timeouts.dot, Stage::Dot, connection.message(message)).await;
        match said.and_then(|response| step(&response, Stage::Dot)) {
            Ok(()) => dropped(Stage::Dot, "no answer"),
            Err(Broken { outcome: outcome @ Outcome::Accepted { .. }, .. }) => {
                line.letters += 1;
                self.line = Some(line);
                outcome
            }
            Err(broken) => self.give_up(line, broken).await,
        }
    }

    /// The outcome of a broken step; keeps the line if the server is ready for another letter.
    async fn give_up(&mut self, mut line: Line, broken: Broken) -> Outcome {
        if broken.in_step {
            let limit = self.smtp.timeouts.command;
            let reset = within(limit, Stage::Mail, line.connection.command(Rset)).await;
            if reset.is_ok_and(|response| response.has_code(250)) {
                line.letters += 1;
                self.line = Some(line);
            }
        }
        broken.outcome
    }

    /// One command and its answer.
    async fn command<C: std::fmt::Display>(&self, connection: &mut AsyncSmtpConnection, command: C, stage: Stage) -> Result<(), Broken> {
        let limit = if stage == Stage::Data { self.smtp.timeouts.data } else { self.smtp.timeouts.command };
        let response = within(limit, stage, connection.command(command)).await?;
        step(&response, stage)
    }

    /// A connection that is protected and logged in as configured.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Broken> {
        let smtp = &self.smtp;
        let hello = ClientId::default();
        let halted = |answer: String| Broken { outcome: Outcome::Halted { answer }, in_step: false };
        let tls = match smtp.tls {
            Tls::None => None,
            Tls::StartTls | Tls::Implicit => Some(trust(&smtp.host, smtp.ca_file.as_deref()).map_err(&halted)?),
        };
        let at_once = tls.clone().filter(|_| smtp.tls == Tls::Implicit);
        let server = (smtp.host.as_str(), smtp.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(duration(smtp.timeouts.connect)), &hello, at_once, None);
        let mut connection = within(smtp.timeouts.connect, Stage::Connect, connecting).await?;
        if let Some(tls) = tls.filter(|_| smtp.tls == Tls::StartTls) {
            if !connection.can_starttls() {
                return Err(halted(format!("`{}` offers no STARTTLS, and nothing is sent without", smtp.host)));
            }
            within(smtp.timeouts.command, Stage::Connect, connection.starttls(tls, &hello)).await?;
        }
        if let Some((user, password)) = &smtp.login {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            if !mechanisms.iter().any(|mechanism| connection.server_info().supports_auth_mechanism(*mechanism)) {
                return Err(halted(format!("`{}` offers no login that offwatch knows (PLAIN, LOGIN)", smtp.host)));
            }
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let response = within(smtp.timeouts.command, Stage::Login, connection.auth(&mechanisms, &credentials)).await?;
            step(&response, Stage::Login)?;
        }
        Ok(connection)
    }
}

/// MAIL with what the letter needs of the server.
fn mail_command(from: &lettre::Address, letter: &Waiting) -> Mail {
    let mut parameters = Vec::new();
    if !letter.to.as_str().is_ascii() {
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !letter.bytes.is_ascii() {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Mail::new(Some(from.clone()), parameters)
}

/// What the letter needs and the server does not offer.
fn unable(connection: &AsyncSmtpConnection, letter: &Waiting) -> Option<Outcome> {
    let lacks = |extension: Extension| !connection.server_info().supports_feature(extension);
    let refused = |what: &str| Some(Outcome::Refused { answer: format!("the server takes no {what}") });
    if !letter.to.as_str().is_ascii() && lacks(Extension::SmtpUtfEight) {
        return refused("addresses beyond ASCII (SMTPUTF8)");
    }
    if !letter.bytes.is_ascii() && lacks(Extension::EightBitMime) {
        return refused("letters beyond ASCII (8BITMIME)");
    }
    None
}

/// TLS for `host`, trusting the system's roots and those in `ca_file`. Read anew for each connection, so that a renewed file counts.
fn trust(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        let pem = std::fs::read(path).map_err(|error| format!("CA file `{}`: {error}", path.display()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| format!("CA file `{}`: {error}", path.display()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| format!("TLS for `{host}`: {error}"))
}

/// A step within its limit; an error reply, an error of the line and silence each become what they mean.
async fn within<T>(limit: SignedDuration, stage: Stage, talk: impl Future<Output = Result<T, Error>>) -> Result<T, Broken> {
    match tokio::time::timeout(duration(limit), talk).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(error)) => Err(broken(&error, stage)),
        Err(_) => Err(Broken { outcome: dropped(stage, "no answer in time"), in_step: false }),
    }
}

/// What a reply means for the step it answers.
fn step(response: &Response, stage: Stage) -> Result<(), Broken> {
    let text: Vec<&str> = response.message().collect();
    match answer(response.code().into(), &text.join(" "), stage) {
        None => Ok(()),
        Some(outcome) => Err(Broken { outcome, in_step: false }),
    }
}

/// What an error means for its step.
fn broken(error: &Error, stage: Stage) -> Broken {
    let Some(code) = error.status().map(u16::from) else {
        return Broken { outcome: dropped(stage, &error.to_string()), in_step: false };
    };
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    // 421 closes the line; before MAIL there is no letter to go on with.
    let in_step = code != 421 && stage >= Stage::Mail;
    match answer(code, &text, stage) {
        Some(outcome) => Broken { outcome, in_step },
        None => Broken { outcome: dropped(stage, &text), in_step: false },
    }
}

/// A limit as the timer wants it.
fn duration(limit: SignedDuration) -> Duration {
    limit.unsigned_abs()
}
