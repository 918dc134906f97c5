//! `offwatch run`: the daemon, and beside it what shows how it fares, the pages of links and the team's board.

use anyhow::Result;

use super::session::Session;
use crate::daemon::Daemon;
use crate::web;

/// Runs until told to stop.
pub(super) async fn run(session: &Session<'_>) -> Result<u8> {
    let config = session.load()?;
    let daemon = Daemon::start(session.config.to_owned(), session.surroundings.folders.clone(), config).await?;
    // Beside the daemon, so that a long turn keeps nobody waiting who asks how it fares.
    let web = [
        tokio::spawn(web::serve(daemon.health.follow())),
        tokio::spawn(web::serve_pages(daemon.beside())),
        tokio::spawn(web::serve_board(daemon.beside())),
    ];
    let ended = Box::pin(daemon.run()).await;
    for web in web {
        web.abort();
        // What it leaves behind is swept up by its end; that it was told to end is no news.
        let _ = web.await;
    }
    ended?;
    Ok(0)
}
