//! Who may see the board: whoever brings the token, or what was handed out for it. Nothing is kept of anybody: a session says
//! until when it is good, is signed with the token, and ends with it. Compares in a time that tells nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::feeds::Secret;

/// For how long a session is good.
pub(super) const LENGTH: SignedDuration = SignedDuration::from_hours(12);

/// A signature by the token.
fn signature(token: &Secret, what: &str, text: &str) -> Option<Hmac<Sha256>> {
    // A key of any length will do.
    let mut mac = Hmac::<Sha256>::new_from_slice(token.reveal().as_bytes()).ok()?;
    mac.update(format!("offwatch board {what}: {text}").as_bytes());
    Some(mac)
}

/// Whether `given` is the token.
pub(super) fn is_token(token: &Secret, given: &str) -> bool {
    let given = signature(&Secret::new(given.to_owned()), "token", "").map(|mac| mac.finalize().into_bytes());
    signature(token, "token", "").zip(given).is_some_and(|(mac, given)| mac.verify(&given).is_ok())
}

/// A session that begins at `now`.
pub(super) fn begin(token: &Secret, now: Timestamp) -> Option<String> {
    let end = now.checked_add(LENGTH).ok()?.as_second().to_string();
    let tag = signature(token, "session", &end)?.finalize().into_bytes();
    Some(format!("{end}.{}", URL_SAFE_NO_PAD.encode(tag)))
}

/// Whether `session` was handed out for this token and is good at `now`.
pub(super) fn is_good(token: &Secret, session: &str, now: Timestamp) -> bool {
    let Some((end, tag)) = session.split_once('.') else { return false };
    let (Ok(seconds), Ok(tag)) = (end.parse::<i64>(), URL_SAFE_NO_PAD.decode(tag)) else { return false };
    let is_signed = signature(token, "session", end).is_some_and(|mac| mac.verify_slice(&tag).is_ok());
    // One that was begun by a clock far ahead is none.
    let left = Timestamp::from_second(seconds).map(|end| end.duration_since(now));
    is_signed && left.is_ok_and(|left| SignedDuration::ZERO < left && left <= LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_good_for_its_time_and_its_token_alone() {
        let now: Timestamp = "2027-03-10T10:00:00Z".parse().unwrap();
        let (token, other) = (Secret::new("t".repeat(40)), Secret::new("u".repeat(40)));
        let session = begin(&token, now).unwrap();
        let good = |token: &Secret, session: &str, minutes: i64| is_good(token, session, now + SignedDuration::from_mins(minutes));
        assert!(good(&token, &session, 0) && good(&token, &session, 12 * 60 - 1));
        assert!(!good(&token, &session, 12 * 60) && !good(&token, &session, -1) && !good(&other, &session, 1));
        for at in 0..session.len() {
            let mut forged = session.clone();
            forged.replace_range(at..=at, if session.get(at..=at) == Some("1") { "2" } else { "1" });
            assert!(!good(&token, &forged, 1), "{forged}");
        }
        for none in ["", ".", "1.", "x.y", "9999999999999999999.AA", session.trim_start_matches('1'), &format!("{session}A")] {
            assert!(!good(&token, none, 1), "{none}");
        }
    }

    #[test]
    fn the_token_is_the_token_and_nothing_else_is() {
        let token = Secret::new("t".repeat(40));
        assert!(is_token(&token, &"t".repeat(40)));
        for other in ["", "t", &"t".repeat(39), &"t".repeat(41), &"T".repeat(40)] {
            assert!(!is_token(&token, other), "{other}");
        }
    }
}
