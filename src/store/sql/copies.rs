//! Copies of feeds in the database: the one in force, and beside it what the brake holds back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::Database;
use super::connection::{Row, Transaction, sql};
use crate::crash::{self, Point};
use crate::people::FeedName;
use crate::store::{Claim, FeedCopy, Held, Hold, Stage};

/// Takes the right to fetch a feed: nobody has it, or who had it has died or hangs, and nobody has fetched it since.
const CLAIM: &str = "INSERT INTO fetches (feed, replica, lease) SELECT $1, $2, now() + make_interval(secs => $3) \
    WHERE NOT EXISTS (SELECT 1 FROM feeds WHERE name = $1 AND tried > coalesce($4, -9223372036854775808)) \
    ON CONFLICT (feed) DO UPDATE SET replica = excluded.replica, lease = excluded.lease \
    WHERE fetches.lease <= now() OR fetches.replica = excluded.replica \
    OR fetches.replica NOT IN (SELECT number FROM alive)";

/// How long a fetch is left to whoever began it, beyond its own time: it may wait for others to end.
const WAIT: SignedDuration = SignedDuration::from_mins(5);

impl Database {
    /// Copies of feeds.
    pub(in crate::store) async fn copies(&self) -> Result<Arc<BTreeMap<FeedName, FeedCopy>>> {
        self.copies_beside(&BTreeMap::new()).await.map(Arc::new)
    }

    /// Copies of feeds of which something came after all that is `known`. Only of those the bytes are read.
    pub(in crate::store) async fn copies_beside(&self, known: &BTreeMap<FeedName, FeedCopy>) -> Result<BTreeMap<FeedName, FeedCopy>> {
        let mut reading = self.reading().await.context("reading feed copies")?;
        let outlines = outlines(&mut reading).await.context("reading feed copies")?;
        let mut copies = BTreeMap::new();
        let ahead = |outline: &FeedCopy| known.get(&outline.feed).is_none_or(|known| known.is_behind(outline));
        for FeedCopy { feed, .. } in outlines.into_iter().filter(ahead) {
            // One by one: together they may be large.
            let found = copy(&mut reading, &feed).await.with_context(|| format!("reading the copy of feed `{feed}`"))?;
            copies.extend(found.map(|copy| (feed, copy)));
        }
        Ok(copies)
    }

    /// Keeps copies, all or none, but none whose hold was accepted meanwhile; the feeds of which nothing was kept.
    pub(in crate::store) async fn save_copies(&self, copies: &[FeedCopy]) -> Result<Vec<FeedName>> {
        crash::at(Point::Fetched);
        let mut transaction = self.publishing().await.context("keeping copies of feeds")?;
        let mut refused = Vec::new();
        for copy in by_name(copies, |copy| &copy.feed) {
            if !self.hands_in(&mut transaction, &copy.feed).await.context("keeping copies of feeds")? {
                refused.push(copy.feed.clone());
                continue;
            }
            let keeping = || format!("keeping the copy of feed `{}`", copy.feed);
            let known =
                if copy.standing().is_some() { self::copy(&mut transaction, &copy.feed).await.with_context(keeping)? } else { None };
            if known.is_some_and(|known| known.overrules(copy)) {
                refused.push(copy.feed.clone());
            } else {
                save(&mut transaction, copy).await.with_context(keeping)?;
            }
        }
        self.publish(transaction).await.context("keeping copies of feeds")?;
        crash::at(Point::CopiesKept);
        Ok(refused)
    }

    /// Gives the right to fetch a feed back; false when this replica has lost it: it was so slow that another took over.
    async fn hands_in(&self, transaction: &mut Transaction, feed: &FeedName) -> Result<bool> {
        let Some(replica) = self.replica() else { return Ok(true) };
        let done = sql("DELETE FROM fetches WHERE feed = $1 AND replica = $2").bind(feed.as_str()).bind(replica);
        Ok(done.run(transaction).await? > 0)
    }

