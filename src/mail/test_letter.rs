//! The test letter: shows an admin that mail arrives, and whether it arrives as it was written.

use jiff::Timestamp;
use minijinja::context;

use super::frame::{self, Cover, Said};
use super::{Post, html, plain};
use crate::outbox::Letter;
use crate::people::Address;
use crate::plan::{Key, Recipient};
use crate::wording::markup;
use crate::zone::Zone;

/// Words a letter to `to` that says nothing but that it has arrived.
pub fn test(to: &Address, post: &Post, now: Timestamp) -> Letter {
    let to_all = Recipient { engineer: None, name: None, address: to.clone(), zone: Zone::utc() };
    let times = post.times(&to_all, now);
    let (subject, blocks) = markup::letter(&post.style.words.fill("test", &times, context! { url => &post.public_url }));
    let key = Key::stored(format!("test/{to}//{now}//0"));
    let html = html::print(&post.style.words, &times.language().tag, &subject, &blocks);
    let said = Said { text: plain::print(&blocks), html };
    let cover = Cover { key: key.as_str(), name: None, address: to, threads: Vec::new(), kinds: "test".to_owned(), subject: &subject };
    Letter {
        bytes: frame::whole(&cover, post, said, now),
        key,
        to: to.clone(),
        engineer: None,
        subject,
        notices: Vec::new(),
        queued: now,
        useful_until: None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use mail_parser::MessageParser;

    use super::*;
    use crate::mail::plain::WIDTH;

    /// The letter to one address, so many seconds into 2027.
    fn letter(second: i64) -> Letter {
        let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let now = now.checked_add(SignedDuration::from_secs(second)).unwrap();
        let post = Post::new("offwatch <offwatch@example.com>".parse().unwrap(), None);
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
