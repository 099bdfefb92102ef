//! The facts of kinds that came after the first forty, and of bodies that grew.

use counterpart_protocol::days::{
    DayCountersigned, DaySealed, DaySums, KindCount, OpenTill, StockCheckpoint,
};
use counterpart_protocol::generations::GenerationOpened;
use counterpart_protocol::ids::{
    EdgeNumber, FactId, Incarnation, RegisterId, ReturnId, SaleId, ShiftId, StaffId,
};
use counterpart_protocol::lives::{LifeBecause, LifeOpened, RecoveryEnded};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{Disposition, ReturnLine, ReturnRecorded};
use counterpart_protocol::sales::{
    ByHand, LinePricing, LineReduction, PaperKind, PaperNumber, ReceiptNumber, ReducedBy, SaleLine,
    SaleRecorded, Tender,
};
use counterpart_protocol::shifts::{
    CashCount, CashMoved, CashMovement, DrawerOpened, ReportReprinted, ShiftClosed, ShiftTotals,
};
use counterpart_protocol::sync::{Chain, DayDigest};
use counterpart_protocol::tax::{Rate, TaxSum, summarise};
use counterpart_protocol::time::BusinessDate;

use crate::golden_cards::cards;
use crate::golden_facts::Facts;
use crate::golden_money::money;

const SHIFT: ShiftId = ShiftId::from_parts(1_763_890_000_000, 6);
const SALE: SaleId = SaleId::from_parts(1_763_890_000_000, 8);
const RECEIPT: ReceiptNumber = ReceiptNumber {
    register: RegisterId(2),
    series: 1,
    number: 17,
};
const STAFF: StaffId = StaffId::from_parts(1_763_890_000_000, 7);
const DIGEST: DayDigest = DayDigest {
    count: 17,
    sum: [0x3c; 32],
};

/// Says them, behind all earlier ones: what was written once is never changed.
pub(crate) fn later(facts: &mut Facts) {
    cash(facts);
    days(facts);
    facts.say(&LifeOpened {
        incarnation: Incarnation(1_004_640),
        before: Incarnation(1),
        held_seq: 512,
        because: LifeBecause::Restored,
    });
    facts.say(&RecoveryEnded {
        incarnation: Incarnation(1_004_640),
        pulled: 10,
        restated: 3,
        unproven_from_ms: Some(1_763_890_000_000),
    });
    till(facts);
    facts.say(&GenerationOpened {
        generation: 1_004_641,
        before: 1,
        held_seq: 40,
        because: LifeBecause::Restored,
        unproven_from_ms: Some(1_763_890_000_000),
    });
    cards(facts);
    money(facts);
}

