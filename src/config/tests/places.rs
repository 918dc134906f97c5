//! Where relative names lead, and who else can read what is secret.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::LEAST;
use crate::config::{Access, Context, Digest, Endpoint, load, read};
use crate::feeds::Source;
use crate::send::Way;

/// Writes a file of that mode.
fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn state_goes_where_the_service_manager_wants_it_and_feeds_stay_beside_the_file() {
    let context = Context { state_directory: Some("/var/lib/offwatch".into()), ..Context::default() };
    let config = read(LEAST, "offwatch.toml", Path::new("/etc/offwatch"), &context).unwrap();
    assert_eq!(config.state.seat(), Path::new("/var/lib/offwatch/state/offwatch.db"));
    assert_eq!(config.way, Way::Folder("/var/lib/offwatch/outbox".into()));
    assert_eq!(config.feeds[0].source, Source::Path("/etc/offwatch/tasks.ics".into()));
    let text = LEAST.replace("admin =", "state = \"sqlite:///srv/o.db\"\nadmin =");
    assert_eq!(read(&text, "offwatch.toml", Path::new("/etc"), &context).unwrap().state.seat(), Path::new("/srv/o.db"));
}

#[test]
fn a_socket_goes_where_the_service_manager_wants_what_lives_with_the_process() {
    let health = |value: &str, context: &Context| {
        let text = LEAST.replace("admin =", &format!("health = \"{value}\"\nadmin ="));
        read(&text, "offwatch.toml", Path::new("/etc/offwatch"), context).unwrap().health.unwrap()
    };
    let socket = |path: &str| Endpoint::Socket(path.into());
    let nothing = Context::default();
    let state = Context { state_directory: Some("/var/lib/offwatch".into()), ..Context::default() };
    let both = Context { runtime_directory: Some("/run/offwatch".into()), ..state.clone() };
    assert_eq!(health("unix:health.sock", &both), socket("/run/offwatch/health.sock"));
    assert_eq!(health("unix:health.sock", &state), socket("/var/lib/offwatch/health.sock"));
    assert_eq!(health("unix:health.sock", &nothing), socket("/etc/offwatch/health.sock"));
    assert_eq!(health("unix:/srv/health.sock", &both), socket("/srv/health.sock"));
    for port in ["127.0.0.1:9464", "[::1]:9464", "127.1.2.3:1"] {
        assert_eq!(health(port, &both), Endpoint::Port(port.parse().unwrap()));
    }
    assert_eq!(read(LEAST, "offwatch.toml", Path::new(""), &both).unwrap().health, None);
}

#[test]
fn another_text_has_another_digest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offwatch.toml");
    write(&path, LEAST, 0o600);
    let config = load(&path, &Context::default()).unwrap();
    assert_eq!(Digest::of_file(&path), Some(config.digest));
    write(&path, &format!("{LEAST} "), 0o600);
    assert!(Digest::of_file(&path).is_some_and(|digest| digest != config.digest));
    assert_eq!(Digest::of_file(folder.path()), None);
}

#[test]
fn a_credential_is_found_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("tasks-url"), "https://example.com/tasks.ics\n", 0o444);
    let context = Context { credentials_directory: Some(folder.path().to_owned()), ..Context::default() };
    let text = LEAST.replace("path = \"tasks.ics\"", "url_credential = \"tasks-url\"");
    let config = read(&text, "offwatch.toml", Path::new(""), &context).unwrap();
    let Source::Url { url, .. } = &config.feeds[0].source else { panic!("not of the web") };
    assert_eq!(url.reveal(), "https://example.com/tasks.ics");
    assert_eq!(config.warnings, Vec::<String>::new());
    let text = LEAST.replace("path = \"tasks.ics\"", "url_credential = \"../tasks-url\"");
    assert!(read(&text, "offwatch.toml", Path::new(""), &context).unwrap_err().to_string().contains("no name of a credential"));
}

#[test]
fn secrets_that_everybody_can_read_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offwatch.toml");
    let warnings = || load(&path, &Context::default()).unwrap().warnings;
    let text = LEAST.replace("path = \"tasks.ics\"", "url = \"https://example.com/secret\"");
    write(&path, &text, 0o644);
    assert_eq!(warnings(), ["feed `tasks`: its `url` in line 10 can be read by everybody, `url_file` would keep it"]);
    write(&path, &text, 0o640);
    assert_eq!(warnings(), Vec::<String>::new());
    write(&path, &LEAST.replace("path = \"tasks.ics\"", "url_file = \"url\""), 0o644);
    write(&folder.path().join("url"), "https://example.com/secret", 0o644);
    assert_eq!(warnings(), ["feed `tasks`: everybody can read the file `url` that `url_file` names"]);
    write(&folder.path().join("url"), "https://example.com/secret", 0o640);
    assert_eq!(warnings(), Vec::<String>::new());
}

#[test]
fn a_password_of_the_database_that_everybody_can_read_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offwatch.toml");
    let warnings = |address: &str, mode: u32| {
        write(&path, &LEAST.replace("admin =", &format!("state = \"{address}\"\nadmin =")), mode);
        load(&path, &Context::default()).unwrap().warnings
    };
    let told = "`[service]`: the password in `state` in line 2 can be read by everybody, `state_file` would keep it";
    assert_eq!(warnings("postgres://me:hunter2@db/offwatch", 0o644), [told]);
    assert_eq!(warnings("postgres://me:hunter2@db/offwatch", 0o640), Vec::<String>::new());
    assert_eq!(warnings("postgres://me@db:5432/offwatch", 0o644), Vec::<String>::new());
    assert_eq!(warnings("sqlite:a@b.db", 0o644), Vec::<String>::new());
}

