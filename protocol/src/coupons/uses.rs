//! What facts say of the use of coupons, and what it means that one was used twice.

use super::{CouponOf, SaleCoupon};
use crate::exceptions::{ExceptionId, Raised, Rule, Standing};
use crate::facts::{BodyRefused, Fact, Kind};
use crate::ids::{CouponId, FactId};
use crate::money::Minor;
use crate::sales::SaleRecorded;

/// A use of an issued coupon, as a fact states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CouponUse {
    /// The fact.
    pub fact_id: FactId,
    /// What it took off, in minor units.
    pub off_minor: Minor,
}

/// Returns the coupons of a fact; most have none.
///
/// # Errors
/// [`BodyRefused`] when the fact is a sale and cannot be read.
pub fn uses(fact: &Fact) -> Result<Option<(SaleRecorded, Vec<SaleCoupon>)>, BodyRefused> {
    if fact.kind() != Some(Kind::SaleRecorded) {
        return Ok(None);
    }
    let mut sale: SaleRecorded = fact.read()?;
    let coupons = sale.coupons.take().filter(|all| !all.is_empty());
    Ok(coupons.map(|coupons| (sale, coupons)))
}

/// Returns what a coupon cost beyond its one use: what all but its first sale took off. The first
/// is that with the lowest id, so that every replica says the same.
#[must_use]
pub fn over_minor(uses: &[CouponUse]) -> Minor {
    let mut uses = uses.to_vec();
    uses.sort_unstable_by_key(|it| it.fact_id);
    uses.dedup_by_key(|it| it.fact_id);
    let beyond = uses.iter().skip(1).map(|it| it.off_minor.0);
    Minor(beyond.fold(0, i64::saturating_add))
}

/// Returns the exception of an issued coupon that more than one sale used. With one more of them it
/// is another exception, as there is more to look into.
#[must_use]
pub fn coupon_twice(uses: &[CouponUse]) -> Option<Raised> {
    let mut facts: Vec<FactId> = uses.iter().map(|it| it.fact_id).collect();
    facts.sort_unstable();
    facts.dedup();
    if facts.len() < 2 {
        return None;
    }
    Some(Raised {
        exception_id: ExceptionId::of(Rule::CouponTwice, &facts),
        rule: Rule::CouponTwice,
        facts,
        fulfilment_id: None,
        units: Vec::new(),
        standing: Standing::Open,
    })
}

impl CouponOf {
    /// Returns the id of an issued coupon.
    #[must_use]
    pub const fn single_id(&self) -> Option<CouponId> {
        match self {
            Self::Single(single) => Some(single.id),
            Self::Open(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CouponUse, coupon_twice, over_minor};
    use crate::ids::FactId;
    use crate::money::Minor;

    fn used(at: u64, off: i64) -> CouponUse {
        CouponUse {
            fact_id: FactId::from_parts(at, u128::from(at)),
            off_minor: Minor(off),
        }
    }

    #[test]
    fn a_coupon_used_twice_has_one_name_and_one_price_whichever_arrived_first() {
        let (a, b) = (used(1, 300), used(2, 250));
        assert_eq!(coupon_twice(&[a]), None);
        assert_eq!(coupon_twice(&[a, a]), None, "the same fact again");
        let raised = coupon_twice(&[a, b]).unwrap();
        assert_eq!(coupon_twice(&[b, a, b]), Some(raised.clone()));
        assert_eq!(raised.facts, [a.fact_id, b.fact_id]);
        assert_eq!(over_minor(&[b, a, b]), Minor(250));
        assert_eq!(over_minor(&[a]), Minor(0));
        let third = coupon_twice(&[a, b, used(3, 100)]).unwrap();
        assert_ne!(third.exception_id, raised.exception_id);
    }
}
