//! What systemd is told about the service: ready, reloading, stopping, how it fares, still alive.
//! Without `NOTIFY_SOCKET` nothing is said; a note that cannot be delivered is logged and never fails the caller.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::people;

/// Start-up, or a reload, is finished (`READY=1`).
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The start goes on and is alive: systemd, which gives up a start after 90 seconds, grants three minutes more from now.
pub fn starting() {
    tell(&[NotifyState::ExtendTimeoutUsec(180_000_000)]);
}

/// A reload begins; `ready` ends it. Systemd 253 and later wants the monotonic time in the same message, or it takes
/// the reload for failed.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(moment) => tell(&[NotifyState::Reloading, moment]),
        Err(error) => tracing::warn!("systemd not told of the reload: {error}"),
    }
}

/// The service is about to end (`STOPPING=1`).
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// How the service fares, as `systemctl status` shows it. Made one line: a line break would begin another field.
pub fn status(text: &str) {
    let line: String = text.chars().map(|sign| if people::steers(sign) { ' ' } else { sign }).collect();
    tell(&[NotifyState::Status(&line)]);
}

/// The service is alive (`WATCHDOG=1`); said after a finished turn.
pub fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// How often systemd expects `alive` at the latest, before it restarts the service; none when it does not watch this
/// process. Callers speak at half of it.
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled().filter(|interval| !interval.is_zero())
}

/// Sends one message.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!("systemd not told: {error}");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::process::Command;

    use super::*;

    /// Runs one ignored test of this file in a process with an environment of its own.
    fn speak(test: &str, environment: &[(&str, &str)]) -> bool {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--ignored", "--exact", "--test-threads=1", &format!("systemd::tests::{test}")]);
        child.env_remove("NOTIFY_SOCKET").env_remove("WATCHDOG_USEC").env_remove("WATCHDOG_PID");
        let output = child.envs(environment.iter().copied()).output().unwrap();
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed")
    }

    #[test]
    #[ignore = "speaks to the socket in its environment: run by the tests below"]
    fn child_speaks() {
        starting();
        ready();
        reloading();
        status("4 feeds good,\n1 STOPPING=1");
        alive();
        stopping();
    }

    #[test]
    #[ignore = "reads its environment: run by the test below"]
    fn child_is_watched() {
        assert_eq!(watchdog(), Some(Duration::from_secs(90)));
    }

    #[test]
    #[ignore = "reads its environment: run by the test below"]
    fn child_is_not_watched() {
        assert_eq!(watchdog(), None);
    }

    #[test]
    fn each_state_reaches_the_socket_as_one_message() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        assert!(speak("child_speaks", &[("NOTIFY_SOCKET", path.to_str().unwrap())]));
        let mut heard = String::new();
        for _ in 0..6 {
            let mut buffer = [0; 256];
            let length = socket.recv(&mut buffer).unwrap();
            let message = std::str::from_utf8(&buffer[..length]).unwrap();
            let digits = |text: &str| {
                text.split('=').map(|part| if part.parse::<u64>().is_ok_and(|n| n > 1) { "N" } else { part }).collect::<Vec<_>>().join("=")
            };
            heard += &message.lines().map(digits).collect::<Vec<_>>().join(" + ");
            heard.push('\n');
        }
        insta::assert_snapshot!(heard, @r"
        EXTEND_TIMEOUT_USEC=N
        READY=1
        RELOADING=1 + MONOTONIC_USEC=N
        STATUS=4 feeds good, 1 STOPPING=1
        WATCHDOG=1
        STOPPING=1
        ");
    }

    #[test]
    fn without_a_socket_or_with_a_dead_one_nothing_fails() {
        assert!(speak("child_speaks", &[]));
        assert!(speak("child_speaks", &[("NOTIFY_SOCKET", "/nonexistent/notify")]));
    }

    #[test]
    fn the_watchdog_is_for_the_process_it_names() {
        assert!(speak("child_is_watched", &[("WATCHDOG_USEC", "90000000")]));
        assert!(speak("child_is_not_watched", &[("WATCHDOG_USEC", "90000000"), ("WATCHDOG_PID", "1")]));
        assert!(speak("child_is_not_watched", &[]));
    }
}
