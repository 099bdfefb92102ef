//! One fact of every kind, with every field said at least once: what the golden records are made
//! of.

use counterpart_protocol::codes::{CodeSigner, SigningKeyAdded};
use counterpart_protocol::exceptions::{ExceptionId, ExceptionResolved, Resolution, Rule};
use counterpart_protocol::facts::{Body, Fact, Header, NoticePosted, ReferencePublished};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{
    DeliveryId, EdgeNumber, FactId, OutageId, PrintJobId, RegisterId, SaleId, ShiftId, Sku,
    StaffId, TransferId,
};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{RightsAsked, RightsGranted, RightsReturned, SkuUnits};
use counterpart_protocol::sales::{
    BasketVoided, InvoiceIssued, InvoiceReprinted, OutageReason, PaperKind, PaperNumber,
    PrintSettled, ReceiptNumber, ReceiptReprinted, ReceiptUnsigned, SaleLine, SaleRecorded,
    SaleSignature, SaleSigned, Settlement, SigningOutageBegan, SigningOutageEnded, Tender,
    VoidedLine,
};
use counterpart_protocol::shifts::{CashCount, DrawerOpened, Pieces, ShiftClosed, ShiftOpened};
use counterpart_protocol::stock::{
    AdjustReason, AdjustedLine, CountedLine, OpeningBalanceSent, ReceivedAs, ReceivedLine,
    StockAdjusted, StockReceived, TransferExpected, TransferReceived, TransferSent,
};
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;

use crate::{
    golden_badges, golden_basket, golden_coupons, golden_customers, golden_exchange, golden_later,
    golden_orders, golden_permissions, golden_promised, golden_refunds, golden_stored,
    golden_taxes, golden_terminals,
};

pub(crate) const AT_MS: i64 = 1_763_890_000_000;
const SALE: SaleId = SaleId::from_parts(1_763_890_000_000, 5);
const SHIFT: ShiftId = ShiftId::from_parts(1_763_890_000_000, 6);
pub(crate) const STAFF: StaffId = StaffId::from_parts(1_763_890_000_000, 7);
const OUTAGE: OutageId = OutageId::from_parts(1_763_890_000_000, 8);
const TRANSFER: TransferId = TransferId::from_parts(1_763_890_000_000, 9);

/// Returns one fact of every kind.
pub(crate) fn facts() -> Vec<Fact> {
    let mut facts = Facts(Vec::new());
    sales(&mut facts);
    papers(&mut facts);
    tills(&mut facts);
    stock(&mut facts);
    transfers(&mut facts);
    rights_and_news(&mut facts);
    golden_orders::orders(&mut facts);
    golden_later::later(&mut facts);
    let later = [
        golden_basket::facts,
        golden_badges::facts,
        golden_exchange::facts,
        golden_stored::facts,
        golden_refunds::facts,
        golden_terminals::facts,
        golden_customers::facts,
        golden_promised::facts,
        golden_coupons::facts,
        golden_permissions::facts,
        golden_taxes::facts,
    ];
    facts.0.extend(later.into_iter().flat_map(|more| more()));
    facts.0
}

/// The facts so far; each has an id and a time of its own, by its place.
pub(crate) struct Facts(Vec<Fact>);

