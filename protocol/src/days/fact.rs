//! The facts of a day's end.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::sums::{DaySums, StockCheckpoint};
use crate::facts::{Body, Kind};
use crate::ids::{FactId, RegisterId, ShiftId};
use crate::money::Minor;
use crate::sync::{Chain, DayDigest};
use crate::time::BusinessDate;

/// A store's business day is over and sealed: nothing it states later counts for it. The envelope
/// carries the same date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct DaySealed {
    /// The day.
    #[n(0)]
    pub business_date: BusinessDate,
    /// The day sealed before it: on those between, nothing happened. Nothing for the first.
    #[n(1)]
    pub previous: Option<BusinessDate>,
    /// The number of the last record before the seal, in the feed the seal stands in.
    #[n(2)]
    pub after_seq: u64,
    /// The chain after that record.
    #[n(3)]
    pub chain: Chain,
    /// What counts for the day in that feed, the seal itself excepted.
    #[n(4)]
    pub digest: DayDigest,
    /// The same, by kind of fact.
    #[n(5)]
    pub kinds: Vec<KindCount>,
    /// What was sold and which papers were numbered.
    #[n(6)]
    pub sums: DaySums,
    /// What was on hand when the seal was written.
    #[n(7)]
    pub stock: StockCheckpoint,
    /// Tills that were not closed when the day ended; they go on in the next one.
    #[n(8)]
    pub open_tills: Vec<OpenTill>,
}

impl Body for DaySealed {
    const KIND: Kind = Kind::DaySealed;
}

/// How many facts of one kind count for a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct KindCount {
    /// The kind's number, which may be one this program does not know.
    #[n(0)]
    pub kind_number: u32,
    /// How many.
    #[n(1)]
    pub facts: u64,
}

/// A till that was open at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OpenTill {
    /// Where.
    #[n(0)]
    pub register: RegisterId,
    /// Whose till it is.
    #[n(1)]
    pub shift_id: ShiftId,
    /// The cash that should be in it.
    #[n(2)]
    pub expected_minor: Minor,
}

/// The hub holds a sealed day as the store sealed it: nothing missing, nothing doubled, equal sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct DayCountersigned {
    /// The day.
    #[n(0)]
    pub business_date: BusinessDate,
    /// The seal.
    #[n(1)]
    pub seal: FactId,
    /// The run of the store's feed the seal stands in.
    #[n(2)]
    pub run: u32,
    /// The hub's own digest of the day in that run, the seal itself excepted.
    #[n(3)]
    pub digest: DayDigest,
    /// How many receipts of the day the hub holds.
    #[n(4)]
    pub receipts: u64,
}

impl Body for DayCountersigned {
    const KIND: Kind = Kind::DayCountersigned;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::ChangeHash;
    use crate::facts::{Fact, Header, check_canonical};
    use crate::hlc::Hlc;

    #[track_caller]
    fn travels<B: Body + PartialEq + std::fmt::Debug>(body: &B, hex: &str) {
        let header = Header {
            id: FactId::from_parts(1, 3),
            hlc: Hlc(1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: None,
            staff: None,
        };
        let bytes = Fact::new(header, body).encode();
        check_canonical(&bytes).unwrap();
        assert_eq!(&Fact::decode(&bytes).unwrap().read::<B>().unwrap(), body);
        let written: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(written.contains(hex), "{written}");
    }

    /// The bytes stand in stores' journals for good: what is added later has an index of its own.
    #[test]
    fn the_facts_of_a_days_end_travel_as_these_bytes() {
        let date = BusinessDate::from_days(20_780).unwrap();
        let digest = DayDigest::default().with(&ChangeHash([1; 32]));
        let sealed = DaySealed {
            business_date: date,
            previous: None,
            after_seq: 1,
            chain: Chain([2; 32]),
            digest,
            kinds: vec![KindCount {
                kind_number: 3,
                facts: 1,
            }],
            sums: DaySums::default(),
            stock: StockCheckpoint {
                skus: 0,
                sha256: [3; 32],
            },
            open_tills: vec![OpenTill {
                register: RegisterId(1),
                shift_id: ShiftId::from_parts(1, 1),
                expected_minor: Minor(500),
            }],
        };
        travels(&sealed, SEALED);
        let countersigned = DayCountersigned {
            business_date: date,
            seal: FactId::from_parts(1, 3),
            run: 1,
            digest,
            receipts: 2,
        };
        travels(&countersigned, COUNTERSIGNED);
    }

    /// A map of day, place in the feed, chain, digest, kinds, sums, stock and open tills.
    const SEALED: &str = "a80019512c02010358200202020202020202020202020202020202020202020202020202\
        02020202020204a200010158200101010101010101010101010101010101010101010101010101010101010101\
        0581a20003010106a3008001800280\
        07a200000158200303030303030303030303030303030303030303030303030303030303030303\
        0881a3000101500000000000010000000000000000000102190\
        1f4";
    /// A map of day, seal, run, digest and receipts.
    const COUNTERSIGNED: &str = "a50019512c01500000000000010000000000000000000302010\
        3a200010158200101010101010101010101010101010101010101010101010101010101010101\
        0402";
}
