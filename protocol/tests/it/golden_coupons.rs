//! A sale that coupons took something off: one with a code anybody may say, one the hub kept for
//! it, and one that was taken while nobody could ask. Its id and time do not depend on what stands
//! before it in the list.

use counterpart_protocol::coupons::{CouponNumber, CouponOf, CouponTaken, SaleCoupon};
use counterpart_protocol::facts::{Fact, Header};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, HoldId, RegisterId, SaleId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{
    LinePricing, LineReduction, ReceiptNumber, ReducedBy, SaleLine, SaleRecorded, Tender,
};
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;

const AT_MS: u64 = 1_763_890_000_000;
const NUMBER: u64 = 460;

fn coupon(promotion: &str, off: i64, of: CouponOf) -> SaleCoupon {
    SaleCoupon {
        promotion: promotion.to_owned(),
        off_minor: Minor(off),
        of,
    }
}

fn coupons() -> Vec<SaleCoupon> {
    let asked = CouponTaken::Asked(HoldId::from_parts(AT_MS, 461));
    let held = CouponNumber::draw(462).single(asked);
    let offline = CouponNumber::draw(463).single(CouponTaken::Offline);
    vec![
        coupon("summer", 100, CouponOf::Open("SUMMER10".parse().unwrap())),
        coupon("welcome", 300, CouponOf::Single(held)),
        coupon("sorry", 600, CouponOf::Single(offline)),
    ]
}

pub(crate) fn facts() -> Vec<Fact> {
    let coupons = coupons();
    let reductions = coupons.iter().map(|it| LineReduction {
        amount_minor: it.off_minor,
        because: ReducedBy::Promotion {
            id: it.promotion.clone(),
            name: format!("The {} one", it.promotion),
        },
    });
    let line = SaleLine {
        line: 1,
        sku: "TEE-M".parse().unwrap(),
        description: "T-shirt, M".to_owned(),
        quantity_milli: Milli::ONE,
        unit_price_minor: Minor(2_000),
        amount_minor: Minor(1_000),
        tax_rate: Rate(21_000),
        pricing: Some(LinePricing {
            list_price_minor: Minor(2_000),
            typed: None,
            reductions: reductions.collect(),
        }),
        remarks: None,
        added_tax_minor: None,
    };
    let sale = SaleRecorded {
        sale_id: SaleId::from_parts(AT_MS, 460),
        receipt: ReceiptNumber {
            register: RegisterId(2),
            series: 1,
            number: 1_492,
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
        sold_to: None,
        tax_parts: None,
        coupons: Some(coupons),
    };
    sale.check().unwrap();
    let header = Header {
        id: FactId::from_parts(AT_MS + NUMBER, u128::from(NUMBER)),
        hlc: Hlc::from_parts(AT_MS + NUMBER, 1),
        business_date: BusinessDate::from_days(20_780).unwrap(),
        register: Some(RegisterId(2)),
        staff: Some(StaffId::from_parts(AT_MS, 7)),
    };
    vec![Fact::new(header, &sale)]
}
