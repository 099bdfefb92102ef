//! Facts as a till states them, and a catalogue they fit.

use counterpart_protocol::days::{DaySums, DayTally, StockCheckpoint};
use counterpart_protocol::facts::{Body, Kind};
use counterpart_protocol::ids::{DeliveryId, EdgeNumber, RegisterId, ReturnId, SaleId, ShiftId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{Disposition, ReturnLine, ReturnRecorded};
use counterpart_protocol::sales::{
    ForeignCash, OnAccount, PaperKind, PaperNumber, ReceiptNumber, SaleLine, SaleRecorded, Tender,
    VoucherTaken,
};
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine, StockReceived};
use counterpart_protocol::tax::{Rate, TaxPart, summarise};
use minicbor::{Decode, Encode};
use serde::Serialize;

/// Three products.
pub(crate) const CATALOG: &str = "sku,gtins,name,department,unit,price,tax_class\n\
    PEN,4006381333931,Pen blue,Office,piece,1.20,standard\n\
    INK,,Ink black,Office,piece,8.50,standard\n\
    TEA,96385074,Green tea,Grocery,kilogram,,reduced\n";

/// Receipt `number` of register 1: `pieces` pens at 1.20.
pub(crate) fn sale(number: u32, pieces: i32) -> SaleRecorded {
    let total = Minor(120 * i64::from(pieces));
    SaleRecorded {
        sale_id: SaleId::from_parts(1_000, u128::from(number)),
        receipt: ReceiptNumber {
            register: RegisterId(1),
            series: 1,
            number,
        },
        shift_id: ShiftId::from_parts(1, 1),
        currency: Currency::EUR,
        lines: vec![SaleLine {
            line: 1,
            sku: "PEN".parse().unwrap(),
            description: "Pen blue".to_owned(),
            quantity_milli: Milli::units(pieces),
            unit_price_minor: Minor(120),
            amount_minor: total,
            tax_rate: Rate(21_000),
            pricing: None,
            remarks: None,
            added_tax_minor: None,
        }],
        taxes: summarise([(Rate(21_000), total)]).unwrap(),
        total_minor: total,
        tenders: vec![Tender::cash(total)],
        change_minor: Minor::ZERO,
        voided: Vec::new(),
        catalog_version: 1,
        rounding_minor: None,
        sold_to: None,
        tax_parts: None,
        coupons: None,
    }
}

/// A pen whose tax is two taxes by name.
pub(crate) fn taxed_twice(number: u32) -> SaleRecorded {
    let mut sale = sale(number, 1);
    let tax_minor = sale.taxes[0].tax_minor;
    let part = |name: &str, rate, tax_minor| TaxPart {
        of: Rate(21_000),
        name: name.to_owned(),
        rate: Rate(rate),
        tax_minor,
    };
    sale.tax_parts = Some(vec![
        part("State", 20_000, tax_minor),
        part("City", 1_000, Minor::ZERO),
    ]);
    sale
}

/// A sale of an amount, for sums at the end of all numbers.
pub(crate) fn sale_of(number: u32, total: Minor) -> SaleRecorded {
    let mut sale = sale(number, 1);
    sale.lines[0].amount_minor = total;
    sale.taxes = summarise([(Rate(0), total)]).unwrap();
    sale.tenders[0].amount_minor = total;
    sale.total_minor = total;
    sale
}

/// Receipt `number`: two pens for 2.40, paid with a voucher of 1.00, 0.98 on account and two
/// dollars that count for 1.00: 0.42 is due in cash and comes to 0.40, so that 0.60 goes back.
pub(crate) fn mixed(number: u32) -> SaleRecorded {
    let voucher = VoucherTaken {
        number: format!("V-{number}"),
        face_minor: Minor(100),
    };
    let foreign = ForeignCash {
        currency: "USD".parse().unwrap(),
        amount_minor: Minor(200),
        rate_micro: 500_000,
    };
    let account = OnAccount {
        account: "K-1042".to_owned(),
    };
    let mixed = SaleRecorded {
        tenders: vec![
            Tender::voucher(Minor(100), voucher),
            Tender::on_account(Minor(98), account),
            Tender::foreign(Minor(100), foreign),
        ],
        change_minor: Minor(60),
        rounding_minor: Some(Minor(-2)),
        ..sale(number, 2)
    };
    mixed.check().unwrap();
    mixed
}

/// The return `number` of one pen of a sale, restocked.
pub(crate) fn back(number: u32, sale: &SaleRecorded) -> ReturnRecorded {
    let total = Minor(120);
    ReturnRecorded {
        return_id: ReturnId::from_parts(1_000, u128::from(number)),
        number: PaperNumber {
            kind: PaperKind::Return,
            prefix: "GHE".parse().unwrap(),
            edge: EdgeNumber(1),
            series: 1,
            number,
        },
        sale_id: sale.sale_id,
        receipt: sale.receipt,
        shift_id: sale.shift_id,
        currency: sale.currency,
        lines: vec![ReturnLine {
            line: 1,
            sku: "PEN".parse().unwrap(),
            description: "Pen blue".to_owned(),
            quantity_milli: Milli::ONE,
            amount_minor: total,
            tax_rate: Rate(21_000),
            reason: "size".to_owned(),
            disposition: Disposition::Restock,
        }],
        taxes: summarise([(Rate(21_000), total)]).unwrap(),
        total_minor: total,
        tenders: vec![Tender::cash(total)],
        approved_by: None,
        instead: None,
        rounding_minor: None,
        provisional: None,
    }
}

/// A delivery of pens.
pub(crate) fn delivery(pieces: i32) -> StockReceived {
    StockReceived {
        delivery_id: DeliveryId::from_parts(1, 1),
        received_as: ReceivedAs::Delivery,
        reference: Some("DN-17".to_owned()),
        lines: vec![ReceivedLine {
            sku: "PEN".parse().unwrap(),
            quantity_milli: Milli::units(pieces),
        }],
    }
}

/// A sale that no program can read: its fields are missing.
#[derive(Debug, Serialize, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Unreadable {
    #[n(0)]
    pub(crate) nonsense: u8,
}

impl Body for Unreadable {
    const KIND: Kind = Kind::SaleRecorded;
}

/// What a store says of its day when it seals it.
#[derive(Default)]
pub(crate) struct Day {
    pub(crate) sales: Vec<SaleRecorded>,
    pub(crate) papers: Vec<PaperNumber>,
    pub(crate) shelf: Vec<(&'static str, i64)>,
}

impl Day {
    pub(crate) fn sums(&self) -> DaySums {
        let mut tally = DayTally::default();
        self.sales.iter().for_each(|sale| tally.sold(sale));
        self.papers.iter().for_each(|number| tally.issued(number));
        tally.sums()
    }

    pub(crate) fn stock(&self) -> StockCheckpoint {
        StockCheckpoint::of(self.shelf.iter().copied())
    }
}
