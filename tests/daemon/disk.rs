//! A state that cannot be written: in a file system of its own, read-only or full, where this machine lets a user make one.

use std::process::Command;

use crate::world::{Clock, MORNING, World, missing};

/// Runs a script with `$OFFWATCH` for the program and `state` a file system of 256 kB; nothing where that is not permitted.
pub(crate) fn in_a_small_world(world: &World, clock: Option<&Clock>, script: &str) -> Option<(i32, String)> {
    let permitted = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    if !permitted.is_ok_and(|tried| tried.status.success()) {
        return missing("unshare", "util-linux and permit user namespaces");
    }
    let environment: Vec<String> =
        clock.map(Clock::environment).unwrap_or_default().iter().map(|(name, value)| format!("'{name}={value}'")).collect();
    let offwatch = format!("env {} {} --config offwatch.toml", environment.join(" "), env!("CARGO_BIN_EXE_offwatch"));
    let script = format!("mkdir -p state && mount -t tmpfs -o size=256k none state && {}", script.replace("$OFFWATCH", &offwatch));
    let ran = Command::new("unshare").args(["-rm", "sh", "-c", &script]).current_dir(world.path("")).output().unwrap();
    Some((ran.status.code().unwrap_or(-1), [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()))
}

#[test]
fn a_state_folder_that_cannot_be_written_to_is_told_with_what_to_do() {
    let world = World::new();
    let Some((code, said)) = in_a_small_world(&world, None, "mount -o remount,ro state && $OFFWATCH run") else { return };
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("cannot be written to") && said.contains("let its folder and file belong to the user"), "{said}");
}

#[test]
fn a_full_disk_is_told_with_what_to_do_and_nothing_is_lost() {
    let world = World::new();
    let script = "dd if=/dev/zero of=state/filler bs=1k count=252 2>/dev/null; $OFFWATCH run";
    let Some((code, said)) = in_a_small_world(&world, None, script) else { return };
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("no space is left for the state") && said.contains("make room on its disk"), "{said}");

    let Some(clock) = Clock::new(MORNING, 1) else { return };
    // A copy of this calendar does not fit; with more room everything goes on.
    world.web.put("/tasks.ics", crate::world::tasks(&" and more".repeat(30_000)));
    let script = "$OFFWATCH once; echo \"ended with $?\"; mount -o remount,size=8m state && $OFFWATCH once; $OFFWATCH once";
    let Some((code, said)) = in_a_small_world(&world, Some(&clock), script) else { return };
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("ended with 1") && said.contains("full"), "{said}");
    assert_eq!(std::fs::read_dir(world.path("outbox")).unwrap().count(), 1, "to the manager, once: {said}");
}

#[test]
fn a_daemon_whose_disk_was_full_goes_on_once_there_is_room() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let world = World::new();
    world.web.put("/tasks.ics", crate::world::tasks(&" and more".repeat(30_000)));
    let script = "{ $OFFWATCH run 2>log & } ; D=$!; \
        seen() { for _ in $(seq 600); do [ $(grep -c \"$1\" log) -ge $2 ] && return; sleep 0.1; done; }; \
        seen 'writing the turn down' 3; mount -o remount,size=8m state; seen 'sent: 1' 1; kill $D; wait $D; R=$?; cat log; exit $R";
    let Some((code, said)) = in_a_small_world(&world, Some(&clock), script) else { return };
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("the turn could not be finished and is tried again, nothing is lost"), "{said}");
    assert!(said.contains("is full") && !said.contains("transaction depth"), "each try meets the disk itself: {said}");
    assert!(std::fs::read_dir(world.path("outbox")).unwrap().count() >= 1, "{said}");
}
