//! Faults of encrypted connections: certificates made for the test, and servers that break the greeting.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::Nameless;
use super::faults::{CANARY, Fault, Step, calendar};
use super::matrix::{converse, fares, table};
use crate::feeds::Client;

/// The authority that the client knows.
static AUTHORITY: LazyLock<CertifiedIssuer<'static, KeyPair>> = LazyLock::new(|| authority("known"));

/// What is wrong with a server's side of the connection.
#[derive(Clone, Copy, Debug)]
enum Server {
    /// Nothing.
    Good,
    /// Its certificate is valid from then to then, in years.
    Years(i32, i32),
    /// Its certificate is for that name.
    Name(&'static str),
    /// It vouches for itself.
    Itself,
    /// An authority vouches for it that nobody knows.
    Stranger,
    /// It hangs up when greeted.
    HangsUp,
    /// It never answers the greeting.
    Silent,
    /// It hangs up after the greeting.
    HangsUpLater,
    /// It speaks plain HTTP.
    Plain,
    /// It sends on to plain HTTP.
    Downgrade,
}

/// An authority of that name.
fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A client that knows the authority of this test only.
fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::with(|| {
        let known = reqwest::Certificate::from_der(AUTHORITY.der()).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_only([known]).dns_resolver(Nameless)
    })
}

/// A server's certificate and key, as it deserves them.
fn config(server: Server) -> Arc<ServerConfig> {
    let name = if let Server::Name(name) = server { name } else { "127.0.0.1" };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if let Server::Years(from, until) = server {
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
    }
    let key = KeyPair::generate().unwrap();
    let certificate = if matches!(server, Server::Itself) {
        params.self_signed(&key).unwrap()
    } else {
        let issuer = if matches!(server, Server::Stranger) { &authority("strange") } else { &*AUTHORITY };
        params.signed_by(&key, issuer).unwrap()
    };
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key);
    Arc::new(config.unwrap())
}

/// Takes one connection after another.
async fn serve(listener: TcpListener, server: Server) {
    let acceptor = TlsAcceptor::from(config(server));
    let good = [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &*calendar(&["ACME: upgrade"])].concat();
    let home = format!("http://{}/", listener.local_addr().unwrap());
    let away = format!("HTTP/1.1 302 Found\r\nLocation: {home}good?{CANARY}\r\nContent-Length: 0\r\n\r\n").into_bytes();
    let says = if matches!(server, Server::Downgrade) { away } else { good };
    let faults = Arc::new(vec![Fault { name: "", steps: vec![Step::Say(says)] }]);
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, faults) = (acceptor.clone(), Arc::clone(&faults));
        tokio::spawn(async move {
            match server {
                Server::HangsUp => greeted(stream, b"").await,
                Server::Plain => greeted(stream, b"HTTP/1.1 400 canary-of-a-fault\r\n\r\n").await,
                Server::Silent => std::future::pending().await,
                Server::HangsUpLater => drop(acceptor.accept(stream).await),
                Server::Good | Server::Years(..) | Server::Name(_) | Server::Itself | Server::Stranger | Server::Downgrade => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        converse(stream, faults).await;
                    }
                }
            }
        });
    }
}

/// Hears a greeting, says a word and hangs up.
async fn greeted(mut stream: TcpStream, word: &[u8]) {
    let _ = stream.read(&mut [0; 4096]).await;
    let _ = stream.write_all(word).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[tokio::test]
async fn a_fault_of_tls_is_told_in_words_that_help() {
    let servers = [
        ("TLS as it should be", Server::Good),
        ("expired", Server::Years(2020, 2021)),
        ("not valid yet", Server::Years(2990, 2991)),
        ("another host name", Server::Name("canary-of-a-fault.example.com")),
        ("vouches for itself", Server::Itself),
        ("an unknown authority", Server::Stranger),
        ("hangs up when greeted", Server::HangsUp),
        ("silent when greeted", Server::Silent),
        ("hangs up after the greeting", Server::HangsUpLater),
        ("plain HTTP on the TLS port", Server::Plain),
        ("sends on to plain HTTP", Server::Downgrade),
    ];
    let client = client();
    let mut rows = Vec::new();
    for (name, server) in servers {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(serve(listener, server));
        rows.push(fares(name, &format!("https://127.0.0.1:{port}/0?token={CANARY}"), &client).await);
    }
    insta::assert_snapshot!("tls", table(&rows));
}
