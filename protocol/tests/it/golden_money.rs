//! The facts of the till's money that came after cards, and the bodies that grew by them.

use counterpart_protocol::approvals::{ApprovalBecause, ApprovalRefused};
use counterpart_protocol::ids::{RegisterId, SaleId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{
    ForeignCash, OnAccount, ReceiptNumber, SaleLine, SaleRecorded, Tender, TenderKind, VoucherTaken,
};
use counterpart_protocol::shifts::{
    CashCount, CashierChanged, Pieces, SafeBooked, SafeEntry, ShiftClosed, ShiftTender,
    ShiftTotals, TenderCounted,
};
use counterpart_protocol::tax::{Rate, summarise};

use crate::golden_facts::Facts;
use crate::golden_later::back;

const SHIFT: ShiftId = ShiftId::from_parts(1_763_890_000_000, 6);
const SALE: SaleId = SaleId::from_parts(1_763_890_000_000, 61);
const STAFF: StaffId = StaffId::from_parts(1_763_890_000_000, 7);

/// Says them, behind all earlier ones.
pub(crate) fn money(facts: &mut Facts) {
    let sale = sale();
    sale.check().unwrap();
    facts.say(&sale);
    let returned = ReturnRecorded {
        tenders: vec![
            Tender::on_account(Minor(199), account()),
            Tender::cash(Minor(1_000)),
        ],
        rounding_minor: Some(Minor(-1)),
        ..back()
    };
    returned.check().unwrap();
    facts.say(&returned);
    facts.say(&closed());
    facts.say(&CashierChanged {
        shift_id: SHIFT,
        from: Some(STAFF),
    });
    facts.say(&SafeBooked {
        currency: Currency::EUR,
        entry: SafeEntry::Counted,
        amount_minor: Minor(79_950),
        counted: Some(CashCount {
            pieces: vec![Pieces {
                value_minor: Minor(5_000),
                count: 15,
            }],
        }),
        expected_minor: Some(Minor(80_000)),
        reason: Some("unexplained".to_owned()),
        reference: Some("BAG 17".to_owned()),
    });
    facts.say(&ApprovalRefused {
        because: ApprovalBecause::NotAManager,
        by: Some(STAFF),
        with: None,
    });
}

fn account() -> OnAccount {
    OnAccount {
        account: "K-1042".to_owned(),
    }
}

fn sale() -> SaleRecorded {
    let line = SaleLine {
        line: 1,
        sku: "TEE-M".parse().unwrap(),
        description: "T-shirt, M".to_owned(),
        quantity_milli: Milli::units(4),
        unit_price_minor: Minor(1_201),
        amount_minor: Minor(4_804),
        tax_rate: Rate(21_000),
        pricing: None,
        remarks: None,
        added_tax_minor: None,
    };
    let voucher = VoucherTaken {
        number: "V-77".to_owned(),
        face_minor: Minor(1_000),
    };
    let foreign = ForeignCash {
        currency: "USD".parse().unwrap(),
        amount_minor: Minor(2_000),
        rate_micro: 920_000,
    };
    SaleRecorded {
        sale_id: SALE,
        receipt: ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number: 19,
        },
        shift_id: SHIFT,
        currency: Currency::EUR,
        taxes: summarise([(line.tax_rate, line.amount_minor)]).unwrap(),
        lines: vec![line],
        total_minor: Minor(4_804),
        tenders: vec![
            Tender::voucher(Minor(1_000), voucher),
            Tender::on_account(Minor(2_000), account()),
            Tender::foreign(Minor(1_840), foreign),
        ],
        change_minor: Minor(35),
        voided: Vec::new(),
        catalog_version: 3,
        rounding_minor: Some(Minor(1)),
        sold_to: None,
        tax_parts: None,
        coupons: None,
    }
}

fn closed() -> ShiftClosed {
    let totals = ShiftTotals {
        perpetual_minor: Minor(4_804),
        tenders: Some(vec![ShiftTender {
            kind: TenderKind::ForeignCash,
            payments: 1,
            taken_minor: Minor(1_840),
            refunds: 0,
            back_minor: Minor::ZERO,
            currency: Some("USD".parse().unwrap()),
            counts_minor: Some(Minor(2_000)),
        }]),
        rounding_minor: Some(Minor(1)),
        ..ShiftTotals::default()
    };
    ShiftClosed {
        shift_id: SHIFT,
        currency: Currency::EUR,
        z_number: 34,
        counted: CashCount::default(),
        expected_minor: Minor(-35),
        over_short_minor: Minor(35),
        reason: Some("unexplained".to_owned()),
        sales: 1,
        sales_minor: Minor(4_804),
        totals: Some(totals),
        others: Some(vec![TenderCounted {
            kind: TenderKind::ForeignCash,
            currency: Some("USD".parse().unwrap()),
            counted_minor: Minor(1_900),
            expected_minor: Minor(2_000),
            over_short_minor: Minor(-100),
        }]),
    }
}
