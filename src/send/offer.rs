//! What a mail server offers beyond the bare protocol, as its answer to EHLO says (RFC 5321 §4.1.1.1).
//! Decides nothing.

use lettre::transport::smtp::authentication::Mechanism;

/// What it offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// TLS on demand (RFC 3207).
    pub(super) starttls: bool,
    /// Letters beyond ASCII (RFC 6152).
    pub(super) eight_bit: bool,
    /// Addresses and headers beyond ASCII (RFC 6531).
    pub(super) utf8: bool,
    /// That letters may announce their size (RFC 1870), and the largest it takes: 0 when it tells no limit.
    pub(super) size: Option<usize>,
    /// The ways to log in that offwatch knows, the preferred one first (RFC 4954).
    pub(super) logins: Vec<Mechanism>,
}

impl Offer {
    /// Reads the lines of the answer, the first of which is a greeting.
    pub(super) fn read(lines: &[String]) -> Self {
        let mut offer = Self::default();
        for line in lines.iter().skip(1) {
            // Old servers write `AUTH=PLAIN LOGIN`.
            let upper = line.to_ascii_uppercase().replace('=', " ");
            let mut words = upper.split_whitespace();
            match words.next() {
                Some("STARTTLS") => offer.starttls = true,
                Some("8BITMIME") => offer.eight_bit = true,
                Some("SMTPUTF8") => offer.utf8 = true,
                Some("SIZE") => offer.size = Some(words.next().and_then(|size| size.parse().ok()).unwrap_or(0)),
                Some("AUTH") => {
                    let known: Vec<&str> = words.collect();
                    for (name, mechanism) in [("PLAIN", Mechanism::Plain), ("LOGIN", Mechanism::Login)] {
                        if known.contains(&name) && !offer.logins.contains(&mechanism) {
                            offer.logins.push(mechanism);
                        }
                    }
                }
                Some(_) | None => {}
            }
        }
        // Whatever order the lines came in.
        offer.logins.sort_by_key(|mechanism| *mechanism != Mechanism::Plain);
        offer
    }
}
