//! Letters as `.eml` files in a folder, each there whole or not at all.
//! The same letter has the same file name, so that a repeat after a crash is no second file.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::outbox::{Outcome, Waiting};

/// Puts a letter into the folder. No folder, no right, no space: none of it is the letter's fault.
pub(super) fn send(folder: &Path, letter: &Waiting) -> Outcome {
    let name = name(letter);
    match put(folder, &name, &letter.bytes) {
        Ok(()) => Outcome::Accepted { answer: format!("written to `{name}`") },
        Err(error) => Outcome::Halted { answer: format!("folder `{}`: {error}", folder.display()), particular: false },
    }
}

/// `<instant>-<recipient>-<short hash>.eml`.
fn name(letter: &Waiting) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || ".-_+@".contains(letter) { letter } else { '_' };
    let recipient: String = letter.to.as_str().chars().map(plain).take(100).collect();
    let hash = Sha256::digest(letter.key.as_str()).iter().take(5).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    format!("{}-{recipient}-{hash:010x}.eml", letter.queued.strftime("%Y%m%dT%H%M%SZ"))
}

/// Writes a file under another name, lets the disk confirm it, and only then gives it its own.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let unfinished = folder.join(format!(".{name}.part"));
    let written = write(&unfinished, bytes).and_then(|()| std::fs::rename(&unfinished, folder.join(name)));
    if let Err(error) = written {
        // A half file left behind would only take the space that is missing.
        let _ = std::fs::remove_file(&unfinished);
        return Err(error);
    }
    File::open(folder)?.sync_all()
}

/// Writes a new file that only its owner may read. What a crash left there goes first; whatever it is, nothing is written
/// through it.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
