//! A sale of which more is said line by line, and a gift receipt. Their ids and times do not depend
//! on what stands before them in the list.

use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, RegisterId, SaleId, ShiftId, Sku, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{
    AgeAsked, ByDepartment, GiftReceiptPrinted, LineRemarks, ReceiptNumber, SaleLine, SaleRecorded,
    Tender,
};
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;

pub(crate) const AT_MS: u64 = 1_763_890_000_000;
const SALE: SaleId = SaleId::from_parts(AT_MS, 370);
pub(crate) const STAFF: StaffId = StaffId::from_parts(AT_MS, 7);
const RECEIPT: ReceiptNumber = ReceiptNumber {
    register: RegisterId(2),
    series: 1,
    number: 1_490,
};

pub(crate) fn stated(number: u64, body: &impl Body) -> Fact {
    let header = Header {
        id: FactId::from_parts(AT_MS + number, u128::from(number)),
        hlc: Hlc::from_parts(AT_MS + number, 1),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: Some(RegisterId(2)),
        staff: Some(STAFF),
    };
    Fact::new(header, body)
}

pub(crate) fn facts() -> Vec<Fact> {
    let line = SaleLine {
        line: 1,
        sku: Sku::of_department("Home & garden"),
        description: "Home & garden".to_owned(),
        quantity_milli: Milli::ONE,
        unit_price_minor: Minor(1_250),
        amount_minor: Minor(1_250),
        tax_rate: Rate(21_000),
        pricing: None,
        remarks: Some(LineRemarks {
            by_department: Some(ByDepartment {
                department: "Home & garden".to_owned(),
                code: Some("4012345678901".to_owned()),
                approved_by: Some(STAFF),
            }),
            note: Some("the last one".to_owned()),
            sold_by: Some(STAFF),
            age: Some(AgeAsked {
                years: 18,
                confirmed_by: Some(STAFF),
            }),
            goes_with: Some(1),
            stored: None,
            traced: None,
            promised: None,
        }),
        added_tax_minor: None,
    };
    let sale = SaleRecorded {
        sale_id: SALE,
        receipt: RECEIPT,
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        taxes: summarise([(line.tax_rate, line.amount_minor)]).unwrap(),
        lines: vec![line],
        total_minor: Minor(1_250),
        tenders: vec![Tender::cash(Minor(1_250))],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    let gift = GiftReceiptPrinted {
        sale_id: SALE,
        receipt: RECEIPT,
        paper: 1,
    };
    vec![stated(370, &sale), stated(371, &gift)]
}
