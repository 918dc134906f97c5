//! What a configuration is made into beyond the rooms themselves: the same forms as in `feeds`, `mail`, `send` and `store`, without
//! the network and the database behind them. The compiler says when they differ.

/// Feeds as configured.
pub mod feeds {
    pub use crate::source::{Feed, Login, Secret, Source};
}

/// Letters as they would be tried.
pub mod mail {
    use std::sync::Arc;

    use crate::wording::Words;

    pub fn check(words: &Arc<Words>) -> Vec<String> {
        words.troubles()
    }
}

/// The way letters go.
pub mod send {
    use std::path::PathBuf;

    use jiff::SignedDuration;

    use super::feeds::Secret;
    use crate::people::Address;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Tls {
        StartTls,
        Implicit,
        None,
    }

    #[derive(Clone, Debug)]
    pub struct Smtp {
        pub host: String,
        pub port: u16,
        pub tls: Tls,
        pub ca_file: Option<PathBuf>,
        pub login: Option<(String, Secret)>,
        pub envelope_from: Address,
        pub timeouts: Timeouts,
        pub per_minute: Option<u32>,
    }

    #[derive(Clone, Copy, Debug)]
    pub struct Timeouts {
        pub connect: SignedDuration,
        pub command: SignedDuration,
        pub data: SignedDuration,
        pub dot: SignedDuration,
    }

    #[derive(Clone, Debug)]
    pub enum Way {
        Smtp(Box<Smtp>),
        Folder(PathBuf),
    }
}

/// Where the state is.
pub mod store {
    use std::path::PathBuf;

    use super::feeds::Secret;

    #[derive(Clone, Debug)]
    pub enum Address {
        File(PathBuf),
        Server { url: Secret, seat: PathBuf },
    }
}
