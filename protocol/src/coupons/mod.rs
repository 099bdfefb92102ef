//! Coupons: what makes a promotion count for a basket it would not count for by itself.
//!
//! A promotion asks for an open code that anybody may say, once a basket, or for one of the coupons
//! the hub issued for it, each good for one sale. An issued coupon has an unguessable number; facts
//! name it by a hash of that. Its signed form ([`SignedCoupon`]) lets a store that is cut off tell
//! a real one from an invented one. That two stores that cannot ask take the same one is not
//! preventable, so it is named ([`crate::exceptions::Rule::CouponTwice`]) and never undone.

mod asking;
mod code;
mod fact;
mod number;
mod signed;
mod uses;

pub use asking::{CouponAnswer, CouponAnswered, CouponAsk, CouponAsked, CouponUsedBy};
pub use code::{CODE_MAX, CODE_MIN, CouponCode, CouponCodeRefused};
pub use fact::{CouponOf, CouponTaken, SaleCoupon, SingleCoupon};
pub use number::{CouponNumber, CouponNumberRefused, NUMBER_CHARS};
pub use signed::SignedCoupon;
pub use uses::{CouponUse, coupon_twice, over_minor, uses};