#[test]
fn a_secret_file_holds_one_line_and_its_content_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |content: &str| {
        write(&folder.path().join("url"), content, 0o600);
        let text = LEAST.replace("path = \"tasks.ics\"", "url_file = \"url\"");
        read(&text, "offwatch.toml", folder.path(), &Context::default()).unwrap_err().to_string()
    };
    assert!(refusal("\n").contains("is empty"));
    assert!(refusal("https://hunter2\nmore").contains("more than one line"));
    assert!(refusal("gopher://hunter2").contains("its address begins with `gopher://`"));
    for content in ["https://hunter2\nmore", "gopher://hunter2", "hunter2 hunter2"] {
        assert!(!refusal(content).contains("hunter2"), "{content}");
    }
}

#[test]
fn a_file_that_cannot_be_read_at_all_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |name: &str| load(&folder.path().join(name), &Context::default()).unwrap_err().problems.remove(0).problem;
    assert_eq!(refusal("absent.toml"), "cannot be read: entity not found");
    fs::write(folder.path().join("latin.toml"), b"# a\n# \xe9\n").unwrap();
    assert_eq!(refusal("latin.toml"), "line 2 is not UTF-8");
}

#[test]
fn links_need_an_address_a_place_and_keys_that_cannot_be_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("link-keys");
    write(&keys, &format!("{}\n{}\n", "n".repeat(44), "o".repeat(44)), 0o600);
    let parts = ["public_url = \"https://offwatch.example.com/\"", "pages = \"127.0.0.1:8080\"", "link_keys_file = \"link-keys\""];
    let with = |parts: &[&str]| {
        let text = LEAST.replace("admin =", &format!("{}\nadmin =", parts.join("\n")));
        read(&text, "offwatch.toml", folder.path(), &Context::default())
    };
    let whole = with(&parts).unwrap();
    assert_eq!(whole.warnings, Vec::<String>::new());
    assert_eq!(whole.signer().unwrap().url, "https://offwatch.example.com");
    for parts in [&parts[..1], &parts[1..], &parts[..2], &[parts[0], parts[2]]] {
        let config = with(parts).unwrap();
        assert_eq!((config.signer(), config.warnings.len()), (None, 1), "{:?}", config.warnings);
    }
    assert_eq!(
        with(&parts[..1]).unwrap().warnings,
        ["`[service]`: letters hold no links with `public_url` alone, they need `pages` and `link_keys_file` too"]
    );
    let told = with(&[&parts[..], &["health = \"127.0.0.1:8080\""]].concat()).unwrap_err().to_string();
    assert!(told.contains("`pages` and `health` cannot be at one place"), "{told}");
    for (text, why) in
        [("short\n", "less than 32 bytes"), ("\n", "holds no key"), (&"k\n".repeat(3).replace('k', &"k".repeat(40)), "more than two")]
    {
        write(&keys, text, 0o600);
        let told = with(&parts).unwrap_err().to_string();
        assert!(told.contains(why) && told.contains("`openssl rand -base64 32` makes one") && !told.contains("short"), "{told}");
    }
}

#[test]
fn the_board_needs_a_token_at_a_port_and_rights_at_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("board-token");
    write(&token, &format!("{}\n", "t".repeat(44)), 0o600);
    let with = |lines: &str| {
        let text = LEAST.replace("admin =", &format!("{lines}\nadmin ="));
        read(&text, "offwatch.toml", folder.path(), &Context::default())
    };
    let access = |lines: &str| with(lines).unwrap().board.unwrap().access;
    assert_eq!(access("board = \"unix:board.sock\""), Access::Socket);
    assert_eq!(access("board = \"unix:board.sock\"\nboard_user_header = \"X-Remote-User\""), Access::Named("x-remote-user".to_owned()));
    for board in ["unix:board.sock", "127.0.0.1:9465"] {
        let token = access(&format!("board = \"{board}\"\nboard_token_file = \"board-token\""));
        assert!(matches!(token, Access::Token(token) if token.reveal().len() == 44), "{board}");
    }
    let port = "board = \"127.0.0.1:9465\"";
    for (lines, why) in [
        (port, "everybody on this machine could read the board at `127.0.0.1:9465`; name a `board_token_file`"),
        ("board = \"127.0.0.1:9465\"\nboard_user_header = \"X-User\"", "everybody on this machine could write a user's name"),
        ("board = \"unix:b\"\nboard_user_header = \"X-User\"\nboard_token_file = \"board-token\"", "exclude each other"),
        ("board = \"unix:b\"\nboard_user_header = \"X User\"", "`X User` is no name of a header"),
        ("board = \"0.0.0.0:9465\"\nboard_token_file = \"board-token\"", "could be reached from other machines"),
        ("board = \"unix:b\"\npages = \"unix:b\"", "`pages` and `board` cannot be at one place"),
        ("board = \"unix:b\"\nhealth = \"unix:b\"", "`health` and `board` cannot be at one place"),
    ] {
        let told = with(lines).unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
    }
    let alone = with("board_token_file = \"board-token\"").unwrap();
    assert_eq!((alone.board, alone.warnings.len()), (None, 1), "{:?}", alone.warnings);
    write(&token, "short", 0o600);
    let told = with(&format!("{port}\nboard_token_file = \"board-token\"")).unwrap_err().to_string();
    assert!(told.contains("a token of less than 32 bytes") && !told.contains("short"), "{told}");
}
