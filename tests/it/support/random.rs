//! A small seeded generator of random numbers (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not zero.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Both ends in.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = (i128::from(high) - i128::from(low) + 1) as u128;
        (i128::from(low) + (u128::from(self.next()) % span) as i128) as i64
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Both ends in, and favoured, like values around 0.
    pub fn edge(&mut self, low: i64, high: i64) -> i64 {
        if !self.chance(30) {
            return self.between(low, high);
        }
        let near = [low, high, low.saturating_add(1), high.saturating_sub(1), 0, 1, -1];
        (*self.pick(&near)).clamp(low, high)
    }

    /// Any integer; small ones, the extremes of each width and all of 64 bits are about equally likely.
    pub fn integer(&mut self) -> i64 {
        match self.below(5) {
            0 => self.between(-3, 12),
            1 => self.between(-300, 300),
            2 => self.edge(i64::from(i32::MIN), i64::from(i32::MAX)),
            3 => self.edge(i64::MIN, i64::MAX),
            _ => *self.pick(&[255, 256, 65_535, 65_536, i64::from(i32::MAX) + 1, i64::from(i32::MIN) - 1, i64::MIN, i64::MAX]),
        }
    }
}
