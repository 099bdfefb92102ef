//! What payment terminals counted. Ids and times do not depend on what stands before them in the
//! list.

use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, RegisterId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::shifts::{CardCount, TerminalCounted};
use counterpart_protocol::time::BusinessDate;

const AT_MS: u64 = 1_763_890_000_000;

fn stated(number: u64, body: &impl Body) -> Fact {
    let header = Header {
        id: FactId::from_parts(AT_MS + number, u128::from(number)),
        hlc: Hlc::from_parts(AT_MS + number, 1),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: Some(RegisterId(2)),
        staff: Some(StaffId::from_parts(AT_MS, 7)),
    };
    Fact::new(header, body)
}

pub(crate) fn facts() -> Vec<Fact> {
    let store = CardCount {
        payments: 45,
        paid_minor: Minor(123_450),
        reversals: 1,
        reversed_minor: Minor(1_200),
    };
    let counted = |terminal: Option<CardCount>, why: Option<&str>| TerminalCounted {
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        store,
        terminal,
        unknown_because: why.map(str::to_owned),
    };
    let more = CardCount {
        payments: 46,
        paid_minor: Minor(124_650),
        ..store
    };
    let (same, differs) = (counted(Some(store), None), counted(Some(more), None));
    let lost = counted(None, Some("the payment terminal did not answer"));
    assert!(same.agrees() && !differs.agrees() && !lost.agrees());
    let over = [&same, &differs, &lost].map(TerminalCounted::over_short_minor);
    assert_eq!(over, [Some(Minor(0)), Some(Minor(1_200)), None]);
    vec![
        stated(440, &same),
        stated(441, &differs),
        stated(442, &lost),
    ]
}
