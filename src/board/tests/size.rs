//! How large a board becomes: a share of the fleet that the benchmarks draw, so that no figure waits for somebody to measure.

use super::made;
use crate::board::answer;

#[expect(dead_code, clippy::duplicate_mod, reason = "the benchmarks make larger ones and change them, with the same dice as other worlds")]
#[path = "../../../benches/fleet/world.rs"]
mod world;

/// A tenth of the team whose board the benchmark draws.
const SHARE: world::Size = world::Size { engineers: 20, accounts: 60, tasks: 600 };

/// The most bytes that an engineer may add to the board: 200 of them, and it has a megabyte.
const EACH: usize = 5000;

#[test]
fn a_board_of_two_hundred_engineers_stays_below_a_megabyte() {
    let facts = made(&world::configuration(SHARE), world::feeds(SHARE), world::NOW);
    let size = answer("/board", "", &facts).unwrap().html.len();
    let engineers = facts.ground.team().engineers.len();
    assert!(size > 1000 * engineers && size < EACH * engineers, "{size} bytes for {engineers} engineers");
}
