//! A refund without the right to, and what the hub tells stores of refunds elsewhere. Their ids and
//! times do not depend on what stands before them in the list.

use counterpart_protocol::codes::PublicKey;
use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{
    EdgeNumber, FactId, RegisterId, ReturnId, SaleId, ShiftId, StaffId,
};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{
    CameBack, Disposition, Provisional, RefundOf, RefundsTold, ReturnLine, ReturnRecorded,
    SoldUnits, WhyProvisional,
};
use counterpart_protocol::sales::{PaperKind, PaperNumber, ReceiptNumber, Tender};
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;

const AT_MS: u64 = 1_763_890_000_000;
const SALE: SaleId = SaleId::from_parts(AT_MS, 420);
const RECEIPT: ReceiptNumber = ReceiptNumber {
    register: RegisterId(1),
    series: 1,
    number: 77,
};

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
    let back = returned();
    back.check().unwrap();
    let told = told(&back);
    assert!(told.is_news() && told.over().is_none());
    vec![stated(420, &back), stated(421, &told)]
}

fn returned() -> ReturnRecorded {
    ReturnRecorded {
        return_id: ReturnId::from_parts(AT_MS, 420),
        number: PaperNumber {
            kind: PaperKind::Return,
            prefix: "ANT".parse().unwrap(),
            edge: EdgeNumber(8),
            series: 1,
            number: 2,
        },
        sale_id: SALE,
        receipt: RECEIPT,
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        lines: vec![ReturnLine {
            line: 1,
            sku: "TEE-M".parse().unwrap(),
            description: "T-shirt, M".to_owned(),
            quantity_milli: Milli::ONE,
            amount_minor: Minor(1_999),
            tax_rate: Rate(21_000),
            reason: "size".to_owned(),
            disposition: Disposition::Restock,
        }],
        taxes: summarise([(Rate(21_000), Minor(1_999))]).unwrap(),
        total_minor: Minor(1_999),
        tenders: vec![Tender::cash(Minor(1_999))],
        approved_by: None,
        instead: None,
        rounding_minor: None,
        provisional: Some(Provisional {
            sold_by: "ghent-1".parse().unwrap(),
            sold_on: BusinessDate::from_days(20_779).unwrap(),
            key_id: PublicKey([9; 32]).id(),
            why: WhyProvisional::HubAway,
        }),
    }
}

fn told(back: &ReturnRecorded) -> RefundsTold {
    RefundsTold {
        sale_id: SALE,
        sold_by: "ghent-1".parse().unwrap(),
        receipt: RECEIPT,
        currency: Currency::EUR,
        sold: vec![SoldUnits {
            line: 1,
            sku: "TEE-M".parse().unwrap(),
            quantity_milli: Milli::ONE,
        }],
        refunds: vec![RefundOf {
            fact_id: FactId::from_parts(AT_MS + 420, 420),
            store: "antwerp-1".parse().unwrap(),
            edge: EdgeNumber(8),
            register: Some(RegisterId(2)),
            at_ms: 1_763_890_000_420,
            number: back.number.to_string(),
            is_provisional: true,
            total_minor: back.total_minor,
            back: CameBack::of(back),
        }],
    }
}