    /// Those of `feeds` that this process is to fetch. It keeps the right until it has kept a copy, dies, or hangs.
    pub(in crate::store) async fn claim_feeds(&self, claims: &[Claim]) -> Result<Vec<FeedName>> {
        let Some(replica) = self.replica() else { return Ok(claims.iter().map(|claim| claim.feed.clone()).collect()) };
        let mut transaction = self.writing().await.context("claiming feeds")?;
        let mut claimed = Vec::new();
        for Claim { feed, tried, timeout } in by_name(claims, |claim| &claim.feed) {
            let lease = timeout.saturating_add(WAIT).as_secs();
            let claim = sql(CLAIM).bind(feed.as_str()).bind(replica).bind(lease).bind(*tried);
            if claim.run(&mut transaction).await.context("claiming feeds")? > 0 {
                claimed.push(feed.clone());
            }
        }
        transaction.commit().await.context("claiming feeds")?;
        Ok(claimed)
    }

    /// Forgets copies of feeds that are not among `configured` and that nobody has asked since `before`.
    pub(in crate::store) async fn drop_copies(&self, configured: &BTreeSet<&FeedName>, before: Timestamp) -> Result<()> {
        let dropping = "forgetting copies of feeds";
        let mut transaction = self.writing().await.context(dropping)?;
        let unasked = sql("SELECT name FROM feeds WHERE coalesce(tried, fetched, 0) < $1 ORDER BY name").bind(before);
        for row in &unasked.rows(&mut transaction).await.context(dropping)? {
            let name: String = row.get("name").context(dropping)?;
            if !configured.iter().any(|feed| feed.as_str() == name) {
                sql("DELETE FROM feeds WHERE name = $1").bind(name).run(&mut transaction).await.context(dropping)?;
            }
        }
        transaction.commit().await.context(dropping)
    }

    /// Puts in force what is held of a feed.
    pub(in crate::store) async fn accept(&self, feed: &FeedName, now: Timestamp) -> Result<Option<FeedCopy>> {
        let accepting = || format!("accepting what is held of feed `{feed}`");
        let mut transaction = self.publishing().await.with_context(accepting)?;
        let known = copy(&mut transaction, feed).await.with_context(accepting)?;
        let Some(mut copy) = known else { return Ok(None) };
        if !copy.accept(now) {
            return Ok(None);
        }
        save(&mut transaction, &copy).await.with_context(accepting)?;
        self.publish(transaction).await.with_context(accepting)?;
        Ok(Some(copy))
    }
}

/// What is about feeds, by their names: transactions of several replicas that lock rows in one order never wait for each other
/// in a circle.
fn by_name<T>(all: &[T], feed: impl Fn(&T) -> &FeedName) -> Vec<&T> {
    let mut sorted: Vec<&T> = all.iter().collect();
    sorted.sort_by(|one, other| feed(one).cmp(feed(other)));
    sorted
}

/// What is known of every feed, without any bytes.
async fn outlines(transaction: &mut Transaction) -> Result<Vec<FeedCopy>> {
    let holds = "SELECT feed, since, last, fetches, missing, of, hash, etag, last_modified, released, how FROM holds";
    let mut holds_of = BTreeMap::new();
    for row in &sql(holds).rows(transaction).await? {
        holds_of.insert(row.get::<String>("feed")?, hold(row, Arc::default())?);
    }
    let feeds = "SELECT name, hash, etag, last_modified, fetched, changed, tried, error, failing_since, next_try \
        FROM feeds";
    let rows = sql(feeds).rows(transaction).await?;
    let outline = |row: &Row| {
        let name: String = row.get("name")?;
        let hold = holds_of.remove(&name);
        written(row, name.parse()?, None, hold)
    };
    rows.iter().map(outline).collect()
}

