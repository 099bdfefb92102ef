//! Whether coupons may be issued for a promotion.

use counterpart_protocol::pricing::{Coupon, Promotion};

/// Coupons of one batch: a mailing; a larger one is several.
pub(super) const ISSUED_MAX: u32 = 5_000;

/// Why no coupons are issued, or none are shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CouponsRefused {
    /// There is no such promotion.
    #[error("there is no promotion called {0}")]
    UnknownPromotion(String),
    /// There is no such batch.
    #[error("batch {0} was not issued")]
    UnknownBatch(i64),
    /// The promotion asks for none.
    #[error("this promotion does not ask for issued coupons: put it again with single-use coupons")]
    NotAsked,
    /// None, or more than a batch has.
    #[error("a batch has 1 to {ISSUED_MAX} coupons")]
    OutOfRange,
}

/// Decides whether `count` coupons are issued for a promotion.
///
/// # Errors
/// [`CouponsRefused`].
pub(super) fn issue(promotion: &Promotion, count: u32) -> Result<(), CouponsRefused> {
    if promotion.coupon != Some(Coupon::Single) {
        return Err(CouponsRefused::NotAsked);
    }
    match (1..=ISSUED_MAX).contains(&count) {
        true => Ok(()),
        false => Err(CouponsRefused::OutOfRange),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use counterpart_protocol::pricing::{Coupon, Cut, Deal, Goods, Percent, Promotion, Window};

    use super::{CouponsRefused, ISSUED_MAX, issue};

    #[test]
    fn a_batch_is_for_a_promotion_that_asks_for_issued_coupons_and_has_a_bound() {
        let promotion = |coupon| Promotion {
            id: "sorry".to_owned(),
            name: "Sorry".to_owned(),
            deal: Deal::Each {
                cut: Cut::Percent(Percent(10_000)),
            },
            goods: Goods::default(),
            priority: 0,
            exclusive: true,
            window: Window::default(),
            groups: BTreeSet::new(),
            coupon,
        };
        let single = promotion(Some(Coupon::Single));
        assert_eq!(issue(&single, 1), Ok(()));
        assert_eq!(issue(&single, ISSUED_MAX), Ok(()));
        assert_eq!(issue(&single, 0), Err(CouponsRefused::OutOfRange));
        let many = issue(&single, ISSUED_MAX + 1);
        assert_eq!(many, Err(CouponsRefused::OutOfRange));
        let code = "SUMMER10".parse().unwrap();
        let open = promotion(Some(Coupon::Open { code }));
        assert_eq!(issue(&open, 1), Err(CouponsRefused::NotAsked));
        assert_eq!(issue(&promotion(None), 1), Err(CouponsRefused::NotAsked));
    }
}
