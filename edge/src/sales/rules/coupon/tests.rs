//! What coupons do in a basket of two T-shirts.

use std::sync::Arc;

use counterpart_protocol::coupons::{
    CouponNumber, CouponOf, CouponTaken, CouponUsedBy, SignedCoupon,
};
use counterpart_protocol::ids::{HoldId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{
    Coupon, Cut, Deal, Goods, Moment, Off, Percent, Promotion, Promotions, Window,
};
use counterpart_protocol::time::BusinessDate;

use super::{BasketCoupon, Stands};
use crate::coupons::{CouponKnown, CouponRefused};
use crate::sales::rules::{Basket, Offers, PayRefused, tests};

const NOW: i64 = 1_000_000;

fn promotion(id: &str, coupon: Option<Coupon>) -> Promotion {
    Promotion {
        id: id.to_owned(),
        name: format!("The {id} one"),
        deal: Deal::Each {
            cut: Cut::Percent(Percent(10_000)),
        },
        goods: Goods::default(),
        priority: 0,
        exclusive: true,
        window: Window::default(),
        groups: Default::default(),
        coupon,
    }
}

fn summer() -> Promotion {
    let code = "SUMMER10".parse().unwrap();
    promotion("summer", Some(Coupon::Open { code }))
}

fn basket(promotions: Vec<Promotion>) -> Basket {
    let mut basket = Basket::new(SaleId::from_parts(1, 1));
    basket.offers = Offers {
        promotions: Arc::new(Promotions::of(promotions)),
        moment: Moment {
            at_ms: NOW,
            weekday: 1,
            minute_of_day: 600,
        },
    };
    basket.add(tests::tee()).unwrap();
    basket
}

fn said() -> BasketCoupon {
    BasketCoupon::open("summer", "SUMMER10".parse().unwrap())
}

fn issued(known: CouponKnown) -> BasketCoupon {
    let coupon = SignedCoupon {
        promotion: "sorry".to_owned(),
        number: CouponNumber::draw(5),
        date: BusinessDate::from_days(20_780).unwrap(),
    };
    BasketCoupon::single(&coupon, known)
}

fn total(basket: &Basket) -> i64 {
    basket.figures().unwrap().total_minor.0
}

#[track_caller]
fn stands(basket: &Basket) -> Stands {
    let figures = basket.figures().unwrap();
    basket.coupon_stands(&basket.coupons[0], &figures)
}

#[test]
fn a_promotion_counts_while_its_coupon_lies_there_and_no_longer() {
    let mut basket = basket(vec![summer()]);
    let before = total(&basket);
    assert_eq!(basket.lay(said()).unwrap(), Ok(()));
    let off = before - total(&basket);
    assert_eq!(stands(&basket), Stands::TakesOff(Minor(off)));
    assert!(off > 0);
    let twice = basket.lay(said()).unwrap();
    assert_eq!(twice, Err(CouponRefused::Here("The summer one".to_owned())));
    basket.take_coupon_out("summer").unwrap();
    assert_eq!(total(&basket), before);
    let gone = basket.take_coupon_out("summer");
    assert_eq!(gone, Err(CouponRefused::NotHere("summer".to_owned())));
}

#[test]
fn whatever_keeps_a_coupon_from_taking_something_off_is_said() {
    #[track_caller]
    fn check(says: Stands, change: impl FnOnce(&mut Promotion)) {
        let mut changed = summer();
        change(&mut changed);
        let mut basket = basket(vec![changed, promotion("always", None)]);
        assert_eq!(basket.lay(said()).unwrap(), Ok(()));
        assert_eq!(stands(&basket), says);
    }
    check(Stands::NotBegun, |it| it.window.from_ms = Some(NOW + 1));
    check(Stands::NotNow, |it| it.window.weekdays = [2].into());
    check(Stands::NotForCustomer, |it| {
        it.groups = ["members".parse().unwrap()].into();
    });
    check(Stands::NoGoods, |it| {
        it.goods = Goods::skus(["MUG".parse().unwrap()]);
    });
    check(Stands::NotReached, |it| {
        it.deal = Deal::Threshold {
            from_minor: Minor(9_000_000),
            off: Off::Percent(Percent(10_000)),
        };
    });
    check(Stands::Outdone, |it| {
        it.deal = Deal::Each {
            cut: Cut::Percent(Percent(1_000)),
        };
    });
    let mut over = basket(vec![summer()]);
    over.lay(said()).unwrap().unwrap();
    over.offers.promotions = Arc::default();
    assert_eq!(stands(&over), Stands::Over, "it was switched off meanwhile");
}

#[test]
fn what_is_unknown_or_over_or_used_never_lies_in_a_basket() {
    let refused = |promotions, coupon| basket(promotions).lay(coupon).unwrap().unwrap_err();
    assert_eq!(refused(Vec::new(), said()), CouponRefused::Unknown);
    let other = promotion("summer", Some(Coupon::Single));
    assert_eq!(refused(vec![other], said()), CouponRefused::Unknown);
    let mut over = summer();
    over.window.until_ms = Some(NOW);
    let named = CouponRefused::Over("The summer one".to_owned());
    assert_eq!(refused(vec![over], said()), named);
    let used = CouponKnown {
        used: Some(CouponUsedBy {
            store_id: Some("ghent-1".parse().unwrap()),
            at_ms: 1,
        }),
        hold: None,
    };
    let sorry = promotion("sorry", Some(Coupon::Single));
    let sentence = refused(vec![sorry], issued(used)).to_string();
    assert!(sentence.contains("used already, at ghent-1"), "{sentence}");
}

#[test]
fn the_fact_names_what_took_something_off_and_on_whose_word() {
    let sorry = promotion("sorry", Some(Coupon::Single));
    let mut both = basket(vec![summer(), sorry]);
    both.lay(issued(CouponKnown::default())).unwrap().unwrap();
    both.lay(said()).unwrap().unwrap();
    // Both take a tenth, and each stands alone: the first has it.
    let figures = both.figures().unwrap();
    let stated = both.sale_coupons(&figures).unwrap();
    assert_eq!(stated.len(), 1, "the other stays good: {stated:?}");
    let mut alone = basket(vec![promotion("sorry", Some(Coupon::Single))]);
    alone.lay(issued(CouponKnown::default())).unwrap().unwrap();
    let taken = |basket: &Basket| {
        let stated = basket.sale_coupons(&basket.figures().unwrap()).unwrap();
        match &stated[0].of {
            CouponOf::Single(single) => single.taken,
            CouponOf::Open(_) => panic!("it was issued"),
        }
    };
    assert_eq!(taken(&alone), CouponTaken::Offline);
    let hold = HoldId::from_parts(1, 1);
    alone.coupons[0].known.hold = Some(hold);
    assert_eq!(taken(&alone), CouponTaken::Asked(hold));
    assert_eq!(alone.coupons_good(), Ok(()));
    alone.coupons[0].known.used = Some(CouponUsedBy {
        store_id: None,
        at_ms: 1,
    });
    assert!(matches!(alone.coupons_good(), Err(PayRefused::Coupon(_))));
}
