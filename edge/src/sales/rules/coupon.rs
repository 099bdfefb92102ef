//! The coupons that lie in a basket: laid there, taken out, and what each takes off or why it takes
//! nothing.

use counterpart_protocol::coupons::{
    CouponCode, CouponOf, CouponTaken, SaleCoupon, SignedCoupon, SingleCoupon,
};
use counterpart_protocol::ids::CouponId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{Because, Coupon, Moment, PassedWhy, Promotion};
use serde::{Deserialize, Serialize};

use super::basket::{Basket, BasketRefused};
use super::figures::Figures;
use super::refused::PayRefused;
use crate::coupons::{CouponKnown, CouponRefused};

/// A coupon in a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BasketCoupon {
    /// The short name of its promotion: one coupon lies there for each.
    pub promotion: String,
    /// Which coupon.
    pub lying: Lying,
    /// What is known of it, if it is an issued one.
    #[serde(skip)]
    pub known: CouponKnown,
}

/// Which coupon lies in a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lying {
    /// A code anybody may say.
    Open(CouponCode),
    /// One the hub issued. Its number stays with whoever holds it.
    Single {
        /// The hash of its number.
        id: CouponId,
        /// The end of its number.
        last_four: String,
    },
}

/// What a coupon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// It takes this off.
    TakesOff(Minor),
    /// Its promotion has not begun.
    NotBegun,
    /// Its promotion is over, or there is none any more.
    Over,
    /// Its promotion holds on other days or at other hours.
    NotNow,
    /// Its promotion is for customers of a group.
    NotForCustomer,
    /// Nothing it is about is in the basket.
    NoGoods,
    /// There is too little of it.
    NotReached,
    /// Others take more off the same goods.
    Outdone,
    /// It was used.
    Used,
}

impl Stands {
    /// Returns its word in the API and in the files of words.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::TakesOff(_) => "takes_off",
            Self::NotBegun => "not_begun",
            Self::Over => "over",
            Self::NotNow => "not_now",
            Self::NotForCustomer => "not_for_customer",
            Self::NoGoods => "no_goods",
            Self::NotReached => "not_reached",
            Self::Outdone => "outdone",
            Self::Used => "used",
        }
    }
}

impl BasketCoupon {
    /// Returns a code somebody said for a promotion.
    #[must_use]
    pub(crate) fn open(promotion: &str, code: CouponCode) -> Self {
        Self {
            promotion: promotion.to_owned(),
            lying: Lying::Open(code),
            known: CouponKnown::default(),
        }
    }

    /// Returns an issued coupon, without its number.
    #[must_use]
    pub(crate) fn single(coupon: &SignedCoupon, known: CouponKnown) -> Self {
        Self {
            promotion: coupon.promotion.clone(),
            lying: Lying::Single {
                id: coupon.number.id(),
                last_four: coupon.number.last_four().to_owned(),
            },
            known,
        }
    }

    /// Returns what people call it.
    #[must_use]
    pub(crate) fn shown(&self) -> String {
        match &self.lying {
            Lying::Open(code) => code.to_string(),
            Lying::Single { last_four, .. } => format!("****{last_four}"),
        }
    }

    /// Returns the id of an issued one.
    #[must_use]
    pub(crate) const fn single_id(&self) -> Option<CouponId> {
        match &self.lying {
            Lying::Single { id, .. } => Some(*id),
            Lying::Open(_) => None,
        }
    }

    /// Tells whether a promotion asks for it, as it is published now.
    fn is_asked_by(&self, promotion: &Promotion) -> bool {
        match (&self.lying, &promotion.coupon) {
            (Lying::Open(said), Some(Coupon::Open { code })) => said == code,
            (Lying::Single { .. }, Some(Coupon::Single)) => true,
            (Lying::Open(_) | Lying::Single { .. }, _) => false,
        }
    }

    fn of_fact(&self) -> CouponOf {
        match &self.lying {
            Lying::Open(code) => CouponOf::Open(code.clone()),
            Lying::Single { id, last_four } => CouponOf::Single(SingleCoupon {
                id: *id,
                last_four: last_four.clone(),
                taken: match self.known.hold {
                    Some(hold) => CouponTaken::Asked(hold),
                    None => CouponTaken::Offline,
                },
            }),
        }
    }
}

impl Basket {
    /// Returns the short names of the promotions whose coupons lie in it.
    #[must_use]
    pub(super) fn coupons_lying(&self) -> Vec<&str> {
        let lying = self.coupons.iter().filter(|it| self.asking(it).is_some());
        lying.map(|it| it.promotion.as_str()).collect()
    }

    /// Returns the promotion that asks for a coupon, and its place.
    fn asking(&self, coupon: &BasketCoupon) -> Option<(usize, &Promotion)> {
        let named = self.offers.promotions.named(&coupon.promotion);
        named.filter(|(_, promotion)| coupon.is_asked_by(promotion))
    }

