//! The test letter: shows an admin that mail arrives, and whether it arrives as it was written.

use jiff::Timestamp;

use super::Post;
use super::frame::{self, Cover};
use super::page::Page;
use crate::outbox::Letter;
use crate::people::Address;
use crate::plan::Key;

/// Words a letter to `to` that says nothing but that it has arrived.
pub fn test(to: &Address, post: &Post, now: Timestamp) -> Letter {
    let subject = "offwatch can write to you".to_owned();
    let key = Key::stored(format!("test/{to}//{now}//0"));
    let cover = Cover { key: key.as_str(), name: None, address: to, threads: Vec::new(), kinds: "test".to_owned(), subject: &subject };
    Letter {
        bytes: frame::whole(&cover, post, text(post), now),
        key,
        to: to.clone(),
        engineer: None,
        subject,
        notices: Vec::new(),
        queued: now,
        useful_until: None,
    }
}

/// What it says, line ends as `\n`.
fn text(post: &Post) -> String {
    let mut page = Page::default();
    page.prose("Hello,");
    page.prose(
        "this letter is a test. Somebody who looks after offwatch has just sent it from the command line, and now you know, \
         and so do they, that its letters reach you.",
    );
    page.prose(
        "There is nothing to do. If it came to the wrong folder, tell your mail program that it is no junk, so that the letters \
         that matter come to the right one. And these letters should look as they were written: ä é ß 日本 – “quotes”.",
    );
    page.signature();
    page.text("Why you get this: somebody ran `offwatch send-test` with your address. Written by offwatch, automatically.");
    if let Some(url) = &post.public_url {
        page.text(url);
    }
    page.finish()
}
