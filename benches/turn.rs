//! Turns of 1,000 engineers with 300 entries each, 5,000 accounts and 20,000 tasks: the first after a start, one in which
//! nothing is new, one after a feed that changed.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot set its stage has nothing to measure")]

#[path = "fleet/stage.rs"]
mod stage;
#[path = "fleet/world.rs"]
mod world;

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::SignedDuration;
use offwatch::cycle::Cycle;
use offwatch::store::Store;

use world::LARGE;

/// The benchmark.
fn turn(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (config, store) = (stage::config(LARGE), Store::memory());
    let mut now = stage::now();
    let mut cycle = runtime.block_on(async {
        stage::fill(&store, LARGE).await;
        let mut cycle = Cycle::resume(Arc::clone(&config), &store).await.unwrap();
        // The second turn says what the first one handed over.
        cycle.turn(&store, now).await.unwrap();
        cycle.turn(&store, now + SignedDuration::from_secs(1)).await.unwrap();
        cycle
    });
    let mut group = criterion.benchmark_group("turn");
    group.sample_size(10);
    group.bench_function("cold", |bencher| {
        bencher.iter_custom(|times| {
            let mut took = Duration::ZERO;
            for _ in 0..times {
                let mut cycle = runtime.block_on(Cycle::resume(Arc::clone(&config), &store)).unwrap();
                let began = Instant::now();
                runtime.block_on(cycle.turn(&store, now)).unwrap();
                took += began.elapsed();
            }
            took
        });
    });
    group.bench_function("warm", |bencher| {
        bencher.iter(|| {
            now += SignedDuration::from_secs(1);
            runtime.block_on(cycle.turn(&store, now)).unwrap()
        });
    });
    let mut version = 0;
    group.bench_function("one changed feed", |bencher| {
        bencher.iter_custom(|times| {
            let mut took = Duration::ZERO;
            for _ in 0..times {
                (now, version) = (now + SignedDuration::from_secs(1), version + 1);
                stage::change(&mut cycle, 7, version, now);
                let began = Instant::now();
                runtime.block_on(cycle.turn(&store, now)).unwrap();
                took += began.elapsed();
            }
            took
        });
    });
    group.finish();
}

criterion_group!(benches, turn);
criterion_main!(benches);