    /// Lays a coupon into it.
    ///
    /// # Errors
    /// [`CouponRefused`], or [`BasketRefused::TooMuch`] within; it is unchanged.
    pub(crate) fn lay(
        &mut self,
        coupon: BasketCoupon,
    ) -> Result<Result<(), CouponRefused>, BasketRefused> {
        if let Err(refused) = self.may_lie(&coupon) {
            return Ok(Err(refused));
        }
        let before = self.clone();
        self.coupons.push(coupon);
        self.keep_or(before, Ok(())).map(Ok)
    }

    fn may_lie(&self, coupon: &BasketCoupon) -> Result<(), CouponRefused> {
        let asking = self.asking(coupon);
        let (_, promotion) = asking.ok_or(CouponRefused::Unknown)?;
        if let Some(by) = &coupon.known.used {
            return Err(CouponRefused::used(coupon.shown(), by));
        }
        if has_ended(promotion, self.offers.moment) {
            return Err(CouponRefused::Over(promotion.name.clone()));
        }
        let mut there = self.coupons.iter();
        match there.any(|it| it.promotion == coupon.promotion) {
            true => Err(CouponRefused::Here(promotion.name.clone())),
            false => Ok(()),
        }
    }

    /// Takes the coupon of a promotion out of it, and returns it.
    ///
    /// # Errors
    /// [`CouponRefused::NotHere`]; it is unchanged.
    pub(crate) fn take_coupon_out(
        &mut self,
        promotion: &str,
    ) -> Result<BasketCoupon, CouponRefused> {
        let mut lying = self.coupons.iter();
        match lying.position(|it| it.promotion == promotion) {
            Some(at) => Ok(self.coupons.remove(at)),
            None => Err(CouponRefused::NotHere(promotion.to_owned())),
        }
    }

    /// Returns what a coupon that lies in it takes off.
    #[must_use]
    pub(crate) fn coupon_off(&self, coupon: &BasketCoupon, figures: &Figures) -> Minor {
        let Some((at, _)) = self.asking(coupon) else {
            return Minor::ZERO;
        };
        let all = figures.lines.iter().flat_map(|line| &line.reductions);
        let its = all.filter(|it| it.because == Because::Promotion(at));
        // Each is part of a line that adds up.
        Minor(its.map(|it| it.amount_minor.0).fold(0, i64::saturating_add))
    }

    /// Returns what a coupon that lies in it does.
    #[must_use]
    pub(crate) fn coupon_stands(&self, coupon: &BasketCoupon, figures: &Figures) -> Stands {
        if coupon.known.used.is_some() {
            return Stands::Used;
        }
        let off = self.coupon_off(coupon, figures);
        if off > Minor::ZERO {
            return Stands::TakesOff(off);
        }
        let Some((at, promotion)) = self.asking(coupon) else {
            return Stands::Over;
        };
        let (window, moment) = (&promotion.window, self.offers.moment);
        if window.from_ms.is_some_and(|from_ms| moment.at_ms < from_ms) {
            return Stands::NotBegun;
        }
        if has_ended(promotion, moment) {
            return Stands::Over;
        }
        if !window.holds_at(moment) {
            return Stands::NotNow;
        }
        if !promotion.is_for(self.group()) {
            return Stands::NotForCustomer;
        }
        let passed = figures.passed.iter().find(|it| it.promotion == at);
        match passed.map(|it| it.why) {
            Some(PassedWhy::NotReached) => Stands::NotReached,
            Some(PassedWhy::Outdone) => Stands::Outdone,
            None => Stands::NoGoods,
        }
    }

    /// Returns what a coupon's promotion is called; its short name once it is gone.
    #[must_use]
    pub(crate) fn coupon_name(&self, coupon: &BasketCoupon) -> String {
        let named = self.offers.promotions.named(&coupon.promotion);
        named.map_or_else(|| coupon.promotion.clone(), |(_, it)| it.name.clone())
    }

    /// Checks that no coupon in it was used: whoever pays would take twice what is given once.
    ///
    /// # Errors
    /// [`PayRefused::Coupon`].
    pub(super) fn coupons_good(&self) -> Result<(), PayRefused> {
        let used = self.coupons.iter().find_map(|it| {
            let by = it.known.used.as_ref()?;
            Some(CouponRefused::used(it.shown(), by))
        });
        match used {
            Some(refused) => Err(refused.into()),
            None => Ok(()),
        }
    }

    /// Returns the coupons as the fact states them: those that took something off.
    #[must_use]
    pub(super) fn sale_coupons(&self, figures: &Figures) -> Option<Vec<SaleCoupon>> {
        let coupons = self.coupons.iter().map(|it| SaleCoupon {
            promotion: it.promotion.clone(),
            off_minor: self.coupon_off(it, figures),
            of: it.of_fact(),
        });
        let took: Vec<SaleCoupon> = coupons.filter(|it| it.off_minor > Minor::ZERO).collect();
        Some(took).filter(|took| !took.is_empty())
    }
}

fn has_ended(promotion: &Promotion, moment: Moment) -> bool {
    let until = promotion.window.until_ms;
    until.is_some_and(|until_ms| until_ms <= moment.at_ms)
}

#[cfg(test)]
mod tests;
