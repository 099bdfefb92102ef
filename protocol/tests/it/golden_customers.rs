//! A sale to a customer of a group who pays no tax, by a certificate somebody read at the till; and
//! the lot of what was sold.

use counterpart_protocol::catalog::Traced;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{CustomerId, RegisterId, SaleId, ShiftId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{
    ByHand, Exempted, LinePricing, LineReduction, LineRemarks, ReceiptNumber, ReducedBy, SaleLine,
    SaleRecorded, SoldTo, Tender, TracedAs,
};
use counterpart_protocol::tax::{Rate, summarise};

use crate::golden_basket::{AT_MS, STAFF, stated};

pub(crate) fn facts() -> Vec<Fact> {
    let line = SaleLine {
        line: 1,
        sku: "TEE-M".parse().unwrap(),
        description: "T-shirt, M".to_owned(),
        quantity_milli: Milli::ONE,
        unit_price_minor: Minor(1_210),
        amount_minor: Minor(1_000),
        tax_rate: Rate(0),
        pricing: Some(LinePricing {
            list_price_minor: Minor(1_210),
            typed: None,
            reductions: vec![LineReduction {
                amount_minor: Minor(210),
                because: ReducedBy::TaxExempt { rate: Rate(21_000) },
            }],
        }),
        remarks: Some(LineRemarks {
            traced: Some(TracedAs {
                traced: Traced::Lot,
                number: Some("L-2026-11".to_owned()),
            }),
            ..LineRemarks::default()
        }),
        added_tax_minor: None,
    };
    let sale = SaleRecorded {
        sale_id: SaleId::from_parts(AT_MS, 452),
        receipt: ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number: 1_491,
        },
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        taxes: summarise([(line.tax_rate, line.amount_minor)]).unwrap(),
        lines: vec![line],
        total_minor: Minor(1_000),
        tenders: vec![Tender::cash(Minor(1_000))],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: Some(SoldTo {
            customer_id: Some(CustomerId::from_parts(AT_MS, 453)),
            group: Some("members".parse().unwrap()),
            group_name: Some("Members".to_owned()),
            exempted: Some(Exempted {
                certificate: "BE 0123".parse().unwrap(),
                by_hand: Some(ByHand {
                    reason: "tax_exempt".to_owned(),
                    by: Some(STAFF),
                    approved_by: Some(STAFF),
                }),
            }),
        }),
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    vec![stated(452, &sale)]
}
