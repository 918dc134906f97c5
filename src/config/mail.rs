//! `[mail]`: from whom letters come and which way they leave.

use std::net::IpAddr;

use jiff::SignedDuration;

use super::problem::Fault;
use super::reader::{Reader, full};
use super::secret::{self, Surroundings};
use super::wording;
use crate::people::{Address, Mailbox};
use crate::send::{Smtp, Timeouts, Tls, Way};
use crate::wording::Style;
use crate::working;

/// The section as meant.
pub(super) struct Mail {
    /// Whose name stands on the letters.
    pub(super) from: Mailbox,
    /// Whether they bring tasks for their reader's calendar.
    pub(super) attach: bool,
    /// Whether these are invitations, for engineers who say nothing else.
    pub(super) invite: bool,
    /// How they are worded.
    pub(super) style: Style,
    /// Which way they leave.
    pub(super) way: Way,
}

/// What `send` may say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Send {
    /// A mail server.
    Smtp,
    /// A folder of files.
    Folder,
}

/// Reads `[mail]`; bounces go to `admin` by default.
pub(super) fn read(file: &Reader<'_>, place: &Surroundings, admin: Option<&Address>) -> Option<Mail> {
    let mail = file.section("mail");
    mail.need("from", "write `from = \"offwatch <offwatch@example.com>\"`");
    mail.need("send", "write `send = \"smtp\"` or `send = \"folder\"`");
    let from = mail.parsed("from", str::parse::<Mailbox>);
    let (attach, invite) = (mail.flag("attach", true), mail.flag("invite", false));
    if let (false, true, Some(value)) = (attach, invite, mail.value("invite")) {
        let fault = Fault::new("there are no invitations without `attach`");
        mail.report(&value.span(), fault.hint("leave out `attach = false`"));
    }
    let style = wording::style(&mail, place);
    let send = mail.choice("send", &[("smtp", Send::Smtp), ("folder", Send::Folder)]);
    let folder = mail.parsed_or("folder", "outbox", |text| full(text, "folder")).map(|folder| place.state(&folder));
    if send == Some(Send::Smtp) {
        mail.need("host", "give the mail server's name");
    }
    let smtp = smtp(&mail, place, admin);
    mail.done();
    let way = match send? {
        Send::Smtp => Way::Smtp(Box::new(smtp?)),
        Send::Folder => Way::Folder(folder?),
    };
    Some(Mail { from: from?, attach, invite, style: style?, way })
}

/// The settings of a mail server, checked even when letters go to a folder for now.
fn smtp(mail: &Reader<'_>, place: &Surroundings, admin: Option<&Address>) -> Option<Smtp> {
    let host = mail.text("host");
    let tls = mail.parsed_or("tls", "starttls", |text| {
        super::reader::chosen("tls", text, &[("starttls", Tls::StartTls), ("implicit", Tls::Implicit), ("none", Tls::None)])
    });
    let allow_plain = mail.flag("allow_plain", false);
    if let (Some(Tls::None), Some(host), false) = (tls, &host, allow_plain || host.as_deref().is_some_and(is_loopback))
        && let Some(word) = mail.string("tls")
    {
        let fault = Fault::new(format!("letters would go to `{host}` without encryption"));
        mail.report(&word.span, fault.hint("`allow_plain = true` permits it"));
    }
    let port = mail.number("port");
    let login = login(mail, place);
    let ca_file = mail.string("ca_file").map(|word| (place.base.join(word.text), word));
    if let Some((path, word)) = &ca_file
        && !path.is_file()
    {
        mail.report(&word.span, Fault::new(format!("there is no file `{}`", path.display())));
    }
    let envelope_from = mail.parsed("envelope_from", str::parse::<Address>);
    let timeouts = timeouts(mail);
    let per_minute = mail.number("per_minute").map(u32::from);
    let tls = tls?;
    let usual = match tls {
        Tls::StartTls => 587,
        Tls::Implicit => 465,
        Tls::None => 25,
    };
    Some(Smtp {
        host: host?,
        port: port.unwrap_or(usual),
        tls,
        ca_file: ca_file.map(|(path, _)| path),
        login,
        envelope_from: envelope_from.or_else(|| admin.cloned())?,
        timeouts: timeouts?,
        per_minute,
    })
}

/// User and password: both or neither.
fn login(mail: &Reader<'_>, place: &Surroundings) -> Option<(String, crate::feeds::Secret)> {
    let username = mail.text("username");
    let password = secret::read(mail, place, "password_file", "password_credential");
    pair(mail);
    username.zip(password)
}

/// Notes a user without a password, and a password without a user.
pub(super) fn pair(table: &Reader<'_>) {
    let password = table.value("password_file").or(table.value("password_credential"));
    match (table.value("username"), password) {
        (Some(user), None) => {
            let fault = Fault::new("`username` stands without a password");
            table.report_if_whole(&user.span(), fault.hint("add `password_file` or `password_credential`"));
        }
        (None, Some(password)) => table.report_if_whole(&password.span(), Fault::new("a password stands without a `username`")),
        (Some(_), Some(_)) | (None, None) => {}
    }
}

/// How long each step may take.
fn timeouts(mail: &Reader<'_>) -> Option<Timeouts> {
    let connect = mail.parsed_or("timeout_connect", "30s", patience);
    let command = mail.parsed_or("timeout_command", "300s", patience);
    let data = mail.parsed_or("timeout_data", "120s", patience);
    let dot = mail.parsed_or("timeout_dot", "600s", patience);
    Some(Timeouts { connect: connect?, command: command?, data: data?, dot: dot? })
}

/// A duration in which something can happen.
pub(super) fn patience(text: &str) -> Result<SignedDuration, Fault> {
    let length = working::duration(text)?;
    if length.is_zero() { Err(Fault::new("nothing can happen in no time")) } else { Ok(length) }
}

/// Whether the host is this machine.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
