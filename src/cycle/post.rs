//! What letters need to know of a configuration.

use crate::config::Config;
use crate::mail;

/// What letters need to know of `config`.
pub(super) fn post(config: &Config) -> mail::Post {
    let (from, public_url, invite) = (config.from.clone(), config.public_url.clone(), config.invite.clone());
    mail::Post {
        attach: config.attach,
        invite,
        links: config.signer(),
        admin: Some(config.team.admin.clone()),
        style: config.style.clone(),
        ..mail::Post::new(from, public_url)
    }
}
