//! Integers in as few bytes as they need.
//!
//! Enters: unsigned integers; signed ones with the sign in the lowest bit. Leaves: seven bits a byte, the lowest first. Always holds: what was put
//! comes out again; taking from bytes that end too early gives zeros, never a panic.

pub fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

pub fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    put_varint(bytes, (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
}

/// Bytes that are taken from the front.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bytes<'b>(pub &'b [u8]);

impl<'b> Bytes<'b> {
    pub fn varint(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let Some((byte, rest)) = self.0.split_first() else { return 0 };
            self.0 = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        value
    }

    pub fn signed(&mut self) -> i64 {
        let value = self.varint();
        (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
    }

    pub fn take(&mut self, count: usize) -> &'b [u8] {
        let (taken, rest) = self.0.split_at_checked(count).unwrap_or((&[], &[]));
        self.0 = rest;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_comes_out() {
        let values = [0, 1, -1, 63, 64, -64, -65, i64::MAX, i64::MIN, 1_795_032_000_000_000];
        let mut bytes = Vec::new();
        for value in values {
            put_signed(&mut bytes, value);
            put_varint(&mut bytes, value.cast_unsigned());
        }
        let mut rest = Bytes(&bytes);
        for value in values {
            assert_eq!((rest.signed(), rest.varint()), (value, value.cast_unsigned()));
        }
        assert!(rest.0.is_empty());
        assert_eq!((rest.varint(), rest.take(3)), (0, &[][..]));
    }
}
