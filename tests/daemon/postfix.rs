//! Postfix as Debian has it, with a folder of its own for everything: its configuration, its queue and the mail it keeps.
//! Listens at free ports of this machine and leaves the system's own configuration alone.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::world::{World, missing};

/// A port of its own for each way to be asked.
const SERVICES: [(&str, &str); 9] = [
    ("starttls", "-o smtpd_tls_security_level=encrypt"),
    ("implicit", "-o smtpd_tls_wrappermode=yes"),
    ("stranger", "-o smtpd_tls_wrappermode=yes -o smtpd_tls_chain_files=FOLDER/etc/elsewhere.pem"),
    ("expired", "-o smtpd_tls_wrappermode=yes -o smtpd_tls_chain_files=FOLDER/etc/short.pem"),
    ("plain", "-o smtpd_tls_security_level=none"),
    ("small", "-o message_size_limit=300"),
    ("ascii", "-o smtputf8_enable=no"),
    ("counting", "-o smtpd_client_message_rate_limit=2 -o smtpd_client_event_limit_exceptions="),
    ("strict", "-o smtpd_client_message_rate_limit=1 -o smtpd_client_event_limit_exceptions="),
];

/// All of its settings; whom it knows stands in a file.
const MAIN: &str = "
compatibility_level = 3.6
queue_directory = FOLDER/queue
data_directory = FOLDER/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = FOLDER/log
maillog_file_prefixes = FOLDER
mail_owner = postfix
setgid_group = postdrop
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
virtual_mailbox_domains = example.com
virtual_mailbox_base = FOLDER/mail
virtual_mailbox_maps = texthash:FOLDER/etc/people
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_chain_files = FOLDER/etc/localhost.pem
smtpd_tls_security_level = may
anvil_rate_time_unit = 5s
";

/// Its programs that take part.
const PROGRAMS: &str = "
cleanup   unix  n  -  n  -     0  cleanup
qmgr      unix  n  -  n  300   1  qmgr
tlsmgr    unix  -  -  n  1000? 1  tlsmgr
rewrite   unix  -  -  n  -     -  trivial-rewrite
bounce    unix  -  -  n  -     0  discard
defer     unix  -  -  n  -     0  bounce
trace     unix  -  -  n  -     0  bounce
error     unix  -  -  n  -     -  error
retry     unix  -  -  n  -     -  error
virtual   unix  -  n  n  -     -  virtual
proxymap  unix  -  -  n  -     -  proxymap
anvil     unix  -  -  n  -     1  anvil
postlog   unix-dgram n - n - 1 postlogd
";

/// A Postfix that runs; it is stopped with this value.
pub(crate) struct Postfix {
    folder: TempDir,
    ports: Vec<u16>,
}

/// Runs a command of the system, which must succeed.
#[track_caller]
fn must(folder: &Path, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    // Where Debian keeps it, whatever the path of whoever runs the tests.
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Postfix {
    /// Starts it for these people of example.com. Nothing, and a line that says so, when it is not installed.
    pub(crate) fn start(people: &[&str]) -> Option<Self> {
        let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
        if !root || !Path::new("/usr/sbin/postfix").is_file() {
            return missing("postfix", "Debian's `postfix`, and run as root");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for name in ["etc", "queue", "data", "mail"] {
            std::fs::create_dir(path.join(name)).unwrap();
        }
        must(path, "chmod", &["755", "."]);
        must(path, "chown", &["postfix", "data"]);
        must(path, "chown", &["nobody", "mail"]);
        certificates(&path.join("etc"), "company");
        let listeners: Vec<TcpListener> = SERVICES.iter().map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        drop(listeners);
        let services =
            SERVICES.iter().zip(&ports).map(|((_, options), port)| format!("127.0.0.1:{port} inet n - n - - smtpd\n  {options}\n"));
        let place = path.to_str().unwrap();
        let write = |name: &str, text: String| std::fs::write(path.join("etc").join(name), text.replace("FOLDER", place)).unwrap();
        write("main.cf", MAIN.to_owned());
        write("master.cf", services.collect::<String>() + PROGRAMS);
        write("people", people.iter().map(|person| format!("{person}@example.com {person}/")).collect::<Vec<_>>().join("\n") + "\n");
        must(path, "postfix", &["-c", &format!("{place}/etc"), "start"]);
        Some(Self { folder, ports })
    }

    /// The port at which it is asked in that way.
    pub(crate) fn port(&self, service: &str) -> u16 {
        let found = SERVICES.iter().zip(&self.ports).find(|((name, _), _)| *name == service);
        *found.unwrap().1
    }

    /// A world whose letters go to it in that way, in the clear unless `tls` says otherwise.
    pub(crate) fn world(&self, service: &str, tls: &str) -> World {
        let world = World::new();
        world.write("ca.pem", &std::fs::read_to_string(self.folder.path().join("etc/ca.pem")).unwrap());
        let text = world.configuration("smtp", self.port(service), "ca.pem");
        let text = text.replace("username = \"offwatch\"\npassword_file = \"password\"\n", &format!("tls = \"{tls}\"\n"));
        world.write("offwatch.toml", &text);
        world
    }

    /// The letters in somebody's mailbox, when there are so many.
    #[track_caller]
    pub(crate) fn mailbox(&self, person: &str, wanted: usize) -> Vec<String> {
        crate::world::wait(&format!("{wanted} letters in the mailbox of {person}"), || {
            let paths = self.paths(person);
            (paths.len() >= wanted).then(|| paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect())
        })
    }

    /// How many letters are in somebody's mailbox by now.
    pub(crate) fn count(&self, person: &str) -> usize {
        self.paths(person).len()
    }

    /// Where the letters in somebody's mailbox lie.
    fn paths(&self, person: &str) -> Vec<PathBuf> {
        let folder = self.folder.path().join("mail").join(person).join("new");
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let place = self.folder.path().join("etc");
        let _ = Command::new("/usr/sbin/postfix")
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .arg("-c")
            .arg(place)
            .arg("stop")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

/// A certificate for this machine, one for another, and one that is soon over, by a CA of their own with that name.
pub(crate) fn certificates(folder: &Path, authority: &str) {
    let curve = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    let openssl = |words: String| must(folder, "openssl", &words.split_whitespace().collect::<Vec<_>>());
    let ca = format!("-subj /CN={authority} -keyout ca.key -out ca.pem -addext basicConstraints=critical,CA:TRUE");
    openssl(format!("{curve} -x509 -days 7300 {ca}"));
    for (file, name, days) in [("localhost", "localhost", 7300), ("elsewhere", "elsewhere.example", 7300), ("short", "localhost", 1)] {
        let extensions = format!("subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
        std::fs::write(folder.join("names"), extensions).unwrap();
        openssl(format!("{curve} -subj /CN={name} -keyout own.key -out own.csr"));
        openssl(format!("x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days {days} -extfile names -out own.pem"));
        let both = ["own.key", "own.pem"].map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
        std::fs::write(folder.join(format!("{file}.pem")), both.concat()).unwrap();
    }
}