/// A sale whose price has a story, and what came back of it.
fn till(facts: &mut Facts) {
    let by_hand = ByHand {
        reason: "damaged".to_owned(),
        by: Some(STAFF),
        approved_by: Some(STAFF),
    };
    let because = [
        ReducedBy::Promotion {
            id: "tees".to_owned(),
            name: "Tees: a tenth off".to_owned(),
        },
        ReducedBy::Line(by_hand.clone()),
        ReducedBy::Sale(by_hand.clone()),
    ];
    let line = SaleLine {
        line: 1,
        sku: "TEE-M".parse().unwrap(),
        description: "T-shirt, M".to_owned(),
        quantity_milli: Milli::units(2),
        unit_price_minor: Minor(1_500),
        amount_minor: Minor(2_400),
        tax_rate: Rate(21_000),
        pricing: Some(LinePricing {
            list_price_minor: Minor(1_999),
            typed: Some(by_hand),
            reductions: because
                .into_iter()
                .map(|because| LineReduction {
                    amount_minor: Minor(200),
                    because,
                })
                .collect(),
        }),
        remarks: None,
        added_tax_minor: None,
    };
    let taxes = summarise([(line.tax_rate, line.amount_minor)]).unwrap();
    let sale = SaleRecorded {
        sale_id: SALE,
        receipt: RECEIPT,
        shift_id: SHIFT,
        currency: Currency::EUR,
        lines: vec![line],
        taxes,
        total_minor: Minor(2_400),
        tenders: vec![Tender::cash(Minor(2_400))],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    facts.say(&sale);
    facts.say(&back());
}

pub(crate) fn back() -> ReturnRecorded {
    ReturnRecorded {
        return_id: ReturnId::from_parts(1_763_890_000_000, 50),
        number: PaperNumber {
            kind: PaperKind::Return,
            prefix: "GHE".parse().unwrap(),
            edge: EdgeNumber(7),
            series: 1,
            number: 3,
        },
        sale_id: SALE,
        receipt: RECEIPT,
        shift_id: SHIFT,
        currency: Currency::EUR,
        lines: vec![ReturnLine {
            line: 1,
            sku: "TEE-M".parse().unwrap(),
            description: "T-shirt, M".to_owned(),
            quantity_milli: Milli::ONE,
            amount_minor: Minor(1_200),
            tax_rate: Rate(21_000),
            reason: "size".to_owned(),
            disposition: Disposition::OpenBox,
        }],
        taxes: summarise([(Rate(21_000), Minor(1_200))]).unwrap(),
        total_minor: Minor(1_200),
        tenders: vec![Tender::cash(Minor(1_200))],
        approved_by: Some(STAFF),
        instead: None,
        rounding_minor: None,
        provisional: None,
    }
}

fn cash(facts: &mut Facts) {
    facts.say(&CashMoved {
        shift_id: SHIFT,
        currency: Currency::EUR,
        movement: CashMovement::PaidOut,
        amount_minor: Minor(1_250),
        reason: Some("purchase".to_owned()),
        reference: Some("BILL 17".to_owned()),
        approved_by: Some(STAFF),
    });
    facts.say(&DrawerOpened {
        shift_id: SHIFT,
        cause: "no_sale".to_owned(),
        reason: Some("looked".to_owned()),
    });
    let totals = ShiftTotals {
        paid_in_minor: Minor(5_000),
        paid_out_minor: Minor(1_250),
        dropped_minor: Minor(50_000),
        no_sales: 2,
        taxes: vec![TaxSum {
            rate: Rate(21_000),
            gross_minor: Minor(31_000),
            tax_minor: Minor(5_380),
        }],
        perpetual_minor: Minor(987_654_321),
        returned: None,
        tenders: None,
        rounding_minor: None,
    };
    facts.say(&ShiftClosed {
        shift_id: SHIFT,
        currency: Currency::EUR,
        z_number: 32,
        counted: CashCount::default(),
        expected_minor: Minor(0),
        over_short_minor: Minor(0),
        reason: None,
        sales: 12,
        sales_minor: Minor(31_000),
        totals: Some(totals),
        others: None,
    });
    facts.say(&ReportReprinted {
        shift_id: SHIFT,
        copy: 1,
    });
}

fn days(facts: &mut Facts) {
    let day = BusinessDate::from_days(20_780).unwrap();
    facts.say(&DaySealed {
        business_date: day,
        previous: Some(BusinessDate::from_days(20_778).unwrap()),
        after_seq: 512,
        chain: Chain([0x5a; 32]),
        digest: DIGEST,
        kinds: vec![KindCount {
            kind_number: 1,
            facts: 17,
        }],
        sums: DaySums::default(),
        stock: StockCheckpoint::of([("TEE-M", 5_000)]),
        open_tills: vec![OpenTill {
            register: RegisterId(2),
            shift_id: SHIFT,
            expected_minor: Minor(10_050),
        }],
    });
    facts.say(&DayCountersigned {
        business_date: day,
        seal: FactId::from_parts(1_763_890_000_000, 40),
        run: 1,
        digest: DIGEST,
        receipts: 17,
    });
}
