//! The two halves of an exchange. Their ids and times do not depend on what stands before them in
//! the list.

use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{
    EdgeNumber, FactId, RegisterId, ReturnId, SaleId, ShiftId, StoreId,
};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{
    CameBack, RefundRightAsked, RefundRightGranted, RefundRightPassed, RefundRightRefused,
    RefundRightWanted, ReturnRecorded, WhyNotPassed,
};
use counterpart_protocol::sales::{
    CardPaid, Exchanged, OnAccount, PaidByCard, PaidByStored, PaidOnAccount, ReceiptNumber,
    SaleLine, SaleRecorded, Tender,
};
use counterpart_protocol::stored::{StoredKind, StoredNumber, StoredPaid};
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;

use crate::golden_basket::{AT_MS, stated};
use crate::golden_later::back;

const SALE: SaleId = SaleId::from_parts(AT_MS, 490);
const RETURN: ReturnId = ReturnId::from_parts(AT_MS, 491);

fn exchanged() -> Exchanged {
    Exchanged {
        sale_id: SALE,
        return_id: RETURN,
        cards: vec![PaidByCard {
            amount_minor: Minor(700),
            card: CardPaid {
                intent: "A1B2C3D4E5".to_owned(),
                transaction: Some("T0001".to_owned()),
                ..CardPaid::default()
            },
        }],
        accounts: vec![PaidOnAccount {
            amount_minor: Minor(100),
            account: OnAccount {
                account: "K-1042".to_owned(),
            },
        }],
        stored: vec![PaidByStored {
            amount_minor: Minor(50),
            stored: StoredPaid {
                card: StoredNumber::draw(StoredKind::GiftCard, 490).card(),
                hold: None,
                offline: None,
            },
        }],
    }
}

pub(crate) fn facts() -> Vec<Fact> {
    let counts = Tender::exchanged(Minor(1_000), exchanged());
    let line = SaleLine {
        line: 1,
        sku: "TEE-L".parse().unwrap(),
        description: "T-shirt, L".to_owned(),
        quantity_milli: Milli::ONE,
        unit_price_minor: Minor(1_000),
        amount_minor: Minor(1_000),
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
            number: 1_491,
        },
        shift_id: ShiftId::from_parts(AT_MS, 6),
        currency: Currency::EUR,
        taxes: summarise([(line.tax_rate, line.amount_minor)]).unwrap(),
        lines: vec![line],
        total_minor: Minor(1_000),
        tenders: vec![counts.clone()],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    };
    let came_back = back();
    let rest = came_back.total_minor.minus(Minor(1_000)).unwrap();
    let came_back = ReturnRecorded {
        return_id: RETURN,
        tenders: vec![Tender::cash(rest), counts],
        instead: None,
        rounding_minor: None,
        ..came_back
    };
    sale.check().unwrap();
    came_back.check().unwrap();
    let mut all = vec![stated(490, &came_back), stated(491, &sale)];
    all.extend(rights(&sale, &came_back));
    all
}

/// The right to refund that sale, as it goes from store to store.
fn rights(sale: &SaleRecorded, came_back: &ReturnRecorded) -> Vec<Fact> {
    let (ask, to) = (FactId::from_parts(AT_MS, 492), "antwerp-1".parse().unwrap());
    let (by, to_edge): (StoreId, _) = ("ghent-1".parse().unwrap(), EdgeNumber(8));
    let asked = RefundRightAsked {
        store: by.clone(),
        receipt: sale.receipt,
    };
    let wanted = RefundRightWanted {
        ask,
        sale_id: SALE,
        to,
        to_edge,
    };
    let passed = RefundRightPassed {
        ask,
        to: wanted.to.clone(),
        to_edge,
        turn: 1,
        sold_by: by.clone(),
        sold_at_ms: i64::try_from(AT_MS).unwrap(),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        sale: sale.clone(),
        before: vec![CameBack {
            cards_minor: Minor(700),
            accounts_minor: Minor(100),
            ..CameBack::of(came_back)
        }],
    };
    let granted = RefundRightGranted {
        by,
        passed: passed.clone(),
    };
    let refused = RefundRightRefused {
        ask,
        why: WhyNotPassed::UnknownReceipt,
    };
    vec![
        stated(492, &asked),
        stated(493, &wanted),
        stated(494, &passed),
        stated(495, &granted),
        stated(496, &refused),
    ]
}
