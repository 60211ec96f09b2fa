//! A tiny seeded source of randomness (SplitMix64), so that a file of leads is the same on every machine and for ever.
//!
//! Enters: a seed. Leaves: whole numbers in the ranges asked for. Holds: no floating point; each draw takes exactly one step.

pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `count` - 1. The bias of the multiplication is below one in a billion for every count used here.
    pub fn below(&mut self, count: u32) -> u32 {
        ((u128::from(self.next()) * u128::from(count)) >> 64) as u32
    }

    /// Both ends in.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, members: &[T]) -> T {
        members[self.below(members.len() as u32) as usize]
    }

    /// A member by its weight; `total` is the sum of the weights.
    pub fn weighted<T: Copy>(&mut self, members: &[(T, u32)]) -> T {
        let total: u32 = members.iter().map(|(_, weight)| weight).sum();
        let mut turn = self.below(total);
        for &(member, weight) in members {
            if turn < weight {
                return member;
            }
            turn -= weight;
        }
        unreachable!("a turn is less than the total of the weights")
    }
}
