//! Parameters and names: what is quoted, escaped, unfinished or made up.

use crate::inspect::{DRILL, UPGRADE, check_reading as check};

#[test]
fn quoted_parameters_may_hold_colons_semicolons_and_commas() {
    check("quoted_parameters", &[UPGRADE, DRILL]);
}

#[test]
fn carets_in_parameters_stand_for_quotes_line_breaks_and_themselves() {
    check(
        "caret_parameters",
        &[
            "2026-12-01T09:00Z 1h quotes@acme ACME: quotes",
            "2026-12-02T07:00Z 1h caret@acme ACME: a caret",
            "2026-12-03T07:00Z 1h left@acme ACME: a caret before anything else stays",
        ],
    );
}

#[test]
fn an_unclosed_quote_costs_its_line() {
    check("unclosed_quote", &[UPGRADE, DRILL, "! 9 VEVENT upgrade@acme: …"]);
}

#[test]
fn a_parameter_without_a_value_costs_nothing() {
    check("parameter_without_value", &[UPGRADE, DRILL]);
}

#[test]
fn odd_names_beginning_with_x_cost_nothing() {
    check("odd_names", &[UPGRADE, DRILL]);
}

#[test]
fn a_name_with_a_space_costs_its_line_at_most() {
    check("name_with_a_space", &[UPGRADE, DRILL, "! 8 VEVENT upgrade@acme: … passed over"]);
}

#[test]
fn a_line_without_a_colon_costs_that_line() {
    check("no_colon", &[UPGRADE, DRILL, "! 8 VEVENT upgrade@acme: … passed over"]);
}

#[test]
fn text_is_unescaped_and_a_title_is_one_line() {
    check("text", &["2026-12-01T09:00Z 1h upgrade@acme ACME, Inc.: 17.4; C:\\backup, then the rest", DRILL]);
}

#[test]
fn properties_of_rfc_7986_cost_nothing_and_a_calendar_lends_its_uid_to_nobody() {
    check("newer_properties", &[UPGRADE, DRILL]);
}

#[test]
fn people_without_mailto_cost_nothing() {
    check("attendee_without_mailto", &[UPGRADE, DRILL]);
}
