//! The facts the model of rights speaks of, and what the product's own reading of their bytes adds.

use std::collections::BTreeMap;

use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, FactId, FulfilmentId, Sku};
use counterpart_protocol::orders::{
    AllocationBroken, AllocationWithdrawn, FulfilmentAllocated, HandedOver, HandoverCheck,
    LinesShorted, ReleaseReason, ShortReason, Units, UnitsReleased, Withdrawal,
};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{
    Rights, RightsGranted, RightsReturned, SkuUnits, Term, effects,
};
use counterpart_protocol::time::BusinessDate;

const EDGE: EdgeNumber = EdgeNumber(7);
/// One unit.
pub(crate) const UNIT: Milli = Milli::units(1);

/// What is said about one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    Granted,
    Returned,
    Reserved,
    Withdrawn,
    HandedOver,
    Shorted,
    Released,
    Broken,
}

/// What every fact adds, by the product's own reading of its bytes.
pub(crate) struct Meaning(BTreeMap<Said, Term>);

impl Meaning {
    pub(crate) fn read() -> Self {
        let meaning = [
            (Said::Granted, of(&RightsGranted { lines: lines() }, EDGE)),
            (
                Said::Returned,
                of(&RightsReturned { lines: lines() }, EdgeNumber::HUB),
            ),
            (Said::Reserved, of(&reserved(), EdgeNumber::HUB)),
            (Said::Withdrawn, of(&withdrawn(), EdgeNumber::HUB)),
            (Said::HandedOver, of(&handed_over(), EDGE)),
            (Said::Shorted, of(&shorted(), EDGE)),
            (Said::Released, of(&released(), EDGE)),
            (Said::Broken, of(&broken(), EDGE)),
        ];
        Self(meaning.into())
    }

    pub(crate) fn sum(&self, facts: &[(Said, u8)]) -> Rights {
        let mut rights = Rights::default();
        for (said, count) in facts {
            for _ in 0..*count {
                rights = rights.with(self.0[said], UNIT);
            }
        }
        rights
    }
}

fn of<B: Body>(body: &B, writer: EdgeNumber) -> Term {
    let header = Header {
        id: FactId::from_parts(1, 1),
        hlc: Hlc(1),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: None,
        staff: None,
    };
    let bytes = Fact::new(header, body).encode();
    let read = effects(&Fact::decode(&bytes).unwrap(), writer, Some(EDGE)).unwrap();
    let [effect] = read.as_slice() else {
        panic!("one unit of one SKU has one effect: {read:?}");
    };
    assert_eq!((effect.edge, effect.quantity_milli), (EDGE, UNIT));
    effect.term
}

fn sku() -> Sku {
    "TEE-M".parse().unwrap()
}

fn lines() -> Vec<SkuUnits> {
    vec![SkuUnits {
        sku: sku(),
        quantity_milli: UNIT,
    }]
}

fn unit() -> Vec<Units> {
    vec![Units::of(1, &sku(), UNIT)]
}

const PART: FulfilmentId = FulfilmentId::from_parts(1, 1);

fn reserved() -> FulfilmentAllocated {
    FulfilmentAllocated {
        fulfilment_id: PART,
        store: "ghent".parse().unwrap(),
        edge: EDGE,
        units: unit(),
    }
}

fn withdrawn() -> AllocationWithdrawn {
    AllocationWithdrawn {
        fulfilment_id: PART,
        edge: EDGE,
        units: unit(),
        because: Withdrawal::Cancelled,
    }
}

fn handed_over() -> HandedOver {
    HandedOver {
        fulfilment_id: PART,
        units: unit(),
        checked_by: HandoverCheck::Code,
        approved_by: None,
    }
}

fn shorted() -> LinesShorted {
    LinesShorted {
        fulfilment_id: PART,
        units: unit(),
        because: ShortReason::NotFound,
    }
}

fn released() -> UnitsReleased {
    UnitsReleased {
        fulfilment_id: PART,
        units: unit(),
        because: ReleaseReason::Expired,
    }
}

fn broken() -> AllocationBroken {
    AllocationBroken {
        fulfilment_id: PART,
        units: unit(),
        cause: FactId::from_parts(9, 9),
    }
}