/// Writes a copy and its hold down: its bytes only when they are others, for most fetches bring nothing new.
async fn save(transaction: &mut Transaction, copy: &FeedCopy) -> Result<()> {
    let known = "UPDATE feeds SET etag = $4, last_modified = $5, fetched = $6, changed = $7, tried = $8, error = $9, failing_since = $10, \
        next_try = $11 WHERE name = $1 AND hash = $3 AND $2 IS NULL";
    let whole = "INSERT INTO feeds (name, body, hash, etag, last_modified, fetched, changed, tried, error, failing_since, next_try) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (name) DO UPDATE SET body = excluded.body, \
        hash = excluded.hash, etag = excluded.etag, last_modified = excluded.last_modified, fetched = excluded.fetched, \
        changed = excluded.changed, tried = excluded.tried, error = excluded.error, failing_since = excluded.failing_since, \
        next_try = excluded.next_try";
    for (text, body) in [(known, None), (whole, copy.body.as_deref())] {
        let kept = sql(text).bind(copy.feed.as_str()).bind(body).bind(&copy.hash).bind(&copy.etag).bind(&copy.last_modified);
        let kept =
            kept.bind(copy.fetched).bind(copy.changed).bind(copy.tried).bind(&copy.error).bind(copy.failing_since).bind(copy.next_try);
        if kept.run(transaction).await? > 0 {
            break;
        }
    }
    save_hold(transaction, copy).await
}

/// Writes what is held of a feed down, or that nothing is.
async fn save_hold(transaction: &mut Transaction, copy: &FeedCopy) -> Result<()> {
    sql("DELETE FROM holds WHERE feed = $1").bind(copy.feed.as_str()).run(transaction).await?;
    let Some(hold) = &copy.hold else { return Ok(()) };
    let (kept, released) = (hold.held(), hold.released());
    let row = sql("INSERT INTO holds (feed, since, last, fetches, missing, of, body, hash, etag, last_modified, released, how) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
    let row = row.bind(copy.feed.as_str()).bind(hold.since).bind(hold.last).bind(hold.fetches).bind(hold.missing).bind(hold.of);
    let row = row.bind(kept.map(|kept| &*kept.body)).bind(kept.and_then(|kept| kept.hash.as_deref()));
    let row = row.bind(kept.and_then(|kept| kept.etag.as_deref())).bind(kept.and_then(|kept| kept.last_modified.as_deref()));
    row.bind(released.map(|(at, _)| at)).bind(released.map(|(_, how)| how.name())).run(transaction).await?;
    Ok(())
}

/// A feed's copy, if there is one.
async fn copy(transaction: &mut Transaction, feed: &FeedName) -> Result<Option<FeedCopy>> {
    let row = sql("SELECT * FROM feeds WHERE name = $1").bind(feed.as_str()).row(transaction).await?;
    let Some(row) = row else { return Ok(None) };
    let beside = sql("SELECT * FROM holds WHERE feed = $1").bind(feed.as_str()).row(transaction).await?;
    let waiting = |row: &Row| hold(row, row.get::<Option<&[u8]>>("body")?.map(Arc::from).unwrap_or_default());
    let (body, hold) = (row.get::<Option<&[u8]>>("body")?.map(Arc::from), beside.as_ref().map(waiting).transpose()?);
    written(&row, feed.clone(), body, hold).map(Some)
}

/// A copy as a row has it, with its bytes and its hold.
fn written(row: &Row, feed: FeedName, body: Option<Arc<[u8]>>, hold: Option<Hold>) -> Result<FeedCopy> {
    Ok(FeedCopy {
        feed,
        body,
        hash: row.get("hash")?,
        etag: row.get("etag")?,
        last_modified: row.get("last_modified")?,
        fetched: row.maybe_instant("fetched")?,
        changed: row.maybe_instant("changed")?,
        tried: row.maybe_instant("tried")?,
        error: row.get("error")?,
        failing_since: row.maybe_instant("failing_since")?,
        next_try: row.maybe_instant("next_try")?,
        hold,
    })
}

/// A hold as a row has it, with the bytes that wait.
fn hold(row: &Row, body: Arc<[u8]>) -> Result<Hold> {
    let count = |column: &str| -> Result<u32> { Ok(u32::try_from(row.get::<i64>(column)?)?) };
    let how: Option<String> = row.get("how")?;
    let stage = match (row.maybe_instant("released")?, how) {
        (Some(at), Some(how)) => Stage::Over(at, how.parse()?),
        (None, _) | (_, None) => {
            Stage::Standing(Held { body, hash: row.get("hash")?, etag: row.get("etag")?, last_modified: row.get("last_modified")? })
        }
    };
    let (since, last) = (row.instant("since")?, row.instant("last")?);
    Ok(Hold { since, last, fetches: count("fetches")?, missing: count("missing")?, of: count("of")?, stage })
}
