//! Sales that took units which were not the store's own to sell: with a manager's PIN, and by a
//! manager alone. Ids and times do not depend on what stands before them in the list.

use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{
    LineRemarks, PromisedSold, ReceiptNumber, SaleLine, SaleRecorded, Tender,
};
use counterpart_protocol::tax::{Rate, summarise};

use crate::golden_basket::{AT_MS, STAFF, stated};

fn sale(number: u32, promised: PromisedSold) -> SaleRecorded {
    let line = SaleLine {
        line: 1,
        sku: "CAMERA".parse().unwrap(),
        description: "Camera".to_owned(),
        quantity_milli: Milli::units(2),
        unit_price_minor: Minor(49_900),
        amount_minor: Minor(99_800),
        tax_rate: Rate(21_000),
        pricing: None,
        remarks: Some(LineRemarks {
            promised: Some(promised),
            ..LineRemarks::default()
        }),
        added_tax_minor: None,
    };
    let sale = SaleRecorded {
        sale_id: SaleId::from_parts(AT_MS, u128::from(number)),
        receipt: ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number,
        },
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        taxes: summarise([(line.tax_rate, line.amount_minor)]).unwrap(),
        lines: vec![line],
        total_minor: Minor(99_800),
        tenders: vec![Tender::cash(Minor(99_800))],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    sale
}

pub(crate) fn facts() -> Vec<Fact> {
    let approved = PromisedSold {
        quantity_milli: Milli::ONE,
        by: STAFF,
        approved_by: Some(StaffId::from_parts(AT_MS, 9)),
        on_hand_milli: Milli::units(3),
        own_milli: Milli::ONE,
    };
    let alone = PromisedSold {
        quantity_milli: Milli::units(2),
        approved_by: None,
        on_hand_milli: Milli::units(-1),
        own_milli: Milli::ZERO,
        ..approved.clone()
    };
    let (approved, alone) = (sale(1_491, approved), sale(1_492, alone));
    let said = |sale: &SaleRecorded| sale.lines[0].promised().map(|it| it.approved_by.is_some());
    assert_eq!((said(&approved), said(&alone)), (Some(true), Some(false)));
    vec![stated(450, &approved), stated(451, &alone)]
}
