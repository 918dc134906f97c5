//! What stays in the files of the state of a calendar that has left the configuration, and of an entry that has left its
//! calendar: nothing, in time.

use crate::world::{Clock, EVENING, World, calendar, event};

/// Whether that text is in the files of the state.
fn is_left(world: &World, text: &str) -> bool {
    let files = ["offwatch.db", "offwatch.db-wal"].map(|file| std::fs::read(world.path("state").join(file)).unwrap_or_default());
    memchr::memmem::find(&files.concat(), text.as_bytes()).is_some()
}

#[test]
fn an_entry_and_a_feed_that_are_gone_are_gone_from_the_state() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let world = World::new();
    let entries = ["leavefinch", "stayfinch", "otherfinch"].map(|word| {
        let title = format!("Vacation {word} {}", "and more ".repeat(2000));
        event(word, "20300109T000000Z", "20300112T000000Z", &title)
    });
    let turn = |at: &str| {
        let (code, said) = world.run(Clock::new(at, 1).as_ref(), &["once"]);
        assert_eq!(code, 0, "{said}");
    };
    world.web.put("/bob.ics", calendar(&entries));
    turn(&clock.start.to_string());
    assert!(is_left(&world, "leavefinch") && is_left(&world, "stayfinch"));
    world.web.put("/bob.ics", calendar(&entries[1..]));
    turn("2030-01-07T23:50:00Z");
    assert!(!is_left(&world, "leavefinch") && is_left(&world, "stayfinch"));

    world.edit("feeds = [\"bob\"]\n", "");
    world.edit("[[feed]]\nname = \"bob\"\nurl = ", "[[feed]]\nname = \"ada\"\nurl = ");
    world.edit("id = \"ada\"\n", "id = \"ada\"\nfeeds = [\"ada\"]\n");
    world.web.put("/bob.ics", calendar(&[]));
    turn("2030-01-08T00:16:00Z");
    assert!(is_left(&world, "stayfinch"), "it may have left the configuration by mistake");
    turn("2030-01-08T23:55:00Z");
    assert!(!is_left(&world, "stayfinch"));
}
