//! When a feed that failed is asked again: soon where the fault may pass by itself, later each time, and never before the
//! server wants to be asked. Pure; chance is drawn from the feed's name, so that the same failures wait the same.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::people::FeedName;
use crate::schedule::Schedule;

/// The first wait, which doubles with each failure.
const FIRST: SignedDuration = SignedDuration::from_secs(60);

/// How often it doubles: longer waits than an hour are the schedule's affair.
const DOUBLINGS: u32 = 6;

/// What a failure says of the next try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// Whether it may pass by itself. A refused login, a wrong link or a page instead of a calendar does not: it waits for
    /// the schedule, lest an account be locked by our tries.
    pub may_pass: bool,
    /// Whether it was asked too often: then it waits for its schedule at least, and ever longer.
    pub too_often: bool,
    /// How long the server asks to be left alone, at most a day.
    pub not_before: Option<SignedDuration>,
}

impl Retry {
    /// What may pass by itself.
    pub const SOON: Self = Self { may_pass: true, too_often: false, not_before: None };

    /// What somebody has to mend.
    pub const SCHEDULED: Self = Self { may_pass: false, too_often: false, not_before: None };

    /// When `feed` is asked again after its `failures`th failure in a row, at `now`: at the latest when its schedule says
    /// so, unless the server asked for more. None for a schedule that never comes.
    pub fn next(self, feed: &FeedName, failures: u32, schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
        let scheduled = schedule.after(now);
        let backed_off = now.checked_add(backoff(feed, failures)).ok();
        let soon = backed_off.filter(|_| self.may_pass);
        let own = soon.into_iter().chain(scheduled).min().max(backed_off.filter(|_| self.too_often));
        // Whoever was told the same wait by one server does not come back at the same moment.
        let spread = |wait: SignedDuration| wait.saturating_add(part(wait / 10, share(feed, failures)));
        own.max(self.not_before.and_then(|wait| now.checked_add(spread(wait)).ok()))
    }
}

/// Between half of the wait and the whole of it.
fn backoff(feed: &FeedName, failures: u32) -> SignedDuration {
    let wait = FIRST * 2_i32.saturating_pow(failures.saturating_sub(1).min(DOUBLINGS));
    wait / 2 + part(wait / 2, share(feed, failures))
}

/// So many of the 256 parts of `whole`.
fn part(whole: SignedDuration, share: u8) -> SignedDuration {
    whole / 256 * i32::from(share)
}

/// Chance without dice: other for each feed and each failure, and always the same.
fn share(feed: &FeedName, failures: u32) -> u8 {
    Sha256::digest(format!("{feed}/{failures}")).first().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;

    /// When each of nine failures in a row is followed by the next try, in seconds from the first.
    fn check(feed: &str, cron: &str, retry: Retry) -> String {
        let schedule = Schedule::new(cron.parse().unwrap(), Zone::utc());
        let began: Timestamp = "2026-12-01T09:00:00Z".parse().unwrap();
        let tries = (1..10).scan(began, |at, failures| {
            *at = retry.next(&feed.parse().unwrap(), failures, &schedule, *at)?;
            Some(at.duration_since(began).as_secs().to_string())
        });
        format!("{feed} {cron}: {}", tries.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_may_pass_is_asked_soon_and_ever_later_but_never_after_its_schedule() {
        let rows =
            [("tasks", "0 0 1 * *"), ("leave", "0 0 1 * *"), ("tasks", "*/10 * * * *"), ("tasks", "* * * * *"), ("tasks", "0 0 31 2 *")];
        let told = rows.map(|(feed, cron)| check(feed, cron, Retry::SOON));
        insta::assert_snapshot!(told.join("\n"), @"
        tasks 0 0 1 * *: 31 135 308 606 1318 2586 5308 7378 10776
        leave 0 0 1 * *: 55 125 323 797 1586 3293 6683 10035 13118
        tasks */10 * * * *: 31 135 308 600 1200 1800 2400 3000 3600
        tasks * * * * *: 31 60 120 180 240 300 360 420 480
        tasks 0 0 31 2 *: 31 135 308 606 1318 2586 5308 7378 10776
        ");
    }

    #[test]
    fn what_somebody_has_to_mend_waits_for_its_schedule() {
        insta::assert_snapshot!(check("tasks", "*/10 * * * *", Retry::SCHEDULED), @"tasks */10 * * * *: 600 1200 1800 2400 3000 3600 4200 4800 5400");
    }

    #[test]
    fn what_was_asked_too_often_is_asked_less_often_than_its_schedule_says() {
        let too_often = Retry { too_often: true, ..Retry::SCHEDULED };
        insta::assert_snapshot!(check("tasks", "*/10 * * * *", too_often), @"tasks */10 * * * *: 600 1200 1800 2400 3112 4380 7102 9172 12570");
    }

    #[test]
    fn a_server_that_names_a_wait_gets_it_and_a_tenth_at_most_on_top() {
        let after = |seconds| Retry { not_before: Some(SignedDuration::from_secs(seconds)), ..Retry::SOON };
        let told = [0, 120, 1000, 86_400].map(|seconds| check("tasks", "*/10 * * * *", after(seconds)));
        insta::assert_snapshot!(told.join("\n"), @"
        tasks */10 * * * *: 31 135 308 600 1200 1800 2400 3000 3600
        tasks */10 * * * *: 120 249 423 600 1200 1800 2400 3000 3600
        tasks */10 * * * *: 1004 2077 3122 4146 5194 6226 7268 8276 9353
        tasks */10 * * * *: 86805 179482 269763 358222 448807 537975 627986 715061 808110
        ");
    }
}
