//! The facts of cards, and the bodies that grew by them.

use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{InCash, ReturnRecorded};
use counterpart_protocol::sales::{
    CardGivenBack, CardPaid, CardSaid, CardSettled, ReceiptNumber, SaleLine, SaleRecorded, Tender,
    TenderKind,
};
use counterpart_protocol::shifts::{CashCount, ShiftClosed, ShiftTender, ShiftTotals};
use counterpart_protocol::tax::{Rate, summarise};

use crate::golden_facts::Facts;
use crate::golden_later::back;

const SHIFT: ShiftId = ShiftId::from_parts(1_763_890_000_000, 6);
const SALE: SaleId = SaleId::from_parts(1_763_890_000_000, 60);
const STAFF: StaffId = StaffId::from_parts(1_763_890_000_000, 7);

fn card(intent: &str, transaction: &str) -> CardPaid {
    CardPaid {
        intent: intent.to_owned(),
        transaction: Some(transaction.to_owned()),
        transaction_at: Some("2026-11-29T22:00:00.000Z".to_owned()),
        scheme: Some("visa".to_owned()),
        last_four: Some("1111".to_owned()),
        authorisation: Some("123456".to_owned()),
        offline: true,
        said_by: None,
    }
}

/// Says them, behind all earlier ones.
pub(crate) fn cards(facts: &mut Facts) {
    let line = SaleLine {
        line: 1,
        sku: "TEE-M".parse().unwrap(),
        description: "T-shirt, M".to_owned(),
        quantity_milli: Milli::units(2),
        unit_price_minor: Minor(1_200),
        amount_minor: Minor(2_400),
        tax_rate: Rate(21_000),
        pricing: None,
        remarks: None,
        added_tax_minor: None,
    };
    let sale = SaleRecorded {
        sale_id: SALE,
        receipt: ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number: 18,
        },
        shift_id: SHIFT,
        currency: Currency::EUR,
        taxes: summarise([(line.tax_rate, line.amount_minor)]).unwrap(),
        lines: vec![line],
        total_minor: Minor(2_400),
        tenders: vec![
            Tender::cash(Minor(1_500)),
            Tender::card(Minor(1_200), card("A1B2C3D4E5", "T0001")),
        ],
        change_minor: Minor(300),
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    facts.say(&sale);
    let returned = ReturnRecorded {
        tenders: vec![
            Tender::card(Minor(700), card("A1B2C3D4E6", "T0002")),
            Tender::cash(Minor(500)),
        ],
        instead: Some(InCash {
            amount_minor: Minor(500),
            why: "no_terminal".to_owned(),
        }),
        ..back()
    };
    returned.check().unwrap();
    facts.say(&returned);
    beside_sales(facts);
}

/// What is stated of cards beside a sale, and the Z that names them.
fn beside_sales(facts: &mut Facts) {
    facts.say(&CardGivenBack {
        sale_id: SALE,
        payment: "A1B2C3D4E7".to_owned(),
        currency: Currency::EUR,
        amount_minor: Minor(1_200),
        card: card("A1B2C3D4E8", "T0003"),
    });
    facts.say(&CardSettled {
        sale_id: SALE,
        intent: "A1B2C3D4E9".to_owned(),
        currency: Currency::EUR,
        amount_minor: Minor(1_200),
        said: CardSaid::NotMoved,
        by: STAFF,
    });
    let totals = ShiftTotals {
        perpetual_minor: Minor(2_400),
        tenders: Some(vec![ShiftTender {
            kind: TenderKind::Card,
            payments: 1,
            taken_minor: Minor(1_200),
            refunds: 1,
            back_minor: Minor(700),
            currency: None,
            counts_minor: None,
        }]),
        ..ShiftTotals::default()
    };
    facts.say(&ShiftClosed {
        shift_id: SHIFT,
        currency: Currency::EUR,
        z_number: 33,
        counted: CashCount::default(),
        expected_minor: Minor(0),
        over_short_minor: Minor(0),
        reason: None,
        sales: 1,
        sales_minor: Minor(2_400),
        totals: Some(totals),
        others: None,
    });
}
