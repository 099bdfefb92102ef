//! A sale to whose prices two taxes were added, and split over its lines.

use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{ReceiptNumber, SaleLine, SaleRecorded, Tender};
use counterpart_protocol::tax::{Rate, TaxPart, TaxSum};

use crate::golden_basket::{AT_MS, stated};

pub(crate) fn facts() -> Vec<Fact> {
    let line = |line, added| SaleLine {
        line,
        sku: "MUG".parse().unwrap(),
        description: "Enamel mug".to_owned(),
        quantity_milli: Milli::ONE,
        unit_price_minor: Minor(499),
        amount_minor: Minor(499 + added),
        tax_rate: Rate(8_500),
        pricing: None,
        remarks: None,
        added_tax_minor: Some(Minor(added)),
    };
    let part = |name: &str, rate, tax_minor| TaxPart {
        of: Rate(8_500),
        name: name.to_owned(),
        rate: Rate(rate),
        tax_minor: Minor(tax_minor),
    };
    let sale = SaleRecorded {
        sale_id: SaleId::from_parts(AT_MS, 470),
        receipt: ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number: 1_492,
        },
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        lines: vec![line(1, 43), line(2, 42)],
        taxes: vec![TaxSum {
            rate: Rate(8_500),
            gross_minor: Minor(1_083),
            tax_minor: Minor(85),
        }],
        total_minor: Minor(1_083),
        tenders: vec![Tender::cash(Minor(1_083))],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        coupons: None,
        tax_parts: Some(vec![part("State", 4_000, 40), part("City", 4_500, 45)]),
    };
    sale.check().unwrap();
    vec![stated(470, &sale)]
}
