//! What a store asks its hub about an issued coupon, and what it is answered. JSON over the sync
//! listener, since version 0.1.0. A coupon is named by its hash: its number never leaves the store.

use serde::{Deserialize, Serialize};

use crate::ids::{CouponId, HoldId, StoreId};

/// What an edge posts to the hub's sync listener, at `/sync/v1/coupons`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponAsked {
    /// Which coupon.
    pub coupon: CouponId,
    /// What about it.
    pub ask: CouponAsk,
}

/// What about a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CouponAsk {
    /// Whose it is, and whether it was used.
    Look,
    /// Keep it for a sale that is being paid. Asked again with the same name it is answered the
    /// same. A hub that never heard of the coupon keeps it too: the store has seen its signature.
    Hold {
        /// The name the store made for it.
        hold: HoldId,
    },
    /// Keep it no longer: nothing came of the sale. A name that was never heard of is remembered,
    /// so that a late question keeps nothing.
    Release {
        /// Its name.
        hold: HoldId,
    },
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponAnswer {
    /// The short name of the promotion it was issued for, if the hub issued it.
    pub promotion: Option<String>,
    /// How it stands.
    pub stands: CouponAnswered,
}

/// How a coupon stands at the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CouponAnswered {
    /// Nobody used it.
    Free,
    /// It is kept for the sale that asked.
    Held,
    /// Another sale is being paid with it.
    HeldElsewhere,
    /// It was used.
    Used {
        /// By which sale.
        by: CouponUsedBy,
    },
}

/// Where and when a coupon was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUsedBy {
    /// The store, while the hub knows it.
    pub store_id: Option<StoreId>,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::{CouponAnswer, CouponAnswered, CouponAsk, CouponAsked, CouponUsedBy};
    use crate::coupons::CouponNumber;
    use crate::ids::HoldId;

    #[test]
    fn a_question_and_its_answer_read_back_and_hold_no_number() {
        let number = CouponNumber::draw(99);
        let asked = CouponAsked {
            coupon: number.id(),
            ask: CouponAsk::Hold {
                hold: HoldId::from_parts(1, 1),
            },
        };
        let json = serde_json::to_string(&asked).unwrap();
        assert_eq!(serde_json::from_str::<CouponAsked>(&json).unwrap(), asked);
        assert!(!json.contains(&number.code()[2..]));
        let answer = CouponAnswer {
            promotion: Some("summer".to_owned()),
            stands: CouponAnswered::Used {
                by: CouponUsedBy {
                    store_id: Some("ghent-1".parse().unwrap()),
                    at_ms: 5,
                },
            },
        };
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<CouponAnswer>(&json).unwrap(), answer);
    }
}
