//! A feed's web address: how it is read, where a redirect may lead, and whether credentials may go along.
//! Pure. Its refusals are fixed words, for an address may hold a token.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use super::source::Secret;

/// How many redirects a fetch follows.
const HOPS: u8 = 3;

/// A web address that can be fetched.
#[derive(Clone)]
pub struct WebAddress(Url);

impl WebAddress {
    /// Reads `http`, `https`, `webcal` and `webcals`. The last two are no protocols of their own but "subscribe to
    /// this": both mean https, `webcal` to this very machine means http.
    pub fn parse(secret: &Secret) -> Result<Self, &'static str> {
        let (scheme, rest) = secret.reveal().trim().split_once("://").ok_or("the address has no `https://`")?;
        let read = |scheme: &str| Url::parse(&format!("{scheme}://{rest}")).map_err(|_| "the address cannot be read");
        let url = match scheme.to_ascii_lowercase().as_str() {
            "http" => read("http")?,
            "https" | "webcals" => read("https")?,
            "webcal" => Some(read("http")?).filter(is_loopback).map_or_else(|| read("https"), Ok)?,
            _ => return Err("the address is neither http, https nor webcal"),
        };
        if url.has_host() { Ok(Self(url)) } else { Err("the address names no host") }
    }
}

impl fmt::Debug for WebAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("WebAddress(…)")
    }
}

/// The way of one fetch from the configured address through its redirects.
pub(super) struct Trail {
    /// The configured address, with any user and password in it.
    home: Url,
    /// Where it stands.
    here: Url,
    /// Whether every hop so far stayed at home, so that credentials may be shown.
    trusted: bool,
    /// Redirects followed.
    hops: u8,
}

impl Trail {
    /// Sets out. `own_login`: credentials beside the address replace those within it.
    pub(super) fn new(address: WebAddress, own_login: bool) -> Self {
        let mut home = address.0;
        if own_login {
            strip(&mut home);
        }
        Self { here: home.clone(), home, trusted: true, hops: 0 }
    }

    /// The address to ask now.
    pub(super) fn here(&self) -> Url {
        self.here.clone()
    }

    /// Whether credentials may be shown there.
    pub(super) fn trusted(&self) -> bool {
        self.trusted
    }

    /// Follows a `Location`, absolute or relative (RFC 9110 §10.2.2).
    pub(super) fn follow(&mut self, location: &str) -> Result<(), &'static str> {
        if self.hops == HOPS {
            return Err("redirected more than 3 times: put in the address at which it ends, or log in");
        }
        let mut next = self
            .here
            .join(location)
            .map_err(|_| "redirected to an address that cannot be read: put in the address at which a browser ends")?;
        match (self.here.scheme(), next.scheme()) {
            (_, "https") | ("http", "http") => {}
            ("https", "http") => return Err("redirected from https to plain http, which is not followed: put in an https address"),
            _ => return Err("redirected to something that is not on the web: put in the address at which a browser ends"),
        }
        self.trusted = self.trusted && is_at_home(&self.home, &next);
        strip(&mut next);
        if self.trusted {
            // The signs are percent-encoded already; setting them anew keeps them as they are.
            let _ = next.set_username(self.home.username());
            let _ = next.set_password(self.home.password());
        }
        self.here = next;
        self.hops += 1;
        Ok(())
    }
}

/// Whether `next` is served by whom the credentials were given for: the same host and port, or the same host after
/// the usual step from http to https.
fn is_at_home(home: &Url, next: &Url) -> bool {
    let ports = (home.port_or_known_default(), next.port_or_known_default());
    let upgraded = home.scheme() == "http" && next.scheme() == "https" && ports == (Some(80), Some(443));
    let same = home.scheme() == next.scheme() && ports.0 == ports.1;
    home.host_str() == next.host_str() && (same || upgraded)
}

