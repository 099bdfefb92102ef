//! Gift cards and credits: sold and redeemed, given for a return, and what the hub tells of one.
//! Their ids and times do not depend on what stands before them in the list.

use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{
    EdgeNumber, FactId, HoldId, RegisterId, ReturnId, SaleId, ShiftId, Sku, StaffId,
};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{Disposition, ReturnLine, ReturnRecorded};
use counterpart_protocol::sales::{
    LineRemarks, PaperKind, PaperNumber, ReceiptNumber, SaleLine, SaleRecorded, Tender,
};
use counterpart_protocol::stored::{
    StoredCard, StoredKind, StoredKnown, StoredNumber, StoredPaid, StoredSold, StoredTold,
    StoredUse,
};
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;

const AT_MS: u64 = 1_763_890_000_000;
const SALE: SaleId = SaleId::from_parts(AT_MS, 380);
const STAFF: StaffId = StaffId::from_parts(AT_MS, 7);
const RECEIPT: ReceiptNumber = ReceiptNumber {
    register: RegisterId(2),
    series: 1,
    number: 1_500,
};

fn stated(number: u64, body: &impl Body) -> Fact {
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
    let gift = StoredNumber::draw(StoredKind::GiftCard, 42).card();
    let credit = StoredNumber::draw(StoredKind::StoreCredit, 43).card();
    let line = SaleLine {
        line: 1,
        sku: Sku::of_stored_value(),
        description: format!("Gift card ****{}", gift.last_four),
        quantity_milli: Milli::ONE,
        unit_price_minor: Minor(5_000),
        amount_minor: Minor(5_000),
        tax_rate: Rate(0),
        pricing: None,
        remarks: Some(LineRemarks {
            stored: Some(StoredSold {
                card: Some(gift.clone()),
                approved_by: Some(STAFF),
            }),
            ..LineRemarks::default()
        }),
        added_tax_minor: None,
    };
    let held = StoredPaid {
        card: credit.clone(),
        hold: Some(HoldId::from_parts(AT_MS, 1)),
        offline: None,
    };
    let offline = StoredPaid {
        card: gift.clone(),
        hold: None,
        offline: Some(StoredKnown {
            balance_minor: Minor(2_000),
            told_at_ms: Some(1_763_880_000_000),
        }),
    };
    let sale = SaleRecorded {
        sale_id: SALE,
        receipt: RECEIPT,
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        taxes: summarise([(line.tax_rate, line.amount_minor)]).unwrap(),
        lines: vec![line],
        total_minor: Minor(5_000),
        tenders: vec![
            Tender::stored(Minor(3_000), held),
            Tender::stored(Minor(2_000), offline),
        ],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    sale.check().unwrap();
    let given = StoredPaid {
        card: credit,
        hold: None,
        offline: None,
    };
    vec![
        stated(380, &sale),
        stated(381, &returned(given)),
        stated(382, &told(gift)),
    ]
}

fn told(card: StoredCard) -> StoredTold {
    StoredTold {
        card,
        is_blocked: true,
        currency: Currency::EUR,
        over_minor: Minor(500),
        uses: vec![StoredUse {
            fact_id: FactId::from_parts(AT_MS + 380, 380),
            store_id: "ghent-1".parse().unwrap(),
            at_ms: 1_763_890_000_380,
            amount_minor: Minor(2_000),
            edge: EdgeNumber(7),
        }],
    }
}

fn returned(given: StoredPaid) -> ReturnRecorded {
    let back = ReturnRecorded {
        return_id: ReturnId::from_parts(AT_MS, 381),
        number: PaperNumber {
            kind: PaperKind::Return,
            prefix: "GHE".parse().unwrap(),
            edge: EdgeNumber(7),
            series: 1,
            number: 9,
        },
        sale_id: SALE,
        receipt: RECEIPT,
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        lines: vec![ReturnLine {
            line: 2,
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
        tenders: vec![Tender::stored(Minor(1_999), given)],
        approved_by: None,
        instead: None,
        rounding_minor: None,
        provisional: None,
    };
    back.check().unwrap();
    back
}
