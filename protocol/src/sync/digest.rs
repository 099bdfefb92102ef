//! Day digests: do both sides hold the same records of a business date, whatever their order?

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::documents::ChangeHash;

/// The count of changes of one stream and business date, and the sum of their hashes mod 2²⁵⁶.
///
/// Law: adding is commutative and associative, so any order and batching gives the same digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct DayDigest {
    /// How many changes.
    #[n(0)]
    pub count: u64,
    /// The sum of their hashes, little-endian, mod 2²⁵⁶.
    #[cbor(n(1), with = "minicbor::bytes")]
    #[serde(serialize_with = "crate::facts::hex")]
    pub sum: [u8; 32],
}

impl DayDigest {
    /// Returns the digest with one more change in it.
    #[must_use]
    pub fn with(self, change: &ChangeHash) -> Self {
        let mut sum = [0; 32];
        let mut carry = 0_u16;
        for (at, byte) in sum.iter_mut().enumerate() {
            let total = u16::from(self.sum[at]) + u16::from(change.0[at]) + carry;
            *byte = (total & 0xff) as u8;
            carry = total >> 8;
        }
        Self {
            count: self.count + 1,
            sum,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::DayDigest;
    use crate::documents::ChangeHash;

    #[test]
    fn the_sum_carries_and_wraps() {
        let full = DayDigest::default().with(&ChangeHash([0xff; 32]));
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(
            full.with(&ChangeHash(one)),
            DayDigest {
                count: 2,
                sum: [0; 32]
            }
        );
    }

    proptest! {
        #[test]
        fn order_does_not_matter(
            mut hashes in prop::collection::vec(any::<[u8; 32]>(), 0..20),
            by in 0_usize..20,
        ) {
            let digest = |hashes: &[[u8; 32]]| {
                hashes.iter().fold(DayDigest::default(), |d, h| d.with(&ChangeHash(*h)))
            };
            let before = digest(&hashes);
            let by = if hashes.is_empty() { 0 } else { by % hashes.len() };
            hashes.rotate_left(by);
            prop_assert_eq!(before, digest(&hashes));
        }
    }
}