/// Takes user and password out.
fn strip(url: &mut Url) {
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// Whether an address means this machine.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row's address, or the refusal.
    fn check(rows: &str) -> String {
        let read = |row: &str| match WebAddress::parse(&Secret::new(row.to_owned())) {
            Ok(address) => address.0.to_string(),
            Err(why) => format!("refused: {why}"),
        };
        rows.lines().map(read).collect::<Vec<_>>().join("\n")
    }

    /// Follows the rest of a row's addresses from its first; shows where it ends and whether credentials go along.
    fn walk(rows: &str) -> String {
        let go = |row: &str| {
            let mut stops = row.split(" -> ");
            let mut trail = Trail::new(WebAddress::parse(&Secret::new(stops.next().unwrap().to_owned())).unwrap(), false);
            for stop in stops {
                if let Err(why) = trail.follow(stop) {
                    return format!("refused: {why}");
                }
            }
            format!("{} {}", trail.here, if trail.trusted() { "with login" } else { "without" })
        };
        rows.lines().map(go).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn webcal_means_https_except_on_this_machine() {
        let rows = "https://h/a?t=1\nHTTP://h:8080/a\nwebcal://h/a\nWebcals://h:444/a\nwebcal://localhost:8/a\nwebcal://[::1]:8/a\n\
                    webcal://127.9.0.1/a\nwebcals://localhost/a\nwebcal://localhost.example.com/a\nftp://h/a\n/etc/a.ics\nhttps://\nhttps://h:99999/";
        insta::assert_snapshot!(check(rows), @r"
        https://h/a?t=1
        http://h:8080/a
        https://h/a
        https://h:444/a
        http://localhost:8/a
        http://[::1]:8/a
        http://127.9.0.1/a
        https://localhost/a
        https://localhost.example.com/a
        refused: the address is neither http, https nor webcal
        refused: the address has no `https://`
        refused: the address cannot be read
        refused: the address cannot be read
        ");
    }

    #[test]
    fn credentials_stay_with_the_host_they_are_for() {
        let rows = "https://u:p%40@h/a -> /b\nhttps://u:p@h/a -> https://h/b\nhttps://u:p@h/a -> https://h:8443/b\n\
                    https://u:p@h/a -> https://other/b\nhttps://u:p@h/a -> https://other/b -> https://h/c\n\
                    http://u:p@h/a -> https://h/b\nhttp://u:p@h:8080/a -> https://h/b\nhttps://h/a -> https://x:y@other/b";
        insta::assert_snapshot!(walk(rows), @r"
        https://u:p%40@h/b with login
        https://u:p@h/b with login
        https://h:8443/b without
        https://other/b without
        https://h/c without
        https://u:p@h/b with login
        https://h/b without
        https://other/b without
        ");
    }

    #[test]
    fn a_redirect_neither_loses_encryption_nor_leads_on_for_ever() {
        let rows = "https://h/a -> http://h/a\nhttp://h/a -> https://h/a -> http://h/a\nhttps://h/a -> //other/b\nhttps://h/a -> file:///etc/passwd\n\
                    https://h/a -> https://\nhttps://h/a -> b -> c -> d\nhttps://h/a -> b -> c -> d -> e";
        insta::assert_snapshot!(walk(rows), @"
        refused: redirected from https to plain http, which is not followed: put in an https address
        refused: redirected from https to plain http, which is not followed: put in an https address
        https://other/b without
        refused: redirected to something that is not on the web: put in the address at which a browser ends
        refused: redirected to an address that cannot be read: put in the address at which a browser ends
        https://h/d with login
        refused: redirected more than 3 times: put in the address at which it ends, or log in
        ");
    }

    #[test]
    fn an_address_is_never_shown() {
        let address = WebAddress::parse(&Secret::new("https://h/canary".to_owned())).unwrap();
        assert_eq!(format!("{address:?}"), "WebAddress(…)");
    }

    #[test]
    fn a_login_of_its_own_replaces_the_one_in_the_address() {
        let address = WebAddress::parse(&Secret::new("https://u:p@h/a".to_owned())).unwrap();
        assert_eq!(Trail::new(address, true).here().as_str(), "https://h/a");
    }
}
