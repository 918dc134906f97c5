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

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use mail_parser::MessageParser;

    use super::*;
    use crate::mail::page::WIDTH;

    /// The letter to one address, so many seconds into 2027.
    fn letter(second: i64) -> Letter {
        let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let now = now.checked_add(SignedDuration::from_secs(second)).unwrap();
        let post = Post { from: "offwatch <offwatch@example.com>".parse().unwrap(), public_url: None, links: None };
        test(&"me@example.com".parse().unwrap(), &post, now)
    }

    #[test]
    fn the_test_letter_arrives_as_it_was_written() {
        let letter = letter(0);
        let message = MessageParser::default().parse(&letter.bytes).unwrap();
        assert_eq!(message.subject(), Some("offwatch can write to you"));
        assert_eq!(message.to().unwrap().first().unwrap().address(), Some("me@example.com"));
        assert!(letter.bytes.is_ascii(), "every server takes it");
        let text = message.body_text(0).unwrap().replace("\r\n", "\n");
        assert!(text.contains("ä é ß 日本 –\n“quotes”"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.contains("\n-- \nWhy you get this: somebody ran `offwatch send-test`"), "{text}");
    }

    #[test]
    fn two_tests_are_two_messages() {
        assert_ne!(letter(0).key, letter(1).key);
    }
}
