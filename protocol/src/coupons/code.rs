//! The code of a coupon that anybody may say: a word on a poster.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a code at least: shorter ones are met by accident.
pub const CODE_MIN: usize = 4;
/// Characters of a code at most: what somebody types off a poster.
pub const CODE_MAX: usize = 20;

/// A code anybody may say: 4 to 20 capital letters and digits with at least one letter, so that it
/// is no number of goods. Small letters count as capitals; blanks and hyphens do not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, min_length = 4, max_length = 20, example = "SUMMER10")]
#[serde(try_from = "String", into = "String")]
pub struct CouponCode(String);

/// A text that is no code of a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has {CODE_MIN} to {CODE_MAX} letters and digits, and at least one letter")]
pub struct CouponCodeRefused;

impl CouponCode {
    /// Returns it in its one spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CouponCode {
    type Err = CouponCodeRefused;

    fn from_str(text: &str) -> Result<Self, CouponCodeRefused> {
        let plain = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let code: String = plain
            .take(CODE_MAX + 1)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let is_plain = code.chars().all(|c| c.is_ascii_alphanumeric());
        let has_letter = code.chars().any(|c| c.is_ascii_alphabetic());
        match is_plain && has_letter && (CODE_MIN..=CODE_MAX).contains(&code.len()) {
            true => Ok(Self(code)),
            false => Err(CouponCodeRefused),
        }
    }
}

impl TryFrom<String> for CouponCode {
    type Error = CouponCodeRefused;

    fn try_from(text: String) -> Result<Self, CouponCodeRefused> {
        text.parse()
    }
}

impl From<CouponCode> for String {
    fn from(code: CouponCode) -> Self {
        code.0
    }
}

impl fmt::Display for CouponCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<C> Encode<C> for CouponCode {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for CouponCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let refused = |_| minicbor::decode::Error::message("not the code of a coupon");
        d.str()?.parse().map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::{CouponCode, CouponCodeRefused};

    #[test]
    fn a_code_has_one_spelling_and_is_no_number_of_goods() {
        let code: CouponCode = " summer-10 ".parse().unwrap();
        assert_eq!(code.as_str(), "SUMMER10");
        for text in [
            "",
            "ABC",
            "4006381333931",
            "SÖMMER",
            "ABCDEFGHIJKLMNOPQRSTU",
        ] {
            assert_eq!(text.parse::<CouponCode>(), Err(CouponCodeRefused), "{text}");
        }
        let bytes = minicbor::to_vec(&code).unwrap();
        assert_eq!(minicbor::decode::<CouponCode>(&bytes).unwrap(), code);
    }
}
