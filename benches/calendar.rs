//! Reading a calendar for a window of thirty days: a feed of 2.6 MB, one ten times as large, and one of series only.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot set its stage has nothing to measure")]

#[path = "feed/calendar.rs"]
mod feed;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use offwatch::calendar;
use offwatch::window::Window;
use offwatch::zone::Zone;

/// The benchmark.
fn read(criterion: &mut Criterion) {
    let window = Window::new("2026-06-01T00:00:00Z".parse().unwrap(), "2026-07-01T00:00:00Z".parse().unwrap()).unwrap();
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let mut group = criterion.benchmark_group("calendar");
    group.sample_size(10);
    for (single, recurring) in [(10_000, 1_000), (100_000, 10_000), (0, 1_000)] {
        let bytes = feed::calendar(single, recurring).into_bytes();
        group.throughput(Throughput::Bytes(u64::try_from(bytes.len()).unwrap()));
        let size = format!("{single} single and {recurring} recurring events");
        group.bench_with_input(BenchmarkId::new("standing", &size), &bytes, |bencher, bytes| {
            bencher.iter(|| calendar::standing(black_box(bytes)));
        });
        group.bench_with_input(BenchmarkId::new("read", &size), &bytes, |bencher, bytes| {
            bencher.iter(|| calendar::read(black_box(bytes), window, &zone));
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
