//! What the fact of a sale says of the coupons in it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CouponCode;
use crate::ids::{CouponId, HoldId};
use crate::money::Minor;

/// A coupon that took something off a sale: one whose promotion took nothing is in no fact, and
/// stays good. Since version 0.1.0, in field 18 of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct SaleCoupon {
    /// The short name of its promotion.
    #[n(0)]
    pub promotion: String,
    /// What that promotion took off the whole sale, in minor units of its currency; more than
    /// nothing.
    #[n(1)]
    pub off_minor: Minor,
    /// Which coupon.
    #[n(2)]
    pub of: CouponOf,
}

/// Which coupon of a promotion it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(flat)]
pub enum CouponOf {
    /// The code anybody may say.
    #[n(0)]
    Open(#[n(0)] CouponCode),
    /// One the hub issued: it is used up.
    #[n(1)]
    Single(#[n(0)] SingleCoupon),
}

/// An issued coupon as facts name it. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct SingleCoupon {
    /// The hash of its number.
    #[n(0)]
    pub id: CouponId,
    /// The last four characters of its number, for people.
    #[n(1)]
    pub last_four: String,
    /// On whose word it was taken.
    #[n(2)]
    pub taken: CouponTaken,
}

/// On whose word an issued coupon was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(flat)]
pub enum CouponTaken {
    /// The hub kept it for this sale, under this name.
    #[n(0)]
    Asked(#[n(0)] HoldId),
    /// The hub could not be asked: the store went by the signature and the signed policy.
    #[n(1)]
    Offline,
}

impl SaleCoupon {
    /// Returns the issued coupon, if it is one.
    #[must_use]
    pub const fn single(&self) -> Option<&SingleCoupon> {
        match &self.of {
            CouponOf::Single(single) => Some(single),
            CouponOf::Open(_) => None,
        }
    }

    /// Returns what people call it: the code, or the end of the number.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.of {
            CouponOf::Open(code) => code.to_string(),
            CouponOf::Single(single) => format!("****{}", single.last_four),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CouponOf, CouponTaken, SaleCoupon};
    use crate::coupons::CouponNumber;
    use crate::facts::check_canonical;
    use crate::ids::HoldId;
    use crate::money::Minor;

    #[test]
    fn what_is_said_of_a_coupon_reads_back() {
        let number = CouponNumber::draw(7);
        let asked = CouponTaken::Asked(HoldId::from_parts(1, 1));
        for of in [
            CouponOf::Open("SUMMER10".parse().unwrap()),
            CouponOf::Single(number.single(asked)),
            CouponOf::Single(number.single(CouponTaken::Offline)),
        ] {
            let coupon = SaleCoupon {
                promotion: "summer".to_owned(),
                off_minor: Minor(250),
                of,
            };
            let bytes = minicbor::to_vec(&coupon).unwrap();
            check_canonical(&bytes).unwrap();
            assert_eq!(minicbor::decode::<SaleCoupon>(&bytes).unwrap(), coupon);
            let json = serde_json::to_string(&coupon).unwrap();
            assert_eq!(serde_json::from_str::<SaleCoupon>(&json).unwrap(), coupon);
        }
    }
}