impl Facts {
    pub(crate) fn say<B: Body>(&mut self, body: &B) {
        let number = self.0.len() as u64 + 1;
        let header = Header {
            id: FactId::from_parts(1_763_890_000_000 + number, u128::from(number)),
            hlc: Hlc::from_parts(1_763_890_000_000 + number, 1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: number.is_multiple_of(2).then_some(RegisterId(2)),
            staff: number.is_multiple_of(3).then_some(STAFF),
        };
        let mut fact = Fact::new(header, body);
        fact.follows = number.is_multiple_of(5).then_some([0x5a; 32]);
        self.0.push(fact);
    }
}

pub(crate) fn sku() -> Sku {
    "TEE-M".parse().unwrap()
}

fn receipt() -> ReceiptNumber {
    ReceiptNumber {
        register: RegisterId(2),
        series: 1,
        number: 1_482,
    }
}

fn voided() -> Vec<VoidedLine> {
    vec![VoidedLine {
        line: 2,
        sku: sku(),
        quantity_milli: Milli(500),
        amount_minor: Minor(750),
        staff: Some(STAFF),
    }]
}

fn sales(facts: &mut Facts) {
    facts.say(&SaleRecorded {
        sale_id: SALE,
        receipt: receipt(),
        shift_id: SHIFT,
        currency: Currency::EUR,
        lines: vec![SaleLine {
            line: 1,
            sku: sku(),
            description: "T-shirt, écru".to_owned(),
            quantity_milli: Milli(2_000),
            unit_price_minor: Minor(1_500),
            amount_minor: Minor(3_000),
            tax_rate: Rate(21_000),
            pricing: None,
            remarks: None,
            added_tax_minor: None,
        }],
        taxes: summarise([(Rate(21_000), Minor(3_000))]).unwrap(),
        total_minor: Minor(3_000),
        tenders: vec![Tender::cash(Minor(5_000))],
        change_minor: Minor(2_000),
        voided: voided(),
        catalog_version: 7,
        rounding_minor: None,
        sold_to: None,
        coupons: None,
        tax_parts: None,
    });
    facts.say(&BasketVoided {
        sale_id: SALE,
        currency: Currency::EUR,
        voided: voided(),
    });
    facts.say(&ReceiptReprinted {
        sale_id: SALE,
        receipt: receipt(),
        copy: 1,
    });
    facts.say(&PrintSettled {
        job_id: PrintJobId::from_parts(1_763_890_000_000, 10),
        sale_id: Some(SALE),
        settlement: Settlement::Reprinted,
    });
}

fn papers(facts: &mut Facts) {
    let number = || PaperNumber {
        kind: PaperKind::Invoice,
        prefix: "GNT".parse().unwrap(),
        edge: EdgeNumber(7),
        series: 1,
        number: 12,
    };
    facts.say(&InvoiceIssued {
        sale_id: SALE,
        receipt: receipt(),
        number: number(),
    });
    facts.say(&InvoiceReprinted {
        sale_id: SALE,
        number: number(),
        copy: 2,
    });
    facts.say(&SaleSigned {
        sale_id: SALE,
        receipt: receipt(),
        signature: SaleSignature {
            serial: "ab12".to_owned(),
            transaction: 44,
            counter: 45,
            began_at_ms: AT_MS,
            signed_at_ms: AT_MS + 30,
            algorithm: "ecdsa-plain-SHA256".to_owned(),
            value: vec![0xc3; 64],
            qr: Some("V0;1;sale".to_owned()),
        },
        outage_id: Some(OUTAGE),
    });
    facts.say(&ReceiptUnsigned {
        sale_id: SALE,
        receipt: receipt(),
        outage_id: OUTAGE,
    });
    facts.say(&SigningOutageBegan {
        outage_id: OUTAGE,
        reason: OutageReason::Silent,
    });
    facts.say(&SigningOutageEnded { outage_id: OUTAGE });
}

fn tills(facts: &mut Facts) {
    let pieces = || CashCount {
        pieces: vec![Pieces {
            value_minor: Minor(500),
            count: 20,
        }],
    };
    facts.say(&ShiftOpened {
        shift_id: SHIFT,
        currency: Currency::EUR,
        float: pieces(),
    });
    facts.say(&ShiftClosed {
        shift_id: SHIFT,
        currency: Currency::EUR,
        z_number: 31,
        counted: pieces(),
        expected_minor: Minor(10_050),
        over_short_minor: Minor(-50),
        reason: Some("a coin fell".to_owned()),
        sales: 12,
        sales_minor: Minor(31_000),
        totals: None,
        others: None,
    });
    facts.say(&DrawerOpened {
        shift_id: SHIFT,
        cause: "change for a note".to_owned(),
        reason: None,
    });
}

fn stock(facts: &mut Facts) {
    facts.say(&StockReceived {
        delivery_id: DeliveryId::from_parts(1_763_890_000_000, 11),
        received_as: ReceivedAs::Opening,
        reference: Some("PO-77".to_owned()),
        lines: vec![ReceivedLine {
            sku: sku(),
            quantity_milli: Milli(12_000),
        }],
    });
    facts.say(&StockAdjusted {
        because: AdjustReason::Damaged,
        lines: vec![AdjustedLine {
            sku: sku(),
            delta_milli: Milli(-1_000),
        }],
        approved_by: Some(STAFF),
    });
}

fn lines() -> Vec<SkuUnits> {
    vec![SkuUnits {
        sku: sku(),
        quantity_milli: Milli(3_000),
    }]
}

fn transfers(facts: &mut Facts) {
    facts.say(&TransferSent {
        transfer_id: TRANSFER,
        to: "bruges".parse().unwrap(),
        lines: lines(),
    });
    facts.say(&TransferExpected {
        transfer_id: TRANSFER,
        from: "ghent".parse().unwrap(),
        from_edge: EdgeNumber(7),
        lines: lines(),
        sent_at_ms: AT_MS,
        sent_fact: Some(FactId::from_parts(1, 2)),
    });
    facts.say(&TransferReceived {
        transfer_id: TRANSFER,
        lines: vec![CountedLine {
            sku: sku(),
            expected_milli: Milli(3_000),
            counted_milli: Milli(2_000),
        }],
    });
    facts.say(&OpeningBalanceSent {
        delivery_id: DeliveryId::from_parts(1_763_890_000_000, 12),
        reference: "old till".to_owned(),
        lines: lines(),
    });
}

fn rights_and_news(facts: &mut Facts) {
    facts.say(&RightsGranted { lines: lines() });
    facts.say(&RightsAsked { lines: lines() });
    facts.say(&RightsReturned { lines: lines() });
    facts.say(&SigningKeyAdded {
        public_key: CodeSigner::from_secret(&[7; 32]).public_key(),
    });
    facts.say(&ExceptionResolved {
        exception_id: ExceptionId::of(Rule::OverSale, &[FactId::from_parts(1, 3)]),
        how: Resolution::Recounted,
    });
    facts.say(&ReferencePublished {
        reference: "catalog".to_owned(),
        version: 3,
        sha256: [0xab; 32],
    });
    facts.say(&NoticePosted {
        text: "doors open at nine".to_owned(),
        until_ms: Some(AT_MS),
    });
}
