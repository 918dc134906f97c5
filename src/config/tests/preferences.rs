//! What single engineers want otherwise: what that means, and what nobody can want.

use insta::assert_snapshot;

use super::{LEAST, changed, meant};
use crate::plan::Kind;
use crate::plan::rules::Preferences;

/// What Ada wants, with these lines in her table.
fn wishes(lines: &str) -> Option<Preferences> {
    let config = meant(&LEAST.replacen("id = \"ada\"", &format!("id = \"ada\"\n{lines}"), 1));
    config.rules.preferences.values().next().cloned()
}

#[test]
fn what_an_engineer_wants_is_meant_as_written() {
    assert_eq!(wishes(""), None);
    let lines = "kinds = [\"escalation\", \"briefing-request\", \"retraction\"]\ndigest_hour = \"9:05\"\nleads = [\"2 working days\"]";
    let wishes = wishes(lines).unwrap();
    assert_eq!(wishes.left_out.into_iter().collect::<Vec<_>>(), [Kind::TaskChanged, Kind::BeforeLeave, Kind::CatchUp]);
    assert_eq!(wishes.digest_hour, Some(jiff::civil::time(9, 5, 0, 0)));
    assert_eq!(wishes.leads, Some(vec!["2 working days".parse().unwrap()]));
}

#[test]
fn nobody_can_leave_out_what_asks_them() {
    assert_snapshot!(changed("id = \"ada\"", "id = \"ada\"\nkinds = [\"catch-up\"]"), @r#"
    offwatch.toml:15:9  engineer `ada`: `kinds` leaves out `briefing-request`, which nobody can; it asks for a briefing that would be missing otherwise; name it too
       15 | kinds = ["catch-up"]
          |         ^^^^^^^^^^^^
    offwatch.toml:15:9  engineer `ada`: `kinds` leaves out `escalation`, which nobody can; it asks for a briefing that would be missing otherwise; name it too
       15 | kinds = ["catch-up"]
          |         ^^^^^^^^^^^^
    "#);
    assert_snapshot!(changed("id = \"ada\"", "id = \"ada\"\nkinds = [\"catchup\", \"coverage\"]"), @r#"
    offwatch.toml:15:10  engineer `ada`: `kinds` cannot be `catchup`; write `briefing-request` or `escalation` or `task-changed` or `retraction` or `before-leave` or `catch-up`
       15 | kinds = ["catchup", "coverage"]
          |          ^^^^^^^^^
    offwatch.toml:15:21  engineer `ada`: `kinds` cannot be `coverage`; write `briefing-request` or `escalation` or `task-changed` or `retraction` or `before-leave` or `catch-up`
       15 | kinds = ["catchup", "coverage"]
          |                     ^^^^^^^^^^
    "#);
    assert_snapshot!(changed("id = \"ada\"", "id = \"ada\"\nkinds = \"all\""), @r#"
    offwatch.toml:15:9  engineer `ada`: `kinds` must be a list of strings, not a string
       15 | kinds = "all"
          |         ^^^^^
    "#);
}

#[test]
fn a_digest_hour_is_a_time_of_day_and_leads_are_never_none() {
    assert_snapshot!(changed("id = \"ada\"", "id = \"ada\"\ndigest_hour = \"24:00\"\nleads = []"), @r#"
    offwatch.toml:15:15  engineer `ada`: `24:00` is no time of day; write `10:00`
       15 | digest_hour = "24:00"
          |               ^^^^^^^
    offwatch.toml:16:9  engineer `ada`: `leads` must not be empty; leave it out for those of [briefing]
       16 | leads = []
          |         ^^
    "#);
    assert_snapshot!(changed("id = \"ada\"", "id = \"ada\"\ndigest_hour = 10\nleads = [\"soon\"]"), @r#"
    offwatch.toml:15:15  engineer `ada`: `digest_hour` must be a string, not an integer
       15 | digest_hour = 10
          |               ^^
    offwatch.toml:16:10  engineer `ada`: `soon` is no working time; write `2 working hours` or `3 working days`
       16 | leads = ["soon"]
          |          ^^^^^^
    "#);
}
