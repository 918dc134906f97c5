//! Numbers that look random and are the same for the same seed: splitmix64, by Sebastiano Vigna.
//! Owns no meaning of any number.

/// A source of numbers.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The source for `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// The next number.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..limit`; zero when there is none.
    pub(super) fn below(&mut self, limit: i64) -> i64 {
        let limit = u64::try_from(limit).unwrap_or_default().max(1);
        i64::try_from(self.next() % limit).unwrap_or_default()
    }

    /// One of `from..until`.
    pub(super) fn between(&mut self, from: i64, until: i64) -> i64 {
        from.saturating_add(self.below(until.saturating_sub(from)))
    }

    /// How many of something, less than `limit`.
    pub(super) fn count(&mut self, limit: i64) -> usize {
        usize::try_from(self.below(limit)).unwrap_or_default()
    }

    /// Whether something happens that does so in that many of a hundred cases.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(super) fn pick<T: Copy + Default>(&mut self, several: &[T]) -> T {
        let place = self.count(i64::try_from(several.len()).unwrap_or_default());
        several.get(place).copied().unwrap_or_default()
    }

    /// The same several in another order.
    pub(super) fn shuffle<T>(&mut self, mut several: Vec<T>) -> Vec<T> {
        let mut shuffled = Vec::with_capacity(several.len());
        while !several.is_empty() {
            let place = self.count(i64::try_from(several.len()).unwrap_or_default());
            shuffled.push(several.swap_remove(place));
        }
        shuffled
    }
}
