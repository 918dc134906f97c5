//! Tokens: what a link stands for, signed so that nobody can make or change one without a key. A token is `base64url` of
//! version, key, purpose, instant, end, subject and person, and the first half of their HMAC-SHA256 (RFC 2104 §5).
//! Whatever is wrong with one is the same nothing: no answer tells a forger how far they came.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// The form of tokens.
const VERSION: u8 = 1;

/// The bytes of a signature.
const TAG: usize = 16;

/// The longest token that is looked at.
const LONGEST: usize = 1024;

/// The end of what does not end: the last year that there is.
const NEVER: Timestamp = Timestamp::constant(253_370_764_800, 0);

/// How much text a key must have.
pub const KEY_BYTES: usize = 32;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To say that the briefing is written.
    Written,
    /// To say that none is needed.
    Waived,
    /// To hand the briefing to somebody else.
    Hand,
    /// To be reminded later.
    Snooze,
    /// To take back what was said.
    Undo,
    /// To read an engineer's calendar. Stands in no letter, and acts in no way.
    Calendar,
}

impl Purpose {
    /// All of them, each with its byte.
    const ALL: [(u8, Self); 6] =
        [(1, Self::Written), (2, Self::Waived), (3, Self::Hand), (4, Self::Snooze), (5, Self::Undo), (6, Self::Calendar)];

    /// Its byte.
    fn byte(self) -> u8 {
        Self::ALL.iter().find(|(_, purpose)| *purpose == self).map_or(0, |(byte, _)| *byte)
    }
}

/// What one link stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What it is for.
    pub purpose: Purpose,
    /// What it is about: offwatch's id of a task.
    pub subject: String,
    /// Of an undo, when that was said which it takes back; else the start that the task had. In whole milliseconds.
    pub instant: Timestamp,
    /// To whom it was given: an engineer's id or an address.
    pub person: String,
    /// From when on it is worth nothing. In whole seconds.
    pub expires: Timestamp,
}

impl Ticket {
    /// That of the calendar of `engineer`. Programs ask with it for years, so it ends with its key; it is the same as often as
    /// it is made.
    pub fn calendar(engineer: &str) -> Self {
        let (purpose, instant, expires) = (Purpose::Calendar, Timestamp::UNIX_EPOCH, NEVER);
        Self { purpose, subject: String::new(), instant, person: engineer.to_owned(), expires }
    }
}

/// A key with its name.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    /// What tokens name it by.
    id: [u8; 4],
    /// The key itself.
    secret: Vec<u8>,
}

/// The keys that are in use: the newest signs, and one older may still open what it signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// Signs and opens.
    newest: Key,
    /// Only opens.
    older: Option<Key>,
}

/// Why keys cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// There is none.
    #[error("holds no key")]
    None,
    /// Only two are ever of use.
    #[error("holds more than two keys")]
    TooMany,
    /// One could be guessed.
    #[error("holds a key of less than {KEY_BYTES} bytes")]
    TooShort,
}

impl Key {
    /// A key of that text.
    fn new(text: &str) -> Result<Self, BadKeys> {
        if text.len() < KEY_BYTES {
            return Err(BadKeys::TooShort);
        }
        let digest = Sha256::digest([b"offwatch link key: ", text.as_bytes()].concat());
        let mut id = [0; 4];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Ok(Self { id, secret: text.as_bytes().to_owned() })
    }

    /// A signature in the making.
    fn mac(&self, bytes: &[u8]) -> Option<Hmac<Sha256>> {
        // A key of any length will do.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        mac.update(bytes);
        Some(mac)
    }
}

impl Keys {
    /// The keys in `text`, one a line, the newest first.
    pub fn read(text: &str) -> Result<Self, BadKeys> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let newest = Key::new(lines.next().ok_or(BadKeys::None)?)?;
        let older = lines.next().map(Key::new).transpose()?;
        if lines.next().is_some() { Err(BadKeys::TooMany) } else { Ok(Self { newest, older }) }
    }

    /// The token of a ticket; none when its words are longer than any of ours.
    pub fn sign(&self, ticket: &Ticket) -> Option<String> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.newest.id);
        bytes.push(ticket.purpose.byte());
        bytes.extend(ticket.instant.as_millisecond().to_be_bytes());
        bytes.extend(ticket.expires.as_second().to_be_bytes());
        bytes.push(u8::try_from(ticket.subject.len()).ok()?);
        bytes.extend(ticket.subject.as_bytes());
        bytes.push(u8::try_from(ticket.person.len()).ok()?);
        bytes.extend(ticket.person.as_bytes());
        let tag = self.newest.mac(&bytes)?.finalize().into_bytes();
        bytes.extend(tag.iter().take(TAG));
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The ticket of a token that one of these keys signed, for one of those purposes, and that is worth something at `now`.
    pub fn open(&self, token: &str, purposes: &[Purpose], now: Timestamp) -> Option<Ticket> {
        let bytes = Some(token).filter(|token| token.len() <= LONGEST).and_then(|token| URL_SAFE_NO_PAD.decode(token).ok())?;
        let (signed, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        let mut reader = Reader(signed);
        let (version, id) = (reader.byte()?, reader.array::<4>()?);
        let key = [Some(&self.newest), self.older.as_ref()].into_iter().flatten().find(|key| key.id == id)?;
        // In a time that tells nothing of the right signature. Nothing is believed before.
        key.mac(signed)?.verify_truncated_left(tag).ok()?;
        let ticket = reader.ticket()?;
        (version == VERSION && reader.0.is_empty() && purposes.contains(&ticket.purpose) && now < ticket.expires).then_some(ticket)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Keys(…)")
    }
}

/// What is left to be read of a token.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next bytes.
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (read, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(read)
    }

    /// The next bytes, as many as their type says.
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    /// The next byte.
    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// The next text, with its length before it.
    fn text(&mut self) -> Option<String> {
        let length = self.byte()?;
        String::from_utf8(self.bytes(length.into())?.to_owned()).ok()
    }

    /// What follows the key.
    fn ticket(&mut self) -> Option<Ticket> {
        let byte = self.byte()?;
        let purpose = Purpose::ALL.iter().find(|(its, _)| *its == byte).map(|(_, purpose)| *purpose)?;
        let instant = Timestamp::from_millisecond(i64::from_be_bytes(self.array()?)).ok()?;
        let expires = Timestamp::from_second(i64::from_be_bytes(self.array()?)).ok()?;
        Some(Ticket { purpose, instant, expires, subject: self.text()?, person: self.text()? })
    }
}
