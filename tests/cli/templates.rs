//! `offwatch templates`: words taken, changed, tried, compared; and what is broken, refused before it is in force.

use crate::world::World;

/// A world whose letters come from a folder of its own templates.
fn world() -> World {
    let world = World::new();
    world.edit("from = ", "templates_dir = \"words\"\nfrom = ");
    std::fs::create_dir_all(world.path("words/en")).unwrap();
    world
}

#[test]
fn words_are_taken_changed_and_in_force() {
    let world = world();
    let folder = world.path("words");
    let folder = folder.to_str().unwrap();
    world.run(&["templates", "export", "--into", folder, "en/briefing-request.txt"]).says(0, &["words/en/briefing-request.txt"]);
    world.run(&["templates", "export", "--into", folder, "en/briefing-request.txt"]).says(0, &["is left as it is"]);
    assert!(world.run(&["templates", "diff"]).out.is_empty(), "taken and not changed yet");
    let path = world.path("words/en/briefing-request.txt");
    let text = std::fs::read_to_string(&path).unwrap().replace("Something is planned", "Something great is planned");
    std::fs::write(&path, text).unwrap();
    world.run(&["templates", "list"]).says(0, &["en/briefing-request.txt          yours, in place of the shipped one", "de/letter.txt"]);
    world
        .run(&["templates", "diff"])
        .says(0, &["--- shipped/en/briefing-request.txt", "+++ yours/en/briefing-request.txt", "+Something great"]);
    let samples = world.path("samples");
    let told = ["samples were written, in de, en, with 1 templates of yours"];
    world.run(&["templates", "check", "--into", samples.to_str().unwrap()]).says(0, &told);
    let sample = std::fs::read_to_string(samples.join("en-briefing-request.eml")).unwrap();
    assert!(sample.contains("Something great is planned for ACME Corp"), "{sample}");
    world.run(&["once"]).says(0, &[]);
    let letters = world.letters();
    assert!(letters.iter().any(|letter| letter.contains("Something great is planned")), "{letters:?}");
}

#[test]
fn a_broken_template_is_refused_with_its_line_before_anybody_is_written_to() {
    let world = world();
    for (name, text, told) in [
        ("en/letter.txt", "{{ subject }}\n\nHello {{ nobody }},\n", "template `en/letter.txt`, line 3: undefined value"),
        ("en/letter.txt", "{{ subject }}\n\n% if name\nHello\n", "template `en/letter.txt`"),
        ("en/leter.txt", "Hello", "did you mean `en/letter.txt`?"),
        ("fr/letter.txt", "Bonjour", "a language needs `fr/language.toml`"),
        ("frame.html", "{{ nothing }}", "template `frame.html`, line 1: undefined value"),
    ] {
        let path = world.path("words").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        for command in [&["check"][..], &["templates", "check"], &["once"]] {
            world.run(command).says(78, &[told, "templates_dir"]);
        }
        std::fs::remove_file(&path).unwrap();
    }
    assert!(world.letters().is_empty());
    world.run(&["templates", "export", "en/leter.txt"]).says(2, &["no template is called `en/leter.txt`", "did you mean `en/letter.txt`"]);
    world.run(&["check"]).says(0, &[]);
}

#[test]
fn a_language_of_ones_own_takes_what_it_lacks_from_english() {
    let world = world();
    world.edit("id = \"ada\"", "id = \"ada\"\nlanguage = \"fr\"");
    std::fs::create_dir_all(world.path("words/fr")).unwrap();
    let language = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/wording/en/language.toml")).unwrap();
    world.write("words/fr/language.toml", &language.replace("\"en\"", "\"fr\"").replace("\"Tue\"", "\"mar.\""));
    world.write("words/fr/letter.txt", "{{ subject }}\n\nBonjour {{ name }},\n");
    world.run(&["once"]).says(0, &[]);
    let letters = world.letters();
    let letter = letters.iter().find(|letter| letter.contains("Bonjour Ada Lovelace,")).unwrap_or_else(|| panic!("{letters:?}"));
    assert!(letter.contains("Something is planned for ACME Corp"), "{letter}");
}
